package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.Softmax;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The softmax loss of logits and labels with label smoothing, and its gradient. */
public class SoftmaxLossWithLabelSmoothing extends BatchComparison {

    private static final double SMOOTHING = 0.1;

    /** Who computes it. */
    @Param({LIBRARY, NAIVE})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.logits(shape);
        Contender library = Library.valueAndGradientByLabel(new Softmax().withLabelSmoothing(SMOOTHING), shape);
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(s -> Naive.softmaxLossWithLabelSmoothing(s, SMOOTHING));
                    default -> throw unknown(contender);
                };
        compare(samples, library, chosen, CANCELLATION);
    }
}
