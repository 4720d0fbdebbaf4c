package io.github.plainjava.losses.robustness;

import static io.github.plainjava.losses.robustness.Domain.predictionOf;
import static io.github.plainjava.losses.robustness.Domain.takesProbabilities;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.BinaryCrossEntropy;
import io.github.plainjava.losses.LossFunction;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;

/**
 * A call with arguments of any kind, and what the documentation says about it: the messages of all that is wrong with
 * its arguments, of which the call must give one, or nothing, and then it must succeed.
 */
final class FuzzedCall {

    private final Set<String> required = new TreeSet<>();
    /** What is wrong in rows that do not count: it may be noticed. */
    private final Set<String> allowed = new TreeSet<>();

    private final Set<String> nulls = new TreeSet<>();

    private String name;
    private boolean inABatch;
    private String nameOfOptions;
    private double[] options;
    private boolean oneOptionForAll;
    private double[] sampleWeights;
    private int[] labels;
    private int ignored;

    private double[] first;
    private double[] second;
    private double[] output;
    private Runnable construction = () -> {};
    private DoubleSupplier action;
    private DoubleSupplier value;

    FuzzedCall named(String newName) {
        name = newName;
        return this;
    }

    FuzzedCall inABatch() {
        inABatch = true;
        return this;
    }

    /** Options by column, of which there may be one for all; or null. */
    FuzzedCall options(String newName, double[] newOptions, boolean newOneForAll) {
        nameOfOptions = newName;
        options = newOptions;
        oneOptionForAll = newOneForAll;
        return this;
    }

    FuzzedCall weighted(double[] newWeights, int[] newLabels, int newIgnored) {
        sampleWeights = newWeights;
        labels = newLabels;
        ignored = newIgnored;
        return this;
    }

    FuzzedCall inputs(double[] one, double[] other) {
        first = one;
        second = other;
        return this;
    }

    FuzzedCall output(double[] array) {
        output = array;
        return this;
    }

    /** What is called, and the same for the value alone, which must have the same bits; null if there is none. */
    FuzzedCall action(DoubleSupplier newAction, DoubleSupplier newValue) {
        action = newAction;
        value = newValue;
        return this;
    }

    /** Makes the object of the call, which may be refused already, and then gives the action. */
    FuzzedCall constructedBy(Runnable newConstruction) {
        construction = newConstruction;
        return this;
    }

    FuzzedCall expectIf(boolean wrong, String message) {
        if (wrong) {
            required.add(message);
        }
        return this;
    }

    FuzzedCall notNull(Object argument, String argumentName) {
        if (argument == null) {
            nulls.add(argumentName);
        }
        return this;
    }

    static String number(int count, String thing) {
        return count == 1 ? "1 " + thing : count + " " + thing + "s";
    }

    FuzzedCall sameLength(LossFunction loss, double[] array, String arrayName, double[] prediction) {
        return lengths(array, arrayName + " has ", prediction, predictionOf(loss) + have(predictionOf(loss)));
    }

    private static String have(String name) {
        return name.endsWith("s") ? " have " : " has ";
    }

    FuzzedCall notEmpty(LossFunction loss, double[] prediction) {
        String be = predictionOf(loss).endsWith("s") ? " are" : " is";
        return expectIf(prediction.length == 0, predictionOf(loss) + be + " empty");
    }

    FuzzedCall sameLengthAsLogits(double[] array, String arrayName, double[] logits) {
        return lengths(array, arrayName + have(arrayName), logits, "logits have ");
    }

    FuzzedCall sameLengths(double[] array, String arrayName, double[] predictions) {
        return lengths(array, arrayName + have(arrayName), predictions, "predictions have ");
    }

    private FuzzedCall lengths(double[] array, String arrayHas, double[] other, String otherHas) {
        return array == null || other == null
                ? this
                : expectIf(
                        array.length != other.length,
                        arrayHas + number(array.length, "value") + ", " + otherHas + other.length);
    }

    FuzzedCall optionsFor(int columns) {
        return optionsFor(columns, "a row has " + number(columns, "column"));
    }

    FuzzedCall optionsFor(LossFunction loss, double[] prediction) {
        return optionsFor(prediction.length, predictionOf(loss) + have(predictionOf(loss)) + prediction.length);
    }

    private FuzzedCall optionsFor(int columns, String there) {
        if (options == null || options.length == columns || oneOptionForAll && options.length == 1) {
            return this;
        }
        return expectIf(true, nameOfOptions + " have " + number(options.length, "value") + ", " + there);
    }

    FuzzedCall rowsOf(int length, int columns) {
        return expectIf(
                length % columns != 0,
                "predictions have " + number(length, "value") + ", not a whole number of rows of " + columns);
    }

    FuzzedCall sampleWeightsFor(int rows) {
        return expectIf(
                sampleWeights != null && sampleWeights.length != rows,
                "sampleWeights have " + number(sampleWeights == null ? 0 : sampleWeights.length, "value")
                        + ", predictions have " + number(rows, "row"));
    }

    FuzzedCall label(int label, int classes, String place) {
        return expectIf(label < 0 || label >= classes, place + "label " + label + " is not in 0.." + (classes - 1));
    }

    FuzzedCall labels(int[] all, int classes) {
        for (int r = 0; all != null && r < all.length; r++) {
            if (all[r] != ignored && (all[r] < 0 || all[r] >= classes)) {
                wrongIn(r, "row " + r + ": label " + all[r] + " is not in 0.." + (classes - 1)
                        + (all[r] < 0 ? "; ignoring(" + all[r] + ") leaves rows of this label out" : ""));
            }
        }
        return this;
    }

    FuzzedCall probabilities(LossFunction loss, double[] predictions, int columns) {
        String other = loss instanceof BinaryCrossEntropy ? "Sigmoid" : "Softmax";
        for (int i = 0; takesProbabilities(loss) && i < predictions.length; i++) {
            double p = predictions[i];
            if (p < 0 || p > 1 + 0x1p-16) {
                wrongIn(i / columns, place(i / columns) + "probabilities[" + i % columns + "] = " + p
                        + " is not a probability; for logits use " + other);
            }
        }
        return this;
    }

    FuzzedCall targets(LossFunction loss, double[] targets, int columns) {
        for (int from = 0; targets != null && from + columns <= targets.length; from += columns) {
            int start = from;
            Domain.of(loss).errors(targets, from, columns, (column, message) -> wrongIn(start / columns,
                    place(start / columns)
                            + (column == null ? message : "target[" + column + "] = " + targets[start + column] + message)));
        }
        return this;
    }

    private String place(int row) {
        return inABatch ? "row " + row + ": " : "";
    }

    private void wrongIn(int row, String message) {
        boolean weightless = sampleWeights != null && row < sampleWeights.length && sampleWeights[row] == 0;
        boolean isIgnored = labels != null && row < labels.length && labels[row] == ignored;
        (weightless || isIgnored ? allowed : required).add(message);
    }

    /** Makes the call; whether it succeeded, which it may. */
    boolean check() {
        double[] firstBefore = copy(first);
        double[] secondBefore = copy(second);
        double[] outputBefore = copy(output);
        double expected = Double.NaN;
        double result;
        try {
            construction.run();
            if (value != null && nulls.isEmpty() && required.isEmpty() && allowed.isEmpty()) {
                expected = value.getAsDouble();
                assertUnchanged(output, outputBefore, "the gradient, by value");
            }
            result = action.getAsDouble();
        } catch (IllegalArgumentException e) {
            assertThat(e.getClass()).isEqualTo(IllegalArgumentException.class);
            assertThat(e.getMessage()).isIn(union(required, allowed));
            assertNothingWritten(firstBefore, secondBefore, outputBefore);
            return false;
        } catch (NullPointerException e) {
            assertThat(e.getMessage()).isIn(nulls);
            assertNothingWritten(firstBefore, secondBefore, outputBefore);
            return false;
        }
        assertThat(nulls).as("null arguments that were accepted").isEmpty();
        assertThat(required).as("wrong arguments that were accepted").isEmpty();
        if (first != output) {
            assertUnchanged(first, firstBefore, "the first input");
        }
        assertUnchanged(second, secondBefore, "the second input");
        if (value != null && allowed.isEmpty()) {
            assertThat(Double.compare(result, expected)).as(result + " against " + expected).isZero();
        }
        assertNoNegativeZero(result);
        return true;
    }

    private void assertNoNegativeZero(double result) {
        assertThat(Double.doubleToRawLongBits(result)).as("result").isNotEqualTo(Double.doubleToRawLongBits(-0.0));
        for (int i = 0; i < output.length; i++) {
            if (output[i] == 0 && 1 / output[i] < 0) {
                throw new AssertionError("output[" + i + "] = -0.0");
            }
        }
    }

    private void assertNothingWritten(double[] firstBefore, double[] secondBefore, double[] outputBefore) {
        assertUnchanged(first, firstBefore, "the first input, on error");
        assertUnchanged(second, secondBefore, "the second input, on error");
        assertUnchanged(output, outputBefore, "the output, on error");
    }

    /** Compares the very bits, those of a NaN too. */
    private static void assertUnchanged(double[] array, double[] before, String what) {
        for (int i = 0; array != null && i < array.length; i++) {
            if (Double.doubleToRawLongBits(array[i]) != Double.doubleToRawLongBits(before[i])) {
                throw new AssertionError(what + "[" + i + "] was " + before[i] + " and is " + array[i]);
            }
        }
    }

    private static double[] copy(double[] array) {
        return array == null ? null : array.clone();
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> all = new TreeSet<>(one);
        all.addAll(other);
        return all;
    }

    @Override
    public String toString() {
        return name + ": prediction " + shorten(first) + ", target " + shorten(second) + ", gradient " + shorten(output)
                + (output != null && output == first ? " (in place)" : "") + ", " + nameOfOptions + " " + shorten(options)
                + ", sample weights " + shorten(sampleWeights) + ", labels " + Arrays.toString(labels)
                + "; expected nulls " + nulls + ", errors " + required + ", perhaps " + allowed;
    }

    private static String shorten(double[] array) {
        return array == null || array.length <= 8 ? Arrays.toString(array) : "of " + array.length + " values";
    }
}
