package io.github.plainjava.losses.generators;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * A row of finite logits and a target distribution, whose masses are of usual size most often, and of any size that
 * is permitted now and then.
 *
 * @param logits the row, with its regime
 * @param kind   what the target is like
 * @param target the target, as long as the row
 */
public record Targets(Logits logits, Kind kind, double[] target) {

    /** What a target can be like. */
    public enum Kind {
        /** 1 at one class. */
        ONE_HOT,
        /** Some mass at one class, 0 elsewhere. */
        ONE_MASS,
        /** Positive everywhere, its sum rounds to 1 or nearly. */
        SOFT,
        /** 0 at many classes. */
        SPARSE,
        /** Masses of any sum. */
        UNNORMALISED,
        /** Masses from 2^-1074, the least of all, to 2^-200. */
        TINY,
        /** Masses from 2^100 to the largest of all, 1e60. */
        HUGE,
        /** Masses of all permitted exponents side by side. */
        MIXED,
        /** Subnormal masses beside those next to the largest. */
        ENDS,
        /** The softmax of the logits, rounded, a few ulps away: the gradient cancels. */
        NEAR_PREDICTION,
        /** The same times any power of 2: terms that cancel may be subnormal. */
        NEAR_SCALED_PREDICTION,
        /** No mass at all. */
        NOTHING;

        Arbitrary<double[]> rows(int length, double[] logits) {
            return switch (this) {
                case ONE_HOT -> Rows.uniform(0, length - 1).map(label -> oneMass(length, label, 1));
                case ONE_MASS -> Combinators.combine(Rows.uniform(0, length - 1), Doubles.mostlyModerate(0.1, 10))
                        .as((label, mass) -> oneMass(length, label, mass));
                case SOFT -> Rows.of(Doubles.magnitudes(-20, -1), length).map(Kind::normalised);
                case SPARSE -> Rows.of(zeroOr(Doubles.between(0.001, 1)), length).map(Kind::normalised);
                case UNNORMALISED -> Rows.of(zeroOr(Doubles.between(0, 30)), length);
                case TINY -> Rows.of(zeroOr(Doubles.magnitudes(-1074, -200)), length);
                case HUGE -> Rows.of(zeroOr(Doubles.magnitudes(0x1p100, Doubles.LARGEST_MASS)), length);
                case MIXED -> Rows.of(zeroOr(Doubles.masses()), length);
                case ENDS -> Rows.of(zeroOr(Doubles.endsOfMasses()), length);
                case NEAR_PREDICTION -> Rows.uniform(-3, 3).map(ulps -> near(softmax(logits), ulps));
                case NEAR_SCALED_PREDICTION -> Combinators.combine(Rows.uniform(-3, 3), Rows.uniform(-1074, 199))
                        .as((ulps, power) -> near(scaled(softmax(logits), power), ulps));
                case NOTHING -> Arbitraries.create(() -> new double[length]);
            };
        }

        private static Arbitrary<Double> zeroOr(Arbitrary<Double> positive) {
            return Arbitraries.oneOf(Arbitraries.just(0.0), positive, positive);
        }

        private static double[] oneMass(int length, int label, double mass) {
            double[] row = new double[length];
            row[label] = mass;
            return row;
        }

        private static double[] normalised(double[] row) {
            double sum = Arrays.stream(row).sum();
            return sum == 0 ? row : Arrays.stream(row).map(mass -> mass / sum).toArray();
        }

        private static double[] softmax(double[] logits) {
            double largest = Arrays.stream(logits).max().getAsDouble();
            return normalised(Arrays.stream(logits).map(logit -> StrictMath.exp(logit - largest)).toArray());
        }

        private static double[] scaled(double[] row, int power) {
            return Arrays.stream(row).map(mass -> Math.scalb(mass, power)).toArray();
        }

        private static double[] near(double[] row, int ulps) {
            return Arrays.stream(row).map(mass -> Math.max(0, mass + ulps * Math.ulp(mass))).toArray();
        }
    }

    /** Every kind, those of usual masses two times in three. */
    static Arbitrary<Kind> kinds() {
        return Arbitraries.frequencyOf(
                Tuple.of(16, Arbitraries.of(Kind.ONE_HOT, Kind.SOFT, Kind.SPARSE, Kind.UNNORMALISED,
                        Kind.NEAR_PREDICTION)),
                Tuple.of(6, Arbitraries.of(Kind.ONE_MASS, Kind.NOTHING)),
                Tuple.of(8, Arbitraries.of(Kind.TINY, Kind.HUGE, Kind.MIXED, Kind.ENDS, Kind.NEAR_SCALED_PREDICTION)));
    }

    /** Rows and targets of every regime, kind and length. */
    public static final class OfEveryLength implements ArbitrarySupplier<Targets> {
        @Override
        public Arbitrary<Targets> get() {
            return Rows.lengths().flatMap(Targets::ofLength);
        }
    }

    /** Rows and targets of every regime and kind, 2 to 12 long. */
    public static final class Short implements ArbitrarySupplier<Targets> {
        @Override
        public Arbitrary<Targets> get() {
            return Rows.smallLengths().flatMap(Targets::ofLength);
        }
    }

    /** Rows and targets of every regime and kind, of one length. */
    public static Arbitrary<Targets> ofLength(int length) {
        return Combinators.combine(Logits.ofLength(length), kinds())
                .flatAs((logits, kind) -> ofKind(kind, logits));
    }

    /** Targets of one kind for a row. */
    public static Arbitrary<Targets> ofKind(Kind kind, Logits logits) {
        return kind.rows(logits.logits().length, logits.logits()).map(target -> new Targets(logits, kind, target));
    }

    @Override
    public String toString() {
        return logits + "; target " + kind + ": " + Rows.toString(target);
    }
}
