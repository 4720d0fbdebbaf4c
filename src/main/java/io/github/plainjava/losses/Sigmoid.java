package io.github.plainjava.losses;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Exp;
import io.github.plainjava.losses.internal.math.Log;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Entries;
import io.github.plainjava.losses.internal.tile.Pairs;
import io.github.plainjava.losses.internal.tile.Part;
import java.util.Objects;

/**
 * The logistic loss, or binary cross-entropy from logits: for questions with the answer yes or no, from a model that
 * gives one logit a question, and for several labels at once. For one class out of several take {@link Softmax}, for
 * probabilities {@link BinaryCrossEntropy}.
 *
 * <pre>{@code
 * SecondOrderLoss loss = new Sigmoid().withPositiveWeights(3);
 * double[] logits = {0.5, -2};
 * double[] targets = {1, 0};
 * double value = loss.value(logits, targets); // 0.7745794817916463
 * double[] slope = loss.gradient(logits, targets); // {-0.5663110031972182, 0.05960146101105878}
 * double probability = Sigmoid.sigmoid(-2); // 0.11920292202211756
 * }</pre>
 *
 * <h2>Definition</h2>
 * For n logits z and targets y from 0 to 1, sigma(z) = 1 / (1 + e^-z) the probability of a yes, and sp(z) = log(1 +
 * e^z), in nats:
 * <pre>
 *     value = (1 / n) sum over i of (w y_i sp(-z_i) + (1 - y_i) sp(z_i))
 * </pre>
 * where sp(-z) = -log sigma(z) is what a yes costs and sp(z) what a no does. The positive weight w, 1 unless set, is
 * one for all columns or one a column. Label smoothing by a replaces y by y (1 - a) + a / 2.
 *
 * <h2>Gradient</h2>
 * d value / d z_i = ((1 - y_i) sigma(z_i) - w y_i sigma(-z_i)) / n; without a weight that is (sigma(z_i) - y_i) / n.
 *
 * <h2>Second derivative</h2>
 * (w y_i + 1 - y_i) sigma(z_i) sigma(-z_i) / n, never negative: the loss is convex.
 *
 * <h2>Domain and shapes</h2>
 * Logits are any doubles, targets from 0 to 1, as many of one as of the other, at least one. Positive weights are 0 or
 * from 1e-18 to 1e18, label smoothing is 0 or from 1e-18 to 1. The gradient array is as long and may be the logits
 * themselves.
 *
 * <h2>Weights in means</h2>
 * A row counts in the mean over a {@link Batch} by the mean of w y + 1 - y over its entries, y before smoothing. So
 * this is the {@link Softmax} loss of the two logits 0 and z with the class weights 1 and w: the same values, weights
 * and means. PyTorch's {@code pos_weight} divides by the number of rows instead: {@code summed()}, divided by that.
 *
 * <h2>Special values</h2>
 * A NaN logit or target makes the value and every entry of the derivatives NaN. A logit +infinity is a sure yes: it
 * costs nothing, with the gradient 0, where 1 - y' is 0 for the smoothed target y', and else +infinity, with the
 * gradient (1 - y') / n; -infinity likewise. A mean beyond the double range is +infinity; sums beyond it whose mean is
 * not, do no harm.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * log(1 + e^z) overflows from 710 on, and below -37 the sum is 1 and the logarithm 0. With e = e^-|z| it is max(z, 0) +
 * log1p(e), and the two costs together are
 * <pre>
 *     (1 - y) max(z, 0) + w y max(-z, 0) + (w y + 1 - y) log1p(e)
 * </pre>
 * where nothing is subtracted. The slope is (1 - y - w y e) / (1 + e), or its mirror image for a negative logit, with
 * one subtraction and a denominator between 1 and 2; sigma(z) sigma(-z) is e / (1 + e)^2, which 1 - sigma(z) would
 * lose. All is carried as sums of two doubles, in loops that become vector instructions.
 *
 * <h2>Accuracy</h2>
 * For finite logits of any size the value of one entry is within 2 ulp of the exact result for the doubles given, a
 * mean within 3, derivatives within 3, for any number of entries, subnormal results included; a gradient entry in ulps
 * of the larger of its two terms, (1 - y) sigma(z) and w y sigma(-z). A target below 2^-600 may be wrong by that much.
 * Bits are the same on every Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no logits, lengths that differ, a target that is not from 0 to 1, an option out
 * of its range, more or fewer columns than positive weights, labels instead of targets, or a gradient array that is the
 * target; {@link NullPointerException} for null. Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * D. R. Cox (1958), The regression analysis of binary sequences, J. R. Stat. Soc. B 20(2),
 * doi:10.1111/j.2517-6161.1958.tb00292.x.
 */
public final class Sigmoid extends BinaryLoss {

    private static final long serialVersionUID = 1;

    /** From here on exp(-|z|) is nothing beside 1. */
    private static final double FAR = 88;

    /** From here on nothing is left of exp(-|z|), whatever it is multiplied by. */
    private static final double FARTHEST = 978;

    /** The loss without positive weights and label smoothing. */
    public Sigmoid() {
        this(new double[] {1}, 0, false);
    }

    private Sigmoid(double[] positiveWeights, double smoothing, boolean skipsMissing) {
        super(positiveWeights, smoothing, skipsMissing);
    }

    /**
     * This loss with a weight for each column, by which the cost of a yes is multiplied.
     *
     * @param weights one for all columns, or one a column, 0 or from 1e-18 to 1e18; copied
     * @return a new loss
     * @throws IllegalArgumentException if there is none, or one is out of range
     */
    public Sigmoid withPositiveWeights(double... weights) {
        return new Sigmoid(weights, smoothing(), skipsMissing());
    }

    /**
     * This loss with part of each target spread evenly over yes and no: y becomes y (1 - a) + a / 2.
     *
     * @param smoothing the part a: 0, which changes no bit, or from 1e-18 to 1
     * @return a new loss
     * @throws IllegalArgumentException if smoothing is out of range
     */
    public Sigmoid withLabelSmoothing(double smoothing) {
        return new Sigmoid(positiveWeights(), smoothing, skipsMissing());
    }

    @Override
    public Sigmoid skippingMissing() {
        return copy(true);
    }

    /**
     * The logistic function 1 / (1 + e^-z), the probability of a yes.
     *
     * <p>Special values: 0 of -infinity, 1 of +infinity, NaN of NaN. Accuracy: within 2 ulp, subnormal results
     * included.
     *
     * @param logit any double
     * @return a probability
     */
    public static double sigmoid(double logit) {
        Pair odds = odds(logit);
        return logit < 0
                ? odds.over(Pair.ONE.plus(odds)).rounded()
                : Pair.ONE.over(Pair.ONE.plus(odds)).rounded();
    }

    /**
     * The logistic function of each of some numbers.
     *
     * @param logits        any doubles
     * @param probabilities receives {@link #sigmoid(double)} of each; as long, and may be the same array
     * @throws IllegalArgumentException if lengths differ
     */
    public static void sigmoid(double[] logits, double[] probabilities) {
        checkLengths(logits, "logits", probabilities, "probabilities");
        for (int i = 0; i < logits.length; i++) {
            probabilities[i] = sigmoid(logits[i]);
        }
    }

    /**
     * The logarithm of the logistic function, log(1 / (1 + e^-z)), in nats; finite where that would underflow to 0.
     *
     * <p>Special values: -infinity of -infinity, 0 of +infinity, NaN of NaN. Accuracy: within 2 ulp, subnormal results
     * included.
     *
     * @param logit any double
     * @return a logarithm of a probability, not above 0
     */
    public static double logSigmoid(double logit) {
        return 0 - softplus(-logit);
    }

    /**
     * The logarithm of the logistic function of each of some numbers.
     *
     * @param logits           any doubles
     * @param logProbabilities receives {@link #logSigmoid(double)} of each; as long, and may be the same array
     * @throws IllegalArgumentException if lengths differ
     */
    public static void logSigmoid(double[] logits, double[] logProbabilities) {
        checkLengths(logits, "logits", logProbabilities, "logProbabilities");
        for (int i = 0; i < logits.length; i++) {
            logProbabilities[i] = logSigmoid(logits[i]);
        }
    }

    /**
     * The softplus log(1 + e^z), a smooth max(z, 0).
     *
     * <p>Special values: 0 of -infinity, +infinity of +infinity, NaN of NaN. Accuracy: within 2 ulp, subnormal results
     * included.
     *
     * @param number any double
     * @return a number not below 0
     */
    public static double softplus(double number) {
        Pair rest = odds(number).log1p();
        return number > FAR ? number : rest.plus(Pair.of(Math.max(number, 0))).rounded();
    }

    /**
     * The softplus of each of some numbers.
     *
     * @param numbers any doubles
     * @param results receives {@link #softplus(double)} of each; as long, and may be the same array
     * @throws IllegalArgumentException if lengths differ
     */
    public static void softplus(double[] numbers, double[] results) {
        checkLengths(numbers, "numbers", results, "results");
        for (int i = 0; i < numbers.length; i++) {
            results[i] = softplus(numbers[i]);
        }
    }

    /**
     * The logit log(p / (1 - p)), of which p is the {@link #sigmoid(double)}.
     *
     * <p>Near 1/2 it is log1p((2p - 1) / (1 - p)), where 2p - 1 is exact; the difference of two logarithms would lose
     * its digits. Special values: -infinity of 0, +infinity of 1, NaN of NaN. Accuracy: within 2 ulp.
     *
     * @param probability from 0 to 1
     * @return a logit
     * @throws IllegalArgumentException if the probability is not from 0 to 1
     */
    public static double logit(double probability) {
        if (!isProbability(probability)) {
            throw new IllegalArgumentException("probability = " + probability + " is not in 0..1");
        }
        return uncheckedLogit(probability);
    }

    /**
     * The logit of each of some probabilities.
     *
     * @param probabilities each from 0 to 1
     * @param logits        receives {@link #logit(double)} of each; as long, and may be the same array
     * @throws IllegalArgumentException if lengths differ, or one is not from 0 to 1; nothing is written then
     */
    public static void logit(double[] probabilities, double[] logits) {
        checkLengths(probabilities, "probabilities", logits, "logits");
        for (int i = 0; i < probabilities.length; i++) {
            if (!isProbability(probabilities[i])) {
                throw new IllegalArgumentException(
                        "probabilities[" + i + "] = " + probabilities[i] + " is not in 0..1");
            }
        }
        for (int i = 0; i < probabilities.length; i++) {
            logits[i] = uncheckedLogit(probabilities[i]);
        }
    }

    private static void checkLengths(double[] from, String fromName, double[] to, String toName) {
        Objects.requireNonNull(from, fromName);
        Checks.sameLength(to, toName, from, fromName);
    }

    private static boolean isProbability(double p) {
        return !(p < 0 || p > 1);
    }

    private static double uncheckedLogit(double p) {
        if (p == 0 || p == 1) {
            return p == 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (Math.abs(p - 0.5) > 0.25) {
            return Log.log(p).minus(Pair.difference(1, p).log()).rounded();
        }
        double difference = 2 * p - 1;
        return difference < 0
                ? 0 - Pair.quotient(-difference, p).log1p().rounded()
                : Pair.quotient(difference, 1 - p).log1p().rounded();
    }

    /** exp(-|z|). */
    private static Pair odds(double z) {
        return Exp.withoutUnit(Exp.exp(Math.max(-FARTHEST, -Math.abs(z)), 0, 0));
    }

    /**
     * With e = exp(-|z|), L = log(1 + e), and "against" and "with" for what speaks against the sign of the logit z and
     * for it, no and yes if z is positive:
     * <pre>
     *     f   = against |z| + (against + with) L
     *     f'  = (against - with e) / (1 + e), with the sign of z
     *     f'' = (against + with) e / (1 + e)^2
     * </pre>
     */
    @Override
    void entries(Entries e) {
        Part a = e.part;
        for (int from = 0; from < e.size; from += Part.SIZE) {
            a.load(e, from);
            count(a);
            computeOdds(a);
            computeValue(a, e.unit * e.unit);
            computeSlope(a);
            if (e.derivesTwice) {
                computeCurvature(a);
            }
            for (int i = 0; i < a.size; i++) {
                if (!(Math.abs(a.prediction[i]) <= FAR)) {
                    computeFar(a, i, e.unit);
                }
            }
            a.store(e, from);
        }
    }

    /** e, and something else for a logit that is far from 0. */
    static void computeOdds(Part a) {
        negate(a.prediction, a.first.head, a.size);
        Exp.exp(a.first.head, Pair.ONE, a.odds.head, a.odds.tail, a.size);
        Exp.withoutUnit(a.odds.head, a.odds.tail, a.size);
    }

    /** -|z|. */
    static void negate(double[] z, double[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = -Math.abs(z[i]);
        }
    }

    private static void computeValue(Part a, double unit) {
        addUpSides(a.prediction, a.yes, a.no, a.value, a.size);
        a.first.copy(a.odds, 0, a.size);
        a.first.log1p(a.second, a.size);
        a.value.addProducts(a.both, a.first, a.size);
        for (int i = 0; i < a.size && unit != 1; i++) {
            a.value.set(i, a.value.get(i).times(unit));
        }
    }

    private static void addUpSides(double[] z, Pairs yes, Pairs no, Pairs to, int n) {
        addUpSides(z, yes.head, yes.tail, no.head, no.tail, to.head, to.tail, n);
    }

    /** no max(z, 0) + yes max(-z, 0), of which one is 0. */
    private static void addUpSides(double[] z, double[] yes, double[] yesTail, double[] no, double[] noTail,
            double[] to, double[] toTail, int n) {
        for (int i = 0; i < n; i++) {
            double size = Math.abs(z[i]);
            double up = 0.5 * (size - (0 - z[i]));
            double down = size - up;
            double product = fma(no[i], up, yes[i] * down);
            toTail[i] = fma(noTail[i], up, fma(yesTail[i], down, fma(yes[i], down, fma(no[i], up, -product))));
            to[i] = product;
        }
    }

    private static void computeSlope(Part a) {
        a.divisor.onePlus(a.odds, a.size);
        split(a.prediction, a.odds, a.first, a.second, a.size);
        a.first.multiply(a.no, a.size);
        a.second.multiply(a.yes, a.size);
        a.first.subtract(a.second, a.size);
        a.first.quotient(a.first, a.divisor, a.size);
        a.first.round(a.slope, a.size);
    }

    /** 1 for a no and the odds for a yes where the logit is positive, or else the other way round. */
    static void split(double[] z, Pairs odds, Pairs ofNo, Pairs ofYes, int n) {
        signs(z, ofNo.head, n);
        split(odds.head, odds.tail, ofNo.head, ofNo.tail, ofYes.head, ofYes.tail, n);
    }

    /** 1 if a logit is positive, or else 0. */
    private static void signs(double[] z, double[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = MeanAbsoluteError.step(z[i], 0, 1);
        }
    }

    /** The signs are in ofNo. */
    private static void split(double[] odds, double[] oddsTail, double[] ofNo, double[] ofNoTail,
            double[] ofYes, double[] ofYesTail, int n) {
        for (int i = 0; i < n; i++) {
            double up = ofNo[i];
            double down = 1 - up;
            ofNo[i] = fma(down, odds[i], up);
            ofNoTail[i] = down * oddsTail[i];
            ofYes[i] = fma(up, odds[i], down);
            ofYesTail[i] = up * oddsTail[i];
        }
    }

    private static void computeCurvature(Part a) {
        a.first.copy(a.both, 0, a.size);
        a.first.multiply(a.odds, a.size);
        a.first.quotient(a.first, a.divisor, a.size);
        a.first.quotient(a.first, a.divisor, a.size);
        a.first.round(a.curvature, a.size);
    }

    /** Where 1 + e is 1, and e may be below the double range, or beyond what is exponentiated over arrays. */
    private static void computeFar(Part a, int i, double unit) {
        double z = a.prediction[i];
        boolean up = z >= 0;
        Pair against = new Pair(up ? a.no.head[i] : a.yes.head[i], up ? a.no.tail[i] : a.yes.tail[i]);
        Pair with = new Pair(up ? a.yes.head[i] : a.no.head[i], up ? a.yes.tail[i] : a.no.tail[i]);
        Pair odds = Exp.exp(Math.max(-FARTHEST, -Math.abs(z)), 0, 0);
        double rest = Exp.withoutUnit(a.both.get(i).times(odds)).rounded();
        double size = against.head() == 0 ? Math.min(Math.abs(z), Double.MAX_VALUE) : Math.abs(z);
        a.value.set(i, against.times(size * unit).times(unit).plus(Pair.of(rest * unit * unit)));
        double slope = against.minus(Exp.withoutUnit(with.times(odds))).rounded();
        a.slope[i] = up ? slope : 0 - slope;
        a.curvature[i] = rest;
    }

    @Override
    Sigmoid copy(boolean skipsMissing) {
        return new Sigmoid(positiveWeights(), smoothing(), skipsMissing);
    }

    @Override
    String predictionName() {
        return "logits";
    }

    @Override
    String options() {
        return super.options() + ", smoothing=" + smoothing();
    }
}
