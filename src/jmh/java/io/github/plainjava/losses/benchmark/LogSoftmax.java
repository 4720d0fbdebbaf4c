package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.Softmax;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Log-softmax of one row, into an array of the caller's. */
public class LogSoftmax extends RowComparison {

    /** Who computes it. */
    @Param({LIBRARY, NAIVE})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.logits(shape);
        Contender library = Contender.of(LogSoftmax::logSoftmax);
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(Naive::logSoftmax);
                    default -> throw unknown(contender);
                };
        compareRow(samples, library, chosen, CANCELLATION);
    }

    private static double logSoftmax(Sample s) {
        Softmax.logSoftmax(s.prediction(), s.output());
        return s.output()[0];
    }
}
