package io.github.plainjava.losses;

/**
 * The softmax loss of a row of moderate logits by target, at temperature 1, without smoothing and class weights, and
 * without the shift by the maximum, see {@link Unshifted}. With z_k the largest logit, e_i = exp(z_i), rest the sum of
 * all but e_k, S = rest + e_k, Q the sum of the target q, and s what gradients are scaled by:
 * <pre>
 *     value      = Q log1p(rest / e_k) + sum of q_i (z_k - z_i)
 *     gradient_i = (e_i Q - q_i S) s / S
 * </pre>
 * Both parts of the value are positive. The gradient is the difference of two products with their tails. At most one
 * class has more than half of Q: its gradient is taken as ((Q - q_i) e_i - q_i (S - e_i)) s / S, in which less cancels,
 * as in {@link SoftmaxTargetRow}.
 */
final class TargetRow {

    // What is kept of a row, each number followed by its tail, in an array that exponentials leave alone.
    private static final int KEPT = Scratch.MORE_TAILS;
    private static final int TOTAL = 0;
    private static final int DOT = 2;
    private static final int REST = 4;
    private static final int LARGEST = 6;
    private static final int SUM = 8;
    private static final int FACTOR = 10;
    private static final int OTHERS = 12;

    /** In place of a tail, where the largest logit is, if there is no label. */
    private static final int LABEL = 14;

    private static final Step[] WEIGH = {
        (s, m, b, n) -> Sums.addMasses(s[Scratch.WEIGHTS], s[Scratch.SUMS], s[Scratch.SUM_TAILS], n),
        (s, m, b, n) -> addDistances(s[Scratch.X], s[Scratch.WEIGHTS], m, s[Scratch.MORE], s[Scratch.MORE_TAILS], n)
    };

    private static final Step[] GRADIENTS = {
        (s, a, b, n) -> gradients(s[Scratch.X], s[Scratch.WEIGHTS], s[KEPT], n)
    };

    private TargetRow() {}

    /** As {@link RowLoss#isUsual}, which an ordinary target makes a row; a one-hot array is found to be a label. */
    static boolean isUsual(double[] z, double[] target, int from, int n, double[][] scratch) {
        scratch[KEPT][LABEL] = TargetRule.onlyLabel(target, from, n);
        if (label(scratch) != RowLoss.NO_LABEL) {
            Sums.setTotal(scratch, 1, 0);
            return true;
        }
        int k = Exponentials.argmax(z, from, n, scratch);
        boolean ordinary = n <= Exponentials.SHORT
                ? weigh(z, target, from, n, z[from + k], scratch)
                : weighInBlocks(z, target, from, n, z[from + k], scratch);
        keep(LABEL, RowLoss.NO_LABEL, k, scratch);
        Sums.setTotal(scratch, scratch[KEPT][TOTAL] + scratch[KEPT][TOTAL + 1], 0);
        return ordinary;
    }

    /** The label that the target of a usual row is, or {@link RowLoss#NO_LABEL}. */
    static int label(double[][] scratch) {
        return (int) scratch[KEPT][LABEL];
    }

    /**
     * As {@link RowLoss#row}, of a usual row that is no label; NaN if a logit is not moderate: then the row has to be
     * computed another way, and z is as it was.
     */
    static double row(
            double[] z,
            double[] target,
            int from,
            int n,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        int k = (int) scratch[KEPT][LABEL + 1];
        return n <= Exponentials.SHORT
                ? shortRow(z, target, from, n, k, weight, divisor, gradient, scratch)
                : longRow(z, target, from, n, k, weight, divisor, gradient, scratch);
    }

    private static double shortRow(
            double[] z,
            double[] target,
            int from,
            int n,
            int k,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        if (!new ShortRows(n, scratch).takeApart(z, from, k)) {
            return Double.NaN;
        }
        keep(REST, scratch[Scratch.SUMS][0], scratch[Scratch.SUM_TAILS][0], scratch);
        keep(LARGEST, scratch[Scratch.WEIGHTS][0], scratch[Scratch.WEIGHT_TAILS][0], scratch);
        if (gradient != null) {
            double[] e = scratch[Scratch.X];
            double[] eTails = scratch[Scratch.Y];
            e[k] = scratch[Scratch.WEIGHTS][0];
            eTails[k] = scratch[Scratch.WEIGHT_TAILS][0];
            keepFactor(weight, divisor, scratch);
            gradients(e, eTails, target, from, scratch[KEPT], gradient, n);
            int half = SoftmaxTargetRow.aboveHalf(target, from, n, scratch[KEPT][TOTAL] / 2);
            if (half != SoftmaxTargetRow.NONE) {
                gradient[from + half] = entry(e[half], eTails[half], target[from + half], half == k, scratch);
            }
        }
        return value(scratch);
    }

    private static double longRow(
            double[] z,
            double[] target,
            int from,
            int n,
            int k,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        double m = z[from + k];
        if (!Unshifted.compute(z, from, n, k, gradient, scratch)) {
            return Double.NaN;
        }
        keep(REST, scratch[Scratch.SUMS][0], scratch[Scratch.SUM_TAILS][0], scratch);
        DoubleDouble largest = Exp.moderateExp(m);
        keep(LARGEST, largest.head(), largest.tail(), scratch);
        if (gradient != null) {
            gradient[from + k] = largest.head();
            keepFactor(weight, divisor, scratch);
            int half = SoftmaxTargetRow.aboveHalf(target, from, n, scratch[KEPT][TOTAL] / 2);
            double entry = half == SoftmaxTargetRow.NONE
                    ? 0
                    : entry(
                            gradient[from + half],
                            half == k ? largest.tail() : 0,
                            target[from + half],
                            half == k,
                            scratch);
            gradientsInBlocks(target, from, n, gradient, scratch);
            if (half != SoftmaxTargetRow.NONE) {
                gradient[from + half] = entry;
            }
        }
        return value(scratch);
    }

    // What follows works on pairs in methods of their own, small enough for the compiler to keep them out of memory.

    private static double value(double[][] scratch) {
        DoubleDouble ratio = kept(REST, scratch).over(kept(LARGEST, scratch));
        double log = Log.log1pHead(ratio.head(), ratio.tail());
        double logTail = Log.log1pTail(ratio.head(), ratio.tail());
        DoubleDouble product = kept(TOTAL, scratch).times(DoubleDouble.ofSum(log, logTail));
        return product.minus(kept(DOT, scratch)).head();
    }

    private static void keepFactor(double weight, Divisor divisor, double[][] scratch) {
        DoubleDouble sum = kept(REST, scratch).plus(kept(LARGEST, scratch));
        DoubleDouble factor = divisor.ordinaryScale(weight).over(sum);
        keep(SUM, sum.head(), sum.tail(), scratch);
        keep(FACTOR, factor.head(), factor.tail(), scratch);
    }

    /** ((Q - q) e - q (S - e)) s / S; without the largest exponential, S - e is the rest. */
    private static double entry(double e, double eTail, double q, boolean isLargest, double[][] scratch) {
        if (isLargest) {
            return entry(e, eTail, q, REST, scratch);
        }
        DoubleDouble others = kept(SUM, scratch).minus(new DoubleDouble(e, eTail));
        keep(OTHERS, others.head(), others.tail(), scratch);
        return entry(e, eTail, q, OTHERS, scratch);
    }

    private static double entry(double e, double eTail, double q, int others, double[][] scratch) {
        DoubleDouble first = kept(TOTAL, scratch).plus(-q).times(new DoubleDouble(e, eTail));
        DoubleDouble difference = first.minus(kept(others, scratch).times(q));
        return difference.times(kept(FACTOR, scratch)).head();
    }

    private static void keep(int what, double head, double tail, double[][] scratch) {
        scratch[KEPT][what] = head;
        scratch[KEPT][what + 1] = tail;
    }

    private static DoubleDouble kept(int what, double[][] scratch) {
        return new DoubleDouble(scratch[KEPT][what], scratch[KEPT][what + 1]);
    }

    /** Finds Q, and the sum of q_i (z_i - m), and tells whether the target is ordinary. */
    private static boolean weigh(double[] z, double[] target, int from, int n, double m, double[][] scratch) {
        double total = 0;
        double totalTail = 0;
        double dot = 0;
        double dotTail = 0;
        for (int i = from; i < from + n; i++) {
            double q = target[i];
            if (!Ordinary.isMass(q)) {
                return false;
            }
            double nextTotal = total + q;
            totalTail += Exact.sumError(total, q, nextTotal);
            total = nextTotal;
            double d = z[i] - m;
            double next = Fma.fma(q, d, dot);
            double error = Sums.productSumError(q, d, dot, next);
            dotTail = Fma.fma(q, Exact.sumError(z[i], -m, d), error + dotTail);
            dot = next;
        }
        keep(TOTAL, total, totalTail, scratch);
        keep(DOT, dot, dotTail, scratch);
        return Ordinary.isSumOfMasses(total);
    }

    private static boolean weighInBlocks(
            double[] z, double[] target, int from, int n, double m, double[][] scratch) {
        Sums.clear(scratch[Scratch.SUMS], scratch[Scratch.SUM_TAILS], n);
        Sums.clear(scratch[Scratch.MORE], scratch[Scratch.MORE_TAILS], n);
        for (int start = 0; start < n; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, n - start);
            System.arraycopy(z, from + start, scratch[Scratch.X], 0, size);
            System.arraycopy(target, from + start, scratch[Scratch.WEIGHTS], 0, size);
            Step.all(WEIGH, scratch, m, 0, size);
        }
        Sums.total(scratch[Scratch.SUMS], scratch[Scratch.SUM_TAILS], n);
        Sums.total(scratch[Scratch.MORE], scratch[Scratch.MORE_TAILS], n);
        keep(DOT, scratch[Scratch.MORE][0], scratch[Scratch.MORE_TAILS][0], scratch);
        keep(TOTAL, scratch[Scratch.SUMS][0], scratch[Scratch.SUM_TAILS][0], scratch);
        return Ordinary.isSumOfMasses(scratch[Scratch.SUMS][0]);
    }

    private static boolean addDistances(
            double[] z, double[] q, double m, double[] sums, double[] sumTails, int n) {
        for (int i = 0; i < n; i++) {
            double d = z[i] - m;
            double next = Fma.fma(q[i], d, sums[i]);
            double error = Sums.productSumError(q[i], d, sums[i], next);
            sumTails[i] = Fma.fma(q[i], Exact.sumError(z[i], -m, d), error + sumTails[i]);
            sums[i] = next;
        }
        return true;
    }

    private static void gradientsInBlocks(
            double[] target, int from, int n, double[] gradient, double[][] scratch) {
        for (int start = 0; start < n; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, n - start);
            System.arraycopy(gradient, from + start, scratch[Scratch.X], 0, size);
            System.arraycopy(target, from + start, scratch[Scratch.WEIGHTS], 0, size);
            Step.all(GRADIENTS, scratch, 0, 0, size);
            System.arraycopy(scratch[Scratch.X], 0, gradient, from + start, size);
        }
    }

    /** From exponentials to gradients, in place. */
    private static boolean gradients(double[] e, double[] q, double[] kept, int n) {
        double total = kept[TOTAL];
        double totalTail = kept[TOTAL + 1];
        double sum = kept[SUM];
        double sumTail = kept[SUM + 1];
        double factor = kept[FACTOR];
        double factorTail = kept[FACTOR + 1];
        for (int i = 0; i < n; i++) {
            double product = e[i] * total;
            double productTail = Fma.fma(e[i], totalTail, Exact.productError(e[i], total, product));
            e[i] = gradient(product, productTail, q[i], sum, sumTail, factor, factorTail);
        }
        return true;
    }

    private static void gradients(
            double[] e, double[] eTails, double[] target, int from, double[] kept, double[] gradient, int n) {
        double total = kept[TOTAL];
        double totalTail = kept[TOTAL + 1];
        double sum = kept[SUM];
        double sumTail = kept[SUM + 1];
        double factor = kept[FACTOR];
        double factorTail = kept[FACTOR + 1];
        for (int i = 0; i < n; i++) {
            double product = e[i] * total;
            double productTail = Exact.productTail(e[i], eTails[i], total, totalTail, product);
            gradient[from + i] = gradient(product, productTail, target[from + i], sum, sumTail, factor, factorTail);
        }
    }

    /** (product - q S) s / S. */
    static double gradient(
            double product,
            double productTail,
            double q,
            double sum,
            double sumTail,
            double factor,
            double factorTail) {
        double part = q * sum;
        double partTail = Fma.fma(q, sumTail, Exact.productError(q, sum, part));
        double difference = product - part;
        double error = Exact.sumError(product, -part, difference);
        double tail = error - (partTail - productTail);
        return Fma.fma(difference, factor, Fma.fma(difference, factorTail, tail * factor)) + 0.0;
    }
}
