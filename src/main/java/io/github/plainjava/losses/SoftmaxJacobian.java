package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Exact;
import io.github.plainjava.losses.internal.math.Exp;
import io.github.plainjava.losses.internal.math.Pair;
import java.util.Arrays;

/**
 * Softmax's Jacobian times a vector, number by number. With k the first largest logit, e_i = exp(z_i - z_k),
 * S = sum of e_j, d_i = v_i - v_k, and m = (sum of e_j d_j) / S, in which d_k = 0,
 * <pre>
 *     (J v)_i = e_i / S (d_i - m)
 * </pre>
 * Every number is a pair of doubles and a power of two beside it, since a probability of 2^-2000 times a difference of
 * 2^1000 is a double.
 *
 * <p>The sum of d_i (J v)_i is the variance of d under p, at least 1 / S times the mean of the squares of d. So the
 * errors of the numbers, and one rounding of each entry, cannot make it negative; that the rounding of a subnormal
 * entry does not either, is seen to in {@link #rounded}.
 */
final class SoftmaxJacobian {

    /** The exponential of less, times any double, is 0. */
    private static final double LOWEST_DIFFERENCE = -0x1p20;

    /** Differences of numbers from here on may be beyond the double range. */
    private static final double LARGE = 0x1p1000;

    /** Beside 1, a number multiplied by a smaller power of two is lost. */
    private static final int LOST_POWER = -900;

    /** The smallest double is 2 to this power. */
    private static final int SMALLEST_EXPONENT = -1074;

    /** Less than this part of the smallest double is 0: of any number of classes, it is little beside one of them. */
    private static final double LOST = 0x1p-64;

    private final double[] logits;
    private final double[] vector;
    private final double[] product;
    private final int k;
    private final double top;
    private final double topEntry;

    private SoftmaxJacobian(double[] logits, double[] vector, double[] product) {
        this.logits = logits;
        this.vector = vector;
        this.product = product;
        this.k = firstLargest(logits);
        this.top = logits[k];
        this.topEntry = vector[k];
    }

    /** Writes J v into the product, which may be one of the others. */
    static void times(double[] logits, double[] vector, double[] product) {
        SoftmaxJacobian jacobian = new SoftmaxJacobian(logits, vector, product);
        if (jacobian.isFinite()) {
            jacobian.compute();
        } else {
            Arrays.fill(product, Double.NaN);
        }
    }

    /** The place of the first NaN, or else of the first largest. */
    private static int firstLargest(double[] z) {
        int k = 0;
        for (int i = 1; i < z.length; i++) {
            if (z[i] > z[k] || Double.isNaN(z[i]) && !Double.isNaN(z[k])) {
                k = i;
            }
        }
        return k;
    }

    private boolean isExcluded(int i) {
        return logits[i] == Double.NEGATIVE_INFINITY;
    }

    private boolean isFinite() {
        boolean finite = Double.isFinite(top);
        for (int i = 0; i < vector.length; i++) {
            finite &= Double.isFinite(vector[i]) || isExcluded(i);
        }
        return finite;
    }

    private void compute() {
        Pair sum = Pair.ZERO;
        int power = Integer.MIN_VALUE; // that of the largest product
        for (int i = 0; i < logits.length; i++) {
            if (counts(i)) {
                sum = sum.plus(scaled(exponential(i), powerOfExponential(i)));
                if (difference(i).head() != 0) {
                    power = Math.max(power, powerOfExponential(i) + powerOfDifference(i));
                }
            }
        }
        Pair sumOfProducts = Pair.ZERO;
        for (int i = 0; i < logits.length; i++) {
            if (counts(i) && difference(i).head() != 0) {
                Pair term = exponential(i).times(difference(i));
                sumOfProducts = sumOfProducts.plus(
                        scaled(term, powerOfExponential(i) + powerOfDifference(i) - power));
            }
        }
        Pair mean = sumOfProducts.over(sum);
        for (int i = 0; i < logits.length; i++) {
            product[i] = counts(i) ? entry(i, mean, power, sum) : 0;
        }
    }

    /** e_i / S (d_i - mean 2^power). */
    private double entry(int i, Pair mean, int power, Pair sum) {
        Pair d = difference(i);
        int larger = d.head() == 0 ? power : Math.max(power, powerOfDifference(i));
        if (mean.head() == 0 && d.head() == 0) {
            return 0;
        }
        Pair deviation = scaled(d, powerOfDifference(i) - larger).minus(scaled(mean, power - larger));
        double entry = exponential(i).over(sum).times(deviation).rounded();
        return rounded(entry, powerOfExponential(i) + larger, d.head());
    }

    /** Whether a class has any probability that can matter. */
    private boolean counts(int i) {
        return logits[i] - top >= LOWEST_DIFFERENCE;
    }

    /** exp(z_i - z_k) in the library's unit, as a number between 1/2 and 2 and the power of two beside it. */
    private Pair exponential(int i) {
        double x = logits[i] - top;
        return Exp.exp(x, Exact.sumError(logits[i], -top, x), Exp.steps(x));
    }

    private int powerOfExponential(int i) {
        return (int) (Exp.steps(logits[i] - top) / Exp.STEPS);
    }

    /** v_i - v_k, as a number between 1 and 2 and the power of two beside it. */
    private Pair difference(int i) {
        Pair raw = rawDifference(i);
        int power = -Math.getExponent(raw.head());
        return new Pair(Math.scalb(raw.head(), power), Math.scalb(raw.tail(), power));
    }

    private int powerOfDifference(int i) {
        return Math.getExponent(rawDifference(i).head()) + (isLarge(i) ? 2 : 0);
    }

    /** A quarter of it if it might be beyond the double range. */
    private Pair rawDifference(int i) {
        double part = isLarge(i) ? 0.25 : 1;
        return Pair.difference(vector[i] * part, topEntry * part);
    }

    private boolean isLarge(int i) {
        return Math.max(Math.abs(vector[i]), Math.abs(topEntry)) >= LARGE;
    }

    /** x 2^power; 0 if that is little beside 1. */
    private static Pair scaled(Pair x, int power) {
        return power < LOST_POWER
                ? Pair.ZERO
                : new Pair(Math.scalb(x.head(), power), Math.scalb(x.tail(), power));
    }

    /**
     * entry 2^power to the nearest double, or, if it is subnormal, to a multiple of the smallest: away from 0, but
     * towards 0 against the sign of d. So its product with d is never rounded down but for what is lost, and an entry
     * next to the smallest double is not rounded to 0.
     */
    private static double rounded(double entry, int power, double d) {
        double rounded = Math.scalb(entry, power);
        if (Math.abs(rounded) < Double.MIN_NORMAL) {
            double units = Math.scalb(Math.abs(entry), power - SMALLEST_EXPONENT);
            boolean down = Math.signum(entry) * Math.signum(d) < 0 || units < LOST;
            double whole = down ? Math.floor(units) : Math.ceil(units);
            rounded = Math.copySign(whole * Double.MIN_VALUE, entry);
        }
        return rounded + 0.0;
    }
}
