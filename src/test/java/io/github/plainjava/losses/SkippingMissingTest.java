package io.github.plainjava.losses;

import static java.lang.Double.MAX_VALUE;
import static java.lang.Double.NaN;
import static java.lang.Double.POSITIVE_INFINITY;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses that leave out entries without a target: out of value, gradient and divisor. */
class SkippingMissingTest {

    private static final double[] PREDICTIONS = {1, 2, 3, 4};
    private static final double[] TARGETS = {0, NaN, 5, 6};

    static Stream<ElementwiseLoss> losses() {
        return Stream.of(new MeanSquaredError(), new MeanAbsoluteError(), new Huber(), new Huber().withThreshold(2.5),
                new PseudoHuber(), new PseudoHuber().withScale(1e-3), new LogCosh(), new Pinball(0.9));
    }

    /** Value, gradient and second derivatives of a row. */
    private record Result(double value, double[] gradient, double[] hessian) {

        static Result of(SecondOrderLoss loss, double[] prediction, double[] target) {
            double[] gradient = new double[prediction.length];
            double[] hessian = new double[prediction.length];
            return new Result(loss.valueGradientAndHessian(prediction, target, gradient, hessian), gradient, hessian);
        }

        static Result of(Batch batch, double[] predictions, double[] targets) {
            double[] gradient = new double[predictions.length];
            double[] hessian = new double[predictions.length];
            return new Result(batch.valueGradientAndHessian(predictions, targets, gradient, hessian), gradient, hessian);
        }
    }

    private static double[] present(double[] row, double[] target) {
        double[] present = new double[row.length];
        int m = 0;
        for (int i = 0; i < row.length; i++) {
            if (!Double.isNaN(target[i])) {
                present[m++] = row[i];
            }
        }
        return Arrays.copyOf(present, m);
    }

    private static double[] absent(double[] row, double[] target) {
        double[] absent = row.clone();
        for (int i = 0; i < row.length; i++) {
            absent[i] = Double.isNaN(target[i]) ? row[i] : 0;
        }
        return absent;
    }

    @Test
    void theExampleOfTheSquaredError() {
        Batch batch = Batch.of(new MeanSquaredError().skippingMissing(), 2);
        assertThat(batch.value(PREDICTIONS, TARGETS)).isEqualTo(3);
        assertThat(batch.summed().value(PREDICTIONS, TARGETS)).isEqualTo(4.5);
        assertThat(batch.lossMean(PREDICTIONS, TARGETS).totalWeight()).isEqualTo(1.5);
        assertThat(batch.perRow(PREDICTIONS, TARGETS)).containsExactly(0.5, 4);
        Result mean = Result.of(batch, PREDICTIONS, TARGETS);
        assertThat(mean.value).isEqualTo(3);
        assertThat(mean.gradient).containsExactly(2.0 / 3, 0, -4.0 / 3, -4.0 / 3);
        assertThat(mean.hessian).containsExactly(2.0 / 3, 0, 2.0 / 3, 2.0 / 3);
        Result sum = Result.of(batch.summed(), PREDICTIONS, TARGETS);
        assertThat(sum.gradient).containsExactly(1, 0, -2, -2);
        assertThat(sum.hessian).containsExactly(1, 0, 1, 1);
    }

    @Test
    void theSameExampleOfTheAbsoluteError() {
        Batch batch = Batch.of(new MeanAbsoluteError().skippingMissing(), 2);
        assertThat(batch.value(PREDICTIONS, TARGETS)).isEqualTo(5.0 / 3);
        assertThat(batch.summed().value(PREDICTIONS, TARGETS)).isEqualTo(2.5);
        assertThat(batch.perRow(PREDICTIONS, TARGETS)).containsExactly(0.5, 2);
        assertThat(batch.gradient(PREDICTIONS, TARGETS)).containsExactly(1.0 / 3, 0, -1.0 / 3, -1.0 / 3);
    }

    /** Of levels by column, those of the columns that are there count. */
    @Test
    void levelsStayWithTheirColumns() {
        ElementwiseLoss loss = new Pinball(0.25, 0.75).skippingMissing();
        Batch batch = Batch.of(loss, 2);
        assertThat(batch.perRow(PREDICTIONS, TARGETS)).containsExactly(0.75 / 2, (0.5 + 1.5) / 2);
        assertThat(batch.gradient(PREDICTIONS, TARGETS)).containsExactly(0.75 / 3, 0, -0.25 / 3, -0.75 / 3);
        assertThat(loss.value(new double[] {1, 2}, new double[] {NaN, 6})).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void withoutTheOptionAMissingTargetMakesAllOfTheRowNaN(ElementwiseLoss loss) {
        Cells.assertNaN(loss, new double[] {3, 4}, new double[] {NaN, 6});
        assertThat(Batch.of(loss, 2).value(PREDICTIONS, TARGETS)).isNaN();
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aRowAloneIsTheLossOfTheEntriesThatItHas(ElementwiseLoss loss) {
        SplittableRandom random = new SplittableRandom(1);
        for (int n = 2; n <= 32; n++) {
            double[] prediction = random.doubles(n, -5, 5).toArray();
            double[] target = random.doubles(n, -5, 5).map(t -> random.nextInt(3) == 0 ? NaN : t).toArray();
            target[random.nextInt(n)] = 0.5;
            Result all = Result.of(loss.skippingMissing(), prediction, target);
            Result some = Result.of(loss, present(prediction, target), present(target, target));
            Bits.assertSame(all.value, some.value);
            Bits.assertSame(present(all.gradient, target), some.gradient);
            Bits.assertSame(present(all.hessian, target), some.hessian);
            Bits.assertSame(absent(all.gradient, target), new double[n]);
            Bits.assertSame(absent(all.hessian, target), new double[n]);
            Bits.assertSame(loss.skippingMissing().value(prediction, target), all.value);
            Bits.assertSame(loss.skippingMissing().gradient(prediction, target), all.gradient);
        }
    }

    /** Which are added up in another order, as they lie in other places. */
    @ParameterizedTest
    @MethodSource("losses")
    void alsoOneThatGoesThroughInPieces(ElementwiseLoss loss) {
        SplittableRandom random = new SplittableRandom(2);
        double[] prediction = random.doubles(5000, -5, 5).toArray();
        double[] target = random.doubles(5000, -5, 5).map(t -> t < 1 ? NaN : t).toArray();
        Result all = Result.of(loss.skippingMissing(), prediction, target);
        Result some = Result.of(loss, present(prediction, target), present(target, target));
        Near.assertUlps(all.value, some.value, 1);
        Bits.assertSame(present(all.gradient, target), some.gradient);
        Bits.assertSame(present(all.hessian, target), some.hessian);
        Bits.assertSame(absent(all.gradient, target), new double[5000]);
        double[] inPlace = prediction.clone();
        Bits.assertSame(loss.skippingMissing().valueAndGradient(inPlace, target, inPlace), all.value);
        Bits.assertSame(inPlace, all.gradient);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void withAllTargetsThereItIsTheSameLoss(ElementwiseLoss loss) {
        double[] target = {0, 0.5, 5, 6};
        Result skipping = Result.of(loss.skippingMissing(), PREDICTIONS, target);
        Result plain = Result.of(loss, PREDICTIONS, target);
        Bits.assertSame(skipping.value, plain.value);
        Bits.assertSame(skipping.gradient, plain.gradient);
        Bits.assertSame(skipping.hessian, plain.hessian);
        Bits.assertSame(Batch.of(loss.skippingMissing(), 2).value(PREDICTIONS, target),
                Batch.of(loss, 2).value(PREDICTIONS, target));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aRowWithoutAnyTargetIsNothing(ElementwiseLoss loss) {
        ElementwiseLoss skipping = loss.skippingMissing();
        double[] missing = {NaN, NaN};
        Cells.assertCell(skipping, new double[] {1, -2}, missing, 0, new double[2], new double[2]);
        assertThat(skipping.weight(missing)).isZero();
        double[] targets = {NaN, NaN, 5, 6};
        Batch batch = Batch.of(skipping, 2);
        Bits.assertSame(batch.value(PREDICTIONS, targets), loss.value(new double[] {3, 4}, new double[] {5, 6}));
        assertThat(batch.perRow(PREDICTIONS, targets)[0]).isZero();
        assertThat(batch.gradient(PREDICTIONS, targets)).startsWith(0, 0).doesNotContain(NaN);
        assertThat(batch.lossMean(PREDICTIONS, new double[] {NaN, NaN, NaN, NaN}).totalWeight()).isZero();
    }

    @ParameterizedTest
    @MethodSource("losses")
    void theWeightOfARowIsTheShareOfItsEntriesThatAreThere(ElementwiseLoss loss) {
        assertThat(loss.skippingMissing().weight(new double[] {NaN, 1, 2, NaN, 5})).isEqualTo(0.6);
        assertThat(loss.skippingMissing().weight(new double[] {1, 2})).isEqualTo(1);
        assertThat(loss.weight(new double[] {NaN, 1})).isEqualTo(1);
    }

    /** With v of the entries, (w1 v1 + w2 (v3 + v4)) / (w1 + 2 w2), whatever the loss. */
    @ParameterizedTest
    @MethodSource("losses")
    void inAWeightedBatchEveryEntryCountsAsItsRow(ElementwiseLoss loss) {
        double[] each = new double[4];
        double[] slopes = new double[4];
        for (int i : new int[] {0, 2, 3}) {
            each[i] = loss.value(new double[] {PREDICTIONS[i]}, new double[] {TARGETS[i]});
            slopes[i] = loss.gradient(new double[] {PREDICTIONS[i]}, new double[] {TARGETS[i]})[0];
        }
        Batch batch = Batch.of(loss.skippingMissing(), 2).weightedBy(new double[] {4, 0.5});
        Near.assertUlps(batch.value(PREDICTIONS, TARGETS), (4 * each[0] + 0.5 * (each[2] + each[3])) / 5, 8);
        Near.assertUlps(batch.summed().value(PREDICTIONS, TARGETS), 2 * each[0] + 0.25 * (each[2] + each[3]), 8);
        assertThat(batch.lossMean(PREDICTIONS, TARGETS).totalWeight()).isEqualTo(2.5);
        double[] gradient = batch.gradient(PREDICTIONS, TARGETS);
        Near.assertUlps(gradient[0], 4 * slopes[0] / 5, 6);
        Bits.assertSame(gradient[1], 0);
        Near.assertUlps(gradient[2], 0.5 * slopes[2] / 5, 6);
        Near.assertUlps(gradient[3], 0.5 * slopes[3] / 5, 6);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void floatsAreWhatTheyAreAsDoubles(ElementwiseLoss loss) {
        Batch batch = Batch.of(loss.skippingMissing(), 2);
        float[] predictions = {1, 2, 3, 4};
        float[] targets = {0, Float.NaN, 5, 6};
        float[] gradient = new float[4];
        float[] hessian = new float[4];
        Result doubles = Result.of(batch, PREDICTIONS, TARGETS);
        Bits.assertSame(batch.valueGradientAndHessian(predictions, targets, gradient, hessian), doubles.value);
        for (int i = 0; i < 4; i++) {
            Bits.assertSame(gradient[i], (float) doubles.gradient[i]);
            Bits.assertSame(hessian[i], (float) doubles.hessian[i]);
        }
        assertThat(batch.lossMean(predictions, targets)).isEqualTo(batch.lossMean(PREDICTIONS, TARGETS));
        Bits.assertSame(batch.perRow(predictions, targets), batch.perRow(PREDICTIONS, TARGETS));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void someRowsAreThoseRowsAlone(ElementwiseLoss loss) {
        double[] predictions = {9, 9, 1, 2, 3, 4, 9, 9};
        double[] targets = {NaN, 1, 0, NaN, 5, 6, 1, NaN};
        Batch batch = Batch.of(loss.skippingMissing(), 2);
        double[] gradient = new double[8];
        double[] hessian = new double[8];
        Result alone = Result.of(batch, PREDICTIONS, TARGETS);
        Bits.assertSame(batch.rows(1, 3).valueGradientAndHessian(predictions, targets, gradient, hessian), alone.value);
        Bits.assertSame(Arrays.copyOfRange(gradient, 2, 6), alone.gradient);
        Bits.assertSame(Arrays.copyOfRange(hessian, 2, 6), alone.hessian);
        assertThat(batch.rows(1, 3).lossMean(predictions, targets)).isEqualTo(batch.lossMean(PREDICTIONS, TARGETS));
    }

    /** Rows side by side, one by one, or on several cores. */
    @ParameterizedTest
    @MethodSource("losses")
    void aRowHasTheSameBitsInAnyBatch(ElementwiseLoss loss) {
        SplittableRandom random = new SplittableRandom(3);
        int rows = 200;
        double[] predictions = random.doubles(rows * 5, -5, 5).toArray();
        double[] targets = random.doubles(rows * 5, -5, 5).map(t -> random.nextInt(3) == 0 ? NaN : t).toArray();
        Batch batch = Batch.of(loss.skippingMissing(), 5);
        double[] each = batch.perRow(predictions, targets);
        Result summed = Result.of(batch.summed(), predictions, targets);
        for (int r = 0; r < rows; r++) {
            double[] prediction = Arrays.copyOfRange(predictions, 5 * r, 5 * r + 5);
            double[] target = Arrays.copyOfRange(targets, 5 * r, 5 * r + 5);
            Result alone = Result.of(batch.summed(), prediction, target);
            Bits.assertSame(each[r], alone.value);
            Bits.assertSame(Arrays.copyOfRange(summed.gradient, 5 * r, 5 * r + 5), alone.gradient);
            Bits.assertSame(Arrays.copyOfRange(summed.hessian, 5 * r, 5 * r + 5), alone.hessian);
        }
        assertThat(batch.parallel().lossMean(predictions, targets)).isEqualTo(batch.lossMean(predictions, targets));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void whatWasPredictedForAMissingTargetCountsNothing(ElementwiseLoss loss) {
        double[] target = {NaN, 0.5};
        double expected = loss.value(new double[] {3}, new double[] {0.5});
        double[] gradient = {0, loss.gradient(new double[] {3}, new double[] {0.5})[0]};
        for (double any : new double[] {NaN, POSITIVE_INFINITY, -MAX_VALUE, 0}) {
            Result result = Result.of(loss.skippingMissing(), new double[] {any, 3}, target);
            Bits.assertSame(result.value, expected);
            Bits.assertSame(result.gradient, gradient);
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aNaNWhereThereIsATargetMakesTheRowNaN(ElementwiseLoss loss) {
        Result result = Result.of(loss.skippingMissing(), new double[] {1, NaN, 2}, new double[] {NaN, 3, 2});
        assertThat(result.value).isNaN();
        Bits.assertAllNaN(result.gradient);
        Bits.assertAllNaN(result.hessian);
    }

    /** Where sums leave the double range on the way, entries are gone through once more. */
    @ParameterizedTest
    @MethodSource("losses")
    void missingTargetsAreLeftOutOfHugeRowsToo(ElementwiseLoss loss) {
        double[] prediction = {0x1p1021, 7, -0x1p1021, 5};
        double[] target = {0, NaN, 0, NaN};
        Result all = Result.of(loss.skippingMissing(), prediction, target);
        Result some = Result.of(loss, present(prediction, target), present(target, target));
        Bits.assertSame(all.value, some.value);
        Bits.assertSame(present(all.gradient, target), some.gradient);
        Bits.assertSame(present(all.hessian, target), some.hessian);
        Bits.assertSame(absent(all.gradient, target), new double[4]);
        Bits.assertSame(absent(all.hessian, target), new double[4]);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void itKeepsItsClassAndItsOptions(ElementwiseLoss loss) {
        ElementwiseLoss skipping = loss.skippingMissing();
        assertThat(skipping).hasSameClassAs(loss).isNotEqualTo(loss).isEqualTo(skipping.skippingMissing());
        assertThat(skipping.toString().replaceFirst("(, )?skippingMissing", ""))
                .isEqualTo(loss.toString());
        assertThat(LossFunctionContract.serialisedAndBack(skipping)).isEqualTo(skipping);
    }
}
