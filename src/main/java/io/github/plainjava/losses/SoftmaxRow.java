package io.github.plainjava.losses;

import java.util.Arrays;

/**
 * The softmax loss of one row: its value and its gradient, from the options and either a label or a target.
 *
 * <p>With x_i = (z_i - m) / T the log-ratios to the largest logit m, at k, e_i = exp(x_i), rest the sum of all e_i but
 * e_k, S = 1 + rest, t_i the weights that the target and the options give to each class, and Q their sum:
 * <pre>
 *     value        = -sum of t_i log p_i = Q log1p(rest) - sum of t_i x_i
 *     gradient_i   = (Q p_i - t_i) / T
 * </pre>
 * Both parts of the value are positive, so nothing cancels. A label has all of Q at one class, whose gradient is not
 * computed as p - 1, which is 0 or nothing but rounding where p is near 1, but as minus the others' e over S.
 *
 * <p>This is the way of every row for which there is no shorter one: a label, or a one-hot target, of moderate logits
 * goes to {@link LabelRow}, with label smoothing too, and another target, if there are no options, to
 * {@link TargetRow}. Other labels are dealt with here, targets and labels that are smoothed go to
 * {@link SoftmaxTargetRow}, and what is not {@link Ordinary} in size to {@link WideSoftmaxRow}.
 */
final class SoftmaxRow {

    private static final DoubleDouble UNIT_INVERSE = new DoubleDouble(Exp.UNIT_INVERSE, Exp.UNIT_INVERSE_TAIL);

    private static final double TRUE_UNIT = 0x1p-500; // 2^-Exp.UNIT_EXPONENT

    /** 2^-100 in units of {@link Exp#ONE}: below, log(1 + rest) is the rest. */
    private static final double SMALL_REST = 0x1p400;

    final Temperature temperature;
    final TargetRule rule;
    private final boolean ordinary;
    private final LabelRow labelRow;
    private final SoftmaxTargetRow targetRow;
    private final WideSoftmaxRow wideRow;

    SoftmaxRow(double temperature, TargetRule rule) {
        this.temperature = Temperature.of(temperature);
        this.rule = rule;
        this.ordinary = rule.isOrdinary() && Ordinary.isFactor(temperature);
        this.labelRow = new LabelRow(rule);
        this.targetRow = new SoftmaxTargetRow(this.temperature, rule);
        this.wideRow = new WideSoftmaxRow(temperature, rule);
    }

    /** As {@link RowLoss#row}. */
    double row(
            boolean usual,
            double[] z,
            double[] target,
            int from,
            int n,
            int label,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        if (ordinary && temperature.isOne() && (!rule.smooths() || rule.smoothsLabels())) {
            boolean scaleFits = gradient == null || Ordinary.isScale(weight, divisor);
            double value =
                    unshifted(usual, z, target, from, n, label, weight, divisor, scaleFits ? gradient : null, scratch);
            if (!Double.isNaN(value)) {
                if (!scaleFits) {
                    int k = Exponentials.argmax(z, from, n, scratch);
                    wideRow.gradient(z, target, from, n, label, k, weight, divisor, gradient);
                }
                return value;
            }
        }
        return shifted(z, target, from, n, label, weight, divisor, gradient, scratch);
    }

    /** NaN if the row has to be computed another way; z is then as it was. */
    private double unshifted(
            boolean usual,
            double[] z,
            double[] target,
            int from,
            int n,
            int label,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        int only = usual
                ? TargetRow.label(scratch)
                : target == null ? label : TargetRule.onlyLabel(target, from, n);
        if (only != RowLoss.NO_LABEL) {
            return labelRow.row(z, from, n, only, weight, divisor, gradient, scratch);
        }
        return usual
                ? TargetRow.row(z, target, from, n, weight, divisor, gradient, scratch)
                : Double.NaN;
    }

    private double shifted(
            double[] z,
            double[] target,
            int from,
            int n,
            int label,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        int k = Exponentials.argmax(z, from, n, scratch);
        double value = Double.NaN;
        if (Math.abs(z[from + k]) <= Double.MAX_VALUE) {
            boolean fits = ordinary && fits(z, target, from, n, label, k, scratch);
            if (fits && (gradient == null || Ordinary.isScale(weight, divisor))) {
                value = ordinary(z, target, from, n, label, k, weight, divisor, gradient, scratch);
            } else {
                value = fits
                        ? ordinary(z, target, from, n, label, k, 1, Divisor.ONE, null, scratch)
                        : wideRow.value(z, target, from, n, label, k);
                if (gradient != null) {
                    wideRow.gradient(z, target, from, n, label, k, weight, divisor, gradient);
                }
            }
        }
        if (gradient != null && Double.isNaN(value)) {
            Arrays.fill(gradient, from, from + n, Double.NaN);
        }
        return value;
    }

    private boolean isByLabel(double[] target) {
        return target == null && !rule.smooths();
    }

    /** Whether the row is ordinary; if it is, what its target weighs is left in the scratch. */
    private boolean fits(double[] z, double[] target, int from, int n, int label, int k, double[][] scratch) {
        return isByLabel(target)
                ? z[from + label] == Double.NEGATIVE_INFINITY || Ordinary.isDistance(z[from + label], z[from + k])
                : targetRow.weigh(z, target, from, n, label, k, scratch);
    }

    private double ordinary(
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
        return isByLabel(target)
                ? byLabel(z, from, n, label, k, weight, divisor, gradient, scratch)
                : targetRow.row(z, target, from, n, label, k, weight, divisor, gradient, scratch);
    }

    private double byLabel(
            double[] z,
            int from,
            int n,
            int label,
            int k,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        double t = rule.weight(label);
        double x = temperature.ratio(z[from + label], z[from + k]);
        double xTail = temperature.ratioTail(z[from + label], z[from + k]);
        Exponentials.compute(z, from, n, k, temperature, gradient, scratch);
        if (gradient != null) {
            gradientsByLabel(from, n, label, weight, divisor, gradient, scratch);
        }
        return valueByLabel(t, x, xTail, scratch);
    }

    private void gradientsByLabel(
            int from, int n, int label, double weight, Divisor divisor, double[] gradient, double[][] scratch) {
        DoubleDouble rest = Sums.total(scratch);
        DoubleDouble factor = temperature.scale(weight, divisor).over(rest.plus(Exp.ONE));
        double t = rule.weight(label);
        double e = gradient[from + label];
        double atLabel = entry(e, t, 0, t, 0, rest.head(), rest.tail(), factor.head(), factor.tail());
        multiply(gradient, from, n, t, factor.head(), factor.tail());
        gradient[from + label] = atLabel;
    }

    private static double valueByLabel(double t, double x, double xTail, double[][] scratch) {
        DoubleDouble rest = Sums.total(scratch);
        if (x == Double.NEGATIVE_INFINITY) {
            return t == 0 ? 0 * rest.head() : impossible(rest.head());
        }
        double dot = t * x;
        double dotTail = Fma.fma(t, xTail, Exact.productError(t, x, dot));
        return value(t, 0, dot, dotTail, rest.head(), rest.tail());
    }

    /** From exponentials to their products with a factor, in place. */
    static void multiply(double[] e, int from, int n, double factor, double factorTail) {
        for (int i = from; i < from + n; i++) {
            e[i] = Fma.fma(e[i], factor, e[i] * factorTail) + 0.0;
        }
    }

    /** The same for exponentials times a weight. */
    static void multiply(double[] e, int from, int n, double weight, double factor, double factorTail) {
        if (weight == 1) {
            multiply(e, from, n, factor, factorTail);
            return;
        }
        for (int i = from; i < from + n; i++) {
            double weighted = e[i] * weight;
            double error = Exact.productError(e[i], weight, weighted);
            e[i] = Fma.fma(weighted, factor, Fma.fma(weighted, factorTail, error * factor));
        }
    }

    /** The same for pairs of head and tail. */
    static void multiply(double[] x, double[] tail, double factor, double factorTail, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = Fma.fma(x[i], factor, Fma.fma(x[i], factorTail, tail[i] * factor)) + 0.0;
        }
    }

    /**
     * ((Q - t) e - t (S - e)) factor, where S - e is the maximum's exponential, less e, and the rest. It takes doubles,
     * and not pairs, because it is too large to be inlined everywhere, and pairs that are passed on have to be
     * allocated.
     */
    static double entry(
            double e,
            double tHead,
            double tTail,
            double totalHead,
            double totalTail,
            double restHead,
            double restTail,
            double factorHead,
            double factorTail) {
        DoubleDouble t = new DoubleDouble(tHead, tTail);
        DoubleDouble rest = new DoubleDouble(restHead, restTail);
        DoubleDouble others = DoubleDouble.of(Exp.ONE).plus(-e).plus(rest);
        DoubleDouble otherWeight = new DoubleDouble(totalHead, totalTail).minus(t);
        DoubleDouble difference = otherWeight.times(e).minus(others.times(t));
        return difference.times(new DoubleDouble(factorHead, factorTail)).head() + 0.0;
    }

    /** The value where a class without probability has target weight. */
    static double impossible(double rest) {
        return Double.isNaN(rest) ? Double.NaN : Double.POSITIVE_INFINITY;
    }

    /**
     * Q log1p(rest) - dot, for dot the sum of t_i x_i. It takes doubles as {@link #entry} does, and makes no pairs:
     * where it ends a long row of inlined methods, the compiler stops inlining in the midst of it.
     */
    static double value(
            double totalHead, double totalTail, double dotHead, double dotTail, double restHead, double restTail) {
        double dot = dotHead + dotTail;
        if (dot == 0 && restHead < SMALL_REST) { // in true units rest may be below the double range
            return smallValue(totalHead, totalTail, restHead, restTail);
        }
        double product = restHead * Exp.UNIT_INVERSE;
        double productTail = productTail(restHead, restTail, Exp.UNIT_INVERSE, Exp.UNIT_INVERSE_TAIL, product);
        double scaled = product + productTail;
        double r = scaled * TRUE_UNIT;
        double rTail = Exact.fastSumError(product, productTail, scaled) * TRUE_UNIT;
        double logHead = Log.log1pHead(r, rTail);
        double logTail = Log.log1pTail(r, rTail);
        double log = logHead + logTail;
        double weighted = totalHead * log;
        double weightedTail =
                productTail(totalHead, totalTail, log, Exact.fastSumError(logHead, logTail, log), weighted);
        double sum = weighted + weightedTail;
        double sumTail = Exact.fastSumError(weighted, weightedTail, sum);
        double difference = sum - dot;
        double error = Exact.sumError(sum, -dot, difference);
        return difference + (error + (sumTail - Exact.fastSumError(dotHead, dotTail, dot)));
    }

    private static double smallValue(double totalHead, double totalTail, double restHead, double restTail) {
        DoubleDouble rest = new DoubleDouble(restHead, restTail).times(UNIT_INVERSE);
        return new DoubleDouble(totalHead, totalTail).times(rest).scaled(-Exp.UNIT_EXPONENT).head();
    }

    /** What {@link DoubleDouble#times} adds to the product of the heads. */
    private static double productTail(double a, double aTail, double b, double bTail, double product) {
        return Exact.productError(a, b, product) + (a * bTail + aTail * b);
    }

    /** From units of {@link Exp#ONE}. */
    static DoubleDouble inTrueUnits(DoubleDouble x) {
        return x.times(UNIT_INVERSE).scaled(-Exp.UNIT_EXPONENT);
    }

    /** log(1 + rest), for the rest in units of {@link Exp#ONE}. */
    static DoubleDouble log1p(DoubleDouble rest) {
        DoubleDouble r = inTrueUnits(rest);
        return DoubleDouble.ofSum(Log.log1pHead(r.head(), r.tail()), Log.log1pTail(r.head(), r.tail()));
    }
}
