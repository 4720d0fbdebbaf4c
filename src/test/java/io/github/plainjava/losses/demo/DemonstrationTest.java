package io.github.plainjava.losses.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.GradientCheck;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.OneHot;
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

    @BeforeAll
    static void measure() {
        digits = Digits.load();
        even = experiment(EVEN_RATES, Stream.of(SoftmaxRegression::even));
        wrong = experiment(WRONG_RATES, LongStream.rangeClosed(1, 5)
                .mapToObj(seed -> () -> SoftmaxRegression.confidentlyWrong(seed)));
        diabetes = DiabetesExperiment.run();
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

    // 5. The pictures

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

    // The conclusion

    @Test
    void theConclusionAdvisesWhatTheFiguresShow() {
        assertThat(new Conclusion(digits.test().count(), even, wrong, diabetes).sentences())
                .anyMatch(sentence -> sentence.contains("cross-entropy is faster"))
                .anyMatch(sentence -> sentence.contains("cannot tell from chance"))
                .anyMatch(sentence -> sentence.contains("Cross-entropy is first in 5 of them"))
                .anyMatch(sentence -> sentence.startsWith("So: cross-entropy when the answer is a class"));
    }

    @Test
    void otherFiguresMakeAnotherConclusion() {
        assertThat(new Conclusion(digits.test().count(), swapped(even), swapped(wrong), diabetes).sentences())
                .anyMatch(sentence -> sentence.contains("squared error is faster"))
                .anyMatch(sentence -> sentence.contains("Cross-entropy is first in 0 of them"))
                .anyMatch(sentence -> sentence.contains("no reason to prefer cross-entropy"));
    }

    private static DigitsExperiment swapped(DigitsExperiment experiment) {
        return new DigitsExperiment(experiment.rates(), experiment.test().stream()
                .map(pair -> new PerLoss<>(pair.squaredError(), pair.crossEntropy())).toList());
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
