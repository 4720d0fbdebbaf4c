package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.Softmax;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Softmax of one row, into an array of the caller's. */
public class SoftmaxProbabilities extends RowComparison {

    /** Who computes it. */
    @Param({LIBRARY, NAIVE, "JSAT", "Tribuo", "Smile"})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.logits(shape);
        Contender library = Contender.of(SoftmaxProbabilities::softmax);
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(Naive::softmax);
                    case "JSAT" -> Contender.of(Jsat::softmax);
                    case "Tribuo" -> Contender.of(Tribuo::softmax);
                    case "Smile" -> Contender.of(Smile::softmax);
                    default -> throw unknown(contender);
                };
        compareRow(samples, library, chosen, NO_SLACK);
    }

    private static double softmax(Sample s) {
        Softmax.softmax(s.prediction(), s.output());
        return s.output()[0];
    }
}
