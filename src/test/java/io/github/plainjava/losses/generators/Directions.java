package io.github.plainjava.losses.generators;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * A row of finite logits and a vector to move along.
 *
 * @param logits the row, with its regime
 * @param kind   what the vector is like
 * @param vector the vector, as long as the row
 */
public record Directions(Logits logits, Kind kind, double[] vector) {

    /** What a vector can be like. */
    public enum Kind {
        /** Between -1 and 1. */
        MODERATE,
        /** Nearly the same everywhere: the product nearly vanishes. */
        NEARLY_CONSTANT,
        /** 0 or 1. */
        MASK,
        /** From 2^-1074, the least of all, to 2^-200. */
        TINY,
        /** From 2^200 to the largest of all. */
        HUGE,
        /** Any finite doubles side by side. */
        ANY,
        /** Subnormals beside numbers next to the largest. */
        ENDS;

        private Arbitrary<Double> numbers() {
            return switch (this) {
                case MODERATE -> Doubles.between(-1, 1);
                case NEARLY_CONSTANT -> Doubles.between(1, 1 + 0x1p-20);
                case MASK -> Arbitraries.of(0.0, 1.0);
                case TINY -> Doubles.ofExponents(-1074, -200);
                case HUGE -> Doubles.ofExponents(200, 1023);
                case ANY -> Doubles.finite();
                case ENDS -> Combinators.combine(Doubles.ends(), Arbitraries.of(1.0, -1.0)).as((x, sign) -> sign * x);
            };
        }
    }

    /** Every kind, those of usual numbers two times in three. */
    private static Arbitrary<Kind> kinds() {
        return Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.of(Kind.MODERATE, Kind.NEARLY_CONSTANT, Kind.MASK)),
                Tuple.of(4, Arbitraries.of(Kind.TINY, Kind.HUGE, Kind.ANY, Kind.ENDS)));
    }

    /** Rows and vectors of every regime, kind and length. */
    public static final class OfEveryLength implements ArbitrarySupplier<Directions> {
        @Override
        public Arbitrary<Directions> get() {
            return Rows.lengths().flatMap(Directions::ofLength);
        }
    }

    /** Rows and vectors of every regime and kind, of one length. */
    public static Arbitrary<Directions> ofLength(int length) {
        return Combinators.combine(Logits.ofLength(length), kinds()).flatAs((logits, kind) ->
                Rows.of(kind.numbers(), length).map(vector -> new Directions(logits, kind, vector)));
    }

    @Override
    public String toString() {
        return logits + "; vector " + kind + ": " + Rows.toString(vector);
    }
}
