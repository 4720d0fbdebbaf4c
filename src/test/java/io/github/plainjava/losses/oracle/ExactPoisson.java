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

    @Override
    BigDecimal cost(Entry entry) {
        BigDecimal count = entry.target();
        if (count.signum() == 0) {
            return curvature(entry);
        }
        return Exact.settle(exact -> Exact.Sum.of(exact,
                exact.times(count, exact.log(count)), exact.times(count, entry.prediction()).negate(),
                count.negate(), powerOfMean(entry, 1, exact)));
    }

    @Override
    BigDecimal slope(Entry entry) {
        return Exact.settle(exact -> Exact.Sum.ofDifference(powerOfMean(entry, 1, exact), entry.target()));
    }

    /** The larger of mu and y. */
    @Override
    BigDecimal slopeScale(Entry entry) {
        return curvature(entry).max(entry.target());
    }

    @Override
    BigDecimal curvature(Entry entry) {
        return powerOfMean(entry, 1, Exact.standard());
    }

    @Override
    BigDecimal worth(Entry entry) {
        return entry.target();
    }
}
