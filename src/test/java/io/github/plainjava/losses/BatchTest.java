package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchTest {

    private static final double INFINITY = Double.POSITIVE_INFINITY;

    /** Three rows of probabilities whose losses for the labels 0, 1, 2 are log 2, log 4 and log 8. */
    private static final double[] ROWS = {0.5, 0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.375, 0.125};
    private static final int[] LABELS = {0, 1, 2};
    private static final double LOG_2 = StrictMath.log(2);

    private static final Batch BATCH = Batch.of(new CrossEntropy(), 3);

    /** A loss as a user writes it: a lambda, here the mean absolute error. */
    private static final LossFunction ABSOLUTE_ERROR = (prediction, target, gradient) -> {
        double sum = 0;
        for (int i = 0; i < prediction.length; i++) {
            double difference = prediction[i] - target[i];
            gradient[i] = Math.signum(difference) / prediction.length;
            sum += Math.abs(difference);
        }
        return sum / prediction.length;
    };

    /** A loss as a user writes it: a class, with labels and weights of its own: how far an entry is from 1. */
    private static final class Shortfall implements ClassificationLoss {

        @Override
        public double valueAndGradient(double[] prediction, int label, double[] gradient) {
            double shortfall = 1 - prediction[label];
            Arrays.fill(gradient, 0);
            gradient[label] = -3 * (label + 1);
            return 3 * (label + 1) * shortfall;
        }

        @Override
        public double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
            return valueAndGradient(prediction, OneHot.decode(target), gradient);
        }

        @Override
        public double weight(int label) {
            return label + 1;
        }

        @Override
        public double weight(double[] target) {
            return weight(OneHot.decode(target));
        }
    }

    @Nested
    class Reduction {

        @Test
        void theValueIsTheMeanOverTheRows() {
            assertThat(BATCH.value(ROWS, LABELS)).isEqualTo(2 * LOG_2, within(1e-15));
            assertThat(BATCH.value(ROWS, OneHot.encode(LABELS, 3))).isEqualTo(BATCH.value(ROWS, LABELS));
        }

        @Test
        void summedGivesTheSum() {
            assertThat(BATCH.summed().value(ROWS, LABELS)).isEqualTo(6 * LOG_2, within(1e-15));
            assertThat(BATCH.summed().gradient(ROWS, LABELS)).containsExactly(-2, 0, 0, 0, -4, 0, 0, 0, -8);
        }

        @Test
        void theGradientHasTheReductionInIt() {
            assertThat(Batch.of(new CrossEntropy(), 3).gradient(Arrays.copyOf(ROWS, 6), new int[] {0, 1}))
                    .containsExactly(-1, 0, 0, 0, -2, 0);
            double[] gradient = new double[9];
            double value = BATCH.valueAndGradient(ROWS, LABELS, gradient);
            assertThat(value).isEqualTo(BATCH.value(ROWS, LABELS));
            assertThat(gradient).containsExactly(-2.0 / 3, 0, 0, 0, -4.0 / 3, 0, 0, 0, -8.0 / 3);
            assertThat(BATCH.gradient(ROWS, OneHot.encode(LABELS, 3))).containsExactly(gradient);
        }

        @Test
        void sampleWeightsMakeAWeightedMean() {
            Batch weighted = BATCH.weightedBy(new double[] {4, 2, 1});

            assertThat(weighted.value(ROWS, LABELS)).isEqualTo((4 + 2 * 2 + 3) * LOG_2 / 7, within(1e-15));
            assertThat(weighted.summed().value(ROWS, LABELS)).isEqualTo(11 * LOG_2, within(2e-15));
            assertThat(weighted.summed().gradient(ROWS, LABELS)).containsExactly(-8, 0, 0, 0, -8, 0, 0, 0, -8);
        }

        @Test
        void classWeightsAreInTheNumeratorAndTheDenominatorForLabelsAndTargetsAlike() {
            Batch batch = Batch.of(new CrossEntropy().withClassWeights(1, 4, 2), 3);

            assertThat(batch.value(ROWS, LABELS)).isEqualTo((1 + 4 * 2 + 2 * 3) * LOG_2 / 7, within(1e-15));
            assertThat(batch.value(ROWS, OneHot.encode(LABELS, 3))).isEqualTo(batch.value(ROWS, LABELS));
            double[] half = Arrays.stream(OneHot.encode(LABELS, 3)).map(mass -> mass / 2).toArray();
            assertThat(batch.value(ROWS, half)).isEqualTo(batch.value(ROWS, LABELS));
            assertThat(batch.weightedBy(new double[] {2, 1, 0}).value(ROWS, LABELS))
                    .isEqualTo((2 + 4 * 2) * LOG_2 / 6, within(1e-15));
        }

        @Test
        void aTargetOfMassQCountsAsQ() {
            double[] targets = {3, 0, 0, 0, 1, 0};

            assertThat(BATCH.value(Arrays.copyOf(ROWS, 6), targets)).isEqualTo((3 + 2) * LOG_2 / 4, within(1e-15));
            assertThat(BATCH.gradient(Arrays.copyOf(ROWS, 6), targets)).containsExactly(-1.5, 0, 0, 0, -1, 0);
        }

        @Test
        void perRowIsEachLossTimesItsWeightsWithoutReduction() {
            double[] plain = BATCH.perRow(ROWS, LABELS);
            assertThat(plain).containsExactly(LOG_2, 2 * LOG_2, 3 * LOG_2);
            assertThat(BATCH.perRow(ROWS, OneHot.encode(LABELS, 3))).containsExactly(plain);
            assertThat(BATCH.summed().perRow(ROWS, LABELS)).containsExactly(plain);
            assertThat(BATCH.weightedBy(new double[] {2, 0, 0.5}).perRow(ROWS, LABELS))
                    .containsExactly(2 * LOG_2, 0, 1.5 * LOG_2);
            assertThat(BATCH.ignoring(1).perRow(ROWS, LABELS)).containsExactly(LOG_2, 0, 3 * LOG_2);
            assertThat(Batch.of(new CrossEntropy().withClassWeights(0, 4, 2), 3).perRow(ROWS, LABELS))
                    .containsExactly(0, 8 * LOG_2, 6 * LOG_2);
        }

        @Test
        void perRowOfLogitsIsEachLossOnItsOwn() {
            double[] logits = {1, 2, 3, 0, 0, 0, 5, -5, 1};
            Softmax softmax = new Softmax();

            assertThat(Batch.of(softmax, 3).perRow(logits, LABELS)).containsExactly(
                    softmax.value(new double[] {1, 2, 3}, 0),
                    softmax.value(new double[] {0, 0, 0}, 1),
                    softmax.value(new double[] {5, -5, 1}, 2));
        }

        @Test
        void optionsOfTheLossAreInEachRow() {
            for (Softmax softmax : List.of(new Softmax().withLabelSmoothing(0.5), new Softmax().withTemperature(2),
                    new Softmax().withClassWeights(1, 2, 4))) {
                Batch batch = Batch.of(softmax, 3).summed();

                assertThat(batch.value(new double[] {1, 2, 4}, new int[] {1}))
                        .isEqualTo(softmax.value(new double[] {1, 2, 4}, 1));
                assertThat(batch.gradient(new double[] {1, 2, 4}, new int[] {1}))
                        .containsExactly(softmax.gradient(new double[] {1, 2, 4}, 1));
            }
        }

        @Test
        void lossMeanCountsTheRowsWhoseLabelIsNotIgnored() {
            LossMean total = Batch.of(new Softmax(), 3).ignoring(1).lossMean(ROWS, LABELS);

            assertThat(total.count()).isEqualTo(2);
            assertThat(total.totalWeight()).isEqualTo(2);
        }

        @Test
        void lossMeanHoldsTheSumsBehindTheValue() {
            LossMean total = BATCH.weightedBy(new double[] {4, 2, 0}).lossMean(ROWS, LABELS);

            assertThat(total.count()).isEqualTo(2);
            assertThat(total.totalWeight()).isEqualTo(6);
            assertThat(total.mean()).isEqualTo(BATCH.weightedBy(new double[] {4, 2, 0}).value(ROWS, LABELS));
            assertThat(BATCH.summed().lossMean(ROWS, LABELS)).isEqualTo(BATCH.lossMean(ROWS, LABELS));
            assertThat(BATCH.lossMean(ROWS, OneHot.encode(LABELS, 3))).isEqualTo(BATCH.lossMean(ROWS, LABELS));
        }

        @Test
        void everyOptionGivesANewBatchAndLeavesTheOldOne() {
            Batch batch = Batch.of(new CrossEntropy(), 3);
            double before = batch.value(ROWS, LABELS);
            batch.summed();
            batch.ignoring(1);
            batch.weightedBy(new double[] {1, 2, 3});
            batch.parallel();

            assertThat(batch.value(ROWS, LABELS)).isEqualTo(before);
        }

        @Test
        void sampleWeightsAreCopied() {
            double[] weights = {1, 1, 1};
            Batch weighted = BATCH.weightedBy(weights);
            weights[0] = 100;

            assertThat(weighted.value(ROWS, LABELS)).isEqualTo(BATCH.value(ROWS, LABELS));
        }

        @Test
        void optionsCombineInAnyOrder() {
            double[] weights = {3, 2, 1};
            double expected = BATCH.weightedBy(weights).ignoring(0).summed().parallel().value(ROWS, LABELS);

            assertThat(expected).isEqualTo(7 * LOG_2, within(1e-15));
            assertThat(BATCH.parallel().summed().ignoring(0).weightedBy(weights).value(ROWS, LABELS))
                    .isEqualTo(expected);
            assertThat(BATCH.ignoring(0).parallel().weightedBy(weights).summed().value(ROWS, LABELS))
                    .isEqualTo(expected);
        }
    }

    @Nested
    class RowsThatDoNotCount {

        @Test
        void aRowOfWeightZeroContributesNothingAndItsGradientRowIsZero() {
            double[] gradient = new double[9];
            Arrays.fill(gradient, 9);
            double value = BATCH.weightedBy(new double[] {1, 0, 1}).valueAndGradient(ROWS, LABELS, gradient);

            assertThat(value).isEqualTo(2 * LOG_2, within(1e-15));
            assertThat(gradient).containsExactly(-1, 0, 0, 0, 0, 0, 0, 0, -4);
        }

        @Test
        void anIgnoredLabelContributesNothingAlsoOneThatIsNoClass() {
            Batch padded = BATCH.ignoring(-100);
            int[] labels = {0, -100, 2};

            assertThat(padded.value(ROWS, labels)).isEqualTo(2 * LOG_2, within(1e-15));
            assertThat(padded.gradient(ROWS, labels)).containsExactly(-1, 0, 0, 0, 0, 0, 0, 0, -4);
            assertThat(padded.lossMean(ROWS, labels).count()).isEqualTo(2);
            assertThat(BATCH.ignoring(Integer.MAX_VALUE).value(ROWS, new int[] {0, Integer.MAX_VALUE, 2}))
                    .isEqualTo(padded.value(ROWS, labels));
        }

        @Test
        void ignoringAddsToWhatIsIgnored() {
            double[] logits = {1, 2, 3, 0, 0, 0, 5, -5, 1, 2, 2, 2};
            int[] labels = {0, -1, -100, 2};
            Batch all = Batch.of(new Softmax(), 3);
            double expected = all.value(new double[] {1, 2, 3, 2, 2, 2}, new int[] {0, 2});
            for (Batch batch : List.of(all.ignoring(-1).ignoring(-100), all.ignoring(-100).ignoring(-1),
                    all.ignoring(-1, -100), all.ignoring(-100, 7, -1, -1).ignoring(-100), all.ignoring(-1, 1, -100))) {
                assertThat(batch.value(logits, labels)).isEqualTo(expected);
                assertThat(batch.lossMean(logits, labels).count()).isEqualTo(2);
                assertThat(batch.perRow(logits, labels)).containsSequence(0, 0);
                assertThat(batch.weightedBy(new double[] {1, 5, 5, 1}).value(logits, labels)).isEqualTo(expected);
            }
            assertThat(all.ignoring(-1).ignoring(-100, -1)).isEqualTo(all.ignoring(-100, -1))
                    .hasSameHashCodeAs(all.ignoring(-1, -100, -1)).isNotEqualTo(all.ignoring(-1));
            assertThat(all.ignoring()).isEqualTo(all);
            assertThat(all.ignoring(4).ignoring()).isEqualTo(all.ignoring(4));
            int[] given = {-1, -100};
            Batch copied = all.ignoring(given);
            given[0] = 0;
            assertThat(copied.value(logits, labels)).isEqualTo(expected);
        }

        @Test
        void aClassOfWeightZeroContributesNothingWithoutSmoothing() {
            Batch batch = Batch.of(new CrossEntropy().withClassWeights(1, 0, 1), 3);

            assertThat(batch.value(ROWS, LABELS)).isEqualTo(2 * LOG_2, within(1e-15));
            assertThat(batch.gradient(ROWS, LABELS)).containsExactly(-1, 0, 0, 0, 0, 0, 0, 0, -4);
            assertThat(batch.lossMean(ROWS, LABELS).count()).isEqualTo(3);
            assertThat(batch.lossMean(ROWS, LABELS).totalWeight()).isEqualTo(2);
        }

        @Test
        void aLabelOfAClassOfWeightZeroHasALossWithSmoothing() {
            Softmax loss = new Softmax().withClassWeights(0, 1).withLabelSmoothing(0.1);
            double[] logits = {2, 0, 1, -1, 0.5, 0};
            int[] labels = {0, 1, 0};
            double first = loss.value(new double[] {2, 0}, 0);
            assertThat(first).isEqualTo(0.05 * Math.log1p(Math.exp(2)), within(1e-15));

            for (Batch batch : List.of(Batch.of(loss, 2), Batch.of(loss, 2).parallel())) {
                double[] each = batch.perRow(logits, labels);
                assertThat(each[0]).isEqualTo(first);
                assertThat(each[2]).isEqualTo(loss.value(new double[] {0.5, 0}, 0)).isPositive();
                double sum = each[0] + each[1] + each[2];
                assertThat(batch.summed().value(logits, labels)).isEqualTo(sum, within(1e-15));
                assertThat(batch.value(logits, labels)).isEqualTo(sum, within(1e-15)); // divided by 0 + 1 + 0
                double[] gradient = batch.gradient(logits, labels);
                assertThat(gradient).containsExactly(batch.summed().gradient(logits, labels));
                assertThat(Arrays.copyOf(gradient, 2)).containsExactly(loss.gradient(new double[] {2, 0}, 0));
                assertThat(batch.lossMean(logits, labels).count()).isEqualTo(3);
                assertThat(batch.lossMean(logits, labels).totalWeight()).isEqualTo(1);
                double[] targets = OneHot.encode(labels, 2);
                assertThat(batch.perRow(logits, targets)).containsExactly(each);
                assertThat(batch.gradient(logits, targets)).containsExactly(gradient);
                assertThat(batch.lossMean(logits, targets)).isEqualTo(batch.lossMean(logits, labels));
            }
        }

        /** Weights that cancel, or that are not numbers, must not pass for a total weight. */
        @ParameterizedTest
        @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
        void aUsersLossWhoseTargetsHaveNoWeightIsRefused(double bad) {
            LossFunction wrong = new LossFunction() {
                @Override
                public double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
                    return 7;
                }

                @Override
                public double weight(double[] target) {
                    return target[0];
                }
            };
            double[] targets = {1, bad};
            for (Batch batch : List.of(Batch.of(wrong, 1), Batch.of(wrong, 1).summed())) {
                for (ThrowingCallable call : List.<ThrowingCallable>of(
                        () -> batch.value(new double[2], targets), () -> batch.gradient(new double[2], targets),
                        () -> batch.perRow(new double[2], targets), () -> batch.lossMean(new double[2], targets))) {
                    assertThatIllegalArgumentException().isThrownBy(call).withMessage(
                            "row 1: weight of the target = " + bad + " is not a finite number of at least 0");
                }
            }
        }

        @Test
        void whereTheTotalWeightIsZeroMeanAndGradientAreZeroAndTheSumIsThatOfTheRows() {
            Softmax loss = new Softmax().withClassWeights(0, 1).withLabelSmoothing(0.1);
            double[] logits = {2, 0, 1, -1};
            int[] labels = {0, 0};
            Batch batch = Batch.of(loss, 2);
            double[] gradient = {9, 9, 9, 9};
            assertThat(batch.valueAndGradient(logits, labels, gradient)).isZero();
            assertThat(gradient).containsExactly(0, 0, 0, 0);
            assertThat(batch.value(logits, labels)).isZero();
            assertThat(batch.lossMean(logits, labels).mean()).isZero();
            assertThat(batch.lossMean(logits, labels).sum()).isEqualTo(batch.summed().value(logits, labels))
                    .isEqualTo(2 * loss.value(new double[] {2, 0}, 0));
            assertThat(batch.summed().gradient(logits, labels)).startsWith(loss.gradient(new double[] {2, 0}, 0));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> batch.valueAndGradient(logits, new int[] {0, 2}, new double[4]));
        }

        @Test
        void aRowOfAUsersLossThatWeighsNothingByItselfCountsInTheSum() {
            LossFunction weightless = new LossFunction() {
                @Override
                public double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
                    return ABSOLUTE_ERROR.valueAndGradient(prediction, target, gradient);
                }

                @Override
                public double weight(double[] target) {
                    return target[0];
                }
            };
            Batch batch = Batch.of(weightless, 1);
            assertThat(batch.perRow(new double[] {3, 5}, new double[] {0, 4})).containsExactly(3, 1);
            assertThat(batch.value(new double[] {3, 5}, new double[] {0, 4})).isEqualTo(1);
            assertThat(batch.gradient(new double[] {3, 5}, new double[] {0, 4})).containsExactly(0.25, 0.25);
            assertThat(batch.summed().value(new double[] {3, 5}, new double[] {0, 4})).isEqualTo(4);
            assertThat(batch.gradient(new double[] {3}, new double[] {0})).containsExactly(0);
        }

        @ParameterizedTest
        @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
        void evenARowWhoseLossIsInfiniteOrNaNContributesNothing(double bad) {
            double[] logits = {1, 2, 3, bad, 0, bad, 3, 2, 1};
            double[] expected = Batch.of(new Softmax(), 3).gradient(new double[] {1, 2, 3, 3, 2, 1}, new int[] {0, 1});

            assertContributesNothing(
                    Batch.of(new Softmax(), 3).weightedBy(new double[] {1, 0, 1}), logits, new int[] {0, 0, 1},
                    expected);
            assertContributesNothing(
                    Batch.of(new Softmax(), 3).ignoring(-1), logits, new int[] {0, -1, 1}, expected);
        }

        @Test
        void aRowWhoseLossIsNaNCountsWhateverItsClassWeighs() {
            double[] logits = {1, 2, 3, Double.NaN, 0, 0};
            Batch batch = Batch.of(new Softmax().withClassWeights(1, 1, 0), 3);
            assertThat(new Softmax().withClassWeights(1, 1, 0).value(new double[] {Double.NaN, 0, 0}, 2)).isNaN();
            assertThat(batch.value(logits, new int[] {0, 2})).isNaN();
            assertThat(batch.perRow(logits, new int[] {0, 2})[1]).isNaN();
            assertThat(batch.gradient(logits, new int[] {0, 2})).startsWith(
                    new Softmax().gradient(new double[] {1, 2, 3}, 0)).endsWith(Double.NaN, Double.NaN, Double.NaN);
        }

        @Test
        void oneRowThatIsNotFiniteIsCountedAndFound() {
            double[] logits = new double[30_000];
            logits[3 * 4711 + 1] = Double.NaN;
            int[] labels = new int[10_000];
            for (Batch batch : List.of(Batch.of(new Softmax(), 3), Batch.of(new Softmax(), 3).parallel(),
                    Batch.of(new Softmax().withTemperature(2), 3))) {
                assertThat(batch.value(logits, labels)).isNaN();
                assertThat(batch.lossMean(logits, labels).notFiniteCount()).isEqualTo(1);
                double[] each = batch.perRow(logits, labels);
                assertThat(IntStream.range(0, each.length).filter(r -> !Double.isFinite(each[r]))).containsExactly(4711);
            }
        }

        private void assertContributesNothing(Batch batch, double[] logits, int[] labels, double[] expected) {
            for (Batch each : List.of(batch, batch.parallel())) {
                double[] gradient = new double[9];
                Arrays.fill(gradient, 9);
                double value = each.valueAndGradient(logits, labels, gradient);

                assertThat(value).isEqualTo(
                        Batch.of(new Softmax(), 3).value(new double[] {1, 2, 3, 3, 2, 1}, new int[] {0, 1}));
                assertThat(each.value(logits, labels)).isEqualTo(value);
                assertThat(Arrays.copyOfRange(gradient, 0, 3)).containsExactly(Arrays.copyOfRange(expected, 0, 3));
                assertThat(Arrays.copyOfRange(gradient, 3, 6)).containsExactly(0, 0, 0);
                assertThat(Arrays.copyOfRange(gradient, 6, 9)).containsExactly(Arrays.copyOfRange(expected, 3, 6));
                assertThat(each.perRow(logits, labels)[1]).isZero();
            }
        }

        @Test
        void evenAnInfiniteLossOfAUsersLossContributesNothing() {
            double[] predictions = {1, INFINITY, Double.NaN, 5};
            double[] targets = {0, 0, 0, 4};
            Batch batch = Batch.of(ABSOLUTE_ERROR, 1).weightedBy(new double[] {1, 0, 0, 1});

            assertThat(batch.value(predictions, targets)).isEqualTo(1);
            assertThat(batch.gradient(predictions, targets)).containsExactly(0.5, 0, 0, 0.5);
            double[] gradient = {9, 9, 9, 9};
            batch.valueAndGradient(predictions, targets, gradient);
            assertThat(gradient).containsExactly(0.5, 0, 0, 0.5);
        }

        @Test
        void whereNothingCountsValueAndGradientAreZero() {
            double[] logits = {Double.NaN, INFINITY, 1, 2};
            for (Batch base : List.of(Batch.of(new Softmax(), 2), Batch.of(new Softmax(), 2).summed())) {
                for (Batch batch : List.of(base.ignoring(-100), base.ignoring(-100).weightedBy(new double[] {0, 3}),
                        base.ignoring(-100).parallel())) {
                    double[] gradient = {9, 9, 9, 9};
                    int[] labels = {-100, -100};

                    assertThat(batch.valueAndGradient(logits, labels, gradient)).isZero();
                    assertThat(gradient).containsExactly(0, 0, 0, 0);
                    assertThat(batch.value(logits, labels)).isZero();
                    assertThat(batch.perRow(logits, labels)).containsExactly(0, 0);
                    assertThat(batch.lossMean(logits, labels)).isEqualTo(new LossMean());
                }
                double[] gradient = {9, 9, 9, 9};
                Batch weightless = base.weightedBy(new double[] {0, 0});
                assertThat(weightless.valueAndGradient(logits, new double[] {1, 0, 0, 1}, gradient)).isZero();
                assertThat(gradient).containsExactly(0, 0, 0, 0);
            }
            Batch classless = Batch.of(new Softmax().withClassWeights(0, 0), 2);
            assertThat(classless.value(logits, new int[] {0, 1})).isZero();
            assertThat(classless.gradient(logits, new int[] {0, 1})).containsExactly(0, 0, 0, 0);
            assertThat(classless.summed().value(logits, new int[] {0, 1})).isNaN();
            assertThat(classless.summed().gradient(logits, new int[] {0, 1}))
                    .containsExactly(Double.NaN, Double.NaN, 0, 0);
        }

        @Test
        void aBatchWithoutRowsHasValueZero() {
            assertThat(BATCH.value(new double[0], new int[0])).isZero();
            assertThat(BATCH.gradient(new double[0], new int[0])).isEmpty();
            assertThat(BATCH.value(new double[0], new double[0])).isZero();
            assertThat(BATCH.perRow(new double[0], new int[0])).isEmpty();
        }

        @Test
        void anInfiniteLossThatCountsMakesTheMeanInfinite() {
            double[] rows = {1, 0, 0.5, 0.5};

            Batch pairs = Batch.of(new CrossEntropy(), 2);
            assertThat(pairs.value(rows, new int[] {1, 0})).isEqualTo(INFINITY);
            assertThat(Batch.of(new Softmax(), 2).value(new double[] {Double.NaN, 1, 2, 3}, new int[] {0, 1})).isNaN();
        }

        @Test
        void aNaNStaysInItsOwnRowOfTheGradient() {
            double[] logits = {Double.NaN, 1, 2, 2};
            double[] gradient = Batch.of(new Softmax(), 2).gradient(logits, new int[] {0, 1});

            assertThat(gradient).containsExactly(Double.NaN, Double.NaN, 0.25, -0.25);
        }
    }

    @Nested
    class AnyLoss {

        /** Rows of 4: enough to be shared out. */
        private static final double[] MANY_ROWS = new double[80_000];

        @Test
        void aLambdaWorks() {
            Batch batch = Batch.of(ABSOLUTE_ERROR, 2);

            double[] predictions = {1, 2, 3, 4};
            double[] targets = {2, 2, 0, 4};
            assertThat(batch.value(predictions, targets)).isEqualTo(1);
            assertThat(batch.gradient(predictions, targets)).containsExactly(-0.25, 0, 0.25, 0);
            assertThat(batch.weightedBy(new double[] {3, 1}).value(predictions, targets)).isEqualTo(0.75);
        }

        @Test
        void aClassWorksWithLabelsAndItsOwnWeights() {
            Batch batch = Batch.of(new Shortfall(), 2);
            double[] rows = {0.5, 1, 0, 0.75};

            assertThat(batch.perRow(rows, new int[] {0, 1})).containsExactly(1.5, 1.5);
            assertThat(batch.value(rows, new int[] {0, 1})).isEqualTo(1);
            assertThat(batch.gradient(rows, new int[] {0, 1})).containsExactly(-1, 0, 0, -2);
            assertThat(batch.value(rows, new double[] {1, 0, 0, 1})).isEqualTo(1);
            assertThat(batch.ignoring(0).value(rows, new int[] {0, 1})).isEqualTo(0.75);
            assertThat(batch.weightedBy(new double[] {4, 0.5}).perRow(rows, new int[] {0, 1}))
                    .containsExactly(6, 0.75);
        }

        @Test
        void rowsAreComputedByTheCallingThreadUnlessTheBatchIsParallel() {
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            Batch batch = Batch.of(seenBy(threads, new CountDownLatch(1)), 4);

            batch.gradient(MANY_ROWS, MANY_ROWS);
            assertThat(threads).containsExactly(Thread.currentThread());
        }

        @Test
        void severalThreadsComputeTheRowsOfALargeParallelBatch() {
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            Batch batch = Batch.of(seenBy(threads, new CountDownLatch(2)), 4).parallel();

            batch.gradient(MANY_ROWS, MANY_ROWS);
            assertThat(threads).hasSizeGreaterThan(1);
        }

        /** A loss that notes who computes it; everyone waits at the first row until as many have come as expected. */
        private static LossFunction seenBy(Set<Thread> threads, CountDownLatch expected) {
            return (prediction, target, gradient) -> {
                if (threads.add(Thread.currentThread())) {
                    expected.countDown();
                    try {
                        expected.await(10, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
                return ABSOLUTE_ERROR.valueAndGradient(prediction, target, gradient);
            };
        }

        @Test
        void aBatchIsALossFunction() {
            LossFunction loss = BATCH;
            double[] targets = OneHot.encode(LABELS, 3);

            assertThat(loss.value(ROWS, targets)).isEqualTo(BATCH.value(ROWS, LABELS));
            assertThat(loss.gradient(ROWS, targets)).containsExactly(BATCH.gradient(ROWS, LABELS));
        }

        @Test
        void aBatchOfBatchesIsTheMeanOfTheirMeans() {
            Batch inner = Batch.of(new MeanSquaredError(), 2);
            Batch outer = Batch.of(inner, 4);
            double[] predictions = {1, 2, 3, 4, 5, 6, 7, 8};
            double[] targets = {1, 1, 1, 1, 2, 2, 2, 2};
            LossMean expected = new LossMean();
            expected.accept(inner.value(new double[] {1, 2, 3, 4}, new double[] {1, 1, 1, 1}));
            expected.accept(inner.value(new double[] {5, 6, 7, 8}, new double[] {2, 2, 2, 2}));

            assertThat(outer.value(predictions, targets)).isEqualTo(expected.mean());
            assertThat(outer.gradient(predictions, targets))
                    .containsExactly(Batch.of(new MeanSquaredError(), 2).gradient(predictions, targets));
            assertThat(GradientCheck.of(outer, predictions, targets).passes()).isTrue();
        }

        @Test
        void labelsNeedAClassificationLoss() {
            Batch regression = Batch.of(new MeanSquaredError(), 3);

            assertThatIllegalArgumentException().isThrownBy(() -> regression.value(ROWS, LABELS));
            assertThatIllegalArgumentException().isThrownBy(() -> regression.gradient(ROWS, LABELS));
            assertThatIllegalArgumentException().isThrownBy(() -> regression.perRow(ROWS, LABELS));
            assertThatIllegalArgumentException().isThrownBy(() -> regression.lossMean(ROWS, LABELS));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> regression.valueAndGradient(ROWS, LABELS, new double[9]));
        }

        /** Lambdas and anonymous classes have none, or one that nobody wrote. */
        @Test
        void theErrorForLabelsNamesTheLossOnlyIfItHasAName() {
            LossFunction anonymous = new LossFunction() {
                @Override
                public double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
                    return ABSOLUTE_ERROR.valueAndGradient(prediction, target, gradient);
                }
            };
            String message = " is not a ClassificationLoss: it takes targets, not labels;"
                    + " OneHot.encode makes targets of labels";

            for (LossFunction loss : List.of(ABSOLUTE_ERROR, anonymous)) {
                assertThatIllegalArgumentException().isThrownBy(() -> Batch.of(loss, 3).value(ROWS, LABELS))
                        .withMessage("this loss" + message);
            }
            for (LossFunction loss : List.of(new MeanSquaredError(), Batch.of(new Softmax(), 3))) {
                assertThatIllegalArgumentException().isThrownBy(() -> Batch.of(loss, 3).value(ROWS, LABELS))
                        .withMessage(loss.getClass().getSimpleName() + message);
            }
        }

        @Test
        void serializationKeepsLossOptionsAndBits() {
            Batch batch = Batch.of(new Softmax().withLabelSmoothing(0.1).withClassWeights(1, 2, 3), 3)
                    .weightedBy(new double[] {1, 2, 0.5}).ignoring(1).summed();

            Batch copy = SerialCopies.of(batch);
            assertThat(copy.value(ROWS, LABELS)).isEqualTo(batch.value(ROWS, LABELS));
            assertThat(copy.gradient(ROWS, LABELS)).containsExactly(batch.gradient(ROWS, LABELS));
            assertThat(SerialCopies.of(batch.parallel()).value(ROWS, LABELS)).isEqualTo(batch.value(ROWS, LABELS));
            Batch ofLambda = SerialCopies.of(Batch.of(ABSOLUTE_ERROR, 3));
            assertThat(ofLambda.value(ROWS, OneHot.encode(LABELS, 3)))
                    .isEqualTo(Batch.of(ABSOLUTE_ERROR, 3).value(ROWS, OneHot.encode(LABELS, 3)));
        }

        @ParameterizedTest
        @CsvSource({"3000, 40", "20000, 3", "3, 40000"})
        void aLargeBatchHasTheSameBitsInParallel(int rows, int columns) {
            double[] predictions = new SplittableRandom(rows).doubles((long) rows * columns, -5, 5).toArray();
            int[] labels = new SplittableRandom(columns).ints(rows, 0, columns).toArray();
            Batch batch = Batch.of(new Softmax(), columns).ignoring(1);
            Batch parallel = batch.parallel();
            double[] gradient = new double[predictions.length];
            assertThat(parallel.valueAndGradient(predictions, labels, gradient))
                    .isEqualTo(batch.value(predictions, labels));
            assertThat(gradient).isEqualTo(batch.gradient(predictions, labels));
            assertThat(parallel.perRow(predictions, labels)).isEqualTo(batch.perRow(predictions, labels));
            assertThat(parallel.lossMean(predictions, labels)).isEqualTo(batch.lossMean(predictions, labels));
        }

        /** Short rows are computed a block of 128 logits at a time: of these columns, most fill a block to the end. */
        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3, 8, 31, 32})
        void shortRowsThatFillBlocksHaveTheBitsOfEachAlone(int columns) {
            int rows = 2 * 128 / columns + 1;
            double[] logits = new SplittableRandom(columns).doubles((long) rows * columns, -5, 5).toArray();
            int[] labels = new SplittableRandom(-columns).ints(rows, 0, columns).toArray();
            for (int r = 0; r < rows; r += 3) {
                logits[r * columns + labels[r]] += 3 * r % 100; // the loss becomes as small as that makes it
            }
            for (double smoothing : new double[] {0, 1e-18, 0.1, 0.5}) {
                assertHasTheBitsOfEachAlone(new Softmax().withLabelSmoothing(smoothing), logits, labels);
            }
        }

        private static void assertHasTheBitsOfEachAlone(Softmax loss, double[] logits, int[] labels) {
            int columns = logits.length / labels.length;
            Batch batch = Batch.of(loss, columns).summed();
            LossMean total = new LossMean();
            double[] expected = new double[logits.length];
            for (int r = 0; r < labels.length; r++) {
                double[] row = Arrays.copyOfRange(logits, r * columns, (r + 1) * columns);
                double[] slope = new double[columns];
                total.accept(loss.valueAndGradient(row, labels[r], slope));
                System.arraycopy(slope, 0, expected, r * columns, columns);
            }

            assertThat(batch.lossMean(logits, labels)).isEqualTo(total);
            Bits.assertSame(batch.gradient(logits, labels), expected);
            Bits.assertSame(batch.gradient(logits, OneHot.encode(labels, columns)), expected);
            double[] inPlace = logits.clone();
            Bits.assertSame(batch.valueAndGradient(inPlace, labels, inPlace), total.sum());
            Bits.assertSame(inPlace, expected);
        }

        @Test
        void anIgnoredLabelNeedNotBeAClass() {
            double[] rows = {1, 2, 3, 4, 5, 7};
            for (Softmax loss : List.of(new Softmax(), new Softmax().withLabelSmoothing(0.1))) {
                for (int ignored : new int[] {-100, -1, 3, 255}) {
                    double[] gradient = {9, 9, 9, 9, 9, 9};
                    assertThat(Batch.of(loss, 3).ignoring(ignored)
                                    .valueAndGradient(rows, new int[] {ignored, 2}, gradient))
                            .isEqualTo(loss.value(new double[] {4, 5, 7}, 2));
                    double[] ofCounted = loss.gradient(new double[] {4, 5, 7}, 2);
                    assertThat(gradient).containsExactly(0, 0, 0, ofCounted[0], ofCounted[1], ofCounted[2]);
                }
            }
        }

        @Test
        void anIgnoredRowLeavesTheGradientsAroundIt() {
            double[] rows = {4, 5, 7, 1, 2, 3, 4, 5, 7};
            double[] ofCounted = new Softmax().gradient(new double[] {4, 5, 7}, 2);
            double[] gradient = new double[9];
            Batch.of(new Softmax(), 3).ignoring(-1).summed().valueAndGradient(rows, new int[] {2, -1, 2}, gradient);
            assertThat(Arrays.copyOf(gradient, 3)).containsExactly(ofCounted);
            assertThat(Arrays.copyOfRange(gradient, 3, 6)).containsOnly(0);
            assertThat(Arrays.copyOfRange(gradient, 6, 9)).containsExactly(ofCounted);
        }

        /** Only rows by label without weights and options, but for label smoothing, are computed side by side. */
        @Test
        void shortSoftmaxRowsOfEveryKindHaveTheBitsOfEachAlone() {
            double[] logits = {0.3, -1, 2, 1.5, 0.1, 0.7, -3, 4, 0};
            double[] weights = {2, 0.5, 4}; // powers of 2, which take no bits
            for (Softmax loss : List.of(new Softmax(), new Softmax().withTemperature(3),
                    new Softmax().withLabelSmoothing(0.1), new Softmax().withClassWeights(1, 2, 3))) {
                LossMean plain = new LossMean();
                LossMean weighted = new LossMean();
                double[] slopes = new double[9];
                double[] weightedSlopes = new double[9];
                for (int i = 0; i < 9; i++) {
                    int r = i / 3;
                    double[] row = Arrays.copyOfRange(logits, 3 * r, 3 * r + 3);
                    slopes[i] = loss.gradient(row, LABELS[r])[i % 3];
                    weightedSlopes[i] = weights[r] * slopes[i];
                    if (i % 3 == 0) {
                        plain.accept(loss.value(row, LABELS[r]), 1, loss.weight(LABELS[r]));
                        weighted.accept(loss.value(row, LABELS[r]), weights[r], loss.weight(LABELS[r]));
                    }
                }
                Batch batch = Batch.of(loss, 3).summed();
                assertHolds(batch, logits, plain, slopes);
                assertHolds(batch.weightedBy(weights), logits, weighted, weightedSlopes);
            }
        }

        private static void assertHolds(Batch batch, double[] logits, LossMean mean, double[] slopes) {
            assertThat(batch.lossMean(logits, LABELS)).isEqualTo(mean);
            assertThat(batch.lossMean(logits, OneHot.encode(LABELS, 3))).isEqualTo(mean);
            Bits.assertSame(batch.gradient(logits, LABELS), slopes);
            Bits.assertSame(batch.gradient(logits, OneHot.encode(LABELS, 3)), slopes);
        }

        /** What is subtracted keeps its own gradient, with the other sign. */
        @Test
        void aSumMayHaveNegativeSampleWeights() {
            Batch batch = Batch.of(new Softmax(), 2).weightedBy(new double[] {1, -0.5}).summed();
            double[] logits = {1, 2, 0.5, -0.5};
            int[] labels = {0, 1};
            double sum = Math.log1p(Math.E) - 0.5 * Math.log1p(Math.E);
            for (Batch each : List.of(batch, batch.parallel())) {
                double[] gradient = new double[4];
                assertThat(each.valueAndGradient(logits, labels, gradient)).isEqualTo(sum, within(1e-15));
                assertThat(gradient).containsExactly(
                        new double[] {-0.7310585786300049, 0.7310585786300049, -0.36552928931500245, 0.36552928931500245},
                        within(1e-16));
                assertThat(each.value(logits, labels)).isEqualTo(each.valueAndGradient(logits, labels, gradient));
                assertThat(each.perRow(logits, labels)[1]).isNegative();
                assertThat(each.gradient(logits, OneHot.encode(labels, 2))).containsExactly(gradient);
                double[] inPlace = logits.clone();
                each.valueAndGradient(inPlace, labels, inPlace);
                assertThat(inPlace).containsExactly(gradient);
            }
            assertThat(batch.ignoring(1).value(logits, labels)).isEqualTo(new Softmax().value(new double[] {1, 2}, 0));
        }

        @Test
        void noNegativeZeroComesOfNegativeSampleWeights() {
            double[] zeros = {0, 0, 0, 0};
            double[] sure = {-INFINITY, 3, 3, -INFINITY};
            double[] weights = {-1, -0.0};
            int[] labels = {1, 0};
            Batch softmax = Batch.of(new Softmax(), 2).weightedBy(weights).summed();
            Batch squares = Batch.of(new MeanSquaredError(), 2).weightedBy(weights).summed();
            LossFunction minusZero = (prediction, target, gradient) -> {
                Arrays.fill(gradient, -0.0);
                return -0.0;
            };
            Batch own = Batch.of(minusZero, 2).weightedBy(new double[] {-1, 1}).summed();
            for (double[] results : List.of(
                    softmax.gradient(sure, labels), softmax.perRow(sure, labels), softmax.gradient(sure, zeros),
                    new double[] {softmax.value(sure, labels), squares.value(zeros, zeros), own.value(zeros, zeros)},
                    squares.gradient(zeros, zeros), squares.perRow(zeros, zeros), own.gradient(zeros, zeros),
                    own.perRow(zeros, zeros))) {
                Bits.assertSame(results, new double[results.length]);
            }
        }

        @Test
        void aSumWithNegativeSampleWeightsIsExact() {
            LossFunction itself = (prediction, target, gradient) -> prediction[0];
            double[] predictions = {1e16, 1, 1e16, 0.1, 1e308, 1e308};
            Batch batch = Batch.of(itself, 1).summed();
            assertThat(batch.weightedBy(new double[] {1, 3, -1, 0, 1e308, -1e308}).value(predictions, new double[6]))
                    .isEqualTo(3);
            assertThat(batch.weightedBy(new double[] {0, 0, 0, -0.1, 0, 0}).value(predictions, new double[6]))
                    .isEqualTo(-0.1 * 0.1);
            assertThat(batch.weightedBy(new double[] {-2, 2}).value(new double[] {INFINITY, 1}, new double[2]))
                    .isEqualTo(-INFINITY);
            assertThat(batch.weightedBy(new double[] {-2, 2}).value(new double[] {INFINITY, INFINITY}, new double[2]))
                    .isNaN();
        }

        @Test
        void batchesOfEqualOptionsAreEqual() {
            Batch batch = Batch.of(new Softmax().withTemperature(2), 3);
            double[] weights = {1, -2, 0};
            assertThat(batch).isEqualTo(Batch.of(new Softmax().withTemperature(2), 3))
                    .isNotEqualTo(Batch.of(new Softmax(), 3)).isNotEqualTo(Batch.of(new Softmax().withTemperature(2), 2))
                    .isNotEqualTo(batch.summed()).isNotEqualTo(batch.parallel()).isNotEqualTo(batch.ignoring(0))
                    .isNotEqualTo(batch.weightedBy(weights)).isNotEqualTo("Batch").isNotEqualTo(null);
            Batch all = batch.weightedBy(weights).ignoring(1, 2).summed().parallel();
            Batch same = Batch.of(new Softmax().withTemperature(2), 3).parallel().summed()
                    .weightedBy(new double[] {1, -2, -0.0}).ignoring(2).ignoring(1);
            assertThat(all).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(all.weightedBy(new double[] {1, -2, 1}));
            assertThat(Batch.of(ABSOLUTE_ERROR, 2)).isEqualTo(Batch.of(ABSOLUTE_ERROR, 2));
        }

        @Test
        void textNamesTheLossAndWhatDiffersFromAPlainBatch() {
            assertThat(BATCH.ignoring(3, -1)).hasToString(
                    "Batch[" + new CrossEntropy() + ", columns=3, ignoring=[-1, 3]]");
            assertThat(BATCH).hasToString("Batch[" + new CrossEntropy() + ", columns=3]");
            assertThat(BATCH.weightedBy(new double[] {1, 2})).hasToString(
                    "Batch[" + new CrossEntropy() + ", columns=3, sampleWeights=2]");
            assertThat(BATCH.ignoring(-100).summed().parallel()).hasToString(
                    "Batch[" + new CrossEntropy() + ", columns=3, ignoring=-100, summed, parallel]");
        }

        @Test
        void theGradientArrayMayBeThePredictionsArray() {
            for (Batch batch : List.of(BATCH, BATCH.parallel(), BATCH.weightedBy(new double[] {1, 0, 2}),
                    Batch.of(ABSOLUTE_ERROR, 3), Batch.of(new MeanSquaredError(), 3))) {
                double[] expected = batch.gradient(ROWS, OneHot.encode(LABELS, 3));
                double[] inPlace = ROWS.clone();
                double value = batch.valueAndGradient(inPlace, OneHot.encode(LABELS, 3), inPlace);

                assertThat(value).isEqualTo(batch.value(ROWS, OneHot.encode(LABELS, 3)));
                assertThat(inPlace).containsExactly(expected);
            }
            double[] inPlace = ROWS.clone();
            double value = BATCH.valueAndGradient(inPlace, LABELS, inPlace);
            assertThat(value).isEqualTo(BATCH.value(ROWS, LABELS));
            assertThat(inPlace).containsExactly(BATCH.gradient(ROWS, LABELS));
        }
    }

    @Nested
    class Errors {

        private static final double[] FIVE_ROWS = {
            0.5, 0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.25, 0.25
        };
        private static final int[] FIVE_LABELS = {0, 1, 2, 0, 1};

        @Test
        void anIncompleteRow() {
            assertRefused("predictions have 31 values, not a whole number of rows of 10",
                    gradient -> Batch.of(new Softmax(), 10).valueAndGradient(new double[31], new int[3], gradient), 31);
            assertRefused("predictions have 31 values, not a whole number of rows of 10",
                    gradient -> Batch.of(new MeanSquaredError(), 10)
                            .valueAndGradient(new double[31], new double[31], gradient), 31);
        }

        @Test
        void tooFewOrTooManyLabels() {
            assertRefused("labels have 3 values, predictions have 5 rows",
                    gradient -> BATCH.valueAndGradient(FIVE_ROWS, new int[3], gradient), 15);
            assertRefused("labels have 6 values, predictions have 5 rows",
                    gradient -> BATCH.valueAndGradient(FIVE_ROWS, new int[6], gradient), 15);
        }

        @Test
        void aLabelOutOfRangeInTheLastRow() {
            assertRefused("row 4: label 7 is not in 0..2",
                    gradient -> BATCH.valueAndGradient(FIVE_ROWS, new int[] {0, 1, 2, 0, 7}, gradient), 15);
            assertRefused("row 4: label -100 is not in 0..2; ignoring(-100) leaves rows of this label out",
                    gradient -> BATCH.valueAndGradient(FIVE_ROWS, new int[] {0, 1, 2, 0, -100}, gradient), 15);
            assertRefused("row 3: label 3 is not in 0..2",
                    gradient -> BATCH.ignoring(-100)
                            .valueAndGradient(FIVE_ROWS, new int[] {0, 1, 2, 3, -100}, gradient), 15);
            assertRefused("row 4: label 7 is not in 0..2", gradient -> Batch.of(new Softmax(), 3).parallel()
                    .valueAndGradient(FIVE_ROWS, new int[] {0, 1, 2, 0, 7}, gradient), 15);
        }

        @Test
        void aLabelOutOfRangeInARowOfWeightZeroOrForALossOfYourOwn() {
            int[] labels = {0, 1, 2, 0, 3};
            assertRefused("row 4: label 3 is not in 0..2",
                    gradient -> BATCH.weightedBy(new double[] {1, 1, 1, 1, 0})
                            .valueAndGradient(FIVE_ROWS, labels, gradient), 15);
            assertRefused("row 4: label 3 is not in 0..2",
                    gradient -> Batch.of(new Shortfall(), 3).valueAndGradient(FIVE_ROWS, labels, gradient), 15);
        }

        @ParameterizedTest
        @ValueSource(doubles = {1.2, -0.25, 1.00002, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
        void aPredictionThatIsNoProbabilityInTheLastRow(double bad) {
            double[] rows = FIVE_ROWS.clone();
            rows[14] = bad;
            String message = "row 4: probabilities[2] = " + bad + " is not a probability; for logits use Softmax";

            assertRefused(message, gradient -> BATCH.valueAndGradient(rows, FIVE_LABELS, gradient), 15);
            assertRefused(message, gradient -> BATCH.parallel().valueAndGradient(rows, FIVE_LABELS, gradient), 15);
            assertRefused(message,
                    gradient -> BATCH.valueAndGradient(rows, OneHot.encode(FIVE_LABELS, 3), gradient), 15);
            assertThatIllegalArgumentException().isThrownBy(() -> BATCH.value(rows, FIVE_LABELS)).withMessage(message);
            assertThatIllegalArgumentException().isThrownBy(() -> BATCH.perRow(rows, FIVE_LABELS)).withMessage(message);
            assertThatIllegalArgumentException().isThrownBy(() -> BATCH.lossMean(rows, FIVE_LABELS))
                    .withMessage(message);
        }

        @ParameterizedTest
        @ValueSource(doubles = {-0.5, 1.1e60, Double.NaN, Double.POSITIVE_INFINITY})
        void aTargetThatIsNoMassInTheLastRow(double bad) {
            double[] targets = OneHot.encode(FIVE_LABELS, 3);
            targets[13] = bad;
            String message = "row 4: target[1] = " + bad + " is not a mass from 0 to 1.0E60";

            assertRefused(message, gradient -> BATCH.valueAndGradient(FIVE_ROWS, targets, gradient), 15);
            assertRefused(message, gradient -> Batch.of(new Softmax(), 3)
                    .valueAndGradient(FIVE_ROWS, targets, gradient), 15);
            assertRefused(message, gradient -> Batch.of(new Softmax(), 3).parallel()
                    .valueAndGradient(FIVE_ROWS, targets, gradient), 15);
        }

        @Test
        void targetsOfAnotherLength() {
            IllegalArgumentException error = refused(
                    gradient -> BATCH.valueAndGradient(FIVE_ROWS, new double[12], gradient), 15);
            assertThat(error).hasMessageContaining("targets").hasMessageContaining("12").hasMessageContaining("15");
        }

        @Test
        void aGradientOfAnotherLength() {
            IllegalArgumentException error = refused(
                    gradient -> BATCH.valueAndGradient(FIVE_ROWS, FIVE_LABELS, gradient), 12);
            assertThat(error).hasMessageContaining("gradient").hasMessageContaining("12").hasMessageContaining("15");
        }

        @Test
        void aGradientThatIsTheTargetsArray() {
            double[] targets = OneHot.encode(FIVE_LABELS, 3);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BATCH.valueAndGradient(FIVE_ROWS.clone(), targets, targets));
            assertThat(targets).containsExactly(OneHot.encode(FIVE_LABELS, 3));
        }

        @ParameterizedTest
        @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
        void aSampleWeightThatIsNoWeight(double bad) {
            assertThatIllegalArgumentException().isThrownBy(() -> BATCH.weightedBy(new double[] {1, 2, bad}))
                    .withMessage("sampleWeights[2] = " + bad + " is not finite");
        }

        @ParameterizedTest
        @ValueSource(doubles = {-1, -Double.MIN_VALUE, -Double.MAX_VALUE})
        void aNegativeSampleWeightInAMean(double negative) {
            String message = "sampleWeights[3] = " + negative
                    + " is negative, which only a sum can be weighted by: Batch.summed()";
            Batch batch = BATCH.weightedBy(new double[] {1, 2, 0, negative, negative});
            double[] targets = OneHot.encode(FIVE_LABELS, 3);
            for (Batch each : List.of(batch, batch.parallel(), batch.ignoring(0))) {
                assertRefused(message, gradient -> each.valueAndGradient(FIVE_ROWS, FIVE_LABELS, gradient), 15);
                assertRefused(message, gradient -> each.valueAndGradient(FIVE_ROWS, targets, gradient), 15);
                assertRefused(message, gradient -> each.value(FIVE_ROWS, FIVE_LABELS), 0);
                assertRefused(message, gradient -> each.value(FIVE_ROWS, targets), 0);
                assertRefused(message, gradient -> each.gradient(FIVE_ROWS, FIVE_LABELS), 0);
                assertRefused(message, gradient -> each.gradient(FIVE_ROWS, targets), 0);
            }
            for (Batch each : List.of(batch, batch.summed())) {
                assertRefused(message, gradient -> each.lossMean(FIVE_ROWS, FIVE_LABELS), 0);
                assertRefused(message, gradient -> each.lossMean(FIVE_ROWS, targets), 0);
            }
            assertThat(batch.perRow(FIVE_ROWS, FIVE_LABELS))
                    .containsExactly(batch.summed().perRow(FIVE_ROWS, FIVE_LABELS));
        }

        @Test
        void targetArraysWhereLabelsAreToBeIgnored() {
            double[] targets = OneHot.encode(FIVE_LABELS, 3);
            for (Batch batch : List.of(BATCH.ignoring(-100), BATCH.ignoring(-100).summed().parallel())) {
                String message = "ignoring -100 is for labels: with target arrays, give rows to be left out the sample"
                        + " weight 0";
                assertRefused(message, gradient -> batch.valueAndGradient(FIVE_ROWS, targets, gradient), 15);
                assertRefused(message, gradient -> batch.value(FIVE_ROWS, targets), 0);
                assertRefused(message, gradient -> batch.gradient(FIVE_ROWS, targets), 0);
                assertRefused(message, gradient -> batch.perRow(FIVE_ROWS, targets), 0);
                assertRefused(message, gradient -> batch.lossMean(FIVE_ROWS, targets), 0);
                assertRefused(message, gradient -> Batch.of(batch, 15).value(FIVE_ROWS, targets), 0);
            }
            assertRefused("ignoring [-100, -1] is for labels: with target arrays, give rows to be left out the sample"
                    + " weight 0", gradient -> BATCH.ignoring(-1, -100).value(FIVE_ROWS, targets), 0);
            assertThat(BATCH.ignoring().value(FIVE_ROWS, targets)).isEqualTo(BATCH.value(FIVE_ROWS, targets));
        }

        @Test
        void anotherNumberOfSampleWeightsThanRows() {
            for (double[] weights : new double[][] {{1, 2, 3}, {1, 2, 3, 4, 5, 6}}) {
                String message = "sampleWeights have " + weights.length + " values, predictions have 5 rows";
                Batch batch = BATCH.weightedBy(weights);
                assertRefused(message, gradient -> batch.valueAndGradient(FIVE_ROWS, FIVE_LABELS, gradient), 15);
                assertRefused(message,
                        gradient -> batch.valueAndGradient(FIVE_ROWS, OneHot.encode(FIVE_LABELS, 3), gradient), 15);
            }
        }

        @Test
        void classWeightsOfAnotherNumberThanColumns() {
            IllegalArgumentException error = refused(
                    gradient -> Batch.of(new Softmax().withClassWeights(1, 2), 3)
                            .valueAndGradient(FIVE_ROWS, FIVE_LABELS, gradient), 15);
            assertThat(error).hasMessageContaining("2").hasMessageContaining("3");
        }

        @ParameterizedTest
        @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
        void aRowNeedsAColumn(int columns) {
            assertThatIllegalArgumentException().isThrownBy(() -> Batch.of(new Softmax(), columns))
                    .withMessageContaining(String.valueOf(columns));
        }

        @Test
        void nullByName() {
            double[] targets = OneHot.encode(FIVE_LABELS, 3);
            double[] gradient = new double[15];
            assertThatNullPointerException().isThrownBy(() -> Batch.of(null, 3)).withMessage("loss");
            assertThatNullPointerException().isThrownBy(() -> BATCH.weightedBy(null)).withMessage("sampleWeights");
            assertThatNullPointerException().isThrownBy(() -> BATCH.ignoring((int[]) null)).withMessage("labels");
            assertThatNullPointerException().isThrownBy(() -> BATCH.value((double[]) null, FIVE_LABELS))
                    .withMessage("predictions");
            assertThatNullPointerException().isThrownBy(() -> BATCH.value(FIVE_ROWS, (int[]) null))
                    .withMessage("labels");
            assertThatNullPointerException().isThrownBy(() -> BATCH.value(FIVE_ROWS, (double[]) null))
                    .withMessage("targets");
            assertThatNullPointerException().isThrownBy(() -> BATCH.gradient((double[]) null, targets)).withMessage("predictions");
            assertThatNullPointerException().isThrownBy(() -> BATCH.gradient((double[]) null, FIVE_LABELS))
                    .withMessage("predictions");
            assertThatNullPointerException().isThrownBy(() -> BATCH.perRow((double[]) null, FIVE_LABELS))
                    .withMessage("predictions");
            assertThatNullPointerException().isThrownBy(() -> BATCH.perRow(FIVE_ROWS, (double[]) null))
                    .withMessage("targets");
            assertThatNullPointerException().isThrownBy(() -> BATCH.lossMean(FIVE_ROWS, (int[]) null))
                    .withMessage("labels");
            assertThatNullPointerException().isThrownBy(() -> BATCH.valueAndGradient(FIVE_ROWS, FIVE_LABELS, null))
                    .withMessage("gradient");
            assertThatNullPointerException().isThrownBy(() -> BATCH.valueAndGradient(FIVE_ROWS, targets, null))
                    .withMessage("gradient");
            assertThatNullPointerException().isThrownBy(() -> BATCH.valueAndGradient(null, targets, gradient))
                    .withMessage("predictions");
        }

        @Test
        void anErrorOfAUsersLossInTheLastRowIsPassedOn() {
            LossFunction picky = (prediction, target, gradient) -> {
                if (prediction[0] < 0) {
                    throw new IllegalArgumentException("no negative numbers");
                }
                gradient[0] = 1;
                return prediction[0];
            };

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Batch.of(picky, 1).value(new double[] {1, -1}, new double[2]))
                    .withMessageContaining("no negative numbers");
        }

        private void assertRefused(String message, Consumer<double[]> call, int gradientLength) {
            assertThat(refused(call, gradientLength)).hasMessage(message);
        }

        /** The error of a call, which must leave the gradient array as it was. */
        private IllegalArgumentException refused(Consumer<double[]> call, int gradientLength) {
            double[] gradient = new double[gradientLength];
            Arrays.fill(gradient, 9);
            double[] before = gradient.clone();
            IllegalArgumentException[] error = new IllegalArgumentException[1];
            assertThatIllegalArgumentException().isThrownBy(() -> call.accept(gradient)).satisfies(e -> error[0] = e);
            assertThat(gradient).containsExactly(before);
            return error[0];
        }
    }

    /** Without a gradient each row is checked when its turn comes, with one in advance: to the same effect. */
    @Nested
    class RowsThatAreRefused {

        private static final int ROWS = 8;

        @ParameterizedTest
        @ValueSource(ints = {1, 3, 33, 130, 5000})
        void aPredictionThatIsNoProbability(int columns) {
            for (double bad : new double[] {1.00002, -Double.MIN_VALUE, -INFINITY}) {
                for (int row : new int[] {0, 5}) {
                    for (int column : new int[] {0, columns - 1}) {
                        double[] predictions = filled(columns, 0.25);
                        predictions[row * columns + column] = bad;
                        String message = "row " + row + ": probabilities[" + column + "] = " + bad
                                + " is not a probability; for logits use Softmax";
                        assertRefused(message, columns, row, predictions, filled(columns, 0.5));
                        double[] massless = filled(columns, 0.5);
                        Arrays.fill(massless, row * columns, (row + 1) * columns, 0);
                        assertRefused(message, columns, row, predictions, massless);
                        assertRefused(message, columns, row, predictions, filled(columns, columns > 130 ? 1 : 1e60));
                        assertRefusedByLabel(message, columns, row, predictions);
                    }
                }
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 3, 33, 130, 5000})
        void aTargetThatIsNoMass(int columns) {
            for (double bad : new double[] {-Double.MIN_VALUE, Math.nextUp(1e60), Double.NaN, INFINITY}) {
                for (int row : new int[] {5, ROWS - 1}) {
                    for (int column : new int[] {0, columns - 1}) {
                        double[] targets = filled(columns, 0.5);
                        targets[row * columns + column] = bad;
                        String message = "row " + row + ": target[" + column + "] = " + bad
                                + " is not a mass from 0 to 1.0E60";
                        assertRefused(message, columns, row, filled(columns, 0.25), targets);
                        assertRefused(message, columns, row, filled(columns, Double.NaN), targets);
                        assertRefused(message, columns, row, filled(columns, 0), targets);
                    }
                }
            }
        }

        @Test
        void theFirstOfSeveral() {
            double[] predictions = filled(3, 0.25);
            double[] targets = filled(3, 0.5);
            predictions[4] = 2;
            targets[3] = -1;
            targets[14] = -2;
            predictions[20] = 3;
            assertRefused("row 1: probabilities[1] = 2.0 is not a probability; for logits use Softmax",
                    3, 1, predictions, targets);
        }

        private static double[] filled(int columns, double x) {
            double[] rows = new double[ROWS * columns];
            Arrays.fill(rows, x);
            return rows;
        }

        private static void assertRefused(
                String message, int columns, int row, double[] predictions, double[] targets) {
            Batch batch = Batch.of(new CrossEntropy(), columns);
            double[] gradient = filled(columns, 9);
            double[] inPlace = predictions.clone();
            for (Batch each : List.of(batch, batch.parallel(), batch.summed(), batch.weightedBy(ones(ROWS)),
                    Batch.of(new CrossEntropy().withFloor(0.01), columns))) {
                refuses(message, () -> each.value(predictions, targets));
                refuses(message, () -> each.perRow(predictions, targets));
                refuses(message, () -> each.lossMean(predictions, targets));
                refuses(message, () -> each.valueAndGradient(predictions, targets, gradient));
                refuses(message, () -> each.valueAndGradient(inPlace, targets, inPlace));
            }
            Bits.assertSame(Arrays.stream(gradient).max().orElseThrow(), 9);
            Bits.assertSame(Arrays.stream(gradient).min().orElseThrow(), 9);
            assertThat(Arrays.equals(inPlace, predictions)).isTrue();
            double[] weights = ones(ROWS);
            Arrays.fill(weights, row, ROWS, 0); // so that none of the others that may be wrong counts
            Batch without = batch.weightedBy(weights);
            assertThat(without.value(predictions, targets)).isNotNegative();
            assertThat(without.parallel().value(predictions, targets)).isNotNegative();
            assertThat(without.perRow(predictions, targets)[row]).isZero();
        }

        private static void assertRefusedByLabel(String message, int columns, int row, double[] predictions) {
            int[] labels = new int[ROWS];
            Batch plain = Batch.of(new CrossEntropy(), columns);
            for (Batch batch : List.of(plain, plain.parallel(), plain.ignoring(-1))) {
                refuses(message, () -> batch.value(predictions, labels));
                refuses(message, () -> batch.perRow(predictions, labels));
                refuses(message, () -> batch.valueAndGradient(predictions, labels, predictions));
            }
            labels[row] = -1;
            Batch ignoring = plain.ignoring(-1);
            assertThat(ignoring.value(predictions, labels)).isPositive();
            assertThat(ignoring.parallel().value(predictions, labels)).isPositive();
        }

        private static double[] ones(int n) {
            double[] ones = new double[n];
            Arrays.fill(ones, 1);
            return ones;
        }

        private static void refuses(String message, ThrowingCallable call) {
            assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
        }
    }

    /** Cross-entropy computes most rows in one pass and others not. */
    @Test
    void rowsOfEveryKindHaveTheBitsOfTheRowAlone() {
        SplittableRandom random = new SplittableRandom(1);
        CrossEntropy loss = new CrossEntropy();
        double[] odd = {0.5, 0, 0x1p-700, 1, 1 + 0x1p-16, Double.NaN, 0x1p-600};
        double[] oddMasses = {0.5, 0, 0x1p-700, 1e60, 1};
        for (int columns : new int[] {1, 3, 32, 33, 128, 200}) {
            int rows = odd.length * oddMasses.length + 1; // the last one has no mass at all
            double[] predictions = random.doubles((long) rows * columns, 0.01, 1).toArray();
            double[] targets = random.doubles((long) rows * columns).toArray();
            double[] weights = random.doubles(rows).map(x -> x < 0.2 ? 0 : x < 0.4 ? x * 1e-250 : x).toArray();
            for (int r = 0; r < rows - 1; r++) {
                int place = r * columns + random.nextInt(columns);
                predictions[place] = odd[r % odd.length];
                targets[place] = oddMasses[r / odd.length];
            }
            Arrays.fill(targets, (rows - 1) * columns, rows * columns, 0);
            Batch batch = Batch.of(loss, columns);
            double[] perRow = batch.perRow(predictions, targets);
            double[] weighted = batch.weightedBy(weights).perRow(predictions, targets);
            double[] gradient = batch.summed().gradient(predictions, targets);
            double[] inPlace = predictions.clone();
            batch.summed().valueAndGradient(inPlace, targets, inPlace);
            Bits.assertSame(inPlace, gradient);
            Bits.assertSame(batch.valueAndGradient(predictions, targets, new double[rows * columns]),
                    batch.value(predictions, targets));
            LossMean mean = new LossMean();
            for (int r = 0; r < rows; r++) {
                double[] p = Arrays.copyOfRange(predictions, r * columns, (r + 1) * columns);
                double[] q = Arrays.copyOfRange(targets, r * columns, (r + 1) * columns);
                double value = loss.value(p, q);
                mean.accept(value, 1, loss.weight(q));
                Bits.assertSame(perRow[r], value);
                Bits.assertSame(weighted[r], weights[r] != 0 ? weights[r] * value : 0);
                Bits.assertSame(Arrays.copyOfRange(gradient, r * columns, (r + 1) * columns), loss.gradient(p, q));
            }
            assertThat(batch.lossMean(predictions, targets)).isEqualTo(mean);
            assertThat(batch.parallel().lossMean(predictions, targets)).isEqualTo(mean);
        }
    }

    @Test
    void gradientsOfUsualRowsAreExactForScalesOfAnySize() {
        double[] p = {0.5, 0.3, 0x1p-600, 1, 0.7, 0.1};
        double[] q = {0.25, 0x1p-600, 0x1p199, 0, 3, 0.1};
        for (int exponent : new int[] {0, -50, -99, -100, -101, -500, -900, -1022, -1040, 99, 101, 500, 1000}) {
            for (double other : new double[] {0, 0.3, 1e-290}) {
                double weight = Math.scalb(0.9, exponent);
                Batch batch = Batch.of(new CrossEntropy(), 3).weightedBy(new double[] {weight, other});
                BigDecimal total = new BigDecimal(q[0]).add(new BigDecimal(q[1])).add(new BigDecimal(q[2]))
                        .multiply(new BigDecimal(weight))
                        .add(new BigDecimal(q[3]).add(new BigDecimal(q[4])).add(new BigDecimal(q[5]))
                                .multiply(new BigDecimal(other)));
                double[] gradient = batch.gradient(p, q);
                for (int i = 0; i < 3; i++) {
                    BigDecimal exact = new BigDecimal(q[i]).multiply(new BigDecimal(weight)).negate()
                            .divide(new BigDecimal(p[i]).multiply(total, new MathContext(80)), new MathContext(60));
                    BigDecimal share = new BigDecimal(weight).divide(total, new MathContext(60));
                    BigDecimal allowed = share.compareTo(new BigDecimal(0x1p-500)) >= 0 ? BigDecimal.ZERO
                            : exact.abs().divide(share, new MathContext(60)).multiply(new BigDecimal(0x1p-1000));
                    PromisedAccuracy.assertGradientEntry(i, gradient[i], exact, exact, allowed);
                }
            }
        }
    }
}
