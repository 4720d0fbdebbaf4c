package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.MeanSquaredError;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Mean squared error of one row or of a batch of rows. */
public class MeanSquaredErrorValue extends Comparison {

    /** Rows and columns. */
    @Param({"1x10", "256x3", "256x10", "1x1000", "1x1000000"})
    public String shape;

    /** Who computes it. */
    @Param({LIBRARY, NAIVE, "Smile"})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.logitsWithTargets(shape);
        Contender library = Library.valueByTarget(new MeanSquaredError(), shape);
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(Naive::meanSquaredErrorValue);
                    case "Smile" -> Contender.of(Smile::meanSquaredError);
                    default -> throw unknown(contender);
                };
        compare(samples, library, chosen, NO_SLACK);
    }
}
