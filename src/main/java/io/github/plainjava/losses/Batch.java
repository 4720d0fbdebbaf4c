package io.github.plainjava.losses;

import java.util.Objects;

/**
 * A loss over rows laid end to end.
 */
public final class Batch implements LossFunction {

    private static final long serialVersionUID = 1;

    private final LossFunction loss;
    private final int columns;
    private final double[] sampleWeights;
    private final Integer ignored;
    private final boolean summed;
    private final boolean parallel;

    private Batch(
            LossFunction loss, int columns, double[] sampleWeights, Integer ignored, boolean summed, boolean parallel) {
        this.loss = loss;
        this.columns = columns;
        this.sampleWeights = sampleWeights;
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
        return new Batch(loss, columns, null, null, false, false);
    }

    public Batch weightedBy(double[] newWeights) {
        return new Batch(loss, columns, Checks.weights(newWeights, "sampleWeights"), ignored, summed, parallel);
    }

    public Batch ignoring(int label) {
        return new Batch(loss, columns, sampleWeights, label, summed, parallel);
    }

    public Batch summed() {
        return new Batch(loss, columns, sampleWeights, ignored, true, parallel);
    }

    public Batch parallel() {
        return new Batch(loss, columns, sampleWeights, ignored, summed, true);
    }

    @Override
    public double value(double[] predictions, double[] targets) {
        return reduced(lossMean(predictions, targets));
    }

    public double value(double[] predictions, int[] labels) {
        return reduced(lossMean(predictions, labels));
    }

    @Override
    public double valueAndGradient(double[] predictions, double[] targets, double[] gradient) {
        BatchRun run = run(predictions, targets);
        Checks.sameLength(gradient, "gradient", predictions, "predictions");
        Checks.notTarget(gradient, targets);
        return valueAndGradient(run, gradient);
    }

    public double valueAndGradient(double[] predictions, int[] labels, double[] gradient) {
        BatchRun run = run(predictions, labels);
        Checks.sameLength(gradient, "gradient", predictions, "predictions");
        return valueAndGradient(run, gradient);
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
        return perRow(run(predictions, targets), predictions);
    }

    public double[] perRow(double[] predictions, int[] labels) {
        return perRow(run(predictions, labels), predictions);
    }

    public LossMean lossMean(double[] predictions, double[] targets) {
        return run(predictions, targets).compute(null, 1, null, parallel);
    }

    public LossMean lossMean(double[] predictions, int[] labels) {
        return run(predictions, labels).compute(null, 1, null, parallel);
    }

    private BatchRun run(double[] predictions, double[] targets) {
        return BatchRun.ofTargets(loss, columns, sampleWeights, predictions, targets);
    }

    private BatchRun run(double[] predictions, int[] labels) {
        return BatchRun.ofLabels(loss, columns, sampleWeights, ignored, predictions, labels);
    }

    private double reduced(LossMean mean) {
        return summed ? mean.sum() : mean.mean();
    }

    private double valueAndGradient(BatchRun run, double[] gradient) {
        return reduced(run.compute(gradient, summed ? 1 : run.totalWeight(), null, parallel));
    }

    private double[] perRow(BatchRun run, double[] predictions) {
        double[] losses = new double[predictions.length / columns];
        run.compute(null, 1, losses, parallel);
        return losses;
    }

    @Override
    public String toString() {
        return "Batch of rows of " + columns;
    }
}
