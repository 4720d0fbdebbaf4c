package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.Stream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A batch for some rows of longer arrays gives what a batch of copies of these rows gives, and touches no others. */
@PropertyDefaults(tries = 150, edgeCases = EdgeCasesMode.NONE)
class PartsOfArraysTest {

    private static final int BEFORE = 2;
    private static final int AFTER = 3;
    private static final double UNTOUCHED = 12.75;

    /** The rows of a case in the middle of arrays whose other rows no loss would take. */
    private static final class Middle {

        final BatchCase rows;
        final int from = BEFORE;
        final int to;
        final double[] predictions;
        final double[] targets;
        final int[] labels;
        final double[] weights;

        Middle(BatchCase rows) {
            this.rows = rows;
            this.to = BEFORE + rows.rows();
            this.predictions = surrounded(rows.predictions(), rows.columns(), Double.NaN);
            this.targets = surrounded(rows.targets(), rows.columns(), -7);
            this.weights = surrounded(rows.weights(), 1, -1);
            this.labels = new int[to + AFTER];
            Arrays.fill(labels, 1_000_000);
            System.arraycopy(rows.paddedLabels(), 0, labels, from, rows.rows());
        }

        static double[] surrounded(double[] numbers, int columns, double other) {
            double[] surrounded = new double[numbers.length + (BEFORE + AFTER) * columns];
            Arrays.fill(surrounded, other);
            System.arraycopy(numbers, 0, surrounded, BEFORE * columns, numbers.length);
            return surrounded;
        }

        /** Batches of the copies, and the same of the parts; of parts of parts, too. */
        Stream<Batch[]> batches() {
            Batch plain = rows.batch();
            return Stream.of(
                    new Batch[] {plain, plain.rows(from, to)},
                    new Batch[] {plain.summed(), plain.rows(from, to).summed()},
                    new Batch[] {plain, plain.rows(1, to + 1).rows(from - 1, to - 1)},
                    new Batch[] {
                        plain.weightedBy(rows.weights()), plain.weightedBy(weights).rows(1, to).rows(1, to - 1)},
                    new Batch[] {
                        plain.weightedBy(rows.weights()).summed(), plain.rows(from, to).weightedBy(weights).summed()});
        }

        double[] filled() {
            double[] array = new double[predictions.length];
            Arrays.fill(array, UNTOUCHED);
            return array;
        }

        double[] surrounded(double[] numbers) {
            return surrounded(numbers, rows.columns(), UNTOUCHED);
        }
    }

    @Property
    void valuesAreThoseOfCopies(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        Middle middle = new Middle(rows);
        double[] p = middle.predictions;
        middle.batches().forEach(pair -> {
            Batch copy = pair[0];
            Batch part = pair[1];
            Bits.assertSame(part.value(p, middle.targets), copy.value(rows.predictions(), rows.targets()));
            Bits.assertSame(part.perRow(p, middle.targets), copy.perRow(rows.predictions(), rows.targets()));
            assertThat(part.lossMean(p, middle.targets).toBytes())
                    .isEqualTo(copy.lossMean(rows.predictions(), rows.targets()).toBytes());
            if (rows.takesLabels()) {
                Batch some = part.ignoring(BatchCase.IGNORED);
                Batch ofCopy = copy.ignoring(BatchCase.IGNORED);
                int[] labels = rows.paddedLabels();
                Bits.assertSame(some.value(p, middle.labels), ofCopy.value(rows.predictions(), labels));
                Bits.assertSame(some.perRow(p, middle.labels), ofCopy.perRow(rows.predictions(), labels));
                assertThat(some.lossMean(p, middle.labels).toBytes())
                        .isEqualTo(ofCopy.lossMean(rows.predictions(), labels).toBytes());
            }
        });
    }

    @Property
    void gradientsAreThoseOfCopiesAndNothingElseIsWritten(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        Middle middle = new Middle(rows);
        middle.batches().forEach(pair -> {
            double[] expected = middle.surrounded(pair[0].gradient(rows.predictions(), rows.targets()));
            double[] gradient = middle.filled();
            pair[1].valueAndGradient(middle.predictions, middle.targets, gradient);
            Bits.assertSame(gradient, expected);
            double[] inPlace = middle.predictions.clone();
            pair[1].valueAndGradient(inPlace, middle.targets, inPlace);
            assertPartIs(middle, inPlace, expected);
            double[] again = middle.filled();
            pair[1].lossMeanAndGradient(middle.predictions, middle.targets, again);
            Bits.assertSame(again, expected);
            if (rows.takesLabels()) {
                Batch some = pair[1].ignoring(BatchCase.IGNORED);
                double[] ofLabels = middle.surrounded(
                        pair[0].ignoring(BatchCase.IGNORED).gradient(rows.predictions(), rows.paddedLabels()));
                gradient = middle.filled();
                some.valueAndGradient(middle.predictions, middle.labels, gradient);
                Bits.assertSame(gradient, ofLabels);
            }
        });
    }

    /** In place, the rows that are not touched are still the predictions, NaNs. */
    private static void assertPartIs(Middle middle, double[] inPlace, double[] expected) {
        int begin = middle.from * middle.rows.columns();
        int end = middle.to * middle.rows.columns();
        Bits.assertSame(Arrays.copyOfRange(inPlace, begin, end), Arrays.copyOfRange(expected, begin, end));
        Bits.assertAllNaN(Arrays.copyOfRange(inPlace, 0, begin));
        Bits.assertAllNaN(Arrays.copyOfRange(inPlace, end, inPlace.length));
    }

    @Property
    void secondDerivativesAreThoseOfCopies(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        Middle middle = new Middle(rows);
        if (!rows.hasSecondDerivatives()) {
            return;
        }
        middle.batches().forEach(pair -> {
            double[] gradient = new double[rows.predictions().length];
            double[] hessian = new double[gradient.length];
            double value = pair[0].valueGradientAndHessian(rows.predictions(), rows.targets(), gradient, hessian);
            double[] first = middle.filled();
            double[] second = middle.filled();
            Bits.assertSame(pair[1].valueGradientAndHessian(middle.predictions, middle.targets, first, second), value);
            Bits.assertSame(first, middle.surrounded(gradient));
            Bits.assertSame(second, middle.surrounded(hessian));
            double[] inPlace = middle.predictions.clone();
            pair[1].valueGradientAndHessian(inPlace, middle.targets, first, inPlace);
            assertPartIs(middle, inPlace, middle.surrounded(hessian));
        });
    }

    @Property
    void floatsAreThoseOfCopies(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        Middle middle = new Middle(rows);
        float[] predictions = BatchCase.floats(middle.predictions);
        float[] targets = BatchCase.floats(middle.targets);
        middle.batches().forEach(pair -> {
            float[] gradient = BatchCase.floats(middle.filled());
            double value = pair[1].valueAndGradient(predictions, targets, gradient);
            Bits.assertSame(value, pair[0].value(rows.predictions(), rows.targets()));
            float[] ofCopy = pair[0].gradient(
                    BatchCase.floats(rows.predictions()), BatchCase.floats(rows.targets()));
            double[] expected = new double[ofCopy.length];
            Arrays.setAll(expected, i -> ofCopy[i]);
            assertThat(Arrays.equals(gradient, BatchCase.floats(middle.surrounded(expected)))).isTrue();
            if (rows.hasSecondDerivatives()) {
                float[] hessian = BatchCase.floats(middle.filled());
                pair[1].valueGradientAndHessian(predictions, targets, gradient, hessian);
                int end = middle.to * rows.columns();
                assertThat(hessian[0]).isEqualTo((float) UNTOUCHED);
                assertThat(Arrays.copyOfRange(hessian, end, hessian.length)).containsOnly((float) UNTOUCHED);
            }
        });
    }

    @Example
    void theSameBitsInParallel() {
        for (int columns : new int[] {3, 1025}) {
            BatchCase.ofEveryLoss(40_000 / columns, columns).forEach(rows -> {
                Middle middle = new Middle(rows);
                Batch part = rows.batch().weightedBy(middle.weights).rows(middle.from, middle.to);
                double[] gradient = middle.filled();
                double[] other = middle.filled();
                Bits.assertSame(part.parallel().valueAndGradient(middle.predictions, middle.targets, other),
                        part.valueAndGradient(middle.predictions, middle.targets, gradient));
                Bits.assertSame(other, gradient);
                Bits.assertSame(part.parallel().perRow(middle.predictions, middle.targets),
                        part.perRow(middle.predictions, middle.targets));
            });
        }
    }

    /** Batches of batches: each part's sums are merged to those of the whole, and its gradients are the whole's. */
    @Property(tries = 50)
    void partsAreMergedToTheWhole(@ForAll(supplier = BatchCase.Any.class) BatchCase rows, @ForAll int seed) {
        int cut = rows.rows() == 0 ? 0 : Math.floorMod(seed, rows.rows() + 1);
        Batch whole = rows.batch().weightedBy(rows.weights()).summed();
        double[] gradient = new double[rows.predictions().length];
        LossMean first = whole.rows(0, cut).lossMeanAndGradient(rows.predictions(), rows.targets(), gradient);
        LossMean second =
                whole.rows(cut, rows.rows()).lossMeanAndGradient(rows.predictions(), rows.targets(), gradient);
        first.combine(second);
        assertThat(first.toBytes()).isEqualTo(whole.lossMean(rows.predictions(), rows.targets()).toBytes());
        Bits.assertSame(gradient, whole.gradient(rows.predictions(), rows.targets()));
    }

    @Example
    void noRowsAreAMeanOf0() {
        Batch none = Batch.of(new Softmax(), 2).rows(1, 1);
        double[] gradient = {1, 2, 3, 4};
        double[] logits = {1, 2, 3, 4};
        Bits.assertSame(none.valueAndGradient(logits, new int[] {7, 7}, gradient), 0);
        assertThat(gradient).containsExactly(1, 2, 3, 4);
        assertThat(none.perRow(logits, new int[2])).isEmpty();
        assertThat(none.rows(0, 0)).isEqualTo(none);
    }

    @Example
    void partsThatAreNotThereAreRefused() {
        Batch batch = Batch.of(new Softmax(), 2);
        assertRefused("there are no rows from -1 to 2", () -> batch.rows(-1, 2));
        assertRefused("there are no rows from 3 to 2", () -> batch.rows(3, 2));
        assertRefused("there are no rows from 0 to 4 of 3", () -> batch.rows(2, 5).rows(0, 4));
        assertRefused("there are no rows from 0 to 2147483647 of 3", () -> batch.rows(2, 5).rows(0, Integer.MAX_VALUE));
        assertThat(batch.rows(2, 5).rows(3, 3)).isEqualTo(batch.rows(5, 5));
        Batch part = batch.rows(1, 3);
        double[] gradient = {12.75, 12.75, 12.75, 12.75};
        assertRefused("predictions have 2 rows, this batch is for rows 1 to 3",
                () -> part.valueAndGradient(new double[4], new int[2], gradient));
        assertRefused("predictions have 2 rows, this batch is for rows 1 to 3",
                () -> part.perRow(new double[4], new double[4]));
        assertRefused("predictions have 0 rows, this batch is for rows 1 to 3",
                () -> part.lossMean(new float[0], new float[0]));
        assertRefused("sampleWeights have 2 values, predictions have 3 rows",
                () -> part.weightedBy(new double[2]).valueAndGradient(new double[6], new int[3], new double[6]));
        assertRefused("labels have 2 values, predictions have 3 rows", () -> part.value(new double[6], new int[2]));
        assertRefused("row 2: label 2 is not in 0..1", () -> part.value(new double[6], new int[] {9, 0, 2}));
        assertRefused("sampleWeights[2] = -1.0 is negative, which only a sum can be weighted by: Batch.summed()",
                () -> part.weightedBy(new double[] {-1, 1, -1}).value(new double[6], new int[3]));
        assertThat(gradient).containsOnly(12.75);
    }

    private static void assertRefused(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isExactlyInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Example
    void partsAreEqualAndToldApart() {
        Batch batch = Batch.of(new Softmax(), 2);
        Batch part = batch.rows(1, 3);
        assertThat(part).isEqualTo(batch.rows(1, 3)).hasSameHashCodeAs(batch.rows(1, 3));
        assertThat(part).isNotEqualTo(batch).isNotEqualTo(batch.rows(0, 3)).isNotEqualTo(batch.rows(1, 4));
        assertThat(part.toString()).isEqualTo("Batch[" + new Softmax() + ", columns=2, rows=1..3]");
        Batch copy = LossFunctionContract.serialisedAndBack(part.summed().parallel());
        assertThat(copy).isEqualTo(part.parallel().summed());
    }
}
