package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.Softmax;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The softmax loss of logits and labels, with its gradient: the call of a training step. */
public class SoftmaxLossByLabelValueAndGradient extends BatchComparison {

    /** Who computes it. */
    @Param({LIBRARY, NAIVE, "JSAT", "Tribuo"})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.logits(shape);
        Contender library = Library.valueAndGradientByLabel(new Softmax(), shape);
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(Naive::softmaxLossByLabelValueAndGradient);
                    case "JSAT" -> Jsat.softmaxLossValueAndGradient(samples);
                    case "Tribuo" -> Tribuo.softmaxLossValueAndGradient(samples);
                    default -> throw unknown(contender);
                };
        compare(samples, library, chosen, CANCELLATION);
    }
}
