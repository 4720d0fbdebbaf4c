package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Special values, options and errors of the losses of yes or no, cell by cell. */
class BinaryLossesTest {

    private static final double INFINITY = Double.POSITIVE_INFINITY;

    /** Focal with the focus 0 has to say the same. e^-745 is the least double when rounded, e^-746 is 0. */
    @ParameterizedTest
    @CsvSource({
        "0, 0.5, 0.6931471805599453, 0, 0.25",
        "800, 1, 0, 0, 0",
        "800, 0, 800, 1, 0",
        "-800, 1, 800, -1, 0",
        "-800, 0, 0, 0, 0",
        "745, 1, 4.9e-324, -4.9e-324, 4.9e-324",
        "-745, 0, 4.9e-324, 4.9e-324, 4.9e-324",
        "746, 1, 0, 0, 0",
        "1e308, 0, 1e308, 1, 0",
        "1e308, 0.5, 5e307, 0.5, 0",
        "1.7976931348623157e308, 1, 0, 0, 0",
        "Infinity, 1, 0, 0, 0",
        "Infinity, 0, Infinity, 1, 0",
        "Infinity, 0.25, Infinity, 0.75, 0",
        "-Infinity, 0, 0, 0, 0",
        "-Infinity, 1, Infinity, -1, 0",
        "-Infinity, 0.25, Infinity, -0.25, 0",
        "NaN, 0, NaN, NaN, NaN",
        "1, NaN, NaN, NaN, NaN",
        "800, NaN, NaN, NaN, NaN",
    })
    void sigmoid(double z, double y, double value, double gradient, double second) {
        assertEntry(new Sigmoid(), z, y, value, gradient, second);
        assertEntry(new Focal().withFocus(0), z, y, value, gradient, second);
    }

    @ParameterizedTest
    @CsvSource({
        "800, 1, 0, 0, 0",
        "800, 0, 800, 1, 0",
        "-1e308, 1, 1e308, -1, 0",
        "Infinity, 1, 0, 0, 0",
        "Infinity, 0, Infinity, 1, 0",
        "-Infinity, 0, 0, 0, 0",
        "-Infinity, 0.25, Infinity, -0.25, 0",
        "NaN, 0, NaN, NaN, NaN",
        "1, NaN, NaN, NaN, NaN",
        "800, NaN, NaN, NaN, NaN",
    })
    void focal(double z, double y, double value, double gradient, double second) {
        for (double focus : new double[] {1e-18, 2, 5, 100, 1e18}) {
            assertEntry(new Focal().withFocus(focus), z, y, value, gradient, second);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 1, 1",
        "0, 1, Infinity, -Infinity, Infinity",
        "0, 0.5, Infinity, -Infinity, Infinity",
        "1, 1, 0, -1, 1",
        "1, 0, Infinity, Infinity, Infinity",
        "1, 0.5, Infinity, Infinity, Infinity",
        "1.0000152587890625, 1, 0, -1, 1",
        "0.5, 0.5, 0.6931471805599453, 0, 4",
        "4.9e-324, 1, 744.4400719213812, -Infinity, Infinity",
        "NaN, 1, NaN, NaN, NaN",
        "0.5, NaN, NaN, NaN, NaN",
        "0, NaN, NaN, NaN, NaN",
        "1, NaN, NaN, NaN, NaN",
    })
    void binaryCrossEntropy(double p, double y, double value, double gradient, double second) {
        assertEntry(new BinaryCrossEntropy(), p, y, value, gradient, second);
    }

    /** With the floor 1/2: -log f + 1 - p / f is log 2 + 1 at 0. */
    @ParameterizedTest
    @CsvSource({
        "0, 1, 1.6931471805599454, -2, 0",
        "1, 0, 1.6931471805599454, 2, 0",
        "0.25, 1, 1.1931471805599454, -2, 0",
        "0.5, 1, 0.6931471805599453, -2, 4",
        "0.5, 0, 0.6931471805599453, 2, 4",
        "1, 1, 0, -1, 1",
        "NaN, 1, NaN, NaN, NaN",
    })
    void binaryCrossEntropyWithAFloor(double p, double y, double value, double gradient, double second) {
        assertEntry(new BinaryCrossEntropy().withFloor(0.5), p, y, value, gradient, second);
    }

    /** 1 - p is below 1, though not when it is rounded; and 1 is not. */
    @Test
    void theFloorIsComparedWithTheExactRest() {
        assertEntry(new BinaryCrossEntropy().withFloor(1), 0x1p-60, 0, 0x1p-60, 1, 0);
        assertEntry(new BinaryCrossEntropy().withFloor(1), 0, 0, 0, 1, 1);
    }

    /** 1 / p is beyond the double range, a 64th of it is not, as a row of 64 and as a mean of 64 rows. */
    @Test
    void aSlopeBeyondTheDoubleRangeComesBackWhenItIsDivided() {
        double[] p = new double[64];
        double[] y = new double[64];
        Arrays.fill(p, 0x1p-1025);
        Arrays.fill(y, 1);
        double[] gradient = new double[64];
        double[] hessian = new double[64];
        new BinaryCrossEntropy().valueGradientAndHessian(p, y, gradient, hessian);
        assertThat(gradient).containsOnly(-0x1p1019);
        assertThat(hessian).containsOnly(INFINITY);
        Batch.of(new BinaryCrossEntropy(), 1).valueAndGradient(p, y, gradient);
        assertThat(gradient).containsOnly(-0x1p1019);
        Arrays.fill(p, 0x1p-513);
        new BinaryCrossEntropy().valueGradientAndHessian(p, y, gradient, hessian);
        assertThat(gradient).containsOnly(-0x1p507);
        assertThat(hessian).containsOnly(0x1p1020);
        p[0] = 0;
        Arrays.fill(p, 1, 64, 0x1p-1025);
        assertThat(new BinaryCrossEntropy().valueAndGradient(p, y, gradient)).isEqualTo(INFINITY);
        assertThat(gradient[0]).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(gradient[1]).isEqualTo(-0x1p1019);
    }

    @Test
    void sumsBeyondTheDoubleRangeWhoseMeanIsNotDoNoHarm() {
        double[] logits = {1.7e308, -3, 1.7e308, -100};
        for (ElementwiseLoss loss : List.of(new Sigmoid(), new Focal(), new Focal().withFocus(100))) {
            double[] gradient = new double[4];
            assertThat(loss.valueAndGradient(logits, new double[] {0, 0.5, 0, 0}, gradient)).isEqualTo(0.85e308);
            assertThat(gradient[0]).isEqualTo(0.25);
            assertThat(loss.value(logits, new double[] {0, Double.NaN, 0, 0})).isNaN();
            assertThat(loss.skippingMissing().value(logits, new double[] {0, Double.NaN, Double.NaN, Double.NaN}))
                    .isEqualTo(1.7e308);
        }
    }

    @Test
    void aMissingEntryWeighsNothingAndOthersAsWithoutIt() {
        double[] target = {1, Double.NaN, 0};
        for (ElementwiseLoss loss : List.of(new Sigmoid().withPositiveWeights(4),
                new BinaryCrossEntropy().withPositiveWeights(4), new Focal().withPositiveWeights(4, 1, 1))) {
            assertThat(loss.skippingMissing().weight(target)).isEqualTo(5.0 / 3);
            assertThat(loss.weight(target)).isEqualTo(2);
            double[] prediction = {0.25, 0.5, 0.75};
            Bits.assertSame(loss.skippingMissing().value(prediction, target),
                    two(loss).value(new double[] {0.25, 0.75}, new double[] {1, 0}));
            assertThat(loss.value(prediction, target)).isNaN();
        }
    }

    private static ElementwiseLoss two(ElementwiseLoss loss) {
        return loss instanceof Focal focal ? focal.withPositiveWeights(4, 1) : loss;
    }

    /** Without options nothing weighs other than 1, and a mean does not ask. */
    @Test
    void weightsCountInMeansAndSmoothingDoesNot() {
        double[] logits = {0.5, -2};
        double[] targets = {1, 0};
        Sigmoid loss = new Sigmoid().withPositiveWeights(3).withLabelSmoothing(0.5);
        LossMean mean = Batch.of(loss, 1).lossMean(logits, targets);
        assertThat(mean.totalWeight()).isEqualTo(4);
        assertThat(Batch.of(new Sigmoid(), 1).lossMean(logits, targets).totalWeight()).isEqualTo(2);
        assertThat(Batch.of(new Sigmoid().withPositiveWeights(1, 1), 2).lossMean(logits, targets).totalWeight())
                .isEqualTo(1);
    }

    @Test
    void optionsAreTold() {
        assertThat(new Sigmoid().withPositiveWeights(1, -0.0).withLabelSmoothing(0.25).skippingMissing())
                .hasToString("Sigmoid[positiveWeights=[1.0, 0.0], smoothing=0.25, skippingMissing]");
        assertThat(new BinaryCrossEntropy().withFloor(0.5).withLabelSmoothing(0.25).withPositiveWeights(2))
                .hasToString("BinaryCrossEntropy[floor=0.5, positiveWeights=[2.0], smoothing=0.25]")
                .isEqualTo(new BinaryCrossEntropy().withPositiveWeights(2).withLabelSmoothing(0.25).withFloor(0.5))
                .isNotEqualTo(new BinaryCrossEntropy());
        assertThat(new Focal().withFocus(0.5).withPositiveWeights(3))
                .hasToString("Focal[focus=0.5, positiveWeights=[3.0]]");
        double[] weights = {2};
        Sigmoid loss = new Sigmoid().withPositiveWeights(weights);
        weights[0] = 3;
        assertThat(loss).isEqualTo(new Sigmoid().withPositiveWeights(2));
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        for (double wrong : new double[] {-1, 9e-19, 1.1e18, INFINITY, Double.NaN}) {
            assertRefused("positiveWeights[1] = " + wrong, () -> new Sigmoid().withPositiveWeights(1, wrong));
            assertRefused("positiveWeights[0] = " + wrong, () -> new BinaryCrossEntropy().withPositiveWeights(wrong));
            assertRefused("positiveWeights[0] = " + wrong, () -> new Focal().withPositiveWeights(wrong));
            assertRefused("smoothing = " + wrong, () -> new Sigmoid().withLabelSmoothing(wrong));
            assertRefused("smoothing = " + wrong, () -> new BinaryCrossEntropy().withLabelSmoothing(wrong));
            assertRefused("focus = " + wrong + " is neither 0 nor in 1.0E-18..1.0E18", () -> new Focal().withFocus(wrong));
        }
        for (double wrong : new double[] {0, 9e-151, 1.1, Double.NaN}) {
            assertRefused("floor = " + wrong + " is not in 1.0E-150..1", () -> new BinaryCrossEntropy().withFloor(wrong));
        }
        assertRefused("positiveWeights are empty", () -> new Sigmoid().withPositiveWeights());
        assertThatThrownBy(() -> new Focal().withPositiveWeights((double[]) null))
                .isExactlyInstanceOf(NullPointerException.class).hasMessage("positiveWeights");
    }

    @Test
    void targetsAreFrom0To1AndNothingIsWrittenBeforeThatIsChecked() {
        for (ElementwiseLoss loss : List.of(new Sigmoid(), new BinaryCrossEntropy(), new Focal())) {
            for (double wrong : new double[] {-Double.MIN_VALUE, Math.nextUp(1.0), INFINITY}) {
                double[] gradient = {12.75, 12.75};
                assertRefused("target[1] = " + wrong + " is not in 0..1", () -> loss.valueAndGradient(
                        new double[] {0.5, 0.5}, new double[] {0, wrong}, gradient));
                assertRefused("row 1: target[0] = " + wrong + " is not in 0..1", () -> Batch.of(loss, 1)
                        .valueAndGradient(new double[] {0.5, 0.5}, new double[] {0, wrong}, gradient));
                assertThat(gradient).containsOnly(12.75);
            }
            assertRefused(loss.getClass().getSimpleName() + " is not a ClassificationLoss: it takes targets 0..1, not labels",
                    () -> Batch.of(loss, 1).value(new double[] {0.5}, new int[] {1}));
        }
        for (double wrong : new double[] {-0.25, 1.001, INFINITY}) {
            assertRefused("probabilities[0] = " + wrong + " is not a probability; for logits use Sigmoid",
                    () -> new BinaryCrossEntropy().value(new double[] {wrong}, new double[] {0}));
        }
    }

    @Test
    void thereAreAsManyPositiveWeightsAsColumns() {
        Sigmoid loss = new Sigmoid().withPositiveWeights(1, 2);
        assertRefused("positiveWeights have 2 values, logits have 3", () -> loss.value(new double[3], new double[3]));
        assertRefused("positiveWeights have 2 values, target has 3", () -> loss.weight(new double[3]));
        assertRefused("positiveWeights have 2 values, a row has 3 columns", () -> Batch.of(loss, 3));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.5, -0.6931471805599453, 0.6931471805599453",
        "-0.0, 0.5, -0.6931471805599453, 0.6931471805599453",
        "Infinity, 1, 0, Infinity",
        "-Infinity, 0, -Infinity, 0",
        "1e308, 1, 0, 1e308",
        "-1e308, 0, -1e308, 0",
        "745, 1, -4.9e-324, 745",
        "-745, 4.9e-324, -745, 4.9e-324",
        "NaN, NaN, NaN, NaN",
    })
    void functions(double z, double sigmoid, double logSigmoid, double softplus) {
        Bits.assertSame(Sigmoid.sigmoid(z), sigmoid);
        Bits.assertSame(Sigmoid.logSigmoid(z), logSigmoid);
        Bits.assertSame(Sigmoid.softplus(z), softplus);
    }

    @ParameterizedTest
    @CsvSource({"0, -Infinity", "-0.0, -Infinity", "1, Infinity", "0.5, 0", "NaN, NaN"})
    void logit(double p, double logit) {
        Bits.assertSame(Sigmoid.logit(p), logit);
    }

    @Test
    void functionsOfArraysHaveTheBitsOfTheOthersInPlaceToo() {
        double[] z = {-800, -40, -0.0, 0, 1e-300, 3, 37, 800};
        double[] p = {0, 1e-320, 0.1, 0.3, 0.5, 0.6, 0.9, 1};
        double[] results = new double[z.length];
        Sigmoid.sigmoid(z, results);
        Bits.assertSame(results, map(z, Sigmoid::sigmoid));
        Sigmoid.logSigmoid(z, results);
        Bits.assertSame(results, map(z, Sigmoid::logSigmoid));
        Sigmoid.logit(p, results);
        Bits.assertSame(results, map(p, Sigmoid::logit));
        double[] inPlace = z.clone();
        Sigmoid.softplus(inPlace, inPlace);
        Bits.assertSame(inPlace, map(z, Sigmoid::softplus));
        Sigmoid.sigmoid(new double[0], new double[0]);
    }

    private static double[] map(double[] x, DoubleUnaryOperator f) {
        return Arrays.stream(x).map(f).toArray();
    }

    @Test
    void functionsRefuseOtherLengthsNoArrayAndWhatIsNoProbability() {
        double[] two = {0.5, 1.5};
        double[] other = {7, 7};
        assertRefused("probabilities have 1 value, logits have 2", () -> Sigmoid.sigmoid(two, new double[1]));
        assertRefused("logProbabilities have 1 value, logits have 2", () -> Sigmoid.logSigmoid(two, new double[1]));
        assertRefused("results have 1 value, numbers have 2", () -> Sigmoid.softplus(two, new double[1]));
        assertRefused("logits have 1 value, probabilities have 2", () -> Sigmoid.logit(two, new double[1]));
        assertRefused("probabilities[1] = 1.5 is not in 0..1", () -> Sigmoid.logit(two, other));
        assertThat(other).containsOnly(7);
        assertRefused("probability = -0.5 is not in 0..1", () -> Sigmoid.logit(-0.5));
        assertThatThrownBy(() -> Sigmoid.sigmoid(null, other))
                .isExactlyInstanceOf(NullPointerException.class).hasMessage("logits");
        assertThatThrownBy(() -> Sigmoid.softplus(two, null))
                .isExactlyInstanceOf(NullPointerException.class).hasMessage("results");
    }

    /** Lin and others 2017 name no such number: it is where 5 Q + 2 L (2 P - Q) is 0. */
    @Test
    void focalBendsDownOnAConfidentMistake() {
        assertThat(second(new Focal(), Sigmoid.logit(0.0577))).isNegative();
        assertThat(second(new Focal(), Sigmoid.logit(0.0579))).isPositive();
    }

    private static double second(SecondOrderLoss loss, double z) {
        double[] second = new double[1];
        loss.valueGradientAndHessian(new double[] {z}, new double[] {1}, new double[1], second);
        return second[0];
    }

    private static void assertEntry(
            SecondOrderLoss loss, double prediction, double target, double value, double gradient, double second) {
        double[] first = new double[1];
        double[] curvature = new double[1];
        Bits.assertSame(loss.valueGradientAndHessian(new double[] {prediction}, new double[] {target}, first, curvature),
                value);
        Bits.assertSame(first[0], gradient);
        Bits.assertSame(curvature[0], second);
    }

    private static void assertRefused(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isExactlyInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
