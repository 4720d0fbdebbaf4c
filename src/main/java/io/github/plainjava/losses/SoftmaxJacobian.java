package io.github.plainjava.losses;

import java.util.Arrays;

/**
 * Softmax's Jacobian times a vector, number by number. With k the first largest logit, e_i = exp(z_i - z_k),
 * S = 1 + sum of e_j, d_i = v_i - v_k, and sums over all j but k,
 * <pre>
 *     (J v)_i = e_i / S (d_i - (sum of e_j d_j) / S),    (J v)_k = -(sum of e_j d_j) / S / S
 * </pre>
 * in pairs of doubles, or in {@link Wide} numbers where a pair could leave the double range: a probability of 2^-2000
 * times a difference of 2^1000 is a double.
 *
 * <p>The sum of d_i (J v)_i is the variance of d under p, at least 1 / S times the mean of the squares of d. So the
 * errors of the numbers, and one rounding of each entry, cannot make it negative; that the rounding of a subnormal
 * entry does not either, is seen to in {@link #rounded}.
 */
final class SoftmaxJacobian {

    /** Exponentials of differences from here on keep their bits, and those of their products with ordinary entries. */
    private static final double LOWEST_DIFFERENCE = -600;

    private static final double SMALL = 0x1p-300;
    private static final double LARGE = 0x1p300;

    /** Probabilities of ordinary rows are multiplied by 2 to this power until the end. */
    private static final int SCALING = 500;

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
        if (!jacobian.isFinite()) {
            Arrays.fill(product, Double.NaN);
        } else if (jacobian.isOrdinary()) {
            jacobian.computeInPairs();
        } else {
            jacobian.computeInWideNumbers();
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

    private boolean isOrdinary() {
        boolean ordinary = true;
        for (int i = 0; i < vector.length; i++) {
            double size = Math.abs(vector[i]);
            boolean fits = logits[i] - top >= LOWEST_DIFFERENCE && (size == 0 || size >= SMALL && size <= LARGE);
            ordinary &= fits || isExcluded(i);
        }
        return ordinary;
    }

    private void computeInPairs() {
        DoubleDouble sum = DoubleDouble.of(Exp.ONE);
        DoubleDouble sumOfProducts = DoubleDouble.ZERO;
        for (int i = 0; i < logits.length; i++) {
            if (i != k && !isExcluded(i)) {
                DoubleDouble e = exponential(i);
                sum = sum.plus(e);
                sumOfProducts = sumOfProducts.plus(e.times(difference(i)));
            }
        }
        DoubleDouble mean = sumOfProducts.over(sum);
        DoubleDouble factor = DoubleDouble.of(Math.scalb(1.0, SCALING)).over(sum);
        for (int i = 0; i < logits.length; i++) {
            if (isExcluded(i)) {
                product[i] = 0;
            } else {
                DoubleDouble d = difference(i);
                double entry = exponential(i).times(factor).times(d.minus(mean)).head();
                product[i] = rounded(entry, -SCALING, d.head());
            }
        }
    }

    private DoubleDouble exponential(int i) {
        double x = logits[i] - top;
        double scale = Exp.scale(x);
        double expm1 = Exp.expm1(x, Exact.sumError(logits[i], -top, x));
        return DoubleDouble.ofSum(scale, scale * expm1);
    }

    private DoubleDouble difference(int i) {
        return DoubleDouble.of(vector[i]).plus(-topEntry);
    }

    private void computeInWideNumbers() {
        Wide sum = Wide.ONE;
        Wide sumOfProducts = Wide.ZERO;
        for (int i = 0; i < logits.length; i++) {
            if (i != k && !isExcluded(i)) {
                Wide e = wideExponential(i);
                sum = sum.plus(e);
                sumOfProducts = sumOfProducts.plus(e.times(wideDifference(i)));
            }
        }
        Wide mean = sumOfProducts.over(sum);
        for (int i = 0; i < logits.length; i++) {
            if (isExcluded(i)) {
                product[i] = 0;
            } else {
                Wide d = wideDifference(i);
                Wide entry = wideExponential(i).over(sum).times(d.minus(mean));
                product[i] = rounded(entry.significand().head(), entry.exponent(), d.significand().head());
            }
        }
    }

    private Wide wideExponential(int i) {
        return Wide.of(logits[i]).minus(Wide.of(top)).exp();
    }

    private Wide wideDifference(int i) {
        return Wide.of(vector[i]).minus(Wide.of(topEntry));
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
