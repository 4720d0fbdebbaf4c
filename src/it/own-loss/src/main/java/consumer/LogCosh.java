package consumer;

import io.github.plainjava.losses.LossFunction;

/** The mean of log(cosh(prediction - target)): squared error near the target, absolute error far from it. */
final class LogCosh implements LossFunction {

    private static final long serialVersionUID = 1;

    @Override
    public double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
        int n = prediction.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double distance = prediction[i] - target[i];
            double size = Math.abs(distance);
            sum += size + Math.log1p(Math.expm1(-2 * size) / 2);
            gradient[i] = Math.tanh(distance) / n;
        }
        return sum / n;
    }
}
