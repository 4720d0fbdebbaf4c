package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.function.DoubleFunction;

/** A cell of a table of special values: what a loss and its derivatives are for a row, to the bit. */
final class Cells {

    private Cells() {
    }

    /** From each method that gives it, alone and as a batch. */
    static void assertCell(
            SecondOrderLoss loss, double[] prediction, double[] target, double value, double[] gradient, double[] hessian) {
        double[] slopes = new double[prediction.length];
        double[] curvatures = new double[prediction.length];
        Bits.assertSame(loss.value(prediction, target), value);
        Bits.assertSame(loss.gradient(prediction, target), gradient);
        Bits.assertSame(loss.valueGradientAndHessian(prediction, target, slopes, curvatures), value);
        Bits.assertSame(slopes, gradient);
        Bits.assertSame(curvatures, hessian);
        Batch batch = Batch.of(loss, prediction.length);
        Bits.assertSame(batch.valueGradientAndHessian(prediction, target, slopes, curvatures), value);
        Bits.assertSame(slopes, gradient);
        Bits.assertSame(curvatures, hessian);
    }

    /** A row of one. */
    static void assertCell(
            SecondOrderLoss loss, double prediction, double target, double value, double gradient, double hessian) {
        assertCell(loss, new double[] {prediction}, new double[] {target},
                value, new double[] {gradient}, new double[] {hessian});
    }

    /** All of it is NaN. */
    static void assertNaN(SecondOrderLoss loss, double[] prediction, double[] target) {
        double[] nothing = new double[prediction.length];
        Arrays.fill(nothing, Double.NaN);
        assertCell(loss, prediction, target, Double.NaN, nothing, nothing);
    }

    /** An option from 1e-18 to 1e18, which are the limits of factors. */
    static void assertTakesFactors(String name, DoubleFunction<SecondOrderLoss> option) {
        for (double factor : new double[] {1e-18, 1, 1e18}) {
            assertThat(option.apply(factor).toString()).contains("[" + name + "=" + factor + "]");
        }
        for (double factor : new double[] {0, -0.0, -1, Math.nextDown(1e-18), Math.nextUp(1e18), Double.MIN_VALUE,
            Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> option.apply(factor)).isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage(name + " = " + factor + " is not in 1.0E-18..1.0E18");
        }
    }
}
