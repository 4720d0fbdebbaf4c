package io.github.plainjava.losses;

import java.util.Objects;

/**
 * A loss that has a second derivative, too: the diagonal of its Hessian, the derivative of each entry of the gradient
 * by the prediction it belongs to, as boosting and Newton steps want it.
 *
 * <p>To write one of your own, implement {@link #valueGradientAndHessian}; a lambda will do.
 *
 * <pre>{@code
 * SecondOrderLoss halfSquare = (prediction, target, gradient, hessianDiagonal) -> {
 *     double sum = 0;
 *     for (int i = 0; i < prediction.length; i++) {
 *         double difference = prediction[i] - target[i];
 *         gradient[i] = difference;
 *         hessianDiagonal[i] = 1;
 *         sum += difference * difference / 2;
 *     }
 *     return sum;
 * };
 * double[] slope = halfSquare.gradient(new double[] {2, 1}, new double[] {3, 1}); // {-1.0, 0.0}
 * }</pre>
 *
 * <p>Beside the promises of {@link LossFunction}: the diagonal is the second derivative of the value that is returned,
 * with every option, weight and division in it, and the value and the gradient are those of {@code valueAndGradient},
 * to the bit.
 */
@FunctionalInterface
public interface SecondOrderLoss extends LossFunction {

    /**
     * The loss, with its gradient and the diagonal of its Hessian written into arrays.
     *
     * @param prediction      what the model gives for one row: see the loss
     * @param target          what was true, as long as the prediction
     * @param gradient        receives the derivative of the value by each entry of the prediction; as long as it is
     * @param hessianDiagonal receives the second derivative of the value by each entry of the prediction; as long,
     *     and another array than the gradient. Either of the two may be the prediction itself, none may be the target
     * @return the loss
     */
    double valueGradientAndHessian(double[] prediction, double[] target, double[] gradient, double[] hessianDiagonal);

    /**
     * The loss, with its gradient. As it stands it computes the second derivative too and drops it: override it where
     * that is cheaper, with the same bits.
     *
     * @param prediction what the model gives for one row: see the loss
     * @param target     what was true, as long as the prediction
     * @param gradient   receives the derivative of the value by each entry of the prediction; as long as the
     *     prediction, and may be the prediction array itself
     * @return the loss
     */
    @Override
    default double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
        Objects.requireNonNull(prediction, "prediction");
        return valueGradientAndHessian(prediction, target, gradient, new double[prediction.length]);
    }
}
