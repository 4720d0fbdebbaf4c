package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/**
 * Half the Gamma deviance of an amount y from the mean mu = e^f:
 *
 * <pre>
 *   cost   = y / mu - 1 - log(y / mu)
 *   slope  = 1 - y / mu
 *   second = y / mu
 * </pre>
 */
public final class ExactGamma extends ExactDeviance {

    private ExactGamma(double[] logMean, double[] amount) {
        super(logMean, amount, 2);
    }

    /** The loss of finite logarithms of means for finite amounts above 0. */
    public static ExactGamma of(double[] logMean, double[] amount) {
        return new ExactGamma(logMean, amount);
    }

    /** With e = f - log y, e^-e - 1 + e. */
    @Override
    BigDecimal cost(Entry entry) {
        return exact.excessOfExp(distance(entry).negate());
    }

    @Override
    BigDecimal slope(Entry entry) {
        return exact.expm1(distance(entry).negate()).negate();
    }

    /** The larger of 1 and y / mu. */
    @Override
    BigDecimal slopeScale(Entry entry) {
        return curvature(entry).max(BigDecimal.ONE);
    }

    @Override
    BigDecimal curvature(Entry entry) {
        return exact.times(entry.target(), powerOfMean(entry, BigDecimal.ONE.negate()));
    }

    @Override
    BigDecimal worth(Entry entry) {
        return BigDecimal.ONE;
    }
}
