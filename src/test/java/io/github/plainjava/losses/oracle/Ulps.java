package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * How far a double is from an exact result, in units in the last place of the exact result correctly rounded. In the
 * subnormal range, and at 0, the unit is 2^-1074.
 */
public final class Ulps {

    private static final BigDecimal BEYOND_RANGE = new BigDecimal(2).pow(1024);

    private static final BigDecimal FAR_FROM_SUBNORMAL = new BigDecimal(2).pow(600);

    private Ulps() {
    }

    /** The error in ulps of the result itself; infinite for a NaN, and for a finite double in place of an infinity. */
    public static double error(double actual, BigDecimal exact) {
        return error(actual, exact, exact);
    }

    /**
     * The error in ulps of the larger of the result and another number: for a result that is the difference of two
     * nearly equal given numbers, of which the larger is meant.
     */
    public static double error(double actual, BigDecimal exact, BigDecimal given) {
        if (Double.isNaN(actual)) {
            return Double.POSITIVE_INFINITY;
        }
        if (Double.isInfinite(exact.doubleValue())) {
            return actual == exact.doubleValue() ? 0 : Double.POSITIVE_INFINITY;
        }
        BigDecimal difference = valueOf(actual).subtract(exact, MathContext.DECIMAL128).abs();
        double unit = unit(exact, given);
        return unit < 0x1p-900
                ? difference.multiply(FAR_FROM_SUBNORMAL).doubleValue() / (unit * 0x1p600)
                : difference.doubleValue() / unit;
    }

    private static double unit(BigDecimal exact, BigDecimal given) {
        double larger = exact.abs().max(given.abs()).doubleValue();
        return Math.ulp(Math.min(larger, Double.MAX_VALUE));
    }

    /** An infinity in place of a finite result is as wrong as the power of 2 that it was rounded to. */
    private static BigDecimal valueOf(double actual) {
        return Double.isInfinite(actual)
                ? BEYOND_RANGE.multiply(BigDecimal.valueOf((long) Math.signum(actual)))
                : new BigDecimal(actual);
    }
}
