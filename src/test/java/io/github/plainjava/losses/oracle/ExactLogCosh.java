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

    private final Exact exact = Exact.standard();

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
        if (distance.compareTo(BigDecimal.ONE) > 0) {
            return exact.plus(distance, exact.log1p(decay(entry)).subtract(exact.log(TWO)));
        }
        // cosh d - 1 = (e^d - 1)^2 / (2 e^d)
        BigDecimal growth = exact.expm1(distance);
        BigDecimal divisor = growth.add(BigDecimal.ONE).multiply(TWO);
        return exact.log1p(exact.over(exact.squared(growth), divisor));
    }

    @Override
    BigDecimal slope(Entry entry) {
        BigDecimal distance = entry.difference().abs();
        BigDecimal missing = exact.expm1(distance.multiply(TWO).negate()).negate();
        BigDecimal size = exact.over(missing, decay(entry).add(BigDecimal.ONE));
        return entry.difference().signum() < 0 ? size.negate() : size;
    }

    @Override
    BigDecimal curvature(Entry entry) {
        BigDecimal decay = decay(entry);
        BigDecimal divisor = exact.squared(decay.add(BigDecimal.ONE));
        return exact.over(decay.multiply(BigDecimal.valueOf(4)), divisor);
    }

    private BigDecimal decay(Entry entry) {
        return exact.exp(entry.difference().abs().multiply(TWO).negate());
    }
}
