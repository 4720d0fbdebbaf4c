package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/** The exponential. */
public final class ExactExp {

    private ExactExp() {
    }

    /** e to the power of any number. */
    public static BigDecimal exp(BigDecimal x) {
        return Exact.standard().exp(x);
    }

    /** exp(x + xTail). */
    public static BigDecimal exp(double x, double xTail) {
        return exp(new BigDecimal(x).add(new BigDecimal(xTail)));
    }
}
