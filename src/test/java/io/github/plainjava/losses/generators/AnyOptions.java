package io.github.plainjava.losses.generators;

import io.github.plainjava.losses.oracle.Options;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Options of the classification losses in every combination, none of them included, up to the limits of each. */
public final class AnyOptions {

    /** The least temperature, class weight and smoothing that is not 0. */
    public static final double LEAST = 1e-18;

    /** The largest temperature and class weight. */
    public static final double LARGEST = 1e18;

    /** The least floor. */
    public static final double LEAST_FLOOR = 1e-150;

    private AnyOptions() {
    }

    /** Temperature, smoothing and class weights for a number of classes. */
    public static Arbitrary<Options> forSoftmax(int classes) {
        return Combinators.combine(temperatures(), smoothings(), classWeights(classes))
                .as((temperature, smoothing, weights) -> new Options(temperature, smoothing, weights, 0));
    }

    /** Smoothing, class weights and floor for a number of classes. */
    public static Arbitrary<Options> forCrossEntropy(int classes) {
        return Combinators.combine(smoothings(), classWeights(classes), floors())
                .as((smoothing, weights, floor) -> new Options(1, smoothing, weights, floor));
    }

    /** 1, usual ones, all magnitudes, and the limits. */
    public static Arbitrary<Double> temperatures() {
        return Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.just(1.0)),
                Tuple.of(4, Arbitraries.of(0.5, 2.0, 4.0)),
                Tuple.of(6, Doubles.between(0.05, 20)),
                Tuple.of(2, Doubles.magnitudes(LEAST, LARGEST)),
                Tuple.of(1, limits()));
    }

    /** The least and the largest factor, and their neighbours within. */
    private static Arbitrary<Double> limits() {
        return Arbitraries.of(LEAST, Math.nextUp(LEAST), Math.nextDown(LARGEST), LARGEST);
    }

    /**
     * Temperatures for a row, at which its lowest logit is 2^-4 to 2^12 below the largest, or as near to that as the
     * limits let it be.
     */
    public static Arbitrary<Double> temperaturesThatSuit(double... logits) {
        double highest = Arrays.stream(logits).max().getAsDouble();
        double lowest = Arrays.stream(logits).filter(z -> z > Double.NEGATIVE_INFINITY).min().getAsDouble();
        double half = 0.5 * highest - 0.5 * lowest;
        return Doubles.magnitudes(-4, 11).map(ratio ->
                Math.min(Math.max(half / (0.5 * ratio), LEAST), LARGEST));
    }

    /** 0, usual ones, any from 0 to 1, tiny ones, 1 and its neighbours, and the least. */
    public static Arbitrary<Double> smoothings() {
        return Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.just(0.0)),
                Tuple.of(2, Arbitraries.of(0.1, 0.5, 1.0)),
                Tuple.of(2, Doubles.between(0x1p-40, 1)),
                Tuple.of(1, Doubles.magnitudes(LEAST, 0.5)),
                Tuple.of(1, Doubles.magnitudes(-53, -2).map(x -> 1 - x)),
                Tuple.of(1, Arbitraries.of(LEAST, Math.nextUp(LEAST), 0x1p-53, Math.nextDown(1.0))));
    }

    /** None (null), moderate ones, some of them 0, and all magnitudes, with the limits side by side. */
    public static Arbitrary<double[]> classWeights(int classes) {
        Arbitrary<Double> moderate = Doubles.between(0.1, 10);
        Arbitrary<Double> zeros = Arbitraries.oneOf(Arbitraries.just(0.0), Arbitraries.just(4.0), Doubles.between(LEAST, 4));
        return Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.just((double[]) null)),
                Tuple.of(6, Rows.of(moderate, classes)),
                Tuple.of(4, Rows.of(zeros, classes)),
                Tuple.of(2, Rows.of(Doubles.magnitudes(LEAST, LARGEST), classes)),
                Tuple.of(1, Rows.of(Arbitraries.oneOf(Arbitraries.just(0.0), limits(), limits()), classes)));
    }

    /** None (0), usual ones, all magnitudes, and 1. */
    public static Arbitrary<Double> floors() {
        return Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.just(0.0)), Tuple.of(4, new Floors().get()));
    }

    /** Temperatures, 1 and the limits among them. */
    public static final class Temperatures implements ArbitrarySupplier<Double> {
        @Override
        public Arbitrary<Double> get() {
            return temperatures();
        }
    }

    /** Usual floors, all magnitudes, and 1. */
    public static final class Floors implements ArbitrarySupplier<Double> {
        @Override
        public Arbitrary<Double> get() {
            return Arbitraries.oneOf(
                    Arbitraries.of(1e-12, 1e-7, 0.01, 1.0, LEAST_FLOOR, Math.nextUp(LEAST_FLOOR), Math.nextDown(1.0)),
                    Doubles.magnitudes(LEAST_FLOOR, 1));
        }
    }
}
