package io.github.plainjava.losses;

/**
 * From scaled exponentials to a gradient: the factor scale / (T S), for a row whose exponentials sum to S, with the
 * powers of two that were taken out on the way put back, and no overflow or underflow in between.
 *
 * <p>With Q the sum of the target's weights t_i, the gradient at class i is (Q p_i - t_i) scale / T. It is computed as
 * (e_i (Q - t_i) - t_i (S - e_i)) scale / (T S): at the label of a confident prediction p - 1 is 0 or nothing but
 * rounding, while S - e_i, summed without the term, has all its digits.
 */
final class GradientScale {

    /** Below this scaled exponential p is less than 2^-500, so that S - e is S. */
    private static final double NEGLIGIBLE = 0x1p400;

    // What a scale is made of. It is an array rather than an object because a row must not allocate.

    /** scale / T, as a number from 1/4 to 2 and a power of two. */
    private static final int QUOTIENT = 0;

    private static final int QUOTIENT_TAIL = 1;
    private static final int QUOTIENT_POWER = 2;
    /** Makes Q a number from 1 to 2, which can be multiplied by scaled exponentials. */
    private static final int SHRINKING = 3;
    /** The power of two that the factor takes in, as a number, and the one that it has no room for. */
    private static final int INSIDE = 4;

    private static final int POWER_OUTSIDE = 5;

    /** How many numbers make a scale. */
    static final int SIZE = 6;

    private GradientScale() {}

    /**
     * Makes a scale.
     *
     * @param into     receives it
     * @param scale    what the gradient is multiplied by: (scale + scaleTail) 2^scalePower, scale from 1/2 to 2
     * @param total    Q, as far as its magnitude goes
     * @param exponent the power of two taken out of the target's weights
     */
    static double[] make(
            double[] into,
            double scale,
            double scaleTail,
            int scalePower,
            double temperature,
            double total,
            int exponent) {
        int temperatureExponent = Math.getExponent(temperature);
        double t = Math.scalb(temperature, -temperatureExponent);
        double quotient = scale / t;
        int quotientPower = scalePower - temperatureExponent + exponent;
        int shrink = total == 0 ? 0 : Math.getExponent(total);
        int power = quotientPower + shrink - ExpLog.TOP_EXPONENT;
        // The tail of the factor must stay a normal number, and nothing multiplied by the factor may overflow.
        int inside = Math.max(-940, Math.min(power, 20));
        into[QUOTIENT] = quotient;
        into[QUOTIENT_TAIL] = (Math.fma(-quotient, t, scale) + scaleTail) / t;
        into[QUOTIENT_POWER] = quotientPower;
        into[SHRINKING] = Math.scalb(1.0, -shrink);
        into[INSIDE] = ExpLog.powerOfTwo(inside);
        into[POWER_OUTSIDE] = power - inside;
        return into;
    }

    /** S = 1 + rest, unscaled. */
    static double sum(double rest) {
        return 1 + rest * ExpLog.UNSCALE;
    }

    /** What {@link #sum} lacks. */
    static double sumTail(double rest, double restTail) {
        double unscaled = rest * ExpLog.UNSCALE;
        return Exact.sumError(1, unscaled, 1 + unscaled) + restTail * ExpLog.UNSCALE;
    }

    /** Whether {@link #factor} is all there is, so that {@link #finish} has nothing to do. */
    static boolean isWhole(double[] scale) {
        return scale[POWER_OUTSIDE] == 0;
    }

    static double factor(double[] scale, double sum) {
        return scale[QUOTIENT] * (1 / sum) * scale[INSIDE];
    }

    static double factorTail(double[] scale, double sum, double sumTail) {
        double quotient = scale[QUOTIENT];
        double reciprocal = 1 / sum;
        double reciprocalTail = (Math.fma(-reciprocal, sum, 1) - reciprocal * sumTail) * reciprocal;
        double tail = Exact.productError(quotient, reciprocal, quotient * reciprocal)
                + (quotient * reciprocalTail + scale[QUOTIENT_TAIL] * reciprocal);
        return tail * scale[INSIDE];
    }

    /** From scaled exponentials, in place, to Q p scale / T, but for {@link #finish}. */
    static void multiply(
            double[] scale, double[] e, int from, int n, double total, double factor, double factorTail) {
        double weight = total * scale[SHRINKING];
        if (weight == 1) {
            for (int i = from; i < from + n; i++) {
                e[i] = Math.fma(e[i], factor, e[i] * factorTail) + 0.0;
            }
            return;
        }
        for (int i = from; i < from + n; i++) {
            double product = e[i] * weight;
            double productTail = Exact.productError(e[i], weight, product);
            e[i] = Math.fma(product, factor, Math.fma(product, factorTail, productTail * factor)) + 0.0;
        }
    }

    /** Puts back the power of two that the factor had no room for. */
    static void finish(double[] scale, double[] gradient, int from, int n) {
        if (!isWhole(scale)) {
            for (int i = from; i < from + n; i++) {
                gradient[i] = finished(scale, gradient[i]);
            }
        }
    }

    private static double finished(double[] scale, double entry) {
        return isWhole(scale) ? entry : Math.scalb(entry, (int) scale[POWER_OUTSIDE]) + 0.0;
    }

    /** The gradient at a class of scaled exponential e and target weight t + tTail, finished. */
    static double entry(
            double[] scale,
            double e,
            double t,
            double tTail,
            double total,
            double totalTail,
            double rest,
            double restTail,
            double factor,
            double factorTail) {
        double shrinking = scale[SHRINKING];
        double q = total * shrinking;
        double small = t * shrinking;
        if (e >= NEGLIGIBLE || small > 0x1p-900 || t == 0) {
            double entry = entryOf(
                    e, small, tTail * shrinking, q, totalTail * shrinking, rest, restTail, factor, factorTail);
            return finished(scale, entry);
        }
        // t, shrunk, might vanish although it is the larger part.
        double fromP = entryOf(e, 0, 0, q, totalTail * shrinking, rest, restTail, factor, factorTail);
        double quotient = scale[QUOTIENT];
        double product = t * quotient;
        double productTail = Exact.productError(t, quotient, product) + (t * scale[QUOTIENT_TAIL] + tTail * quotient);
        return finished(scale, fromP) - Math.scalb(product + productTail, (int) scale[QUOTIENT_POWER]) + 0.0;
    }

    /** (e (Q - t) - t (S - e)) factor. */
    private static double entryOf(
            double e,
            double t,
            double tTail,
            double total,
            double totalTail,
            double rest,
            double restTail,
            double factor,
            double factorTail) {
        double others = total - t;
        double othersTail = Exact.sumError(total, -t, others) + (totalTail - tTail);
        double a = e * others;
        double aTail = Exact.productError(e, others, a) + e * othersTail;
        double gap = ExpLog.TOP - e;
        double r = gap + rest;
        double rTail = Exact.sumError(gap, rest, r) + (Exact.fastSumError(ExpLog.TOP, -e, gap) + restTail);
        double b = t * r;
        double bTail = Exact.productError(t, r, b) + (t * rTail + tTail * r);
        double g = a - b;
        double gTail = Exact.sumError(a, -b, g) + (aTail - bTail);
        return Math.fma(g, factor, Math.fma(g, factorTail, gTail * factor)) + 0.0;
    }
}
