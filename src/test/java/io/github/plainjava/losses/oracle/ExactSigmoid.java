package io.github.plainjava.losses.oracle;

import static io.github.plainjava.losses.oracle.ExactLogistic.sigmoid;
import static io.github.plainjava.losses.oracle.ExactLogistic.softplus;

import java.math.BigDecimal;

/**
 * The loss of yes or no from a logit z, sigma(z) = 1 / (1 + e^-z) and sp(z) = log(1 + e^z), with y' the target after
 * smoothing and w the positive weight:
 *
 * <pre>
 *   cost   = w y' sp(-z) + (1 - y') sp(z)
 *   slope  = (1 - y') sigma(z) - w y' sigma(-z)
 *   second = (w y' + 1 - y') sigma(z) sigma(-z)
 * </pre>
 */
public final class ExactSigmoid extends ExactBinary {

    private static final Part COST_OF_YES = (z, exact) -> softplus(z.negate(), exact);
    private static final Part COST_OF_NO = (z, exact) -> softplus(z, exact);
    private static final Part SLOPE_OF_YES = (z, exact) -> sigmoid(z.negate(), exact).negate();
    private static final Part SLOPE_OF_NO = (z, exact) -> sigmoid(z, exact);
    private static final Part CURVATURE =
            (z, exact) -> exact.times(sigmoid(z, exact), sigmoid(z.negate(), exact));

    private ExactSigmoid(double[] logits, double[] target, BinaryOptions options) {
        super(logits, target, options);
    }

    /** The loss of finite logits for targets from 0 to 1; the floor is left alone. */
    public static ExactSigmoid of(double[] logits, double[] target, BinaryOptions options) {
        return new ExactSigmoid(logits, target, options);
    }

    @Override
    BigDecimal cost(Entry entry) {
        return mix(entry, COST_OF_YES, COST_OF_NO);
    }

    /** With the exact balance b = 1 - y' - w y', and all of it mirrored for a negative z: sigma(z) (b - w y' (e^-z - 1)). */
    @Override
    BigDecimal slope(Entry entry) {
        BigDecimal z = entry.prediction();
        BigDecimal balance = no(entry).subtract(yes(entry));
        return Exact.settle(exact -> {
            BigDecimal decay = exact.expm1(z.abs().negate());
            BigDecimal shift = exact.times(decay, z.signum() < 0 ? no(entry) : yes(entry).negate());
            BigDecimal larger = sigmoid(z.abs(), exact);
            return Exact.Sum.of(exact, exact.times(larger, balance), exact.times(larger, shift));
        });
    }

    @Override
    BigDecimal curvature(Entry entry) {
        return mix(entry, CURVATURE, CURVATURE);
    }

    @Override
    BigDecimal slopeScale(Entry entry) {
        return largerOf(entry, SLOPE_OF_YES, SLOPE_OF_NO);
    }

    @Override
    BigDecimal costAllowance(Entry entry) {
        return allowance(entry, COST_OF_YES);
    }

    @Override
    BigDecimal slopeAllowance(Entry entry) {
        return allowance(entry, SLOPE_OF_YES);
    }

    @Override
    BigDecimal curvatureAllowance(Entry entry) {
        return allowance(entry, CURVATURE);
    }
}
