package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/** Entropy, cross-entropy and the divergences of Kullback and Leibler and of Jensen and Shannon, with 0 log 0 = 0. */
public final class ExactInformation {

    private ExactInformation() {
    }

    /** Minus the sum of p log p. */
    public static BigDecimal entropy(double[] distribution) {
        return crossEntropy(distribution, distribution);
    }

    /** Minus the sum of t log p. */
    public static BigDecimal crossEntropy(double[] prediction, double[] target) {
        return Exact.settle(exact -> {
            BigDecimal sum = BigDecimal.ZERO;
            BigDecimal magnitude = BigDecimal.ZERO;
            for (int i = 0; i < target.length; i++) {
                if (target[i] != 0) {
                    BigDecimal log = exact.log(new BigDecimal(prediction[i]));
                    BigDecimal term = exact.times(new BigDecimal(target[i]), log);
                    sum = sum.subtract(term);
                    magnitude = magnitude.max(term.abs());
                }
            }
            return new Exact.Sum(sum, magnitude);
        });
    }

    /** The sum of t log(t / p). */
    public static BigDecimal klDivergence(double[] prediction, double[] target) {
        return Exact.settle(exact -> {
            BigDecimal sum = BigDecimal.ZERO;
            BigDecimal magnitude = BigDecimal.ZERO;
            for (int i = 0; i < target.length; i++) {
                if (target[i] != 0) {
                    BigDecimal mass = new BigDecimal(target[i]);
                    BigDecimal ofTarget = exact.log(mass);
                    BigDecimal ofPrediction = exact.log(new BigDecimal(prediction[i]));
                    sum = sum.add(exact.times(mass, ofTarget.subtract(ofPrediction)));
                    magnitude = magnitude.max(exact.times(mass, ofTarget.abs().max(ofPrediction.abs())));
                }
            }
            return new Exact.Sum(sum, magnitude);
        });
    }

    /** Half the sum of p log(2 p / (p + q)) and q log(2 q / (p + q)). */
    public static BigDecimal jensenShannon(double[] p, double[] q) {
        return Exact.settle(exact -> {
            BigDecimal sum = BigDecimal.ZERO;
            BigDecimal magnitude = BigDecimal.ZERO;
            for (int i = 0; i < p.length; i++) {
                BigDecimal total = new BigDecimal(p[i]).add(new BigDecimal(q[i]));
                for (double mass : new double[] {p[i], q[i]}) {
                    if (mass != 0) {
                        BigDecimal ofMass = exact.log(new BigDecimal(mass).add(new BigDecimal(mass)));
                        BigDecimal ofTotal = exact.log(total);
                        BigDecimal half = new BigDecimal(mass).divide(BigDecimal.valueOf(2));
                        sum = sum.add(exact.times(half, ofMass.subtract(ofTotal)));
                        BigDecimal largest = ofMass.abs().max(ofTotal.abs()).max(BigDecimal.ONE);
                        magnitude = magnitude.max(exact.times(half, largest));
                    }
                }
            }
            return new Exact.Sum(sum, magnitude);
        });
    }

    /** The perplexity of a mean loss in nats: e to that power. */
    public static BigDecimal perplexity(double meanLoss) {
        return Exact.standard().exp(new BigDecimal(meanLoss));
    }
}
