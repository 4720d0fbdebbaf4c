package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Assertions about doubles to the bit, where 0.0 and -0.0 differ and all NaNs are one. */
public final class Bits {

    private Bits() {
    }

    public static void assertSame(double actual, double expected) {
        assertThat(Double.doubleToLongBits(actual))
                .as("bits of %s, expected those of %s", actual, expected)
                .isEqualTo(Double.doubleToLongBits(expected));
    }

    public static void assertSame(double[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat(Double.doubleToLongBits(actual[i]))
                    .as("bits of entry %d, %s, expected those of %s", i, actual[i], expected[i])
                    .isEqualTo(Double.doubleToLongBits(expected[i]));
        }
    }

    public static void assertNoNegativeZero(double... numbers) {
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] == 0 && 1 / numbers[i] < 0) {
                throw new AssertionError("-0.0 at " + i + " of " + numbers.length);
            }
        }
    }

    public static void assertAllNaN(double... numbers) {
        for (int i = 0; i < numbers.length; i++) {
            assertThat(numbers[i]).as("entry %d", i).isNaN();
        }
    }

    /**
     * The places of a row that differ from all earlier ones in one of the columns, to the bit. In a long row made of
     * few values, what holds at these places holds everywhere.
     */
    public static int[] distinctPlaces(double[]... columns) {
        Set<List<Long>> seen = new HashSet<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < columns[0].length; i++) {
            int place = i;
            if (seen.add(Arrays.stream(columns).map(c -> Double.doubleToRawLongBits(c[place])).toList())) {
                places.add(i);
            }
        }
        return places.stream().mapToInt(Integer::intValue).toArray();
    }
}
