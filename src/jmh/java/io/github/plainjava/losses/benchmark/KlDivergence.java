package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.Information;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Kullback-Leibler divergence of two distributions. */
public class KlDivergence extends Comparison {

    /** Rows and columns. */
    @Param({"1x10", "1x1000", "1x50000"})
    public String shape;

    /** Who computes it. */
    @Param({LIBRARY, NAIVE, "Smile"})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.probabilitiesWithTargets(shape);
        Contender library = Contender.of(s -> Information.klDivergence(s.prediction(), s.target()));
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(Naive::klDivergence);
                    case "Smile" -> Contender.of(Smile::klDivergence);
                    default -> throw unknown(contender);
                };
        compareRow(samples, library, chosen, CANCELLATION);
    }
}
