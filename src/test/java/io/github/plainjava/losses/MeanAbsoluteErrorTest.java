package io.github.plainjava.losses;

import static io.github.plainjava.losses.Cells.assertCell;
import static io.github.plainjava.losses.Cells.assertNaN;
import static java.lang.Double.MAX_VALUE;
import static java.lang.Double.MIN_VALUE;
import static java.lang.Double.NEGATIVE_INFINITY;
import static java.lang.Double.NaN;
import static java.lang.Double.POSITIVE_INFINITY;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Measurements;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactMeanAbsoluteError;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.junit.jupiter.api.Test;

class MeanAbsoluteErrorTest extends LossFunctionContract implements SecondOrderContract {

    @Override
    public SecondOrderLoss loss() {
        return new MeanAbsoluteError();
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactMeanAbsoluteError.of(prediction, target);
    }

    @Override
    public double secondDerivativeUlps() {
        return 1;
    }

    @Override
    public boolean isConvex() {
        return true;
    }

    @Override
    Arbitrary<Row> rows() {
        return new Measurements.OfEveryLength().get().map(row -> new Row(row.prediction(), row.target()));
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(Doubles.between(-10, -6), n), Rows.of(Doubles.between(6, 10), n)).as(Row::new));
    }

    @Override
    double valueUlps() {
        return 2;
    }

    @Override
    double gradientUlps() {
        return 1;
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
    void anInfiniteDifferenceHasTheSlopeOfAnyOther() {
        SecondOrderLoss loss = new MeanAbsoluteError();
        assertCell(loss, POSITIVE_INFINITY, 0, POSITIVE_INFINITY, 1, 0);
        assertCell(loss, 0, POSITIVE_INFINITY, POSITIVE_INFINITY, -1, 0);
        assertCell(loss, new double[] {NEGATIVE_INFINITY, POSITIVE_INFINITY, 7, 7}, new double[] {0, 0, 7, 5},
                POSITIVE_INFINITY, new double[] {-0.25, 0.25, 0, 0.25}, new double[4]);
    }

    @Test
    void theSlopeIs1ForTheSmallestDifferenceAnd0WithoutOne() {
        SecondOrderLoss loss = new MeanAbsoluteError();
        assertCell(loss, MIN_VALUE, 0, MIN_VALUE, 1, 0);
        assertCell(loss, Double.MIN_NORMAL, Math.nextUp(Double.MIN_NORMAL), MIN_VALUE, -1, 0);
        assertCell(loss, 3, 3, 0, 0, 0);
        assertCell(loss, -0.0, 0.0, 0, 0, 0);
        assertCell(loss, Math.nextUp(1e300), 1e300, Math.ulp(1e300), 1, 0);
    }

    @Test
    void onlyAMeanThatIsBeyondTheRangeIsInfinite() {
        SecondOrderLoss loss = new MeanAbsoluteError();
        assertCell(loss, MAX_VALUE, -MAX_VALUE, POSITIVE_INFINITY, 1, 0);
        assertCell(loss, new double[] {MAX_VALUE, 0}, new double[] {-MAX_VALUE, 0},
                MAX_VALUE, new double[] {0.5, 0}, new double[2]);
        assertCell(loss, new double[] {-MAX_VALUE, MAX_VALUE, MAX_VALUE, MIN_VALUE}, new double[] {0, 0, MAX_VALUE, 0},
                MAX_VALUE / 2, new double[] {-0.25, 0.25, 0, 0.25}, new double[4]);
    }

    @Test
    void thereIsOneAlone() {
        assertThat(new MeanAbsoluteError()).isEqualTo(new MeanAbsoluteError()).hasToString("MeanAbsoluteError[]")
                .isNotEqualTo(new MeanAbsoluteError().skippingMissing());
    }
}
