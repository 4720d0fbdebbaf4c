package io.github.plainjava.losses;

import java.util.Arrays;

/** The functions behind the static methods of {@link Softmax}, on checked arguments. */
final class SoftmaxFunctions {

    private SoftmaxFunctions() {}

    static void softmax(double[] z, double temperature, double[] p) {
        int n = z.length;
        double[][] scratch = Exponentials.scratch();
        int k = Exponentials.argmax(z, 0, n, scratch);
        if (!isFinite(z[k])) {
            Arrays.fill(p, Double.NaN);
            return;
        }
        Exponentials.compute(z, 0, n, k, temperature, p, 0, scratch);
        double rest = Exponentials.rest(scratch);
        double sum = GradientScale.sum(rest);
        double[] one = GradientScale.make(scratch[Exponentials.SCALE], 1, 0, 0, 1, 1, 0);
        double factor = GradientScale.factor(one, sum);
        double sumTail = GradientScale.sumTail(rest, Exponentials.restTail(scratch));
        double factorTail = GradientScale.factorTail(one, sum, sumTail);
        GradientScale.multiply(one, p, 0, n, 1, factor, factorTail);
        if (Double.isNaN(rest)) {
            Arrays.fill(p, Double.NaN);
        }
    }

    /** log p_i = (z_i - m) - log1p(rest), both carried with their errors. */
    static void logSoftmax(double[] z, double[] logP) {
        int n = z.length;
        double[][] scratch = Exponentials.scratch();
        int k = Exponentials.argmax(z, 0, n, scratch);
        if (!isFinite(z[k])) {
            Arrays.fill(logP, Double.NaN);
            return;
        }
        double m = z[k];
        Exponentials.compute(z, 0, n, k, 1, null, 0, scratch);
        double rest = Exponentials.rest(scratch) * ExpLog.UNSCALE;
        double head = ExpLog.log1pHead(rest);
        double tail = ExpLog.log1pTail(rest, Exponentials.restTail(scratch) * ExpLog.UNSCALE);
        double log = head + tail;
        double logTail = Exact.fastSumError(head, tail, log);
        if (Math.abs(m) < 0x1p1000) {
            for (int i = 0; i < n; i++) {
                logP[i] = logProbability(z[i], m, log, logTail);
            }
        } else {
            for (int i = 0; i < n; i++) {
                logP[i] = 2 * logProbability(0.5 * z[i], 0.5 * m, 0.5 * log, 0.5 * logTail) + 0.0;
            }
        }
    }

    private static double logProbability(double z, double m, double log, double logTail) {
        double x = z - m;
        double difference = x - log;
        double finite = Math.max(z, -0x1p1023); // an excluded class would make a NaN of the errors
        double y = finite - m;
        double small = Exact.sumError(y, -log, y - log) + (Exact.sumError(finite, -m, y) - logTail);
        return difference + small + 0.0;
    }

    static double logSumExp(double[] z) {
        int n = z.length;
        if (n == 0) {
            return Double.NEGATIVE_INFINITY;
        }
        double[][] scratch = Exponentials.scratch();
        int k = Exponentials.argmax(z, 0, n, scratch);
        double m = z[k];
        if (!isFinite(m)) {
            return hasNaN(z) ? Double.NaN : m;
        }
        Exponentials.compute(z, 0, n, k, 1, null, 0, scratch);
        double rest = Exponentials.rest(scratch) * ExpLog.UNSCALE;
        double log = ExpLog.log1pHead(rest);
        double logTail = ExpLog.log1pTail(rest, Exponentials.restTail(scratch) * ExpLog.UNSCALE);
        double sum = m + log;
        return sum + (Exact.sumError(m, log, sum) + logTail) + 0.0;
    }

    /** p_i (v_i - sum of p_j v_j), from the scaled exponentials, so that a p below the double range still counts. */
    static void jacobianVectorProduct(double[] z, double[] v, double[] product) {
        int n = z.length;
        double[][] scratch = Exponentials.scratch();
        int k = Exponentials.argmax(z, 0, n, scratch);
        double largest = largestMagnitude(v);
        if (!isFinite(z[k]) || !isFinite(largest)) {
            Arrays.fill(product, Double.NaN);
            return;
        }
        double[] e = new double[n];
        Exponentials.compute(z, 0, n, k, 1, e, 0, scratch);
        double rest = Exponentials.rest(scratch);
        double sum = GradientScale.sum(rest);
        double sumTail = GradientScale.sumTail(rest, Exponentials.restTail(scratch));
        int exponent = Math.getExponent(largest);
        double dot = 0;
        double dotTail = 0;
        for (int i = 0; i < n; i++) {
            double scaled = Math.scalb(v[i], -exponent);
            double term = e[i] * scaled;
            double next = dot + term;
            dotTail += Exact.sumError(dot, term, next) + Exact.productError(e[i], scaled, term);
            dot = next;
        }
        dot *= ExpLog.UNSCALE;
        dotTail *= ExpLog.UNSCALE;
        double mean = dot / sum;
        double meanTail = (Math.fma(-mean, sum, dot) + (dotTail - mean * sumTail)) / sum;
        double[] scale = GradientScale.make(scratch[Exponentials.SCALE], 1, 0, 0, 1, 1, exponent);
        double factor = GradientScale.factor(scale, sum);
        double factorTail = GradientScale.factorTail(scale, sum, sumTail);
        for (int i = 0; i < n; i++) {
            double scaled = Math.scalb(v[i], -exponent);
            double difference = scaled - mean;
            double differenceTail = Exact.sumError(scaled, -mean, difference) - meanTail;
            double entry = e[i] * difference;
            double entryTail = Exact.productError(e[i], difference, entry) + e[i] * differenceTail;
            product[i] = Math.fma(entry, factor, Math.fma(entry, factorTail, entryTail * factor)) + 0.0;
        }
        GradientScale.finish(scale, product, 0, n);
    }

    private static double largestMagnitude(double[] v) {
        double largest = 0;
        for (double x : v) {
            largest = Math.max(largest, Math.abs(x));
        }
        return largest;
    }

    private static boolean hasNaN(double[] z) {
        for (double x : z) {
            if (Double.isNaN(x)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isFinite(double x) {
        return Math.abs(x) <= Double.MAX_VALUE;
    }
}
