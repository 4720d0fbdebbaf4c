package io.github.plainjava.losses;

import java.util.Arrays;

/**
 * The softmax loss of a row of moderate logits by label, at temperature 1: without the shift by the maximum, see
 * {@link Unshifted}. With e_i = exp(z_i), rest the sum of all but the label's, S = rest + e_label, and t the weight of
 * the label:
 * <pre>
 *     value      = t log1p(rest / e_label)
 *     gradient_i = t e_i / S,  at the label -t rest / S
 * </pre>
 * With label smoothing a there are no class weights here, all n classes have c = a / n of the target, and the label
 * has 1 - a more:
 * <pre>
 *     value      = log1p(rest / e_label) + c sum of (z_label - z_i)
 *     gradient_i = e_i / S - c,  at the label ((a - c) e_label - (1 - a + c) rest) / S
 * </pre>
 * The second part of the value may be negative, but cancels at most half of the first while a is at most 1/2.
 */
final class LabelRow {

    private static final Step[] ADD = {
        (s, a, b, n) -> Sums.add(s[Scratch.X], s[Scratch.WEIGHTS], s[Scratch.WEIGHT_TAILS], n)
    };

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
        if (rule.smooths()) {
            return smoothedRow(z, from, n, label, weight, divisor, gradient, scratch);
        }
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
        return product + Fma.fma(logTail, t, Exact.productError(log, t, product));
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

    private double smoothedRow(
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
            boolean computed = new ShortRows(n, scratch)
                    .compute(z, from, null, label, 1, rule.smoothing(), scale.head(), scale.tail(), gradient);
            return computed ? scratch[Scratch.SUMS][0] : Double.NaN;
        }
        double own = z[from + label];
        addUp(z, from, n, scratch);
        double sum = scratch[Scratch.WEIGHTS][0];
        double sumTail = scratch[Scratch.WEIGHT_TAILS][0];
        if (!Unshifted.compute(z, from, n, label, gradient, scratch)) {
            return Double.NaN;
        }
        DoubleDouble e = Exp.moderateExp(own);
        scratch[Scratch.WEIGHTS][0] = e.head();
        scratch[Scratch.WEIGHT_TAILS][0] = e.tail();
        if (gradient != null) {
            smoothedGradients(from, n, label, weight, divisor, gradient, scratch);
        }
        DoubleDouble distances = DoubleDouble.product(own, n).minus(new DoubleDouble(sum, sumTail));
        DoubleDouble smoothed = distances.times(DoubleDouble.quotient(rule.smoothing(), n));
        return smoothedValue(smoothed.head(), smoothed.tail(), scratch);
    }

    /** The label's exponential. */
    private static DoubleDouble own(double[][] scratch) {
        return new DoubleDouble(scratch[Scratch.WEIGHTS][0], scratch[Scratch.WEIGHT_TAILS][0]);
    }

    /** Leaves the sum of the logits where exponentials do not touch it. */
    private static void addUp(double[] z, int from, int n, double[][] scratch) {
        double[] sums = scratch[Scratch.WEIGHTS];
        double[] sumTails = scratch[Scratch.WEIGHT_TAILS];
        int lanes = Math.min(n, Scratch.BLOCK);
        System.arraycopy(z, from, sums, 0, lanes);
        Arrays.fill(sumTails, 0, lanes, 0);
        for (int start = lanes; start < n; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, n - start);
            System.arraycopy(z, from + start, scratch[Scratch.X], 0, size);
            Step.all(ADD, scratch, 0, 0, size);
        }
        Sums.total(sums, sumTails, n);
    }

    private void smoothedGradients(
            int from,
            int n,
            int label,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        DoubleDouble scale = divisor.ordinaryScale(weight);
        DoubleDouble factor = scale.over(Sums.total(scratch).plus(own(scratch)));
        DoubleDouble share = DoubleDouble.quotient(rule.smoothing(), n);
        DoubleDouble scaled = share.times(scale);
        smooth(gradient, from, n, factor.head(), factor.tail(), scaled.head(), scaled.tail());
        DoubleDouble given = share.times(n - 1.0);
        gradient[from + label] = atLabel(given.head(), given.tail(), factor.head(), factor.tail(), scratch);
    }

    /** From exponentials to gradients, in place. */
    private static void smooth(
            double[] e, int from, int n, double factor, double factorTail, double share, double shareTail) {
        for (int i = from; i < from + n; i++) {
            e[i] = smoothed(e[i], 0, factor, factorTail, share, shareTail);
        }
    }

    /** e factor - share. */
    static double smoothed(
            double e, double eTail, double factor, double factorTail, double share, double shareTail) {
        double product = e * factor;
        double productTail = Exact.productTail(e, eTail, factor, factorTail, product);
        double difference = product - share;
        double error = Exact.differenceError(product, share, difference);
        return difference + (error - (shareTail - productTail));
    }

    // What follows works on pairs in methods of their own, small enough for the compiler to keep them out of memory.

    /** (given e - (1 - given) rest) factor, for what the label gives to the other classes, a - c. */
    private static double atLabel(
            double given, double givenTail, double factor, double factorTail, double[][] scratch) {
        DoubleDouble others = new DoubleDouble(given, givenTail);
        DoubleDouble kept = others.negated().plus(1);
        DoubleDouble difference = others.times(own(scratch)).minus(kept.times(Sums.total(scratch)));
        return difference.times(new DoubleDouble(factor, factorTail)).head();
    }

    private static double smoothedValue(double smoothed, double smoothedTail, double[][] scratch) {
        DoubleDouble ratio = Sums.total(scratch).over(own(scratch));
        DoubleDouble log = DoubleDouble.ofSum(
                Log.log1pHead(ratio.head(), ratio.tail()), Log.log1pTail(ratio.head(), ratio.tail()));
        return log.plus(new DoubleDouble(smoothed, smoothedTail)).head();
    }
}
