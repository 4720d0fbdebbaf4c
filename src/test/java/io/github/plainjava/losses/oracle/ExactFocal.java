package io.github.plainjava.losses.oracle;

import static io.github.plainjava.losses.oracle.ExactLogistic.sigmoid;
import static io.github.plainjava.losses.oracle.ExactLogistic.softplus;

import java.math.BigDecimal;

/**
 * The focal loss from a logit z, with the focus g, P = sigma(z), Q = sigma(-z) and L = sp(-z) = -log P:
 *
 * <pre>
 *   cost of a yes   = Q^g L
 *   slope of a yes  = -Q^g (Q + g P L)
 *   second of a yes = Q^g P (Q (1 + 2g) + g L (g P - Q))
 * </pre>
 *
 * <p>A no is the yes at -z, its slope of the other sign.
 */
public final class ExactFocal extends ExactBinary {

    private final BigDecimal focus;

    private ExactFocal(double[] logits, double[] target, double focus, BinaryOptions options) {
        super(logits, target, options);
        this.focus = new BigDecimal(focus);
    }

    /** The loss of finite logits for targets from 0 to 1, with positive weights. */
    public static ExactFocal of(double[] logits, double[] target, double focus, BinaryOptions options) {
        return new ExactFocal(logits, target, focus, options);
    }

    @Override
    BigDecimal cost(Entry entry) {
        return mix(entry, this::costOfYes, this::costOfNo);
    }

    @Override
    BigDecimal slope(Entry entry) {
        return mix(entry, this::slopeOfYes, this::slopeOfNo);
    }

    @Override
    BigDecimal slopeScale(Entry entry) {
        return largerOf(entry, this::slopeOfYes, this::slopeOfNo);
    }

    @Override
    BigDecimal curvature(Entry entry) {
        return mix(entry, (z, exact) -> curvatureOfYes(z), (z, exact) -> curvatureOfYes(z.negate()));
    }

    /** The larger of Q (1 + 2g) and g L |g P - Q|, for a yes or for a no. */
    @Override
    BigDecimal curvatureScale(Entry entry) {
        return largerOf(entry, this::largerCurvatureOfYes, (z, exact) -> largerCurvatureOfYes(z.negate(), exact));
    }

    @Override
    BigDecimal costAllowance(Entry entry) {
        return allowance(entry, this::costOfYes);
    }

    @Override
    BigDecimal slopeAllowance(Entry entry) {
        return allowance(entry, this::slopeOfYes);
    }

    @Override
    BigDecimal curvatureAllowance(Entry entry) {
        return allowance(entry, this::largerCurvatureOfYes);
    }

    private BigDecimal costOfYes(BigDecimal z, Exact exact) {
        return exact.times(damping(z, exact), softplus(z.negate(), exact));
    }

    private BigDecimal costOfNo(BigDecimal z, Exact exact) {
        return costOfYes(z.negate(), exact);
    }

    private BigDecimal slopeOfYes(BigDecimal z, Exact exact) {
        BigDecimal pull = exact.times(focus, exact.times(sigmoid(z, exact), softplus(z.negate(), exact)));
        return exact.times(damping(z, exact), exact.plus(sigmoid(z.negate(), exact), pull)).negate();
    }

    private BigDecimal slopeOfNo(BigDecimal z, Exact exact) {
        return slopeOfYes(z.negate(), exact).negate();
    }

    private BigDecimal curvatureOfYes(BigDecimal z) {
        return Exact.settle(exact -> {
            BigDecimal factor = exact.times(damping(z, exact), sigmoid(z, exact));
            BigDecimal first = exact.times(factor, own(z, exact));
            BigDecimal second = exact.times(factor, pulled(z, exact, exact.times(focus, sigmoid(z, exact))));
            BigDecimal third = exact.times(factor, pulled(z, exact, sigmoid(z.negate(), exact)));
            return Exact.Sum.of(exact, first, second, third.negate());
        });
    }

    private BigDecimal largerCurvatureOfYes(BigDecimal z, Exact exact) {
        BigDecimal factor = exact.times(damping(z, exact), sigmoid(z, exact));
        BigDecimal balance = exact.times(focus, sigmoid(z, exact)).subtract(sigmoid(z.negate(), exact)).abs();
        return exact.times(factor, own(z, exact).max(pulled(z, exact, balance)));
    }

    /** Q (1 + 2g). */
    private BigDecimal own(BigDecimal z, Exact exact) {
        BigDecimal factor = focus.multiply(BigDecimal.valueOf(2)).add(BigDecimal.ONE);
        return exact.times(factor, sigmoid(z.negate(), exact));
    }

    /** g L times something. */
    private BigDecimal pulled(BigDecimal z, Exact exact, BigDecimal something) {
        return exact.times(focus, exact.times(softplus(z.negate(), exact), something));
    }

    /** Q^g = e^(-g sp(z)). */
    private BigDecimal damping(BigDecimal z, Exact exact) {
        return exact.exp(exact.times(focus, softplus(z, exact)).negate());
    }
}
