package io.github.plainjava.losses.benchmark;

import java.util.stream.IntStream;
import jsat.linear.DenseVector;
import jsat.linear.Vec;
import jsat.lossfunctions.SoftmaxLoss;
import jsat.math.MathTricks;

/**
 * JSAT's softmax loss and functions.
 *
 * <p>Its loss is -log of the softmax, so that it is infinite where the probability underflows; its gradient at the
 * label is p - 1. It has no batch and no reduction: the rows are views of the same arrays that the library gets, the
 * adapter adds the losses up, and the gradient stays that of the sum. Its log-sum-exp takes the maximum from the
 * caller, and its softmax works in place, so each call copies the logits first.
 */
final class Jsat {

    private Jsat() {}

    static Contender softmaxLossValue(Sample[] samples) {
        SoftmaxLoss loss = new SoftmaxLoss();
        Vec[][] rows = rows(samples);
        Vec probabilities = new DenseVector(samples[0].columns());
        return Contender.of(s -> {
            double sum = 0;
            for (int r = 0; r < s.rows(); r++) {
                loss.process(rows[s.index()][r], probabilities);
                sum += loss.getLoss(probabilities, s.labels()[r]);
            }
            return sum / s.rows();
        });
    }

    static Contender softmaxLossValueAndGradient(Sample[] samples) {
        SoftmaxLoss loss = new SoftmaxLoss();
        Vec[][] rows = rows(samples);
        Vec[] gradients = rows(samples[0].shape(), samples[0].output());
        return new Contender(
                s -> {
                    double sum = 0;
                    for (int r = 0; r < s.rows(); r++) {
                        Vec gradient = gradients[r];
                        loss.process(rows[s.index()][r], gradient);
                        sum += loss.getLoss(gradient, s.labels()[r]);
                        loss.deriv(gradient, gradient, s.labels()[r]);
                    }
                    return sum / s.rows();
                },
                s -> IntStream.range(0, s.output().length)
                        .mapToDouble(i -> s.output()[i] / s.rows())
                        .toArray());
    }

    static double softmax(Sample s) {
        System.arraycopy(s.prediction(), 0, s.output(), 0, s.columns());
        MathTricks.softmax(s.output(), false);
        return s.output()[0];
    }

    static double logSumExp(Sample s) {
        return MathTricks.logSumExp(s.prediction(), MathTricks.max(s.prediction()));
    }

    private static Vec[][] rows(Sample[] samples) {
        Vec[][] rows = new Vec[samples.length][];
        for (Sample sample : samples) {
            rows[sample.index()] = rows(sample.shape(), sample.prediction());
        }
        return rows;
    }

    private static Vec[] rows(Shape shape, double[] values) {
        return IntStream.range(0, shape.rows())
                .mapToObj(r -> new DenseVector(values, r * shape.columns(), (r + 1) * shape.columns()))
                .toArray(Vec[]::new);
    }
}
