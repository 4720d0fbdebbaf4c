package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Pairs;
import io.github.plainjava.losses.internal.tile.Rows;
import io.github.plainjava.losses.internal.tile.Tile;
import java.util.Arrays;

/**
 * The sum of the squared differences between probabilities and target, Brier's score: for judging probabilities, where
 * one that is 0 for what happened shall not cost infinitely much. To train with, through a softmax, use
 * {@link Softmax}: this one's gradient vanishes on a confident mistake.
 *
 * <pre>{@code
 * ClassificationLoss brier = new Brier();
 * double value = brier.value(new double[] {0.5, 0.25, 0.25}, 0); // 0.375
 * double[] slope = brier.gradient(new double[] {0.5, 0.25, 0.25}, 0); // {-1.0, 0.5, 0.5}
 * }</pre>
 *
 * <h2>Definition</h2>
 * For probabilities p and a target distribution q, a label being the one that is 1 at the label and 0 elsewhere:
 * <pre>
 *     value = sum over i of (p_i - q_i)^2
 * </pre>
 * It is {@link MeanSquaredError} times the number of classes. The expected score is least where p is the distribution
 * that labels are drawn from, so that to say what one believes is best.
 *
 * <h2>Gradient</h2>
 * d value / d p_i = 2 (p_i - q_i).
 *
 * <h2>Second derivative</h2>
 * The diagonal of the Hessian is 2 everywhere, and all else is 0.
 *
 * <h2>Domain and shapes</h2>
 * Probabilities from 0 to 1, one a class, at least one; up to 1 + 2^-16, the rounding of sums of floats, they count as
 * 1. They need not sum to 1. Target entries are masses from 0 to 1e60, which need not sum to 1 either. Unlike in
 * {@link CrossEntropy} they are no weights: every row weighs 1 in the mean of a {@link Batch}. The gradient array is as
 * long as the probabilities and may be the probabilities themselves.
 *
 * <h2>Special values</h2>
 * A NaN among the probabilities makes the value and every entry of the derivatives NaN.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * Differences are carried with their rounding errors, and so are their squares and the sum: the naive difference's
 * rounding counts twice in the square, and a plain sum's error grows with the number of classes. Squares are taken in a
 * unit of 2^-580, as many that are too small to be doubles may be a loss that is not.
 *
 * <h2>Accuracy</h2>
 * The value is within 2 ulp, every entry of the derivatives within 3 ulp of the exact result for the doubles given, for
 * any number of classes, subnormal results included. Bits are the same on every Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no probabilities, a value that is not one, lengths that differ, a label out of
 * range, a target entry that is not from 0 to 1e60, or arrays that are the same and must not be;
 * {@link NullPointerException} for null. Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * G. W. Brier (1950), Verification of forecasts expressed in terms of probability, Mon. Weather Rev. 78(1), 1-3,
 * doi:10.1175/1520-0493(1950)078&lt;0001:VOFEIT&gt;2.0.CO;2.
 */
public final class Brier extends LabelledRowLoss {

    private static final long serialVersionUID = 1;

    /**
     * The power of two that differences are multiplied by before they are squared: of many classes, squares below the
     * double range may add up to a number that is in it, and those of masses of 1e60 still have to stay in it.
     */
    private static final double LARGER = 0x1p290;

    /** What brings the sum of such squares back. */
    private static final double OF_SQUARES = 0x1p-580;

    /** The loss; there is nothing to choose. */
    public Brier() {}

    /**
     * The loss for a label.
     *
     * @param probabilities one a class, each from 0 to 1; they need not sum to 1
     * @param label         the number of the true class, from 0
     * @return the sum of (p_i - q_i)^2, with q 1 at the label and 0 elsewhere
     * @throws IllegalArgumentException if there are no probabilities, one of them is not from 0 to 1, or the label is
     *     no class
     */
    @Override
    public double value(double[] probabilities, int label) {
        return checkedValue(probabilities, label);
    }

    /**
     * The loss for a target distribution.
     *
     * @param probabilities one a class, each from 0 to 1; they need not sum to 1
     * @param target        a mass for each class, from 0 to 1e60; it need not sum to 1
     * @return the sum of (p_i - q_i)^2
     * @throws IllegalArgumentException if there are no probabilities, one of them is not from 0 to 1, lengths differ,
     *     or a mass is not from 0 to 1e60
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
     * <p>Mind the order of the last two: swapped, an array of zeros is a target like any other, and <em>the target is
     * overwritten</em>.
     *
     * @param probabilities one a class, each from 0 to 1; they need not sum to 1
     * @param target        a mass for each class, from 0 to 1e60; it need not sum to 1
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
     * With d_i = p_i - q_i and p not above 1
     * <pre>
     *     loss       = sum of d_i^2
     *     gradient_i = 2 d_i s
     * </pre>
     */
    @Override
    void computeLosses(Rows rows) {
        Tile w = rows.tile;
        w.factor.copy(w.scale, 0, rows.count);
        w.factor.add(w.scale, rows.count);
        rows.clear(w.rest);
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            rows.load(rows.predictions, w.x);
            for (int i = 0; i < rows.size; i++) {
                w.x[i] = Math.min(w.x[i], 1);
            }
            Targets.PLAIN.load(rows, Targets.NONE);
            w.e.difference(w.x, w.t.head, rows.size);
            square(w.e, w.t, rows.size);
            rows.addUp(w.t, w.rest);
            if (rows.gradient != null) {
                rows.times(w.e, w.factor);
                rows.store(w.e.head, rows.gradient);
            }
        }
        w.rest.round(w.loss, rows.count);
        for (int r = 0; r < rows.count; r++) {
            w.loss[r] *= OF_SQUARES;
            if (rows.gradient != null && Double.isNaN(w.loss[r])) {
                Arrays.fill(rows.gradient, rows.from(r), rows.from(r) + rows.columns, Double.NaN);
            }
        }
        rows.grow(rows.gradient);
    }

    /** The squares of differences, divided by {@link #OF_SQUARES}. */
    private static void square(Pairs d, Pairs to, int n) {
        for (int i = 0; i < n; i++) {
            to.head[i] = d.head[i] * LARGER;
            to.tail[i] = d.tail[i] * LARGER;
        }
        to.multiply(to, n);
    }

    @Override
    void computeHessian(Rows rows) {
        for (int r = 0; r < rows.count; r++) {
            Pair scale = rows.tile.scale.get(r);
            Arrays.fill(rows.hessian, rows.from(r), rows.from(r) + rows.columns, scale.times(2).rounded());
        }
        rows.grow(rows.hessian);
    }

    @Override
    boolean weighsOne(boolean labels) {
        return true;
    }

    @Override
    double mass(double[] target, int from, int columns, int label) {
        return 1;
    }

    /**
     * Whether the other is a Brier score too; they are all equal.
     *
     * @param other anything
     * @return true for a Brier score
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof Brier;
    }

    @Override
    public int hashCode() {
        return 1;
    }

    @Override
    public String toString() {
        return "Brier[]";
    }
}
