package io.github.plainjava.losses.internal.tile;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Exp;
import io.github.plainjava.losses.internal.math.Pair;

/**
 * The exponentials exp(z / T) of rows of logits, each row in a unit of its own, which cancels in every probability.
 *
 * <p>Mostly it is the same unit for all rows. Where a logit is too large for that, or too small, a row's unit is the
 * whole power of two next to the exponential of its largest logit. It is taken off in the exponent, as an integer,
 * where nothing is rounded. From a row with a logit too large even for that, the largest is subtracted first, which is
 * exact for every logit near enough to count. The unit depends on the row alone, not on the others in the tile.
 *
 * <p>Source: M. Dukhan and A. Ablavatski (2020), The two-pass softmax algorithm, arXiv:2001.04438, for exponentials
 * whose exponent is kept apart.
 */
public final class Exponentials {

    /** Up to here the argument of an exponential is reduced to within 2^-58. */
    private static final double LARGEST = 0x1p30;

    /** The exponential of this is 0 in the unit of any row. */
    private static final double LOWEST = -0x1p32;

    /** Up to here the largest logit may be in a row that has the unit that all share. */
    private static final double MODERATE = 88;

    /** Differences of smaller numbers, and their products with a target, do not overflow. */
    private static final double HUGE = 0x1p700;

    /** The power of two that makes huge numbers small enough. */
    private static final double SMALLER = 0x1p-300;

    private Exponentials() {}

    /**
     * Of all numbers in the tile, in the unit that rows share.
     *
     * @param inverse 1 / T
     * @return false, with nothing of use, if one does not fit
     */
    public static boolean compute(Rows rows, Pair inverse) {
        Tile w = rows.tile;
        return Exp.exp(w.x, inverse, w.e.head, w.e.tail, rows.size);
    }

    /**
     * Keeps the largest logit of each row out, the first of them, as the one that others are compared with. The first
     * piece of the rows is in x.
     */
    public static void keepLargest(Rows rows) {
        Tile w = rows.tile;
        double[] z = rows.predictions;
        if (!rows.areSideBySide() && !rows.isLong()) {
            keepLargestOfFew(w, z, rows.columns);
            return;
        }
        rows.largest(w.x, w.reference);
        if (rows.goInPieces()) {
            double largest = w.reference[0];
            for (rows.next(); rows.hasPiece(); rows.next()) {
                rows.load(z, w.x);
                rows.largest(w.x, w.reference);
                largest = Math.max(largest, w.reference[0]);
            }
            w.reference[0] = largest;
            rows.rewind();
            rows.load(z, w.x);
        }
        for (int r = 0; r < rows.count; r++) {
            int at = rows.from(r);
            int last = at + rows.columns - 1;
            while (at < last && z[at] != w.reference[r]) {
                at++;
            }
            w.kept[r] = at - rows.from(r);
            w.reference[r] = z[at]; // of 0.0 and -0.0, which are equal, that of the class
        }
    }

    /** Of a short row alone, where a loop is quicker; with many numbers, each step of it waits for the one before. */
    private static void keepLargestOfFew(Tile w, double[] z, int columns) {
        int from = w.from[0];
        int largest = from;
        for (int i = from + 1; i < from + columns; i++) {
            if (z[i] > z[largest]) {
                largest = i;
            }
        }
        w.kept[0] = largest - from;
        w.reference[0] = z[largest];
    }

    /** Finds the unit of a row whose largest logit is the reference. */
    public static void findUnit(Rows rows, int r, Pair inverse) {
        Tile w = rows.tile;
        double largest = w.reference[r] * inverse.head();
        boolean fits = Math.abs(largest) <= LARGEST;
        w.base[r] = fits ? 0 : w.reference[r];
        w.steps[r] = fits && Math.abs(largest) > MODERATE ? Exp.steps(largest) : 0;
        w.unit[r] = 1;
        for (int i = rows.from(r); i < rows.from(r) + rows.columns; i++) {
            double size = Math.abs(rows.predictions[i]);
            if (size >= HUGE && size <= Double.MAX_VALUE) {
                w.unit[r] = SMALLER;
            }
        }
    }

    /** Of all numbers in the tile, each row in its unit; 0 for an excluded class. */
    public static void computeInUnits(Rows rows, Pair inverse) {
        Tile w = rows.tile;
        double lowest = LOWEST / inverse.head();
        for (int i = 0; i < rows.size; i++) {
            int r = rows.rowAt(i);
            double x = Math.max(w.x[i] - w.base[r], lowest);
            double z = x * inverse.head();
            double zTail = fma(x, inverse.tail(), fma(x, inverse.head(), -z));
            w.e.set(i, Exp.exp(z, zTail, w.steps[r]));
        }
    }
}
