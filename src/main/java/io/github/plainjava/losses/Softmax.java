package io.github.plainjava.losses;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * Cross-entropy of the softmax of logits, the softmax loss: for classification from a model's raw scores, safe for any
 * finite logits. The static methods are the functions themselves: {@link #softmax(double[]) softmax},
 * {@link #logSoftmax(double[]) log-softmax}, {@link #logSumExp log-sum-exp} and softmax's
 * {@link #jacobianVectorProduct(double[], double[]) Jacobian}.
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
 * <h2>Domain and shapes</h2>
 * Logits are any doubles, one a class, at least one. Target entries are masses, finite and not negative; they need not
 * sum to 1. Value and gradient are linear in them: masses that sum to Q give Q times those of their shares, and Q also
 * times their weight in the mean of a {@link Batch}. So to forget to normalize counts or scores is no error, and makes
 * another loss. A target without mass, as an unlabelled row has it, gives 0 for both; so does a new gradient array that
 * was handed over as the target, while the target is overwritten. The gradient array is as long as the logits and may
 * be the logits themselves.
 *
 * <h2>Special values</h2>
 * A logit -infinity excludes its class: p is 0, and the others are as if it were absent. A class without probability
 * but with target weight makes the value +infinity; the gradient is that of the formula, for p = 0. All logits
 * -infinity, a logit +infinity, or a NaN make the value and every entry of the gradient NaN. The table is in the
 * {@linkplain io.github.plainjava.losses package description}.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * With m the largest logit and rest the sum of exp((z_i - m) / T) over all the others, the value of a label y is
 * w_y (log1p(rest) - (z_y - m) / T), and the gradient at the label -w_y / T times the sum of the other probabilities.
 * The usual (z - m) - log(sum) and p - 1 give 0 for the loss and the slope of [40, 0] at label 0, which are 4.25e-18
 * and its negative: training stops there. The rounding of z_i - m is carried into the exponential, which would
 * otherwise be wrong by up to |z_i - m| / 2 ulp, and sums carry their errors along, so that the error does not grow
 * with the number of classes. Where all logits are of moderate size, nothing overflows without the shift by m: then a
 * label's value is log1p((sum of the other exp(z_i)) / exp(z_y)), the same number. Exponential and logarithm are the
 * library's own, from tables, in arithmetic that becomes vector instructions. Rows with numbers of extreme size go by
 * the same formulas through numbers of about 100 bits whose exponent does not run out.
 *
 * <h2>Accuracy</h2>
 * For finite inputs of any size, options among them, the value, every probability and every log-probability is within
 * 2 ulp of the exact result for the doubles given, every gradient entry within 3 ulp, for any number of classes,
 * subnormal results included. Three results can be the difference of nearly equal numbers, and have their bound in
 * ulps of the larger of the two: a gradient entry for a soft or smoothed target, of p_i (sum of t_j) / T and t_i / T;
 * {@code logSumExp}, of the largest logit and log1p(rest); and an entry of the Jacobian's product, within 3 ulp of
 * p_i |v_i - v_k| and p_i (sum of p_j |v_j - v_k|), with k the first largest logit. Bits are the same on every Java
 * platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no logits, lengths that differ, a label out of range, or a target entry that is
 * negative or not finite, more or fewer classes than class weights, or a gradient array that is the target;
 * {@link NullPointerException} for null. Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * P. Blanchard, D. J. Higham and N. J. Higham (2021), Accurately computing the log-sum-exp and softmax functions,
 * IMA J. Numer. Anal. 41(4), doi:10.1093/imanum/draa038. J. S. Bridle (1990), Probabilistic interpretation of
 * feedforward classification network outputs, doi:10.1007/978-3-642-76153-9_28. Label smoothing: C. Szegedy et al.
 * (2016), Rethinking the Inception architecture for computer vision, doi:10.1109/CVPR.2016.308. Temperature: G.
 * Hinton, O. Vinyals and J. Dean (2015), Distilling the knowledge in a neural network, arXiv:1503.02531.
 */
public final class Softmax extends LabelledRowLoss {

    private static final long serialVersionUID = 1;

    /** What logits are divided by. */
    private final double temperature;
    /** The part of a target that is spread evenly over the classes. */
    private final double labelSmoothing;
    /** One a class, or null. */
    private final double[] classWeights;
    /** How a row is computed with these options: made when first asked for, as whoever reads a loss may leave it out. */
    private transient SoftmaxRow row;

    /** The softmax loss with temperature 1, no label smoothing and no class weights. */
    public Softmax() {
        this(1, TargetRule.PLAIN);
    }

    Softmax(double temperature, TargetRule rule) {
        this.temperature = temperature;
        this.labelSmoothing = rule.smoothing();
        this.classWeights = rule.classWeights();
    }

    /** Two threads may both make one; either will do. */
    private SoftmaxRow row() {
        SoftmaxRow made = row;
        if (made == null) {
            made = new SoftmaxRow(temperature, TargetRule.of(labelSmoothing, classWeights));
            row = made;
        }
        return made;
    }

    @Override
    TargetRule rule() {
        return row().rule;
    }

    /**
     * This loss with logits divided by a temperature: above 1 softens the probabilities, below 1 sharpens them.
     *
     * @param temperature any positive finite number; 1 changes no bit
     * @return a new loss
     * @throws IllegalArgumentException if the temperature is not positive and finite
     */
    public Softmax withTemperature(double temperature) {
        if (!(temperature > 0 && temperature <= Double.MAX_VALUE)) {
            throw new IllegalArgumentException("temperature = " + temperature + " is not positive and finite");
        }
        return new Softmax(temperature, rule());
    }

    /**
     * This loss with part of the target spread evenly over the classes that are not excluded.
     *
     * @param smoothing the part, from 0 to 1; 0 changes no bit
     * @return a new loss
     * @throws IllegalArgumentException if smoothing is not in 0..1
     */
    public Softmax withLabelSmoothing(double smoothing) {
        return new Softmax(temperature, rule().withSmoothing(smoothing));
    }

    /**
     * This loss with a weight for each class, by which the target of the class is multiplied.
     *
     * @param weights one a class, finite and not negative; copied; all 1 changes no bit
     * @return a new loss, for as many classes as there are weights
     * @throws IllegalArgumentException if a weight is negative or not finite
     */
    public Softmax withClassWeights(double... weights) {
        return new Softmax(temperature, rule().withClassWeights(weights));
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
     * @param target a mass for each class, finite and not negative. It need not sum to 1: the loss is linear in it, and
     *     masses that sum to Q give Q times the loss of their shares, 0 if there is none
     * @return -sum of w_i q_i log p_i, in nats
     * @throws IllegalArgumentException if there are no logits, lengths differ, a mass is negative or not
     *     finite, or class weights are more or fewer
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
     * @param target   a mass for each class, finite and not negative. It need not sum to 1: value and gradient are
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
     * @param target a mass for each class, finite and not negative; it need not sum to 1
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
        SoftmaxFunctions.softmax(logits, row().temperature, probabilities);
        return probabilities;
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
        SoftmaxFunctions.softmax(logits, Temperature.ONE, probabilities);
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
        notEmpty(logits);
        Checks.sameLength(probabilities, "probabilities", logits, "logits");
        SoftmaxFunctions.softmax(logits, Temperature.ONE, probabilities);
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
        SoftmaxFunctions.logSoftmax(logits, logProbabilities);
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
        notEmpty(logits);
        Checks.sameLength(logProbabilities, "logProbabilities", logits, "logits");
        SoftmaxFunctions.logSoftmax(logits, logProbabilities);
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
        return SoftmaxFunctions.logSumExp(Objects.requireNonNull(logits, "logits"));
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

    @Override
    int mostSideBySide(int columns) {
        return Math.min(Scratch.BLOCK / columns, ShortRows.ROWS);
    }

    @Override
    boolean sideBySide(
            double[] predictions,
            double[] targets,
            int[] labels,
            int columns,
            int first,
            int count,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        if (labels == null || !row().temperature.isOne() || !rule().isPlain() && !rule().smoothsLabels()) {
            return false;
        }
        DoubleDouble scale = divisor.ordinaryScale(1);
        return new ShortRows(columns, scratch)
                .compute(
                        predictions,
                        first * columns,
                        labels,
                        first,
                        count,
                        rule().smoothing(),
                        scale.head(),
                        scale.tail(),
                        gradient);
    }

    @Override
    void checkPrediction(double[] prediction, int from, int columns, int row) {
        // any double is a logit
    }

    @Override
    boolean isUsual(double[] prediction, double[] target, int from, int columns, double[][] scratch) {
        return target != null
                && row().temperature.isOne()
                && rule().isPlain()
                && TargetRow.isUsual(prediction, target, from, columns, scratch);
    }

    @Override
    double row(
            boolean usual,
            double[] prediction,
            double[] target,
            int from,
            int columns,
            int label,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        return row().row(usual, prediction, target, from, columns, label, weight, divisor, gradient, scratch);
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
                && labelSmoothing == loss.labelSmoothing
                && Arrays.equals(classWeights, loss.classWeights);
    }

    @Override
    public int hashCode() {
        return Objects.hash(temperature, labelSmoothing, Arrays.hashCode(classWeights));
    }

    @Override
    public String toString() {
        return "Softmax[temperature=" + temperature + rule() + "]";
    }

    /**
     * Writes the serial form instead.
     *
     * @return the serial form, which holds the options
     */
    private Object writeReplace() {
        return new LossForm(true, temperature, rule());
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
