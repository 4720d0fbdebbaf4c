package io.github.plainjava.losses;

/**
 * A loss over classes that has a second derivative, for labels as for target arrays: see {@link SecondOrderLoss}.
 *
 * <pre>{@code
 * SecondOrderClassificationLoss softmax = new Softmax();
 * double[] slope = new double[2];
 * double[] curvature = new double[2];
 * double loss = softmax.valueGradientAndHessian(new double[] {0, 0}, 1, slope, curvature); // 0.6931471805599453
 * double first = curvature[0]; // 0.25
 * }</pre>
 */
public interface SecondOrderClassificationLoss extends ClassificationLoss, SecondOrderLoss {

    /**
     * The loss for a label, with its gradient and the diagonal of its Hessian written into arrays.
     *
     * @param prediction      one value a class: logits or probabilities, see the loss
     * @param label           the number of the true class, from 0
     * @param gradient        receives the derivative of the value by each entry of the prediction; as long as it is
     * @param hessianDiagonal receives the second derivative of the value by each entry of the prediction; as long,
     *     and another array than the gradient. Either of the two may be the prediction itself
     * @return the loss
     */
    double valueGradientAndHessian(double[] prediction, int label, double[] gradient, double[] hessianDiagonal);
}
