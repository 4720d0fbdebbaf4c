package io.github.plainjava.losses;

import java.util.Arrays;

/**
 * The softmax loss of many short rows at a time, by label: what {@link Softmax} does for one row, with the rows of a
 * block side by side. A row of three or ten logits is too short for vector instructions; the same column of many rows
 * is not. Every row gets the bits that it would get alone.
 *
 * <p>For temperature 1, and target weight 1 at the label.
 */
final class ShortRows {

    /** Rows a block: what is allocated for them, with the sums that the batch keeps, stays below 8 KB. */
    static final int LANES = 128;

    private final int columns;

    /** One column of the block; later what belongs to a row each. */
    private final double[] x;

    private final double[] tail;
    private final double[] index;
    /** The sum of a row's exponentials in three parts; later its rest and its loss. */
    private final double[] sums;

    private final double[] sumTails;
    private final double[] sumRests = new double[LANES];
    private final double[] max = new double[LANES];
    private final double[] labelled = new double[LANES];

    ShortRows(int columns, double[][] scratch) {
        this.columns = columns;
        x = scratch[Exponentials.X];
        tail = scratch[Exponentials.TAIL];
        index = scratch[Exponentials.INDEX];
        sums = scratch[Exponentials.SUMS];
        sumTails = scratch[Exponentials.SUM_TAILS];
    }

    /** The losses of the last block that was computed. */
    double[] losses() {
        return sums;
    }

    /**
     * Computes the losses of a block and, if gradient is not null, scale + scaleTail times their gradients.
     *
     * @param rows   the numbers of the rows in z, gradient and labels; as many as count says
     * @param scaling for all rows
     * @return false, with nothing written, if a row is not an ordinary one: then each must go its own way
     */
    boolean compute(double[] z, int[] labels, int[] rows, int count, double[] scaling, double[] gradient) {
        findMaxima(z, rows, count);
        for (int i = 0; i < count; i++) {
            if (Exponentials.halfTemperature(1, max[i]) != 0 || Double.isNaN(max[i])) {
                return false;
            }
            labelled[i] = z[rows[i] * columns + labels[rows[i]]];
        }
        sumExponentials(z, rows, count, gradient);
        findRests(count);
        if (gradient != null) {
            writeGradients(labels, rows, count, scaling, gradient);
        }
        findLosses(count);
        return true;
    }

    private void findMaxima(double[] z, int[] rows, int count) {
        gather(z, rows, count, 0, max);
        for (int c = 1; c < columns; c++) {
            gather(z, rows, count, c, x);
            for (int i = 0; i < count; i++) {
                max[i] = Math.max(max[i], x[i]);
            }
        }
    }

    private void gather(double[] z, int[] rows, int count, int column, double[] into) {
        for (int i = 0; i < count; i++) {
            into[i] = z[rows[i] * columns + column];
        }
    }

    private void sumExponentials(double[] z, int[] rows, int count, double[] gradient) {
        Arrays.fill(sums, 0);
        Arrays.fill(sumTails, 0);
        Arrays.fill(sumRests, 0);
        for (int c = 0; c < columns; c++) {
            gather(z, rows, count, c, x);
            arguments(count);
            if (!ExpLog.reduce(x, tail, index, count)) {
                gather(z, rows, count, c, x);
                clampedArguments(count);
                ExpLog.reduce(x, tail, index, count);
            }
            ExpLog.exponentials(x, tail, index, count);
            sum(count);
            if (gradient != null) {
                for (int i = 0; i < count; i++) {
                    gradient[rows[i] * columns + c] = x[i];
                }
            }
        }
    }

    private void arguments(int count) {
        for (int i = 0; i < count; i++) {
            double difference = x[i] - max[i];
            tail[i] = Exact.sumError(x[i], -max[i], difference);
            x[i] = difference;
        }
    }

    private void clampedArguments(int count) {
        for (int i = 0; i < count; i++) {
            double floor = Exponentials.floor(max[i], 0);
            double z = x[i];
            x[i] = Exponentials.argument(z, max[i], 0, floor);
            tail[i] = Exponentials.argumentTail(z, max[i], 0, floor);
        }
    }

    private void sum(int count) {
        for (int i = 0; i < count; i++) {
            double next = sums[i] + x[i];
            index[i] = Exact.sumError(sums[i], x[i], next);
            sums[i] = next;
        }
        for (int i = 0; i < count; i++) {
            double next = sumTails[i] + index[i];
            sumRests[i] += Exact.sumError(sumTails[i], index[i], next) + tail[i];
            sumTails[i] = next;
        }
    }

    private void findRests(int count) {
        for (int i = 0; i < count; i++) {
            double rest = Exponentials.restHead(sums[i], sumTails[i], sumRests[i]);
            sumTails[i] = Exponentials.restTail(sums[i], sumTails[i], sumRests[i]);
            sums[i] = rest;
        }
    }

    private void writeGradients(int[] labels, int[] rows, int count, double[] scaling, double[] gradient) {
        for (int i = 0; i < count; i++) {
            double sum = GradientScale.sum(sums[i]);
            x[i] = GradientScale.factor(scaling, sum);
            tail[i] = GradientScale.factorTail(scaling, sum, GradientScale.sumTail(sums[i], sumTails[i]));
        }
        for (int i = 0; i < count; i++) {
            int from = rows[i] * columns;
            int label = from + labels[rows[i]];
            double e = gradient[label];
            for (int c = from; c < from + columns; c++) {
                gradient[c] = Math.fma(gradient[c], x[i], gradient[c] * tail[i]);
            }
            gradient[label] = GradientScale.entry(scaling, e, 1, 0, 1, 0, sums[i], sumTails[i], x[i], tail[i]);
        }
    }

    private void findLosses(int count) {
        for (int i = 0; i < count; i++) {
            double difference = labelled[i] - max[i];
            max[i] = Exact.sumError(labelled[i], -max[i], difference);
            labelled[i] = difference;
        }
        for (int i = 0; i < count; i++) {
            sumRests[i] = sums[i];
            sums[i] = sums[i] * ExpLog.UNSCALE;
            sumTails[i] = sumTails[i] * ExpLog.UNSCALE;
        }
        ExpLog.log1p(sums, sumTails, index, x, count);
        for (int i = 0; i < count; i++) {
            double rest = sumRests[i];
            double sum = sums[i] - labelled[i];
            double loss = sum + (Exact.sumError(sums[i], -labelled[i], sum) + (sumTails[i] - max[i]));
            sums[i] = loss;
        }
        for (int i = 0; i < count; i++) {
            if (labelled[i] == 0 && sumRests[i] < 0x1p300) {
                sums[i] = sumRests[i] * ExpLog.UNSCALE;
            } else if (labelled[i] == Double.NEGATIVE_INFINITY && !Double.isNaN(sumRests[i])) {
                sums[i] = Double.POSITIVE_INFINITY;
            }
        }
    }
}
