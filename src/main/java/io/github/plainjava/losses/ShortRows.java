package io.github.plainjava.losses;

import java.util.Arrays;

/**
 * The softmax loss of many short rows at a time, by label: what {@link SoftmaxRow} does for one row, with the rows of a
 * block side by side. A row of three or ten logits is too short for vector instructions; the same column of many rows
 * is not. Every row gets the bits that it would get alone.
 *
 * <p>For temperature 1, and target weight 1 at the label. An ignored row is computed like any other and then left out.
 */
final class ShortRows {

    private final int columns;

    // One array for each number of a row; the comments say what it is in turn.
    /** A column's logits, r, exponentials; the factors of the gradients; what is small in a loss. */
    private final double[] x;

    /** A column's indices, scales; the tails of the factors. */
    private final double[] y;

    /** The sum of the exponentials in three parts; the rest and its tail; the losses. */
    private final double[] sums;

    private final double[] sumTails;
    private final double[] sumRests;
    private final double[] max;

    /** The label's logit; its difference to the maximum. */
    private final double[] labelled;

    /** The label's exponential; its gradient; the tail of its difference. */
    private final double[] atLabel;

    ShortRows(int columns, double[][] scratch) {
        this.columns = columns;
        x = scratch[Scratch.X];
        y = scratch[Scratch.Y];
        sums = scratch[Scratch.SUMS];
        sumTails = scratch[Scratch.SUM_TAILS];
        sumRests = scratch[Scratch.WEIGHTS];
        max = scratch[Scratch.WEIGHT_TAILS];
        labelled = scratch[Scratch.MORE];
        atLabel = scratch[Scratch.MORE_TAILS];
    }

    /** The losses of the last block that was computed. */
    double[] losses() {
        return sums;
    }

    /**
     * Computes the losses of consecutive rows and, if gradient is not null, scale times their gradients.
     *
     * @param labels one a row of z; one that is no class belongs to a row whose results are not used
     * @param first  the number of the first row
     * @param count  at most {@link Scratch#BLOCK}
     * @return false, with nothing written, if a row is not an ordinary one: then each must go its own way
     */
    boolean compute(double[] z, int[] labels, int first, int count, DoubleDouble scale, double[] gradient) {
        findMaxima(z, first, count);
        if (!findLabelled(z, labels, first, count)) {
            return false;
        }
        sumExponentials(z, first, count, gradient);
        findRests(count);
        if (gradient != null) {
            gatherLabelled(gradient, labels, first, count);
            findFactors(scale.head(), scale.tail(), count);
            findGradientsAtLabels(count);
            writeGradients(first, count, gradient);
            scatterLabelled(labels, first, count, gradient);
        }
        findLosses(count);
        return true;
    }

    private void findMaxima(double[] z, int first, int count) {
        gather(z, first, count, 0, max);
        for (int c = 1; c < columns; c++) {
            gather(z, first, count, c, x);
            Exponentials.takeLarger(max, x, count);
        }
    }

    private void gather(double[] z, int first, int count, int column, double[] into) {
        int at = first * columns + column;
        for (int i = 0; i < count; i++) {
            into[i] = z[at];
            at += columns;
        }
    }

    /** Finds the logits at the labels, and whether all of the block is ordinary. */
    private boolean findLabelled(double[] z, int[] labels, int first, int count) {
        boolean ordinary = true;
        for (int i = 0; i < count; i++) {
            int label = labels[first + i];
            double m = max[i];
            double logit = isClass(label) ? z[(first + i) * columns + label] : m;
            labelled[i] = logit;
            ordinary &= Math.abs(m) <= Double.MAX_VALUE
                    && (Ordinary.isDistance(logit, m) || logit == Double.NEGATIVE_INFINITY);
        }
        return ordinary;
    }

    private boolean isClass(int label) {
        return label >= 0 && label < columns;
    }

    private void sumExponentials(double[] z, int first, int count, double[] gradient) {
        Arrays.fill(sums, 0);
        Arrays.fill(sumTails, 0);
        Arrays.fill(sumRests, 0);
        for (int c = 0; c < columns; c++) {
            gather(z, first, count, c, x);
            Exp.reduce(x, y, max, count);
            if (Exp.scales(y, count)) {
                Exp.expm1(x, count);
            } else {
                gather(z, first, count, c, x);
                oneByOne(count);
            }
            exponentials(count);
            addUp(count);
            if (gradient != null) {
                scatter(x, first, count, c, gradient);
            }
        }
    }

    /** From logits to exp(r) - 1 and scales where some are far below their maximum. */
    private void oneByOne(int count) {
        for (int i = 0; i < count; i++) {
            double ratio = Temperature.ONE.ratio(x[i], max[i]);
            y[i] = Exp.scale(ratio);
            x[i] = Exp.expm1(ratio, Temperature.ONE.ratioTail(x[i], max[i]));
        }
    }

    /** From exp(r) - 1 and scales to exponentials and their tails. */
    private void exponentials(int count) {
        for (int i = 0; i < count; i++) {
            double exp = Exp.exp(y[i], x[i]);
            y[i] = Exp.tail(y[i], x[i], exp);
            x[i] = exp;
        }
    }

    /** Adds a column to the sums, which have three parts because the maximum is among the terms. */
    private void addUp(int count) {
        for (int i = 0; i < count; i++) {
            double next = sums[i] + x[i];
            atLabel[i] = Exact.sumError(sums[i], x[i], next);
            sums[i] = next;
        }
        for (int i = 0; i < count; i++) {
            double next = sumTails[i] + atLabel[i];
            sumRests[i] += Exact.sumError(sumTails[i], atLabel[i], next) + y[i];
            sumTails[i] = next;
        }
    }

    private void scatter(double[] values, int first, int count, int column, double[] into) {
        int at = first * columns + column;
        for (int i = 0; i < count; i++) {
            into[at] = values[i];
            at += columns;
        }
    }

    private void findRests(int count) {
        for (int i = 0; i < count; i++) {
            double rest = Exponentials.restHead(sums[i], sumTails[i], sumRests[i]);
            sumTails[i] = Exponentials.restTail(sums[i], sumTails[i], sumRests[i]);
            sums[i] = rest;
        }
    }

    private void gatherLabelled(double[] e, int[] labels, int first, int count) {
        for (int i = 0; i < count; i++) {
            int label = labels[first + i];
            atLabel[i] = isClass(label) ? e[(first + i) * columns + label] : 0;
        }
    }

    /** scale / S, head and tail. */
    private void findFactors(double scale, double scaleTail, int count) {
        for (int i = 0; i < count; i++) {
            double sum = sums[i] + Exp.ONE;
            double tail = Exact.sumError(sums[i], Exp.ONE, sum) + sumTails[i];
            x[i] = Exact.sum(sum, tail);
            y[i] = Exact.fastSumError(sum, tail, Exact.sum(sum, tail));
        }
        for (int i = 0; i < count; i++) {
            double quotient = scale / x[i];
            double remainder = Exact.sum(Math.fma(-quotient, x[i], scale), scaleTail - quotient * y[i]);
            double tail = remainder / x[i];
            x[i] = Exact.sum(quotient, tail);
            y[i] = Exact.fastSumError(quotient, tail, Exact.sum(quotient, tail));
        }
    }

    /** Minus the sum of the others' exponentials, times the factor: see {@link SoftmaxRow#entry}. */
    private void findGradientsAtLabels(int count) {
        for (int i = 0; i < count; i++) {
            double gap = Exp.ONE - atLabel[i];
            double others = gap + sums[i];
            double gapTail = Exact.fastSumError(Exp.ONE, -atLabel[i], gap) + sumTails[i];
            double tail = Exact.sum(gapTail, Exact.sumError(gap, sums[i], others));
            atLabel[i] = Exact.sum(others, tail);
            sumRests[i] = Exact.fastSumError(others, tail, Exact.sum(others, tail));
        }
        for (int i = 0; i < count; i++) {
            double product = atLabel[i] * x[i];
            double error = Exact.productError(atLabel[i], x[i], product);
            double cross = Exact.sum(atLabel[i] * y[i], sumRests[i] * x[i]);
            atLabel[i] = 0.0 - Exact.sum(product, Exact.sum(error, cross));
        }
    }

    /** From exponentials to gradients, but at the labels. */
    private void writeGradients(int first, int count, double[] gradient) {
        for (int c = 0; c < columns; c++) {
            int at = first * columns + c;
            for (int i = 0; i < count; i++) {
                gradient[at] = Math.fma(gradient[at], x[i], gradient[at] * y[i]) + 0.0;
                at += columns;
            }
        }
    }

    private void scatterLabelled(int[] labels, int first, int count, double[] gradient) {
        for (int i = 0; i < count; i++) {
            int label = labels[first + i];
            if (isClass(label)) {
                gradient[(first + i) * columns + label] = atLabel[i];
            }
        }
    }

    /** log1p(rest) - (z_label - m): see {@link SoftmaxRow#value}. */
    private void findLosses(int count) {
        for (int i = 0; i < count; i++) {
            double difference = labelled[i] - max[i];
            atLabel[i] = Exact.sumError(labelled[i], -max[i], difference);
            labelled[i] = difference;
        }
        System.arraycopy(sums, 0, max, 0, count);
        for (int i = 0; i < count; i++) {
            double product = sums[i] * Exp.UNIT_INVERSE;
            double error = Exact.productError(sums[i], Exp.UNIT_INVERSE, product);
            double cross = Exact.sum(sums[i] * Exp.UNIT_INVERSE_TAIL, sumTails[i] * Exp.UNIT_INVERSE);
            double tail = Exact.sum(error, cross);
            sums[i] = Exact.sum(product, tail);
            sumTails[i] = Exact.fastSumError(product, tail, Exact.sum(product, tail));
        }
        for (int i = 0; i < count; i++) {
            sumRests[i] = sums[i];
            sums[i] *= Exp.POWER_INVERSE;
            sumTails[i] *= Exp.POWER_INVERSE;
        }
        Log.log1p(sums, sumTails, x, y, count);
        for (int i = 0; i < count; i++) {
            double log = sums[i] + sumTails[i];
            double logTail = Exact.fastSumError(sums[i], sumTails[i], log);
            double loss = log - labelled[i];
            double tail = Exact.sum(Exact.sumError(log, -labelled[i], loss), logTail - atLabel[i]);
            sums[i] = Exact.sum(loss, tail) + 0.0;
        }
        for (int i = 0; i < count; i++) {
            if (labelled[i] == 0 && max[i] < SoftmaxRow.SMALL_REST) {
                sums[i] = sumRests[i] * Exp.POWER_INVERSE;
            } else if (labelled[i] == Double.NEGATIVE_INFINITY) {
                sums[i] = Double.POSITIVE_INFINITY;
            }
        }
    }
}
