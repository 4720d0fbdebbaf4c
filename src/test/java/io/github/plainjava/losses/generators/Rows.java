package io.github.plainjava.losses.generators;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/** Row lengths, and rows of a given length out of given numbers. */
public final class Rows {

    /** The longest row. */
    public static final int LONGEST = 100_000;

    /** Up to this length every number of a row is drawn on its own, and shrinks on its own. */
    public static final int LONGEST_DRAWN_SINGLY = 300;

    /** Longer rows repeat a few numbers in random order: the oracle computes each only once. */
    private static final int DISTINCT_IN_LONG_ROWS = 48;

    /** Lengths at which a vectorised loop, or a block of one, is just full, or one short, or one over. */
    private static final Integer[] AROUND_BLOCKS = {
        7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025
    };

    /** The classes of length that have to be met. */
    public enum Length {
        /** A single number. */
        ONE,
        /** 2 to 30: the most common of all. */
        SHORT,
        /** 31 to 300. */
        MEDIUM,
        /** More than 300. */
        LONG;

        /** The class of a length. */
        public static Length of(int length) {
            if (length == 1) {
                return ONE;
            }
            return length <= 30 ? SHORT : length <= LONGEST_DRAWN_SINGLY ? MEDIUM : LONG;
        }
    }

    private Rows() {
    }

    /** Lengths from 1 to {@value #LONGEST}, most of them short, with those around the blocks of vectorised loops. */
    public static Arbitrary<Integer> lengths() {
        return Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.just(1)),
                Tuple.of(70, uniform(2, 30)),
                Tuple.of(12, uniform(31, LONGEST_DRAWN_SINGLY)),
                Tuple.of(12, Arbitraries.of(AROUND_BLOCKS)),
                Tuple.of(1, longLengths()));
    }

    /** From {@value #LONGEST_DRAWN_SINGLY} to {@value #LONGEST}, evenly distributed on a logarithmic scale. */
    private static Arbitrary<Integer> longLengths() {
        double ratio = (double) LONGEST / LONGEST_DRAWN_SINGLY;
        return Doubles.fractions().map(x -> (int) Math.ceil(LONGEST_DRAWN_SINGLY * Math.pow(ratio, x)));
    }

    /** Lengths from 2 to 12, for laws that have nothing to do with length. */
    public static Arbitrary<Integer> smallLengths() {
        return uniform(2, 12);
    }

    /** A row of a length with numbers out of a source. */
    public static Arbitrary<double[]> of(Arbitrary<Double> source, int length) {
        if (length <= LONGEST_DRAWN_SINGLY) {
            return source.array(double[].class).ofSize(length).withoutEdgeCases();
        }
        Arbitrary<double[]> pools = source.array(double[].class).ofMinSize(1).ofMaxSize(DISTINCT_IN_LONG_ROWS);
        return Combinators.combine(pools.withoutEdgeCases(), Arbitraries.longs().withoutEdgeCases())
                .as((pool, seed) -> fill(pool, length, seed));
    }

    private static double[] fill(double[] pool, int length, long seed) {
        return new SplittableRandom(seed).ints(length, 0, pool.length).mapToDouble(i -> pool[i]).toArray();
    }

    /** The numbers of a row, cut short where it is long. */
    static String toString(double[] row) {
        return row.length <= LONGEST_DRAWN_SINGLY
                ? Arrays.toString(row)
                : Arrays.toString(Arrays.copyOf(row, 20)) + " and so on, " + row.length + " in all";
    }

    static Arbitrary<Integer> uniform(int lowest, int highest) {
        return Arbitraries.integers().between(lowest, highest)
                .withDistribution(RandomDistribution.uniform()).withoutEdgeCases();
    }
}
