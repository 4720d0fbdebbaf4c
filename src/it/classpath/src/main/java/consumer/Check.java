package consumer;

/** Ends the program when a result is further from the exact one than the library promises. */
final class Check {

    static void close(double actual, double expected, String what) {
        that(Math.abs(actual - expected) <= 3 * Math.ulp(expected), what + " is " + actual + ", not " + expected);
    }

    static void close(double[] actual, double[] expected, String what) {
        that(actual.length == expected.length, what + " has " + actual.length + " values, not " + expected.length);
        for (int i = 0; i < expected.length; i++) {
            close(actual[i], expected[i], what + " [" + i + "]");
        }
    }

    static void that(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    private Check() {
    }
}
