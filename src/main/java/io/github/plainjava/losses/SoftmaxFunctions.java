package io.github.plainjava.losses;

import java.util.Arrays;

/** The functions behind the static methods of {@link Softmax}, on checked arguments. */
final class SoftmaxFunctions {

    /** Logits whose differences cannot overflow. */
    private static final double LARGE = 0x1p1000;

    /** One exponential is at most this part of the sum: then no probability is rounded to more than 1. */
    private static final double ALMOST_ALL = 1 - 0x1p-50;

    /** One exponential is at most this part of the sum: then no log-probability is much nearer 0 than -log 2. */
    private static final double MOST = 0.5;

    /** Less its largest exponential, a sum is good to 2^-56 if that leaves so much of it for each class. */
    private static final double LITTLE = 0x1p56 * Unshifted.SUM_ERROR;

    /** A logarithm of a sum is good to 2^-55, which is little from here on. */
    private static final double FAR_FROM_0 = 1;

    private SoftmaxFunctions() {}

    static void softmax(double[] z, Temperature temperature, double[] p) {
        int n = z.length;
        double[][] scratch = Scratch.ofThread();
        if (temperature.isOne() && unshiftedSoftmax(z, p, scratch)) {
            return;
        }
        int k = Exponentials.argmax(z, 0, n, scratch);
        if (!isFinite(z[k])) {
            Arrays.fill(p, Double.NaN);
        } else if (Ordinary.isFactor(temperature.value())) {
            Exponentials.compute(z, 0, n, k, temperature, p, scratch);
            DoubleDouble factor = DoubleDouble.ONE.over(Sums.total(scratch).plus(Exp.ONE));
            SoftmaxRow.multiply(p, 0, n, factor.head(), factor.tail());
            if (Double.isNaN(factor.head())) {
                Arrays.fill(p, Double.NaN);
            }
        } else {
            new WideSoftmaxRow(temperature.value(), TargetRule.PLAIN).probabilities(z, k, p);
        }
    }

    private static boolean unshiftedSoftmax(double[] z, double[] p, double[][] scratch) {
        int n = z.length;
        if (n <= Exponentials.SHORT) {
            return new ShortRows(n, scratch).softmax(z, p);
        }
        if (!Unshifted.compute(z, 0, n, Unshifted.NONE, ALMOST_ALL, p, scratch)) {
            return false;
        }
        DoubleDouble factor = DoubleDouble.ONE.over(Sums.total(scratch));
        SoftmaxRow.multiply(p, 0, n, factor.head(), factor.tail());
        return true;
    }

    /** log p_i = (z_i - m) - log1p(rest), both carried with their errors. */
    static void logSoftmax(double[] z, double[] logP) {
        double[][] scratch = Scratch.ofThread();
        if (!unshiftedLogSoftmax(z, logP, scratch)) {
            shiftedLogSoftmax(z, logP, scratch);
        }
    }

    /** With the sum S of exp(z_j): log p_i = z_i - log S, or with the largest exponential e = exp(m) rest = S / e - 1. */
    private static boolean unshiftedLogSoftmax(double[] z, double[] logP, double[][] scratch) {
        int n = z.length;
        if (n <= Exponentials.SHORT) {
            return new ShortRows(n, scratch).logSoftmax(z, logP);
        }
        if (!Unshifted.compute(z, 0, n, Unshifted.NONE, null, scratch)) {
            return false;
        }
        DoubleDouble sum = Sums.total(scratch);
        if (Unshifted.bound(scratch) <= MOST * sum.head()) {
            DoubleDouble log = logOfSum(scratch);
            differences(z, logP, log.head(), log.tail(), n);
            return true;
        }
        double m = z[Exponentials.argmax(z, 0, n, scratch)];
        DoubleDouble largest = Unshifted.exponential(m);
        DoubleDouble others = sum.minus(largest);
        if (others.head() < n * LITTLE * sum.head()) {
            return false;
        }
        DoubleDouble rest = others.over(largest);
        double log = Log.log1pHead(rest.head(), rest.tail());
        logProbabilities(z, logP, m, log, Log.log1pTail(rest.head(), rest.tail()), n);
        return true;
    }

    private static void shiftedLogSoftmax(double[] z, double[] logP, double[][] scratch) {
        int n = z.length;
        int k = Exponentials.argmax(z, 0, n, scratch);
        if (!isFinite(z[k])) {
            Arrays.fill(logP, Double.NaN);
            return;
        }
        double m = z[k];
        boolean allInRange = Exponentials.compute(z, 0, n, k, Temperature.ONE, null, scratch);
        DoubleDouble log = SoftmaxRow.log1p(Sums.total(scratch));
        if (allInRange) {
            logProbabilities(z, logP, m, log.head(), log.tail(), n);
            return;
        }
        double half = Math.abs(m) < LARGE ? 1 : 0.5; // then differences are formed from halves
        logProbabilitiesOfAnySize(z, logP, half, half * m, half * log.head(), half * log.tail(), n);
    }

    private static void differences(double[] z, double[] logP, double log, double logTail, int n) {
        for (int i = 0; i < n; i++) {
            double sum = z[i] - log;
            logP[i] = Exact.sum(sum, Exact.sumError(z[i], -log, sum) - logTail);
        }
    }

    /** The logarithm of the total that the scratch holds. */
    private static DoubleDouble logOfSum(double[][] scratch) {
        DoubleDouble sum = SoftmaxRow.inTrueUnits(Sums.total(scratch));
        double tail = Log.logTail(sum.head()) + sum.tail() / sum.head();
        return DoubleDouble.ofSum(Log.logHead(sum.head()), tail);
    }

    static void logProbabilities(double[] z, double[] logP, double m, double log, double logTail, int n) {
        for (int i = 0; i < n; i++) {
            double x = z[i] - m;
            double xTail = Exact.sumError(z[i], -m, x);
            double sum = x - log;
            double tail = Exact.sum(Exact.sumError(x, -log, sum), xTail - logTail);
            logP[i] = Exact.sum(sum, tail);
        }
    }

    /** The same where logits may be infinite, or so far apart that their difference is. */
    private static void logProbabilitiesOfAnySize(
            double[] z, double[] logP, double half, double m, double log, double logTail, int n) {
        double whole = 1 / half;
        for (int i = 0; i < n; i++) {
            double finite = Math.max(half * z[i], -0x1p1022); // an excluded class would make a NaN of the errors
            double x = finite - m;
            double sum = x - log;
            double tail = Exact.sumError(x, -log, sum) + (Exact.sumError(finite, -m, x) - logTail);
            logP[i] = (Math.min(half * z[i] - m, sum) + tail) * whole;
        }
    }

    static double logSumExp(double[] z) {
        int n = z.length;
        if (n == 0) {
            return Double.NEGATIVE_INFINITY;
        }
        double[][] scratch = Scratch.ofThread();
        if (n > Exponentials.SHORT && Unshifted.compute(z, 0, n, Unshifted.NONE, null, scratch)) {
            double log = logOfSum(scratch).head();
            if (Math.abs(log) >= FAR_FROM_0) {
                return log;
            }
        }
        int k = Exponentials.argmax(z, 0, n, scratch);
        double m = z[k];
        if (!isFinite(m)) {
            return Checks.hasNaN(z, 0, n) ? Double.NaN : m;
        }
        Exponentials.compute(z, 0, n, k, Temperature.ONE, null, scratch);
        return SoftmaxRow.log1p(Sums.total(scratch)).plus(m).head();
    }

    /** p_i (v_i - sum of p_j v_j), from the scaled exponentials, so that a p below the double range still counts. */
    static void jacobianVectorProduct(double[] z, double[] v, double[] product) {
        int n = z.length;
        double[][] scratch = Scratch.ofThread();
        int k = Exponentials.argmax(z, 0, n, scratch);
        if (!isFinite(z[k]) || !areFinite(v)) {
            Arrays.fill(product, Double.NaN);
        } else if (Ordinary.areFactors(v)) {
            ordinaryJacobianVectorProduct(z, v, k, product, scratch);
        } else {
            new WideSoftmaxRow(1, TargetRule.PLAIN).jacobianVectorProduct(z, v, k, product);
        }
    }

    private static void ordinaryJacobianVectorProduct(
            double[] z, double[] v, int k, double[] product, double[][] scratch) {
        int n = z.length;
        double[] e = product == v ? new double[n] : product;
        Exponentials.compute(z, 0, n, k, Temperature.ONE, e, scratch);
        DoubleDouble factor = DoubleDouble.ONE.over(Sums.total(scratch).plus(Exp.ONE));
        double dot = 0;
        double dotTail = 0;
        for (int i = 0; i < n; i++) {
            double term = e[i] * v[i];
            double next = dot + term;
            dotTail += Exact.sumError(dot, term, next) + Exact.productError(e[i], v[i], term);
            dot = next;
        }
        DoubleDouble mean = DoubleDouble.ofSum(dot, dotTail).times(factor);
        weighDifferences(e, v, mean.head(), mean.tail(), factor.head(), factor.tail(), product, n);
    }

    private static void weighDifferences(
            double[] e,
            double[] v,
            double mean,
            double meanTail,
            double factor,
            double factorTail,
            double[] product,
            int n) {
        for (int i = 0; i < n; i++) {
            double difference = v[i] - mean;
            double tail = Exact.sumError(v[i], -mean, difference) - meanTail;
            double p = e[i] * factor;
            double pTail = Fma.fma(e[i], factor, -p) + e[i] * factorTail;
            product[i] = Fma.fma(p, difference, Fma.fma(p, tail, pTail * difference)) + 0.0;
        }
    }

    private static boolean areFinite(double[] v) {
        for (double x : v) {
            if (!isFinite(x)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFinite(double x) {
        return Math.abs(x) <= Double.MAX_VALUE;
    }
}
