package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.BinaryCrossEntropy;
import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.ElementwiseLoss;
import io.github.plainjava.losses.Focal;
import io.github.plainjava.losses.Gamma;
import io.github.plainjava.losses.Huber;
import io.github.plainjava.losses.LogCosh;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.MeanAbsoluteError;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.Pinball;
import io.github.plainjava.losses.Poisson;
import io.github.plainjava.losses.PseudoHuber;
import io.github.plainjava.losses.Sigmoid;
import io.github.plainjava.losses.Softmax;
import io.github.plainjava.losses.Tweedie;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What an application asks of a loss, as the library and as the naive loop compute it. */
enum Task {
    LABEL(
            "softmax loss by label",
            Samples::logits,
            Comparison.CANCELLATION,
            shape -> byLabel(new Softmax(), shape),
            shape -> Naive::softmaxLossByLabelValueAndGradient),
    SOFT_TARGET(
            "softmax loss by target",
            Samples::logitsWithTargets,
            Comparison.CANCELLATION,
            shape -> byTarget(new Softmax(), shape),
            shape -> Naive::softmaxLossByTargetValueAndGradient),
    SMOOTHING(
            "softmax loss with label smoothing",
            Samples::logits,
            Comparison.CANCELLATION,
            shape -> byLabel(new Softmax().withLabelSmoothing(Options.of(shape).smoothing()), shape),
            shape -> {
                double smoothing = Options.of(shape).smoothing();
                return s -> Naive.softmaxLossWithLabelSmoothing(s, smoothing);
            }),
    TEMPERATURE(
            "softmax loss with temperature, by label",
            Samples::logits,
            Comparison.CANCELLATION,
            shape -> byLabel(new Softmax().withTemperature(Options.of(shape).temperature()), shape),
            shape -> {
                double temperature = Options.of(shape).temperature();
                return s -> Naive.softmaxLossByLabelWithTemperature(s, temperature);
            }),
    TEMPERATURE_SOFT_TARGET(
            "softmax loss with temperature, by target",
            Samples::logitsWithTargets,
            Comparison.CANCELLATION,
            shape -> byTarget(new Softmax().withTemperature(Options.of(shape).temperature()), shape),
            shape -> {
                double temperature = Options.of(shape).temperature();
                return s -> Naive.softmaxLossByTargetWithTemperature(s, temperature);
            }),
    CLASS_WEIGHTS(
            "softmax loss with label smoothing and class weights",
            Samples::logits,
            Comparison.CANCELLATION,
            shape -> {
                Options options = Options.of(shape);
                return byLabel(
                        new Softmax()
                                .withLabelSmoothing(options.smoothing())
                                .withClassWeights(options.classWeights()),
                        shape);
            },
            shape -> {
                Options options = Options.of(shape);
                return s -> Naive.softmaxLossWithClassWeights(s, options.smoothing(), options.classWeights());
            }),
    SAMPLE_WEIGHTS(
            "softmax loss with sample weights",
            Samples::logits,
            Comparison.CANCELLATION,
            shape -> {
                Batch batch = Batch.of(new Softmax(), shape.columns())
                        .weightedBy(Options.of(shape).sampleWeights());
                return s -> batch.valueAndGradient(s.prediction(), s.labels(), s.output());
            },
            shape -> {
                double[] weights = Options.of(shape).sampleWeights();
                return s -> Naive.softmaxLossWithSampleWeights(s, weights);
            }),
    CROSS_ENTROPY(
            "cross-entropy by target, value",
            Samples::probabilitiesWithTargets,
            Comparison.NO_SLACK,
            shape -> {
                Batch batch = Batch.of(new CrossEntropy(), shape.columns());
                return s -> batch.value(s.prediction(), s.target());
            },
            shape -> Naive::crossEntropyByTargetValue),
    ROW_PROBABILITIES(
            "softmax of one row",
            Samples::logits,
            Comparison.NO_SLACK,
            shape -> s -> {
                Softmax.softmax(s.prediction(), s.output());
                return s.output()[0];
            },
            shape -> Naive::softmax),
    ROW_LABEL(
            "softmax loss of one row by label",
            Samples::logits,
            Comparison.CANCELLATION,
            shape -> {
                Softmax loss = new Softmax();
                return s -> loss.valueAndGradient(s.prediction(), s.label(), s.output());
            },
            shape -> Naive::softmaxLossByLabelValueAndGradient),
    SQUARES_VALUE(
            "mean squared error, value",
            Samples::logitsWithTargets,
            Comparison.NO_SLACK,
            shape -> {
                MeanSquaredError loss = new MeanSquaredError();
                return s -> loss.value(s.prediction(), s.target());
            },
            shape -> Naive::meanSquaredErrorValue),
    SQUARES(
            "mean squared error",
            Samples::logitsWithTargets,
            Comparison.NO_SLACK,
            shape -> byTarget(new MeanSquaredError(), shape),
            shape -> Naive::meanSquaredErrorValueAndGradient),
    ROWS_PROBABILITIES(
            "softmax of rows at once",
            Samples::logits,
            Comparison.NO_SLACK,
            shape -> s -> {
                Softmax.softmax(s.prediction(), shape.columns(), s.output());
                return s.output()[0];
            },
            shape -> Naive::softmax),
    ROWS_LOG_PROBABILITIES(
            "log-softmax of rows at once",
            Samples::logits,
            Comparison.CANCELLATION,
            shape -> s -> {
                Softmax.logSoftmax(s.prediction(), shape.columns(), s.output());
                return s.output()[0];
            },
            shape -> Naive::logSoftmax),
    PART(
            "softmax loss by label, half of the rows",
            Samples::logits,
            Comparison.CANCELLATION,
            shape -> {
                Batch half = Batch.of(new Softmax(), shape.columns()).rows(0, shape.rows() / 2);
                return s -> half.valueAndGradient(s.prediction(), s.labels(), s.output());
            },
            shape -> s -> Naive.softmaxLossByLabelValueAndGradient(s, shape.rows() / 2)),
    MEAN_ABSOLUTE_ERROR(
            "mean absolute error",
            Samples::logitsWithTargets,
            Comparison.CANCELLATION,
            shape -> byTarget(new MeanAbsoluteError(), shape),
            shape -> NaiveEntries::meanAbsoluteError),
    HUBER(
            "Huber's loss",
            Samples::logitsWithTargets,
            Comparison.CANCELLATION,
            shape -> byTarget(new Huber(), shape),
            shape -> NaiveEntries::huber),
    PSEUDO_HUBER(
            "pseudo-Huber loss",
            Samples::logitsWithTargets,
            Comparison.CANCELLATION,
            shape -> byTarget(new PseudoHuber(), shape),
            shape -> NaiveEntries::pseudoHuber),
    LOG_COSH(
            "log-cosh loss",
            Samples::logitsWithTargets,
            Comparison.CANCELLATION,
            shape -> byTarget(new LogCosh(), shape),
            shape -> NaiveEntries::logCosh),
    PINBALL(
            "pinball loss at 0.9",
            Samples::logitsWithTargets,
            Comparison.CANCELLATION,
            shape -> byTarget(new Pinball(0.9), shape),
            shape -> NaiveEntries::pinball),
    SIGMOID(
            "sigmoid loss",
            Samples::logitsWithTargets,
            Comparison.CANCELLATION,
            shape -> byTarget(new Sigmoid(), shape),
            shape -> NaiveEntries::sigmoid),
    BINARY_CROSS_ENTROPY(
            "binary cross-entropy",
            Samples::probabilitiesWithTargets,
            Comparison.CANCELLATION,
            shape -> byTarget(new BinaryCrossEntropy(), shape),
            shape -> NaiveEntries::binaryCrossEntropy),
    FOCAL(
            "focal loss",
            Samples::logitsWithTargets,
            Comparison.CANCELLATION,
            shape -> byTarget(new Focal(), shape),
            shape -> NaiveEntries::focal),
    POISSON(
            "Poisson deviance",
            Samples::logitsWithTargets,
            Comparison.CANCELLATION,
            shape -> byTarget(new Poisson(), shape),
            shape -> NaiveEntries::poisson),
    GAMMA(
            "gamma deviance",
            Samples::logitsWithTargets,
            Comparison.CANCELLATION,
            shape -> byTarget(new Gamma(), shape),
            shape -> NaiveEntries::gamma),
    TWEEDIE(
            "Tweedie deviance of 1.5",
            Samples::logitsWithTargets,
            Comparison.CANCELLATION,
            shape -> byTarget(new Tweedie(1.5), shape),
            shape -> NaiveEntries::tweedie),
    OWN_LOSS(
            "a loss of the user's own",
            Samples::logitsWithTargets,
            Comparison.NO_SLACK,
            shape -> byTarget(Task::huber, shape),
            shape -> s -> Naive.meanOfRows(s, Task::huber));

    private final String words;
    private final Function<String, Sample[]> samples;
    private final double slack;
    private final Function<Shape, ToDoubleFunction<Sample>> library;
    private final Function<Shape, ToDoubleFunction<Sample>> naive;

    Task(
            String words,
            Function<String, Sample[]> samples,
            double slack,
            Function<Shape, ToDoubleFunction<Sample>> library,
            Function<Shape, ToDoubleFunction<Sample>> naive) {
        this.words = words;
        this.samples = samples;
        this.slack = slack;
        this.library = library;
        this.naive = naive;
    }

    Sample[] samples(Shape shape) {
        return samples.apply(shape.toString());
    }

    /** The library or the naive loop, under its name in {@link Comparison}. */
    ToDoubleFunction<Sample> contender(String name, Shape shape) {
        return switch (name) {
            case Comparison.LIBRARY -> library.apply(shape);
            case Comparison.NAIVE -> naive.apply(shape);
            default -> throw Comparison.unknown(name);
        };
    }

    /** Refuses a naive loop that computes something else than the library does. */
    void requireAgreement(Shape shape, Sample[] data) {
        Agreement.require(data, Contender.of(library.apply(shape)), Contender.of(naive.apply(shape)), slack);
    }

    private static ToDoubleFunction<Sample> byLabel(Softmax loss, Shape shape) {
        Batch batch = Batch.of(loss, shape.columns());
        return s -> batch.valueAndGradient(s.prediction(), s.labels(), s.output());
    }

    private static ToDoubleFunction<Sample> byTarget(LossFunction loss, Shape shape) {
        if (shape.rows() == 1 && loss instanceof ElementwiseLoss) {
            return s -> loss.valueAndGradient(s.prediction(), s.target(), s.output());
        }
        Batch batch = Batch.of(loss, shape.columns());
        return s -> batch.valueAndGradient(s.prediction(), s.target(), s.output());
    }

    /** Huber's loss with threshold 1, as a user may write it down. */
    private static double huber(double[] prediction, double[] target, double[] gradient) {
        double sum = 0;
        for (int i = 0; i < prediction.length; i++) {
            double difference = prediction[i] - target[i];
            double slope = Math.max(-1, Math.min(1, difference));
            sum += slope * (difference - slope / 2);
            gradient[i] = slope / prediction.length;
        }
        return sum / prediction.length;
    }

    @Override
    public String toString() {
        return words;
    }
}
