package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/**
 * A deviance of an amount y from the mean e^f that a model gives by its logarithm f. Beside its ulps the value may be
 * wrong by 2^-50 of what one unit of e = |f - log y| is worth, times e, since the logarithm of y is rounded.
 */
abstract class ExactDeviance extends ExactEntries {

    private static final BigDecimal ROUNDING = new BigDecimal(0x1p-50);

    final Exact exact = Exact.standard();

    ExactDeviance(double[] logMean, double[] amount, double power) {
        super(logMean, amount, power);
    }

    /** What one unit of |f - log y| is worth, y positive. */
    abstract BigDecimal worth(Entry entry);

    @Override
    final BigDecimal costAllowance(Entry entry) {
        if (entry.target().signum() == 0) {
            return BigDecimal.ZERO;
        }
        return exact.times(ROUNDING, exact.times(worth(entry), distance(entry).abs()));
    }

    /** e = f - log y, y positive. */
    static BigDecimal distance(Entry entry) {
        return Exact.settle(exact -> Exact.Sum.ofDifference(entry.prediction(), exact.log(entry.target())));
    }

    /** e^(a f). */
    final BigDecimal powerOfMean(Entry entry, BigDecimal a) {
        return exact.exp(a.multiply(entry.prediction()));
    }
}
