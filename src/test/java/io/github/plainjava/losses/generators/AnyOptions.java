package io.github.plainjava.losses.generators;

import io.github.plainjava.losses.oracle.Options;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Options of the classification losses in every combination, none of them included. */
public final class AnyOptions {

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

    /** 1, usual ones, and all from 2^-300 to 2^300, for which the accuracy is promised. */
    public static Arbitrary<Double> temperatures() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(1.0)),
                Tuple.of(2, Arbitraries.of(0.5, 2.0, 4.0, 0x1p-300, 0x1p300)),
                Tuple.of(3, Doubles.between(0.05, 20)),
                Tuple.of(1, Doubles.magnitudes(-300, 299)));
    }

    /** 0, usual ones, any from 0 to 1, tiny ones, and 1. */
    public static Arbitrary<Double> smoothings() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(0.0)),
                Tuple.of(2, Arbitraries.of(0.1, 0.5, 1.0)),
                Tuple.of(2, Doubles.between(0, 1)),
                Tuple.of(1, Doubles.magnitudes(-300, -2)));
    }

    /** None (null), moderate ones, some of them 0, and all magnitudes for which the accuracy is promised. */
    public static Arbitrary<double[]> classWeights(int classes) {
        Arbitrary<Double> moderate = Doubles.between(0.1, 10);
        Arbitrary<Double> zeros = Arbitraries.oneOf(Arbitraries.just(0.0), Doubles.between(0, 4));
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just((double[]) null)),
                Tuple.of(3, Rows.of(moderate, classes)),
                Tuple.of(2, Rows.of(zeros, classes)),
                Tuple.of(1, Rows.of(Doubles.magnitudes(-300, 300), classes)));
    }

    /** None (0), usual ones, all magnitudes, and 1. */
    public static Arbitrary<Double> floors() {
        return Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.just(0.0)), Tuple.of(4, new Floors().get()));
    }

    /** Usual floors, all magnitudes, and 1. */
    public static final class Floors implements ArbitrarySupplier<Double> {
        @Override
        public Arbitrary<Double> get() {
            return Arbitraries.oneOf(
                    Arbitraries.of(1e-12, 1e-7, 0.01, 1.0, Double.MIN_VALUE, Math.nextDown(1.0)),
                    Doubles.magnitudes(-1074, -1));
        }
    }
}
