package io.github.plainjava.losses;

import java.util.Arrays;

/**
 * The softmax loss of one row: its value and its gradient, from the options and either a label or a target.
 *
 * <p>With x_i = (z_i - m) / T the log-ratios to the largest logit m, rest the sum of the exponentials of all but that
 * one, and t_i the weights that the target and the options give to each class, Q their sum:
 * <pre>
 *     value        = -sum of t_i log p_i = Q log1p(rest) - sum of t_i x_i
 *     gradient_i   = (Q p_i - t_i) / T
 * </pre>
 * Both parts of the value are positive, so nothing cancels. For a label all of Q stands at one class.
 */
final class SoftmaxRow {

    final double temperature;
    final TargetRule rule;

    SoftmaxRow(double temperature, TargetRule rule) {
        this.temperature = temperature;
        this.rule = rule;
    }

    /** As {@link RowLoss#row}. */
    double row(
            double[] z,
            int from,
            int n,
            int label,
            double[] target,
            int at,
            double scale,
            double scaleTail,
            int scalePower,
            double[] gradient,
            int to,
            double[][] scratch) {
        int k = Exponentials.argmax(z, from, n, scratch);
        double value = Double.NaN;
        if (Math.abs(z[from + k]) <= Double.MAX_VALUE) {
            value = target == null && !rule.smooths()
                    ? labelRow(z, from, n, k, label, scale, scaleTail, scalePower, gradient, to, scratch)
                    : targetRow(z, from, n, k, label, target, at, scale, scaleTail, scalePower, gradient, to, scratch);
        }
        if (gradient != null && Double.isNaN(value)) {
            Arrays.fill(gradient, to, to + n, Double.NaN);
        }
        return value;
    }

    private double labelRow(
            double[] z,
            int from,
            int n,
            int k,
            int label,
            double scale,
            double scaleTail,
            int scalePower,
            double[] gradient,
            int to,
            double[][] scratch) {
        int exponent = rule.exponent(label);
        int ratioExponent = Exponentials.logRatioExponent(z[from + k], temperature);
        double w = rule.weight(label) * Math.scalb(1.0, -exponent);
        double x = Exponentials.logRatio(z[from + label], z[from + k], temperature);
        double xTail = Exponentials.logRatioTail(z[from + label], z[from + k], temperature);
        Exponentials.compute(z, from, n, k, temperature, gradient, to, scratch);
        double rest = Exponentials.rest(scratch);
        double restTail = Exponentials.restTail(scratch);
        if (gradient != null) {
            double[] s = GradientScale.make(
                    scratch[Exponentials.SCALE], scale, scaleTail, scalePower, temperature, w, exponent);
            double sum = GradientScale.sum(rest);
            double factor = GradientScale.factor(s, sum);
            double factorTail = GradientScale.factorTail(s, sum, GradientScale.sumTail(rest, restTail));
            double e = gradient[to + label];
            GradientScale.multiply(s, gradient, to, n, w, factor, factorTail);
            GradientScale.finish(s, gradient, to, n);
            gradient[to + label] = GradientScale.entry(s, e, w, 0, w, 0, rest, restTail, factor, factorTail);
        }
        if (w == 0) {
            return 0 * rest;
        }
        if (x == Double.NEGATIVE_INFINITY) {
            return impossible(rest);
        }
        double dot = w * x;
        double dotTail = Exact.productError(w, x, dot) + w * xTail;
        return value(w, 0, dot, dotTail, ratioExponent, rest, restTail, exponent);
    }

    private double targetRow(
            double[] z,
            int from,
            int n,
            int k,
            int label,
            double[] target,
            int at,
            double scale,
            double scaleTail,
            int scalePower,
            double[] gradient,
            int to,
            double[][] scratch) {
        double largest = target == null ? 1 : TargetRule.largest(target, at, n);
        int exponent = rule.exponent(largest, largestRatioExponent(z, from, n, z[from + k]));
        double unit = Math.scalb(1.0, -exponent);
        double share = 0;
        double shareTail = 0;
        if (rule.smooths()) {
            double mass = 0;
            double massTail = 0;
            int classes = 0;
            for (int i = 0; i < n; i++) {
                double q = target == null ? (i == label ? unit : 0) : target[at + i] * unit;
                double next = mass + q;
                massTail += Exact.sumError(mass, q, next);
                mass = next;
                classes += z[from + i] == Double.NEGATIVE_INFINITY ? 0 : 1;
            }
            share = rule.share(mass, classes);
            shareTail = rule.shareTail(mass, massTail, classes);
        }

        double m = z[from + k];
        int ratioExponent = Exponentials.logRatioExponent(m, temperature);
        double total = 0;
        double totalTail = 0;
        double dot = 0;
        double dotTail = 0;
        boolean impossible = false;
        for (int i = 0; i < n; i++) {
            boolean excluded = z[from + i] == Double.NEGATIVE_INFINITY;
            double q = target == null ? (i == label ? unit : 0) : target[at + i] * unit;
            double t = rule.head(i, q, excluded ? 0 : share, excluded ? 0 : shareTail);
            if (t == 0) {
                impossible |= excluded && target != null && target[at + i] > 0 && rule.keeps(i);
                continue;
            }
            double tTail = rule.tail(i, q, excluded ? 0 : share, excluded ? 0 : shareTail);
            double next = total + t;
            totalTail += Exact.sumError(total, t, next) + tTail;
            total = next;
            double x = Exponentials.logRatio(z[from + i], m, temperature);
            if (x == Double.NEGATIVE_INFINITY) {
                impossible = true;
                continue;
            }
            double xTail = Exponentials.logRatioTail(z[from + i], m, temperature);
            double term = t * x;
            next = dot + term;
            dotTail += Exact.sumError(dot, term, next) + (Exact.productError(t, x, term) + (t * xTail + tTail * x));
            dot = next;
        }

        Exponentials.compute(z, from, n, k, temperature, gradient, to, scratch);
        double rest = Exponentials.rest(scratch);
        double restTail = Exponentials.restTail(scratch);
        if (gradient != null) {
            double[] s = GradientScale.make(
                    scratch[Exponentials.SCALE], scale, scaleTail, scalePower, temperature, total, exponent);
            double sum = GradientScale.sum(rest);
            double factor = GradientScale.factor(s, sum);
            double factorTail = GradientScale.factorTail(s, sum, GradientScale.sumTail(rest, restTail));
            for (int i = 0; i < n; i++) {
                double e = gradient[to + i];
                boolean excluded = e == 0 && 1 / e < 0;
                double q = target == null ? (i == label ? unit : 0) : target[at + i] * unit;
                double t = rule.head(i, q, excluded ? 0 : share, excluded ? 0 : shareTail);
                double tTail = t == 0 ? 0 : rule.tail(i, q, excluded ? 0 : share, excluded ? 0 : shareTail);
                gradient[to + i] =
                        GradientScale.entry(s, e, t, tTail, total, totalTail, rest, restTail, factor, factorTail);
            }
        }
        return impossible
                ? impossible(rest)
                : value(total, totalTail, dot, dotTail, ratioExponent, rest, restTail, exponent);
    }

    /** The power of two below the largest log-ratio. */
    private int largestRatioExponent(double[] z, int from, int n, double m) {
        double least = m;
        for (int i = from; i < from + n; i++) {
            if (z[i] < least && z[i] > Double.NEGATIVE_INFINITY) {
                least = z[i];
            }
        }
        return Math.max(0, Math.getExponent(Exponentials.logRatio(least, m, temperature)));
    }

    /** The value where a class without probability has target weight. */
    private static double impossible(double rest) {
        return Double.isNaN(rest) ? Double.NaN : Double.POSITIVE_INFINITY;
    }

    /** Q log1p(rest) - dot 2^ratioExponent, for dot the sum of t_i x_i, times 2^exponent. */
    private static double value(
            double total,
            double totalTail,
            double dot,
            double dotTail,
            int ratioExponent,
            double rest,
            double restTail,
            int exponent) {
        if (dot == 0 && rest < 0x1p300) { // log1p(r) = r here, and r may be far below the double range
            double small = total * rest + (total * restTail + totalTail * rest);
            return Math.scalb(small, exponent - ExpLog.TOP_EXPONENT) + 0.0;
        }
        double log = ExpLog.log1pHead(rest * ExpLog.UNSCALE);
        double logTail = ExpLog.log1pTail(rest * ExpLog.UNSCALE, restTail * ExpLog.UNSCALE);
        double product = total * log;
        double productTail = Exact.productError(total, log, product) + (total * logTail + totalTail * log);
        double unit = dot == 0 ? 1 : Math.scalb(1.0, -ratioExponent);
        double scaled = product * unit;
        double sum = scaled - dot;
        double value = sum + (Exact.sumError(scaled, -dot, sum) + (productTail * unit - dotTail));
        int power = exponent + (dot == 0 ? 0 : ratioExponent);
        return Double.isNaN(rest) || value <= Double.MAX_VALUE
                ? Math.scalb(value, power) + 0.0
                : Double.POSITIVE_INFINITY;
    }
}
