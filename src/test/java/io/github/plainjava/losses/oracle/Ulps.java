package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/**
 * How far a double is from an exact result, in units in the last place of the exact result correctly rounded. In the
 * subnormal range, and at 0, the unit is 2^-1074. Beyond the double range, where an infinity is the result correctly
 * rounded, units go on growing as if there were more exponents.
 */
public final class Ulps {

    private static final BigDecimal BEYOND_RANGE = new BigDecimal(2).pow(1024);

    private static final BigDecimal LARGEST = new BigDecimal(Double.MAX_VALUE);

    private static final BigDecimal FAR_FROM_SUBNORMAL = new BigDecimal(2).pow(600);

    private static final int SIGNIFICAND_BITS = 53;

    private Ulps() {
    }

    /** The error in ulps of the result itself; infinite for a NaN. */
    public static double error(double actual, BigDecimal exact) {
        return error(actual, exact, exact);
    }

    /**
     * The error in ulps of the larger of the result and another number: for a result that is the difference of two
     * nearly equal given numbers, of which the larger is meant.
     */
    public static double error(double actual, BigDecimal exact, BigDecimal given) {
        return error(actual, exact, given, BigDecimal.ZERO);
    }

    /** The same, but for an error that is allowed: what goes beyond it counts. */
    public static double error(double actual, BigDecimal exact, BigDecimal given, BigDecimal allowed) {
        if (Double.isNaN(actual)) {
            return Double.POSITIVE_INFINITY;
        }
        if (Double.isInfinite(actual) && actual == exact.doubleValue()) {
            return 0;
        }
        BigDecimal difference = valueOf(actual).subtract(exact, MathContext.DECIMAL128).abs()
                .subtract(allowed, MathContext.DECIMAL128).max(BigDecimal.ZERO);
        BigDecimal size = exact.abs().max(given.abs());
        return size.compareTo(LARGEST) <= 0
                ? quotient(difference, Math.ulp(size.round(MathContext.DECIMAL128).doubleValue()))
                : difference.divide(unitBeyondRange(size), MathContext.DECIMAL64).doubleValue();
    }

    private static double quotient(BigDecimal difference, double unit) {
        return unit < 0x1p-900
                ? difference.multiply(FAR_FROM_SUBNORMAL, MathContext.DECIMAL128).doubleValue() / (unit * 0x1p600)
                : difference.doubleValue() / unit;
    }

    private static BigDecimal unitBeyondRange(BigDecimal size) {
        return new BigDecimal(BigInteger.ONE.shiftLeft(size.toBigInteger().bitLength() - SIGNIFICAND_BITS));
    }

    /** An infinity in place of another result is as wrong as the power of 2 that it was rounded to. */
    private static BigDecimal valueOf(double actual) {
        return Double.isInfinite(actual)
                ? BEYOND_RANGE.multiply(BigDecimal.valueOf((long) Math.signum(actual)))
                : new BigDecimal(actual);
    }
}
