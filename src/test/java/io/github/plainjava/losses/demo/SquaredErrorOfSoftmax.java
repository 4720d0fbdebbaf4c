package io.github.plainjava.losses.demo;

import io.github.plainjava.losses.ClassificationLoss;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.OneHot;
import io.github.plainjava.losses.Softmax;

/**
 * Mean squared error between softmax's probabilities and the target, as a loss on logits: what a model minimises when
 * a classifier is trained with squared error. By the chain rule its gradient is softmax's Jacobian times the gradient
 * of the squared error.
 */
record SquaredErrorOfSoftmax() implements ClassificationLoss {
    private static final MeanSquaredError SQUARED_ERROR = new MeanSquaredError();

    @Override
    public double valueAndGradient(double[] logits, double[] target, double[] gradient) {
        double[] probabilities = Softmax.softmax(logits);
        double[] slope = new double[probabilities.length];
        double value = SQUARED_ERROR.valueAndGradient(probabilities, target, slope);
        Softmax.jacobianVectorProduct(logits, slope, gradient);
        return value;
    }

    @Override
    public double valueAndGradient(double[] logits, int label, double[] gradient) {
        return valueAndGradient(logits, OneHot.encode(label, logits.length), gradient);
    }
}
