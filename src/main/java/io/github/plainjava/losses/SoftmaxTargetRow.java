package io.github.plainjava.losses;

/**
 * The softmax loss of one row by target, or by label with smoothing: see {@link SoftmaxRow} for the formulas.
 *
 * <p>First comes what the target weighs, Q and the sum of t_i x_i, then the exponentials, and last the gradients, for
 * which the t_i are made once more, block by block.
 *
 * <p>The gradient is (e Q - t S) / (T S), with the tails of both products, so that it is 0 where the prediction is the
 * target. At most one class has more than half of Q. There e Q may be as near to t S as the rest of both is small, and
 * the difference is taken as (Q - t) e - t (S - e), with S - e the sum of the others' e, so that a one-hot target gives
 * the gradient of its label.
 */
final class SoftmaxTargetRow {

    // Where the scratch keeps what a target weighs, heads and tails: the exponentials leave those arrays alone.
    private static final int TOTAL = 0;
    private static final int DOT = 1;
    private static final int SHARE = 2;
    private static final int SUM = 3;
    private static final int FACTOR = 4;
    private static final int REST = 5;

    /** No class has more than half. */
    static final int NONE = -1;

    /** A log-ratio below this, of a class that counts, is not ordinary. */
    private static final double LOWEST_RATIO = -0x1p600;

    private final Temperature temperature;
    private final TargetRule rule;

    SoftmaxTargetRow(Temperature temperature, TargetRule rule) {
        this.temperature = temperature;
        this.rule = rule;
    }

    /**
     * Finds what the target weighs and leaves it in the scratch.
     *
     * @param k where the maximum stands
     * @return whether all that went in was ordinary
     */
    boolean weigh(double[] z, double[] target, int from, int n, int label, int k, double[][] scratch) {
        if (target != null && !Ordinary.areMasses(target, from, n)) {
            return false;
        }
        double[] x = scratch[Scratch.X];
        double[] y = scratch[Scratch.Y];
        double[] t = scratch[Scratch.WEIGHTS];
        double[] tTail = scratch[Scratch.WEIGHT_TAILS];
        double[] totals = scratch[Scratch.SUMS];
        double[] totalTails = scratch[Scratch.SUM_TAILS];
        double[] dots = scratch[Scratch.MORE];
        double[] dotTails = scratch[Scratch.MORE_TAILS];
        rule.share(z, Double.NEGATIVE_INFINITY, target, from, n, scratch);
        double share = scratch[Scratch.SUMS][0];
        double shareTail = scratch[Scratch.SUM_TAILS][0];
        boolean possible = true;
        Sums.clear(totals, totalTails, n);
        Sums.clear(dots, dotTails, n);
        for (int start = 0; start < n; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, n - start);
            rule.fill(target, from, label, start, size, share, shareTail, scratch);
            System.arraycopy(z, from + start, x, 0, size);
            temperature.ratios(x, y, z[from + k], size);
            if (!areOrdinary(x, size)) {
                possible &= leaveOutExcluded(z, target, from, label, start, size, scratch);
                if (!areOrdinary(x, size)) {
                    return false;
                }
            }
            Sums.addProducts(t, tTail, x, y, dots, dotTails, size);
            Sums.addPairs(t, tTail, totals, totalTails, size);
        }
        Sums.total(totals, totalTails, n);
        Sums.total(dots, dotTails, n);
        keep(scratch, DOT, possible ? dots[0] : Double.NEGATIVE_INFINITY, dotTails[0]);
        keep(scratch, TOTAL, totals[0], totalTails[0]);
        keep(scratch, SHARE, share, shareTail);
        return Ordinary.isTotal(totals[0]);
    }

    private static void keep(double[][] scratch, int what, double head, double tail) {
        scratch[Scratch.MORE][what] = head;
        scratch[Scratch.MORE_TAILS][what] = tail;
    }

    private static boolean areOrdinary(double[] ratios, int n) {
        for (int i = 0; i < n; i++) {
            if (!(ratios[i] >= LOWEST_RATIO)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Takes the share away from excluded classes, and the ratios of classes without weight out of the sum.
     *
     * @return whether no excluded class has weight
     */
    private boolean leaveOutExcluded(
            double[] z, double[] target, int from, int label, int start, int size, double[][] scratch) {
        boolean possible = true;
        for (int i = 0; i < size; i++) {
            boolean excluded = z[from + start + i] == Double.NEGATIVE_INFINITY;
            if (excluded) {
                rule.takeShare(target, from, label, start, i, scratch);
                possible &= scratch[Scratch.WEIGHTS][i] == 0;
            }
            if (excluded || scratch[Scratch.WEIGHTS][i] == 0 && scratch[Scratch.X][i] < LOWEST_RATIO) {
                scratch[Scratch.X][i] = 0;
                scratch[Scratch.Y][i] = 0;
            }
        }
        return possible;
    }

    /** As {@link RowLoss#row}, of a row that has been weighed. */
    double row(
            double[] z,
            double[] target,
            int from,
            int n,
            int label,
            int k,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        Exponentials.compute(z, from, n, k, temperature, gradient, scratch);
        keepSums(weight, divisor, scratch);
        if (gradient != null) {
            for (int start = 0; start < n; start += Scratch.BLOCK) {
                gradients(target, from, label, start, Math.min(Scratch.BLOCK, n - start), gradient, scratch);
            }
        }
        return value(scratch);
    }

    // What follows works on pairs in methods of their own, small enough for the compiler to keep them out of memory.

    private void keepSums(double weight, Divisor divisor, double[][] scratch) {
        DoubleDouble rest = Sums.total(scratch);
        DoubleDouble sum = rest.plus(Exp.ONE);
        DoubleDouble factor = temperature.scale(weight, divisor).over(sum);
        keep(scratch, REST, rest.head(), rest.tail());
        keep(scratch, SUM, sum.head(), sum.tail());
        keep(scratch, FACTOR, factor.head(), factor.tail());
    }

    private static double value(double[][] scratch) {
        double[] heads = scratch[Scratch.MORE];
        double[] tails = scratch[Scratch.MORE_TAILS];
        return heads[DOT] == Double.NEGATIVE_INFINITY
                ? SoftmaxRow.impossible(heads[REST])
                : SoftmaxRow.value(heads[TOTAL], tails[TOTAL], heads[DOT], tails[DOT], heads[REST], tails[REST]);
    }

    /** From the exponentials of a block to its gradients, in place. */
    private void gradients(
            double[] target, int from, int label, int start, int size, double[] gradient, double[][] scratch) {
        double[] heads = scratch[Scratch.MORE];
        double[] tails = scratch[Scratch.MORE_TAILS];
        double[] e = scratch[Scratch.X];
        double[] t = scratch[Scratch.WEIGHTS];
        double[] tTail = scratch[Scratch.WEIGHT_TAILS];
        rule.fill(target, from, label, start, size, heads[SHARE], tails[SHARE], scratch);
        System.arraycopy(gradient, from + start, e, 0, size);
        for (int i = 0; heads[SHARE] != 0 && i < size; i++) {
            if (Exponentials.isExcluded(e[i])) {
                rule.takeShare(target, from, label, start, i, scratch);
            }
        }
        int half = aboveHalf(t, 0, size, heads[TOTAL] / 2);
        double entry = half == NONE ? 0 : entry(e[half], t[half], tTail[half], scratch);
        Sums.multiply(t, tTail, heads[SUM], tails[SUM], size);
        differences(e, t, tTail, heads[TOTAL], tails[TOTAL], size);
        SoftmaxRow.multiply(e, tTail, heads[FACTOR], tails[FACTOR], size);
        if (half != NONE) {
            e[half] = entry;
        }
        System.arraycopy(e, 0, gradient, from + start, size);
    }

    private static double entry(double e, double t, double tTail, double[][] scratch) {
        double[] heads = scratch[Scratch.MORE];
        double[] tails = scratch[Scratch.MORE_TAILS];
        return SoftmaxRow.entry(
                e, t, tTail, heads[TOTAL], tails[TOTAL], heads[REST], tails[REST], heads[FACTOR], tails[FACTOR]);
    }

    /** Where a weight is more than half of Q, counted from the start, or NONE. */
    static int aboveHalf(double[] t, int from, int n, double half) {
        for (int i = 0; i < n; i++) {
            if (t[from + i] > half) {
                return i;
            }
        }
        return NONE;
    }

    /** From e to e Q - t, in place, with the tails in place of those of t. */
    private static void differences(double[] e, double[] t, double[] tTail, double q, double qTail, int n) {
        for (int i = 0; i < n; i++) {
            double product = e[i] * q;
            double productTail = Fma.fma(e[i], qTail, Exact.productError(e[i], q, product));
            double difference = product - t[i];
            tTail[i] = Exact.sum(Exact.sumError(product, -t[i], difference), productTail - tTail[i]);
            e[i] = difference;
        }
    }
}
