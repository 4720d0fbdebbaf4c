package io.github.plainjava.losses;

import java.util.Arrays;
import java.util.Objects;

/** What losses over classes share: labels beside targets, class weights and label smoothing. */
abstract class LabelledRowLoss extends RowLoss implements ClassificationLoss {

    private static final long serialVersionUID = 1;

    /** The part of a target that is spread evenly over the classes. */
    private final double labelSmoothing;
    /** One a class, or null. */
    private final double[] classWeights;
    /** What these options make of targets: made when first asked for, as whoever reads a loss may leave it out. */
    private transient Targets targets;

    LabelledRowLoss(Targets targets) {
        this.labelSmoothing = targets.smoothing;
        this.classWeights = targets.classWeights;
    }

    /** Class weights and label smoothing. Two threads may both make them; either will do. */
    final Targets targets() {
        Targets made = targets;
        if (made == null) {
            made = new Targets(labelSmoothing, classWeights);
            targets = made;
        }
        return made;
    }

    /** Whether the other has the same class weights and label smoothing. */
    final boolean hasOptionsOf(LabelledRowLoss other) {
        return labelSmoothing == other.labelSmoothing && Arrays.equals(classWeights, other.classWeights);
    }

    final int hashOfOptions() {
        return 31 * Double.hashCode(labelSmoothing) + Arrays.hashCode(classWeights);
    }

    /** Checks the predictions of a row. */
    abstract void checkPrediction(double[] prediction, int from, int columns, int row);

    /** The value of a row that stands alone, once it has been checked. */
    final double checkedValue(double[] prediction, int label) {
        check(prediction, label);
        return alone(prediction, null, label, null);
    }

    /** The same, with the gradient. */
    final double checkedValueAndGradient(double[] prediction, int label, double[] gradient) {
        check(prediction, label);
        Checks.sameLength(gradient, "gradient", prediction, predictionName());
        return alone(prediction, null, label, gradient);
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
        checkPrediction(prediction, 0, prediction.length, Checks.NO_ROW);
        Checks.label(label, prediction.length, Checks.NO_ROW);
    }

    /** What a row with this label weighs in a mean. */
    final double checkedWeight(int label) {
        targets().checkLabel(label);
        return targets().weight(label);
    }

    /** What a row with this target weighs in a mean. */
    final double checkedWeight(double[] target) {
        Objects.requireNonNull(target, "target");
        Checks.classWeights(classWeights, target.length, "target");
        return targets().mass(target, 0, target.length);
    }

    @Override
    final void checkClasses(int classes) {
        Checks.classWeights(classWeights, classes, predictionName());
    }

    @Override
    final void checkColumns(int columns) {
        Checks.classWeightsOfRows(classWeights, columns);
    }

    @Override
    final void checkRow(double[] prediction, double[] target, int from, int columns, int row) {
        checkPrediction(prediction, from, columns, row);
        if (target != null) {
            Checks.masses(target, from, columns, row);
        }
    }

    @Override
    final boolean weighsOne(boolean labels) {
        return labels && classWeights == null;
    }

    @Override
    final double checkedMass(double[] prediction, double[] target, int from, int columns, int label, int row) {
        checkPrediction(prediction, from, columns, row);
        if (target == null) {
            return targets().weight(label);
        }
        double mass = targets().mass(target, from, columns);
        if (mass != mass) {
            Checks.masses(target, from, columns, row);
        }
        return mass;
    }
}
