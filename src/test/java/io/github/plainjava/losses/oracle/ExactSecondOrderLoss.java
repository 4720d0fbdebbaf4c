package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/**
 * The exact loss of one row with its second derivatives, the diagonal of its Hessian. Where an entry of the gradient is
 * infinite, so is the second derivative, and always +infinity.
 */
public interface ExactSecondOrderLoss extends ExactLoss {

    /**
     * The second derivative by one entry of the prediction.
     *
     * @throws ArithmeticException if it is infinite
     */
    BigDecimal secondDerivative(int i);

    /**
     * The number in whose ulps a second derivative is measured: itself, unless it is the difference of two terms that
     * are named on the loss's page; then the larger of these.
     */
    default BigDecimal secondDerivativeScale(int i) {
        return secondDerivative(i);
    }

    /** By how much a second derivative may be wrong beside its ulps: see {@link #allowance}. */
    default BigDecimal secondDerivativeAllowance(int i) {
        return BigDecimal.ZERO;
    }

    /**
     * Whether the second derivative jumps between the exact difference of prediction and target and that difference
     * rounded, so that either of its values will do.
     */
    default boolean isAtAJump(int i) {
        return false;
    }
}
