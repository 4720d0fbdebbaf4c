package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangeTest {

    @ParameterizedTest
    @CsvSource({
        "0, 1", "0, 0", "0, 0x1p-1074", "0, 0x1.fffffffffffffp1023", "0x1p-600, 0x1p200", "0x1p-1074, 0x1p-1022",
        "1, 2", "3, 3", "0x1p-1022, Infinity"
    })
    void holdsItsEndsAndWhatIsBetweenThem(double low, double high) {
        Range range = new Range(low, high);
        for (double x : new double[] {0, Double.MIN_VALUE, Double.MIN_NORMAL, 0x1p-700, 0x1p-600, 0.5, 1, 1.5, 2, 3,
            0x1p200, 0x1p300, 1e300, Double.MAX_VALUE, Double.POSITIVE_INFINITY, low, high}) {
            for (double y : new double[] {x, Math.nextUp(x), Math.nextDown(x), -x}) {
                boolean isNegativeZero = y == 0 && 1 / y < 0;
                assertThat(range.contains(y)).as("%s", y).isEqualTo(y >= low && y <= high && !isNegativeZero);
            }
        }
        assertThat(range.contains(Double.NaN)).isFalse();
        assertThat(range.contains(Double.longBitsToDouble(-1L))).as("a NaN with a sign").isFalse();
        assertThat(range.contains(Double.longBitsToDouble(0x7fffffffffffffffL))).as("the last NaN").isFalse();
    }
}
