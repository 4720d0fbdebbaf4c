package io.github.plainjava.losses.benchmark;

/** The loops that one would write by hand for losses whose entries have targets of their own: mean and gradient. */
final class NaiveEntries {

    private static final double LOG_2 = Math.log(2);

    private NaiveEntries() {}

    static double meanAbsoluteError(Sample s) {
        double[] prediction = s.prediction();
        double[] target = s.target();
        double[] gradient = s.output();
        int n = prediction.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double z = prediction[i];
            double y = target[i];
            double d = z - y;
            gradient[i] = (Math.signum(d)) / n;
            sum += Math.abs(d);
        }
        return sum / n;
    }

    static double huber(Sample s) {
        double[] prediction = s.prediction();
        double[] target = s.target();
        double[] gradient = s.output();
        int n = prediction.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double z = prediction[i];
            double y = target[i];
            double d = z - y;
            double slope = Math.max(-1, Math.min(1, d));
            gradient[i] = (slope) / n;
            sum += slope * (d - slope / 2);
        }
        return sum / n;
    }

    static double pseudoHuber(Sample s) {
        double[] prediction = s.prediction();
        double[] target = s.target();
        double[] gradient = s.output();
        int n = prediction.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double z = prediction[i];
            double y = target[i];
            double d = z - y;
            double h = Math.sqrt(1 + d * d);
            gradient[i] = (d / h) / n;
            sum += h - 1;
        }
        return sum / n;
    }

    static double logCosh(Sample s) {
        double[] prediction = s.prediction();
        double[] target = s.target();
        double[] gradient = s.output();
        int n = prediction.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double z = prediction[i];
            double y = target[i];
            double d = z - y;
            double size = Math.abs(d);
            gradient[i] = (Math.tanh(d)) / n;
            sum += size + Math.log1p(Math.exp(-2 * size)) - LOG_2;
        }
        return sum / n;
    }

    static double pinball(Sample s) {
        double[] prediction = s.prediction();
        double[] target = s.target();
        double[] gradient = s.output();
        int n = prediction.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double z = prediction[i];
            double y = target[i];
            double d = z - y;
            gradient[i] = (d > 0 ? 0.1 : d < 0 ? -0.9 : 0) / n;
            sum += d >= 0 ? 0.1 * d : -0.9 * d;
        }
        return sum / n;
    }

    static double sigmoid(Sample s) {
        double[] prediction = s.prediction();
        double[] target = s.target();
        double[] gradient = s.output();
        int n = prediction.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double z = prediction[i];
            double y = target[i];
            double e = Math.exp(-Math.abs(z));
            gradient[i] = ((z >= 0 ? 1 / (1 + e) : e / (1 + e)) - y) / n;
            sum += Math.max(z, 0) - z * y + Math.log1p(e);
        }
        return sum / n;
    }

    static double binaryCrossEntropy(Sample s) {
        double[] prediction = s.prediction();
        double[] target = s.target();
        double[] gradient = s.output();
        int n = prediction.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double z = prediction[i];
            double y = target[i];
            gradient[i] = ((z - y) / (z * (1 - z))) / n;
            sum += -(y * Math.log(z) + (1 - y) * Math.log(1 - z));
        }
        return sum / n;
    }

    static double focal(Sample s) {
        double[] prediction = s.prediction();
        double[] target = s.target();
        double[] gradient = s.output();
        int n = prediction.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double z = prediction[i];
            double y = target[i];
            double e = Math.exp(-Math.abs(z));
            double log = Math.log1p(e);
            double up = Math.max(-z, 0) + log;
            double down = Math.max(z, 0) + log;
            double p = z >= 0 ? 1 / (1 + e) : e / (1 + e);
            double q = 1 - p;
            gradient[i] = ((1 - y) * p * p * (p + 2 * q * down) - y * q * q * (q + 2 * p * up)) / n;
            sum += y * q * q * up + (1 - y) * p * p * down;
        }
        return sum / n;
    }

    static double poisson(Sample s) {
        double[] prediction = s.prediction();
        double[] target = s.target();
        double[] gradient = s.output();
        int n = prediction.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double z = prediction[i];
            double y = target[i];
            double mu = Math.exp(z);
            gradient[i] = (mu - y) / n;
            sum += y * (Math.log(y) - z) - y + mu;
        }
        return sum / n;
    }

    static double gamma(Sample s) {
        double[] prediction = s.prediction();
        double[] target = s.target();
        double[] gradient = s.output();
        int n = prediction.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double z = prediction[i];
            double y = target[i];
            double ratio = y * Math.exp(-z);
            gradient[i] = (1 - ratio) / n;
            sum += ratio - 1 - Math.log(ratio);
        }
        return sum / n;
    }

    static double tweedie(Sample s) {
        double[] prediction = s.prediction();
        double[] target = s.target();
        double[] gradient = s.output();
        int n = prediction.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double z = prediction[i];
            double y = target[i];
            double mu = Math.exp(z / 2);
            gradient[i] = (mu - y / mu) / n;
            sum += 2 * mu + 2 * y / mu - 4 * Math.sqrt(y);
        }
        return sum / n;
    }
}
