package io.github.plainjava.losses.internal.tile;

import static io.github.plainjava.losses.internal.math.ExactPairs.assertClose;
import static io.github.plainjava.losses.internal.math.ExactPairs.exact;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.Bits;
import io.github.plainjava.losses.internal.math.Exp;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.oracle.ExactExp;
import io.github.plainjava.losses.oracle.ExactLog;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The unit of a row depends on the row alone, and in its unit an exponential is as exact as any. */
class ExponentialsTest {

    private static final int COLUMNS = 7;
    private static final MathContext DIGITS = new MathContext(60);
    private static final BigDecimal LN2 = ExactLog.log(2);

    /** U: the exponential of 0 in the unit that rows share. */
    private static final double SHARED = Exp.exp(0, 0, 0).head();

    /** 2^-55.7, as {@link Exp} promises. */
    private static final double TOLERANCE = 0x1.3b2cp-56;

    /** With what is below an exponential: nothing, or what reaches below its unit. */
    private static final double[] LARGEST = {
        0, 1, 87, 88, Math.nextUp(88), 88.5, 89, 700, 1e5, 0x1p30, 0x1.0000000000001p30, 0x1p31, 1e18, 0x1p699,
        0x1p700, 1e300, Double.MAX_VALUE
    };

    private final SplittableRandom random = new SplittableRandom(1);
    private final Rows rows = Rows.take();
    private final Tile w = rows.tile;

    @AfterEach
    void giveBack() {
        rows.giveBack();
    }

    /** Rows side by side. */
    private void begin(List<double[]> batch) {
        rows.columns = batch.get(0).length;
        rows.predictions = batch.stream().flatMapToDouble(Arrays::stream).toArray();
        Arrays.setAll(w.number, i -> i);
        Arrays.setAll(w.from, i -> i * rows.columns);
        rows.begin(batch.size());
        rows.load(rows.predictions, w.x);
    }

    /** What becomes of each row: its exponentials, and its unit. */
    private record Result(List<Pair> exponentials, int kept, double reference, double base, long steps, double unit) {}

    private List<Result> inUnits(List<double[]> batch, double temperature) {
        Pair inverse = Pair.quotient(1, temperature);
        begin(batch);
        Exponentials.keepLargest(rows);
        for (int r = 0; r < rows.count; r++) {
            Exponentials.findUnit(rows, r, inverse);
        }
        Exponentials.computeInUnits(rows, inverse);
        List<Result> results = new ArrayList<>();
        for (int r = 0; r < rows.count; r++) {
            List<Pair> exponentials = new ArrayList<>();
            for (int c = 0; c < rows.columns; c++) {
                exponentials.add(w.e.get(rows.place(r, c)));
            }
            results.add(new Result(exponentials, w.kept[r], w.reference[r], w.base[r], w.steps[r], w.unit[r]));
        }
        return results;
    }

    /** A row with a largest logit, and the others down to a distance below. */
    private double[] row(double largest, double spread) {
        double[] row = random.doubles(COLUMNS).map(x -> largest - x * spread).toArray();
        row[random.nextInt(COLUMNS)] = largest;
        row[random.nextInt(COLUMNS)] = largest - spread;
        row[random.nextInt(COLUMNS)] = largest;
        return Arrays.stream(row).map(x -> Math.max(x, -Double.MAX_VALUE)).toArray();
    }

    /** Of every size, with a spread of nothing, little, 700 and more, and for temperatures. */
    private List<double[]> allRows(double temperature) {
        List<double[]> all = new ArrayList<>();
        for (double size : LARGEST) {
            for (double largest : new double[] {size, -size}) {
                for (double spread : new double[] {0, 3, 88, 176, 700, 1e4, 1e300}) {
                    double[] row = row(largest, spread);
                    double[] scaled = Arrays.stream(row)
                            .map(x -> Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, x * temperature)))
                            .toArray();
                    scaled[random.nextInt(COLUMNS)] = random.nextInt(4) == 0 ? Double.NEGATIVE_INFINITY : scaled[0];
                    if (Arrays.stream(scaled).max().orElseThrow() > Double.NEGATIVE_INFINITY) {
                        all.add(scaled);
                    }
                }
            }
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 3, 0.1, 1e18, 1e-18})
    void theUnitOfARowDependsOnTheRowAlone(double temperature) {
        List<double[]> all = allRows(temperature);
        List<Result> alone = all.stream().map(row -> inUnits(List.of(row), temperature).get(0)).toList();
        for (int tries = 0; tries < 100; tries++) {
            int[] chosen = random.ints(random.nextInt(2, Rows.atOnce(COLUMNS, Tile.LANES) + 1), 0, all.size()).toArray();
            List<Result> together = inUnits(Arrays.stream(chosen).mapToObj(all::get).toList(), temperature);
            for (int r = 0; r < chosen.length; r++) {
                assertThat(together.get(r)).isEqualTo(alone.get(chosen[r]));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 3, 0.1, 1e18, 1e-18})
    void exponentialsAreExactInTheirUnit(double temperature) {
        for (double[] row : allRows(temperature)) {
            Result result = inUnits(List.of(row), temperature).get(0);
            BigDecimal octaves = BigDecimal.valueOf(result.steps / Exp.STEPS);
            for (int i = 0; i < COLUMNS; i++) {
                Pair e = result.exponentials.get(i);
                if (row[i] == Double.NEGATIVE_INFINITY) {
                    assertThat(e).as("an excluded class").isEqualTo(Pair.ZERO);
                    continue;
                }
                BigDecimal z = exact(row[i]).subtract(exact(result.base)).divide(exact(temperature), DIGITS)
                        .subtract(octaves.multiply(LN2));
                if (z.doubleValue() > -900) {
                    assertClose(e, exact(SHARED).multiply(ExactExp.exp(z)), TOLERANCE);
                } else {
                    assertThat(e.head()).isBetween(0.0, 0x1p-900);
                    assertThat(z.doubleValue() > -979 || e.equals(Pair.ZERO)).isTrue();
                }
            }
            Pair ofLargest = result.exponentials.get(result.kept);
            assertThat(ofLargest.head()).as("of the largest").isBetween(SHARED * 0x1p-128, SHARED * 0x1p128);
        }
    }

    @Test
    void moderateRowsHaveTheUnitThatAllShare() {
        for (double largest : LARGEST) {
            for (double sign : new double[] {1, -1}) {
                Result result = inUnits(List.of(row(sign * largest, 1)), 1).get(0);
                assertThat(result.reference).isEqualTo(sign * largest);
                assertThat(result.base).isEqualTo(largest > 0x1p30 ? sign * largest : 0);
                assertThat(result.steps == 0).as("%s", largest).isEqualTo(largest <= 88 || largest > 0x1p30);
                assertThat(result.unit).isEqualTo(largest >= 0x1p700 ? 0x1p-300 : 1);
            }
        }
    }

    /** So their bits do not depend on whether the rows beside them fit. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 3, 0.1, 1e18, 1e-18})
    void rowsThatFitHaveTheSameBitsInTheSharedUnit(double temperature) {
        Pair inverse = Pair.quotient(1, temperature);
        for (int tries = 0; tries < 2000; tries++) {
            double largest = tries % 2 == 0 ? random.nextDouble(-88.67, 88.67) : random.nextDouble(87.5, 88.67);
            List<double[]> row = List.of(random.doubles(COLUMNS, 0, largest + 88.67)
                    .map(d -> d == 0 ? largest : temperature * (largest - d)).toArray());
            row.get(0)[tries % COLUMNS] = temperature * largest;
            begin(row);
            assertThat(Exponentials.compute(rows, inverse)).isTrue();
            List<Pair> shared = new ArrayList<>();
            for (int i = 0; i < COLUMNS; i++) {
                shared.add(w.e.get(i));
            }
            Result own = inUnits(row, temperature).get(0);
            for (int i = 0; i < COLUMNS; i++) {
                int power = (int) (own.steps / Exp.STEPS);
                Bits.assertSame(own.exponentials.get(i).head(), Math.scalb(shared.get(i).head(), -power));
                Bits.assertSame(own.exponentials.get(i).tail(), Math.scalb(shared.get(i).tail(), -power));
            }
            assertThat(own.steps == 0).isEqualTo(Math.abs(own.reference * inverse.head()) <= 88);
        }
    }

    @Test
    void numbersThatDoNotFitAreNoticed() {
        for (double other : new double[] {88.7, -88.8, 700, -700, 1e300, -1e300, Double.NEGATIVE_INFINITY}) {
            for (int at = 0; at < 3 * COLUMNS; at++) {
                double[] all = new double[3 * COLUMNS];
                all[at] = other;
                begin(List.of(Arrays.copyOfRange(all, 0, 7), Arrays.copyOfRange(all, 7, 14),
                        Arrays.copyOfRange(all, 14, 21)));
                assertThat(Exponentials.compute(rows, Pair.ONE)).isFalse();
            }
        }
        begin(List.of(new double[COLUMNS], new double[COLUMNS]));
        assertThat(Exponentials.compute(rows, Pair.ONE)).isTrue();
        Bits.assertSame(w.e.head[2 * COLUMNS - 1], SHARED);
    }

    @Test
    void theFirstOfTheLargestIsKeptOut() {
        begin(List.of(new double[] {1, 3, 2, 3}, new double[] {Double.NEGATIVE_INFINITY, -5, -5, -6},
                new double[] {-0.0, 0.0, -1, 0.0}, new double[] {4, 3, 2, 1}, new double[] {1, 2, 3, 4}));
        int[] expected = {1, 1, 0, 0, 3};
        Exponentials.keepLargest(rows);
        for (int r = 0; r < rows.count; r++) {
            assertThat(w.kept[r]).isEqualTo(expected[r]);
            Bits.assertSame(w.reference[r], rows.predictions[4 * r + expected[r]]);
        }
    }

    /** Of a long row too, whose pieces come one after another. */
    @Test
    void aLongRowHasOneUnit() {
        double[] row = random.doubles(3000, -1e5, 1e5).toArray();
        row[2500] = 2e5;
        row[100] = 2e5 - 3;
        rows.beginAlone(row, row, -1, null);
        rows.load(row, w.x);
        Exponentials.keepLargest(rows);
        Exponentials.findUnit(rows, 0, Pair.ONE);
        assertThat(w.kept[0]).isEqualTo(2500);
        assertThat(w.steps[0]).isEqualTo(Exp.steps(2e5));
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            rows.load(row, w.x);
            Exponentials.computeInUnits(rows, Pair.ONE);
            for (int i = 0; i < rows.size; i++) {
                assertThat(w.e.get(i)).isEqualTo(Exp.exp(row[rows.columnAt(i)], 0, w.steps[0]));
            }
        }
    }

    /** An excluded class is of no size, and the others may be huge however they are placed. */
    @Test
    void distancesOfHugeNumbersAreTakenInAnotherUnit() {
        double[] huge = {0x1p700, -0x1p700, Double.MAX_VALUE, -Double.MAX_VALUE};
        for (double x : huge) {
            for (int at = 0; at < COLUMNS; at++) {
                double[] row = new double[COLUMNS];
                row[at] = x;
                assertThat(inUnits(List.of(row), 1).get(0).unit).isEqualTo(0x1p-300);
                row[at] = Math.copySign(Math.nextDown(0x1p700), x);
                assertThat(inUnits(List.of(row), 1).get(0).unit).isEqualTo(1);
                row[at] = Double.NEGATIVE_INFINITY;
                assertThat(inUnits(List.of(row), 1).get(0).unit).isEqualTo(1);
            }
        }
    }
}
