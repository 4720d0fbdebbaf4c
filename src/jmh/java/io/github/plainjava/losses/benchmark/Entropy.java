package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.Information;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Entropy of one distribution. */
public class Entropy extends Comparison {

    /** Rows and columns. */
    @Param({"1x10", "1x1000", "1x50000"})
    public String shape;

    /** Who computes it. */
    @Param({LIBRARY, NAIVE, "Smile"})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.probabilities(shape);
        Contender library = Contender.of(s -> Information.entropy(s.prediction()));
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(Naive::entropy);
                    case "Smile" -> Contender.of(Smile::entropy);
                    default -> throw unknown(contender);
                };
        compareRow(samples, library, chosen, CANCELLATION);
    }
}
