package io.github.plainjava.losses.internal.math;

import java.math.BigInteger;

/**
 * Doubles and their products as integers, in units of the least bit that a product of two doubles can have, and back
 * with one rounding. Slow, but there is nothing that it cannot hold.
 */
final class Units {

    /** What a double is worth. */
    static final BigInteger ONE = of(1);

    /** The lowest bit of a product: (2^-1074)^2. */
    static final int LOWEST_BIT = -2148;

    static final int FRACTION_BITS = 52;

    private Units() {}

    /** A finite number in units of 2^-2148. */
    static BigInteger of(double x) {
        return significand(x).shiftLeft(lastBit(x) - LOWEST_BIT);
    }

    /** The product of two finite numbers in units of 2^-2148. */
    static BigInteger ofProduct(double x, double y) {
        return significand(x).multiply(significand(y)).shiftLeft(lastBit(x) + lastBit(y) - LOWEST_BIT);
    }

    /** A finite number in units of its last bit. */
    static BigInteger significand(double x) {
        return BigInteger.valueOf((long) Math.scalb(x, -lastBit(x)));
    }

    /** The exponent of the last bit of a finite number. */
    static int lastBit(double x) {
        return Math.max(Math.getExponent(x), Double.MIN_EXPONENT) - FRACTION_BITS;
    }

    /** A number of units of 2^-2148 as a double, rounded to nearest, ties to even; never -0.0. */
    static double toDouble(BigInteger units) {
        return rounded(units, LOWEST_BIT);
    }

    /** n / d for a positive d, rounded to nearest, ties to even. */
    static double ratio(BigInteger n, BigInteger d) {
        BigInteger dividend = n.abs();
        // The ratio lies between 2^(magnitude - 1) and 2^(magnitude + 1).
        int magnitude = dividend.bitLength() - d.bitLength();
        int lastBit = Math.max(magnitude - 1 - FRACTION_BITS, Double.MIN_EXPONENT - FRACTION_BITS) - 2;
        BigInteger[] division = lastBit < 0
                ? dividend.shiftLeft(-lastBit).divideAndRemainder(d)
                : dividend.divideAndRemainder(d.shiftLeft(lastBit));
        // Two bits or more below the last bit of the result, then one that says whether anything is left below those.
        BigInteger sticky = division[0].shiftLeft(1);
        if (division[1].signum() != 0) {
            sticky = sticky.setBit(0);
        }
        return n.signum() * rounded(sticky, lastBit - 1) + 0.0;
    }

    /** integer * 2^exponent with one rounding; the exponent is at least two below that of the least double. */
    static double rounded(BigInteger integer, int exponent) {
        int excess = Math.max(integer.bitLength() - FRACTION_BITS - 1, Double.MIN_EXPONENT - FRACTION_BITS - exponent);
        BigInteger kept = integer.shiftRight(excess);
        BigInteger dropped = integer.subtract(kept.shiftLeft(excess));
        int comparison = dropped.compareTo(BigInteger.ONE.shiftLeft(excess - 1));
        boolean up = comparison > 0 || comparison == 0 && kept.testBit(0);
        return Math.scalb((up ? kept.add(BigInteger.ONE) : kept).doubleValue(), exponent + excess);
    }
}
