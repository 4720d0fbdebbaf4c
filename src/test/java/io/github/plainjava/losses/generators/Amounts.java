package io.github.plainjava.losses.generators;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;

/**
 * A row of counts or amounts, and of the logarithms of their predicted means.
 *
 * @param size     how large the amounts are
 * @param distance how far the prediction is from the amounts
 * @param logMean  what was predicted, f
 * @param amount   what was true, y
 */
public record Amounts(Size size, Distance distance, double[] logMean, double[] amount) {

    /** How large amounts can be. */
    public enum Size {
        /** 0, 1, 2 and so on. */
        COUNTS,
        /** From 0.01 to 1000. */
        MODERATE,
        /** From 1e-300 to 1e300, evenly spread exponents. */
        ANY,
        /** Subnormal, and next to the largest. */
        ENDS;

        private Arbitrary<Double> amounts(boolean orNone) {
            return switch (this) {
                case COUNTS -> Arbitraries.integers().between(orNone ? 0 : 1, 12).map(Integer::doubleValue);
                case MODERATE -> orZero(orNone, Doubles.between(0.01, 1000));
                case ANY -> orZero(orNone, Doubles.magnitudes(1e-300, 1e300));
                case ENDS -> orZero(orNone, Doubles.ends());
            };
        }

        private static Arbitrary<Double> orZero(boolean orNone, Arbitrary<Double> positive) {
            return orNone ? Arbitraries.oneOf(Arbitraries.just(0.0), positive, positive, positive, positive) : positive;
        }
    }

    /** How far f can be from log y. */
    public enum Distance {
        /** A few ulps. */
        ULPS,
        /** From 2^-52 to 2^-20. */
        TINY,
        /** From 2^-20 to 2^-2. */
        NEAR,
        /** Up to 30. */
        FAR,
        /** f is any number from -800 to 800. */
        UNRELATED,
        /** f is any double. */
        ANY;

        private Arbitrary<double[]> predictions(double[] amount) {
            return switch (this) {
                case ULPS -> moved(amount, Arbitraries.integers().between(-3, 3).map(Integer::doubleValue), true);
                case TINY -> moved(amount, Doubles.ofExponents(-52, -21), false);
                case NEAR -> moved(amount, Doubles.ofExponents(-20, -3), false);
                case FAR -> moved(amount, Doubles.between(-30, 30), false);
                case UNRELATED -> Rows.of(Doubles.between(-800, 800), amount.length);
                case ANY -> Rows.of(Doubles.finite(), amount.length);
            };
        }

        private static Arbitrary<double[]> moved(double[] amount, Arbitrary<Double> steps, boolean inUlps) {
            return Rows.of(steps, amount.length).map(step -> {
                double[] moved = new double[amount.length];
                for (int i = 0; i < moved.length; i++) {
                    double centre = amount[i] == 0 ? 0 : StrictMath.log(amount[i]);
                    moved[i] = centre + step[i] * (inUlps ? Math.ulp(centre) : 1);
                }
                return moved;
            });
        }
    }

    /** Rows of every size, distance and length, amounts of 0 among them. */
    public static final class OfEveryLength implements ArbitrarySupplier<Amounts> {
        @Override
        public Arbitrary<Amounts> get() {
            return Rows.lengths().flatMap(length -> ofLength(length, true));
        }
    }

    /** Rows of every size, distance and length, of positive amounts. */
    public static final class Positive implements ArbitrarySupplier<Amounts> {
        @Override
        public Arbitrary<Amounts> get() {
            return Rows.lengths().flatMap(length -> ofLength(length, false));
        }
    }

    /** Rows of every size and distance, 2 to 12 long, amounts of 0 among them. */
    public static final class Short implements ArbitrarySupplier<Amounts> {
        @Override
        public Arbitrary<Amounts> get() {
            return Rows.smallLengths().flatMap(length -> ofLength(length, true));
        }
    }

    /** Rows of every size and distance, of one length, with amounts of 0 or without. */
    public static Arbitrary<Amounts> ofLength(int length, boolean orNone) {
        return Combinators.combine(Arbitraries.of(Size.class), Arbitraries.of(Distance.class)).flatAs(
                (size, distance) -> Rows.of(size.amounts(orNone), length).flatMap(
                        amount -> distance.predictions(amount)
                                .map(logMean -> new Amounts(size, distance, logMean, amount))));
    }

    @Override
    public String toString() {
        return distance + " of " + size + ", log mean " + Rows.toString(logMean) + ", amount " + Rows.toString(amount);
    }
}
