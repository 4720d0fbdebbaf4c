package io.github.plainjava.losses;

import java.util.Objects;

/** What the two classification losses share: labels beside targets, class weights and label smoothing. */
abstract class LabelledRowLoss extends RowLoss implements ClassificationLoss {

    private static final long serialVersionUID = 1;

    /** Class weights and label smoothing, from the options. */
    abstract TargetRule rule();

    @Override
    public double value(double[] prediction, int label) {
        check(prediction, label);
        return row(false, prediction, null, 0, prediction.length, label, 1, Divisor.ONE, null, Scratch.ofThread());
    }

    @Override
    public double valueAndGradient(double[] prediction, int label, double[] gradient) {
        check(prediction, label);
        Checks.sameLength(gradient, "gradient", prediction, "prediction");
        return row(false, prediction, null, 0, prediction.length, label, 1, Divisor.ONE, gradient, Scratch.ofThread());
    }

    private void check(double[] prediction, int label) {
        Checks.notEmpty(prediction, "prediction");
        checkColumns(prediction.length);
        checkRow(prediction, null, 0, prediction.length, label, Checks.NO_ROW);
    }

    /**
     * The class weight of the label, 1 without class weights.
     *
     * @param label the number of the true class
     * @return w_label
     */
    @Override
    public double weight(int label) {
        rule().checkLabel(label);
        return rule().weight(label);
    }

    /**
     * The sum over the classes of class weight times target mass, before smoothing.
     *
     * @param target the target of one row
     * @return the sum of w_i q_i
     */
    @Override
    public double weight(double[] target) {
        Objects.requireNonNull(target, "target");
        rule().checkClasses(target.length, "target");
        return rule().mass(target, 0, target.length);
    }

    @Override
    final void checkColumns(int columns) {
        rule().checkClasses(columns, "prediction");
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
