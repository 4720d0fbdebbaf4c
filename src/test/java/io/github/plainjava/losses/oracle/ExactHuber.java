package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/**
 * Huber's loss with the threshold k, d = p - t:
 *
 * <pre>
 *   cost   = d^2 / 2 where |d| is at most k, k (|d| - k / 2) beyond
 *   slope  = d, but k at the most and -k at the least
 *   second = 1 where |d| is at most k, 0 beyond
 * </pre>
 */
public final class ExactHuber extends ExactEntries {

    private final BigDecimal threshold;

    private ExactHuber(double[] prediction, double[] target, double threshold) {
        super(prediction, target, threshold);
        this.threshold = new BigDecimal(threshold);
    }

    /** The loss of a prediction for a target, all finite. */
    public static ExactHuber of(double[] prediction, double[] target, double threshold) {
        return new ExactHuber(prediction, target, threshold);
    }

    /** Whether the difference is beyond the threshold, and rounded is on it. */
    @Override
    public boolean isAtAJump(int i) {
        BigDecimal distance = entry(i).difference().abs();
        return isBeyond(distance) && distance.doubleValue() == threshold.doubleValue();
    }

    @Override
    BigDecimal cost(Entry entry) {
        BigDecimal distance = entry.difference().abs();
        BigDecimal two = BigDecimal.valueOf(2);
        Exact exact = Exact.standard();
        return isBeyond(distance)
                ? exact.times(threshold, distance.subtract(exact.over(threshold, two)))
                : exact.over(exact.squared(distance), two);
    }

    @Override
    BigDecimal slope(Entry entry) {
        return entry.difference().min(threshold).max(threshold.negate());
    }

    @Override
    BigDecimal curvature(Entry entry) {
        return isBeyond(entry.difference().abs()) ? BigDecimal.ZERO : BigDecimal.ONE;
    }

    private boolean isBeyond(BigDecimal distance) {
        return distance.compareTo(threshold) > 0;
    }
}
