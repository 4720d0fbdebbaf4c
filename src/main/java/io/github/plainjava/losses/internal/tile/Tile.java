package io.github.plainjava.losses.internal.tile;

/**
 * The arrays that rows go through, some 280 KB. Those for numbers hold one entry for each number in the tile, those for
 * rows one for each row; some of these have room for more, as they are added up in place, or repeated for each line.
 */
public final class Tile {

    /** How many numbers go through at a time. */
    public static final int SIZE = 1024;

    /** How many rows lie side by side at the most: 256 of three logits each took a tenth less time than twice 128. */
    public static final int LANES = 256;

    /**
     * How long arrays for numbers are. If it were a power of two, the same place of all of them would fall on the same
     * lines of a processor's nearest cache, of which it keeps some eight.
     */
    private static final int ROOM = SIZE + 72;

    /** Of arrays that numbers are added up in: half of them, and the same. */
    private static final int HALF = SIZE / 2 + 72;

    /** For each number: the prediction. */
    public final double[] x = new double[ROOM];

    /** For each number: what becomes of the prediction, an exponential or a logarithm, and at last the gradient. */
    public final Pairs e = new Pairs(ROOM);

    /** For each number: its part of the target. */
    public final Pairs t = new Pairs(ROOM);

    /** For each row: the exponential that is kept out of the sum. */
    public final Pairs own = new Pairs(LANES);

    /** For each row: the sum of all others. */
    public final Pairs rest = new Pairs(HALF);

    /** For each row: the sum of its target. */
    public final Pairs mass = new Pairs(HALF);

    /** For each row: the sum of the products with its target. */
    public final Pairs dot = new Pairs(HALF);

    /** For each row: what the batch multiplies its gradient by. */
    public final Pairs scale = new Pairs(ROOM);

    /** For each row: the power of two that its gradient is to be multiplied by in the end. */
    public final int[] growth = new int[LANES];

    /** For each row: what its numbers are multiplied by. */
    public final Pairs factor = new Pairs(ROOM);

    /** For each row: what smoothing adds to each of its classes. */
    public final Pairs share = new Pairs(ROOM);

    /** For each row: the logarithm on the way to its loss. */
    public final Pairs log = new Pairs(ROOM);

    /** For each row: the class that is kept out of the sum. */
    public final int[] kept = new int[LANES];

    /** For each row: the only class that has any of the target, or -1. */
    public final int[] only = new int[LANES];

    /** For each row: the prediction that others are compared with. */
    public final double[] reference = new double[ROOM];

    /** For each row: what is subtracted from its predictions before all else, 0 but for those of extreme size. */
    public final double[] base = new double[LANES];

    /** For each row: its unit, a power of two, in the steps of an exponential. */
    public final long[] steps = new long[LANES];

    /** For each row: the power of two that its distances are multiplied by, 1 but for those of extreme size. */
    public final double[] unit = new double[LANES];

    /** For each row: 0, or +infinity if the target has something where the prediction has nothing. */
    public final double[] impossible = new double[LANES];

    /** For each row: its number in the batch. */
    public final int[] number = new int[LANES];

    /** For each row: its loss. */
    public final double[] loss = new double[LANES];

    /** For each row: the gradient at the only class that has any of the target. */
    public final double[] slope = new double[LANES];

    /** For each row: where it begins in the arrays that are loaded from and stored to. */
    public final int[] from = new int[LANES];

    /** For each number: what it becomes where it has a target of its own. The arrays are those of x, e and t. */
    public final Entries entries = new Entries(x, e, t, new Part());

    /** One of them by itself. */
    public final Entries one = new Entries(entries.part);

    private final Pairs keptScale = new Pairs(LANES);
    private final int[] keptGrowth = new int[LANES];

    /** Keeps scale and growth of the first rows, which computing a gradient changes. */
    public void keepScale(int rows) {
        keptScale.copy(scale, 0, rows);
        System.arraycopy(growth, 0, keptGrowth, 0, rows);
    }

    /** Makes them again what they were. */
    public void restoreScale(int rows) {
        scale.copy(keptScale, 0, rows);
        System.arraycopy(keptGrowth, 0, growth, 0, rows);
    }

    /** The upper half of what is added up. */
    final Pairs upper = new Pairs(HALF);
}
