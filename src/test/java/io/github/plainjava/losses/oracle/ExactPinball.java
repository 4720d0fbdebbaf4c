package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/**
 * The pinball loss of a quantile at a level between 0 and 1, one for all columns or one a column:
 *
 * <pre>
 *   cost   = level (t - p) where t is at least p, (1 - level) (p - t) otherwise
 *   slope  = -level where t is above p, 1 - level where it is below, 0 at a tie
 *   second = 0
 * </pre>
 */
public final class ExactPinball extends ExactEntries {

    private ExactPinball(double[] prediction, double[] target, double... levels) {
        super(prediction, target, levels);
    }

    /** The loss of a prediction for a target, all finite. */
    public static ExactPinball of(double[] prediction, double[] target, double... levels) {
        return new ExactPinball(prediction, target, levels);
    }

    @Override
    BigDecimal cost(Entry entry) {
        return entry.difference().multiply(slope(entry));
    }

    @Override
    BigDecimal slope(Entry entry) {
        return switch (entry.difference().signum()) {
            case -1 -> entry.parameter().negate();
            case 0 -> BigDecimal.ZERO;
            default -> BigDecimal.ONE.subtract(entry.parameter());
        };
    }

    @Override
    BigDecimal curvature(Entry entry) {
        return BigDecimal.ZERO;
    }
}
