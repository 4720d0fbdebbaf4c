package io.github.plainjava.losses.benchmark;

import org.openjdk.jmh.annotations.Param;

/** A function over one row, or over a batch of rows. */
public abstract class BatchComparison extends Comparison {

    /** Rows and columns. */
    @Param({"1x10", "256x3", "256x10", "256x100", "256x1000", "64x50000"})
    public String shape;
}
