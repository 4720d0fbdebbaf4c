package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/**
 * The softmax loss of one row of logits: with p the softmax of z / T and u_i what class i counts, U their sum,
 *
 * <pre>
 *   value      = - sum of u_i log p_i
 *   gradient_i = (p_i U - u_i) / T = (e_i (U - u_i) - u_i (S - e_i)) / (S T)
 *   second_i   = p_i (1 - p_i) U / T^2 = e_i (S - e_i) U / (S T)^2
 * </pre>
 */
public final class ExactSoftmaxLoss implements ExactSecondOrderLoss {

    private final ExactSoftmax softmax;
    private final double[] target;
    private final Options options;
    private final Map<Exact, Masses> masses = new HashMap<>();

    private ExactSoftmaxLoss(double[] logits, double[] target, Options options) {
        this(ExactSoftmax.of(logits, options.temperature()), target, options);
    }

    private ExactSoftmaxLoss(ExactSoftmax softmax, double[] target, Options options) {
        this.softmax = softmax;
        this.target = target.clone();
        this.options = options;
    }

    /** The loss for a target distribution. */
    public static ExactSoftmaxLoss of(double[] logits, double[] target, Options options) {
        return new ExactSoftmaxLoss(logits, target, options);
    }

    /** The loss for a label. */
    public static ExactSoftmaxLoss of(double[] logits, int label, Options options) {
        double[] target = new double[logits.length];
        target[label] = 1;
        return new ExactSoftmaxLoss(logits, target, options);
    }

    @Override
    public boolean isInfinite() {
        Masses mass = masses(Exact.standard());
        for (int i = 0; i < target.length; i++) {
            if (softmax.isExcluded(i) && mass.at(i).signum() != 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean isInfiniteBySmallMassesOnly() {
        boolean[] excluded = softmax.excluded();
        return isInfinite() && Masses.areSmallWhere(excluded, target);
    }

    @Override
    public BigDecimal value() {
        Exact exact = Exact.standard();
        Masses mass = masses(exact);
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < target.length; i++) {
            if (mass.at(i).signum() != 0) {
                sum = exact.plus(sum, exact.times(mass.at(i), softmax.surprise(i)));
            }
        }
        return sum;
    }

    @Override
    public BigDecimal gradient(int i) {
        return Exact.settle(exact -> {
            Masses mass = masses(exact);
            ExactSoftmax.Terms terms = softmax.at(exact);
            BigDecimal pull = exact.times(terms.exponential(i), mass.totalWithout(i));
            BigDecimal push = exact.times(mass.at(i), terms.rest(i));
            BigDecimal divisor = exact.times(terms.sum(), softmax.temperature());
            return Exact.Sum.ofDifference(exact.over(pull, divisor), exact.over(push, divisor));
        });
    }

    @Override
    public BigDecimal secondDerivative(int i) {
        return secondDerivative(i, masses(Exact.standard()));
    }

    private BigDecimal secondDerivative(int i, Masses mass) {
        Exact exact = Exact.standard();
        ExactSoftmax.Terms terms = softmax.at(exact);
        BigDecimal variance = exact.times(terms.exponential(i), terms.rest(i));
        BigDecimal divisor = exact.squared(exact.times(terms.sum(), softmax.temperature()));
        return exact.over(exact.times(variance, mass.total()), divisor);
    }

    @Override
    public BigDecimal gradientScale(int i) {
        Exact exact = Exact.standard();
        Masses mass = masses(exact);
        if (options.smoothing() == 0 && Masses.onlyAt(i, target)) {
            return gradient(i);
        }
        BigDecimal expected = exact.over(exact.times(softmax.probability(i), mass.total()), softmax.temperature());
        BigDecimal given = exact.over(mass.at(i), softmax.temperature());
        return expected.max(given);
    }

    @Override
    public BigDecimal allowance() {
        double[] small = Masses.small(target);
        return small == null ? BigDecimal.ZERO : new ExactSoftmaxLoss(softmax, small, options).value();
    }

    @Override
    public BigDecimal gradientAllowance(int i) {
        double[] small = Masses.small(target);
        if (small == null) {
            return BigDecimal.ZERO;
        }
        Exact exact = Exact.standard();
        Masses mass = Masses.of(small, softmax.excluded(), options, exact);
        BigDecimal terms = exact.plus(exact.times(softmax.probability(i), mass.total()), mass.at(i));
        return exact.over(terms, softmax.temperature());
    }

    @Override
    public BigDecimal secondDerivativeAllowance(int i) {
        double[] small = Masses.small(target);
        return small == null
                ? BigDecimal.ZERO
                : secondDerivative(i, Masses.of(small, softmax.excluded(), options, Exact.standard()));
    }

    /** What a probability of 1 contributes to its entry of the gradient. */
    public BigDecimal gradientOfProbabilityOne() {
        Exact exact = Exact.standard();
        return exact.over(masses(exact).total(), softmax.temperature());
    }

    /** How many times itself a small probability contributes to its second derivative. */
    public BigDecimal secondDerivativeOfSmallProbabilities() {
        Exact exact = Exact.standard();
        return exact.over(masses(exact).total(), exact.squared(softmax.temperature()));
    }

    private Masses masses(Exact exact) {
        return masses.computeIfAbsent(exact, e -> Masses.of(target, softmax.excluded(), options, e));
    }
}
