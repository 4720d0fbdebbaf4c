package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.tile.Rows;
import io.github.plainjava.losses.internal.tile.Tile;
import java.util.Arrays;
import java.util.Objects;

/** What losses over classes share: a label stands for the target that is 1 at the label and 0 elsewhere. */
abstract class LabelledRowLoss extends RowLoss implements SecondOrderClassificationLoss {

    private static final long serialVersionUID = 1;

    /** Whether there are predictions that it does not take. */
    abstract boolean checksPredictions();

    /** The losses of checked rows and, if there is an array for it, their gradient, as {@link #compute}. */
    abstract void computeLosses(Rows rows);

    /** The diagonal of the Hessian; scale and growth of the rows stay as they are. */
    abstract void computeHessian(Rows rows);

    /** Whichever array is the predictions themselves is written last. */
    @Override
    final void compute(Rows rows) {
        if (rows.hessian == null) {
            computeLosses(rows);
            return;
        }
        Tile w = rows.tile;
        if (rows.hessian == rows.predictions) {
            w.keepScale(rows.count);
            computeLosses(rows);
            w.restoreScale(rows.count);
            computeHessian(rows);
        } else {
            computeHessian(rows);
            computeLosses(rows);
        }
        for (int r = 0; r < rows.count; r++) {
            if (Double.isNaN(w.loss[r])) {
                Arrays.fill(rows.hessian, rows.from(r), rows.from(r) + rows.columns, Double.NaN);
            }
        }
    }

    /** Checks the predictions of a row. */
    abstract void checkPrediction(double[] prediction, int from, int columns, int row);

    /** The value of a row that stands alone, once it has been checked. */
    final double checkedValue(double[] prediction, int label) {
        check(prediction, label);
        return alone(prediction, null, label, null, null);
    }

    /** The same, with the gradient. */
    final double checkedValueAndGradient(double[] prediction, int label, double[] gradient) {
        check(prediction, label);
        Checks.sameLength(gradient, "gradient", prediction, predictionName());
        return alone(prediction, null, label, gradient, null);
    }

    /** The same, with the diagonal of the Hessian. */
    final double checkedValueGradientAndHessian(double[] prediction, int label, double[] gradient, double[] hessian) {
        check(prediction, label);
        Checks.derivatives(gradient, hessian, prediction, predictionName());
        return alone(prediction, null, label, gradient, hessian);
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

    @Override
    final boolean checksRows(boolean labels) {
        return !labels || checksPredictions();
    }

    @Override
    void checkRow(double[] prediction, double[] target, int from, int columns, int row) {
        checkPrediction(prediction, from, columns, row);
        if (target != null) {
            Checks.masses(target, from, columns, row);
        }
    }
}
