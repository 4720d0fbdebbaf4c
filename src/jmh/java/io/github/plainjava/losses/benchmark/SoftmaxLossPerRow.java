package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.Softmax;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Each row's softmax loss by label, in a new array. */
public class SoftmaxLossPerRow extends Comparison {

    /** Rows and columns. */
    @Param({"256x10", "256x1000"})
    public String shape;

    /** Who computes it. */
    @Param({LIBRARY, NAIVE})
    public String contender;

    private double[] losses;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.logits(shape);
        Batch batch = Batch.of(new Softmax(), Shape.of(shape).columns());
        Contender library = new Contender(s -> kept(batch.perRow(s.prediction(), s.labels())), s -> losses);
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> new Contender(s -> kept(Naive.softmaxLossPerRow(s)), s -> losses);
                    default -> throw unknown(contender);
                };
        compare(samples, library, chosen, CANCELLATION);
    }

    /** The new array must outlive the call, or the compiler may leave it out. */
    private double kept(double[] computed) {
        losses = computed;
        return computed[0];
    }
}
