package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Rows;
import java.util.Arrays;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** Second derivatives of batches: those of the rows, weighted and divided as the gradient is. */
@PropertyDefaults(tries = 100, edgeCases = EdgeCasesMode.NONE)
class SecondOrderBatchTest {

    private static final int COLUMNS = 3;
    private static final int ROWS = 8;

    /** Losses of rows of three numbers between 0 and 1. */
    static Stream<SecondOrderLoss> losses() {
        return Stream.of(new MeanSquaredError(), new MeanAbsoluteError(), new Huber().withThreshold(0.25),
                new PseudoHuber(), new LogCosh(), new Pinball(0.25), new Sigmoid(), new Sigmoid().withPositiveWeights(3),
                new BinaryCrossEntropy(), new Focal(), new Poisson(), new Gamma(), new Tweedie(1.5), new Brier(),
                new Softmax(), new Softmax().withClassWeights(1, 2, 4).withLabelSmoothing(0.1).withTemperature(2),
                new CrossEntropy());
    }

    @Property
    void theSumHasTheBitsOfTheRowsAlone(@ForAll("inside") double[] predictions, @ForAll("inside") double[] targets) {
        losses().forEach(loss -> {
            double[] gradient = new double[predictions.length];
            double[] hessian = new double[predictions.length];
            Batch batch = Batch.of(loss, COLUMNS).summed();
            double value = batch.valueGradientAndHessian(predictions, targets, gradient, hessian);
            Bits.assertSame(value, batch.value(predictions, targets));
            Bits.assertSame(gradient, batch.gradient(predictions, targets));
            for (int row = 0; row < ROWS; row++) {
                double[] alone = new double[COLUMNS];
                loss.valueGradientAndHessian(row(predictions, row), row(targets, row), new double[COLUMNS], alone);
                Bits.assertSame(row(hessian, row), alone);
            }
        });
    }

    /** 8 rows that weigh 1 each, and a sample weight of a half: the quotients are exact. */
    @Property
    void theMeanDividesThemAndWeightsMultiplyThem(@ForAll("inside") double[] predictions, @ForAll("inside") double[] targets) {
        SecondOrderLoss loss = new LogCosh();
        double[] sum = new double[predictions.length];
        double[] mean = new double[predictions.length];
        double[] weighted = new double[predictions.length];
        double[] gradient = new double[predictions.length];
        Batch batch = Batch.of(loss, COLUMNS);
        double[] halves = new double[ROWS];
        Arrays.fill(halves, 0.5);
        halves[2] = 0;
        batch.summed().valueGradientAndHessian(predictions, targets, gradient, sum);
        batch.valueGradientAndHessian(predictions, targets, gradient, mean);
        batch.summed().weightedBy(halves).valueGradientAndHessian(predictions, targets, gradient, weighted);
        Bits.assertSame(gradient, batch.summed().weightedBy(halves).gradient(predictions, targets));
        for (int i = 0; i < sum.length; i++) {
            Near.assertUlps(mean[i], sum[i] / ROWS, 6);
            Near.assertUlps(weighted[i], i / COLUMNS == 2 ? 0 : sum[i] / 2, 6);
        }
    }

    @Property
    void negativeWeightsOfASumTurnThemRound(@ForAll("inside") double[] predictions, @ForAll("inside") double[] targets) {
        double[] sum = new double[predictions.length];
        double[] turned = new double[predictions.length];
        double[] gradient = new double[predictions.length];
        double[] weights = new double[ROWS];
        Arrays.fill(weights, -1);
        Batch batch = Batch.of(new Sigmoid(), COLUMNS).summed();
        batch.valueGradientAndHessian(predictions, targets, gradient, sum);
        batch.weightedBy(weights).valueGradientAndHessian(predictions, targets, gradient, turned);
        for (int i = 0; i < sum.length; i++) {
            Near.assertUlps(turned[i], -sum[i], 6);
        }
    }

    @Property
    void labelsAreOneHotArraysAndIgnoredOnesAreNothing(@ForAll("inside") double[] predictions, @ForAll int seed) {
        int[] labels = new int[ROWS];
        Arrays.setAll(labels, i -> Math.floorMod(seed >> i, COLUMNS));
        double[] targets = OneHot.encode(labels, COLUMNS);
        for (SecondOrderClassificationLoss loss : new SecondOrderClassificationLoss[] {
            new Softmax(), new Softmax().withClassWeights(1, 2, 4).withLabelSmoothing(0.1), new CrossEntropy(), new Brier(),
            new Hinge(), new Hinge().squared()}) {
            double[][] of = new double[4][predictions.length];
            Batch batch = Batch.of(loss, COLUMNS);
            Bits.assertSame(batch.valueGradientAndHessian(predictions, labels, of[0], of[1]),
                    batch.valueGradientAndHessian(predictions, targets, of[2], of[3]));
            Bits.assertSame(of[0], of[2]);
            Bits.assertSame(of[1], of[3]);
            int[] padded = labels.clone();
            padded[3] = -100;
            Arrays.fill(of[1], Double.NaN);
            batch.ignoring(-100).valueGradientAndHessian(predictions, padded, of[0], of[1]);
            assertThat(row(of[1], 3)).containsOnly(0);
            assertThat(of[1]).doesNotContain(Double.NaN);
        }
    }

    @Property
    void theSameBitsInPlaceAndInParallel(@ForAll("inside") double[] predictions, @ForAll("inside") double[] targets) {
        losses().forEach(loss -> {
            Batch batch = Batch.of(loss, COLUMNS);
            double[][] of = new double[4][predictions.length];
            double value = batch.valueGradientAndHessian(predictions, targets, of[0], of[1]);
            Bits.assertSame(batch.parallel().valueGradientAndHessian(predictions, targets, of[2], of[3]), value);
            Bits.assertSame(of[2], of[0]);
            Bits.assertSame(of[3], of[1]);
            double[] inPlace = predictions.clone();
            Bits.assertSame(batch.valueGradientAndHessian(inPlace, targets, inPlace, of[3]), value);
            Bits.assertSame(inPlace, of[0]);
            Bits.assertSame(of[3], of[1]);
            inPlace = predictions.clone();
            Bits.assertSame(batch.valueGradientAndHessian(inPlace, targets, of[2], inPlace), value);
            Bits.assertSame(inPlace, of[1]);
            Bits.assertSame(of[2], of[0]);
        });
    }

    @Example
    void aLossWithoutSecondDerivativesIsRefused() {
        LossFunction own = (prediction, target, gradient) -> 0;
        double[] gradient = {12.75};
        double[] hessian = {12.75};
        assertThatThrownBy(() -> Batch.of(own, 1).valueGradientAndHessian(
                new double[] {1}, new double[] {1}, gradient, hessian)).isExactlyInstanceOf(IllegalArgumentException.class);
        assertThat(gradient[0] + hessian[0]).isEqualTo(25.5);
    }

    @Example
    void oneArrayForTwoResultsIsRefused() {
        Batch batch = Batch.of(new MeanSquaredError(), 1);
        double[] a = {1};
        double[] b = {2};
        double[] c = {3};
        assertThatThrownBy(() -> batch.valueGradientAndHessian(a, b, c, c))
                .isExactlyInstanceOf(IllegalArgumentException.class).hasMessageContaining("hessianDiagonal");
        assertThatThrownBy(() -> batch.valueGradientAndHessian(a, b, b, c))
                .isExactlyInstanceOf(IllegalArgumentException.class).hasMessageContaining("gradient");
        assertThatThrownBy(() -> batch.valueGradientAndHessian(a, b, c, b))
                .isExactlyInstanceOf(IllegalArgumentException.class).hasMessageContaining("hessianDiagonal");
        assertThat(new double[] {a[0], b[0], c[0]}).containsExactly(1, 2, 3);
    }

    private static double[] row(double[] rows, int row) {
        return Arrays.copyOfRange(rows, row * COLUMNS, (row + 1) * COLUMNS);
    }

    @Provide
    Arbitrary<double[]> inside() {
        return Rows.of(Doubles.between(0.01, 0.99), ROWS * COLUMNS);
    }
}
