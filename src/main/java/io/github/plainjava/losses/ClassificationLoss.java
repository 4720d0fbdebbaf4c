package io.github.plainjava.losses;

import java.util.Objects;

/**
 * A loss whose target may also be the number of the true class. A label stands for the target array that is 1 at the
 * label and 0 elsewhere, and gives the same bits, without the array being built.
 *
 * <p>The promises of {@link LossFunction} hold for these methods too.
 */
public interface ClassificationLoss extends LossFunction {

    /**
     * The loss for a label, with its gradient with respect to the prediction written into an array.
     *
     * @param prediction what the model gives for one row, one entry a class: logits or probabilities, see the loss
     * @param label      the number of the true class, from 0
     * @param gradient   receives the derivative of the value by each entry of the prediction; as long as the
     *                   prediction, and may be the prediction array itself
     * @return the loss
     */
    double valueAndGradient(double[] prediction, int label, double[] gradient);

    /**
     * The loss alone, for a label. As it stands it computes the gradient too and drops it: override it where the value
     * alone is cheaper, with the same bits.
     *
     * @param prediction what the model gives for one row, one entry a class: logits or probabilities, see the loss
     * @param label      the number of the true class, from 0
     * @return the loss
     */
    default double value(double[] prediction, int label) {
        Objects.requireNonNull(prediction, "prediction");
        return valueAndGradient(prediction, label, new double[prediction.length]);
    }

    /**
     * The gradient of the loss with respect to the prediction, in a new array.
     *
     * @param prediction what the model gives for one row, one entry a class: logits or probabilities, see the loss
     * @param label      the number of the true class, from 0
     * @return the derivative of the value by each entry of the prediction
     */
    default double[] gradient(double[] prediction, int label) {
        Objects.requireNonNull(prediction, "prediction");
        double[] gradient = new double[prediction.length];
        valueAndGradient(prediction, label, gradient);
        return gradient;
    }

    /**
     * How much a row with this label counts in a weighted mean over rows: 1, unless the loss has class weights.
     *
     * @param label the number of the true class
     * @return the weight of the row, finite and not negative
     */
    default double weight(int label) {
        return 1;
    }
}
