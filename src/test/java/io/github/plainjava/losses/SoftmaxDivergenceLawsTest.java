package io.github.plainjava.losses;

import static java.lang.Double.NEGATIVE_INFINITY;
import static java.lang.Double.NaN;
import static java.lang.Double.POSITIVE_INFINITY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.generators.AnyOptions;
import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.LogitPairs;
import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.ExactSoftmaxDivergence;
import io.github.plainjava.losses.oracle.Ulps;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What is true of the divergence of two rows of logits, in either direction; its special values and errors. */
@PropertyDefaults(tries = 200, edgeCases = EdgeCasesMode.NONE)
class SoftmaxDivergenceLawsTest {

    private static final double LOG_2 = StrictMath.log(2);

    private final SoftmaxDivergence forward = new SoftmaxDivergence();
    private final SoftmaxDivergence reversed = forward.reversed();

    @Property(tries = 60)
    void atAnyTemperatureItIsAsAccurateAsPromised(
            @ForAll(supplier = LogitPairs.Any.class) LogitPairs pair,
            @ForAll(supplier = AnyOptions.Temperatures.class) double temperature) {
        assertAccurate(pair.one(), pair.other(), temperature);
    }

    /** One class in three is excluded on either side, or on both, but not all of them. */
    @Property(tries = 60)
    void withExcludedClassesItIsAsAccurateAsPromised(
            @ForAll(supplier = LogitPairs.Any.class) LogitPairs pair, @ForAll long seed) {
        double[] one = pair.one().clone();
        double[] other = pair.other().clone();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 1; i < one.length; i++) {
            int kind = random.nextInt(9);
            one[i] = kind == 0 || kind == 1 ? NEGATIVE_INFINITY : one[i];
            other[i] = kind == 0 || kind == 2 ? NEGATIVE_INFINITY : other[i];
        }
        assertAccurate(one, other, 1);
    }

    private void assertAccurate(double[] logits, double[] target, double temperature) {
        assertAccurate(forward.withTemperature(temperature), logits, target,
                ExactSoftmaxDivergence.of(logits, target, temperature));
        ExactLoss exact = ExactSoftmaxDivergence.reversed(logits, target, temperature);
        if (exact.isInfinite()) {
            assertThat(reversed.withTemperature(temperature).value(logits, target)).isEqualTo(POSITIVE_INFINITY);
        } else {
            assertAccurate(reversed.withTemperature(temperature), logits, target, exact);
        }
    }

    private static void assertAccurate(LossFunction loss, double[] logits, double[] target, ExactLoss exact) {
        double[] gradient = new double[logits.length];
        double value = loss.valueAndGradient(logits, target, gradient);
        if (exact.isInfinite()) {
            assertThat(value).isEqualTo(POSITIVE_INFINITY);
        } else {
            assertThat(Ulps.error(value, exact.value())).isLessThanOrEqualTo(2);
        }
        for (int i = 0; i < gradient.length; i++) {
            assertThat(Ulps.error(gradient[i], exact.gradient(i), exact.gradientScale(i)))
                    .as("entry %d, %s", i, gradient[i]).isLessThanOrEqualTo(3);
        }
    }

    @Property
    void itIsNeverNegative(@ForAll(supplier = LogitPairs.Any.class) LogitPairs pair) {
        assertThat(forward.value(pair.one(), pair.other())).isGreaterThanOrEqualTo(0);
        assertThat(reversed.value(pair.one(), pair.other())).isGreaterThanOrEqualTo(0);
    }

    @Property
    void reversedItIsThatOfTheSwappedRowsToTheBit(@ForAll(supplier = LogitPairs.Any.class) LogitPairs pair) {
        Bits.assertSame(reversed.value(pair.one(), pair.other()), forward.value(pair.other(), pair.one()));
        assertThat(reversed.reversed()).isEqualTo(forward);
    }

    @Property
    void itIs0AndFlatForLogitsThatAreEqualUpToAShift(@ForAll("coarse") double[] logits, @ForAll("shifts") double shift) {
        double[] shifted = Arrays.stream(logits).map(z -> z + shift).toArray();
        for (LossFunction loss : new LossFunction[] {forward, reversed, forward.withTemperature(0.3)}) {
            double[] gradient = new double[logits.length];
            Bits.assertSame(loss.valueAndGradient(shifted, logits, gradient), 0.0);
            assertThat(loss.value(logits, logits)).isZero();
        }
        Bits.assertSame(reversed.gradient(shifted, logits), new double[logits.length]);
        Bits.assertSame(forward.gradient(logits, logits), new double[logits.length]);
    }

    /** A logit that differs by one ulp, 2^-52 at most of itself, gives some 2^-104. */
    @Property
    void itIsPositiveForLogitsThatAreNot(@ForAll("coarse") double[] logits, @ForAll int seed) {
        double[] other = Arrays.copyOf(logits, logits.length + 1);
        other[logits.length] = 3;
        double[] target = other.clone();
        int at = Math.floorMod(seed, other.length);
        target[at] = Math.nextUp(target[at]);
        boolean felt = Math.abs(logits[0]) >= 0x1p-8;
        if (felt && at != 0 || at == logits.length) {
            assertThat(forward.value(other, target)).isGreaterThan(0);
            assertThat(reversed.value(other, target)).isGreaterThan(0);
        }
    }

    /** Multiples of 2^-20, whose sums are exact. */
    @Provide
    Arbitrary<double[]> coarse() {
        return Doubles.between(-10, 10).map(x -> Math.rint(x * 0x1p20) * 0x1p-20).array(double[].class)
                .ofMinSize(1).ofMaxSize(12);
    }

    @Provide
    Arbitrary<Double> shifts() {
        return Doubles.between(-1000, 1000).map(x -> Math.rint(x * 0x1p20) * 0x1p-20);
    }

    @Property
    void aPowerOfTwoOfTheTemperatureIsOneOfTheLogits(@ForAll("moderate") double[] one, @ForAll("moderate") double[] two) {
        double[] logits = Arrays.copyOf(one, Math.min(one.length, two.length));
        double[] target = Arrays.copyOf(two, logits.length);
        double[] half = Arrays.stream(logits).map(z -> z / 2).toArray();
        double[] halfTarget = Arrays.stream(target).map(z -> z / 2).toArray();
        for (SoftmaxDivergence loss : new SoftmaxDivergence[] {forward, reversed}) {
            double[] gradient = loss.withTemperature(2).gradient(logits, target);
            double value = loss.value(half, halfTarget);
            assertThat(loss.withTemperature(2).value(logits, target)).isCloseTo(value, within(4 * Math.ulp(value)));
            double[] ofHalf = loss.gradient(half, halfTarget);
            for (int i = 0; i < gradient.length; i++) {
                assertThat(gradient[i]).isCloseTo(ofHalf[i] / 2, within(0x1p-50 * (1 + value)));
            }
        }
    }

    /** Cross-entropy is entropy and divergence together, and has the gradient of the divergence. */
    @Property
    void itIsTheSoftmaxLossOfTheTargetsProbabilitiesLessTheirEntropy(
            @ForAll("moderate") double[] one, @ForAll("moderate") double[] two) {
        double[] logits = Arrays.copyOf(one, Math.min(one.length, two.length));
        double[] target = Arrays.copyOf(two, logits.length);
        Softmax softmax = new Softmax();
        double[] q = Softmax.softmax(target);
        double loss = softmax.value(logits, q);
        assertThat(forward.value(logits, target)).isCloseTo(loss - Softmax.entropy(target), within(0x1p-48 * (1 + loss)));
        double[] gradient = softmax.gradient(logits, q);
        double[] slope = forward.gradient(logits, target);
        for (int i = 0; i < q.length; i++) {
            assertThat(slope[i]).isCloseTo(gradient[i], within(0x1p-48));
        }
    }

    /** Pinsker's inequality: at least half the square of the sum of all |p_i - q_i|. */
    @Property
    void itIsAtLeastWhatPinskerSays(@ForAll("moderate") double[] one, @ForAll("moderate") double[] two) {
        double[] logits = Arrays.copyOf(one, Math.min(one.length, two.length));
        double[] target = Arrays.copyOf(two, logits.length);
        double distance = Arrays.stream(forward.gradient(logits, target)).map(Math::abs).sum();
        double bound = distance * distance / 2 * (1 - 0x1p-45);
        assertThat(forward.value(logits, target)).isGreaterThanOrEqualTo(bound);
        assertThat(reversed.value(logits, target)).isGreaterThanOrEqualTo(bound);
    }

    @Provide
    Arbitrary<double[]> moderate() {
        return Doubles.between(-8, 8).array(double[].class).ofMinSize(1).ofMaxSize(12);
    }

    @Property
    void rowsOfABatchAreThoseRows(@ForAll("moderate") double[] one, @ForAll("moderate") double[] two) {
        int columns = Math.min(one.length, two.length);
        double[] logits = {};
        double[] targets = {};
        for (int r = 0; r < 3; r++) {
            logits = concatenated(logits, Arrays.copyOf(r == 1 ? two : one, columns));
            targets = concatenated(targets, Arrays.copyOf(r == 1 ? one : two, columns));
        }
        for (SoftmaxDivergence loss : new SoftmaxDivergence[] {forward, reversed.withTemperature(0.7)}) {
            Batch sum = Batch.of(loss, columns).summed();
            double[] gradient = sum.gradient(logits, targets);
            double[] losses = sum.perRow(logits, targets);
            for (int r = 0; r < 3; r++) {
                double[] row = Arrays.copyOfRange(logits, r * columns, (r + 1) * columns);
                double[] target = Arrays.copyOfRange(targets, r * columns, (r + 1) * columns);
                Bits.assertSame(losses[r], loss.value(row, target));
                Bits.assertSame(Arrays.copyOfRange(gradient, r * columns, (r + 1) * columns),
                        loss.gradient(row, target));
            }
        }
    }

    private static double[] concatenated(double[] a, double[] b) {
        double[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    @Test
    void longRowsAreAsAccurate() {
        double[] logits = new SplittableRandom(1).doubles(500, -8, 8).toArray();
        double[] near = new SplittableRandom(2).doubles(500, -1e-6, 1e-6).toArray();
        Arrays.setAll(near, i -> logits[i] + near[i]);
        double[] far = new SplittableRandom(3).doubles(500, -8, 8).toArray();
        for (double[] target : new double[][] {near, far}) {
            assertThat(Ulps.error(forward.value(logits, target), ExactSoftmaxDivergence.of(logits, target, 1).value()))
                    .isLessThanOrEqualTo(2);
            assertThat(Ulps.error(
                    reversed.value(logits, target), ExactSoftmaxDivergence.reversed(logits, target, 1).value()))
                    .isLessThanOrEqualTo(2);
        }
    }

    @Test
    void knownValues() {
        double near = forward.value(new double[] {1, 2, 3 + 1e-8}, new double[] {1, 2, 3});
        assertThat(near).isCloseTo(1.1135e-17, within(1e-21));
        assertThat(forward.value(new double[] {0, -800}, new double[] {0, 0}))
                .isCloseTo(399.30685281944, within(1e-11));
        assertThat(reversed.value(new double[] {0, -800}, new double[] {0, 0})).isEqualTo(LOG_2);
        assertThat(forward.value(new double[] {0, 0}, new double[] {0, -800})).isEqualTo(LOG_2);
    }

    /** Of three classes the one between two has a slope as small as the square of the others. */
    @Test
    void aReversedSlopeThatIsNearly0KeepsItsDigits() {
        for (double d : new double[] {1e-1, 1e-4, 1e-8, 1e-12}) {
            double[] logits = {-d, 0, d};
            double[] slope = reversed.gradient(logits, new double[3]);
            ExactLoss exact = ExactSoftmaxDivergence.reversed(logits, new double[3], 1);
            assertThat(Ulps.error(slope[1], exact.gradient(1))).isLessThanOrEqualTo(3);
            assertThat(slope[1]).isCloseTo(-2 * d * d / 9, within(d * d * d * d));
        }
    }

    @Test
    void classesWithoutAnyProbabilityHaveNoSlopeWhateverTheirDifference() {
        double[] logits = {7.6e307, -5e307, -1.1e308};
        Bits.assertSame(reversed.gradient(logits, new double[] {100, -12.5, -7.7}), new double[3]);
        Bits.assertSame(reversed.gradient(new double[] {0, -3000}, new double[] {0, -3001}), new double[2]);
    }

    /** Classes whose differences cancel but for the difference of their probabilities, some 2^-58 of them. */
    @Test
    void aReversedSlopeOfNearlyTiedClassesKeepsItsDigits() {
        double d = 0x1p-59;
        assertAccurate(new double[] {-d, d, 2, 0}, new double[] {0, 0, 2, 0}, 1);
        assertAccurate(new double[] {Math.nextDown(1.0), 1, Math.nextUp(1.0), 0}, new double[] {1, 1, 1, 0}, 1);
    }

    @Test
    void specialValues() {
        double inf = POSITIVE_INFINITY;
        double out = NEGATIVE_INFINITY;
        double half = 0.5;
        // excluded on both sides: absent
        check(forward, new double[] {0, 0, out}, new double[] {0, 0, out}, 0, 0, 0, 0);
        check(reversed, new double[] {0, 0, out}, new double[] {0, 0, out}, 0, 0, 0, 0);
        // by what is divided by only
        check(forward, new double[] {out, 1}, new double[] {0, 0}, inf, -half, half);
        check(reversed, new double[] {0, 0, out}, new double[] {out, 1, 1}, inf, inf, out, 0);
        check(forward, new double[] {0, 1000}, new double[] {out, 0}, 0, 0, 0);
        check(reversed, new double[] {0, 1000}, new double[] {out, 0}, inf, inf, out);
        // by the other only
        check(reversed, new double[] {out, 1}, new double[] {0, 0}, LOG_2, 0, 0);
        check(forward, new double[] {0, 0}, new double[] {out, 1}, LOG_2, half, -half);
        // one class
        check(forward, new double[] {3}, new double[] {-7}, 0, 0);
        check(reversed, new double[] {3}, new double[] {1e308}, 0, 0);
        // beyond the double range
        check(forward, new double[] {1e308, -1e308}, new double[] {-1e308, 1e308}, inf, 1, -1);
        for (SoftmaxDivergence loss : new SoftmaxDivergence[] {forward, reversed}) {
            check(loss, new double[] {out, out}, new double[] {0, 0}, NaN, NaN, NaN);
            check(loss, new double[] {0, 0}, new double[] {out, out}, NaN, NaN, NaN);
            check(loss, new double[] {0, inf}, new double[] {0, 0}, NaN, NaN, NaN);
            check(loss, new double[] {0, 0}, new double[] {0, inf}, NaN, NaN, NaN);
            check(loss, new double[] {NaN, out}, new double[] {0, 0}, NaN, NaN, NaN);
            check(loss, new double[] {0, NaN}, new double[] {0, 0}, NaN, NaN, NaN);
            check(loss, new double[] {0, 0}, new double[] {out, NaN}, NaN, NaN, NaN);
        }
    }

    private static void check(LossFunction loss, double[] logits, double[] target, double value, double... slope) {
        double[] gradient = new double[logits.length];
        Bits.assertSame(loss.valueAndGradient(logits, target, gradient), value);
        Bits.assertSame(loss.value(logits, target), value);
        Bits.assertSame(gradient, slope);
        double[] inPlace = logits.clone();
        loss.valueAndGradient(inPlace, target, inPlace);
        Bits.assertSame(inPlace, slope);
    }

    @Test
    void aNegativeSampleWeightTurnsAnInfiniteSlopeRound() {
        double[] gradient = Batch.of(reversed, 2).weightedBy(new double[] {-1}).summed()
                .gradient(new double[] {0, 0}, new double[] {NEGATIVE_INFINITY, 1});
        Bits.assertSame(gradient, new double[] {NEGATIVE_INFINITY, POSITIVE_INFINITY});
    }

    @Test
    void optionsAndObjects() {
        assertThat(forward).hasToString("SoftmaxDivergence[temperature=1.0]");
        assertThat(reversed.withTemperature(4)).hasToString("SoftmaxDivergence[temperature=4.0, reversed]")
                .isEqualTo(forward.withTemperature(4).reversed())
                .isNotEqualTo(forward.withTemperature(4)).isNotEqualTo(reversed).isNotEqualTo(null);
        assertThat(forward.weight(new double[] {7, 8})).isEqualTo(1);
    }

    @Test
    void errors() {
        double[] logits = {1, 2};
        double[] gradient = {7, 7, 7};
        for (double wrong : new double[] {0, -1, NaN, POSITIVE_INFINITY, 1e19, 1e-19}) {
            assertThatIllegalArgumentException().isThrownBy(() -> forward.withTemperature(wrong))
                    .withMessage("temperature = " + wrong + " is not in 1.0E-18..1.0E18");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> forward.value(new double[0], logits))
                .withMessage("logits are empty");
        assertThatIllegalArgumentException().isThrownBy(() -> forward.value(logits, gradient))
                .withMessage("target has 3 values, logits have 2");
        assertThatIllegalArgumentException().isThrownBy(() -> forward.valueAndGradient(logits, logits.clone(), gradient))
                .withMessage("gradient has 3 values, logits have 2");
        assertThatIllegalArgumentException().isThrownBy(() -> forward.valueAndGradient(logits, gradient, gradient))
                .withMessage("target has 3 values, logits have 2");
        double[] target = {3, 4};
        assertThatIllegalArgumentException().isThrownBy(() -> forward.valueAndGradient(logits, target, target))
                .withMessage("gradient is the target array, which it would overwrite");
        assertThat(target).containsExactly(3, 4);
        assertThat(gradient).containsOnly(7);
        assertThatNullPointerException().isThrownBy(() -> forward.value(null, logits)).withMessage("logits");
        assertThatNullPointerException().isThrownBy(() -> forward.gradient(logits, null)).withMessage("target");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Batch.of(forward, 2).value(logits, new int[] {0}))
                .withMessage("SoftmaxDivergence is not a ClassificationLoss: it takes targets, not labels;"
                        + " OneHot.encode makes targets of labels");
    }
}
