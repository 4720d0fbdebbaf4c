package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Rows;
import java.io.InvalidObjectException;
import java.util.Arrays;

/**
 * How far the label's score is from being ahead of all others by a margin, the multiclass hinge loss of Crammer and
 * Singer: for classification by a support vector machine, where only the ranking is asked for. For probabilities use
 * {@link Softmax}: the scores that this loss is least for say nothing of how likely a class is.
 *
 * <pre>{@code
 * ClassificationLoss hinge = new Hinge();
 * double value = hinge.value(new double[] {2, 1.5, -1}, 0); // 0.5
 * double[] slope = hinge.gradient(new double[] {2, 1.5, -1}, 0); // {-1.0, 1.0, 0.0}
 * double squared = new Hinge().squared().value(new double[] {2, 1.5, -1}, 0); // 0.25
 * }</pre>
 *
 * <h2>Definition</h2>
 * For scores z, the label y and the margin m, which has the unit of z:
 * <pre>
 *     h     = max(0, m + max over j other than y of z_j - z_y)
 *     value = h, or h^2 if it is squared
 * </pre>
 * and 0 for a single class.
 *
 * <h2>Gradient</h2>
 * With j the class of the largest other score, the first of tied ones: 1 at j, -1 at y, and 0 elsewhere; 0 everywhere
 * where h is 0. Squared: 2 h at j and -2 h at y.
 *
 * <h2>Second derivative</h2>
 * The diagonal of the Hessian is 0. Squared, it is 2 at j and at y where h is above 0, and 0 elsewhere.
 *
 * <h2>Domain and shapes</h2>
 * Scores are any doubles, one a class, at least one. The target is a label; an array has to be its one-hot array, as
 * {@link OneHot} makes it. The margin is 0, or from 1e-18 to 1e18. Every row weighs 1 in the mean of a {@link Batch}.
 * The gradient array is as long as the scores and may be the scores themselves.
 *
 * <h2>Special values</h2>
 * A score -infinity excludes a class: the others are as if it were absent. At the label it makes the value +infinity,
 * unless there is no other class. +infinity follows arithmetic: another class's makes the value +infinity, the label's
 * makes it 0, and both make it NaN. A NaN makes the value and every entry of the derivatives NaN.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * m + z_j - z_y is added up with its rounding errors: where margin and lead are nearly equal, the naive form has lost
 * most of its digits, or is 0 where the loss is not. A slope 2 h that is divided in the mean of a {@link Batch} is
 * right also where h is beyond the double range.
 *
 * <h2>Accuracy</h2>
 * The value is within 2 ulp, every entry of the derivatives within 3 ulp of the exact result for the doubles given,
 * subnormal results included. Bits are the same on every Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no scores, lengths that differ, a label out of range, a target array that is not
 * one-hot, a margin out of range, or arrays that are the same and must not be; {@link NullPointerException} for null.
 * Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * K. Crammer and Y. Singer (2001), On the algorithmic implementation of multiclass kernel-based vector machines, J.
 * Mach. Learn. Res. 2, 265-292.
 */
public final class Hinge extends LabelledRowLoss {

    private static final long serialVersionUID = 1;

    /** The power of two that brings twice the difference of any two numbers into the double range. */
    private static final double SMALLER = 0x1p-3;

    /** How far the label's score has to be ahead. */
    private final double margin;

    /** Whether the value is the square. */
    private final boolean squared;

    /** The loss with the margin 1. */
    public Hinge() {
        this(1, false);
    }

    private Hinge(double margin, boolean squared) {
        this.margin = Checks.optionalFactor(margin, "margin");
        this.squared = squared;
    }

    /**
     * This loss with another margin.
     *
     * @param margin how far the label's score has to be ahead: 0, as the perceptron has it, or from 1e-18 to 1e18
     * @return a new loss
     * @throws IllegalArgumentException if the margin is out of range
     */
    public Hinge withMargin(double margin) {
        return new Hinge(margin, squared);
    }

    /**
     * The square of this loss.
     *
     * @return a new loss
     */
    public Hinge squared() {
        return new Hinge(margin, true);
    }

    /**
     * The loss for a label.
     *
     * @param scores one a class, any doubles
     * @param label  the number of the true class, from 0
     * @return how far the score of the label is from being ahead by the margin, or the square of that
     * @throws IllegalArgumentException if there are no scores, or the label is no class
     */
    @Override
    public double value(double[] scores, int label) {
        return checkedValue(scores, label);
    }

    /**
     * The loss for a target array.
     *
     * @param scores one a class, any doubles
     * @param target the one-hot array of the true class
     * @return the loss of the label that the array has its 1 at
     * @throws IllegalArgumentException if there are no scores, lengths differ, or the target is not one-hot
     */
    @Override
    public double value(double[] scores, double[] target) {
        return checkedValue(scores, target);
    }

    /**
     * The loss for a label, with its gradient by the scores written into an array.
     *
     * @param scores   one a class, any doubles
     * @param label    the number of the true class, from 0
     * @param gradient receives the derivative of the value by each of the scores; as long as they are, and
     *     may be the same array
     * @return the loss, as {@link #value(double[], int)}
     * @throws IllegalArgumentException as there, or if the gradient array has another length; nothing is written then
     */
    @Override
    public double valueAndGradient(double[] scores, int label, double[] gradient) {
        return checkedValueAndGradient(scores, label, gradient);
    }

    /**
     * The loss for a target array, with its gradient by the scores written into an array.
     *
     * <p>Mind the order of the last two: swapped, an array of zeros is not one-hot, and an error.
     *
     * @param scores   one a class, any doubles
     * @param target   the one-hot array of the true class
     * @param gradient receives the derivative of the value by each of the scores; as long as they are, and
     *     may be the same array, but not the target
     * @return the loss, as {@link #value(double[], double[])}
     * @throws IllegalArgumentException as there, or if the gradient array has another length or is the target; nothing
     *     is written then
     */
    @Override
    public double valueAndGradient(double[] scores, double[] target, double[] gradient) {
        return checkedValueAndGradient(scores, target, gradient);
    }

    /**
     * The loss for a label, with its gradient by the scores and the diagonal of its Hessian written into arrays.
     *
     * @param scores          one a class, any doubles
     * @param label           the number of the true class, from 0
     * @param gradient        receives the derivative of the value by each of the scores; as long as they are
     * @param hessianDiagonal receives the second derivative of the value by each of the scores; as long, and
     *     another array than the gradient. Either of the two may be the scores themselves
     * @return the loss, as {@link #value(double[], int)}
     * @throws IllegalArgumentException as there, or if an array has another length, or both are the same; nothing is
     *     written then
     */
    @Override
    public double valueGradientAndHessian(
            double[] scores, int label, double[] gradient, double[] hessianDiagonal) {
        return checkedValueGradientAndHessian(scores, label, gradient, hessianDiagonal);
    }

    /**
     * The loss for a target array, with its gradient by the scores and the diagonal of its Hessian written into
     * arrays.
     *
     * @param scores          one a class, any doubles
     * @param target          the one-hot array of the true class
     * @param gradient        receives the derivative of the value by each of the scores; as long as they are
     * @param hessianDiagonal receives the second derivative of the value by each of the scores; as long, and
     *     another array than the gradient. Either of the two may be the scores themselves, none may be the
     *     target
     * @return the loss, as {@link #value(double[], double[])}
     * @throws IllegalArgumentException as there, or if an array has another length, or arrays are the same that must
     *     not be; nothing is written then
     */
    @Override
    public double valueGradientAndHessian(
            double[] scores, double[] target, double[] gradient, double[] hessianDiagonal) {
        return checkedValueGradientAndHessian(scores, target, gradient, hessianDiagonal);
    }

    /**
     * The gradient of the loss for a label by the scores, in a new array.
     *
     * @param scores one a class, any doubles
     * @param label  the number of the true class, from 0
     * @return the derivative of the value by each of the scores
     * @throws IllegalArgumentException as {@link #value(double[], int)}
     */
    @Override
    public double[] gradient(double[] scores, int label) {
        return checkedGradient(scores, label);
    }

    /**
     * The gradient of the loss for a target array by the scores, in a new array.
     *
     * @param scores one a class, any doubles
     * @param target the one-hot array of the true class
     * @return the derivative of the value by each of the scores
     * @throws IllegalArgumentException as {@link #value(double[], double[])}
     */
    @Override
    public double[] gradient(double[] scores, double[] target) {
        return checkedGradient(scores, target);
    }

    @Override
    String predictionName() {
        return "scores";
    }

    @Override
    boolean checksPredictions() {
        return false;
    }

    /** Any double is a score. */
    @Override
    void checkPrediction(double[] scores, int from, int columns, int row) {}

    @Override
    void checkRow(double[] scores, double[] target, int from, int columns, int row) {
        Checks.oneHot(target, from, columns, row);
    }

    private static int label(Rows rows, int r) {
        if (rows.labels != null) {
            return rows.labels[rows.tile.number[r]];
        }
        int label = 0;
        while (rows.targets[rows.from(r) + label] != 1) {
            label++;
        }
        return label;
    }

    /** The first of the largest scores beside the label's that are not excluded, or -1 if there is none. */
    private static int rival(Rows rows, int r, int label) {
        int from = rows.from(r);
        int rival = -1;
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < rows.columns; i++) {
            if (i != label && rows.predictions[from + i] > largest) {
                rival = i;
                largest = rows.predictions[from + i];
            }
        }
        return rival;
    }

    /**
     * With j the rival of the label y, and lack = m + z_j - z_y,
     * <pre>
     *     loss       = h = max(0, lack)
     *     gradient_j = s where h is positive, and 0 elsewhere; gradient_y its negative
     * </pre>
     * or squared h^2 and 2 h s.
     */
    @Override
    void computeLosses(Rows rows) {
        for (int r = 0; r < rows.count; r++) {
            int label = label(rows, r);
            int rival = rival(rows, r, label);
            Pair lack = lack(rows, r, label, rival, 1);
            boolean hasNaN = Checks.hasNaN(rows.predictions, rows.from(r), rows.columns);
            rows.tile.loss[r] = hasNaN ? Double.NaN : value(lack);
            if (rows.gradient != null) {
                boolean isNaN = Double.isNaN(rows.tile.loss[r]);
                double slope = lack.head() > 0 ? slope(rows, r, label, rival) : 0;
                Arrays.fill(rows.gradient, rows.from(r), rows.from(r) + rows.columns, isNaN ? Double.NaN : 0);
                if (slope != 0 && !isNaN) {
                    rows.gradient[rows.from(r) + rival] = slope;
                    rows.gradient[rows.from(r) + label] = -slope;
                }
            }
        }
        rows.grow(rows.gradient);
    }

    /** m + z_j - z_y times a unit, or -infinity if there is no j; what is infinite has no tail. */
    private Pair lack(Rows rows, int r, int label, int rival, double unit) {
        int from = rows.from(r);
        double other = rival < 0 ? Double.NEGATIVE_INFINITY : rows.predictions[from + rival] * unit;
        double own = rival < 0 ? 0 : rows.predictions[from + label] * unit;
        double behind = other - own;
        Pair lack = Pair.difference(other, own).plus(Pair.of(margin * unit)).normalized();
        boolean isFinite = Math.abs(behind) <= Double.MAX_VALUE;
        return new Pair(isFinite ? lack.head() : behind, isFinite ? lack.tail() : 0);
    }

    private double value(Pair lack) {
        if (lack.head() <= 0) {
            return 0;
        }
        return squared ? rounded(lack.times(lack)) : lack.rounded();
    }

    /** s, or 2 h s: of an h beyond the double range in a unit in which it is not, unless a score is infinite. */
    private double slope(Rows rows, int r, int label, int rival) {
        Pair scale = rows.tile.scale.get(r);
        if (!squared) {
            return scale.rounded();
        }
        double unit = lack(rows, r, label, rival, 1).head() <= Double.MAX_VALUE ? 1 : SMALLER;
        Pair lack = lack(rows, r, label, rival, unit);
        return lack.head() <= Double.MAX_VALUE
                ? rounded(lack.times(scale.times(2))) / unit
                : Math.copySign(Double.POSITIVE_INFINITY, scale.head()); // which may be 0
    }

    /** That of a product beyond the double range, whose tail is NaN, too. */
    private static double rounded(Pair product) {
        return Math.abs(product.head()) <= Double.MAX_VALUE ? product.rounded() : product.head();
    }

    @Override
    void computeHessian(Rows rows) {
        for (int r = 0; r < rows.count; r++) {
            int label = label(rows, r);
            int rival = rival(rows, r, label);
            boolean curved = squared && lack(rows, r, label, rival, 1).head() > 0;
            Arrays.fill(rows.hessian, rows.from(r), rows.from(r) + rows.columns, 0);
            if (curved) {
                double curvature = rows.tile.scale.get(r).times(2).rounded();
                rows.hessian[rows.from(r) + rival] = curvature;
                rows.hessian[rows.from(r) + label] = curvature;
            }
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
     * Whether the other is a loss of this kind with equal options.
     *
     * @param other anything
     * @return true for one that was made with the same options
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof Hinge hinge && margin == hinge.margin && squared == hinge.squared;
    }

    @Override
    public int hashCode() {
        return 31 * Double.hashCode(margin) + Boolean.hashCode(squared);
    }

    @Override
    public String toString() {
        return "Hinge[margin=" + margin + (squared ? ", squared]" : "]");
    }

    /**
     * Checks the options that a stream had.
     *
     * @return an equal loss
     * @throws InvalidObjectException if it cannot be
     */
    private Object readResolve() throws InvalidObjectException {
        return LossForm.resolve(() -> new Hinge(margin, squared));
    }
}
