package io.github.plainjava.losses;

/**
 * The cross-entropy of one row whose probabilities, target or options are of extreme size: the formulas of
 * {@link CrossEntropyRow} in {@link Wide} numbers, as they stand.
 */
final class WideCrossEntropyRow {

    private final double floor;
    private final double excluded;
    private final TargetRule rule;

    WideCrossEntropyRow(double floor, TargetRule rule) {
        this.floor = floor;
        this.excluded = CrossEntropyRow.excluded(floor);
        this.rule = rule;
    }

    /** The value of a row without NaN. */
    double value(double[] p, double[] target, int from, int n, int label) {
        Wide[] t = rule.weights(p, excluded, target, from, n, label);
        Wide sum = Wide.ZERO;
        for (int i = 0; i < n; i++) {
            double probability = Math.min(p[from + i], 1);
            if (!t[i].isZero()) {
                if (Math.max(probability, floor) == 0) {
                    return Double.POSITIVE_INFINITY;
                }
                sum = sum.plus(t[i].times(information(probability)));
            }
        }
        return sum.toDouble();
    }

    private Wide information(double p) {
        double base = Math.max(p, floor);
        Wide atBase = Wide.of(DoubleDouble.ofSum(-Log.logHead(base), -Log.logTail(base)));
        return p >= floor ? atBase : atBase.plus(Wide.ONE.minus(Wide.of(p).over(Wide.of(floor))));
    }

    /** Writes the gradient times weight / divisor. */
    void gradient(
            double[] p,
            double[] target,
            int from,
            int n,
            int label,
            double weight,
            Divisor divisor,
            double[] gradient) {
        Wide[] t = rule.weights(p, excluded, target, from, n, label);
        Wide scale = divisor.scale(weight);
        for (int i = 0; i < n; i++) {
            double base = Math.max(Math.min(p[from + i], 1), floor);
            if (t[i].isZero()) {
                gradient[from + i] = 0;
            } else if (base == 0) {
                gradient[from + i] = Double.NEGATIVE_INFINITY;
            } else {
                gradient[from + i] = t[i].times(scale).over(Wide.of(base)).negated().toDouble();
            }
        }
    }
}
