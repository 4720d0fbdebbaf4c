package io.github.plainjava.losses;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Exact;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Rows;
import io.github.plainjava.losses.internal.tile.Tile;
import java.util.Arrays;

/**
 * From a target, a label or an array, to what it says of each class: t_i = w_i q'_i, where q' is the target q smoothed
 * and w the class weights. A loss over classes is then -sum of t_i log p_i, whatever the options.
 *
 * <p>Smoothing by a: q'_i = (1 - a) q_i + a Q / C for the C classes that are not excluded, Q = sum of q; an excluded
 * class keeps (1 - a) q_i. Each t_i is carried as head + tail, because its rounding would otherwise be most of the
 * loss's error.
 */
final class Targets {

    /** No class is excluded. */
    static final double NONE = Double.NaN;

    /** Sums of smaller products may lose bits below the double range. */
    private static final double SMALL = 0x1p-900;

    /** The power of two that makes them large enough. */
    private static final double LARGER = 0x1p700;

    static final Targets PLAIN = new Targets(0, null);

    final double smoothing;

    /** One a class, or null. */
    final double[] classWeights;

    /** 1 - smoothing. */
    private final Pair kept;

    /** Of options that have been checked. */
    Targets(double smoothing, double[] classWeights) {
        this.smoothing = smoothing;
        this.classWeights = classWeights;
        this.kept = Pair.difference(1, smoothing);
    }

    Targets withSmoothing(double newSmoothing) {
        return new Targets(Checks.smoothing(newSmoothing), classWeights);
    }

    Targets withClassWeights(double[] newWeights) {
        return new Targets(smoothing, Checks.optionalFactors(newWeights, "classWeights"));
    }

    /** A label without a row: only class weights tell how many classes there are. */
    void checkLabel(int label) {
        if (classWeights != null) {
            Checks.label(label, classWeights.length, Checks.NO_ROW);
        } else if (label < 0) {
            throw new IllegalArgumentException("label " + label + " is negative");
        }
    }

    /** What a row with this label weighs in a mean. */
    double weight(int label) {
        return classWeights == null ? 1 : classWeights[label];
    }

    /** What a row with this target weighs in a mean: the sum of w_i q_i, to within an ulp; NaN if it is no target. */
    double mass(double[] target, int from, int n) {
        double sum = sum(target, from, n).rounded();
        if (classWeights == null || sum != sum) {
            return sum;
        }
        double mass = weightedSum(target, from, n, 1);
        return mass < SMALL ? weightedSum(target, from, n, LARGER) / LARGER : mass;
    }

    /** NaN if one of them is no mass. */
    private static Pair sum(double[] target, int from, int n) {
        double sum = 0;
        double tail = 0;
        boolean masses = true;
        for (int i = from; i < from + n; i++) {
            double q = target[i];
            masses &= Checks.isMass(q);
            double next = sum + q;
            tail += Exact.sumError(sum, q, next);
            sum = next;
        }
        return new Pair(sum, masses ? tail : Double.NaN);
    }

    private double weightedSum(double[] target, int from, int n, double unit) {
        double sum = 0;
        double tail = 0;
        for (int i = 0; i < n; i++) {
            double q = target[from + i] * unit;
            double next = fma(q, classWeights[i], sum);
            double added = next - sum;
            tail += (sum - (next - added)) - fma(-q, classWeights[i], added);
            sum = next;
        }
        return sum + tail;
    }

    boolean smooths() {
        return smoothing != 0;
    }

    /** Takes the labels of rows as all that there is to say. */
    void beginLabels(Rows rows) {
        Tile w = rows.tile;
        for (int r = 0; r < rows.count; r++) {
            int label = rows.labels[w.number[r]];
            w.only[r] = label;
            w.kept[r] = label;
            w.mass.head[r] = weight(label);
            w.mass.tail[r] = 0;
        }
    }

    /** Finds of each row the only class that has any of the target, if there is one. */
    void findOnly(Rows rows) {
        for (int r = 0; r < rows.count; r++) {
            rows.tile.only[r] = smooths() ? -1 : only(rows, r);
        }
    }

    /**
     * Finds what smoothing adds to each class of a row.
     *
     * @param excluded the prediction of a class that is excluded, or {@link #NONE}
     */
    void begin(Rows rows, double excluded) {
        if (!smooths()) {
            return;
        }
        Tile w = rows.tile;
        if (rows.labels != null && excluded != excluded) {
            w.share.fill(Pair.of(smoothing).over(Pair.of(rows.columns)), rows.count);
            return;
        }
        for (int r = 0; r < rows.count; r++) {
            double part = excluded == excluded ? classes(rows, r, excluded) : rows.columns;
            if (part == 0) {
                w.share.set(r, Pair.ZERO);
            } else if (rows.labels == null) {
                w.share.set(r, sum(rows.targets, rows.from(r), rows.columns).times(smoothing).over(Pair.of(part)));
            } else {
                w.share.set(r, Pair.of(smoothing).over(Pair.of(part)));
            }
        }
    }

    private static int only(Rows rows, int r) {
        if (rows.labels != null) {
            return rows.labels[rows.tile.number[r]];
        }
        int from = rows.from(r);
        int only = -1;
        for (int i = 0; i < rows.columns; i++) {
            if (rows.targets[from + i] != 0) {
                if (only >= 0) {
                    return -1;
                }
                only = i;
            }
        }
        return only;
    }

    private static int classes(Rows rows, int r, double excluded) {
        int from = rows.from(r);
        int classes = 0;
        for (int i = from; i < from + rows.columns; i++) {
            classes += rows.predictions[i] == excluded ? 0 : 1;
        }
        return classes;
    }

    /**
     * The t_i of the numbers in the tile, whose predictions are in x; e is used on the way.
     *
     * @param excluded as in {@link #begin}
     */
    void load(Rows rows, double excluded) {
        Tile w = rows.tile;
        if (rows.labels == null) {
            rows.load(rows.targets, w.t.head);
        } else {
            Arrays.fill(w.t.head, 0, rows.size, 0);
            for (int r = 0; r < rows.count; r++) {
                int place = rows.place(r, rows.labels[w.number[r]]);
                if (place >= 0) {
                    w.t.head[place] = 1;
                }
            }
        }
        if (smooths()) {
            rows.timesPlus(w.t, kept, w.share);
            takeShares(rows, excluded);
        } else {
            Arrays.fill(w.t.tail, 0, rows.size, 0);
        }
        if (classWeights != null) {
            rows.loadColumns(classWeights, w.e.head);
            w.t.scale(w.e.head, rows.size);
        }
    }

    /** Takes their share from the classes that are excluded. */
    private void takeShares(Rows rows, double excluded) {
        Tile w = rows.tile;
        for (int i = 0; excluded == excluded && i < rows.size; i++) {
            if (w.x[i] == excluded) {
                int r = rows.rowAt(i);
                int c = rows.columnAt(i);
                double q = rows.labels == null ? rows.targets[rows.from(r) + c] : rows.labels[w.number[r]] == c ? 1 : 0;
                w.t.set(i, kept.times(q));
            }
        }
    }

    @Override
    public String toString() {
        return (smoothing == 0 ? "" : ", labelSmoothing=" + smoothing)
                + (classWeights == null ? "" : ", classWeights=" + Arrays.toString(classWeights));
    }
}
