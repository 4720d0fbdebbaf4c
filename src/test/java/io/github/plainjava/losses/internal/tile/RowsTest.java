package io.github.plainjava.losses.internal.tile;

import static io.github.plainjava.losses.internal.math.ExactPairs.assertWithin;
import static io.github.plainjava.losses.internal.math.ExactPairs.exact;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.Bits;
import io.github.plainjava.losses.internal.math.Log;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.oracle.ExactInformation;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where numbers lie, and that a row has the same bits side by side with others and alone. */
class RowsTest {

    private final SplittableRandom random = new SplittableRandom(1);
    private final Rows rows = Rows.take();
    private final Tile w = rows.tile;

    @AfterEach
    void giveBack() {
        rows.giveBack();
    }

    /** So many rows of a batch of which others do not count. */
    private void begin(int columns, int count) {
        rows.columns = columns;
        int number = 0;
        for (int r = 0; r < count; r++) {
            number += random.nextInt(3) + (r == 0 ? 0 : 1);
            w.number[r] = number;
            w.from[r] = w.number[r] * columns;
        }
        rows.predictions = random.doubles((long) (number + 2) * columns, -1, 1).toArray();
        rows.begin(count);
    }

    private static final String GEOMETRIES = """
            1, 1
            1, 2
            1, 256
            2, 127
            4, 255
            3, 5
            10, 64
            10, 50
            10, 1
            31, 32
            32, 17
            32, 1
            33, 2
            100, 8
            100, 1
            128, 5
            129, 1
            1023, 1
            1024, 1
            1025, 1
            2048, 1
            2049, 1
            4999, 1
            5000, 1
            """;

    @ParameterizedTest
    @CsvSource(textBlock = GEOMETRIES)
    void loadAndStoreAreInverse(int columns, int count) {
        begin(columns, count);
        double[] expected = new double[rows.predictions.length];
        Arrays.fill(expected, 7);
        double[] actual = expected.clone();
        for (int r = 0; r < count; r++) {
            System.arraycopy(rows.predictions, rows.from(r), expected, w.number[r] * columns, columns);
        }
        double[] tile = new double[Tile.SIZE];
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            Arrays.fill(tile, Double.NaN);
            rows.load(rows.predictions, tile);
            rows.store(tile, actual);
        }
        Bits.assertSame(actual, expected);
    }

    @ParameterizedTest
    @CsvSource(textBlock = GEOMETRIES)
    void everyNumberHasOnePlaceAndEveryPlaceOneNumber(int columns, int count) {
        begin(columns, count);
        boolean[][] seen = new boolean[count][columns];
        double[] shared = random.doubles(columns).toArray();
        double[] tile = new double[Tile.SIZE];
        double[] columnTile = new double[Tile.SIZE];
        int pieces = 0;
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            pieces++;
            rows.load(rows.predictions, tile);
            rows.loadColumns(shared, columnTile);
            assertThat(rows.size).isBetween(1, Tile.SIZE);
            for (int i = 0; i < rows.size; i++) {
                int r = rows.rowAt(i);
                int c = rows.columnAt(i);
                if (r >= count) { // a lane that is left over
                    Bits.assertSame(tile[i], rows.predictions[rows.from(0) + c]);
                    continue;
                }
                assertThat(seen[r][c]).isFalse();
                seen[r][c] = true;
                assertThat(rows.place(r, c)).isEqualTo(i);
                Bits.assertSame(tile[i], rows.predictions[rows.from(r) + c]);
                Bits.assertSame(columnTile[i], shared[c]);
            }
            for (int c = 0; count == 1 && c < columns; c++) {
                assertThat(rows.place(0, c) >= 0).as("column %s", c).isEqualTo(
                        c >= rows.columnAt(0) && c < rows.columnAt(0) + rows.size);
            }
        }
        int piece = Tile.SIZE / 4;
        assertThat(pieces).isEqualTo(columns <= Tile.SIZE ? 1 : (columns + piece - 1) / piece);
        for (boolean[] row : seen) {
            assertThat(row).doesNotContain(false);
        }
        assertThat(rows.areSideBySide()).isEqualTo(count > 1);
        assertThat(rows.goInPieces()).isEqualTo(columns > Tile.SIZE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 128, 129, 256, 257, 511, 1024, 1025, 3000})
    void longRowsGoInPiecesWhereTheyAreToldTo(int columns) {
        begin(columns, 1);
        rows.splitLong();
        int piece = Tile.SIZE / 4;
        int pieces = 0;
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            assertThat(rows.size).isEqualTo(Math.min(piece, columns - pieces * piece));
            pieces++;
            rows.load(rows.predictions, w.e.head);
            Arrays.fill(w.e.tail, 0, rows.size, 0x1p-80);
            rows.addUp(w.e, w.rest);
        }
        assertThat(pieces).isEqualTo((columns + piece - 1) / piece);
        assertThat(rows.goInPieces()).isEqualTo(pieces > 1);
        BigDecimal exact = exact(0x1p-80).multiply(BigDecimal.valueOf(columns));
        BigDecimal size = exact;
        for (int i = rows.from(0); i < rows.from(0) + columns; i++) {
            exact = exact.add(exact(rows.predictions[i]));
            size = size.add(exact(rows.predictions[i]).abs());
        }
        assertWithin(w.rest.get(0), exact, size.multiply(exact(0x1p-98)));
    }

    @Test
    void aRowAloneIsABatchOfOne() {
        double[] prediction = {1, 2, 3};
        double[] target = {0, 1, 0};
        double[] gradient = new double[3];
        rows.beginAlone(prediction, target, -1, gradient);
        assertThat(rows.predictions).isSameAs(prediction);
        assertThat(rows.targets).isSameAs(target);
        assertThat(rows.labels).isNull();
        assertThat(rows.gradient).isSameAs(gradient);
        assertThat(rows.columns).isEqualTo(3);
        assertThat(rows.count).isEqualTo(1);
        assertThat(rows.size).isEqualTo(3);
        assertThat(rows.from(0)).isZero();
        assertThat(w.scale.get(0)).isEqualTo(Pair.ONE);
        rows.beginAlone(prediction, null, 2, null);
        assertThat(rows.labels).containsExactly(2);
        assertThat(rows.targets).isNull();
        assertThat(rows.gradient).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 20, 1", "1, 21, 256", "1, 1000000, 256", "2, 10, 1", "2, 11, 256", "4, 6, 256", "5, 5, 128", "8, 13, 128",
        "9, 12, 64", "10, 2, 1", "10, 3, 64", "32, 4, 32", "33, 1000, 16", "128, 1000, 8", "129, 1000, 1", "5000, 1000000, 1",
        "32, 2147483647, 32", "31, 1, 32"
    })
    void manyShortRowsGoThroughAtOnce(int columns, int count, int expected) {
        assertThat(Rows.atOnce(columns, count)).isEqualTo(expected);
    }

    /** What operations leave in the tile, as if it lay row after row. */
    private static final class Result {

        private final double[][] numbers;
        private final Pair[] sums;

        Result(Rows rows, Pairs x, Pairs sums) {
            numbers = new double[rows.count][2 * rows.columns];
            this.sums = new Pair[rows.count];
            for (int i = 0; i < rows.size; i++) {
                if (rows.rowAt(i) >= rows.count) {
                    continue;
                }
                numbers[rows.rowAt(i)][rows.columnAt(i)] = x.head[i];
                numbers[rows.rowAt(i)][rows.columns + rows.columnAt(i)] = x.tail[i];
            }
            Arrays.setAll(this.sums, sums::get);
        }
    }

    /** Operations on numbers e with e and t filled from predictions, and their sums in rest. */
    private void assertAlikeAlone(Consumer<Rows> operation, boolean leavesNumbers) {
        for (int tries = 0; tries < 60; tries++) {
            int columns = tries % 2 == 0 ? random.nextInt(1, 33) : random.nextInt(1, Rows.SHORT + 1);
            int count = random.nextInt(2, Rows.atOnce(columns, Tile.SIZE) + 1);
            begin(columns, count);
            long seed = random.nextLong();
            int[] number = Arrays.copyOf(w.number, count);
            fillRowData(seed, number);
            fill();
            operation.accept(rows);
            Result together = new Result(rows, w.e, w.rest);
            for (int r = 0; r < count; r++) {
                w.number[0] = number[r];
                w.from[0] = w.number[0] * columns;
                rows.begin(1);
                fillRowData(seed, new int[] {number[r]});
                fill();
                operation.accept(rows);
                Result alone = new Result(rows, w.e, w.rest);
                if (leavesNumbers) {
                    Bits.assertSame(together.numbers[r], alone.numbers[0]);
                }
                assertThat(together.sums[r]).isEqualTo(alone.sums[0]);
            }
        }
    }

    /** Numbers e and t that are those of the predictions, positive, with tails; x the predictions. */
    private void fill() {
        rows.load(rows.predictions, w.x);
        for (int i = 0; i < rows.size; i++) {
            double p = w.x[i];
            w.e.set(i, new Pair(1 + p / 2, p * 0x1p-54));
            w.t.set(i, new Pair(0.7 + p * p, -p * 0x1p-54));
        }
    }

    /** Of each row by its number in the batch. */
    private void fillRowData(long seed, int[] number) {
        for (int r = 0; r < number.length; r++) {
            SplittableRandom ofRow = new SplittableRandom(seed + number[r]);
            w.reference[r] = ofRow.nextDouble(1, 2);
            w.kept[r] = ofRow.nextInt(rows.columns);
            w.only[r] = ofRow.nextInt(-1, rows.columns);
            w.slope[r] = ofRow.nextDouble();
            for (Pairs x : new Pairs[] {w.factor, w.scale, w.share, w.log}) {
                double head = ofRow.nextDouble(0.1, 3);
                x.set(r, new Pair(head, head * ofRow.nextDouble(-0x1p-53, 0x1p-53)));
            }
        }
        rows.clear(w.rest);
        rows.clear(w.own);
    }

    @Test
    void sumsAreAlikeAlone() {
        assertAlikeAlone(r -> r.addUp(w.e, w.rest), false);
    }

    @Test
    void sumsOfProductsAreAlikeAlone() {
        assertAlikeAlone(r -> r.addUp(w.t, w.e, w.rest), false);
    }

    @Test
    void sumsOfDistancesAreAlikeAlone() {
        assertAlikeAlone(r -> r.addUpDistances(w.t, w.x, w.e, w.rest), false);
    }

    @Test
    void productsAreAlikeAlone() {
        assertAlikeAlone(r -> r.times(w.e, w.factor), true);
    }

    @Test
    void scaledDifferencesAreAlikeAlone() {
        assertAlikeAlone(r -> r.subtractScaled(w.e, w.t, w.scale), true);
    }

    @Test
    void theLargestIsAlikeAlone() {
        assertAlikeAlone(r -> r.largest(w.e.head, w.rest.head), true);
    }

    @Test
    void sharesAreAlikeAlone() {
        assertAlikeAlone(r -> r.timesPlus(w.e, Pair.quotient(1, 3), w.share), true);
    }

    @Test
    void distancesAreAlikeAlone() {
        assertAlikeAlone(r -> r.minusDistances(w.e, w.x, w.log), true);
    }

    @Test
    void whatIsTakenOutSetAndPutBackIsAlikeAlone() {
        assertAlikeAlone(r -> r.takeOut(w.e, w.rest), true);
        assertAlikeAlone(r -> r.set(w.e, w.only, w.slope), true);
        assertAlikeAlone(r -> {
            r.takeOut(w.e, w.rest);
            r.putBack(w.rest, w.e);
        }, true);
    }

    @Test
    void operationsFollowEachOtherAlike() {
        assertAlikeAlone(r -> {
            r.takeOut(w.e, w.own);
            r.addUp(w.e, w.rest);
            r.putBack(w.own, w.e);
            r.times(w.e, w.factor);
            r.subtractScaled(w.e, w.t, w.scale);
            r.set(w.e, w.only, w.slope);
        }, true);
    }

    @ParameterizedTest
    @CsvSource(textBlock = GEOMETRIES)
    void theKeptClassIsTakenOutAndPutBackOnce(int columns, int count) {
        begin(columns, count);
        fillRowData(3, Arrays.copyOf(w.number, count));
        Arrays.fill(w.kept, 0, count, columns - 1);
        int taken = 0;
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            fill();
            double[] before = w.e.head.clone();
            double[] tailBefore = w.e.tail.clone();
            rows.takeOut(w.e, w.own);
            for (int i = 0; i < rows.size; i++) {
                boolean kept = rows.rowAt(i) < count && rows.columnAt(i) == columns - 1;
                taken += kept ? 1 : 0;
                assertThat(w.e.get(i)).isEqualTo(kept ? Pair.ZERO : new Pair(before[i], tailBefore[i]));
                if (kept) {
                    assertThat(w.own.get(rows.rowAt(i))).isEqualTo(new Pair(before[i], tailBefore[i]));
                }
            }
            rows.putBack(w.own, w.e);
            Bits.assertSame(w.e.head, before);
            Bits.assertSame(w.e.tail, tailBefore);
        }
        assertThat(taken).isEqualTo(count);
    }

    /** Sums over rows of any length: to 2^-95 of the sum of all sizes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 31, 32, 33, 64, 65, 128, 129, 256, 257, 500, 513, 1000, 1024, 1025, 2048, 3000, 5000})
    void sumsAreExactToTheirTails(int columns) {
        begin(columns, 1);
        w.reference[0] = 1.0 / 3 + 1;
        Pairs[] sums = {w.rest, w.dot, w.mass};
        for (Pairs sum : sums) {
            rows.clear(sum);
        }
        BigDecimal[] exact = {BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO};
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            fill();
            for (int i = 0; i < rows.size; i++) {
                BigDecimal t = exact(w.t.get(i));
                exact[0] = exact[0].add(exact(w.e.get(i)));
                exact[1] = exact[1].add(t.multiply(exact(w.e.get(i))));
                exact[2] = exact[2].add(t.multiply(exact(w.reference[0]).subtract(exact(w.x[i]))));
            }
            rows.addUp(w.e, w.rest);
            fill();
            rows.addUp(w.t, w.e, w.dot);
            rows.addUpDistances(w.t, w.x, w.e, w.mass);
        }
        for (int i = 0; i < sums.length; i++) {
            assertWithin(sums[i].get(0), exact[i], exact[i].multiply(exact(0x1p-95)));
        }
    }

    /** All numbers are the same, and their addition is rounded to the same side many times. */
    @Test
    void theSumOfALongRowHasASmallTail() {
        rows.columns = 3 << 20;
        w.number[0] = 0;
        w.from[0] = 0;
        rows.begin(1);
        Pairs[] sums = {w.rest, w.dot, w.mass};
        for (Pairs sum : sums) {
            rows.clear(sum);
        }
        w.reference[0] = 1;
        double x = 1.0 / 3;
        Arrays.fill(w.x, 1 - 0x1p-52 / 3);
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            w.e.fill(Pair.of(x), rows.size);
            w.t.fill(Pair.of(0.7), rows.size);
            rows.addUp(w.e, w.rest);
            w.e.fill(Pair.of(x), rows.size);
            rows.addUp(w.t, w.e, w.dot);
            rows.addUpDistances(w.t, w.x, w.e, w.mass);
        }
        double[] terms = {1, 0.7, 0.7};
        double[] others = {x, x, 1 - w.x[0]};
        for (int i = 0; i < sums.length; i++) {
            Pair sum = sums[i].get(0);
            BigDecimal exact = exact(terms[i]).multiply(exact(others[i])).multiply(BigDecimal.valueOf(rows.columns));
            assertWithin(sum, exact, exact.multiply(exact(0x1p-80)));
            Bits.assertSame(sum.head(), sum.rounded());
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = GEOMETRIES)
    void numbersAreProductsRoundedOnce(int columns, int count) {
        begin(columns, count);
        int lanes = columns == 1 ? rows.size : rows.place(0, 1);
        fillRowData(5, Arrays.copyOf(w.number, count));
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            fill();
            Pairs before = new Pairs(Tile.SIZE);
            before.copy(w.e, 0, Tile.SIZE);
            rows.times(w.e, w.factor);
            for (int i = 0; i < rows.size; i += rows.rowAt(i) < count - 1 ? 1 : lanes - count + 1) {
                Pair factor = w.factor.get(rows.rowAt(i));
                BigDecimal exact = exact(before.get(i)).multiply(exact(factor));
                assertThat(Ulps.error(w.e.head[i], exact)).isLessThan(0.5001);
            }
            rows.minusDistances(w.e, w.x, w.log);
            for (int i = 0; i < rows.size; i += rows.rowAt(i) < count - 1 ? 1 : lanes - count + 1) {
                Pair expected = Pair.difference(w.reference[rows.rowAt(i)], w.x[i]).plus(w.log.get(rows.rowAt(i)));
                Bits.assertSame(w.e.head[i], 0.0 - expected.rounded());
            }
            fill();
            rows.timesPlus(w.e, Pair.quotient(1, 3), w.share);
            for (int i = 0; i < rows.size; i += rows.rowAt(i) < count - 1 ? 1 : lanes - count + 1) {
                Pair expected = Pair.of(before.head[i]).times(Pair.quotient(1, 3)).plus(w.share.get(rows.rowAt(i)));
                assertWithin(w.e.get(i), exact(expected), exact(0x1p-100));
            }
            fill();
            rows.subtractScaled(w.e, w.t, w.scale);
            for (int i = 0; i < rows.size; i += rows.rowAt(i) < count - 1 ? 1 : lanes - count + 1) {
                Pair scale = w.scale.get(rows.rowAt(i));
                double lacking = Math.fma(w.t.head[i], scale.tail(), w.t.tail[i] * scale.head());
                Bits.assertSame(w.e.head[i], Math.fma(-w.t.head[i], scale.head(), before.head[i]) - lacking + 0.0);
            }
        }
    }

    /** Only heads wait in the array of a row alone, piece after piece. */
    @ParameterizedTest
    @ValueSource(ints = {129, 1000, 1024, 1025, 5000})
    void whatIsPutAsideComesBackAndIsMultipliedThere(int columns) {
        begin(columns, 1);
        w.factor.set(0, new Pair(1.0 / 7, 0x1p-57));
        double[] array = new double[rows.predictions.length];
        double[] expected = array.clone();
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            fill();
            rows.putAside(w.e, array);
        }
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            fill();
            double[] head = w.e.head.clone();
            w.e.fill(new Pair(Double.NaN, Double.NaN), Tile.SIZE);
            rows.load(array, w.e.head);
            Arrays.fill(w.e.tail, 0, rows.size, 0);
            for (int i = 0; i < rows.size; i++) {
                Bits.assertSame(w.e.head[i], head[i]);
            }
            rows.times(w.e, w.factor);
            rows.store(w.e.head, expected);
        }
        rows.timesAside(array, w.factor);
        Bits.assertSame(array, expected);
        array[rows.from(0)] = -0.0;
        rows.timesAside(array, w.factor);
        Bits.assertNoNegativeZero(array);
    }

    @Test
    void nothingIsPutAsideOfRowsSideBySide() {
        begin(3, 5);
        fill();
        double[] head = w.e.head.clone();
        double[] tail = w.e.tail.clone();
        double[] array = new double[rows.predictions.length];
        rows.putAside(w.e, array);
        Bits.assertSame(array, new double[array.length]);
        Bits.assertSame(w.e.head, head);
        Bits.assertSame(w.e.tail, tail);
    }

    @Test
    void onlyTheSumsOfRowsInTheTileAreCleared() {
        begin(3, 5);
        w.rest.fill(Pair.ONE, Tile.LANES);
        rows.clear(w.rest);
        for (int r = 0; r < Tile.LANES; r++) {
            assertThat(w.rest.get(r)).isEqualTo(r < 5 ? Pair.ZERO : Pair.ONE);
        }
    }

    @Test
    void aClassThatThereIsNotIsNotSet() {
        begin(3, 2);
        fill();
        w.e.fill(Pair.ZERO, Tile.SIZE);
        rows.set(w.e, new int[] {-1, 2}, new double[] {5, 6});
        assertThat(Arrays.copyOf(w.e.head, 12)).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0);
        rows.set(w.e, new int[] {0, -1}, new double[] {7, 8});
        assertThat(Arrays.copyOf(w.e.head, 12)).containsExactly(7, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0);
        begin(3000, 1);
        w.e.fill(Pair.ZERO, Tile.SIZE);
        rows.set(w.e, new int[] {2999}, new double[] {5});
        assertThat(w.e.head).containsOnly(0);
        while (rows.columnAt(rows.size) <= 2999) {
            rows.next();
        }
        rows.set(w.e, new int[] {2999}, new double[] {5});
        assertThat(w.e.head[rows.size - 1]).isEqualTo(5);
    }

    /** Weighted sums of logarithms, as cross-entropy has them, rounded. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 100, 1000, 3000})
    void weightedSumsOfLogarithmsAreExact(int n) {
        for (int tries = 0; tries < 40 / Math.sqrt(n); tries++) {
            double near1 = Math.scalb(1.0, -random.nextInt(50));
            double[] p = random.doubles(n).map(x -> 1 - x * near1).toArray();
            double[] t = random.doubles(n).map(x -> x * Math.scalb(1.0, -random.nextInt(30))).toArray();
            rows.beginAlone(p, t, -1, null);
            rows.clear(w.dot);
            for (rows.rewind(); rows.hasPiece(); rows.next()) {
                rows.load(p, w.e.head);
                w.t.fill(Pair.ZERO, Tile.SIZE);
                rows.load(t, w.t.head);
                Log.log(w.e.head, w.e.tail, w.x, rows.size);
                rows.addUp(w.t, w.e, w.dot);
            }
            assertThat(Ulps.error(-w.dot.get(0).rounded(), ExactInformation.crossEntropy(p, t)))
                    .as("n %d, all less than %s from 1", n, near1).isLessThan(0.51);
        }
    }
}
