package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Exponentials;
import io.github.plainjava.losses.internal.tile.Rows;
import io.github.plainjava.losses.internal.tile.Tile;

/** The functions behind the static methods of {@link Softmax}, for arguments that have been checked. */
final class SoftmaxFunctions {

    /** The logit of a class that is excluded. */
    private static final double EXCLUDED = Double.NEGATIVE_INFINITY;

    private SoftmaxFunctions() {}

    /** p_i = e_i / sum of e_j. */
    private static void softmax(Rows rows, Pair inverse) {
        Tile w = rows.tile;
        boolean inUnits = rows.writeOverPieces();
        if (inUnits || !addUpExponentials(rows, false, false, inverse)) {
            addUpExponentials(rows, false, true, inverse);
        }
        for (int r = 0; r < rows.count; r++) {
            w.factor.set(r, Pair.ONE.over(w.rest.get(r)));
        }
        if (rows.isLong()) {
            rows.timesAside(rows.gradient, w.factor);
        } else {
            rows.rewind();
            rows.times(w.e, w.factor);
            rows.store(w.e.head, rows.gradient);
        }
    }

    /** log p_i = -(z_k - z_i) - log(1 + rest / own), k the largest. */
    private static void logSoftmax(Rows rows) {
        Tile w = rows.tile;
        boolean inUnits = addUpBesideLargest(rows);
        for (int r = 0; r < rows.count; r++) {
            w.log.set(r, w.rest.get(r).over(w.own.get(r)).log1p());
        }
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            rows.load(rows.predictions, w.x);
            rows.minusDistances(w.e, w.x, w.log);
            if (inUnits) {
                mendLogs(rows);
            }
            rows.store(w.e.head, rows.gradient);
        }
    }

    /** Finds own, of the largest logit, and rest. True if rows needed units of their own. */
    private static boolean addUpBesideLargest(Rows rows) {
        boolean inUnits = !addUpExponentials(rows, true, false, Pair.ONE);
        if (inUnits) {
            addUpExponentials(rows, true, true, Pair.ONE);
        }
        return inUnits;
    }

    /** Finds own and rest, where the largest is kept out, or else the whole sum as rest. False as {@link #addUp}. */
    private static boolean addUpExponentials(Rows rows, boolean keepsOut, boolean inUnits, Pair inverse) {
        Tile w = rows.tile;
        rows.clear(w.rest);
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            rows.load(rows.predictions, w.x);
            if (rows.isFirstPiece() && (keepsOut || inUnits)) {
                Exponentials.keepLargest(rows);
            }
            for (int r = 0; r < rows.count && inUnits && rows.isFirstPiece(); r++) {
                Exponentials.findUnit(rows, r, inverse);
            }
            if (inUnits) {
                Exponentials.computeInUnits(rows, inverse);
            } else if (!Exponentials.compute(rows, inverse)) {
                return false;
            }
            if (keepsOut) {
                rows.takeOut(w.e, w.own);
            } else {
                rows.putAside(w.e, rows.gradient);
            }
            rows.addUp(w.e, w.rest);
        }
        return true;
    }

    /** Logits that are infinite, or too far apart, have logarithms that are. */
    private static void mendLogs(Rows rows) {
        Tile w = rows.tile;
        for (int i = 0; i < rows.size; i++) {
            double reference = w.reference[rows.rowAt(i)];
            if (w.x[i] - reference == EXCLUDED && reference <= Double.MAX_VALUE) {
                w.e.head[i] = EXCLUDED;
            }
        }
    }

    static void softmax(double[] logits, Pair inverse, double[] probabilities) {
        Rows rows = Rows.take();
        rows.beginAlone(logits, null, 0, probabilities);
        softmax(rows, inverse);
        rows.giveBack();
    }

    static void logSoftmax(double[] logits, double[] logProbabilities) {
        Rows rows = Rows.take();
        rows.beginAlone(logits, null, 0, logProbabilities);
        logSoftmax(rows);
        rows.giveBack();
    }

    /** z_k + log(1 + rest / own), k the largest. */
    static double logSumExp(double[] logits) {
        Rows rows = Rows.take();
        rows.beginAlone(logits, null, 0, null);
        addUpBesideLargest(rows);
        Tile w = rows.tile;
        Pair log = w.rest.get(0).over(w.own.get(0)).log1p();
        double largest = w.reference[0];
        boolean infinite = Math.abs(largest) == Double.POSITIVE_INFINITY && !Checks.hasNaN(logits, 0, logits.length);
        rows.giveBack();
        return infinite ? largest : log.plus(Pair.of(largest)).rounded();
    }
}
