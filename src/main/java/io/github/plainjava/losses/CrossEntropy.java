package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Log;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.math.Range;
import io.github.plainjava.losses.internal.tile.Rows;
import io.github.plainjava.losses.internal.tile.Tile;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.util.Arrays;

/**
 * Cross-entropy of probabilities, also called log loss: for classification from a model that gives probabilities. If it
 * gives logits, use {@link Softmax} on those: it is as exact where the probability itself is already 0.
 *
 * <pre>{@code
 * CrossEntropy crossEntropy = new CrossEntropy();
 * double label = crossEntropy.value(new double[] {0.7, 0.2, 0.1}, 0); // 0.35667494393873245
 * double target = crossEntropy.value(new double[] {0.7, 0.2, 0.1}, new double[] {1, 0, 0}); // 0.35667494393873245
 * double floored = crossEntropy.withFloor(1e-6).value(new double[] {1, 0}, 1); // 14.815510557964274
 * }</pre>
 *
 * <h2>Definition</h2>
 * For probabilities p, a label y or a target distribution q, and class weights w (1 unless set), in nats:
 * <pre>
 *     value = -w_y log p_y                      for the label y
 *     value = -sum over i of w_i q_i log p_i    for the target q, with 0 log 0 = 0
 * </pre>
 * A label is the target that is 1 at the label and 0 elsewhere, to the bit. There is no hidden epsilon. With a floor f,
 * -log p is replaced below f by its tangent there, -log f + 1 - p / f. Label smoothing by a replaces q_i by
 * (1 - a) q_i + a Q / C, where Q is the sum of q and C the number of classes that are not excluded. Without a floor a
 * class of probability 0 is excluded, and its target is (1 - a) q_i; with one, none is.
 *
 * <h2>Gradient</h2>
 * d value / d p_i = -w_i q_i / p_i, or -w_i q_i / f below the floor f (with q smoothed, if smoothing is set). Each
 * probability counts as a variable of its own: that they sum to 1 is the model's affair. The floor keeps the value
 * finite, and the gradient in agreement with it and largest where the prediction is worst; to clip p would make it 0
 * there.
 *
 * <h2>Second derivative</h2>
 * The diagonal of the Hessian is w_i q_i / p_i^2, and 0 below the floor (with q smoothed, if smoothing is set). All
 * else is 0.
 *
 * <h2>Domain and shapes</h2>
 * Probabilities from 0 to 1, one a class, at least one; up to 1 + 2^-16, the rounding of sums of floats, they count as
 * 1. They need not sum to 1. Target entries are masses from 0 to 1e60, and need not sum to 1 either. Class weights are
 * 0 or from 1e-18 to 1e18, label smoothing is 0 or from 1e-18 to 1, a floor is from 1e-150 to 1. Value
 * and gradient are linear in them: masses that sum to Q give Q times those of their shares, and Q also times their
 * weight in the mean of a {@link Batch}. So to forget to normalize counts or scores is no error, and makes another
 * loss. A target without mass, as an unlabelled row has it, gives 0 for both; so does a new gradient array that was
 * handed over as the target, while the target is overwritten. The gradient array is as long as the probabilities and
 * may be the same array.
 *
 * <h2>Special values</h2>
 * Target weight on a probability 0 makes the value +infinity, that entry of the gradient -infinity and that of the
 * Hessian's diagonal +infinity, unless there is a floor. A class without target weight contributes 0 to all, whatever
 * its probability. A NaN probability makes the value and every entry of the derivatives NaN. The table is in the
 * {@linkplain io.github.plainjava.losses package description}.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * Each logarithm is carried as a sum of two doubles, and so is the sum; a plain sum's error grows with the number of
 * classes. The logarithm is the library's own, from a table, in arithmetic that becomes vector instructions. Quotients
 * by probabilities below 2^-400 are scaled by a power of two on the way, as they might leave the double range before a
 * small weight brings them back.
 *
 * <h2>Accuracy</h2>
 * For probabilities of any size the value is within 2 ulp of the exact result for the doubles given, every entry of the
 * gradient and of the Hessian's diagonal within 3 ulp, for any number of classes, subnormal results included. A mass
 * below 2^-600 may be wrong by 2^-600 times what a mass of 1 would give. Bits are the same on every Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no probabilities, a value that is not one, lengths that differ, a label out of
 * range, a target entry that is not from 0 to 1e60, an option out of its range, more or fewer classes than class
 * weights, or a gradient array that is the target; {@link NullPointerException} for null. Nothing is written before all
 * is checked.
 *
 * <h2>Source</h2>
 * I. J. Good (1952), Rational decisions, J. R. Stat. Soc. B 14(1), doi:10.1111/j.2517-6161.1952.tb00104.x. C. E.
 * Shannon (1948), A mathematical theory of communication, Bell Syst. Tech. J. 27,
 * doi:10.1002/j.1538-7305.1948.tb01338.x.
 */
public final class CrossEntropy extends DistributionLoss {

    private static final long serialVersionUID = 1;

    /** The probability of a class that is excluded, unless there is a floor. */
    private static final double EXCLUDED = 0;

    /** Divided by less, a target might leave the double range before it is scaled. */
    private static final double SMALL = 0x1p-400;

    private static final Range LARGE_ENOUGH = new Range(SMALL, 1);

    /** The power of two that makes small probabilities large enough. */
    private static final double LARGER = 0x1p500;

    /** The power of two that makes any probability a normal number. */
    private static final double LIFT = 0x1p100;

    private static final int LIFT_EXPONENT = 100;

    /** Below it -log p is continued along its tangent; 0 for nowhere. */
    private final double floor;

    /** Cross-entropy without floor, label smoothing and class weights. */
    public CrossEntropy() {
        this(0, Targets.PLAIN);
    }

    CrossEntropy(double floor, Targets targets) {
        super(targets);
        this.floor = floor;
    }

    /**
     * This loss with -log p continued along its tangent below a floor.
     *
     * @param floor from 1e-150 to 1; 1e-7 is a usual choice
     * @return a new loss
     * @throws IllegalArgumentException if the floor is out of range
     */
    public CrossEntropy withFloor(double floor) {
        return new CrossEntropy(Checks.floor(floor), targets());
    }

    /**
     * This loss with part of the target spread evenly over the classes that are not excluded.
     *
     * @param smoothing the part: 0, which changes no bit, or from 1e-18 to 1
     * @return a new loss
     * @throws IllegalArgumentException if smoothing is out of range
     */
    public CrossEntropy withLabelSmoothing(double smoothing) {
        return new CrossEntropy(floor, targets().withSmoothing(smoothing));
    }

    /**
     * This loss with a weight for each class, by which the target of the class is multiplied.
     *
     * @param weights one a class, 0 or from 1e-18 to 1e18; copied; all 1 changes no bit
     * @return a new loss, for as many classes as there are weights
     * @throws IllegalArgumentException if a weight is out of range
     */
    public CrossEntropy withClassWeights(double... weights) {
        return new CrossEntropy(floor, targets().withClassWeights(weights));
    }

    /**
     * The loss for a label.
     *
     * @param probabilities one a class, each from 0 to 1; they need not sum to 1
     * @param label         the number of the true class, from 0
     * @return -w_y log p_y, in nats
     * @throws IllegalArgumentException if there are no probabilities, one of them is not from 0 to 1, the label is no
     *     class, or class weights are more or fewer
     */
    @Override
    public double value(double[] probabilities, int label) {
        return checkedValue(probabilities, label);
    }

    /**
     * The loss for a target distribution.
     *
     * @param probabilities one a class, each from 0 to 1; they need not sum to 1
     * @param target        a mass for each class, from 0 to 1e60. It need not sum to 1: the loss is linear in
     *     it, and masses that sum to Q give Q times the loss of their shares, 0 if there is none
     * @return -sum of w_i q_i log p_i, in nats
     * @throws IllegalArgumentException if there are no probabilities, one of them is not from 0 to 1, lengths differ, a
     *     mass is not from 0 to 1e60, or class weights are more or fewer
     */
    @Override
    public double value(double[] probabilities, double[] target) {
        return checkedValue(probabilities, target);
    }

    /**
     * The loss for a label, with its gradient by the probabilities written into an array.
     *
     * @param probabilities one a class, each from 0 to 1; they need not sum to 1
     * @param label         the number of the true class, from 0
     * @param gradient      receives the derivative of the value by each of the probabilities; as long as they are, and
     *     may be the same array
     * @return the loss, as {@link #value(double[], int)}
     * @throws IllegalArgumentException as there, or if the gradient array has another length; nothing is written then
     */
    @Override
    public double valueAndGradient(double[] probabilities, int label, double[] gradient) {
        return checkedValueAndGradient(probabilities, label, gradient);
    }

    /**
     * The loss for a target distribution, with its gradient by the probabilities written into an array.
     *
     * <p>Mind the order of the last two: swapped, an array of zeros is a target without mass, which is legal (an
     * unlabelled row). The loss is then 0, and <em>the target is overwritten</em> with zeros.
     *
     * @param probabilities one a class, each from 0 to 1; they need not sum to 1
     * @param target        a mass for each class, from 0 to 1e60. It need not sum to 1: value and gradient are
     *     linear in it, and masses that sum to Q give Q times those of their shares, 0 if there is none
     * @param gradient      receives the derivative of the value by each of the probabilities; as long as they are, and
     *     may be the same array, but not the target
     * @return the loss, as {@link #value(double[], double[])}
     * @throws IllegalArgumentException as there, or if the gradient array has another length or is the target; nothing
     *     is written then
     */
    @Override
    public double valueAndGradient(double[] probabilities, double[] target, double[] gradient) {
        return checkedValueAndGradient(probabilities, target, gradient);
    }

    /**
     * The loss for a label, with its gradient by the probabilities and the diagonal of its Hessian written into arrays.
     *
     * @param probabilities   one a class, each from 0 to 1; they need not sum to 1
     * @param label           the number of the true class, from 0
     * @param gradient        receives the derivative of the value by each of the probabilities; as long as they are
     * @param hessianDiagonal receives the second derivative of the value by each of the probabilities; as long, and
     *     another array than the gradient. Either of the two may be the probabilities themselves
     * @return the loss, as {@link #value(double[], int)}
     * @throws IllegalArgumentException as there, or if an array has another length, or both are the same; nothing is
     *     written then
     */
    @Override
    public double valueGradientAndHessian(
            double[] probabilities, int label, double[] gradient, double[] hessianDiagonal) {
        return checkedValueGradientAndHessian(probabilities, label, gradient, hessianDiagonal);
    }

    /**
     * The loss for a target distribution, with its gradient by the probabilities and the diagonal of its Hessian
     * written into arrays.
     *
     * @param probabilities   one a class, each from 0 to 1; they need not sum to 1
     * @param target          a mass for each class, from 0 to 1e60; it need not sum to 1
     * @param gradient        receives the derivative of the value by each of the probabilities; as long as they are
     * @param hessianDiagonal receives the second derivative of the value by each of the probabilities; as long, and
     *     another array than the gradient. Either of the two may be the probabilities themselves, none may be the
     *     target
     * @return the loss, as {@link #value(double[], double[])}
     * @throws IllegalArgumentException as there, or if an array has another length, or arrays are the same that must
     *     not be; nothing is written then
     */
    @Override
    public double valueGradientAndHessian(
            double[] probabilities, double[] target, double[] gradient, double[] hessianDiagonal) {
        return checkedValueGradientAndHessian(probabilities, target, gradient, hessianDiagonal);
    }

    /**
     * The gradient of the loss for a label by the probabilities, in a new array.
     *
     * @param probabilities one a class, each from 0 to 1; they need not sum to 1
     * @param label         the number of the true class, from 0
     * @return the derivative of the value by each of the probabilities
     * @throws IllegalArgumentException as {@link #value(double[], int)}
     */
    @Override
    public double[] gradient(double[] probabilities, int label) {
        return checkedGradient(probabilities, label);
    }

    /**
     * The gradient of the loss for a target distribution by the probabilities, in a new array.
     *
     * @param probabilities one a class, each from 0 to 1; they need not sum to 1
     * @param target        a mass for each class, from 0 to 1e60; it need not sum to 1
     * @return the derivative of the value by each of the probabilities
     * @throws IllegalArgumentException as {@link #value(double[], double[])}
     */
    @Override
    public double[] gradient(double[] probabilities, double[] target) {
        return checkedGradient(probabilities, target);
    }

    /**
     * The class weight of the label, 1 without class weights: how much a row with this label counts in a weighted mean.
     *
     * @param label the number of the true class, from 0
     * @return w_label
     * @throws IllegalArgumentException if it is negative, or there are class weights and none for it
     */
    @Override
    public double weight(int label) {
        return checkedWeight(label);
    }

    /**
     * The sum over the classes of class weight times target mass, before smoothing: how much a row with this target
     * counts in a weighted mean. A row of mass 2 counts twice, one without mass not at all.
     *
     * @param target a mass for each class
     * @return the sum of w_i q_i
     * @throws IllegalArgumentException if class weights are more or fewer
     */
    @Override
    public double weight(double[] target) {
        return checkedWeight(target);
    }

    @Override
    String predictionName() {
        return "probabilities";
    }

    @Override
    boolean checksPredictions() {
        return true;
    }

    @Override
    void checkPrediction(double[] prediction, int from, int columns, int row) {
        Checks.probabilities(prediction, from, columns, row);
    }

    /**
     * With f the floor and I(p) = -log p, or below the floor -log f + 1 - p / f:
     * <pre>
     *     loss       = sum of t_i I(p_i)
     *     gradient_i = -t_i s / max(p_i, f)
     * </pre>
     */
    @Override
    void computeLosses(Rows rows) {
        computeLossesAndGradient(rows);
        rows.grow(rows.gradient);
    }

    private void computeLossesAndGradient(Rows rows) {
        if (rows.labels != null && !targets().smooths()) {
            for (int r = 0; r < rows.count; r++) {
                computeLabel(rows, r);
            }
            return;
        }
        Tile w = rows.tile;
        double excluded = floor == 0 ? EXCLUDED : Targets.NONE;
        targets().begin(rows, excluded);
        Arrays.fill(w.impossible, 0, rows.count, 0);
        for (int r = 0; rows.gradient != null && r < rows.count; r++) {
            w.factor.set(r, new Pair(-w.scale.head[r], -w.scale.tail[r]));
        }
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            rows.load(rows.predictions, w.x);
            boolean special = cap(w.x, rows.size);
            targets().load(rows, excluded);
            if (special && floor == 0) {
                markImpossible(rows);
            }
            if (rows.gradient != null) {
                w.e.quotient(w.t, w.x, rows.size);
                rows.times(w.e, w.factor);
                if (special || floor != 0) {
                    mendSlopes(rows);
                }
            }
            if (rows.gradient != null) {
                rows.store(w.e.head, rows.gradient);
            }
            informations(rows);
            rows.addUp(w.t, w.e, w.dot);
        }
        for (int r = 0; r < rows.count; r++) {
            w.loss[r] = w.impossible[r] - w.dot.get(r).rounded() + 0.0;
            if (rows.gradient != null && Double.isNaN(w.loss[r])) {
                Arrays.fill(rows.gradient, rows.from(r), rows.from(r) + rows.columns, Double.NaN);
            }
        }
    }

    private void computeLabel(Rows rows, int r) {
        Tile w = rows.tile;
        int from = rows.from(r);
        int label = rows.labels[w.number[r]];
        Pair t = Pair.of(targets().weight(label));
        double p = Math.min(rows.predictions[from + label], 1);
        boolean isNaN = Checks.hasNaN(rows.predictions, from, rows.columns);
        if (rows.gradient != null) {
            double slope = slope(t, p, w.scale.get(r));
            Arrays.fill(rows.gradient, from, from + rows.columns, isNaN ? Double.NaN : 0);
            rows.gradient[from + label] = isNaN ? Double.NaN : slope;
        }
        if (isNaN) {
            w.loss[r] = Double.NaN;
        } else if (p == EXCLUDED && floor == 0) {
            w.loss[r] = t.head() == 0 ? 0 : Double.POSITIVE_INFINITY;
        } else {
            w.loss[r] = 0.0 - logarithm(p).times(t).rounded();
        }
    }

    /** Probabilities above 1 count as 1. Whether there are any that are not usual: 0, very small or NaN. */
    private static boolean cap(double[] p, int n) {
        boolean special = false;
        for (int i = 0; i < n; i++) {
            if (!LARGE_ENOUGH.contains(p[i])) {
                special |= !(p[i] > 1);
                p[i] = Math.min(p[i], 1);
            }
        }
        return special;
    }

    private static void markImpossible(Rows rows) {
        Tile w = rows.tile;
        for (int i = 0; i < rows.size; i++) {
            if (w.x[i] == EXCLUDED && w.t.head[i] > 0) {
                w.impossible[rows.rowAt(i)] = Double.POSITIVE_INFINITY;
            }
        }
    }

    private void mendSlopes(Rows rows) {
        Tile w = rows.tile;
        for (int i = 0; i < rows.size; i++) {
            if (w.x[i] < Math.max(floor, SMALL)) {
                w.e.head[i] = slope(w.t.get(i), w.x[i], w.scale.get(rows.rowAt(i)));
            }
        }
    }

    /** -t s / max(p, f). */
    private double slope(Pair t, double p, Pair scale) {
        double divisor = Math.max(p, floor);
        if (divisor == 0) {
            return t.head() == 0 ? 0 : -Math.copySign(Double.POSITIVE_INFINITY, scale.head()); // which may be 0
        }
        if (divisor >= SMALL) {
            return 0.0 - t.over(Pair.of(divisor)).times(scale).rounded();
        }
        Pair quotient = t.over(Pair.of(divisor * LARGER));
        if (quotient.head() < 1) {
            return 0.0 - quotient.times(LARGER).times(scale).rounded();
        }
        Pair product = quotient.times(scale);
        boolean infinite = Math.abs(product.head()) == Double.POSITIVE_INFINITY; // its tail is NaN
        return 0.0 - (infinite ? product.head() : product.rounded()) * LARGER;
    }

    /**
     * With p not below the floor
     * <pre>
     *     diagonal_i = t_i s / p_i^2
     * </pre>
     * and 0 below it, where -log p goes on as a straight line.
     */
    @Override
    void computeHessian(Rows rows) {
        Tile w = rows.tile;
        double excluded = floor == 0 ? EXCLUDED : Targets.NONE;
        targets().begin(rows, excluded);
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            rows.load(rows.predictions, w.x);
            cap(w.x, rows.size);
            targets().load(rows, excluded);
            for (int i = 0; i < rows.size; i++) {
                w.x[i] = curvature(w.t.get(i), w.x[i], w.scale.get(rows.rowAt(i)));
            }
            rows.store(w.x, rows.hessian);
        }
        rows.grow(rows.hessian);
    }

    /** t s / p^2, of numbers next to 1, whose powers of two come last. */
    private double curvature(Pair t, double p, Pair scale) {
        if (t.head() == 0 || p < floor) {
            return 0;
        }
        if (p == 0) {
            return Math.copySign(Double.POSITIVE_INFINITY, scale.head()); // which may be 0
        }
        int ofT = Math.getExponent(t.head());
        int ofScale = Math.getExponent(scale.head());
        double lifted = p * LIFT;
        int ofP = Math.getExponent(lifted);
        Pair root = Pair.of(Math.scalb(lifted, -ofP));
        Pair quotient = scaled(t, -ofT).times(scaled(scale, -ofScale)).over(root.times(root));
        return Math.scalb(quotient.rounded(), ofT + ofScale - 2 * (ofP - LIFT_EXPONENT)) + 0.0;
    }

    private static Pair scaled(Pair x, int power) {
        return new Pair(Math.scalb(x.head(), power), Math.scalb(x.tail(), power));
    }

    /** From probabilities in x to their -I in e; x is used on the way. */
    private void informations(Rows rows) {
        Tile w = rows.tile;
        System.arraycopy(w.x, 0, w.e.head, 0, rows.size);
        if (floor == 0) {
            Log.log(w.e.head, w.e.tail, w.x, rows.size);
            return;
        }
        for (int i = 0; i < rows.size; i++) {
            w.e.set(i, logarithm(w.e.head[i]));
        }
    }

    /** -I(p). */
    private Pair logarithm(double p) {
        return p < floor
                ? Pair.quotient(p, floor).plus(Pair.of(-1)).plus(Log.log(floor))
                : Log.log(p);
    }

    /**
     * Whether the other is a loss of this kind with equal options.
     *
     * @param other anything
     * @return true for one that was made with the same options
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof CrossEntropy loss
                && floor == loss.floor
                && hasOptionsOf(loss);
    }

    @Override
    public int hashCode() {
        return 31 * Double.hashCode(floor) + hashOfOptions();
    }

    @Override
    public String toString() {
        return "CrossEntropy[floor=" + floor + targets() + "]";
    }

    /**
     * Writes the serial form instead.
     *
     * @return the serial form, which holds the options
     */
    private Object writeReplace() {
        return new LossForm(false, floor, targets());
    }

    /**
     * Refuses a stream that holds anything but the serial form.
     *
     * @param stream not read
     * @throws InvalidObjectException always
     */
    private void readObject(ObjectInputStream stream) throws InvalidObjectException {
        throw new InvalidObjectException("a CrossEntropy is read from its serial form only");
    }
}
