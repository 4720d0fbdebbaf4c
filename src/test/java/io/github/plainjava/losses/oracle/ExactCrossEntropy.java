package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/**
 * The cross-entropy of one row of probabilities p, with u_i what class i counts and f the floor:
 *
 * <pre>
 *   value      = sum of u_i c(p_i),  c(p) = -log p from the floor upwards, -log f + 1 - p / f below
 *   gradient_i = - u_i / max(p_i, f)
 *   second_i   = u_i / p_i^2 from the floor upwards, 0 below
 * </pre>
 *
 * <p>Where u_i is 0 the class contributes 0. A probability above 1 counts as 1.
 */
public final class ExactCrossEntropy implements ExactSecondOrderLoss {

    private final double[] probabilities;
    private final double[] target;
    private final BigDecimal floor;
    private final Masses masses;
    /** The loss by which this one may be wrong, or null. */
    private final ExactCrossEntropy small;

    private ExactCrossEntropy(double[] probabilities, double[] target, Options options) {
        this.probabilities = probabilities.clone();
        this.target = target.clone();
        this.floor = new BigDecimal(options.floor());
        boolean[] excluded = new boolean[probabilities.length];
        for (int i = 0; i < excluded.length; i++) {
            excluded[i] = probabilities[i] == 0 && options.floor() == 0;
        }
        this.masses = Masses.of(target, excluded, options, Exact.standard());
        double[] smallMasses = Masses.small(target);
        this.small = smallMasses == null ? null : new ExactCrossEntropy(probabilities, smallMasses, options);
    }

    /** The loss for a target distribution. */
    public static ExactCrossEntropy of(double[] probabilities, double[] target, Options options) {
        return new ExactCrossEntropy(probabilities, target, options);
    }

    /** The loss for a label. */
    public static ExactCrossEntropy of(double[] probabilities, int label, Options options) {
        double[] target = new double[probabilities.length];
        target[label] = 1;
        return new ExactCrossEntropy(probabilities, target, options);
    }

    @Override
    public boolean isInfinite() {
        for (int i = 0; i < probabilities.length; i++) {
            if (isInfinite(i)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean isInfiniteBySmallMassesOnly() {
        for (int i = 0; i < probabilities.length; i++) {
            if (isInfinite(i) && !isInfiniteBySmallMassOnly(i)) {
                return false;
            }
        }
        return isInfinite();
    }

    @Override
    public boolean isInfiniteBySmallMassOnly(int i) {
        return isInfinite(i) && target[i] < Masses.SMALL;
    }

    @Override
    public boolean isInfinite(int i) {
        return probabilities[i] == 0 && floor.signum() == 0 && masses.at(i).signum() != 0;
    }

    @Override
    public BigDecimal value() {
        Exact exact = Exact.standard();
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < probabilities.length; i++) {
            if (masses.at(i).signum() != 0) {
                sum = exact.plus(sum, exact.times(masses.at(i), cost(probability(i), exact)));
            }
        }
        return sum;
    }

    private BigDecimal cost(BigDecimal probability, Exact exact) {
        if (probability.compareTo(floor) >= 0) {
            return exact.log(probability).negate();
        }
        BigDecimal alongTangent = BigDecimal.ONE.subtract(exact.over(probability, floor));
        return exact.plus(exact.log(floor).negate(), alongTangent);
    }

    @Override
    public BigDecimal gradient(int i) {
        if (masses.at(i).signum() == 0) {
            return BigDecimal.ZERO;
        }
        return Exact.standard().over(masses.at(i).negate(), probability(i).max(floor));
    }

    @Override
    public BigDecimal secondDerivative(int i) {
        if (masses.at(i).signum() == 0 || probability(i).compareTo(floor) < 0) {
            return BigDecimal.ZERO;
        }
        Exact exact = Exact.standard();
        return exact.over(masses.at(i), exact.squared(probability(i)));
    }

    @Override
    public BigDecimal secondDerivativeAllowance(int i) {
        return small == null ? BigDecimal.ZERO : small.secondDerivative(i);
    }

    @Override
    public BigDecimal allowance() {
        return small == null ? BigDecimal.ZERO : small.value();
    }

    @Override
    public BigDecimal gradientAllowance(int i) {
        return small == null ? BigDecimal.ZERO : small.gradient(i).abs();
    }

    private BigDecimal probability(int i) {
        return new BigDecimal(Math.min(probabilities[i], 1));
    }
}
