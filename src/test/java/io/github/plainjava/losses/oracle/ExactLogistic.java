package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/** The logistic function 1 / (1 + e^-z) and the softplus log(1 + e^z), to full relative precision for every z. */
public final class ExactLogistic {

    private ExactLogistic() {
    }

    /** 1 / (1 + e^-z). */
    public static BigDecimal sigmoid(double z) {
        return sigmoid(new BigDecimal(z), Exact.standard());
    }

    /** log(1 / (1 + e^-z)). */
    public static BigDecimal logSigmoid(double z) {
        return softplus(-z).negate();
    }

    /** log(1 + e^z). */
    public static BigDecimal softplus(double z) {
        return softplus(new BigDecimal(z), Exact.standard());
    }

    /** log(p / (1 - p)), p strictly between 0 and 1: the z whose sigmoid p is. */
    public static BigDecimal logit(double p) {
        BigDecimal probability = new BigDecimal(p);
        BigDecimal rest = BigDecimal.ONE.subtract(probability);
        Exact exact = Exact.standard();
        // p / (1 - p) = 1 + (2p - 1) / (1 - p), and its inverse has the inverse logarithm
        return p < 0.5
                ? exact.log1p(exact.over(rest.subtract(probability), probability)).negate()
                : exact.log1p(exact.over(probability.subtract(rest), rest));
    }

    static BigDecimal sigmoid(BigDecimal z, Exact exact) {
        BigDecimal decay = exact.exp(z.abs().negate());
        BigDecimal divisor = decay.add(BigDecimal.ONE);
        return exact.over(z.signum() < 0 ? decay : BigDecimal.ONE, divisor);
    }

    static BigDecimal softplus(BigDecimal z, Exact exact) {
        return exact.plus(z.max(BigDecimal.ZERO), exact.log1p(exact.exp(z.abs().negate())));
    }
}
