package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/** The exact loss of one row for the doubles given, and its gradient, to at least {@value Exact#WANTED} digits. */
public interface ExactLoss {

    /** Whether the loss is infinite, because there is target mass where the probability is 0. */
    default boolean isInfinite() {
        return false;
    }

    /** Whether it is infinite because of masses below 2^-600 only, which may count nothing: then it need not be. */
    default boolean isInfiniteBySmallMassesOnly() {
        return false;
    }

    /** Whether an entry of the gradient is infinite, for the same reason. */
    default boolean isInfinite(int i) {
        return false;
    }

    /** Whether an entry is infinite because of a mass below 2^-600 only, whatever the other entries are. */
    default boolean isInfiniteBySmallMassOnly(int i) {
        return isInfinite(i) && isInfiniteBySmallMassesOnly();
    }

    /** Which infinity an infinite entry of the gradient is. */
    default double infiniteGradient(int i) {
        return Double.NEGATIVE_INFINITY;
    }

    /**
     * The loss.
     *
     * @throws ArithmeticException if it is infinite
     */
    BigDecimal value();

    /**
     * One entry of the gradient.
     *
     * @throws ArithmeticException if it is infinite
     */
    BigDecimal gradient(int i);

    /**
     * The number in whose ulps an entry of the gradient is measured: the entry itself, unless it is the difference of
     * two given numbers; then the larger of these.
     */
    default BigDecimal gradientScale(int i) {
        return gradient(i);
    }

    /** By how much the loss may be wrong beside its ulps: 2^-600 times what a mass of 1 would give, for each smaller one. */
    default BigDecimal allowance() {
        return BigDecimal.ZERO;
    }

    /** The same for an entry of the gradient. */
    default BigDecimal gradientAllowance(int i) {
        return BigDecimal.ZERO;
    }
}
