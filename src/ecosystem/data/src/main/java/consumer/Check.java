package consumer;

/** Ends the program where something does not hold. */
public final class Check {

    public static void that(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    /** That a number is at most another times the factor, such as 1.05 for five per cent more. */
    public static void atMost(double actual, double factor, double other, String what) {
        that(actual <= factor * other, what + " is " + actual + ", more than " + factor + " times " + other);
    }

    private Check() {
    }
}
