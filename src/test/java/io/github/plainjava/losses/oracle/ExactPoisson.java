package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/**
 * Half the Poisson deviance of a count y from the rate mu = e^f:
 *
 * <pre>
 *   cost   = y log(y / mu) - y + mu, mu where y is 0
 *   slope  = mu - y
 *   second = mu
 * </pre>
 */
public final class ExactPoisson extends ExactDeviance {

    private ExactPoisson(double[] logRate, double[] count) {
        super(logRate, count, 1);
    }

    /** The loss of finite logarithms of rates for finite counts of at least 0. */
    public static ExactPoisson of(double[] logRate, double[] count) {
        return new ExactPoisson(logRate, count);
    }

    /** With e = f - log y, y (e^e - 1 - e). */
    @Override
    BigDecimal cost(Entry entry) {
        return entry.target().signum() == 0
                ? curvature(entry)
                : exact.times(entry.target(), exact.excessOfExp(distance(entry)));
    }

    @Override
    BigDecimal slope(Entry entry) {
        return entry.target().signum() == 0
                ? curvature(entry)
                : exact.times(entry.target(), exact.expm1(distance(entry)));
    }

    /** The larger of mu and y. */
    @Override
    BigDecimal slopeScale(Entry entry) {
        return curvature(entry).max(entry.target());
    }

    @Override
    BigDecimal curvature(Entry entry) {
        return powerOfMean(entry, BigDecimal.ONE);
    }

    @Override
    BigDecimal worth(Entry entry) {
        return entry.target();
    }
}
