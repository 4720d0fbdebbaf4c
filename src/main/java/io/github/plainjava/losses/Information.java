package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Exact;
import io.github.plainjava.losses.internal.math.Fma;
import io.github.plainjava.losses.internal.math.Log;
import io.github.plainjava.losses.internal.math.Pair;
import java.util.Objects;

/**
 * Entropy, cross-entropy, the divergences of Kullback and Leibler and of Jensen and Shannon, and perplexity: what a
 * loss says in terms of information, in nats.
 *
 * <pre>{@code
 * double[] p = {0.5, 0.25, 0.25};
 * double[] uniform = {1.0 / 3, 1.0 / 3, 1.0 / 3};
 * double entropy = Information.entropy(p); // 1.0397207708399179
 * double bits = Information.toBits(entropy); // 1.5
 * double divergence = Information.klDivergence(uniform, p); // 0.05889151782819178
 * double between = Information.jensenShannon(uniform, p); // 0.014362591564146663
 * double perplexity = Information.perplexity(Math.log(3)); // 3.0
 * }</pre>
 *
 * <h2>Definition</h2>
 * For a prediction p, a target t and a mean loss L, with 0 log 0 = 0:
 * <pre>
 *     entropy(t)         = -sum of t_i log t_i
 *     crossEntropy(p, t) = -sum of t_i log p_i
 *     klDivergence(p, t) =  sum of t_i log(t_i / p_i) = crossEntropy(p, t) - entropy(t)
 *     jensenShannon(p, q) = (klDivergence(m, p) + klDivergence(m, q)) / 2,   m = (p + q) / 2
 *     perplexity(L)      =  exp(L)
 *     toBits(L)          =  L / log 2
 * </pre>
 * The order is (prediction, target) here as everywhere; the divergence is the one often written KL(t || p). That of
 * Jensen and Shannon is the same in either order, to the bit, and never infinite.
 *
 * <h2>Domain and shapes</h2>
 * Probabilities from 0 to 1, up to 1 + 2^-16, the rounding of sums of floats, counting as 1. They need not sum to 1;
 * for distributions that do, the divergence is not negative, and 0 only where the two are equal; that of Jensen and
 * Shannon is so for any probabilities, and at most log 2 for distributions. The target of cross-entropy and divergence,
 * as that of a loss, is masses from 0 to 1e60; it is as long as the prediction.
 *
 * <h2>Special values</h2>
 * Target mass on a prediction of 0 makes cross-entropy and divergence +infinity. A NaN in a prediction, in the one
 * argument of entropy or in either of jensenShannon, makes the result NaN; in a target it is an error.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * Logarithms and sums are carried as sums of two doubles. Of the divergence's terms, log(t_i / p_i) is the difference
 * of two logarithms where t_i and p_i are far apart, and log1p of their difference over the smaller of them where they
 * are close: the quotient of the naive form may overflow, and its rounding is most of the logarithm of a number near 1.
 * What a class adds to jensenShannon is (p + q) / 4 times (1 + d) log(1 + d) + (1 - d) log(1 - d), d being
 * (p - q) / (p + q), which is never negative; where d is small, it is computed as its power series,
 * d^2 + d^4 / 6 + d^6 / 15 + ..., as the two terms cancel.
 *
 * <h2>Accuracy</h2>
 * Entropy, cross-entropy, jensenShannon, perplexity and bits are within 2 ulp of the exact result. The divergence has
 * terms of both signs, and is within 2 ulp of the largest of them. Both divergences are exactly 0 where the two are
 * equal, that of Jensen and Shannon only there, or where it is less than any double.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no probabilities, a value that is not one, lengths that differ, or a target
 * entry that is not from 0 to 1e60; {@link NullPointerException} for null.
 *
 * <h2>Source</h2>
 * C. E. Shannon (1948), A mathematical theory of communication, Bell Syst. Tech. J. 27,
 * doi:10.1002/j.1538-7305.1948.tb01338.x. S. Kullback and R. A. Leibler (1951), On information and sufficiency, Ann.
 * Math. Statist. 22(1), doi:10.1214/aoms/1177729694.
 */
public final class Information {

    private static final double LN_2 = 0x1.62e42fefa39efp-1; // 0.6931471805599453

    /** Probabilities of the smallest doubles, times this, have inverses, and their products all bits. */
    private static final double LARGER = 0x1p500;

    /** Up to here the power series of jensenShannon is good to 2^-58 with so many terms. */
    private static final double SMALL = 0.25;

    private static final int TERMS = 14;

    private Information() {}

    /**
     * The entropy of a distribution: how many nats its outcomes carry on average.
     *
     * @param probabilities at least one
     * @return -sum of p_i log p_i
     * @throws IllegalArgumentException if there are none, or a value is not a probability
     */
    public static double entropy(double[] probabilities) {
        Objects.requireNonNull(probabilities, "probabilities");
        return Checks.hasNaN(probabilities, 0, probabilities.length)
                ? Double.NaN
                : new CrossEntropy().value(probabilities, probabilities);
    }

    /**
     * The cross-entropy of a prediction under a target: how many nats the target's outcomes cost on average, encoded
     * for the prediction. It is the entropy of the target and the divergence together.
     *
     * @param probabilities the prediction, at least one
     * @param target        as many masses, from 0 to 1e60
     * @return -sum of t_i log p_i, as {@link CrossEntropy} gives it
     * @throws IllegalArgumentException as there
     */
    public static double crossEntropy(double[] probabilities, double[] target) {
        return new CrossEntropy().value(probabilities, target);
    }

    /**
     * The Kullback-Leibler divergence of a target from a prediction: how many nats the prediction costs beyond the
     * target's own entropy.
     *
     * @param probabilities the prediction, at least one
     * @param target        as many masses, from 0 to 1e60
     * @return sum of t_i log(t_i / p_i)
     * @throws IllegalArgumentException if there are none, lengths differ, or a value is not a probability or a mass
     */
    public static double klDivergence(double[] probabilities, double[] target) {
        Checks.notEmpty(probabilities, "probabilities");
        Checks.sameLength(target, "target", probabilities, "probabilities");
        Checks.probabilities(probabilities, 0, probabilities.length, Checks.NO_ROW);
        Checks.masses(target, 0, target.length, Checks.NO_ROW);
        double sum = 0;
        double sumTail = 0;
        boolean impossible = false;
        for (int i = 0; i < probabilities.length; i++) {
            double p = Math.min(probabilities[i], 1);
            double t = target[i];
            if (Double.isNaN(p)) {
                return Double.NaN;
            }
            impossible |= t > 0 && p == 0;
            if (t == 0 || p == 0) {
                continue;
            }
            Pair ratio = logOfQuotient(t, p);
            double term = t * ratio.head();
            double next = sum + term;
            double error = Fma.fma(t, ratio.tail(), Exact.productError(t, ratio.head(), term));
            sumTail += Exact.sumError(sum, term, next) + error;
            sum = next;
        }
        if (impossible) {
            return Double.POSITIVE_INFINITY;
        }
        return sum + sumTail + 0.0;
    }

    /** log(t / p): next to 1 from the difference of the two, which is exact there and would be lost in their logs. */
    private static Pair logOfQuotient(double t, double p) {
        if (t < 0.5 * p || p < 0.5 * t) {
            return Log.log(t).minus(Log.log(p));
        }
        Pair log = Pair.quotient(Math.abs(t - p), Math.min(t, p)).log1p();
        return t < p ? Pair.ZERO.minus(log) : log;
    }

    /**
     * The Jensen-Shannon divergence: how far two distributions are from their mean, on average. It is the same in
     * either order, and finite also where one has nothing of what the other has.
     *
     * @param p at least one
     * @param q as many
     * @return (sum of p_i log(2 p_i / (p_i + q_i)) + sum of q_i log(2 q_i / (p_i + q_i))) / 2
     * @throws IllegalArgumentException if there are none, lengths differ, or a value is not a probability
     */
    public static double jensenShannon(double[] p, double[] q) {
        Checks.notEmpty(p, "p");
        Checks.sameLength(q, "q", p, "p");
        Checks.probabilities(p, "p", 0, p.length, Checks.NO_ROW);
        Checks.probabilities(q, "q", 0, q.length, Checks.NO_ROW);
        Pair sum = Pair.ZERO;
        for (int i = 0; i < p.length; i++) {
            double larger = Math.min(Math.max(p[i], q[i]), 1) * LARGER;
            double smaller = Math.min(Math.min(p[i], q[i]), 1) * LARGER;
            if (larger != smaller) {
                sum = sum.plus(excess(larger, smaller)).normalized();
            }
        }
        return sum.rounded() / (4 * LARGER);
    }

    /** (p + q) ((1 + d) log(1 + d) + (1 - d) log(1 - d)) for d = (p - q) / (p + q), p > q. */
    private static Pair excess(double p, double q) {
        Pair total = Pair.difference(p, -q);
        Pair d = Pair.difference(p, q).over(total);
        if (d.head() <= SMALL) {
            return d.times(d).times(total).times(series(d.head() * d.head()));
        }
        Pair ofLarger = d.log1p().times(2 * p);
        return q == 0 ? ofLarger : ofLarger.plus(log(Pair.of(2 * q).over(total)).times(2 * q));
    }

    /** 1 + x / 6 + x^2 / 15 + ..., the coefficient of x^(k-1) being 1 / (k (2 k - 1)). */
    private static Pair series(double x) {
        double sum = 0;
        for (int k = TERMS; k > 1; k--) {
            sum = sum * x + 1.0 / (k * (2 * k - 1));
        }
        return new Pair(1, sum * x);
    }

    /** log x for a positive pair. */
    private static Pair log(Pair x) {
        return Log.log(x.head()).plus(Pair.of(x.tail() / x.head()));
    }

    /**
     * The perplexity of a mean loss: the number of equally likely classes that would be as hard to guess.
     *
     * @param meanLoss in nats
     * @return exp(meanLoss)
     */
    public static double perplexity(double meanLoss) {
        return StrictMath.exp(meanLoss);
    }

    /**
     * Nats as bits.
     *
     * @param nats a loss or an entropy in nats
     * @return the same in bits
     */
    public static double toBits(double nats) {
        return nats / LN_2 + 0.0;
    }
}
