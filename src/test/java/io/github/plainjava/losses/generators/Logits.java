package io.github.plainjava.losses.generators;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * A row of finite logits and a label.
 *
 * @param regime what makes the row hard
 * @param logits the row
 * @param label  a class of it
 */
public record Logits(Regime regime, double[] logits, int label) {

    /** What can make a row hard. */
    public enum Regime {
        /** Between -10 and 10. */
        MODERATE,
        /** A few values, each met many times. */
        TIES,
        /** Between -800 and 800, so that many probabilities underflow, some to subnormals. */
        WIDE_GAPS,
        /** One logit 30 to 760 above all others: its probability rounds to 1. */
        DOMINATING,
        /** One value throughout. */
        ALL_EQUAL,
        /** Magnitudes from 2^10 up to the largest double. */
        HUGE,
        /** Magnitudes around the least normal double and below. */
        SUBNORMAL,
        /** Any finite doubles together: all exponents, raw bits, nasty ones. */
        ANY,
        /** A log-sum-exp of nearly 0: the row is shifted by its own log-sum-exp, rounded. */
        NORMALISED;

        private Arbitrary<double[]> rows(int length) {
            return switch (this) {
                case MODERATE -> Rows.of(Doubles.between(-10, 10), length);
                case TIES -> Rows.of(Doubles.between(-30, 30), 3).flatMap(
                        few -> Rows.of(Arbitraries.of(few[0], few[1], few[2]), length));
                case WIDE_GAPS -> Rows.of(Doubles.between(-800, 800), length);
                case DOMINATING -> Combinators.combine(
                                Rows.of(Doubles.between(-10, 10), length), Doubles.between(30, 760),
                                Rows.uniform(0, length - 1))
                        .as(Regime::raised);
                case ALL_EQUAL -> Doubles.finite().map(value -> filled(length, value));
                case HUGE -> Rows.of(Arbitraries.oneOf(
                        Doubles.ofExponents(10, 1023), Doubles.ofExponents(1022, 1023)), length);
                case SUBNORMAL -> Rows.of(Doubles.ofExponents(-1074, -1000), length);
                case ANY -> Rows.of(Doubles.finite(), length);
                case NORMALISED -> Rows.of(Doubles.between(-10, 10), length).map(Regime::normalised);
            };
        }

        private static double[] raised(double[] row, double gap, int at) {
            double[] raised = row.clone();
            raised[at] = 10 + gap;
            return raised;
        }

        private static double[] filled(int length, double value) {
            double[] row = new double[length];
            Arrays.fill(row, value);
            return row;
        }

        private static double[] normalised(double[] row) {
            double sum = Arrays.stream(row).map(StrictMath::exp).sum();
            return Arrays.stream(row).map(logit -> logit - StrictMath.log(sum)).toArray();
        }
    }

    /** Rows of every regime and every length. */
    public static final class OfEveryLength implements ArbitrarySupplier<Logits> {
        @Override
        public Arbitrary<Logits> get() {
            return Rows.lengths().flatMap(Logits::ofLength);
        }
    }

    /** Rows of every regime, 2 to 12 long. */
    public static final class Short implements ArbitrarySupplier<Logits> {
        @Override
        public Arbitrary<Logits> get() {
            return Rows.smallLengths().flatMap(Logits::ofLength);
        }
    }

    /** Rows of every regime of one length. */
    public static Arbitrary<Logits> ofLength(int length) {
        return Arbitraries.frequencyOf(
                        Tuple.of(3, Arbitraries.just(Regime.MODERATE)),
                        Tuple.of(2, Arbitraries.just(Regime.TIES)),
                        Tuple.of(3, Arbitraries.just(Regime.WIDE_GAPS)),
                        Tuple.of(2, Arbitraries.just(Regime.DOMINATING)),
                        Tuple.of(1, Arbitraries.just(Regime.ALL_EQUAL)),
                        Tuple.of(1, Arbitraries.just(Regime.HUGE)),
                        Tuple.of(1, Arbitraries.just(Regime.SUBNORMAL)),
                        Tuple.of(2, Arbitraries.just(Regime.ANY)),
                        Tuple.of(2, Arbitraries.just(Regime.NORMALISED)))
                .flatMap(regime -> ofRegime(regime, length));
    }

    /** Rows of one regime and one length. */
    public static Arbitrary<Logits> ofRegime(Regime regime, int length) {
        return Combinators.combine(regime.rows(length), Rows.uniform(0, length - 1))
                .as((row, label) -> new Logits(regime, row, label));
    }

    @Override
    public String toString() {
        return regime + ", label " + label + " of " + logits.length + ": " + Rows.toString(logits);
    }
}
