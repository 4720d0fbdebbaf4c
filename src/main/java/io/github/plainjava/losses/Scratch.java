package io.github.plainjava.losses;

/**
 * The blocks that rows go through: eight arrays, 8 KB in all, one set a thread, because to allocate and clear them
 * costs as much as a hundred exponentials. No code but ours runs while they are in use, and as plain arrays they hold
 * on to no class of this library.
 */
final class Scratch {

    /** The length of each array. */
    static final int BLOCK = 128;

    /** The numbers that a loop is about. */
    static final int X = 0;

    /** What belongs to each of them: a tail, an index, a scale. */
    static final int Y = 1;

    /** Running sums, lane by lane, and at the end their total in the first lane. */
    static final int SUMS = 2;

    static final int SUM_TAILS = 3;

    /** The target's weights of the classes. */
    static final int WEIGHTS = 4;

    static final int WEIGHT_TAILS = 5;

    /** Second running sums, or whatever else is needed. */
    static final int MORE = 6;

    static final int MORE_TAILS = 7;

    private static final int ARRAYS = 8;

    private static final ThreadLocal<double[][]> OF_THREAD = new ThreadLocal<>();

    private Scratch() {}

    static double[][] ofThread() {
        double[][] scratch = OF_THREAD.get();
        if (scratch == null) {
            scratch = new double[ARRAYS][BLOCK];
            OF_THREAD.set(scratch);
        }
        return scratch;
    }
}
