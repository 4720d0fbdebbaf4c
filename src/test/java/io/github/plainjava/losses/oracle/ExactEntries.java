package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * A loss whose n entries have targets of their own: the value is the mean of what each costs, so that its derivatives
 * are the n-th part of those of its cost. A subclass says what one entry costs.
 *
 * <p>Equal entries are computed once, so that a long row with few distinct values is cheap.
 */
abstract class ExactEntries implements ExactSecondOrderLoss {

    private final double[] prediction;
    private final double[] target;
    private final double[] parameters;

    /** With one parameter for all columns, or one a column. */
    ExactEntries(double[] prediction, double[] target, double... parameters) {
        this.prediction = prediction.clone();
        this.target = target.clone();
        this.parameters = parameters.clone();
    }

    /** One entry, with the parameter of its column. */
    record Entry(BigDecimal prediction, BigDecimal target, BigDecimal parameter) {

        static Entry of(double prediction, double target, double parameter) {
            return new Entry(new BigDecimal(prediction), new BigDecimal(target), new BigDecimal(parameter));
        }

        BigDecimal difference() {
            return prediction.subtract(target);
        }

        Entry movedBy(BigDecimal step) {
            return new Entry(prediction.add(step), target, parameter);
        }
    }

    /** What the entry costs. */
    abstract BigDecimal cost(Entry entry);

    /** The derivative of the cost by the prediction. */
    abstract BigDecimal slope(Entry entry);

    /** The second derivative of the cost by the prediction. */
    abstract BigDecimal curvature(Entry entry);

    /** The larger of the two terms of the slope, or the slope. */
    BigDecimal slopeScale(Entry entry) {
        return slope(entry);
    }

    /** The larger of the two terms of the curvature, or the curvature. */
    BigDecimal curvatureScale(Entry entry) {
        return curvature(entry);
    }

    /** By how much the cost may be wrong beside its ulps. */
    BigDecimal costAllowance(Entry entry) {
        return BigDecimal.ZERO;
    }

    /** By how much the slope may be wrong beside its ulps. */
    BigDecimal slopeAllowance(Entry entry) {
        return BigDecimal.ZERO;
    }

    /** By how much the curvature may be wrong beside its ulps. */
    BigDecimal curvatureAllowance(Entry entry) {
        return BigDecimal.ZERO;
    }

    final Entry entry(int i) {
        return Entry.of(prediction[i], target[i], parameters[parameters.length == 1 ? 0 : i]);
    }

    final int length() {
        return prediction.length;
    }

    @Override
    public final BigDecimal value() {
        return mean(this::cost);
    }

    @Override
    public final BigDecimal gradient(int i) {
        return share(slope(entry(i)));
    }

    @Override
    public final BigDecimal gradientScale(int i) {
        return share(slopeScale(entry(i)));
    }

    @Override
    public final BigDecimal secondDerivative(int i) {
        return share(curvature(entry(i)));
    }

    @Override
    public final BigDecimal secondDerivativeScale(int i) {
        return share(curvatureScale(entry(i)));
    }

    @Override
    public final BigDecimal allowance() {
        return mean(this::costAllowance);
    }

    @Override
    public final BigDecimal gradientAllowance(int i) {
        return share(slopeAllowance(entry(i)));
    }

    @Override
    public final BigDecimal secondDerivativeAllowance(int i) {
        return share(curvatureAllowance(entry(i)));
    }

    private BigDecimal mean(Function<Entry, BigDecimal> part) {
        Map<Entry, Integer> counts = new HashMap<>();
        for (int i = 0; i < length(); i++) {
            counts.merge(entry(i), 1, Integer::sum);
        }
        Exact exact = Exact.standard();
        BigDecimal sum = BigDecimal.ZERO;
        for (Map.Entry<Entry, Integer> group : counts.entrySet()) {
            sum = exact.plus(sum, part.apply(group.getKey()).multiply(BigDecimal.valueOf(group.getValue())));
        }
        return share(sum);
    }

    private BigDecimal share(BigDecimal ofOne) {
        return Exact.standard().over(ofOne, BigDecimal.valueOf(length()));
    }
}
