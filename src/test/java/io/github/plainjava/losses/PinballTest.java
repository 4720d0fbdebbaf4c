package io.github.plainjava.losses;

import static io.github.plainjava.losses.Cells.assertCell;
import static io.github.plainjava.losses.Cells.assertNaN;
import static java.lang.Double.MAX_VALUE;
import static java.lang.Double.MIN_VALUE;
import static java.lang.Double.NEGATIVE_INFINITY;
import static java.lang.Double.NaN;
import static java.lang.Double.POSITIVE_INFINITY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Measurements;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactPinball;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinballTest extends LossFunctionContract implements SecondOrderContract {

    @Override
    public SecondOrderLoss loss() {
        return new Pinball(0.9);
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactPinball.of(prediction, target, 0.9);
    }

    @Override
    public double secondDerivativeUlps() {
        return 2;
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
        return 2;
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
        SecondOrderLoss loss = new Pinball(0.25);
        assertCell(loss, POSITIVE_INFINITY, 0, POSITIVE_INFINITY, 0.75, 0);
        assertCell(loss, 0, POSITIVE_INFINITY, POSITIVE_INFINITY, -0.25, 0);
        assertCell(loss, new double[] {NEGATIVE_INFINITY, POSITIVE_INFINITY, 7, 7}, new double[] {0, 0, 7, 5},
                POSITIVE_INFINITY, new double[] {-0.0625, 0.1875, 0, 0.1875}, new double[4]);
    }

    @Test
    void eachColumnHasItsLevel() {
        Pinball loss = new Pinball(0.25, 0.5, 0.75);
        assertCell(loss, new double[] {1, 2, 8}, new double[] {4, 4, 4},
                (0.75 + 1 + 1) / 3, new double[] {-0.25 / 3, -0.5 / 3, 0.25 / 3}, new double[3]);
        double[] gradient = new double[6];
        double[] predictions = {1, 2, 8, 8, 2, 1};
        Bits.assertSame(Batch.of(loss, 3).summed().valueAndGradient(
                predictions, new double[] {4, 4, 4, 4, 4, 4}, gradient), (2.75 + 3 + 1 + 2.25) / 3);
        Bits.assertSame(gradient,
                new double[] {-0.25 / 3, -0.5 / 3, 0.25 / 3, 0.75 / 3, -0.5 / 3, -0.75 / 3});
    }

    @Test
    void atATieTheSlopeIs0AndNextToItThatOfItsSide() {
        SecondOrderLoss loss = new Pinball(0.25);
        assertCell(loss, 4 * MIN_VALUE, 0, 3 * MIN_VALUE, 0.75, 0);
        assertCell(loss, Double.MIN_NORMAL, Double.MIN_NORMAL + 4 * MIN_VALUE, MIN_VALUE, -0.25, 0);
        assertCell(loss, 3, 3, 0, 0, 0);
        assertCell(loss, -0.0, 0.0, 0, 0, 0);
    }

    @Test
    void onlyAMeanThatIsBeyondTheRangeIsInfinite() {
        assertCell(new Pinball(0.25), MAX_VALUE, -MAX_VALUE, POSITIVE_INFINITY, 0.75, 0);
        assertCell(new Pinball(0.25), -MAX_VALUE, MAX_VALUE, MAX_VALUE / 2, -0.25, 0);
        assertCell(new Pinball(0.25), new double[] {MAX_VALUE, 0}, new double[] {-MAX_VALUE, 0},
                0.75 * MAX_VALUE, new double[] {0.375, 0}, new double[2]);
    }

    /** Also where the difference is beyond the double range. */
    @Test
    void levelsMayBeNextTo0And1() {
        assertCell(new Pinball(MIN_VALUE), -MAX_VALUE, MAX_VALUE, (2 - 0x1p-52) * 0x1p-50, -MIN_VALUE, 0);
        assertCell(new Pinball(3 * MIN_VALUE), -0x1p1023, 0x1p1023, 3 * 0x1p-50, -3 * MIN_VALUE, 0);
        assertCell(new Pinball(MIN_VALUE), 3, 1, 2, 1, 0);
        assertCell(new Pinball(1 - 0x1p-53), MAX_VALUE, -MAX_VALUE, MAX_VALUE * 0x1p-52, 0x1p-53, 0);
        assertCell(new Pinball(1 - 0x1p-53), 1, 3, 2 - 0x1p-52, 0x1p-53 - 1, 0);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.0, 1, -0.5, 1.5, NaN, POSITIVE_INFINITY, NEGATIVE_INFINITY})
    void levelsAreStrictlyBetween0And1(double level) {
        assertRefused("levels[0] = " + level + " is not strictly between 0 and 1", () -> new Pinball(level));
        assertRefused("levels[2] = " + level + " is not strictly between 0 and 1", () -> new Pinball(0.1, 0.5, level));
    }

    @Test
    void thereAreAsManyLevelsAsColumnsOrOne() {
        Pinball loss = new Pinball(0.25, 0.75);
        assertRefused("levels are empty", Pinball::new);
        assertThatThrownBy(() -> new Pinball((double[]) null))
                .isExactlyInstanceOf(NullPointerException.class).hasMessage("levels");
        assertRefused("levels have 2 values, prediction has 3", () -> loss.value(new double[3], new double[3]));
        assertRefused("levels have 2 values, prediction has 1", () -> loss.gradient(new double[1], new double[1]));
        assertRefused("levels have 2 values, target has 3", () -> loss.weight(new double[3]));
        assertRefused("levels have 2 values, a row has 3 columns", () -> Batch.of(loss, 3));
        assertThat(Batch.of(loss, 2).value(new double[4], new double[4])).isZero();
    }

    private static void assertRefused(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isExactlyInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void isEqualWhereItsLevelsAreAndKeepsThemFromChange() {
        double[] levels = {0.25, 0.75};
        Pinball loss = new Pinball(levels);
        levels[0] = 0.5;
        assertThat(loss).isEqualTo(new Pinball(0.25, 0.75)).isNotEqualTo(new Pinball(levels))
                .hasSameHashCodeAs(new Pinball(0.25, 0.75)).hasToString("Pinball[levels=[0.25, 0.75]]");
        assertThat(loss.skippingMissing()).hasToString("Pinball[levels=[0.25, 0.75], skippingMissing]");
    }
}
