package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.internal.tile.Tile;
import io.github.plainjava.losses.oracle.ExactCrossEntropy;
import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.ExactSoftmaxLoss;
import io.github.plainjava.losses.oracle.Options;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

    private static final double MASKED = Double.NEGATIVE_INFINITY;

    @Nested
    class LabelSmoothing {

        /** A class far below the others has its share of the smoothing, one that is excluded has none. */
        @Test
        void givesNoShareToAnExcludedClassOfALongRow() {
            double[] logits = new double[300];
            Arrays.setAll(logits, i -> i % 7 - 3);
            int[] excluded = {5, 130, 299};
            double[] without = new double[300 - excluded.length];
            int kept = 0;
            for (int i = 0; i < logits.length; i++) {
                if (Arrays.binarySearch(excluded, i) >= 0) {
                    logits[i] = MASKED;
                } else {
                    logits[i] = i == 131 ? -5000 : logits[i];
                    without[kept++] = logits[i];
                }
            }
            Softmax smoothing = new Softmax().withLabelSmoothing(0.3);

            double[] gradient = smoothing.gradient(logits, 1);
            double[] expected = smoothing.gradient(without, 1);
            for (int i = 0, j = 0; i < logits.length; i++) {
                double entry = logits[i] == MASKED ? 0 : expected[j++];
                assertThat(gradient[i]).as("entry %s", i).isCloseTo(entry, within(6 * Math.ulp(entry)));
            }
            assertThat(gradient[131]).isCloseTo(-0.3 / 297, within(1e-17));
            assertThat(smoothing.value(logits, 1)).isCloseTo(smoothing.value(without, 1), within(1e-13));
        }

        @Test
        void spreadsTheShareEvenlyOverAllClassesTheTrueOneIncluded() {
            double[] logits = {0.5, -1, 2};
            double[] smoothed = {0.7 + 0.1, 0.1, 0.1};

            assertThat(new Softmax().withLabelSmoothing(0.3).value(logits, 0))
                    .isEqualTo(new Softmax().value(logits, smoothed), within(1e-15));
            double[] probabilities = Softmax.softmax(logits);
            assertThat(new CrossEntropy().withLabelSmoothing(0.3).value(probabilities, 0))
                    .isEqualTo(new CrossEntropy().value(probabilities, smoothed), within(1e-15));
        }

        @Test
        void ofOneMeansTheUniformTarget() {
            double[] logits = {1, 2, 3, 4};
            double[] uniform = {0.25, 0.25, 0.25, 0.25};

            Softmax softmax = new Softmax().withLabelSmoothing(1);
            assertThat(softmax.value(logits, 2)).isEqualTo(new Softmax().value(logits, uniform));
            assertThat(softmax.gradient(logits, 2))
                    .containsExactly(new Softmax().gradient(logits, uniform), within(Math.ulp(0.25)));
        }

        @Test
        void spreadsOverTheClassesThatAreNotExcluded() {
            double[] masked = {1, MASKED, 3, MASKED, 2};
            double[] without = {1, 3, 2};
            Softmax softmax = new Softmax().withLabelSmoothing(0.2);

            assertThat(softmax.value(masked, 2)).isEqualTo(softmax.value(without, 1)).isFinite();
            double[] gradient = softmax.gradient(without, 1);
            assertThat(softmax.gradient(masked, 2)).containsExactly(gradient[0], 0, gradient[1], 0, gradient[2]);
        }

        @Test
        void onProbabilitiesAClassOfProbabilityZeroIsExcludedUnlessThereIsAFloor() {
            CrossEntropy smoothed = new CrossEntropy().withLabelSmoothing(0.2);

            assertThat(smoothed.value(new double[] {0.75, 0, 0.25}, 0))
                    .isEqualTo(smoothed.value(new double[] {0.75, 0.25}, 0));
            double[] gradient = smoothed.gradient(new double[] {0.75, 0.25}, 0);
            assertThat(smoothed.gradient(new double[] {0.75, 0, 0.25}, 0))
                    .containsExactly(gradient[0], 0, gradient[1]);
            double third = 0.2 / 3;
            assertThat(smoothed.withFloor(0.5).value(new double[] {0.5, 0, 0.5}, 0))
                    .isEqualTo(StrictMath.log(2) + third, within(1e-15));
            assertThat(smoothed.withFloor(0.5).gradient(new double[] {0.5, 0, 0.5}, 0)[1])
                    .isEqualTo(-third / 0.5, within(1e-15));
        }

        @Test
        void keepsTheMassOfATarget() {
            double[] logits = {0.5, -1, 2};
            double[] target = {2, 1, 0};
            double[] smoothed = {0.5 * 2 + 0.5, 0.5 * 1 + 0.5, 0.5};

            assertThat(new Softmax().withLabelSmoothing(0.5).value(logits, target))
                    .isEqualTo(new Softmax().value(logits, smoothed), within(2e-15));
        }

        @Test
        void ofALabelIsThatOfItsOneHotArrayWhereverItStandsInALongRow() {
            int n = 3 * Tile.SIZE;
            double[] logits = new SplittableRandom(1).doubles(n, -5, 5).toArray();
            double[] weights = new SplittableRandom(2).doubles(n, 0.5, 2).toArray();
            Softmax softmax = new Softmax().withLabelSmoothing(0.1).withClassWeights(weights);
            for (int label : new int[] {0, Tile.SIZE - 1, Tile.SIZE, 2 * Tile.SIZE, n - 1}) {
                Bits.assertSame(softmax.value(logits, label), softmax.value(logits, OneHot.encode(label, n)));
                Bits.assertSame(softmax.gradient(logits, label), softmax.gradient(logits, OneHot.encode(label, n)));
            }
        }

        @Test
        void ofSubnormalMassesWeighAsMuchAsTheyAreTogether() {
            double[] target = new double[10];
            double[] weights = new double[10];
            Arrays.fill(target, 7 * Double.MIN_VALUE);
            Arrays.fill(weights, 0.1);
            assertThat(new Softmax().withClassWeights(weights).weight(target)).isEqualTo(7 * Double.MIN_VALUE);
        }

        @Test
        void ofManyMassesIsAsAccurateAsOfFew() {
            double[] logits = new SplittableRandom(1).doubles(1000, -5, 5).toArray();
            double[] target = new SplittableRandom(2).doubles(1000).toArray();

            PromisedAccuracy.assertSoftmaxLoss(logits, target, Options.NONE.withLabelSmoothing(1));
        }

        @Test
        void costsAValueNoAccuracy() {
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < 2000; i++) {
                double[] logits = random.doubles(3, -5, 5).toArray();
                double smoothing = random.nextDouble(0.5, 1);
                BigDecimal exact = ExactSoftmaxLoss.of(logits, 1, Options.NONE.withLabelSmoothing(smoothing)).value();

                assertThat(Ulps.error(new Softmax().withLabelSmoothing(smoothing).value(logits, 1), exact))
                        .isLessThanOrEqualTo(1);
            }
        }

        @Test
        void aTrueClassThatIsExcludedStillCostsInfinitely() {
            assertThat(new Softmax().withLabelSmoothing(0.5).value(new double[] {MASKED, 1, 2}, 0))
                    .isEqualTo(Double.POSITIVE_INFINITY);
            assertThat(new CrossEntropy().withLabelSmoothing(0.5).value(new double[] {0, 0.5, 0.5}, 0))
                    .isEqualTo(Double.POSITIVE_INFINITY);
            assertThat(Arrays.stream(new Softmax().withLabelSmoothing(0.5).gradient(new double[] {MASKED, 1, 2}, 0)))
                    .allMatch(Double::isFinite);
        }

        @ParameterizedTest
        @ValueSource(doubles = {-0.1, 1.5, Double.NaN, Double.POSITIVE_INFINITY, -Double.MIN_VALUE, Double.MIN_VALUE,
            1e-18 - 0x1p-112, 1 + 0x1p-52})
        void refusesWhatIsNoShareOrBelowTheLimit(double bad) {
            String message = "smoothing = " + bad + " is neither 0 nor in 1.0E-18..1";
            assertThatIllegalArgumentException().isThrownBy(() -> new Softmax().withLabelSmoothing(bad))
                    .withMessage(message);
            assertThatIllegalArgumentException().isThrownBy(() -> new CrossEntropy().withLabelSmoothing(bad))
                    .withMessage(message);
        }

        @ParameterizedTest
        @ValueSource(doubles = {0, 1e-18, 1 - 0x1p-53, 1})
        void mayBeAtItsLimitsAndIsAccurateThere(double smoothing) {
            Options options = Options.NONE.withLabelSmoothing(smoothing);
            PromisedAccuracy.assertSoftmaxLoss(new double[] {1, -40, 900, 2}, new double[] {0, 1, 0, 0}, options);
            PromisedAccuracy.assertSoftmaxLoss(new double[] {1, -40, 9, 2}, new double[] {0, 0, 1e60, 3}, options);
        }
    }

    @Nested
    class ClassWeights {

        @Test
        void multiplyEachClassesTerm() {
            double[] logits = {0.5, -1, 2};
            Softmax weighted = new Softmax().withClassWeights(2, 8, 0.5);

            assertThat(weighted.value(logits, 1)).isEqualTo(8 * new Softmax().value(logits, 1));
            assertThat(weighted.gradient(logits, 1))
                    .containsExactly(Arrays.stream(new Softmax().gradient(logits, 1)).map(g -> 8 * g).toArray());
            assertThat(weighted.value(logits, new double[] {0.5, 0.25, 0}))
                    .isEqualTo(new Softmax().value(logits, new double[] {1, 2, 0}));
            assertThat(new CrossEntropy().withClassWeights(2, 8, 0.5).gradient(new double[] {0.5, 0.25, 0.25}, 1))
                    .containsExactly(0, -32, 0);
        }

        @Test
        void areWhatARowCountsInAMeanBeforeSmoothing() {
            for (ClassificationLoss loss : List.of(
                    new Softmax().withClassWeights(2, 8, 0.5).withLabelSmoothing(0.5),
                    new CrossEntropy().withClassWeights(2, 8, 0.5).withLabelSmoothing(0.5))) {
                assertThat(loss.weight(1)).isEqualTo(8);
                assertThat(loss.weight(new double[] {0.5, 0.25, 0})).isEqualTo(3);
            }
            assertThat(new Softmax().weight(7)).isEqualTo(1);
            assertThat(new Softmax().weight(new double[] {0.5, 0.25, 1})).isEqualTo(1.75);
            assertThat(new MeanSquaredError().weight(new double[] {0.5, 0.25, 1})).isEqualTo(1);
        }

        @Test
        void makeAWeightOfAnySize() {
            assertThat(new Softmax().weight(new double[] {Double.MIN_VALUE, 0})).isEqualTo(Double.MIN_VALUE);
            assertThat(new Softmax().weight(new double[] {0, 0})).isZero();
            assertThat(new Softmax().weight(new double[0])).isZero();
            assertThat(new Softmax().weight(new double[] {3, -1})).as("no target").isNaN();
            assertThat(new Softmax().withClassWeights(1, 2).weight(new double[] {3, 1e61})).as("no target").isNaN();
            assertThat(new Softmax().withClassWeights(0x1p-59, 1).weight(new double[] {0x1p-600, 0}))
                    .isEqualTo(0x1p-659);
            assertThat(new CrossEntropy().withClassWeights(0x1p59, 1e-18).weight(new double[] {0x1p199, 1e-200}))
                    .isEqualTo(0x1p258);
        }

        @Test
        void belongToClassesOnly() {
            assertThatIllegalArgumentException().isThrownBy(() -> new Softmax().weight(-1))
                    .withMessage("label -1 is negative");
            assertThat(new Softmax().weight(Integer.MAX_VALUE)).isEqualTo(1);
            assertThatIllegalArgumentException().isThrownBy(() -> new CrossEntropy().withClassWeights(1, 2).weight(2))
                    .withMessage("label 2 is not in 0..1");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Softmax().withClassWeights(1, 2).weight(new double[3]))
                    .withMessage("classWeights have 2 values, target has 3");
        }

        @Test
        void ofZeroSilenceAClassEvenWhereItsLossIsInfinite() {
            assertThat(new CrossEntropy().withClassWeights(0, 1).value(new double[] {0, 1}, 0)).isZero();
            assertThat(new CrossEntropy().withClassWeights(0, 1).gradient(new double[] {0, 1}, 0))
                    .containsExactly(0, 0);
            assertThat(new Softmax().withClassWeights(0, 1).value(new double[] {MASKED, 1}, 0)).isZero();
        }

        @Test
        void areCopied() {
            double[] weights = {1, 2};
            Softmax softmax = new Softmax().withClassWeights(weights);
            CrossEntropy crossEntropy = new CrossEntropy().withClassWeights(weights);
            weights[1] = 50;

            assertThat(softmax.weight(1)).isEqualTo(2);
            assertThat(crossEntropy.weight(1)).isEqualTo(2);
        }

        @Test
        void mustBeAsManyAsClasses() {
            for (ClassificationLoss loss : List.of(
                    new Softmax().withClassWeights(1, 2), new CrossEntropy().withClassWeights(1, 2))) {
                double[] row = {0.5, 0.25, 0.25};
                double[] gradient = {9, 9, 9};
                assertThatIllegalArgumentException().isThrownBy(() -> loss.valueAndGradient(row, 0, gradient))
                        .withMessageContaining("2").withMessageContaining("3");
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> loss.valueAndGradient(row, new double[3], gradient))
                        .withMessageContaining("2").withMessageContaining("3");
                assertThat(gradient).containsOnly(9);
            }
        }

        @ParameterizedTest
        @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY, -Double.MIN_VALUE, Double.MIN_VALUE,
            1e-18 - 0x1p-112, 1e18 + 128, Double.MAX_VALUE})
        void mustBe0OrWithinTheLimits(double bad) {
            String message = "classWeights[1] = " + bad + " is neither 0 nor in 1.0E-18..1.0E18";
            assertThatIllegalArgumentException().isThrownBy(() -> new Softmax().withClassWeights(1, bad, 1))
                    .withMessage(message);
            assertThatIllegalArgumentException().isThrownBy(() -> new CrossEntropy().withClassWeights(1, bad, 1))
                    .withMessage(message);
        }

        /** Of two equal logits, or 64, each has half, or a 64th, whatever size multiplies it. */
        @ParameterizedTest
        @CsvSource({"2, 0x1p-59", "2, 0x1p-30", "2, 0x1p59", "64, 0x1p-59", "64, 0x1p-30", "64, 0x1p59"})
        void scaleValueAndGradientByAnySize(int n, double weight) {
            double[] weights = new double[n];
            Arrays.fill(weights, weight);
            double[] expected = new double[n];
            Arrays.fill(expected, weight / n);
            expected[n - 1] = -weight / n * (n - 1);
            Softmax loss = new Softmax().withClassWeights(weights);
            for (double logit : new double[] {0, -200, 200, 1e5}) {
                double[] logits = new double[n];
                Arrays.fill(logits, logit);
                assertThat(loss.value(logits, n - 1)).isEqualTo(weight * StrictMath.log(n));
                // exponentials of a long row wait rounded
                double ulp = n == 2 ? 0 : Math.ulp(expected[0]);
                assertThat(loss.gradient(logits, n - 1)).containsExactly(expected, within(ulp));
                assertThat(loss.gradient(logits, OneHot.encode(n - 1, n))).containsExactly(expected, within(ulp));
            }
        }

        @ParameterizedTest
        @ValueSource(doubles = {0, 1e-18, 1e18})
        void mayBeAtTheirLimitsAndAreAccurateThere(double weight) {
            assertThat(new Softmax().withClassWeights(1, weight).weight(1)).isEqualTo(weight);
            assertThat(new CrossEntropy().withClassWeights(1, weight).weight(1)).isEqualTo(weight);
            Options options = Options.NONE.withClassWeights(1, weight, 1e18, 1e-18);
            PromisedAccuracy.assertSoftmaxLoss(new double[] {1, -40, 9, 2}, new double[] {0, 1, 0, 0}, options);
            PromisedAccuracy.assertSoftmaxLoss(new double[] {1, -40, 9, 2}, new double[] {1e60, 1e60, 0, 0x1p-600},
                    options);
        }

        @Test
        void mustNotBeNull() {
            assertThatNullPointerException().isThrownBy(() -> new Softmax().withClassWeights((double[]) null));
            assertThatNullPointerException().isThrownBy(() -> new CrossEntropy().withClassWeights((double[]) null));
        }
    }

    @Nested
    class Temperature {

        @Test
        void dividesTheLogits() {
            double[] logits = {1, -2, 4};
            double[] halved = {0.5, -1, 2};

            assertThat(new Softmax().withTemperature(2).value(logits, 0)).isEqualTo(new Softmax().value(halved, 0));
            assertThat(new Softmax().withTemperature(2).gradient(logits, 0)).containsExactly(
                    Arrays.stream(new Softmax().gradient(halved, 0)).map(g -> g / 2).toArray(), within(0x1p-55));
            assertThat(new Softmax().withTemperature(2).probabilities(logits))
                    .containsExactly(Softmax.softmax(halved), within(0x1p-52));
            assertThat(new Softmax().probabilities(logits)).containsExactly(Softmax.softmax(logits));
        }

        @Test
        void whichIsNoPowerOfTwoCostsAValueNoAccuracy() {
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < 2000; i++) {
                double[] logits = {random.nextDouble(50), random.nextDouble(-50, 0)};
                double temperature = random.nextDouble(0.1, 10);
                BigDecimal exact = ExactSoftmaxLoss.of(logits, 1, Options.NONE.withTemperature(temperature)).value();

                assertThat(Ulps.error(new Softmax().withTemperature(temperature).value(logits, 1), exact))
                        .isLessThanOrEqualTo(1);
            }
        }

        @ParameterizedTest
        @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY,
            -Double.MIN_VALUE, -0.0, Double.MIN_VALUE, 1e-18 - 0x1p-112, 1e18 + 128, Double.MAX_VALUE})
        void mustBeWithinTheLimits(double bad) {
            assertThatIllegalArgumentException().isThrownBy(() -> new Softmax().withTemperature(bad))
                    .withMessage("temperature = " + bad + " is not in 1.0E-18..1.0E18");
        }

        @ParameterizedTest
        @ValueSource(doubles = {1e-18, 0x1p-59, 0x1p59, 1e18})
        void mayBeAtItsLimitsAndIsAccurateThere(double temperature) {
            Softmax softmax = new Softmax().withTemperature(temperature);

            assertThat(softmax.value(new double[] {temperature, temperature}, 0)).isEqualTo(StrictMath.log(2));
            Options options = Options.NONE.withTemperature(temperature);
            for (double size : new double[] {1, temperature, 30 * temperature, 1e300, 1e5}) {
                PromisedAccuracy.assertSoftmaxLoss(new double[] {size, -size, 0.3 * size, 0}, new double[] {0, 1, 0, 0},
                        options);
                PromisedAccuracy.assertSoftmaxLoss(new double[] {size, -size, 0.3 * size, 0},
                        new double[] {0.2, 0.5, 0.1, 0.2}, options.withLabelSmoothing(1e-18));
            }
        }
    }

    @Nested
    class Floor {

        @Test
        void continuesAlongTheTangent() {
            CrossEntropy floored = new CrossEntropy().withFloor(0.5);

            assertThat(floored.value(new double[] {0, 1}, 0)).isEqualTo(StrictMath.log(2) + 1, within(1e-15));
            assertThat(floored.value(new double[] {0.25, 0.75}, 0)).isEqualTo(StrictMath.log(2) + 0.5, within(1e-15));
            assertThat(floored.gradient(new double[] {0, 1}, 0)).containsExactly(-2, 0);
            assertThat(floored.gradient(new double[] {0.25, 0.75}, 0)).containsExactly(-2, 0);
            assertThat(floored.gradient(new double[] {0.75, 0.25}, 0)).containsExactly(-1 / 0.75, 0);
        }

        @ParameterizedTest
        @ValueSource(doubles = {0, -0.5, 1.5, Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE, 1e-151,
            1 + 0x1p-52})
        void mustBeAProbabilityWithinTheLimits(double bad) {
            assertThatIllegalArgumentException().isThrownBy(() -> new CrossEntropy().withFloor(bad))
                    .withMessage("floor = " + bad + " is not in 1.0E-150..1");
        }

        @ParameterizedTest
        @ValueSource(doubles = {1e-150, 1})
        void mayBeAtItsLimitsAndIsAccurateThere(double floor) {
            double[] probabilities = {0, 1e-160, 0.3, 1};
            double[] target = {0.25, 1e60, 1, 0x1p-600};
            ExactLoss exact = ExactCrossEntropy.of(probabilities, target, Options.NONE.withFloor(floor));
            double[] gradient = new double[4];
            PromisedAccuracy.assertValue(
                    new CrossEntropy().withFloor(floor).valueAndGradient(probabilities, target, gradient),
                    exact.value());
            for (int i = 0; i < 4; i++) {
                PromisedAccuracy.assertGradientEntry(i, gradient[i], exact.gradient(i), exact.gradientScale(i));
            }
        }
    }

    /** Weights and masses need not be of one size: each term is as accurate as if it stood alone. */
    @Nested
    class MassesFarApart {

        @Test
        void aSmallWeightIsNotLostBesideALargeOneThatHasNoMass() {
            assertSoftmax(new double[] {487.9, -1.3}, 1, Options.NONE.withClassWeights(1e18, 2.28e-18));
            assertCrossEntropy(new double[] {0.13, 0.87}, 0, Options.NONE.withClassWeights(1.42e-18, 3.9e17));
        }

        @Test
        void aLargeWeightOverflowsOnlyWhereTheResultDoes() {
            assertSoftmax(new double[] {2.76e289, 0}, 1, Options.NONE.withClassWeights(1, 1e18));
            assertSoftmax(new double[] {2.76e295, 0}, 1, Options.NONE.withClassWeights(1, 1e18));
            assertCrossEntropy(new double[] {7e-165, 1}, 0, Options.NONE.withClassWeights(1e18, 1).withFloor(1e-150));
            assertCrossEntropy(new double[] {8e-301, 1}, 0, Options.NONE.withClassWeights(1.5e-18, 1));
            assertCrossEntropy(new double[] {8e-301, 1}, 0, Options.NONE.withClassWeights(1.5e17, 1));
        }

        @Test
        void aDistanceBeyondTheDoubleRangeTimesASmallWeightIsWithinIt() {
            double[] logits = {Double.MAX_VALUE, -Double.MAX_VALUE};
            double expected = Double.MAX_VALUE * 0x1p-58; // 2^-59 (logits[0] - logits[1])

            assertThat(new Softmax().withClassWeights(1, 0x1p-59).value(logits, 1)).isEqualTo(expected);
            assertThat(new Softmax().value(logits, new double[] {1, 0x1p-59})).isEqualTo(expected);
            assertThat(new Softmax().withLabelSmoothing(0x1p-58).value(logits, 0)).isEqualTo(expected);
        }

        @Test
        void aSmallShareOfTheMeanIsNotLost() {
            Batch batch = Batch.of(new Softmax(), 2).weightedBy(new double[] {0x1p-500, 0x1p500});

            assertThat(batch.gradient(new double[] {0, 0, 0, 0}, new int[] {0, 1}))
                    .containsExactly(-0x1p-1001, 0x1p-1001, 0.5, -0.5);
            Softmax steep = new Softmax().withClassWeights(0x1p10, 0x1p10).withTemperature(0x1p-59);
            assertThat(Batch.of(steep, 2).weightedBy(new double[] {Double.MIN_VALUE, 0x1p-574})
                    .gradient(new double[] {0, 0, 0, 0}, new int[] {0, 1}))
                    .containsExactly(-0x1p-442, 0x1p-442, 0x1p58, -0x1p58);
        }

        @Test
        void aShareOfTheMeanBelowMeasureCountsNothingOrNearly() {
            Batch batch = Batch.of(new Softmax(), 2).weightedBy(new double[] {Double.MIN_VALUE, 0x1p1000});

            double[] gradient = batch.gradient(new double[] {0, 0, 0, 0}, new int[] {0, 1});
            assertThat(Math.abs(gradient[0])).isLessThan(0x1p-1001);
            assertThat(Math.abs(gradient[1])).isLessThan(0x1p-1001);
            assertThat(Arrays.copyOfRange(gradient, 2, 4)).containsExactly(0.5, -0.5);
        }

        @Test
        void everyFactorOfAGradientMayBeSmall() {
            Softmax loss = new Softmax().withClassWeights(0x1p-59, 0x1p-59).withTemperature(0x1p59);
            Batch batch = Batch.of(loss, 2).weightedBy(new double[] {0x1p-182}).summed();

            assertThat(batch.gradient(new double[] {0, 0}, new double[] {0x1p-600, 0x1.8p-599}))
                    .containsExactly(0x1p-900, -0x1p-900);
            assertThat(batch.gradient(new double[] {0, 0}, new double[] {0x1p-599, 0}))
                    .containsExactly(-0x1p-900, 0x1p-900);
            Batch smallest = Batch.of(new Softmax(), 2).weightedBy(new double[] {0x1p-500}).summed();
            assertThat(smallest.gradient(new double[] {0, 0}, new double[] {0x1p-570, 0}))
                    .containsExactly(-0x1p-1071, 0x1p-1071);
            Batch ofProbabilities = Batch.of(new CrossEntropy().withClassWeights(0x1p-59, 1), 2)
                    .weightedBy(new double[] {0x1p-500}).summed();
            assertThat(ofProbabilities.gradient(new double[] {0x1p-1000, 1}, new double[] {0x1p-600, 0}))
                    .containsExactly(-0x1p-159, 0);
        }

        @Test
        void aSmallMassOnAnExcludedClassIsStillInfinite() {
            assertThat(new Softmax().value(new double[] {MASKED, 6, -18}, new double[] {8e-180, 5e59, 0}))
                    .isEqualTo(Double.POSITIVE_INFINITY);
            CrossEntropy weighted = new CrossEntropy().withClassWeights(6e17, 3.6e-18);
            assertThat(weighted.value(new double[] {0, 0}, 1)).isEqualTo(Double.POSITIVE_INFINITY);
            assertThat(weighted.gradient(new double[] {1, 0}, 1)).containsExactly(0, Double.NEGATIVE_INFINITY);
        }

        @Test
        void aNaNAmongTheLogitsMakesEverythingNaN() {
            double[] logits = {1, Double.NaN};
            Softmax cold = new Softmax().withTemperature(1e-18);
            Bits.assertSame(cold.probabilities(new double[] {3, 3}), new double[] {0.5, 0.5});
            Bits.assertAllNaN(cold.probabilities(logits));
            Bits.assertAllNaN(cold.value(logits, 0));
            Bits.assertAllNaN(cold.gradient(logits, 0));
            Bits.assertAllNaN(Softmax.jacobianVectorProduct(logits, new double[] {1e300, 1e-300}));
        }

        @Test
        void aFloorKeepsTheBoundWhereManyClassesAreBelowIt() {
            assertCrossEntropy(
                    new double[] {0.010671328904041402, 1.0115925670547196e-5, 0.02303038384465609,
                        1.9348723355317005e-4, 0.9270710220679854, 0.010394259136443065, 0.028549135489914924,
                        7.578569511187718e-5, 4.481702623413666e-6},
                    2,
                    Options.NONE.withLabelSmoothing(0.5).withFloor(1).withClassWeights(1.7965266206833588,
                            9.789285001348432, 7.1864013004979395, 6.682787062691822, 4.6966443952763575,
                            1.1559352120825757, 3.0724615739363585, 5.926473021007761, 3.6799340149972324));
        }

        private void assertSoftmax(double[] logits, int label, Options options) {
            assertAccurate(new Softmax().withClassWeights(options.classWeights()), logits, label,
                    ExactSoftmaxLoss.of(logits, label, options));
        }

        private void assertCrossEntropy(double[] probabilities, int label, Options options) {
            CrossEntropy loss = new CrossEntropy().withLabelSmoothing(options.smoothing())
                    .withClassWeights(options.classWeights());
            assertAccurate(options.floor() == 0 ? loss : loss.withFloor(options.floor()), probabilities, label,
                    ExactCrossEntropy.of(probabilities, label, options));
        }

        private void assertAccurate(ClassificationLoss loss, double[] row, int label, ExactLoss exact) {
            double[] gradient = new double[row.length];
            double value = loss.valueAndGradient(row, label, gradient);
            assertThat(Ulps.error(value, exact.value())).as("value %s", value).isLessThanOrEqualTo(2);
            for (int i = 0; i < row.length; i++) {
                assertThat(Ulps.error(gradient[i], exact.gradient(i), exact.gradientScale(i)))
                        .as("gradient[%d] %s", i, gradient[i]).isLessThanOrEqualTo(3);
            }
        }
    }

    @Test
    void optionsReplaceTheirLikeKeepTheOthersAndLeaveTheOldLossAsItWas() {
        double[] logits = {0.5, -1, 2};
        Softmax softmax = new Softmax().withLabelSmoothing(0.25).withClassWeights(1, 2, 3).withTemperature(4);
        double before = softmax.value(logits, 1);

        assertThat(softmax.withLabelSmoothing(0.5).withTemperature(1).withClassWeights(1, 1, 1).value(logits, 1))
                .isEqualTo(new Softmax().withLabelSmoothing(0.5).value(logits, 1));
        assertThat(new Softmax().withTemperature(4).withClassWeights(1, 2, 3).withLabelSmoothing(0.25).value(logits, 1))
                .isEqualTo(before);
        assertThat(softmax.value(logits, 1)).isEqualTo(before);

        double[] row = {0.5, 0.125, 0.375};
        CrossEntropy crossEntropy =
                new CrossEntropy().withFloor(0.25).withClassWeights(1, 2, 3).withLabelSmoothing(0.5);
        assertThat(new CrossEntropy().withLabelSmoothing(0.5).withFloor(0.25).withClassWeights(1, 2, 3).value(row, 1))
                .isEqualTo(crossEntropy.value(row, 1));
    }

    @Test
    void serializationKeepsEveryOption() {
        double[] row = {0.5, 0.125, 0.375};
        for (ClassificationLoss loss : List.of(
                new Softmax().withLabelSmoothing(0.25).withClassWeights(1, 2, 3).withTemperature(4),
                new CrossEntropy().withLabelSmoothing(0.25).withClassWeights(1, 2, 3).withFloor(0.25))) {
            ClassificationLoss copy = SerialCopies.of(loss);

            assertThat(copy.value(row, 1)).isEqualTo(loss.value(row, 1));
            assertThat(copy.gradient(row, 1)).containsExactly(loss.gradient(row, 1));
            assertThat(copy.weight(2)).isEqualTo(loss.weight(2));
        }
    }
}
