package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.plainjava.losses.generators.Rows;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneHotTest {

    @Test
    void encodesALabel() {
        Bits.assertSame(OneHot.encode(0, 3), new double[] {1, 0, 0});
        Bits.assertSame(OneHot.encode(2, 3), new double[] {0, 0, 1});
        Bits.assertSame(OneHot.encode(0, 1), new double[] {1});
    }

    @Test
    void encodesLabelsEndToEnd() {
        Bits.assertSame(OneHot.encode(new int[] {1, 0, 1}, 2), new double[] {0, 1, 1, 0, 0, 1});
        Bits.assertSame(OneHot.encode(new int[0], 2), new double[0]);
    }

    @Test
    void decodesTheFirstLargest() {
        assertThat(OneHot.decode(new double[] {0, 3, 3, 1})).isOne();
        assertThat(OneHot.decode(new double[] {-5, -4})).isOne();
        assertThat(OneHot.decode(new double[] {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY})).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aNaNIsNotDecodedWhereverItStands(int at) {
        double[] row = {1, 3, 2};
        row[at] = Double.NaN;
        assertThatThrownBy(() -> OneHot.decode(row)).isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("row[" + at + "] = NaN is not comparable");
    }

    @Property(tries = 200)
    void decodingUndoesEncoding(@ForAll("lengths") int classes, @ForAll int seed) {
        int label = Math.floorMod(seed, classes);
        assertThat(OneHot.decode(OneHot.encode(label, classes))).isEqualTo(label);
    }

    @Property(tries = 200)
    void rowsEndToEndAreTheLabelsOneByOne(@ForAll("labels") int[] labels) {
        double[] rows = OneHot.encode(labels, 7);
        for (int i = 0; i < labels.length; i++) {
            Bits.assertSame(Arrays.copyOfRange(rows, 7 * i, 7 * i + 7), OneHot.encode(labels[i], 7));
        }
    }

    @Provide
    Arbitrary<Integer> lengths() {
        return Rows.lengths();
    }

    @Provide
    Arbitrary<int[]> labels() {
        return Arbitraries.integers().between(0, 6).array(int[].class).ofMaxSize(50);
    }

    @Test
    void rowsThatAreTooManyForAnArrayAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> OneHot.encode(new int[100_000], 100_000))
                .withMessage("100000 rows of 100000 are too many for an array");
    }
}
