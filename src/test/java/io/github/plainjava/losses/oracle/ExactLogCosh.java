package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/**
 * The logarithm of the hyperbolic cosine of d = p - t, with x = e^-2|d|:
 *
 * <pre>
 *   cost   = log cosh d = |d| + log(1 + x) - log 2
 *   slope  = tanh d     = sign(d) (1 - x) / (1 + x)
 *   second = 1 / cosh^2 d = 4 x / (1 + x)^2
 * </pre>
 */
public final class ExactLogCosh extends ExactEntries {

    private static final BigDecimal TWO = BigDecimal.valueOf(2);

    private ExactLogCosh(double[] prediction, double[] target) {
        super(prediction, target, 1);
    }

    /** The loss of a prediction for a target, all finite. */
    public static ExactLogCosh of(double[] prediction, double[] target) {
        return new ExactLogCosh(prediction, target);
    }

    @Override
    BigDecimal cost(Entry entry) {
        BigDecimal distance = entry.difference().abs();
        return Exact.settle(exact -> Exact.Sum.of(exact,
                distance, exact.log1p(decay(entry, exact)), exact.log(TWO).negate()));
    }

    @Override
    BigDecimal slope(Entry entry) {
        BigDecimal size = Exact.settle(exact -> {
            BigDecimal decay = decay(entry, exact);
            BigDecimal divisor = decay.add(BigDecimal.ONE);
            return Exact.Sum.ofDifference(exact.over(BigDecimal.ONE, divisor), exact.over(decay, divisor));
        });
        return entry.difference().signum() < 0 ? size.negate() : size;
    }

    @Override
    BigDecimal curvature(Entry entry) {
        Exact exact = Exact.standard();
        BigDecimal decay = decay(entry, exact);
        BigDecimal divisor = exact.squared(decay.add(BigDecimal.ONE));
        return exact.over(decay.multiply(BigDecimal.valueOf(4)), divisor);
    }

    private static BigDecimal decay(Entry entry, Exact exact) {
        return exact.exp(entry.difference().abs().multiply(TWO).negate());
    }
}
