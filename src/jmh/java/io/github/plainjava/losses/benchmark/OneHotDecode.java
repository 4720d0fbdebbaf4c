package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.OneHot;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The index of the largest entry. */
public class OneHotDecode extends Comparison {

    /** Rows and columns. */
    @Param({"1x10", "1x1000"})
    public String shape;

    /** Who computes it. */
    @Param({LIBRARY, NAIVE})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.probabilities(shape);
        Contender library = Contender.of(s -> OneHot.decode(s.prediction()));
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(Naive::argmax);
                    default -> throw unknown(contender);
                };
        compareRow(samples, library, chosen, NO_SLACK);
    }
}
