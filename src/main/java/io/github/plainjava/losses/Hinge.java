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
 * 0. Squared: 2 at j and at y where h is above 0, and 0 elsewhere.
 *
 * <h2>Domain and shapes</h2>
 * Scores are any doubles, one a class, at least one. The target is a label; an array has to be its one-hot array, as
 * {@link OneHot} makes it. The margin is from 1e-18 to 1e18. Every row weighs 1 in the mean of a {@link Batch}. The
 * gradient array is as long as the scores and may be the scores themselves.
 *
 * <h2>Special values</h2>
 * A score -infinity excludes a class: the others are as if it were absent. At the label it makes the value +infinity,
 * unless there is no other class. +infinity follows arithmetic: another class's makes the value +infinity, the label's
 * makes it 0, and both make it NaN. A NaN makes the value and every entry of the derivatives NaN.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * m + z_j - z_y is added up with its rounding errors: where margin and lead are nearly equal, the naive form has lost most
 * of its digits.
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
 * K. Crammer and Y. Singer (2001), On the algorithmic implementation of multiclass kernel-based vector machines, J. Mach.
 * Learn. Res. 2.
 */
public final class Hinge extends LabelledRowLoss {

    private static final long serialVersionUID = 1;

    /** How far the label's score has to be ahead. */
    private final double margin;

    private final boolean squared;

    /** The loss with the margin 1. */
    public Hinge() {
        this(1, false);
    }

    private Hinge(double margin, boolean squared) {
        this.margin = Checks.factor(margin, "margin");
        this.squared = squared;
    }

    /**
     * This loss with another margin.
     *
     * @param margin how far the label's score has to be ahead, from 1e-18 to 1e18
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
     * The loss for a target distribution.
     *
     * @param scores one a class
     * @param target the one-hot array of the true class
     * @return the value
     * @throws IllegalArgumentException as described above
     */
    @Override
    public double value(double[] scores, double[] target) {
        return checkedValue(scores, target);
    }

    /**
     * The loss for a label.
     *
     * @param scores one a class
     * @param label the number of the true class, from 0
     * @return the value
     * @throws IllegalArgumentException as described above
     */
    @Override
    public double value(double[] scores, int label) {
        return checkedValue(scores, label);
    }

    /**
     * The loss for a target distribution, with its gradient written into an array.
     *
     * @param scores one a class
     * @param target the one-hot array of the true class
     * @param gradient receives the derivative of the value by each of them; as long, and may be the same array, but not
     *     the target
     * @return the value
     * @throws IllegalArgumentException as described above; nothing is written then
     */
    @Override
    public double valueAndGradient(double[] scores, double[] target, double[] gradient) {
        return checkedValueAndGradient(scores, target, gradient);
    }

    /**
     * The loss for a label, with its gradient written into an array.
     *
     * @param scores one a class
     * @param label the number of the true class, from 0
     * @param gradient receives the derivative of the value by each of them; as long, and may be the same array
     * @return the value
     * @throws IllegalArgumentException as described above; nothing is written then
     */
    @Override
    public double valueAndGradient(double[] scores, int label, double[] gradient) {
        return checkedValueAndGradient(scores, label, gradient);
    }

    /**
     * The gradient of the loss for a target distribution, in a new array.
     *
     * @param scores one a class
     * @param target the one-hot array of the true class
     * @return the derivative of the value by each of them
     * @throws IllegalArgumentException as described above
     */
    @Override
    public double[] gradient(double[] scores, double[] target) {
        return checkedGradient(scores, target);
    }

    /**
     * The gradient of the loss for a label, in a new array.
     *
     * @param scores one a class
     * @param label the number of the true class, from 0
     * @return the derivative of the value by each of them
     * @throws IllegalArgumentException as described above
     */
    @Override
    public double[] gradient(double[] scores, int label) {
        return checkedGradient(scores, label);
    }

    /**
     * The loss for a target distribution, with its gradient and the diagonal of its Hessian written into arrays.
     *
     * @param scores one a class
     * @param target the one-hot array of the true class
     * @param gradient receives the derivative of the value by each of them; as long
     * @param hessianDiagonal receives the second derivative of the value by each of them; as long, and another array
     *     than the gradient. Either of the two may be the predictions themselves, none may be the target
     * @return the value
     * @throws IllegalArgumentException as described above; nothing is written then
     */
    @Override
    public double valueGradientAndHessian(
            double[] scores, double[] target, double[] gradient, double[] hessianDiagonal) {
        return checkedValueGradientAndHessian(scores, target, gradient, hessianDiagonal);
    }

    /**
     * The loss for a label, with its gradient and the diagonal of its Hessian written into arrays.
     *
     * @param scores one a class
     * @param label the number of the true class, from 0
     * @param gradient receives the derivative of the value by each of them; as long
     * @param hessianDiagonal receives the second derivative of the value by each of them; as long, and another array
     *     than the gradient. Either of the two may be the predictions themselves
     * @return the value
     * @throws IllegalArgumentException as described above; nothing is written then
     */
    @Override
    public double valueGradientAndHessian(double[] scores, int label, double[] gradient, double[] hessianDiagonal) {
        return checkedValueGradientAndHessian(scores, label, gradient, hessianDiagonal);
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
        if (target != null) {
            Checks.oneHot(target, from, columns, row);
        }
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

    /** h = max(0, m + z_j - z_y), and its derivatives: s, or 2 h s, at j and their negatives at y. */
    @Override
    void computeLosses(Rows rows) {
        for (int r = 0; r < rows.count; r++) {
            int label = label(rows, r);
            int rival = rival(rows, r, label);
            Pair lack = lack(rows, r, label, rival);
            double h = rounded(lack);
            boolean isNaN = h != h || Checks.hasNaN(rows.predictions, rows.from(r), rows.columns);
            rows.tile.loss[r] = isNaN ? Double.NaN : h > 0 ? value(h, lack) : 0;
            if (rows.gradient != null) {
                Arrays.fill(rows.gradient, rows.from(r), rows.from(r) + rows.columns, isNaN ? Double.NaN : 0);
                if (h > 0 && !isNaN) {
                    double slope = slope(h, lack, rows.tile.scale.get(r));
                    rows.gradient[rows.from(r) + rival] = slope;
                    rows.gradient[rows.from(r) + label] = 0.0 - slope;
                }
            }
        }
        rows.grow(rows.gradient);
    }

    /** m + z_j - z_y, or -1 if there is no j. */
    private Pair lack(Rows rows, int r, int label, int rival) {
        int from = rows.from(r);
        double other = rival < 0 ? 0 : rows.predictions[from + rival];
        double own = rival < 0 ? 1 + margin : rows.predictions[from + label];
        return Pair.difference(other, own).plus(Pair.of(margin));
    }

    /** That of an infinite one, which has no tail, too. */
    private static double rounded(Pair x) {
        return Math.abs(x.head()) <= Double.MAX_VALUE ? x.rounded() : x.head();
    }

    private double value(double h, Pair lack) {
        return squared ? rounded(lack.times(lack)) : h;
    }

    private double slope(double h, Pair lack, Pair scale) {
        if (!squared) {
            return scale.rounded();
        }
        return h <= Double.MAX_VALUE ? rounded(lack.times(2).times(scale)) : h * scale.head();
    }

    @Override
    void computeHessian(Rows rows) {
        for (int r = 0; r < rows.count; r++) {
            int label = label(rows, r);
            int rival = rival(rows, r, label);
            boolean curved = squared && rounded(lack(rows, r, label, rival)) > 0;
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
