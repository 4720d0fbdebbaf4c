package io.github.plainjava.losses;

import java.util.Arrays;

/**
 * The exponentials of a row of logits relative to their maximum, and the sum of all but the maximum's own.
 *
 * <p>With m the largest logit, at k, and T the temperature: e_i = exp((z_i - m) / T), scaled by 2^900 as {@link ExpLog} gives
 * them, and rest = sum over i != k of e_i. The rest never contains the 1 of the maximum, so that nothing is lost when it
 * is tiny: the log of the whole sum is log1p(rest).
 *
 * <p>The difference z_i - m is rounded; what rounding takes is carried into the exponential, otherwise a small e_i would
 * be wrong by half of |z_i - m| ulp. The sum is compensated and takes in what the rounding of each e_i dropped, so
 * that its relative error is below 2^-55 for any number of terms.
 */
final class Exponentials {

    /** Rows up to here are summed one after the other, without scratch. */
    static final int SHORT = 32;

    /** Longer rows go through in blocks of this many: five arrays of them are just below 8 KB. */
    private static final int BLOCK = 200;

    /**
     * One set of blocks a thread: to allocate and clear 8 KB costs as much as a hundred exponentials. No code but ours runs
     * while it is in use, and as plain arrays it holds on to no class of this library.
     */
    private static final ThreadLocal<double[][]> SCRATCH = ThreadLocal.withInitial(() -> new double[5][BLOCK]);

    private static final double[][] NONE = new double[5][0];

    /** Maxima below this leave z - m exact enough for the floor to be a plain subtraction. */
    private static final double PLAIN_LIMIT = 0x1p40;

    /** The sum of the scaled exponentials other than the maximum's: head + tail. */
    double rest;

    double restTail;

    private final double[] x;
    private final double[] tail;
    private final double[] index;
    private final double[] sums;
    private final double[] sumTails;

    /** Scratch for rows of n; for short ones there is nothing in it. */
    Exponentials(int n) {
        double[][] scratch = n <= SHORT ? NONE : SCRATCH.get();
        x = scratch[0];
        tail = scratch[1];
        index = scratch[2];
        sums = scratch[3];
        sumTails = scratch[4];
    }

    /** The largest of the logits. NaN if the first of them is; one further on may be passed over. */
    static double max(double[] z, int from, int n) {
        double m = z[from];
        for (int i = 1; i < n; i++) {
            m = z[from + i] > m ? z[from + i] : m;
        }
        return m;
    }

    /** Where the largest logit stands, counted from the start of the row; a NaN further on may be passed over. */
    int argmax(double[] z, int from, int n) {
        if (n <= 2 * BLOCK) {
            return argmax(z, from, n, 0);
        }
        System.arraycopy(z, from, sums, 0, BLOCK);
        int start = BLOCK;
        for (; start <= n - BLOCK; start += BLOCK) {
            System.arraycopy(z, from + start, x, 0, BLOCK);
            for (int i = 0; i < BLOCK; i++) {
                sums[i] = Math.max(sums[i], x[i]);
            }
        }
        int lane = argmax(sums, 0, BLOCK, 0);
        int k = lane;
        while (k < start - BLOCK && z[from + k] != sums[lane]) {
            k += BLOCK;
        }
        return argmax(z, from, n, k, start);
    }

    private static int argmax(double[] z, int from, int n, int start) {
        return argmax(z, from, n, start, start);
    }

    /** The place of the largest among the one at k and those from start on. */
    private static int argmax(double[] z, int from, int n, int k, int start) {
        double m = z[from + k];
        for (int i = start; i < n; i++) {
            if (z[from + i] > m) {
                m = z[from + i];
                k = i;
            }
        }
        return k;
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
            return plainArgument(z, m, floor);
        }
        double difference = Math.max(0.5 * z, floor) - 0.5 * m;
        return Math.max(difference / halfTemperature, ExpLog.FLOOR);
    }

    /** What {@link #argument} lacks; where the argument is at its floor it matters only that this is small. */
    static double argumentTail(double z, double m, double halfTemperature, double floor) {
        if (halfTemperature == 0) {
            return plainArgumentTail(z, m, floor);
        }
        double a = Math.max(0.5 * z, floor);
        double difference = a - 0.5 * m;
        double quotient = difference / halfTemperature;
        double remainder = Math.fma(-quotient, halfTemperature, difference) + Exact.sumError(a, -0.5 * m, difference);
        return Math.min(Math.max(remainder / halfTemperature, -1), 1);
    }

    private static double plainArgument(double z, double m, double floor) {
        return Math.max(z, floor) - m;
    }

    private static double plainArgumentTail(double z, double m, double floor) {
        double a = Math.max(z, floor);
        return Exact.sumError(a, -m, a - m);
    }

    /** (z - m) / T, rounded; beyond the double range -infinity. */
    static double logRatio(double z, double m, double temperature) {
        double half = halfTemperature(temperature, m);
        return half == 0 ? z - m : (0.5 * z - 0.5 * m) / half;
    }

    /** What {@link #logRatio} lacks, where it is finite. */
    static double logRatioTail(double z, double m, double temperature) {
        double half = halfTemperature(temperature, m);
        if (half == 0) {
            return Exact.sumError(z, -m, z - m);
        }
        double difference = 0.5 * z - 0.5 * m;
        double quotient = difference / half;
        return (Math.fma(-quotient, half, difference) + Exact.sumError(0.5 * z, -0.5 * m, difference)) / half;
    }

    /**
     * Computes the rest, and writes the scaled exponentials if they are wanted.
     *
     * @param out where they go, or null; may be z, from the same place
     */
    void compute(double[] z, int from, int n, int k, double temperature, double[] out, int to) {
        double m = z[from + k];
        double halfTemperature = halfTemperature(temperature, m);
        double floor = floor(m, halfTemperature);
        if (n <= SHORT) {
            oneByOne(z, from, n, m, halfTemperature, floor, out, to);
        } else {
            inBlocks(z, from, n, m, k, halfTemperature, floor, out, to);
            if (out != null) {
                out[to + k] = ExpLog.TOP;
            }
        }
    }

    private void oneByOne(
            double[] z, int from, int n, double m, double halfTemperature, double floor, double[] out, int to) {
        double sum = 0;
        double sumTail = 0;
        double sumRest = 0;
        for (int i = 0; i < n; i++) {
            double argument = argument(z[from + i], m, halfTemperature, floor);
            double argumentTail = argumentTail(z[from + i], m, halfTemperature, floor);
            double e = ExpLog.exp(argument, argumentTail);
            double next = sum + e;
            double dropped = Exact.sumError(sum, e, next);
            double nextTail = sumTail + dropped;
            sumRest += Exact.sumError(sumTail, dropped, nextTail) + ExpLog.expError(argument, argumentTail);
            sum = next;
            sumTail = nextTail;
            if (out != null) {
                out[to + i] = e;
            }
        }
        rest = restHead(sum, sumTail, sumRest);
        restTail = restTail(sum, sumTail, sumRest);
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

    private void inBlocks(
            double[] z, int from, int n, double m, int k, double halfTemperature, double floor, double[] out, int to) {
        Arrays.fill(sums, 0);
        Arrays.fill(sumTails, 0);
        for (int start = 0; start < n; start += BLOCK) {
            int size = Math.min(BLOCK, n - start);
            System.arraycopy(z, from + start, x, 0, size);
            arguments(size, m, halfTemperature);
            if (!ExpLog.reduce(x, tail, index, size)) {
                System.arraycopy(z, from + start, x, 0, size);
                clampedArguments(size, m, halfTemperature, floor);
                ExpLog.reduce(x, tail, index, size);
            }
            ExpLog.exponentials(x, tail, index, size);
            if (k >= start && k < start + size) {
                x[k - start] = 0; // the maximum stays out of the sum
            }
            sum(size);
            if (out != null) {
                System.arraycopy(x, 0, out, to + start, size);
            }
        }
        fold();
    }

    private void arguments(int size, double m, double halfTemperature) {
        if (halfTemperature != 0) {
            clampedArguments(size, m, halfTemperature, floor(m, halfTemperature));
            return;
        }
        for (int i = 0; i < size; i++) {
            double z = x[i];
            x[i] = z - m;
            tail[i] = Exact.sumError(z, -m, z - m);
        }
    }

    private void clampedArguments(int size, double m, double halfTemperature, double floor) {
        for (int i = 0; i < size; i++) {
            double z = x[i];
            x[i] = argument(z, m, halfTemperature, floor);
            tail[i] = argumentTail(z, m, halfTemperature, floor);
        }
    }

    private void sum(int size) {
        for (int i = 0; i < size; i++) {
            double next = sums[i] + x[i];
            sumTails[i] += Exact.sumError(sums[i], x[i], next) + tail[i];
            sums[i] = next;
        }
    }

    private void fold() {
        int lanes = BLOCK;
        while (lanes % 2 == 0 && lanes > 8) {
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
        setRest(sum, sumTail);
    }

    private void setRest(double sum, double sumTail) {
        rest = sum + sumTail;
        restTail = Exact.fastSumError(sum, sumTail, rest);
    }
}
