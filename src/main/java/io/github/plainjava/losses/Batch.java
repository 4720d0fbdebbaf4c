package io.github.plainjava.losses;

import java.util.Arrays;
import java.util.Objects;

/**
 * A loss over rows laid end to end.
 */
public final class Batch implements LossFunction {

    private static final long serialVersionUID = 1;

    private final LossFunction loss;
    private final int columns;
    private final double[] sampleWeights;
    private final boolean ignores;
    private final int ignored;
    private final boolean summed;
    private final boolean parallel;

    private Batch(LossFunction loss, int columns, double[] sampleWeights, boolean ignores, int ignored, boolean summed, boolean parallel) {
        this.loss = loss;
        this.columns = columns;
        this.sampleWeights = sampleWeights;
        this.ignores = ignores;
        this.ignored = ignored;
        this.summed = summed;
        this.parallel = parallel;
    }

    public static Batch of(LossFunction loss, int columns) {
        Objects.requireNonNull(loss, "loss");
        if (columns < 1) {
            throw new IllegalArgumentException("columns = " + columns + " is less than 1");
        }
        if (loss instanceof RowLoss rowLoss) {
            rowLoss.checkColumns(columns);
        }
        return new Batch(loss, columns, null, false, 0, false, false);
    }

    public Batch weightedBy(double[] newWeights) {
        return new Batch(loss, columns, Checks.weights(newWeights, "sampleWeights"), ignores, ignored, summed, parallel);
    }

    public Batch ignoring(int label) {
        return new Batch(loss, columns, sampleWeights, true, label, summed, parallel);
    }

    public Batch summed() {
        return new Batch(loss, columns, sampleWeights, ignores, ignored, true, parallel);
    }

    public Batch parallel() {
        return new Batch(loss, columns, sampleWeights, ignores, ignored, summed, true);
    }

    @Override
    public double value(double[] predictions, double[] targets) {
        int rows = checkTargets(predictions, targets);
        return reduce(run(predictions, null, targets, rows, null, 0, 0, null));
    }

    public double value(double[] predictions, int[] labels) {
        int rows = checkLabels(predictions, labels);
        return reduce(run(predictions, labels, null, rows, null, 0, 0, null));
    }

    @Override
    public double valueAndGradient(double[] predictions, double[] targets, double[] gradient) {
        int rows = checkTargets(predictions, targets);
        checkGradient(gradient, predictions);
        Checks.notTarget(gradient, targets);
        return gradientRun(predictions, null, targets, rows, gradient);
    }

    public double valueAndGradient(double[] predictions, int[] labels, double[] gradient) {
        int rows = checkLabels(predictions, labels);
        checkGradient(gradient, predictions);
        return gradientRun(predictions, labels, null, rows, gradient);
    }

    @Override
    public double[] gradient(double[] predictions, double[] targets) {
        Objects.requireNonNull(predictions, "predictions");
        double[] gradient = new double[predictions.length];
        valueAndGradient(predictions, targets, gradient);
        return gradient;
    }

    public double[] gradient(double[] predictions, int[] labels) {
        Objects.requireNonNull(predictions, "predictions");
        double[] gradient = new double[predictions.length];
        valueAndGradient(predictions, labels, gradient);
        return gradient;
    }

    public double[] perRow(double[] predictions, double[] targets) {
        double[] each = new double[checkTargets(predictions, targets)];
        run(predictions, null, targets, each.length, null, 0, 0, each);
        return each;
    }

    public double[] perRow(double[] predictions, int[] labels) {
        double[] each = new double[checkLabels(predictions, labels)];
        run(predictions, labels, null, each.length, null, 0, 0, each);
        return each;
    }

    public LossMean lossMean(double[] predictions, double[] targets) {
        return run(predictions, null, targets, checkTargets(predictions, targets), null, 0, 0, null);
    }

    public LossMean lossMean(double[] predictions, int[] labels) {
        return run(predictions, labels, null, checkLabels(predictions, labels), null, 0, 0, null);
    }

    private double reduce(LossMean mean) {
        return summed ? mean.sum() : mean.mean();
    }

    private double gradientRun(double[] predictions, int[] labels, double[] targets, int rows, double[] gradient) {
        double divisor = 1;
        if (!summed) {
            ExactSum total = new ExactSum();
            for (int r = 0; r < rows; r++) {
                total.addProduct(sampleWeight(labels, r), mass(labels, targets, r));
            }
            divisor = total.toDouble();
        }
        return reduce(run(predictions, labels, targets, rows, gradient, divisor, 0, null));
    }

    private double sampleWeight(int[] labels, int r) {
        if (ignores && labels != null && labels[r] == ignored) {
            return 0;
        }
        return sampleWeights == null ? 1 : sampleWeights[r];
    }

    private double mass(int[] labels, double[] targets, int r) {
        if (ignores && labels != null && labels[r] == ignored) {
            return 0;
        }
        if (loss instanceof RowLoss rowLoss) {
            return rowLoss.mass(labels == null ? RowLoss.NO_LABEL : labels[r], targets, r * columns, columns);
        }
        return labels == null
                ? loss.weight(Arrays.copyOfRange(targets, r * columns, (r + 1) * columns))
                : ((ClassificationLoss) loss).weight(labels[r]);
    }

    private LossMean run(double[] predictions, int[] labels, double[] targets, int rows, double[] gradient, double divisor, int unused, double[] each) {
        LossMean total = new LossMean();
        Exponentials scratch = new Exponentials(columns);
        double[] rowPrediction = new double[loss instanceof RowLoss ? 0 : columns];
        double[] rowTarget = new double[loss instanceof RowLoss || labels != null ? 0 : columns];
        for (int r = 0; r < rows; r++) {
            int from = r * columns;
            double weight = sampleWeight(labels, r);
            double mass = mass(labels, targets, r);
            if (weight == 0 || mass == 0) {
                if (gradient != null) {
                    Arrays.fill(gradient, from, from + columns, 0);
                }
                continue;
            }
            double scale = weight;
            double scaleTail = 0;
            if (gradient != null) {
                scale = weight / divisor;
                scaleTail = Math.fma(-scale, divisor, weight) / divisor;
            }
            double value;
            int label = labels == null ? RowLoss.NO_LABEL : labels[r];
            if (loss instanceof RowLoss rowLoss) {
                value = rowLoss.row(predictions, from, columns, label, targets, from, scale, scaleTail, gradient, from, scratch);
            } else {
                System.arraycopy(predictions, from, rowPrediction, 0, columns);
                double[] g = new double[columns];
                if (labels == null) {
                    System.arraycopy(targets, from, rowTarget, 0, columns);
                    value = gradient == null ? loss.value(rowPrediction, rowTarget) : loss.valueAndGradient(rowPrediction, rowTarget, g);
                } else {
                    ClassificationLoss c = (ClassificationLoss) loss;
                    value = gradient == null ? c.value(rowPrediction, label) : c.valueAndGradient(rowPrediction, label, g);
                }
                if (gradient != null) {
                    for (int i = 0; i < columns; i++) {
                        gradient[from + i] = Math.fma(g[i], scale, g[i] * scaleTail) + 0.0;
                    }
                }
            }
            total.accept(value, weight, mass);
            if (each != null) {
                each[r] = value * weight;
            }
        }
        return total;
    }

    private int rows(double[] predictions) {
        Objects.requireNonNull(predictions, "predictions");
        if (predictions.length % columns != 0) {
            throw new IllegalArgumentException(
                    "predictions have " + predictions.length + " values, not a whole number of rows of " + columns);
        }
        int rows = predictions.length / columns;
        return rows;
    }

    private void checkWeights(int rows) {
        if (sampleWeights != null && sampleWeights.length != rows) {
            throw new IllegalArgumentException(
                    "sampleWeights has " + sampleWeights.length + " values, predictions have " + rows + " rows");
        }
    }

    private int checkTargets(double[] predictions, double[] targets) {
        int rows = rows(predictions);
        Objects.requireNonNull(targets, "targets");
        if (targets.length != predictions.length) {
            throw new IllegalArgumentException(
                    "targets have " + targets.length + " values, predictions have " + predictions.length);
        }
        checkWeights(rows);
        if (loss instanceof RowLoss rowLoss) {
            for (int r = 0; r < rows; r++) {
                if (sampleWeight(null, r) != 0) {
                    rowLoss.checkRow(predictions, r * columns, columns, RowLoss.NO_LABEL, targets, r * columns, r);
                }
            }
        }
        return rows;
    }

    private int checkLabels(double[] predictions, int[] labels) {
        if (!(loss instanceof ClassificationLoss)) {
            throw new IllegalArgumentException(
                    loss.getClass().getSimpleName() + " takes targets, not labels: it is not a ClassificationLoss");
        }
        int rows = rows(predictions);
        Objects.requireNonNull(labels, "labels");
        if (labels.length != rows) {
            throw new IllegalArgumentException("labels has " + labels.length + " values, predictions have " + rows + " rows");
        }
        checkWeights(rows);
        for (int r = 0; r < rows; r++) {
            if (!(ignores && labels[r] == ignored)) {
                Checks.label(labels[r], columns, r);
                if (sampleWeight(labels, r) != 0 && loss instanceof RowLoss rowLoss) {
                    rowLoss.checkRow(predictions, r * columns, columns, labels[r], null, 0, r);
                }
            }
        }
        return rows;
    }

    private static void checkGradient(double[] gradient, double[] predictions) {
        Objects.requireNonNull(gradient, "gradient");
        if (gradient.length != predictions.length) {
            throw new IllegalArgumentException(
                    "gradient has " + gradient.length + " values, predictions have " + predictions.length);
        }
    }
}
