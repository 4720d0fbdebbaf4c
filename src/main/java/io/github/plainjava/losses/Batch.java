package io.github.plainjava.losses;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A loss over many rows, laid end to end in one array: the mean over the rows, or their sum, with sample weights and
 * ignored labels. It takes any {@link LossFunction}, also one of your own; with a {@link ClassificationLoss}, labels
 * too.
 *
 * <pre>{@code
 * Batch batch = Batch.of(new Softmax(), 2); // rows of 2 logits
 * double[] logits = {0, 0, 40, 0};
 * int[] labels = {1, 0};
 * double mean = batch.value(logits, labels); // 0.34657359027997264
 * double[] slope = batch.gradient(new double[] {0, 0, 0, 0}, labels); // {0.25, -0.25, -0.25, 0.25}
 * double one = batch.weightedBy(new double[] {1, 0}).value(logits, labels); // 0.6931471805599453
 * double sum = batch.summed().value(logits, labels); // 0.6931471805599453
 * double[] each = batch.perRow(logits, new int[] {1, 1}); // {0.6931471805599453, 40.0}
 * }</pre>
 *
 * <h2>Definition</h2>
 * With L_r the loss of row r, s_r its sample weight (1 unless set, 0 for an ignored label) and u_r the weight of its
 * target by itself ({@link LossFunction#weight}: class weight times target mass, summed, as a double, and at most the
 * largest; 1 for a loss without classes):
 * <pre>
 *     mean = sum of s_r L_r / sum of s_r u_r
 *     sum  = sum of s_r L_r
 * </pre>
 * L_r already has the class weights in it, so that with class weights this is the weighted mean, for labels and
 * target arrays alike. With label smoothing, a label whose class weighs 0 still has a loss: the row counts above, and
 * adds nothing below.
 *
 * <h2>Gradient</h2>
 * The derivative of the value that is returned, by every prediction: s_r times the gradient of row r, divided as the
 * value is.
 *
 * <h2>Domain and shapes</h2>
 * Row r is predictions[r * columns] to predictions[(r + 1) * columns - 1]; target arrays and gradients are laid out
 * like the predictions; there is one label, and one sample weight, a row. Sample weights are finite. Negative ones,
 * such as advantages, gradients from above or a background that is subtracted, are for {@link #summed} and for
 * {@code perRow}; a mean has none. The target masses of a row need not sum to 1: twice the masses are twice the loss
 * and twice the weight in the mean. A row without any, as an unlabelled one, counts nothing. So a new gradient array
 * that was handed over as the targets is no error: the value is 0, and the targets are overwritten. The gradient array
 * may be the predictions themselves. There may be no rows at all.
 *
 * <h2>Special values</h2>
 * A row for which s_r is 0 contributes exactly nothing, even if its loss is infinite or NaN, and its gradient is 0. If
 * the total weight is 0, mean and gradient are 0. One row whose loss is NaN, as with a NaN among its predictions,
 * makes the value NaN, but no gradient other than its own. {@link LossMean#notFiniteCount} says how many such rows
 * there are, and {@code perRow} which ones:
 *
 * <pre>{@code
 * Batch rows = Batch.of(new Softmax(), 2);
 * double[] broken = {0, 0, 1, Double.NaN, 40, 0};
 * double unclear = rows.value(broken, new int[] {1, 0, 0}); // NaN
 * long howMany = rows.lossMean(broken, new int[] {1, 0, 0}).notFiniteCount(); // 1
 * double[] losses = rows.perRow(broken, new int[] {1, 0, 0}); // {0.6931471805599453, NaN, 4.248354255291589E-18}
 * }</pre>
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * Row by row or, where rows are short, many side by side. The losses go into the exact sums of a {@link LossMean}; a
 * plain {@code double} sum depends on the order of the rows. What a row's gradient is multiplied by, s_r over the total
 * weight, goes into it before it is rounded, rather than after. With a loss of your own it can only come after.
 *
 * <h2>Accuracy</h2>
 * The mean and the sum are the exact ones of the rows' losses, correctly rounded ({@link LossMean}): they do not
 * depend on the order of the rows, nor on how rows are split over batches. Each row's loss and gradient have the
 * accuracy of the loss, for sample weights of any size; in a mean, a row of less than 2^-500 of the total weight may
 * have its gradient wrong by 2^-1000 times what it is alone. A probability below 2^-1400 counts as 0: only in a sum
 * could it show, where weight times target mass over T, or for second derivatives over T^2, is above 2^300.
 *
 * <h2>Threads</h2>
 * A batch is immutable. {@link #parallel()} uses the common pool, to the same bits; a loss of your own must then be
 * safe to call from several threads.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} with row and column for what the loss rejects, for predictions that are not whole
 * rows, for lengths that differ, for labels with a loss that takes none, for target arrays where labels are to be
 * ignored, and for negative sample weights in a mean; {@link NullPointerException} for null.
 * Nothing is written before all is checked, except by a loss of your own. A row that is ignored, or has the sample
 * weight 0, is not checked, except for its label if that is not the ignored one.
 */
public final class Batch implements LossFunction {

    private static final long serialVersionUID = 1;

    // What arguments are called in errors.
    private static final String PREDICTIONS = "predictions";
    private static final String HESSIAN = "hessianDiagonal";

    /** The loss of a row. */
    final LossFunction loss;
    /** How many predictions a row has. */
    final int columns;
    /** One a row, of either sign, or null. */
    final double[] sampleWeights;
    /** The labels that are left out, in order and each once, or null. */
    final int[] ignored;
    /** Whether the value is the sum over the rows, not the mean. */
    final boolean summed;
    /** Whether rows are shared out over the common pool. */
    final boolean parallel;
    /** The first row that there is to look at. */
    final int firstRow;
    /** The one after the last, or {@link #ALL_ROWS}. */
    final int endRow;

    /** Up to the last row of the arrays, however many they are. */
    private static final int ALL_ROWS = -1;

    private Batch(
            LossFunction loss,
            int columns,
            double[] sampleWeights,
            int[] ignored,
            boolean summed,
            boolean parallel,
            int firstRow,
            int endRow) {
        this.loss = loss;
        this.columns = columns;
        this.sampleWeights = sampleWeights;
        this.ignored = ignored;
        this.summed = summed;
        this.parallel = parallel;
        this.firstRow = firstRow;
        this.endRow = endRow;
    }

    /**
     * A batch that gives the mean over rows.
     *
     * @param loss    the loss of a row
     * @param columns how many predictions a row has, at least 1
     * @return a batch without sample weights
     * @throws IllegalArgumentException if columns is less than 1 or does not fit the loss's class weights
     */
    public static Batch of(LossFunction loss, int columns) {
        Objects.requireNonNull(loss, "loss");
        if (columns < 1) {
            throw new IllegalArgumentException("columns = " + columns + " is less than 1");
        }
        if (loss instanceof RowLoss rowLoss) {
            rowLoss.checkColumns(columns);
        }
        return new Batch(loss, columns, null, null, false, false, 0, ALL_ROWS);
    }

    /**
     * This batch with a weight for each row, in place of those that it has. For mini-batches give it the weights of all
     * rows once, and take {@link #rows some rows} of it: neither copies anything again.
     *
     * @param sampleWeights one a row of every call, finite; copied. With a negative one there is no mean, so that
     *                      value, gradient and {@code lossMean} need a batch that is {@link #summed}, and
     *                      {@code lossMean} refuses it there too
     * @return a new batch
     * @throws IllegalArgumentException if a weight is not finite
     */
    public Batch weightedBy(double[] sampleWeights) {
        double[] copy = Checks.finite(sampleWeights, "sampleWeights");
        return new Batch(loss, columns, copy, ignored, summed, parallel, firstRow, endRow);
    }

    /**
     * This batch without the rows of some labels, such as padding, and without those that it ignores already. It is for
     * labels: with target arrays it would be without effect, and is an error. There, a sample weight of 0 leaves a row
     * out.
     *
     * @param labels the labels to ignore, too; they need not be those of classes
     * @return a new batch
     */
    public Batch ignoring(int... labels) {
        IntStream all = IntStream.of(Objects.requireNonNull(labels, "labels"));
        if (ignored != null) {
            all = IntStream.concat(all, IntStream.of(ignored));
        }
        int[] inOrder = all.sorted().distinct().toArray();
        int[] newIgnored = inOrder.length == 0 ? null : inOrder;
        return new Batch(loss, columns, sampleWeights, newIgnored, summed, parallel, firstRow, endRow);
    }

    /**
     * This batch with the sum over rows in place of the mean: that of the rows' losses times their sample weights,
     * which may be negative.
     *
     * @return a new batch
     */
    public Batch summed() {
        return new Batch(loss, columns, sampleWeights, ignored, true, parallel, firstRow, endRow);
    }

    /**
     * This batch, with rows shared out over the common pool where there are enough of them.
     *
     * @return a new batch that gives the same bits
     */
    public Batch parallel() {
        return new Batch(loss, columns, sampleWeights, ignored, summed, true, firstRow, endRow);
    }

    /**
     * This batch for some rows of longer arrays, such as a mini-batch. All arrays, also that of the sample weights,
     * have the length of the whole and are indexed as there, but only these rows are checked, read or written.
     * {@code perRow} gives one value for each of them.
     *
     * <pre>{@code
     * double[] logits = {0, 0, 40, 0, 0, 0};
     * double[] gradient = new double[6];
     * Batch last = Batch.of(new Softmax(), 2).rows(1, 3);
     * double mean = last.valueAndGradient(logits, new int[] {1, 0, 1}, gradient); // 0.34657359027997264
     * double untouched = gradient[0]; // 0.0
     * double ofLast = gradient[4]; // 0.25
     * }</pre>
     *
     * @param from the first row. Of a batch that is for some rows already, they are counted from its first one
     * @param to   the row after the last; the same as from for none
     * @return a new batch
     * @throws IllegalArgumentException if from is negative or above to, or to is above the rows that this batch has
     */
    public Batch rows(int from, int to) {
        if (from < 0 || from > to || endRow != ALL_ROWS && to > endRow - firstRow) {
            String limit = endRow == ALL_ROWS ? "" : " of " + (endRow - firstRow);
            throw new IllegalArgumentException("there are no rows from " + from + " to " + to + limit);
        }
        return new Batch(
                loss, columns, sampleWeights, ignored, summed, parallel, firstRow + from, firstRow + to);
    }

    boolean hasAllRows() {
        return endRow == ALL_ROWS;
    }

    /**
     * The mean loss, or the sum.
     *
     * @param predictions rows laid end to end, of what the loss takes: logits, probabilities or quantities
     * @param targets     laid out like the predictions; masses of a row need not sum to 1
     * @return the value
     * @throws IllegalArgumentException as described above
     */
    @Override
    public double value(double[] predictions, double[] targets) {
        checkReduction();
        return value(run(predictions, targets).lossMean());
    }

    /**
     * The mean loss, or the sum.
     *
     * @param predictions rows laid end to end
     * @param labels      one a row
     * @return the value
     * @throws IllegalArgumentException as described above
     */
    public double value(double[] predictions, int[] labels) {
        checkReduction();
        return value(run(predictions, labels).lossMean());
    }

    /**
     * The mean loss, or the sum, of floats.
     *
     * @param predictions rows laid end to end
     * @param targets     laid out like the predictions
     * @return the value, as of the same numbers as doubles
     * @throws IllegalArgumentException as described above
     */
    public double value(float[] predictions, float[] targets) {
        checkReduction();
        return value(run(predictions, targets, null, null).lossMean());
    }

    /**
     * The mean loss, or the sum, of floats.
     *
     * @param predictions rows laid end to end
     * @param labels      one a row
     * @return the value, as of the same numbers as doubles
     * @throws IllegalArgumentException as described above
     */
    public double value(float[] predictions, int[] labels) {
        checkReduction();
        return value(run(predictions, labels, null, null).lossMean());
    }

    /**
     * The mean loss, or the sum, with its gradient written into an array.
     *
     * <p>Mind the order of the last two: swapped, an array of zeros is taken for the targets, which are legal (of a
     * classification loss, rows without mass: the value is 0), and <em>the targets are overwritten</em>.
     *
     * @param predictions rows laid end to end, of what the loss takes: logits, probabilities or quantities
     * @param targets     laid out like the predictions; masses of a row need not sum to 1
     * @param gradient    receives the derivative of the value by each prediction; may be the predictions themselves
     * @return the value
     * @throws IllegalArgumentException as described above
     */
    @Override
    public double valueAndGradient(double[] predictions, double[] targets, double[] gradient) {
        checkReduction();
        return value(lossMeanAndGradientOf(predictions, targets, gradient));
    }

    /**
     * The mean loss, or the sum, with its gradient written into an array.
     *
     * @param predictions rows laid end to end
     * @param labels      one a row
     * @param gradient    receives the derivative of the value by each prediction; may be the predictions themselves
     * @return the value
     * @throws IllegalArgumentException as described above
     */
    public double valueAndGradient(double[] predictions, int[] labels, double[] gradient) {
        checkReduction();
        return value(lossMeanAndGradientOf(predictions, labels, gradient));
    }

    /**
     * The mean loss, or the sum, of floats, with its gradient, computed in doubles and rounded once, written into an
     * array of floats.
     *
     * @param predictions rows laid end to end
     * @param targets     laid out like the predictions
     * @param gradient    receives the derivative of the value by each prediction; may be the predictions themselves
     * @return the value
     * @throws IllegalArgumentException as described above
     */
    public double valueAndGradient(float[] predictions, float[] targets, float[] gradient) {
        checkReduction();
        return value(lossMeanAndGradientOf(predictions, targets, gradient));
    }

    /**
     * The mean loss, or the sum, of floats, with its gradient, computed in doubles and rounded once, written into an
     * array of floats.
     *
     * @param predictions rows laid end to end
     * @param labels      one a row
     * @param gradient    receives the derivative of the value by each prediction; may be the predictions themselves
     * @return the value
     * @throws IllegalArgumentException as described above
     */
    public double valueAndGradient(float[] predictions, int[] labels, float[] gradient) {
        checkReduction();
        return value(lossMeanAndGradientOf(predictions, labels, gradient));
    }

    /**
     * The gradient of the value, in a new array.
     *
     * @param predictions rows laid end to end, of what the loss takes: logits, probabilities or quantities
     * @param targets     laid out like the predictions; masses of a row need not sum to 1
     * @return the derivative of the value by each prediction
     * @throws IllegalArgumentException as described above
     */
    @Override
    public double[] gradient(double[] predictions, double[] targets) {
        Objects.requireNonNull(predictions, "predictions");
        double[] gradient = new double[predictions.length];
        valueAndGradient(predictions, targets, gradient);
        return gradient;
    }

    /**
     * The gradient of the value, in a new array.
     *
     * @param predictions rows laid end to end
     * @param labels      one a row
     * @return the derivative of the value by each prediction
     * @throws IllegalArgumentException as described above
     */
    public double[] gradient(double[] predictions, int[] labels) {
        Objects.requireNonNull(predictions, "predictions");
        double[] gradient = new double[predictions.length];
        valueAndGradient(predictions, labels, gradient);
        return gradient;
    }

    /**
     * The gradient of the value, of floats, in a new array.
     *
     * @param predictions rows laid end to end
     * @param targets     laid out like the predictions
     * @return the derivative of the value by each prediction
     * @throws IllegalArgumentException as described above
     */
    public float[] gradient(float[] predictions, float[] targets) {
        Objects.requireNonNull(predictions, "predictions");
        float[] gradient = new float[predictions.length];
        valueAndGradient(predictions, targets, gradient);
        return gradient;
    }

    /**
     * The gradient of the value, of floats, in a new array.
     *
     * @param predictions rows laid end to end
     * @param labels      one a row
     * @return the derivative of the value by each prediction
     * @throws IllegalArgumentException as described above
     */
    public float[] gradient(float[] predictions, int[] labels) {
        Objects.requireNonNull(predictions, "predictions");
        float[] gradient = new float[predictions.length];
        valueAndGradient(predictions, labels, gradient);
        return gradient;
    }

    /**
     * The mean loss, or the sum, with its gradient and the diagonal of its Hessian written into arrays: of a loss that
     * is a {@link SecondOrderLoss}.
     *
     * @param predictions     rows laid end to end, of what the loss takes: logits, probabilities or quantities
     * @param targets         laid out like the predictions; masses of a row need not sum to 1
     * @param gradient        receives the derivative of the value by each prediction
     * @param hessianDiagonal receives the second derivative of the value by each prediction; another array than the
     *     gradient. Either of the two may be the predictions themselves, none may be the targets
     * @return the value
     * @throws IllegalArgumentException as described above, or if the loss has no second derivative
     */
    public double valueGradientAndHessian(
            double[] predictions, double[] targets, double[] gradient, double[] hessianDiagonal) {
        checkReduction();
        checkSecondOrder(loss instanceof SecondOrderLoss, ": it is not a SecondOrderLoss");
        BatchRun run = run(predictions, targets);
        checkDerivatives(gradient, hessianDiagonal, predictions);
        Checks.notTarget(gradient, targets);
        Checks.notTarget(hessianDiagonal, targets, HESSIAN);
        return value(run.deriving(gradient, hessianDiagonal).lossMeanWithDerivatives());
    }

    /**
     * The mean loss, or the sum, with its gradient and the diagonal of its Hessian written into arrays: of a loss that
     * is a {@link SecondOrderClassificationLoss}.
     *
     * @param predictions     rows laid end to end
     * @param labels          one a row
     * @param gradient        receives the derivative of the value by each prediction
     * @param hessianDiagonal receives the second derivative of the value by each prediction; another array than the
     *     gradient. Either of the two may be the predictions themselves
     * @return the value
     * @throws IllegalArgumentException as described above, or if the loss has no second derivative for labels
     */
    public double valueGradientAndHessian(
            double[] predictions, int[] labels, double[] gradient, double[] hessianDiagonal) {
        checkReduction();
        BatchRun run = run(predictions, labels);
        checkSecondOrder(
                loss instanceof SecondOrderClassificationLoss, " for labels: it is not a SecondOrderClassificationLoss");
        checkDerivatives(gradient, hessianDiagonal, predictions);
        return value(run.deriving(gradient, hessianDiagonal).lossMeanWithDerivatives());
    }

    /**
     * The mean loss, or the sum, of floats, with its gradient and the diagonal of its Hessian, computed in doubles and
     * rounded once, written into arrays of floats.
     *
     * @param predictions     rows laid end to end
     * @param targets         laid out like the predictions
     * @param gradient        receives the derivative of the value by each prediction
     * @param hessianDiagonal receives the second derivative of the value by each prediction; another array than the
     *     gradient. Either of the two may be the predictions themselves, none may be the targets
     * @return the value
     * @throws IllegalArgumentException as described above, or if the loss has no second derivative
     */
    public double valueGradientAndHessian(
            float[] predictions, float[] targets, float[] gradient, float[] hessianDiagonal) {
        checkReduction();
        checkSecondOrder(loss instanceof SecondOrderLoss, ": it is not a SecondOrderLoss");
        BatchRun run = run(predictions, targets, gradient, hessianDiagonal);
        checkDerivatives(gradient, hessianDiagonal, predictions);
        Checks.notTarget(gradient, targets);
        Checks.notTarget(hessianDiagonal, targets, HESSIAN);
        return value(run.lossMeanWithDerivatives());
    }

    /**
     * The mean loss, or the sum, of floats, with its gradient and the diagonal of its Hessian, computed in doubles and
     * rounded once, written into arrays of floats.
     *
     * @param predictions     rows laid end to end
     * @param labels          one a row
     * @param gradient        receives the derivative of the value by each prediction
     * @param hessianDiagonal receives the second derivative of the value by each prediction; another array than the
     *     gradient. Either of the two may be the predictions themselves
     * @return the value
     * @throws IllegalArgumentException as described above, or if the loss has no second derivative for labels
     */
    public double valueGradientAndHessian(
            float[] predictions, int[] labels, float[] gradient, float[] hessianDiagonal) {
        checkReduction();
        BatchRun run = run(predictions, labels, gradient, hessianDiagonal);
        checkSecondOrder(
                loss instanceof SecondOrderClassificationLoss, " for labels: it is not a SecondOrderClassificationLoss");
        checkDerivatives(gradient, hessianDiagonal, predictions);
        return value(run.lossMeanWithDerivatives());
    }

    /**
     * Each row's loss times its sample weight; 0 for a row that does not count.
     *
     * @param predictions rows laid end to end
     * @param targets     laid out like the predictions
     * @return one value a row
     * @throws IllegalArgumentException as described above
     */
    public double[] perRow(double[] predictions, double[] targets) {
        return run(predictions, targets).perRow();
    }

    /**
     * Each row's loss times its sample weight; 0 for a row that does not count.
     *
     * @param predictions rows laid end to end
     * @param labels      one a row
     * @return one value a row
     * @throws IllegalArgumentException as described above
     */
    public double[] perRow(double[] predictions, int[] labels) {
        return run(predictions, labels).perRow();
    }

    /**
     * Each row's loss times its sample weight, of floats; 0 for a row that does not count.
     *
     * @param predictions rows laid end to end
     * @param targets     laid out like the predictions
     * @return one value a row
     * @throws IllegalArgumentException as described above
     */
    public double[] perRow(float[] predictions, float[] targets) {
        return run(predictions, targets, null, null).perRow();
    }

    /**
     * Each row's loss times its sample weight, of floats; 0 for a row that does not count.
     *
     * @param predictions rows laid end to end
     * @param labels      one a row
     * @return one value a row
     * @throws IllegalArgumentException as described above
     */
    public double[] perRow(float[] predictions, int[] labels) {
        return run(predictions, labels, null, null).perRow();
    }

    /**
     * The exact sums behind the value, to be merged with those of other batches.
     *
     * @param predictions rows laid end to end
     * @param targets     laid out like the predictions
     * @return a mean of all rows that count
     * @throws IllegalArgumentException as described above
     */
    public LossMean lossMean(double[] predictions, double[] targets) {
        checkSampleWeights();
        return run(predictions, targets).lossMean();
    }

    /**
     * The exact sums behind the value, to be merged with those of other batches.
     *
     * @param predictions rows laid end to end
     * @param labels      one a row
     * @return a mean of all rows that count
     * @throws IllegalArgumentException as described above
     */
    public LossMean lossMean(double[] predictions, int[] labels) {
        checkSampleWeights();
        return run(predictions, labels).lossMean();
    }

    /**
     * The exact sums behind the value, of floats, to be merged with those of other batches.
     *
     * @param predictions rows laid end to end
     * @param targets     laid out like the predictions
     * @return a mean of all rows that count
     * @throws IllegalArgumentException as described above
     */
    public LossMean lossMean(float[] predictions, float[] targets) {
        checkSampleWeights();
        return run(predictions, targets, null, null).lossMean();
    }

    /**
     * The exact sums behind the value, of floats, to be merged with those of other batches.
     *
     * @param predictions rows laid end to end
     * @param labels      one a row
     * @return a mean of all rows that count
     * @throws IllegalArgumentException as described above
     */
    public LossMean lossMean(float[] predictions, int[] labels) {
        checkSampleWeights();
        return run(predictions, labels, null, null).lossMean();
    }

    /**
     * The exact sums behind the value, to be merged with those of other batches, and its gradient, in one pass.
     *
     * @param predictions rows laid end to end
     * @param targets     laid out like the predictions
     * @param gradient    receives the derivative of this batch's value by each prediction; may be the predictions
     *     themselves
     * @return a mean of all rows that count
     * @throws IllegalArgumentException as described above
     */
    public LossMean lossMeanAndGradient(double[] predictions, double[] targets, double[] gradient) {
        checkSampleWeights();
        return lossMeanAndGradientOf(predictions, targets, gradient);
    }

    /**
     * The exact sums behind the value, to be merged with those of other batches, and its gradient, in one pass.
     *
     * @param predictions rows laid end to end
     * @param labels      one a row
     * @param gradient    receives the derivative of this batch's value by each prediction; may be the predictions
     *     themselves
     * @return a mean of all rows that count
     * @throws IllegalArgumentException as described above
     */
    public LossMean lossMeanAndGradient(double[] predictions, int[] labels, double[] gradient) {
        checkSampleWeights();
        return lossMeanAndGradientOf(predictions, labels, gradient);
    }

    /**
     * The exact sums behind the value, of floats, to be merged with those of other batches, and its gradient, in one
     * pass.
     *
     * @param predictions rows laid end to end
     * @param targets     laid out like the predictions
     * @param gradient    receives the derivative of this batch's value by each prediction; may be the predictions
     *     themselves
     * @return a mean of all rows that count
     * @throws IllegalArgumentException as described above
     */
    public LossMean lossMeanAndGradient(float[] predictions, float[] targets, float[] gradient) {
        checkSampleWeights();
        return lossMeanAndGradientOf(predictions, targets, gradient);
    }

    /**
     * The exact sums behind the value, of floats, to be merged with those of other batches, and its gradient, in one
     * pass.
     *
     * @param predictions rows laid end to end
     * @param labels      one a row
     * @param gradient    receives the derivative of this batch's value by each prediction; may be the predictions
     *     themselves
     * @return a mean of all rows that count
     * @throws IllegalArgumentException as described above
     */
    public LossMean lossMeanAndGradient(float[] predictions, int[] labels, float[] gradient) {
        checkSampleWeights();
        return lossMeanAndGradientOf(predictions, labels, gradient);
    }

    private LossMean lossMeanAndGradientOf(double[] predictions, double[] targets, double[] gradient) {
        BatchRun run = run(predictions, targets);
        Checks.sameLength(gradient, "gradient", predictions, PREDICTIONS);
        Checks.notTarget(gradient, targets);
        return run.deriving(gradient, null).lossMeanWithDerivatives();
    }

    private LossMean lossMeanAndGradientOf(double[] predictions, int[] labels, double[] gradient) {
        BatchRun run = run(predictions, labels);
        Checks.sameLength(gradient, "gradient", predictions, PREDICTIONS);
        return run.deriving(gradient, null).lossMeanWithDerivatives();
    }

    private LossMean lossMeanAndGradientOf(float[] predictions, float[] targets, float[] gradient) {
        BatchRun run = run(predictions, targets, gradient, null);
        checkLength(gradient, "gradient", predictions);
        Checks.notTarget(gradient, targets);
        return run.lossMeanWithDerivatives();
    }

    private LossMean lossMeanAndGradientOf(float[] predictions, int[] labels, float[] gradient) {
        BatchRun run = run(predictions, labels, gradient, null);
        checkLength(gradient, "gradient", predictions);
        return run.lossMeanWithDerivatives();
    }

    private static void checkLength(float[] array, String name, float[] predictions) {
        Objects.requireNonNull(array, name);
        Checks.sameLength(array.length, name, predictions.length, PREDICTIONS);
    }

    private static void checkDerivatives(double[] gradient, double[] hessian, double[] predictions) {
        Checks.derivatives(gradient, hessian, predictions, PREDICTIONS);
    }

    private static void checkDerivatives(float[] gradient, float[] hessian, float[] predictions) {
        checkLength(gradient, "gradient", predictions);
        checkLength(hessian, HESSIAN, predictions);
        Checks.different(gradient, hessian);
    }

    private void checkSecondOrder(boolean has, String otherwise) {
        if (!has) {
            throw new IllegalArgumentException(nameOfLoss() + " has no second derivative" + otherwise);
        }
    }

    private void checkReduction() {
        if (!summed) {
            checkSampleWeights();
        }
    }

    /** Checks that they can be those of a mean. */
    private void checkSampleWeights() {
        int end = hasAllRows() && sampleWeights != null ? sampleWeights.length : endRow;
        for (int r = firstRow; sampleWeights != null && r < Math.min(end, sampleWeights.length); r++) {
            if (sampleWeights[r] < 0) {
                throw Checks.negative(sampleWeights[r], "sampleWeights[" + r + "]");
            }
        }
    }

    private BatchRun run(double[] predictions, double[] targets) {
        checkTakesTargets();
        Objects.requireNonNull(predictions, PREDICTIONS);
        checkRows(predictions.length);
        Checks.sameLength(targets, "targets", predictions, PREDICTIONS);
        return new BatchRun(this, predictions, targets, null);
    }

    private BatchRun run(double[] predictions, int[] labels) {
        checkTakesLabels();
        Objects.requireNonNull(predictions, PREDICTIONS);
        checkRows(predictions.length);
        checkNumberOfLabels(labels, predictions.length);
        return new BatchRun(this, predictions, null, labels);
    }

    private BatchRun run(float[] predictions, float[] targets, float[] gradient, float[] hessian) {
        checkTakesTargets();
        Objects.requireNonNull(predictions, PREDICTIONS);
        checkRows(predictions.length);
        checkLength(targets, "targets", predictions);
        FloatRows floats = new FloatRows(columns, predictions, targets, gradient, hessian);
        return new BatchRun(this, floats, null, predictions.length / columns);
    }

    private BatchRun run(float[] predictions, int[] labels, float[] gradient, float[] hessian) {
        checkTakesLabels();
        Objects.requireNonNull(predictions, PREDICTIONS);
        checkRows(predictions.length);
        checkNumberOfLabels(labels, predictions.length);
        FloatRows floats = new FloatRows(columns, predictions, null, gradient, hessian);
        return new BatchRun(this, floats, labels, predictions.length / columns);
    }

    private void checkTakesTargets() {
        if (ignored != null) {
            throw new IllegalArgumentException("ignoring " + ignoredText()
                    + " is for labels: with target arrays, give rows to be left out the sample weight 0");
        }
    }

    private void checkTakesLabels() {
        if (!(loss instanceof ClassificationLoss)) {
            String takes = loss instanceof ElementwiseLoss elementwise ? elementwise.nameOfTargets() : "targets";
            throw new IllegalArgumentException(nameOfLoss() + " is not a ClassificationLoss: it takes " + takes
                    + ", not labels; OneHot.encode makes targets of labels");
        }
    }

    private void checkNumberOfLabels(int[] labels, int predictions) {
        Objects.requireNonNull(labels, "labels");
        Checks.rows("labels", labels.length, predictions / columns);
    }

    /** Whole rows, as many as there are sample weights, and all that this batch is for. */
    private void checkRows(int predictions) {
        Checks.wholeRows(predictions, PREDICTIONS, columns);
        int rows = predictions / columns;
        if (sampleWeights != null) {
            Checks.rows("sampleWeights", sampleWeights.length, rows);
        }
        if (endRow > rows) {
            throw new IllegalArgumentException(
                    "predictions have " + rows + " rows, this batch is for rows " + firstRow + " to " + endRow);
        }
    }

    /** The name of its class, unless that has none, or one that a compiler or the JVM made up. */
    private String nameOfLoss() {
        String name = loss.getClass().getSimpleName();
        return name.isEmpty() || name.indexOf('$') >= 0 ? "this loss" : name;
    }

    private double value(LossMean mean) {
        return summed ? mean.sum() : mean.mean();
    }

    private String ignoredText() {
        return ignored.length == 1 ? String.valueOf(ignored[0]) : Arrays.toString(ignored);
    }

    /**
     * Whether the other is a batch of an equal loss with equal options and sample weights. A lambda is equal to itself
     * only.
     *
     * @param other anything
     * @return true for a batch that was made with the same options
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof Batch batch
                && loss.equals(batch.loss)
                && columns == batch.columns
                && Arrays.equals(sampleWeights, batch.sampleWeights)
                && Arrays.equals(ignored, batch.ignored)
                && summed == batch.summed
                && parallel == batch.parallel
                && firstRow == batch.firstRow
                && endRow == batch.endRow;
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                loss,
                columns,
                Arrays.hashCode(sampleWeights),
                Arrays.hashCode(ignored),
                summed,
                parallel,
                firstRow,
                endRow);
    }

    @Override
    public String toString() {
        return "Batch[" + loss
                + ", columns=" + columns
                + (sampleWeights == null ? "" : ", sampleWeights=" + sampleWeights.length)
                + (ignored == null ? "" : ", ignoring=" + ignoredText())
                + (hasAllRows() ? "" : ", rows=" + firstRow + ".." + endRow)
                + (summed ? ", summed" : "")
                + (parallel ? ", parallel]" : "]");
    }

    /**
     * Writes the serial form instead.
     *
     * @return the serial form, which holds the loss and the options
     */
    private Object writeReplace() {
        return new Form(this);
    }

    /**
     * Refuses a stream that holds anything but the serial form.
     *
     * @param stream not read
     * @throws InvalidObjectException always
     */
    private void readObject(ObjectInputStream stream) throws InvalidObjectException {
        throw new InvalidObjectException("a Batch is read from its serial form only");
    }

    /** The serial form: the loss and the options, which are checked again. */
    private static final class Form implements Serializable {

        private static final long serialVersionUID = 3;

        private final LossFunction loss;
        private final int columns;
        private final double[] sampleWeights;
        private final int[] ignored;
        private final boolean summed;
        private final boolean parallel;
        private final int firstRow;
        private final int endRow;

        Form(Batch batch) {
            this.loss = batch.loss;
            this.columns = batch.columns;
            this.sampleWeights = batch.sampleWeights;
            this.ignored = batch.ignored;
            this.summed = batch.summed;
            this.parallel = batch.parallel;
            this.firstRow = batch.firstRow;
            this.endRow = batch.endRow;
        }

        private Object readResolve() throws InvalidObjectException {
            return LossForm.resolve(() -> {
                Batch batch = of(loss, columns);
                batch = sampleWeights == null ? batch : batch.weightedBy(sampleWeights);
                batch = ignored == null ? batch : batch.ignoring(ignored);
                batch = summed ? batch.summed() : batch;
                batch = endRow == ALL_ROWS ? batch : batch.rows(firstRow, endRow);
                return parallel ? batch.parallel() : batch;
            });
        }
    }
}
