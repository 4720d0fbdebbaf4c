package io.github.plainjava.losses.generators;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.oracle.BinaryOptions;
import io.github.plainjava.losses.oracle.Options;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.function.Predicate;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsCollector;
import net.jqwik.api.statistics.StatisticsReport;

/** The generators reach what they are for: every regime, length and kind of number, often enough. */
@PropertyDefaults(tries = 1000, edgeCases = EdgeCasesMode.NONE)
class GeneratorsTest {

    /** Of so many tries, chance takes a part: percentages are those of many, and one run may have fewer. */
    private static final double ROOM_FOR_CHANCE = 0.6;


    private static final double DISTANCE = 1.5;

    @StatisticsReport(onFailureOnly = true)
    @Property
    void logitsAreOfEveryRegimeAndLength(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double[] logits = row.logits();
        assertThat(row.label()).isBetween(0, logits.length - 1);
        collect("regime", Logits.Regime.values(), row.regime(), 2);
        collect("length", Rows.Length.values(), Rows.Length.of(logits.length), 1);
        double largest = Arrays.stream(logits).max().getAsDouble();
        double least = Arrays.stream(logits).min().getAsDouble();
        long ofLargest = Arrays.stream(logits).filter(z -> z == largest).count();
        collect("the largest is tied", ofLargest > 1, 5);
        collect("a probability underflows", largest - least > 745.2, 10);
        collect("a probability is subnormal", anyMatch(logits, z -> largest - z > 708.4 && largest - z < 745.1), 3);
        collect("the largest is 37 above all others", logits.length > 1 && ofLargest == 1
                && Arrays.stream(logits).filter(z -> z < largest).allMatch(z -> largest - z > 37), 5);
        collect("a difference is beyond the range", Double.isInfinite(largest - least), 1);
        collect("a logit is subnormal", anyMatch(logits, z -> z != 0 && Math.abs(z) < Double.MIN_NORMAL), 4);
        collect("a logit is beyond 1e300", anyMatch(logits, z -> Math.abs(z) > 1e300), 3);
        collect("the length is next to a multiple of 32", logits.length > 30 && (logits.length + 1) % 32 < 3, 5);
    }

    @StatisticsReport(onFailureOnly = true)
    @Property
    void targetsAreOfEveryKind(@ForAll(supplier = Targets.OfEveryLength.class) Targets row) {
        assertThat(row.target()).hasSameSizeAs(row.logits().logits());
        assertThat(Arrays.stream(row.target())).allMatch(q -> q >= 0 && q <= Doubles.LARGEST_MASS);
        collect("kind", Targets.Kind.values(), row.kind(), 2);
        double sum = Arrays.stream(row.target()).sum();
        collect("the sum is 1 within a few ulps", Math.abs(sum - 1) < 1e-14, 15);
        collect("every mass is 0 or from 2^-60 to 2^10",
                Arrays.stream(row.target()).allMatch(q -> q == 0 || q > 0x1p-60 && q < 0x1p10), 40);
        collect("the sum is above 2^100", sum > 0x1p100, 5);
        collect("the sum is above 1e60", sum > 1e60, 2);
        collect("a mass is the largest", anyMatch(row.target(), q -> q == 1e60), 1);
        collect("a mass is the least double", anyMatch(row.target(), q -> q == Double.MIN_VALUE), 1);
        collect("a mass is from 2^-600 to 2^-200", anyMatch(row.target(), q -> q >= 0x1p-600 && q < 0x1p-200), 5);
        collect("a mass is below 2^-600", anyMatch(row.target(), q -> q > 0 && q < 0x1p-600), 5);
        collect("masses are 0 or at least 2^-600", Arrays.stream(row.target()).allMatch(q -> q == 0 || q >= 0x1p-600), 60);
        collect("a mass is subnormal", anyMatch(row.target(), GeneratorsTest::isSubnormal), 5);
        collect("a mass is subnormal and another above 2^190", anyMatch(row.target(), GeneratorsTest::isSubnormal)
                && anyMatch(row.target(), q -> q > 0x1p190), 2);
        collect("a mass is 0 and another is not", sum > 0 && anyMatch(row.target(), q -> q == 0), 30);
    }

    @StatisticsReport(onFailureOnly = true)
    @Property
    void probabilitiesAreOfEveryRegime(@ForAll(supplier = Probabilities.OfEveryLength.class) Probabilities row) {
        assertThat(Arrays.stream(row.probabilities())).allMatch(p -> p >= 0 && p <= 1 + 0x1p-16);
        assertThat(row.target()).hasSameSizeAs(row.probabilities());
        collect("regime", Probabilities.Regime.values(), row.regime(), 8);
        collect("a probability is 0", anyMatch(row.probabilities(), p -> p == 0), 10);
        collect("a probability is 1", anyMatch(row.probabilities(), p -> p == 1), 5);
        collect("a probability is above 1", anyMatch(row.probabilities(), p -> p > 1), 8);
        collect("a probability is subnormal",
                anyMatch(row.probabilities(), p -> p > 0 && p < Double.MIN_NORMAL), 8);
        collect("the loss is infinite", infinite(row), 1);
    }

    @StatisticsReport(onFailureOnly = true)
    @Property
    void measurementsAreOfEveryRegime(@ForAll(supplier = Measurements.OfEveryLength.class) Measurements row) {
        double[] differences = row.prediction().clone();
        Arrays.setAll(differences, i -> row.prediction()[i] - row.target()[i]);
        assertThat(Arrays.stream(row.prediction())).allMatch(Double::isFinite);
        assertThat(Arrays.stream(row.target())).allMatch(Double::isFinite);
        collect("regime", Measurements.Regime.values(), row.regime(), 10);
        collect("a difference is 0", anyMatch(differences, d -> d == 0), 10);
        collect("a square is beyond the range", anyMatch(differences, d -> Double.isInfinite(d * d)), 10);
        collect("all squares are subnormal or 0",
                Arrays.stream(differences).allMatch(d -> d * d < Double.MIN_NORMAL), 10);
    }

    @StatisticsReport(onFailureOnly = true)
    @Property
    void measurementsAreAroundADistance(@ForAll("aroundADistance") Measurements row) {
        double[] distances = row.prediction().clone();
        Arrays.setAll(distances, i -> Math.abs(row.prediction()[i] - row.target()[i]));
        assertThat(Arrays.stream(distances)).allMatch(Double::isFinite);
        collect("a distance is the distance", anyMatch(distances, d -> d == DISTANCE), 20);
        collect("a distance is a neighbour of it", anyMatch(distances,
                d -> d == Math.nextUp(DISTANCE) || d == Math.nextDown(DISTANCE)), 20);
        collect("one is within and another beyond", anyMatch(distances, d -> d < DISTANCE * 0.999)
                && anyMatch(distances, d -> d > DISTANCE * 1.001), 50);
        collect("a distance is beyond only before it is rounded", isBeyondUnrounded(row), 1);
    }

    private static boolean isBeyondUnrounded(Measurements row) {
        for (int i = 0; i < row.target().length; i++) {
            BigDecimal exact = new BigDecimal(row.prediction()[i]).subtract(new BigDecimal(row.target()[i])).abs();
            if (exact.doubleValue() == DISTANCE && exact.compareTo(new BigDecimal(DISTANCE)) > 0) {
                return true;
            }
        }
        return false;
    }

    @StatisticsReport(onFailureOnly = true)
    @Property
    void answersToLogitsAreOfEveryKind(@ForAll(supplier = Answers.OfLogits.class) Answers row) {
        double[] logits = row.prediction();
        assertThat(row.target()).hasSameSizeAs(logits);
        assertThat(Arrays.stream(row.target())).allMatch(y -> y >= 0 && y <= 1);
        assertThat(Arrays.stream(logits)).allMatch(Double::isFinite);
        collectTargets(row);
        collect("length", Rows.Length.values(), Rows.Length.of(logits.length), 1);
        collect("all logits are from -10 to 10", Arrays.stream(logits).allMatch(z -> Math.abs(z) <= 10), 30);
        collect("a probability is subnormal", anyMatch(logits, z -> Math.abs(z) > 708.4 && Math.abs(z) < 745.1), 15);
        collect("a probability underflows", anyMatch(logits, z -> Math.abs(z) > 745.2), 15);
        collect("a logit is next to 0", anyMatch(logits, z -> z != 0 && Math.abs(z) < 0x1p-50), 8);
        collect("a logit is subnormal", anyMatch(logits, z -> isSubnormal(Math.abs(z))), 8);
        collect("a logit is beyond 1e300", anyMatch(logits, z -> Math.abs(z) > 1e300), 2);
    }

    @StatisticsReport(onFailureOnly = true)
    @Property
    void answersToProbabilitiesAreOfEveryKind(@ForAll(supplier = Answers.OfProbabilities.class) Answers row) {
        double[] probabilities = row.prediction();
        assertThat(row.target()).hasSameSizeAs(probabilities);
        assertThat(Arrays.stream(row.target())).allMatch(y -> y >= 0 && y <= 1);
        assertThat(Arrays.stream(probabilities)).allMatch(p -> p >= 0 && p <= 1);
        collectTargets(row);
        collect("a probability is 0", anyMatch(probabilities, p -> p == 0), 5);
        collect("a probability is 1", anyMatch(probabilities, p -> p == 1), 5);
        collect("a probability is subnormal", anyMatch(probabilities, GeneratorsTest::isSubnormal), 5);
        collect("a probability is next to 1/2", anyMatch(probabilities, p -> Math.abs(p - 0.5) < 0x1p-20), 8);
        collect("a probability is next to 1", anyMatch(probabilities, p -> p > 1 - 0x1p-40 && p < 1), 8);
        collect("no probability is 0 or 1", Arrays.stream(probabilities).allMatch(p -> p > 0 && p < 1), 60);
    }

    private static void collectTargets(Answers row) {
        collect("kind", Answers.Kind.values(), row.kind(), 10);
        collect("all targets are 0 or 1", Arrays.stream(row.target()).allMatch(y -> y == 0 || y == 1), 15);
        collect("a target is subnormal", anyMatch(row.target(), GeneratorsTest::isSubnormal), 8);
        collect("a target is from 2^-600 to 2^-50", anyMatch(row.target(), y -> y >= 0x1p-600 && y < 0x1p-50), 8);
        collect("a target is the neighbour of 1", anyMatch(row.target(), y -> y == Math.nextDown(1.0)), 8);
    }

    @StatisticsReport(onFailureOnly = true)
    @Property
    void amountsAreOfEverySizeAndDistance(@ForAll(supplier = Amounts.OfEveryLength.class) Amounts row) {
        double[] f = row.logMean();
        double[] distances = f.clone();
        Arrays.setAll(distances, i -> row.amount()[i] == 0
                ? Double.NaN
                : Math.abs(f[i] - StrictMath.log(row.amount()[i])));
        assertThat(Arrays.stream(row.amount())).allMatch(y -> y >= 0 && Double.isFinite(y));
        assertThat(Arrays.stream(f)).allMatch(Double::isFinite);
        collect("size", Amounts.Size.values(), row.size(), 15);
        collect("distance", Amounts.Distance.values(), row.distance(), 10);
        collect("length", Rows.Length.values(), Rows.Length.of(f.length), 1);
        collect("an amount is 0", anyMatch(row.amount(), y -> y == 0), 40);
        collect("no amount is 0", Arrays.stream(row.amount()).allMatch(y -> y > 0), 10);
        collect("an amount is below 1e-200", anyMatch(row.amount(), y -> y > 0 && y < 1e-200), 15);
        collect("an amount is above 1e200", anyMatch(row.amount(), y -> y > 1e200), 15);
        collect("a prediction is within 1e-14", anyMatch(distances, e -> e < 1e-14), 10);
        collect("a prediction is from 1e-10 to 1e-6 away", anyMatch(distances, e -> e > 1e-10 && e < 1e-6), 8);
        collect("a prediction is from 1e-4 to 0.1 away", anyMatch(distances, e -> e > 1e-4 && e < 0.1), 10);
        collect("a mean is beyond the range", anyMatch(f, x -> x > 709.8), 10);
        collect("a mean underflows", anyMatch(f, x -> x < -745.2), 10);
    }

    @StatisticsReport(onFailureOnly = true)
    @Property
    void positiveAmountsAreOfEverySizeAndDistance(@ForAll(supplier = Amounts.Positive.class) Amounts row) {
        assertThat(Arrays.stream(row.amount())).allMatch(y -> y > 0 && Double.isFinite(y));
        collect("size", Amounts.Size.values(), row.size(), 15);
        collect("distance", Amounts.Distance.values(), row.distance(), 10);
    }

    @StatisticsReport(onFailureOnly = true)
    @Property
    void binaryOptionsAreOfEveryMagnitude(@ForAll("binaryOptions") BinaryOptions options) {
        double[] weights = options.positiveWeights() == null ? new double[0] : options.positiveWeights();
        assertThat(Arrays.stream(weights))
                .allMatch(w -> w == 0 || w >= AnyOptions.LEAST && w <= AnyOptions.LARGEST);
        collect("no positive weights", options.positiveWeights() == null, 30);
        collect("one positive weight", weights.length == 1, 20);
        collect("a positive weight a column", weights.length == 5, 20);
        collect("a positive weight is 0", anyMatch(weights, w -> w == 0), 5);
        collect("a positive weight is the largest", anyMatch(weights, w -> w == 1e18), 1);
        collect("smoothing", options.smoothing() > 0, 40);
        collect("a floor", options.floor() > 0, 40);
        collect("no options", options.positiveWeights() == null && options.smoothing() == 0 && options.floor() == 0, 3);
    }

    @StatisticsReport(onFailureOnly = true)
    @Property
    void parametersOfSingleLossesAreOfEveryMagnitude(@ForAll("focuses") double focus,
            @ForAll("thresholds") double threshold, @ForAll("levels") double level, @ForAll("powers") double power) {
        assertThat(focus == 0 || focus >= AnyOptions.LEAST && focus <= AnyOptions.LARGEST).isTrue();
        assertThat(threshold).isBetween(AnyOptions.LEAST, AnyOptions.LARGEST);
        assertThat(level > 0 && level < 1).isTrue();
        assertThat(power > 1 && power < 2).isTrue();
        collect("focus 0", focus == 0, 3);
        collect("focus 2", focus == 2, 3);
        collect("focus above 1e6", focus > 1e6, 3);
        collect("threshold 1", threshold == 1, 15);
        collect("threshold below 1e-6", threshold < 1e-6, 5);
        collect("threshold above 1e6", threshold > 1e6, 5);
        collect("level 1/2", level == 0.5, 3);
        collect("level below 1e-6", level < 1e-6, 5);
        collect("level above 1 - 1e-6", level > 1 - 1e-6, 5);
        collect("power next to 1", power < 1 + 1e-6, 5);
        collect("power next to 2", power > 2 - 1e-6, 5);
        collect("power 3/2", power == 1.5, 5);
    }

    @StatisticsReport(onFailureOnly = true)
    @Property
    void directionsAreOfEveryKind(@ForAll(supplier = Directions.OfEveryLength.class) Directions row) {
        assertThat(row.vector()).hasSameSizeAs(row.logits().logits());
        assertThat(Arrays.stream(row.vector())).allMatch(Double::isFinite);
        collect("kind", Directions.Kind.values(), row.kind(), 4);
        collect("all are at most 2 and none is below 2^-100", Arrays.stream(row.vector())
                .allMatch(v -> Math.abs(v) <= 2 && (v == 0 || Math.abs(v) >= 0x1p-100)), 40);
        collect("subnormal", anyMatch(row.vector(), v -> isSubnormal(Math.abs(v))), 5);
        collect("above 2^1000", anyMatch(row.vector(), v -> Math.abs(v) > 0x1p1000), 8);
        collect("a difference is beyond the range", anyMatch(row.vector(), v -> v > 0x1p1023)
                && anyMatch(row.vector(), v -> v < -0x1p1023), 2);
    }

    @StatisticsReport(onFailureOnly = true)
    @Property
    void optionsAreOfEveryMagnitude(@ForAll("options") Options options) {
        double smoothing = options.smoothing();
        double[] weights = options.classWeights() == null ? new double[] {1} : options.classWeights();
        assertThat(smoothing).isBetween(0.0, 1.0);
        assertThat(smoothing == 0 || smoothing >= AnyOptions.LEAST).isTrue();
        assertThat(Arrays.stream(weights))
                .allMatch(w -> w == 0 || w >= AnyOptions.LEAST && w <= AnyOptions.LARGEST);
        collect("smoothing is 0", smoothing == 0, 20);
        collect("smoothing is 1", smoothing == 1, 3);
        collect("smoothing is below 2^-40", smoothing > 0 && smoothing < 0x1p-40, 4);
        collect("smoothing is the least", smoothing == 1e-18, 1);
        collect("smoothing is from 1 - 2^-20 up, but not 1", smoothing >= 1 - 0x1p-20 && smoothing < 1, 3);
        collect("no class weights", options.classWeights() == null, 20);
        collect("class weights are 0 or from 2^-20 to 2^10",
                Arrays.stream(weights).allMatch(w -> w == 0 || w > 0x1p-20 && w < 0x1p10), 60);
        collect("a class weight is the least", anyMatch(weights, w -> w == 1e-18), 1);
        collect("a class weight is the largest", anyMatch(weights, w -> w == 1e18), 1);
        collect("a class weight is below 2^-40", anyMatch(weights, w -> w > 0 && w < 0x1p-40), 3);
        collect("a class weight is above 2^40", anyMatch(weights, w -> w > 0x1p40), 3);
        collectTemperature(options.temperature());
    }

    private static void collectTemperature(double temperature) {
        assertThat(temperature).isBetween(AnyOptions.LEAST, AnyOptions.LARGEST);
        collect("temperature is 1", temperature == 1, 15);
        collect("temperature is from 0.05 to 20", temperature >= 0.05 && temperature <= 20, 50);
        collect("temperature is below 2^-30", temperature < 0x1p-30, 2);
        collect("temperature is the least", temperature == 1e-18, 0.3);
        collect("temperature is above 2^30", temperature > 0x1p30, 2);
        collect("temperature is the largest", temperature == 1e18, 0.3);
    }

    @StatisticsReport(onFailureOnly = true)
    @Property
    void floorsAreOfEveryMagnitude(@ForAll("floors") double floor) {
        assertThat(floor == 0 || floor >= AnyOptions.LEAST_FLOOR && floor <= 1).isTrue();
        collect("no floor", floor == 0, 20);
        collect("the least floor", floor == 1e-150, 1);
        collect("a floor below 1e-100", floor > 0 && floor < 1e-100, 5);
        collect("a floor of 1", floor == 1, 1);
    }

    @StatisticsReport(onFailureOnly = true)
    @Property
    void temperaturesSuitTheirRows(@ForAll("suitableTemperatures") double temperature) {
        assertThat(temperature).isBetween(AnyOptions.LEAST, AnyOptions.LARGEST);
        collect("below 2^-30", temperature < 0x1p-30, 3);
        collect("from 2^-10 to 2^10", temperature > 0x1p-10 && temperature < 0x1p10, 30);
        collect("above 2^30", temperature > 0x1p30, 3);
    }

    @StatisticsReport(onFailureOnly = true)
    @Property
    void doublesAreOfEveryMagnitude(@ForAll("finite") double x) {
        collect("0", x == 0, 1);
        collect("subnormal", x != 0 && Math.abs(x) < Double.MIN_NORMAL, 0.1);
        collect("below 1e-100", Math.abs(x) < 1e-100, 10);
        collect("from 0.01 to 100", Math.abs(x) >= 0.01 && Math.abs(x) <= 100, 20);
        collect("above 1e100", Math.abs(x) > 1e100, 10);
        collect("negative", x < 0, 30);
    }

    @Property(tries = 200)
    void longRowsRepeatFewNumbers(@ForAll("longRows") double[] row) {
        assertThat(Arrays.stream(row).distinct().count()).isLessThanOrEqualTo(48);
    }

    @Provide
    Arbitrary<Measurements> aroundADistance() {
        return Measurements.aroundDistance(DISTANCE, 8);
    }

    @Provide
    Arbitrary<BinaryOptions> binaryOptions() {
        return AnyBinaryOptions.forBinaryCrossEntropy(5);
    }

    @Provide
    Arbitrary<Double> focuses() {
        return AnyBinaryOptions.focuses();
    }

    @Provide
    Arbitrary<Double> thresholds() {
        return AnyBinaryOptions.thresholds();
    }

    @Provide
    Arbitrary<Double> levels() {
        return AnyBinaryOptions.levels();
    }

    @Provide
    Arbitrary<Double> powers() {
        return AnyBinaryOptions.powers();
    }

    @Provide
    Arbitrary<Options> options() {
        return AnyOptions.forSoftmax(5);
    }

    @Provide
    Arbitrary<Double> floors() {
        return AnyOptions.floors();
    }

    @Provide
    Arbitrary<Double> suitableTemperatures() {
        return Logits.ofLength(5).flatMap(row -> AnyOptions.temperaturesThatSuit(row.logits()));
    }

    @Provide
    Arbitrary<Double> finite() {
        return Doubles.finite();
    }

    @Provide
    Arbitrary<double[]> longRows() {
        return Rows.of(Doubles.finite(), 1025);
    }

    private static boolean infinite(Probabilities row) {
        for (int i = 0; i < row.target().length; i++) {
            if (row.probabilities()[i] == 0 && row.target()[i] > 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSubnormal(double x) {
        return x > 0 && x < Double.MIN_NORMAL;
    }

    private static boolean anyMatch(double[] row, Predicate<Double> condition) {
        return Arrays.stream(row).boxed().anyMatch(condition);
    }

    private static void collect(String what, boolean met, double leastPercentage) {
        StatisticsCollector statistics = Statistics.label(what).collect(met);
        statistics.coverage(coverage ->
                coverage.check(true).percentage(percentage -> percentage >= ROOM_FOR_CHANCE * leastPercentage));
    }

    private static void collect(String what, Enum<?>[] all, Enum<?> met, double leastPercentage) {
        StatisticsCollector statistics = Statistics.label(what).collect(met);
        for (Enum<?> each : all) {
            statistics.coverage(coverage -> coverage.check(each)
                    .percentage(percentage -> percentage >= ROOM_FOR_CHANCE * leastPercentage));
        }
    }
}
