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

    /** Longer rows go through in blocks of this many: six arrays of them are 6 KB. */
    private static final int BLOCK = 128;

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

    Exponentials(int n) {
        int size = n <= SHORT ? 0 : BLOCK;
        x = new double[size];
        tail = new double[size];
        index = new double[size];
        sums = new double[size];
        sumTails = new double[size];
    }

    /** The largest of the logits; NaN if one of them is. */
    static double max(double[] z, int from, int n) {
        double m = z[from];
        for (int i = 1; i < n; i++) {
            m = Math.max(m, z[from + i]);
        }
        return m;
    }

    /** Where the largest logit m stands, counted from the start of the row. */
    static int indexOf(double m, double[] z, int from) {
        int k = 0;
        while (z[from + k] != m) {
            k++;
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

    /** (z - m) / T for a finite z, rounded; beyond the double range -infinity. */
    static double logRatio(double z, double m, double temperature) {
        return 2 * ((0.5 * z - 0.5 * m) / temperature);
    }

    /** What {@link #logRatio} lacks, where it is finite. */
    static double logRatioTail(double z, double m, double temperature) {
        double difference = 0.5 * z - 0.5 * m;
        double quotient = difference / temperature;
        double remainder = Math.fma(-quotient, temperature, difference) + Exact.sumError(0.5 * z, -0.5 * m, difference);
        return 2 * (remainder / temperature);
    }

    /**
     * Computes the rest, and writes the scaled exponentials if they are wanted.
     *
     * @param out where they go, or null; may be z, from the same place
     */
    void compute(double[] z, int from, int n, double m, int k, double temperature, double[] out, int to) {
        double halfTemperature = halfTemperature(temperature, m);
        double floor = floor(m, halfTemperature);
        if (n <= SHORT) {
            oneByOne(z, from, n, m, k, halfTemperature, floor, out, to);
        } else {
            inBlocks(z, from, n, m, k, halfTemperature, floor, out, to);
        }
        if (out != null) {
            out[to + k] = ExpLog.TOP;
        }
    }

    private void oneByOne(
            double[] z, int from, int n, double m, int k, double halfTemperature, double floor, double[] out, int to) {
        double sum = 0;
        double sumTail = 0;
        for (int i = 0; i < n; i++) {
            if (i != k) {
                double argument = argument(z[from + i], m, halfTemperature, floor);
                double argumentTail = argumentTail(z[from + i], m, halfTemperature, floor);
                double e = ExpLog.exp(argument, argumentTail);
                double next = sum + e;
                sumTail += Exact.sumError(sum, e, next) + ExpLog.expError(argument, argumentTail);
                sum = next;
                if (out != null) {
                    out[to + i] = e;
                }
            }
        }
        setRest(sum, sumTail);
    }

    private void inBlocks(
            double[] z, int from, int n, double m, int k, double halfTemperature, double floor, double[] out, int to) {
        int width = x.length;
        Arrays.fill(sums, 0);
        Arrays.fill(sumTails, 0);
        for (int start = 0; start < n; start += width) {
            int size = Math.min(width, n - start);
            arguments(z, from + start, size, m, halfTemperature, floor);
            reduce(size);
            exponentials(size);
            scales(size);
            if (k >= start && k < start + size) {
                index[k - start] = 0; // the maximum stays out of the sum
            }
            if (out == null) {
                sum(size, x, 0);
            } else {
                sum(size, out, to + start);
            }
        }
        fold(width);
    }

    private void arguments(double[] z, int from, int size, double m, double halfTemperature, double floor) {
        for (int i = 0; i < size; i++) {
            x[i] = argument(z[from + i], m, halfTemperature, floor);
            tail[i] = argumentTail(z[from + i], m, halfTemperature, floor);
        }
    }

    private void reduce(int size) {
        for (int i = 0; i < size; i++) {
            double shifted = ExpLog.shiftedIndex(x[i]);
            double r = ExpLog.reduced(x[i], tail[i], shifted);
            tail[i] = ExpLog.reducedTail(x[i], tail[i], shifted);
            x[i] = r;
            index[i] = shifted;
        }
    }

    private void exponentials(int size) {
        for (int i = 0; i < size; i++) {
            double head = ExpLog.expHead(x[i], tail[i]);
            tail[i] = ExpLog.expTail(x[i], tail[i]);
            x[i] = head;
        }
    }

    private void scales(int size) {
        for (int i = 0; i < size; i++) {
            index[i] = ExpLog.scale(index[i]);
        }
    }

    private void sum(int size, double[] out, int to) {
        for (int i = 0; i < size; i++) {
            double e = x[i] * index[i];
            double next = sums[i] + e;
            sumTails[i] += Exact.sumError(sums[i], e, next) + tail[i] * index[i];
            sums[i] = next;
            out[to + i] = e;
        }
    }

    private void fold(int width) {
        int lanes = width;
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
