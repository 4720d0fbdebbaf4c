package io.github.plainjava.losses;

/**
 * A loop over a block of the scratch, which HotSpot compiles by itself.
 *
 * <p>Several such loops, called by name from a loop over blocks, would be inlined into it. Their constants, spread over
 * vector registers, and the addresses of their arrays would then be moved out of the loop over blocks as invariant
 * there, are too many to stay in registers, and are read from the stack in every iteration: a third of the time of a
 * softmax was that. A call through an array, from one place for all steps, can't be inlined.
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
