package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/**
 * The pseudo-Huber loss with the scale k, d = p - t and s = sqrt(1 + (d / k)^2):
 *
 * <pre>
 *   cost   = k^2 (s - 1) = d^2 / (1 + s)
 *   slope  = d / s
 *   second = 1 / s^3
 * </pre>
 */
public final class ExactPseudoHuber extends ExactEntries {

    private final Exact exact = Exact.standard();

    private ExactPseudoHuber(double[] prediction, double[] target, double scale) {
        super(prediction, target, scale);
    }

    /** The loss of a prediction for a target, all finite. */
    public static ExactPseudoHuber of(double[] prediction, double[] target, double scale) {
        return new ExactPseudoHuber(prediction, target, scale);
    }

    @Override
    BigDecimal cost(Entry entry) {
        return exact.over(exact.squared(entry.difference()), root(entry).add(BigDecimal.ONE));
    }

    @Override
    BigDecimal slope(Entry entry) {
        return exact.over(entry.difference(), root(entry));
    }

    @Override
    BigDecimal curvature(Entry entry) {
        BigDecimal root = root(entry);
        return exact.over(BigDecimal.ONE, exact.times(root, exact.squared(root)));
    }

    private BigDecimal root(Entry entry) {
        BigDecimal square = exact.squared(exact.over(entry.difference(), entry.parameter()));
        return exact.squareRoot(exact.plus(square, BigDecimal.ONE));
    }
}
