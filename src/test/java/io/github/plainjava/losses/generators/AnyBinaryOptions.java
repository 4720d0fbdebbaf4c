package io.github.plainjava.losses.generators;

import io.github.plainjava.losses.oracle.BinaryOptions;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Options of the losses of yes or no in every combination, none of them included, up to the limits of each. */
public final class AnyBinaryOptions {

    private AnyBinaryOptions() {
    }

    /** Positive weights and smoothing. */
    public static Arbitrary<BinaryOptions> forSigmoid(int columns) {
        return Combinators.combine(positiveWeights(columns), AnyOptions.smoothings())
                .as((weights, smoothing) -> new BinaryOptions(weights, smoothing, 0));
    }

    /** Positive weights only. */
    public static Arbitrary<BinaryOptions> forFocal(int columns) {
        return positiveWeights(columns).map(weights -> new BinaryOptions(weights, 0, 0));
    }

    /** Positive weights, smoothing and floor. */
    public static Arbitrary<BinaryOptions> forBinaryCrossEntropy(int columns) {
        return Combinators.combine(forSigmoid(columns), AnyOptions.floors()).as(BinaryOptions::withFloor);
    }

    /** None (null), one for all columns, and one a column: moderate ones, 0, and all magnitudes up to the limits. */
    public static Arbitrary<double[]> positiveWeights(int columns) {
        Arbitrary<Double> weights = Arbitraries.frequencyOf(
                Tuple.of(6, Doubles.between(0.1, 10)),
                Tuple.of(1, Arbitraries.just(0.0)),
                Tuple.of(2, Doubles.magnitudes(AnyOptions.LEAST, AnyOptions.LARGEST)),
                Tuple.of(1, Arbitraries.of(AnyOptions.LEAST, AnyOptions.LARGEST)));
        return Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.just((double[]) null)),
                Tuple.of(3, Rows.of(weights, 1)),
                Tuple.of(3, Rows.of(weights, columns)));
    }

    /** The focus of the focal loss: 0, those that are in use, any up to 10, and all magnitudes. */
    public static Arbitrary<Double> focuses() {
        return Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.just(0.0)),
                Tuple.of(4, Arbitraries.of(0.5, 1.0, 2.0, 5.0)),
                Tuple.of(4, Doubles.between(0, 10)),
                Tuple.of(2, Doubles.magnitudes(AnyOptions.LEAST, AnyOptions.LARGEST)),
                Tuple.of(1, Arbitraries.of(AnyOptions.LEAST, AnyOptions.LARGEST)));
    }

    /** Thresholds and scales: 1, moderate ones, all magnitudes, and the limits. */
    public static Arbitrary<Double> thresholds() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(1.0)),
                Tuple.of(4, Doubles.between(0.1, 30)),
                Tuple.of(3, Doubles.magnitudes(AnyOptions.LEAST, AnyOptions.LARGEST)),
                Tuple.of(1, Arbitraries.of(AnyOptions.LEAST, AnyOptions.LARGEST)));
    }

    /** Levels of quantiles, strictly between 0 and 1: in use, any, and next to either end. */
    public static Arbitrary<Double> levels() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.of(0.05, 0.1, 0.5, 0.9, 0.95)),
                Tuple.of(3, Doubles.between(0x1p-30, 1)),
                Tuple.of(1, Doubles.magnitudes(-1074, -30)),
                Tuple.of(1, Doubles.magnitudes(-53, -30).map(x -> 1 - x)),
                Tuple.of(1, Arbitraries.of(Double.MIN_VALUE, Math.nextDown(1.0))));
    }

    /** Powers of Tweedie's deviance, strictly between 1 and 2: in use, any, and next to either end. */
    public static Arbitrary<Double> powers() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.of(1.1, 1.5, 1.9)),
                Tuple.of(3, Doubles.between(1 + 0x1p-10, 2)),
                Tuple.of(1, Doubles.magnitudes(-52, -10).map(x -> 1 + x)),
                Tuple.of(1, Doubles.magnitudes(-52, -10).map(x -> 2 - x)),
                Tuple.of(1, Arbitraries.of(Math.nextUp(1.0), Math.nextDown(2.0))));
    }
}
