package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/**
 * Softmax of z / T for one row of logits z, by its definition over the real numbers. With m the largest logit,
 * d_i = (z_i - m) / T, e_i = exp(d_i) and S the sum of all e_i: the probability is e_i / S, its logarithm d_i - log S,
 * and the log-sum-exp m / T + log S. A logit of -infinity is an excluded class: e_i = 0.
 *
 * <p>Equal logits are computed once, so that a long row with few distinct values is cheap.
 */
public final class ExactSoftmax {

    private final double[] logits;
    private final BigDecimal temperature;
    private final int largest;
    private final int[] group;
    private final double[] distinct;
    private final long[] count;
    private final Map<Exact, Terms> terms = new HashMap<>();

    private ExactSoftmax(double[] logits, double temperature) {
        this.logits = logits.clone();
        this.temperature = new BigDecimal(temperature);
        this.group = new int[logits.length];
        Map<Double, Integer> groups = new HashMap<>();
        int argmax = 0;
        for (int i = 0; i < logits.length; i++) {
            argmax = logits[i] > logits[argmax] ? i : argmax;
            groups.putIfAbsent(logits[i] + 0.0, groups.size());
            group[i] = groups.get(logits[i] + 0.0);
        }
        this.largest = argmax;
        this.distinct = new double[groups.size()];
        this.count = new long[groups.size()];
        for (int i = 0; i < logits.length; i++) {
            distinct[group[i]] = logits[i];
            count[group[i]]++;
        }
        if (!(Math.abs(logits[largest]) <= Double.MAX_VALUE)) {
            throw new IllegalArgumentException("the largest logit must be finite");
        }
    }

    /** Softmax of the logits, of which the largest must be finite and none NaN. */
    public static ExactSoftmax of(double[] logits) {
        return new ExactSoftmax(logits, 1);
    }

    /** Softmax of the logits divided by a temperature. */
    public static ExactSoftmax of(double[] logits, double temperature) {
        return new ExactSoftmax(logits, temperature);
    }

    /** The probability of a class. */
    public BigDecimal probability(int i) {
        return at(Exact.standard()).probability(i);
    }

    /**
     * The logarithm of the probability of a class.
     *
     * @throws ArithmeticException if the class is excluded
     */
    public BigDecimal logProbability(int i) {
        return surprise(i).negate();
    }

    /** Minus the logarithm of the probability of a class, which is never negative. */
    BigDecimal surprise(int i) {
        if (isExcluded(i)) {
            throw new ArithmeticException("class " + i + " is excluded, its log-probability is -infinity");
        }
        return at(Exact.standard()).surprise(i);
    }

    /** The logarithm of the sum of all exp(z_i / T). */
    public BigDecimal logSumExp() {
        return Exact.settle(exact -> {
            BigDecimal top = exact.over(new BigDecimal(logits[largest]), temperature);
            return Exact.Sum.ofDifference(at(exact).logSum(), top.negate());
        });
    }

    /**
     * The number in whose ulps the log-sum-exp is measured: itself, unless it is the difference of two numbers within a
     * factor of 2 of each other, the largest logit and the logarithm of the sum; then the larger of these.
     */
    public BigDecimal logSumExpScale() {
        Exact exact = Exact.standard();
        BigDecimal top = exact.over(new BigDecimal(logits[largest]), temperature);
        return scaleOfDifference(at(exact).logSum(), top.negate(), logSumExp());
    }

    /** The larger of a and b if a - b is at most half of it, else a - b. */
    static BigDecimal scaleOfDifference(BigDecimal a, BigDecimal b, BigDecimal difference) {
        BigDecimal larger = a.abs().max(b.abs());
        return difference.abs().add(difference.abs()).compareTo(larger) <= 0 ? larger : difference;
    }

    /** The entropy of the probabilities, the sum of -p_i log p_i, of which no term is negative. */
    public BigDecimal entropy() {
        return at(Exact.standard()).entropy();
    }

    /**
     * The derivative of the entropy by z_i: -p_i (log p_i + H) / T. As -log p_i is log S - d_i, the logarithm cancels, and
     * it is p_i (m - d_i) / T for the mean m of all d_j under p; then it is exactly 0 if all logits are equal.
     */
    public BigDecimal entropyGradient(int i) {
        return Exact.settle(exact -> {
            Terms terms = at(exact);
            BigDecimal factor = exact.over(terms.probability(i), temperature);
            BigDecimal distance = isExcluded(i) ? BigDecimal.ZERO : terms.shift[group[i]];
            BigDecimal magnitude = exact.times(factor, distance.abs().max(terms.meanShift().abs()));
            return new Exact.Sum(exact.times(factor, terms.meanShift().subtract(distance)), magnitude);
        });
    }

    /** The larger of p_i |log p_i| / T and p_i H / T, whose difference the entry is. */
    public BigDecimal entropyGradientScale(int i) {
        if (isExcluded(i)) {
            return BigDecimal.ZERO;
        }
        Exact exact = Exact.standard();
        return exact.over(exact.times(probability(i), surprise(i).max(entropy())), temperature);
    }

    /**
     * The Jacobian by the logits, (diag(p) - p p^T) / T, times a vector: p_i (d_i - sum of p_j d_j) / T, where d_i is
     * v_i - v_k and k the first largest logit. As the p_j sum to 1, that is p_i (v_i - sum of p_j v_j) / T. The entry
     * of the vector at an excluded class may be anything.
     */
    public BigDecimal[] jacobianVectorProduct(double[] vector) {
        BigDecimal[] differences = differencesFromLargest(vector);
        Map<Exact, BigDecimal[]> means = new HashMap<>();
        BigDecimal[] product = new BigDecimal[logits.length];
        for (int i = 0; i < product.length; i++) {
            int index = i;
            product[i] = Exact.settle(exact -> {
                BigDecimal[] mean = means.computeIfAbsent(exact, e -> meanAndAbsoluteMean(differences, e));
                BigDecimal factor = exact.over(at(exact).probability(index), temperature);
                BigDecimal magnitude = exact.times(factor, differences[index].abs().max(mean[1]));
                return new Exact.Sum(exact.times(factor, differences[index].subtract(mean[0])), magnitude);
            });
        }
        return product;
    }

    /**
     * The numbers in whose ulps the entries of the Jacobian-vector product are measured: p_i / T times the larger of
     * |v_i - v_k| and the mean of |v_j - v_k| under p, the terms whose difference the entry is.
     */
    public BigDecimal[] jacobianVectorProductScale(double[] vector) {
        Exact exact = Exact.standard();
        BigDecimal[] differences = differencesFromLargest(vector);
        BigDecimal mean = meanAndAbsoluteMean(differences, exact)[1];
        BigDecimal[] scale = new BigDecimal[logits.length];
        for (int i = 0; i < scale.length; i++) {
            BigDecimal factor = exact.over(probability(i), temperature);
            scale[i] = exact.times(factor, differences[i].abs().max(mean));
        }
        return scale;
    }

    /** v_i - v_k with k the first largest logit, exactly; 0 for an excluded class. */
    public BigDecimal[] differencesFromLargest(double[] vector) {
        BigDecimal top = new BigDecimal(vector[largest]);
        BigDecimal[] differences = new BigDecimal[logits.length];
        for (int i = 0; i < differences.length; i++) {
            differences[i] = isExcluded(i) ? BigDecimal.ZERO : new BigDecimal(vector[i]).subtract(top);
        }
        return differences;
    }

    private BigDecimal[] meanAndAbsoluteMean(BigDecimal[] differences, Exact exact) {
        BigDecimal mean = BigDecimal.ZERO;
        BigDecimal absolute = BigDecimal.ZERO;
        for (int i = 0; i < differences.length; i++) {
            BigDecimal part = exact.times(at(exact).probability(i), differences[i]);
            mean = mean.add(part);
            absolute = exact.plus(absolute, part.abs());
        }
        return new BigDecimal[] {mean, absolute};
    }

    int length() {
        return logits.length;
    }

    BigDecimal temperature() {
        return temperature;
    }

    boolean isExcluded(int i) {
        return logits[i] == Double.NEGATIVE_INFINITY;
    }

    boolean[] excluded() {
        boolean[] excluded = new boolean[logits.length];
        for (int i = 0; i < excluded.length; i++) {
            excluded[i] = isExcluded(i);
        }
        return excluded;
    }

    Terms at(Exact exact) {
        return terms.computeIfAbsent(exact, Terms::new);
    }

    /** The quantities of the definition, to some number of digits. */
    final class Terms {

        private final BigDecimal[] shift = new BigDecimal[distinct.length];
        private final BigDecimal[] exponential = new BigDecimal[distinct.length];
        private final BigDecimal[] probability = new BigDecimal[distinct.length];
        private final BigDecimal restOfLargest;
        private final BigDecimal sum;
        private final Exact exact;
        private BigDecimal logSum;
        private BigDecimal meanShift;

        private Terms(Exact exact) {
            this.exact = exact;
            BigDecimal top = new BigDecimal(logits[largest]);
            BigDecimal rest = BigDecimal.valueOf(count[group[largest]] - 1);
            for (int g = 0; g < distinct.length; g++) {
                if (distinct[g] == Double.NEGATIVE_INFINITY) {
                    exponential[g] = BigDecimal.ZERO;
                } else {
                    shift[g] = exact.over(new BigDecimal(distinct[g]).subtract(top), temperature);
                    exponential[g] = exact.exp(shift[g]);
                }
                if (g != group[largest]) {
                    rest = exact.plus(rest, exponential[g].multiply(BigDecimal.valueOf(count[g])));
                }
            }
            restOfLargest = rest;
            sum = exact.plus(rest, BigDecimal.ONE);
            for (int g = 0; g < distinct.length; g++) {
                probability[g] = exact.over(exponential[g], sum);
            }
        }

        BigDecimal exponential(int i) {
            return exponential[group[i]];
        }

        BigDecimal probability(int i) {
            return probability[group[i]];
        }

        BigDecimal surprise(int i) {
            return exact.plus(logSum(), shift[group[i]].negate());
        }

        BigDecimal sum() {
            return sum;
        }

        BigDecimal logSum() {
            if (logSum == null) {
                logSum = exact.log1p(restOfLargest);
            }
            return logSum;
        }

        /** The mean of all d_j under p. */
        BigDecimal meanShift() {
            if (meanShift == null) {
                BigDecimal sum = BigDecimal.ZERO;
                for (int g = 0; g < distinct.length; g++) {
                    if (exponential[g].signum() != 0) {
                        BigDecimal ofAll = probability[g].multiply(BigDecimal.valueOf(count[g]));
                        sum = exact.plus(sum, exact.times(ofAll, shift[g]));
                    }
                }
                meanShift = sum;
            }
            return meanShift;
        }

        BigDecimal entropy() {
            return exact.plus(logSum(), meanShift().negate());
        }

        /** The sum of all e_j but e_i. Only without the largest can it be less than 1, and that was summed apart. */
        BigDecimal rest(int i) {
            return i == largest ? restOfLargest : sum.subtract(exponential(i));
        }
    }
}
