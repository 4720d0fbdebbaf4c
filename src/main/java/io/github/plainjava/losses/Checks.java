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

    /** The least floor of probabilities. */
    private static final double LEAST_FLOOR = 1e-150;

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
        sameLength(array.length, name, prediction.length, predictionName);
    }

    static void sameLength(int length, String name, int other, String otherName) {
        if (length != other) {
            throw new IllegalArgumentException(
                    name + have(name) + number(length, "value") + ", " + otherName + have(otherName) + other);
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

    static void wholeRows(int length, String name, int columns) {
        if (length % columns != 0) {
            throw new IllegalArgumentException(
                    name + have(name) + number(length, "value") + ", not a whole number of rows of " + columns);
        }
    }

    /** Rows laid end to end in an array that no batch describes. */
    static void rowsOf(int length, String name, int columns) {
        if (columns < 1) {
            throw new IllegalArgumentException("columns = " + columns + " is less than 1");
        }
        wholeRows(length, name, columns);
    }

    static void rows(String name, int length, int rows) {
        rows(name, length, rows, "predictions");
    }

    static void rows(String name, int length, int rows, String rowsName) {
        if (length != rows) {
            throw new IllegalArgumentException(
                    name + have(name) + number(length, "value") + ", " + rowsName + " have " + number(rows, "row"));
        }
    }

    static void notTarget(Object gradient, Object target) {
        notTarget(gradient, target, "gradient");
    }

    static void notTarget(Object derivatives, Object target, String name) {
        if (derivatives == target) {
            throw new IllegalArgumentException(name + " is the target array, which it would overwrite");
        }
    }

    /** Arrays for first and second derivatives. */
    static void derivatives(double[] gradient, double[] hessian, double[] prediction, String predictionName) {
        sameLength(gradient, "gradient", prediction, predictionName);
        sameLength(hessian, "hessianDiagonal", prediction, predictionName);
        different(gradient, hessian);
    }

    static void different(Object gradient, Object hessian) {
        if (gradient == hessian) {
            throw new IllegalArgumentException("gradient and hessianDiagonal are the same array");
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

    /** A target that is a label, written as an array. */
    static void oneHot(double[] target, int from, int n, int row) {
        int ones = 0;
        for (int i = 0; i < n; i++) {
            double q = target[from + i];
            if (q != 0 && q != 1) {
                throw error(row, "target[" + i + "] = " + q + " is neither 0 nor 1: the target has to be one-hot");
            }
            ones += (int) q;
        }
        if (ones != 1) {
            throw error(row, "target has " + ones + " entries that are 1: it has to be one-hot");
        }
    }

    /** Counts or amounts: NaN is no error, it makes the loss NaN or is left out. */
    static void amounts(double[] target, int from, int n, boolean orZero, int row) {
        for (int i = 0; i < n; i++) {
            double y = target[from + i];
            if (y < 0 || y > Double.MAX_VALUE || y == 0 && !orZero) {
                throw error(row, "target[" + i + "] = " + y + " is not a finite number "
                        + (orZero ? "of at least 0" : "above 0"));
            }
        }
    }

    /** Probabilities: NaN is no error, it makes the loss NaN. */
    static void probabilities(double[] prediction, int from, int n, int row) {
        probabilities(prediction, "probabilities", from, n, row, "Softmax");
    }

    /** The same in an array of another name. */
    static void probabilities(double[] prediction, String name, int from, int n, int row) {
        probabilities(prediction, name, from, n, row, "Softmax");
    }

    /** The same, with the loss that takes logits. */
    static void probabilities(double[] prediction, int from, int n, int row, String ofLogits) {
        probabilities(prediction, "probabilities", from, n, row, ofLogits);
    }

    private static void probabilities(
            double[] prediction, String name, int from, int n, int row, String ofLogits) {
        for (int i = 0; i < n; i++) {
            double p = prediction[from + i];
            if (!PROBABILITIES.contains(p) && (p < 0 || p > LARGEST_PROBABILITY)) {
                throw error(row, name + "[" + i + "] = " + p + " is not a probability; for logits use " + ofLogits);
            }
        }
    }

    /** Targets of yes or no; NaN is no error, it makes the loss NaN or is missing. */
    static void shares(double[] target, int from, int n, int row) {
        for (int i = 0; i < n; i++) {
            double y = target[from + i];
            if (y < 0 || y > 1) {
                throw error(row, "target[" + i + "] = " + y + " is not in 0..1");
            }
        }
    }

    /** The error for a NaN in a row whose largest value is asked for. */
    static IllegalArgumentException notComparable(int column, int row) {
        return error(row, "row[" + column + "] = NaN is not comparable");
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

    /** Levels of quantiles, which are neither 0 nor 1. */
    static double[] levels(double[] levels) {
        notEmpty(levels, "levels");
        double[] copy = levels.clone();
        for (int i = 0; i < copy.length; i++) {
            if (!(copy[i] > 0 && copy[i] < 1)) {
                throw new IllegalArgumentException(
                        "levels[" + i + "] = " + copy[i] + " is not strictly between 0 and 1");
            }
        }
        return copy;
    }

    /** A probability below which a logarithm is continued along its tangent. */
    static double floor(double floor) {
        if (!(floor >= LEAST_FLOOR && floor <= 1)) {
            throw new IllegalArgumentException("floor = " + floor + " is not in " + LEAST_FLOOR + "..1");
        }
        return floor;
    }

    /** A number that an option multiplies by, or 0. */
    static double optionalFactor(double factor, String name) {
        if (factor != 0 && !(factor >= LEAST_FACTOR && factor <= LARGEST_FACTOR)) {
            throw new IllegalArgumentException(
                    name + " = " + factor + " is neither 0 nor in " + LEAST_FACTOR + ".." + LARGEST_FACTOR);
        }
        return factor + 0.0;
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

    /** As many options as the rows of a batch have columns. */
    static void optionsOfRows(String options, int count, int columns) {
        if (count != columns) {
            throw new IllegalArgumentException(
                    options + " have " + number(count, "value") + ", a row has " + number(columns, "column"));
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
