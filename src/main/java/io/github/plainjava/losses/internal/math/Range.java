package io.github.plainjava.losses.internal.math;

/**
 * Numbers between two positive ones, both included; the lower may be 0. The bits of positive doubles are ordered as the
 * doubles are, and those of all others come after them as unsigned integers, so that one comparison tells: for whole
 * arrays that is half the time of two.
 */
public final class Range {

    private final long low;
    private final long width;

    public Range(double low, double high) {
        this.low = Double.doubleToRawLongBits(low);
        this.width = Double.doubleToRawLongBits(high) - this.low + Long.MIN_VALUE;
    }

    /** Whether a number is in the range; no for NaN, for -0.0 and for every negative number. */
    public boolean contains(double x) {
        return Double.doubleToRawLongBits(x) - low + Long.MIN_VALUE <= width;
    }
}
