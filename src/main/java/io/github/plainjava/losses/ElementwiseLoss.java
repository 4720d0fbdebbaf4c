package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Entries;
import io.github.plainjava.losses.internal.tile.Rows;
import io.github.plainjava.losses.internal.tile.Tile;
import java.io.InvalidObjectException;
import java.util.Arrays;

/**
 * A loss whose entries have targets of their own: the mean over the entries of a row of a function of each prediction
 * and its target. The library's losses of this kind are classes of their own, which say what that function is; for one
 * of yours implement {@link LossFunction} or {@link SecondOrderLoss}.
 *
 * <pre>{@code
 * ElementwiseLoss loss = new MeanSquaredError().skippingMissing();
 * double mean = loss.value(new double[] {1, 2, 3}, new double[] {0, Double.NaN, 5}); // 2.5
 * }</pre>
 *
 * <p>With f the function of the loss, for n entries and upstream weights of 1,
 * <pre>
 *     value      = (1 / n) sum over i of f(p_i, t_i)
 *     gradient_i = f'(p_i, t_i) / n
 *     diagonal_i = f''(p_i, t_i) / n
 * </pre>
 * where the derivatives are by the prediction.
 *
 * <h2>Special values</h2>
 * A NaN among the predictions or the targets makes the value and every entry of the gradient and of the Hessian's
 * diagonal NaN, unless the loss is {@link #skippingMissing}.
 *
 * <h2>Missing targets</h2>
 * With {@link #skippingMissing}, entries whose target is NaN are left out of value, gradient and divisor. A row alone
 * is the mean over the m entries that it has, 0 if there are none. In a {@link Batch} row r adds s_r (sum over its
 * entries) / n to the sum and s_r m / n to the total weight, so that every entry counts as much as every other.
 */
public abstract class ElementwiseLoss extends RowLoss implements SecondOrderLoss {

    private static final long serialVersionUID = 1;

    /** Sums of up to here met no overflow. */
    private static final double LARGE = 0x1p1000;

    /** The unit that brings squares of any difference into the range. */
    private static final double UNIT_OF_SQUARES = 0x1p-600;

    /** The unit that brings any difference, and small multiples of it, into the range. */
    private static final double UNIT_OF_DIFFERENCES = 0x1p-30;

    /** The unit whose square brings differences times an option into the range, and squares none of them out of it. */
    static final double UNIT_OF_DISTANCES = 0x1p-60;

    /** Whether entries without a target are left out. */
    private final boolean skipsMissing;

    ElementwiseLoss(boolean skipsMissing) {
        this.skipsMissing = skipsMissing;
    }

    /** f, f' and f'' of each entry. A NaN in an entry makes its value NaN; what is infinite needs no tail. */
    abstract void entries(Entries e);

    /** This loss with the same options, which are checked. */
    abstract ElementwiseLoss copy(boolean skipsMissing);

    /** The options, as "threshold=1.0", or nothing. */
    abstract String options();

    /** Whether f is a function of p - t alone, which may be beyond the double range where both are not. */
    boolean isOfDifferences() {
        return true;
    }

    /** The unit of values that would leave the double range: another one, if small options would be lost in it. */
    double unitOfValues() {
        return UNIT_OF_SQUARES;
    }

    /**
     * Whether derivatives may be beyond the double range where the value is not. A slope is then to be given times the
     * unit, and a second derivative times its square, also by a loss that is not of differences.
     */
    boolean isSteep() {
        return false;
    }

    /** An option for each column, or one for all; null if there is none. */
    double[] columnOptions() {
        return null;
    }

    /** What {@link #columnOptions} are called. */
    String nameOfColumnOptions() {
        return null;
    }

    /**
     * This loss, leaving out entries whose target is NaN.
     *
     * @return a new loss
     */
    public abstract ElementwiseLoss skippingMissing();

    /** Whether entries without a target are left out. */
    final boolean skipsMissing() {
        return skipsMissing;
    }

    /** What it takes for targets. */
    String nameOfTargets() {
        return "targets";
    }

    /**
     * The loss alone.
     *
     * @param prediction one value an entry, at least one
     * @param target     as many
     * @return the mean over the entries
     * @throws IllegalArgumentException if there are none, lengths differ, or a value is outside the domain of the loss
     */
    @Override
    public final double value(double[] prediction, double[] target) {
        return checkedValue(prediction, target);
    }

    /**
     * The loss, with its gradient by the prediction written into an array.
     *
     * <p>Mind the order of the last two: swapped, an array of zeros is a target like any other, and <em>the target is
     * overwritten</em>.
     *
     * @param prediction one value an entry, at least one
     * @param target     as many
     * @param gradient   receives the derivative of the value by each entry of the prediction; as long, and may be the
     *     prediction itself, but not the target
     * @return the mean over the entries
     * @throws IllegalArgumentException if there are no entries, lengths differ, a value is outside the domain of the
     *     loss, or the gradient array is the target; nothing is written then
     */
    @Override
    public final double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
        return checkedValueAndGradient(prediction, target, gradient);
    }

    /**
     * The gradient by the prediction, in a new array.
     *
     * @param prediction one value an entry, at least one
     * @param target     as many
     * @return the derivative of the value by each entry of the prediction
     * @throws IllegalArgumentException as {@link #value}
     */
    @Override
    public final double[] gradient(double[] prediction, double[] target) {
        return checkedGradient(prediction, target);
    }

    /**
     * The loss, with its gradient and the diagonal of its Hessian written into arrays. Off the diagonal the Hessian is
     * 0.
     *
     * @param prediction      one value an entry, at least one
     * @param target          as many
     * @param gradient        receives the derivative of the value by each entry of the prediction; as long as it is
     * @param hessianDiagonal receives the second derivative of the value by each entry of the prediction; as long, and
     *     another array than the gradient. Either of the two may be the prediction itself, none may be the target
     * @return the mean over the entries
     * @throws IllegalArgumentException if there are no entries, lengths differ, a value is outside the domain of the
     *     loss, or arrays are the same that must not be; nothing is written then
     */
    @Override
    public final double valueGradientAndHessian(
            double[] prediction, double[] target, double[] gradient, double[] hessianDiagonal) {
        return checkedValueGradientAndHessian(prediction, target, gradient, hessianDiagonal);
    }

    /**
     * How much a row with this target counts in a weighted mean over rows: the mean of what its entries weigh, 1 each
     * unless the loss has weights, and 0 for a missing one that is left out.
     *
     * @param target the target of one row
     * @return the weight of the row
     * @throws IllegalArgumentException if options by column are more or fewer
     */
    @Override
    public final double weight(double[] target) {
        Checks.notEmpty(target, "target");
        checkNumberOfOptions(target.length, "target");
        return mass(target, 0, target.length, NO_LABEL);
    }

    @Override
    String predictionName() {
        return "prediction";
    }

    @Override
    final void checkClasses(int columns) {
        checkNumberOfOptions(columns, predictionName());
    }

    private void checkNumberOfOptions(int entries, String name) {
        double[] options = columnOptions();
        if (options != null && options.length != 1) {
            Checks.sameLength(options.length, nameOfColumnOptions(), entries, name);
        }
    }

    @Override
    final void checkColumns(int columns) {
        double[] options = columnOptions();
        if (options != null && options.length != 1) {
            Checks.optionsOfRows(nameOfColumnOptions(), options.length, columns);
        }
    }

    @Override
    boolean checksRows(boolean labels) {
        return false;
    }

    @Override
    void checkRow(double[] prediction, double[] target, int from, int columns, int row) {
        // any double will do, unless the loss says otherwise
    }

    @Override
    boolean weighsOne(boolean labels) {
        return !skipsMissing;
    }

    @Override
    double mass(double[] target, int from, int columns, int label) {
        return skipsMissing ? (double) present(target, from, columns) / columns : 1;
    }

    private static int present(double[] target, int from, int columns) {
        int present = 0;
        for (int i = from; i < from + columns; i++) {
            present += target[i] == target[i] ? 1 : 0;
        }
        return present;
    }

    /**
     * The sum of f over the entries, divided by their number; f' and f'' times what the batch multiplies them by. What
     * leaves the double range on the way is computed once more, entry by entry.
     */
    @Override
    final void compute(Rows rows) {
        Tile w = rows.tile;
        Entries e = w.entries;
        rows.splitLong();
        boolean derives = rows.gradient != null;
        boolean early = derives && rows.goInPieces() && !rows.writeOverPieces();
        e.unit = 1;
        e.derivesTwice = rows.hessian != null;
        fillOption(rows);
        Pair share = Pair.ONE.over(Pair.of(divisor(rows)));
        for (int r = 0; r < rows.count && derives; r++) {
            w.factor.set(r, w.scale.get(r).times(share));
        }
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            computePiece(rows);
            rows.addUp(e.value, w.rest);
            if (early) {
                scale(rows);
                store(rows);
            }
        }
        boolean careful = false;
        for (int r = 0; r < rows.count; r++) {
            w.loss[r] = w.rest.get(r).times(share).rounded();
            careful |= !isInRange(rows, r);
        }
        for (int r = 0; r < rows.count && careful; r++) {
            if (!isInRange(rows, r)) {
                w.loss[r] = carefulValue(rows, r);
            }
        }
        if (derives && (careful || !early)) {
            writeDerivatives(rows, careful);
        }
        rows.grow(rows.gradient);
        rows.grow(rows.hessian);
    }

    /** Whether nothing in a row was infinite, NaN or beyond the double range. */
    private static boolean isInRange(Rows rows, int r) {
        return rows.tile.rest.get(r).rounded() <= LARGE;
    }

    /** Once for all pieces, if it is the same in all columns. */
    private void fillOption(Rows rows) {
        double[] options = columnOptions();
        if (options != null && options.length == 1) {
            rows.rewind(); // no piece is larger than the first
            Arrays.fill(rows.tile.entries.option, 0, rows.size, options[0]);
        }
    }

    private void load(Rows rows) {
        Entries e = rows.tile.entries;
        rows.load(rows.predictions, e.prediction);
        rows.load(rows.targets, e.target);
        double[] options = columnOptions();
        if (options != null && options.length != 1) {
            rows.loadColumns(options, e.option);
        }
    }

    private void computePiece(Rows rows) {
        Entries e = rows.tile.entries;
        load(rows);
        e.size = rows.size;
        entries(e);
        if (skipsMissing) {
            e.leaveOutMissing();
        }
    }

    /** The number of entries; of those that there are, where they are not weighed in the batch. */
    private double divisor(Rows rows) {
        return skipsMissing && rows.isAlone() ? Math.max(1, present(rows.targets, 0, rows.columns)) : rows.columns;
    }

    private void scale(Rows rows) {
        Tile w = rows.tile;
        rows.times(w.entries.slope, w.factor);
        if (rows.hessian != null) {
            rows.times(w.entries.curvature, w.factor);
        }
        for (int i = 0; i < rows.size && isSteep(); i++) {
            if (!(Math.abs(w.entries.slope[i]) <= Double.MAX_VALUE)
                    || rows.hessian != null && !(Math.abs(w.entries.curvature[i]) <= Double.MAX_VALUE)) {
                steepDerivatives(rows, i);
            }
        }
    }

    /** The derivatives of an entry that are infinite before, though maybe not after, they are divided by n. */
    private void steepDerivatives(Rows rows, int i) {
        Tile w = rows.tile;
        Pair factor = w.factor.get(rows.rowAt(i));
        double unit = UNIT_OF_SQUARES;
        evaluate(w.entries, i, w.one, unit);
        if (!(Math.abs(w.entries.slope[i]) <= Double.MAX_VALUE)) {
            w.entries.slope[i] = factor.timesRounded(w.one.slope[0]) / unit;
        }
        if (!(Math.abs(w.entries.curvature[i]) <= Double.MAX_VALUE)) {
            w.entries.curvature[i] = factor.timesRounded(w.one.curvature[0]) / unit / unit;
        }
    }

    private static void store(Rows rows) {
        Entries e = rows.tile.entries;
        rows.store(e.slope, rows.gradient);
        if (rows.hessian != null) {
            rows.store(e.curvature, rows.hessian);
        }
    }

    private void writeDerivatives(Rows rows, boolean careful) {
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            if (rows.goInPieces()) {
                computePiece(rows);
            }
            scale(rows);
            for (int r = 0; r < rows.count && careful; r++) {
                if (!isInRange(rows, r)) {
                    carefulDerivatives(rows, r);
                }
            }
            store(rows);
        }
    }

    /** The value of a row in a small unit; divided by n before it grows again, it is infinite last. */
    private double carefulValue(Rows rows, int r) {
        Tile w = rows.tile;
        Entries one = w.one;
        double unit = unitOfValues();
        double special = 0;
        w.own.clear(1);
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            load(rows);
            for (int i = 0; i < rows.size; i++) {
                if (rows.rowAt(i) != r || isMissing(w.entries.target[i])) {
                    continue;
                }
                evaluate(w.entries, i, one, unit);
                if (Math.abs(one.value.head[0]) <= Double.MAX_VALUE) {
                    w.own.addFirst(one.value);
                } else {
                    special += one.value.head[0];
                }
            }
        }
        return special + w.own.get(0).rounded() / divisor(rows) / unit / unit;
    }

    private boolean isMissing(double target) {
        return skipsMissing && target != target;
    }

    private void evaluate(Entries from, int i, Entries one, double unit) {
        double ofInputs = isOfDifferences() ? unit : 1;
        one.size = 1;
        one.unit = unit;
        one.derivesTwice = true;
        one.prediction[0] = from.prediction[i] * ofInputs;
        one.target[0] = from.target[i] * ofInputs;
        one.option[0] = from.option[i];
        entries(one);
    }

    /** The derivatives of a row whose value is NaN, or had to be computed with care. */
    private void carefulDerivatives(Rows rows, int r) {
        Tile w = rows.tile;
        Pair factor = w.factor.get(r);
        for (int i = 0; i < rows.size; i++) {
            if (rows.rowAt(i) != r || isMissing(w.entries.target[i]) && w.loss[r] == w.loss[r]) {
                continue;
            }
            boolean far = isOfDifferences() && areFar(w.entries.prediction[i], w.entries.target[i]);
            double unit = far ? UNIT_OF_DIFFERENCES : 1;
            evaluate(w.entries, i, w.one, unit);
            boolean isNaN = w.loss[r] != w.loss[r];
            w.entries.slope[i] = isNaN ? Double.NaN : factor.timesRounded(w.one.slope[0]) / unit;
            w.entries.curvature[i] = isNaN ? Double.NaN : factor.timesRounded(w.one.curvature[0]);
            boolean beyond = !(Math.max(Math.abs(w.one.slope[0]), w.one.curvature[0]) <= Double.MAX_VALUE);
            if (isSteep() && !isNaN) {
                steepDerivatives(rows, i);
            } else if (!isNaN && !isOfDifferences() && beyond) {
                evaluate(w.entries, i, w.one, UNIT_OF_SQUARES);
                w.entries.slope[i] = factor.timesRounded(w.one.slope[0]) / UNIT_OF_SQUARES / UNIT_OF_SQUARES;
                w.entries.curvature[i] = factor.timesRounded(w.one.curvature[0]) / UNIT_OF_SQUARES / UNIT_OF_SQUARES;
            }
        }
    }

    private static boolean areFar(double p, double t) {
        double size = Math.max(Math.abs(p), Math.abs(t));
        return size > LARGE && size <= Double.MAX_VALUE;
    }

    /**
     * Whether the other is a loss of this kind with equal options.
     *
     * @param other anything
     * @return true for one that was made with the same options
     */
    @Override
    public final boolean equals(Object other) {
        return other != null && other.getClass() == getClass() && other.toString().equals(toString());
    }

    @Override
    public final int hashCode() {
        return toString().hashCode();
    }

    @Override
    public final String toString() {
        String options = options();
        String separator = options.isEmpty() || !skipsMissing ? "" : ", ";
        return getClass().getSimpleName() + "[" + options + separator + (skipsMissing ? "skippingMissing]" : "]");
    }

    /**
     * Checks the options that a stream had.
     *
     * @return an equal loss
     * @throws InvalidObjectException if it cannot be
     */
    final Object readResolve() throws InvalidObjectException {
        return LossForm.resolve(() -> copy(skipsMissing));
    }
}
