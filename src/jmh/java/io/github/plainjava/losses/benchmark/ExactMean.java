package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.LossMean;
import java.util.DoubleSummaryStatistics;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The exact mean of given losses. */
public class ExactMean extends Comparison {

    /** Rows and columns. */
    @Param({"1x1000", "1x1000000"})
    public String shape;

    /** Who computes it. */
    @Param({LIBRARY, NAIVE, "JDK"})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.logits(shape);
        Contender library = Contender.of(ExactMean::lossMean);
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(Naive::mean);
                    case "JDK" -> Contender.of(ExactMean::summaryStatistics);
                    default -> throw unknown(contender);
                };
        compareRow(samples, library, chosen, CANCELLATION);
    }

    private static double lossMean(Sample s) {
        LossMean mean = new LossMean();
        for (double loss : s.prediction()) {
            mean.accept(loss);
        }
        return mean.mean();
    }

    /** Compensated, not exact, and it also finds the smallest and the largest. */
    private static double summaryStatistics(Sample s) {
        DoubleSummaryStatistics statistics = new DoubleSummaryStatistics();
        for (double loss : s.prediction()) {
            statistics.accept(loss);
        }
        return statistics.getAverage();
    }
}
