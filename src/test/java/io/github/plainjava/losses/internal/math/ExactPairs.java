package io.github.plainjava.losses.internal.math;

import java.math.BigDecimal;

/** Pairs as the numbers that they stand for, without rounding. */
public final class ExactPairs {

    private ExactPairs() {}

    /** The head and the tail together. */
    public static BigDecimal exact(Pair x) {
        return exact(x.head()).add(exact(x.tail()));
    }

    /** All digits of a double. */
    public static BigDecimal exact(double x) {
        return new BigDecimal(x);
    }

    /** Whether a pair is a number to within a part of that. */
    public static void assertClose(Pair actual, BigDecimal expected, double part) {
        assertWithin(actual, expected, expected.abs().multiply(exact(part)));
    }

    /** Whether a pair is a number to within another. */
    public static void assertWithin(Pair actual, BigDecimal expected, BigDecimal tolerance) {
        BigDecimal error = exact(actual).subtract(expected).abs();
        if (error.compareTo(tolerance) > 0) {
            throw new AssertionError(actual + " is " + error + " from " + expected + ", not " + tolerance);
        }
    }
}
