package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.Softmax;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The softmax loss of logits and target distributions, with its gradient. */
public class SoftmaxLossByTargetValueAndGradient extends BatchComparison {

    /** Who computes it. */
    @Param({LIBRARY, NAIVE})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.logitsWithTargets(shape);
        Contender library = Library.valueAndGradientByTarget(new Softmax(), shape);
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(Naive::softmaxLossByTargetValueAndGradient);
                    default -> throw unknown(contender);
                };
        compare(samples, library, chosen, CANCELLATION);
    }
}
