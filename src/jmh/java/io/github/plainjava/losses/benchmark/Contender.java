package io.github.plainjava.losses.benchmark;

import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * One way to compute a function.
 *
 * @param run what is timed: returns the value, and writes an array result where it likes
 * @param result where it wrote it, in the library's sign and scale; looked at before the timing, never during it
 */
record Contender(ToDoubleFunction<Sample> run, Function<Sample, double[]> result) {

    static Contender of(ToDoubleFunction<Sample> run) {
        return new Contender(run, Sample::output);
    }
}
