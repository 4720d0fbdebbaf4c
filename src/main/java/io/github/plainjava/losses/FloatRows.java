package io.github.plainjava.losses;

import java.util.Arrays;

/**
 * What a call of a {@link Batch} reads and writes where it is given floats: a row at a time becomes doubles, which
 * losses compute with, and back, so that never all rows are there twice. Results are rounded to floats once, at the
 * end.
 */
final class FloatRows {

    private final int columns;
    private final float[] predictions;

    /** Null if there are labels. */
    private final float[] targets;

    /** What receives the gradients, or null. */
    final float[] gradient;

    /** What receives the diagonals of the Hessians, or null. */
    final float[] hessian;

    FloatRows(int columns, float[] predictions, float[] targets, float[] gradient, float[] hessian) {
        this.columns = columns;
        this.predictions = predictions;
        this.targets = targets;
        this.gradient = gradient;
        this.hessian = hessian;
    }

    void loadPrediction(int r, double[] to, int at) {
        load(predictions, r * columns, to, at, columns);
    }

    void loadTarget(int r, double[] to, int at) {
        load(targets, r * columns, to, at, columns);
    }

    void storeGradient(double[] from, int at, int r) {
        store(from, at, gradient, r * columns, columns);
    }

    void storeHessian(double[] from, int at, int r) {
        store(from, at, hessian, r * columns, columns);
    }

    static void load(float[] from, int start, double[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] = from[start + i];
        }
    }

    /** To the nearest floats. */
    static void store(double[] from, int start, float[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] = (float) from[start + i] + 0.0f; // a small negative one would be -0.0f
        }
    }

    /** Zeros for a row that does not count. */
    void clear(int r) {
        if (gradient != null) {
            Arrays.fill(gradient, r * columns, (r + 1) * columns, 0);
        }
        if (hessian != null) {
            Arrays.fill(hessian, r * columns, (r + 1) * columns, 0);
        }
    }
}
