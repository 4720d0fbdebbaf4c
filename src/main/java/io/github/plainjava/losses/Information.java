package io.github.plainjava.losses;

import java.util.Objects;

/**
 * Entropy, cross-entropy and Kullback-Leibler divergence, in nats.
 */
public final class Information {

    private Information() {}

    public static double entropy(double[] distribution) {
        Objects.requireNonNull(distribution, "distribution");
        return new CrossEntropy().value(distribution, distribution);
    }

    public static double crossEntropy(double[] prediction, double[] target) {
        return new CrossEntropy().value(prediction, target);
    }

    public static double klDivergence(double[] prediction, double[] target) {
        Checks.notEmpty(prediction, "prediction");
        Checks.sameLength(target, "target", prediction, "prediction");
        Checks.probabilities(prediction, 0, prediction.length, Checks.NO_ROW);
        Checks.masses(target, 0, target.length, Checks.NO_ROW);
        double sum = 0;
        double sumTail = 0;
        for (int i = 0; i < prediction.length; i++) {
            double t = target[i];
            double p = Math.min(prediction[i], 1);
            if (Double.isNaN(p)) {
                return Double.NaN;
            }
            if (t == 0) {
                continue;
            }
            if (p == 0) {
                return Double.POSITIVE_INFINITY;
            }
            double a = ExpLog.logHead(t);
            double b = ExpLog.logHead(p);
            double difference = a - b;
            double differenceTail = Exact.sumError(a, -b, difference) + (ExpLog.logTail(t) - ExpLog.logTail(p));
            double term = t * difference;
            double next = sum + term;
            sumTail += Exact.sumError(sum, term, next) + (Exact.productError(t, difference, term) + t * differenceTail);
            sum = next;
        }
        return sum + sumTail + 0.0;
    }

    public static double perplexity(double meanLoss) {
        return StrictMath.exp(meanLoss);
    }

    public static double toBits(double nats) {
        return nats / 0.6931471805599453;
    }
}
