package io.github.plainjava.losses.demo;

import java.util.function.Function;

/** The same thing made once with each of the two losses. */
record PerLoss<T>(T crossEntropy, T squaredError) {
    static <T> PerLoss<T> of(Function<Objective, T> make) {
        return new PerLoss<>(make.apply(Objective.CROSS_ENTROPY), make.apply(Objective.SQUARED_ERROR));
    }

    T get(Objective objective) {
        return objective == Objective.CROSS_ENTROPY ? crossEntropy : squaredError;
    }

    <R> PerLoss<R> map(Function<T, R> function) {
        return new PerLoss<>(function.apply(crossEntropy), function.apply(squaredError));
    }
}
