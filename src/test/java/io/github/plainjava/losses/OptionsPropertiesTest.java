package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.AnyOptions;
import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Logits;
import io.github.plainjava.losses.generators.Probabilities;
import io.github.plainjava.losses.generators.Targets;
import io.github.plainjava.losses.oracle.ExactCrossEntropy;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import io.github.plainjava.losses.oracle.ExactSoftmax;
import io.github.plainjava.losses.oracle.ExactSoftmaxLoss;
import io.github.plainjava.losses.oracle.Options;
import io.github.plainjava.losses.oracle.Ulps;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/** The options of the classification losses, in every combination, against the oracle; and what they leave as it is. */
class OptionsPropertiesTest {

    private static final double VALUE_ULPS = 2;
    private static final double GRADIENT_ULPS = 3;
    private static final long SOFTMAX_COMBINATIONS = 16;
    private static final long CROSS_ENTROPY_COMBINATIONS = 8;
    private static final String ALL_MAGNITUDES = ", all magnitudes";

    /** The largest errors met, by loss and combination of options: value, gradient and second derivatives,
     * in ulps, and how many rows. */
    private static final Map<String, double[]> WORST = new TreeMap<>();

    /** A row of logits, some of which may be masked, with a target and options. */
    record SoftmaxRow(Options options, double[] logits, int label, double[] target) {

        boolean isMasked() {
            return Arrays.stream(logits).anyMatch(logit -> logit == Double.NEGATIVE_INFINITY);
        }

        Softmax loss() {
            Softmax loss = new Softmax().withTemperature(options.temperature())
                    .withLabelSmoothing(options.smoothing());
            return options.classWeights() == null ? loss : loss.withClassWeights(options.classWeights());
        }

        String combination(String given) {
            return "Softmax by " + given + name(options.temperature() != 1, "temperature")
                    + name(options.smoothing() != 0, "smoothing")
                    + name(options.classWeights() != null, "class weights")
                    + name(isMasked(), "mask");
        }

        @Override
        public String toString() {
            return options + "; label " + label + " of " + Arrays.toString(logits)
                    + "; target " + Arrays.toString(target);
        }
    }

    /** A row of probabilities with a target and options. */
    record CrossEntropyRow(Options options, Probabilities row) {

        CrossEntropy loss() {
            CrossEntropy loss = new CrossEntropy().withLabelSmoothing(options.smoothing());
            loss = options.floor() == 0 ? loss : loss.withFloor(options.floor());
            return options.classWeights() == null ? loss : loss.withClassWeights(options.classWeights());
        }

        String combination(String given) {
            return "CrossEntropy by " + given + name(options.smoothing() != 0, "smoothing")
                    + name(options.classWeights() != null, "class weights") + name(options.floor() != 0, "floor");
        }
    }

    @Property(tries = 1200)
    void softmaxIsTheOraclesWithEveryCombinationOfOptionsByLabel(@ForAll("usualSoftmaxRows") SoftmaxRow row) {
        assertAccurateByLabel("", row);
    }

    @Property(tries = 1200)
    void softmaxIsTheOraclesWithEveryCombinationOfOptionsByTarget(@ForAll("usualSoftmaxRows") SoftmaxRow row) {
        assertAccurateByTarget("", row);
    }

    @Property(tries = 600)
    void softmaxIsTheOraclesWithOptionsOfAllMagnitudesByLabel(@ForAll("softmaxRows") SoftmaxRow row) {
        assertAccurateByLabel(ALL_MAGNITUDES, row);
    }

    @Property(tries = 600)
    void softmaxIsTheOraclesWithOptionsOfAllMagnitudesByTarget(@ForAll("softmaxRows") SoftmaxRow row) {
        assertAccurateByTarget(ALL_MAGNITUDES, row);
    }

    @Property(tries = 1200)
    void crossEntropyIsTheOraclesWithEveryCombinationOfOptionsByLabel(
            @ForAll("usualCrossEntropyRows") CrossEntropyRow row) {
        assertAccurateByLabel("", row);
    }

    @Property(tries = 1200)
    void crossEntropyIsTheOraclesWithEveryCombinationOfOptionsByTarget(
            @ForAll("usualCrossEntropyRows") CrossEntropyRow row) {
        assertAccurateByTarget("", row);
    }

    @Property(tries = 600)
    void crossEntropyIsTheOraclesWithOptionsOfAllMagnitudesByLabel(@ForAll("crossEntropyRows") CrossEntropyRow row) {
        assertAccurateByLabel(ALL_MAGNITUDES, row);
    }

    @Property(tries = 600)
    void crossEntropyIsTheOraclesWithOptionsOfAllMagnitudesByTarget(@ForAll("crossEntropyRows") CrossEntropyRow row) {
        assertAccurateByTarget(ALL_MAGNITUDES, row);
    }

    private static void assertAccurateByLabel(String magnitudes, SoftmaxRow row) {
        double[] gradient = new double[row.logits().length];
        double[] hessian = new double[row.logits().length];
        double value = row.loss().valueGradientAndHessian(row.logits(), row.label(), gradient, hessian);

        assertSameBits(row.loss().value(row.logits(), row.label()), value);
        assertAccurate(row.combination("label") + magnitudes,
                ExactSoftmaxLoss.of(row.logits(), row.label(), row.options()), value, gradient, hessian);
    }

    private static void assertAccurateByTarget(String magnitudes, SoftmaxRow row) {
        double[] gradient = new double[row.logits().length];
        double[] hessian = new double[row.logits().length];
        double value = row.loss().valueGradientAndHessian(row.logits(), row.target(), gradient, hessian);

        assertSameBits(row.loss().value(row.logits(), row.target()), value);
        assertAccurate(row.combination("target") + magnitudes,
                ExactSoftmaxLoss.of(row.logits(), row.target(), row.options()), value, gradient, hessian);
    }

    private static void assertAccurateByLabel(String magnitudes, CrossEntropyRow row) {
        double[] probabilities = row.row().probabilities();
        double[] gradient = new double[probabilities.length];
        double[] hessian = new double[probabilities.length];
        double value = row.loss().valueGradientAndHessian(probabilities, row.row().label(), gradient, hessian);

        assertSameBits(row.loss().value(probabilities, row.row().label()), value);
        assertAccurate(row.combination("label") + magnitudes,
                ExactCrossEntropy.of(probabilities, row.row().label(), row.options()), value, gradient, hessian);
    }

    private static void assertAccurateByTarget(String magnitudes, CrossEntropyRow row) {
        double[] probabilities = row.row().probabilities();
        double[] gradient = new double[probabilities.length];
        double[] hessian = new double[probabilities.length];
        double value = row.loss().valueGradientAndHessian(probabilities, row.row().target(), gradient, hessian);

        assertSameBits(row.loss().value(probabilities, row.row().target()), value);
        assertAccurate(row.combination("target") + magnitudes,
                ExactCrossEntropy.of(probabilities, row.row().target(), row.options()), value, gradient, hessian);
    }

    private static void assertAccurate(
            String combination, ExactSecondOrderLoss exact, double value, double[] gradient, double[] hessian) {
        double[] worst = WORST.computeIfAbsent(combination, key -> new double[4]);
        worst[3]++;
        if (exact.isInfinite()) {
            assertThat(value == Double.POSITIVE_INFINITY || exact.isInfiniteBySmallMassesOnly())
                    .as("value %s", value).isTrue();
        } else {
            double error = Ulps.error(value, exact.value(), exact.value(), exact.allowance());
            worst[0] = Math.max(worst[0], error);
            assertThat(error).as("value %s, exactly %s", value, exact.value().doubleValue())
                    .isLessThanOrEqualTo(VALUE_ULPS);
        }
        assertThat(isNegativeZero(value)).isFalse();
        for (int i = 0; i < gradient.length; i++) {
            assertThat(isNegativeZero(gradient[i])).isFalse();
            if (exact.isInfinite(i) && (gradient[i] == Double.NEGATIVE_INFINITY || exact.isInfiniteBySmallMassOnly(i))) {
                continue; // mass on a probability of 0, which the oracle cannot divide by
            }
            double error = Ulps.error(
                    gradient[i], exact.gradient(i), exact.gradientScale(i), exact.gradientAllowance(i));
            worst[1] = Math.max(worst[1], error);
            assertThat(error).as("gradient[%d] %s, exactly %s", i, gradient[i], exact.gradient(i).doubleValue())
                    .isLessThanOrEqualTo(GRADIENT_ULPS);
        }
        for (int i = 0; i < hessian.length; i++) {
            assertThat(isNegativeZero(hessian[i])).isFalse();
            assertThat(hessian[i]).isGreaterThanOrEqualTo(0);
            boolean isInfinite = hessian[i] == Double.POSITIVE_INFINITY;
            if (exact.isInfinite(i) && (isInfinite || exact.isInfiniteBySmallMassOnly(i))) {
                continue;
            }
            double error = Ulps.error(hessian[i], exact.secondDerivative(i), exact.secondDerivativeScale(i),
                    exact.secondDerivativeAllowance(i));
            worst[2] = Math.max(worst[2], error);
            assertThat(error).as("second derivative %d: %s, exactly %s", i, hessian[i], exact.secondDerivative(i))
                    .isLessThanOrEqualTo(GRADIENT_ULPS);
        }
    }

    /** Writes what was measured, and makes sure that a property that ran in full left out no combination. */
    @AfterContainer
    static void report() throws IOException {
        StringBuilder table = new StringBuilder("""
                | loss and options | rows | value, ulp | gradient entry, ulp | second derivative, ulp |
                |---|--:|--:|--:|--:|
                """);
        WORST.forEach((combination, worst) -> table.append(
                String.format(Locale.ROOT, "| %s | %.0f | %.3f | %.3f | %.3f |\n", combination, worst[3], worst[0],
                        worst[1], worst[2])));
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target", "accuracy-options.md"), table);
        if (MoreTries.areAsManyAsUsual()) {
            WORST.keySet().stream()
                    .collect(Collectors.groupingBy(OptionsPropertiesTest::property, Collectors.counting()))
                    .forEach((property, combinations) -> assertThat(combinations).as(property).isEqualTo(
                            property.startsWith("Softmax") ? SOFTMAX_COMBINATIONS : CROSS_ENTROPY_COMBINATIONS));
        }
    }

    /** What a combination has in common with all others that one property measures. */
    private static String property(String combination) {
        return combination.replaceFirst("^(\\w+ by \\w+).*?(" + ALL_MAGNITUDES + ")?$", "$1$2");
    }

    @Property(tries = 500)
    void probabilitiesAreTheOraclesAtEveryTemperature(@ForAll("softmaxRows") SoftmaxRow row) {
        double[] probabilities = row.loss().probabilities(row.logits());
        ExactSoftmax exact = ExactSoftmax.of(row.logits(), row.options().temperature());
        for (int i = 0; i < probabilities.length; i++) {
            assertThat(isNegativeZero(probabilities[i])).isFalse();
            assertThat(Ulps.error(probabilities[i], exact.probability(i)))
                    .as("probability %d: %s, exactly %s", i, probabilities[i], exact.probability(i).doubleValue())
                    .isLessThanOrEqualTo(VALUE_ULPS);
        }
    }

    /** It is the weight of a row in a batch, and as such a double of its own: never infinite, the largest instead. */
    @Property(tries = 500)
    void theWeightOfATargetIsTheSumOfClassWeightTimesMassWithinAnUlp(@ForAll("softmaxRows") SoftmaxRow row) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < row.target().length; i++) {
            double weight = row.options().classWeights() == null ? 1 : row.options().classWeights()[i];
            sum = sum.add(new BigDecimal(weight).multiply(new BigDecimal(row.target()[i])));
        }
        assertThat(Ulps.error(row.loss().weight(row.target()), sum.min(new BigDecimal(Double.MAX_VALUE))))
                .as("exactly %s", sum.doubleValue()).isLessThanOrEqualTo(1);
    }

    @Property(tries = 250)
    void aLabelIsItsOneHotArrayToTheBitWithEveryOption(@ForAll("softmaxRows") SoftmaxRow row) {
        double[] oneHot = OneHot.encode(row.label(), row.logits().length);

        assertSameBits(row.loss().value(row.logits(), row.label()), row.loss().value(row.logits(), oneHot));
        assertSameBits(row.loss().gradient(row.logits(), row.label()), row.loss().gradient(row.logits(), oneHot));
        assertSameBits(row.loss().weight(row.label()), row.loss().weight(oneHot));
    }

    @Property(tries = 250)
    void aLabelIsItsOneHotArrayToTheBitForCrossEntropyToo(@ForAll("crossEntropyRows") CrossEntropyRow row) {
        double[] probabilities = row.row().probabilities();
        int label = row.row().label();
        double[] oneHot = OneHot.encode(label, probabilities.length);

        assertSameBits(row.loss().value(probabilities, label), row.loss().value(probabilities, oneHot));
        assertSameBits(row.loss().gradient(probabilities, label), row.loss().gradient(probabilities, oneHot));
        assertSameBits(row.loss().weight(label), row.loss().weight(oneHot));
    }

    @Property(tries = 250)
    void smoothingZeroChangesNoBit(
            @ForAll("softmaxRows") SoftmaxRow row, @ForAll("crossEntropyRows") CrossEntropyRow other) {
        Softmax plain = new SoftmaxRow(row.options().withLabelSmoothing(0), row.logits(), 0, null).loss();
        assertSame(plain, row.loss().withLabelSmoothing(0.5).withLabelSmoothing(0), row);
        Options options = other.options().withLabelSmoothing(0);
        CrossEntropy loss = new CrossEntropyRow(options, other.row()).loss();
        assertSame(loss, loss.withLabelSmoothing(0), other.row());
    }

    @Property(tries = 250)
    void temperatureOneChangesNoBit(@ForAll("softmaxRows") SoftmaxRow row) {
        Softmax untouched = new Softmax().withLabelSmoothing(row.options().smoothing());
        assertSame(untouched, untouched.withTemperature(1), row);
        assertSameBits(untouched.withTemperature(1).probabilities(row.logits()), Softmax.softmax(row.logits()));
    }

    @Property(tries = 250)
    void classWeightsOfOneChangeNoBit(
            @ForAll("softmaxRows") SoftmaxRow row, @ForAll("crossEntropyRows") CrossEntropyRow other) {
        Options without = row.options().withClassWeights((double[]) null);
        Softmax unweighted = new SoftmaxRow(without, row.logits(), 0, null).loss();
        assertSame(unweighted, unweighted.withClassWeights(ones(row.logits().length)), row);
        CrossEntropy loss = new CrossEntropyRow(other.options().withClassWeights((double[]) null), other.row()).loss();
        assertSame(loss, loss.withClassWeights(ones(other.row().probabilities().length)), other.row());
    }

    @Property(tries = 250)
    void excludedClassesAreAsIfTheyWereAbsent(@ForAll("softmaxRows") SoftmaxRow row) {
        int[] present = IntStream.range(0, row.logits().length)
                .filter(i -> row.logits()[i] != Double.NEGATIVE_INFINITY).toArray();
        double[] weights = row.options().classWeights();
        Options options = row.options().withClassWeights(weights == null ? null : select(weights, present));
        double[] target = row.target().clone();
        IntStream.range(0, target.length).filter(i -> row.logits()[i] == Double.NEGATIVE_INFINITY)
                .forEach(i -> target[i] = 0);
        SoftmaxRow without = new SoftmaxRow(options, select(row.logits(), present), 0, select(target, present));

        assertClose(row.loss().value(row.logits(), target), without.loss().value(without.logits(), without.target()),
                2 * VALUE_ULPS);
        double[] gradient = row.loss().gradient(row.logits(), target);
        for (int i = 0; i < gradient.length; i++) {
            if (row.logits()[i] == Double.NEGATIVE_INFINITY) {
                assertSameBits(gradient[i], 0);
            }
        }
    }

    @Property(tries = 300)
    void permutingTheClassesKeepsTheValueWithinTheBounds(@ForAll("softmaxRows") SoftmaxRow row) {
        int n = row.logits().length;
        int[] reversed = IntStream.range(0, n).map(i -> n - 1 - i).toArray();
        double[] weights = row.options().classWeights();
        Options options = row.options().withClassWeights(weights == null ? null : select(weights, reversed));
        SoftmaxRow mirror = new SoftmaxRow(options, select(row.logits(), reversed), n - 1 - row.label(), null);

        assertClose(mirror.loss().value(mirror.logits(), mirror.label()),
                row.loss().value(row.logits(), row.label()), 2 * VALUE_ULPS);
    }

    private static void assertSame(ClassificationLoss expected, ClassificationLoss actual, SoftmaxRow row) {
        assertSameRow(expected, actual, row.logits(), row.label(), row.target());
    }

    private static void assertSame(ClassificationLoss expected, ClassificationLoss actual, Probabilities row) {
        assertSameRow(expected, actual, row.probabilities(), row.label(), row.target());
    }

    private static void assertSameRow(
            ClassificationLoss expected, ClassificationLoss actual, double[] row, int label, double[] target) {
        assertSameBits(actual.value(row, label), expected.value(row, label));
        assertSameBits(actual.value(row, target), expected.value(row, target));
        assertSameBits(actual.gradient(row, label), expected.gradient(row, label));
        assertSameBits(actual.gradient(row, target), expected.gradient(row, target));
        assertSameBits(actual.weight(label), expected.weight(label));
        assertSameBits(actual.weight(target), expected.weight(target));
    }

    @Provide
    Arbitrary<SoftmaxRow> softmaxRows() {
        return Arbitraries.integers().between(1, 10).flatMap(length -> Combinators.combine(
                        AnyOptions.forSoftmax(length), Targets.ofLength(length),
                        Arbitraries.of(0.0, 0.3, 0.6), Arbitraries.longs())
                .flatAs((options, row, share, seed) -> sometimesSuited(options, row.logits().logits()).map(
                        suited -> masked(suited, row, share, new SplittableRandom(seed)))));
    }

    /** One time in five with a temperature that suits the row, so that logits of any size give usual probabilities. */
    private static Arbitrary<Options> sometimesSuited(Options options, double[] logits) {
        return Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.just(options)),
                Tuple.of(1, AnyOptions.temperaturesThatSuit(logits).map(options::withTemperature)));
    }

    /** Numbers as they are used: weights, masses and temperatures within a few powers of 10; any logits. */
    @Provide
    Arbitrary<SoftmaxRow> usualSoftmaxRows() {
        return Arbitraries.integers().between(1, 10).flatMap(length -> Combinators.combine(
                        usualOptions(length), Logits.ofLength(length), usualTargets(length),
                        Arbitraries.of(0.0, 0.3, 0.6), Arbitraries.longs())
                .as((options, logits, target, share, seed) -> masked(options.withFloor(0),
                        new Targets(logits, Targets.Kind.UNNORMALISED, target), share, new SplittableRandom(seed))));
    }

    /** Numbers as they are used: weights, masses and floors within a few powers of 10; any probabilities. */
    @Provide
    Arbitrary<CrossEntropyRow> usualCrossEntropyRows() {
        return Arbitraries.integers().between(1, 10).flatMap(length -> Combinators.combine(
                        usualOptions(length), Probabilities.ofLength(length), usualTargets(length))
                .as((options, row, target) -> new CrossEntropyRow(options.withTemperature(1), new Probabilities(
                        row.regime(), row.probabilities(), Targets.Kind.UNNORMALISED, target, row.label()))));
    }

    private static Arbitrary<Options> usualOptions(int length) {
        Arbitrary<Double> temperatures = Arbitraries.oneOf(Arbitraries.just(1.0), Doubles.between(0.05, 20));
        Arbitrary<Double> smoothings =
                Arbitraries.oneOf(Arbitraries.of(0.0, 0.0, 0.1, 1.0), Doubles.between(0.001, 1));
        Arbitrary<Double> weights = Arbitraries.oneOf(Arbitraries.of(0.0, 1.0, 4.0), Doubles.between(0.01, 10));
        Arbitrary<double[]> classWeights = Arbitraries.oneOf(
                Arbitraries.just((double[]) null), weights.array(double[].class).ofSize(length));
        Arbitrary<Double> floors = Arbitraries.of(0.0, 0.0, 1e-12, 1e-7, 0.01, 1.0);
        return Combinators.combine(temperatures, smoothings, classWeights, floors).as(Options::new);
    }

    private static Arbitrary<double[]> usualTargets(int length) {
        Arbitrary<double[]> masses = Arbitraries.oneOf(Arbitraries.just(0.0), Doubles.between(0.001, 1))
                .array(double[].class).ofSize(length);
        Arbitrary<double[]> oneHot = Arbitraries.integers().between(0, length - 1)
                .map(label -> OneHot.encode(label, length));
        return Arbitraries.oneOf(masses, oneHot);
    }

    /** Masks a share of the classes, never all; most often neither the label nor a class with target mass. */
    private static SoftmaxRow masked(Options options, Targets row, double share, SplittableRandom random) {
        double[] logits = row.logits().logits().clone();
        int label = row.logits().label();
        boolean maskMass = random.nextInt(8) == 0;
        int kept = maskMass ? random.nextInt(logits.length) : label;
        double[] target = row.target().clone();
        for (int i = 0; i < logits.length; i++) {
            if (i != kept && random.nextDouble() < share) {
                logits[i] = Double.NEGATIVE_INFINITY;
                target[i] = maskMass ? target[i] : 0;
            }
        }
        return new SoftmaxRow(options, logits, label, target);
    }

    @Provide
    Arbitrary<CrossEntropyRow> crossEntropyRows() {
        return Arbitraries.integers().between(1, 10).flatMap(length -> Combinators.combine(
                AnyOptions.forCrossEntropy(length), Probabilities.ofLength(length)).as(CrossEntropyRow::new));
    }

    private static String name(boolean present, String option) {
        return present ? " + " + option : "";
    }

    private static double[] ones(int length) {
        double[] ones = new double[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static double[] select(double[] from, int[] indices) {
        return Arrays.stream(indices).mapToDouble(i -> from[i]).toArray();
    }

    private static boolean isNegativeZero(double x) {
        return Double.doubleToRawLongBits(x) == Long.MIN_VALUE;
    }

    private static void assertClose(double actual, double expected, double ulps) {
        assertThat(actual).isNotNaN();
        assertThat(expected).isNotNaN();
        if (Double.isFinite(expected) && Double.isFinite(actual)) {
            assertThat(Math.abs(actual - expected)).isLessThanOrEqualTo(ulps * Math.ulp(expected));
        } else {
            double limit = Double.MAX_VALUE - 2 * ulps * Math.ulp(Double.MAX_VALUE);
            assertThat(Math.min(limit, actual)).isEqualTo(Math.min(limit, expected));
        }
    }

    private static void assertSameBits(double actual, double expected) {
        assertThat(Double.doubleToLongBits(actual)).as("%s, expected %s", actual, expected)
                .isEqualTo(Double.doubleToLongBits(expected));
    }

    private static void assertSameBits(double[] actual, double[] expected) {
        assertThat(Arrays.equals(actual, expected))
                .as("%s, expected %s", Arrays.toString(actual), Arrays.toString(expected)).isTrue();
    }
}
