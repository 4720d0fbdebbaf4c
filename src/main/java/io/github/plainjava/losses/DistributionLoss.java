package io.github.plainjava.losses;

import java.util.Arrays;
import java.util.Objects;

/** What losses of a target distribution share: class weights and label smoothing, which change the target. */
abstract class DistributionLoss extends LabelledRowLoss {

    private static final long serialVersionUID = 1;

    /** The part of a target that is spread evenly over the classes. */
    private final double labelSmoothing;
    /** One a class, or null. */
    private final double[] classWeights;
    /** What these options make of targets: made when first asked for, as whoever reads a loss may leave it out. */
    private transient Targets targets;

    DistributionLoss(Targets targets) {
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
    final boolean hasOptionsOf(DistributionLoss other) {
        return labelSmoothing == other.labelSmoothing && Arrays.equals(classWeights, other.classWeights);
    }

    final int hashOfOptions() {
        return 31 * Double.hashCode(labelSmoothing) + Arrays.hashCode(classWeights);
    }

    /** What a row with this label weighs in a mean. */
    final double checkedWeight(int label) {
        targets().checkLabel(label);
        return targets().weight(label);
    }

    /** What a row with this target weighs in a mean. */
    final double checkedWeight(double[] target) {
        Objects.requireNonNull(target, "target");
        checkClassWeights(target.length, "target");
        return targets().mass(target, 0, target.length);
    }

    @Override
    final void checkClasses(int classes) {
        checkClassWeights(classes, predictionName());
    }

    private void checkClassWeights(int classes, String name) {
        if (classWeights != null) {
            Checks.sameLength(classWeights.length, "classWeights", classes, name);
        }
    }

    @Override
    final void checkColumns(int columns) {
        if (classWeights != null) {
            Checks.optionsOfRows("classWeights", classWeights.length, columns);
        }
    }

    @Override
    final boolean weighsOne(boolean labels) {
        return labels && classWeights == null;
    }

    @Override
    final double mass(double[] target, int from, int columns, int label) {
        return target == null ? targets().weight(label) : targets().mass(target, from, columns);
    }

    /** Masses are checked in the loop that adds them up: if that gives NaN, one of them is none, and is looked for. */
    @Override
    final double checkedMass(double[] prediction, double[] target, int from, int columns, int label, int row) {
        checkPrediction(prediction, from, columns, row);
        double mass = mass(target, from, columns, label);
        Checks.masses(target, from, mass == mass ? 0 : columns, row);
        return mass;
    }
}
