package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/**
 * Half the Tweedie deviance of an amount y from the mean mu = e^f, for a power p strictly between 1 and 2:
 *
 * <pre>
 *   cost   = mu^(2-p) / (2-p) - y mu^(1-p) / (1-p) + y^(2-p) / ((1-p) (2-p)), the first term where y is 0
 *   slope  = mu^(2-p) - y mu^(1-p)
 *   second = (2-p) mu^(2-p) + (p-1) y mu^(1-p)
 * </pre>
 */
public final class ExactTweedie extends ExactDeviance {

    private final BigDecimal ofMean;
    private final BigDecimal ofAmount;

    private ExactTweedie(double[] logMean, double[] amount, double power) {
        super(logMean, amount, power);
        this.ofMean = BigDecimal.valueOf(2).subtract(new BigDecimal(power));
        this.ofAmount = BigDecimal.ONE.subtract(new BigDecimal(power));
    }

    /** The loss of finite logarithms of means for finite amounts of at least 0. */
    public static ExactTweedie of(double[] logMean, double[] amount, double power) {
        return new ExactTweedie(logMean, amount, power);
    }

    @Override
    BigDecimal cost(Entry entry) {
        return Exact.settle(exact -> Exact.Sum.of(exact,
                exact.over(pull(entry, exact), ofMean),
                exact.over(push(entry, exact), ofAmount).negate(),
                exact.over(powerOfAmount(entry, exact), ofAmount.multiply(ofMean))));
    }

    @Override
    BigDecimal slope(Entry entry) {
        return Exact.settle(exact -> Exact.Sum.ofDifference(pull(entry, exact), push(entry, exact)));
    }

    /** The larger of mu^(2-p) and y mu^(1-p): mu^(1-p) times the larger of mu and y. */
    @Override
    BigDecimal slopeScale(Entry entry) {
        return pull(entry, Exact.standard()).max(push(entry, Exact.standard()));
    }

    @Override
    BigDecimal curvature(Entry entry) {
        Exact exact = Exact.standard();
        return exact.plus(exact.times(ofMean, pull(entry, exact)),
                exact.times(ofAmount.negate(), push(entry, exact)));
    }

    @Override
    BigDecimal worth(Entry entry) {
        return powerOfAmount(entry, Exact.standard());
    }

    private BigDecimal pull(Entry entry, Exact exact) {
        return powerOfMean(entry, ofMean, exact);
    }

    private BigDecimal push(Entry entry, Exact exact) {
        return exact.times(entry.target(), powerOfMean(entry, ofAmount, exact));
    }

    private BigDecimal powerOfAmount(Entry entry, Exact exact) {
        return entry.target().signum() == 0
                ? BigDecimal.ZERO
                : exact.exp(ofMean.multiply(exact.log(entry.target())));
    }
}
