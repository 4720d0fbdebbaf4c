package io.github.plainjava.losses;

/**
 * A loss that can work on a row inside a longer array, as {@link Batch} needs it. A class rather than an interface, so
 * that its methods stay inside the package.
 */
abstract class RowLoss implements LossFunction {

    private static final long serialVersionUID = 1;

    /** Stands for "the target is an array" where a label is expected. */
    static final int NO_LABEL = -1;

    /** Checks what does not depend on the data. */
    abstract void checkColumns(int columns);

    /** Checks one row, its label or (label {@link #NO_LABEL}) its target, and writes nothing. */
    abstract void checkRow(double[] prediction, int from, int columns, int label, double[] target, int at, int row);

    /** The weight of a row in a mean. */
    abstract double mass(int label, double[] target, int at, int columns);

    /**
     * The value of a checked row and, if gradient is not null, scale + scaleTail times its gradient.
     *
     * @param scratch from {@link #scratch}, or null for a row that needs none
     */
    abstract double row(
            double[] prediction,
            int from,
            int columns,
            int label,
            double[] target,
            int at,
            double scale,
            double scaleTail,
            double[] gradient,
            int to,
            Exponentials scratch);
}
