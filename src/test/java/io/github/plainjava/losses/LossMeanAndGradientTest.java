package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The exact sums and the gradient in one pass are those of the two calls by themselves. */
@PropertyDefaults(tries = 150, edgeCases = EdgeCasesMode.NONE)
class LossMeanAndGradientTest {

    @Property
    void areThoseOfLossMeanAndOfGradient(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        rows.batches().forEach(batch -> {
            double[] gradient = new double[rows.predictions().length];
            Arrays.fill(gradient, Double.NaN);
            LossMean mean = batch.lossMeanAndGradient(rows.predictions(), rows.targets(), gradient);
            assertThat(mean.toBytes()).isEqualTo(batch.lossMean(rows.predictions(), rows.targets()).toBytes());
            Bits.assertSame(gradient, batch.gradient(rows.predictions(), rows.targets()));
            double[] inPlace = rows.predictions().clone();
            LossMean again = batch.lossMeanAndGradient(inPlace, rows.targets(), inPlace);
            assertThat(again.toBytes()).isEqualTo(mean.toBytes());
            Bits.assertSame(inPlace, gradient);
        });
    }

    @Property
    void areThoseOfLossMeanAndOfGradientForLabels(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        if (rows.takesLabels()) {
            int[] labels = rows.paddedLabels();
            rows.batches().map(batch -> batch.ignoring(BatchCase.IGNORED)).forEach(batch -> {
                double[] gradient = new double[rows.predictions().length];
                Arrays.fill(gradient, Double.NaN);
                LossMean mean = batch.lossMeanAndGradient(rows.predictions(), labels, gradient);
                assertThat(mean.toBytes()).isEqualTo(batch.lossMean(rows.predictions(), labels).toBytes());
                Bits.assertSame(gradient, batch.gradient(rows.predictions(), labels));
            });
        }
    }

    @Example
    void theSameBitsInParallel() {
        for (int columns : new int[] {3, 1025}) {
            BatchCase.ofEveryLoss(40_000 / columns, columns).forEach(rows -> {
                Batch batch = rows.batch().weightedBy(rows.weights());
                double[] gradient = new double[rows.predictions().length];
                double[] other = rows.predictions().clone();
                LossMean mean = batch.lossMeanAndGradient(rows.predictions(), rows.targets(), gradient);
                LossMean again = batch.parallel().lossMeanAndGradient(other, rows.targets(), other);
                assertThat(again.toBytes()).isEqualTo(mean.toBytes());
                Bits.assertSame(other, gradient);
            });
        }
    }

    /** The gradient is that of the batch's value, the sum here, while the sums know the mean, too. */
    @Example
    void theGradientIsThatOfTheBatchsValue() {
        double[] predictions = {1, 3};
        double[] targets = {0, 0};
        double[] gradient = new double[2];
        Batch batch = Batch.of(new MeanSquaredError(), 1);
        LossMean ofMean = batch.lossMeanAndGradient(predictions, targets, gradient);
        assertThat(gradient).containsExactly(1, 3);
        LossMean ofSum = batch.summed().lossMeanAndGradient(predictions, targets, gradient);
        assertThat(gradient).containsExactly(2, 6);
        assertThat(ofMean.mean()).isEqualTo(5);
        assertThat(ofSum.mean()).isEqualTo(5);
        assertThat(ofSum.sum()).isEqualTo(10);
        assertThat(ofSum.count()).isEqualTo(2);
    }

    @Example
    void withoutWeightTheGradientIs0() {
        double[] gradient = {12.75, 12.75};
        LossMean mean = Batch.of(new MeanSquaredError(), 1).weightedBy(new double[2])
                .lossMeanAndGradient(new double[] {1, Double.NaN}, new double[2], gradient);
        Bits.assertSame(mean.mean(), 0);
        Bits.assertSame(gradient, new double[2]);
    }

    @Example
    void errorsAreNamedAndNothingIsWritten() {
        Batch batch = Batch.of(new Softmax(), 2);
        double[] logits = {1, 2};
        double[] targets = {0.5, 0.5};
        double[] gradient = {12.75, 12.75};
        int[] label = {0};
        assertRefused("gradient is the target array, which it would overwrite",
                () -> batch.lossMeanAndGradient(logits, targets, targets));
        assertRefused("gradient has 1 value, predictions have 2",
                () -> batch.lossMeanAndGradient(logits, targets, new double[1]));
        assertRefused("gradient has 1 value, predictions have 2",
                () -> batch.lossMeanAndGradient(logits, label, new double[1]));
        assertRefused("row 0: label 2 is not in 0..1",
                () -> batch.lossMeanAndGradient(logits, new int[] {2}, gradient));
        assertRefused("row 0: target[1] = -1.0 is not a mass from 0 to 1.0E60",
                () -> batch.lossMeanAndGradient(logits, new double[] {0, -1}, gradient));
        String negative = "sampleWeights[0] = -1.0 is negative, which only a sum can be weighted by: Batch.summed()";
        Batch turned = batch.weightedBy(new double[] {-1}).summed(); // a LossMean has no negative weights
        assertRefused(negative, () -> turned.lossMeanAndGradient(logits, targets, gradient));
        assertRefused(negative, () -> turned.lossMeanAndGradient(logits, label, gradient));
        assertRefused(negative, () -> turned.lossMeanAndGradient(new float[2], new float[2], new float[2]));
        assertRefused(negative, () -> turned.lossMeanAndGradient(new float[2], label, new float[2]));
        assertNull("gradient", () -> batch.lossMeanAndGradient(logits, label, null));
        assertNull("gradient", () -> batch.lossMeanAndGradient(logits, targets, null));
        assertNull("labels", () -> batch.lossMeanAndGradient(logits, (int[]) null, gradient));
        assertThat(gradient).containsOnly(12.75);
        assertThat(logits).containsExactly(1, 2);
        assertThat(targets).containsExactly(0.5, 0.5);
    }

    private static void assertRefused(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isExactlyInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    private static void assertNull(String name, ThrowingCallable call) {
        assertThatThrownBy(call).isExactlyInstanceOf(NullPointerException.class).hasMessage(name);
    }
}
