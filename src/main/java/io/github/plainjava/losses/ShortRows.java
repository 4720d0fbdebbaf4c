package io.github.plainjava.losses;

import java.util.Arrays;

/**
 * The softmax, and the softmax loss by label, of short rows of moderate logits, see {@link Unshifted}: for one row, or
 * for as many as fit into a block. A row of three or ten logits is too short for vector instructions; a block of rows
 * that lie end to end is not, and to exponentials it does not matter where a row ends. What there is one of in a row is
 * computed for all rows of the block side by side. Every row gets the bits that it would get alone.
 *
 * <p>The formulas are those of {@link LabelRow}. Each exponential is used with what its rounding dropped, so that equal
 * logits have exactly equal shares.
 */
final class ShortRows {

    private static final Step[] WITH_TAILS = {
        (s, a, b, n) -> exponentials(s[Scratch.X], s[Scratch.Y], n)
    };

    private static final Step[] FIND_FACTORS = {ShortRows::findFactors};
    private static final Step[] FIND_GRADIENTS_AT_LABELS = {ShortRows::findGradientsAtLabels};
    private static final Step[] FIND_LOSSES = {ShortRows::findRatios, ShortRows::log1p, ShortRows::findLosses};
    private static final Step[] FIND_DISTANCES = {ShortRows::findDistances};
    private static final Step[] FIND_SMOOTHED_GRADIENTS_AT_LABELS = {ShortRows::findSmoothedGradientsAtLabels};

    // Arrays of the scratch: first those with a number for each logit, then those with one for each row.

    /** The exponentials. */
    private static final int E = Scratch.X;

    private static final int E_TAILS = Scratch.Y;

    /** The rests; the losses. With label smoothing, first the sums of the logits. */
    private static final int RESTS = Scratch.SUMS;

    private static final int REST_TAILS = Scratch.SUM_TAILS;

    /** The labels' exponentials; the ratios of the rests to them; their logarithms. */
    private static final int OWN = Scratch.WEIGHTS;

    private static final int OWN_TAILS = Scratch.WEIGHT_TAILS;

    /** What the exponentials are multiplied by in the gradients. */
    private static final int FACTORS = Scratch.MORE;

    private static final int FACTOR_TAILS = Scratch.MORE_TAILS;

    /**
     * That many rows at most. From here on the arrays of rows hold a second number for each: those of the rests the
     * gradients at the labels, those of the factors the second part of a loss with label smoothing.
     */
    static final int ROWS = Scratch.BLOCK / 2;

    private final int columns;
    private final double[][] scratch;

    ShortRows(int columns, double[][] scratch) {
        this.columns = columns;
        this.scratch = scratch;
    }

    /**
     * As {@link RowLoss#sideBySide}, for a scale of the gradients.
     *
     * @param labels    or, if null, there is only one row, and first is its label
     * @param count     up to {@link #ROWS}, and no more than fit into a block
     * @param smoothing 0, or what {@link TargetRule#smoothsLabels} says can be had here
     * @return false, with nothing written, if a logit is not moderate
     */
    boolean compute(
            double[] z,
            int from,
            int[] labels,
            int first,
            int count,
            double smoothing,
            double scale,
            double scaleTail,
            double[] gradient) {
        int size = count * columns;
        findDistances(z, from, labels, first, count, smoothing);
        if (!(count == 1 ? oneByOne(z, from) : findExponentials(z, from, size))) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            takeOut(i, place(labels, first, i));
        }
        findRests(size);
        if (gradient != null) {
            Step.all(FIND_FACTORS, scratch, scale, scaleTail, count);
            if (smoothing == 0) {
                Step.all(FIND_GRADIENTS_AT_LABELS, scratch, 0, 0, count);
                writeGradients(size, gradient, from, 0, 0);
            } else {
                DoubleDouble share = DoubleDouble.quotient(smoothing, columns);
                DoubleDouble given = share.times(columns - 1.0);
                Step.all(FIND_SMOOTHED_GRADIENTS_AT_LABELS, scratch, given.head(), given.tail(), count);
                DoubleDouble scaled = share.times(new DoubleDouble(scale, scaleTail));
                writeGradients(size, gradient, from, scaled.head(), scaled.tail());
            }
            for (int i = 0; i < count; i++) {
                gradient[from + place(labels, first, i)] = scratch[RESTS][ROWS + i];
            }
        }
        return Step.all(FIND_LOSSES, scratch, 0, 0, count);
    }

    /** Where the label's number stands among those of the rows; a label that is none stands for any. */
    private int place(int[] labels, int first, int row) {
        int label = labels == null ? first : labels[first + row];
        return row * columns + (label >= 0 && label < columns ? label : 0);
    }

    /** c sum of (z_label - z_i), for the c that smoothing gives to every class. */
    private void findDistances(double[] z, int from, int[] labels, int first, int count, double smoothing) {
        if (smoothing == 0) {
            Arrays.fill(scratch[FACTORS], ROWS, ROWS + count, 0);
            Arrays.fill(scratch[FACTOR_TAILS], ROWS, ROWS + count, 0);
            return;
        }
        System.arraycopy(z, from, scratch[E], 0, count * columns);
        Arrays.fill(scratch[E_TAILS], 0, count * columns, 0);
        findRests(count * columns); // the sums of the logits
        for (int i = 0; i < count; i++) {
            scratch[OWN][i] = z[from + place(labels, first, i)];
        }
        Step.all(FIND_DISTANCES, scratch, columns, smoothing, count);
    }

    /**
     * The loss of a single row and, if gradient is not null, scale times its gradient.
     *
     * @param t the target's weight of the label
     * @return NaN, with nothing written, if a logit is not moderate
     */
    double compute(
            double[] z, int from, int label, double t, double scale, double scaleTail, double[] gradient) {
        if (!takeApart(z, from, label)) {
            return Double.NaN;
        }
        double rest = scratch[RESTS][0];
        double restTail = scratch[REST_TAILS][0];
        double own = scratch[OWN][0];
        double ownTail = scratch[OWN_TAILS][0];
        if (gradient != null) {
            DoubleDouble weighted = new DoubleDouble(scale, scaleTail).times(t);
            double sum = rest + own;
            double inverse = 1 / sum;
            double factor = weighted.head() * inverse;
            double sumTail = sumTail(rest, restTail, own, ownTail, sum);
            double factorTail = quotientTail(weighted.head(), weighted.tail(), sum, sumTail, inverse, factor);
            scratch[FACTORS][0] = factor;
            scratch[FACTOR_TAILS][0] = factorTail;
            writeGradients(columns, gradient, from, 0, 0);
            gradient[from + label] = minusProduct(rest, restTail, factor, factorTail);
        }
        findLog();
        return LabelRow.weighted(t, scratch[OWN][0], scratch[OWN_TAILS][0]);
    }

    /** From a single row's rest and the exponential that was taken out to log1p of their ratio, in place of the latter. */
    private void findLog() {
        double rest = scratch[RESTS][0];
        double own = scratch[OWN][0];
        double inverse = 1 / own;
        double ratio = rest * inverse;
        double ratioTail =
                quotientTail(rest, scratch[REST_TAILS][0], own, scratch[OWN_TAILS][0], inverse, ratio);
        scratch[OWN][0] = Log.log1pHead(ratio, ratioTail);
        scratch[OWN_TAILS][0] = Log.log1pTail(ratio, ratioTail);
    }

    /**
     * The softmax of a single row.
     *
     * @return false, with nothing written, if a logit is not moderate
     */
    boolean softmax(double[] z, double[] p) {
        if (!oneByOne(z, 0)) {
            return false;
        }
        findRests(columns); // nothing has been taken out: the sum
        double sum = scratch[RESTS][0];
        double factor = 1 / sum;
        scratch[FACTORS][0] = factor;
        scratch[FACTOR_TAILS][0] = quotientTail(1, 0, sum, scratch[REST_TAILS][0], factor, factor);
        writeGradients(columns, p, 0, 0, 0);
        return true;
    }

    /**
     * The log-softmax of a single row.
     *
     * @return false, with nothing written, if a logit is not moderate
     */
    boolean logSoftmax(double[] z, double[] logP) {
        int k = Exponentials.argmax(z, 0, columns, scratch);
        if (!takeApart(z, 0, k)) {
            return false;
        }
        findLog();
        SoftmaxFunctions.logProbabilities(z, logP, z[k], scratch[OWN][0], scratch[OWN_TAILS][0], columns);
        return true;
    }

    /**
     * Computes the exponentials of a single row, less the one that is taken out, and their sum.
     *
     * @return false if a logit is not moderate
     */
    boolean takeApart(double[] z, int from, int k) {
        if (!oneByOne(z, from)) {
            return false;
        }
        takeOut(0, k);
        findRests(columns);
        return true;
    }

    /** The exponentials of one row, for which loops of a few numbers each would take longer. */
    private boolean oneByOne(double[] z, int from) {
        double[] e = scratch[E];
        double[] eTails = scratch[E_TAILS];
        for (int i = 0; i < columns; i++) {
            double x = z[from + i];
            if (!Exp.isModerate(x)) {
                return false;
            }
            double scale = Exp.moderateScale(x);
            double expm1 = Exp.moderateExpm1(x);
            e[i] = Exp.exp(scale, expm1);
            eTails[i] = Exp.tail(scale, expm1, e[i]);
        }
        return true;
    }

    private boolean findExponentials(double[] z, int from, int size) {
        System.arraycopy(z, from, scratch[E], 0, size);
        if (!Step.all(Unshifted.EXPONENTIALS, scratch, 0, 0, size)) {
            return false;
        }
        Step.all(WITH_TAILS, scratch, 0, 0, size);
        return true;
    }

    /** From exp(r) - 1 and scales to exponentials and their tails. */
    private static boolean exponentials(double[] x, double[] y, int n) {
        for (int i = 0; i < n; i++) {
            double exp = Exp.exp(y[i], x[i]);
            y[i] = Exp.tail(y[i], x[i], exp);
            x[i] = exp;
        }
        return true;
    }

    /** Takes the label's exponential out of the block. */
    private void takeOut(int row, int at) {
        double[] e = scratch[E];
        double[] eTails = scratch[E_TAILS];
        scratch[OWN][row] = e[at];
        scratch[OWN_TAILS][row] = eTails[at];
        e[at] = 0;
        eTails[at] = 0;
    }

    // One loop over all rows, here and below: to start a loop of its own for three or ten numbers takes longer than
    // the numbers do.

    private void findRests(int size) {
        double[] e = scratch[E];
        double[] eTails = scratch[E_TAILS];
        double[] rests = scratch[RESTS];
        double[] restTails = scratch[REST_TAILS];
        int row = 0;
        int last = columns - 1;
        double sum = 0;
        double tail = 0;
        for (int i = 0; i < size; i++) {
            double next = sum + e[i];
            tail += Exact.sumError(sum, e[i], next) + eTails[i];
            sum = next;
            if (i == last) {
                rests[row] = sum + tail;
                restTails[row] = Exact.fastSumError(sum, tail, sum + tail);
                sum = 0;
                tail = 0;
                row++;
                last += columns;
            }
        }
    }

    // What the formulas need of pairs a + aTail and b + bTail.

    private static double sumTail(double a, double aTail, double b, double bTail, double sum) {
        return Exact.sum(Exact.sumError(a, b, sum), aTail + bTail);
    }

    /** For a quotient that is a times the inverse of b, because one division takes longer than all the rest. */
    private static double quotientTail(
            double a, double aTail, double b, double bTail, double inverse, double quotient) {
        return Exact.sum(Fma.fma(-quotient, b, a), aTail - quotient * bTail) * inverse;
    }

    private static double minusProduct(double a, double aTail, double b, double bTail) {
        return 0.0 - Fma.fma(a, b, Fma.fma(a, bTail, aTail * b));
    }

    /** scale / (rest + e_label). */
    private static boolean findFactors(double[][] scratch, double scale, double scaleTail, int n) {
        double[] rests = scratch[RESTS];
        double[] restTails = scratch[REST_TAILS];
        double[] own = scratch[OWN];
        double[] ownTails = scratch[OWN_TAILS];
        double[] factors = scratch[FACTORS];
        double[] factorTails = scratch[FACTOR_TAILS];
        for (int i = 0; i < n; i++) {
            double sum = rests[i] + own[i];
            double sumTail = sumTail(rests[i], restTails[i], own[i], ownTails[i], sum);
            double inverse = 1 / sum;
            double factor = scale * inverse;
            factorTails[i] = quotientTail(scale, scaleTail, sum, sumTail, inverse, factor);
            factors[i] = factor;
        }
        return true;
    }

    /** From e_label to rest / e_label. */
    private static boolean findRatios(double[][] scratch, double a, double b, int n) {
        double[] rests = scratch[RESTS];
        double[] restTails = scratch[REST_TAILS];
        double[] own = scratch[OWN];
        double[] ownTails = scratch[OWN_TAILS];
        for (int i = 0; i < n; i++) {
            double inverse = 1 / own[i];
            double ratio = rests[i] * inverse;
            ownTails[i] = quotientTail(rests[i], restTails[i], own[i], ownTails[i], inverse, ratio);
            own[i] = ratio;
        }
        return true;
    }

    /** The negatives of the rests times the factors. */
    private static boolean findGradientsAtLabels(double[][] scratch, double a, double b, int n) {
        double[] rests = scratch[RESTS];
        double[] restTails = scratch[REST_TAILS];
        double[] factors = scratch[FACTORS];
        double[] factorTails = scratch[FACTOR_TAILS];
        for (int i = 0; i < n; i++) {
            rests[ROWS + i] = minusProduct(rests[i], restTails[i], factors[i], factorTails[i]);
        }
        return true;
    }

    /** The products of exponentials and factors, less the share of every class if that is not 0. */
    private void writeGradients(int size, double[] gradient, int from, double share, double shareTail) {
        double[] e = scratch[E];
        double[] eTails = scratch[E_TAILS];
        double[] factors = scratch[FACTORS];
        double[] factorTails = scratch[FACTOR_TAILS];
        int row = 0;
        int next = columns;
        double factor = factors[0];
        double factorTail = factorTails[0];
        for (int i = 0; i < size; i++) {
            if (i == next) {
                row++;
                next += columns;
                factor = factors[row];
                factorTail = factorTails[row];
            }
            gradient[from + i] = share == 0
                    ? Fma.fma(e[i], factor, Fma.fma(e[i], factorTail, eTails[i] * factor))
                    : LabelRow.smoothed(e[i], eTails[i], factor, factorTail, share, shareTail);
        }
    }

    /** From the logits of the labels and the sums to the second parts of the losses, c (columns z_label - sum). */
    private static boolean findDistances(double[][] scratch, double columns, double smoothing, int n) {
        double[] own = scratch[OWN];
        double[] sums = scratch[RESTS];
        double[] sumTails = scratch[REST_TAILS];
        double[] distances = scratch[FACTORS];
        double[] distanceTails = scratch[FACTOR_TAILS];
        double share = smoothing / columns;
        double shareTail = Fma.fma(-share, columns, smoothing) / columns;
        for (int i = 0; i < n; i++) {
            double product = own[i] * columns;
            double difference = product - sums[i];
            double error = Exact.differenceError(product, sums[i], difference);
            double tail = error - (sumTails[i] - Exact.productError(own[i], columns, product));
            double distance = difference * share;
            distances[ROWS + i] = distance;
            distanceTails[ROWS + i] = Exact.productTail(difference, tail, share, shareTail, distance);
        }
        return true;
    }

    /** (given e_label - (1 - given) rest) times the factor, for what the label gives to the other classes, a - c. */
    private static boolean findSmoothedGradientsAtLabels(double[][] scratch, double given, double givenTail, int n) {
        double[] rests = scratch[RESTS];
        double[] restTails = scratch[REST_TAILS];
        double[] own = scratch[OWN];
        double[] ownTails = scratch[OWN_TAILS];
        double[] factors = scratch[FACTORS];
        double[] factorTails = scratch[FACTOR_TAILS];
        double kept = 1 - given;
        double keptTail = ((1 - kept) - given) - givenTail;
        for (int i = 0; i < n; i++) {
            double product = given * own[i];
            double productTail = Exact.productTail(given, givenTail, own[i], ownTails[i], product);
            rests[ROWS + i] = TargetRow.gradient(
                    product,
                    Fma.fma(-rests[i], keptTail, productTail),
                    kept,
                    rests[i],
                    restTails[i],
                    factors[i],
                    factorTails[i]);
        }
        return true;
    }

    private static boolean log1p(double[][] scratch, double a, double b, int n) {
        Log.log1p(scratch[OWN], scratch[OWN_TAILS], scratch[E], scratch[E_TAILS], n);
        return true;
    }

    /** The logarithms and the distances. */
    private static boolean findLosses(double[][] scratch, double a, double b, int n) {
        double[] losses = scratch[RESTS];
        double[] logs = scratch[OWN];
        double[] logTails = scratch[OWN_TAILS];
        double[] distances = scratch[FACTORS];
        double[] distanceTails = scratch[FACTOR_TAILS];
        for (int i = 0; i < n; i++) {
            double loss = logs[i] + distances[ROWS + i];
            double error = Exact.sumError(logs[i], distances[ROWS + i], loss);
            losses[i] = loss + (error + (logTails[i] + distanceTails[ROWS + i]));
        }
        return true;
    }
}
