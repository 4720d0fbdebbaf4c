package io.github.plainjava.losses;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Exact;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Part;
import java.util.Arrays;

/**
 * A loss of questions with the answer yes or no, whose targets are from 0 to 1: it mixes what a yes and what a no would
 * cost, and all that it does not say itself is how much each of the two counts.
 */
abstract class BinaryLoss extends ElementwiseLoss {

    private static final long serialVersionUID = 1;

    /** How many times a yes counts: for each column, or one for all. */
    private final double[] positiveWeights;

    /** The part of each target that is spread evenly over yes and no. */
    private final double smoothing;

    BinaryLoss(double[] positiveWeights, double smoothing, boolean skipsMissing) {
        super(skipsMissing);
        this.positiveWeights = Checks.optionalFactors(positiveWeights, "positiveWeights");
        this.smoothing = Checks.smoothing(smoothing);
        Checks.notEmpty(positiveWeights, "positiveWeights");
    }

    /** How many times a yes counts: for each column, or one for all. */
    final double[] positiveWeights() {
        return positiveWeights;
    }

    final double smoothing() {
        return smoothing;
    }

    /** What yes and no count. */
    final void count(Part a) {
        Pair kept = Pair.difference(1, smoothing);
        countYes(a.target, a.weight, kept.head(), kept.tail(), smoothing / 2, a.yes.head, a.yes.tail, a.size);
        countNo(a.target, kept.head(), kept.tail(), smoothing / 2, a.no.head, a.no.tail, a.size);
        a.both.sum(a.yes, a.no, a.size);
    }

    /** w (y (1 - a) + a / 2). */
    private static void countYes(double[] y, double[] w, double kept, double keptTail, double added, double[] yes,
            double[] yesTail, int n) {
        for (int i = 0; i < n; i++) {
            double part = y[i] * kept;
            double partTail = fma(y[i], keptTail, fma(y[i], kept, -part));
            double sum = part + added;
            double sumTail = Exact.sumError(part, added, sum) - -partTail;
            double product = sum * w[i];
            yesTail[i] = fma(sumTail, w[i], fma(sum, w[i], -product));
            yes[i] = product;
        }
    }

    /** (1 - y) (1 - a) + a / 2, which is 1 less the smoothed target. */
    private static void countNo(double[] y, double kept, double keptTail, double added, double[] no, double[] noTail,
            int n) {
        for (int i = 0; i < n; i++) {
            double rest = 1 - y[i];
            double restTail = (1 - rest) - y[i];
            double part = rest * kept;
            double partTail = Exact.productTail(rest, restTail, kept, keptTail, part);
            double sum = part + added;
            noTail[i] = Exact.sumError(part, added, sum) - -partTail;
            no[i] = sum;
        }
    }

    @Override
    final double[] columnOptions() {
        return positiveWeights;
    }

    @Override
    final String nameOfColumnOptions() {
        return "positiveWeights";
    }

    @Override
    final boolean isOfDifferences() {
        return false;
    }

    @Override
    final String nameOfTargets() {
        return "targets 0..1";
    }

    @Override
    final boolean checksRows(boolean labels) {
        return true;
    }

    @Override
    void checkRow(double[] prediction, double[] target, int from, int columns, int row) {
        Checks.shares(target, from, columns, row);
    }

    @Override
    final boolean weighsOne(boolean labels) {
        return !skipsMissing() && positiveWeights.length == 1 && positiveWeights[0] == 1;
    }

    /**
     * The mean of w y + 1 - y over the entries, nearly rounded correctly, where a missing one weighs 0; one that makes
     * the loss NaN weighs 1.
     */
    @Override
    final double mass(double[] target, int from, int columns, int label) {
        double sum = 0;
        double tail = 0;
        for (int i = 0; i < columns; i++) {
            double y = target[from + i];
            if (y == y) {
                double w = positiveWeights[positiveWeights.length == 1 ? 0 : i];
                double weighted = y * w;
                double no = 1 - y;
                double entry = weighted + no;
                double next = sum + entry;
                tail += Exact.productError(y, w, weighted) + Exact.differenceError(1, y, no)
                        + Exact.sumError(weighted, no, entry) + Exact.sumError(sum, entry, next);
                sum = next;
            } else if (!skipsMissing()) {
                sum += 1;
            }
        }
        return new Pair(sum, tail).over(Pair.of(columns)).rounded();
    }

    @Override
    String options() {
        return "positiveWeights=" + Arrays.toString(positiveWeights);
    }
}
