package io.github.plainjava.losses.demo;

import io.github.plainjava.losses.Huber;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.MeanAbsoluteError;
import io.github.plainjava.losses.MeanSquaredError;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a few grossly wrong targets do to a model: it is trained once on the patients' own targets, and once with every
 * 21st of them ten times too large, as if the decimal point had been lost. Every error is that on patients the model
 * has not seen, against their own targets.
 *
 * @param patients how many there are
 * @param wrong    how many of their targets are made wrong
 * @param results  of squared error, then of the others
 */
record OutliersExperiment(int patients, int wrong, List<Result> results) {
    private static final int EVERY = 21;
    private static final int FACTOR = 10;
    private static final LossFunction SQUARED_ERROR = new MeanSquaredError();

    /**
     * One loss.
     *
     * @param loss      its name
     * @param clean     the root mean squared error, trained on the patients' own targets
     * @param wrong     the same, trained with the wrong ones among them
     * @param cleanBias by how much the predictions are too high on average, trained on the patients' own targets
     * @param wrongBias the same, trained with the wrong ones among them
     */
    record Result(String loss, double clean, double wrong, double cleanBias, double wrongBias) {
        /** How many times larger the error is for the wrong targets. */
        double growth() {
            return wrong / clean;
        }
    }

    /** Rates of descent are below 1 / second derivative, or of the targets' size where that is 0. */
    static OutliersExperiment run() {
        Patients clean = Patients.load();
        Patients wrong = clean.withTargets(spoilt(clean.targets()));
        return new OutliersExperiment(clean.count(), (clean.count() + EVERY - 1) / EVERY, List.of(
                measure("squared error", SQUARED_ERROR, 0.4, clean, wrong),
                measure("Huber, threshold 100", new Huber().withThreshold(100), 0.8, clean, wrong),
                measure("Huber, threshold 30", new Huber().withThreshold(30), 0.8, clean, wrong),
                measure("Huber, threshold 10", new Huber().withThreshold(10), 0.8, clean, wrong),
                measure("absolute error", new MeanAbsoluteError(), 100, clean, wrong)));
    }

    static double[] spoilt(double[] targets) {
        return IntStream.range(0, targets.length)
                .mapToDouble(i -> i % EVERY == 0 ? FACTOR * targets[i] : targets[i]).toArray();
    }

    private static Result measure(String name, LossFunction loss, double rate, Patients clean, Patients wrong) {
        double[] good = clean.heldOut(loss, rate);
        double[] bad = wrong.heldOut(loss, rate);
        return new Result(name, error(good, clean), error(bad, clean), bias(good, clean), bias(bad, clean));
    }

    private static double error(double[] predictions, Patients patients) {
        return Math.sqrt(SQUARED_ERROR.value(predictions, patients.targets()));
    }

    private static double bias(double[] predictions, Patients patients) {
        return IntStream.range(0, predictions.length)
                .mapToDouble(i -> predictions[i] - patients.targets()[i]).average().orElseThrow();
    }

    Result squaredError() {
        return results.get(0);
    }

    /** Those whose gradient is bounded. */
    List<Result> robust() {
        return results.subList(1, results.size());
    }
}
