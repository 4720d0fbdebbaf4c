package io.github.plainjava.losses;

/**
 * The mean of the squared differences.
 */
public final class MeanSquaredError extends RowLoss {

    private static final long serialVersionUID = 1;

    /** There is nothing to choose. */
    public MeanSquaredError() {}

    @Override
    void checkColumns(int columns) {}

    @Override
    void checkRow(double[] prediction, int from, int columns, int label, double[] target, int at, int row) {}

    @Override
    double mass(int label, double[] target, int at, int columns) {
        return 1;
    }

    @Override
    double row(
            double[] prediction,
            int from,
            int n,
            int label,
            double[] target,
            int at,
            double scale,
            double scaleTail,
            double[] gradient,
            int to,
            double[][] scratch) {
        int power = 0;
        double mean = mean(prediction, from, target, at, n, 1.0);
        if (!(mean >= 0x1p-900 && mean <= 0x1p900) && mean != 0) {
            power = mean < 1 ? 600 : -600;
        }
        if (mean == 0) {
            power = 600;
        }
        if (power != 0) {
            mean = mean(prediction, from, target, at, n, Math.scalb(1.0, power));
            mean = Math.scalb(mean, -2 * power);
            if (Double.isNaN(mean)) {
                mean = plain(prediction, from, target, at, n);
            }
        }
        if (gradient != null) {
            double c = 2.0 / n;
            double cTail = Math.fma(-c, n, 2.0) / n;
            double f = c * scale;
            double fTail = Exact.productError(c, scale, f) + (c * scaleTail + cTail * scale);
            boolean nan = Double.isNaN(mean);
            for (int i = 0; i < n; i++) {
                double p = prediction[from + i];
                double t = target[at + i];
                double d = p - t;
                double g;
                if (nan) {
                    g = Double.NaN;
                } else if (Math.abs(d) <= Double.MAX_VALUE) {
                    g = Math.fma(d, f, Math.fma(d, fTail, Exact.sumError(p, -t, d) * f));
                } else {
                    d = 0.25 * p - 0.25 * t;
                    g = Math.abs(d) <= Double.MAX_VALUE
                            ? 4 * Math.fma(d, f, Math.fma(d, fTail, Exact.sumError(0.25 * p, -0.25 * t, d) * f))
                            : d * f;
                }
                gradient[to + i] = g + 0.0;
            }
        }
        return mean;
    }

    private static double plain(double[] prediction, int from, double[] target, int at, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double d = prediction[from + i] - target[at + i];
            sum += d * d;
        }
        return sum;
    }

    private static double mean(double[] prediction, int from, double[] target, int at, int n, double factor) {
        double sum = 0;
        double sumTail = 0;
        for (int i = 0; i < n; i++) {
            double p = factor * prediction[from + i];
            double t = factor * target[at + i];
            double d = p - t;
            double square = d * d;
            double next = sum + square;
            sumTail += Exact.sumError(sum, square, next)
                    + (Exact.productError(d, d, square) + 2 * d * Exact.sumError(p, -t, d));
            sum = next;
        }
        double total = sum + sumTail;
        double mean = total / n;
        double remainder = Math.fma(-mean, n, total) + Exact.fastSumError(sum, sumTail, total);
        return mean + remainder / n;
    }
}
