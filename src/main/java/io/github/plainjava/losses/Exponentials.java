package io.github.plainjava.losses;

/**
 * The exponentials of a row of logits relative to their maximum, and the sum of all but the maximum's own.
 *
 * <p>With m the largest logit, at k, and T the temperature: e_i = exp((z_i - m) / T), and rest = sum over i != k of
 * e_i, both in units of {@link Exp#ONE}. The rest never contains the 1 of the maximum, so that nothing is lost when it
 * is tiny: the log of the whole sum is log1p(rest).
 *
 * <p>The difference z_i - m is rounded; what rounding takes is carried into the exponential, otherwise a small e_i
 * would be wrong by half of |z_i - m| ulp. The sum is compensated and takes in what the rounding of each e_i dropped,
 * so that its relative error is below 2^-55 for any number of terms.
 */
final class Exponentials {

    /** Rows up to here are summed one after the other: for fewer than this, blocks do not pay. */
    static final int SHORT = 32;

    private static final Step[] OF_DIFFERENCES = {
        (s, m, b, n) -> Exp.reduce(s[Scratch.X], s[Scratch.Y], m, n), Exponentials::scales, Exponentials::expm1
    };

    private static final Step[] OF_RATIOS = {
        (s, a, b, n) -> Exp.reducePairs(s[Scratch.X], s[Scratch.Y], n), Exponentials::scales, Exponentials::expm1
    };

    private static final Step[] BEGIN = {
        (s, a, b, n) -> begin(s[Scratch.X], s[Scratch.Y], s[Scratch.SUMS], s[Scratch.SUM_TAILS], n)
    };

    private static final Step[] ADD_UP = {
        (s, a, b, n) -> addUp(s[Scratch.X], s[Scratch.Y], s[Scratch.SUMS], s[Scratch.SUM_TAILS], n)
    };

    private static final Step[] TAKE_LARGER = {
        (s, a, b, n) -> takeLarger(s[Scratch.SUMS], s[Scratch.X], n)
    };

    private Exponentials() {}

    private static boolean scales(double[][] scratch, double a, double b, int n) {
        return Exp.scales(scratch[Scratch.Y], n);
    }

    private static boolean expm1(double[][] scratch, double a, double b, int n) {
        return Exp.expm1(scratch[Scratch.X], n);
    }

    /**
     * Where the largest logit stands, counted from the start of the row. A NaN elsewhere than at the start may be
     * passed over: it makes the sum NaN.
     */
    static int argmax(double[] z, int from, int n, double[][] scratch) {
        if (n <= 2 * Scratch.BLOCK) {
            return argmax(z, from, n, 0, 1);
        }
        double[] x = scratch[Scratch.X];
        double[] maxima = scratch[Scratch.SUMS];
        System.arraycopy(z, from, maxima, 0, Scratch.BLOCK);
        int start = Scratch.BLOCK;
        for (; start <= n - Scratch.BLOCK; start += Scratch.BLOCK) {
            System.arraycopy(z, from + start, x, 0, Scratch.BLOCK);
            Step.all(TAKE_LARGER, scratch, 0, 0, Scratch.BLOCK);
        }
        int lane = argmax(maxima, 0, Scratch.BLOCK, 0, 1);
        int k = lane;
        while (k < start - Scratch.BLOCK && z[from + k] != maxima[lane]) {
            k += Scratch.BLOCK;
        }
        return argmax(z, from, n, k, start);
    }

    private static boolean takeLarger(double[] maxima, double[] x, int n) {
        for (int i = 0; i < n; i++) {
            maxima[i] = Math.max(maxima[i], x[i]);
        }
        return true;
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

    /**
     * Computes the rest, which is left in the scratch as the total, and, if they are wanted, the exponentials, with
     * -0.0 for an excluded class.
     *
     * @param k where the maximum stands, from {@link #argmax}; finite
     * @param e receives the exponentials at the places of the logits, or null; may be z
     * @return whether no logit was so far below the maximum that its exponential counts as 0
     */
    static boolean compute(
            double[] z, int from, int n, int k, Temperature temperature, double[] e, double[][] scratch) {
        return n <= SHORT
                ? oneByOne(z, from, n, k, temperature, e, scratch)
                : inBlocks(z, from, n, k, temperature, e, scratch);
    }

    /** Whether an exponential is that of an excluded class. */
    static boolean isExcluded(double e) {
        return e == 0 && 1 / e < 0;
    }

    private static boolean oneByOne(
            double[] z, int from, int n, int k, Temperature temperature, double[] e, double[][] scratch) {
        double m = z[from + k];
        double sum = 0;
        double sumTail = 0;
        double sumRest = 0;
        boolean allInRange = true;
        for (int i = from; i < from + n; i++) {
            double x = temperature.ratio(z[i], m);
            allInRange &= x >= Exp.FLOOR;
            double xTail = temperature.ratioTail(z[i], m);
            double scale = Exp.scale(x);
            double expm1 = Exp.expm1(x, xTail);
            double exp = Exp.exp(scale, expm1);
            double next = sum + exp;
            double dropped = Exact.sumError(sum, exp, next);
            double nextTail = sumTail + dropped;
            sumRest += Exact.sumError(sumTail, dropped, nextTail) + Exp.tail(scale, expm1, exp);
            sum = next;
            sumTail = nextTail;
            if (e != null) {
                e[i] = z[i] == Double.NEGATIVE_INFINITY ? -0.0 : exp;
            }
        }
        DoubleDouble rest = rest(sum, sumTail, sumRest);
        Sums.setTotal(scratch, rest.head(), rest.tail());
        return allInRange;
    }

    /** The sum of all but the maximum, of a sum in three parts that has the maximum in it. */
    private static DoubleDouble rest(double sum, double sumTail, double sumRest) {
        double others = sum - Exp.ONE;
        double error = Exact.sumError(sum, -Exp.ONE, others);
        double head = others + sumTail;
        return DoubleDouble.ofSum(head, Exact.sumError(others, sumTail, head) + (error + sumRest));
    }

    private static boolean inBlocks(
            double[] z, int from, int n, int k, Temperature temperature, double[] e, double[][] scratch) {
        double m = z[from + k];
        double[] x = scratch[Scratch.X];
        boolean allInRange = true;
        for (int start = 0; start < n; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, n - start);
            double[] scales = scratch[Scratch.Y];
            boolean inRange = reduce(z, from + start, size, m, temperature, scratch);
            allInRange &= inRange;
            int atMaximum = k - start;
            boolean hasMaximum = atMaximum >= 0 && atMaximum < size;
            if (hasMaximum) {
                scales[atMaximum] = 0; // the maximum stays out of the sum
            }
            Step.all(start == 0 ? BEGIN : ADD_UP, scratch, 0, 0, size);
            if (e != null) {
                if (hasMaximum) {
                    x[atMaximum] = Exp.ONE;
                }
                if (!inRange) {
                    markExcluded(z, from + start, x, size);
                }
                System.arraycopy(x, 0, e, from + start, size);
            }
        }
        Sums.total(scratch[Scratch.SUMS], scratch[Scratch.SUM_TAILS], n);
        return allInRange;
    }

    /**
     * From the logits of a block to exp(r) - 1, in x, and scales.
     *
     * @return whether no logit was so far below the maximum that its exponential counts as 0
     */
    private static boolean reduce(
            double[] z, int from, int size, double m, Temperature temperature, double[][] scratch) {
        double[] x = scratch[Scratch.X];
        double[] scales = scratch[Scratch.Y];
        System.arraycopy(z, from, x, 0, size);
        if (!temperature.isOne()) {
            temperature.ratios(x, scales, m, size);
        }
        boolean allInRange = Step.all(temperature.isOne() ? OF_DIFFERENCES : OF_RATIOS, scratch, m, 0, size);
        for (int i = 0; !allInRange && i < size; i++) {
            double ratio = temperature.ratio(z[from + i], m);
            scales[i] = Exp.scale(ratio);
            x[i] = Exp.expm1(ratio, temperature.ratioTail(z[from + i], m));
        }
        return allInRange;
    }

    /** From exp(r) - 1 and scales to exponentials, in x, with which the sums begin, lane by lane. */
    private static boolean begin(double[] x, double[] scales, double[] sums, double[] sumTails, int size) {
        for (int i = 0; i < size; i++) {
            double exp = Exp.exp(scales[i], x[i]);
            sums[i] = exp;
            sumTails[i] = Exp.tail(scales[i], x[i], exp);
            x[i] = exp;
        }
        return true;
    }

    /**
     * From exp(r) - 1 and scales to exponentials, in x, which are added to the running sums lane by lane, with what
     * either rounding drops.
     */
    private static boolean addUp(double[] x, double[] scales, double[] sums, double[] sumTails, int size) {
        for (int i = 0; i < size; i++) {
            double exp = Exp.exp(scales[i], x[i]);
            double next = sums[i] + exp;
            double dropped = Exact.sum(Exact.sumError(sums[i], exp, next), Exp.tail(scales[i], x[i], exp));
            sumTails[i] += dropped;
            sums[i] = next;
            x[i] = exp;
        }
        return true;
    }

    private static void markExcluded(double[] z, int from, double[] x, int size) {
        for (int i = 0; i < size; i++) {
            if (z[from + i] == Double.NEGATIVE_INFINITY) {
                x[i] = -0.0;
            }
        }
    }
}
