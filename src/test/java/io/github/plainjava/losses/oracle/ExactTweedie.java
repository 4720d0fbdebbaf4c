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

    private static final BigDecimal FAR = BigDecimal.valueOf(100);

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

    /** With e = f - log y and a = 2-p, b = 1-p: y^a ((e^(a e) - 1 - a e) / a - (e^(b e) - 1 - b e) / b). */
    @Override
    BigDecimal cost(Entry entry) {
        if (entry.target().signum() == 0) {
            return exact.over(pull(entry), ofMean);
        }
        BigDecimal distance = distance(entry);
        BigDecimal above = exact.over(exact.excessOfExp(distance.multiply(ofMean)), ofMean);
        BigDecimal below = exact.over(exact.excessOfExp(distance.multiply(ofAmount)), ofAmount);
        return exact.times(worth(entry), above.subtract(below));
    }

    /** y mu^(1-p) (e^e - 1); the difference where nothing cancels: the factors may be beyond what {@link Exact} knows. */
    @Override
    BigDecimal slope(Entry entry) {
        return entry.target().signum() == 0 || distance(entry).abs().compareTo(FAR) > 0
                ? exact.plus(pull(entry), push(entry).negate())
                : exact.times(push(entry), exact.expm1(distance(entry)));
    }

    /** The larger of mu^(2-p) and y mu^(1-p): mu^(1-p) times the larger of mu and y. */
    @Override
    BigDecimal slopeScale(Entry entry) {
        return pull(entry).max(push(entry));
    }

    @Override
    BigDecimal curvature(Entry entry) {
        return exact.plus(exact.times(ofMean, pull(entry)), exact.times(ofAmount.negate(), push(entry)));
    }

    /** y^(2-p). */
    @Override
    BigDecimal worth(Entry entry) {
        return exact.exp(ofMean.multiply(exact.log(entry.target())));
    }

    private BigDecimal pull(Entry entry) {
        return powerOfMean(entry, ofMean);
    }

    private BigDecimal push(Entry entry) {
        return entry.target().signum() == 0
                ? BigDecimal.ZERO
                : exact.times(entry.target(), powerOfMean(entry, ofAmount));
    }
}
