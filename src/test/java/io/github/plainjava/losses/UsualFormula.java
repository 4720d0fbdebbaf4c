package io.github.plainjava.losses;

import java.util.Arrays;

/**
 * The formulas that PyTorch, JAX and most loops use, in double, for comparison: {@code (z - m) - log(sum exp(z - m))}
 * for the log-softmax, and the softmax minus the one-hot array for the gradient.
 */
final class UsualFormula {

    private UsualFormula() {
    }

    static double[] softmax(double[] z) {
        double m = max(z);
        double[] e = Arrays.stream(z).map(x -> StrictMath.exp(x - m)).toArray();
        double sum = Arrays.stream(e).reduce(0, Double::sum);
        return Arrays.stream(e).map(x -> x / sum).toArray();
    }

    static double[] logSoftmax(double[] z) {
        double m = max(z);
        double logSum = logSum(z, m);
        return Arrays.stream(z).map(x -> (x - m) - logSum).toArray();
    }

    static double logSumExp(double[] z) {
        double m = max(z);
        return m + logSum(z, m);
    }

    static double softmaxLoss(double[] z, double[] target) {
        double[] logSoftmax = logSoftmax(z);
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
            sum += target[i] * logSoftmax[i];
        }
        return -sum;
    }

    static double[] softmaxLossGradient(double[] z, double[] target) {
        double mass = Arrays.stream(target).reduce(0, Double::sum);
        double[] gradient = logSoftmax(z);
        for (int i = 0; i < z.length; i++) {
            gradient[i] = StrictMath.exp(gradient[i]) * mass - target[i];
        }
        return gradient;
    }

    static double[] jacobianVectorProduct(double[] z, double[] vector) {
        double[] product = softmax(z);
        double mean = 0;
        for (int i = 0; i < z.length; i++) {
            mean += product[i] * vector[i];
        }
        for (int i = 0; i < z.length; i++) {
            product[i] *= vector[i] - mean;
        }
        return product;
    }

    static double crossEntropy(double[] p, double[] target) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += target[i] == 0 ? 0 : target[i] * StrictMath.log(Math.min(p[i], 1));
        }
        return -sum;
    }

    static double[] crossEntropyGradient(double[] p, double[] target) {
        double[] gradient = new double[p.length];
        for (int i = 0; i < p.length; i++) {
            gradient[i] = target[i] == 0 ? 0 : -target[i] / Math.min(p[i], 1);
        }
        return gradient;
    }

    static double meanSquaredError(double[] prediction, double[] target) {
        double sum = 0;
        for (int i = 0; i < prediction.length; i++) {
            double difference = prediction[i] - target[i];
            sum += difference * difference;
        }
        return sum / prediction.length;
    }

    static double[] meanSquaredErrorGradient(double[] prediction, double[] target) {
        double[] gradient = new double[prediction.length];
        for (int i = 0; i < prediction.length; i++) {
            gradient[i] = 2 * (prediction[i] - target[i]) / prediction.length;
        }
        return gradient;
    }

    private static double logSum(double[] z, double m) {
        return StrictMath.log(Arrays.stream(z).map(x -> StrictMath.exp(x - m)).reduce(0, Double::sum));
    }

    private static double max(double[] z) {
        return Arrays.stream(z).max().getAsDouble();
    }
}
