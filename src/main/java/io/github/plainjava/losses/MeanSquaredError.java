package io.github.plainjava.losses;

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
 * Each difference d = p_i - t_i is taken with its rounding error e, and d^2 + 2de goes into a compensated sum; a plain
 * sum's error grows with n. There are 128 such sums side by side, added up at the end with their errors, so that
 * vector instructions can work on them. Where squares would leave the double range the numbers are scaled by a
 * power of two, and the sum is scaled back. The gradient is d times 2 / n, which is held to twice double precision.
 *
 * <h2>Accuracy</h2>
 * For finite inputs of any size the value is within 2 ulp of the exact result for the doubles given, every gradient
 * entry within 3 ulp, for any number of values, subnormal results included. Bits are the same on every Java platform.
 *
 * <p>In more detail, with u = 2^-53: up to 128 values, the value is within 0.6 ulp. Beyond, the error of an addition
 * is not exact if the square is larger than the sum so far: it lacks at most u times the square, in all at most u times
 * the value, or 1 ulp, and the bound is 1.6 ulp. All else, of order n^2 u^2 / 128^2, is below 0.1 ulp for any
 * array. A gradient entry has the error of the difference, u times the entry or at most 1 ulp, and one
 * rounding: 1.6 ulp.
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

    /** A mean in here met no overflow and lost no bits below the double range. */
    private static final double SAFE_LOW = 0x1p-900;

    private static final double SAFE_HIGH = 0x1p900;

    /** The power of two that brings differences whose squares are out of range into it. */
    private static final int SCALING = 600;

    private static final int BLOCK = Scratch.BLOCK;

    private static final Step[] SUM_ROWS = {
        (s, n, first, size) -> differences(s[Scratch.X], s[Scratch.Y], size), MeanSquaredError::sumRows
    };

    private static final Step[] MEANS = {
        (s, n, b, rows) -> means(s[Scratch.SUMS], s[Scratch.SUM_TAILS], n, rows)
    };

    /** How much of arrays read from their beginning is summed in place: a few blocks, as each takes code of its own. */
    private static final int IN_PLACE = 8 * BLOCK;

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
            boolean usual,
            double[] p,
            double[] t,
            int from,
            int n,
            int label,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        if (gradient == null) {
            return meanAndSlopes(p, t, from, n, 0, 0, null, scratch);
        }
        if (Ordinary.isScale(weight, divisor)) {
            DoubleDouble factor = divisor.ordinaryScale(weight).times(DoubleDouble.quotient(2, n));
            return meanAndSlopes(p, t, from, n, factor.head(), factor.tail(), gradient, scratch);
        }
        double mean = meanAndSlopes(p, t, from, n, 0, 0, null, scratch);
        wideSlopes(p, t, from, n, weight, divisor, Double.isNaN(mean), gradient);
        return mean;
    }

    /** Slopes for a weight or a divisor of extreme size. */
    private static void wideSlopes(
            double[] p,
            double[] t,
            int from,
            int n,
            double weight,
            Divisor divisor,
            boolean isNaN,
            double[] gradient) {
        Wide factor = divisor.scale(weight).times(Wide.of(DoubleDouble.quotient(2, n)));
        for (int i = from; i < from + n; i++) {
            double difference = p[i] - t[i];
            boolean infinite = Double.isInfinite(p[i]) || Double.isInfinite(t[i]);
            gradient[i] = isNaN
                    ? Double.NaN
                    : infinite ? difference : Wide.of(p[i]).minus(Wide.of(t[i])).times(factor).toDouble();
        }
    }

    /** The mean and, if gradient is not null, (factor + factorTail) times the differences. */
    private static double meanAndSlopes(
            double[] p,
            double[] t,
            int from,
            int n,
            double factor,
            double factorTail,
            double[] gradient,
            double[][] scratch) {
        // A gradient that takes the place of the prediction has to wait until the prediction is no longer needed.
        double[] early = gradient == p ? null : gradient;
        double mean = mean(p, t, from, n, factor, factorTail, early, scratch);
        if (mean >= SAFE_LOW && mean <= SAFE_HIGH) {
            if (gradient != early) {
                slopes(p, t, from, n, factor, factorTail, gradient);
            }
            return mean;
        }
        mean = scaledMean(p, t, from, n, mean, scratch);
        if (gradient != null) {
            slopesOfAnySize(p, t, from, n, factor, factorTail, Double.isNaN(mean), gradient);
        }
        return mean;
    }

    /** The mean of a row; on the way, while they are at hand, the slopes, if gradient is not null. */
    private static double mean(
            double[] p,
            double[] t,
            int from,
            int n,
            double factor,
            double factorTail,
            double[] gradient,
            double[][] scratch) {
        if (n <= Exponentials.SHORT) {
            return shortMean(p, t, from, n, factor, factorTail, gradient);
        }
        int inPlace = from > 0 ? 0 : gradient == null ? pairedBlocks(n) : Math.min(IN_PLACE, n);
        if (inPlace > 0 && gradient == null) {
            sumInPlace(p, t, inPlace, scratch[Scratch.SUMS], scratch[Scratch.SUM_TAILS]);
        } else if (inPlace > 0) {
            sumInPlace(
                    p, t, inPlace, factor, factorTail, gradient, scratch[Scratch.SUMS], scratch[Scratch.SUM_TAILS]);
        }
        for (int start = inPlace; start < n; start += BLOCK) {
            int size = Math.min(BLOCK, n - start);
            if (gradient != null) { // first, as this reads ahead while it computes, which copying does not
                slopes(p, t, from + start, size, factor, factorTail, gradient);
            }
            sumCopies(p, t, from, start, size, 1, scratch);
        }
        return meanOfLanes(n, scratch);
    }

    private static double shortMean(
            double[] p, double[] t, int from, int n, double factor, double factorTail, double[] gradient) {
        double sum = 0;
        double sumTail = 0;
        for (int i = from; i < from + n; i++) {
            double d = p[i] - t[i];
            double e = Exact.differenceError(p[i], t[i], d);
            double next = Fma.fma(d, d, sum);
            sumTail += squareTail(d, e, sum, next);
            sum = next;
            if (gradient != null) {
                gradient[i] = slope(d, factor, factorTail);
            }
        }
        return mean(sum, sumTail, n);
    }

    /** What is dropped where next is the sum and d^2 rounded, instead of the sum and (d + e)^2. */
    private static double squareTail(double d, double e, double sum, double next) {
        return Fma.fma(d, e, Fma.fma(d, e, Sums.productSumError(d, d, sum, next)));
    }

    @Override
    boolean sideBySide(
            double[] p,
            double[] t,
            int[] labels,
            int n,
            int first,
            int count,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        int from = first * n;
        int most = BLOCK / n;
        for (int row = 0; row < count; row += most) {
            int size = Math.min(most, count - row) * n;
            System.arraycopy(p, from + row * n, scratch[Scratch.X], 0, size);
            System.arraycopy(t, from + row * n, scratch[Scratch.Y], 0, size);
            Step.all(SUM_ROWS, scratch, n, row, size);
        }
        Step.all(MEANS, scratch, n, 0, count);
        double[] means = scratch[Scratch.SUMS];
        for (int i = 0; i < count; i++) {
            if (!(means[i] >= SAFE_LOW && means[i] <= SAFE_HIGH)) {
                return false;
            }
        }
        if (gradient != null) {
            DoubleDouble factor = divisor.ordinaryScale(1).times(DoubleDouble.quotient(2, n));
            slopes(p, t, from, count * n, factor.head(), factor.tail(), gradient);
        }
        return true;
    }

    /** From predictions and targets to their differences, and what rounding took from those. */
    private static boolean differences(double[] p, double[] t, int n) {
        for (int i = 0; i < n; i++) {
            double d = p[i] - t[i];
            t[i] = Exact.differenceError(p[i], t[i], d);
            p[i] = d;
        }
        return true;
    }

    /** The sums of the squares of rows of n differences, to the bits of {@link #shortMean}, from this row's place on. */
    private static boolean sumRows(double[][] scratch, double n, double first, int size) {
        double[] d = scratch[Scratch.X];
        double[] e = scratch[Scratch.Y];
        double[] sums = scratch[Scratch.SUMS];
        double[] sumTails = scratch[Scratch.SUM_TAILS];
        int row = (int) first;
        int last = (int) n - 1;
        double sum = 0;
        double tail = 0;
        for (int i = 0; i < size; i++) {
            double next = Fma.fma(d[i], d[i], sum);
            tail += squareTail(d[i], e[i], sum, next);
            sum = next;
            if (i == last) {
                sums[row] = sum;
                sumTails[row] = tail;
                sum = 0;
                tail = 0;
                row++;
                last += (int) n;
            }
        }
        return true;
    }

    private static boolean means(double[] sums, double[] sumTails, double n, int rows) {
        for (int i = 0; i < rows; i++) {
            sums[i] = mean(sums[i], sumTails[i], n);
        }
        return true;
    }

    /** The mean where squares or their errors are out of range; infinite or NaN as infinities have it. */
    private static double scaledMean(double[] p, double[] t, int from, int n, double mean, double[][] scratch) {
        int power = mean < 1 ? SCALING : -SCALING;
        double unit = Math.scalb(1.0, power);
        for (int start = 0; start < n; start += BLOCK) {
            sumCopies(p, t, from, start, Math.min(BLOCK, n - start), unit, scratch);
        }
        double scaled = Math.scalb(meanOfLanes(n, scratch), -2 * power);
        return Double.isNaN(scaled) ? plainSum(p, t, from, n) : scaled;
    }

    private static double plainSum(double[] p, double[] t, int from, int n) {
        double sum = 0;
        for (int i = from; i < from + n; i++) {
            double difference = p[i] - t[i];
            sum += difference * difference;
        }
        return sum;
    }

    // A piece at the beginning of the arrays, where constants tell the compiler how far the blocks are from the sums:
    // then it can use vector instructions as they stand.

    /** One block, or what there is of it, and as many pairs of blocks as are summed in place. */
    private static int pairedBlocks(int n) {
        int pairs = Math.max(0, Math.min(n, IN_PLACE) - BLOCK) / (2 * BLOCK);
        return Math.min(n, BLOCK + pairs * (2 * BLOCK));
    }

    /** Two blocks at a time, so that the sums are read and written half as often. */
    private static void sumInPlace(double[] p, double[] t, int size, double[] sums, double[] sumTails) {
        setSquares(p, t, sums, sumTails, Math.min(BLOCK, size));
        if (size > BLOCK) {
            addTwoBlocks(p, t, BLOCK, sums, sumTails);
        }
        if (size > 3 * BLOCK) {
            addTwoBlocks(p, t, 3 * BLOCK, sums, sumTails);
        }
        if (size > 5 * BLOCK) {
            addTwoBlocks(p, t, 5 * BLOCK, sums, sumTails);
        }
    }

    /** With the slopes, which leave room for one block in a loop. */
    private static void sumInPlace(
            double[] p,
            double[] t,
            int size,
            double factor,
            double factorTail,
            double[] gradient,
            double[] sums,
            double[] sumTails) {
        setSquares(p, t, factor, factorTail, gradient, sums, sumTails, Math.min(BLOCK, size));
        if (size <= BLOCK) {
            return; // short rows are many
        }
        addSquares(p, t, BLOCK, factor, factorTail, gradient, sums, sumTails, blockSize(size - BLOCK));
        addSquares(p, t, 2 * BLOCK, factor, factorTail, gradient, sums, sumTails, blockSize(size - 2 * BLOCK));
        addSquares(p, t, 3 * BLOCK, factor, factorTail, gradient, sums, sumTails, blockSize(size - 3 * BLOCK));
        addSquares(p, t, 4 * BLOCK, factor, factorTail, gradient, sums, sumTails, blockSize(size - 4 * BLOCK));
        addSquares(p, t, 5 * BLOCK, factor, factorTail, gradient, sums, sumTails, blockSize(size - 5 * BLOCK));
        addSquares(p, t, 6 * BLOCK, factor, factorTail, gradient, sums, sumTails, blockSize(size - 6 * BLOCK));
        addSquares(p, t, 7 * BLOCK, factor, factorTail, gradient, sums, sumTails, blockSize(size - 7 * BLOCK));
    }

    private static int blockSize(int rest) {
        return Math.max(0, Math.min(BLOCK, rest));
    }

    /** A block anywhere, of prediction and target times a unit, copied first to where the sums are. */
    private static void sumCopies(
            double[] p, double[] t, int from, int start, int size, double unit, double[][] scratch) {
        double[] x = scratch[Scratch.X];
        double[] y = scratch[Scratch.Y];
        System.arraycopy(p, from + start, x, 0, size);
        System.arraycopy(t, from + start, y, 0, size);
        if (unit != 1) {
            scale(x, y, unit, size);
        }
        if (start == 0) {
            setSquares(x, y, scratch[Scratch.SUMS], scratch[Scratch.SUM_TAILS], size);
        } else {
            addSquares(x, y, scratch[Scratch.SUMS], scratch[Scratch.SUM_TAILS], size);
        }
    }

    /** Numbers too large to be scaled up, in a row whose mean is tiny, are equal in prediction and target. */
    private static void scale(double[] x, double[] y, double unit, int size) {
        for (int i = 0; i < size; i++) {
            boolean areEqual = unit > 1 && Math.abs(x[i]) >= 0x1p400;
            x[i] = areEqual ? 0 : x[i] * unit;
            y[i] = areEqual ? 0 : y[i] * unit;
        }
    }

    /** Begins the sums, one in each lane, with the squares of the differences. */
    private static void setSquares(double[] p, double[] t, double[] sums, double[] sumTails, int size) {
        for (int i = 0; i < size; i++) {
            double d = p[i] - t[i];
            double e = Exact.differenceError(p[i], t[i], d);
            double square = d * d;
            sumTails[i] = Fma.fma(d, e, Fma.fma(d, e, Exact.productError(d, d, square)));
            sums[i] = square;
        }
    }

    private static void setSquares(
            double[] p,
            double[] t,
            double factor,
            double factorTail,
            double[] gradient,
            double[] sums,
            double[] sumTails,
            int size) {
        for (int i = 0; i < size; i++) {
            double d = p[i] - t[i];
            double e = Exact.differenceError(p[i], t[i], d);
            double square = d * d;
            sumTails[i] = Fma.fma(d, e, Fma.fma(d, e, Exact.productError(d, d, square)));
            sums[i] = square;
            gradient[i] = slope(d, factor, factorTail);
        }
    }

    // To add the square of a difference: the sum's error is (sum + d^2) - next, taken in the order that is right where
    // d^2 does not exceed the sum; where it does, at most 2^-53 d^2 is lost.

    private static void addSquares(double[] p, double[] t, double[] sums, double[] sumTails, int size) {
        for (int i = 0; i < size; i++) {
            double d = p[i] - t[i];
            double e = Exact.differenceError(p[i], t[i], d);
            double next = Fma.fma(d, d, sums[i]);
            sumTails[i] += Fma.fma(d, e, Fma.fma(d, e, Fma.fma(d, d, sums[i] - next)));
            sums[i] = next;
        }
    }

    // The loops that are used in place are so short, of no more than 35 bytes, that the compiler takes them in wherever
    // they are called from, with the constant that says where. What they do to each number is hot enough to go with them.

    private static void addTwoBlocks(double[] p, double[] t, int at, double[] sums, double[] sumTails) {
        for (int i = 0; i < BLOCK; i++) {
            addTwo(p, t, at, sums, sumTails, i);
        }
    }

    private static void addTwo(double[] p, double[] t, int at, double[] sums, double[] sumTails, int i) {
        double d = p[at + i] - t[at + i];
        double e = Exact.differenceError(p[at + i], t[at + i], d);
        double next = Fma.fma(d, d, sums[i]);
        double tail = sumTails[i] + Fma.fma(d, e, Fma.fma(d, e, Fma.fma(d, d, sums[i] - next)));

        double d2 = p[at + BLOCK + i] - t[at + BLOCK + i];
        double e2 = Exact.differenceError(p[at + BLOCK + i], t[at + BLOCK + i], d2);
        double next2 = Fma.fma(d2, d2, next);
        sumTails[i] = tail + Fma.fma(d2, e2, Fma.fma(d2, e2, Fma.fma(d2, d2, next - next2)));
        sums[i] = next2;
    }

    private static void addSquares(
            double[] p,
            double[] t,
            int at,
            double factor,
            double factorTail,
            double[] gradient,
            double[] sums,
            double[] sumTails,
            int size) {
        for (int i = 0; i < size; i++) {
            addSquare(p, t, at, factor, factorTail, gradient, sums, sumTails, i);
        }
    }

    private static void addSquare(
            double[] p,
            double[] t,
            int at,
            double factor,
            double factorTail,
            double[] gradient,
            double[] sums,
            double[] sumTails,
            int i) {
        double d = p[at + i] - t[at + i];
        double e = Exact.differenceError(p[at + i], t[at + i], d);
        double next = Fma.fma(d, d, sums[i]);
        sumTails[i] += Fma.fma(d, e, Fma.fma(d, e, Fma.fma(d, d, sums[i] - next)));
        sums[i] = next;
        gradient[at + i] = slope(d, factor, factorTail);
    }

    /** The sum of all lanes over n. */
    private static double meanOfLanes(int n, double[][] scratch) {
        double[] sums = scratch[Scratch.SUMS];
        double[] sumTails = scratch[Scratch.SUM_TAILS];
        Sums.total(sums, sumTails, n);
        return mean(sums[0], sumTails[0], n);
    }

    private static double mean(double sum, double sumTail, double n) {
        double mean = sum / n;
        return mean + (Fma.fma(-mean, n, sum) + sumTail) / n;
    }

    private static void slopes(
            double[] p, double[] t, int from, int n, double factor, double factorTail, double[] gradient) {
        for (int i = 0; i < n; i++) {
            gradient[from + i] = slope(p[from + i] - t[from + i], factor, factorTail);
        }
    }

    /** Differences that overflow are formed from quarters; infinite ones stand for themselves. */
    private static void slopesOfAnySize(
            double[] p,
            double[] t,
            int from,
            int n,
            double factor,
            double factorTail,
            boolean isNaN,
            double[] gradient) {
        for (int i = from; i < from + n; i++) {
            double difference = p[i] - t[i];
            double quarter = 0.25 * p[i] - 0.25 * t[i];
            if (isNaN) {
                gradient[i] = Double.NaN;
            } else if (Math.abs(difference) <= Double.MAX_VALUE) {
                gradient[i] = slope(difference, factor, factorTail);
            } else if (Math.abs(quarter) <= Double.MAX_VALUE) {
                gradient[i] = 4 * slope(quarter, factor, factorTail);
            } else {
                gradient[i] = difference;
            }
        }
    }

    private static double slope(double difference, double factor, double factorTail) {
        return Fma.fma(difference, factor, difference * factorTail) + 0.0;
    }
}
