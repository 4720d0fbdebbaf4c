package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.AnyOptions;
import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Probabilities;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.generators.Targets;
import io.github.plainjava.losses.oracle.ExactInformation;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** What is true of the cross-entropy of probabilities, whatever they are. */
@PropertyDefaults(tries = 500, edgeCases = EdgeCasesMode.NONE)
class CrossEntropyLawsTest {

    private final CrossEntropy crossEntropy = new CrossEntropy();

    @Property
    void lossOfALabelIsMinusTheLogarithmOfItsProbability(@ForAll("positive") double p) {
        double expected = -StrictMath.log(p);
        assertThat(Math.abs(crossEntropy.value(new double[] {1, p}, 1) - expected))
                .isLessThanOrEqualTo(3 * Math.ulp(expected));
    }

    @Property
    void aCertainAndRightPredictionCostsNothing(@ForAll("lengths") int n, @ForAll int seed) {
        int label = Math.floorMod(seed, n);
        Bits.assertSame(crossEntropy.value(OneHot.encode(label, n), label), 0.0);
        Bits.assertSame(crossEntropy.value(OneHot.encode(label, n), OneHot.encode(label, n)), 0.0);
    }

    @Property
    void aHigherProbabilityOfTheTrueClassIsALowerLoss(
            @ForAll("positive") double one, @ForAll("positive") double other) {
        double lower = Math.min(one, other);
        double higher = Math.max(one, other);
        double lossOfLower = crossEntropy.value(new double[] {lower, 0.5}, 0);
        double lossOfHigher = crossEntropy.value(new double[] {higher, 0.5}, 0);
        assertThat(lossOfHigher).isLessThanOrEqualTo(lossOfLower);
        if (higher > lower * (1 + 1e-12)) {
            assertThat(lossOfHigher).isLessThan(lossOfLower);
        }
    }

    @Property
    void theNextHigherProbabilityIsNoHigherLoss(@ForAll("positive") double p) {
        double next = Math.min(1, Math.nextUp(p));
        assertThat(crossEntropy.value(new double[] {next, 0.5}, 0))
                .isLessThanOrEqualTo(crossEntropy.value(new double[] {p, 0.5}, 0));
    }

    @Property
    void theLossIsNeverNegative(@ForAll(supplier = Probabilities.OfEveryLength.class) Probabilities row) {
        assertThat(crossEntropy.value(row.probabilities(), row.target())).isGreaterThanOrEqualTo(0);
        assertThat(crossEntropy.value(row.probabilities(), row.label())).isGreaterThanOrEqualTo(0);
    }

    /** With sums P and Q that are not quite 1: CE(p, q) - H(q) is at least Q log(Q / P), and that at least Q - P. */
    @Property
    void gibbsCrossEntropyIsAtLeastTheEntropyOfTheTarget(@ForAll("distributions") double[][] pair) {
        double[] p = pair[0];
        double[] q = pair[1];
        BigDecimal least = ExactInformation.entropy(q).add(sum(q)).subtract(sum(p));
        double value = crossEntropy.value(p, q);
        assertThat(new BigDecimal(value)).isGreaterThanOrEqualTo(least.subtract(new BigDecimal(2 * Math.ulp(value))));
    }

    @Property
    void gibbsCrossEntropyOfADistributionWithItselfIsItsEntropy(@ForAll("distributions") double[][] pair) {
        double[] p = pair[0];
        assertThat(Ulps.error(crossEntropy.value(p, p), ExactInformation.entropy(p))).isLessThanOrEqualTo(2);
    }

    /** The excess over the entropy is the divergence of the prediction from the target. */
    @Property
    void crossEntropyIsEntropyPlusDivergence(@ForAll("distributions") double[][] pair) {
        double[] p = pair[0];
        double[] q = pair[1];
        BigDecimal sum = ExactInformation.entropy(q).add(ExactInformation.klDivergence(p, q));
        assertThat(Ulps.error(crossEntropy.value(p, q), sum)).isLessThanOrEqualTo(2);
    }

    @Property
    void theLossIsLinearInTheTarget(@ForAll(supplier = Probabilities.Short.class) Probabilities row) {
        double[] doubled = Arrays.stream(row.target()).map(q -> 2 * q).toArray();
        double value = crossEntropy.value(row.probabilities(), row.target());
        boolean areMasses = Arrays.stream(doubled).allMatch(q -> q <= Doubles.LARGEST_MASS);
        if (areMasses && isFarFromTheEnds(value) && !isRoundedTo0(value, row)) {
            Bits.assertSame(crossEntropy.value(row.probabilities(), doubled), 2 * value);
        }
    }

    @Property
    void lossOfALabelDoesNotDependOnTheOtherProbabilities(
            @ForAll(supplier = Probabilities.Short.class) Probabilities row, @ForAll("positive") double other) {
        double[] changed = row.probabilities().clone();
        changed[(row.label() + 1) % changed.length] = other;
        Bits.assertSame(crossEntropy.value(changed, row.label()), crossEntropy.value(row.probabilities(), row.label()));
    }

    @Property
    void permutingTheClassesPermutesTheGradientToTheBit(
            @ForAll(supplier = Probabilities.Short.class) Probabilities row) {
        double[] gradient = crossEntropy.gradient(row.probabilities(), row.target());
        double[] reversed = crossEntropy.gradient(reversed(row.probabilities()), reversed(row.target()));
        Bits.assertSame(reversed, reversed(gradient));
    }

    @Property
    void gradientIsNeverPositive(@ForAll(supplier = Probabilities.OfEveryLength.class) Probabilities row) {
        for (double slope : crossEntropy.gradient(row.probabilities(), row.target())) {
            assertThat(slope).isLessThanOrEqualTo(0);
        }
    }

    @Property
    void aFloorBelowEveryProbabilityChangesNoBit(
            @ForAll(supplier = Probabilities.OfEveryLength.class) Probabilities row) {
        double least = Arrays.stream(row.probabilities()).min().getAsDouble();
        if (least >= AnyOptions.LEAST_FLOOR) {
            CrossEntropy withFloor = crossEntropy.withFloor(Math.min(1, least));
            Bits.assertSame(withFloor.value(row.probabilities(), row.target()),
                    crossEntropy.value(row.probabilities(), row.target()));
            Bits.assertSame(withFloor.gradient(row.probabilities(), row.target()),
                    crossEntropy.gradient(row.probabilities(), row.target()));
        }
    }

    @Property
    void withAFloorValueAndGradientStayFiniteAndTheGradientNeverVanishes(
            @ForAll("usualFloors") double floor, @ForAll("zeroOrPositive") double p) {
        CrossEntropy withFloor = crossEntropy.withFloor(floor);
        double[] gradient = new double[2];
        double value = withFloor.valueAndGradient(new double[] {p, 0.5}, 0, gradient);
        assertThat(value).isFinite().isLessThanOrEqualTo(1 - StrictMath.log(floor) + 1e-12);
        assertThat(gradient[0]).isFinite().isLessThanOrEqualTo(-1);
    }

    /** -log p is convex, so its tangent at the floor is below it. */
    @Property
    void withAFloorTheLossIsNoLargerThanWithout(@ForAll("usualFloors") double floor, @ForAll("positive") double p) {
        double[] row = {p, 0.5};
        assertThat(crossEntropy.withFloor(floor).value(row, 0))
                .isLessThanOrEqualTo(crossEntropy.value(row, 0) * (1 + 0x1p-51));
    }

    @Property
    void withAFloorTheLossIsContinuousAndFallsAcrossIt(@ForAll("usualFloors") double floor) {
        CrossEntropy withFloor = crossEntropy.withFloor(floor);
        double below = withFloor.value(new double[] {Math.nextDown(floor), 0.5}, 0);
        double at = withFloor.value(new double[] {floor, 0.5}, 0);
        assertThat(below).isGreaterThanOrEqualTo(at);
        assertThat(below - at).isLessThanOrEqualTo(4 * Math.ulp(1 + at));
    }

    /** Whether the value doubles, and so does what it would be rounded by: below 2^-900 that might be subnormal. */
    private static boolean isFarFromTheEnds(double value) {
        return value == 0 || value >= 0x1p-900 && 2 * value <= Double.MAX_VALUE;
    }

    /** Whether a class has both weight and information, but too little of them for a double. */
    private static boolean isRoundedTo0(double value, Probabilities row) {
        double[] p = row.probabilities();
        double[] q = row.target();
        return value == 0 && IntStream.range(0, p.length).anyMatch(i -> q[i] > 0 && p[i] < 1);
    }

    private static double[] reversed(double[] row) {
        double[] reversed = new double[row.length];
        Arrays.setAll(reversed, i -> row[row.length - 1 - i]);
        return reversed;
    }

    private static BigDecimal sum(double[] row) {
        return Arrays.stream(row).mapToObj(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    @Provide
    Arbitrary<Double> positive() {
        return Arbitraries.oneOf(Doubles.between(0.001, 1), Doubles.magnitudes(-1074, -1), Doubles.magnitudes(-3, -1),
                Doubles.nasty().map(Math::abs).filter(x -> x > 0 && x <= 1));
    }

    @Provide
    Arbitrary<Double> zeroOrPositive() {
        return Arbitraries.oneOf(Arbitraries.just(0.0), positive());
    }

    @Provide
    Arbitrary<Double> usualFloors() {
        return Arbitraries.oneOf(Arbitraries.of(1e-150, 1e-12, 1e-7, 0.01, 0.5, 1.0), Doubles.magnitudes(AnyOptions.LEAST_FLOOR, 1));
    }

    @Provide
    Arbitrary<Integer> lengths() {
        return Rows.smallLengths();
    }

    /** A distribution p without zeros, and one q that may have some. */
    @Provide
    Arbitrary<double[][]> distributions() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(distribution(Doubles.magnitudes(-20, -1), n), distribution(Doubles.between(0, 1), n),
                        Arbitraries.of(Targets.Kind.ONE_HOT, Targets.Kind.SOFT, Targets.Kind.SPARSE))
                .as((p, q, kind) -> new double[][] {p, sharpened(q, kind)}));
    }

    private static Arbitrary<double[]> distribution(Arbitrary<Double> masses, int n) {
        return Rows.of(masses, n).map(CrossEntropyLawsTest::normalised);
    }

    private static double[] normalised(double[] row) {
        double sum = Arrays.stream(row).sum();
        return sum == 0 ? OneHot.encode(0, row.length) : Arrays.stream(row).map(x -> x / sum).toArray();
    }

    private static double[] sharpened(double[] row, Targets.Kind kind) {
        double most = Arrays.stream(row).max().getAsDouble();
        return switch (kind) {
            case ONE_HOT -> OneHot.encode(OneHot.decode(row), row.length);
            case SPARSE -> normalised(Arrays.stream(row).map(x -> x < most / 2 ? 0 : x).toArray());
            default -> row;
        };
    }
}
