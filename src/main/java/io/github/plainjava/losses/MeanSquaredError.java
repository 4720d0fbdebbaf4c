package io.github.plainjava.losses;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Rows;
import java.util.Arrays;

/**
 * The mean of the squared differences: for regression, where errors are likelier the smaller they are, as with Gaussian
 * noise. For classification use {@link Softmax} or {@link CrossEntropy}: the gradient of a squared error through a
 * softmax vanishes on a confident mistake.
 *
 * <pre>{@code
 * LossFunction mse = new MeanSquaredError();
 * double value = mse.value(new double[] {2.5, 0.0}, new double[] {3.0, -0.5}); // 0.25
 * double[] slope = mse.gradient(new double[] {2.5, 0.0}, new double[] {3.0, -0.5}); // {-0.5, 0.5}
 * }</pre>
 *
 * <h2>Definition</h2>
 * <pre>
 *     value = (1 / n) sum over i of (p_i - t_i)^2
 * </pre>
 * for a prediction p and a target t of n values, in the square of their unit.
 *
 * <h2>Gradient</h2>
 * d value / d p_i = 2 (p_i - t_i) / n.
 *
 * <h2>Domain and shapes</h2>
 * Prediction and target are any doubles, as many of one as of the other, at least one. The gradient array is as long
 * and may be the prediction itself.
 *
 * <h2>Special values</h2>
 * A NaN anywhere makes the value and every entry of the gradient NaN. Infinities follow arithmetic: an infinite
 * difference makes the value +infinity and its own entry of the gradient infinite, and equal infinities act as a NaN. A
 * mean beyond the double range is +infinity; squares beyond it whose mean is not, do no harm.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * The square of each difference d = p_i - t_i goes unrounded into a compensated sum; a plain sum's error grows with n.
 * There are four such sums side by side, added up at the end with their errors, as an addition waits for the one before.
 * Where squares would leave the double range the numbers are scaled by a
 * power of two, and the sum is scaled back. The gradient is d times 2 / n, which is held to twice double precision.
 *
 * <h2>Accuracy</h2>
 * For finite inputs of any size value and gradient entries are within 3 ulp of the exact result for the doubles given,
 * for any number of values, subnormal results included. Bits are the same on every Java platform.
 *
 * <p>In more detail, with u = 2^-53: the rounding of a difference is at most u of it, and 2u of its square, so up to 2 ulp
 * of the value; sum and quotient are rounded once each. All else, of order n u^2, is below 0.1 ulp for any array, and
 * the bound is hardly ever met. A gradient entry has the error of the difference, u times the entry or at most 1 ulp,
 * and one rounding: 1.6 ulp.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no values, lengths that differ, or a gradient array that is the target;
 * {@link NullPointerException} for null. Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * C. F. Gauss (1809), <i>Theoria motus corporum coelestium</i>, sections 175 to 179: least squares as maximum
 * likelihood.
 */
public final class MeanSquaredError extends RowLoss {

    private static final long serialVersionUID = 1;

    /** Sums of squares up to here met no overflow. */
    private static final double LARGE = 0x1p1000;

    /** The power of two that brings differences whose squares overflow into the range. */
    private static final double SMALLER = 0x1p-600;

    /** The loss; there is nothing to choose. */
    public MeanSquaredError() {}

    /**
     * Whether the other is a mean squared error too; they are all equal.
     *
     * @param other anything
     * @return true for a mean squared error
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof MeanSquaredError;
    }

    @Override
    public int hashCode() {
        return 1;
    }

    @Override
    public String toString() {
        return "MeanSquaredError[]";
    }

    /**
     * The mean of the squared differences.
     *
     * @param prediction any doubles, at least one
     * @param target     any doubles, as many
     * @return the mean
     * @throws IllegalArgumentException if there are none, or lengths differ
     */
    @Override
    public double value(double[] prediction, double[] target) {
        return checkedValue(prediction, target);
    }

    /**
     * The mean of the squared differences, with its gradient by the prediction written into an array.
     *
     * <p>Mind the order of the last two: swapped, an array of zeros is a target like any other, and <em>the target is
     * overwritten</em>.
     *
     * @param prediction any doubles, at least one
     * @param target     any doubles, as many
     * @param gradient   receives 2 (p_i - t_i) / n; as long, and may be the prediction itself, but not the target
     * @return the mean
     * @throws IllegalArgumentException if there are no values, lengths differ, or the gradient array is the target;
     *     nothing is written then
     */
    @Override
    public double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
        return checkedValueAndGradient(prediction, target, gradient);
    }

    /**
     * The gradient by the prediction, in a new array.
     *
     * @param prediction any doubles, at least one
     * @param target     any doubles, as many
     * @return 2 (p_i - t_i) / n
     * @throws IllegalArgumentException if there are none, or lengths differ
     */
    @Override
    public double[] gradient(double[] prediction, double[] target) {
        return checkedGradient(prediction, target);
    }

    @Override
    String predictionName() {
        return "prediction";
    }

    @Override
    void checkClasses(int classes) {
        // any number of values will do
    }

    @Override
    void checkColumns(int columns) {
        // any number of values will do
    }

    @Override
    void checkRow(double[] prediction, double[] target, int from, int columns, int row) {
        // any double will do
    }

    @Override
    boolean weighsOne(boolean labels) {
        return true;
    }

    @Override
    double checkedMass(double[] prediction, double[] target, int from, int columns, int label, int row) {
        return 1;
    }

    @Override
    void compute(Rows rows) {
        for (int r = 0; r < rows.count; r++) {
            rows.tile.loss[r] = row(rows, r);
        }
    }

    private static double row(Rows rows, int r) {
        int from = rows.from(r);
        int to = from + rows.columns;
        if (rows.gradient == null) {
            return mean(rows, from, to, sum(rows.predictions, rows.targets, from, to, null, 0, 0));
        }
        Pair slope = rows.tile.scale.get(r).times(2).over(Pair.of(rows.columns));
        double[] early = rows.gradient == rows.predictions ? null : rows.gradient;
        double sum = sum(rows.predictions, rows.targets, from, to, early, slope.head(), slope.tail());
        double mean = mean(rows, from, to, sum);
        if (mean != mean) {
            Arrays.fill(rows.gradient, from, to, Double.NaN);
        } else if (early == null || !(sum <= LARGE)) {
            slopes(rows, from, to, slope.head(), slope.tail());
        }
        return mean;
    }

    private static double mean(Rows rows, int from, int to, double sum) {
        return sum <= LARGE ? sum / rows.columns : largeMean(rows, from, to);
    }

    /**
     * The sum of (p - t)^2 and, where there is an array for it, the gradient, as products of differences with a slope.
     * Four sums beside one another, as an addition waits for the one before, each with what its additions dropped.
     */
    private static double sum(
            double[] p, double[] t, int from, int to, double[] gradient, double slope, double slopeTail) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        double aTail = 0;
        double bTail = 0;
        double cTail = 0;
        double dTail = 0;
        int i = from;
        for (; i <= to - 4; i += 4) {
            double d0 = p[i] - t[i];
            double d1 = p[i + 1] - t[i + 1];
            double d2 = p[i + 2] - t[i + 2];
            double d3 = p[i + 3] - t[i + 3];
            double nextA = fma(d0, d0, a);
            double nextB = fma(d1, d1, b);
            double nextC = fma(d2, d2, c);
            double nextD = fma(d3, d3, d);
            double addedA = nextA - a;
            double addedB = nextB - b;
            double addedC = nextC - c;
            double addedD = nextD - d;
            aTail += (a - (nextA - addedA)) + fma(d0, d0, -addedA);
            bTail += (b - (nextB - addedB)) + fma(d1, d1, -addedB);
            cTail += (c - (nextC - addedC)) + fma(d2, d2, -addedC);
            dTail += (d - (nextD - addedD)) + fma(d3, d3, -addedD);
            a = nextA;
            b = nextB;
            c = nextC;
            d = nextD;
            if (gradient != null) {
                gradient[i] = fma(d0, slope, d0 * slopeTail) + 0.0;
                gradient[i + 1] = fma(d1, slope, d1 * slopeTail) + 0.0;
                gradient[i + 2] = fma(d2, slope, d2 * slopeTail) + 0.0;
                gradient[i + 3] = fma(d3, slope, d3 * slopeTail) + 0.0;
            }
        }
        for (; i < to; i++) {
            double d0 = p[i] - t[i];
            double next = fma(d0, d0, a);
            double added = next - a;
            aTail += (a - (next - added)) + fma(d0, d0, -added);
            a = next;
            if (gradient != null) {
                gradient[i] = fma(d0, slope, d0 * slopeTail) + 0.0;
            }
        }
        return new Pair(a, aTail)
                .plus(new Pair(b, bTail))
                .plus(new Pair(c, cTail).plus(new Pair(d, dTail)))
                .rounded();
    }

    /** The gradient alone, also where a difference is beyond the double range. */
    private static void slopes(Rows rows, int from, int to, double slope, double slopeTail) {
        for (int i = from; i < to; i++) {
            double p = rows.predictions[i];
            double t = rows.targets[i];
            double d = p - t;
            boolean halved = Double.isInfinite(d) && Double.isFinite(p) && Double.isFinite(t);
            double half = halved ? p / 2 - t / 2 : d;
            double tail = half * slopeTail;
            double product = fma(half, slope, Double.isFinite(tail) ? tail : 0) + 0.0; // infinity * 0 is NaN
            rows.gradient[i] = halved ? 2 * product : product;
        }
    }

    /** The mean where squares overflow, of smaller numbers; divided by n before it grows again, it is infinite last. */
    private static double largeMean(Rows rows, int from, int to) {
        double sum = 0;
        double tail = 0;
        boolean infinite = false;
        for (int i = from; i < to; i++) {
            double d = rows.predictions[i] * SMALLER - rows.targets[i] * SMALLER;
            double next = fma(d, d, sum);
            infinite |= next == Double.POSITIVE_INFINITY;
            double added = next - sum;
            tail += infinite ? 0 : (sum - (next - added)) + fma(d, d, -added);
            sum = next;
        }
        return (sum + tail) / rows.columns / SMALLER / SMALLER;
    }
}
