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
import io.github.plainjava.losses.oracle.ExactLogCosh;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.junit.jupiter.api.Test;

class LogCoshTest extends LossFunctionContract implements SecondOrderContract {

    @Override
    public SecondOrderLoss loss() {
        return new LogCosh();
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactLogCosh.of(prediction, target);
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
                        Rows.smallLengths().flatMap(n -> Measurements.aroundDistance(1, n)))
                .map(row -> new Row(row.prediction(), row.target()));
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(Doubles.between(-10, 10), n), Rows.of(Doubles.between(-10, 10), n)).as(Row::new));
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
    void anInfiniteDifferenceIsOnTheStraightLine() {
        assertCell(new LogCosh(), POSITIVE_INFINITY, 0, POSITIVE_INFINITY, 1, 0);
        assertCell(new LogCosh(), 0, POSITIVE_INFINITY, POSITIVE_INFINITY, -1, 0);
        assertCell(new LogCosh(), NEGATIVE_INFINITY, POSITIVE_INFINITY, POSITIVE_INFINITY, -1, 0);
        assertCell(new LogCosh(), new double[] {0, NEGATIVE_INFINITY}, new double[] {0, 0},
                POSITIVE_INFINITY, new double[] {0, -0.5}, new double[] {0.5, 0});
    }

    @Test
    void isHalfTheSquareOfATinyDifference() {
        assertCell(new LogCosh(), 0, 0, 0, 0, 1);
        assertCell(new LogCosh(), 0.0, -0.0, 0, 0, 1);
        assertCell(new LogCosh(), MIN_VALUE, 0, 0, MIN_VALUE, 1);
        assertCell(new LogCosh(), 0, 0x1p-30, 0x1p-61, -0x1p-30, 1);
        assertCell(new LogCosh(), 0x1p-500, 0, 0x1p-1001, 0x1p-500, 1);
    }

    @Test
    void onlyAMeanThatIsBeyondTheRangeIsInfinite() {
        assertCell(new LogCosh(), MAX_VALUE, -MAX_VALUE, POSITIVE_INFINITY, 1, 0);
        assertCell(new LogCosh(), new double[] {MAX_VALUE, 0}, new double[] {-MAX_VALUE, 0},
                MAX_VALUE, new double[] {0.5, 0}, new double[] {0, 0.5});
        assertCell(new LogCosh(), new double[] {-MAX_VALUE, MAX_VALUE, 0x1p-20, 0}, new double[] {0, 0, 0, MAX_VALUE},
                0.75 * MAX_VALUE, new double[] {-0.25, 0.25, 0x1p-22 * (1 - 0x1p-40 / 3), -0.25},
                new double[] {0, 0, 0.25 * (1 - 0x1p-40), 0});
    }

    @Test
    void thereIsOneAlone() {
        assertThat(new LogCosh()).isEqualTo(new LogCosh()).hasToString("LogCosh[]")
                .isNotEqualTo(new LogCosh().skippingMissing());
        assertThat(new LogCosh().skippingMissing()).hasToString("LogCosh[skippingMissing]");
    }
}
