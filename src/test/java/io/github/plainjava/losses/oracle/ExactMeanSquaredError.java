package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/** The mean of the n squares (p_i - t_i)^2, its gradient 2 (p_i - t_i) / n, and its second derivatives 2 / n. */
public final class ExactMeanSquaredError implements ExactSecondOrderLoss {

    private final double[] prediction;
    private final double[] target;

    private ExactMeanSquaredError(double[] prediction, double[] target) {
        this.prediction = prediction.clone();
        this.target = target.clone();
    }

    /** The loss of a prediction for a target, all finite. */
    public static ExactMeanSquaredError of(double[] prediction, double[] target) {
        return new ExactMeanSquaredError(prediction, target);
    }

    @Override
    public BigDecimal value() {
        Exact exact = Exact.standard();
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < prediction.length; i++) {
            sum = exact.plus(sum, exact.times(difference(i), difference(i)));
        }
        return exact.over(sum, BigDecimal.valueOf(prediction.length));
    }

    @Override
    public BigDecimal gradient(int i) {
        BigDecimal doubled = difference(i).multiply(BigDecimal.valueOf(2));
        return Exact.standard().over(doubled, BigDecimal.valueOf(prediction.length));
    }

    @Override
    public BigDecimal secondDerivative(int i) {
        return Exact.standard().over(BigDecimal.valueOf(2), BigDecimal.valueOf(prediction.length));
    }

    private BigDecimal difference(int i) {
        return new BigDecimal(prediction[i]).subtract(new BigDecimal(target[i]));
    }
}
