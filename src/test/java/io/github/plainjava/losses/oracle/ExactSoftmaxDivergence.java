package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/**
 * The divergence of the softmax of one row of logits from that of another: with p = softmax(s / T), q = softmax(t / T)
 * and l_i = log p_i - log q_i,
 *
 * <pre>
 *   value      = sum of -q_i l_i       gradient_i = (p_i - q_i) / T
 *   value      = sum of  p_i l_i       gradient_i = p_i (l_i - value) / T     reversed
 * </pre>
 *
 * with 0 log 0 = 0.
 */
public final class ExactSoftmaxDivergence implements ExactLoss {

    private final double[] prediction;
    private final double[] target;
    private final boolean reversed;
    private final ExactSoftmax p;
    private final ExactSoftmax q;
    private final Map<Exact, Exact.Sum> values = new HashMap<>();

    private ExactSoftmaxDivergence(double[] prediction, double[] target, double temperature, boolean reversed) {
        this.prediction = prediction.clone();
        this.target = target.clone();
        this.reversed = reversed;
        this.p = ExactSoftmax.of(prediction, temperature);
        this.q = ExactSoftmax.of(target, temperature);
    }

    /** KL(q || p). */
    public static ExactSoftmaxDivergence of(double[] prediction, double[] target, double temperature) {
        return new ExactSoftmaxDivergence(prediction, target, temperature, false);
    }

    /** KL(p || q). */
    public static ExactSoftmaxDivergence reversed(double[] prediction, double[] target, double temperature) {
        return new ExactSoftmaxDivergence(prediction, target, temperature, true);
    }

    @Override
    public boolean isInfinite() {
        for (int i = 0; i < prediction.length; i++) {
            if (reversed ? q.isExcluded(i) && !p.isExcluded(i) : p.isExcluded(i) && !q.isExcluded(i)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public BigDecimal value() {
        return isShift() ? BigDecimal.ZERO : Exact.settle(this::value);
    }

    /** Whether the two are equal up to a shift: no number of digits would tell that the sum is 0. */
    private boolean isShift() {
        BigDecimal shift = null;
        for (int i = 0; i < prediction.length; i++) {
            if (p.isExcluded(i) != q.isExcluded(i)) {
                return false;
            }
            if (!p.isExcluded(i)) {
                BigDecimal difference = new BigDecimal(prediction[i]).subtract(new BigDecimal(target[i]));
                if (shift != null && shift.compareTo(difference) != 0) {
                    return false;
                }
                shift = difference;
            }
        }
        return true;
    }

    private Exact.Sum value(Exact exact) {
        return values.computeIfAbsent(exact, e -> {
            ExactSoftmax.Terms a = (reversed ? p : q).at(e);
            ExactSoftmax.Terms b = (reversed ? q : p).at(e);
            BigDecimal sum = BigDecimal.ZERO;
            BigDecimal magnitude = BigDecimal.ZERO;
            for (int i = 0; i < prediction.length; i++) {
                if (a.probability(i).signum() != 0) {
                    BigDecimal surprises = a.surprise(i).max(b.surprise(i));
                    sum = sum.add(e.times(a.probability(i), b.surprise(i).subtract(a.surprise(i))));
                    magnitude = magnitude.max(e.times(a.probability(i), surprises));
                }
            }
            return new Exact.Sum(sum, magnitude);
        });
    }

    @Override
    public BigDecimal gradient(int i) {
        if (isShift()) {
            return BigDecimal.ZERO;
        }
        return Exact.settle(exact -> {
            BigDecimal factor = exact.over(BigDecimal.ONE, p.temperature());
            if (!reversed) {
                return Exact.Sum.ofDifference(
                        exact.times(p.at(exact).probability(i), factor), exact.times(q.at(exact).probability(i), factor));
            }
            if (p.isExcluded(i)) {
                return new Exact.Sum(BigDecimal.ZERO, BigDecimal.ZERO);
            }
            BigDecimal ofP = p.at(exact).surprise(i);
            BigDecimal ofQ = q.at(exact).surprise(i);
            Exact.Sum value = value(exact);
            factor = exact.times(factor, p.at(exact).probability(i));
            BigDecimal magnitude = ofP.max(ofQ).max(value.magnitude());
            return new Exact.Sum(exact.times(factor, ofQ.subtract(ofP).subtract(value.value())),
                    exact.times(factor, magnitude));
        });
    }

    /** The larger of the two numbers whose difference the entry is. */
    @Override
    public BigDecimal gradientScale(int i) {
        Exact exact = Exact.standard();
        if (!reversed) {
            return exact.over(p.probability(i).max(q.probability(i)), p.temperature());
        }
        if (p.isExcluded(i)) {
            return BigDecimal.ZERO;
        }
        BigDecimal factor = exact.over(p.probability(i), p.temperature());
        return exact.times(factor, logRatio(i).abs().max(value()));
    }

    private BigDecimal logRatio(int i) {
        return isShift()
                ? BigDecimal.ZERO
                : Exact.settle(exact -> Exact.Sum.ofDifference(q.at(exact).surprise(i), p.at(exact).surprise(i)));
    }
}
