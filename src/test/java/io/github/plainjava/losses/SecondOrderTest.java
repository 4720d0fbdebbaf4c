package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.plainjava.losses.generators.LogitRows;
import io.github.plainjava.losses.oracle.ExactSoftmaxLoss;
import io.github.plainjava.losses.oracle.Options;
import java.math.BigDecimal;
import java.util.Arrays;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Second derivatives of batches: those of the rows, weighted and divided as the gradient is. */
@PropertyDefaults(tries = 150, edgeCases = EdgeCasesMode.NONE)
class SecondOrderTest {

    /** What a call returned and wrote. */
    private record Result(double value, double[] gradient, double[] hessian) {

        static Result of(Batch batch, double[] predictions, double[] targets) {
            double[] gradient = filled(predictions.length);
            double[] hessian = filled(predictions.length);
            double value = batch.valueGradientAndHessian(predictions, targets, gradient, hessian);
            return new Result(value, gradient, hessian);
        }

        static Result of(Batch batch, double[] predictions, int[] labels) {
            double[] gradient = filled(predictions.length);
            double[] hessian = filled(predictions.length);
            double value = batch.valueGradientAndHessian(predictions, labels, gradient, hessian);
            return new Result(value, gradient, hessian);
        }

        void assertSame(Result other) {
            Bits.assertSame(value, other.value);
            Bits.assertSame(gradient, other.gradient);
            Bits.assertSame(hessian, other.hessian);
        }
    }

    private static double[] filled(int n) {
        double[] array = new double[n];
        Arrays.fill(array, 12.75);
        return array;
    }

    @Property
    void valueAndGradientAreThoseWithoutThem(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        if (rows.hasSecondDerivatives()) {
            rows.batches().forEach(batch -> {
                Result result = Result.of(batch, rows.predictions(), rows.targets());
                Bits.assertSame(result.value, batch.value(rows.predictions(), rows.targets()));
                Bits.assertSame(result.gradient, batch.gradient(rows.predictions(), rows.targets()));
                Bits.assertNoNegativeZero(result.hessian);
            });
        }
        if (rows.loss() instanceof SecondOrderClassificationLoss) {
            rows.batches().map(batch -> batch.ignoring(BatchCase.IGNORED)).forEach(batch -> {
                Result result = Result.of(batch, rows.predictions(), rows.paddedLabels());
                Bits.assertSame(result.value, batch.value(rows.predictions(), rows.paddedLabels()));
                Bits.assertSame(result.gradient, batch.gradient(rows.predictions(), rows.paddedLabels()));
                Bits.assertNoNegativeZero(result.hessian);
            });
        }
    }

    @Property
    void thoseOfASumAreTheRowsAloneToTheBit(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        double[] gradient = new double[rows.columns()];
        double[] alone = new double[rows.columns()];
        if (rows.loss() instanceof SecondOrderLoss loss && !rows.toString().contains("skippingMissing")) {
            Result sum = Result.of(rows.batch().summed(), rows.predictions(), rows.targets());
            for (int r = 0; r < rows.rows(); r++) {
                loss.valueGradientAndHessian(
                        rows.row(rows.predictions(), r), rows.row(rows.targets(), r), gradient, alone);
                Bits.assertSame(rows.row(sum.gradient, r), noNegativeZeros(gradient));
                Bits.assertSame(rows.row(sum.hessian, r), alone);
            }
        }
        if (rows.loss() instanceof SecondOrderClassificationLoss loss) {
            Result sum = Result.of(rows.batch().summed(), rows.predictions(), rows.labels());
            for (int r = 0; r < rows.rows(); r++) {
                loss.valueGradientAndHessian(rows.row(rows.predictions(), r), rows.labels()[r], gradient, alone);
                Bits.assertSame(rows.row(sum.gradient, r), noNegativeZeros(gradient));
                Bits.assertSame(rows.row(sum.hessian, r), alone);
            }
        }
    }

    /** A user's loss may write some, which a batch does not. */
    private static double[] noNegativeZeros(double[] numbers) {
        return Arrays.stream(numbers).map(x -> x + 0.0).toArray();
    }

    @Property
    void theOrderOfRowsDoesNotMatter(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        if (!rows.hasSecondDerivatives()) {
            return;
        }
        double[] weights = new double[rows.rows()];
        Arrays.setAll(weights, r -> rows.weights()[weights.length - 1 - r]);
        for (boolean summed : new boolean[] {true, false}) {
            Batch batch = summed ? rows.batch().summed() : rows.batch();
            Result one = Result.of(batch.weightedBy(rows.weights()), rows.predictions(), rows.targets());
            Result other = Result.of(
                    batch.weightedBy(weights), backwards(rows, rows.predictions()), backwards(rows, rows.targets()));
            Bits.assertSame(backwards(rows, other.gradient), one.gradient);
            Bits.assertSame(backwards(rows, other.hessian), one.hessian);
        }
    }

    private static double[] backwards(BatchCase rows, double[] numbers) {
        double[] backwards = new double[numbers.length];
        for (int r = 0; r < rows.rows(); r++) {
            int to = (rows.rows() - 1 - r) * rows.columns();
            System.arraycopy(numbers, r * rows.columns(), backwards, to, rows.columns());
        }
        return backwards;
    }

    @Property
    void gradientOrSecondDerivativesMayOverwriteThePredictions(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        if (rows.hasSecondDerivatives()) {
            rows.batches().forEach(batch -> {
                Result expected = Result.of(batch, rows.predictions(), rows.targets());
                double[] inPlace = rows.predictions().clone();
                double[] other = filled(inPlace.length);
                double value = batch.valueGradientAndHessian(inPlace, rows.targets(), inPlace, other);
                expected.assertSame(new Result(value, inPlace, other));
                double[] again = rows.predictions().clone();
                value = batch.valueGradientAndHessian(again, rows.targets(), other, again);
                expected.assertSame(new Result(value, other, again));
            });
        }
        if (rows.loss() instanceof SecondOrderClassificationLoss) {
            rows.batches().map(batch -> batch.ignoring(BatchCase.IGNORED)).forEach(batch -> {
                Result expected = Result.of(batch, rows.predictions(), rows.paddedLabels());
                double[] inPlace = rows.predictions().clone();
                double[] other = filled(inPlace.length);
                double value = batch.valueGradientAndHessian(inPlace, rows.paddedLabels(), inPlace, other);
                expected.assertSame(new Result(value, inPlace, other));
                double[] again = rows.predictions().clone();
                value = batch.valueGradientAndHessian(again, rows.paddedLabels(), other, again);
                expected.assertSame(new Result(value, other, again));
            });
        }
    }

    @Property
    void aLabelIsItsOneHotArrayAndAnIgnoredOneASampleWeightOf0(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        if (!(rows.loss() instanceof LabelledRowLoss)) {
            return;
        }
        double[] oneHot = OneHot.encode(rows.labels(), rows.columns());
        rows.batches().forEach(batch -> Result.of(batch, rows.predictions(), rows.labels())
                .assertSame(Result.of(batch, rows.predictions(), oneHot)));
        double[] weights = rows.weights().clone();
        int[] padded = rows.paddedLabels();
        for (int r = 0; r < weights.length; r++) {
            weights[r] = padded[r] == BatchCase.IGNORED ? 0 : weights[r];
        }
        Batch batch = rows.batch();
        Result.of(batch.weightedBy(rows.weights()).ignoring(BatchCase.IGNORED), rows.predictions(), padded)
                .assertSame(Result.of(batch.weightedBy(weights), rows.predictions(), rows.labels()));
    }

    @Property
    void negativeWeightsOfASumTurnThemRound(@ForAll(supplier = BatchCase.Any.class) BatchCase rows) {
        if (rows.hasSecondDerivatives()) {
            Batch sum = rows.batch().summed();
            double[] turned = Arrays.stream(rows.weights()).map(weight -> -weight).toArray();
            Result one = Result.of(sum.weightedBy(rows.weights()), rows.predictions(), rows.targets());
            Result other = Result.of(sum.weightedBy(turned), rows.predictions(), rows.targets());
            Bits.assertSame(other.hessian, Arrays.stream(one.hessian).map(h -> 0.0 - h).toArray());
            Bits.assertSame(other.gradient, Arrays.stream(one.gradient).map(g -> 0.0 - g).toArray());
        }
    }

    /** Each row is large enough to be shared out, or there are enough of them. */
    @Example
    void theSameBitsInParallel() {
        for (int columns : new int[] {3, 1025}) {
            BatchCase.ofEveryLoss(40_000 / columns, columns).filter(BatchCase::hasSecondDerivatives).forEach(rows -> {
                Batch batch = rows.batch().weightedBy(rows.weights());
                Result expected = Result.of(batch, rows.predictions(), rows.targets());
                expected.assertSame(Result.of(batch.parallel(), rows.predictions(), rows.targets()));
                double[] inPlace = rows.predictions().clone();
                double[] gradient = new double[inPlace.length];
                double value = batch.parallel().valueGradientAndHessian(inPlace, rows.targets(), gradient, inPlace);
                expected.assertSame(new Result(value, gradient, inPlace));
                if (rows.loss() instanceof SecondOrderClassificationLoss) {
                    Batch padded = batch.summed().ignoring(BatchCase.IGNORED);
                    Result.of(padded, rows.predictions(), rows.paddedLabels())
                            .assertSame(Result.of(padded.parallel(), rows.predictions(), rows.paddedLabels()));
                }
            });
        }
    }

    @Example
    void rowsThatDoNotCountHaveDerivativesOf0WhateverIsInThem() {
        double[] predictions = {1, 2, Double.NaN, 4};
        double[] targets = {1, 0, -7, Double.NaN};
        Result result = Result.of(
                Batch.of(new Softmax(), 2).weightedBy(new double[] {1, 0}), predictions, targets);
        Bits.assertSame(Arrays.copyOfRange(result.hessian, 2, 4), new double[2]);
        assertThat(result.hessian[0]).isPositive();
        Result nothing = Result.of(Batch.of(new Softmax(), 2).weightedBy(new double[2]), predictions, targets);
        nothing.assertSame(new Result(0, new double[4], new double[4]));
        Result withoutMass = Result.of(Batch.of(new Softmax(), 2), new double[] {1, 2, 3, 4}, new double[4]);
        withoutMass.assertSame(new Result(0, new double[4], new double[4]));
        Result none = Result.of(Batch.of(new Softmax(), 2), new double[0], new double[0]);
        none.assertSame(new Result(0, new double[0], new double[0]));
    }

    @Example
    void aNaNMakesThoseOfItsRowNaNAndNoOther() {
        double[] predictions = {1, 2, Double.NaN, 4, 5, 6};
        for (SecondOrderClassificationLoss loss : new SecondOrderClassificationLoss[] {
            new Softmax(), new Hinge(), new Hinge().squared()}) {
            Result result = Result.of(Batch.of(loss, 2), predictions, new int[3]);
            Bits.assertAllNaN(Arrays.copyOfRange(result.hessian, 2, 4));
            Bits.assertAllNaN(Arrays.copyOfRange(result.gradient, 2, 4));
            assertThat(result.value).isNaN();
            assertThat(new double[] {result.hessian[1], result.hessian[4], result.gradient[0], result.gradient[5]})
                    .doesNotContain(Double.NaN);
        }
        double[] probabilities = {0.5, 0.25, Double.NaN, 0.5, 1, 0};
        for (SecondOrderClassificationLoss loss : new SecondOrderClassificationLoss[] {
            new CrossEntropy(), new CrossEntropy().withFloor(0.1).withLabelSmoothing(0.1), new Brier()}) {
            Result result = Result.of(Batch.of(loss, 2), probabilities, new int[3]);
            Bits.assertAllNaN(Arrays.copyOfRange(result.hessian, 2, 4));
            Bits.assertAllNaN(Arrays.copyOfRange(result.gradient, 2, 4));
            assertThat(new double[] {result.hessian[1], result.hessian[4]}).doesNotContain(Double.NaN);
        }
    }

    /** [40, 0]: the naive p (1 - p) is 0 at the sure class. */
    @Example
    void ofASureClassAreTheOthersShare() {
        double[] gradient = new double[2];
        double[] hessian = new double[2];
        new Softmax().valueGradientAndHessian(new double[] {40, 0}, 0, gradient, hessian);
        assertThat(hessian[0]).isEqualTo(4.248354255291589E-18);
        assertThat(hessian[1]).isEqualTo(4.248354255291589E-18);
        hessian = new double[1];
        new Softmax().valueGradientAndHessian(new double[] {0}, 0, new double[1], hessian);
        Bits.assertSame(hessian, new double[1]);
    }

    @Example
    void logitsOfAnySizeAreExact() {
        double excluded = Double.NEGATIVE_INFINITY;
        double[][] rows = {
            {1e308, -1e308, 1e308}, {1e308, excluded, 0}, {-1e300, 1e300, 1e300}, {1e5, 0, -1e5}, {0, -745, -1000},
            {Double.MIN_VALUE, 0, excluded}, {-1e308, -1e308, -1e308}, {800, 100, 99}, {-800, -801, -2000},
            {7}, {excluded, 3}
        };
        for (double[] row : rows) {
            for (double temperature : new double[] {1e-18, 0.25, 1, 1e18}) {
                for (double mass : new double[] {1e-180, 1, 1e60}) {
                    double[] target = new double[row.length];
                    target[row.length - 1] = row[row.length - 1] == excluded ? 0 : mass;
                    target[0] = row[0] == excluded ? 0 : mass / 4;
                    PromisedAccuracy.assertSoftmaxLoss(row, target, Options.NONE.withTemperature(temperature));
                }
            }
        }
    }

    /** Probabilities down to 2^-1400, masses and temperatures that change them, and weights that make them large. */
    @Example
    void sampleWeightsLiftWhatIsFarBelowTheRange() {
        double[] logits = {0, -600, -745, -900, -960};
        for (double weight : new double[] {1e-150, 1, 1e150, 1e300, Double.MAX_VALUE, -1e300}) {
            for (double temperature : new double[] {0.5, 1, 1.0625, 1e18, 1e-18}) {
                for (double mass : new double[] {1e-180, 1, 1e60}) {
                    Options options = Options.NONE.withTemperature(temperature);
                    double[] target = {mass, 0, 0, mass / 3, 0};
                    Batch batch = Batch.of(PromisedAccuracy.softmax(options), 5).summed();
                    Result sum = Result.of(batch.weightedBy(new double[] {weight}), logits, target);
                    ExactSoftmaxLoss exact = ExactSoftmaxLoss.of(logits, target, options);
                    BigDecimal factor = new BigDecimal(weight);
                    BigDecimal lost = exact.secondDerivativeOfSmallProbabilities().multiply(factor.abs())
                            .divide(new BigDecimal(2).pow(1400));
                    for (int i = 0; i < 5; i++) {
                        PromisedAccuracy.assertSecondDerivative(i, Math.signum(weight) * sum.hessian[i] + 0.0,
                                exact.secondDerivative(i).multiply(factor.abs()), lost);
                    }
                }
            }
        }
    }

    @Property(tries = 60)
    void rowsOfLogitsOfEveryKindInATileAreEachExact(@ForAll(supplier = LogitRows.Any.class) LogitRows rows) {
        double[] targets = new double[rows.logits().length];
        Arrays.setAll(targets, i -> i % 5 * 0.25);
        Result result = Result.of(Batch.of(new Softmax(), rows.columns()).summed(), rows.logits(), targets);
        for (int r = 0; r < Math.min(rows.count(), 20); r++) {
            double[] logits = rows.row(r);
            double[] target = Arrays.copyOfRange(targets, r * rows.columns(), (r + 1) * rows.columns());
            double[] hessian = Arrays.copyOfRange(result.hessian, r * rows.columns(), (r + 1) * rows.columns());
            if (Double.isNaN(new Softmax().value(logits, target))) {
                Bits.assertAllNaN(hessian);
            } else {
                ExactSoftmaxLoss exact = ExactSoftmaxLoss.of(logits, target, Options.NONE);
                for (int i : Bits.distinctPlaces(logits, target, hessian)) {
                    PromisedAccuracy.assertSecondDerivative(
                            i, hessian[i], exact.secondDerivative(i), exact.secondDerivativeAllowance(i));
                }
            }
        }
    }

    @Example
    void aProbabilityOf0HasInfiniteOnesWhereThereIsTargetAndNoFloor() {
        double[] probabilities = {0, 0, 1};
        double[] target = {0.5, 0, 0.5};
        double[] gradient = new double[3];
        double[] hessian = new double[3];
        new CrossEntropy().valueGradientAndHessian(probabilities, target, gradient, hessian);
        Bits.assertSame(hessian, new double[] {Double.POSITIVE_INFINITY, 0, 0.5});
        new CrossEntropy().withFloor(0.25).valueGradientAndHessian(probabilities, target, gradient, hessian);
        Bits.assertSame(hessian, new double[] {0, 0, 0.5});
        double[] atTheFloor = {0.25, 0.125};
        hessian = new double[2];
        new CrossEntropy().withFloor(0.25).valueGradientAndHessian(atTheFloor, 0, new double[2], hessian);
        Bits.assertSame(hessian, new double[] {16, 0});
        Batch turning = Batch.of(new CrossEntropy(), 3).summed().weightedBy(new double[] {-1});
        Result turned = Result.of(turning, probabilities, target);
        Bits.assertSame(turned.hessian, new double[] {Double.NEGATIVE_INFINITY, 0, -0.5});
    }

    @Example
    void aLossWithoutSecondDerivativesIsRefused() {
        double[] one = {1};
        double[] target = {1};
        double[] gradient = {12.75};
        double[] hessian = {12.75};
        int[] label = {0};
        LossFunction lambda = BatchCase.ABSOLUTE;
        assertRefused("this loss has no second derivative: it is not a SecondOrderLoss",
                () -> Batch.of(lambda, 1).valueGradientAndHessian(one, target, gradient, hessian));
        assertRefused("FirstOrder has no second derivative: it is not a SecondOrderLoss",
                () -> Batch.of(new FirstOrder(), 1).valueGradientAndHessian(one, target, gradient, hessian));
        assertRefused("FirstOrder has no second derivative for labels: it is not a SecondOrderClassificationLoss",
                () -> Batch.of(new FirstOrder(), 1).valueGradientAndHessian(one, label, gradient, hessian));
        assertRefused("Batch has no second derivative: it is not a SecondOrderLoss",
                () -> Batch.of(Batch.of(new Softmax(), 1), 1).valueGradientAndHessian(one, target, gradient, hessian));
        assertRefused("MeanSquaredError is not a ClassificationLoss: it takes targets, not labels; OneHot.encode makes "
                        + "targets of labels",
                () -> Batch.of(new MeanSquaredError(), 1).valueGradientAndHessian(one, label, gradient, hessian));
        float[] oneFloat = {1};
        float[] other = {1};
        assertRefused("this loss has no second derivative: it is not a SecondOrderLoss",
                () -> Batch.of(lambda, 1).valueGradientAndHessian(oneFloat, other, new float[1], new float[1]));
        assertRefused("FirstOrder has no second derivative for labels: it is not a SecondOrderClassificationLoss",
                () -> Batch.of(new FirstOrder(), 1)
                        .valueGradientAndHessian(oneFloat, label, new float[1], new float[1]));
        assertThat(gradient[0] + hessian[0]).isEqualTo(25.5);
    }

    /** A user's loss with labels, but without second derivatives. */
    private static final class FirstOrder implements ClassificationLoss {

        private static final long serialVersionUID = 1;

        @Override
        public double valueAndGradient(double[] prediction, int label, double[] gradient) {
            gradient[label] = 1;
            return prediction[label];
        }

        @Override
        public double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
            return valueAndGradient(prediction, 0, gradient);
        }
    }

    @Example
    void arraysThatAreTheSameOrOfOtherLengthsAreRefused() {
        Batch batch = Batch.of(new MeanSquaredError(), 1);
        double[] a = {1, 2};
        double[] b = {3, 4};
        double[] c = {5, 6};
        double[] d = {7, 8};
        double[] shorter = {9};
        String same = "gradient and hessianDiagonal are the same array";
        assertRefused(same, () -> batch.valueGradientAndHessian(a, b, c, c));
        assertRefused(same, () -> batch.valueGradientAndHessian(a, b, a, a));
        assertRefused("gradient is the target array, which it would overwrite",
                () -> batch.valueGradientAndHessian(a, b, b, c));
        assertRefused("hessianDiagonal is the target array, which it would overwrite",
                () -> batch.valueGradientAndHessian(a, b, c, b));
        assertRefused("gradient has 1 value, predictions have 2",
                () -> batch.valueGradientAndHessian(a, b, shorter, c));
        assertRefused("hessianDiagonal has 1 value, predictions have 2",
                () -> batch.valueGradientAndHessian(a, b, c, shorter));
        assertRefused("targets have 1 value, predictions have 2",
                () -> batch.valueGradientAndHessian(a, shorter, c, d));
        assertNull("gradient", () -> batch.valueGradientAndHessian(a, b, null, c));
        assertNull("hessianDiagonal", () -> batch.valueGradientAndHessian(a, b, c, null));
        assertNull("predictions", () -> batch.valueGradientAndHessian(null, b, c, d));
        assertNull("targets", () -> batch.valueGradientAndHessian(a, (double[]) null, c, d));
        Batch labelled = Batch.of(new Softmax(), 1);
        int[] labels = {0, 0};
        assertRefused(same,
                () -> labelled.valueGradientAndHessian(a, labels, c, c));
        assertRefused("hessianDiagonal has 1 value, predictions have 2",
                () -> labelled.valueGradientAndHessian(a, labels, c, shorter));
        assertRefused("row 1: label 1 is not in 0..0",
                () -> labelled.valueGradientAndHessian(a, new int[] {0, 1}, c, d));
        assertRefused("sampleWeights[1] = -1.0 is negative, which only a sum can be weighted by: Batch.summed()",
                () -> labelled.weightedBy(new double[] {1, -1}).valueGradientAndHessian(a, labels, c, d));
        assertNull("hessianDiagonal", () -> labelled.valueGradientAndHessian(a, labels, c, null));
        assertThat(a).containsExactly(1, 2);
        assertThat(b).containsExactly(3, 4);
        assertThat(c).containsExactly(5, 6);
        assertThat(d).containsExactly(7, 8);
        assertThat(shorter).containsExactly(9);
    }

    private static void assertRefused(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isExactlyInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    private static void assertNull(String name, ThrowingCallable call) {
        assertThatThrownBy(call).isExactlyInstanceOf(NullPointerException.class).hasMessage(name);
    }
}
