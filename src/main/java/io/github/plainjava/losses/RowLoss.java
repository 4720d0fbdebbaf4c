package io.github.plainjava.losses;

/**
 * A loss that can work on a row inside a longer array, as {@link Batch} needs it; a row alone is the case of an array
 * with nothing else in it. A class rather than an interface, so that its methods stay inside the package.
 */
abstract class RowLoss implements LossFunction {

    private static final long serialVersionUID = 1;

    /** Stands for "the target is an array" where a label is expected. */
    static final int NO_LABEL = -1;

    @Override
    public final double value(double[] prediction, double[] target) {
        check(prediction, target);
        return row(prediction, target, 0, prediction.length, NO_LABEL, 1, Divisor.ONE, null, Scratch.ofThread());
    }

    @Override
    public final double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
        check(prediction, target);
        Checks.sameLength(gradient, "gradient", prediction, "prediction");
        Checks.notTarget(gradient, target);
        return row(prediction, target, 0, prediction.length, NO_LABEL, 1, Divisor.ONE, gradient, Scratch.ofThread());
    }

    private void check(double[] prediction, double[] target) {
        Checks.notEmpty(prediction, "prediction");
        checkColumns(prediction.length);
        Checks.sameLength(target, "target", prediction, "prediction");
        checkRow(prediction, target, 0, prediction.length, NO_LABEL, Checks.NO_ROW);
    }

    /** Checks what does not depend on the data. */
    abstract void checkColumns(int columns);

    /** Checks one row with its label or, label {@link #NO_LABEL}, its target, and writes nothing. */
    abstract void checkRow(double[] prediction, double[] target, int from, int columns, int label, int row);

    /** Whether every row has the weight 1 in a mean, given the labels, or null for targets. */
    abstract boolean weighsOne(int[] labels);

    /** The weight of a row in a mean. */
    abstract double mass(double[] target, int from, int columns, int label);

    /**
     * The value of a checked row and, if gradient is not null, weight / divisor times its gradient. The row has the
     * same place in each array.
     *
     * @param label   or, if it is {@link #NO_LABEL}, the target counts
     * @param scratch from {@link Scratch#ofThread}
     */
    abstract double row(
            double[] prediction,
            double[] target,
            int from,
            int columns,
            int label,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch);
}
