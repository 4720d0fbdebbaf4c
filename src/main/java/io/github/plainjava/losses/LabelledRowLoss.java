package io.github.plainjava.losses;

import java.util.Objects;

/** What the two classification losses share: labels beside targets, class weights and label smoothing. */
abstract class LabelledRowLoss extends RowLoss implements ClassificationLoss {

    private static final long serialVersionUID = 1;

    /** Class weights and label smoothing, from the options. */
    abstract TargetRule rule();

    /** The value of a row that stands alone, once it has been checked. */
    final double checkedValue(double[] prediction, int label) {
        check(prediction, label);
        return row(false, prediction, null, 0, prediction.length, label, 1, Divisor.ONE, null, Scratch.ofThread());
    }

    /** The same, with the gradient. */
    final double checkedValueAndGradient(double[] prediction, int label, double[] gradient) {
        check(prediction, label);
        Checks.sameLength(gradient, "gradient", prediction, predictionName());
        return row(false, prediction, null, 0, prediction.length, label, 1, Divisor.ONE, gradient, Scratch.ofThread());
    }

    /** The gradient, in a new array. */
    final double[] checkedGradient(double[] prediction, int label) {
        Objects.requireNonNull(prediction, predictionName());
        double[] gradient = new double[prediction.length];
        checkedValueAndGradient(prediction, label, gradient);
        return gradient;
    }

    private void check(double[] prediction, int label) {
        Checks.notEmpty(prediction, predictionName());
        checkClasses(prediction.length);
        checkRow(prediction, null, 0, prediction.length, label, Checks.NO_ROW);
    }

    /** What a row with this label weighs in a mean. */
    final double checkedWeight(int label) {
        rule().checkLabel(label);
        return rule().weight(label);
    }

    /** What a row with this target weighs in a mean. */
    final double checkedWeight(double[] target) {
        Objects.requireNonNull(target, "target");
        rule().checkClasses(target.length, "target");
        return rule().mass(target, 0, target.length);
    }

    @Override
    final void checkClasses(int classes) {
        rule().checkClasses(classes, predictionName());
    }

    @Override
    final void checkColumns(int columns) {
        Checks.classWeightsOfRows(rule().classWeights(), columns);
    }

    @Override
    final double checkedMass(double[] prediction, double[] target, int from, int columns, int label, int row) {
        if (target == null) {
            return super.checkedMass(prediction, null, from, columns, label, row);
        }
        checkPrediction(prediction, from, columns, row);
        return rule().checkedMass(target, from, columns, row);
    }

    @Override
    final void checkRow(double[] prediction, double[] target, int from, int columns, int label, int row) {
        checkPrediction(prediction, from, columns, row);
        if (target == null) {
            Checks.label(label, columns, row);
        } else {
            Checks.masses(target, from, columns, row);
        }
    }

    abstract void checkPrediction(double[] prediction, int from, int columns, int row);

    @Override
    final boolean weighsOne(int[] labels) {
        return labels != null && rule().classWeights() == null;
    }

    @Override
    final double mass(double[] target, int from, int columns, int label) {
        return target == null ? rule().weight(label) : rule().mass(target, from, columns);
    }
}
