package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Range;
import java.util.Objects;

/** The checks that every loss makes before it writes anything, with the place and the value in each message. */
final class Checks {

    /**
     * Up to here a probability counts as 1: sums of floats, as text classifiers and boosters normalize by, are often
     * off by 1e-6 and up to 1e-5.
     */
    private static final double LARGEST_PROBABILITY = 1 + 0x1p-16;

    /** The largest mass of a class in a target. */
    private static final double LARGEST_MASS = 1e60;

    /** The least and the largest number that an option multiplies or divides by. */
    private static final double LEAST_FACTOR = 1e-18;

    private static final double LARGEST_FACTOR = 1e18;

    private static final Range PROBABILITIES = new Range(0, 1);

    private static final Range MASSES = new Range(0, LARGEST_MASS);

    private Checks() {}

    /** A row that stands alone rather than in a batch: its errors name no row. */
    static final int NO_ROW = -1;

    private static IllegalArgumentException error(int row, String message) {
        return new IllegalArgumentException(row == NO_ROW ? message : "row " + row + ": " + message);
    }

    static void notEmpty(double[] array, String name) {
        Objects.requireNonNull(array, name);
        if (array.length == 0) {
            throw new IllegalArgumentException(name + (isPlural(name) ? " are" : " is") + " empty");
        }
    }

    static void sameLength(double[] array, String name, double[] prediction, String predictionName) {
        Objects.requireNonNull(array, name);
        if (array.length != prediction.length) {
            throw new IllegalArgumentException(name + have(name) + number(array.length, "value") + ", "
                    + predictionName + have(predictionName) + prediction.length);
        }
    }

    /** A number of things: "1 value", "2 values". */
    private static String number(int count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }

    private static String have(String name) {
        return isPlural(name) ? " have " : " has ";
    }

    private static boolean isPlural(String name) {
        return name.endsWith("s");
    }

    static void wholeRows(double[] predictions, int columns) {
        Objects.requireNonNull(predictions, "predictions");
        if (predictions.length % columns != 0) {
            throw new IllegalArgumentException("predictions have " + number(predictions.length, "value")
                    + ", not a whole number of rows of " + columns);
        }
    }

    static void rows(String name, int length, int rows) {
        if (length != rows) {
            throw new IllegalArgumentException(
                    name + have(name) + number(length, "value") + ", predictions have " + number(rows, "row"));
        }
    }

    static void notTarget(double[] gradient, double[] target) {
        if (gradient == target) {
            throw new IllegalArgumentException("gradient is the target array, which it would overwrite");
        }
    }

    static void label(int label, int classes, int row) {
        if (!isLabel(label, classes)) {
            throw error(row, notALabel(label, classes));
        }
    }

    /** A label of a batch, which may have been meant to be ignored. */
    static void labelOfBatch(int label, int classes, int row) {
        if (!isLabel(label, classes)) {
            String hint = label < 0 ? "; ignoring(" + label + ") leaves rows of this label out" : "";
            throw error(row, notALabel(label, classes) + hint);
        }
    }

    private static boolean isLabel(int label, int classes) {
        return label >= 0 && label < classes;
    }

    private static String notALabel(int label, int classes) {
        return "label " + label + " is not in 0.." + (classes - 1);
    }

    static boolean isMass(double q) {
        return MASSES.contains(q + 0.0); // 0.0 for -0.0
    }

    /** A target distribution: no entry negative or too large. */
    static void masses(double[] target, int from, int n, int row) {
        for (int i = 0; i < n; i++) {
            double q = target[from + i];
            if (!isMass(q)) {
                throw error(row, "target[" + i + "] = " + q + " is not a mass from 0 to " + LARGEST_MASS);
            }
        }
    }

    /** Probabilities: NaN is no error, it makes the loss NaN. */
    static void probabilities(double[] prediction, int from, int n, int row) {
        for (int i = 0; i < n; i++) {
            double p = prediction[from + i];
            if (!PROBABILITIES.contains(p) && (p < 0 || p > LARGEST_PROBABILITY)) {
                throw error(row, "probabilities[" + i + "] = " + p + " is not a probability; for logits use Softmax");
            }
        }
    }

    static boolean hasNaN(double[] x, int from, int n) {
        for (int i = from; i < from + n; i++) {
            if (Double.isNaN(x[i])) {
                return true;
            }
        }
        return false;
    }

    static boolean isWeight(double weight) {
        return weight >= 0 && weight <= Double.MAX_VALUE;
    }

    static IllegalArgumentException noWeight(double weight, String name) {
        return new IllegalArgumentException(name + " = " + weight + " is not a finite number of at least 0");
    }

    static void weight(double weight, String name) {
        if (!isWeight(weight)) {
            throw noWeight(weight, name);
        }
    }

    /** A number that an option multiplies or divides by. */
    static double factor(double factor, String name) {
        if (!(factor >= LEAST_FACTOR && factor <= LARGEST_FACTOR)) {
            throw new IllegalArgumentException(
                    name + " = " + factor + " is not in " + LEAST_FACTOR + ".." + LARGEST_FACTOR);
        }
        return factor;
    }

    /** Numbers that an option multiplies by, or 0. */
    static double[] optionalFactors(double[] factors, String name) {
        Objects.requireNonNull(factors, name);
        double[] copy = factors.clone();
        for (int i = 0; i < copy.length; i++) {
            if (copy[i] != 0 && !(copy[i] >= LEAST_FACTOR && copy[i] <= LARGEST_FACTOR)) {
                throw new IllegalArgumentException(name + "[" + i + "] = " + copy[i] + " is neither 0 nor in "
                        + LEAST_FACTOR + ".." + LARGEST_FACTOR);
            }
            copy[i] += 0.0;
        }
        return copy;
    }

    /** As many class weights as there are classes, in an array of that name. */
    static void classWeights(double[] classWeights, int classes, String name) {
        if (classWeights != null && classWeights.length != classes) {
            throw new IllegalArgumentException(
                    "classWeights have " + number(classWeights.length, "value") + ", " + name + have(name) + classes);
        }
    }

    /** As many class weights as the rows of a batch have columns. */
    static void classWeightsOfRows(double[] classWeights, int columns) {
        if (classWeights != null && classWeights.length != columns) {
            throw new IllegalArgumentException("classWeights have " + number(classWeights.length, "value")
                    + ", a row has " + number(columns, "column"));
        }
    }

    static double smoothing(double smoothing) {
        if (smoothing != 0 && !(smoothing >= LEAST_FACTOR && smoothing <= 1)) {
            throw new IllegalArgumentException(
                    "smoothing = " + smoothing + " is neither 0 nor in " + LEAST_FACTOR + "..1");
        }
        return smoothing + 0.0; // 0 for -0.0, which would be another option
    }

    /** Finite numbers of either sign, without -0.0. */
    static double[] finite(double[] numbers, String name) {
        Objects.requireNonNull(numbers, name);
        double[] copy = numbers.clone();
        for (int i = 0; i < copy.length; i++) {
            if (!(Math.abs(copy[i]) <= Double.MAX_VALUE)) {
                throw new IllegalArgumentException(name + "[" + i + "] = " + copy[i] + " is not finite");
            }
            copy[i] += 0.0;
        }
        return copy;
    }

    /** The error for a negative weight in a mean. */
    static IllegalArgumentException negative(double weight, String name) {
        return new IllegalArgumentException(
                name + " = " + weight + " is negative, which only a sum can be weighted by: Batch.summed()");
    }
}
