package io.github.plainjava.losses;

import static java.lang.Double.MAX_VALUE;
import static java.lang.Double.MIN_VALUE;
import static java.lang.Double.NEGATIVE_INFINITY;
import static java.lang.Double.NaN;
import static java.lang.Double.POSITIVE_INFINITY;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every cell of the table of special values. */
class SpecialValuesTest {

    private static final double INF = POSITIVE_INFINITY;

    private final Softmax softmax = new Softmax();
    private final CrossEntropy crossEntropy = new CrossEntropy();
    private final MeanSquaredError meanSquaredError = new MeanSquaredError();

    @Nested
    @DisplayName("a NaN in the prediction's row")
    class NaNInTheRow {

        static Stream<double[]> logits() {
            return Stream.of(
                    new double[] {NaN}, new double[] {NaN, 1, 2}, new double[] {1, NaN, 2}, new double[] {1, 2, NaN},
                    new double[] {NaN, INF, 1}, new double[] {INF, NaN, 1}, new double[] {NaN, NEGATIVE_INFINITY, 1},
                    new double[] {NEGATIVE_INFINITY, NaN, NEGATIVE_INFINITY}, new double[] {NaN, NaN},
                    new double[] {MAX_VALUE, NaN}, rowOf100WithNaNAt(0), rowOf100WithNaNAt(64), rowOf100WithNaNAt(99),
                    new double[] {1, NaN, NEGATIVE_INFINITY}, new double[] {MAX_VALUE, -MAX_VALUE, NaN});
        }

        static Stream<double[]> probabilities() {
            return Stream.of(
                    new double[] {NaN}, new double[] {NaN, 1, 0.5}, new double[] {1, NaN, 0.5},
                    new double[] {1, 0.5, NaN}, new double[] {0, NaN}, new double[] {NaN, 0}, new double[] {NaN, NaN},
                    rowOf100WithNaNAt(0), rowOf100WithNaNAt(64), rowOf100WithNaNAt(99));
        }

        private static double[] rowOf100WithNaNAt(int i) {
            double[] row = new double[100];
            row[i] = NaN;
            return row;
        }

        @ParameterizedTest
        @MethodSource("logits")
        void makesEveryResultOfSoftmaxNaN(double[] logits) {
            Bits.assertAllNaN(Softmax.softmax(logits));
            Bits.assertAllNaN(Softmax.logSoftmax(logits));
            Bits.assertAllNaN(Softmax.logSumExp(logits));
            Bits.assertAllNaN(Softmax.jacobianVectorProduct(logits, new double[logits.length]));
            Bits.assertAllNaN(softmax.probabilities(logits));
            double[] gradient = new double[logits.length];
            Bits.assertAllNaN(Softmax.entropy(logits, gradient));
            Bits.assertAllNaN(gradient);
            for (int label = 0; label < logits.length; label++) {
                assertNaN(softmax, logits, label);
            }
        }

        @ParameterizedTest
        @MethodSource("logits")
        void makesItNaNAtAnyTemperatureAndInABatchToo(double[] logits) {
            double[] gradient = new double[logits.length];
            for (double temperature : new double[] {1e-18, 0.5, 2, 1e18}) {
                Bits.assertAllNaN(softmax.withTemperature(temperature).probabilities(logits));
                assertNaN(softmax.withTemperature(temperature), logits, 0);
            }
            for (int label = 0; label < logits.length; label++) {
                Arrays.fill(gradient, 0);
                assertThat(Batch.of(softmax, logits.length).valueAndGradient(logits, new int[] {label}, gradient))
                        .isNaN();
                Bits.assertAllNaN(gradient);
            }
        }

        @ParameterizedTest
        @MethodSource("probabilities")
        void makesTheCrossEntropyNaN(double[] probabilities) {
            for (int label = 0; label < probabilities.length; label++) {
                assertNaN(crossEntropy, probabilities, label);
                assertNaN(crossEntropy.withFloor(0.01), probabilities, label);
            }
        }

        @ParameterizedTest
        @MethodSource("logits")
        void makesTheMeanSquaredErrorNaNInThePredictionOrTheTarget(double[] row) {
            assertNaN(meanSquaredError, row, new double[row.length]);
            assertNaN(meanSquaredError, new double[row.length], row);
        }

        private static void assertNaN(ClassificationLoss loss, double[] row, int label) {
            double[] gradient = new double[row.length];
            assertThat(loss.value(row, label)).isNaN();
            assertThat(loss.valueAndGradient(row, label, gradient)).isNaN();
            Bits.assertAllNaN(gradient);
            assertNaN(loss, row, OneHot.encode(label, row.length));
            assertNaN(loss, row, new double[row.length]);
        }

        private static void assertNaN(LossFunction loss, double[] row, double[] target) {
            double[] gradient = new double[row.length];
            assertThat(loss.value(row, target)).isNaN();
            assertThat(loss.valueAndGradient(row, target, gradient)).isNaN();
            Bits.assertAllNaN(gradient);
        }
    }

    @Nested
    @DisplayName("a logit -infinity")
    class ExcludedClass {

        private final double[] masked = {1.5, NEGATIVE_INFINITY, -0.25, NEGATIVE_INFINITY, 3};
        private final double[] without = {1.5, -0.25, 3};
        private final int[] kept = {0, 2, 4};

        @Test
        void hasProbability0AndLogProbabilityMinusInfinity() {
            for (int excluded : new int[] {1, 3}) {
                Bits.assertSame(Softmax.softmax(masked)[excluded], 0.0);
                Bits.assertSame(Softmax.logSoftmax(masked)[excluded], NEGATIVE_INFINITY);
                Bits.assertSame(softmax.gradient(masked, 0)[excluded], 0.0);
                Bits.assertSame(Softmax.jacobianVectorProduct(masked, new double[] {1, 2, 3, 4, 5})[excluded], 0.0);
            }
        }

        @Test
        void leavesTheRestAsIfItWereAbsent() {
            Bits.assertSame(Softmax.logSumExp(masked), Softmax.logSumExp(without));
            for (int i = 0; i < kept.length; i++) {
                Bits.assertSame(Softmax.softmax(masked)[kept[i]], Softmax.softmax(without)[i]);
                Bits.assertSame(Softmax.logSoftmax(masked)[kept[i]], Softmax.logSoftmax(without)[i]);
                Bits.assertSame(softmax.value(masked, kept[i]), softmax.value(without, i));
                Bits.assertSame(softmax.gradient(masked, 2)[kept[i]], softmax.gradient(without, 1)[i]);
                Bits.assertSame(Softmax.jacobianVectorProduct(masked, new double[] {1, 7, 2, 8, 3})[kept[i]],
                        Softmax.jacobianVectorProduct(without, new double[] {1, 2, 3})[i]);
            }
        }

        @Test
        void nextToASingleFiniteLogitMakesItCertain() {
            double[] logits = {NEGATIVE_INFINITY, -1e300, NEGATIVE_INFINITY};
            Bits.assertSame(Softmax.softmax(logits), new double[] {0, 1, 0});
            Bits.assertSame(Softmax.logSoftmax(logits), new double[] {NEGATIVE_INFINITY, 0, NEGATIVE_INFINITY});
            Bits.assertSame(Softmax.logSumExp(logits), -1e300);
            Bits.assertSame(softmax.value(logits, 1), 0.0);
            Bits.assertSame(softmax.gradient(logits, 1), new double[3]);
        }

        @Test
        void withTheTargetsMassMakesTheLossInfiniteAndTheGradientFinite() {
            double[] logits = {0, NEGATIVE_INFINITY, 0};
            double[] gradient = new double[3];
            Bits.assertSame(softmax.valueAndGradient(logits, 1, gradient), INF);
            Bits.assertSame(gradient, new double[] {0.5, -1, 0.5});
            Bits.assertSame(softmax.valueAndGradient(logits, new double[] {0.5, 0.25, 0.25}, gradient), INF);
            Bits.assertSame(gradient, new double[] {0, -0.25, 0.25});
            Bits.assertSame(softmax.value(logits, 1), INF);
            Bits.assertSame(softmax.value(logits, new double[] {0.5, 0.25, 0.25}), INF);
        }
    }

    @Nested
    @DisplayName("every logit -infinity")
    class EveryClassExcluded {

        @ParameterizedTest
        @ValueSource(ints = {1, 2, 5, 100})
        void leavesNothingToComputeButALogSumExpOfMinusInfinity(int n) {
            double[] logits = new double[n];
            Arrays.fill(logits, NEGATIVE_INFINITY);
            assertUndefined(logits);
            Bits.assertSame(Softmax.logSumExp(logits), NEGATIVE_INFINITY);
        }

        @Test
        void isTheLogSumExpOfNothingToo() {
            Bits.assertSame(Softmax.logSumExp(new double[0]), NEGATIVE_INFINITY);
        }
    }

    @Nested
    @DisplayName("a logit +infinity")
    class InfiniteLogit {

        static Stream<double[]> logits() {
            return Stream.of(new double[] {INF}, new double[] {INF, 0}, new double[] {0, 1, INF},
                    new double[] {INF, INF}, new double[] {NEGATIVE_INFINITY, INF}, new double[] {INF, MAX_VALUE});
        }

        @ParameterizedTest
        @MethodSource("logits")
        void hasAnInfiniteLogSumExpAndNoProbabilities(double[] logits) {
            Bits.assertSame(Softmax.logSumExp(logits), INF);
            assertUndefined(logits);
        }
    }

    private void assertUndefined(double[] logits) {
        Bits.assertAllNaN(Softmax.softmax(logits));
        Bits.assertAllNaN(Softmax.logSoftmax(logits));
        Bits.assertAllNaN(Softmax.jacobianVectorProduct(logits, new double[logits.length]));
        for (int label = 0; label < logits.length; label++) {
            double[] gradient = new double[logits.length];
            assertThat(softmax.valueAndGradient(logits, label, gradient)).isNaN();
            Bits.assertAllNaN(gradient);
            assertThat(softmax.value(logits, label)).isNaN();
            assertThat(softmax.value(logits, OneHot.encode(label, logits.length))).isNaN();
        }
    }

    @Nested
    @DisplayName("a probability of 0")
    class ProbabilityOf0 {

        @Test
        void withTheTargetsMassIsAnInfiniteLossWithAnInfiniteSlope() {
            double[] gradient = new double[2];
            Bits.assertSame(crossEntropy.valueAndGradient(new double[] {0, 1}, 0, gradient), INF);
            Bits.assertSame(gradient, new double[] {NEGATIVE_INFINITY, 0});
            double[] target = {MIN_VALUE, 0.5};
            double value = crossEntropy.valueAndGradient(new double[] {0, 0.5}, target, gradient);
            Bits.assertSame(value, INF);
            Bits.assertSame(gradient, new double[] {NEGATIVE_INFINITY, -1});
            Bits.assertSame(crossEntropy.value(new double[] {-0.0, 1}, 0), INF);
        }

        @Test
        void withoutMassContributes0() {
            double[] gradient = new double[2];
            Bits.assertSame(crossEntropy.valueAndGradient(new double[] {0, 1}, 1, gradient), 0.0);
            Bits.assertSame(gradient, new double[] {0, -1});
            double value = crossEntropy.valueAndGradient(new double[] {0, 0.5}, new double[] {0, 0.5}, gradient);
            Bits.assertSame(value, crossEntropy.value(new double[] {0.5}, new double[] {0.5}));
            Bits.assertSame(gradient, new double[] {0, -1});
            value = crossEntropy.valueAndGradient(new double[] {-0.0, 1}, new double[] {-0.0, 1}, gradient);
            Bits.assertSame(value, 0.0);
            Bits.assertSame(gradient, new double[] {0, -1});
        }

        @Test
        void hasAFiniteLossUnderAFloor() {
            double[] gradient = new double[2];
            double value = crossEntropy.withFloor(0.125).valueAndGradient(new double[] {0, 1}, 0, gradient);
            assertThat(Ulps.error(value, new BigDecimal("3.0794415416798359282516963643745"))).isLessThanOrEqualTo(2);
            Bits.assertSame(gradient, new double[] {-8, 0});
        }
    }

    @Nested
    @DisplayName("a result beyond the double range")
    class BeyondTheRange {

        @Test
        void isInfiniteForLogits() {
            double[] logits = {MAX_VALUE, -MAX_VALUE};
            double[] gradient = new double[2];
            Bits.assertSame(softmax.valueAndGradient(logits, 1, gradient), INF);
            Bits.assertSame(gradient, new double[] {1, -1});
            Bits.assertSame(softmax.value(logits, 0), 0.0);
            Bits.assertSame(Softmax.logSoftmax(logits), new double[] {0, NEGATIVE_INFINITY});
            Bits.assertSame(Softmax.softmax(logits), new double[] {1, 0});
            Bits.assertSame(Softmax.logSumExp(logits), MAX_VALUE);
            Bits.assertSame(Softmax.logSumExp(new double[] {MAX_VALUE, MAX_VALUE}), MAX_VALUE);
        }

        @Test
        void isInfiniteForTargetsOfLargeMass() {
            Bits.assertSame(softmax.value(new double[] {0, 1e250}, new double[] {1e60, 0}), INF);
            Bits.assertSame(crossEntropy.gradient(new double[] {1e-300}, new double[] {1e10}),
                    new double[] {NEGATIVE_INFINITY});
            CrossEntropy weighted = crossEntropy.withClassWeights(1e18);
            Bits.assertSame(weighted.gradient(new double[] {1e-240}, new double[] {1e60}),
                    new double[] {NEGATIVE_INFINITY});
            Bits.assertSame(weighted.gradient(new double[] {MIN_VALUE}, new double[] {1e60}),
                    new double[] {NEGATIVE_INFINITY});
        }

        @Test
        void isInfiniteForSquares() {
            double[] gradient = new double[2];
            double value = meanSquaredError.valueAndGradient(new double[] {1e200, 0}, new double[2], gradient);
            Bits.assertSame(value, INF);
            Bits.assertSame(gradient, new double[] {1e200, 0});
            Bits.assertSame(meanSquaredError.gradient(new double[] {MAX_VALUE}, new double[] {-MAX_VALUE}),
                    new double[] {INF});
        }

        @Test
        void isNotReachedOnTheWayToARepresentableMean() {
            double root = 1.2e154;
            double[] row = {root, root, root};
            Bits.assertSame(meanSquaredError.value(row, new double[3]), root * root);
            double[] opposite = {MAX_VALUE, 0, 0, 0};
            double[] gradient = meanSquaredError.gradient(opposite, new double[] {-MAX_VALUE, 0, 0, 0});
            Bits.assertSame(gradient, new double[] {MAX_VALUE, 0, 0, 0});
        }

        @Test
        void isInfiniteForLargeSampleWeights() {
            Batch logits = Batch.of(softmax.withTemperature(1e-18), 2).weightedBy(new double[] {MAX_VALUE}).summed();
            Bits.assertSame(logits.gradient(new double[] {0, 0}, new int[] {0}), new double[] {NEGATIVE_INFINITY, INF});
            Batch probabilities = Batch.of(crossEntropy.withClassWeights(1e18, 1), 2)
                    .weightedBy(new double[] {-MAX_VALUE}).summed();
            Bits.assertSame(probabilities.gradient(new double[] {0.3, 1}, new double[] {0.7, 0}), new double[] {INF, 0});
            Batch measurements = Batch.of(meanSquaredError, 2).weightedBy(new double[] {MAX_VALUE}).summed();
            Bits.assertSame(measurements.gradient(new double[] {-1e300, 0.5}, new double[2]),
                    new double[] {NEGATIVE_INFINITY, MAX_VALUE / 2});
        }

        @Test
        void isNotReachedByProductsOnTheWayToARepresentableGradient() {
            Batch logits = Batch.of(softmax.withTemperature(1e-18), 2).weightedBy(new double[] {1e300}).summed();
            double[] gradient = logits.gradient(new double[] {0, -1e-16}, new int[] {0}); // p_1 = exp(-100), nearly
            assertThat(gradient[1]).isBetween(3.7e274, 3.8e274);
            Bits.assertSame(gradient[0], -gradient[1]);
        }
    }

    @Nested
    @DisplayName("infinities under squared error follow arithmetic")
    class InfiniteMeasurements {

        @Test
        void anInfiniteDifferenceIsAnInfiniteLoss() {
            double[] gradient = new double[2];
            Bits.assertSame(meanSquaredError.valueAndGradient(
                    new double[] {INF, 1}, new double[] {0, 0}, gradient), INF);
            Bits.assertSame(gradient, new double[] {INF, 1});
            Bits.assertSame(meanSquaredError.valueAndGradient(
                    new double[] {3, 1}, new double[] {INF, 0}, gradient), INF);
            Bits.assertSame(gradient, new double[] {NEGATIVE_INFINITY, 1});
        }

        @ParameterizedTest
        @ValueSource(doubles = {1, 1e-200, 1e-300, 0x1p600})
        void andSoTheyDoInAWeightedRow(double weight) {
            Batch batch = Batch.of(meanSquaredError, 2).weightedBy(new double[] {weight}).summed();
            double[] gradient = new double[2];
            Bits.assertSame(batch.valueAndGradient(new double[] {INF, 1}, new double[] {0, 0.5}, gradient), INF);
            Bits.assertSame(gradient, new double[] {INF, 0.5 * weight});
            Bits.assertSame(batch.valueAndGradient(new double[] {3, 1}, new double[] {INF, 0.5}, gradient), INF);
            Bits.assertSame(gradient, new double[] {NEGATIVE_INFINITY, 0.5 * weight});
            assertThat(batch.valueAndGradient(new double[] {3, NaN}, new double[] {2, 0}, gradient)).isNaN();
            Bits.assertAllNaN(gradient);
            assertThat(batch.valueAndGradient(new double[] {INF, 1}, new double[] {INF, 0}, gradient)).isNaN();
            assertThat(gradient[0]).isNaN();
        }

        @Test
        void equalInfinitiesHaveNoDifference() {
            assertThat(meanSquaredError.value(new double[] {INF, 1}, new double[] {INF, 0})).isNaN();
            assertThat(meanSquaredError.gradient(new double[] {INF, 1}, new double[] {INF, 0})[0]).isNaN();
        }
    }

    @Nested
    @DisplayName("-0.0")
    class NegativeZero {

        @Test
        void isNeverReturned() {
            double[] negativeZeros = {-0.0, -0.0};
            Bits.assertSame(Softmax.logSumExp(new double[] {-0.0}), 0.0);
            Bits.assertSame(Softmax.logSoftmax(new double[] {-0.0}), new double[] {0});
            Bits.assertSame(softmax.value(new double[] {-0.0}, 0), 0.0);
            Bits.assertSame(softmax.gradient(new double[] {5}, 0), new double[] {0});
            Bits.assertSame(softmax.gradient(negativeZeros, negativeZeros), new double[2]);
            Bits.assertSame(softmax.value(negativeZeros, negativeZeros), 0.0);
            Bits.assertSame(Softmax.jacobianVectorProduct(negativeZeros, negativeZeros), new double[2]);
            Bits.assertSame(softmax.gradient(new double[] {0, 2000}, 1), new double[2]);
            Bits.assertSame(crossEntropy.value(new double[] {1, 1}, 0), 0.0);
            Bits.assertSame(crossEntropy.gradient(new double[] {1, 1}, negativeZeros), new double[2]);
            Bits.assertSame(crossEntropy.gradient(new double[] {1, 1}, new double[2]), new double[2]);
            Bits.assertSame(meanSquaredError.value(negativeZeros, new double[2]), 0.0);
            Bits.assertSame(meanSquaredError.gradient(negativeZeros, new double[2]), new double[2]);
            Bits.assertSame(meanSquaredError.gradient(new double[2], negativeZeros), new double[2]);
            Bits.assertSame(meanSquaredError.gradient(new double[] {-MIN_VALUE, 0, 0, 0, 0}, new double[5]),
                    new double[5]);
        }

        /** The gradient at the label is negative, and then too small for a double. */
        @Test
        void isNotWhatASlopeBelowTheDoubleRangeBecomes() {
            for (double distance = 743; distance < 760; distance += 0.0625) {
                for (double temperature : new double[] {1, 2, 3}) {
                    Bits.assertNoNegativeZero(softmax.withTemperature(temperature)
                            .gradient(new double[] {0, -distance * temperature}, 0));
                }
            }
        }

        @Test
        void asALogitIs0() {
            Bits.assertSame(Softmax.softmax(new double[] {-0.0, 0}), new double[] {0.5, 0.5});
            Bits.assertSame(Softmax.logSumExp(new double[] {-0.0, NEGATIVE_INFINITY}), 0.0);
        }
    }

    @Nested
    @DisplayName("a probability above 1 by the rounding of sums of floats")
    class ProbabilityAbove1 {

        @ParameterizedTest
        @ValueSource(doubles = {1 + 0x1p-52, 1 + 0x1p-23, 1 + 1e-5f, 1 + 1e-5, 1 + 0x1p-16})
        void countsAs1(double p) {
            double[] gradient = new double[2];
            Bits.assertSame(crossEntropy.valueAndGradient(new double[] {p, 0.5}, 0, gradient), 0.0);
            Bits.assertSame(gradient, new double[] {-1, 0});
            Bits.assertSame(crossEntropy.withFloor(1).valueAndGradient(new double[] {p, 0.5}, 0, gradient), 0.0);
            Bits.assertSame(gradient, new double[] {-1, 0});
        }
    }

    @Test
    void lossesThatTheUsualFormulasGetWrong() {
        assertThat(softmax.value(new double[] {40, 0}, 0)).isEqualTo(4.248354255291589e-18);
        assertThat(softmax.gradient(new double[] {40, 0}, 0)[0]).isEqualTo(-4.248354255291589e-18);
        assertThat(softmax.value(new double[] {0, -800}, 1)).isEqualTo(800);
        assertThat(softmax.value(new double[] {0, -745}, 0)).isEqualTo(MIN_VALUE);
    }
}
