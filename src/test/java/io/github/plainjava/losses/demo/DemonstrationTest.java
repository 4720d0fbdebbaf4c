package io.github.plainjava.losses.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.GradientCheck;
import io.github.plainjava.losses.Huber;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.OneHot;
import io.github.plainjava.losses.Pinball;
import io.github.plainjava.losses.demo.Digits.Images;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README says the demonstration shows, asserted on the figures the demonstration measures. */
class DemonstrationTest {
    /** The best learning rates, as published; that they are the best of the grid is shown below. */
    private static final PerLoss<Double> EVEN_RATES = new PerLoss<>(2.0, 32.0);
    private static final PerLoss<Double> WRONG_RATES = new PerLoss<>(4.0, 64.0);

    private static Digits digits;
    private static DigitsExperiment even;
    private static DigitsExperiment wrong;
    private static DiabetesExperiment diabetes;
    private static OutliersExperiment outliers;
    private static QuantilesExperiment quantiles;

    @BeforeAll
    static void measure() {
        digits = Digits.load();
        even = experiment(EVEN_RATES, Stream.of(SoftmaxRegression::even));
        wrong = experiment(WRONG_RATES, LongStream.rangeClosed(1, 5)
                .mapToObj(seed -> () -> SoftmaxRegression.confidentlyWrong(seed)));
        diabetes = DiabetesExperiment.run();
        outliers = OutliersExperiment.run();
        quantiles = QuantilesExperiment.run();
    }

    /** The demonstration's experiment, with only the neighbours of the best learning rates from its grid. */
    private static DigitsExperiment experiment(PerLoss<Double> best, Stream<Supplier<SoftmaxRegression>> starts) {
        return DigitsExperiment.run(digits, starts.toList(), best.map(rate -> List.of(rate / 2, rate, rate * 2)));
    }

    // 1. One prediction

    @Test
    void crossEntropyOfATrueClassGiven07Then01() {
        assertThat(loss(new CrossEntropy(), 0.7, 0.2, 0.1)).isCloseTo(0.3567, within(5e-5));
        assertThat(loss(new CrossEntropy(), 0.1, 0.2, 0.7)).isCloseTo(2.3026, within(5e-5));
        assertThat(loss(new CrossEntropy(), 0, 0, 1)).isInfinite();
    }

    @Test
    void squaredErrorOfATrueClassGiven07Then01() {
        assertThat(loss(new MeanSquaredError(), 0.7, 0.2, 0.1)).isCloseTo(0.0467, within(5e-5));
        assertThat(loss(new MeanSquaredError(), 0.1, 0.2, 0.7)).isCloseTo(0.4467, within(5e-5));
        assertThat(loss(new MeanSquaredError(), 0, 0, 1)).isCloseTo(0.6667, within(5e-5));
    }

    private static double loss(LossFunction loss, double... prediction) {
        return loss.value(prediction, OneHot.encode(0, prediction.length));
    }

    // 2. The gradients

    static List<TwoClasses> rows() {
        return TwoClasses.fromSurelyWrongToSurelyRight();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void crossEntropyPullsWithTheProbabilityOfTheMistake(TwoClasses row) {
        assertThat(-row.gradient(Objective.CROSS_ENTROPY)).isCloseTo(row.mistake(), withinPercentage(1e-11));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void squaredErrorPullsLessByTheFactorOfTwiceBothProbabilities(TwoClasses row) {
        double pull = row.mistake() * 2 * row.truth() * row.mistake();
        // Squared error sees the mistake only as 1 less the rounded probability.
        double rounding = 4 * Math.ulp(1.0) * row.truth() * row.mistake();
        assertThat(-row.gradient(Objective.SQUARED_ERROR)).isCloseTo(pull, within(1e-13 * pull + rounding));
    }

    @Test
    void theWorseTheMistakeTheHarderCrossEntropyPullsAndTheLessSquaredErrorDoes() {
        List<TwoClasses> mistakes = rows().stream().filter(row -> row.truth() < 0.3).toList();
        assertThat(mistakes).hasSize(6);
        assertThat(mistakes.stream().map(row -> -row.gradient(Objective.CROSS_ENTROPY)))
                .isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(mistakes.stream().map(row -> -row.gradient(Objective.SQUARED_ERROR))).isSorted();
    }

    @Test
    void squaredErrorPullsHardestAtOneThird() {
        assertThat(rows().stream().max(Comparator.comparingDouble(row -> -row.gradient(Objective.SQUARED_ERROR))))
                .hasValueSatisfying(row -> assertThat(row.truth()).isCloseTo(1.0 / 3, within(1e-15)));
    }

    @Test
    void squaredErrorOfSoftmaxHasTheGradientOfItsValue() {
        GradientCheck check = GradientCheck.of(new SquaredErrorOfSoftmax(), new double[] {1.5, -0.25, 0.75, -2}, 2);
        assertThat(check.passes()).as(check::toString).isTrue();
    }

    // 3. The digits

    @Test
    void theSplitIsStratified() {
        assertThat(Stream.of(digits.training(), digits.validation(), digits.test()).map(Images::count))
                .containsExactly(1085, 357, 355);
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            double test = count(digits.test(), digit);
            assertThat(count(digits.validation(), digit) - test).isBetween(0.0, 1.0);
            assertThat(count(digits.training(), digit) - 3 * test).isBetween(0.0, 3.0);
        }
    }

    private static long count(Images images, int digit) {
        return IntStream.of(images.labels()).filter(label -> label == digit).count();
    }

    @Test
    void thePublishedLearningRatesAreBetterThanTheirNeighboursAndInsideTheGrid() {
        assertThat(even.rates().map(rates -> DigitsExperiment.best(rates).rate())).isEqualTo(EVEN_RATES);
        assertThat(wrong.rates().map(rates -> DigitsExperiment.best(rates).rate())).isEqualTo(WRONG_RATES);
        assertThat(DigitsExperiment.RATES).contains(1.0, 2.0, 4.0, 8.0).contains(16.0, 32.0, 64.0, 128.0);
    }

    @Test
    void aLargerLearningRateDoesNotHelpSquaredErrorFromAConfidentlyWrongStart() {
        Training best = DigitsExperiment.best(wrong.rates().squaredError());
        assertThat(wrong.rates().squaredError()).last().satisfies(larger -> {
            assertThat(larger.rate()).isEqualTo(128);
            assertThat(larger.last().accuracy()).isLessThan(best.last().accuracy() - 0.25);
            assertThat(larger.meanAccuracy()).isLessThan(best.meanAccuracy() - 0.25);
        });
    }

    @ParameterizedTest
    @CsvSource({"CROSS_ENTROPY, 3, 23, 343", "SQUARED_ERROR, 17, 73, 344"})
    void publishedResultFromAnEvenStart(Objective objective, int to90, int to95, int recognised) {
        Training training = even.test().get(0).get(objective);
        assertThat(training.epochsTo(0.90)).hasValue(to90);
        assertThat(training.epochsTo(0.95)).hasValue(to95);
        assertThat(training.last().accuracy()).isEqualTo(recognised / 355.0);
    }

    @Test
    void publishedEpochsTo90PercentFromConfidentlyWrongStarts() {
        assertThat(wrong.test().stream().map(pair -> pair.crossEntropy().epochsTo(0.9).orElse(-1)))
                .containsExactly(22, 34, 27, 31, 25);
        assertThat(wrong.test().stream().map(pair -> pair.squaredError().epochsTo(0.9).orElse(-1)))
                .containsExactly(-1, 131, -1, 56, 102);
    }

    @Test
    void publishedEpochsTo95PercentFromConfidentlyWrongStarts() {
        assertThat(wrong.test().stream().map(pair -> pair.crossEntropy().epochsTo(0.95).orElse(-1)))
                .containsExactly(136, 49, 63, 73, 84);
        assertThat(wrong.test().stream().map(pair -> pair.squaredError().epochsTo(0.95).orElse(-1)))
                .containsExactly(-1, 185, -1, 106, 191);
    }

    @Test
    void crossEntropyStaysAbove90PercentFromEpoch7AndSquaredErrorFromEpoch17() {
        assertThat(even.test().get(0).crossEntropy().epochs().subList(7, Training.EPOCHS + 1))
                .allMatch(epoch -> epoch.accuracy() >= 0.9);
        assertThat(even.test().get(0).squaredError().epochs().subList(17, Training.EPOCHS + 1))
                .allMatch(epoch -> epoch.accuracy() >= 0.9);
    }

    @Test
    void publishedEndFromConfidentlyWrongStarts() {
        assertThat(wrong.test().stream().map(pair -> recognised(pair.crossEntropy())))
                .containsExactly(340L, 343L, 341L, 342L, 339L);
        assertThat(wrong.test().stream().map(pair -> recognised(pair.squaredError())))
                .containsExactly(311L, 339L, 309L, 342L, 339L);
    }

    private static long recognised(Training training) {
        return Math.round(training.last().accuracy() * digits.test().count());
    }

    @Test
    void squaredErrorLosesAWholeDigitFromTwoOfTheWrongStartsAndCrossEntropyNone() {
        assertThat(wrong.test().stream().map(pair -> pair.crossEntropy().last().digits()))
                .containsExactly(10L, 10L, 10L, 10L, 10L);
        assertThat(wrong.test().stream().map(pair -> pair.squaredError().last().digits()))
                .containsExactly(9L, 10L, 9L, 10L, 10L);
        assertThat(wrong.test().stream().map(PerLoss::squaredError).filter(training -> training.last().digits() == 9))
                .allSatisfy(training -> assertThat(training.epochs()).allMatch(epoch -> epoch.accuracy() < 0.88));
    }

    @Test
    void confidentlyWrongStartsAreWhatTheyAreCalled() {
        assertThat(wrong.test()).allSatisfy(pair -> {
            assertThat(pair.crossEntropy().epochs().get(0).accuracy()).isLessThan(0.2);
            assertThat(pair.crossEntropy().epochs().get(0).nats()).isGreaterThan(2 * Math.log(Digits.CLASSES));
        });
    }

    @Test
    void bothLossesBeginFromTheSameModel() {
        assertThat(Stream.concat(even.test().stream(), wrong.test().stream()))
                .allSatisfy(pair -> assertThat(pair.crossEntropy().epochs().get(0).nats())
                        .isEqualTo(pair.squaredError().epochs().get(0).nats()));
    }

    // 4. The diabetes patients

    @Test
    void gradientDescentFindsTheExactLeastSquaresSolution() {
        // The exact R^2 by NumPy's lstsq.
        assertThat(diabetes.exact()).isCloseTo(0.5177484222203501, within(1e-12));
        assertThat(diabetes.descended()).isCloseTo(diabetes.exact(), within(1e-12));
        assertThat(diabetes.patients()).isEqualTo(442);
    }

    // 5. Wrong targets

    @Test
    void theModelOfSquaredErrorIsTheExactLeastSquaresSolution() {
        Patients patients = Patients.load();
        Patients wrong = patients.withTargets(OutliersExperiment.spoilt(patients.targets()));
        assertThat(wrong.learn(new MeanSquaredError(), 0.4))
                .containsExactly(LeastSquares.solve(wrong.rows(), wrong.targets()), within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(doubles = {10, 30, 100})
    void theModelOfHubersLossHasNoSlopeLeft(double threshold) {
        Patients patients = Patients.load();
        Patients wrong = patients.withTargets(OutliersExperiment.spoilt(patients.targets()));
        Huber loss = new Huber().withThreshold(threshold);
        double[] slope = loss.gradient(wrong.predict(wrong.learn(loss, 0.8)), wrong.targets());
        for (int i = 0; i < wrong.rows()[0].length; i++) {
            double sum = 0;
            for (int row = 0; row < slope.length; row++) {
                sum += slope[row] * wrong.rows()[row][i];
            }
            assertThat(sum).isCloseTo(0, within(0.001 * threshold));
        }
    }

    /** Least absolute error, like every quantile, is reached where some patient for each coefficient is met exactly. */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 0.9})
    void theModelOfAQuantileHasThatShareOfItsOwnPatientsBelow(double level) {
        Patients patients = Patients.load();
        double[] quantile = patients.predict(patients.learn(new Pinball(level), QuantilesExperiment.RATE));
        double share = IntStream.range(0, quantile.length)
                .filter(i -> patients.targets()[i] < quantile[i]).count() / (double) quantile.length;
        assertThat(share).isCloseTo(level, within((double) patients.rows()[0].length / patients.count()));
    }

    @Test
    void oneTargetInTwentyIsTenTimesTooLargeAndEveryFoldHasSome() {
        double[] targets = Patients.load().targets();
        double[] spoilt = OutliersExperiment.spoilt(targets);
        int[] wrong = IntStream.range(0, targets.length).filter(i -> spoilt[i] != targets[i]).toArray();
        assertThat(wrong).hasSize(outliers.wrong()).hasSize(22);
        assertThat(outliers.patients()).isEqualTo(442);
        assertThat(IntStream.of(wrong)).allMatch(i -> spoilt[i] == 10 * targets[i]);
        assertThat(IntStream.of(wrong).map(i -> i % Patients.FOLDS).distinct().count()).isEqualTo(Patients.FOLDS);
    }

    @Test
    void publishedErrorsWithoutAndWithWrongTargets() {
        assertThat(outliers.results().stream().map(OutliersExperiment.Result::loss)).containsExactly("squared error",
                "Huber, threshold 100", "Huber, threshold 30", "Huber, threshold 10", "absolute error");
        assertThat(tenths(OutliersExperiment.Result::clean)).containsExactly(54.4, 54.5, 54.6, 54.7, 54.7);
        assertThat(tenths(OutliersExperiment.Result::wrong)).containsExactly(98.9, 54.9, 54.6, 54.9, 55.2);
        assertThat(tenths(OutliersExperiment.Result::cleanBias)).containsExactly(0.2, 0.4, -0.6, -0.7, -0.1);
        assertThat(tenths(OutliersExperiment.Result::wrongBias)).containsExactly(62.3, 6.1, 3.0, 3.3, 3.7);
    }

    private static Stream<Double> tenths(ToDoubleFunction<OutliersExperiment.Result> figure) {
        return outliers.results().stream().map(result -> Math.round(10 * figure.applyAsDouble(result)) / 10.0);
    }

    @Test
    void wrongTargetsSpoilSquaredErrorAndHardlyTheOthersWhateverTheThreshold() {
        assertThat(outliers.squaredError().growth()).isGreaterThan(1.8);
        assertThat(outliers.robust()).hasSize(4).allMatch(result -> result.growth() < 1.01);
    }

    @Test
    void onCleanTargetsNoLossIsMuchBetter() {
        assertThat(outliers.robust())
                .allMatch(result -> Math.abs(result.clean() / outliers.squaredError().clean() - 1) < 0.01);
    }

    // 6. Quantiles

    @Test
    void publishedCoverageOfTheQuantiles() {
        assertThat(quantiles.patients()).isEqualTo(442);
        assertThat(quantiles.belowLow()).isEqualTo(51);
        assertThat(quantiles.belowHigh()).isEqualTo(391);
        assertThat(quantiles.inside()).isEqualTo(340);
    }

    @Test
    void theCoverageOfUnseenPatientsIsWithinTwoStandardErrorsOfTheLevels() {
        assertThat(quantiles.asPromised()).isTrue();
        assertThat(quantiles.standardError(0.8)).isCloseTo(0.019, within(5e-4));
    }

    @Test
    void theQuantilesDoNotCrossAndTheRangeDiffersFromPatientToPatient() {
        assertThat(quantiles.narrowest()).isCloseTo(28.8, within(0.05));
        assertThat(quantiles.mean()).isCloseTo(141.0, within(0.05));
        assertThat(quantiles.widest()).isCloseTo(232.5, within(0.05));
    }

    // 7. The pictures

    @Test
    void everyPublishedPictureIsDrawnByTheDemonstration(@TempDir Path directory) throws IOException {
        Pictures.drawAll(directory, even, wrong);
        assertThat(names(directory)).isEqualTo(names(Path.of(".github", "images")));
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                assertReadable(file);
            }
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertReadable(Path file) throws IOException {
        if (file.toString().endsWith(".png")) {
            assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(1600);
        } else {
            assertThat(file).content()
                    .contains("width=\"800px\"", "rgb(0,114,178)", "rgb(213,94,0)").endsWith("</svg>\n");
        }
    }

    @Test
    void theGalleryHasSixFamiliesOfLosses() {
        assertThat(Gallery.families()).hasSize(6).allSatisfy(family ->
                assertThat(family.losses()).hasSizeBetween(2, 5)
                        .extracting(Gallery.Curve::name).doesNotHaveDuplicates());
    }

    /** The gradients that are drawn belong to the values that are drawn, wherever these have no corner. */
    @Test
    void everyGradientInTheGalleryIsTheSlopeOfItsValue() {
        for (Gallery.Family family : Gallery.families()) {
            for (Gallery.Curve loss : family.losses()) {
                for (double x = 0.03 - family.reach(); x < family.reach(); x += 0.1) {
                    double step = 1e-5;
                    double rise = loss.value().applyAsDouble(x + step) - loss.value().applyAsDouble(x - step);
                    assertThat(loss.slope().applyAsDouble(x)).as("%s at %s", loss.name(), x)
                            .isCloseTo(rise / (2 * step), within(1e-8));
                }
            }
        }
    }

    // The conclusion

    @Test
    void theConclusionAdvisesWhatTheFiguresShow() {
        assertThat(new Conclusion(digits.test().count(), even, wrong, diabetes, outliers, quantiles).sentences())
                .anyMatch(sentence -> sentence.contains("cross-entropy is faster"))
                .anyMatch(sentence -> sentence.contains("cannot tell from chance"))
                .anyMatch(sentence -> sentence.contains("Cross-entropy is first in 5 of them"))
                .anyMatch(sentence -> sentence.contains("use one of these where targets may be grossly wrong"))
                .anyMatch(sentence -> sentence.contains("what the levels promise, as far as"))
                .anyMatch(sentence -> sentence.startsWith("So: cross-entropy when the answer is a class"));
    }

    @Test
    void otherFiguresMakeAnotherConclusion() {
        assertThat(new Conclusion(digits.test().count(), swapped(even), swapped(wrong), diabetes, spared(outliers),
                narrowed(quantiles)).sentences())
                .anyMatch(sentence -> sentence.contains("no reason to prefer one of these"))
                .anyMatch(sentence -> sentence.contains("not what the levels promise"))
                .anyMatch(sentence -> sentence.contains("squared error is faster"))
                .anyMatch(sentence -> sentence.contains("Cross-entropy is first in 0 of them"))
                .anyMatch(sentence -> sentence.contains("no reason to prefer cross-entropy"));
    }

    private static DigitsExperiment swapped(DigitsExperiment experiment) {
        return new DigitsExperiment(experiment.rates(), experiment.test().stream()
                .map(pair -> new PerLoss<>(pair.squaredError(), pair.crossEntropy())).toList());
    }

    /** Wrong targets do no loss any harm. */
    private static OutliersExperiment spared(OutliersExperiment experiment) {
        return new OutliersExperiment(experiment.patients(), experiment.wrong(), experiment.results().stream()
                .map(result -> new OutliersExperiment.Result(result.loss(), result.clean(), result.clean(),
                        result.cleanBias(), result.cleanBias())).toList());
    }

    /** Twenty more patients are below the lower quantile. */
    private static QuantilesExperiment narrowed(QuantilesExperiment experiment) {
        return new QuantilesExperiment(experiment.patients(), experiment.belowLow() + 20, experiment.belowHigh(),
                experiment.narrowest(), experiment.mean(), experiment.widest());
    }

    // The data

    @ParameterizedTest
    @ValueSource(strings = {
        "digits/digits.csv.gz", "diabetes/diabetes_data_raw.csv.gz", "diabetes/diabetes_target.csv.gz"})
    void everyDataFileHasItsHashInTheReadmeBesideIt(String name) throws Exception {
        MessageDigest hash = MessageDigest.getInstance("SHA-256");
        try (InputStream file = new DigestInputStream(resource(name), hash);
                InputStream readme = resource(name.replaceAll("/.*", "/README.md"))) {
            file.readAllBytes();
            assertThat(new String(readme.readAllBytes(), StandardCharsets.UTF_8))
                    .contains(HexFormat.of().formatHex(hash.digest()));
        }
    }

    private static InputStream resource(String name) {
        return DemonstrationTest.class.getResourceAsStream(name);
    }
}
