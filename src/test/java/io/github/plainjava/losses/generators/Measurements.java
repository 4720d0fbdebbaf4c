package io.github.plainjava.losses.generators;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;

/**
 * A row of predicted and of true quantities, for a regression.
 *
 * @param regime     what makes the row hard
 * @param prediction what was predicted
 * @param target     what was true
 */
public record Measurements(Regime regime, double[] prediction, double[] target) {

    /** What a row can be like. */
    public enum Regime {
        /** Between -100 and 100. */
        MODERATE,
        /** The prediction is the target, or a few ulps away from it. */
        NEAR,
        /** Differences whose squares are around the largest double. */
        HUGE,
        /** Differences whose squares are subnormal or 0. */
        TINY,
        /** Subnormal numbers. */
        SUBNORMAL,
        /** Any finite doubles together. */
        ANY;

        private Arbitrary<double[][]> rows(int length) {
            return switch (this) {
                case MODERATE -> pairs(Doubles.between(-100, 100), length);
                case NEAR -> Combinators
                        .combine(Rows.of(Doubles.finite(), length), Rows.of(Doubles.between(-3, 3), length))
                        .as((row, ulps) -> new double[][] {row, near(row, ulps)});
                case HUGE -> pairs(Doubles.ofExponents(505, 513), length);
                case TINY -> pairs(Doubles.ofExponents(-545, -505), length);
                case SUBNORMAL -> pairs(Doubles.ofExponents(-1074, -1020), length);
                case ANY -> pairs(Doubles.finite(), length);
            };
        }

        private static Arbitrary<double[][]> pairs(Arbitrary<Double> source, int length) {
            return Combinators.combine(Rows.of(source, length), Rows.of(source, length))
                    .as((prediction, target) -> new double[][] {prediction, target});
        }

        private static double[] near(double[] row, double[] ulps) {
            double[] near = row.clone();
            for (int i = 0; i < near.length; i++) {
                double moved = row[i] + Math.rint(ulps[i]) * Math.ulp(row[i]);
                near[i] = Double.isFinite(moved) ? moved : row[i];
            }
            return near;
        }
    }

    /** Rows of every regime and every length. */
    public static final class OfEveryLength implements ArbitrarySupplier<Measurements> {
        @Override
        public Arbitrary<Measurements> get() {
            return Rows.lengths().flatMap(Measurements::ofLength);
        }
    }

    /** Rows of every regime, 2 to 12 long. */
    public static final class Short implements ArbitrarySupplier<Measurements> {
        @Override
        public Arbitrary<Measurements> get() {
            return Rows.smallLengths().flatMap(Measurements::ofLength);
        }
    }

    /** Rows of every regime, of one length. */
    public static Arbitrary<Measurements> ofLength(int length) {
        return Arbitraries.of(Regime.class).flatMap(
                regime -> regime.rows(length).map(rows -> new Measurements(regime, rows[0], rows[1])));
    }

    /** Rows of differences around a distance: on it, a few ulps beside it, within and beyond, and any others. */
    public static Arbitrary<Measurements> aroundDistance(double distance, int length) {
        Arbitrary<Double> distances = Arbitraries.oneOf(
                Arbitraries.integers().between(-2, 2).map(ulps -> distance + ulps * Math.ulp(distance)),
                Doubles.between(0, 1).map(ratio -> ratio * distance),
                Doubles.between(1, 3).map(ratio -> ratio * distance),
                Doubles.magnitudes(-60, 60).map(ratio -> ratio * distance));
        Arbitrary<Double> targets = Arbitraries.oneOf(Arbitraries.just(0.0),
                Doubles.between(-10, 10).map(ratio -> ratio * distance),
                Doubles.ofExponents(-70, -40).map(ratio -> ratio * distance));
        return Combinators.combine(Rows.of(distances, length), Rows.of(targets, length)).as((differences, target) -> {
            double[] prediction = new double[length];
            Arrays.setAll(prediction, i -> target[i] + (i % 2 == 0 ? differences[i] : -differences[i]));
            return new Measurements(Regime.NEAR, prediction, target);
        });
    }

    @Override
    public String toString() {
        return regime + ", prediction " + Rows.toString(prediction) + ", target " + Rows.toString(target);
    }
}
