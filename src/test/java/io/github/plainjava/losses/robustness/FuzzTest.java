package io.github.plainjava.losses.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.BinaryCrossEntropy;
import io.github.plainjava.losses.Brier;
import io.github.plainjava.losses.ClassificationLoss;
import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.ElementwiseLoss;
import io.github.plainjava.losses.ExactSums;
import io.github.plainjava.losses.Focal;
import io.github.plainjava.losses.Gamma;
import io.github.plainjava.losses.Hinge;
import io.github.plainjava.losses.Huber;
import io.github.plainjava.losses.LogCosh;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.LossMean;
import io.github.plainjava.losses.LossStatistics;
import io.github.plainjava.losses.MeanAbsoluteError;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.OneHot;
import io.github.plainjava.losses.Pinball;
import io.github.plainjava.losses.Poisson;
import io.github.plainjava.losses.PseudoHuber;
import io.github.plainjava.losses.SecondOrderLoss;
import io.github.plainjava.losses.Sigmoid;
import io.github.plainjava.losses.Softmax;
import io.github.plainjava.losses.SoftmaxDivergence;
import io.github.plainjava.losses.Tweedie;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random arguments, right and wrong. A call either succeeds or throws what is documented: an IllegalArgumentException
 * whose message names the place, or a NullPointerException with the argument's name. Nothing is written to an output
 * before an error, and an input is never written to.
 *
 * <p>{@code -Dfuzz.calls=N} makes N calls of each kind. A failure names the seed of its call.
 */
class FuzzTest {

    private static final int CALLS = Integer.getInteger("fuzz.calls", 5_000);
    private static final int HUGE = 10_000_000;
    private static final int IGNORED = -100;
    private static final double[] NOT_PROBABILITIES = {-0x1p-1074, -1, 1 + 2e-6, 2, Double.POSITIVE_INFINITY};

    private interface Fuzzed {
        FuzzedCall call(Inputs inputs);
    }

    @Test
    @Timeout(300)
    void aRowWithATargetArray() {
        fuzz(FuzzTest::rowWithTarget);
    }

    @Test
    @Timeout(300)
    void aRowWithALabel() {
        fuzz(FuzzTest::rowWithLabel);
    }

    @Test
    @Timeout(300)
    void aBatchWithTargetArrays() {
        fuzz(FuzzTest::batchWithTargets);
    }

    @Test
    @Timeout(300)
    void aBatchWithLabels() {
        fuzz(FuzzTest::batchWithLabels);
    }

    @Test
    @Timeout(300)
    void theFunctionsOfSoftmax() {
        fuzz(FuzzTest::softmaxFunction);
    }

    @Test
    @Timeout(300)
    void theFunctionsOfSoftmaxOfRowsAtOnce() {
        fuzz(FuzzTest::softmaxFunctionOfRows);
    }

    @Test
    void anOptionOutOfItsRangeIsRefusedByNameAndValue() {
        double[] notNumbers = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1, -0x1p-1074};
        assertRefused("floor = ", x -> new CrossEntropy().withFloor(x), notNumbers);
        assertRefused("floor = ", x -> new CrossEntropy().withFloor(x), 0, Math.nextUp(1.0), Math.nextDown(1e-150));
        assertRefused("smoothing = ", x -> new CrossEntropy().withLabelSmoothing(x), notNumbers);
        assertRefused("smoothing = ", x -> new Softmax().withLabelSmoothing(x), Math.nextUp(1.0), Math.nextDown(1e-18));
        assertRefused("temperature = ", x -> new Softmax().withTemperature(x), notNumbers);
        assertRefused("temperature = ", x -> new Softmax().withTemperature(x), 0, -0.0, -Double.MAX_VALUE,
                Math.nextDown(1e-18), Math.nextUp(1e18));
        assertRefused("classWeights[1] = ", x -> new Softmax().withClassWeights(1, x, 1), notNumbers);
        assertRefused("classWeights[1] = ", x -> new CrossEntropy().withClassWeights(1, x, 1), notNumbers);
        assertRefused("classWeights[1] = ", x -> new CrossEntropy().withClassWeights(1, x, 1),
                Math.nextDown(1e-18), Math.nextUp(1e18), Double.MIN_VALUE, Double.MAX_VALUE);
        assertRefused("temperature = ", x -> new SoftmaxDivergence().withTemperature(x), notNumbers);
        Batch batch = Batch.of(new Softmax(), 1);
        assertRefused("sampleWeights[1] = ", x -> batch.weightedBy(new double[] {1, x}),
                Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        assertRefused("sampleWeights[1] = ", x -> batch.weightedBy(new double[] {1, x}).value(new double[2], new int[2]),
                notNumbers);
        for (int classes : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertThat(messageOf(() -> OneHot.encode(0, classes))).startsWith("classes = " + classes);
            assertThat(messageOf(() -> Batch.of(new Softmax(), classes))).startsWith("columns = " + classes);
        }
    }

    @Test
    void aNullArgumentOfAnyFactoryOrOptionIsRefusedByName() {
        assertThat(nullNamed(() -> Batch.of(null, 3))).isEqualTo("loss");
        assertThat(nullNamed(() -> Batch.of(new Softmax(), 3).weightedBy(null))).isEqualTo("sampleWeights");
        assertThat(nullNamed(() -> Batch.of(new Softmax(), 3).ignoring((int[]) null))).isEqualTo("labels");
        assertThat(nullNamed(() -> new LossMean().combine(null))).isEqualTo("other");
        assertThat(nullNamed(() -> LossMean.ofBytes(null))).isEqualTo("bytes");
        assertThat(nullNamed(() -> OneHot.decode((double[]) null))).isEqualTo("row");
        assertThat(nullNamed(() -> new ExactSums(0).add(null))).isEqualTo("values");
        assertThat(nullNamed(() -> new ExactSums(0).add(null, 1))).isEqualTo("values");
        assertThat(nullNamed(() -> new ExactSums(0).add(0, null, 1))).isEqualTo("values");
        assertThat(nullNamed(() -> new ExactSums(0).combine(null))).isEqualTo("other");
        assertThat(nullNamed(() -> ExactSums.ofBytes(null))).isEqualTo("bytes");
        assertThat(nullNamed(() -> OneHot.encode(null, 3))).isEqualTo("labels");
        assertThat(nullNamed(() -> LossMean.averaging(null))).isEqualTo("loss");
        assertThat(nullNamed(() -> LossMean.averaging(x -> 1, null))).isEqualTo("weight");
        assertThat(nullNamed(() -> new LossStatistics().combine(null))).isEqualTo("other");
        assertThat(nullNamed(() -> LossStatistics.ofBytes(null))).isEqualTo("bytes");
        assertThat(nullNamed(() -> LossStatistics.summarizing(null))).isEqualTo("loss");
        assertThat(nullNamed(() -> LossStatistics.summarizing(x -> 1, null))).isEqualTo("weight");
        assertThat(nullNamed(() -> new Softmax().weight(null))).isEqualTo("target");
    }

    @Test
    void aRefusedWeightLeavesAMeanAsItWas() {
        LossMean mean = new LossMean();
        mean.accept(0.5, 2);
        LossMean same = new LossMean().combine(mean);
        for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThat(messageOf(() -> mean.accept(1, wrong))).startsWith("weight = " + wrong);
            assertThat(messageOf(() -> mean.accept(1, 1, wrong))).startsWith("mass = " + wrong);
        }
        assertThat(mean).isEqualTo(same);
    }

    /** Ten million values: right to the last bit where the result is known, in bounded time. */
    @Test
    @Tag("slow")
    @Timeout(120)
    void aHugeRow() {
        double[] row = new double[HUGE];
        double[] other = new double[HUGE];
        Arrays.fill(row, 3);
        double logOfHuge = 16.11809565095832; // log 10^7 = 16.118095650958319788...
        assertThat(Softmax.logSumExp(row)).isEqualTo(3 + logOfHuge);
        assertThat(new Softmax().valueAndGradient(row, HUGE - 1, other)).isEqualTo(logOfHuge);
        assertThat(other[0]).isEqualTo(1e-7);
        assertThat(other[HUGE - 1]).isEqualTo(-0.9999999);
        Softmax.softmax(row, other);
        assertThat(other).containsOnly(1e-7);
        Softmax.logSoftmax(row, other);
        assertThat(other).containsOnly(-logOfHuge);
        Arrays.fill(other, 3.25);
        assertThat(new MeanSquaredError().value(row, other)).isEqualTo(0.0625);
        Arrays.fill(row, 0.5);
        Arrays.fill(other, 0x1p-20);
        double twentyThreeBits = HUGE * 0x1p-20 * 0.6931471805599453; // a power of two times an exact count
        assertThat(new CrossEntropy().value(row, other)).isCloseTo(twentyThreeBits, within(Math.ulp(twentyThreeBits)));
        int[] labels = new int[HUGE / 10];
        assertThat(Batch.of(new Softmax(), 10).value(row, labels)).isCloseTo(Math.log(10), within(1e-15));
    }

    private static void fuzz(Fuzzed fuzzed) {
        int succeeded = 0;
        Map<String, String> problems = new LinkedHashMap<>();
        for (long seed = 0; seed < CALLS; seed++) {
            FuzzedCall call = fuzzed.call(new Inputs(seed));
            try {
                succeeded += call.check() ? 1 : 0;
            } catch (AssertionError | RuntimeException e) {
                String kind = String.valueOf(e.getMessage()).replaceAll("-?\\d[\\d.E-]*", "0");
                problems.putIfAbsent(kind, "seed " + seed + ": " + call + ": " + e);
            }
        }
        assertThat(problems.values()).as("one call of each kind that went wrong").isEmpty();
        assertThat(succeeded).as("calls that succeeded").isBetween(CALLS / 10, CALLS * 9 / 10);
    }

    private static FuzzedCall rowWithTarget(Inputs in) {
        int n = length(in);
        FuzzedCall call = new FuzzedCall();
        LossFunction loss = loss(in, call, n);
        double[] prediction = flawedLength(in, prediction(in, loss, n));
        double[] target = flawedLength(in, Domain.of(loss).row(in, n));
        double[] gradient = gradient(in, n, prediction, target);
        double[] hessian = hessian(in, loss, prediction);
        call.named(loss.getClass().getSimpleName());
        call.notNull(prediction, Domain.predictionOf(loss)).notNull(target, "target").notNull(gradient, "gradient");
        if (prediction != null) {
            call.notEmpty(loss, prediction).optionsFor(loss, prediction);
            call.sameLength(loss, target, "target", prediction).sameLength(loss, gradient, "gradient", prediction);
            call.probabilities(loss, prediction, Math.max(1, prediction.length));
        }
        call.targets(loss, target, target == null ? 1 : Math.max(1, target.length));
        call.expectIf(target != null && gradient == target, "gradient is the target array, which it would overwrite");
        return call.inputs(prediction, target)
                .output(gradient)
                .action(
                        hessian == null
                                ? () -> loss.valueAndGradient(prediction, target, gradient)
                                : () -> ((SecondOrderLoss) loss)
                                        .valueGradientAndHessian(prediction, target, gradient, hessian),
                        () -> loss.value(prediction, target));
    }

    /** For second derivatives now and then, where there are any. */
    private static double[] hessian(Inputs in, LossFunction loss, double[] prediction) {
        boolean isWanted = loss instanceof SecondOrderLoss && prediction != null && in.below(3) == 0;
        return isWanted ? new double[prediction.length] : null;
    }

    private static FuzzedCall rowWithLabel(Inputs in) {
        int n = length(in);
        FuzzedCall call = new FuzzedCall();
        ClassificationLoss loss = classificationLoss(in, call, n);
        double[] prediction = flawedLength(in, prediction(in, loss, n));
        int label = in.below(12) == 0 ? in.below(2 * n + 20) - 10 : in.below(n);
        double[] gradient = gradient(in, n, prediction, null);
        call.named(loss.getClass().getSimpleName() + " label " + label);
        call.notNull(prediction, Domain.predictionOf(loss)).notNull(gradient, "gradient");
        if (prediction != null) {
            call.notEmpty(loss, prediction).optionsFor(loss, prediction);
            call.sameLength(loss, gradient, "gradient", prediction);
            call.label(label, prediction.length, "");
            call.probabilities(loss, prediction, Math.max(1, prediction.length));
        }
        return call.inputs(prediction, null)
                .output(gradient)
                .action(() -> loss.valueAndGradient(prediction, label, gradient), () -> loss.value(prediction, label));
    }

    private static FuzzedCall batchWithTargets(Inputs in) {
        int n = 1 + in.below(12);
        int rows = 1 + in.below(20);
        FuzzedCall call = new FuzzedCall();
        LossFunction loss = loss(in, call.inABatch(), n);
        double[] sampleWeights = in.below(3) == 0 ? flawedLengthNotNull(in, in.weights(rows)) : null;
        double[] predictions = flawedLength(in, rows(rows, n, () -> prediction(in, loss, n)));
        double[] targets = flawedLength(in, rows(rows, n, () -> Domain.of(loss).row(in, n)));
        double[] gradient = gradient(in, rows * n, predictions, targets);
        double[] hessian = hessian(in, loss, predictions);
        call.named("Batch of " + loss.getClass().getSimpleName());
        call.notNull(predictions, "predictions").notNull(targets, "targets").notNull(gradient, "gradient");
        call.weighted(sampleWeights, null, IGNORED).optionsFor(n);
        if (predictions != null) {
            call.rowsOf(predictions.length, n).sampleWeightsFor(predictions.length / n);
            call.sameLengths(targets, "targets", predictions).sameLengths(gradient, "gradient", predictions);
            call.probabilities(loss, predictions, n);
        }
        call.targets(loss, targets, n);
        call.expectIf(targets != null && gradient == targets, "gradient is the target array, which it would overwrite");
        return call.inputs(predictions, targets).output(gradient).constructedBy(() -> {
            Batch batch = batch(in, loss, n, sampleWeights);
            call.action(
                    hessian == null
                            ? () -> batch.valueAndGradient(predictions, targets, gradient)
                            : () -> batch.valueGradientAndHessian(predictions, targets, gradient, hessian),
                    () -> batch.value(predictions, targets));
        });
    }

    private static FuzzedCall batchWithLabels(Inputs in) {
        int n = 1 + in.below(12);
        int rows = 1 + in.below(20);
        FuzzedCall call = new FuzzedCall();
        LossFunction loss = in.below(20) == 0 ? elementwise(in, call, n) : classificationLoss(in, call.inABatch(), n);
        double[] sampleWeights = in.below(3) == 0 ? flawedLengthNotNull(in, in.weights(rows)) : null;
        double[] predictions = flawedLength(in, rows(rows, n, () -> prediction(in, loss, n)));
        int labelCount = in.below(25) == 0 ? in.below(2 * rows) : rows;
        int[] labels = in.below(40) == 0
                ? null
                : IntStream.range(0, labelCount)
                        .map(r -> in.below(8) == 0 ? IGNORED : in.below(100) == 0 ? n + in.below(3) : in.below(n))
                        .toArray();
        double[] gradient = gradient(in, rows * n, predictions, null);
        call.named("Batch of " + loss.getClass().getSimpleName() + " with labels");
        if (loss instanceof ElementwiseLoss) {
            call.expectIf(true, loss.getClass().getSimpleName() + " is not a ClassificationLoss: it takes "
                    + Domain.of(loss).description + ", not labels; OneHot.encode makes targets of labels");
        }
        call.notNull(predictions, "predictions").notNull(labels, "labels").notNull(gradient, "gradient");
        call.weighted(sampleWeights, labels, IGNORED).optionsFor(n);
        if (predictions != null) {
            call.rowsOf(predictions.length, n).sampleWeightsFor(predictions.length / n);
            call.sameLengths(gradient, "gradient", predictions);
            int rowsThere = predictions.length / n;
            call.expectIf(
                    labels != null && labels.length != rowsThere,
                    "labels have " + FuzzedCall.number(labels == null ? 0 : labels.length, "value")
                            + ", predictions have " + FuzzedCall.number(rowsThere, "row"));
            call.probabilities(loss, predictions, n);
        }
        call.labels(labels, n);
        return call.inputs(predictions, null).output(gradient).constructedBy(() -> {
            Batch batch = batch(in, loss, n, sampleWeights).ignoring(IGNORED);
            call.action(
                    () -> batch.valueAndGradient(predictions, labels, gradient),
                    () -> batch.value(predictions, labels));
        });
    }

    private static FuzzedCall softmaxFunction(Inputs in) {
        int n = length(in);
        double[] logits = flawedLength(in, withNaN(in, in.logits(n)));
        double[] vector = flawedLength(in, in.values(n, null));
        double[] output = gradient(in, n, logits, null);
        int function = in.below(4);
        String name = new String[] {"probabilities", "logProbabilities", "product", "gradient"}[function];
        FuzzedCall call = new FuzzedCall().named("Softmax, into " + name);
        call.notNull(logits, "logits").notNull(output, name);
        if (logits != null) {
            call.expectIf(logits.length == 0, "logits are empty");
            call.sameLengthAsLogits(output, name, logits);
        }
        if (function == 2) {
            call.notNull(vector, "vector").sameLengthAsLogits(vector, "vector", logits);
        }
        Runnable action = () -> {
            switch (function) {
                case 0 -> Softmax.softmax(logits, output);
                case 1 -> Softmax.logSoftmax(logits, output);
                case 2 -> Softmax.jacobianVectorProduct(logits, vector, output);
                default -> Softmax.entropy(logits, output);
            }
        };
        return call.inputs(logits, vector).output(output).action(() -> {
            action.run();
            return 0;
        }, null);
    }

    private static FuzzedCall softmaxFunctionOfRows(Inputs in) {
        int n = 1 + in.below(40);
        int count = 1 + in.below(30);
        int columns = in.below(12) == 0 ? in.below(n + 2) - 1 : n;
        double[] logits = flawedLength(in, rows(count, n, () -> withNaN(in, in.logits(n))));
        int function = in.below(5);
        boolean onePerRow = function > 2;
        double[] output = onePerRow
                ? flawedLength(in, new double[count])
                : gradient(in, count * n, logits, null);
        String name = onePerRow ? "perRow" : new String[] {"probabilities", "logProbabilities", "probabilities"}[function];
        FuzzedCall call = new FuzzedCall().named("Softmax, rows of " + columns + " into " + name);
        call.notNull(logits, "logits").notNull(output, name);
        if (columns < 1) {
            call.expectIf(true, "columns = " + columns + " is less than 1");
        } else if (logits != null) {
            call.expectIf(logits.length % columns != 0, "logits have " + FuzzedCall.number(logits.length, "value")
                    + ", not a whole number of rows of " + columns);
            int there = logits.length / columns;
            if (onePerRow) {
                call.expectIf(output != null && output.length != there,
                        "perRow has " + FuzzedCall.number(output == null ? 0 : output.length, "value")
                                + ", logits have " + FuzzedCall.number(there, "row"));
            } else {
                call.sameLengthAsLogits(output, name, logits);
            }
        }
        Runnable action = () -> {
            switch (function) {
                case 0 -> Softmax.softmax(logits, columns, output);
                case 1 -> Softmax.logSoftmax(logits, columns, output);
                case 2 -> new Softmax().withTemperature(0.3).probabilities(logits, columns, output);
                case 3 -> Softmax.logSumExp(logits, columns, output);
                default -> Softmax.entropy(logits, columns, output);
            }
        };
        return call.inputs(logits, null).output(output).action(() -> {
            action.run();
            return 0;
        }, null);
    }

    private static Batch batch(Inputs in, LossFunction loss, int columns, double[] sampleWeights) {
        Batch batch = Batch.of(loss, columns);
        batch = in.below(3) == 0 ? batch.summed() : batch;
        batch = in.below(3) == 0 ? batch.parallel() : batch;
        return sampleWeights == null ? batch : batch.weightedBy(sampleWeights);
    }

    private static int length(Inputs in) {
        return in.below(20) == 0 ? 1 + in.below(1500) : 1 + in.below(40);
    }

    private static LossFunction loss(Inputs in, FuzzedCall call, int n) {
        return switch (in.below(6)) {
            case 0, 1, 2 -> elementwise(in, call, n);
            case 3 -> in.below(2) == 0
                    ? new SoftmaxDivergence().reversed()
                    : new SoftmaxDivergence().withTemperature(in.below(3) == 0 ? in.factor() : 1);
            default -> classificationLoss(in, call, n);
        };
    }

    private static ElementwiseLoss elementwise(Inputs in, FuzzedCall call, int n) {
        ElementwiseLoss loss = switch (in.below(12)) {
            case 0 -> new MeanSquaredError();
            case 1 -> new MeanAbsoluteError();
            case 2 -> new Huber().withThreshold(in.factor());
            case 3 -> new PseudoHuber().withScale(in.factor());
            case 4 -> new LogCosh();
            case 5 -> new Pinball(options(in, call, "levels", n, FuzzTest::level));
            case 6 -> new Sigmoid().withPositiveWeights(positiveWeights(in, call, n)).withLabelSmoothing(smoothing(in));
            case 7 -> new Focal().withFocus(in.below(9) == 0 ? in.factor() : in.below(4))
                    .withPositiveWeights(positiveWeights(in, call, n));
            case 8 -> answers(in, call, n);
            case 9 -> new Poisson();
            case 10 -> new Gamma();
            default -> new Tweedie(1 + 0x1p-52 + in.unit() * 0.75);
        };
        return in.below(4) == 0 ? loss.skippingMissing() : loss;
    }

    private static BinaryCrossEntropy answers(Inputs in, FuzzedCall call, int n) {
        BinaryCrossEntropy loss = new BinaryCrossEntropy()
                .withPositiveWeights(positiveWeights(in, call, n))
                .withLabelSmoothing(smoothing(in));
        return in.below(2) == 0 ? loss : loss.withFloor(in.floor());
    }

    private static double level(Inputs in) {
        return 0x1p-53 + in.unit() * 0.75;
    }

    private static double[] positiveWeights(Inputs in, FuzzedCall call, int n) {
        return options(in, call, "positiveWeights", n, i -> i.below(9) == 0 ? 0 : i.factor());
    }

    /** One for all, or one a column, or, seldom, one more. */
    private static double[] options(Inputs in, FuzzedCall call, String name, int n, ToDoubleFunction<Inputs> option) {
        int count = in.below(2) == 0 ? 1 : in.below(20) == 0 ? n + 1 : n;
        double[] options = IntStream.range(0, count).mapToDouble(i -> option.applyAsDouble(in)).toArray();
        call.options(name, options, true);
        return options;
    }

    private static double smoothing(Inputs in) {
        return in.below(2) == 0 ? 0 : in.below(9) == 0 ? 1e-18 : in.below(9) / 8.0;
    }

    private static ClassificationLoss classificationLoss(Inputs in, FuzzedCall call, int n) {
        switch (in.below(8)) {
            case 0:
                return new Brier();
            case 1:
                Hinge hinge = new Hinge().withMargin(in.below(9) == 0 ? 0 : in.factor());
                return in.below(2) == 0 ? hinge : hinge.squared();
            default:
                double[] classWeights = in.below(2) == 0 ? in.classWeights(in.below(20) == 0 ? n + 1 : n) : null;
                call.options("classWeights", classWeights, false);
                return in.below(2) == 0 ? softmax(in, classWeights) : crossEntropy(in, classWeights);
        }
    }

    private static Softmax softmax(Inputs in, double[] classWeights) {
        Softmax loss = new Softmax()
                .withLabelSmoothing(smoothing(in))
                .withTemperature(in.below(9) == 0 ? in.factor() : Math.scalb(1.0, in.below(9) - 4));
        return classWeights == null ? loss : loss.withClassWeights(classWeights);
    }

    private static CrossEntropy crossEntropy(Inputs in, double[] classWeights) {
        CrossEntropy loss = new CrossEntropy().withLabelSmoothing(smoothing(in));
        loss = in.below(2) == 0 ? loss : loss.withFloor(in.floor());
        return classWeights == null ? loss : loss.withClassWeights(classWeights);
    }

    private static double[] prediction(Inputs in, LossFunction loss, int n) {
        if (Domain.takesProbabilities(loss)) {
            double[] row = in.probabilities(n);
            if (in.below(60) == 0) {
                row[in.below(n)] = NOT_PROBABILITIES[in.below(NOT_PROBABILITIES.length)];
            }
            return withNaN(in, row);
        }
        return withNaN(in, loss instanceof MeanSquaredError ? in.values(n, null) : in.logits(n));
    }

    /** Now and then a NaN of any sign and payload. */
    private static double[] withNaN(Inputs in, double[] row) {
        if (in.below(60) == 0) {
            long payload = 1 + in.below(Integer.MAX_VALUE);
            row[in.below(row.length)] = Double.longBitsToDouble((in.below(2) == 0 ? 0x7ffL : 0xfffL) << 52 | payload);
        }
        return row;
    }

    /** Seldom null or of another length. */
    private static double[] flawedLength(Inputs in, double[] row) {
        return in.below(30) == 0 ? null : flawedLengthNotNull(in, row);
    }

    private static double[] flawedLengthNotNull(Inputs in, double[] row) {
        return in.below(30) == 0 ? Arrays.copyOf(row, in.below(2 * row.length + 2)) : row;
    }

    /** Often the prediction itself; seldom the target, null or of another length. */
    private static double[] gradient(Inputs in, int n, double[] prediction, double[] target) {
        return switch (in.below(24)) {
            case 0 -> null;
            case 1 -> new double[in.below(2 * n + 2)];
            case 2 -> target == null ? new double[n] : target;
            case 3, 4, 5, 6 -> prediction;
            default -> in.values(n, null);
        };
    }

    private interface RowMaker {
        double[] make();
    }

    private static double[] rows(int rows, int columns, RowMaker maker) {
        double[] all = new double[rows * columns];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(maker.make(), 0, all, r * columns, columns);
        }
        return all;
    }

    private static void assertRefused(String start, DoubleConsumer call, double... values) {
        for (double value : values) {
            assertThat(messageOf(() -> call.accept(value))).startsWith(start + value);
        }
    }

    private static String messageOf(Runnable call) {
        try {
            call.run();
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
        return fail("was accepted");
    }

    private static String nullNamed(Runnable call) {
        try {
            call.run();
        } catch (NullPointerException e) {
            return e.getMessage();
        }
        return fail("was accepted");
    }
}
