package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Logits;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.generators.Targets;
import io.github.plainjava.losses.oracle.ExactSoftmax;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** What is true of softmax, log-softmax, log-sum-exp and the softmax loss, whatever the logits. */
@PropertyDefaults(tries = 300, edgeCases = EdgeCasesMode.NONE)
class SoftmaxLawsTest {

    private static final double ULP_OF_1 = 0x1p-52;

    /** Enough for any sum of doubles here to be as good as exact. */
    private static final MathContext DIGITS = new MathContext(60);

    private final Softmax softmax = new Softmax();

    /** Each p_i is within 2 ulp, at most 2^-51 p_i or 2^-1073, so their sum is within 2^-51 of 1, however many. */
    @Property
    void probabilitiesSumTo1Within2ToTheMinus51(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        BigDecimal error = sum(Softmax.softmax(row.logits())).subtract(BigDecimal.ONE).abs();
        assertThat(error).isLessThanOrEqualTo(new BigDecimal(2 * ULP_OF_1));
    }

    @Property
    void probabilitiesAreBetween0And1(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        for (double p : Softmax.softmax(row.logits())) {
            assertThat(p).isBetween(0.0, 1.0);
        }
    }

    @Property
    void equalLogitsOfAShortRowHaveExactlyEqualShares(
            @ForAll("shares") int n, @ForAll("logitsOfASize") double logit) {
        double[] logits = new double[n];
        Arrays.fill(logits, logit);
        double[] gradient = softmax.gradient(logits, 0);
        assertThat(gradient[0]).isEqualTo(-(n - 1.0) / n + 0.0);
        assertThat(Arrays.copyOfRange(gradient, 1, n)).containsOnly(1.0 / n);
        assertThat(Softmax.softmax(logits)).containsOnly(1.0 / n);
    }

    @Provide
    Arbitrary<Integer> shares() {
        return Arbitraries.integers().between(2, io.github.plainjava.losses.internal.tile.Rows.SHORT);
    }

    @Provide
    Arbitrary<Double> logitsOfASize() {
        return Arbitraries.oneOf(Doubles.between(-320, 320), Doubles.ofExponents(-1074, 1023));
    }

    /** Two results that are each within 2 ulp of the same number are within 4 ulp of each other. */
    @Property
    void aShiftThatIsExactKeepsProbabilitiesWithinTheBounds(
            @ForAll("shiftable") double[] logits, @ForAll("exactShifts") double shift) {
        double[] shifted = Arrays.stream(logits).map(logit -> logit + shift).toArray();
        assertNear(Softmax.softmax(shifted), Softmax.softmax(logits), 4);
        assertNear(Softmax.logSoftmax(shifted), Softmax.logSoftmax(logits), 4);
        assertNear(new double[] {softmax.value(shifted, 0)}, new double[] {softmax.value(logits, 0)}, 4);
        assertNear(softmax.gradient(shifted, 0), softmax.gradient(logits, 0), 6);
    }

    private static void assertNear(double[] actual, double[] expected, double ulps) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(Ulps.error(actual[i], new BigDecimal(expected[i]))).as("entry %s", i).isLessThanOrEqualTo(ulps);
        }
    }

    @Property(tries = 150)
    void aShiftMovesTheLogSumExpByItself(@ForAll("shiftable") double[] logits, @ForAll("exactShifts") double shift) {
        double[] shifted = Arrays.stream(logits).map(logit -> logit + shift).toArray();
        BigDecimal expected = ExactSoftmax.of(logits).logSumExp().add(new BigDecimal(shift));
        double ulps = Ulps.error(Softmax.logSumExp(shifted), expected, ExactSoftmax.of(shifted).logSumExpScale());
        assertThat(ulps).isLessThanOrEqualTo(2);
    }

    /** Two results that are each within 2 ulp of the same number are within 4 ulp of each other. */
    @Property
    void permutedLogitsGivePermutedProbabilities(
            @ForAll(supplier = Logits.OfEveryLength.class) Logits row, @ForAll Random random) {
        double[] logits = row.logits();
        int[] order = permutation(logits.length, random);
        double[] permuted = IntStream.of(order).mapToDouble(i -> logits[i]).toArray();
        double[] p = Softmax.softmax(logits);
        double[] ofPermuted = Softmax.softmax(permuted);
        double[] logP = Softmax.logSoftmax(logits);
        double[] logOfPermuted = Softmax.logSoftmax(permuted);
        for (int i = 0; i < order.length; i++) {
            int index = i;
            assertThat(Math.abs(ofPermuted[i] - p[order[i]])).isLessThanOrEqualTo(4 * Math.ulp(p[order[i]]));
            assertThat(logOfPermuted[i]).satisfiesAnyOf(
                    log -> assertThat(log).isEqualTo(logP[order[index]]),
                    log -> assertThat(Math.abs(log - logP[order[index]])).isLessThanOrEqualTo(4 * Math.ulp(log)));
        }
    }

    @Property
    void equalLogitsHaveEqualProbabilitiesToTheBit(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        assertInOrder(row.logits(), Softmax.softmax(row.logits()), true);
        assertInOrder(row.logits(), Softmax.logSoftmax(row.logits()), true);
    }

    @Property
    void aLargerLogitHasNoSmallerProbability(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        assertInOrder(row.logits(), Softmax.softmax(row.logits()), false);
        assertInOrder(row.logits(), Softmax.logSoftmax(row.logits()), false);
    }

    @Property
    void aLargerLogitHasNoSmallerProbabilityEvenWhenItIsTheNextDouble(@ForAll("neighbours") double[] logits) {
        assertInOrder(logits, Softmax.softmax(logits), false);
        assertInOrder(logits, Softmax.logSoftmax(logits), false);
    }

    @Property
    void logProbabilitiesAreNeverPositive(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        for (double logP : Softmax.logSoftmax(row.logits())) {
            assertThat(logP).isLessThanOrEqualTo(0);
        }
    }

    /** Where p is normal its 2 ulp are at most 2^-51 p, which moves its logarithm by 2^-51. */
    @Property
    void logSoftmaxIsTheLogarithmOfSoftmax(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double[] p = Softmax.softmax(row.logits());
        double[] logP = Softmax.logSoftmax(row.logits());
        for (int i = 0; i < p.length; i++) {
            if (p[i] >= Double.MIN_NORMAL) {
                double bound = 2.001 * ULP_OF_1 + 4 * Math.ulp(logP[i]);
                assertThat(Math.abs(logP[i] - StrictMath.log(p[i]))).isLessThanOrEqualTo(bound);
            }
        }
    }

    @Property
    void logSumExpIsAtLeastTheLargestLogit(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double largest = Arrays.stream(row.logits()).max().getAsDouble();
        assertThat(Softmax.logSumExp(row.logits())).isGreaterThanOrEqualTo(largest);
    }

    @Property
    void logSumExpIsAtMostTheLargestLogitPlusLogN(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double largest = Arrays.stream(row.logits()).max().getAsDouble();
        double logN = StrictMath.log(row.logits().length);
        double rounding = 2 * Math.ulp(Math.max(Math.abs(largest), logN)) + 2 * Math.ulp(logN);
        assertThat(Softmax.logSumExp(row.logits())).isLessThanOrEqualTo(largest + logN + rounding);
    }

    @Property
    void logSumExpOfEqualLogitsIsTheLogitPlusLogN(@ForAll("moderate") double logit, @ForAll("lengths") int n) {
        double[] logits = new double[n];
        Arrays.fill(logits, logit);
        double expected = logit + StrictMath.log(n);
        double rounding = 3 * Math.ulp(Math.max(Math.abs(logit), StrictMath.log(n)));
        assertThat(Math.abs(Softmax.logSumExp(logits) - expected)).isLessThanOrEqualTo(rounding);
    }

    /** Exactly, the entries Q p - q sum to 0; each is within 3 ulp of the larger of Q p and q. */
    @Property
    void gradientSumsTo0ForATarget(@ForAll("normalisedTargets") Targets row) {
        double[] gradient = softmax.gradient(row.logits().logits(), row.target());
        double mass = sum(row.target()).doubleValue();
        assertThat(sum(gradient).abs()).isLessThanOrEqualTo(new BigDecimal(3 * ULP_OF_1 * 2.001 * mass));
    }

    /** Without a soft target nothing cancels: the bound is relative to 1 - p, however close to 1 the probability is. */
    @Property
    void gradientSumsTo0ForALabelRelativeToItsSize(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double[] gradient = softmax.gradient(row.logits(), row.label());
        BigDecimal size = sum(Arrays.stream(gradient).map(Math::abs).toArray());
        BigDecimal subnormal = new BigDecimal(3 * Double.MIN_VALUE).multiply(BigDecimal.valueOf(gradient.length));
        BigDecimal bound = size.multiply(new BigDecimal(3.001 * ULP_OF_1)).add(subnormal);
        assertThat(sum(gradient).abs()).isLessThanOrEqualTo(bound);
    }

    @Property
    void gradientOfALabelIsNegativeThereAndPositiveElsewhere(@ForAll(supplier = Logits.Short.class) Logits row) {
        double[] gradient = softmax.gradient(row.logits(), row.label());
        for (int i = 0; i < gradient.length; i++) {
            if (i == row.label()) {
                assertThat(gradient[i]).isLessThanOrEqualTo(0);
            } else {
                assertThat(gradient[i]).isGreaterThanOrEqualTo(0);
            }
        }
    }

    @Property
    void lossOfALabelIsMinusItsLogProbability(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double logP = Softmax.logSoftmax(row.logits())[row.label()];
        double value = softmax.value(row.logits(), row.label());
        if (Double.isInfinite(logP)) {
            assertThat(value).isEqualTo(-logP);
        } else {
            assertThat(Math.abs(value + logP)).isLessThanOrEqualTo(4 * Math.ulp(logP));
        }
    }

    /** The midpoints of these logits are exact, so that only the three values are rounded, by 2 ulp each. */
    @Property
    void lossIsConvexInTheLogits(
            @ForAll("coarsePairs") double[][] ends, @ForAll("masses") double[] masses, @ForAll int seed) {
        double[] target = Arrays.copyOf(masses, ends[0].length);
        double[] middle = new double[ends[0].length];
        Arrays.setAll(middle, i -> (ends[0][i] + ends[1][i]) / 2);
        int label = Math.floorMod(seed, middle.length);
        assertBelowChord(softmax.value(ends[0], label), softmax.value(middle, label), softmax.value(ends[1], label));
        assertBelowChord(
                softmax.value(ends[0], target), softmax.value(middle, target), softmax.value(ends[1], target));
        assertBelowChord(
                Softmax.logSumExp(ends[0]), Softmax.logSumExp(middle), Softmax.logSumExp(ends[1]));
    }

    @Property
    void raisingTheLogitOfTheTrueClassLowersTheLoss(
            @ForAll(supplier = Logits.Short.class) Logits row, @ForAll("raises") double raise) {
        double[] raised = row.logits().clone();
        raised[row.label()] += raise;
        if (Double.isFinite(raised[row.label()])) {
            assertThat(softmax.value(raised, row.label()))
                    .isLessThanOrEqualTo(softmax.value(row.logits(), row.label()));
        }
    }

    /** Every probability is within 2^-51 of itself, which moves its logarithm by 2^-51, and the values have 2 ulp. */
    @Property
    void crossEntropyOfTheProbabilitiesIsTheSoftmaxLoss(@ForAll("moderateTargets") Targets row) {
        double[] logits = row.logits().logits();
        double ofLogits = softmax.value(logits, row.target());
        double ofProbabilities = new CrossEntropy().value(Softmax.softmax(logits), row.target());
        double mass = Arrays.stream(row.target()).sum();
        assertThat(Math.abs(ofProbabilities - ofLogits))
                .isLessThanOrEqualTo(2.001 * ULP_OF_1 * mass + 4.001 * Math.ulp(Math.max(ofLogits, ofProbabilities)));
    }

    /** p_i (v_i - sum of p_j v_j) with v = -q / p is Q p - q; each of its two terms carries a handful of roundings. */
    @Property
    void crossEntropyGradientChainedThroughTheJacobianIsTheSoftmaxLossGradient(
            @ForAll("moderateTargets") Targets row) {
        double[] logits = row.logits().logits();
        double[] p = Softmax.softmax(logits);
        double[] chained = Softmax.jacobianVectorProduct(logits, new CrossEntropy().gradient(p, row.target()));
        double[] gradient = softmax.gradient(logits, row.target());
        double mass = Arrays.stream(row.target()).sum();
        for (int i = 0; i < p.length; i++) {
            double bound = 16 * ULP_OF_1 * (row.target()[i] + mass * p[i]);
            assertThat(Math.abs(chained[i] - gradient[i])).as("entry %d", i).isLessThanOrEqualTo(bound);
        }
    }

    @Property
    void jacobianTimesAConstantVectorIsNothing(@ForAll("moderateTargets") Targets row, @ForAll("moderate") double c) {
        double[] logits = row.logits().logits();
        double[] constant = new double[logits.length];
        Arrays.fill(constant, c);
        double[] p = Softmax.softmax(logits);
        double[] product = Softmax.jacobianVectorProduct(logits, constant);
        for (int i = 0; i < p.length; i++) {
            assertThat(Math.abs(product[i])).isLessThanOrEqualTo(3 * Math.ulp(p[i] * c) * 1.001);
        }
    }

    /** u . (J v) = v . (J u): the Jacobian is symmetric. And v . (J v) is a variance, so never negative. */
    @Property
    void jacobianIsSymmetricAndPositiveSemidefinite(
            @ForAll("moderateTargets") Targets row, @ForAll Random random) {
        double[] logits = row.logits().logits();
        double[] u = random.doubles(logits.length, -1, 1).toArray();
        double[] v = random.doubles(logits.length, -1, 1).toArray();
        double[] ju = Softmax.jacobianVectorProduct(logits, u);
        double[] jv = Softmax.jacobianVectorProduct(logits, v);
        assertThat(dot(u, jv)).isCloseTo(dot(v, ju), within(16 * ULP_OF_1));
        assertThat(dot(v, jv)).isGreaterThanOrEqualTo(-16 * ULP_OF_1);
    }

    /** The derivative of the gradient along v: central differences with a step of 2^-17, whose error is below 1e-8. */
    @Property
    void jacobianVectorProductIsTheHessianVectorProductOfTheLoss(
            @ForAll("moderateTargets") Targets row, @ForAll Random random) {
        double[] logits = row.logits().logits();
        double[] v = random.doubles(logits.length, -1, 1).toArray();
        int label = row.logits().label();
        double[] ahead = softmax.gradient(moved(logits, v, 0x1p-17), label);
        double[] behind = softmax.gradient(moved(logits, v, -0x1p-17), label);
        double[] product = Softmax.jacobianVectorProduct(logits, v);
        for (int i = 0; i < v.length; i++) {
            assertThat((ahead[i] - behind[i]) * 0x1p16).isCloseTo(product[i], within(1e-8));
        }
    }

    @Property
    void arraysOfTheCallerReceiveTheSameBitsEvenTheInputItself(
            @ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double[] p = Softmax.softmax(row.logits());
        double[] logP = Softmax.logSoftmax(row.logits());
        double[] received = new double[p.length];
        Softmax.softmax(row.logits(), received);
        Bits.assertSame(received, p);
        Softmax.logSoftmax(row.logits(), received);
        Bits.assertSame(received, logP);
        double[] inPlace = row.logits().clone();
        Softmax.softmax(inPlace, inPlace);
        Bits.assertSame(inPlace, p);
        inPlace = row.logits().clone();
        Softmax.logSoftmax(inPlace, inPlace);
        Bits.assertSame(inPlace, logP);
    }

    @Property
    void jacobianVectorProductMayOverwriteEitherInput(@ForAll(supplier = Targets.Short.class) Targets row) {
        double[] logits = row.logits().logits();
        double[] vector = row.target();
        double[] expected = Softmax.jacobianVectorProduct(logits, vector);
        double[] overLogits = logits.clone();
        Softmax.jacobianVectorProduct(overLogits, vector, overLogits);
        Bits.assertSame(overLogits, expected);
        double[] overVector = vector.clone();
        Softmax.jacobianVectorProduct(logits, overVector, overVector);
        Bits.assertSame(overVector, expected);
    }

    @Property
    void staticFunctionsDoNotModifyTheirInputs(@ForAll(supplier = Targets.Short.class) Targets row) {
        double[] logits = row.logits().logits().clone();
        double[] vector = row.target().clone();
        Softmax.softmax(logits);
        Softmax.logSoftmax(logits);
        Softmax.logSumExp(logits);
        Softmax.jacobianVectorProduct(logits, vector);
        Bits.assertSame(logits, row.logits().logits());
        Bits.assertSame(vector, row.target());
    }

    @Property
    void withoutOptionsTheProbabilitiesOfALossAreTheSoftmax(@ForAll(supplier = Logits.Short.class) Logits row) {
        Bits.assertSame(softmax.probabilities(row.logits()), Softmax.softmax(row.logits()));
    }

    private static void assertInOrder(double[] logits, double[] results, boolean onlyTies) {
        Integer[] order = IntStream.range(0, logits.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, (i, j) -> Double.compare(logits[i] + 0.0, logits[j] + 0.0));
        for (int k = 1; k < order.length; k++) {
            int lower = order[k - 1];
            int upper = order[k];
            if (logits[lower] == logits[upper]) {
                Bits.assertSame(results[upper], results[lower]);
            } else if (!onlyTies) {
                assertThat(results[upper])
                        .as("of logit %s, which is above %s", logits[upper], logits[lower])
                        .isGreaterThanOrEqualTo(results[lower]);
            }
        }
    }

    private static void assertBelowChord(double left, double middle, double right) {
        BigDecimal chord = new BigDecimal(left).add(new BigDecimal(right)).divide(BigDecimal.valueOf(2));
        double rounding = 2 * Math.ulp(middle) + Math.ulp(left) + Math.ulp(right);
        assertThat(new BigDecimal(middle)).isLessThanOrEqualTo(chord.add(new BigDecimal(rounding)));
    }

    private static double[] moved(double[] row, double[] direction, double step) {
        return IntStream.range(0, row.length).mapToDouble(i -> row[i] + step * direction[i]).toArray();
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    private static BigDecimal sum(double[] row) {
        return Arrays.stream(row).mapToObj(BigDecimal::new).reduce(BigDecimal.ZERO, (a, b) -> a.add(b, DIGITS));
    }

    private static int[] permutation(int length, Random random) {
        List<Integer> order = Arrays.asList(IntStream.range(0, length).boxed().toArray(Integer[]::new));
        Collections.shuffle(order, random);
        return order.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Multiples of 1/1024 between -40 and 40. */
    private static Arbitrary<Double> coarse() {
        return Doubles.between(-40, 40).map(x -> Math.rint(x * 1024) / 1024);
    }

    @Provide
    Arbitrary<double[]> shiftable() {
        return Rows.lengths().filter(n -> n < 2000).flatMap(n -> Rows.of(coarse(), n));
    }

    /** Multiples of 1/1024 so that every sum with a coarse logit is exact. */
    @Provide
    Arbitrary<Double> exactShifts() {
        return Arbitraries.oneOf(coarse(), Doubles.ofExponents(6, 41).map(x -> Math.rint(x * 1024) / 1024));
    }

    /** A few doubles in a row, from places all over the range of the exponential. */
    @Provide
    Arbitrary<double[]> neighbours() {
        Arbitrary<Double> starts = Arbitraries.oneOf(Doubles.between(-745, 0), Doubles.between(-2, 0),
                Doubles.nasty().filter(x -> Math.abs(x) < 1e308));
        return Combinators.combine(starts, Rows.smallLengths()).as((start, n) -> {
            double[] row = new double[n + 1];
            double next = start;
            for (int i = 1; i <= n; i++) {
                row[i] = next;
                next = Math.nextUp(next);
            }
            return row;
        });
    }

    @Provide
    Arbitrary<Double> moderate() {
        return Doubles.between(-50, 50);
    }

    @Provide
    Arbitrary<Integer> lengths() {
        return Rows.lengths();
    }

    @Provide
    Arbitrary<double[][]> coarsePairs() {
        return Rows.smallLengths().flatMap(n -> Combinators.combine(Rows.of(coarse(), n), Rows.of(coarse(), n))
                .as((a, b) -> new double[][] {a, b}));
    }

    @Provide
    Arbitrary<double[]> masses() {
        return Rows.of(Doubles.between(0, 1), 12);
    }

    /** Raises from one ulp of 1 up to a large part of the range. */
    @Provide
    Arbitrary<Double> raises() {
        return Doubles.magnitudes(-52, 1000);
    }

    @Provide
    Arbitrary<Targets> normalisedTargets() {
        return Rows.lengths().flatMap(Targets::ofLength).filter(row -> row.kind() == Targets.Kind.SOFT
                || row.kind() == Targets.Kind.SPARSE || row.kind() == Targets.Kind.ONE_HOT
                || row.kind() == Targets.Kind.NEAR_PREDICTION);
    }

    /** Logits between -10 and 10, so that no probability is tiny, and targets whose mass is about 1. */
    @Provide
    Arbitrary<Targets> moderateTargets() {
        Arbitrary<Targets.Kind> kinds = Arbitraries.of(Targets.Kind.ONE_HOT, Targets.Kind.SOFT, Targets.Kind.SPARSE);
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Logits.ofRegime(Logits.Regime.MODERATE, n), kinds)
                .flatAs((logits, kind) -> Targets.ofKind(kind, logits)));
    }
}
