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
import io.github.plainjava.losses.oracle.ExactPseudoHuber;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.junit.jupiter.api.Test;

class PseudoHuberTest extends LossFunctionContract implements SecondOrderContract {

    @Override
    public SecondOrderLoss loss() {
        return new PseudoHuber().withScale(1.5);
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactPseudoHuber.of(prediction, target, 1.5);
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
        SecondOrderLoss loss = new PseudoHuber().withScale(2);
        assertCell(loss, POSITIVE_INFINITY, 0, POSITIVE_INFINITY, 2, 0);
        assertCell(loss, 0, POSITIVE_INFINITY, POSITIVE_INFINITY, -2, 0);
        assertCell(loss, POSITIVE_INFINITY, NEGATIVE_INFINITY, POSITIVE_INFINITY, 2, 0);
        assertCell(new PseudoHuber().withScale(3), new double[] {4, NEGATIVE_INFINITY}, new double[] {0, 0},
                POSITIVE_INFINITY, new double[] {1.2, -1.5}, new double[] {0.108, 0});
    }

    /** Of the triangle with sides 3, 4 and 5. */
    @Test
    void isRationalWhereTheRootIs() {
        assertCell(new PseudoHuber().withScale(3), 4, 0, 6, 2.4, 0.216);
        assertCell(new PseudoHuber().withScale(0.75), 0, 1, 0.375, -0.6, 0.216);
        assertCell(new PseudoHuber(), 0, 0, 0, 0, 1);
        assertCell(new PseudoHuber(), 0.0, -0.0, 0, 0, 1);
        assertCell(new PseudoHuber(), MIN_VALUE, 0, 0, MIN_VALUE, 1);
    }

    @Test
    void onlyAMeanThatIsBeyondTheRangeIsInfinite() {
        assertCell(new PseudoHuber(), MAX_VALUE, -MAX_VALUE, POSITIVE_INFINITY, 1, 0);
        assertCell(new PseudoHuber(), new double[] {MAX_VALUE, 0}, new double[] {-MAX_VALUE, 0},
                MAX_VALUE, new double[] {0.5, 0}, new double[] {0, 0.5});
        assertCell(new PseudoHuber(), new double[] {-MAX_VALUE, MAX_VALUE}, new double[] {0, 0},
                MAX_VALUE, new double[] {-0.5, 0.5}, new double[] {0, 0});
        assertCell(new PseudoHuber().withScale(0x1p-50), MAX_VALUE, -MAX_VALUE, 0x1p-49 * MAX_VALUE, 0x1p-50, 0);
        assertCell(new PseudoHuber().withScale(0x1p59), new double[] {MAX_VALUE, 0}, new double[] {-MAX_VALUE, 0},
                POSITIVE_INFINITY, new double[] {0x1p58, 0}, new double[] {0, 0.5});
    }

    @Test
    void takesScalesWithinTheLimits() {
        assertTakesFactors("scale", new PseudoHuber()::withScale);
    }

    @Test
    void isEqualWhereItsScaleIs() {
        assertThat(new PseudoHuber().withScale(3)).isEqualTo(new PseudoHuber().withScale(3))
                .isNotEqualTo(new PseudoHuber()).hasToString("PseudoHuber[scale=3.0]");
        assertThat(new PseudoHuber().skippingMissing().withScale(3))
                .isEqualTo(new PseudoHuber().withScale(3).skippingMissing())
                .hasToString("PseudoHuber[scale=3.0, skippingMissing]");
    }
}
