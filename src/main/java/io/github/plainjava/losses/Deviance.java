package io.github.plainjava.losses;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Exact;
import io.github.plainjava.losses.internal.math.Expm1;
import io.github.plainjava.losses.internal.math.Log;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Entries;
import io.github.plainjava.losses.internal.tile.Pairs;
import java.util.Arrays;

/**
 * A deviance of amounts y from means whose logarithms f are predicted: a size times a function of the distance
 * e = f - log y alone. Where y is 0, e counts as f, and what is subtracted from exponentials as 0.
 */
abstract class Deviance extends ElementwiseLoss {

    private static final long serialVersionUID = 1;

    private static final double LARGEST_SIZE = 0x1p1000;

    /** Twice times it, the least amount is above 1. */
    private static final double LARGE = 0x1p600;

    Deviance(boolean skipsMissing) {
        super(skipsMissing);
    }

    /**
     * From n distances, in {@link Entries#exponentials}, and logarithms of amounts, in {@link Entries#others}, to
     * values, slopes and curvatures of the size 1: in the former's three results, with what slopes lack, what values
     * lack in its tails, and what curvatures lack in the latter's exponentials. The sizes are the amounts, or 1 for 0,
     * unless they are written over.
     */
    abstract void ofSizeOne(Entries e, int n);

    /** All of an entry whose distance, or amount, is of extreme size. */
    abstract void setExtreme(Entries e, int i);

    /** Whether an amount can be 0. */
    boolean takesZero() {
        return true;
    }

    @Override
    final void entries(Entries e) {
        Expm1 w = e.exponentials;
        for (int from = 0; from < e.size; from += Expm1.SIZE) {
            int n = Math.min(Expm1.SIZE, e.size - from);
            loadDistances(e, from, n);
            ofSizeOne(e, n);
            times(e, n);
            System.arraycopy(w.excess, 0, e.value.head, from, n);
            System.arraycopy(w.xTail, 0, e.value.tail, from, n);
            System.arraycopy(w.expm1, 0, e.slope, from, n);
            System.arraycopy(w.exp, 0, e.curvature, from, n);
            for (int i = 0; i < n; i++) {
                if (w.excess[i] != w.excess[i]) {
                    setExtreme(e, from + i);
                }
                askForCare(e, from + i, e.amounts.head[i]);
            }
        }
    }

    /** If only the second derivative may be beyond the double range, the value says so, to be computed once more. */
    static void askForCare(Entries e, int i, double size) {
        if (size * e.unit > LARGEST_SIZE) {
            e.value.head[i] = Double.POSITIVE_INFINITY;
        }
    }

    private static void loadDistances(Entries e, int from, int n) {
        Expm1 w = e.exponentials;
        Expm1 logs = e.others;
        System.arraycopy(e.prediction, from, w.x, 0, n);
        System.arraycopy(e.target, from, logs.x, 0, n);
        loadAmounts(logs.x, w.less, e.amounts.head, n);
        Arrays.fill(e.amounts.tail, 0, n, 0);
        Log.logOfAny(logs.x, logs.xTail, logs.exp, n);
        subtract(w.x, w.xTail, logs.x, logs.xTail, n);
    }

    /** 1 for all amounts but 0, and amounts, but 1 for 0. */
    private static void loadAmounts(double[] y, double[] isSome, double[] amounts, int n) {
        for (int i = 0; i < n; i++) {
            isSome[i] = Math.min(1, y[i] * LARGE * LARGE);
            y[i] = y[i] - -(1 - isSome[i]);
            amounts[i] = y[i];
        }
    }

    private static void subtract(double[] f, double[] tail, double[] log, double[] logTail, int n) {
        for (int i = 0; i < n; i++) {
            double distance = f[i] - log[i];
            tail[i] = Exact.differenceError(f[i], log[i], distance) - logTail[i];
            f[i] = distance;
        }
    }

    private static void times(Entries e, int n) {
        Expm1 w = e.exponentials;
        Pairs sizes = e.amounts;
        times(w.excess, w.xTail, sizes.head, sizes.tail, e.unit, n);
        timesRounded(w.expm1, w.lack, sizes.head, sizes.tail, e.unit, n);
        if (e.derivesTwice) {
            timesRounded(w.exp, e.others.exp, sizes.head, sizes.tail, e.unit, n);
        }
    }

    private static void times(double[] x, double[] tail, double[] size, double[] sizeTail, double unit, int n) {
        for (int i = 0; i < n; i++) {
            double ofUnit = size[i] * unit;
            double product = ofUnit * x[i];
            double error = fma(ofUnit, x[i], -product);
            tail[i] = fma(ofUnit, tail[i], fma(sizeTail[i] * unit, x[i], error)) * unit;
            x[i] = product * unit;
        }
    }

    private static void timesRounded(double[] x, double[] tail, double[] size, double[] sizeTail, double unit, int n) {
        for (int i = 0; i < n; i++) {
            double ofUnit = size[i] * unit;
            x[i] = fma(ofUnit, x[i], fma(ofUnit, tail[i], sizeTail[i] * unit * x[i])) * unit;
        }
    }

    @Override
    String options() {
        return "";
    }

    @Override
    final boolean isOfDifferences() {
        return false;
    }

    @Override
    final String nameOfTargets() {
        return takesZero() ? "amounts of at least 0" : "amounts above 0";
    }

    @Override
    final boolean checksRows(boolean labels) {
        return true;
    }

    @Override
    final void checkRow(double[] prediction, double[] target, int from, int columns, int row) {
        Checks.amounts(target, from, columns, takesZero(), row);
    }
}
