package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.plainjava.losses.generators.Amounts;
import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import io.github.plainjava.losses.oracle.ExactTweedie;
import io.github.plainjava.losses.oracle.Ulps;
import java.util.Arrays;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;

class TweedieTest extends LossFunctionContract implements SecondOrderContract {

    @Override
    public ElementwiseLoss loss() {
        return new Tweedie(1.5);
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactTweedie.of(prediction, target, 1.5);
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
        return new Amounts.OfEveryLength().get().map(row -> new Row(row.logMean(), row.amount()));
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(Doubles.between(-2, 2), n), Rows.of(Doubles.between(0, 10), n)).as(Row::new));
    }

    @Override
    double valueUlps() {
        return 3;
    }

    @Override
    double gradientUlps() {
        return 3;
    }

    @Example
    void specialValuesAreThoseOfThePage() {
        double infinity = Double.POSITIVE_INFINITY;
        assertEntry(-infinity, 0, 0, 0, 0);
        assertEntry(-infinity, -0.0, 0, 0, 0);
        for (double y : new double[] {Double.MIN_VALUE, 3, Double.MAX_VALUE}) {
            assertEntry(-infinity, y, infinity, -infinity, infinity);
            assertEntry(infinity, y, infinity, infinity, infinity);
        }
        assertEntry(infinity, 0, infinity, infinity, infinity);
        assertEntry(0, 1, 0, 0, 1);
        assertEntry(0, 0, 2, 1, 0.5);
    }

    @Example
    void powersThatAreNotBetween1And2AreErrors() {
        for (double power : new double[] {1, 2, 0, -1.5, 3, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new Tweedie(power)).isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("power = " + power + " is not between 1 and 2");
        }
        assertThat(new Tweedie(1.25)).isNotEqualTo(new Tweedie(1.5));
    }

    @Example
    void itsOptionsAreWhatItIs() {
        assertThat(loss()).isEqualTo(loss()).hasSameHashCodeAs(loss()).isNotEqualTo(loss().skippingMissing());
        assertThat(loss().skippingMissing()).isEqualTo(loss().skippingMissing());
        assertThat(loss()).hasToString("Tweedie[power=1.5]");
        assertThat(loss().skippingMissing()).hasToString("Tweedie[power=1.5, skippingMissing]");
    }

    @Example
    void missingAmountsAreLeftOut() {
        double[] gradient = new double[3];
        double value = loss().skippingMissing().valueAndGradient(
                new double[] {0.5, 7, -1}, new double[] {2, Double.NaN, 3}, gradient);
        double[] present = new double[2];
        Bits.assertSame(value, loss().valueAndGradient(new double[] {0.5, -1}, new double[] {2, 3}, present));
        Bits.assertSame(gradient, new double[] {present[0], 0, present[1]});
        assertThat(loss().value(new double[] {0.5, 7}, new double[] {2, Double.NaN})).isNaN();
    }

    /** An entry beyond the double range, whose mean is not. */
    @Example
    void aMeanInTheRangeOfEntriesThatAreNotIsRight() {
        double[] f = new double[8];
        double[] y = new double[8];
        Arrays.fill(y, 1);
        f[0] = 1420;
        double[] gradient = new double[8];
        double[] hessian = new double[8];
        double value = loss().valueGradientAndHessian(f, y, gradient, hessian);
        ExactSecondOrderLoss exact = exact(f, y);
        assertThat(Ulps.error(value, exact.value())).isLessThanOrEqualTo(3);
        assertThat(Ulps.error(gradient[0], exact.gradient(0))).isLessThanOrEqualTo(3);
        assertThat(Ulps.error(hessian[0], exact.secondDerivative(0))).isLessThanOrEqualTo(3);
        Bits.assertSame(gradient[1], 0);
    }

    @Example
    void amountsOutsideTheDomainAreErrors() {
        for (double bad : new double[] {-1, -Double.MIN_VALUE, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> loss().value(new double[] {0, 0}, new double[] {1, bad}))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("target[1] = " + bad + " is not a finite number of at least 0");
        }
        assertThatThrownBy(() -> Batch.of(loss(), 2).value(new double[4], new double[] {1, 1, 1, -1}))
                .hasMessage("row 1: target[1] = -1.0 is not a finite number of at least 0");
    }

    private void assertEntry(double f, double y, double value, double slope, double curvature) {
        double[] gradient = new double[1];
        double[] hessian = new double[1];
        Bits.assertSame(loss().valueGradientAndHessian(new double[] {f}, new double[] {y}, gradient, hessian), value);
        Bits.assertSame(gradient[0], slope);
        Bits.assertSame(hessian[0], curvature);
    }
}
