package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.CrossEntropy;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Cross-entropy of probabilities and target distributions. */
public class CrossEntropyByTargetValue extends BatchComparison {

    /** Who computes it. */
    @Param({LIBRARY, NAIVE})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.probabilitiesWithTargets(shape);
        Contender library = Library.valueByTarget(new CrossEntropy(), shape);
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(Naive::crossEntropyByTargetValue);
                    default -> throw unknown(contender);
                };
        compare(samples, library, chosen, NO_SLACK);
    }
}
