package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Probabilities;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactBrier;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import java.math.BigDecimal;
import java.util.Arrays;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Brier's score against its definition, and its special values and errors. */
class BrierTest extends ClassificationLossContract implements SecondOrderClassificationContract {

    @Override
    public SecondOrderClassificationLoss loss() {
        return new Brier();
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactBrier.of(prediction, target);
    }

    @Override
    public double secondDerivativeUlps() {
        return 3;
    }

    @Override
    public boolean isConvex() {
        return true;
    }

    @Override
    Arbitrary<Row> rows() {
        return new Probabilities.OfEveryLength().get().map(row -> new Row(row.probabilities(), row.target()));
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(Doubles.between(0.01, 0.99), n), Rows.of(Doubles.between(0, 1), n)).as(Row::new));
    }

    @Override
    double valueUlps() {
        return 2;
    }

    @Override
    double gradientUlps() {
        return 3;
    }

    @Test
    void theExampleOfThePage() {
        Bits.assertSame(new Brier().value(new double[] {0.5, 0.25, 0.25}, 0), 0.375);
        Bits.assertSame(new Brier().gradient(new double[] {0.5, 0.25, 0.25}, 0), new double[] {-1, 0.5, 0.5});
        double[] hessian = new double[3];
        new Brier().valueGradientAndHessian(new double[] {0.5, 0.25, 0.25}, 0, new double[3], hessian);
        Bits.assertSame(hessian, new double[] {2, 2, 2});
    }

    /** Each square is below the least double, or loses bits there; their sum is not. */
    @Test
    void squaresThatAreNoDoublesAddUp() {
        for (int n : new int[] {8, 33, 1000, 5000}) {
            for (double small : new double[] {0x1p-539, 0x1.8p-538, 0x1.23456789abcdep-520, 0x1p-600}) {
                double[] probabilities = new double[n];
                Arrays.fill(probabilities, small);
                probabilities[n / 2] = 1;
                assertExact(probabilities, OneHot.encode(n / 2, n));
            }
        }
    }

    @Test
    void massesOfAnySizeAreExact() {
        for (int n : new int[] {1, 3, 33, 1025}) {
            for (double mass : new double[] {1e60, 1e-180, Double.MIN_VALUE, 0x1p-538, 7, 1 - 0x1p-53}) {
                double[] probabilities = new double[n];
                double[] target = new double[n];
                for (int i = 0; i < n; i++) {
                    probabilities[i] = i % 3 * 0.3;
                    target[i] = i % 4 == 0 ? mass : 0;
                }
                assertExact(probabilities, target);
                probabilities[n - 1] = 1 + 0x1p-16;
                assertExact(probabilities, target);
            }
        }
    }

    private static void assertExact(double[] probabilities, double[] target) {
        double[] gradient = new double[target.length];
        double[] hessian = new double[target.length];
        double value = new Brier().valueGradientAndHessian(probabilities, target, gradient, hessian);
        ExactBrier exact = ExactBrier.of(probabilities, target);
        PromisedAccuracy.assertValue(value, exact.value());
        for (int i : Bits.distinctPlaces(probabilities, target, gradient)) {
            PromisedAccuracy.assertGradientEntry(i, gradient[i], exact.gradient(i), exact.gradient(i));
            Bits.assertSame(hessian[i], 2);
        }
    }

    /** With sample weights of any size: the gradient is the row's times its share. */
    @Test
    void weightedRowsAreExact() {
        double[] row = {0.1, 0.7, 1};
        double[] target = {0, 1, 0.25};
        ExactBrier exact = ExactBrier.of(row, target);
        for (double weight : new double[] {1e-150, 1e300, -3, Double.MIN_VALUE, 0.1}) {
            double[] gradient = new double[3];
            double[] hessian = new double[3];
            Batch.of(new Brier(), 3).summed().weightedBy(new double[] {weight})
                    .valueGradientAndHessian(row, target, gradient, hessian);
            for (int i = 0; i < 3; i++) {
                BigDecimal expected = exact.gradient(i).multiply(new BigDecimal(weight));
                PromisedAccuracy.assertGradientEntry(i, gradient[i], expected, expected);
                Bits.assertSame(hessian[i], 2 * weight);
            }
        }
        double[] twice = {0.1, 0.7, 1, 0.1, 0.7, 1};
        double[] targets = {0, 1, 0.25, 0, 1, 0.25};
        double[] gradient = Batch.of(new Brier(), 3).gradient(twice, targets);
        for (int i = 0; i < 6; i++) {
            BigDecimal expected = exact.gradient(i % 3).divide(BigDecimal.valueOf(2));
            PromisedAccuracy.assertGradientEntry(i, gradient[i], expected, expected);
        }
    }

    @Test
    void everyRowWeighsOne() {
        Bits.assertSame(new Brier().weight(new double[] {0, 0.25}), 1);
        Bits.assertSame(new Brier().weight(new double[2]), 1);
        Bits.assertSame(new Brier().weight(7), 1);
        double mean = Batch.of(new Brier(), 2).value(new double[] {1, 0, 0.5, 0.5}, new double[] {2, 0, 0, 0});
        Bits.assertSame(mean, (1 + 0.5) / 2);
    }

    @Test
    void specialValues() {
        double nan = Double.NaN;
        Bits.assertSame(new Brier().value(new double[] {1}, 0), 0);
        Bits.assertSame(new Brier().value(new double[] {-0.0, 1}, 1), 0);
        Bits.assertSame(new Brier().gradient(new double[] {-0.0, 1}, new double[] {-0.0, 1}), new double[2]);
        Bits.assertSame(new Brier().value(new double[] {1 + 0x1p-16, 0}, 0), 0);
        Bits.assertSame(new Brier().gradient(new double[] {1 + 0x1p-16, 0}, 1), new double[] {2, -2});
        double[] gradient = new double[2];
        double[] hessian = new double[2];
        assertThat(new Brier().valueGradientAndHessian(new double[] {nan, 0.5}, 1, gradient, hessian)).isNaN();
        Bits.assertAllNaN(gradient);
        Bits.assertAllNaN(hessian);
        double[] large = new double[3000];
        large[2999] = nan;
        assertThat(new Brier().valueAndGradient(large, 1, large)).isNaN();
        Bits.assertAllNaN(large);
    }

    @Test
    void errorsNameArgumentPlaceAndValueAndNothingIsWritten() {
        Brier brier = new Brier();
        double[] p = {0.5, 0.5};
        double[] gradient = {12.75, 12.75};
        assertRefused("probabilities are empty", () -> brier.value(new double[0], 0));
        assertRefused("probabilities[1] = -0.5 is not a probability; for logits use Softmax",
                () -> brier.valueAndGradient(new double[] {0.5, -0.5}, 0, gradient));
        assertRefused("probabilities[0] = 1.5 is not a probability; for logits use Softmax",
                () -> brier.valueAndGradient(new double[] {1.5, 0}, new double[] {1, 0}, gradient));
        assertRefused("target[1] = -1.0 is not a mass from 0 to 1.0E60",
                () -> brier.valueAndGradient(p, new double[] {1, -1}, gradient));
        assertRefused("target[0] = NaN is not a mass from 0 to 1.0E60",
                () -> brier.valueAndGradient(p, new double[] {Double.NaN, 1}, gradient));
        assertRefused("target has 1 value, probabilities have 2", () -> brier.value(p, new double[1]));
        assertRefused("gradient has 1 value, probabilities have 2", () -> brier.valueAndGradient(p, 0, new double[1]));
        assertRefused("label 2 is not in 0..1", () -> brier.valueAndGradient(p, 2, gradient));
        double[] target = {1, 0};
        assertRefused("gradient is the target array, which it would overwrite",
                () -> brier.valueAndGradient(p, target, target));
        assertRefused("row 1: probabilities[0] = 7.0 is not a probability; for logits use Softmax",
                () -> Batch.of(brier, 1).valueAndGradient(new double[] {0.5, 7}, new int[2], gradient));
        assertThatThrownBy(() -> brier.value(null, 0)).isExactlyInstanceOf(NullPointerException.class)
                .hasMessage("probabilities");
        assertThatThrownBy(() -> brier.value(p, null)).isExactlyInstanceOf(NullPointerException.class)
                .hasMessage("target");
        assertThat(gradient).containsOnly(12.75);
        assertThat(target).containsExactly(1, 0);
        assertThat(p).containsOnly(0.5);
    }

    private static void assertRefused(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isExactlyInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void allAreEqual() {
        assertThat(new Brier()).isEqualTo(new Brier()).hasSameHashCodeAs(new Brier()).isNotEqualTo(new Hinge());
        assertThat(new Brier().equals(null)).isFalse();
        assertThat(new Brier()).hasToString("Brier[]");
    }
}
