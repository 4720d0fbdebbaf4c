package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.plainjava.losses.generators.AnyOptions;
import io.github.plainjava.losses.generators.LogitRows;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The functions of many rows at once: to the bit what the rows give one by one, and nothing written on an error. */
@PropertyDefaults(tries = 200, edgeCases = EdgeCasesMode.NONE)
class RowsAtOnceTest {

    /** A function of rows laid end to end into an array: of as many numbers, or of one a row. */
    private interface OfRows {
        void compute(double[] logits, int columns, double[] into);
    }

    private interface OfFloats {
        void compute(float[] logits, int columns, float[] into);
    }

    @Property
    void softmaxIsThatOfEachRow(@ForAll(supplier = LogitRows.Any.class) LogitRows rows) {
        assertEachRow(rows, Softmax::softmax, Softmax::softmax);
    }

    @Property
    void logSoftmaxIsThatOfEachRow(@ForAll(supplier = LogitRows.Any.class) LogitRows rows) {
        assertEachRow(rows, Softmax::logSoftmax, Softmax::logSoftmax);
    }

    @Property
    void probabilitiesAreThoseOfEachRow(
            @ForAll(supplier = LogitRows.Any.class) LogitRows rows,
            @ForAll(supplier = AnyOptions.Temperatures.class) double temperature) {
        Softmax softmax = new Softmax().withTemperature(temperature);
        assertEachRow(rows, softmax::probabilities, softmax::probabilities);
        for (int r = 0; r < Math.min(3, rows.count()); r++) {
            double[] inPlace = rows.row(r);
            softmax.probabilities(inPlace, inPlace);
            Bits.assertSame(inPlace, softmax.probabilities(rows.row(r)));
        }
    }

    @Property
    void logSumExpIsThatOfEachRow(@ForAll(supplier = LogitRows.Any.class) LogitRows rows) {
        assertOneOfEachRow(rows, Softmax::logSumExp, Softmax::logSumExp);
    }

    @Property
    void entropyIsThatOfEachRow(@ForAll(supplier = LogitRows.Any.class) LogitRows rows) {
        assertOneOfEachRow(rows, Softmax::entropy, Softmax::entropy);
    }

    @Property
    void floatsAreComputedInDoubleAndRoundedOnce(
            @ForAll(supplier = LogitRows.Any.class) LogitRows rows,
            @ForAll(supplier = AnyOptions.Temperatures.class) double temperature) {
        Softmax softmax = new Softmax().withTemperature(temperature);
        assertRounded(rows, Softmax::softmax, Softmax::softmax);
        assertRounded(rows, Softmax::logSoftmax, Softmax::logSoftmax);
        assertRounded(rows, softmax::probabilities, softmax::probabilities);
        float[] perRow = new float[rows.count()];
        double[] ofDoubles = new double[rows.count()];
        Softmax.logSumExp(floats(rows.logits()), rows.columns(), perRow);
        Softmax.logSumExp(doubles(floats(rows.logits())), rows.columns(), ofDoubles);
        assertSame(perRow, floats(ofDoubles));
    }

    private static void assertRounded(LogitRows rows, OfFloats ofFloats, OfRows ofDoubles) {
        float[] logits = floats(rows.logits());
        float[] into = new float[logits.length];
        ofFloats.compute(logits, rows.columns(), into);
        assertSame(logits, floats(rows.logits()));
        double[] expected = new double[logits.length];
        ofDoubles.compute(doubles(logits), rows.columns(), expected);
        assertSame(into, floats(expected));
        ofFloats.compute(logits, rows.columns(), logits);
        assertSame(logits, into);
    }

    /** To the bit; -0.0F is expected nowhere. */
    private static void assertSame(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat(Float.floatToIntBits(actual[i])).as("entry %d, %s, expected %s", i, actual[i], expected[i])
                    .isEqualTo(Float.floatToIntBits(expected[i]));
        }
    }

    @Test
    void noFloatIsNegativeZero() {
        float[] logits = {200, 0};
        Softmax.logSoftmax(logits, 2, logits);
        assertSame(logits, new float[] {0.0F, -200});
        float[] one = {-0.0F};
        Softmax.logSumExp(one, 1, one);
        assertSame(one, new float[] {0.0F});
    }

    @Test
    void whatIsBeyondTheFloatsIsInfinite() {
        float[] logits = {Float.MAX_VALUE, -Float.MAX_VALUE};
        Softmax.logSoftmax(logits, 2, logits);
        assertSame(logits, new float[] {0, Float.NEGATIVE_INFINITY});
    }

    /** A copy in doubles would be 12.8 MB, and a copy of the results as much. */
    @Test
    void floatsOfLongRowsTakeDoublesForOneRowOnly() {
        com.sun.management.ThreadMXBean memory =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        float[] logits = new float[32 * 50_000];
        Softmax.softmax(logits, 50_000, logits);
        long before = memory.getCurrentThreadAllocatedBytes();
        Softmax.softmax(logits, 50_000, logits);
        assertThat(memory.getCurrentThreadAllocatedBytes() - before).isLessThan(1_000_000);
    }

    @Property
    void decodingIsThatOfEachRow(@ForAll(supplier = LogitRows.Any.class) LogitRows rows) {
        double[] comparable = Arrays.stream(rows.logits()).map(x -> Double.isNaN(x) ? 0 : x).toArray();
        int[] labels = OneHot.decode(comparable, rows.columns());
        assertThat(labels).hasSize(rows.count());
        for (int r = 0; r < labels.length; r++) {
            double[] row = Arrays.copyOfRange(comparable, r * rows.columns(), (r + 1) * rows.columns());
            assertThat(labels[r]).isEqualTo(OneHot.decode(row));
        }
        float[] floats = floats(comparable);
        int[] ofFloats = OneHot.decode(floats, rows.columns());
        assertThat(ofFloats).isEqualTo(OneHot.decode(doubles(floats), rows.columns()));
        for (int r = 0; r < labels.length; r++) {
            float[] row = Arrays.copyOfRange(floats, r * rows.columns(), (r + 1) * rows.columns());
            assertThat(ofFloats[r]).isEqualTo(OneHot.decode(row));
        }
    }

    /** Rounded to the nearest, with 0 for -0.0. */
    private static float[] floats(double[] x) {
        float[] floats = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            float rounded = (float) x[i];
            floats[i] = rounded == 0 ? 0 : rounded;
        }
        return floats;
    }

    private static double[] doubles(float[] x) {
        double[] doubles = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            doubles[i] = x[i];
        }
        return doubles;
    }

    private static void assertEachRow(LogitRows rows, OfRows atOnce, UnaryOperator<double[]> one) {
        double[] logits = rows.logits().clone();
        double[] into = new double[logits.length];
        atOnce.compute(logits, rows.columns(), into);
        Bits.assertSame(logits, rows.logits());
        Bits.assertNoNegativeZero(into);
        atOnce.compute(logits, rows.columns(), logits);
        Bits.assertSame(logits, into);
        for (int r = 0; r < rows.count(); r++) {
            double[] ofRow = Arrays.copyOfRange(into, r * rows.columns(), (r + 1) * rows.columns());
            Bits.assertSame(ofRow, one.apply(rows.row(r)));
        }
    }

    private static void assertOneOfEachRow(LogitRows rows, OfRows atOnce, ToDoubleFunction<double[]> one) {
        double[] logits = rows.logits().clone();
        double[] perRow = new double[rows.count()];
        atOnce.compute(logits, rows.columns(), perRow);
        Bits.assertSame(logits, rows.logits());
        Bits.assertNoNegativeZero(perRow);
        for (int r = 0; r < rows.count(); r++) {
            Bits.assertSame(perRow[r], one.applyAsDouble(rows.row(r)));
        }
        if (rows.columns() == 1) {
            atOnce.compute(logits, 1, logits);
            Bits.assertSame(logits, perRow);
        }
    }

    @Test
    void aNaNIsNotDecodedAndItsRowAndColumnAreNamed() {
        double[] rows = {1, 2, 3, 4, Double.NaN, 6};
        assertRefused("row 1: row[1] = NaN is not comparable", () -> OneHot.decode(rows, 3));
        assertRefused("row 4: row[0] = NaN is not comparable", () -> OneHot.decode(rows, 1));
        assertRefused("row 0: row[4] = NaN is not comparable", () -> OneHot.decode(rows, 6));
        assertRefused("row 1: row[1] = NaN is not comparable", () -> OneHot.decode(floats(rows), 3));
        assertRefused("row[4] = NaN is not comparable", () -> OneHot.decode(floats(rows)));
        assertRefused("row is empty", () -> OneHot.decode(new float[0]));
    }

    @Test
    void ofEqualValuesTheFirstIsDecoded() {
        assertThat(OneHot.decode(new double[] {1, 3, 3, 0, -0.0, 0}, 3)).containsExactly(1, 0);
        assertThat(OneHot.decode(new double[0], 3)).isEmpty();
        assertThat(OneHot.decode(new float[] {1, 3, 3, 0, -0.0F, 0}, 3)).containsExactly(1, 0);
    }

    @Test
    void arraysThatAreNoRowsAreRefused() {
        double[] logits = new double[6];
        for (OfRows function : new OfRows[] {
            Softmax::softmax, Softmax::logSoftmax, Softmax::logSumExp, Softmax::entropy, new Softmax()::probabilities,
            (rows, columns, into) -> OneHot.decode(rows, columns)
        }) {
            assertRefused("columns = 0 is less than 1", () -> function.compute(logits, 0, logits));
            assertRefused("columns = -3 is less than 1", () -> function.compute(logits, -3, logits));
        }
        assertRefused("logits have 6 values, not a whole number of rows of 4", () -> Softmax.softmax(logits, 4, logits));
        assertRefused("logits have 6 values, not a whole number of rows of 4", () -> Softmax.logSumExp(logits, 4, logits));
        assertRefused("logits have 6 values, not a whole number of rows of 4",
                () -> Softmax.softmax(new float[6], 4, new float[6]));
        assertRefused("columns = 0 is less than 1", () -> Softmax.logSumExp(new float[6], 0, new float[6]));
        assertRefused("rows have 6 values, not a whole number of rows of 4", () -> OneHot.decode(logits, 4));
        assertRefused("rows have 6 values, not a whole number of rows of 4", () -> OneHot.decode(new float[6], 4));
    }

    @Test
    void anArrayOfAnotherLengthIsRefusedAndNothingWritten() {
        double[] logits = {1, 2, 3, 4, 5, 6};
        double[] into = new double[5];
        assertRefused("probabilities have 5 values, logits have 6", () -> Softmax.softmax(logits, 3, into));
        assertRefused("probabilities have 5 values, logits have 6", () -> new Softmax().probabilities(logits, 3, into));
        assertRefused("logProbabilities have 5 values, logits have 6", () -> Softmax.logSoftmax(logits, 3, into));
        assertRefused("perRow has 5 values, logits have 2 rows", () -> Softmax.logSumExp(logits, 3, into));
        assertRefused("perRow has 5 values, logits have 2 rows", () -> Softmax.entropy(logits, 3, into));
        float[] floats = floats(logits);
        float[] ofFloats = new float[5];
        assertRefused("probabilities have 5 values, logits have 6", () -> Softmax.softmax(floats, 3, ofFloats));
        assertRefused("probabilities have 5 values, logits have 6",
                () -> new Softmax().probabilities(floats, 3, ofFloats));
        assertRefused("logProbabilities have 5 values, logits have 6", () -> Softmax.logSoftmax(floats, 3, ofFloats));
        assertRefused("perRow has 5 values, logits have 2 rows", () -> Softmax.logSumExp(floats, 3, ofFloats));
        assertThat(ofFloats).containsOnly(0);
        assertThat(into).containsOnly(0);
    }

    @Test
    void nullIsRefusedByName() {
        double[] logits = new double[6];
        assertNull("logits", () -> Softmax.softmax((double[]) null, 3, logits));
        assertNull("logits", () -> Softmax.logSumExp((double[]) null, 3, logits));
        assertNull("logits", () -> new Softmax().probabilities((double[]) null, 3, logits));
        assertNull("probabilities", () -> Softmax.softmax(logits, 3, null));
        assertNull("probabilities", () -> new Softmax().probabilities(logits, 3, null));
        assertNull("logProbabilities", () -> Softmax.logSoftmax(logits, 3, null));
        assertNull("perRow", () -> Softmax.logSumExp(logits, 3, null));
        float[] floats = new float[6];
        assertNull("logits", () -> Softmax.softmax((float[]) null, 3, floats));
        assertNull("logits", () -> Softmax.logSumExp((float[]) null, 3, floats));
        assertNull("probabilities", () -> Softmax.softmax(floats, 3, null));
        assertNull("probabilities", () -> new Softmax().probabilities(floats, 3, null));
        assertNull("logProbabilities", () -> Softmax.logSoftmax(floats, 3, null));
        assertNull("perRow", () -> Softmax.logSumExp(floats, 3, null));
        assertNull("rows", () -> OneHot.decode((double[]) null, 3));
        assertNull("rows", () -> OneHot.decode((float[]) null, 3));
        assertNull("row", () -> OneHot.decode((float[]) null));
    }

    private static void assertRefused(String message, ThrowingCallable call) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
    }

    private static void assertNull(String name, ThrowingCallable call) {
        assertThatNullPointerException().isThrownBy(call).withMessage(name);
    }
}
