package io.github.plainjava.losses;

import static io.github.plainjava.losses.robustness.Domain.predictionOf;
import static java.lang.Double.NEGATIVE_INFINITY;
import static java.lang.Double.NaN;
import static java.lang.Double.POSITIVE_INFINITY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every error: its type, its message with the place and the value, and no array touched before it. */
class ErrorsTest {

    private static final double[] ROW = {0.5, 0.25, 0.25};
    private static final double[] TARGET = {0, 1, 0};

    /** Every way to call a loss with a target array, each with the gradient array it would write into. */
    private static void forEachCall(
            LossFunction loss, double[] prediction, double[] target, Consumer<ThrowingCallable> check) {
        check.accept(() -> loss.value(prediction, target));
        check.accept(() -> loss.gradient(prediction, target));
        double[] gradient = untouched(prediction.length);
        check.accept(() -> loss.valueAndGradient(prediction, target, gradient));
        assertThat(gradient).containsExactly(untouched(prediction.length));
        double[] inPlace = prediction.clone();
        check.accept(() -> loss.valueAndGradient(inPlace, target, inPlace));
        assertThat(inPlace).containsExactly(prediction);
    }

    private static void forEachCall(
            ClassificationLoss loss, double[] prediction, int label, Consumer<ThrowingCallable> check) {
        check.accept(() -> loss.value(prediction, label));
        check.accept(() -> loss.gradient(prediction, label));
        double[] gradient = untouched(prediction.length);
        check.accept(() -> loss.valueAndGradient(prediction, label, gradient));
        assertThat(gradient).containsExactly(untouched(prediction.length));
        double[] inPlace = prediction.clone();
        check.accept(() -> loss.valueAndGradient(inPlace, label, inPlace));
        assertThat(inPlace).containsExactly(prediction);
    }

    private static double[] untouched(int length) {
        double[] row = new double[length];
        Arrays.fill(row, 12.75);
        return row;
    }

    private static Consumer<ThrowingCallable> isRefused(String message) {
        return call -> assertThatThrownBy(call)
                .isExactlyInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    private static Consumer<ThrowingCallable> isNull(String name) {
        return call -> assertThatThrownBy(call).isExactlyInstanceOf(NullPointerException.class).hasMessage(name);
    }

    static Stream<LossFunction> losses() {
        return Stream.of(new MeanSquaredError(), new MeanAbsoluteError(), new Huber(), new PseudoHuber(), new LogCosh(),
                new Pinball(0.9), new Sigmoid(), new BinaryCrossEntropy(), new Focal(), new Poisson(), new Tweedie(1.5),
                new CrossEntropy(), new CrossEntropy().withFloor(0.01), new Softmax(), new Brier(), new Hinge(),
                new SoftmaxDivergence());
    }

    static Stream<LossFunction> elementwiseLosses() {
        return losses().filter(ElementwiseLoss.class::isInstance);
    }

    static Stream<ClassificationLoss> classificationLosses() {
        return Stream.of(new CrossEntropy(), new CrossEntropy().withFloor(0.01), new Softmax(), new Brier());
    }

    private static boolean areSeveral(LossFunction loss) {
        return predictionOf(loss).endsWith("s");
    }

    private static String have(LossFunction loss) {
        return predictionOf(loss) + (areSeveral(loss) ? " have " : " has ");
    }

    private static String are(LossFunction loss) {
        return predictionOf(loss) + (areSeveral(loss) ? " are " : " is ");
    }

    private static String values(int number) {
        return number == 1 ? "1 value" : number + " values";
    }

    @ParameterizedTest
    @MethodSource("losses")
    void arraysOfDifferentLengths(LossFunction loss) {
        for (int length : new int[] {0, 1, 2, 4}) {
            forEachCall(loss, ROW, new double[length],
                    isRefused("target has " + values(length) + ", " + have(loss) + "3"));
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void gradientArraysOfAnotherLength(LossFunction loss) {
        for (int length : new int[] {0, 1, 2, 4}) {
            double[] gradient = untouched(length);
            isRefused("gradient has " + values(length) + ", " + have(loss) + "3")
                    .accept(() -> loss.valueAndGradient(ROW, TARGET, gradient));
            assertThat(gradient).containsExactly(untouched(length));
        }
    }

    @ParameterizedTest
    @MethodSource("classificationLosses")
    void gradientArraysOfAnotherLengthForALabel(ClassificationLoss loss) {
        for (int length : new int[] {0, 1, 2, 4}) {
            double[] gradient = untouched(length);
            isRefused("gradient has " + values(length) + ", " + have(loss) + "3")
                    .accept(() -> loss.valueAndGradient(ROW, 1, gradient));
            assertThat(gradient).containsExactly(untouched(length));
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void emptyRows(LossFunction loss) {
        forEachCall(loss, new double[0], new double[0], isRefused(are(loss) + "empty"));
    }

    @ParameterizedTest
    @MethodSource("elementwiseLosses")
    void emptyTargetsHaveNoWeight(LossFunction loss) {
        isRefused("target is empty").accept(() -> loss.weight(new double[0]));
    }

    @ParameterizedTest
    @MethodSource("classificationLosses")
    void emptyRowsForALabel(ClassificationLoss loss) {
        forEachCall(loss, new double[0], 0, isRefused(are(loss) + "empty"));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void nullArrays(LossFunction loss) {
        isNull(predictionOf(loss)).accept(() -> loss.value(null, TARGET));
        isNull(predictionOf(loss)).accept(() -> loss.gradient(null, TARGET));
        isNull(predictionOf(loss)).accept(() -> loss.valueAndGradient(null, TARGET, new double[3]));
        isNull("target").accept(() -> loss.value(ROW, null));
        isNull("target").accept(() -> loss.gradient(ROW, null));
        double[] gradient = untouched(3);
        isNull("target").accept(() -> loss.valueAndGradient(ROW, null, gradient));
        assertThat(gradient).containsExactly(untouched(3));
        isNull("gradient").accept(() -> loss.valueAndGradient(ROW, TARGET, null));
    }

    @ParameterizedTest
    @MethodSource("classificationLosses")
    void nullArraysForALabel(ClassificationLoss loss) {
        isNull(predictionOf(loss)).accept(() -> loss.value(null, 0));
        isNull(predictionOf(loss)).accept(() -> loss.gradient(null, 0));
        isNull(predictionOf(loss)).accept(() -> loss.valueAndGradient(null, 0, new double[3]));
        isNull("gradient").accept(() -> loss.valueAndGradient(ROW, 0, null));
    }

    @ParameterizedTest
    @MethodSource("classificationLosses")
    void labelsThatAreNoClass(ClassificationLoss loss) {
        for (int label : new int[] {-1, 3, 7, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            forEachCall(loss, ROW, label, isRefused("label " + label + " is not in 0..2"));
        }
        forEachCall(loss, new double[] {1}, 1, isRefused("label 1 is not in 0..0"));
    }

    @ParameterizedTest
    @MethodSource("classificationLosses")
    void targetsThatAreNoMasses(ClassificationLoss loss) {
        for (double mass : new double[] {-0.5, -Double.MIN_VALUE, Math.nextUp(1e60), 1e300, NaN, POSITIVE_INFINITY, NEGATIVE_INFINITY}) {
            for (int place = 0; place < 3; place++) {
                double[] target = TARGET.clone();
                target[place] = mass;
                forEachCall(loss, ROW, target,
                        isRefused("target[" + place + "] = " + mass + " is not a mass from 0 to 1.0E60"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("classificationLosses")
    void targetsThatAreNoMassesAreRefusedInARowWithANaNToo(ClassificationLoss loss) {
        forEachCall(loss, new double[] {NaN, 0.5}, new double[] {1, -0.5},
                isRefused("target[1] = -0.5 is not a mass from 0 to 1.0E60"));
    }

    static Stream<Arguments> notProbabilities() {
        return Stream.of(1.2, Math.nextUp(1 + 0x1p-16), 1e300, POSITIVE_INFINITY, NEGATIVE_INFINITY, -0.1,
                        -Double.MIN_VALUE)
                .flatMap(p -> Stream.of(0, 1, 2).map(place -> Arguments.of(p, place)));
    }

    @ParameterizedTest
    @MethodSource("notProbabilities")
    void predictionsThatAreNoProbabilities(double p, int place) {
        double[] row = ROW.clone();
        row[place] = p;
        Consumer<ThrowingCallable> refused = isRefused(
                "probabilities[" + place + "] = " + p + " is not a probability; for logits use Softmax");
        for (CrossEntropy loss : new CrossEntropy[] {new CrossEntropy(), new CrossEntropy().withFloor(0.01)}) {
            forEachCall(loss, row, TARGET, refused);
            forEachCall(loss, row, new double[3], refused);
            forEachCall(loss, row, 0, refused);
            forEachCall(loss, row, 2, refused);
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void theTargetAsTheGradientArray(LossFunction loss) {
        double[] target = TARGET.clone();
        assertThatThrownBy(() -> loss.valueAndGradient(ROW, target, target))
                .isExactlyInstanceOf(IllegalArgumentException.class).hasMessageContaining("gradient")
                .hasMessageContaining("target");
        assertThat(target).containsExactly(TARGET);
    }

    @Test
    void staticFunctionsOfEmptyRows() {
        double[] empty = new double[0];
        Consumer<ThrowingCallable> refused = isRefused("logits are empty");
        refused.accept(() -> Softmax.softmax(empty));
        refused.accept(() -> Softmax.softmax(empty, empty));
        refused.accept(() -> Softmax.logSoftmax(empty));
        refused.accept(() -> Softmax.logSoftmax(empty, empty));
        refused.accept(() -> Softmax.jacobianVectorProduct(empty, empty));
        refused.accept(() -> new Softmax().probabilities(empty));
    }

    @Test
    void staticFunctionsOfArraysOfDifferentLengths() {
        double[] shorter = untouched(2);
        isRefused("probabilities have 2 values, logits have 3").accept(() -> Softmax.softmax(ROW, shorter));
        isRefused("logProbabilities have 2 values, logits have 3").accept(() -> Softmax.logSoftmax(ROW, shorter));
        isRefused("vector has 2 values, logits have 3").accept(() -> Softmax.jacobianVectorProduct(ROW, shorter));
        isRefused("product has 2 values, logits have 3")
                .accept(() -> Softmax.jacobianVectorProduct(ROW, TARGET, shorter));
        assertThat(shorter).containsExactly(untouched(2));
    }

    @Test
    void staticFunctionsOfNothing() {
        isNull("logits").accept(() -> Softmax.softmax(null));
        isNull("logits").accept(() -> Softmax.softmax(null, new double[3]));
        isNull("probabilities").accept(() -> Softmax.softmax(ROW, null));
        isNull("logits").accept(() -> Softmax.logSoftmax(null));
        isNull("logits").accept(() -> Softmax.logSoftmax(null, new double[3]));
        isNull("logProbabilities").accept(() -> Softmax.logSoftmax(ROW, null));
        isNull("logits").accept(() -> Softmax.logSumExp(null));
        isNull("logits").accept(() -> Softmax.jacobianVectorProduct(null, TARGET));
        isNull("vector").accept(() -> Softmax.jacobianVectorProduct(ROW, null));
        isNull("product").accept(() -> Softmax.jacobianVectorProduct(ROW, TARGET, null));
        isNull("logits").accept(() -> new Softmax().probabilities(null));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.5, 1.5, NaN, POSITIVE_INFINITY})
    void floorsThatAreNoPositiveProbabilities(double floor) {
        assertThatThrownBy(() -> new CrossEntropy().withFloor(floor))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("floor").hasMessageContaining(String.valueOf(floor));
    }

    @Test
    void oneValueIsNotOneValues() {
        isRefused("probabilities have 1 value, logits have 3").accept(() -> Softmax.softmax(ROW, new double[1]));
        Batch batch = Batch.of(new Softmax(), 3);
        isRefused("predictions have 1 value, not a whole number of rows of 3")
                .accept(() -> batch.value(new double[1], new int[1]));
        isRefused("labels have 1 value, predictions have 0 rows").accept(() -> batch.value(new double[0], new int[1]));
        isRefused("labels have 0 values, predictions have 1 row").accept(() -> batch.value(ROW, new int[0]));
        isRefused("targets have 1 value, predictions have 3").accept(() -> batch.value(ROW, new double[1]));
        isRefused("sampleWeights have 1 value, predictions have 0 rows")
                .accept(() -> batch.weightedBy(new double[1]).value(new double[0], new int[0]));
    }

    @Test
    void otherClassWeightsThanClassesOrColumns() {
        for (ClassificationLoss loss : new ClassificationLoss[] {
            new Softmax().withClassWeights(1, 2), new CrossEntropy().withClassWeights(1, 2)
        }) {
            forEachCall(loss, ROW, TARGET, isRefused("classWeights have 2 values, " + have(loss) + "3"));
            forEachCall(loss, ROW, 1, isRefused("classWeights have 2 values, " + have(loss) + "3"));
            isRefused("classWeights have 2 values, target has 3").accept(() -> loss.weight(TARGET));
            isRefused("classWeights have 2 values, a row has 3 columns").accept(() -> Batch.of(loss, 3));
            isRefused("classWeights have 2 values, a row has 1 column").accept(() -> Batch.of(loss, 1));
        }
        isRefused("classWeights have 1 value, a row has 2 columns")
                .accept(() -> Batch.of(new Softmax().withClassWeights(3), 2));
    }

    /** Labels to be ignored, -100 or -1, are what other libraries have by default. */
    @Test
    void aNegativeLabelInABatchBringsAHint() {
        Batch batch = Batch.of(new Softmax(), 3);
        double[] two = {0, 1, 2, 2, 1, 0};
        isRefused("row 1: label -100 is not in 0..2; ignoring(-100) leaves rows of this label out")
                .accept(() -> batch.value(two, new int[] {0, -100}));
        isRefused("row 0: label -1 is not in 0..2; ignoring(-1) leaves rows of this label out")
                .accept(() -> batch.perRow(two, new int[] {-1, -100}));
        isRefused("row 1: label 3 is not in 0..2").accept(() -> batch.value(two, new int[] {0, 3}));
        isRefused("row 0: label -1 is not in 0..2").accept(() -> OneHot.encode(new int[] {-1}, 3));
    }

    @Test
    void logitsHandedToCrossEntropyBringAHint() {
        isRefused("probabilities[0] = 2.5 is not a probability; for logits use Softmax")
                .accept(() -> new CrossEntropy().value(new double[] {2.5, -1}, 0));
        isRefused("row 1: probabilities[1] = -1.0 is not a probability; for logits use Softmax")
                .accept(() -> Batch.of(new CrossEntropy(), 2).value(new double[] {0, 1, 1, -1}, new int[2]));
        isRefused("probabilities[1] = -1.0 is not a probability; for logits use Softmax")
                .accept(() -> Information.entropy(new double[] {1, -1}));
    }

    /** Of several errors the first one is named, by row and then by column, in either order of rows. */
    @Test
    void theFirstBadEntryIsNamed() {
        Batch batch = Batch.of(new CrossEntropy(), 2);
        double[] predictions = {0.5, 0.5, 0.5, 7, 9, 0.5};
        double[] targets = {1, 0, -1, -2, 1, 0};
        Consumer<ThrowingCallable> refused =
                isRefused("row 1: probabilities[1] = 7.0 is not a probability; for logits use Softmax");
        Batch weighted = batch.weightedBy(new double[] {1, 2, 3});
        for (Batch any : new Batch[] {batch, batch.parallel(), batch.summed(), weighted}) {
            refused.accept(() -> any.value(predictions, targets));
            refused.accept(() -> any.gradient(predictions, targets));
            refused.accept(() -> any.gradient(predictions, new int[3]));
            refused.accept(() -> any.perRow(predictions, targets));
            isRefused("row 1: target[0] = -1.0 is not a mass from 0 to 1.0E60")
                    .accept(() -> any.gradient(new double[6], targets));
        }
    }

    @Test
    void oneHotOfLabelsThatAreNoClass() {
        isRefused("label 3 is not in 0..2").accept(() -> OneHot.encode(3, 3));
        isRefused("label -1 is not in 0..2").accept(() -> OneHot.encode(-1, 3));
        isRefused("row 2: label 5 is not in 0..2").accept(() -> OneHot.encode(new int[] {0, 2, 5}, 3));
        assertThatThrownBy(() -> OneHot.encode(0, 0)).isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0");
        assertThatThrownBy(() -> OneHot.encode(new int[0], -1)).isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
        assertThatThrownBy(() -> OneHot.decode(new double[0])).isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty");
        isNull("labels").accept(() -> OneHot.encode(null, 3));
        isNull("row").accept(() -> OneHot.decode((double[]) null));
    }
}
