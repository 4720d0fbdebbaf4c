package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.Softmax;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The softmax loss of logits and labels, with its gradient and every option at once: temperature, label smoothing,
 * class weights, sample weights and an ignored label.
 */
public class SoftmaxLossWithOptions extends Comparison {

    /** Rows and columns. */
    @Param({"256x3", "256x10", "256x100", "256x1000"})
    public String shape;

    /** Who computes it. */
    @Param({LIBRARY, NAIVE})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.logits(shape);
        Options options = Options.of(Shape.of(shape));
        Batch batch = batch(options);
        Contender library = Contender.of(s -> batch.valueAndGradient(s.prediction(), s.labels(), s.output()));
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(s -> Naive.softmaxLossWithOptions(s, options));
                    default -> throw unknown(contender);
                };
        compare(samples, library, chosen, CANCELLATION);
    }

    private Batch batch(Options options) {
        Softmax loss = new Softmax()
                .withTemperature(options.temperature())
                .withLabelSmoothing(options.smoothing())
                .withClassWeights(options.classWeights());
        return Batch.of(loss, Shape.of(shape).columns())
                .weightedBy(options.sampleWeights())
                .ignoring(options.ignored());
    }
}
