package io.github.plainjava.losses;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Decay;
import io.github.plainjava.losses.internal.math.Exp;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Entries;
import io.github.plainjava.losses.internal.tile.Pairs;
import io.github.plainjava.losses.internal.tile.Part;

/**
 * The focal loss: {@link Sigmoid} with less weight on what is nearly right already, for questions almost all of which
 * are easy, as whether there is an object at each place of an image. It is not proper: the sigmoid of the best logit is
 * not the probability of a yes. Where that is wanted take {@link Sigmoid}.
 *
 * <pre>{@code
 * SecondOrderLoss focal = new Focal().withFocus(2).withPositiveWeights(0.25);
 * double[] logits = {0.5, -2};
 * double[] targets = {1, 0};
 * double value = focal.value(logits, targets); // 0.009348467732308142
 * double[] slope = focal.gradient(logits, targets); // {-0.017242124668864302, 0.0024354700976963834}
 * }</pre>
 *
 * <h2>Definition</h2>
 * For n logits z and targets y from 0 to 1, P = 1 / (1 + e^-z) the probability of a yes, Q = 1 - P that of a no, and
 * the focus g, in nats:
 * <pre>
 *     value = (1 / n) sum over i of (-w y_i Q_i^g log P_i - (1 - y_i) P_i^g log Q_i)
 * </pre>
 * The positive weight w, 1 unless set, is one for all columns or one a column. With the focus 0 this is {@link
 * Sigmoid}, to the bit. The alpha of the paper weighs a yes by alpha and a no by 1 - alpha: that is the positive weight
 * alpha / (1 - alpha), and the result times 1 - alpha.
 *
 * <h2>Gradient</h2>
 * With L = -log P, d value / d z_i = -Q^g (Q + g P L) / n for y = 1; for y = 0 it is that at -z with the other sign;
 * other targets mix the two, w y of the one and 1 - y of the other.
 *
 * <h2>Second derivative</h2>
 * Q^g P (Q (1 + 2 g) + g L (g P - Q)) / n for y = 1, that at -z for y = 0. It is negative for a confident mistake, with
 * the focus 2 where the true answer has a probability below 0.0578: there the loss bends down, and a Newton step would
 * go uphill.
 *
 * <h2>Domain and shapes</h2>
 * Logits are any doubles, targets from 0 to 1, as many of one as of the other, at least one. Focus and positive weights
 * are 0 or from 1e-18 to 1e18. The gradient array is as long and may be the logits themselves.
 *
 * <h2>Weights in means</h2>
 * A row counts in the mean over a {@link Batch} by the mean of w y + 1 - y over its entries, as with {@link Sigmoid};
 * the focus does not weigh. Where a mean is to be divided by the number of rows, take {@code summed()}, divided by
 * that.
 *
 * <h2>Special values</h2>
 * A NaN logit or target makes the value and every entry of the derivatives NaN. A logit +infinity is a sure yes: it
 * costs nothing, with the gradient 0, where the target is 1, and else +infinity, with the gradient (1 - y) / n;
 * -infinity likewise. A mean beyond the double range is +infinity; sums beyond it whose mean is not, do no harm.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * For a sure logit 1 - P is 0 or has lost its digits, and its power more of them. With e = e^-|z| and l = log1p(e), the
 * smaller of P and Q to the power g is exp(-g (|z| + l)), the larger one exp(-g l), each with its argument as a sum of
 * two doubles; the costs are |z| + l and l, as in {@link Sigmoid}. An error of the logarithm is multiplied by the
 * focus: where that is above 6 and matters, e and l are computed to 2^-64.
 *
 * <h2>Accuracy</h2>
 * For finite logits of any size the value of one entry is within 2 ulp of the exact result for the doubles given, a
 * mean within 3, derivatives within 3, for any number of entries, subnormal results included. A gradient entry is so in
 * ulps of the larger of the terms of a yes and a no, a second derivative in ulps of the larger of these where, in each,
 * the larger of Q (1 + 2 g) and g L |g P - Q| stands for the sum of the two. A target below 2^-600 may be wrong by that
 * much. Bits are the same on every Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no logits, lengths that differ, a target that is not from 0 to 1, an option out
 * of its range, more or fewer columns than positive weights, labels instead of targets, or a gradient array that is the
 * target; {@link NullPointerException} for null. Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Doll&aacute;r (2017), Focal loss for dense object detection, ICCV,
 * doi:10.1109/ICCV.2017.324.
 */
public final class Focal extends BinaryLoss {

    private static final long serialVersionUID = 1;

    private static final Sigmoid WITHOUT_FOCUS = new Sigmoid();

    /** From here on exp(-|z|) is nothing beside 1, and up to here arguments are exponentiated over arrays. */
    private static final double FAR = 88;

    /** Up to here the focus leaves the error of the logarithm below an ulp. */
    private static final double MODERATE = 6;

    private static final double LN2 = 0.6931471805599453;

    /** The exponential of minus this is 0, whatever it is multiplied by. */
    private static final double LARGEST = 4000;

    /** The power of two that keeps small powers in the double range until they are multiplied by all else. */
    private static final int LIFT = 200;

    private static final double DROP = 0x1p-200;

    /** How much a sure answer is left out. */
    private final double focus;

    /** The loss with the focus 2, without positive weights. */
    public Focal() {
        this(2, new double[] {1}, false);
    }

    private Focal(double focus, double[] positiveWeights, boolean skipsMissing) {
        super(positiveWeights, 0, skipsMissing);
        this.focus = Checks.optionalFactor(focus, "focus");
    }

    /**
     * This loss with another focus.
     *
     * @param focus 0, which makes it the sigmoid loss, or from 1e-18 to 1e18
     * @return a new loss
     * @throws IllegalArgumentException if the focus is out of range
     */
    public Focal withFocus(double focus) {
        return new Focal(focus, positiveWeights(), skipsMissing());
    }

    /**
     * This loss with a weight for each column, by which the cost of a yes is multiplied.
     *
     * @param weights one for all columns, or one a column, 0 or from 1e-18 to 1e18; copied
     * @return a new loss
     * @throws IllegalArgumentException if there is none, or one is out of range
     */
    public Focal withPositiveWeights(double... weights) {
        return new Focal(focus, weights, skipsMissing());
    }

    @Override
    public Focal skippingMissing() {
        return copy(true);
    }

    /**
     * With yes = w y Q^g and no = (1 - y) P^g, M = -log Q, a = exp(min(z, 0)) and b = exp(min(-z, 0)), so that P = a /
     * (1 + e) and Q = b / (1 + e) for e = exp(-|z|):
     * <pre>
     *     f   = yes L + no M
     *     f'  = (no (a + g b M) - yes (b + g a L)) / (1 + e)
     *     f'' = (no b (a (1 + 2 g) + g M (g b - a)) + yes a (b (1 + 2 g) + g L (g a - b))) / (1 + e)^2
     * </pre>
     */
    @Override
    void entries(Entries e) {
        if (focus == 0) {
            WITHOUT_FOCUS.entries(e);
            return;
        }
        Part a = e.part;
        for (int from = 0; from < e.size; from += Part.SIZE) {
            a.load(e, from);
            count(a);
            Sigmoid.computeOdds(a);
            computeCosts(a);
            dampen(a);
            computeValue(a);
            a.divisor.onePlus(a.odds, a.size);
            Sigmoid.split(a.prediction, a.odds, a.first, a.second, a.size);
            computeSlope(a);
            if (e.derivesTwice) {
                computeCurvature(a);
            }
            for (int i = 0; i < a.size; i++) {
                if (isHard(Math.abs(a.prediction[i]))) {
                    computeHard(a, i, e.unit);
                }
                if (e.unit != 1 && !(Math.abs(a.prediction[i]) > FAR)) {
                    a.value.set(i, a.value.get(i).times(e.unit * e.unit));
                }
            }
            a.store(e, from);
        }
    }

    /** M and L, and for a while the logarithm as a rounded head with a small tail. */
    private static void computeCosts(Part a) {
        a.value.copy(a.odds, 0, a.size);
        a.value.log1p(a.first, a.size);
        a.value.normalize(a.size);
        ramp(a.prediction, a.first.head, a.second.head, a.size);
        a.costOfNo.sum(a.value, a.first.head, a.size);
        a.costOfYes.sum(a.value, a.second.head, a.size);
    }

    /** max(z, 0) and max(-z, 0). */
    private static void ramp(double[] z, double[] up, double[] down, int n) {
        for (int i = 0; i < n; i++) {
            double size = Math.abs(z[i]);
            up[i] = 0.5 * (size - (0 - z[i]));
            down[i] = 0.5 * (size - z[i]);
        }
    }

    /** Multiplies yes by Q^g and no by P^g: the larger of these is exp(-g l), the other that times exp(-g |z|). */
    private void dampen(Part a) {
        a.first.copy(a.value, 0, a.size);
        a.first.multiply(-focus, a.size);
        computePower(a);
        a.yes.multiply(a.both, a.size);
        a.no.multiply(a.both, a.size);
        a.first.clear(a.size);
        Sigmoid.negate(a.prediction, a.first.head, a.size);
        a.first.multiply(focus, a.size);
        computePower(a);
        Sigmoid.split(a.prediction, a.both, a.first, a.second, a.size);
        a.no.multiply(a.first, a.size);
        a.yes.multiply(a.second, a.size);
    }

    /** The exponentials of the first, whose tails are so small that exp(x) is 1 + x for them. */
    private static void computePower(Part a) {
        Exp.exp(a.first.head, Pair.ONE, a.both.head, a.both.tail, a.size);
        addProducts(a.both.head, a.first.tail, a.both.tail, a.size);
        Exp.withoutUnit(a.both.head, a.both.tail, a.size);
    }

    private static void addProducts(double[] x, double[] y, double[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = fma(x[i], y[i], to[i]);
        }
    }

    private static void computeValue(Part a) {
        a.value.clear(a.size);
        a.value.addProducts(a.yes, a.costOfYes, a.size);
        a.value.addProducts(a.no, a.costOfNo, a.size);
    }

    private void computeSlope(Part a) {
        computeSide(a.both, a.first, a.second, a.costOfNo, a.no, a.size);
        computeSide(a.odds, a.second, a.first, a.costOfYes, a.yes, a.size);
        a.both.subtract(a.odds, a.size);
        a.both.quotient(a.both, a.divisor, a.size);
        a.both.round(a.slope, a.size);
    }

    /** count (own + g other cost). */
    private void computeSide(Pairs to, Pairs own, Pairs other, Pairs cost, Pairs count, int n) {
        to.copy(other, 0, n);
        to.multiply(cost, n);
        to.multiply(focus, n);
        to.sum(to, own, n);
        to.multiply(count, n);
    }

    private void computeCurvature(Part a) {
        computeBend(a.both, a.first, a.second, a.costOfNo, a.no, a.size);
        computeBend(a.odds, a.second, a.first, a.costOfYes, a.yes, a.size);
        a.both.sum(a.both, a.odds, a.size);
        a.both.quotient(a.both, a.divisor, a.size);
        a.both.quotient(a.both, a.divisor, a.size);
        a.both.round(a.curvature, a.size);
    }

    /** count other (own (1 + 2 g) + g cost (g other - own)). */
    private void computeBend(Pairs to, Pairs own, Pairs other, Pairs cost, Pairs count, int n) {
        to.copy(other, 0, n);
        to.multiply(focus, n);
        to.subtract(own, n);
        to.multiply(cost, n);
        to.multiply(focus, n);
        to.addMultiple(own, 2 * focus, n);
        to.sum(to, own, n);
        to.multiply(other, n);
        to.multiply(count, n);
    }

    /**
     * Where exponentials over arrays end, or where the focus makes too much of an error. The first is what speaks
     * against the sign of the logit, the second what speaks for it.
     */
    private void computeHard(Part a, int i, double unit) {
        double z = a.prediction[i];
        double size = Math.abs(z);
        Pair yes = Pair.of(a.target[i]).times(a.weight[i]);
        Pair no = Pair.difference(1, a.target[i]);
        boolean up = z >= 0;
        (up ? a.second : a.first).set(i, yes);
        (up ? a.first : a.second).set(i, no);
        if (size <= FAR) {
            computeNear(a, i);
        } else {
            computeFar(a, i, unit);
        }
        a.slope[i] = up ? a.slope[i] : 0 - a.slope[i];
    }

    private boolean isHard(double size) {
        return !(size <= FAR && focus * size <= FAR) || focus > MODERATE && size <= reach();
    }

    /** At least log(8 g): beyond it g e is less than 1/8. */
    private double reach() {
        return (Math.getExponent(focus) + 4) * LN2;
    }

    /** In steps by way of the arrays, as the compiler would not take so many pairs apart. */
    private void computeNear(Part a, int i) {
        double size = Math.abs(a.prediction[i]);
        Decay.exp(size, a.odds.head, a.odds.tail, i);
        Decay.log1p(a.odds.get(i), a.costOfYes.head, a.costOfYes.tail, i);
        a.costOfNo.set(i, a.costOfYes.get(i).plus(Pair.of(size)));
        computePower(a.costOfYes, a.first, i);
        computePower(a.costOfNo, a.second, i);
        computeNearValue(a, i);
        computeNearSlope(a, i);
        computeNearCurvature(a, i);
    }

    /** Multiplies by exp(-g x). */
    private void computePower(Pairs x, Pairs count, int i) {
        count.set(i, count.get(i).times(Exp.exp(x.get(i).times(-focus), LIFT)));
    }

    private static void computeNearValue(Part a, int i) {
        Pair ofLarge = a.first.get(i).times(a.costOfNo.get(i));
        a.value.set(i, ofLarge.plus(a.second.get(i).times(a.costOfYes.get(i))).times(DROP));
    }

    private void computeNearSlope(Part a, int i) {
        Pair e = a.odds.get(i);
        Pair ofLarge = a.first.get(i).times(Pair.ONE.plus(e.times(a.costOfNo.get(i)).times(focus)));
        Pair ofSmall = a.second.get(i).times(e.plus(a.costOfYes.get(i).times(focus)));
        a.slope[i] = ofLarge.minus(ofSmall).over(Pair.ONE.plus(e)).rounded() * DROP;
    }

    private void computeNearCurvature(Part a, int i) {
        Pair e = a.odds.get(i);
        Pair divisor = Pair.ONE.plus(e);
        Pair twice = Pair.ONE.plus(Pair.of(2 * focus));
        Pair large = e.times(focus).minus(Pair.ONE).times(a.costOfNo.get(i)).times(focus);
        Pair small = Pair.of(focus).minus(e).times(a.costOfYes.get(i)).times(focus);
        Pair ofLarge = twice.plus(large).times(e).times(a.first.get(i));
        Pair ofSmall = twice.times(e).plus(small).times(a.second.get(i));
        a.curvature[i] = ofLarge.plus(ofSmall).over(divisor.times(divisor)).rounded() * DROP;
    }

    /** The same where 1 + e is 1 and g e is nothing: l is e, and the smaller of P and Q to the power g times e is r. */
    private void computeFar(Part a, int i, double unit) {
        Pair against = a.first.get(i);
        double z = Math.abs(a.prediction[i]);
        double size = against.head() == 0 ? Math.min(z, Double.MAX_VALUE) : z;
        Pair factor = Pair.ONE.plus(Pair.of(focus));
        Pair r = Exp.exp(factor.times(-z), LIFT).times(a.second.get(i));
        Pair steep = r.times(factor);
        a.value.set(i, against.times(size * unit).times(unit).plus(Pair.of(r.rounded() * DROP * unit * unit)));
        a.slope[i] = against.minus(steep.times(DROP)).rounded();
        double bounded = Math.min(z, LARGEST);
        Pair bend = factor.plus(Pair.of(focus)).minus(Pair.of(bounded).times(focus));
        Pair bendOfLarge = Exp.exp(Pair.of(-bounded), LIFT).times(bend).times(against);
        a.curvature[i] = steep.times(factor).plus(bendOfLarge).rounded() * DROP;
    }

    @Override
    Focal copy(boolean skipsMissing) {
        return new Focal(focus, positiveWeights(), skipsMissing);
    }

    @Override
    String predictionName() {
        return "logits";
    }

    @Override
    String options() {
        return "focus=" + focus + ", " + super.options();
    }
}
