package io.github.plainjava.losses;

/**
 * The softmax loss of a row of moderate logits by label, at temperature 1: without the shift by the maximum, see
 * {@link Unshifted}. With e_i = exp(z_i), rest the sum of all but the label's, S = rest + e_label, and t the weight of
 * the label:
 * <pre>
 *     value      = t log1p(rest / e_label)
 *     gradient_i = t e_i / S,  at the label -t rest / S
 * </pre>
 */
final class LabelRow {

    private final TargetRule rule;

    LabelRow(TargetRule rule) {
        this.rule = rule;
    }

    /**
     * As {@link RowLoss#row}; NaN if a logit is not moderate: then the row has to be computed another way, and z is as it
     * was.
     */
    double row(
            double[] z,
            int from,
            int n,
            int label,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        if (n <= Exponentials.SHORT) {
            DoubleDouble scale = divisor.ordinaryScale(weight);
            return new ShortRows(n, scratch)
                    .compute(z, from, label, rule.weight(label), scale.head(), scale.tail(), gradient);
        }
        double scale = Exp.scale(z[from + label]);
        double expm1 = Exp.expm1(z[from + label], 0);
        if (!Unshifted.compute(z, from, n, label, gradient, scratch)) {
            return Double.NaN;
        }
        double e = Exp.exp(scale, expm1);
        double eTail = Exp.tail(scale, expm1, e);
        if (gradient != null) {
            gradients(e, eTail, from, n, label, weight, divisor, gradient, scratch);
        }
        DoubleDouble ratio = Sums.total(scratch).over(new DoubleDouble(e, eTail));
        return weighted(
                rule.weight(label),
                Log.log1pHead(ratio.head(), ratio.tail()),
                Log.log1pTail(ratio.head(), ratio.tail()));
    }

    /** t (log + logTail). */
    static double weighted(double t, double log, double logTail) {
        double product = log * t;
        return product + Math.fma(logTail, t, Exact.productError(log, t, product));
    }

    /** From exponentials to gradients, in place. */
    private void gradients(
            double e,
            double eTail,
            int from,
            int n,
            int label,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        double t = rule.weight(label);
        DoubleDouble rest = Sums.total(scratch);
        DoubleDouble factor = divisor.ordinaryScale(weight).over(rest.plus(new DoubleDouble(e, eTail)));
        double atLabel = 0.0 - rest.times(factor.times(t)).head();
        SoftmaxRow.multiply(gradient, from, n, t, factor.head(), factor.tail());
        gradient[from + label] = atLabel;
    }
}
