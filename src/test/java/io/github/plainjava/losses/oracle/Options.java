package io.github.plainjava.losses.oracle;

import java.util.Arrays;

/**
 * What a classification loss can be told, in one place for the oracle.
 *
 * @param temperature  divides the logits; 1 for none
 * @param smoothing    the share of the target's mass that is spread evenly; 0 for none
 * @param classWeights one weight a class, or null for none
 * @param floor        the probability below which -log goes on along its tangent; 0 for none
 */
public record Options(double temperature, double smoothing, double[] classWeights, double floor) {

    /** No options. */
    public static final Options NONE = new Options(1, 0, null, 0);

    /** The same with another temperature. */
    public Options withTemperature(double other) {
        return new Options(other, smoothing, classWeights, floor);
    }

    /** The same with another label smoothing. */
    public Options withLabelSmoothing(double other) {
        return new Options(temperature, other, classWeights, floor);
    }

    /** The same with other class weights. */
    public Options withClassWeights(double... other) {
        return new Options(temperature, smoothing, other, floor);
    }

    /** The same with another floor. */
    public Options withFloor(double other) {
        return new Options(temperature, smoothing, classWeights, other);
    }

    @Override
    public String toString() {
        return "temperature " + temperature + ", smoothing " + smoothing
                + ", class weights " + Arrays.toString(classWeights) + ", floor " + floor;
    }
}
