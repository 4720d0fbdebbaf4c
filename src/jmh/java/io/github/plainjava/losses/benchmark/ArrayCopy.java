package io.github.plainjava.losses.benchmark;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** System.arraycopy of the predictions: the floor that memory sets to whatever reads and writes as many values. */
public class ArrayCopy extends Comparison {

    /** Rows and columns. */
    @Param({
        "1x10",
        "1x100",
        "1x1000",
        "1x50000",
        "1x1000000",
        "256x3",
        "256x10",
        "256x100",
        "256x1000",
        "64x50000"
    })
    public String shape;

    /** Makes the data. */
    @Setup
    public void prepare() {
        Contender copy = new Contender(ArrayCopy::copy, Sample::prediction);
        compare(Samples.logits(shape), copy, Contender.of(ArrayCopy::copy), NO_SLACK);
    }

    private static double copy(Sample s) {
        System.arraycopy(s.prediction(), 0, s.output(), 0, s.prediction().length);
        return s.output()[0];
    }
}
