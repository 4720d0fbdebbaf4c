package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/** The mean of the n distances |d|, d = p - t: an entry's gradient is sign(d) / n, 0 at d = 0, its second derivative 0. */
public final class ExactMeanAbsoluteError extends ExactEntries {

    private ExactMeanAbsoluteError(double[] prediction, double[] target) {
        super(prediction, target, 1);
    }

    /** The loss of a prediction for a target, all finite. */
    public static ExactMeanAbsoluteError of(double[] prediction, double[] target) {
        return new ExactMeanAbsoluteError(prediction, target);
    }

    @Override
    BigDecimal cost(Entry entry) {
        return entry.difference().abs();
    }

    @Override
    BigDecimal slope(Entry entry) {
        return BigDecimal.valueOf(entry.difference().signum());
    }

    @Override
    BigDecimal curvature(Entry entry) {
        return BigDecimal.ZERO;
    }
}
