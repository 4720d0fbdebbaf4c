package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Batches of floats: what those of the same numbers as doubles give, rounded once where it is written into floats. */
@PropertyDefaults(tries = 150, edgeCases = EdgeCasesMode.NONE)
class FloatBatchTest {

    /** To the nearest floats, none of them -0.0. */
    private static float[] rounded(double[] numbers) {
        float[] rounded = new float[numbers.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) numbers[i] == 0 ? 0 : (float) numbers[i];
        }
        return rounded;
    }

    private static float[] filled(int n) {
        float[] array = new float[n];
        Arrays.fill(array, 12.75f);
        return array;
    }

    private static void assertSame(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat(Float.floatToIntBits(actual[i]))
                    .as("bits of entry %d, %s, expected those of %s", i, actual[i], expected[i])
                    .isEqualTo(Float.floatToIntBits(expected[i]));
        }
    }

    private static void assertSame(LossMean actual, LossMean expected) {
        assertThat(actual.toBytes()).isEqualTo(expected.toBytes());
    }

    @Property
    void valuesAreThoseOfTheSameNumbersAsDoubles(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        float[] predictions = BatchCase.floats(rows.predictions());
        float[] targets = BatchCase.floats(rows.targets());
        rows.batches().forEach(batch -> {
            Bits.assertSame(batch.value(predictions, targets), batch.value(rows.predictions(), rows.targets()));
            Bits.assertSame(batch.perRow(predictions, targets), batch.perRow(rows.predictions(), rows.targets()));
            assertSame(batch.lossMean(predictions, targets), batch.lossMean(rows.predictions(), rows.targets()));
            if (rows.takesLabels()) {
                Batch some = batch.ignoring(BatchCase.IGNORED);
                int[] labels = rows.paddedLabels();
                Bits.assertSame(some.value(predictions, labels), some.value(rows.predictions(), labels));
                Bits.assertSame(some.perRow(predictions, labels), some.perRow(rows.predictions(), labels));
                assertSame(some.lossMean(predictions, labels), some.lossMean(rows.predictions(), labels));
            }
        });
    }

    @Property
    void gradientsAreRoundedOnce(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        float[] predictions = BatchCase.floats(rows.predictions());
        float[] targets = BatchCase.floats(rows.targets());
        rows.batches().forEach(batch -> {
            double value = batch.value(rows.predictions(), rows.targets());
            float[] expected = rounded(batch.gradient(rows.predictions(), rows.targets()));
            float[] gradient = filled(predictions.length);
            Bits.assertSame(batch.valueAndGradient(predictions, targets, gradient), value);
            assertSame(gradient, expected);
            assertSame(batch.gradient(predictions, targets), expected);
            float[] inPlace = predictions.clone();
            Bits.assertSame(batch.valueAndGradient(inPlace, targets, inPlace), value);
            assertSame(inPlace, expected);
            float[] again = predictions.clone();
            assertSame(batch.lossMeanAndGradient(again, targets, again),
                    batch.lossMean(rows.predictions(), rows.targets()));
            assertSame(again, expected);
        });
        assertSame(predictions, BatchCase.floats(rows.predictions()));
        assertSame(targets, BatchCase.floats(rows.targets()));
    }

    @Property
    void gradientsForLabelsAreRoundedOnce(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        if (!rows.takesLabels()) {
            return;
        }
        float[] predictions = BatchCase.floats(rows.predictions());
        int[] labels = rows.paddedLabels();
        rows.batches().map(batch -> batch.ignoring(BatchCase.IGNORED)).forEach(batch -> {
            double value = batch.value(rows.predictions(), labels);
            float[] expected = rounded(batch.gradient(rows.predictions(), labels));
            float[] gradient = filled(predictions.length);
            Bits.assertSame(batch.valueAndGradient(predictions, labels, gradient), value);
            assertSame(gradient, expected);
            assertSame(batch.gradient(predictions, labels), expected);
            float[] inPlace = predictions.clone();
            Bits.assertSame(batch.valueAndGradient(inPlace, labels, inPlace), value);
            assertSame(inPlace, expected);
            float[] again = predictions.clone();
            assertSame(batch.lossMeanAndGradient(again, labels, again), batch.lossMean(rows.predictions(), labels));
            assertSame(again, expected);
        });
        assertSame(predictions, BatchCase.floats(rows.predictions()));
    }

    @Property
    void secondDerivativesAreRoundedOnce(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        float[] predictions = BatchCase.floats(rows.predictions());
        float[] targets = BatchCase.floats(rows.targets());
        if (rows.hasSecondDerivatives()) {
            rows.batches().forEach(batch -> {
                double[] gradient = new double[predictions.length];
                double[] hessian = new double[predictions.length];
                double value = batch.valueGradientAndHessian(rows.predictions(), rows.targets(), gradient, hessian);
                float[] inPlace = predictions.clone();
                float[] other = filled(predictions.length);
                Bits.assertSame(batch.valueGradientAndHessian(inPlace, targets, other, inPlace), value);
                assertSame(other, rounded(gradient));
                assertSame(inPlace, rounded(hessian));
                float[] again = predictions.clone();
                Bits.assertSame(batch.valueGradientAndHessian(again, targets, again, other), value);
                assertSame(again, rounded(gradient));
                assertSame(other, rounded(hessian));
            });
        }
        if (rows.loss() instanceof SecondOrderClassificationLoss) {
            int[] labels = rows.paddedLabels();
            rows.batches().map(batch -> batch.ignoring(BatchCase.IGNORED)).forEach(batch -> {
                double[] gradient = new double[predictions.length];
                double[] hessian = new double[predictions.length];
                double value = batch.valueGradientAndHessian(rows.predictions(), labels, gradient, hessian);
                float[] inPlace = predictions.clone();
                float[] other = filled(predictions.length);
                Bits.assertSame(batch.valueGradientAndHessian(inPlace, labels, other, inPlace), value);
                assertSame(other, rounded(gradient));
                assertSame(inPlace, rounded(hessian));
            });
        }
    }

    @Example
    void theSameBitsInParallel() {
        for (int columns : new int[] {3, 1025}) {
            BatchCase.ofEveryLoss(40_000 / columns, columns).forEach(rows -> {
                float[] predictions = BatchCase.floats(rows.predictions());
                float[] targets = BatchCase.floats(rows.targets());
                Batch batch = rows.batch().weightedBy(rows.weights());
                float[] gradient = filled(predictions.length);
                float[] inPlace = predictions.clone();
                Bits.assertSame(batch.parallel().valueAndGradient(inPlace, targets, inPlace),
                        batch.valueAndGradient(predictions, targets, gradient));
                assertSame(inPlace, gradient);
                Bits.assertSame(batch.parallel().perRow(predictions, targets), batch.perRow(predictions, targets));
                if (rows.hasSecondDerivatives()) {
                    float[] hessian = filled(predictions.length);
                    float[] other = predictions.clone();
                    batch.valueGradientAndHessian(predictions, targets, gradient, hessian);
                    batch.parallel().valueGradientAndHessian(other, targets, inPlace, other);
                    assertSame(inPlace, gradient);
                    assertSame(other, hessian);
                }
            });
        }
    }

    /** Some rows at a time become doubles, not all of them: an eighth of their size is far more than that. */
    @Example
    void noArrayOfDoublesForAllRowsIsMade() {
        int rows = 64;
        int columns = 1000;
        float[] predictions = new float[rows * columns];
        float[] gradient = new float[rows * columns];
        float[] hessian = new float[rows * columns];
        float[] targets = new float[rows * columns];
        int[] labels = new int[rows];
        for (LossFunction loss : new LossFunction[] {new MeanSquaredError(), BatchCase.SQUARE}) {
            Batch batch = Batch.of(loss, columns);
            assertAllocatesLittle(rows * columns,
                    () -> batch.valueGradientAndHessian(predictions, targets, gradient, hessian));
        }
        Batch softmax = Batch.of(new Softmax(), columns);
        assertAllocatesLittle(rows * columns, () -> softmax.valueAndGradient(predictions, labels, gradient));
        assertAllocatesLittle(rows * columns, () -> softmax.perRow(predictions, labels));
    }

    /** Once it is compiled: until then, objects that HotSpot takes apart are made. */
    private static void assertAllocatesLittle(int numbers, Runnable call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long limit = (long) Double.BYTES * numbers / 8;
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5000 && least >= limit; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            call.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(limit);
    }

    /** 1e-50 is 0 as a float, and -1e-50 would be -0.0f. */
    @Example
    void smallAndLargeResultsAreZeroAndInfinityButNeverNegativeZero() {
        Batch sum = Batch.of(new MeanSquaredError(), 1).summed();
        float[] gradient = new float[2];
        double value = sum.weightedBy(new double[] {1e-50, 1e-50})
                .valueAndGradient(new float[] {1, 2}, new float[] {2, 1}, gradient);
        Bits.assertSame(value, 2e-50);
        assertSame(gradient, new float[2]);
        sum.weightedBy(new double[] {1e50, -1e50}).valueAndGradient(new float[] {1, 1}, new float[2], gradient);
        assertSame(gradient, new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY});
    }

    @Example
    void rowsThatDoNotCountHaveDerivativesOf0WhateverIsInThem() {
        float[] predictions = {1, 2, Float.NaN, 4};
        float[] targets = {1, 0, -7, Float.NaN};
        float[] gradient = filled(4);
        float[] hessian = filled(4);
        Batch batch = Batch.of(new Softmax(), 2);
        Batch first = batch.weightedBy(new double[] {1, 0});
        assertThat(first.valueGradientAndHessian(predictions, targets, gradient, hessian)).isPositive();
        assertSame(Arrays.copyOfRange(gradient, 2, 4), new float[2]);
        assertSame(Arrays.copyOfRange(hessian, 2, 4), new float[2]);
        assertThat(gradient[0]).isNegative();
        Batch none = batch.weightedBy(new double[2]);
        Bits.assertSame(none.valueGradientAndHessian(predictions, targets, gradient, hessian), 0);
        assertSame(gradient, new float[4]);
        assertSame(hessian, new float[4]);
        Arrays.fill(gradient, 12.75f);
        Bits.assertSame(batch.valueAndGradient(new float[4], new float[4], gradient), 0); // no mass at all
        assertSame(gradient, new float[4]);
    }

    @Example
    void errorsAreThoseOfDoubles() {
        Batch batch = Batch.of(new Softmax(), 2);
        float[] two = {1, 2};
        float[] one = {1};
        float[] targets = {0.5f, 0.5f};
        float[] gradient = filled(2);
        float[] hessian = filled(2);
        int[] label = {0};
        assertRefused("gradient is the target array, which it would overwrite",
                () -> batch.valueAndGradient(two, targets, targets));
        assertRefused("gradient is the target array, which it would overwrite",
                () -> batch.valueGradientAndHessian(two, targets, targets, hessian));
        assertRefused("hessianDiagonal is the target array, which it would overwrite",
                () -> batch.valueGradientAndHessian(two, targets, gradient, targets));
        assertRefused("gradient and hessianDiagonal are the same array",
                () -> batch.valueGradientAndHessian(two, targets, gradient, gradient));
        assertRefused("gradient and hessianDiagonal are the same array",
                () -> batch.valueGradientAndHessian(two, label, two, two));
        assertRefused("targets have 1 value, predictions have 2", () -> batch.value(two, one));
        assertRefused("gradient has 1 value, predictions have 2", () -> batch.valueAndGradient(two, targets, one));
        assertRefused("gradient has 1 value, predictions have 2", () -> batch.lossMeanAndGradient(two, label, one));
        assertRefused("hessianDiagonal has 1 value, predictions have 2",
                () -> batch.valueGradientAndHessian(two, label, gradient, one));
        assertRefused("labels have 2 values, predictions have 1 row", () -> batch.value(two, new int[2]));
        assertRefused("predictions have 1 value, not a whole number of rows of 2", () -> batch.value(one, one));
        assertRefused("sampleWeights have 2 values, predictions have 1 row",
                () -> batch.weightedBy(new double[2]).value(two, label));
        assertRefused("row 0: label -100 is not in 0..1; ignoring(-100) leaves rows of this label out",
                () -> batch.valueAndGradient(two, new int[] {-100}, gradient));
        assertRefused("row 1: target[1] = -1.0 is not a mass from 0 to 1.0E60",
                () -> batch.valueAndGradient(new float[4], new float[] {1, 0, 1, -1}, new float[4]));
        assertRefused("row 1: probabilities[0] = 7.0 is not a probability; for logits use Softmax",
                () -> Batch.of(new CrossEntropy(), 1).valueAndGradient(new float[] {1, 7}, new int[2], gradient));
        assertRefused("ignoring -1 is for labels: with target arrays, give rows to be left out the sample weight 0",
                () -> batch.ignoring(-1).value(two, targets));
        assertRefused("MeanSquaredError is not a ClassificationLoss: it takes targets, not labels; OneHot.encode makes "
                + "targets of labels", () -> Batch.of(new MeanSquaredError(), 2).value(two, label));
        assertRefused("sampleWeights[0] = -1.0 is negative, which only a sum can be weighted by: Batch.summed()",
                () -> batch.weightedBy(new double[] {-1}).valueAndGradient(two, label, gradient));
        assertNull("predictions", () -> batch.value((float[]) null, targets));
        assertNull("predictions", () -> batch.value((float[]) null, label));
        assertNull("predictions", () -> batch.gradient((float[]) null, targets));
        assertNull("predictions", () -> batch.gradient((float[]) null, label));
        assertNull("targets", () -> batch.value(two, (float[]) null));
        assertNull("labels", () -> batch.value(two, (int[]) null));
        assertNull("gradient", () -> batch.valueAndGradient(two, targets, null));
        assertNull("gradient", () -> batch.valueAndGradient(two, label, null));
        assertNull("hessianDiagonal", () -> batch.valueGradientAndHessian(two, label, gradient, null));
        assertThat(two).containsExactly(1, 2);
        assertThat(targets).containsExactly(0.5f, 0.5f);
        assertSame(gradient, filled(2));
        assertSame(hessian, filled(2));
    }

    private static void assertRefused(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isExactlyInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    private static void assertNull(String name, ThrowingCallable call) {
        assertThatThrownBy(call).isExactlyInstanceOf(NullPointerException.class).hasMessage(name);
    }
}
