package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.plainjava.losses.LossFunctionContract.Row;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What every loss with labels and second derivatives promises besides: a label means its one-hot array. */
interface SecondOrderClassificationContract extends SecondOrderContract {

    @Override
    SecondOrderClassificationLoss loss();

    @Property
    default void secondDerivativesOfALabelAreThoseOfItsOneHotArrayToTheBit(@ForAll("rows") Row row, @ForAll int seed) {
        double[] prediction = row.prediction();
        int label = Math.floorMod(seed, prediction.length);
        double[] gradient = new double[prediction.length];
        double[] hessian = new double[prediction.length];
        double[] gradientOfArray = new double[prediction.length];
        double[] hessianOfArray = new double[prediction.length];
        double value = loss().valueGradientAndHessian(prediction, label, gradient, hessian);
        double valueOfArray = loss().valueGradientAndHessian(
                prediction, OneHot.encode(label, prediction.length), gradientOfArray, hessianOfArray);
        Bits.assertSame(value, valueOfArray);
        Bits.assertSame(gradient, gradientOfArray);
        Bits.assertSame(hessian, hessianOfArray);
        Bits.assertSame(value, loss().value(prediction, label));
        Bits.assertSame(gradient, loss().gradient(prediction, label));
        Bits.assertNoNegativeZero(hessian);
        Bits.assertSame(prediction, row.prediction());
    }

    @Property
    default void forALabelGradientOrSecondDerivativesMayOverwriteThePrediction(
            @ForAll("rows") Row row, @ForAll int seed) {
        double[] prediction = row.prediction();
        int label = Math.floorMod(seed, prediction.length);
        double[] gradient = new double[prediction.length];
        double[] hessian = new double[prediction.length];
        double value = loss().valueGradientAndHessian(prediction, label, gradient, hessian);

        double[] byGradient = prediction.clone();
        double[] beside = new double[prediction.length];
        Bits.assertSame(loss().valueGradientAndHessian(byGradient, label, byGradient, beside), value);
        Bits.assertSame(byGradient, gradient);
        Bits.assertSame(beside, hessian);

        double[] byHessian = prediction.clone();
        Bits.assertSame(loss().valueGradientAndHessian(byHessian, label, beside, byHessian), value);
        Bits.assertSame(beside, gradient);
        Bits.assertSame(byHessian, hessian);
    }

    @Property(tries = 50)
    default void forALabelOneArrayForTwoResultsAndALabelThatIsNoClassAreRefused(
            @ForAll("rows") Row row, @ForAll int seed) {
        if (!checksItsArrays()) {
            return;
        }
        int classes = row.prediction().length;
        double[] gradient = new double[classes];
        double[] hessian = new double[classes];
        Arrays.fill(gradient, 12.75);
        Arrays.fill(hessian, 12.75);
        double[] untouched = gradient.clone();
        int noClass = seed < 0 ? seed : Math.max(seed, classes);
        assertThatThrownBy(() -> loss().valueGradientAndHessian(row.prediction(), 0, gradient, gradient))
                .isExactlyInstanceOf(IllegalArgumentException.class).hasMessageContaining("hessianDiagonal");
        assertThatThrownBy(() -> loss().valueGradientAndHessian(row.prediction(), noClass, gradient, hessian))
                .isExactlyInstanceOf(IllegalArgumentException.class).hasMessageContaining(String.valueOf(noClass));
        Bits.assertSame(gradient, untouched);
        Bits.assertSame(hessian, untouched);
    }
}
