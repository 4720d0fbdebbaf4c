package io.github.plainjava.losses.benchmark;

/**
 * One set of data: rows of predictions laid end to end, a label and, where asked for, a target distribution for each.
 *
 * @param index its place among the samples of a benchmark, for contenders that keep a form of their own of each
 * @param output where a result as long as the prediction goes; shared by all samples, as a training loop does
 */
record Sample(int index, Shape shape, double[] prediction, int[] labels, double[] target, double[] output) {

    int rows() {
        return shape.rows();
    }

    int columns() {
        return shape.columns();
    }

    int label() {
        return labels[0];
    }
}
