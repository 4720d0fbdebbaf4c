package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.tile.Rows;
import java.util.Objects;

/**
 * A loss of the library: it computes rows where they lie in longer arrays, as {@link Batch} needs it. A row that stands
 * alone is a batch of one. A class rather than an interface, so that its methods stay inside the package; the public
 * ones are declared by each loss, which has words of its own for its arguments.
 */
abstract class RowLoss implements LossFunction {

    private static final long serialVersionUID = 1;

    /** Stands for "the target is an array" where a label is expected. */
    static final int NO_LABEL = -1;

    /** What the predictions of a row are called: the name of the argument, for errors. */
    abstract String predictionName();

    /** Checks how many predictions a row that stands alone has: any number will do, unless the loss says otherwise. */
    void checkClasses(int classes) {}

    /** Checks how many columns the rows of a batch have, likewise. */
    void checkColumns(int columns) {}

    /** Whether rows have to be checked, if there are labels or if not. */
    abstract boolean checksRows(boolean labels);

    /** Checks one row with its target, or with null for a label that has been checked, and writes nothing. */
    abstract void checkRow(double[] prediction, double[] target, int from, int columns, int row);

    /** Whether every row has the weight 1 in a mean, if there are labels or if not. */
    abstract boolean weighsOne(boolean labels);

    /** The weight of a row in a mean, by its target or, if that is null, its label. */
    abstract double mass(double[] target, int from, int columns, int label);

    /** The same of a row that is to be checked, too. */
    double checkedMass(double[] prediction, double[] target, int from, int columns, int label, int row) {
        if (checksRows(target == null)) {
            checkRow(prediction, target, from, columns, row);
        }
        return mass(target, from, columns, label);
    }

    /**
     * The losses of checked rows, left in the tile, and, if there are arrays for them, gradient and diagonal of the
     * Hessian times their scale. There is an array for the latter only if the loss is a {@link SecondOrderLoss}, and
     * then there are both.
     */
    abstract void compute(Rows rows);

    /** The value of a row that stands alone, once it has been checked. */
    final double checkedValue(double[] prediction, double[] target) {
        check(prediction, target);
        return alone(prediction, target, NO_LABEL, null, null);
    }

    /** The same, with the gradient. */
    final double checkedValueAndGradient(double[] prediction, double[] target, double[] gradient) {
        Objects.requireNonNull(gradient, "gradient");
        check(prediction, target);
        Checks.sameLength(gradient, "gradient", prediction, predictionName());
        Checks.notTarget(gradient, target);
        return alone(prediction, target, NO_LABEL, gradient, null);
    }

    /** The same, with the diagonal of the Hessian. */
    final double checkedValueGradientAndHessian(
            double[] prediction, double[] target, double[] gradient, double[] hessian) {
        Objects.requireNonNull(gradient, "gradient");
        Objects.requireNonNull(hessian, "hessianDiagonal");
        check(prediction, target);
        Checks.derivatives(gradient, hessian, prediction, predictionName());
        Checks.notTarget(gradient, target);
        Checks.notTarget(hessian, target, "hessianDiagonal");
        return alone(prediction, target, NO_LABEL, gradient, hessian);
    }

    /** The gradient, in a new array. */
    final double[] checkedGradient(double[] prediction, double[] target) {
        Objects.requireNonNull(prediction, predictionName());
        double[] gradient = new double[prediction.length];
        checkedValueAndGradient(prediction, target, gradient);
        return gradient;
    }

    private void check(double[] prediction, double[] target) {
        Checks.notEmpty(prediction, predictionName());
        checkClasses(prediction.length);
        Checks.sameLength(target, "target", prediction, predictionName());
        checkRow(prediction, target, 0, prediction.length, Checks.NO_ROW);
    }

    /** The value of a checked row by target or, if that is null, by label. */
    final double alone(double[] prediction, double[] target, int label, double[] gradient, double[] hessian) {
        Rows rows = Rows.take();
        rows.beginAlone(prediction, target, label, gradient);
        rows.hessian = hessian;
        compute(rows);
        double value = rows.tile.loss[0];
        rows.giveBack();
        return value;
    }
}
