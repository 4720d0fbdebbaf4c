package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.LossFunctionContract.Row;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import io.github.plainjava.losses.oracle.Ulps;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * What every loss with second derivatives promises besides. A test that extends {@link LossFunctionContract}, or
 * {@link ClassificationLossContract}, implements this too and says how accurate the second derivatives are, and whether
 * the loss is convex in each entry.
 */
interface SecondOrderContract {

    /** A loss under test, new at each call. */
    SecondOrderLoss loss();

    /** The exact loss of a row by its definition. */
    ExactSecondOrderLoss exact(double[] prediction, double[] target);

    /** How many ulps a second derivative may be off. */
    double secondDerivativeUlps();

    /** Whether no second derivative is ever negative. */
    boolean isConvex();

    /** Whether the loss checks the arrays it is given, as all of ours do. */
    default boolean checksItsArrays() {
        return true;
    }

    @Property
    default void secondDerivativesAreAsAccurateAsPromised(@ForAll("rows") Row row) {
        ExactSecondOrderLoss exact = exact(row.prediction(), row.target());
        double[] hessian = hessian(row);
        for (int i : Bits.distinctPlaces(row.prediction(), row.target(), hessian)) {
            if (exact.isInfinite(i)) {
                assertThat(hessian[i] == Double.POSITIVE_INFINITY || exact.isInfiniteBySmallMassOnly(i))
                        .as("entry %d, %s", i, hessian[i]).isTrue();
            } else if (!exact.isAtAJump(i)) {
                assertThat(Ulps.error(hessian[i], exact.secondDerivative(i), exact.secondDerivativeScale(i),
                        exact.secondDerivativeAllowance(i)))
                        .as("entry %d, %s, exactly %s", i, hessian[i], exact.secondDerivative(i))
                        .isLessThanOrEqualTo(secondDerivativeUlps());
            }
        }
    }

    @Property
    default void withSecondDerivativesValueAndGradientKeepTheirBits(@ForAll("rows") Row row) {
        double[] gradient = new double[row.prediction().length];
        double[] hessian = new double[gradient.length];
        double[] alone = new double[gradient.length];
        double value = loss().valueGradientAndHessian(row.prediction(), row.target(), gradient, hessian);
        Bits.assertSame(value, loss().valueAndGradient(row.prediction(), row.target(), alone));
        Bits.assertSame(value, loss().value(row.prediction(), row.target()));
        Bits.assertSame(gradient, alone);
    }

    @Property
    default void whatTheArraysHeldMakesNoDifference(@ForAll("rows") Row row) {
        double[] gradient = filled(row, Double.NaN);
        double[] hessian = filled(row, Double.NaN);
        loss().valueGradientAndHessian(row.prediction(), row.target(), gradient, hessian);
        Bits.assertSame(gradient, loss().gradient(row.prediction(), row.target()));
        Bits.assertSame(hessian, hessian(row));
    }

    @Property
    default void gradientOrSecondDerivativesMayOverwriteThePrediction(@ForAll("rows") Row row) {
        double[] gradient = new double[row.prediction().length];
        double[] hessian = new double[gradient.length];
        double value = loss().valueGradientAndHessian(row.prediction(), row.target(), gradient, hessian);

        double[] byGradient = row.prediction().clone();
        double[] beside = new double[gradient.length];
        Bits.assertSame(loss().valueGradientAndHessian(byGradient, row.target(), byGradient, beside), value);
        Bits.assertSame(byGradient, gradient);
        Bits.assertSame(beside, hessian);

        double[] byHessian = row.prediction().clone();
        Bits.assertSame(loss().valueGradientAndHessian(byHessian, row.target(), beside, byHessian), value);
        Bits.assertSame(beside, gradient);
        Bits.assertSame(byHessian, hessian);
    }

    @Property(tries = 50)
    default void oneArrayForTwoResultsOrForTheTargetIsRefused(@ForAll("rows") Row row) {
        if (!checksItsArrays()) {
            return;
        }
        double[] prediction = row.prediction().clone();
        double[] target = row.target().clone();
        double[] gradient = filled(row, 12.75);
        double[] hessian = filled(row, 12.75);
        assertRefused("hessianDiagonal", () -> loss().valueGradientAndHessian(prediction, target, gradient, gradient));
        assertRefused("hessianDiagonal", () -> loss().valueGradientAndHessian(prediction, target, prediction, prediction));
        assertRefused("gradient", () -> loss().valueGradientAndHessian(prediction, target, target, hessian));
        assertRefused("hessianDiagonal", () -> loss().valueGradientAndHessian(prediction, target, gradient, target));
        Bits.assertSame(prediction, row.prediction());
        Bits.assertSame(target, row.target());
        Bits.assertSame(gradient, filled(row, 12.75));
        Bits.assertSame(hessian, filled(row, 12.75));
    }

    @Property(tries = 50)
    default void arraysOfOtherLengthsAreRefused(@ForAll("rows") Row row) {
        if (!checksItsArrays()) {
            return;
        }
        double[] gradient = filled(row, 12.75);
        double[] tooLong = new double[gradient.length + 1];
        double[] tooShort = new double[gradient.length - 1];
        double[] prediction = row.prediction();
        assertRefused("hessianDiagonal",
                () -> loss().valueGradientAndHessian(prediction, row.target(), gradient, tooLong));
        assertRefused("hessianDiagonal",
                () -> loss().valueGradientAndHessian(prediction, row.target(), gradient, tooShort));
        assertRefused("gradient", () -> loss().valueGradientAndHessian(prediction, row.target(), tooLong, gradient));
        assertRefused("target", () -> loss().valueGradientAndHessian(prediction, tooLong, gradient, gradient.clone()));
        assertThatThrownBy(() -> loss().valueGradientAndHessian(prediction, row.target(), gradient, null))
                .isExactlyInstanceOf(NullPointerException.class).hasMessage("hessianDiagonal");
        assertThatThrownBy(() -> loss().valueGradientAndHessian(prediction, row.target(), null, gradient))
                .isExactlyInstanceOf(NullPointerException.class).hasMessage("gradient");
        Bits.assertSame(gradient, filled(row, 12.75));
        Bits.assertSame(tooLong, new double[tooLong.length]);
    }

    /** The message names the array that is wrong. */
    private static void assertRefused(String name, ThrowingCallable call) {
        assertThatThrownBy(call).isExactlyInstanceOf(IllegalArgumentException.class).hasMessageContaining(name);
    }

    @Property
    default void forSecondDerivativesInputsAreNotModified(@ForAll("rows") Row row) {
        double[] prediction = row.prediction().clone();
        double[] target = row.target().clone();
        loss().valueGradientAndHessian(prediction, target, filled(row, 0), filled(row, 0));
        Bits.assertSame(prediction, row.prediction());
        Bits.assertSame(target, row.target());
    }

    @Property
    default void noSecondDerivativeIsNegativeZero(@ForAll("rows") Row row) {
        Bits.assertNoNegativeZero(hessian(row));
    }

    @Property
    default void noSecondDerivativeOfAConvexLossIsNegative(@ForAll("rows") Row row) {
        if (isConvex()) {
            assertThat(Arrays.stream(hessian(row))).allMatch(second -> second >= 0);
        }
    }

    /** The error of the difference is the fourth derivative, below 6000, times h^2 / 6, 1e-7, and the rounding over h. */
    @Property
    default void secondDerivativesAreTheDerivativeOfTheGradientByCentralDifferences(@ForAll("smoothRows") Row row) {
        double h = 0x1p-17;
        double[] hessian = hessian(row);
        double[] gradient = loss().gradient(row.prediction(), row.target());
        for (int i = 0; i < hessian.length; i++) {
            double ahead = loss().gradient(moved(row.prediction(), i, h), row.target())[i];
            double behind = loss().gradient(moved(row.prediction(), i, -h), row.target())[i];
            double rounding = 4 * Math.ulp(1 + Math.abs(gradient[i]) + Math.abs(hessian[i])) / h;
            assertThat((ahead - behind) / (2 * h)).as("entry %d", i).isCloseTo(hessian[i], within(1e-7 + rounding));
        }
    }

    @Property(tries = 50)
    default void secondDerivativesHaveTheSameBitsInEveryThreadAndAfterSerialisation(@ForAll("rows") Row row) {
        SecondOrderLoss shared = loss();
        double[] hessian = hessian(shared, row);
        List<double[]> others = IntStream.range(0, 16).parallel().mapToObj(i -> hessian(shared, row)).toList();
        others.forEach(other -> Bits.assertSame(other, hessian));
        Bits.assertSame(hessian(LossFunctionContract.serialisedAndBack(shared), row), hessian);
    }

    @Property
    default void aNaNInThePredictionMakesTheValueBesideSecondDerivativesNaN(@ForAll("rows") Row row, @ForAll int seed) {
        double[] prediction = row.prediction().clone();
        prediction[Math.floorMod(seed, prediction.length)] = Double.NaN;
        double[] gradient = filled(row, 0);
        assertThat(loss().valueGradientAndHessian(prediction, row.target(), gradient, filled(row, 0))).isNaN();
        Bits.assertSame(gradient, loss().gradient(prediction, row.target()));
    }

    @Example
    default void theAccuracyOfSecondDerivativesIsNotAbsurd() {
        assertThat(secondDerivativeUlps()).isBetween(0.5, 1e6);
    }

    private double[] hessian(Row row) {
        return hessian(loss(), row);
    }

    private static double[] hessian(SecondOrderLoss loss, Row row) {
        double[] hessian = new double[row.prediction().length];
        loss.valueGradientAndHessian(row.prediction(), row.target(), new double[hessian.length], hessian);
        return hessian;
    }

    private static double[] filled(Row row, double value) {
        double[] array = new double[row.prediction().length];
        Arrays.fill(array, value);
        return array;
    }

    private static double[] moved(double[] row, int i, double step) {
        double[] moved = row.clone();
        moved[i] += step;
        return moved;
    }
}
