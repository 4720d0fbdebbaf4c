package io.github.plainjava.losses;

import java.util.Arrays;
import java.util.Objects;

/**
 * Cross-entropy on probabilities.
 */
public final class CrossEntropy extends RowLoss implements ClassificationLoss {

    private static final long serialVersionUID = 1;

    private final double floor;
    private final TargetRule rule;

    /** No floor, no label smoothing, no class weights. */
    public CrossEntropy() {
        this(0, TargetRule.PLAIN);
    }

    private CrossEntropy(double floor, TargetRule rule) {
        this.floor = floor;
        this.rule = rule;
    }

    public CrossEntropy withFloor(double newFloor) {
        if (!(newFloor > 0 && newFloor <= 1)) {
            throw new IllegalArgumentException("floor = " + newFloor + " is not above 0 and at most 1");
        }
        return new CrossEntropy(newFloor, rule);
    }

    public CrossEntropy withLabelSmoothing(double smoothing) {
        return new CrossEntropy(floor, rule.withSmoothing(smoothing));
    }

    public CrossEntropy withClassWeights(double... weights) {
        return new CrossEntropy(floor, rule.withClassWeights(weights));
    }

    @Override
    public double value(double[] prediction, int label) {
        checkLabel(prediction, label);
        return row(prediction, 0, prediction.length, label, null, 0, 1, 0, null, 0, null);
    }

    @Override
    public double valueAndGradient(double[] prediction, int label, double[] gradient) {
        checkLabel(prediction, label);
        Checks.gradient(gradient, prediction);
        return row(prediction, 0, prediction.length, label, null, 0, 1, 0, gradient, 0, null);
    }

    @Override
    public double value(double[] prediction, double[] target) {
        checkTarget(prediction, target);
        return row(prediction, 0, prediction.length, NO_LABEL, target, 0, 1, 0, null, 0, null);
    }

    @Override
    public double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
        checkTarget(prediction, target);
        Checks.gradient(gradient, prediction);
        Checks.notTarget(gradient, target);
        return row(prediction, 0, prediction.length, NO_LABEL, target, 0, 1, 0, gradient, 0, null);
    }

    @Override
    public double weight(int label) {
        return rule.weight(label);
    }

    @Override
    public double weight(double[] target) {
        Objects.requireNonNull(target, "target");
        return rule.mass(target, 0, target.length);
    }

    private void checkLabel(double[] prediction, int label) {
        Checks.notEmpty(prediction);
        checkColumns(prediction.length);
        checkRow(prediction, 0, prediction.length, label, null, 0, Checks.NO_ROW);
    }

    private void checkTarget(double[] prediction, double[] target) {
        Checks.notEmpty(prediction);
        checkColumns(prediction.length);
        Checks.sameLength(target, "target", prediction);
        checkRow(prediction, 0, prediction.length, NO_LABEL, target, 0, Checks.NO_ROW);
    }

    @Override
    void checkColumns(int columns) {
        rule.checkClasses(columns);
    }

    @Override
    void checkRow(double[] prediction, int from, int columns, int label, double[] target, int at, int row) {
        Checks.probabilities(prediction, from, columns, row);
        if (target == null) {
            Checks.label(label, columns, row);
        } else {
            Checks.masses(target, at, columns, row);
        }
    }

    @Override
    double mass(int label, double[] target, int at, int columns) {
        return target == null ? rule.weight(label) : rule.mass(target, at, columns);
    }

    @Override
    double row(
            double[] p,
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
        for (int i = 0; i < n; i++) {
            if (Double.isNaN(p[from + i])) {
                if (gradient != null) {
                    Arrays.fill(gradient, to, to + n, Double.NaN);
                }
                return Double.NaN;
            }
        }
        double largest = target == null ? 1 : TargetRule.largest(target, at, n);
        int exponent = Math.min(rule.exponent(largest), 0); // a large sum may overflow, a small one must lose no bits
        double targetScale = Math.scalb(1.0, -exponent);
        double share = 0;
        double shareTail = 0;
        if (rule.smooths()) {
            double q = 0;
            double qTail = 0;
            int classes = 0;
            for (int i = 0; i < n; i++) {
                double mass = mass(label, target, at, i, targetScale);
                double next = q + mass;
                qTail += Exact.sumError(q, mass, next);
                q = next;
                classes += isExcluded(p[from + i]) ? 0 : 1;
            }
            share = classes == 0 ? 0 : rule.share(q, classes);
            shareTail = classes == 0 ? 0 : rule.shareTail(q, qTail, classes);
        }
        double sum = 0;
        double sumTail = 0;
        for (int i = 0; i < n; i++) {
            double probability = Math.min(p[from + i], 1);
            boolean excluded = isExcluded(probability);
            double q = mass(label, target, at, i, targetScale);
            double t = rule.head(i, q, excluded ? 0 : share, excluded ? 0 : shareTail);
            double tTail = rule.tail(i, q, excluded ? 0 : share, excluded ? 0 : shareTail);
            if (gradient != null) {
                gradient[to + i] = t == 0 ? 0 : slope(t, tTail, probability, scale, scaleTail, exponent);
            }
            if (t == 0) {
                continue;
            }
            double log = information(probability);
            if (log == 0) {
                continue;
            }
            double logTail = informationTail(probability);
            double term = t * log;
            double next = sum + term;
            sumTail += Exact.sumError(sum, term, next)
                    + (Exact.productError(t, log, term) + (t * logTail + tTail * log));
            sum = next;
        }
        double value = sum + sumTail;
        return value <= Double.MAX_VALUE ? Math.scalb(value, exponent) + 0.0 : Double.POSITIVE_INFINITY;
    }

    private static double mass(int label, double[] target, int at, int i, double scale) {
        return target == null ? (i == label ? 1 : 0) : target[at + i] * scale;
    }

    private boolean isExcluded(double probability) {
        return probability == 0 && floor == 0;
    }

    /** -log p, on its tangent below the floor. */
    private double information(double p) {
        if (p >= floor) {
            return p == 0 ? Double.POSITIVE_INFINITY : -ExpLog.logHead(p);
        }
        return -ExpLog.logHead(floor);
    }

    private double informationTail(double p) {
        if (p >= floor) {
            return p == 0 ? 0 : -ExpLog.logTail(p);
        }
        return -ExpLog.logTail(floor) + (1 - p / floor);
    }

    /** -t / p, scaled. */
    private double slope(double t, double tTail, double p, double scale, double scaleTail, int exponent) {
        double divisor = Math.max(p, floor);
        int lift = divisor < 0x1p-900 ? 100 : 0;
        double lifted = Math.scalb(divisor, lift);
        double quotient = t / lifted;
        double quotientTail = (Math.fma(-quotient, lifted, t) + tTail) / lifted;
        double slope = Math.fma(quotient, scale, Math.fma(quotient, scaleTail, quotientTail * scale));
        if (divisor == 0) {
            return Double.NEGATIVE_INFINITY;
        }
        return -Math.scalb(slope, exponent + lift) + 0.0;
    }
}
