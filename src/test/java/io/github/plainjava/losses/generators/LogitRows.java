package io.github.plainjava.losses.generators;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * Rows of logits laid end to end, each of a regime of its own, so that easy and hard ones meet in a tile.
 *
 * @param columns how long a row is
 * @param logits  the rows
 */
public record LogitRows(int columns, double[] logits) {

    /** Numbers that are logits but not finite. */
    private static final double[] NOT_FINITE = {
        Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, Double.NaN
    };

    /** Short rows, of which many lie side by side, rows alone, and rows of more than one piece; also no rows at all. */
    public static final class Any implements ArbitrarySupplier<LogitRows> {
        @Override
        public Arbitrary<LogitRows> get() {
            return Arbitraries.frequencyOf(
                            Tuple.of(8, Rows.uniform(1, 12)),
                            Tuple.of(4, Rows.uniform(13, 40)),
                            Tuple.of(1, Arbitraries.of(63, 64, 65, 127, 128, 129)),
                            Tuple.of(1, Arbitraries.of(1023, 1024, 1025, 2048, 2049)))
                    .flatMap(columns -> rows(columns, columns <= 12 ? 300 : columns <= 40 ? 60 : 3));
        }
    }

    /** The row of a number. */
    public double[] row(int r) {
        return Arrays.copyOfRange(logits, r * columns, (r + 1) * columns);
    }

    /** How many rows there are. */
    public int count() {
        return logits.length / columns;
    }

    private static Arbitrary<LogitRows> rows(int columns, int most) {
        Arbitrary<List<Logits>> few = Logits.ofLength(columns).list().ofMinSize(1).ofMaxSize(5);
        return Combinators.combine(few.withoutEdgeCases(), Rows.uniform(0, most), Arbitraries.longs().withoutEdgeCases())
                .as((pool, count, seed) -> of(pool, columns, count, new SplittableRandom(seed)));
    }

    /** Each row is one out of the pool, and now and then not finite at a place. */
    private static LogitRows of(List<Logits> pool, int columns, int count, SplittableRandom random) {
        double[] logits = new double[count * columns];
        for (int r = 0; r < count; r++) {
            double[] row = pool.get(random.nextInt(pool.size())).logits();
            System.arraycopy(row, 0, logits, r * columns, columns);
            if (random.nextInt(12) == 0) {
                logits[r * columns + random.nextInt(columns)] = NOT_FINITE[random.nextInt(NOT_FINITE.length)];
            }
        }
        return new LogitRows(columns, logits);
    }

    @Override
    public String toString() {
        return count() + " rows of " + columns + ": " + Rows.toString(logits);
    }
}
