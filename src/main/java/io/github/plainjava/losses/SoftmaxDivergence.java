package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Rows;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Kullback-Leibler divergence of the softmax of logits from that of other logits: for distillation, where a student
 * learns from a teacher's logits, and to keep a model near another. Both are logits, the prediction is the student's,
 * the target the teacher's; where the target is probabilities, {@link Softmax} has the same gradient.
 *
 * <pre>{@code
 * SoftmaxDivergence divergence = new SoftmaxDivergence();
 * double loss = divergence.value(new double[] {0, -800}, new double[] {0, 0}); // 399.30685281944005
 * double near = divergence.value(new double[] {1, 2, 3 + 1e-8}, new double[] {1, 2, 3}); // 1.1134771179122534E-17
 * LossFunction distillation = divergence.withTemperature(4);
 * }</pre>
 *
 * <h2>Definition</h2>
 * For a prediction s, a target t and temperature T (1 unless set), with p = softmax(s / T) and q = softmax(t / T):
 * <pre>
 *     value = KL(q || p) = sum of q_i (log q_i - log p_i)
 *     value = KL(p || q) = sum of p_i (log p_i - log q_i)     reversed
 * </pre>
 * in nats. It is at least 0, and 0 if prediction and target are equal up to a shift. The forward one is large where the
 * student has little of what the teacher has, so that it covers all of that; the reversed one where it has what the
 * teacher has little of. Distillation often multiplies by T^2, so that the gradient stays the same size: multiply the
 * learning rate.
 *
 * <h2>Gradient</h2>
 * <pre>
 *     d value / d s_i = (p_i - q_i) / T
 *     d value / d s_i = p_i (log p_i - log q_i - value) / T     reversed
 * </pre>
 * The target counts as a constant.
 *
 * <h2>Domain and shapes</h2>
 * Prediction and target are any doubles, as many, at least one. The temperature is from 1e-18 to 1e18. The gradient
 * array is as long and may be the prediction itself, but not the target. Every row has the weight 1 in the mean of a
 * {@link Batch}.
 *
 * <h2>Special values</h2>
 * A logit -infinity excludes its class on its side. Excluded on both, it is as if it were absent, with gradient 0.
 * Where only the one that is divided by excludes it, p or reversed q, the value is +infinity; the gradient is then that
 * of the formula, for p = 0, and reversed +infinity at such a class, -infinity at every other that p does not exclude.
 * Where only the other one does, its term is 0. A NaN, a logit +infinity, or logits that are all -infinity, on either
 * side, make the value and every entry of the gradient NaN.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * The difference of two log-softmaxes is wrong by the rounding of each, some 1e-16, which is all there is of the
 * divergence of logits that differ by 1e-8: it comes out as 0 or negative. With u_i = (t_i - s_i) / T and
 * w_i = u_i - sum of q_j u_j, the divergence is log(1 + sum of q_i (exp(-w_i) - 1 + w_i)), in which no term is
 * negative, and a row of logits that are equal up to a shift has w_i = 0; the terms of small w_i come from their power
 * series. From 1/2 on, it is the sum of q_i u_i and the difference of the logarithms of the sums of exponentials,
 * carried as sums of two doubles. Reversed, the same holds with the two rows swapped; the gradient is p_i w_i / T then,
 * and w_i may be as small as the square of the others: there exponentials are carried to 30 digits.
 *
 * <h2>Accuracy</h2>
 * For finite logits of any size the value is within 2 ulp of the exact result for the doubles given, subnormal results
 * included; every entry of the gradient within 3 ulp of the larger of p_i / T and q_i / T, reversed of
 * p_i |log p_i - log q_i| / T and p_i value / T, but for 2^-96 of p_i / T times the mean of all |log p_j - log q_j|:
 * that is felt only where logits differ in their last bits, and the differences cancel. Bits are the same on every Java
 * platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no logits, lengths that differ, a temperature out of its range, or a gradient
 * array that is the target; {@link NullPointerException} for null. Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * S. Kullback and R. A. Leibler (1951), On information and sufficiency, Ann. Math. Statist. 22(1),
 * doi:10.1214/aoms/1177729694. G. Hinton, O. Vinyals and J. Dean (2015), Distilling the knowledge in a neural network,
 * arXiv:1503.02531.
 */
public final class SoftmaxDivergence extends RowLoss {

    private static final long serialVersionUID = 1;

    /** What logits are divided by. */
    private final double temperature;

    /** Whether it is the target that is divided by. */
    private final boolean reversed;

    /** 1 / T: made when first asked for, as whoever reads a loss may leave it out. */
    private transient Pair inverse;

    /** The divergence KL(q || p) at temperature 1. */
    public SoftmaxDivergence() {
        this(1, false);
    }

    private SoftmaxDivergence(double temperature, boolean reversed) {
        this.temperature = temperature;
        this.reversed = reversed;
    }

    /**
     * This loss with logits, those of the prediction and of the target, divided by a temperature.
     *
     * @param temperature from 1e-18 to 1e18; 1 changes no bit
     * @return a new loss
     * @throws IllegalArgumentException if the temperature is out of range
     */
    public SoftmaxDivergence withTemperature(double temperature) {
        return new SoftmaxDivergence(Checks.factor(temperature, "temperature"), reversed);
    }

    /**
     * The divergence the other way round, KL(p || q).
     *
     * @return a new loss; reversed again, it is this one
     */
    public SoftmaxDivergence reversed() {
        return new SoftmaxDivergence(temperature, !reversed);
    }

    /**
     * The divergence.
     *
     * @param logits any doubles, one a class; -infinity excludes a class
     * @param target the other logits, as many
     * @return the divergence, in nats
     * @throws IllegalArgumentException if there are no logits or lengths differ
     */
    @Override
    public double value(double[] logits, double[] target) {
        return checkedValue(logits, target);
    }

    /**
     * The divergence, with its gradient by the logits of the prediction written into an array.
     *
     * <p>Mind the order of the last two: swapped, an array of zeros is a target like any other, and <em>the target is
     * overwritten</em>.
     *
     * @param logits   any doubles, one a class; -infinity excludes a class
     * @param target   the other logits, as many
     * @param gradient receives the derivative of the value by each of the logits; as long as they are, and may be the
     *                 same array, but not the target
     * @return the divergence, as {@link #value(double[], double[])}
     * @throws IllegalArgumentException as there, or if the gradient array has another length or is the target; nothing
     *     is written then
     */
    @Override
    public double valueAndGradient(double[] logits, double[] target, double[] gradient) {
        return checkedValueAndGradient(logits, target, gradient);
    }

    /**
     * The gradient of the divergence by the logits of the prediction, in a new array.
     *
     * @param logits any doubles, one a class; -infinity excludes a class
     * @param target the other logits, as many
     * @return the derivative of the value by each of the logits
     * @throws IllegalArgumentException as {@link #value(double[], double[])}
     */
    @Override
    public double[] gradient(double[] logits, double[] target) {
        return checkedGradient(logits, target);
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
    String predictionName() {
        return "logits";
    }

    @Override
    boolean checksRows(boolean labels) {
        return false;
    }

    @Override
    void checkRow(double[] prediction, double[] target, int from, int columns, int row) {
        // any double is a logit
    }

    @Override
    boolean weighsOne(boolean labels) {
        return true;
    }

    @Override
    double mass(double[] target, int from, int columns, int label) {
        return 1;
    }

    @Override
    void compute(Rows rows) {
        Divergence divergence = new Divergence(inverse(), rows.columns);
        for (int r = 0; r < rows.count; r++) {
            int from = rows.from(r);
            double value = reversed
                    ? divergence.value(rows.predictions, rows.targets, from)
                    : divergence.value(rows.targets, rows.predictions, from);
            rows.tile.loss[r] = value;
            if (rows.gradient == null) {
                continue;
            }
            if (Double.isNaN(value)) {
                Arrays.fill(rows.gradient, from, from + rows.columns, Double.NaN);
            } else if (reversed) {
                divergence.gradientByFirst(rows.tile.scale.get(r), rows.gradient);
            } else {
                divergence.gradientBySecond(rows.tile.scale.get(r), rows.gradient);
            }
        }
        rows.grow(rows.gradient);
    }

    /**
     * Whether the other is a divergence with equal options.
     *
     * @param other anything
     * @return true for one that was made with the same options
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof SoftmaxDivergence loss
                && temperature == loss.temperature
                && reversed == loss.reversed;
    }

    @Override
    public int hashCode() {
        return 31 * Double.hashCode(temperature) + Boolean.hashCode(reversed);
    }

    @Override
    public String toString() {
        return "SoftmaxDivergence[temperature=" + temperature + (reversed ? ", reversed" : "") + "]";
    }

    /**
     * Writes the serial form instead.
     *
     * @return the serial form, which holds the options
     */
    private Object writeReplace() {
        return new Form(temperature, reversed);
    }

    /**
     * Refuses a stream that holds anything but the serial form.
     *
     * @param stream not read
     * @throws InvalidObjectException always
     */
    private void readObject(ObjectInputStream stream) throws InvalidObjectException {
        throw new InvalidObjectException("a SoftmaxDivergence is read from its serial form only");
    }

    /** The options, which are checked again. */
    private static final class Form implements Serializable {

        private static final long serialVersionUID = 1;

        private final double temperature;
        private final boolean reversed;

        Form(double temperature, boolean reversed) {
            this.temperature = temperature;
            this.reversed = reversed;
        }

        private Object readResolve() throws InvalidObjectException {
            return LossForm.resolve(() -> new SoftmaxDivergence(1, reversed).withTemperature(temperature));
        }
    }
}
