package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Exponentials;
import io.github.plainjava.losses.internal.tile.Rows;
import io.github.plainjava.losses.internal.tile.Tile;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * Cross-entropy of the softmax of logits, the softmax loss: for classification from a model's raw scores, safe for any
 * finite logits. The static methods are the functions themselves: {@link #softmax(double[]) softmax},
 * {@link #logSoftmax(double[]) log-softmax}, {@link #logSumExp(double[]) log-sum-exp}, softmax's
 * {@link #entropy(double[]) entropy} and its {@link #jacobianVectorProduct(double[], double[]) Jacobian}; the former of
 * many rows at once too, also of floats.
 *
 * <pre>{@code
 * Softmax softmax = new Softmax();
 * double loss = softmax.value(new double[] {40, 0}, 0); // 4.248354255291589E-18
 * double[] slope = softmax.gradient(new double[] {0, 0}, 1); // {0.5, -0.5}
 * double[] p = Softmax.softmax(new double[] {0, 0, 0, 0}); // {0.25, 0.25, 0.25, 0.25}
 * }</pre>
 *
 * <h2>Definition</h2>
 * For logits z, a label y or a target distribution q, temperature T and class weights w (T = 1, w = 1 unless set):
 * <pre>
 *     p      = softmax(z / T),  p_i = exp(z_i / T) / sum over j of exp(z_j / T)
 *     value  = -w_y log p_y                      for the label y
 *     value  = -sum over i of w_i q_i log p_i    for the target q
 * </pre>
 * in nats. A label is the target that is 1 at the label and 0 elsewhere, to the bit. Label smoothing by a replaces
 * q_i by (1 - a) q_i + a Q / C, where Q is the sum of q and C the number of classes that are not excluded.
 *
 * <h2>Gradient</h2>
 * With t_i = w_i q_i (q smoothed, if smoothing is set): d value / d z_i = (p_i sum of t_j - t_i) / T. For a label
 * without options that is p_i, and p_i - 1 at the label.
 *
 * <h2>Second derivative</h2>
 * The diagonal of the Hessian is p_i (sum of the other p_j) (sum of t_j) / T^2. The whole Hessian, for a target that
 * sums to 1, is the Jacobian of softmax: {@link #jacobianVectorProduct(double[], double[])}.
 *
 * <h2>Domain and shapes</h2>
 * Logits are any doubles, one a class, at least one. Class weights are 0 or from 1e-18 to 1e18, temperatures from 1e-18
 * to 1e18, label smoothing 0 or from 1e-18 to 1. Target entries are masses from 0 to 1e60; they need not sum to 1.
 * Value and gradient are linear in them: masses that sum to Q give Q times those of their shares, and Q also times
 * their weight in the mean of a {@link Batch}. So to forget to normalize counts or scores is no error, and makes
 * another loss. A target without mass, as an unlabelled row has it, gives 0 for both; so does a new gradient array that
 * was handed over as the target, while the target is overwritten. The gradient array is as long as the logits and may
 * be the logits themselves.
 *
 * <h2>Special values</h2>
 * A logit -infinity excludes its class: p is 0, and the others are as if it were absent. A class without probability
 * but with target weight makes the value +infinity; the derivatives are those of the formulas, for p = 0. All logits
 * -infinity, a logit +infinity, or a NaN make the value and every entry of the derivatives NaN. The table is in the
 * {@linkplain io.github.plainjava.losses package description}.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * With k the largest logit's class, or the only one that has any of the target, own = exp(z_k / T) and rest the sum of
 * all other exponentials, the value is (sum of t_i) log1p(rest / own) + (sum of t_i (z_k - z_i)) / T. For a label y
 * that is w_y log1p(rest / own), and the gradient at the label is -w_y / T times rest / (own + rest). The usual
 * (z - m) - log(sum) and p - 1 give 0 for the loss and the slope of [40, 0] at label 0, which are 4.25e-18 and its
 * negative: training stops there. Exponentials are not taken of z_i - m, whose rounding would make them wrong by up to
 * |z_i - m| / 2 ulp: m is taken off in their exponent, as an integer, and only where a logit is too large or too small.
 * Sums carry their errors along, so that the error does not grow with the number of classes. Exponential and logarithm
 * are the library's own, from tables, in arithmetic that becomes vector instructions; many short rows go through it
 * side by side.
 *
 * <h2>Accuracy</h2>
 * For finite logits of any size the value, every probability and every log-probability is within 2 ulp of the exact
 * result for the doubles given, every entry of the gradient and of the Hessian's diagonal within 3 ulp, for any number
 * of classes, subnormal results included. A mass below 2^-600 may be wrong by 2^-600 times what a mass of 1 would give.
 * Three results are differences, and have their bound in ulps of the larger of the two: a gradient entry for a soft or
 * smoothed target, of p_i (sum of t_j) / T and t_i / T; {@code logSumExp}, of the largest logit and log1p(rest); and an
 * entry of the Jacobian's product, within 3 ulp of p_i |v_i - v_k| and p_i (sum of p_j |v_j - v_k|), with k the first
 * largest logit. Bits are the same on every Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no logits, lengths that differ, a label out of range, a target entry that is not
 * from 0 to 1e60, an option out of its range, more or fewer classes than class weights, or a gradient array that is the
 * target; {@link NullPointerException} for null. Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * P. Blanchard, D. J. Higham and N. J. Higham (2021), Accurately computing the log-sum-exp and softmax functions,
 * IMA J. Numer. Anal. 41(4), doi:10.1093/imanum/draa038. J. S. Bridle (1990), Probabilistic interpretation of
 * feedforward classification network outputs, doi:10.1007/978-3-642-76153-9_28. Label smoothing: C. Szegedy et al.
 * (2016), Rethinking the Inception architecture for computer vision, doi:10.1109/CVPR.2016.308. Temperature: G.
 * Hinton, O. Vinyals and J. Dean (2015), Distilling the knowledge in a neural network, arXiv:1503.02531.
 */
public final class Softmax extends DistributionLoss {

    private static final long serialVersionUID = 1;

    /** The logit of a class that is excluded. */
    static final double EXCLUDED = Double.NEGATIVE_INFINITY;

    /** In place of the exponential of such a class, while the exponentials of a row wait where the gradient will be. */
    private static final double MARK = -1;

    /** A label this far below the largest logit, in units of T, leaves too little of its own exponential. */
    private static final double FAR = 200;

    /** Up to here log(1 + x) is x, and the products with x come first: the target may be as large as x is small. */
    private static final double TINY = 0x1p-110;

    /** Products of mass and weight below this, divided by a sum of exponentials, would be too small. */
    private static final double FAINT = 0x1p-400;

    /** Then, and where weights are large, the products are made this power of two, if the weight is not above the other. */
    private static final int BRIGHT = 500;

    private static final int LARGEST_SCALE = 1000;

    /** What logits are divided by. */
    private final double temperature;

    /** 1 / T: made when first asked for, as whoever reads a loss may leave it out. */
    private transient Pair inverse;

    /** The softmax loss with temperature 1, no label smoothing and no class weights. */
    public Softmax() {
        this(1, Targets.PLAIN);
    }

    Softmax(double temperature, Targets targets) {
        super(targets);
        this.temperature = temperature;
    }

    /**
     * This loss with logits divided by a temperature: above 1 softens the probabilities, below 1 sharpens them.
     *
     * @param temperature from 1e-18 to 1e18; 1 changes no bit
     * @return a new loss
     * @throws IllegalArgumentException if the temperature is out of range
     */
    public Softmax withTemperature(double temperature) {
        return new Softmax(Checks.factor(temperature, "temperature"), targets());
    }

    /**
     * This loss with part of the target spread evenly over the classes that are not excluded.
     *
     * @param smoothing the part: 0, which changes no bit, or from 1e-18 to 1
     * @return a new loss
     * @throws IllegalArgumentException if smoothing is out of range
     */
    public Softmax withLabelSmoothing(double smoothing) {
        return new Softmax(temperature, targets().withSmoothing(smoothing));
    }

    /**
     * This loss with a weight for each class, by which the target of the class is multiplied.
     *
     * @param weights one a class, 0 or from 1e-18 to 1e18; copied; all 1 changes no bit
     * @return a new loss, for as many classes as there are weights
     * @throws IllegalArgumentException if a weight is out of range
     */
    public Softmax withClassWeights(double... weights) {
        return new Softmax(temperature, targets().withClassWeights(weights));
    }

    /**
     * The loss for a label.
     *
     * @param logits any doubles, one a class; -infinity excludes a class
     * @param label  the number of the true class, from 0
     * @return -w_y log p_y, in nats
     * @throws IllegalArgumentException if there are no logits, the label is no class, or class weights are more
     *     or fewer
     */
    @Override
    public double value(double[] logits, int label) {
        return checkedValue(logits, label);
    }

    /**
     * The loss for a target distribution.
     *
     * @param logits any doubles, one a class; -infinity excludes a class
     * @param target a mass for each class, from 0 to 1e60. It need not sum to 1: the loss is linear in it, and
     *     masses that sum to Q give Q times the loss of their shares, 0 if there is none
     * @return -sum of w_i q_i log p_i, in nats
     * @throws IllegalArgumentException if there are no logits, lengths differ, a mass is not from 0 to
     *     1e60, or class weights are more or fewer
     */
    @Override
    public double value(double[] logits, double[] target) {
        return checkedValue(logits, target);
    }

    /**
     * The loss for a label, with its gradient by the logits written into an array.
     *
     * @param logits   any doubles, one a class; -infinity excludes a class
     * @param label    the number of the true class, from 0
     * @param gradient receives the derivative of the value by each of the logits; as long as they are, and may be
     *     the same array
     * @return the loss, as {@link #value(double[], int)}
     * @throws IllegalArgumentException as there, or if the gradient array has another length; nothing is written then
     */
    @Override
    public double valueAndGradient(double[] logits, int label, double[] gradient) {
        return checkedValueAndGradient(logits, label, gradient);
    }

    /**
     * The loss for a target distribution, with its gradient by the logits written into an array.
     *
     * <p>Mind the order of the last two: swapped, an array of zeros is a target without mass, which is legal (an
     * unlabelled row). The loss is then 0, and <em>the target is overwritten</em> with zeros.
     *
     * @param logits   any doubles, one a class; -infinity excludes a class
     * @param target   a mass for each class, from 0 to 1e60. It need not sum to 1: value and gradient are
     *     linear in it, and masses that sum to Q give Q times those of their shares, 0 if there is none
     * @param gradient receives the derivative of the value by each of the logits; as long as they are, and may be
     *     the same array, but not the target
     * @return the loss, as {@link #value(double[], double[])}
     * @throws IllegalArgumentException as there, or if the gradient array has another length or is the target; nothing
     *     is written then
     */
    @Override
    public double valueAndGradient(double[] logits, double[] target, double[] gradient) {
        return checkedValueAndGradient(logits, target, gradient);
    }

    /**
     * The loss for a label, with its gradient by the logits and the diagonal of its Hessian written into arrays.
     *
     * @param logits          any doubles, one a class; -infinity excludes a class
     * @param label           the number of the true class, from 0
     * @param gradient        receives the derivative of the value by each of the logits; as long as they are
     * @param hessianDiagonal receives the second derivative of the value by each of the logits; as long, and another
     *     array than the gradient. Either of the two may be the logits themselves
     * @return the loss, as {@link #value(double[], int)}
     * @throws IllegalArgumentException as there, or if an array has another length, or both are the same; nothing is
     *     written then
     */
    @Override
    public double valueGradientAndHessian(
            double[] logits, int label, double[] gradient, double[] hessianDiagonal) {
        return checkedValueGradientAndHessian(logits, label, gradient, hessianDiagonal);
    }

    /**
     * The loss for a target distribution, with its gradient by the logits and the diagonal of its Hessian written into
     * arrays.
     *
     * @param logits          any doubles, one a class; -infinity excludes a class
     * @param target          a mass for each class, from 0 to 1e60; it need not sum to 1
     * @param gradient        receives the derivative of the value by each of the logits; as long as they are
     * @param hessianDiagonal receives the second derivative of the value by each of the logits; as long, and another
     *     array than the gradient. Either of the two may be the logits themselves, none may be the target
     * @return the loss, as {@link #value(double[], double[])}
     * @throws IllegalArgumentException as there, or if an array has another length, or arrays are the same that must
     *     not be; nothing is written then
     */
    @Override
    public double valueGradientAndHessian(
            double[] logits, double[] target, double[] gradient, double[] hessianDiagonal) {
        return checkedValueGradientAndHessian(logits, target, gradient, hessianDiagonal);
    }

    /**
     * The gradient of the loss for a label by the logits, in a new array.
     *
     * @param logits any doubles, one a class; -infinity excludes a class
     * @param label  the number of the true class, from 0
     * @return the derivative of the value by each of the logits
     * @throws IllegalArgumentException as {@link #value(double[], int)}
     */
    @Override
    public double[] gradient(double[] logits, int label) {
        return checkedGradient(logits, label);
    }

    /**
     * The gradient of the loss for a target distribution by the logits, in a new array.
     *
     * @param logits any doubles, one a class; -infinity excludes a class
     * @param target a mass for each class, from 0 to 1e60; it need not sum to 1
     * @return the derivative of the value by each of the logits
     * @throws IllegalArgumentException as {@link #value(double[], double[])}
     */
    @Override
    public double[] gradient(double[] logits, double[] target) {
        return checkedGradient(logits, target);
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

    /**
     * The probabilities that this loss scores: softmax of the logits divided by the temperature.
     *
     * @param logits one a class
     * @return the probabilities, as {@link #softmax(double[])}
     * @throws IllegalArgumentException if there are no logits
     */
    public double[] probabilities(double[] logits) {
        double[] probabilities = new double[notEmpty(logits)];
        probabilities(logits, probabilities);
        return probabilities;
    }

    /**
     * The probabilities that this loss scores, written into an array of the caller's.
     *
     * @param logits        one a class
     * @param probabilities receives {@link #probabilities(double[])}; as long as the logits, and may be the same array
     * @throws IllegalArgumentException if there are no logits or lengths differ
     */
    public void probabilities(double[] logits, double[] probabilities) {
        probabilities(logits, notEmpty(logits), probabilities);
    }

    /**
     * The probabilities that this loss scores, of many rows at once.
     *
     * @param logits        rows laid end to end
     * @param columns       how many logits a row has, at least 1
     * @param probabilities receives {@link #probabilities(double[])} of each row, to the bit; as long as the logits,
     *                      and may be the same array
     * @throws IllegalArgumentException if columns is less than 1, the logits are no whole number of rows, or lengths
     *     differ
     */
    public void probabilities(double[] logits, int columns, double[] probabilities) {
        checkRows(logits, columns, probabilities, "probabilities");
        Pair inverse = inverse();
        SoftmaxFunctions.compute(rows -> SoftmaxFunctions.softmax(rows, inverse), logits, columns, probabilities, null);
    }

    /**
     * The probabilities that this loss scores, of rows of floats: computed in double and rounded once.
     *
     * @param logits        rows laid end to end
     * @param columns       how many logits a row has, at least 1
     * @param probabilities receives the probabilities of each row, each the nearest float to the double; as long as the
     *                      logits, and may be the same array
     * @throws IllegalArgumentException if columns is less than 1, the logits are no whole number of rows, or lengths
     *     differ
     */
    public void probabilities(float[] logits, int columns, float[] probabilities) {
        checkRows(logits, columns, probabilities, "probabilities");
        Pair inverse = inverse();
        SoftmaxFunctions.compute(rows -> SoftmaxFunctions.softmax(rows, inverse), logits, columns, probabilities, null);
    }

    /**
     * The softmax function: exp(z_i) / sum of exp(z_j).
     *
     * <p>Special values: 0 for a logit -infinity; all NaN if a logit is NaN or +infinity, or all are -infinity.
     * Accuracy: each within 2 ulp, subnormal ones too; their sum is within 2^-51 of 1.
     *
     * @param logits any doubles, at least one
     * @return the probabilities, in a new array
     * @throws IllegalArgumentException if there are no logits
     */
    public static double[] softmax(double[] logits) {
        double[] probabilities = new double[notEmpty(logits)];
        softmax(logits, probabilities);
        return probabilities;
    }

    /**
     * The softmax function, written into an array of the caller's.
     *
     * @param logits        any doubles, at least one
     * @param probabilities receives {@link #softmax(double[])}; as long as the logits, and may be the same array
     * @throws IllegalArgumentException if there are no logits or lengths differ
     */
    public static void softmax(double[] logits, double[] probabilities) {
        softmax(logits, notEmpty(logits), probabilities);
    }

    /**
     * The softmax function of many rows at once. Short rows are computed side by side, several times as fast as one by
     * one.
     *
     * <pre>{@code
     * double[] rows = {0, 0, 5, 5}; // two rows of two, in place
     * Softmax.softmax(rows, 2, rows);
     * double first = rows[0]; // 0.5
     * }</pre>
     *
     * @param logits        rows laid end to end
     * @param columns       how many logits a row has, at least 1
     * @param probabilities receives {@link #softmax(double[])} of each row, to the bit; as long as the logits, and may
     *                      be the same array
     * @throws IllegalArgumentException if columns is less than 1, the logits are no whole number of rows, or lengths
     *     differ
     */
    public static void softmax(double[] logits, int columns, double[] probabilities) {
        checkRows(logits, columns, probabilities, "probabilities");
        SoftmaxFunctions.compute(SoftmaxFunctions::softmax, logits, columns, probabilities, null);
    }

    /**
     * The softmax function of rows of floats: computed in double and rounded once. So each is the nearest float to a
     * double that is within 2 ulp of the exact result.
     *
     * @param logits        rows laid end to end
     * @param columns       how many logits a row has, at least 1
     * @param probabilities receives {@link #softmax(double[])} of each row, rounded; as long as the logits, and may be
     *                      the same array
     * @throws IllegalArgumentException if columns is less than 1, the logits are no whole number of rows, or lengths
     *     differ
     */
    public static void softmax(float[] logits, int columns, float[] probabilities) {
        checkRows(logits, columns, probabilities, "probabilities");
        SoftmaxFunctions.compute(SoftmaxFunctions::softmax, logits, columns, probabilities, null);
    }

    /**
     * The logarithm of the softmax function: z_i - log of the sum of exp(z_j), in nats; finite where softmax itself
     * would underflow to 0.
     *
     * <p>Special values: -infinity for a logit -infinity, and beyond the double range; all NaN where softmax is.
     * Accuracy: each within 2 ulp, and never above 0.
     *
     * @param logits any doubles, at least one
     * @return the log-probabilities, in a new array
     * @throws IllegalArgumentException if there are no logits
     */
    public static double[] logSoftmax(double[] logits) {
        double[] logProbabilities = new double[notEmpty(logits)];
        logSoftmax(logits, logProbabilities);
        return logProbabilities;
    }

    /**
     * The logarithm of the softmax function, written into an array of the caller's.
     *
     * @param logits           any doubles, at least one
     * @param logProbabilities receives {@link #logSoftmax(double[])}; as long as the logits, and may be the same array
     * @throws IllegalArgumentException if there are no logits or lengths differ
     */
    public static void logSoftmax(double[] logits, double[] logProbabilities) {
        logSoftmax(logits, notEmpty(logits), logProbabilities);
    }

    /**
     * The logarithm of the softmax function of many rows at once.
     *
     * @param logits           rows laid end to end
     * @param columns          how many logits a row has, at least 1
     * @param logProbabilities receives {@link #logSoftmax(double[])} of each row, to the bit; as long as the logits,
     *                         and may be the same array
     * @throws IllegalArgumentException if columns is less than 1, the logits are no whole number of rows, or lengths
     *     differ
     */
    public static void logSoftmax(double[] logits, int columns, double[] logProbabilities) {
        checkRows(logits, columns, logProbabilities, "logProbabilities");
        SoftmaxFunctions.compute(SoftmaxFunctions::logSoftmax, logits, columns, logProbabilities, null);
    }

    /**
     * The logarithm of the softmax function of rows of floats: computed in double and rounded once. None is -0.0F.
     *
     * @param logits           rows laid end to end
     * @param columns          how many logits a row has, at least 1
     * @param logProbabilities receives {@link #logSoftmax(double[])} of each row, rounded; as long as the logits, and
     *                         may be the same array
     * @throws IllegalArgumentException if columns is less than 1, the logits are no whole number of rows, or lengths
     *     differ
     */
    public static void logSoftmax(float[] logits, int columns, float[] logProbabilities) {
        checkRows(logits, columns, logProbabilities, "logProbabilities");
        SoftmaxFunctions.compute(SoftmaxFunctions::logSoftmax, logits, columns, logProbabilities, null);
    }

    /**
     * The log-sum-exp function: the log of the sum of exp(z_j), in nats.
     *
     * <p>Special values: -infinity of nothing and of logits that are all -infinity; +infinity with a logit +infinity;
     * NaN with a NaN. Accuracy: within 2 ulp of the larger of the largest logit and the log1p that is added to it.
     *
     * @param logits any doubles
     * @return the log-sum-exp
     */
    public static double logSumExp(double[] logits) {
        if (Objects.requireNonNull(logits, "logits").length == 0) {
            return EXCLUDED;
        }
        double[] perRow = new double[1];
        logSumExp(logits, logits.length, perRow);
        return perRow[0];
    }

    /**
     * The log-sum-exp function of many rows at once.
     *
     * @param logits  rows laid end to end
     * @param columns how many logits a row has, at least 1
     * @param perRow  receives {@link #logSumExp(double[])} of each row, to the bit; as long as there are rows, and may
     *                be the logits where rows have one column
     * @throws IllegalArgumentException if columns is less than 1, the logits are no whole number of rows, or perRow is
     *     longer or shorter
     */
    public static void logSumExp(double[] logits, int columns, double[] perRow) {
        checkRowsWithOneEach(logits, columns, perRow);
        SoftmaxFunctions.compute(SoftmaxFunctions::logSumExp, logits, columns, null, perRow);
    }

    /**
     * The log-sum-exp function of rows of floats: computed in double and rounded once.
     *
     * @param logits  rows laid end to end
     * @param columns how many logits a row has, at least 1
     * @param perRow  receives {@link #logSumExp(double[])} of each row, rounded; as long as there are rows, and may be
     *                the logits where rows have one column
     * @throws IllegalArgumentException if columns is less than 1, the logits are no whole number of rows, or perRow is
     *     longer or shorter
     */
    public static void logSumExp(float[] logits, int columns, float[] perRow) {
        checkRowsWithOneEach(logits, columns, perRow);
        SoftmaxFunctions.compute(SoftmaxFunctions::logSumExp, logits, columns, null, perRow);
    }

    /**
     * The entropy of softmax's probabilities, -sum of p_i log p_i, from the logits: how unsure a prediction is, in
     * nats. A sure one keeps its digits, where from probabilities that round to 1 and 0 it would be 0.
     *
     * <pre>{@code
     * double sure = Softmax.entropy(new double[] {40, 0}); // 1.7418252446695514E-16
     * double[] slope = new double[2];
     * double two = Softmax.entropy(new double[] {0, 0}, slope); // 0.6931471805599453
     * }</pre>
     *
     * <p>Special values: an excluded class, one of logit -infinity, counts nothing; NaN where softmax is. Accuracy:
     * within 2 ulp for finite logits of any size, and never negative.
     *
     * @param logits any doubles, at least one
     * @return the entropy: from 0, for one class, to log n for n equal ones
     * @throws IllegalArgumentException if there are no logits
     */
    public static double entropy(double[] logits) {
        double[] perRow = new double[1];
        entropy(logits, notEmpty(logits), perRow);
        return perRow[0];
    }

    /**
     * The entropy of softmax's probabilities, with its gradient by the logits, -p_i (log p_i + entropy), written into
     * an array: for a bonus on entropy, as in reinforcement learning.
     *
     * <p>Special values: an excluded class has entry 0; all NaN where softmax is. Accuracy: each entry within 3 ulp of
     * the larger of p_i |log p_i| and p_i times the entropy.
     *
     * @param logits   any doubles, at least one
     * @param gradient receives the derivative of the entropy by each logit; as long as they are, and may be the same
     *                 array
     * @return the entropy, as {@link #entropy(double[])}
     * @throws IllegalArgumentException if there are no logits or lengths differ
     */
    public static double entropy(double[] logits, double[] gradient) {
        checkRows(logits, notEmpty(logits), gradient, "gradient");
        double[] perRow = new double[1];
        SoftmaxFunctions.compute(SoftmaxFunctions::entropy, logits, logits.length, gradient, perRow);
        return perRow[0];
    }

    /**
     * The entropies of many rows at once.
     *
     * @param logits  rows laid end to end
     * @param columns how many logits a row has, at least 1
     * @param perRow  receives {@link #entropy(double[])} of each row, to the bit; as long as there are rows, and may be
     *                the logits where rows have one column
     * @throws IllegalArgumentException if columns is less than 1, the logits are no whole number of rows, or perRow is
     *     longer or shorter
     */
    public static void entropy(double[] logits, int columns, double[] perRow) {
        checkRowsWithOneEach(logits, columns, perRow);
        SoftmaxFunctions.compute(SoftmaxFunctions::entropy, logits, columns, null, perRow);
    }

    /**
     * The Jacobian of softmax, diag(p) - p p^T, times a vector: p_i (v_i - sum of p_j v_j).
     *
     * <p>One method for two needs, because the matrix is symmetric and is also the Hessian of the softmax loss: the
     * chain rule through softmax, from a gradient by the probabilities to one by the logits; and the Hessian-vector
     * product of the loss with a label, or with any target that sums to 1.
     *
     * <p>It is computed as p_i (d_i - sum of p_j d_j) with d_i = v_i - v_k, k being the first largest logit: the same
     * number, since probabilities sum to 1, and nothing cancels where p_k is nearly 1. So an offset of the vector
     * changes no bit if each v_i + c is exact, a constant vector gives 0, and the sum of d_i times entry i, the
     * variance of the vector under p, is never negative.
     *
     * <pre>{@code
     * double[] sure = Softmax.jacobianVectorProduct(new double[] {100, 0}, new double[] {1, 0});
     * boolean positive = sure[0] == -sure[1] && sure[0] > 3.7e-44; // true
     * }</pre>
     *
     * <p>Special values: an excluded class, one of logit -infinity, has entry 0 and takes no notice of its entry of the
     * vector, not even of a NaN; all NaN where softmax is, or where another entry of the vector is not finite.
     * Accuracy: each within 3 ulp of the larger of p_i |d_i| and p_i (sum of p_j |d_j|), for vectors of any size, also
     * where a difference d_i is beyond the double range. An entry below the normal range is rounded away from 0, or
     * towards it where its sign is not that of d_i, so that the diagonal (of v = 1 at i and 0 elsewhere) is positive
     * down to the smallest double, and variances are not negative there either; less than 2^-1138 is 0.
     *
     * @param logits any doubles, at least one
     * @param vector as long as the logits
     * @return the product, in a new array
     * @throws IllegalArgumentException if there are no logits or lengths differ
     */
    public static double[] jacobianVectorProduct(double[] logits, double[] vector) {
        double[] product = new double[notEmpty(logits)];
        jacobianVectorProduct(logits, vector, product);
        return product;
    }

    /**
     * The Jacobian of softmax times a vector, written into an array of the caller's: in the same way, with the same
     * bits, special values and accuracy.
     *
     * @param logits  any doubles, at least one
     * @param vector  as long as the logits
     * @param product receives {@link #jacobianVectorProduct(double[], double[])}; may be either of the other arrays
     * @throws IllegalArgumentException if there are no logits or lengths differ
     */
    public static void jacobianVectorProduct(double[] logits, double[] vector, double[] product) {
        notEmpty(logits);
        Checks.sameLength(vector, "vector", logits, "logits");
        Checks.sameLength(product, "product", logits, "logits");
        SoftmaxJacobian.times(logits, vector, product);
    }

    @Override
    String predictionName() {
        return "logits";
    }

    private static int notEmpty(double[] logits) {
        Checks.notEmpty(logits, "logits");
        return logits.length;
    }

    private static void checkRows(double[] logits, int columns, double[] into, String name) {
        Objects.requireNonNull(logits, "logits");
        Checks.rowsOf(logits.length, "logits", columns);
        Checks.sameLength(into, name, logits, "logits");
    }

    private static void checkRowsWithOneEach(double[] logits, int columns, double[] perRow) {
        Objects.requireNonNull(logits, "logits");
        Checks.rowsOf(logits.length, "logits", columns);
        Objects.requireNonNull(perRow, "perRow");
        Checks.rows("perRow", perRow.length, logits.length / columns, "logits");
    }

    private static void checkRows(float[] logits, int columns, float[] into, String name) {
        Objects.requireNonNull(logits, "logits");
        Checks.rowsOf(logits.length, "logits", columns);
        Objects.requireNonNull(into, name);
        Checks.sameLength(into.length, name, logits.length, "logits");
    }

    private static void checkRowsWithOneEach(float[] logits, int columns, float[] perRow) {
        Objects.requireNonNull(logits, "logits");
        Checks.rowsOf(logits.length, "logits", columns);
        Objects.requireNonNull(perRow, "perRow");
        Checks.rows("perRow", perRow.length, logits.length / columns, "logits");
    }

    /** Two threads may both make it; either will do. */
    private Pair inverse() {
        Pair made = inverse;
        if (made == null) {
            made = Pair.quotient(1, temperature);
            inverse = made;
        }
        return made;
    }

    @Override
    boolean checksPredictions() {
        return false;
    }

    /** Any double is a logit. */
    @Override
    void checkPrediction(double[] logits, int from, int columns, int row) {}

    /**
     * With e_i = exp(z_i / T), k the class that is kept out, own = e_k and rest = the sum of all other e_i:
     * <pre>
     *     loss       = Q log(1 + rest / own) + (sum of t_i (z_k - z_i)) / T
     *     gradient_i = (Q e_i / (own + rest) - t_i) s / T,    at a label k: -Q rest / (own + rest) s / T
     * </pre>
     * where Q is the sum of all t_i. Kept out is the label, or the only class with any of the target: then the sum over
     * t is 0. Without such a class it is the one of the largest logit: then no term is negative.
     */
    @Override
    void computeLosses(Rows rows) {
        Pair inverse = inverse();
        boolean soft = rows.labels == null || targets().smooths();
        boolean inUnits = rows.writeOverPieces(); // nothing is written to and tried again
        if (inUnits || !addUp(rows, soft, false, inverse)) {
            soft = true;
            inUnits = true;
            addUp(rows, true, true, inverse);
        }
        if (rows.gradient != null) {
            brighten(rows, inverse);
        }
        if (rows.areSideBySide() && !inUnits) {
            finish(rows, soft, inverse);
        } else {
            for (int r = 0; r < rows.count; r++) {
                finish(rows, r, inUnits, inverse);
            }
        }
        if (rows.gradient != null) {
            writeGradient(rows, soft, inUnits);
            rows.grow(rows.gradient);
        }
    }

    @Override
    void computeHessian(Rows rows) {
        SoftmaxHessian.compute(rows, targets(), inverse());
    }

    /** Finds own, rest, Q and the sum over t. False, with nothing of use, if rows need units of their own. */
    private boolean addUp(Rows rows, boolean soft, boolean inUnits, Pair inverse) {
        Tile w = rows.tile;
        double excluded = inUnits ? EXCLUDED : Targets.NONE;
        if (soft) {
            targets().begin(rows, excluded);
            targets().findOnly(rows);
        } else {
            targets().beginLabels(rows);
            rows.clear(w.dot);
        }
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            rows.load(rows.predictions, w.x);
            if (soft && rows.isFirstPiece()) {
                keepOut(rows, inUnits, inverse);
            }
            if (soft) {
                targets().load(rows, excluded);
            }
            if (inUnits) {
                Exponentials.computeInUnits(rows, inverse);
            } else if (!Exponentials.compute(rows, inverse)) {
                return false;
            }
            if (rows.gradient != null && rows.goInPieces()) {
                putAside(rows, inUnits);
            }
            if (inUnits) {
                mendDistances(rows);
            }
            rows.takeOut(w.e, w.own);
            rows.addUp(w.e, w.rest);
            if (soft) {
                rows.putBack(w.own, w.e);
                rows.addUpDistances(w.t, w.x, w.factor, w.dot);
                rows.addUp(w.t, w.mass);
            }
        }
        return true;
    }

    private void keepOut(Rows rows, boolean inUnits, Pair inverse) {
        Tile w = rows.tile;
        Exponentials.keepLargest(rows);
        for (int r = 0; r < rows.count; r++) {
            w.impossible[r] = 0;
            if (inUnits) {
                Exponentials.findUnit(rows, r, inverse);
            }
            double ofOnly = w.only[r] < 0 ? Double.NaN : rows.predictions[rows.from(r) + w.only[r]];
            if (ofOnly >= w.reference[r] - FAR * temperature) {
                w.kept[r] = w.only[r];
                w.reference[r] = ofOnly;
            }
            if (inUnits) {
                w.reference[r] *= w.unit[r];
            }
        }
    }

    /** Distances from an excluded class are 0, but impossible if the target has anything of it. */
    private static void mendDistances(Rows rows) {
        Tile w = rows.tile;
        for (int i = 0; i < rows.size; i++) {
            int r = rows.rowAt(i);
            if (w.x[i] != EXCLUDED) {
                w.x[i] *= w.unit[r];
            } else {
                w.x[i] = w.reference[r];
                w.impossible[r] += w.t.head[i] > 0 ? Double.POSITIVE_INFINITY : 0;
            }
        }
    }

    /**
     * The gradient of a target that is small, or of little or very large weight, is computed as a multiple: divided by
     * a sum of exponentials, which is large, or times a small probability, it would lose bits.
     */
    private static void brighten(Rows rows, Pair inverse) {
        Tile w = rows.tile;
        for (int r = 0; r < rows.count; r++) {
            if (Math.abs(w.mass.head[r] * w.scale.head[r] * inverse.head()) >= FAINT && w.growth[r] == 0) {
                continue;
            }
            int ofInverse = Math.getExponent(inverse.head());
            int ofScale = Math.getExponent(w.scale.head[r]);
            int size = Math.getExponent(w.mass.head[r]) + ofScale + ofInverse;
            int power = Math.min(BRIGHT - size, LARGEST_SCALE - ofScale - Math.max(0, ofInverse));
            w.scale.head[r] = Math.scalb(w.scale.head[r], power);
            w.scale.tail[r] = Math.scalb(w.scale.tail[r], power);
            w.growth[r] -= power;
        }
    }

    /** Loss, factor of the exponentials and gradient at the kept class, of rows side by side. */
    private static void finish(Rows rows, boolean soft, Pair inverse) {
        Tile w = rows.tile;
        int n = rows.count;
        w.log.quotient(w.rest, w.own, n);
        w.log.log1p(w.factor, n);
        w.log.multiply(w.mass, n);
        if (soft) {
            w.dot.multiply(inverse, n);
            w.log.add(w.dot, n);
        }
        w.log.round(w.loss, n);
        if (rows.gradient != null) {
            w.scale.multiply(inverse, n);
            w.mass.multiply(w.scale, n);
            w.own.add(w.rest, n);
            w.factor.quotient(w.mass, w.own, n);
            w.rest.multiply(w.factor, n);
            w.rest.roundNegated(w.slope, n);
        }
    }

    /** The same of one row, also if it has a unit of its own. */
    private static void finish(Rows rows, int r, boolean inUnits, Pair inverse) {
        Tile w = rows.tile;
        Pair own = w.own.get(r);
        Pair rest = w.rest.get(r);
        Pair mass = w.mass.get(r);
        Pair dot = w.dot.get(r).times(inverse);
        Pair odds = rest.over(own);
        if (!inUnits) {
            w.loss[r] = odds.log1p().times(mass).plus(dot).rounded();
        } else if (dot.head() == 0) {
            w.loss[r] = w.impossible[r]
                    + (odds.head() < TINY ? rest.times(mass).over(own).rounded() : odds.log1p().times(mass).rounded());
        } else {
            double unit = w.unit[r];
            w.loss[r] = w.impossible[r] + odds.log1p().times(mass).times(unit).plus(dot).rounded() / unit;
        }
        if (rows.gradient != null) {
            Pair scale = w.scale.get(r).times(inverse);
            Pair factor = mass.times(scale).over(own.plus(rest));
            w.scale.set(r, scale);
            w.factor.set(r, factor);
            // NaN times 0, as in a row without probabilities, is NaN
            w.slope[r] = 0.0 - (w.only[r] == w.kept[r]
                    ? rest.times(factor).rounded()
                    : mass.times(scale).rounded() + 0 * factor.head());
        }
    }

    private void writeGradient(Rows rows, boolean soft, boolean inUnits) {
        Tile w = rows.tile;
        if (!soft && rows.goInPieces()) {
            rows.timesAside(rows.gradient, w.factor);
            rows.gradient[rows.from(0) + w.only[0]] = w.slope[0];
            return;
        }
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            if (rows.goInPieces()) {
                rows.load(rows.gradient, w.x);
                targets().load(rows, inUnits ? MARK : Targets.NONE);
                System.arraycopy(w.x, 0, w.e.head, 0, rows.size);
                Arrays.fill(w.e.tail, 0, rows.size, 0);
                if (inUnits) {
                    mark(rows, MARK, 0);
                }
            }
            rows.times(w.e, w.factor);
            if (soft) {
                rows.subtractScaled(w.e, w.t, w.scale);
            }
            rows.set(w.e, w.only, w.slope);
            rows.store(w.e.head, rows.gradient);
        }
    }

    /** Exponentials of a row alone wait where its gradient will be, excluded classes with a mark. */
    private static void putAside(Rows rows, boolean inUnits) {
        Tile w = rows.tile;
        if (!inUnits) {
            rows.putAside(w.e, rows.gradient);
            return;
        }
        mark(rows, EXCLUDED, MARK);
        rows.putAside(w.e, rows.gradient);
        mark(rows, EXCLUDED, 0);
    }

    private static void mark(Rows rows, double logit, double mark) {
        Tile w = rows.tile;
        for (int i = 0; i < rows.size; i++) {
            if (w.x[i] == logit) {
                w.e.head[i] = mark;
            }
        }
    }

    /**
     * Whether the other is a loss of this kind with equal options.
     *
     * @param other anything
     * @return true for one that was made with the same options
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof Softmax loss
                && temperature == loss.temperature
                && hasOptionsOf(loss);
    }

    @Override
    public int hashCode() {
        return 31 * Double.hashCode(temperature) + hashOfOptions();
    }

    @Override
    public String toString() {
        return "Softmax[temperature=" + temperature + targets() + "]";
    }

    /**
     * Writes the serial form instead.
     *
     * @return the serial form, which holds the options
     */
    private Object writeReplace() {
        return new LossForm(true, temperature, targets());
    }

    /**
     * Refuses a stream that holds anything but the serial form.
     *
     * @param stream not read
     * @throws InvalidObjectException always
     */
    private void readObject(ObjectInputStream stream) throws InvalidObjectException {
        throw new InvalidObjectException("a Softmax is read from its serial form only");
    }
}
