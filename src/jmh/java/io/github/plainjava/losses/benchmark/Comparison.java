package io.github.plainjava.losses.benchmark;

import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Times one contender at one function and one shape, after it has been shown to compute what the library computes.
 *
 * <p>A subclass is one function; its parameter {@code contender} says who computes it. The report reads the names of
 * the subclasses and of the contenders. To warm up takes two seconds, because HotSpot compiles the longest methods of
 * the library for as long as that, and runs them several times slower before.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 150, timeUnit = TimeUnit.MILLISECONDS)
// The heap is touched beforehand: the first use of each of its pages costs what a short call takes, or more, and the naive
// loop, which allocates nothing, would not pay for it.
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch"})
public abstract class Comparison {

    /** The library itself. */
    static final String LIBRARY = "losses";

    /** The loop a good Java developer writes. */
    static final String NAIVE = "naive";

    /** No rounding but the relative one: the contender's formula cancels nothing. */
    static final double NO_SLACK = 0;

    /** A few units in the last place of 1, from which a naive formula subtracts. */
    static final double CANCELLATION = 1e-14;

    private Sample[] samples;
    private ToDoubleFunction<Sample> contender;
    private int next;

    final void compare(Sample[] newSamples, Contender library, Contender newContender, double slack) {
        Agreement.require(newSamples, library, newContender, slack);
        samples = newSamples;
        contender = newContender.run();
    }

    /** As {@link #compare}, for a function that knows no batches. */
    final void compareRow(Sample[] newSamples, Contender library, Contender newContender, double slack) {
        if (newSamples[0].rows() != 1) {
            throw new IllegalArgumentException("this function takes one row, not " + newSamples[0].shape());
        }
        compare(newSamples, library, newContender, slack);
    }

    static IllegalArgumentException unknown(String contender) {
        return new IllegalArgumentException("there is no contender " + contender);
    }

    /** The time of one call, on one sample. */
    @Benchmark
    public double time() {
        Sample sample = samples[next];
        next = (next + 1) & (samples.length - 1);
        return contender.applyAsDouble(sample);
    }
}
