package io.github.plainjava.losses.oracle;

import java.util.Arrays;

/**
 * What a loss of yes or no can be told, in one place for the oracle.
 *
 * @param positiveWeights what a yes counts, one for all columns or one a column; null for 1
 * @param smoothing       the share a of the target that is spread evenly: y becomes y (1 - a) + a / 2
 * @param floor           the probability below which -log goes on along its tangent; 0 for none
 */
public record BinaryOptions(double[] positiveWeights, double smoothing, double floor) {

    /** No options. */
    public static final BinaryOptions NONE = new BinaryOptions(null, 0, 0);

    /** The same with other positive weights. */
    public BinaryOptions withPositiveWeights(double... other) {
        return new BinaryOptions(other, smoothing, floor);
    }

    /** The same with another label smoothing. */
    public BinaryOptions withLabelSmoothing(double other) {
        return new BinaryOptions(positiveWeights, other, floor);
    }

    /** The same with another floor. */
    public BinaryOptions withFloor(double other) {
        return new BinaryOptions(positiveWeights, smoothing, other);
    }

    double[] weights() {
        return positiveWeights == null ? new double[] {1} : positiveWeights;
    }

    @Override
    public String toString() {
        return "positive weights " + Arrays.toString(positiveWeights) + ", smoothing " + smoothing + ", floor " + floor;
    }
}
