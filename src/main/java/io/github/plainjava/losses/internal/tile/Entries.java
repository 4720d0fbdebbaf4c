package io.github.plainjava.losses.internal.tile;

import io.github.plainjava.losses.internal.math.Expm1;

/**
 * Entries of rows in a tile, for a loss whose entries have targets of their own: from predictions and targets to what
 * each of them adds to the sum of the row, with its first and its second derivative.
 */
public final class Entries {

    /** How many there are. */
    public int size;

    /**
     * A power of two, 1 but where values or differences would leave the double range: a value is to be given times its
     * square, a slope times the unit; a second derivative of a loss whose derivatives may leave the double range, times
     * its square. Predictions and targets that are subtracted have been multiplied by it already; so what a loss
     * compares their differences with, such as a threshold, is to be multiplied, too. Of a loss that is made of
     * exponentials, derivatives beyond the double range are asked for times its square, too.
     */
    public double unit = 1;

    /** Whether second derivatives are wanted. */
    public boolean derivesTwice;

    /** Of each entry: the prediction. */
    public final double[] prediction;

    /** Of each entry: the target. */
    public final double[] target;

    /** Of each entry: the option of its column, if the loss has options by column. */
    public final double[] option;

    /** Of each entry: the value, whose sum over the row is divided by the number of entries. */
    public final Pairs value;

    /** Of each entry: the derivative of the value by the prediction. */
    public final double[] slope;

    /** Of each entry: the second derivative. */
    public final double[] curvature;

    /** Some of them. */
    public final Part part;

    /** For a part of the entries at a time: exponentials, and what they exceed 1 and 1 + x by. */
    public final Expm1 exponentials;

    /** Others. */
    public final Expm1 others;

    /** For as many: what each deviance is a multiple of. */
    public final Pairs amounts;

    /** The exponent of the square of the unit, for values that are made of exponentials. */
    public int power() {
        return 2 * Math.getExponent(unit);
    }

    /** One, in arrays of its own. */
    Entries(Part part) {
        this(new double[1], new Pairs(1), new Pairs(1), part);
    }

    /** In arrays of a tile, which are used for other things by other losses. */
    Entries(double[] prediction, Pairs value, Pairs others, Part part) {
        this.part = part;
        this.prediction = prediction;
        this.value = value;
        this.target = others.head;
        this.slope = others.tail;
        this.option = new double[prediction.length];
        this.curvature = new double[prediction.length];
        this.exponentials = new Expm1(Math.min(prediction.length, Expm1.SIZE));
        this.others = new Expm1(Math.min(prediction.length, Expm1.SIZE));
        this.amounts = new Pairs(Math.min(prediction.length, Expm1.SIZE));
    }

    /** Takes all that have no target out of the sum. */
    public void leaveOutMissing() {
        for (int i = 0; i < size; i++) {
            if (target[i] != target[i]) {
                value.head[i] = 0;
                value.tail[i] = 0;
                slope[i] = 0;
                curvature[i] = 0;
            }
        }
    }
}
