package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/** The natural logarithm. */
public final class ExactLog {

    private ExactLog() {
    }

    /** The logarithm of a positive double. */
    public static BigDecimal log(double x) {
        return Exact.standard().log(new BigDecimal(x));
    }

    /** log(1 + x + xTail) where that is at least 1. */
    public static BigDecimal log1p(double x, double xTail) {
        return Exact.standard().log1p(new BigDecimal(x).add(new BigDecimal(xTail)));
    }
}
