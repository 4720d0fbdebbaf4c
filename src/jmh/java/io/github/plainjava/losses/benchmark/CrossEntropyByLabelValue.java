package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.CrossEntropy;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Cross-entropy of probabilities and labels: one logarithm a row. */
public class CrossEntropyByLabelValue extends BatchComparison {

    /** Who computes it. */
    @Param({LIBRARY, NAIVE})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.probabilities(shape);
        Contender library = Library.valueByLabel(new CrossEntropy(), shape);
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(Naive::crossEntropyByLabelValue);
                    default -> throw unknown(contender);
                };
        compare(samples, library, chosen, NO_SLACK);
    }
}
