package io.github.plainjava.losses.generators;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;

/**
 * A row of probabilities, a target distribution and a label.
 *
 * @param regime        what makes the row hard
 * @param probabilities the row
 * @param kind          what the target is like
 * @param target        the target, as long as the row
 * @param label         a class of it
 */
public record Probabilities(Regime regime, double[] probabilities, Targets.Kind kind, double[] target, int label) {

    /** What a row of probabilities can be like. */
    public enum Regime {
        /** As a softmax gives them: positive, the sum rounds to 1 or nearly. */
        SOFTMAX,
        /** Some of them 0. */
        ZEROS,
        /** Each 0 or 1. */
        CERTAIN,
        /** From subnormal to 2^-900. */
        TINY,
        /** Within 2^-20 of 1, neighbours of 1 among them. */
        NEAR_ONE,
        /** From 1 up to 1 + 2^-16: the rounding of sums of floats. */
        ABOVE_ONE,
        /** Any double from 0 to 1, all exponents, whatever the sum. */
        ANY;

        private Arbitrary<double[]> rows(int length) {
            return switch (this) {
                case SOFTMAX -> Rows.of(Doubles.magnitudes(-30, -1), length).map(Regime::normalised);
                case ZEROS -> Rows.of(orJust(0, Doubles.between(0, 1)), length);
                case CERTAIN -> Rows.of(Arbitraries.of(0.0, 1.0, 1.0), length);
                case TINY -> Rows.of(Doubles.magnitudes(-1074, -900), length);
                case NEAR_ONE -> Rows.of(
                        orJust(Math.nextDown(1.0), Doubles.magnitudes(-53, -20).map(x -> 1 - x)), length);
                case ABOVE_ONE -> Rows.of(orJust(1 + 0x1p-16, Doubles.between(1, 1 + 0x1p-16)), length);
                case ANY -> Rows.of(Doubles.magnitudes(-1074, -1), length);
            };
        }

        private static Arbitrary<Double> orJust(double one, Arbitrary<Double> others) {
            return Arbitraries.oneOf(Arbitraries.just(one), others, others);
        }

        private static double[] normalised(double[] row) {
            double sum = Arrays.stream(row).sum();
            return Arrays.stream(row).map(x -> x / sum).toArray();
        }
    }

    /** Rows and targets of every regime, kind and length. */
    public static final class OfEveryLength implements ArbitrarySupplier<Probabilities> {
        @Override
        public Arbitrary<Probabilities> get() {
            return Rows.lengths().flatMap(Probabilities::ofLength);
        }
    }

    /** Rows and targets of every regime and kind, 2 to 12 long. */
    public static final class Short implements ArbitrarySupplier<Probabilities> {
        @Override
        public Arbitrary<Probabilities> get() {
            return Rows.smallLengths().flatMap(Probabilities::ofLength);
        }
    }

    /** Rows and targets of every regime and kind, of one length. One in four has target mass where p may be 0. */
    public static Arbitrary<Probabilities> ofLength(int length) {
        return Combinators.combine(Arbitraries.of(Regime.class), Targets.kinds()).flatAs(
                (regime, kind) -> regime.rows(length).flatMap(row -> Combinators.combine(
                                kind.rows(length, logarithms(row)), Rows.uniform(0, length - 1),
                                Arbitraries.of(true, true, true, false))
                        .as((target, label, masked) ->
                                new Probabilities(regime, row, kind, masked ? masked(target, row) : target, label))));
    }

    private static double[] logarithms(double[] row) {
        return Arrays.stream(row).map(x -> Math.max(-800, StrictMath.log(x))).toArray();
    }

    private static double[] masked(double[] target, double[] row) {
        double[] masked = target.clone();
        for (int i = 0; i < row.length; i++) {
            masked[i] = row[i] == 0 ? 0 : masked[i];
        }
        return masked;
    }

    @Override
    public String toString() {
        return regime + ", label " + label + " of " + probabilities.length + ": " + Rows.toString(probabilities)
                + "; target " + kind + ": " + Rows.toString(target);
    }
}
