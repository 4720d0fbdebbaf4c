package io.github.plainjava.losses;

import java.util.Arrays;

/**
 * The softmax loss of one row whose logits, target or options are of extreme size: the formulas of {@link SoftmaxRow}
 * in {@link Wide} numbers, as they stand.
 */
final class WideSoftmaxRow {

    private final Wide temperature;
    private final TargetRule rule;

    WideSoftmaxRow(double temperature, TargetRule rule) {
        this.temperature = Wide.of(temperature);
        this.rule = rule;
    }

    /** The value, NaN if there is a NaN among the logits. */
    double value(double[] z, double[] target, int from, int n, int label, int k) {
        if (Checks.hasNaN(z, from, n)) {
            return Double.NaN;
        }
        Wide[] t = rule.weights(z, Double.NEGATIVE_INFINITY, target, from, n, label);
        Wide logSum = rest(exponentials(z, from, n, k), k).log1p();
        Wide sum = Wide.ZERO;
        for (int i = 0; i < n; i++) {
            if (!t[i].isZero()) {
                if (z[from + i] == Double.NEGATIVE_INFINITY) {
                    return Double.POSITIVE_INFINITY;
                }
                sum = sum.plus(t[i].times(logSum.minus(ratio(z, from, i, k))));
            }
        }
        return sum.toDouble();
    }

    /** Writes the gradient times weight / divisor. */
    void gradient(
            double[] z,
            double[] target,
            int from,
            int n,
            int label,
            int k,
            double weight,
            Divisor divisor,
            double[] gradient) {
        if (Checks.hasNaN(z, from, n)) {
            Arrays.fill(gradient, from, from + n, Double.NaN);
            return;
        }
        Wide[] t = rule.weights(z, Double.NEGATIVE_INFINITY, target, from, n, label);
        Wide[] e = exponentials(z, from, n, k);
        Wide rest = rest(e, k);
        Wide total = sum(t);
        Wide scale = divisor.scale(weight).over(temperature);
        Wide factor = scale.over(Wide.ONE.plus(rest));
        for (int i = 0; i < n; i++) {
            Wide others = i == k ? rest : Wide.ONE.minus(e[i]).plus(rest);
            Wide difference = total.minus(t[i]).times(e[i]).minus(t[i].times(others));
            gradient[from + i] = difference.times(factor).toDouble();
        }
    }

    /** The softmax function of a whole array. */
    void probabilities(double[] z, int k, double[] p) {
        if (Checks.hasNaN(z, 0, z.length)) {
            Arrays.fill(p, Double.NaN);
            return;
        }
        Wide[] e = exponentials(z, 0, z.length, k);
        Wide sum = Wide.ONE.plus(rest(e, k));
        for (int i = 0; i < e.length; i++) {
            p[i] = e[i].over(sum).toDouble();
        }
    }

    /** x_i. */
    private Wide ratio(double[] z, int from, int i, int k) {
        return Wide.of(z[from + i]).minus(Wide.of(z[from + k])).over(temperature);
    }

    private Wide[] exponentials(double[] z, int from, int n, int k) {
        Wide[] e = new Wide[n];
        for (int i = 0; i < n; i++) {
            boolean excluded = z[from + i] == Double.NEGATIVE_INFINITY;
            e[i] = excluded ? Wide.ZERO : ratio(z, from, i, k).exp();
        }
        return e;
    }

    private static Wide rest(Wide[] e, int k) {
        Wide rest = Wide.ZERO;
        for (int i = 0; i < e.length; i++) {
            rest = i == k ? rest : rest.plus(e[i]);
        }
        return rest;
    }

    private static Wide sum(Wide[] numbers) {
        Wide sum = Wide.ZERO;
        for (Wide number : numbers) {
            sum = sum.plus(number);
        }
        return sum;
    }
}
