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
 * <p>Rows by target without options, of usual numbers, have {@link UsualCrossEntropyRow}; what is not {@link Ordinary}
 * in size goes to {@link WideCrossEntropyRow}.
 */
final class CrossEntropyRow {

    /** Divided by this or more, no weight overflows. */
    static final double SMALLEST_DIVISOR = 0x1p-600;

    static final Range USUAL = new Range(SMALLEST_DIVISOR, 1);

    // What a row's probabilities can be like, other than ordinary ones up to 1.
    private static final int ABOVE_1 = 1;
    private static final int ZERO = 2;
    private static final int TINY = 4;
    private static final int NAN = -1;

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
                : DoubleDouble.ofSum(-Log.logHead(floor), -Log.logTail(floor)).plus(1);
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
        int kinds = kinds(p, from, n);
        if (kinds == NAN) {
            if (gradient != null) {
                Arrays.fill(gradient, from, from + n, Double.NaN);
            }
            return Double.NaN;
        }
        boolean fits = ordinary && (target == null || Ordinary.areMasses(target, from, n));
        boolean gradientFits = fits
                && Ordinary.isScale(weight, divisor)
                && ((kinds & TINY) == 0 && floor == 0 || floor >= SMALLEST_DIVISOR);
        double[] ordinaryGradient = gradientFits ? gradient : null;
        double value = fits
                ? ordinary(p, target, from, n, label, kinds, weight, divisor, ordinaryGradient, scratch)
                : wideRow.value(p, target, from, n, label);
        if (gradient != ordinaryGradient) {
            wideRow.gradient(p, target, from, n, label, weight, divisor, gradient);
        }
        return value;
    }

    /** The probability of a class that is excluded: 0, but with a floor no class is. */
    static double excluded(double floor) {
        return floor == 0 ? 0 : Double.NaN;
    }

    /** What the probabilities are like, as the sum of the constants that apply, or NAN. */
    private static int kinds(double[] p, int from, int n) {
        int kinds = 0;
        for (int i = from; i < from + n; i++) {
            if (!USUAL.contains(p[i])) {
                if (Double.isNaN(p[i])) {
                    return NAN;
                }
                kinds |= p[i] > 1 ? ABOVE_1 : p[i] == 0 ? ZERO : TINY;
            }
        }
        return kinds;
    }

    private double ordinary(
            double[] p,
            double[] target,
            int from,
            int n,
            int label,
            int kinds,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        DoubleDouble scale = divisor.ordinaryScale(weight);
        return target == null && !rule.smooths()
                ? byLabel(p, from, n, label, scale.head(), scale.tail(), gradient)
                : byTarget(p, target, from, n, label, kinds, scale.head(), scale.tail(), gradient, scratch);
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
        double log = log(probability);
        double product = t * log;
        return 0.0 - (product + Fma.fma(t, logTail(probability), Exact.productError(t, log, product)));
    }

    private double byTarget(
            double[] p,
            double[] target,
            int from,
            int n,
            int label,
            int kinds,
            double scale,
            double scaleTail,
            double[] gradient,
            double[][] scratch) {
        double[] x = scratch[Scratch.X];
        double[] y = scratch[Scratch.Y];
        double[] t = scratch[Scratch.WEIGHTS];
        double[] tTail = scratch[Scratch.WEIGHT_TAILS];
        double[] sums = scratch[Scratch.MORE];
        double[] sumTails = scratch[Scratch.MORE_TAILS];
        rule.share(p, excluded(floor), target, from, n, scratch);
        double share = scratch[Scratch.SUMS][0];
        double shareTail = scratch[Scratch.SUM_TAILS][0];
        boolean possible = true;
        Sums.clear(sums, sumTails, n);
        for (int start = 0; start < n; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, n - start);
            rule.fill(target, from, label, start, size, share, shareTail, scratch);
            System.arraycopy(p, from + start, x, 0, size);
            if (kinds != 0) {
                possible &= mend(target, from, label, start, size, scratch);
            }
            if (gradient != null) {
                slopes(t, tTail, x, (kinds & ZERO) != 0, scale, scaleTail, y, size);
                System.arraycopy(y, 0, gradient, from + start, size);
            }
            logs(x, y, scratch[Scratch.SUMS], size);
            Sums.addProducts(t, tTail, x, y, sums, sumTails, size);
        }
        Sums.total(sums, sumTails, n);
        return possible ? 0.0 - sums[0] : Double.POSITIVE_INFINITY;
    }

    /**
     * Probabilities above 1 count as 1. Without a floor, those of 0 have no share of the smoothing.
     *
     * @return whether no class of probability 0 has weight
     */
    private boolean mend(double[] target, int from, int label, int start, int size, double[][] scratch) {
        double[] x = scratch[Scratch.X];
        boolean possible = true;
        for (int i = 0; i < size; i++) {
            x[i] = Math.min(x[i], 1);
            if (x[i] == 0 && floor == 0) {
                rule.takeShare(target, from, label, start, i, scratch);
                possible &= scratch[Scratch.WEIGHTS][i] == 0;
            }
        }
        return possible;
    }

    /** From probabilities to their -I, with tails: logarithms, or their tangent at the floor. */
    private void logs(double[] p, double[] tail, double[] scratch, int n) {
        if (floor == 0) {
            Log.log(p, tail, scratch, n);
            return;
        }
        for (int i = 0; i < n; i++) {
            double probability = p[i];
            p[i] = log(probability);
            tail[i] = logTail(probability);
        }
    }

    /** -I(p), the part to which {@link #logTail} is added. */
    private double log(double p) {
        return p >= floor ? Log.logHead(p) : p / floor - informationAtFloor.head();
    }

    /** What {@link #log} lacks. */
    private double logTail(double p) {
        if (p >= floor) {
            return Log.logTail(p);
        }
        double quotient = p / floor;
        double quotientTail = Fma.fma(-quotient, floor, p) / floor;
        double head = informationAtFloor.head();
        return Exact.sumError(quotient, -head, quotient - head) + (quotientTail - informationAtFloor.tail());
    }

    /** -(t + tTail) / max(p, f) over arrays, scaled. */
    private void slopes(
            double[] t,
            double[] tTail,
            double[] p,
            boolean hasZero,
            double scale,
            double scaleTail,
            double[] slopes,
            int n) {
        System.arraycopy(p, 0, slopes, 0, n);
        if (floor > 0) {
            for (int i = 0; i < n; i++) {
                slopes[i] = Math.max(slopes[i], floor);
            }
        }
        quotients(t, tTail, slopes, scale, scaleTail, n);
        for (int i = 0; hasZero && i < n; i++) {
            if (p[i] == 0) {
                slopes[i] = slope(t[i], tTail[i], 0, scale, scaleTail);
            }
        }
    }

    private static void quotients(
            double[] t, double[] tTail, double[] p, double scale, double scaleTail, int n) {
        for (int i = 0; i < n; i++) {
            p[i] = minusQuotient(t[i], tTail[i], p[i], scale, scaleTail);
        }
    }

    /** One of the {@link #slopes}. */
    private double slope(double t, double tTail, double p, double scale, double scaleTail) {
        double divisor = Math.max(p, floor);
        if (t == 0 || divisor == 0) {
            return t == 0 ? 0 : Double.NEGATIVE_INFINITY;
        }
        return minusQuotient(t, tTail, divisor, scale, scaleTail);
    }

    static double minusQuotient(double t, double tTail, double p, double scale, double scaleTail) {
        double inverse = 1 / p;
        double quotient = t * inverse;
        double tail = (Fma.fma(-quotient, p, t) + tTail) * inverse;
        return 0.0 - Fma.fma(quotient, scale, Fma.fma(tail, scale, quotient * scaleTail));
    }
}
