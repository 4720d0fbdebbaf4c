package io.github.plainjava.losses;

/**
 * A loop over a block of the scratch, which HotSpot compiles by itself.
 *
 * <p>Several such loops, called by name from a loop over blocks, would be inlined into it. Their constants, spread over
 * vector registers, and the addresses of their arrays do not change there and would be moved out of it. They are too
 * many to stay in registers until they are used, so every iteration would read them from the stack: a third of the time
 * of a softmax was that. A call through an array, from one place for all steps, is not inlined, because HotSpot has met
 * more than two kinds of step there, whatever losses a program uses.
 */
@FunctionalInterface
interface Step {

    /**
     * Does this step.
     *
     * @param a what it needs besides the block
     * @param b the tail of a, or a second number
     * @param n the length of the block
     * @return whether the next step makes sense
     */
    boolean apply(double[][] scratch, double a, double b, int n);

    /** Does step after step, and returns whether all were done. */
    static boolean all(Step[] steps, double[][] scratch, double a, double b, int n) {
        for (Step step : steps) {
            if (!step.apply(scratch, a, b, n)) {
                return false;
            }
        }
        return true;
    }
}
