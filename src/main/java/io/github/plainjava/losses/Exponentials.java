package io.github.plainjava.losses;

import java.util.Arrays;

/**
 * The exponentials of a row of logits relative to their maximum, and the sum of all but the maximum's own.
 *
 * <p>With m the largest logit, at k, and T the temperature: e_i = exp((z_i - m) / T), scaled by 2^900 as
 * {@link ExpLog} gives them, and rest = sum over i != k of e_i. The rest never contains the 1 of the maximum, so that
 * nothing is lost when it is tiny: the log of the whole sum is log1p(rest).
 *
 * <p>The difference z_i - m is rounded; what rounding takes is carried into the exponential, otherwise a small e_i
 * would be wrong by half of |z_i - m| ulp. The sum is compensated and takes in what the rounding of each e_i dropped,
 * so that its relative error is below 2^-55 for any number of terms.
 */
final class Exponentials {

    /** Rows up to here are summed one after the other: for fewer than this, blocks do not pay. */
    static final int SHORT = 32;

    /** Longer rows go through in blocks of this many: five arrays of them are just below 8 KB. */
    static final int BLOCK = 192;

    /** What the arrays of the scratch are for. */
    static final int X = 0;

    static final int TAIL = 1;
    static final int INDEX = 2;
    static final int SUMS = 3;
    static final int SUM_TAILS = 4;
    static final int RESULT = 5;
    static final int SCALE = 6;

    /**
     * One set of blocks a thread: to allocate and clear 8 KB costs as much as a hundred exponentials. No code but
     * ours runs while it is in use, and as plain arrays it holds on to no class of this library.
     */
    private static final ThreadLocal<double[][]> SCRATCH = ThreadLocal.withInitial(() -> new double[][] {
        new double[BLOCK],
        new double[BLOCK],
        new double[BLOCK],
        new double[BLOCK],
        new double[BLOCK],
        new double[2],
        new double[GradientScale.SIZE]
    });

    /** Maxima below this leave z - m exact enough for the floor to be a plain subtraction. */
    private static final double PLAIN_LIMIT = 0x1p40;

    private Exponentials() {}

    /** What {@link #argmax} and {@link #compute} work in, and where the latter leaves its result. */
    static double[][] scratch() {
        return SCRATCH.get();
    }

    /** The sum of the scaled exponentials other than the maximum's, from the last row computed; with restTail. */
    static double rest(double[][] scratch) {
        return scratch[RESULT][0];
    }

    static double restTail(double[][] scratch) {
        return scratch[RESULT][1];
    }

    /**
     * Where the largest logit stands, counted from the start of the row. A NaN elsewhere than at the start may be
     * passed over: it makes the sum NaN.
     */
    static int argmax(double[] z, int from, int n, double[][] scratch) {
        if (n <= 2 * BLOCK) {
            return argmax(z, from, n, 0, 1);
        }
        double[] x = scratch[X];
        double[] maxima = scratch[SUMS];
        System.arraycopy(z, from, maxima, 0, BLOCK);
        int start = BLOCK;
        for (; start <= n - BLOCK; start += BLOCK) {
            System.arraycopy(z, from + start, x, 0, BLOCK);
            for (int i = 0; i < BLOCK; i++) {
                maxima[i] = Math.max(maxima[i], x[i]);
            }
        }
        int lane = argmax(maxima, 0, BLOCK, 0, 1);
        int k = lane;
        while (k < start - BLOCK && z[from + k] != maxima[lane]) {
            k += BLOCK;
        }
        return argmax(z, from, n, k, start);
    }

    /** The place of the largest among the one at k and those from start on. */
    private static int argmax(double[] z, int from, int n, int k, int start) {
        int best = k;
        double m = z[from + k];
        for (int i = start; i < n; i++) {
            if (z[from + i] > m) {
                m = z[from + i];
                best = i;
            }
        }
        return best;
    }

    /** How the arguments of a row are formed: 0 for z - m as it stands, otherwise half the temperature. */
    static double halfTemperature(double temperature, double m) {
        return temperature == 1 && Math.abs(m) < PLAIN_LIMIT ? 0 : 0.5 * temperature;
    }

    /** The lowest logit that need be told apart, in the units of {@link #argument}: lower ones give exactly 0 too. */
    static double floor(double m, double halfTemperature) {
        return halfTemperature == 0
                ? m + (ExpLog.FLOOR + 0.125) // k is still the lowest one, and the rounding of the sum is below 2^-12
                : Math.nextDown(0.5 * m + 1.125 * ExpLog.FLOOR * halfTemperature);
    }

    /** (z - m) / T, rounded, not below the floor. Halves cannot overflow, whatever z and m are. */
    static double argument(double z, double m, double halfTemperature, double floor) {
        if (halfTemperature == 0) {
            return Math.max(z, floor) - m;
        }
        double difference = Math.max(0.5 * z, floor) - 0.5 * m;
        return Math.max(difference / halfTemperature, ExpLog.FLOOR);
    }

    /** What {@link #argument} lacks; where the argument is at its floor it matters only that this is small. */
    static double argumentTail(double z, double m, double halfTemperature, double floor) {
        if (halfTemperature == 0) {
            double a = Math.max(z, floor);
            return Exact.sumError(a, -m, a - m);
        }
        double a = Math.max(0.5 * z, floor);
        double difference = a - 0.5 * m;
        double quotient = difference / halfTemperature;
        double remainder = Math.fma(-quotient, halfTemperature, difference) + Exact.sumError(a, -0.5 * m, difference);
        return Math.min(Math.max(remainder / halfTemperature, -1), 1);
    }

    /** The power of two that {@link #logRatio} leaves out, so that it cannot overflow. */
    static int logRatioExponent(double m, double temperature) {
        return halfTemperature(temperature, m) == 0 ? 0 : 1 + Math.max(0, -Math.getExponent(temperature));
    }

    /** (z - m) / T, rounded, divided by 2^{@link #logRatioExponent}; -infinity for an excluded class alone. */
    static double logRatio(double z, double m, double temperature) {
        if (halfTemperature(temperature, m) == 0) {
            return z - m;
        }
        return (0.5 * z - 0.5 * m) / ratioDivisor(temperature);
    }

    /** What {@link #logRatio} lacks, where it is finite. */
    static double logRatioTail(double z, double m, double temperature) {
        if (halfTemperature(temperature, m) == 0) {
            return Exact.sumError(z, -m, z - m);
        }
        double divisor = ratioDivisor(temperature);
        double difference = 0.5 * z - 0.5 * m;
        double quotient = difference / divisor;
        return (Math.fma(-quotient, divisor, difference) + Exact.sumError(0.5 * z, -0.5 * m, difference)) / divisor;
    }

    private static double ratioDivisor(double temperature) {
        return temperature * Math.scalb(1.0, Math.max(0, -Math.getExponent(temperature)));
    }

    /**
     * Computes the rest, and writes the scaled exponentials if they are wanted, with -0.0 for an excluded class.
     *
     * @param k   where the maximum stands, from {@link #argmax}; finite
     * @param out where the exponentials go, or null; may be z, from the same place
     */
    static void compute(
            double[] z, int from, int n, int k, double temperature, double[] out, int to, double[][] scratch) {
        double m = z[from + k];
        double half = halfTemperature(temperature, m);
        if (n <= SHORT) {
            oneByOne(z, from, n, m, half, out, to, scratch[RESULT]);
        } else {
            inBlocks(z, from, n, k, half, out, to, scratch);
        }
    }

    private static void oneByOne(
            double[] z, int from, int n, double m, double half, double[] out, int to, double[] result) {
        double floor = floor(m, half);
        double sum = 0;
        double sumTail = 0;
        double sumRest = 0;
        for (int i = 0; i < n; i++) {
            double logit = z[from + i];
            double x = argument(logit, m, half, floor);
            double tail = argumentTail(logit, m, half, floor);
            double e = ExpLog.exp(x, tail);
            double next = sum + e;
            double dropped = Exact.sumError(sum, e, next);
            double nextTail = sumTail + dropped;
            sumRest += Exact.sumError(sumTail, dropped, nextTail) + ExpLog.expError(x, tail);
            sum = next;
            sumTail = nextTail;
            if (out != null) {
                out[to + i] = logit == Double.NEGATIVE_INFINITY ? -0.0 : e;
            }
        }
        result[0] = restHead(sum, sumTail, sumRest);
        result[1] = restTail(sum, sumTail, sumRest);
    }

    /** The rest, from the sum of all as three doubles: the maximum's own part is taken off exactly. */
    static double restHead(double sum, double sumTail, double sumRest) {
        double head = (sum - ExpLog.TOP) + sumTail;
        return head + (Exact.sumError(sum - ExpLog.TOP, sumTail, head) + sumRest);
    }

    /** What {@link #restHead} lacks. */
    static double restTail(double sum, double sumTail, double sumRest) {
        double head = (sum - ExpLog.TOP) + sumTail;
        double small = Exact.sumError(sum - ExpLog.TOP, sumTail, head) + sumRest;
        return Exact.fastSumError(head, small, head + small);
    }

    private static void inBlocks(
            double[] z, int from, int n, int k, double half, double[] out, int to, double[][] scratch) {
        double m = z[from + k];
        double[] x = scratch[X];
        double[] tail = scratch[TAIL];
        Arrays.fill(scratch[SUMS], 0);
        Arrays.fill(scratch[SUM_TAILS], 0);
        for (int start = 0; start < n; start += BLOCK) {
            int size = Math.min(BLOCK, n - start);
            exponentials(z, from + start, size, m, half, scratch);
            double atMaximum = 0;
            if (k >= start && k < start + size) {
                atMaximum = x[k - start];
                x[k - start] = 0; // the maximum stays out of the sum
            }
            sum(x, tail, scratch[SUMS], scratch[SUM_TAILS], size);
            if (out != null) {
                if (atMaximum != 0) {
                    x[k - start] = atMaximum;
                }
                System.arraycopy(x, 0, out, to + start, size);
            }
        }
        fold(scratch[SUMS], scratch[SUM_TAILS], scratch[RESULT]);
    }

    /** One block, copied first: then all arrays are read from their beginning, see {@link ExpLog#reduce}. */
    private static void exponentials(double[] z, int from, int size, double m, double half, double[][] scratch) {
        double[] x = scratch[X];
        double[] tail = scratch[TAIL];
        double[] index = scratch[INDEX];
        System.arraycopy(z, from, x, 0, size);
        boolean done = false;
        if (half == 0) {
            arguments(x, tail, m, size);
            done = ExpLog.reduce(x, tail, index, size);
        }
        if (!done) {
            System.arraycopy(z, from, x, 0, size);
            clampedArguments(x, tail, m, half, size);
            ExpLog.reduce(x, tail, index, size);
        }
        ExpLog.exponentials(x, tail, index, size);
        if (!done) {
            markExcluded(z, from, x, size);
        }
    }

    /** z - m with its error: for a row without far-off logits, the rule, this is quicker than with the floor. */
    private static void arguments(double[] x, double[] tail, double m, int size) {
        for (int i = 0; i < size; i++) {
            double difference = x[i] - m;
            tail[i] = Exact.sumError(x[i], -m, difference);
            x[i] = difference;
        }
    }

    private static void clampedArguments(double[] x, double[] tail, double m, double half, int size) {
        double floor = floor(m, half);
        for (int i = 0; i < size; i++) {
            double z = x[i];
            x[i] = argument(z, m, half, floor);
            tail[i] = argumentTail(z, m, half, floor);
        }
    }

    private static void markExcluded(double[] z, int from, double[] x, int size) {
        for (int i = 0; i < size; i++) {
            if (z[from + i] == Double.NEGATIVE_INFINITY) {
                x[i] = -0.0;
            }
        }
    }

    /** Adds a block to the running sums, lane by lane, with the errors. */
    static void sum(double[] x, double[] tail, double[] sums, double[] sumTails, int size) {
        for (int i = 0; i < size; i++) {
            double next = sums[i] + x[i];
            sumTails[i] += Exact.sumError(sums[i], x[i], next) + tail[i];
            sums[i] = next;
        }
    }

    /** The sum of all lanes, as head and tail. */
    static void fold(double[] sums, double[] sumTails, double[] result) {
        int lanes = BLOCK;
        while (lanes % 16 == 0) { // halves that start where vectors do
            lanes /= 2;
            for (int i = 0; i < lanes; i++) {
                double next = sums[i] + sums[lanes + i];
                sumTails[i] += sumTails[lanes + i] + Exact.sumError(sums[i], sums[lanes + i], next);
                sums[i] = next;
            }
        }
        double sum = 0;
        double sumTail = 0;
        for (int i = 0; i < lanes; i++) {
            double next = sum + sums[i];
            sumTail += sumTails[i] + Exact.sumError(sum, sums[i], next);
            sum = next;
        }
        result[0] = sum + sumTail;
        result[1] = Exact.fastSumError(sum, sumTail, result[0]);
    }
}
