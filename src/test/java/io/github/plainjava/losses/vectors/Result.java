package io.github.plainjava.losses.vectors;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * One exact result, as a row says it: the nearest double, what is left of it in units, the unit in which errors count, and
 * how many units of error the library promises at the most.
 *
 * @param name value, gradient or second
 * @param place which entry of the result
 */
record Result(String name, int place, double exact, double remainder, double unit, double bound) {

    private static final BigDecimal LARGEST = new BigDecimal(0x1.fffffffffff00p1023);

    /**
     * A finite result.
     *
     * @param given the number in whose ulps errors count, if it is larger than the result
     * @param allowed the error that is allowed beside the ulps
     */
    static Result of(String name, int place, double ulps, BigDecimal exact, BigDecimal given, BigDecimal allowed) {
        if (exact.abs().max(given.abs()).compareTo(LARGEST) > 0) {
            return unmeasurable(name, place);
        }
        double nearest = exact.doubleValue() + 0.0;
        double unit = Math.ulp(exact.abs().max(given.abs()).doubleValue());
        BigDecimal rest = exact.subtract(new BigDecimal(nearest));
        return new Result(name, place, nearest, inUnits(rest, unit), unit, ulps + inUnits(allowed, unit));
    }

    static Result of(String name, int place, double ulps, BigDecimal exact) {
        return of(name, place, ulps, exact, exact, BigDecimal.ZERO);
    }

    static Result infinite(String name, int place, double ulps, double infinity) {
        return new Result(name, place, infinity, 0, 1, ulps);
    }

    /** One that is left out. */
    static Result unmeasurable(String name, int place) {
        return new Result(name, place, Double.NaN, 0, Double.POSITIVE_INFINITY, 0);
    }

    /**
     * Whether it can be told how far a double is from the result: not if the largest double is about as large, and not
     * where the result jumps.
     */
    boolean isMeasurable() {
        return unit != Double.POSITIVE_INFINITY;
    }

    private static double inUnits(BigDecimal size, double unit) {
        return size.divide(new BigDecimal(unit), MathContext.DECIMAL128).doubleValue() + 0.0;
    }
}
