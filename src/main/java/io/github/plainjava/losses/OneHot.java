package io.github.plainjava.losses;

import java.util.Objects;

/**
 * Labels as arrays: the target array that is 1 at the label and 0 elsewhere. A loss that takes labels gives the same
 * bits for the label itself and needs no array, so encode only for what takes arrays alone, such as
 * {@link MeanSquaredError}.
 *
 * <pre>{@code
 * double[] target = OneHot.encode(1, 3); // {0.0, 1.0, 0.0}
 * int label = OneHot.decode(new double[] {0.2, 0.5, 0.3}); // 1
 * int[] labels = OneHot.decode(new double[] {0.2, 0.5, 0.3, 0.9, 0, 0.1}, 3); // {1, 0}
 * }</pre>
 */
public final class OneHot {

    private OneHot() {}

    /**
     * The array of a label.
     *
     * @param label   from 0 to classes - 1
     * @param classes how many classes there are
     * @return an array of that many values, 1 at the label and 0 elsewhere
     * @throws IllegalArgumentException if there is no class, or the label is none of them
     */
    public static double[] encode(int label, int classes) {
        return encode(new int[] {label}, classes, Checks.NO_ROW);
    }

    /**
     * The arrays of many labels, laid end to end, as a {@link Batch} takes them.
     *
     * @param labels  each from 0 to classes - 1
     * @param classes how many classes there are
     * @return labels.length rows of that many values
     * @throws IllegalArgumentException if there is no class, a label is none of them, or the rows are too many for an
     *     array
     */
    public static double[] encode(int[] labels, int classes) {
        Objects.requireNonNull(labels, "labels");
        return encode(labels, classes, 0);
    }

    private static double[] encode(int[] labels, int classes, int firstRow) {
        if (classes < 1) {
            throw new IllegalArgumentException("classes = " + classes + " is less than 1");
        }
        for (int r = 0; r < labels.length; r++) {
            Checks.label(labels[r], classes, firstRow + r);
        }
        if ((long) labels.length * classes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(labels.length + " rows of " + classes + " are too many for an array");
        }
        double[] rows = new double[labels.length * classes];
        for (int r = 0; r < labels.length; r++) {
            rows[r * classes + labels[r]] = 1;
        }
        return rows;
    }

    /**
     * The class that a row of scores, logits or probabilities speaks for.
     *
     * @param row one value a class
     * @return the number of the largest value, the first of equal ones
     * @throws IllegalArgumentException if the row is empty or has a NaN
     */
    public static int decode(double[] row) {
        Objects.requireNonNull(row, "row");
        return decode(row, 0, notEmpty(row.length), Checks.NO_ROW);
    }

    /**
     * The class that each of many rows of scores, logits or probabilities speaks for.
     *
     * @param rows    rows laid end to end
     * @param columns how many values a row has, at least 1
     * @return for each row the number of its largest value, the first of equal ones
     * @throws IllegalArgumentException if columns is less than 1, the values are no whole number of rows, or there is a
     *     NaN
     */
    public static int[] decode(double[] rows, int columns) {
        Objects.requireNonNull(rows, "rows");
        int[] labels = new int[numberOfRows(rows.length, columns)];
        for (int r = 0; r < labels.length; r++) {
            labels[r] = decode(rows, r * columns, columns, r);
        }
        return labels;
    }

    /**
     * The class that a row of floats speaks for.
     *
     * @param row one value a class
     * @return the number of the largest value, the first of equal ones
     * @throws IllegalArgumentException if the row is empty or has a NaN
     */
    public static int decode(float[] row) {
        Objects.requireNonNull(row, "row");
        return decode(row, 0, notEmpty(row.length), Checks.NO_ROW);
    }

    /**
     * The class that each of many rows of floats speaks for.
     *
     * @param rows    rows laid end to end
     * @param columns how many values a row has, at least 1
     * @return for each row the number of its largest value, the first of equal ones
     * @throws IllegalArgumentException if columns is less than 1, the values are no whole number of rows, or there is a
     *     NaN
     */
    public static int[] decode(float[] rows, int columns) {
        Objects.requireNonNull(rows, "rows");
        int[] labels = new int[numberOfRows(rows.length, columns)];
        for (int r = 0; r < labels.length; r++) {
            labels[r] = decode(rows, r * columns, columns, r);
        }
        return labels;
    }

    private static int notEmpty(int length) {
        if (length == 0) {
            throw new IllegalArgumentException("row is empty");
        }
        return length;
    }

    private static int numberOfRows(int length, int columns) {
        Checks.rowsOf(length, "rows", columns);
        return length / columns;
    }

    private static int decode(double[] x, int from, int n, int row) {
        int best = 0;
        for (int i = 0; i < n; i++) {
            if (Double.isNaN(x[from + i])) {
                throw Checks.notComparable(i, row);
            }
            if (x[from + i] > x[from + best]) {
                best = i;
            }
        }
        return best;
    }

    private static int decode(float[] x, int from, int n, int row) {
        int best = 0;
        for (int i = 0; i < n; i++) {
            if (Float.isNaN(x[from + i])) {
                throw Checks.notComparable(i, row);
            }
            if (x[from + i] > x[from + best]) {
                best = i;
            }
        }
        return best;
    }
}
