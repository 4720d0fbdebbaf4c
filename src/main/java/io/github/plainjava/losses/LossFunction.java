package io.github.plainjava.losses;

import java.io.Serializable;
import java.util.Objects;

/**
 * How wrong a prediction is, as one number, and which way is down: a loss and its gradient over {@code double[]}.
 *
 * <p>To write a loss of your own, implement {@link #valueAndGradient}; a lambda will do. Everything here that takes a
 * {@code LossFunction} then works with it.
 *
 * <pre>{@code
 * LossFunction absoluteError = (prediction, target, gradient) -> {
 *     double sum = 0;
 *     for (int i = 0; i < prediction.length; i++) {
 *         double difference = prediction[i] - target[i];
 *         gradient[i] = Math.signum(difference) / prediction.length;
 *         sum += Math.abs(difference);
 *     }
 *     return sum / prediction.length;
 * };
 * double[] slope = absoluteError.gradient(new double[] {2, 1}, new double[] {3, 1}); // {-0.5, 0.0}
 * }</pre>
 *
 * <p>The order is always (prediction, target). An implementation keeps four promises, and everything here relies on
 * them: the gradient is the derivative of the value that is returned; {@code value} and {@code valueAndGradient}
 * return the same bits; the inputs are not modified, except that the gradient array may be the prediction array
 * itself; and the object has no mutable state, so that it can be shared between threads.
 */
@FunctionalInterface
public interface LossFunction extends Serializable {

    /**
     * The loss, with its gradient with respect to the prediction written into an array.
     *
     * <p>Mind the order of the last two, which no check can tell apart: swapped, a new gradient array is a target of
     * zeros, and <em>the target is overwritten</em>. For {@link Softmax} and {@link CrossEntropy} that is a row without
     * target mass, as an unlabelled one has it: the loss is 0.
     *
     * @param prediction what the model gives for one row, such as quantities, logits or probabilities: see the loss
     * @param target     what was true, as long as the prediction
     * @param gradient   receives the derivative of the value by each entry of the prediction; as long as the
     *                   prediction, and may be the prediction array itself
     * @return the loss
     */
    double valueAndGradient(double[] prediction, double[] target, double[] gradient);

    /**
     * The loss alone. As it stands it computes the gradient too and drops it: override it where the value alone is
     * cheaper, with the same bits.
     *
     * @param prediction what the model gives for one row: see the loss
     * @param target     what was true, as long as the prediction
     * @return the loss
     */
    default double value(double[] prediction, double[] target) {
        Objects.requireNonNull(prediction, "prediction");
        return valueAndGradient(prediction, target, new double[prediction.length]);
    }

    /**
     * The gradient of the loss with respect to the prediction, in a new array.
     *
     * @param prediction what the model gives for one row: see the loss
     * @param target     what was true, as long as the prediction
     * @return the derivative of the value by each entry of the prediction
     */
    default double[] gradient(double[] prediction, double[] target) {
        Objects.requireNonNull(prediction, "prediction");
        double[] gradient = new double[prediction.length];
        valueAndGradient(prediction, target, gradient);
        return gradient;
    }

    /**
     * How much a row with this target counts in a weighted mean over rows: 1, unless the loss has weights of its own
     * in the value already, as class weights and target masses are.
     *
     * @param target the target of one row
     * @return the weight of the row, finite and not negative
     */
    default double weight(double[] target) {
        return 1;
    }
}
