package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.OneHot;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** One-hot rows of labels, in a new array. */
public class OneHotEncode extends Comparison {

    /** Rows and columns. */
    @Param({"256x10", "256x1000"})
    public String shape;

    /** Who computes it. */
    @Param({LIBRARY, NAIVE})
    public String contender;

    private double[] rows;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.logits(shape);
        Contender library = new Contender(s -> kept(OneHot.encode(s.labels(), s.columns())), s -> rows);
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> new Contender(s -> kept(Naive.oneHot(s)), s -> rows);
                    default -> throw unknown(contender);
                };
        compare(samples, library, chosen, NO_SLACK);
    }

    /** The new array must outlive the call, or the compiler may leave it out. */
    private double kept(double[] encoded) {
        rows = encoded;
        return encoded[0];
    }
}
