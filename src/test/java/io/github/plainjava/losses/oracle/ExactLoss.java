package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/** The exact loss of one row for the doubles given, and its gradient, to at least {@value Exact#WANTED} digits. */
public interface ExactLoss {

    /** Whether the loss is infinite, because there is target mass where the probability is 0. */
    default boolean isInfinite() {
        return false;
    }

    /** Whether an entry of the gradient is -infinity, for the same reason. */
    default boolean isInfinite(int i) {
        return false;
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
     * two given numbers that are within a factor of 2 of each other; then the larger of these.
     */
    default BigDecimal gradientScale(int i) {
        return gradient(i);
    }
}
