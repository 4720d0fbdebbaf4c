package io.github.plainjava.losses.demo;

import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Softmax regression on the digits, trained once with each loss from the same start on the same images. Each loss has
 * the learning rate that is best for it, chosen on the validation images; the test images measure the result only.
 *
 * @param rates the trainings with every learning rate of the grid, measured on the validation images
 * @param test  the trainings with the best learning rates, measured on the test images, one pair for each start
 */
record DigitsExperiment(PerLoss<List<Training>> rates, List<PerLoss<Training>> test) {
    /** The grid of learning rates, the same for both losses. */
    static final List<Double> RATES =
            Stream.iterate(1.0, rate -> rate <= 128, rate -> 2 * rate).toList();

    private static final PerLoss<List<Double>> GRID = new PerLoss<>(RATES, RATES);
    private static final int WRONG_STARTS = 5;

    static DigitsExperiment fromAnEvenStart(Digits digits) {
        return run(digits, List.of(SoftmaxRegression::even), GRID);
    }

    static DigitsExperiment fromConfidentlyWrongStarts(Digits digits) {
        return run(digits, LongStream.rangeClosed(1, WRONG_STARTS)
                .<Supplier<SoftmaxRegression>>mapToObj(seed -> () -> SoftmaxRegression.confidentlyWrong(seed))
                .toList(), GRID);
    }

    /** Chooses the learning rates from a grid with the first start, and tests them with every start. */
    static DigitsExperiment run(
            Digits digits, List<Supplier<SoftmaxRegression>> starts, PerLoss<List<Double>> grid) {
        PerLoss<List<Training>> rates = PerLoss.of(objective -> grid.get(objective).parallelStream()
                .map(rate -> validate(digits, starts.get(0), objective, rate))
                .toList());
        List<PerLoss<Training>> test = starts.parallelStream()
                .map(start -> test(digits, start, rates.map(trainings -> best(trainings).rate())))
                .toList();
        return new DigitsExperiment(rates, test);
    }

    private static Training validate(
            Digits digits, Supplier<SoftmaxRegression> start, Objective objective, double rate) {
        return Training.run(start.get(), objective, rate, digits.training(), digits.validation());
    }

    private static PerLoss<Training> test(Digits digits, Supplier<SoftmaxRegression> start, PerLoss<Double> rates) {
        return PerLoss.of(objective ->
                Training.run(start.get(), objective, rates.get(objective), digits.training(), digits.test()));
    }

    /** The training with the highest accuracy on the validation images, on average over the epochs. */
    static Training best(List<Training> trainings) {
        return trainings.stream().max(Comparator.comparingDouble(Training::meanAccuracy)).orElseThrow();
    }
}
