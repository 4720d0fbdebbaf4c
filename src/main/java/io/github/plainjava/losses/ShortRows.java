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

    private static final Step[] TAKE_LARGER = {ShortRows::takeLarger};
    private static final Step[] EXPONENTIALS = {ShortRows::reduce, ShortRows::scales, ShortRows::expm1};
    private static final Step[] ADD_UP = {ShortRows::exponentials, ShortRows::addUp, ShortRows::addUpTails};
    private static final Step[] FIND_RESTS = {ShortRows::findRests};
    private static final Step[] FIND_FACTORS = {ShortRows::findSums, ShortRows::findFactors};
    private static final Step[] FIND_GRADIENTS_AT_LABELS = {ShortRows::findOthers, ShortRows::findGradientsAtLabels};
    private static final Step[] FIND_LOSSES = {
        ShortRows::findDifferences, ShortRows::findRatios, ShortRows::scaleRatios, ShortRows::log1p, ShortRows::findLosses
    };

    // The arrays of the scratch, with one number of each row; the comments say what it is in turn.

    /** A column's logits, r, exponentials; the factors of the gradients; what is small in a loss. */
    private static final int X = Scratch.X;

    /** A column's indices, scales; the tails of the factors. */
    private static final int Y = Scratch.Y;

    /** The sum of the exponentials in three parts; the rest and its tail; the losses. */
    private static final int SUMS = Scratch.SUMS;

    private static final int SUM_TAILS = Scratch.SUM_TAILS;
    private static final int SUM_RESTS = Scratch.WEIGHTS;
    private static final int MAX = Scratch.WEIGHT_TAILS;

    /** The label's logit; its difference to the maximum. */
    private static final int LABELLED = Scratch.MORE;

    /** What an addition drops; the label's exponential; its gradient; the tail of its difference. */
    private static final int AT_LABEL = Scratch.MORE_TAILS;

    private final int columns;
    private final double[][] scratch;

    ShortRows(int columns, double[][] scratch) {
        this.columns = columns;
        this.scratch = scratch;
    }

    /** The losses of the last block that was computed. */
    double[] losses() {
        return scratch[SUMS];
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
        Step.all(FIND_RESTS, scratch, 0, 0, count);
        if (gradient != null) {
            gatherLabelled(gradient, labels, first, count);
            Step.all(FIND_FACTORS, scratch, scale.head(), scale.tail(), count);
            Step.all(FIND_GRADIENTS_AT_LABELS, scratch, 0, 0, count);
            writeGradients(first, count, gradient);
            scatterLabelled(labels, first, count, gradient);
        }
        Step.all(FIND_LOSSES, scratch, 0, 0, count);
        settleSpecial(count);
        return true;
    }

    private void findMaxima(double[] z, int first, int count) {
        gather(z, first, count, 0, scratch[MAX]);
        for (int c = 1; c < columns; c++) {
            gather(z, first, count, c, scratch[X]);
            Step.all(TAKE_LARGER, scratch, 0, 0, count);
        }
    }

    private static boolean takeLarger(double[][] scratch, double a, double b, int count) {
        return Exponentials.takeLarger(scratch[MAX], scratch[X], count);
    }

    private void gather(double[] z, int first, int count, int column, double[] into) {
        int at = first * columns + column;
        for (int i = 0; i < count; i++) {
            into[i] = z[at];
            at += columns;
        }
    }

    private void scatter(double[] values, int first, int count, int column, double[] into) {
        int at = first * columns + column;
        for (int i = 0; i < count; i++) {
            into[at] = values[i];
            at += columns;
        }
    }

    /** Finds the logits at the labels, and whether all of the block is ordinary. */
    private boolean findLabelled(double[] z, int[] labels, int first, int count) {
        double[] max = scratch[MAX];
        double[] labelled = scratch[LABELLED];
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
        Arrays.fill(scratch[SUMS], 0);
        Arrays.fill(scratch[SUM_TAILS], 0);
        Arrays.fill(scratch[SUM_RESTS], 0);
        for (int c = 0; c < columns; c++) {
            gather(z, first, count, c, scratch[X]);
            if (!Step.all(EXPONENTIALS, scratch, 0, 0, count)) {
                gather(z, first, count, c, scratch[X]);
                oneByOne(scratch[X], scratch[Y], scratch[MAX], count);
            }
            Step.all(ADD_UP, scratch, 0, 0, count);
            if (gradient != null) {
                scatter(scratch[X], first, count, c, gradient);
            }
        }
    }

    private static boolean reduce(double[][] scratch, double a, double b, int count) {
        return Exp.reduce(scratch[X], scratch[Y], scratch[MAX], count);
    }

    private static boolean scales(double[][] scratch, double a, double b, int count) {
        return Exp.scales(scratch[Y], count);
    }

    private static boolean expm1(double[][] scratch, double a, double b, int count) {
        return Exp.expm1(scratch[X], count);
    }

    /** From logits to exp(r) - 1 and scales where some are far below their maximum. */
    private static void oneByOne(double[] x, double[] y, double[] max, int count) {
        for (int i = 0; i < count; i++) {
            double ratio = Temperature.ONE.ratio(x[i], max[i]);
            y[i] = Exp.scale(ratio);
            x[i] = Exp.expm1(ratio, Temperature.ONE.ratioTail(x[i], max[i]));
        }
    }

    /** From exp(r) - 1 and scales to exponentials and their tails. */
    private static boolean exponentials(double[][] scratch, double a, double b, int count) {
        double[] x = scratch[X];
        double[] y = scratch[Y];
        for (int i = 0; i < count; i++) {
            double exp = Exp.exp(y[i], x[i]);
            y[i] = Exp.tail(y[i], x[i], exp);
            x[i] = exp;
        }
        return true;
    }

    /** Adds a column to the sums, which have three parts because the maximum is among the terms. */
    private static boolean addUp(double[][] scratch, double a, double b, int count) {
        double[] x = scratch[X];
        double[] sums = scratch[SUMS];
        double[] dropped = scratch[AT_LABEL];
        for (int i = 0; i < count; i++) {
            double next = sums[i] + x[i];
            dropped[i] = Exact.sumError(sums[i], x[i], next);
            sums[i] = next;
        }
        return true;
    }

    private static boolean addUpTails(double[][] scratch, double a, double b, int count) {
        double[] tails = scratch[Y];
        double[] sumTails = scratch[SUM_TAILS];
        double[] sumRests = scratch[SUM_RESTS];
        double[] dropped = scratch[AT_LABEL];
        for (int i = 0; i < count; i++) {
            double next = sumTails[i] + dropped[i];
            sumRests[i] += Exact.sumError(sumTails[i], dropped[i], next) + tails[i];
            sumTails[i] = next;
        }
        return true;
    }

    private static boolean findRests(double[][] scratch, double a, double b, int count) {
        double[] sums = scratch[SUMS];
        double[] sumTails = scratch[SUM_TAILS];
        double[] sumRests = scratch[SUM_RESTS];
        for (int i = 0; i < count; i++) {
            double rest = Exponentials.restHead(sums[i], sumTails[i], sumRests[i]);
            sumTails[i] = Exponentials.restTail(sums[i], sumTails[i], sumRests[i]);
            sums[i] = rest;
        }
        return true;
    }

    private void gatherLabelled(double[] e, int[] labels, int first, int count) {
        double[] atLabel = scratch[AT_LABEL];
        for (int i = 0; i < count; i++) {
            int label = labels[first + i];
            atLabel[i] = isClass(label) ? e[(first + i) * columns + label] : 0;
        }
    }

    /** S, head and tail. */
    private static boolean findSums(double[][] scratch, double a, double b, int count) {
        double[] x = scratch[X];
        double[] y = scratch[Y];
        double[] sums = scratch[SUMS];
        double[] sumTails = scratch[SUM_TAILS];
        for (int i = 0; i < count; i++) {
            double sum = sums[i] + Exp.ONE;
            double tail = Exact.sumError(sums[i], Exp.ONE, sum) + sumTails[i];
            x[i] = Exact.sum(sum, tail);
            y[i] = Exact.fastSumError(sum, tail, Exact.sum(sum, tail));
        }
        return true;
    }

    /** From S to scale / S, head and tail. */
    private static boolean findFactors(double[][] scratch, double scale, double scaleTail, int count) {
        double[] x = scratch[X];
        double[] y = scratch[Y];
        for (int i = 0; i < count; i++) {
            double quotient = scale / x[i];
            double remainder = Exact.sum(Math.fma(-quotient, x[i], scale), scaleTail - quotient * y[i]);
            double tail = remainder / x[i];
            x[i] = Exact.sum(quotient, tail);
            y[i] = Exact.fastSumError(quotient, tail, Exact.sum(quotient, tail));
        }
        return true;
    }

    /** From the labels' exponentials to the sums of the others', in three parts of the scratch: see below. */
    private static boolean findOthers(double[][] scratch, double a, double b, int count) {
        double[] atLabel = scratch[AT_LABEL];
        double[] sums = scratch[SUMS];
        double[] sumTails = scratch[SUM_TAILS];
        double[] othersTails = scratch[SUM_RESTS];
        for (int i = 0; i < count; i++) {
            double gap = Exp.ONE - atLabel[i];
            double others = gap + sums[i];
            double gapTail = Exact.fastSumError(Exp.ONE, -atLabel[i], gap) + sumTails[i];
            double tail = Exact.sum(gapTail, Exact.sumError(gap, sums[i], others));
            atLabel[i] = Exact.sum(others, tail);
            othersTails[i] = Exact.fastSumError(others, tail, Exact.sum(others, tail));
        }
        return true;
    }

    /** Minus the sum of the others' exponentials, times the factor: see {@link SoftmaxRow#entry}. */
    private static boolean findGradientsAtLabels(double[][] scratch, double a, double b, int count) {
        double[] x = scratch[X];
        double[] y = scratch[Y];
        double[] atLabel = scratch[AT_LABEL];
        double[] othersTails = scratch[SUM_RESTS];
        for (int i = 0; i < count; i++) {
            double product = atLabel[i] * x[i];
            double error = Exact.productError(atLabel[i], x[i], product);
            double cross = Exact.sum(atLabel[i] * y[i], othersTails[i] * x[i]);
            atLabel[i] = 0.0 - Exact.sum(product, Exact.sum(error, cross));
        }
        return true;
    }

    /** From exponentials to gradients, but at the labels. */
    private void writeGradients(int first, int count, double[] gradient) {
        double[] factors = scratch[X];
        double[] factorTails = scratch[Y];
        int at = first * columns;
        for (int i = 0; i < count; i++) {
            double factor = factors[i];
            double factorTail = factorTails[i];
            for (int c = 0; c < columns; c++) {
                gradient[at] = Math.fma(gradient[at], factor, gradient[at] * factorTail) + 0.0;
                at++;
            }
        }
    }

    private void scatterLabelled(int[] labels, int first, int count, double[] gradient) {
        double[] atLabel = scratch[AT_LABEL];
        for (int i = 0; i < count; i++) {
            int label = labels[first + i];
            if (isClass(label)) {
                gradient[(first + i) * columns + label] = atLabel[i];
            }
        }
    }

    // The losses are log1p(rest) - (z_label - m): see SoftmaxRow.value.

    private static boolean findDifferences(double[][] scratch, double a, double b, int count) {
        double[] labelled = scratch[LABELLED];
        double[] max = scratch[MAX];
        double[] tails = scratch[AT_LABEL];
        for (int i = 0; i < count; i++) {
            double difference = labelled[i] - max[i];
            tails[i] = Exact.sumError(labelled[i], -max[i], difference);
            labelled[i] = difference;
        }
        return true;
    }

    /** From rests to the same times 2^500 in true units; the rests are kept in place of the maxima. */
    private static boolean findRatios(double[][] scratch, double a, double b, int count) {
        double[] sums = scratch[SUMS];
        double[] sumTails = scratch[SUM_TAILS];
        System.arraycopy(sums, 0, scratch[MAX], 0, count);
        for (int i = 0; i < count; i++) {
            double product = sums[i] * Exp.UNIT_INVERSE;
            double error = Exact.productError(sums[i], Exp.UNIT_INVERSE, product);
            double cross = Exact.sum(sums[i] * Exp.UNIT_INVERSE_TAIL, sumTails[i] * Exp.UNIT_INVERSE);
            double tail = Exact.sum(error, cross);
            sums[i] = Exact.sum(product, tail);
            sumTails[i] = Exact.fastSumError(product, tail, Exact.sum(product, tail));
        }
        return true;
    }

    private static boolean scaleRatios(double[][] scratch, double a, double b, int count) {
        double[] sums = scratch[SUMS];
        double[] sumTails = scratch[SUM_TAILS];
        double[] unscaled = scratch[SUM_RESTS];
        for (int i = 0; i < count; i++) {
            unscaled[i] = sums[i];
            sums[i] *= Exp.POWER_INVERSE;
            sumTails[i] *= Exp.POWER_INVERSE;
        }
        return true;
    }

    private static boolean log1p(double[][] scratch, double a, double b, int count) {
        Log.log1p(scratch[SUMS], scratch[SUM_TAILS], scratch[X], scratch[Y], count);
        return true;
    }

    private static boolean findLosses(double[][] scratch, double a, double b, int count) {
        double[] sums = scratch[SUMS];
        double[] sumTails = scratch[SUM_TAILS];
        double[] differences = scratch[LABELLED];
        double[] differenceTails = scratch[AT_LABEL];
        for (int i = 0; i < count; i++) {
            double log = sums[i] + sumTails[i];
            double logTail = Exact.fastSumError(sums[i], sumTails[i], log);
            double loss = log - differences[i];
            double tail = Exact.sum(Exact.sumError(log, -differences[i], loss), logTail - differenceTails[i]);
            sums[i] = Exact.sum(loss, tail) + 0.0;
        }
        return true;
    }

    /** Losses that are the rest itself, and those of labels without probability. */
    private void settleSpecial(int count) {
        double[] losses = scratch[SUMS];
        double[] differences = scratch[LABELLED];
        double[] rests = scratch[MAX];
        double[] unscaled = scratch[SUM_RESTS];
        for (int i = 0; i < count; i++) {
            if (differences[i] == 0 && rests[i] < SoftmaxRow.SMALL_REST) {
                losses[i] = unscaled[i] * Exp.POWER_INVERSE;
            } else if (differences[i] == Double.NEGATIVE_INFINITY) {
                losses[i] = Double.POSITIVE_INFINITY;
            }
        }
    }
}
