package io.github.plainjava.losses;

import java.util.Arrays;
import java.util.Objects;

/**
 * Cross-entropy after softmax, on logits.
 */
public final class Softmax extends RowLoss implements ClassificationLoss {

    private static final long serialVersionUID = 1;

    private final double temperature;
    private final TargetRule rule;

    /** Temperature 1, no label smoothing, no class weights. */
    public Softmax() {
        this(1, TargetRule.PLAIN);
    }

    private Softmax(double temperature, TargetRule rule) {
        this.temperature = temperature;
        this.rule = rule;
    }

    public Softmax withTemperature(double newTemperature) {
        if (!(newTemperature >= 0x1p-960 && newTemperature <= 0x1p960)) {
            throw new IllegalArgumentException("temperature = " + newTemperature + " is not in 2^-960..2^960");
        }
        return new Softmax(newTemperature, rule);
    }

    public Softmax withLabelSmoothing(double smoothing) {
        return new Softmax(temperature, rule.withSmoothing(smoothing));
    }

    public Softmax withClassWeights(double... weights) {
        return new Softmax(temperature, rule.withClassWeights(weights));
    }

    @Override
    public double value(double[] logits, int label) {
        checkLabel(logits, label);
        return row(logits, 0, logits.length, label, null, 0, 1, 0, null, 0, scratch(logits));
    }

    @Override
    public double valueAndGradient(double[] logits, int label, double[] gradient) {
        checkLabel(logits, label);
        Checks.gradient(gradient, logits);
        return row(logits, 0, logits.length, label, null, 0, 1, 0, gradient, 0, scratch(logits));
    }

    @Override
    public double value(double[] logits, double[] target) {
        checkTarget(logits, target);
        return row(logits, 0, logits.length, NO_LABEL, target, 0, 1, 0, null, 0, scratch(logits));
    }

    @Override
    public double valueAndGradient(double[] logits, double[] target, double[] gradient) {
        checkTarget(logits, target);
        Checks.gradient(gradient, logits);
        Checks.notTarget(gradient, target);
        return row(logits, 0, logits.length, NO_LABEL, target, 0, 1, 0, gradient, 0, scratch(logits));
    }

    @Override
    public double weight(int label) {
        return rule.mass(label);
    }

    @Override
    public double weight(double[] target) {
        Objects.requireNonNull(target, "target");
        return rule.mass(target, 0, target.length);
    }

    public double[] probabilities(double[] logits) {
        Checks.notEmpty(logits);
        double[] probabilities = new double[logits.length];
        softmax(logits, temperature, probabilities);
        return probabilities;
    }

    public static double[] softmax(double[] logits) {
        Checks.notEmpty(logits);
        double[] probabilities = new double[logits.length];
        softmax(logits, 1, probabilities);
        return probabilities;
    }

    public static void softmax(double[] logits, double[] probabilities) {
        Checks.notEmpty(logits);
        Checks.sameLength(probabilities, "probabilities", logits);
        softmax(logits, 1, probabilities);
    }

    private static void softmax(double[] z, double temperature, double[] p) {
        int n = z.length;
        Exponentials e = new Exponentials(n);
        int k = e.argmax(z, 0, n);
        double m = z[k];
        if (!isFinite(m)) {
            Arrays.fill(p, Double.NaN);
            return;
        }
        e.compute(z, 0, n, k, temperature, p, 0);
        double sum = 1 + e.rest * ExpLog.UNSCALE;
        double sumTail = sumTail(e.rest, e.restTail, sum);
        double factor = 1 / sum;
        double factorTail = reciprocalTail(sum, sumTail, factor);
        multiply(p, 0, n, factor * ExpLog.UNSCALE, factorTail * ExpLog.UNSCALE);
    }

    private static void multiply(double[] e, int from, int n, double factor, double factorTail) {
        for (int i = from; i < from + n; i++) {
            e[i] = Math.fma(e[i], factor, e[i] * factorTail);
        }
    }

    /** What 1 + rest, rounded to sum, lacks. */
    static double sumTail(double rest, double restTail, double sum) {
        return Exact.sumError(1, rest * ExpLog.UNSCALE, sum) + restTail * ExpLog.UNSCALE;
    }

    /** What 1 / (sum + sumTail), rounded to reciprocal, lacks. */
    private static double reciprocalTail(double sum, double sumTail, double reciprocal) {
        return (Math.fma(-reciprocal, sum, 1) - reciprocal * sumTail) * reciprocal;
    }

    public static double[] logSoftmax(double[] logits) {
        Checks.notEmpty(logits);
        double[] logProbabilities = new double[logits.length];
        logSoftmaxInto(logits, logProbabilities);
        return logProbabilities;
    }

    public static void logSoftmax(double[] logits, double[] logProbabilities) {
        Checks.notEmpty(logits);
        Checks.sameLength(logProbabilities, "logProbabilities", logits);
        logSoftmaxInto(logits, logProbabilities);
    }

    private static void logSoftmaxInto(double[] z, double[] out) {
        int n = z.length;
        Exponentials e = new Exponentials(n);
        int k = e.argmax(z, 0, n);
        double m = z[k];
        if (!isFinite(m)) {
            Arrays.fill(out, Double.NaN);
            return;
        }
        e.compute(z, 0, n, k, 1, null, 0);
        double log = ExpLog.log1pHead(e.rest * ExpLog.UNSCALE);
        double logTail = ExpLog.log1pTail(e.rest * ExpLog.UNSCALE, e.restTail * ExpLog.UNSCALE);
        double head = log + logTail;
        double headTail = Exact.fastSumError(log, logTail, head);
        for (int i = 0; i < n; i++) {
            double x = Exponentials.logRatio(z[i], m, 1);
            double difference = x - head;
            double small = Exact.sumError(x, -head, difference) + (Exponentials.logRatioTail(z[i], m, 1) - headTail);
            out[i] = difference == Double.NEGATIVE_INFINITY ? difference : difference + small + 0.0;
        }
    }

    public static double logSumExp(double[] logits) {
        Objects.requireNonNull(logits, "logits");
        int n = logits.length;
        if (n == 0) {
            return Double.NEGATIVE_INFINITY;
        }
        Exponentials e = new Exponentials(n);
        int k = e.argmax(logits, 0, n);
        double m = logits[k];
        if (!isFinite(m)) {
            return m;
        }
        e.compute(logits, 0, n, k, 1, null, 0);
        double log = ExpLog.log1pHead(e.rest * ExpLog.UNSCALE);
        double logTail = ExpLog.log1pTail(e.rest * ExpLog.UNSCALE, e.restTail * ExpLog.UNSCALE);
        double sum = m + log;
        return sum + (Exact.sumError(m, log, sum) + logTail) + 0.0;
    }

    public static double[] jacobianVectorProduct(double[] logits, double[] vector) {
        Checks.notEmpty(logits);
        Checks.sameLength(vector, "vector", logits);
        double[] product = new double[logits.length];
        jacobianVectorInto(logits, vector, product);
        return product;
    }

    public static void jacobianVectorProduct(double[] logits, double[] vector, double[] product) {
        Checks.notEmpty(logits);
        Checks.sameLength(vector, "vector", logits);
        Checks.sameLength(product, "product", logits);
        jacobianVectorInto(logits, vector, product);
    }

    private static void jacobianVectorInto(double[] z, double[] v, double[] product) {
        double[] p = softmax(z);
        // p_i sum over j of p_j (v_i - v_j)
        double mean = 0;
        double meanTail = 0;
        double mass = 0;
        double massTail = 0;
        for (int i = 0; i < p.length; i++) {
            double term = 0.25 * v[i] * p[i];
            double next = mean + term;
            meanTail += Exact.sumError(mean, term, next) + Exact.productError(0.25 * v[i], p[i], term);
            mean = next;
            next = mass + p[i];
            massTail += Exact.sumError(mass, p[i], next);
            mass = next;
        }
        double head = mean / (mass + massTail);
        double headTail = (Math.fma(-head, mass, mean) + (meanTail - head * massTail)) / mass;
        for (int i = 0; i < p.length; i++) {
            double quarter = 0.25 * v[i];
            double difference = quarter - head;
            double differenceTail = Exact.sumError(quarter, -head, difference) - headTail;
            product[i] = 4 * Math.fma(p[i], difference, p[i] * differenceTail) + 0.0;
        }
    }

    private static boolean isFinite(double x) {
        return Math.abs(x) <= Double.MAX_VALUE;
    }

    private static Exponentials scratch(double[] logits) {
        return logits.length <= Exponentials.SHORT ? null : new Exponentials(logits.length);
    }

    private void checkLabel(double[] logits, int label) {
        Checks.notEmpty(logits);
        rule.checkClasses(logits.length);
        Checks.label(label, logits.length, Checks.NO_ROW);
    }

    private void checkTarget(double[] logits, double[] target) {
        Checks.notEmpty(logits);
        rule.checkClasses(logits.length);
        Checks.sameLength(target, "target", logits);
        Checks.masses(target, 0, target.length, Checks.NO_ROW);
    }

    @Override
    void checkColumns(int columns) {
        rule.checkClasses(columns);
    }

    @Override
    void checkRow(double[] prediction, int from, int columns, int label, double[] target, int at, int row) {
        if (target == null) {
            Checks.label(label, columns, row);
        } else {
            Checks.masses(target, at, columns, row);
        }
    }

    @Override
    double mass(int label, double[] target, int at, int columns) {
        return target == null ? rule.mass(label) : rule.mass(target, at, columns);
    }

    /** Whether rows of labels may be computed side by side. */
    boolean isPlain() {
        return temperature == 1 && rule == TargetRule.PLAIN;
    }

    @Override
    double row(
            double[] z,
            int from,
            int n,
            int label,
            double[] target,
            int at,
            double scale,
            double scaleTail,
            double[] gradient,
            int to,
            Exponentials scratch) {
        int k = n <= Exponentials.SHORT ? 0 : scratch.argmax(z, from, n);
        double m = n <= Exponentials.SHORT ? Exponentials.max(z, from, n) : z[from + k];
        double value = Double.NaN;
        if (isFinite(m)) {
            value = target == null && !rule.smooths()
                    ? labelRow(z, from, n, m, k, label, scale, scaleTail, gradient, to, scratch)
                    : targetRow(z, from, n, m, k, label, target, at, scale, scaleTail, gradient, to, scratch);
        }
        if (gradient != null && Double.isNaN(value)) {
            Arrays.fill(gradient, to, to + n, Double.NaN);
        }
        return value;
    }

    /** The loss w (log1p(rest) - x) of a label: all of a row's target weight w stands at the label, whose log-ratio is x. */
    private double labelRow(
            double[] z, int from, int n, double m, int k, int label,
            double scale, double scaleTail, double[] gradient, int to, Exponentials scratch) {
        double w = rule.weight(label);
        double x = Exponentials.logRatio(z[from + label], m, temperature);
        double xTail = Exponentials.logRatioTail(z[from + label], m, temperature);
        double rest = 0;
        double restTail = 0;
        if (n <= Exponentials.SHORT) {
            double half = Exponentials.halfTemperature(temperature, m);
            double floor = Exponentials.floor(m, half);
            double sum = 0;
            double sumTail = 0;
            double sumRest = 0;
            for (int i = 0; i < n; i++) {
                double argument = Exponentials.argument(z[from + i], m, half, floor);
                double argumentTail = Exponentials.argumentTail(z[from + i], m, half, floor);
                double e = ExpLog.exp(argument, argumentTail);
                double next = sum + e;
                double dropped = Exact.sumError(sum, e, next);
                double nextTail = sumTail + dropped;
                sumRest += Exact.sumError(sumTail, dropped, nextTail) + ExpLog.expError(argument, argumentTail);
                sum = next;
                sumTail = nextTail;
                if (gradient != null) {
                    gradient[to + i] = e;
                }
            }
            rest = Exponentials.restHead(sum, sumTail, sumRest);
            restTail = Exponentials.restTail(sum, sumTail, sumRest);
        } else {
            scratch.compute(z, from, n, k, temperature, gradient, to);
            rest = scratch.rest;
            restTail = scratch.restTail;
        }
        if (gradient != null) {
            labelGradient(n, label, w, rest, restTail, scale, scaleTail, gradient, to);
        }
        if (w == 0) {
            return 0 * rest;
        }
        if (x == Double.NEGATIVE_INFINITY) {
            return Double.isNaN(rest) ? rest : Double.POSITIVE_INFINITY;
        }
        double dot = w * x;
        double dotTail = Exact.productError(w, x, dot) + w * xTail;
        return value(w, 0, dot, dotTail, rest, restTail, rule.scaleExponent(1));
    }

    /** From the scaled exponentials, in place, to the gradient: w e_i / S, and -w (S - e) / S at the label. */
    private void labelGradient(
            int n, int label, double w, double rest, double restTail,
            double scale, double scaleTail, double[] gradient, int to) {
        Scaling scaling = scaling(scale, scaleTail, rule.scaleExponent(1));
        double sum = 1 + rest * ExpLog.UNSCALE;
        double sumTail = sumTail(rest, restTail, sum);
        double c = scaling.factor(sum);
        double cTail = scaling.factorTail(sum, sumTail);
        double e = gradient[to + label];
        multiply(gradient, to, n, w, c, cTail);
        gradient[to + label] = entry(e, w, 0, w, 0, rest, restTail, c, cTail);
        scaling.finish(gradient, to, n);
    }

    private static void multiply(double[] e, int from, int n, double w, double c, double cTail) {
        if (w == 1) {
            multiply(e, from, n, c, cTail);
            return;
        }
        for (int i = from; i < from + n; i++) {
            double product = e[i] * w;
            double productTail = Exact.productError(e[i], w, product);
            e[i] = Math.fma(product, c, Math.fma(product, cTail, productTail * c));
        }
    }

    Scaling scaling(double scale, double scaleTail, int exponent) {
        return new Scaling(scale, scaleTail, temperature, exponent);
    }

    /**
     * Gradients are (what was summed) * scale / (T S), where the sums are in units of 2^900 and the options may have taken
     * out a power of two: this is that factor, without overflow or underflow on the way.
     */
    static final class Scaling {

        private final double quotient;
        private final double quotientTail;
        private final double powerInside;
        private final int powerOutside;

        private Scaling(double scale, double scaleTail, double temperature, int exponent) {
            int scaleExponent = Math.getExponent(scale);
            int temperatureExponent = Math.getExponent(temperature);
            double t = Math.scalb(temperature, -temperatureExponent);
            double s = Math.scalb(scale, -scaleExponent);
            quotient = s / t;
            quotientTail = (Math.fma(-quotient, t, s) + Math.scalb(scaleTail, -scaleExponent)) / t;
            int power = scaleExponent - temperatureExponent + exponent - ExpLog.TOP_EXPONENT;
            int inside = Math.max(-940, Math.min(power, 900)); // the tail of the factor must stay a normal number
            powerInside = Math.scalb(1.0, inside);
            powerOutside = power - inside;
        }

        /** Whether the factor is all there is, so that {@link #finish} has nothing to do. */
        boolean isWhole() {
            return powerOutside == 0;
        }

        double factor(double sum) {
            return quotient * (1 / sum) * powerInside;
        }

        double factorTail(double sum, double sumTail) {
            double reciprocal = 1 / sum;
            double tail = Exact.productError(quotient, reciprocal, quotient * reciprocal)
                    + (quotient * reciprocalTail(sum, sumTail, reciprocal) + quotientTail * reciprocal);
            return tail * powerInside;
        }

        void finish(double[] gradient, int from, int n) {
            if (powerOutside != 0) {
                for (int i = from; i < from + n; i++) {
                    gradient[i] = Math.scalb(gradient[i], powerOutside) + 0.0;
                }
            }
        }
    }

    /** (e (Q - t) - t (S - e)) c: the gradient at a class of exponential e and target weight t, from what was summed. */
    static double entry(
            double e, double t, double tTail, double total, double totalTail, double rest, double restTail, double c, double cTail) {
        double others = total - t;
        double othersTail = Exact.sumError(total, -t, others) + (totalTail - tTail);
        double a = e * others;
        double aTail = Exact.productError(e, others, a) + e * othersTail;
        double gap = ExpLog.TOP - e;
        double gapTail = Exact.fastSumError(ExpLog.TOP, -e, gap);
        double r = gap + rest;
        double rTail = Exact.sumError(gap, rest, r) + (gapTail + restTail);
        double b = t * r;
        double bTail = Exact.productError(t, r, b) + (t * rTail + tTail * r);
        double g = a - b;
        double gTail = Exact.sumError(a, -b, g) + (aTail - bTail);
        return Math.fma(g, c, Math.fma(g, cTail, gTail * c)) + 0.0;
    }

    private double targetRow(
            double[] z, int from, int n, double m, int k, int label, double[] target, int at,
            double scale, double scaleTail, double[] gradient, int to, Exponentials scratch) {
        // The target's weights t_i: their sum Q, and the dot product with the log-ratios x_i = (z_i - m) / T.
        double largest = target == null ? 1 : TargetRule.largest(target, at, n);
        double targetScale = TargetRule.targetScale(largest);
        int exponent = rule.scaleExponent(largest);
        double share = 0;
        double shareTail = 0;
        if (rule.smooths()) {
            double q = 0;
            double qTail = 0;
            int classes = 0;
            for (int i = 0; i < n; i++) {
                double mass = targetMass(label, target, at, i, targetScale);
                double next = q + mass;
                qTail += Exact.sumError(q, mass, next);
                q = next;
                classes += z[from + i] > Double.NEGATIVE_INFINITY ? 1 : 0;
            }
            share = rule.share(q, classes);
            shareTail = rule.shareTail(q, qTail, classes);
        }
        double total = 0;
        double totalTail = 0;
        double dot = 0;
        double dotTail = 0;
        boolean excluded = false;
        boolean impossible = false;
        for (int i = 0; i < n; i++) {
            double q = targetMass(label, target, at, i, targetScale);
            boolean out = z[from + i] == Double.NEGATIVE_INFINITY;
            excluded |= out;
            double t = rule.head(i, q, out ? 0 : share, out ? 0 : shareTail);
            if (t == 0) {
                continue;
            }
            double tTail = rule.tail(i, q, out ? 0 : share, out ? 0 : shareTail);
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
            dotTail += Exact.sumError(dot, term, next)
                    + (Exact.productError(t, x, term) + (t * xTail + tTail * x));
            dot = next;
        }

        double rest = 0;
        double restTail = 0;
        if (n <= Exponentials.SHORT) {
            double half = Exponentials.halfTemperature(temperature, m);
            double floor = Exponentials.floor(m, half);
            double sum = 0;
            double sumTail = 0;
            double sumRest = 0;
            for (int i = 0; i < n; i++) {
                double logit = z[from + i];
                double x = Exponentials.argument(logit, m, half, floor);
                double xTail = Exponentials.argumentTail(logit, m, half, floor);
                double e = ExpLog.exp(x, xTail);
                double next = sum + e;
                double dropped = Exact.sumError(sum, e, next);
                double nextTail = sumTail + dropped;
                sumRest += Exact.sumError(sumTail, dropped, nextTail) + ExpLog.expError(x, xTail);
                sum = next;
                sumTail = nextTail;
                if (gradient != null) {
                    gradient[to + i] = excluded && logit == Double.NEGATIVE_INFINITY ? -1 : e;
                }
            }
            rest = Exponentials.restHead(sum, sumTail, sumRest);
            restTail = Exponentials.restTail(sum, sumTail, sumRest);
        } else {
            boolean[] out = null;
            if (excluded && gradient != null) {
                out = new boolean[n];
                for (int i = 0; i < n; i++) {
                    out[i] = z[from + i] == Double.NEGATIVE_INFINITY;
                }
            }
            scratch.compute(z, from, n, k, temperature, gradient, to);
            rest = scratch.rest;
            restTail = scratch.restTail;
            if (out != null) {
                for (int i = 0; i < n; i++) {
                    if (out[i]) {
                        gradient[to + i] = -1;
                    }
                }
            }
        }
        if (gradient != null) {
            writeGradient(n, label, target, at, targetScale, share, shareTail, total, totalTail, rest, restTail, scale, scaleTail, exponent, gradient, to);
        }
        if (Double.isNaN(rest)) {
            return rest;
        }
        if (impossible) {
            return Double.POSITIVE_INFINITY;
        }
        return value(total, totalTail, dot, dotTail, rest, restTail, exponent);
    }

    private void writeGradient(int n, int label, double[] target, int at, double targetScale, double share, double shareTail,
            double total, double totalTail, double rest, double restTail, double scale, double scaleTail, int exponent, double[] gradient, int to) {
        double sum = 1 + rest * ExpLog.UNSCALE;
        double sumTail = sumTail(rest, restTail, sum);
        Scaling scaling = scaling(scale, scaleTail, exponent);
        double c = scaling.factor(sum);
        double cTail = scaling.factorTail(sum, sumTail);
        for (int i = 0; i < n; i++) {
            double e = gradient[to + i];
            boolean out = e < 0;
            if (out) {
                e = 0;
            }
            double q = targetMass(label, target, at, i, targetScale);
            double t = rule.head(i, q, out ? 0 : share, out ? 0 : shareTail);
            double tTail = t == 0 ? 0 : rule.tail(i, q, out ? 0 : share, out ? 0 : shareTail);
            gradient[to + i] = entry(e, t, tTail, total, totalTail, rest, restTail, c, cTail);
        }
        scaling.finish(gradient, to, n);
    }

    /** Q log1p(rest) - sum of t_i x_i, both of them not negative. */
    private static double value(
            double total, double totalTail, double dot, double dotTail, double rest, double restTail, int exponent) {
        if (dot == 0 && rest < 0x1p300) { // log1p(r) = r here, and r may be far below the double range
            double small = total * rest + (total * restTail + totalTail * rest);
            return Math.scalb(small, exponent - ExpLog.TOP_EXPONENT) + 0.0;
        }
        double log = ExpLog.log1pHead(rest * ExpLog.UNSCALE);
        double logTail = ExpLog.log1pTail(rest * ExpLog.UNSCALE, restTail * ExpLog.UNSCALE);
        double product = total * log;
        double productTail = Exact.productError(total, log, product) + (total * logTail + totalTail * log);
        double sum = product - dot;
        double value = sum + (Exact.sumError(product, -dot, sum) + (productTail - dotTail));
        return value > Double.MAX_VALUE ? Double.POSITIVE_INFINITY : Math.scalb(value, exponent) + 0.0;
    }

    private static double targetMass(int label, double[] target, int at, int i, double scale) {
        return target == null ? (i == label ? 1 : 0) : target[at + i] * scale;
    }
}
