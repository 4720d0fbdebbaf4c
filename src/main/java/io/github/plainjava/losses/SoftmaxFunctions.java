package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Exponentials;
import io.github.plainjava.losses.internal.tile.Rows;
import io.github.plainjava.losses.internal.tile.Tile;
import java.util.Arrays;

/** The functions behind {@link Softmax}'s methods, of rows that have been checked: one row is a batch of one. */
final class SoftmaxFunctions {

    /** The logit of a class that is excluded. */
    private static final double EXCLUDED = Double.NEGATIVE_INFINITY;

    private SoftmaxFunctions() {}

    /** What becomes of the rows in a tile: numbers where their gradient would be, or one for each where its loss is. */
    interface OfRows {

        void compute(Rows rows);
    }

    /**
     * Takes rows laid end to end through tiles.
     *
     * @param into   receives a number for each logit, if there are any, and may be the logits
     * @param perRow receives a number for each row, if there is one
     */
    static void compute(OfRows function, double[] logits, int columns, double[] into, double[] perRow) {
        compute(function, logits, logits.length / columns, columns, into, perRow);
    }

    /**
     * The same of floats, computed in doubles and rounded once: of as many short rows at a time as a tile takes, or one
     * long row, so that the doubles take little room.
     *
     * @param into   receives a number for each logit, if it is not null, or else
     * @param perRow receives a number for each row
     */
    static void compute(OfRows function, float[] logits, int columns, float[] into, float[] perRow) {
        int count = logits.length / columns;
        int atOnce = Math.min(Rows.atOnce(columns, count), count);
        float[] to = into == null ? perRow : into;
        int toOfRow = into == null ? 1 : columns;
        double[] window = new double[atOnce * columns];
        double[] results = new double[atOnce * toOfRow];
        for (int from = 0; from < count; from += atOnce) {
            int inWindow = Math.min(atOnce, count - from);
            load(logits, from * columns, window, inWindow * columns);
            compute(function, window, inWindow, columns, into == null ? null : results, into == null ? results : null);
            round(results, to, from * toOfRow, inWindow * toOfRow);
        }
    }

    private static void load(float[] logits, int from, double[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = logits[from + i];
        }
    }

    /** To the nearest floats, of which none is -0.0F, as it might be of a small negative number. */
    private static void round(double[] x, float[] to, int from, int n) {
        for (int i = 0; i < n; i++) {
            to[from + i] = (float) x[i] + 0.0F;
        }
    }

    private static void compute(
            OfRows function, double[] logits, int count, int columns, double[] into, double[] perRow) {
        Rows rows = Rows.take();
        rows.predictions = logits;
        rows.gradient = into;
        rows.columns = columns;
        int atOnce = Rows.atOnce(columns, count);
        for (int from = 0; from < count; from += atOnce) {
            int inTile = Math.min(atOnce, count - from);
            for (int r = 0; r < inTile; r++) {
                rows.tile.number[r] = from + r;
            }
            rows.begin(inTile);
            function.compute(rows);
            if (perRow != null) {
                System.arraycopy(rows.tile.loss, 0, perRow, from, inTile);
            }
        }
        rows.giveBack();
    }

    static void softmax(Rows rows) {
        softmax(rows, Pair.ONE);
    }

    /** p_i = e_i / sum of e_j. */
    static void softmax(Rows rows, Pair inverse) {
        Tile w = rows.tile;
        boolean waits = !rows.writeOverPieces(); // an exponential where its probability will be, as no logit is there
        boolean inUnits = addUpExponentials(rows, false, waits, inverse);
        for (int r = 0; r < rows.count; r++) {
            w.factor.set(r, Pair.ONE.over(w.rest.get(r)));
        }
        if (!rows.isLong()) {
            rows.rewind();
            rows.times(w.e, w.factor);
            rows.store(w.e.head, rows.gradient);
        } else if (waits) {
            rows.timesAside(rows.gradient, w.factor);
        } else {
            for (rows.rewind(); rows.hasPiece(); rows.next()) {
                rows.load(rows.predictions, w.x);
                computeExponentials(rows, inUnits, inverse);
                Arrays.fill(w.e.tail, 0, rows.size, 0); // as if they had waited
                rows.times(w.e, w.factor);
                rows.store(w.e.head, rows.gradient);
            }
        }
    }

    /** log p_i = -(z_k - z_i) - log(1 + rest / own), k the largest. */
    static void logSoftmax(Rows rows) {
        Tile w = rows.tile;
        boolean inUnits = addUpExponentials(rows, true, false, Pair.ONE);
        logOfSum(rows);
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            rows.load(rows.predictions, w.x);
            rows.minusDistances(w.e, w.x, w.log);
            if (inUnits) {
                mendLogs(rows);
            }
            rows.store(w.e.head, rows.gradient);
        }
    }

    /** z_k + log(1 + rest / own), k the largest. */
    static void logSumExp(Rows rows) {
        Tile w = rows.tile;
        addUpExponentials(rows, true, false, Pair.ONE);
        logOfSum(rows);
        for (int r = 0; r < rows.count; r++) {
            double largest = w.reference[r];
            boolean infinite = Math.abs(largest) == Double.POSITIVE_INFINITY
                    && !Checks.hasNaN(rows.predictions, rows.from(r), rows.columns);
            w.loss[r] = infinite ? largest : w.log.get(r).plus(Pair.of(largest)).rounded();
        }
    }

    /** log(1 + rest / own) of each row. */
    private static void logOfSum(Rows rows) {
        Tile w = rows.tile;
        if (rows.areSideBySide()) {
            w.log.quotient(w.rest, w.own, rows.count);
            w.log.log1p(w.factor, rows.count);
        } else {
            w.log.set(0, w.rest.get(0).over(w.own.get(0)).log1p());
        }
    }

    /**
     * Finds own, of the largest logit, and rest, where the largest is kept out, or else the whole sum as rest.
     *
     * @param waits whether exponentials of a long row wait where what is computed of them will be
     * @return whether rows needed units of their own
     */
    private static boolean addUpExponentials(Rows rows, boolean keepsOut, boolean waits, Pair inverse) {
        boolean inUnits = !addUpExponentials(rows, keepsOut, waits, false, inverse);
        if (inUnits) {
            addUpExponentials(rows, keepsOut, waits, true, inverse);
        }
        return inUnits;
    }

    /** The same in the unit that all rows share, or each in its own. False, with nothing of use, if one does not do. */
    private static boolean addUpExponentials(
            Rows rows, boolean keepsOut, boolean waits, boolean inUnits, Pair inverse) {
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
            if (!computeExponentials(rows, inUnits, inverse)) {
                return false;
            }
            if (keepsOut) {
                rows.takeOut(w.e, w.own);
            }
            if (waits) {
                rows.putAside(w.e, rows.gradient);
            }
            rows.addUp(w.e, w.rest);
        }
        return true;
    }

    private static boolean computeExponentials(Rows rows, boolean inUnits, Pair inverse) {
        if (inUnits) {
            Exponentials.computeInUnits(rows, inverse);
            return true;
        }
        return Exponentials.compute(rows, inverse);
    }

    /** Logits that are -infinity, or too far from the largest, have logarithms that are, unless all are NaN. */
    private static void mendLogs(Rows rows) {
        Tile w = rows.tile;
        for (int i = 0; i < rows.size; i++) {
            int r = rows.rowAt(i);
            if (w.x[i] - w.reference[r] == EXCLUDED && !Double.isNaN(w.log.head[r])) {
                w.e.head[i] = EXCLUDED;
            }
        }
    }
}
