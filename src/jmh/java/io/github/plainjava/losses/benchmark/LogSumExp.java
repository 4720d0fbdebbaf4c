package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.Softmax;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Log-sum-exp of one row. */
public class LogSumExp extends RowComparison {

    /** Who computes it. */
    @Param({LIBRARY, NAIVE, "JSAT", "Tribuo"})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.logits(shape);
        Contender library = Contender.of(s -> Softmax.logSumExp(s.prediction()));
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(Naive::logSumExp);
                    case "JSAT" -> Contender.of(Jsat::logSumExp);
                    case "Tribuo" -> Tribuo.logSumExp(samples);
                    default -> throw unknown(contender);
                };
        compareRow(samples, library, chosen, CANCELLATION);
    }
}
