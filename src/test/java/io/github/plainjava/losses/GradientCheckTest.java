package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.generators.Doubles;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Group;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class GradientCheckTest {

    /** A point at which every loss here is smooth and every entry of its gradient can be seen. */
    record Point(double[] logits, double[] target, int label, double[] classWeights, double temperature) {

        double[] probabilities() {
            return Softmax.softmax(logits);
        }

        @Override
        public String toString() {
            return "logits " + Arrays.toString(logits) + ", target " + Arrays.toString(target) + ", label " + label
                    + ", class weights " + Arrays.toString(classWeights) + ", temperature " + temperature;
        }
    }

    /** What a mistake does to the gradient of a right loss. */
    interface Mistake {
        void spoil(double[] prediction, double[] gradient);
    }

    @Group
    class RightLossesPass {

        @Property(tries = 100)
        void meanSquaredError(@ForAll("points") Point point) {
            assertPasses(GradientCheck.of(new MeanSquaredError(), point.logits(), point.target()));
            assertPasses(GradientCheck.of(new MeanSquaredError(), point.logits(), point.logits().clone()));
        }

        @Property(tries = 100)
        void softmaxWithEveryOption(@ForAll("points") Point point) {
            Softmax tuned = new Softmax().withTemperature(point.temperature()).withLabelSmoothing(0.1)
                    .withClassWeights(point.classWeights());
            for (Softmax loss : new Softmax[] {new Softmax(), tuned}) {
                assertPasses(GradientCheck.of(loss, point.logits(), point.target()));
                assertPasses(GradientCheck.of(loss, point.logits(), point.label()));
            }
        }

        @Property(tries = 100)
        void crossEntropyWithEveryOption(@ForAll("points") Point point) {
            CrossEntropy tuned = new CrossEntropy().withLabelSmoothing(0.1).withClassWeights(point.classWeights());
            for (CrossEntropy loss : new CrossEntropy[] {new CrossEntropy(), tuned, tuned.withFloor(0.1)}) {
                assertPasses(GradientCheck.of(loss, point.probabilities(), point.target()));
                assertPasses(GradientCheck.of(loss, point.probabilities(), point.label()));
            }
        }

        @Property(tries = 50)
        void aBatchWithEveryOption(@ForAll("points") Point first, @ForAll("points") Point second) {
            double[] logits = concatenated(first.logits(), Arrays.copyOf(second.logits(), first.logits().length));
            double[] targets = concatenated(first.target(), Arrays.copyOf(second.target(), first.logits().length));
            Batch batch = Batch.of(new Softmax().withLabelSmoothing(0.1), first.logits().length);

            assertPasses(GradientCheck.of(batch, logits, targets));
            assertPasses(GradientCheck.of(batch.weightedBy(new double[] {3, 0.5}).summed(), logits, targets));
        }

        @Property(tries = 100)
        void aLossThatAUserWroteInPlainDoubles(@ForAll("points") Point point) {
            assertPasses(GradientCheck.of(GradientCheckTest::naiveSoftmax, point.logits(), point.target()));
            assertPasses(GradientCheck.of(GradientCheckTest::logCosh, point.logits(), point.target()));
        }

        @Property(tries = 100)
        void confidentPredictionsWhoseLossIsTiny(@ForAll("gaps") double gap) {
            assertPasses(GradientCheck.of(new Softmax(), new double[] {gap, 0}, 0));
            assertPasses(GradientCheck.of(new Softmax(), new double[] {gap, 0}, 1));
        }

        @Property(tries = 100)
        void aTemperatureOfAnyScale(@ForAll("points") Point point, @ForAll("temperatures") double scale) {
            double[] scaled = Arrays.stream(point.logits()).map(logit -> logit * scale).toArray();

            assertPasses(GradientCheck.of(new Softmax().withTemperature(scale), scaled, point.target()));
        }

        @Example
        void aLossThatChangesOverAShortDistanceFromZero() {
            for (double distance : new double[] {1e-20, 1, 1e20}) {
                LossFunction growth = (prediction, target, gradient) -> {
                    double value = Math.exp(prediction[0] / distance);
                    gradient[0] = value / distance;
                    return value;
                };
                assertPasses(GradientCheck.of(growth, new double[1], new double[1]));
            }
        }

        @Example
        void aLineThroughTheOrigin() {
            assertPasses(GradientCheck.of(GradientCheckTest::itself, new double[1], new double[1]));
        }

        @Property(tries = 100)
        void quantitiesOfAnyScale(@ForAll("points") Point point, @ForAll("scales") double scale) {
            double[] prediction = Arrays.stream(point.logits()).map(x -> x * scale).toArray();
            double[] target = Arrays.stream(point.target()).map(x -> x * scale).toArray();

            assertPasses(GradientCheck.of(new MeanSquaredError(), prediction, target));
        }

        @Property(tries = 100)
        void logitsFarFromZero(@ForAll("points") Point point) {
            double[] shifted = Arrays.stream(point.logits()).map(logit -> logit + 1e6).toArray();

            assertPasses(GradientCheck.of(new Softmax(), shifted, point.target()));
        }

        @Property(tries = 100)
        void tinyProbabilities(@ForAll("tinies") double tiny) {
            assertPasses(GradientCheck.of(new CrossEntropy(), new double[] {tiny, 1 - tiny}, 0));
            assertPasses(GradientCheck.of(new CrossEntropy(), new double[] {tiny, 1 - tiny}, new double[] {0.3, 0.7}));
        }
    }

    @Group
    class WrongLossesAreCaught {

        @Property(tries = 100)
        void oneWrongSign(@ForAll("points") Point point) {
            assertCaught(point, (prediction, gradient) -> gradient[gradient.length - 1] *= -1);
        }

        @Property(tries = 100)
        void oneWrongScaleOfOnePercent(@ForAll("points") Point point) {
            assertCaught(point, (prediction, gradient) -> gradient[0] *= 1.01);
            assertCaught(point, (prediction, gradient) -> gradient[0] *= 0.99);
        }

        @Property(tries = 100)
        void oneWrongScaleOfTheWholeGradient(@ForAll("points") Point point) {
            assertCaught(point, (prediction, gradient) -> scale(gradient, 1.01));
            assertCaught(point, (prediction, gradient) -> scale(gradient, 2));
            assertCaught(point, (prediction, gradient) -> scale(gradient, 1.0 / gradient.length));
            assertCaught(point, (prediction, gradient) -> scale(gradient, -1));
        }

        @Property(tries = 100)
        void oneWrongScaleOfOnePartInAMillion(@ForAll("points") Point point) {
            assertCaught(point, (prediction, gradient) -> scale(gradient, 1.000001));
        }

        @Property(tries = 100)
        void oneSwappedIndex(@ForAll("points") Point point) {
            assertCaught(point, (prediction, gradient) -> {
                double first = gradient[0];
                gradient[0] = gradient[1];
                gradient[1] = first;
            });
        }

        @Property(tries = 100)
        void anEntryLeftOut(@ForAll("points") Point point) {
            assertCaught(point, (prediction, gradient) -> gradient[1] = 0);
        }

        @Property(tries = 100)
        void aGradientThatIsNotANumber(@ForAll("points") Point point) {
            assertCaught(point, (prediction, gradient) -> gradient[1] = Double.NaN);
            assertCaught(point, (prediction, gradient) -> gradient[1] = Double.POSITIVE_INFINITY);
        }

        @Property(tries = 100)
        void aClipOfTheValueOnly(@ForAll("tinies") double tiny) {
            double[] prediction = {tiny * 1e-7, 1};
            LossFunction clipped = (p, target, gradient) -> {
                new CrossEntropy().valueAndGradient(p, target, gradient);
                return -StrictMath.log(Math.max(p[0], 1e-7));
            };

            assertThat(GradientCheck.of(clipped, prediction, new double[] {1, 0}).passes()).isFalse();
        }

        @Property(tries = 100)
        void aClipOfTheGradientOnly(@ForAll("tinies") double tiny) {
            double[] prediction = {tiny * 1e-7, 1};
            LossFunction clipped = (p, target, gradient) -> {
                double value = new CrossEntropy().valueAndGradient(p, target, gradient);
                gradient[0] = Math.max(gradient[0], -1e7);
                return value;
            };

            assertThat(GradientCheck.of(clipped, prediction, new double[] {1, 0}).passes()).isFalse();
        }

        @Property(tries = 100)
        void aMeanOfValuesWithASumOfGradients(@ForAll("points") Point point) {
            int n = point.logits().length;
            LossFunction forgetful = (prediction, target, gradient) -> {
                double value = new MeanSquaredError().valueAndGradient(prediction, target, gradient);
                scale(gradient, n);
                return value;
            };

            assertThat(GradientCheck.of(forgetful, point.logits(), point.target()).passes()).isFalse();
        }

        @Example
        void aValueThatIsNotValueAndGradientsValue() {
            LossFunction inconsistent = new LossFunction() {
                @Override
                public double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
                    return new MeanSquaredError().valueAndGradient(prediction, target, gradient) + 1;
                }

                @Override
                public double value(double[] prediction, double[] target) {
                    return new MeanSquaredError().value(prediction, target);
                }
            };

            GradientCheck check = GradientCheck.of(inconsistent, new double[] {1, 2}, new double[] {2, 4});
            assertThat(check.passes()).isFalse();
            assertThat(check.toString()).contains("value is not valueAndGradient's value");
        }

        private void assertCaught(Point point, Mistake mistake) {
            for (LossFunction right : new LossFunction[] {new Softmax(), new MeanSquaredError()}) {
                assertFails(spoilt(right, mistake), point.logits(), point.target());
            }
            assertFails(spoilt(new CrossEntropy(), mistake), point.probabilities(), point.target());
        }

        private void assertFails(LossFunction loss, double[] prediction, double[] target) {
            GradientCheck check = GradientCheck.of(loss, prediction, target);
            assertThat(check.passes()).as(check.toString()).isFalse();
        }
    }

    @Group
    class LossesOfLittlePrecision {

        private static final double FLOAT = 0x1p-24;

        @Property(tries = 100)
        void computedInFloatsPassWhenTheirPrecisionIsGiven(@ForAll("points") Point point) {
            assertPasses(GradientCheck.of(GradientCheckTest::floatSoftmax, point.logits(), point.target())
                    .withPrecision(FLOAT));
            assertPasses(GradientCheck.of(GradientCheckTest::floatSquares, point.logits(), point.target())
                    .withPrecision(FLOAT));
            assertPasses(GradientCheck.of(rounded(new CrossEntropy(), 24), point.probabilities(), point.target())
                    .withPrecision(FLOAT));
            assertPasses(GradientCheck.of(rounded(new Softmax(), 11), point.logits(), point.target())
                    .withPrecision(0x1p-11));
        }

        /** Steps that a float does not feel have slope 0: that is no evidence against the gradient. */
        @Property(tries = 100)
        void computedInFloatsFailForThatAndNotForTheirGradient(@ForAll("points") Point point) {
            for (LossFunction loss : new LossFunction[] {
                GradientCheckTest::floatSoftmax, GradientCheckTest::floatSquares, rounded(new Softmax(), 24)
            }) {
                GradientCheck check = GradientCheck.of(loss, point.logits(), point.target());
                assertThat(check.passes()).isFalse();
                assertThat(check.toString()).startsWith("fails: the value has too little precision, it does not change")
                        .contains("withPrecision(0x1p-24)");
                assertThat(check.numeric()).isNotZero().isCloseTo(check.analytic(), within(check.tolerance()));
            }
        }

        @Property(tries = 100)
        void areStillCaughtWithAWrongGradient(@ForAll("points") Point point) {
            for (LossFunction right : new LossFunction[] {GradientCheckTest::floatSoftmax, GradientCheckTest::floatSquares}) {
                LossFunction wrong = spoilt(right, (prediction, gradient) -> scale(gradient, -1));
                GradientCheck check = GradientCheck.of(wrong, point.logits(), point.target());
                assertThat(check.toString()).startsWith("fails; worst at");
                assertThat(check.numeric()).isNotZero().isCloseTo(-check.analytic(), within(check.tolerance()));
                assertThat(check.withPrecision(FLOAT).passes()).isFalse();
                LossFunction twice = spoilt(right, (prediction, gradient) -> scale(gradient, 2));
                assertThat(GradientCheck.of(twice, point.logits(), point.target()).withPrecision(FLOAT).passes())
                        .isFalse();
            }
        }

        @Example
        void aFlatValueIsNotTakenForARoundedOne() {
            LossFunction clipped = (prediction, target, gradient) -> {
                gradient[0] = -1 / prediction[0];
                return -StrictMath.log(Math.max(prediction[0], 1e-7));
            };
            LossFunction constant = (prediction, target, gradient) -> {
                gradient[0] = 1;
                return 5;
            };
            assertThat(GradientCheck.of(clipped, new double[] {1e-9}, new double[1]).toString()).startsWith("fails; ");
            assertThat(GradientCheck.of(constant, new double[] {1}, new double[1]).toString()).startsWith("fails; ");
        }

        @Property(tries = 100)
        void areNotSeenInLossesOfFullPrecision(@ForAll("points") Point point) {
            LossFunction wrong = spoilt(new Softmax(), (prediction, gradient) -> scale(gradient, 1.000001));
            assertThat(GradientCheck.of(wrong, point.logits(), point.target()).toString()).startsWith("fails; ");
        }

        @Property(tries = 50)
        void doublePrecisionIsWhatIsTakenAnyway(@ForAll("points") Point point) {
            GradientCheck check = GradientCheck.of(new Softmax(), point.logits(), point.target());
            assertThat(check.withPrecision(0x1p-53)).hasToString(check.toString());
            assertThat(check.withPrecision(0x1p-8).tolerance()).isGreaterThan(check.tolerance());
        }

        @Example
        void atTheEndOfTheDomainTheyPassToo() {
            LossFunction floats = (prediction, target, gradient) -> {
                if (prediction[0] < 0.3) {
                    throw new IllegalArgumentException("prediction[0] = " + prediction[0] + " is below 0.3");
                }
                gradient[0] = (float) (0.5 / Math.sqrt(prediction[0]));
                return (float) Math.sqrt((float) prediction[0]);
            };
            GradientCheck check = GradientCheck.of(floats, new double[] {0.3}, new double[1]);
            assertThat(check.toString()).startsWith("fails: the value has too little precision");
            assertPasses(check.withPrecision(FLOAT));
        }

        @Example
        void aValueThatIsNotValueAndGradientsValueIsStillThat() {
            LossFunction inconsistent = new LossFunction() {
                @Override
                public double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
                    return floatSquares(prediction, target, gradient);
                }

                @Override
                public double value(double[] prediction, double[] target) {
                    return new MeanSquaredError().value(prediction, target);
                }
            };
            GradientCheck check = GradientCheck.of(inconsistent, new double[] {0.1, 0.7}, new double[] {0.3, 0.9});
            assertThat(check.withPrecision(FLOAT).passes()).isFalse();
            assertThat(check.toString()).contains("value is not valueAndGradient's value");
        }

        @Example
        void precisionsOutOfRangeAreRefused() {
            GradientCheck check = GradientCheck.of(new MeanSquaredError(), new double[] {1}, new double[1]);
            for (double precision : new double[] {0, -1, Math.nextDown(0x1p-53), Math.nextUp(0x1p-8), 1, Double.NaN}) {
                assertThatIllegalArgumentException().isThrownBy(() -> check.withPrecision(precision))
                        .withMessage("precision = " + precision + " is not in 2^-53..2^-8");
            }
        }

        /** What is checked again is what was checked: arrays may have been filled anew since. */
        @Example
        void theTargetIsThatOfTheCheck() {
            double[] target = {3, 4};
            GradientCheck check = GradientCheck.of(new MeanSquaredError(), new double[] {1, 2}, target);
            Arrays.fill(target, 77);
            assertPasses(check.withPrecision(FLOAT));

            int[] labels = {0, 1};
            GradientCheck ofLabels = GradientCheck.of(Batch.of(new Softmax(), 2), new double[] {1, 2, 3, 5}, labels);
            Arrays.fill(labels, 0);
            assertPasses(ofLabels.withPrecision(FLOAT));
        }
    }

    @Group
    class ABatchWithLabels {

        @Property(tries = 50)
        void passesWithEveryOption(@ForAll("points") Point first, @ForAll("points") Point second) {
            int n = first.logits().length;
            double[] logits = concatenated(first.logits(), Arrays.copyOf(second.logits(), n));
            int[] labels = {first.label(), Math.min(second.label(), n - 1)};
            Batch batch = Batch.of(new Softmax().withLabelSmoothing(0.1).withClassWeights(first.classWeights()), n);

            assertPasses(GradientCheck.of(batch, logits, labels));
            assertPasses(GradientCheck.of(batch.weightedBy(new double[] {3, 0.5}).summed(), logits, labels));
            assertPasses(GradientCheck.of(batch.ignoring(-100), logits, new int[] {labels[0], -100}));
        }

        @Example
        void isCaughtWithAWrongGradient() {
            ClassificationLoss wrong = new ClassificationLoss() {
                @Override
                public double valueAndGradient(double[] prediction, int label, double[] gradient) {
                    double value = new Softmax().valueAndGradient(prediction, label, gradient);
                    gradient[1] *= 1.01;
                    return value;
                }

                @Override
                public double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
                    return new Softmax().valueAndGradient(prediction, target, gradient);
                }
            };
            GradientCheck check =
                    GradientCheck.of(Batch.of(wrong, 2), new double[] {0.5, 1, 1, 4}, new int[] {0, 1});
            assertThat(check.passes()).isFalse();
            assertThat(check.worstIndex()).isEqualTo(1);
        }

        @Example
        void badArgumentsAreRefused() {
            Batch batch = Batch.of(new Softmax(), 2);
            assertThatNullPointerException().isThrownBy(() -> GradientCheck.of((Batch) null, new double[2], new int[1]))
                    .withMessage("batch");
            assertThatNullPointerException().isThrownBy(() -> GradientCheck.of(batch, null, new int[1]))
                    .withMessage("predictions");
            assertThatNullPointerException().isThrownBy(() -> GradientCheck.of(batch, new double[2], (int[]) null))
                    .withMessage("labels");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> GradientCheck.of(batch, new double[2], new int[] {7}))
                    .withMessage("row 0: label 7 is not in 0..1");
        }
    }

    @Group
    class EdgesAndSpecialValues {

        @Example
        void atAKinkEverySlopeBetweenLeftAndRightIsRight() {
            double[] zero = {0};
            for (double slope : new double[] {-1, -0.5, 0, 1}) {
                assertPasses(GradientCheck.of(absolute(slope), zero, zero));
            }
            for (double slope : new double[] {-1.001, 1.001, 3}) {
                assertThat(GradientCheck.of(absolute(slope), zero, zero).passes()).as("slope %s", slope).isFalse();
            }
        }

        @Property(tries = 100)
        void nextToAKinkTheSlopeIsOneSided(@ForAll("distances") double distance) {
            assertPasses(GradientCheck.of(absolute(1), new double[] {distance}, new double[] {0}));
            assertThat(GradientCheck.of(absolute(-1), new double[] {distance}, new double[] {0}).passes()).isFalse();
            assertThat(GradientCheck.of(absolute(0.98), new double[] {distance}, new double[] {0}).passes()).isFalse();
        }

        @Property(tries = 100)
        void crossEntropyAtAndNextToACertainPrediction(@ForAll("distances") double distance) {
            for (CrossEntropy loss : new CrossEntropy[] {new CrossEntropy(), new CrossEntropy().withFloor(0.1)}) {
                assertPasses(GradientCheck.of(loss, new double[] {1, 0}, 0));
                assertPasses(GradientCheck.of(loss, new double[] {1 - distance, distance}, 0));
                assertPasses(GradientCheck.of(loss, new double[] {1 - distance, distance}, new double[] {0.8, 0.2}));
            }
        }

        @Example
        void atTheEndOfTheDomainTheSlopeIsOneSidedAndAMistakeIsCaught() {
            LossFunction squareRootOfOnePlus = (prediction, target, gradient) -> {
                if (prediction[0] < 0) {
                    throw new IllegalArgumentException("prediction[0] = " + prediction[0] + " is negative");
                }
                gradient[0] = 0.5 / Math.sqrt(1 + prediction[0]);
                return Math.sqrt(1 + prediction[0]);
            };
            GradientCheck check = GradientCheck.of(squareRootOfOnePlus, new double[] {0}, new double[] {0});
            assertPasses(check);
            assertThat(check.numeric()).isEqualTo(0.5, within(1e-8));
            assertThat(check.tolerance()).isLessThan(1e-6);
            LossFunction wrong = spoilt(squareRootOfOnePlus, (prediction, gradient) -> gradient[0] *= 1.0001);
            assertThat(GradientCheck.of(wrong, new double[] {0}, new double[] {0}).passes()).isFalse();

            LossFunction mirrored = (prediction, target, gradient) -> {
                double value = squareRootOfOnePlus.valueAndGradient(new double[] {-prediction[0]}, target, gradient);
                gradient[0] = -gradient[0];
                return value;
            };
            assertPasses(GradientCheck.of(mirrored, new double[] {0}, new double[] {0}));
            assertPasses(GradientCheck.of(new CrossEntropy().withFloor(0.5), new double[] {0, 1}, 0));
        }

        @Example
        void anExcludedClassHasSlopeZero() {
            double[] logits = {1, Double.NEGATIVE_INFINITY, 2};
            assertPasses(GradientCheck.of(new Softmax().withLabelSmoothing(0.1), logits, 0));
            assertPasses(GradientCheck.of(new Softmax(), logits, new double[] {0.5, 0, 0.5}));
            LossFunction wrong = spoilt(new Softmax(), (prediction, gradient) -> gradient[1] = 1e-9);
            assertThat(GradientCheck.of(wrong, logits, new double[] {0.5, 0, 0.5}).passes()).isFalse();
        }

        @Example
        void nothingPassesWithoutEvidence() {
            assertHasNoSlope(GradientCheck.of(new Softmax(), new double[] {1, Double.NaN}, 0));
            assertHasNoSlope(GradientCheck.of(new Softmax(), new double[] {Double.NEGATIVE_INFINITY, 1}, 0));
            assertHasNoSlope(GradientCheck.of(new CrossEntropy(), new double[] {0, 1}, 0));
            LossFunction onlyHere = (prediction, target, gradient) -> {
                if (prediction[0] != 1) {
                    throw new IllegalArgumentException("elsewhere");
                }
                return 0;
            };
            assertHasNoSlope(GradientCheck.of(onlyHere, new double[] {1}, new double[] {1}));
        }

        private void assertHasNoSlope(GradientCheck check) {
            assertThat(check.passes()).isFalse();
            assertThat(check.numeric()).isNaN();
            assertThat(check.tolerance()).isEqualTo(Double.POSITIVE_INFINITY);
            assertThat(check.toString()).startsWith("fails");
        }
    }

    @Group
    class SecondDerivatives {

        @Property(tries = 30)
        void ofSoftmaxWithEveryOptionPass(@ForAll("points") Point point) {
            Softmax tuned = new Softmax().withTemperature(point.temperature()).withLabelSmoothing(0.1)
                    .withClassWeights(point.classWeights());
            for (Softmax loss : new Softmax[] {new Softmax(), tuned}) {
                assertPasses(GradientCheck.ofHessian(loss, point.logits(), point.target()));
                assertPasses(GradientCheck.ofHessian(loss, point.logits(), point.label()));
            }
        }

        @Property(tries = 30)
        void ofCrossEntropyWithEveryOptionPass(@ForAll("points") Point point) {
            CrossEntropy tuned = new CrossEntropy().withLabelSmoothing(0.1).withClassWeights(point.classWeights());
            for (CrossEntropy loss : new CrossEntropy[] {new CrossEntropy(), tuned}) {
                assertPasses(GradientCheck.ofHessian(loss, point.probabilities(), point.target()));
                assertPasses(GradientCheck.ofHessian(loss, point.probabilities(), point.label()));
            }
        }

        @Property(tries = 30)
        void ofDifferencesOfAnyScalePass(@ForAll("points") Point point, @ForAll("scales") double scale) {
            double[] prediction = Arrays.stream(point.logits()).map(x -> x * scale).toArray();
            double[] target = Arrays.stream(point.target()).map(x -> x * scale).toArray();

            assertPasses(GradientCheck.ofHessian(new MeanSquaredError(), prediction, target));
        }

        @Property(tries = 30)
        void atATemperatureOfAnyScalePass(@ForAll("points") Point point, @ForAll("temperatures") double scale) {
            double[] scaled = Arrays.stream(point.logits()).map(logit -> logit * scale).toArray();

            assertPasses(GradientCheck.ofHessian(new Softmax().withTemperature(scale), scaled, point.target()));
        }

        /** Every entry of the gradient is nothing but rounding there. */
        @Property(tries = 30)
        void whereTheTargetIsThePredictionPass(@ForAll("points") Point point) {
            SecondOrderLoss naive = GradientCheckTest::naiveSoftmax;
            assertPasses(GradientCheck.ofHessian(new Softmax(), point.logits(), point.probabilities()));
            assertPasses(GradientCheck.ofHessian(naive, point.logits(), point.probabilities()));
            assertPasses(GradientCheck.ofHessian(naive, point.logits(), point.target()));
        }

        @Property(tries = 30)
        void thatAreWrongAreCaught(@ForAll("points") Point point) {
            Mistake[] mistakes = {
                (prediction, hessian) -> hessian[0] = -hessian[0],
                (prediction, hessian) -> hessian[1] *= 1 + 1e-6,
                (prediction, hessian) -> hessian[1] = 0,
                (prediction, hessian) -> hessian[0] = Double.NaN,
                (prediction, hessian) -> scale(hessian, 2)
            };
            for (Mistake mistake : mistakes) {
                SecondOrderClassificationLoss wrong = new WithMistake(mistake);
                assertThat(GradientCheck.ofHessian(wrong, point.logits(), point.target()).passes()).isFalse();
                assertThat(GradientCheck.ofHessian(wrong, point.logits(), point.label()).passes()).isFalse();
            }
        }

        /** The formula for a gradient without cross terms, of which p is one, is taken for the loss's own. */
        @Property(tries = 30)
        void ofTheWrongFormulaAreCaught(@ForAll("points") Point point) {
            SecondOrderLoss wrong = (prediction, target, gradient, hessian) -> {
                double value = new Softmax().valueAndGradient(prediction, target, gradient);
                Softmax.softmax(prediction, hessian);
                return value;
            };
            GradientCheck check = GradientCheck.ofHessian(wrong, point.logits(), point.probabilities());

            assertThat(check.passes()).isFalse();
            assertThat(check.analytic()).isEqualTo(point.probabilities()[check.worstIndex()]);
            double p = check.analytic();
            double mass = Arrays.stream(point.probabilities()).sum();
            assertThat(check.numeric()).isEqualTo(p * (1 - p) * mass, within(check.tolerance()));
            assertThat(check.tolerance()).isLessThan(1e-7);
        }

        @Example
        void ofOtherValuesOrGradientsAreCaught() {
            double[] point = {0.5, 1};
            for (double[] error : new double[][] {{0x1p-40, 0}, {0, 0x1p-40}}) {
                SecondOrderLoss other = new SecondOrderLoss() {
                    private static final long serialVersionUID = 1;

                    @Override
                    public double valueGradientAndHessian(double[] p, double[] t, double[] gradient, double[] hessian) {
                        double value = new MeanSquaredError().valueGradientAndHessian(p, t, gradient, hessian);
                        gradient[1] += error[1];
                        return value + error[0];
                    }

                    @Override
                    public double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
                        return new MeanSquaredError().valueAndGradient(prediction, target, gradient);
                    }
                };
                GradientCheck check = GradientCheck.ofHessian(other, point, new double[2]);
                assertThat(check.passes()).isFalse();
                assertThat(check.withPrecision(0x1p-24).passes()).isFalse();
                assertThat(check.toString())
                        .startsWith("fails: value and gradient are not those of valueAndGradient; worst at ");
            }
        }

        @Example
        void ofFloatsPassWhenTheirPrecisionIsGiven() {
            SecondOrderLoss half = (prediction, target, gradient, hessian) -> {
                gradient[0] = (float) (0.5 * prediction[0]);
                hessian[0] = 0.5;
                return 0.25 * prediction[0] * prediction[0];
            };
            GradientCheck check = GradientCheck.ofHessian(half, new double[] {0.7}, new double[1]);

            assertThat(check.passes()).isFalse();
            assertThat(check.toString()).startsWith("fails: the gradient has too little precision");
            assertPasses(check.withPrecision(0x1p-24));
        }

        @Example
        void ofAnExcludedClassAreZero() {
            double[] logits = {Double.NEGATIVE_INFINITY, 1, 2};
            assertPasses(GradientCheck.ofHessian(new Softmax(), logits, 1));
            assertPasses(GradientCheck.ofHessian(new Softmax(), logits, new double[] {0, 0.5, 0.5}));
        }

        @Example
        void atTheEndOfTheDomainAreOneSided() {
            assertPasses(GradientCheck.ofHessian(new CrossEntropy(), new double[] {1, 0.25}, 0));
        }

        /** Of a parabola every quotient of slopes is exact. */
        @Example
        void haveAToleranceForTheTermsOfTheGradient() {
            SecondOrderLoss parabola = (prediction, target, gradient, hessian) -> {
                gradient[0] = prediction[0] - 1;
                hessian[0] = 1;
                return prediction[0] * (prediction[0] / 2 - 1);
            };
            GradientCheck check = GradientCheck.ofHessian(parabola, new double[] {1}, new double[1]);
            double step = 0x1p-4;
            double ofGradient = 2 * Math.ulp(step / 2);
            double ofTerms = 2 * Math.ulp(1.0);

            assertPasses(check);
            assertThat(check.numeric()).isEqualTo(1);
            assertThat(check.tolerance()).isEqualTo(101 * (ofGradient + ofTerms) / step + 101 * Math.ulp(1.0));
        }

        @Example
        void atZeroHaveAToleranceForTermsOf1() {
            SecondOrderLoss parabola = (prediction, target, gradient, hessian) -> {
                gradient[0] = prediction[0];
                hessian[0] = 1;
                return prediction[0] * prediction[0] / 2;
            };
            GradientCheck check = GradientCheck.ofHessian(parabola, new double[1], new double[1]);
            double step = 0x1p-4;

            assertPasses(check);
            assertThat(check.tolerance()).isEqualTo(
                    101 * (2 * Math.ulp(step / 2) + 2 * Math.ulp(1.0)) / step + 101 * Math.ulp(1.0));
        }

        @Property(tries = 20)
        void leaveInputsAsTheyWere(@ForAll("points") Point point) {
            double[] logits = point.logits().clone();
            double[] target = point.target().clone();
            GradientCheck.ofHessian(new Softmax(), logits, target);
            GradientCheck.ofHessian(new Softmax(), logits, point.label());

            assertThat(logits).containsExactly(point.logits());
            assertThat(target).containsExactly(point.target());
        }

        @Example
        void ofBadArgumentsAreRefused() {
            double[] row = {1, 2};
            Softmax loss = new Softmax();
            assertThatNullPointerException().isThrownBy(() -> GradientCheck.ofHessian((SecondOrderLoss) null, row, row))
                    .withMessage("loss");
            assertThatNullPointerException().isThrownBy(() -> GradientCheck.ofHessian(null, row, 0))
                    .withMessage("loss");
            assertThatNullPointerException().isThrownBy(() -> GradientCheck.ofHessian(loss, null, row))
                    .withMessage("prediction");
            assertThatNullPointerException().isThrownBy(() -> GradientCheck.ofHessian(loss, null, 0))
                    .withMessage("prediction");
            assertThatNullPointerException().isThrownBy(() -> GradientCheck.ofHessian(loss, row, null))
                    .withMessage("target");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> GradientCheck.ofHessian((p, t, g, h) -> 0, new double[0], new double[0]))
                    .withMessage("prediction is empty");
            assertThatIllegalArgumentException().isThrownBy(() -> GradientCheck.ofHessian(loss, row, 7))
                    .withMessage("label 7 is not in 0..1");
        }
    }

    /** The softmax loss with a mistake in its second derivatives. */
    private static final class WithMistake implements SecondOrderClassificationLoss {

        private static final long serialVersionUID = 1;
        private static final Softmax RIGHT = new Softmax();

        private final transient Mistake mistake;

        WithMistake(Mistake mistake) {
            this.mistake = mistake;
        }

        @Override
        public double valueGradientAndHessian(double[] logits, double[] target, double[] gradient, double[] hessian) {
            double value = RIGHT.valueGradientAndHessian(logits, target, gradient, hessian);
            mistake.spoil(logits, hessian);
            return value;
        }

        @Override
        public double valueGradientAndHessian(double[] logits, int label, double[] gradient, double[] hessian) {
            return valueGradientAndHessian(logits, OneHot.encode(label, logits.length), gradient, hessian);
        }

        @Override
        public double valueAndGradient(double[] logits, int label, double[] gradient) {
            return RIGHT.valueAndGradient(logits, label, gradient);
        }
    }

    @Group
    class WhatItTells {

        @Example
        void theWorstEntryBothNumbersAndTheTolerance() {
            LossFunction wrong = spoilt(new MeanSquaredError(), (prediction, gradient) -> gradient[2] += 0.5);
            GradientCheck check = GradientCheck.of(wrong, new double[] {1, 2, 3, 4}, new double[] {0, 0, 0, 0});

            assertThat(check.passes()).isFalse();
            assertThat(check.worstIndex()).isEqualTo(2);
            assertThat(check.analytic()).isEqualTo(2);
            assertThat(check.numeric()).isEqualTo(1.5, within(check.tolerance()));
            assertThat(check.tolerance()).isPositive().isLessThan(1e-8);
            assertThat(check.toString()).isEqualTo("fails; worst at prediction[2]: analytic 2.0, numeric "
                    + check.numeric() + ", tolerance " + check.tolerance());
        }

        @Example
        void ofEntriesEquallyFarOffTheFirstIsNamed() {
            LossFunction wrong = spoilt(new MeanSquaredError(), (prediction, gradient) -> scale(gradient, 2));

            assertThat(GradientCheck.of(wrong, new double[] {1, 3, 3}, new double[3]).worstIndex()).isEqualTo(1);
        }

        /** Of a straight line every quotient is exact, so that only the roundings that are allowed for are left. */
        @Example
        void theToleranceOfAStraightLineIsWhatIsAllowedForRounding() {
            double ulps = 101;
            double step = 0x1p-4; // the largest, for a length of 1
            GradientCheck check = GradientCheck.of(GradientCheckTest::itself, new double[] {1}, new double[1]);

            assertPasses(check);
            assertThat(check.numeric()).isEqualTo(1);
            assertThat(check.tolerance()).isEqualTo(
                    ulps * (Math.ulp(1 + step / 2) + Math.ulp(1 - step / 2)) / step + ulps * Math.ulp(1.0));

            LossFunction upToOne = (prediction, target, gradient) -> {
                if (prediction[0] > 1) {
                    throw new IllegalArgumentException("prediction[0] = " + prediction[0] + " is above 1");
                }
                return itself(prediction, target, gradient);
            };
            GradientCheck atTheEnd = GradientCheck.of(upToOne, new double[] {1}, new double[1]);

            assertPasses(atTheEnd);
            assertThat(atTheEnd.numeric()).isEqualTo(1);
            double roundings = 3 * Math.ulp(1.0) + 4 * Math.ulp(1 - step / 4) + Math.ulp(1 - step / 2);
            assertThat(atTheEnd.tolerance()).isEqualTo(ulps * roundings / (step / 2) + ulps * Math.ulp(1.0));
        }

        @Example
        void aDifferenceOfExactlyTheToleranceIsWithinIt() {
            double[] excluded = {Double.NEGATIVE_INFINITY};
            LossFunction flat = (prediction, target, gradient) -> {
                gradient[0] = Double.MIN_VALUE;
                return 1;
            };
            GradientCheck check = GradientCheck.of(flat, excluded, new double[1]);

            assertThat(check.analytic() - check.numeric()).isEqualTo(check.tolerance());
            assertPasses(check);
        }

        @Example
        void aPassingCheckTellsTheSame() {
            GradientCheck check = GradientCheck.of(new MeanSquaredError(), new double[] {1, 5}, new double[] {0, 7});

            assertThat(check.passes()).isTrue();
            assertThat(check.toString())
                    .startsWith("passes; worst at prediction[" + check.worstIndex() + "]: analytic ");
            assertThat(check.numeric()).isEqualTo(check.analytic(), within(check.tolerance()));
        }

        @Property(tries = 100)
        void theToleranceBoundsTheErrorOfTheSlope(@ForAll("points") Point point) {
            GradientCheck check = GradientCheck.of(new Softmax(), point.logits(), point.target());

            assertThat(Math.abs(check.numeric() - check.analytic())).isLessThanOrEqualTo(check.tolerance());
            assertThat(check.tolerance()).isLessThan(1e-7);
        }

        @Property(tries = 100)
        void inputsAreNotModified(@ForAll("points") Point point) {
            double[] logits = point.logits().clone();
            double[] target = point.target().clone();
            GradientCheck.of(new Softmax(), logits, target);
            GradientCheck.of(new Softmax(), logits, point.label());

            assertThat(logits).containsExactly(point.logits());
            assertThat(target).containsExactly(point.target());
        }

        @Example
        void badArgumentsAreRefused() {
            double[] row = {1, 2};
            LossFunction regression = new MeanSquaredError();
            ClassificationLoss classification = new Softmax();
            assertThatNullPointerException().isThrownBy(() -> GradientCheck.of((LossFunction) null, row, row))
                    .withMessage("loss");
            assertThatNullPointerException().isThrownBy(() -> GradientCheck.of((ClassificationLoss) null, row, 0))
                    .withMessage("loss");
            assertThatNullPointerException().isThrownBy(() -> GradientCheck.of(regression, null, row))
                    .withMessage("prediction");
            assertThatNullPointerException().isThrownBy(() -> GradientCheck.of(classification, null, 0))
                    .withMessage("prediction");
            assertThatNullPointerException().isThrownBy(() -> GradientCheck.of(regression, row, null))
                    .withMessage("target");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> GradientCheck.of((p, t, g) -> 0, new double[0], new double[0]))
                    .withMessage("prediction is empty");
            assertThatIllegalArgumentException().isThrownBy(() -> GradientCheck.of(classification, row, 7))
                    .withMessage("label 7 is not in 0..1");
        }
    }

    @Provide
    Arbitrary<Point> points() {
        return Arbitraries.integers().between(2, 6).flatMap(n -> Combinators.combine(
                        Doubles.between(-3, 3).array(double[].class).ofSize(n).filter(GradientCheckTest::spreadOut),
                        Doubles.between(0.2, 1).array(double[].class).ofSize(n).filter(GradientCheckTest::spreadOut),
                        Arbitraries.integers().between(0, n - 1),
                        Doubles.between(0.2, 4).array(double[].class).ofSize(n), Doubles.between(0.2, 5))
                .as(Point::new)
                .filter(GradientCheckTest::everyEntryIsSeen));
    }

    private static boolean spreadOut(double[] row) {
        double[] sorted = Arrays.stream(row).sorted().toArray();
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i] - sorted[i - 1] < 0.01) {
                return false;
            }
        }
        return true;
    }

    /** No gradient so near to 0, nor the first two so near to each other, that a mistake there would be none. */
    private static boolean everyEntryIsSeen(Point point) {
        double[] ofSoftmax = new Softmax().gradient(point.logits(), point.target());
        double[] ofSquares = new MeanSquaredError().gradient(point.logits(), point.target());
        double[] ofProbabilities = new CrossEntropy().gradient(point.probabilities(), point.target());
        return DoubleStream.of(concatenated(ofSoftmax, ofSquares)).allMatch(g -> Math.abs(g) > 0.01)
                && Math.abs(ofSoftmax[0] - ofSoftmax[1]) > 0.01 && Math.abs(ofSquares[0] - ofSquares[1]) > 0.01
                && Math.abs(ofProbabilities[0] - ofProbabilities[1]) > 0.01;
    }

    @Provide
    Arbitrary<Double> gaps() {
        return Doubles.between(-700, 700);
    }

    @Provide
    Arbitrary<Double> temperatures() {
        return Doubles.magnitudes(1e-18, 1e18);
    }

    @Provide
    Arbitrary<Double> scales() {
        return Doubles.magnitudes(-100, 100);
    }

    @Provide
    Arbitrary<Double> tinies() {
        return Doubles.magnitudes(-900, -10);
    }

    @Provide
    Arbitrary<Double> distances() {
        return Doubles.magnitudes(-50, -5);
    }

    private static LossFunction absolute(double slope) {
        return (prediction, target, gradient) -> {
            gradient[0] = slope;
            return Math.abs(prediction[0]);
        };
    }

    private static LossFunction spoilt(LossFunction loss, Mistake mistake) {
        return (prediction, target, gradient) -> {
            double value = loss.valueAndGradient(prediction, target, gradient);
            mistake.spoil(prediction, gradient);
            return value;
        };
    }

    /** Softmax as it is most often written. */
    private static double naiveSoftmax(double[] prediction, double[] target, double[] gradient) {
        double mass = Arrays.stream(target).sum();
        double sum = Arrays.stream(prediction).map(Math::exp).sum();
        double value = 0;
        for (int i = 0; i < prediction.length; i++) {
            value += target[i] * (Math.log(sum) - prediction[i]);
            gradient[i] = mass * Math.exp(prediction[i]) / sum - target[i];
        }
        return value;
    }

    /** The same with second derivatives. */
    private static double naiveSoftmax(double[] prediction, double[] target, double[] gradient, double[] hessian) {
        double mass = Arrays.stream(target).sum();
        double sum = Arrays.stream(prediction).map(Math::exp).sum();
        for (int i = 0; i < prediction.length; i++) {
            double p = Math.exp(prediction[i]) / sum;
            hessian[i] = mass * p * (1 - p);
        }
        return naiveSoftmax(prediction, target, gradient);
    }

    /** The same in floats, prediction and all. */
    private static double floatSoftmax(double[] prediction, double[] target, double[] gradient) {
        float mass = 0;
        float sum = 0;
        for (int i = 0; i < prediction.length; i++) {
            mass += (float) target[i];
            sum += (float) Math.exp((float) prediction[i]);
        }
        float value = 0;
        for (int i = 0; i < prediction.length; i++) {
            value += (float) target[i] * ((float) Math.log(sum) - (float) prediction[i]);
            gradient[i] = mass * (float) Math.exp((float) prediction[i]) / sum - (float) target[i];
        }
        return value;
    }

    /** Summed in floats, and divided in double precision. */
    private static double floatSquares(double[] prediction, double[] target, double[] gradient) {
        float sum = 0;
        for (int i = 0; i < prediction.length; i++) {
            float difference = (float) prediction[i] - (float) target[i];
            sum += difference * difference;
            gradient[i] = 2.0 * difference / prediction.length;
        }
        return (double) sum / prediction.length;
    }

    /** A loss whose value is rounded to some number of bits. */
    private static LossFunction rounded(LossFunction loss, int bits) {
        return (prediction, target, gradient) -> {
            double value = loss.valueAndGradient(prediction, target, gradient);
            double unit = Math.ulp(value) * Math.scalb(1.0, 53 - bits);
            return Math.rint(value / unit) * unit;
        };
    }

    private static double logCosh(double[] prediction, double[] target, double[] gradient) {
        double sum = 0;
        for (int i = 0; i < prediction.length; i++) {
            double difference = prediction[i] - target[i];
            sum += Math.log(Math.cosh(difference));
            gradient[i] = Math.tanh(difference) / prediction.length;
        }
        return sum / prediction.length;
    }

    private static double itself(double[] prediction, double[] target, double[] gradient) {
        gradient[0] = 1;
        return prediction[0];
    }

    private static void scale(double[] gradient, double factor) {
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] *= factor;
        }
    }

    private static double[] concatenated(double[] first, double[] second) {
        return DoubleStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }

    private static void assertPasses(GradientCheck check) {
        assertThat(check.passes()).as(check.toString()).isTrue();
    }
}
