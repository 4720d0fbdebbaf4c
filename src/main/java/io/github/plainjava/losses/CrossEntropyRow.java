package io.github.plainjava.losses;

import java.util.Arrays;

/**
 * The cross-entropy of one row of probabilities: its value and its gradient, from the options and either a label or a
 * target. With t_i the weights that the target and the options give to each class, and f the floor:
 * <pre>
 *     value      = sum of t_i I(p_i),  I(p) = -log p, or below the floor -log f + 1 - p / f
 *     gradient_i = -t_i / max(p_i, f)
 * </pre>
 * All terms of the value are positive. Each logarithm is carried as head and tail, and so is the sum.
 *
 * <p>What is not {@link Ordinary} in size goes to {@link WideCrossEntropyRow}.
 */
final class CrossEntropyRow {

    /** Divided by this or more, no weight overflows. */
    private static final double SMALLEST_DIVISOR = 0x1p-600;

    final double floor;
    final TargetRule rule;
    private final boolean ordinary;
    private final WideCrossEntropyRow wideRow;
    private final DoubleDouble informationAtFloor;

    CrossEntropyRow(double floor, TargetRule rule) {
        this.floor = floor;
        this.rule = rule;
        this.ordinary = rule.isOrdinary();
        this.wideRow = new WideCrossEntropyRow(floor, rule);
        this.informationAtFloor = floor == 0
                ? DoubleDouble.ZERO
                : DoubleDouble.ofSum(-ExpLog.logHead(floor), -ExpLog.logTail(floor)).plus(1);
    }

    /** As {@link RowLoss#row}. */
    double row(
            double[] p,
            double[] target,
            int from,
            int n,
            int label,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        double smallest = smallest(p, from, n);
        if (Double.isNaN(smallest)) {
            if (gradient != null) {
                Arrays.fill(gradient, from, from + n, Double.NaN);
            }
            return Double.NaN;
        }
        boolean fits = ordinary && (target == null || Ordinary.areMasses(target, from, n));
        boolean gradientFits = fits
                && Ordinary.isScale(weight, divisor)
                && Math.max(smallest, floor) >= SMALLEST_DIVISOR
                && (floor == 0 || floor >= SMALLEST_DIVISOR);
        double[] ordinaryGradient = gradientFits ? gradient : null;
        double value = fits
                ? ordinary(p, target, from, n, label, weight, divisor, ordinaryGradient, scratch)
                : wideRow.value(p, target, from, n, label);
        if (gradient != ordinaryGradient) {
            wideRow.gradient(p, target, from, n, label, weight, divisor, gradient);
        }
        return value;
    }

    /** The smallest probability that is not 0, or NaN if there is one. */
    private static double smallest(double[] p, int from, int n) {
        double smallest = 1;
        for (int i = from; i < from + n; i++) {
            if (!(p[i] >= smallest) && p[i] != 0) {
                if (Double.isNaN(p[i])) {
                    return Double.NaN;
                }
                smallest = p[i];
            }
        }
        return smallest;
    }

    private double ordinary(
            double[] p,
            double[] target,
            int from,
            int n,
            int label,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        double scale = weight == divisor.value() ? 1 : weight / divisor.value();
        double scaleTail = Math.fma(-scale, divisor.value(), weight) / divisor.value();
        return target == null && !rule.smooths()
                ? byLabel(p, from, n, label, scale, scaleTail, gradient)
                : byTarget(p, target, from, n, label, scale, scaleTail, gradient, scratch);
    }

    private double byLabel(double[] p, int from, int n, int label, double scale, double scaleTail, double[] gradient) {
        double probability = Math.min(p[from + label], 1);
        double t = rule.weight(label);
        if (gradient != null) {
            Arrays.fill(gradient, from, from + n, 0);
            gradient[from + label] = slope(t, 0, probability, scale, scaleTail);
        }
        if (t == 0 || probability == 0 && floor == 0) {
            return t == 0 ? 0 : Double.POSITIVE_INFINITY;
        }
        double head = information(probability);
        double product = t * head;
        double tail = Exact.productError(t, head, product) + t * informationTail(probability);
        return product + tail + 0.0;
    }

    private double byTarget(
            double[] p,
            double[] target,
            int from,
            int n,
            int label,
            double scale,
            double scaleTail,
            double[] gradient,
            double[][] scratch) {
        double[] x = scratch[Scratch.X];
        double[] y = scratch[Scratch.Y];
        double[] t = scratch[Scratch.WEIGHTS];
        double[] tTail = scratch[Scratch.WEIGHT_TAILS];
        double[] sums = scratch[Scratch.SUMS];
        double[] sumTails = scratch[Scratch.SUM_TAILS];
        // Without a floor, nothing but a floor keeps a class of probability 0; with one, no class is excluded.
        rule.share(p, floor == 0 ? 0 : Double.NaN, target, from, n, scratch);
        DoubleDouble share = Sums.total(scratch);
        boolean possible = true;
        Sums.clear(sums, sumTails);
        for (int start = 0; start < n; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, n - start);
            rule.fill(target, from, label, start, size, share.head(), share.tail(), scratch);
            System.arraycopy(p, from + start, x, 0, size);
            if (floor == 0) {
                possible &= leaveOutExcluded(target, from, label, start, size, scratch);
            }
            for (int i = 0; i < size; i++) {
                double probability = Math.min(x[i], 1);
                if (gradient != null) {
                    gradient[from + start + i] = slope(t[i], tTail[i], probability, scale, scaleTail);
                }
                x[i] = t[i] == 0 ? 0 : information(probability);
                y[i] = t[i] == 0 ? 0 : informationTail(probability);
            }
            Sums.multiplyPairs(x, y, t, tTail, size);
            Sums.addPairs(x, y, sums, sumTails, size);
        }
        Sums.total(sums, sumTails, x, y);
        return possible ? sums[0] + 0.0 : Double.POSITIVE_INFINITY;
    }

    /**
     * Takes the share away from the classes of probability 0.
     *
     * @return whether none of them has weight
     */
    private boolean leaveOutExcluded(
            double[] target, int from, int label, int start, int size, double[][] scratch) {
        boolean possible = true;
        for (int i = 0; i < size; i++) {
            if (scratch[Scratch.X][i] == 0) {
                rule.takeShare(target, from, label, start, i, scratch);
                possible &= scratch[Scratch.WEIGHTS][i] == 0;
            }
        }
        return possible;
    }

    /** I(p), the part to which {@link #informationTail} is added. */
    private double information(double p) {
        if (p >= floor) {
            return p == 0 ? Double.MAX_VALUE : -(ExpLog.logHead(p) + ExpLog.logTail(p));
        }
        return informationAtFloor.head() - p / floor;
    }

    /** What {@link #information} lacks. */
    private double informationTail(double p) {
        if (p >= floor) {
            double head = ExpLog.logHead(p);
            double tail = ExpLog.logTail(p);
            return p == 0 ? 0 : -Exact.fastSumError(head, tail, head + tail);
        }
        double quotient = p / floor;
        double quotientTail = Math.fma(-quotient, floor, p) / floor;
        double head = informationAtFloor.head();
        return Exact.sumError(head, -quotient, head - quotient) + (informationAtFloor.tail() - quotientTail);
    }

    /** -(t + tTail) / max(p, f), scaled. */
    private double slope(double t, double tTail, double p, double scale, double scaleTail) {
        double divisor = Math.max(p, floor);
        if (t == 0 || divisor == 0) {
            return t == 0 ? 0 : Double.NEGATIVE_INFINITY;
        }
        double product = t * scale;
        double tail = Exact.productError(t, scale, product) + (t * scaleTail + tTail * scale);
        double quotient = product / divisor;
        double remainder = Math.fma(-quotient, divisor, product) + tail;
        return 0.0 - (quotient + remainder / divisor);
    }
}
