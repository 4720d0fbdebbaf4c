package io.github.plainjava.losses.generators;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.oracle.Options;
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
        collect("a mass is the largest", anyMatch(row.target(), q -> q == 1e60), 2);
        collect("a mass is the least double", anyMatch(row.target(), q -> q == Double.MIN_VALUE), 2);
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
        collect("a class weight is the least", anyMatch(weights, w -> w == 1e-18), 2);
        collect("a class weight is the largest", anyMatch(weights, w -> w == 1e18), 2);
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
                coverage.check(true).percentage(percentage -> percentage >= leastPercentage));
    }

    private static void collect(String what, Enum<?>[] all, Enum<?> met, double leastPercentage) {
        StatisticsCollector statistics = Statistics.label(what).collect(met);
        for (Enum<?> each : all) {
            statistics.coverage(coverage -> coverage.check(each)
                    .percentage(percentage -> percentage >= leastPercentage));
        }
    }
}
