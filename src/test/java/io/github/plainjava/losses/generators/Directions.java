package io.github.plainjava.losses.generators;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;

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
        /** From 2^-300 to 2^-200. */
        TINY,
        /** From 2^200 to 2^301. */
        HUGE,
        /** Of all these magnitudes side by side. */
        ANY;

        private Arbitrary<Double> numbers() {
            return switch (this) {
                case MODERATE -> Doubles.between(-1, 1);
                case NEARLY_CONSTANT -> Doubles.between(1, 1 + 0x1p-20);
                case MASK -> Arbitraries.of(0.0, 1.0);
                case TINY -> Doubles.ofExponents(-300, -200);
                case HUGE -> Doubles.ofExponents(200, 300);
                case ANY -> Doubles.ofExponents(-300, 300);
            };
        }
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
        return Combinators.combine(Logits.ofLength(length), Arbitraries.of(Kind.class)).flatAs((logits, kind) ->
                Rows.of(kind.numbers(), length).map(vector -> new Directions(logits, kind, vector)));
    }

    @Override
    public String toString() {
        return logits + "; vector " + kind + ": " + Rows.toString(vector);
    }
}
