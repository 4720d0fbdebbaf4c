package io.github.plainjava.losses;

import static io.github.plainjava.losses.Cells.assertCell;
import static io.github.plainjava.losses.Cells.assertNaN;
import static io.github.plainjava.losses.Cells.assertTakesFactors;
import static java.lang.Double.MAX_VALUE;
import static java.lang.Double.MIN_VALUE;
import static java.lang.Double.NEGATIVE_INFINITY;
import static java.lang.Double.NaN;
import static java.lang.Double.POSITIVE_INFINITY;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Measurements;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactHuber;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import io.github.plainjava.losses.oracle.Ulps;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.junit.jupiter.api.Test;

class HuberTest extends LossFunctionContract implements SecondOrderContract {

    @Override
    public SecondOrderLoss loss() {
        return new Huber().withThreshold(1.5);
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactHuber.of(prediction, target, 1.5);
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
        return Arbitraries.oneOf(new Measurements.OfEveryLength().get(),
                        Rows.smallLengths().flatMap(n -> Measurements.aroundDistance(1.5, n)))
                .map(row -> new Row(row.prediction(), row.target()));
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(Doubles.between(-0.5, 0.5), n), Rows.of(Doubles.between(-0.5, 0.5), n)).as(Row::new));
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
    void aNaNOrEqualInfinitiesMakeAllOfItNaN() {
        SecondOrderLoss loss = loss();
        assertNaN(loss, new double[] {NaN, 1}, new double[] {0, 0});
        assertNaN(loss, new double[] {1, 1}, new double[] {0, NaN});
        assertNaN(loss, new double[] {NaN, POSITIVE_INFINITY}, new double[] {NaN, 0});
        assertNaN(loss, new double[] {POSITIVE_INFINITY, 1}, new double[] {POSITIVE_INFINITY, 0});
        assertNaN(loss, new double[] {0, NEGATIVE_INFINITY}, new double[] {0, NEGATIVE_INFINITY});
        assertNaN(loss, new double[] {MAX_VALUE, NaN}, new double[] {-MAX_VALUE, 0});
    }

    @Test
    void anInfiniteDifferenceIsBeyondTheThreshold() {
        SecondOrderLoss huber = new Huber().withThreshold(2);
        assertCell(huber, POSITIVE_INFINITY, 0, POSITIVE_INFINITY, 2, 0);
        assertCell(huber, 0, POSITIVE_INFINITY, POSITIVE_INFINITY, -2, 0);
        assertCell(huber, NEGATIVE_INFINITY, POSITIVE_INFINITY, POSITIVE_INFINITY, -2, 0);
        assertCell(huber, new double[] {1, NEGATIVE_INFINITY, 0, 5}, new double[] {0, 0, 0, 0},
                POSITIVE_INFINITY, new double[] {0.25, -0.5, 0, 0.5}, new double[] {0.25, 0, 0.25, 0});
    }

    @Test
    void onTheThresholdBothFormsAgreeAndTheSecondDerivativeIsStill1() {
        assertCell(new Huber(), 1, 0, 0.5, 1, 1);
        assertCell(new Huber(), -1, 0, 0.5, -1, 1);
        assertCell(new Huber(), Math.nextUp(1.0), 0, 0.5 + 0x1p-52, 1, 0);
        assertCell(new Huber(), 0, 0, 0, 0, 1);
        assertCell(new Huber(), -0.0, 0.0, 0, 0, 1);
        assertCell(new Huber(), MIN_VALUE, 0, 0, MIN_VALUE, 1);
    }

    @Test
    void onlyAMeanThatIsBeyondTheRangeIsInfinite() {
        assertCell(new Huber(), MAX_VALUE, -MAX_VALUE, POSITIVE_INFINITY, 1, 0);
        assertCell(new Huber(), new double[] {MAX_VALUE, 0.5}, new double[] {-MAX_VALUE, 0},
                MAX_VALUE, new double[] {0.5, 0.25}, new double[] {0, 0.5});
        assertCell(new Huber(), new double[] {-MAX_VALUE, MAX_VALUE}, new double[] {0, 0},
                MAX_VALUE, new double[] {-0.5, 0.5}, new double[] {0, 0});
        assertCell(new Huber().withThreshold(1e18), new double[] {MAX_VALUE, MAX_VALUE}, new double[] {MAX_VALUE, 0},
                POSITIVE_INFINITY, new double[] {0, 5e17}, new double[] {0.5, 0});
        assertCell(new Huber().withThreshold(0x1p-50), MAX_VALUE, -MAX_VALUE, 0x1p-49 * MAX_VALUE, 0x1p-50, 0);
    }

    /** Just below the threshold, the rounding of the difference alone may be 2 ulp of the value. */
    @Test
    void carriesWhatTheRoundingOfTheDifferenceTook() {
        double[] prediction = {1};
        double[] target = {-0x1p-53};
        for (double threshold = 1 - 0x1p-53; threshold > 1 - 0x1p-44; threshold -= 0x1p-51) {
            double value = new Huber().withThreshold(threshold).value(prediction, target);
            assertThat(Ulps.error(value, ExactHuber.of(prediction, target, threshold).value())).isLessThanOrEqualTo(0.51);
        }
    }

    @Test
    void takesThresholdsWithinTheLimits() {
        assertTakesFactors("threshold", new Huber()::withThreshold);
    }

    @Test
    void isEqualWhereItsThresholdIs() {
        assertThat(new Huber().withThreshold(3)).isEqualTo(new Huber().withThreshold(3)).isNotEqualTo(new Huber())
                .hasSameHashCodeAs(new Huber().withThreshold(3)).hasToString("Huber[threshold=3.0]");
        assertThat(new Huber().withThreshold(1)).isEqualTo(new Huber()).isNotEqualTo(new Huber().skippingMissing());
        assertThat(new Huber().skippingMissing().withThreshold(3)).hasToString("Huber[threshold=3.0, skippingMissing]")
                .isEqualTo(new Huber().withThreshold(3).skippingMissing());
    }
}
