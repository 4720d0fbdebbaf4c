package io.github.plainjava.losses.benchmark;

import org.openjdk.jmh.annotations.Param;

/** A function over a single row. */
public abstract class RowComparison extends Comparison {

    /** Rows and columns. */
    @Param({"1x10", "1x100", "1x1000", "1x50000"})
    public String shape;
}
