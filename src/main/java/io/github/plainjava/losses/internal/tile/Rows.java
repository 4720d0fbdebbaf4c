package io.github.plainjava.losses.internal.tile;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Pair;
import java.util.Arrays;

/**
 * Rows of a batch on their way through a tile, and where each of their numbers lies in it. Many short rows lie side by
 * side: row r in lane r, class after class. A long row, or one alone, lies as it is, and goes through piece by piece;
 * its sums are added up in as many lanes as there are, one beside the other, and at the end these.
 *
 * <p>In either case the tile is a pile of lines, each as wide as there are lanes, and the loops over a line are the same.
 * Which case it is depends on how many rows there are; how the numbers of a row are added up depends on its length alone.
 */
public final class Rows {

    /** Rows up to this length can lie side by side, and are added up number after number. */
    public static final int SHORT = 32;

    /** Up to so many numbers, rows are quicker one by one. */
    private static final int FEW = 100;

    /** The predictions of all rows of the batch. */
    public double[] predictions;

    /** Their target arrays, or null. */
    public double[] targets;

    /** Their labels, or null. */
    public int[] labels;

    /** What receives their gradients, or null; it may be the predictions. */
    public double[] gradient;

    /** What receives the diagonals of their Hessians, or null; it may be the predictions, if the gradients are not. */
    public double[] hessian;

    /** How long each row is. */
    public int columns;

    /** How many rows are in the tile. */
    public int count;

    /** How many of their numbers are. */
    public int size;

    /** Where they are. */
    public final Tile tile = new Tile();

    private final Tile w = tile;
    private final int[] label = new int[1];
    private boolean sideBySide;
    private boolean alone;
    private int start;

    private Rows() {}

    /** Rows with a tile that nobody else uses, until they are given back. */
    public static Rows take() {
        Rows rows = Pool.take();
        return rows == null ? new Rows() : rows;
    }

    /** Lets others use the tile. Rows that are not given back, after an error, are garbage. */
    public void giveBack() {
        predictions = null;
        targets = null;
        labels = null;
        gradient = null;
        hessian = null;
        alone = false;
        Pool.giveBack(this);
    }

    /** Puts the first piece of a row that is a batch by itself, of weight 1. */
    public void beginAlone(double[] prediction, double[] target, int theLabel, double[] itsGradient) {
        predictions = prediction;
        targets = target;
        label[0] = theLabel;
        labels = target == null ? label : null;
        gradient = itsGradient;
        alone = true;
        columns = prediction.length;
        w.number[0] = 0;
        w.from[0] = 0;
        w.scale.set(0, Pair.ONE);
        w.growth[0] = 0;
        begin(1);
    }

    /** How many rows of a batch go through at once. */
    public static int atOnce(int columns, int rows) {
        return columns <= SHORT && (long) columns * rows > FEW ? Math.min(Tile.LANES, Tile.SIZE / columns) : 1;
    }

    /** Puts the first piece of the rows whose numbers in the batch the tile has. */
    public void begin(int rows) {
        count = rows;
        sideBySide = rows > 1;
        rewind();
    }

    /** Goes back to the first piece. */
    public void rewind() {
        start = 0;
        size = sideBySide ? count * columns : Math.min(columns, Tile.SIZE);
    }

    /** Whether there is a piece. */
    public boolean hasPiece() {
        return start < columns;
    }

    /** Whether it is the first one. */
    public boolean isFirstPiece() {
        return start == 0;
    }

    /** Goes on to the next piece. */
    public void next() {
        start = sideBySide ? columns : start + size;
        size = Math.min(columns - start, Tile.SIZE);
    }

    /** Whether the tile has room for one piece of the row only. */
    public boolean goInPieces() {
        return !sideBySide && columns > Tile.SIZE;
    }

    /** Whether a piece that is written takes the place of predictions that a second try would read. */
    public boolean writeOverPieces() {
        return goInPieces() && (gradient == predictions || hessian == predictions);
    }

    /** Where in the arrays of numbers a row begins. */
    public int from(int r) {
        return w.from[r];
    }

    /** Whether it is a row by itself, not one of a batch. */
    public boolean isAlone() {
        return alone;
    }

    /** The place of a class of a row in the tile, or -1 if it belongs to another piece. */
    public int place(int r, int column) {
        if (sideBySide) {
            return column * count + r;
        }
        int at = column - start;
        return at >= 0 && at < size ? at : -1;
    }

    /** The row of a place. */
    public int rowAt(int place) {
        return sideBySide ? place % count : 0;
    }

    /** The class of a place. */
    public int columnAt(int place) {
        return sideBySide ? place / count : start + place;
    }

    /** From an array laid out like the batch to the tile. */
    public void load(double[] from, double[] to) {
        if (!sideBySide) {
            System.arraycopy(from, from(0) + start, to, 0, size);
            return;
        }
        for (int r = 0; r < count; r++) {
            int at = from(r);
            for (int c = 0, j = r; c < columns; c++, j += count) {
                to[j] = from[at + c];
            }
        }
    }

    /** From the tile to an array laid out like the batch. */
    public void store(double[] from, double[] to) {
        if (!sideBySide) {
            System.arraycopy(from, 0, to, from(0) + start, size);
            return;
        }
        for (int r = 0; r < count; r++) {
            int at = from(r);
            for (int c = 0, j = r; c < columns; c++, j += count) {
                to[at + c] = from[j];
            }
        }
    }

    /** What was computed for a long row waits where its gradient will be, since adding it up destroys it. */
    public void putAside(Pairs x, double[] array) {
        if (isLong()) {
            store(x.head, array);
        }
    }

    /** From an array with an entry for each column, which all rows share. */
    public void loadColumns(double[] columnArray, double[] to) {
        if (!sideBySide) {
            System.arraycopy(columnArray, start, to, 0, size);
            return;
        }
        for (int c = 0; c < columns; c++) {
            Arrays.fill(to, c * count, (c + 1) * count, columnArray[c]);
        }
    }

    /** Whether it is one row that is too long for others beside it. */
    public boolean isLong() {
        return columns > SHORT;
    }

    /** The largest of each row side by side. */
    void largest(double[] x, double[] to) {
        System.arraycopy(x, 0, to, 0, count);
        for (int at = count; at < size; at += count) {
            System.arraycopy(x, at, w.line.head, 0, count);
            Pairs.largest(to, w.line.head, count);
        }
    }

    /** Begins sums. */
    public void clear(Pairs sums) {
        sums.clear(count);
    }

    /** Adds what there is of a long row to its sum, whose tail would otherwise grow with the number of pieces. */
    private void addPiece(Pairs x, Pairs sums) {
        x.foldUp(size);
        sums.addFirst(x);
    }

    /** Adds each row's numbers to its sum; those of a long row are lost. */
    public void addUp(Pairs x, Pairs sums) {
        if (sideBySide) {
            for (int at = 0; at < size; at += count) {
                w.line.copy(x, at, count);
                sums.add(w.line, count);
            }
        } else if (isLong()) {
            addPiece(x, sums);
        } else {
            sums.addUp(x, size);
        }
    }

    /** Adds to each row's sum its products of a and x; x of a long row is lost. */
    public void addUp(Pairs a, Pairs x, Pairs sums) {
        if (sideBySide) {
            for (int at = 0; at < size; at += count) {
                w.line.copy(x, at, count);
                w.line2.copy(a, at, count);
                sums.addProducts(w.line2, w.line, count);
            }
        } else if (isLong()) {
            x.multiply(a, size);
            addPiece(x, sums);
        } else {
            sums.addUpProducts(a, x, size);
        }
    }

    /** Adds to each row's sum its a times its distances reference - x, those of a long row by way of e. */
    public void addUpDistances(Pairs a, double[] x, Pairs e, Pairs sums) {
        if (sideBySide) {
            for (int at = 0; at < size; at += count) {
                System.arraycopy(x, at, w.line2.head, 0, count);
                w.line.difference(w.reference, w.line2.head, count);
                w.line2.copy(a, at, count);
                sums.addProducts(w.line2, w.line, count);
            }
            return;
        }
        Pairs distances = isLong() ? e : w.line;
        distances.difference(w.reference[0], x, size);
        addUp(a, distances, sums);
    }

    /** Multiplies each row's numbers by its factor, and rounds. */
    public void times(Pairs x, Pairs factor) {
        if (!sideBySide) {
            x.times(factor.head[0], factor.tail[0], size);
            return;
        }
        for (int at = 0; at < size; at += count) {
            w.line.copy(x, at, count);
            w.line.times(factor, count);
            System.arraycopy(w.line.head, 0, x.head, at, count);
        }
    }

    /** Multiplies a long row by its factor where it was put aside, and rounds. */
    public void timesAside(double[] array, Pairs factor) {
        times(array, from(0), columns, factor.head[0], factor.tail[0]);
    }

    private static void times(double[] x, int from, int n, double f, double fTail) {
        for (int i = from; i < from + n; i++) {
            x[i] = fma(x[i], f, x[i] * fTail) + 0.0;
        }
    }

    /** Multiplies each row's numbers by its factor, and rounds. */
    public void times(double[] x, Pairs factor) {
        if (!sideBySide) {
            times(x, 0, size, factor.head[0], factor.tail[0]);
            return;
        }
        Arrays.fill(w.line.tail, 0, count, 0);
        for (int at = 0; at < size; at += count) {
            System.arraycopy(x, at, w.line.head, 0, count);
            w.line.times(factor, count);
            System.arraycopy(w.line.head, 0, x, at, count);
        }
    }

    /** Multiplies derivatives, if there are any, by the powers of two that were left for the end. */
    public void grow(double[] derivatives) {
        for (int r = 0; derivatives != null && r < count; r++) {
            for (int i = from(r); w.growth[r] != 0 && i < from(r) + columns; i++) {
                derivatives[i] = Math.scalb(derivatives[i], w.growth[r]) + 0.0;
            }
        }
    }

    /** Whether many rows lie side by side. */
    public boolean areSideBySide() {
        return sideBySide;
    }

    /** Subtracts each row's a times its scale from its rounded numbers. */
    public void subtractScaled(Pairs x, Pairs a, Pairs scale) {
        if (!sideBySide) {
            x.subtractProducts(a, scale.head[0], scale.tail[0], size);
            return;
        }
        for (int at = 0; at < size; at += count) {
            System.arraycopy(x.head, at, w.line.head, 0, count);
            w.line2.copy(a, at, count);
            w.line.subtractProducts(w.line2, scale, count);
            System.arraycopy(w.line.head, 0, x.head, at, count);
        }
    }

    /** From rounded numbers to their products with f, plus each row's share. */
    public void timesPlus(Pairs x, Pair f, Pairs share) {
        if (!sideBySide) {
            x.timesPlus(f, share.get(0), size);
            return;
        }
        for (int at = 0; at < size; at += count) {
            System.arraycopy(x.head, at, w.line.head, 0, count);
            w.line.timesPlus(f, share, count);
            System.arraycopy(w.line.head, 0, x.head, at, count);
            System.arraycopy(w.line.tail, 0, x.tail, at, count);
        }
    }

    /** Takes the kept class of each row out of the tile. */
    public void takeOut(Pairs x, Pairs own) {
        for (int r = 0; r < count; r++) {
            int place = place(r, w.kept[r]);
            if (place >= 0) {
                own.head[r] = x.head[place];
                own.tail[r] = x.tail[place];
                x.head[place] = 0;
                x.tail[place] = 0;
            }
        }
    }

    /** Puts it back. */
    public void putBack(Pairs own, Pairs x) {
        for (int r = 0; r < count; r++) {
            int place = place(r, w.kept[r]);
            if (place >= 0) {
                x.head[place] = own.head[r];
                x.tail[place] = own.tail[r];
            }
        }
    }

    /** Sets the number of one class of each row, where there is such a class. */
    public void set(Pairs x, int[] classes, double[] values) {
        for (int r = 0; r < count; r++) {
            int place = classes[r] < 0 ? -1 : place(r, classes[r]);
            if (place >= 0) {
                x.head[place] = values[r];
            }
        }
    }

    /** Becomes each row's (x - reference) - b, rounded. */
    public void minusDistances(Pairs to, double[] x, Pairs b) {
        if (!sideBySide) {
            to.minusDistances(w.reference[0], b.get(0), x, size);
            return;
        }
        for (int at = 0; at < size; at += count) {
            System.arraycopy(x, at, w.line2.head, 0, count);
            w.line.minusDistances(w.reference, b, w.line2.head, count);
            System.arraycopy(w.line.head, 0, to.head, at, count);
        }
    }
}
