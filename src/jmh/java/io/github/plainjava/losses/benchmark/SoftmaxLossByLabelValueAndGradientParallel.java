package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.Softmax;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The same on every core; the report also compares it with the library on one. */
public class SoftmaxLossByLabelValueAndGradientParallel extends Comparison {

    /** Rows and columns. */
    @Param({"256x1000", "64x50000"})
    public String shape;

    /** Who computes it. */
    @Param({LIBRARY, NAIVE})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.logits(shape);
        Batch batch = Batch.of(new Softmax(), Shape.of(shape).columns()).parallel();
        Contender library = Contender.of(s -> batch.valueAndGradient(s.prediction(), s.labels(), s.output()));
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(Naive::softmaxLossByLabelValueAndGradient);
                    default -> throw unknown(contender);
                };
        compare(samples, library, chosen, CANCELLATION);
    }
}
