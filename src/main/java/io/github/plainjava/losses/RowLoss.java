package io.github.plainjava.losses;

import java.util.Objects;

/**
 * A loss that can work on a row inside a longer array, as {@link Batch} needs it; a row alone is the case of an array
 * with nothing else in it. A class rather than an interface, so that its methods stay inside the package; the public
 * ones are declared by each loss, which has words of its own for its arguments.
 */
abstract class RowLoss implements LossFunction {

    private static final long serialVersionUID = 1;

    /** Stands for "the target is an array" where a label is expected. */
    static final int NO_LABEL = -1;

    /** What the predictions of a row are called: the name of the argument, for errors. */
    abstract String predictionName();

    /** The value of a row that stands alone, once it has been checked. */
    final double checkedValue(double[] prediction, double[] target) {
        return checkedRow(prediction, target, null);
    }

    /** The same, with the gradient. */
    final double checkedValueAndGradient(double[] prediction, double[] target, double[] gradient) {
        Objects.requireNonNull(gradient, "gradient");
        return checkedRow(prediction, target, gradient);
    }

    /** The gradient, in a new array. */
    final double[] checkedGradient(double[] prediction, double[] target) {
        Objects.requireNonNull(prediction, predictionName());
        double[] gradient = new double[prediction.length];
        checkedRow(prediction, target, gradient);
        return gradient;
    }

    private double checkedRow(double[] prediction, double[] target, double[] gradient) {
        Checks.notEmpty(prediction, predictionName());
        int n = prediction.length;
        checkClasses(n);
        Checks.sameLength(target, "target", prediction, predictionName());
        double[][] scratch = Scratch.ofThread();
        boolean usual = isUsual(prediction, target, 0, n, scratch);
        if (!usual) {
            checkRow(prediction, target, 0, n, NO_LABEL, Checks.NO_ROW);
        }
        if (gradient != null) {
            Checks.sameLength(gradient, "gradient", prediction, predictionName());
            Checks.notTarget(gradient, target);
        }
        return row(usual, prediction, target, 0, n, NO_LABEL, 1, Divisor.ONE, gradient, scratch);
    }

    /** Checks how many predictions a row that stands alone has. */
    abstract void checkClasses(int classes);

    /** Checks how many columns the rows of a batch have. */
    abstract void checkColumns(int columns);

    /** Checks one row with its label or, label {@link #NO_LABEL}, its target, and writes nothing. */
    abstract void checkRow(double[] prediction, double[] target, int from, int columns, int label, int row);

    /**
     * Begins to compute a row, and finds out on the way whether its numbers are usual ones, for which there is a short
     * way; such a row also passes all checks. What has been computed is left in the scratch for {@link #row}, and the
     * row's mass as the total.
     *
     * @param target null for a label
     * @return false also if there is no such way for this loss
     */
    boolean isUsual(double[] prediction, double[] target, int from, int columns, double[][] scratch) {
        return false;
    }

    /** Whether every row has the weight 1 in a mean, given the labels, or null for targets. */
    abstract boolean weighsOne(int[] labels);

    /** Does what {@link #checkRow} does, and returns the weight of the row in a mean. */
    double checkedMass(double[] prediction, double[] target, int from, int columns, int label, int row) {
        checkRow(prediction, target, from, columns, label, row);
        return mass(target, from, columns, label);
    }

    /** The weight of a row in a mean. */
    abstract double mass(double[] target, int from, int columns, int label);

    /**
     * The value of a checked row and, if gradient is not null, weight / divisor times its gradient. The row has the
     * same place in each array.
     *
     * @param usual   what {@link #isUsual} has just said of the row
     * @param label   or, if it is {@link #NO_LABEL}, the target counts
     * @param scratch from {@link Scratch#ofThread}
     */
    abstract double row(
            boolean usual,
            double[] prediction,
            double[] target,
            int from,
            int columns,
            int label,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch);

    /** How many rows {@link #sideBySide} takes. */
    int mostSideBySide(int columns) {
        return Scratch.BLOCK;
    }

    /**
     * Computes short rows that follow one another, of weight 1: their values, which are left at the beginning of
     * {@link Scratch#SUMS}, and, if gradient is not null, 1 / divisor times their gradients.
     *
     * @param labels or, if null, the targets count; one that is no class belongs to a row whose results are not used
     * @param first  the number of the first row
     * @param count  how many; no more than {@link #mostSideBySide}
     * @return false, with nothing written, if each row has to be computed by itself
     */
    boolean sideBySide(
            double[] predictions,
            double[] targets,
            int[] labels,
            int columns,
            int first,
            int count,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        return false;
    }
}
