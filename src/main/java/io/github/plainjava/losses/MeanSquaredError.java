package io.github.plainjava.losses;

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
 * difference makes the value +infinity, and equal infinities NaN. A mean beyond the double range is +infinity;
 * squares beyond it whose mean is not, do no harm.
 *
 * <h2>How it is computed</h2>
 * The rounding of each difference and of each square is carried into a compensated sum; a plain sum's error grows
 * with n. Where squares would leave the double range the differences are scaled by a power of two, and the sum is
 * scaled back.
 *
 * <h2>Accuracy</h2>
 * The value is within 2 ulp of the exact result for the doubles given, every gradient entry within 3 ulp, for any
 * number of values, subnormal results included. Bits are the same on every Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no values or lengths that differ; {@link NullPointerException} for null.
 * Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * C. F. Gauss (1809), <i>Theoria motus corporum coelestium</i>, sections 175 to 179: least squares as maximum
 * likelihood.
 */
public final class MeanSquaredError extends RowLoss {

    private static final long serialVersionUID = 1;

    /** A mean in here met no overflow and lost no bits below the double range. */
    private static final double SAFE_LOW = 0x1p-900;

    private static final double SAFE_HIGH = 0x1p900;

    /** The power of two that brings differences whose squares are out of range into it. */
    private static final int SCALING = 600;

    /** The loss; there is nothing to choose. */
    public MeanSquaredError() {}

    @Override
    void checkColumns(int columns) {
        // any number of values will do
    }

    @Override
    void checkRow(double[] prediction, double[] target, int from, int columns, int label, int row) {
        // any double will do
    }

    @Override
    boolean weighsOne(int[] labels) {
        return true;
    }

    @Override
    double mass(double[] target, int from, int columns, int label) {
        return 1;
    }

    @Override
    double row(
            double[] p,
            double[] t,
            int from,
            int n,
            int label,
            double weight,
            double divisor,
            double[] gradient,
            double[][] scratch) {
        int at = from;
        int to = from;
        Scale s = Scale.of(weight, divisor);
        double scale = s.head();
        double scaleTail = s.tail();
        int scalePower = s.power();
        double mean = mean(p, from, t, at, n, 1, scratch);
        boolean isSafe = mean >= SAFE_LOW && mean <= SAFE_HIGH;
        if (!isSafe) {
            mean = scaledMean(p, from, t, at, n, mean, scratch);
        }
        if (gradient != null) {
            if (Double.isNaN(mean)) {
                Arrays.fill(gradient, to, to + n, Double.NaN);
            } else {
                gradient(p, from, t, at, n, scale, scaleTail, scalePower, gradient, to, isSafe, scratch);
            }
        }
        return mean;
    }

    private static double scaledMean(
            double[] p, int from, double[] t, int at, int n, double mean, double[][] scratch) {
        int power = mean < 1 ? SCALING : -SCALING;
        double scaled = Math.scalb(mean(p, from, t, at, n, Math.scalb(1.0, power), scratch), -2 * power);
        return Double.isNaN(scaled) ? plainSum(p, from, t, at, n) : scaled;
    }

    /** Infinite or NaN, as the arithmetic of infinities has it. */
    private static double plainSum(double[] p, int from, double[] t, int at, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double difference = p[from + i] - t[at + i];
            sum += difference * difference;
        }
        return sum;
    }

    /** The mean of (unit * (p_i - t_i))^2. */
    private static double mean(double[] p, int from, double[] t, int at, int n, double unit, double[][] scratch) {
        double[] x = scratch[Scratch.X];
        double[] tail = scratch[Scratch.Y];
        double[] sums = scratch[Scratch.SUMS];
        double[] sumTails = scratch[Scratch.SUM_TAILS];
        Sums.clear(sums, sumTails);
        for (int start = 0; start < n; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, n - start);
            System.arraycopy(p, from + start, x, 0, size);
            System.arraycopy(t, at + start, tail, 0, size);
            squares(x, tail, unit, size);
            Sums.addPairs(x, tail, sums, sumTails, size);
        }
        Sums.total(sums, sumTails, x, tail);
        double mean = sums[0] / n;
        return mean + (Math.fma(-mean, n, sums[0]) + sumTails[0]) / n;
    }

    /** From p and t to the squares of their differences and what those lack. */
    private static void squares(double[] p, double[] t, double unit, int size) {
        for (int i = 0; i < size; i++) {
            double a = unit * p[i];
            double b = unit * t[i];
            double difference = a - b;
            double square = difference * difference;
            t[i] = Exact.productError(difference, difference, square)
                    + 2 * difference * Exact.sumError(a, -b, difference);
            p[i] = square;
        }
    }

    private static void gradient(
            double[] p,
            int from,
            double[] t,
            int at,
            int n,
            double scale,
            double scaleTail,
            int scalePower,
            double[] gradient,
            int to,
            boolean isSafe,
            double[][] scratch) {
        double two = 2.0 / n;
        double twoTail = Math.fma(-two, n, 2.0) / n;
        int inside = Math.max(-900, Math.min(scalePower, 0)); // more would lose bits of the factor's tail, or overflow
        double unit = ExpLog.powerOfTwo(inside);
        double factor = two * scale * unit;
        double factorTail =
                (Exact.productError(two, scale, two * scale) + (two * scaleTail + twoTail * scale)) * unit;
        double[] x = scratch[Scratch.X];
        double[] y = scratch[Scratch.Y];
        for (int start = 0; start < n; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, n - start);
            System.arraycopy(p, from + start, x, 0, size);
            System.arraycopy(t, at + start, y, 0, size);
            if (isSafe) {
                slopes(x, y, factor, factorTail, size);
            } else {
                slopesOfAnySize(x, y, factor, factorTail, size);
            }
            for (int i = 0; scalePower != inside && i < size; i++) {
                x[i] = Math.scalb(x[i], scalePower - inside);
            }
            System.arraycopy(x, 0, gradient, to + start, size);
        }
    }

    private static void slopes(double[] p, double[] t, double factor, double factorTail, int size) {
        for (int i = 0; i < size; i++) {
            p[i] = slope(p[i], t[i], factor, factorTail);
        }
    }

    /** Differences that may overflow are formed from quarters; infinite ones have no error to carry. */
    private static void slopesOfAnySize(double[] p, double[] t, double factor, double factorTail, int size) {
        for (int i = 0; i < size; i++) {
            if (Math.abs(p[i] - t[i]) <= SAFE_HIGH) {
                p[i] = slope(p[i], t[i], factor, factorTail);
            } else if (Math.abs(0.25 * p[i] - 0.25 * t[i]) <= Double.MAX_VALUE) {
                p[i] = 4 * slope(0.25 * p[i], 0.25 * t[i], factor, factorTail);
            } else {
                p[i] = p[i] - t[i];
            }
        }
    }

    private static double slope(double p, double t, double factor, double factorTail) {
        double difference = p - t;
        double tail = Exact.sumError(p, -t, difference);
        return Math.fma(difference, factor, Math.fma(difference, factorTail, tail * factor)) + 0.0;
    }
}
