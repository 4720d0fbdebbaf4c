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

    /** For less, log(1 + x) is x, and products with x come first: the quotient x may not have all its bits. */
    private static final double TINY = 0x1p-110;

    /** The exponential of a logit so far below another is 0 beside it. */
    private static final double LOST = 0x1p12;

    /** What is added up of a row. */
    private enum Sums {
        /** All exponentials, as rest. */
        ALL,
        /** The same; those of a long row wait where what is computed of them will be. */
        ALL_ASIDE,
        /** The one of the largest logit, as own, and all others, as rest. */
        BESIDE_LARGEST,
        /** The same, and as dot their products with the distances from the largest. */
        WITH_DISTANCES
    }

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
            FloatRows.load(logits, from * columns, window, 0, inWindow * columns);
            compute(function, window, inWindow, columns, into == null ? null : results, into == null ? results : null);
            FloatRows.store(results, 0, to, from * toOfRow, inWindow * toOfRow);
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
                rows.tile.from[r] = (from + r) * columns;
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
        boolean inUnits = addUpExponentials(rows, waits ? Sums.ALL_ASIDE : Sums.ALL, inverse);
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
        boolean inUnits = addUpExponentials(rows, Sums.BESIDE_LARGEST, Pair.ONE);
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
        addUpExponentials(rows, Sums.BESIDE_LARGEST, Pair.ONE);
        logOfSum(rows);
        for (int r = 0; r < rows.count; r++) {
            double largest = w.reference[r];
            boolean infinite = Math.abs(largest) == Double.POSITIVE_INFINITY
                    && !Checks.hasNaN(rows.predictions, rows.from(r), rows.columns);
            w.loss[r] = infinite ? largest : w.log.get(r).plus(Pair.of(largest)).rounded();
        }
    }

    /**
     * The entropy of the probabilities and its gradient, if there is an array for it. With d_i = z_k - z_i and k the
     * largest, -log p_i is d_i + log(1 + rest / own), and so
     * <pre>
     *     entropy    = log(1 + rest / own) + D,    D = (sum of e_i d_i) / (own + rest)
     *     gradient_i = p_i (d_i - D)
     * </pre>
     * No term of the entropy is negative.
     */
    static void entropy(Rows rows) {
        Tile w = rows.tile;
        boolean inUnits = addUpExponentials(rows, Sums.WITH_DISTANCES, Pair.ONE);
        for (int r = 0; r < rows.count; r++) {
            Pair own = w.own.get(r);
            Pair rest = w.rest.get(r);
            Pair dot = w.dot.get(r);
            Pair odds = rest.over(own);
            Pair distance = dot.over(own.plus(rest));
            w.loss[r] = odds.head() < TINY ? rest.plus(dot).over(own).rounded() : odds.log1p().plus(distance).rounded();
            w.factor.set(r, Pair.ONE.over(own.plus(rest)));
            w.share.set(r, distance);
        }
        if (rows.gradient != null) {
            writeGradientOfEntropy(rows, inUnits);
        }
    }

    private static void writeGradientOfEntropy(Rows rows, boolean inUnits) {
        Tile w = rows.tile;
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            rows.load(rows.predictions, w.x);
            computeExponentials(rows, inUnits, Pair.ONE);
            mendDistances(rows, inUnits);
            for (int i = 0; i < rows.size; i++) {
                int r = rows.rowAt(i);
                Pair deviation = Pair.difference(w.reference[r], w.x[i]).minus(w.share.get(r));
                w.e.head[i] = w.e.get(i).times(deviation).times(w.factor.get(r)).rounded();
            }
            rows.store(w.e.head, rows.gradient);
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

    /** Finds own, of the largest logit, and rest: whether rows needed units of their own. */
    static boolean addUpBesideLargest(Rows rows, Pair inverse) {
        return addUpExponentials(rows, Sums.BESIDE_LARGEST, inverse);
    }

    /** Adds up, in the unit that all rows share, or, if one does not do, each in its own: whether it is so. */
    private static boolean addUpExponentials(Rows rows, Sums sums, Pair inverse) {
        boolean inUnits = !addUpExponentials(rows, sums, false, inverse);
        if (inUnits) {
            addUpExponentials(rows, sums, true, inverse);
        }
        return inUnits;
    }

    /** The same in either. False, with nothing of use, if the shared unit does not do for a row. */
    private static boolean addUpExponentials(Rows rows, Sums sums, boolean inUnits, Pair inverse) {
        Tile w = rows.tile;
        boolean keepsOut = sums == Sums.BESIDE_LARGEST || sums == Sums.WITH_DISTANCES;
        rows.clear(w.rest);
        if (sums == Sums.WITH_DISTANCES) {
            rows.clear(w.dot);
        }
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
            if (sums == Sums.WITH_DISTANCES) {
                mendDistances(rows, inUnits);
                rows.addUpDistances(w.e, w.x, w.t, w.dot);
            }
            if (sums == Sums.ALL_ASIDE) {
                rows.putAside(w.e, rows.gradient);
            }
            rows.addUp(w.e, w.rest);
        }
        return true;
    }

    /** Logits whose exponentials are 0 get distances that products with 0 are 0 of. */
    private static void mendDistances(Rows rows, boolean inUnits) {
        Tile w = rows.tile;
        for (int i = 0; inUnits && i < rows.size; i++) {
            w.x[i] = Math.max(w.x[i], w.reference[rows.rowAt(i)] - LOST);
        }
    }

    static boolean computeExponentials(Rows rows, boolean inUnits, Pair inverse) {
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
