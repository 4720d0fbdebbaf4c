package io.github.plainjava.losses.internal.tile;

/**
 * Some entries on their way through a loss that is made of many short loops, with an array for each thing that is known
 * of them; few enough to stay in the nearest cache. Most are about the answer to a question, yes or no.
 */
public final class Part {

    /** How many there are at the most. */
    public static final int SIZE = 128;

    /** How many there are. */
    public int size;

    /** Of each: the prediction. */
    public final double[] prediction = new double[SIZE];

    /** Of each: the target. */
    public final double[] target = new double[SIZE];

    /** Of each: how many times a yes counts. */
    public final double[] weight = new double[SIZE];

    /** Of each: 1 or -1 for one that lies far above or below its target, or else 0. */
    public final double[] side = new double[SIZE];

    /** Of each: what a yes counts. */
    public final Pairs yes = new Pairs(SIZE);

    /** Of each: what a no counts. */
    public final Pairs no = new Pairs(SIZE);

    /** Of each: what the two count together. */
    public final Pairs both = new Pairs(SIZE);

    /** Of each: how much less likely the answer is that is predicted against, 0 for a sure prediction, 1 for none. */
    public final Pairs odds = new Pairs(SIZE);

    /** Of each: what a yes costs. */
    public final Pairs costOfYes = new Pairs(SIZE);

    /** Of each: what a no costs. */
    public final Pairs costOfNo = new Pairs(SIZE);

    /** Of each: the value. */
    public final Pairs value = new Pairs(SIZE);

    /** Of each: one of several numbers on the way. */
    public final Pairs first = new Pairs(SIZE);

    /** Of each: another one. */
    public final Pairs second = new Pairs(SIZE);

    /** Of each: yet another one. */
    public final Pairs third = new Pairs(SIZE);

    /** Of each: what another one is divided by. */
    public final Pairs divisor = new Pairs(SIZE);

    /** Of each: the first derivative. */
    public final double[] slope = new double[SIZE];

    /** Of each: the second derivative. */
    public final double[] curvature = new double[SIZE];

    /** From some of the entries. */
    public void load(Entries e, int from) {
        size = Math.min(SIZE, e.size - from);
        System.arraycopy(e.prediction, from, prediction, 0, size);
        System.arraycopy(e.target, from, target, 0, size);
        System.arraycopy(e.option, from, weight, 0, size);
    }

    /** What became of them. */
    public void store(Entries e, int from) {
        System.arraycopy(value.head, 0, e.value.head, from, size);
        System.arraycopy(value.tail, 0, e.value.tail, from, size);
        System.arraycopy(slope, 0, e.slope, from, size);
        if (e.derivesTwice) {
            System.arraycopy(curvature, 0, e.curvature, from, size);
        }
    }
}
