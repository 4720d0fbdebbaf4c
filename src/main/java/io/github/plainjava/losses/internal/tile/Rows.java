package io.github.plainjava.losses.internal.tile;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Pair;
import java.util.Arrays;

/**
 * Rows of a batch on their way through a tile, and where each of their numbers lies in it. Many short rows lie side by
 * side: row r in lane r, class after class. A long row, or one alone, has the only lane, and goes through piece by
 * piece.
 *
 * <p>So the tile is a pile of lines, one a class, each as wide as there are lanes, and all loops run over the whole of
 * it. What there is one of for each row is repeated for each line. To add up rows, the upper half of the lines is added
 * to the lower half, until there is one line. Of a row that goes in pieces, each piece is first added to those before,
 * number beside number. So in which order numbers are added depends on the length of their row alone.
 */
public final class Rows {

    /** Rows up to this length can lie side by side, and are added up number after number. */
    public static final int SHORT = 128;

    /** Up to so many numbers, rows are quicker one by one. */
    private static final int FEW = 20;

    /**
     * What goes through at a time of a row that the tile has no room for. While a piece is computed with, a processor
     * fetches the next numbers on its own, but only so many: a million squares took 1.03 ns each in pieces of 512, 0.53
     * in these, and 0.59 in half of these; 64 rows of 50,000 logits, which no cache holds, 1.55 and 1.15.
     */
    private static final int PIECE = Tile.SIZE / 4;

    /** So many rows side by side are read or written together. */
    private static final int ROWS_AT_A_TIME = 4;

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
    private boolean alone;
    private int lanes;
    private int start;
    private int piece = Tile.SIZE;

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
        return columns <= SHORT && (long) columns * rows > FEW 
                ? Math.min(Tile.LANES, Integer.highestOneBit(Tile.SIZE / columns))
                : 1;
    }

    /**
     * Puts the first piece of the rows whose numbers in the batch the tile has. They lie in as many lanes as the next
     * power of two, four at least; in those that are left over goes the first row once more.
     */
    public void begin(int rows) {
        count = rows;
        piece = columns > Tile.SIZE ? PIECE : Tile.SIZE;
        lanes = rows == 1 ? 1 : Math.max(ROWS_AT_A_TIME, 2 * Integer.highestOneBit(rows - 1));
        for (int r = rows; r < lanes; r++) {
            w.number[r] = w.number[0];
            w.from[r] = w.from[0];
        }
        rewind();
    }

    /** Lets a long row go in pieces even if the tile has room for it: for a loss that does little with a number. */
    public void splitLong() {
        if (isLong()) {
            piece = PIECE;
        }
    }

    /** Goes back to the first piece. */
    public void rewind() {
        start = 0;
        size = lanes == 1 ? Math.min(columns, piece) : lanes * columns;
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
        start += size / lanes;
        size = Math.min(columns - start, piece);
    }

    /** Whether the row does not go through at once. */
    public boolean goInPieces() {
        return columns > piece;
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
        int at = (column - start) * lanes + r;
        return at >= 0 && at < size ? at : -1;
    }

    /** How far apart the classes of a row are in the tile. */
    public int lanes() {
        return lanes;
    }

    /** The row of a place. */
    public int rowAt(int place) {
        return place & lanes - 1;
    }

    /** The class of a place. */
    public int columnAt(int place) {
        return start + place / lanes;
    }

    /** One row alone, or rows of one number each that follow one another. */
    private boolean lieAsInArrays() {
        return lanes == 1 || columns == 1 && w.from[count - 1] - w.from[0] == count - 1;
    }

    /** From an array laid out like the batch to the tile, four rows at a time. */
    public void load(double[] from, double[] to) {
        if (lieAsInArrays()) {
            int n = lanes == 1 ? size : count;
            System.arraycopy(from, from(0) + start, to, 0, n);
            Arrays.fill(to, n, size, to[0]);
            return;
        }
        for (int r = 0; r < lanes; r += ROWS_AT_A_TIME) {
            int from0 = from(r);
            int from1 = from(r + 1);
            int from2 = from(r + 2);
            int from3 = from(r + 3);
            for (int c = 0, i = r; c < columns; c++, i += lanes) {
                to[i] = from[from0 + c];
                to[i + 1] = from[from1 + c];
                to[i + 2] = from[from2 + c];
                to[i + 3] = from[from3 + c];
            }
        }
    }

    /** From the tile to an array laid out like the batch. Of the first row's lanes, the first comes last. */
    public void store(double[] from, double[] to) {
        if (lieAsInArrays()) {
            System.arraycopy(from, 0, to, from(0) + start, lanes == 1 ? size : count);
            return;
        }
        for (int r = lanes - ROWS_AT_A_TIME; r >= 0; r -= ROWS_AT_A_TIME) {
            int to0 = from(r);
            int to1 = from(r + 1);
            int to2 = from(r + 2);
            int to3 = from(r + 3);
            for (int c = 0, i = r; c < columns; c++, i += lanes) {
                to[to3 + c] = from[i + 3];
                to[to2 + c] = from[i + 2];
                to[to1 + c] = from[i + 1];
                to[to0 + c] = from[i];
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
        if (lanes == 1) {
            System.arraycopy(columnArray, start, to, 0, size);
            return;
        }
        for (int c = 0; c < columns; c++) {
            Arrays.fill(to, c * lanes, (c + 1) * lanes, columnArray[c]);
        }
    }

    /** Whether it is one row that is too long for others beside it. */
    public boolean isLong() {
        return columns > SHORT;
    }

    /** The largest of what there is of each row. */
    void largest(double[] x, double[] to) {
        Pairs.largest(x, size, lanes, to);
    }

    /** Begins sums. */
    public void clear(Pairs sums) {
        sums.clear(count);
    }

    /** Adds each row's numbers to its sum, which is one number after the last piece only. */
    public void addUp(Pairs x, Pairs sums) {
        if (!goInPieces()) {
            sums.sumUp(x, size, lanes, w.upper);
            return;
        }
        if (isFirstPiece()) {
            sums.copy(x, 0, size);
        } else {
            sums.add(x, size);
        }
        if (start + size == columns) {
            sums.sumUp(sums, piece, 1, w.upper);
            sums.set(0, sums.get(0).normalized());
        }
    }

    /** Adds to each row's sum its products of a and x, which take the place of x. */
    public void addUp(Pairs a, Pairs x, Pairs sums) {
        x.multiply(a, size);
        addUp(x, sums);
    }

    /** Adds to each row's sum its a times its distances reference - x, by way of e. */
    public void addUpDistances(Pairs a, double[] x, Pairs e, Pairs sums) {
        if (lanes == 1) {
            e.timesDistances(a, w.reference[0], x, size);
        } else {
            Pairs.spread(w.reference, lanes, size);
            e.timesDistances(a, w.reference, x, size);
        }
        addUp(e, sums);
    }

    /** Multiplies each row's numbers by its factor, and rounds. */
    public void times(Pairs x, Pairs factor) {
        if (lanes == 1) {
            x.times(factor.get(0), size);
            return;
        }
        factor.spread(lanes, size);
        x.times(factor, size);
    }

    /** Subtracts each row's a times its scale from its rounded numbers. */
    public void subtractScaled(Pairs x, Pairs a, Pairs scale) {
        if (lanes == 1) {
            x.subtractProducts(a, scale.get(0), size);
            return;
        }
        scale.spread(lanes, size);
        x.subtractProducts(a, scale, size);
    }

    /** Multiplies a long row by its factor where it was put aside, and rounds. */
    public void timesAside(double[] array, Pairs factor) {
        double f = factor.head[0];
        double fTail = factor.tail[0];
        for (int i = from(0); i < from(0) + columns; i++) {
            array[i] = fma(array[i], f, array[i] * fTail) + 0.0;
        }
    }

    /** Multiplies each row's numbers by its factor, and rounds. */
    public void times(double[] x, Pairs factor) {
        if (lanes == 1) {
            Pairs.times(x, factor.get(0), size);
            return;
        }
        factor.spread(lanes, size);
        Pairs.times(x, factor, size);
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
        return lanes > 1;
    }

    /** From numbers to their products with f, plus each row's share. */
    public void timesPlus(Pairs x, Pair f, Pairs share) {
        if (lanes == 1) {
            x.timesPlus(f, share.get(0), size);
            return;
        }
        share.spread(lanes, size);
        x.timesPlus(f, share, size);
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
        if (lanes == 1) {
            to.minusDistances(w.reference[0], b.get(0), x, size);
            return;
        }
        Pairs.spread(w.reference, lanes, size);
        b.spread(lanes, size);
        to.minusDistances(w.reference, b, x, size);
    }
}
