package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/**
 * The loss of yes or no from a probability p, with y' the target after smoothing, w the positive weight and f the floor:
 *
 * <pre>
 *   cost   = w y' c(p) + (1 - y') c(1 - p),  c(p) = -log p from the floor upwards, -log f + 1 - p / f below
 *   slope  = (1 - y') / max(1 - p, f) - w y' / max(p, f)
 *   second = w y' / p^2 + (1 - y') / (1 - p)^2, a part below the floor 0
 * </pre>
 *
 * <p>A part that counts 0 contributes 0. A probability above 1 counts as 1.
 */
public final class ExactBinaryCrossEntropy extends ExactBinary {

    private final BigDecimal floor;
    private final Part costOfYes = (p, exact) -> cost(known(p), BigDecimal.ONE.subtract(known(p)), exact);
    private final Part costOfNo = (p, exact) -> cost(BigDecimal.ONE.subtract(known(p)), known(p), exact);
    private final Part slopeOfYes = (p, exact) -> slope(known(p), exact);
    private final Part slopeOfNo = (p, exact) -> slope(BigDecimal.ONE.subtract(known(p)), exact).negate();
    private final Part curvatureOfYes = (p, exact) -> curvature(known(p), exact);
    private final Part curvatureOfNo = (p, exact) -> curvature(BigDecimal.ONE.subtract(known(p)), exact);

    private ExactBinaryCrossEntropy(double[] probabilities, double[] target, BinaryOptions options) {
        super(probabilities, target, options);
        this.floor = new BigDecimal(options.floor());
    }

    /** The loss of probabilities for targets from 0 to 1. */
    public static ExactBinaryCrossEntropy of(double[] probabilities, double[] target, BinaryOptions options) {
        return new ExactBinaryCrossEntropy(probabilities, target, options);
    }

    @Override
    public boolean isInfinite() {
        for (int i = 0; i < length(); i++) {
            if (isInfinite(i)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean isInfiniteBySmallMassesOnly() {
        for (int i = 0; i < length(); i++) {
            if (isInfinite(i) && !isInfiniteBySmallMassOnly(i)) {
                return false;
            }
        }
        return isInfinite();
    }

    @Override
    public boolean isInfiniteBySmallMassOnly(int i) {
        return isInfinite(i) && infiniteGradient(i) < 0 && isSmall(entry(i));
    }

    @Override
    public boolean isInfinite(int i) {
        Entry entry = entry(i);
        BigDecimal p = known(entry.prediction());
        return floor.signum() == 0 && (p.signum() == 0 && yes(entry).signum() != 0
                || p.compareTo(BigDecimal.ONE) == 0 && no(entry).signum() != 0);
    }

    @Override
    public double infiniteGradient(int i) {
        return entry(i).prediction().signum() == 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }

    @Override
    BigDecimal cost(Entry entry) {
        return mix(entry, costOfYes, costOfNo);
    }

    @Override
    BigDecimal slope(Entry entry) {
        return mix(entry, slopeOfYes, slopeOfNo);
    }

    @Override
    BigDecimal slopeScale(Entry entry) {
        return largerOf(entry, slopeOfYes, slopeOfNo);
    }

    @Override
    BigDecimal curvature(Entry entry) {
        return mix(entry, curvatureOfYes, curvatureOfNo);
    }

    @Override
    BigDecimal costAllowance(Entry entry) {
        return allowance(entry, costOfYes);
    }

    @Override
    BigDecimal slopeAllowance(Entry entry) {
        return allowance(entry, slopeOfYes);
    }

    @Override
    BigDecimal curvatureAllowance(Entry entry) {
        return allowance(entry, curvatureOfYes);
    }

    /** The cost of an answer of some probability, the other one having the rest. */
    private BigDecimal cost(BigDecimal probability, BigDecimal rest, Exact exact) {
        if (probability.compareTo(floor) >= 0) {
            return exact.log1p(rest.negate()).negate();
        }
        BigDecimal alongTangent = exact.over(floor.subtract(probability), floor); // 1 - p / f, without cancellation
        return exact.plus(exact.log(floor).negate(), alongTangent);
    }

    private BigDecimal slope(BigDecimal probability, Exact exact) {
        return exact.over(BigDecimal.ONE, probability.max(floor)).negate();
    }

    private BigDecimal curvature(BigDecimal probability, Exact exact) {
        return probability.compareTo(floor) < 0
                ? BigDecimal.ZERO
                : exact.over(BigDecimal.ONE, exact.squared(probability));
    }

    private static BigDecimal known(BigDecimal probability) {
        return probability.min(BigDecimal.ONE);
    }
}
