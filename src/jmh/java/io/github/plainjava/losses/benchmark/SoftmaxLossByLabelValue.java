package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.Softmax;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The softmax loss of logits and labels. */
public class SoftmaxLossByLabelValue extends BatchComparison {

    /** Who computes it. */
    @Param({LIBRARY, NAIVE, "JSAT"})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.logits(shape);
        Contender library = Library.valueByLabel(new Softmax(), shape);
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(Naive::softmaxLossByLabelValue);
                    case "JSAT" -> Jsat.softmaxLossValue(samples);
                    default -> throw unknown(contender);
                };
        compare(samples, library, chosen, CANCELLATION);
    }
}
