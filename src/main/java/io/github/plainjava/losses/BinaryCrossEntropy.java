package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Log;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Entries;
import io.github.plainjava.losses.internal.tile.Part;

/**
 * Binary cross-entropy of probabilities, also called log loss: for questions with the answer yes or no, from a model
 * that gives a probability of a yes. If it gives logits, use {@link Sigmoid} on those: it is as exact where the
 * probability itself is already 0 or 1. For one class out of several take {@link CrossEntropy}.
 *
 * <pre>{@code
 * SecondOrderLoss loss = new BinaryCrossEntropy();
 * double value = loss.value(new double[] {0.75, 0.5}, new double[] {1, 0}); // 0.4904146265058631
 * double[] slope = loss.gradient(new double[] {0.75, 0.5}, new double[] {1, 0}); // {-0.6666666666666666, 1.0}
 * SecondOrderLoss floored = new BinaryCrossEntropy().withFloor(1e-6);
 * double finite = floored.value(new double[] {0}, new double[] {1}); // 14.815510557964274
 * }</pre>
 *
 * <h2>Definition</h2>
 * For n probabilities p and targets y from 0 to 1, in nats:
 * <pre>
 *     value = (1 / n) sum over i of (-w y_i log p_i - (1 - y_i) log(1 - p_i)),    with 0 log 0 = 0
 * </pre>
 * The positive weight w, 1 unless set, is one for all columns or one a column. Label smoothing by a replaces y by y (1
 * - a) + a / 2. There is no hidden epsilon. With a floor f, -log x is replaced below f by its tangent there, -log f + 1
 * - x / f, for x = p and for x = 1 - p.
 *
 * <h2>Gradient</h2>
 * d value / d p_i = ((1 - y_i) / (1 - p_i) - w y_i / p_i) / n, where the floor takes the place of a divisor below it.
 * The floor keeps the value finite, and the gradient in agreement with it and largest where the prediction is worst; to
 * clip p would make it 0 there.
 *
 * <h2>Second derivative</h2>
 * (w y_i / p_i^2 + (1 - y_i) / (1 - p_i)^2) / n, where a term whose divisor is below the floor is 0. It is never
 * negative: the loss is convex.
 *
 * <h2>Domain and shapes</h2>
 * Probabilities from 0 to 1; up to 1 + 2^-16, the rounding of sums of floats, they count as 1. Targets are from 0 to 1,
 * as many as there are probabilities, at least one. Positive weights are 0 or from 1e-18 to 1e18, label smoothing is 0
 * or from 1e-18 to 1, a floor is from 1e-150 to 1. The gradient array is as long and may be the probabilities
 * themselves.
 *
 * <h2>Weights in means</h2>
 * A row counts in the mean over a {@link Batch} by the mean of w y + 1 - y over its entries, y before smoothing, as
 * with {@link Sigmoid}: the weight of the {@link CrossEntropy} of 1 - p and p with the class weights 1 and w. Where a
 * mean is to be divided by the number of rows, take {@code summed()}, divided by that.
 *
 * <h2>Special values</h2>
 * Unless there is a floor, a probability 0 whose target is not 0 (after smoothing) makes the value +infinity, its entry
 * of the gradient -infinity and that of the second derivatives +infinity; a probability 1 whose target is not 1, the
 * value and both entries +infinity. A NaN probability or target makes the value and every entry of the derivatives NaN.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * 1 - p is rounded, and for p below 2^-54 it is 1, whose logarithm is 0: it is carried with its rounding error.
 * Logarithms, products and quotients are sums of two doubles, in loops that become vector instructions; a plain sum's
 * error grows with the number of entries. Probabilities below 2^-400 are scaled by a power of two on the way, as
 * quotients by them might leave the double range before the division by n brings them back.
 *
 * <h2>Accuracy</h2>
 * For probabilities of any size the value of one entry is within 2 ulp of the exact result for the doubles given, a
 * mean within 3, derivatives within 3, for any number of entries, subnormal results included; a gradient entry in ulps
 * of the larger of its two terms. A target below 2^-600 may be wrong by that much. Bits are the same on every Java
 * platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no probabilities, a value that is not one, lengths that differ, a target that is
 * not from 0 to 1, an option out of its range, more or fewer columns than positive weights, labels instead of targets,
 * or a gradient array that is the target; {@link NullPointerException} for null. Nothing is written before all is
 * checked.
 *
 * <h2>Source</h2>
 * I. J. Good (1952), Rational decisions, J. R. Stat. Soc. B 14(1), doi:10.1111/j.2517-6161.1952.tb00104.x.
 */
public final class BinaryCrossEntropy extends BinaryLoss {

    private static final long serialVersionUID = 1;

    /** Quotients by less might leave the double range. */
    private static final double SMALL = 0x1p-400;

    /** Below it -log is continued along its tangent; 0 for nowhere. */
    private final double floor;

    /** The loss without floor, positive weights and label smoothing. */
    public BinaryCrossEntropy() {
        this(0, new double[] {1}, 0, false);
    }

    private BinaryCrossEntropy(double floor, double[] positiveWeights, double smoothing, boolean skipsMissing) {
        super(positiveWeights, smoothing, skipsMissing);
        this.floor = floor == 0 ? 0 : Checks.floor(floor);
    }

    /**
     * This loss with -log p and -log(1 - p) continued along their tangents below a floor of p and of 1 - p.
     *
     * @param floor from 1e-150 to 1; 1e-7 is a usual choice
     * @return a new loss
     * @throws IllegalArgumentException if the floor is out of range
     */
    public BinaryCrossEntropy withFloor(double floor) {
        return new BinaryCrossEntropy(Checks.floor(floor), positiveWeights(), smoothing(), skipsMissing());
    }

    /**
     * This loss with a weight for each column, by which the cost of a yes is multiplied.
     *
     * @param weights one for all columns, or one a column, 0 or from 1e-18 to 1e18; copied
     * @return a new loss
     * @throws IllegalArgumentException if there is none, or one is out of range
     */
    public BinaryCrossEntropy withPositiveWeights(double... weights) {
        return new BinaryCrossEntropy(floor, weights, smoothing(), skipsMissing());
    }

    /**
     * This loss with part of each target spread evenly over yes and no: y becomes y (1 - a) + a / 2.
     *
     * @param smoothing the part a: 0, which changes no bit, or from 1e-18 to 1
     * @return a new loss
     * @throws IllegalArgumentException if smoothing is out of range
     */
    public BinaryCrossEntropy withLabelSmoothing(double smoothing) {
        return new BinaryCrossEntropy(floor, positiveWeights(), smoothing, skipsMissing());
    }

    @Override
    public BinaryCrossEntropy skippingMissing() {
        return copy(true);
    }

    /**
     * With yes = w y' and no = 1 - y', y' the smoothed target, and r = 1 - p:
     * <pre>
     *     f = -(yes log p + no log r),    f' = no / r - yes / p,    f'' = yes / p^2 + no / r^2
     * </pre>
     * Sums of f are far below the end of the double range, so it needs no unit.
     */
    @Override
    void entries(Entries e) {
        Part a = e.part;
        for (int from = 0; from < e.size; from += Part.SIZE) {
            a.load(e, from);
            count(a);
            computeRest(a.prediction, a.second.head, a.second.tail, a.size);
            computeDerivatives(a, e.derivesTwice);
            computeValue(a);
            double least = Math.max(floor, SMALL);
            for (int i = 0; i < a.size; i++) {
                if (!(a.prediction[i] >= least && 1 - a.prediction[i] >= least)) {
                    computeSmall(a, i, e.unit);
                }
            }
            a.store(e, from);
        }
    }

    /** p, at the most 1, and 1 - p. */
    private static void computeRest(double[] p, double[] rest, double[] restTail, int n) {
        for (int i = 0; i < n; i++) {
            double probability = Math.min(p[i], 1);
            double complement = 1 - probability;
            restTail[i] = (1 - complement) - probability;
            rest[i] = complement;
            p[i] = probability;
        }
    }

    private static void computeDerivatives(Part a, boolean twice) {
        a.first.quotient(a.yes, a.prediction, a.size);
        a.value.quotient(a.no, a.second, a.size);
        if (twice) {
            a.divisor.quotient(a.first, a.prediction, a.size);
            a.odds.quotient(a.value, a.second, a.size);
            a.both.sum(a.divisor, a.odds, a.size);
            a.both.round(a.curvature, a.size);
        }
        a.value.subtract(a.first, a.size);
        a.value.round(a.slope, a.size);
    }

    private static void computeValue(Part a) {
        System.arraycopy(a.prediction, 0, a.first.head, 0, a.size);
        Log.log(a.first.head, a.first.tail, a.odds.head, a.size);
        divide(a.second.tail, a.second.head, a.odds.tail, a.size);
        Log.log(a.second.head, a.second.tail, a.odds.head, a.size);
        subtract(a.odds.tail, a.second.tail, a.size);
        a.value.clear(a.size);
        a.value.addProducts(a.yes, a.first, a.size);
        a.value.addProducts(a.no, a.second, a.size);
        negate(a.value.head, a.size);
        negate(a.value.tail, a.size);
    }

    private static void divide(double[] x, double[] y, double[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = x[i] / y[i];
        }
    }

    private static void subtract(double[] x, double[] from, int n) {
        for (int i = 0; i < n; i++) {
            from[i] = from[i] - -x[i];
        }
    }

    private static void negate(double[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = 0 - x[i];
        }
    }

    /** Where a probability is below the floor, or so small that quotients by it might leave the double range. */
    private void computeSmall(Part a, int i, double unit) {
        Pair p = Pair.of(a.prediction[i]);
        Pair rest = Pair.difference(1, a.prediction[i]);
        a.value.set(i, Pair.difference(cost(a.yes.get(i), p), -cost(a.no.get(i), rest)));
        a.slope[i] = slope(a.no.get(i), rest, unit) - slope(a.yes.get(i), p, unit);
        a.curvature[i] = curvature(a.no.get(i), rest, unit) + curvature(a.yes.get(i), p, unit);
    }

    private boolean isBelowFloor(Pair x) {
        return x.head() < floor || x.head() == floor && x.tail() < 0;
    }

    private static boolean isNothing(Pair count) {
        return count.head() == 0;
    }

    /** -count log x, or along the tangent. */
    private double cost(Pair count, Pair x) {
        if (isNothing(count)) {
            return 0;
        }
        if (isBelowFloor(x)) {
            return Pair.ONE.minus(x.over(Pair.of(floor))).minus(Log.log(floor)).times(count).rounded();
        }
        return x.head() == 0 ? Double.POSITIVE_INFINITY : 0 - x.log().times(count).rounded();
    }

    /** count / max(x, floor) times the unit. */
    private double slope(Pair count, Pair x, double unit) {
        if (isNothing(count)) {
            return 0;
        }
        if (isBelowFloor(x)) {
            return count.over(Pair.of(floor)).rounded() * unit;
        }
        int power = -Math.getExponent(x.head());
        return x.head() == 0
                ? Double.POSITIVE_INFINITY
                : Math.scalb(count.over(lifted(x, power)).rounded(), power + Math.getExponent(unit));
    }

    /** count / x^2 times the square of the unit, or 0 below the floor. */
    private double curvature(Pair count, Pair x, double unit) {
        if (isNothing(count) || isBelowFloor(x)) {
            return 0;
        }
        int power = -Math.getExponent(x.head());
        Pair lifted = lifted(x, power);
        return x.head() == 0
                ? Double.POSITIVE_INFINITY
                : Math.scalb(count.over(lifted).over(lifted).rounded(), 2 * (power + Math.getExponent(unit)));
    }

    private static Pair lifted(Pair x, int power) {
        return x.times(Math.scalb(1.0, power));
    }

    @Override
    BinaryCrossEntropy copy(boolean skipsMissing) {
        return new BinaryCrossEntropy(floor, positiveWeights(), smoothing(), skipsMissing);
    }

    @Override
    boolean isSteep() {
        return true;
    }

    @Override
    String predictionName() {
        return "probabilities";
    }

    @Override
    void checkRow(double[] prediction, double[] target, int from, int columns, int row) {
        Checks.probabilities(prediction, from, columns, row, "Sigmoid");
        super.checkRow(prediction, target, from, columns, row);
    }

    @Override
    String options() {
        return "floor=" + floor + ", " + super.options() + ", smoothing=" + smoothing();
    }
}
