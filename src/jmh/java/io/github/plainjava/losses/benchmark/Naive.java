package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.LossFunction;
import java.util.Arrays;

/**
 * The loops a good Java developer writes: safe from overflow, one pass for each step, no work beyond what the formula
 * asks for, and no check of any argument. They are the baseline of every ratio.
 */
final class Naive {

    private Naive() {}

    static double softmaxLossByLabelValue(Sample s) {
        double sum = 0;
        for (int r = 0; r < s.rows(); r++) {
            int start = r * s.columns();
            sum += softmaxLossOfRow(s.prediction(), start, start + s.columns(), s.labels()[r]);
        }
        return sum / s.rows();
    }

    private static double softmaxLossOfRow(double[] z, int start, int end, int label) {
        double max = max(z, start, end);
        double sum = 0;
        for (int i = start; i < end; i++) {
            sum += Math.exp(z[i] - max);
        }
        return Math.log(sum) - (z[start + label] - max);
    }

    static double[] softmaxLossPerRow(Sample s) {
        double[] losses = new double[s.rows()];
        for (int r = 0; r < losses.length; r++) {
            int start = r * s.columns();
            losses[r] = softmaxLossOfRow(s.prediction(), start, start + s.columns(), s.labels()[r]);
        }
        return losses;
    }

    static double softmaxLossByLabelValueAndGradient(Sample s) {
        return softmaxLossByLabelValueAndGradient(s, s.rows());
    }

    /** Of the first rows. */
    static double softmaxLossByLabelValueAndGradient(Sample s, int rows) {
        double sum = 0;
        double scale = 1.0 / rows;
        for (int r = 0; r < rows; r++) {
            int start = r * s.columns();
            sum += softmaxLossOfRow(s.prediction(), start, start + s.columns(), s.labels()[r], scale, s.output());
        }
        return sum * scale;
    }

    private static double softmaxLossOfRow(double[] z, int start, int end, int label, double scale, double[] g) {
        double max = max(z, start, end);
        double sum = 0;
        for (int i = start; i < end; i++) {
            g[i] = Math.exp(z[i] - max);
            sum += g[i];
        }
        double factor = scale / sum;
        for (int i = start; i < end; i++) {
            g[i] *= factor;
        }
        g[start + label] -= scale;
        return Math.log(sum) - (z[start + label] - max);
    }

    static double softmaxLossWithLabelSmoothing(Sample s, double smoothing) {
        double sum = 0;
        double scale = 1.0 / s.rows();
        for (int r = 0; r < s.rows(); r++) {
            int start = r * s.columns();
            sum += smoothedLossOfRow(
                    s.prediction(), start, start + s.columns(), s.labels()[r], smoothing, scale, s.output());
        }
        return sum * scale;
    }

    private static double smoothedLossOfRow(
            double[] z, int start, int end, int label, double smoothing, double scale, double[] g) {
        double max = max(z, start, end);
        double share = smoothing / (end - start);
        double sum = 0;
        double distances = 0;
        for (int i = start; i < end; i++) {
            double distance = z[i] - max;
            g[i] = Math.exp(distance);
            sum += g[i];
            distances += distance;
        }
        double factor = scale / sum;
        for (int i = start; i < end; i++) {
            g[i] = g[i] * factor - share * scale;
        }
        g[start + label] -= (1 - smoothing) * scale;
        return Math.log(sum) - (1 - smoothing) * (z[start + label] - max) - share * distances;
    }

    static double softmaxLossByLabelWithTemperature(Sample s, double temperature) {
        double sum = 0;
        double scale = 1 / (s.rows() * temperature);
        for (int r = 0; r < s.rows(); r++) {
            int start = r * s.columns();
            sum += temperedLossOfRow(
                    s.prediction(), start, start + s.columns(), s.labels()[r], temperature, scale, s.output());
        }
        return sum / s.rows();
    }

    private static double temperedLossOfRow(
            double[] z, int start, int end, int label, double temperature, double scale, double[] g) {
        double max = max(z, start, end);
        double sum = 0;
        for (int i = start; i < end; i++) {
            g[i] = Math.exp((z[i] - max) / temperature);
            sum += g[i];
        }
        double factor = scale / sum;
        for (int i = start; i < end; i++) {
            g[i] *= factor;
        }
        g[start + label] -= scale;
        return Math.log(sum) - (z[start + label] - max) / temperature;
    }

    static double softmaxLossByTargetWithTemperature(Sample s, double temperature) {
        double sum = 0;
        double scale = 1 / (s.rows() * temperature);
        for (int r = 0; r < s.rows(); r++) {
            int start = r * s.columns();
            sum += temperedLossOfRow(
                    s.prediction(), start, start + s.columns(), s.target(), temperature, scale, s.output());
        }
        return sum / s.rows();
    }

    private static double temperedLossOfRow(
            double[] z, int start, int end, double[] q, double temperature, double scale, double[] g) {
        double max = max(z, start, end);
        double sum = 0;
        double expected = 0;
        for (int i = start; i < end; i++) {
            double distance = (z[i] - max) / temperature;
            g[i] = Math.exp(distance);
            sum += g[i];
            expected += q[i] * distance;
        }
        double factor = 1 / sum;
        for (int i = start; i < end; i++) {
            g[i] = (g[i] * factor - q[i]) * scale;
        }
        return Math.log(sum) - expected;
    }

    /** With label smoothing, each row's class weight counted in the mean. */
    static double softmaxLossWithClassWeights(Sample s, double smoothing, double[] weights) {
        double total = 0;
        for (int label : s.labels()) {
            total += weights[label];
        }
        double all = 0;
        for (double weight : weights) {
            all += weight;
        }
        double sum = 0;
        double scale = 1 / total;
        for (int r = 0; r < s.rows(); r++) {
            int start = r * s.columns();
            sum += weightedLossOfRow(
                    s.prediction(), start, s.columns(), s.labels()[r], smoothing, weights, all, scale, s.output());
        }
        return sum * scale;
    }

    private static double weightedLossOfRow(
            double[] z,
            int start,
            int columns,
            int label,
            double smoothing,
            double[] weights,
            double allWeights,
            double scale,
            double[] g) {
        double max = max(z, start, start + columns);
        double share = smoothing / columns;
        double ofLabel = (1 - smoothing) * weights[label];
        double sum = 0;
        double distances = 0;
        for (int i = 0; i < columns; i++) {
            double distance = z[start + i] - max;
            g[start + i] = Math.exp(distance);
            sum += g[start + i];
            distances += weights[i] * distance;
        }
        double mass = ofLabel + share * allWeights;
        double factor = mass * scale / sum;
        for (int i = 0; i < columns; i++) {
            g[start + i] = g[start + i] * factor - share * scale * weights[i];
        }
        g[start + label] -= ofLabel * scale;
        return mass * Math.log(sum) - ofLabel * (z[start + label] - max) - share * distances;
    }

    /** The mean counts each row with its weight. */
    static double softmaxLossWithSampleWeights(Sample s, double[] weights) {
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        double sum = 0;
        for (int r = 0; r < s.rows(); r++) {
            int start = r * s.columns();
            double scale = weights[r] / total;
            sum += scale
                    * softmaxLossOfRow(
                            s.prediction(), start, start + s.columns(), s.labels()[r], scale, s.output());
        }
        return sum;
    }

    static double softmaxLossByTargetValue(Sample s) {
        double sum = 0;
        for (int r = 0; r < s.rows(); r++) {
            int start = r * s.columns();
            sum += softmaxLossOfRow(s.prediction(), start, start + s.columns(), s.target());
        }
        return sum / s.rows();
    }

    private static double softmaxLossOfRow(double[] z, int start, int end, double[] q) {
        double logSumExp = logSumExpOfRow(z, start, end);
        double loss = 0;
        for (int i = start; i < end; i++) {
            loss += q[i] * (logSumExp - z[i]);
        }
        return loss;
    }

    static double softmaxLossByTargetValueAndGradient(Sample s) {
        double sum = 0;
        double scale = 1.0 / s.rows();
        for (int r = 0; r < s.rows(); r++) {
            int start = r * s.columns();
            sum += softmaxLossOfRow(s.prediction(), start, start + s.columns(), s.target(), scale, s.output());
        }
        return sum * scale;
    }

    private static double softmaxLossOfRow(double[] z, int start, int end, double[] q, double scale, double[] g) {
        double max = max(z, start, end);
        double sum = 0;
        for (int i = start; i < end; i++) {
            g[i] = Math.exp(z[i] - max);
            sum += g[i];
        }
        double logSumExp = max + Math.log(sum);
        double factor = 1 / sum;
        double loss = 0;
        for (int i = start; i < end; i++) {
            loss += q[i] * (logSumExp - z[i]);
            g[i] = (g[i] * factor - q[i]) * scale;
        }
        return loss;
    }

    static double crossEntropyByLabelValue(Sample s) {
        double sum = 0;
        for (int r = 0; r < s.rows(); r++) {
            sum -= Math.log(s.prediction()[r * s.columns() + s.labels()[r]]);
        }
        return sum / s.rows();
    }

    static double crossEntropyByLabelValueAndGradient(Sample s) {
        Arrays.fill(s.output(), 0);
        double sum = 0;
        double scale = 1.0 / s.rows();
        for (int r = 0; r < s.rows(); r++) {
            int i = r * s.columns() + s.labels()[r];
            double p = s.prediction()[i];
            sum -= Math.log(p);
            s.output()[i] = -scale / p;
        }
        return sum * scale;
    }

    /** Also the cross-entropy of one distribution. */
    static double crossEntropyByTargetValue(Sample s) {
        double[] p = s.prediction();
        double[] q = s.target();
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum -= q[i] * Math.log(p[i]);
        }
        return sum / s.rows();
    }

    static double crossEntropyByTargetValueAndGradient(Sample s) {
        double[] p = s.prediction();
        double[] q = s.target();
        double[] g = s.output();
        double sum = 0;
        double scale = 1.0 / s.rows();
        for (int i = 0; i < p.length; i++) {
            sum -= q[i] * Math.log(p[i]);
            g[i] = -q[i] / p[i] * scale;
        }
        return sum * scale;
    }

    static double entropy(Sample s) {
        double[] p = s.prediction();
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum -= p[i] * Math.log(p[i]);
        }
        return sum;
    }

    static double klDivergence(Sample s) {
        double[] p = s.prediction();
        double[] q = s.target();
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += q[i] * Math.log(q[i] / p[i]);
        }
        return sum;
    }

    static double softmax(Sample s) {
        for (int start = 0; start < s.prediction().length; start += s.columns()) {
            softmaxOfRow(s.prediction(), start, start + s.columns(), s.output());
        }
        return s.output()[0];
    }

    static void softmaxOfRow(double[] z, int start, int end, double[] p) {
        double max = max(z, start, end);
        double sum = 0;
        for (int i = start; i < end; i++) {
            p[i] = Math.exp(z[i] - max);
            sum += p[i];
        }
        for (int i = start; i < end; i++) {
            p[i] /= sum;
        }
    }

    static double logSoftmax(Sample s) {
        double[] z = s.prediction();
        for (int start = 0; start < z.length; start += s.columns()) {
            double logSumExp = logSumExpOfRow(z, start, start + s.columns());
            for (int i = start; i < start + s.columns(); i++) {
                s.output()[i] = z[i] - logSumExp;
            }
        }
        return s.output()[0];
    }

    static double logSumExp(Sample s) {
        return logSumExpOfRow(s.prediction(), 0, s.columns());
    }

    private static double logSumExpOfRow(double[] z, int start, int end) {
        double max = max(z, start, end);
        double sum = 0;
        for (int i = start; i < end; i++) {
            sum += Math.exp(z[i] - max);
        }
        return max + Math.log(sum);
    }

    /** Of the sample's target as the vector. */
    static double jacobianVectorProduct(Sample s) {
        double[] v = s.target();
        double[] product = s.output();
        softmaxOfRow(s.prediction(), 0, s.columns(), product);
        double mean = 0;
        for (int i = 0; i < v.length; i++) {
            mean += product[i] * v[i];
        }
        for (int i = 0; i < v.length; i++) {
            product[i] *= v[i] - mean;
        }
        return product[0];
    }

    static double meanSquaredErrorValue(Sample s) {
        double[] p = s.prediction();
        double[] t = s.target();
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            double difference = p[i] - t[i];
            sum += difference * difference;
        }
        return sum / p.length;
    }

    static double meanSquaredErrorValueAndGradient(Sample s) {
        double[] p = s.prediction();
        double[] t = s.target();
        double[] g = s.output();
        double scale = 2.0 / p.length;
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            double difference = p[i] - t[i];
            sum += difference * difference;
            g[i] = difference * scale;
        }
        return sum / p.length;
    }

    /** Of any loss that takes a row in arrays of its own. */
    static double meanOfRows(Sample s, LossFunction loss) {
        double[] prediction = new double[s.columns()];
        double[] target = new double[s.columns()];
        double[] gradient = new double[s.columns()];
        double sum = 0;
        double scale = 1.0 / s.rows();
        for (int start = 0; start < s.prediction().length; start += s.columns()) {
            System.arraycopy(s.prediction(), start, prediction, 0, s.columns());
            System.arraycopy(s.target(), start, target, 0, s.columns());
            sum += loss.valueAndGradient(prediction, target, gradient);
            for (int i = 0; i < gradient.length; i++) {
                s.output()[start + i] = gradient[i] * scale;
            }
        }
        return sum * scale;
    }

    static double mean(Sample s) {
        double sum = 0;
        for (double loss : s.prediction()) {
            sum += loss;
        }
        return sum / s.prediction().length;
    }

    static double[] oneHot(Sample s) {
        double[] rows = new double[s.rows() * s.columns()];
        for (int r = 0; r < s.rows(); r++) {
            rows[r * s.columns() + s.labels()[r]] = 1;
        }
        return rows;
    }

    static double argmax(Sample s) {
        double[] row = s.prediction();
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            if (row[i] > row[best]) {
                best = i;
            }
        }
        return best;
    }

    /** The softmax loss by label with every option of the library, each row's class weight counted in the mean. */
    static double softmaxLossWithOptions(Sample s, Options options) {
        double mass = 0;
        for (int r = 0; r < s.rows(); r++) {
            if (s.labels()[r] != options.ignored()) {
                mass += options.sampleWeights()[r] * options.classWeights()[s.labels()[r]];
            }
        }
        double sum = 0;
        for (int r = 0; r < s.rows(); r++) {
            int start = r * s.columns();
            if (s.labels()[r] == options.ignored()) {
                Arrays.fill(s.output(), start, start + s.columns(), 0);
            } else {
                double scale = options.sampleWeights()[r] / mass;
                int label = s.labels()[r];
                sum += scale * softmaxLossOfRow(s.prediction(), start, s.columns(), label, scale, options, s.output());
            }
        }
        return sum;
    }

    private static double softmaxLossOfRow(
            double[] z, int start, int columns, int label, double scale, Options options, double[] g) {
        double max = max(z, start, start + columns);
        double sum = 0;
        for (int i = start; i < start + columns; i++) {
            g[i] = Math.exp((z[i] - max) / options.temperature());
            sum += g[i];
        }
        double logSum = Math.log(sum);
        double share = options.smoothing() / columns;
        double loss = 0;
        double mass = 0;
        for (int i = 0; i < columns; i++) {
            double q = options.classWeights()[i] * (i == label ? 1 - options.smoothing() + share : share);
            loss += q * (logSum - (z[start + i] - max) / options.temperature());
            mass += q;
        }
        double slope = scale / options.temperature();
        for (int i = 0; i < columns; i++) {
            double q = options.classWeights()[i] * (i == label ? 1 - options.smoothing() + share : share);
            g[start + i] = (g[start + i] / sum * mass - q) * slope;
        }
        return loss;
    }

    private static double max(double[] z, int start, int end) {
        double max = z[start];
        for (int i = start + 1; i < end; i++) {
            if (z[i] > max) {
                max = z[i];
            }
        }
        return max;
    }
}
