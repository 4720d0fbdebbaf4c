package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/**
 * The sum of the squares (p_i - q_i)^2, its gradient 2 (p_i - q_i), and its second derivatives 2. A probability above 1
 * counts as 1.
 */
public final class ExactBrier implements ExactSecondOrderLoss {

    private static final BigDecimal TWO = BigDecimal.valueOf(2);

    private final double[] probabilities;
    private final double[] target;

    private ExactBrier(double[] probabilities, double[] target) {
        this.probabilities = probabilities.clone();
        this.target = target.clone();
    }

    /** The loss for a target of any masses. */
    public static ExactBrier of(double[] probabilities, double[] target) {
        return new ExactBrier(probabilities, target);
    }

    /** The loss for a label. */
    public static ExactBrier of(double[] probabilities, int label) {
        double[] target = new double[probabilities.length];
        target[label] = 1;
        return new ExactBrier(probabilities, target);
    }

    @Override
    public BigDecimal value() {
        Exact exact = Exact.standard();
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < probabilities.length; i++) {
            sum = exact.plus(sum, exact.squared(difference(i)));
        }
        return sum;
    }

    @Override
    public BigDecimal gradient(int i) {
        return difference(i).multiply(TWO);
    }

    @Override
    public BigDecimal secondDerivative(int i) {
        return TWO;
    }

    private BigDecimal difference(int i) {
        return new BigDecimal(Math.min(probabilities[i], 1)).subtract(new BigDecimal(target[i]));
    }
}
