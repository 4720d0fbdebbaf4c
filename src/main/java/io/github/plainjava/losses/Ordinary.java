package io.github.plainjava.losses;

/**
 * Which inputs are ordinary: of a size for which every step has room in the double range, with the tails that are
 * carried along. For others, rows are computed with {@link Wide} numbers.
 *
 * <p>With factors within 2^-100 to 2^100 and masses within 2^-600 to 2^200, weights t_i = w_i q'_i are within 2^-700 to
 * 2^300 and those of a row add up to less than 2^331. Exponentials are in units of 2^500 and at least 2^-1022, a sum of
 * them is below 2^531. So what a gradient's exponentials are multiplied by, scale Q / (T S), is within 2^-931 and
 * 2^131 if Q is at least 2^-200, its tail is a normal number, and an exponential that counts as 0 would not have been
 * felt.
 */
final class Ordinary {

    private static final double SMALLEST_FACTOR = 0x1p-100;
    private static final double LARGEST_FACTOR = 0x1p100;
    /** The least entry of a target but 0. */
    static final double SMALLEST_MASS = 0x1p-600;

    /** The largest entry of a target. */
    static final double LARGEST_MASS = 0x1p200;

    private static final Range MASSES = new Range(SMALLEST_MASS, LARGEST_MASS);
    private static final double SMALLEST_TOTAL = 0x1p-200;
    private static final Range SUMS = new Range(SMALLEST_TOTAL, LARGEST_MASS);
    private static final double LARGEST_DISTANCE = 0x1p600;

    private Ordinary() {}

    /** A class weight, smoothing, temperature, or the scale of a gradient; 0 too. */
    static boolean isFactor(double x) {
        return x >= SMALLEST_FACTOR && x <= LARGEST_FACTOR || x == 0;
    }

    /** Numbers of either sign. */
    static boolean areFactors(double[] v) {
        for (double x : v) {
            if (!isFactor(Math.abs(x))) {
                return false;
            }
        }
        return true;
    }

    /** weight / divisor as the scale of a gradient. */
    static boolean isScale(double weight, Divisor divisor) {
        double scale = weight / divisor.value();
        return scale == 1 && divisor.value() >= Double.MIN_NORMAL
                || isFactor(scale) && isFactor(divisor.value()) && scale != 0;
    }

    /** An entry of a target distribution; 0 too. */
    static boolean isMass(double q) {
        return MASSES.contains(q) || q == 0;
    }

    /** A target distribution. */
    static boolean areMasses(double[] q, int from, int n) {
        for (int i = from; i < from + n; i++) {
            if (!isMass(q[i])) {
                return false;
            }
        }
        return true;
    }

    /** The sum of a target distribution whose masses are ordinary, if it is not 0. */
    static boolean isSumOfMasses(double sum) {
        return SUMS.contains(sum);
    }

    /**
     * 0 for a mass; something else, which is positive, infinite or NaN, for any other number. It needs no comparison, so
     * that it becomes vector instructions.
     */
    static double doubt(double q) {
        double mass = Math.abs(q) * Fma.fma(q, 1 / SMALLEST_MASS, -1); // negative for a negative or too small q
        return Math.abs(mass) - mass;
    }

    /** The sum of the weights that a target gives. */
    static boolean isTotal(double total) {
        return total >= SMALLEST_TOTAL || total == 0;
    }

    /** A difference of two logits. */
    static boolean isDistance(double z, double m) {
        return m - z <= LARGEST_DISTANCE;
    }
}
