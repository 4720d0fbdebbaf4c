package io.github.plainjava.losses;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Exact;
import io.github.plainjava.losses.internal.tile.Entries;
import java.util.Arrays;

/**
 * The distance to the target, weighed by a level where the prediction is too low, and by what the level lacks of 1
 * where it is too high: for quantile regression, as it is least where the prediction is the quantile of that level.
 * Several levels, one for each column, give a whole distribution, or a range that should hold a given share of the
 * targets.
 *
 * <pre>{@code
 * LossFunction quartiles = new Pinball(0.25, 0.5, 0.75);
 * double value = quartiles.value(new double[] {1, 2, 4}, new double[] {3, 3, 3}); // 0.4166666666666667
 * LossFunction upper = new Pinball(0.75);
 * double[] slope = upper.gradient(new double[] {1, 4}, new double[] {3, 3}); // {-0.375, 0.125}
 * }</pre>
 *
 * <h2>Definition</h2>
 * For a prediction p and a target t of n values, and the levels a_i, which are one and the same or one for each column:
 * <pre>
 *     value = (1 / n) sum over i of g_i,   g_i = a_i (t_i - p_i)          for t_i &gt;= p_i
 *                                          g_i = (1 - a_i) (p_i - t_i)    otherwise
 * </pre>
 * in their unit. At the level 1/2 it is half of {@link MeanAbsoluteError}.
 *
 * <h2>Gradient</h2>
 * d value / d p_i = -a_i / n where p_i &lt; t_i, (1 - a_i) / n where p_i &gt; t_i, and 0 where they are equal, which is
 * one of the slopes that touch the loss there.
 *
 * <h2>Second derivative</h2>
 * 0, also where the gradient jumps.
 *
 * <h2>Domain and shapes</h2>
 * Prediction and target are any doubles, as many of one as of the other, at least one, and as many as there are levels
 * unless that is one. Levels are any doubles above 0 and below 1. The gradient array is as long and may be the
 * prediction itself.
 *
 * <h2>Special values</h2>
 * A NaN anywhere makes the value and every entry of the derivatives NaN. An infinite difference makes the value
 * +infinity and its own entry of the gradient -a_i / n or (1 - a_i) / n; equal infinities act as a NaN. A mean beyond
 * the double range is +infinity; differences and sums beyond it whose mean is not, do no harm.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * With d = p_i - t_i, and w = -a_i, 0 or 1 - a_i as d is negative, 0 or positive, each entry adds w d, and w is its
 * slope. The branch between the two, which would be guessed wrongly half the time, is taken by a maximum and a minimum.
 * The product goes unrounded into a compensated sum, with what the rounding of d took; a plain sum's error grows with
 * n. Where differences or their sum would leave the double range the numbers are scaled by a power of two.
 *
 * <h2>Accuracy</h2>
 * For finite inputs of any size the value is within 2 ulp of the exact result for the levels and the doubles given, for
 * any number of values, subnormal results included, and an entry of the gradient within 2. Bits are the same on every
 * Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no values, lengths that differ, levels that are not between 0 and 1 or neither
 * one nor one for each column, or a gradient array that is the target; {@link NullPointerException} for null. Nothing
 * is written before all is checked.
 *
 * <h2>Source</h2>
 * R. Koenker and G. Bassett (1978), Regression quantiles, Econometrica 46(1), doi:10.2307/1913643.
 */
public final class Pinball extends ElementwiseLoss {

    private static final long serialVersionUID = 1;

    /** Of the quantiles: one for all columns, or one for each. */
    private final double[] levels;

    /**
     * The loss for quantiles.
     *
     * @param levels one level for all columns, or one for each; above 0 and below 1
     * @throws IllegalArgumentException if there are none, or a level is not strictly between 0 and 1
     */
    public Pinball(double... levels) {
        this(levels, false);
    }

    /** Private, as serializers call no-argument constructors. */
    private Pinball() {
        this(new double[] {0.5}, false);
    }

    private Pinball(double[] levels, boolean skipsMissing) {
        super(skipsMissing);
        this.levels = Checks.levels(levels);
    }

    @Override
    public Pinball skippingMissing() {
        return copy(true);
    }

    /**
     * f = w d, f' = w, f'' = 0, for w = -level, 0 or 1 - level, as d is negative, 0 or positive. There are three loops,
     * as one is too long to become vector instructions.
     */
    @Override
    void entries(Entries e) {
        double scale = e.unit * e.unit;
        for (int i = 0; i < e.size; i++) {
            double d = e.prediction[i] * scale - e.target[i] * scale;
            e.slope[i] = MeanAbsoluteError.step(d, -e.option[i], 1 - e.option[i]);
        }
        for (int i = 0; i < e.size; i++) {
            double w = e.slope[i];
            double d = e.prediction[i] * scale - e.target[i] * scale;
            double value = w * d;
            e.value.head[i] = value;
            e.value.tail[i] = fma(w, d, -value);
        }
        for (int i = 0; i < e.size; i++) {
            double p = e.prediction[i] * scale;
            double t = e.target[i] * scale;
            e.value.tail[i] = fma(Exact.differenceError(p, t, p - t), e.slope[i], e.value.tail[i]);
        }
        if (e.derivesTwice) {
            Arrays.fill(e.curvature, 0, e.size, 0);
        }
    }

    /** Slopes are in no need of a unit, and a small level would be lost in one. */
    @Override
    boolean isOfDifferences() {
        return false;
    }

    @Override
    double unitOfValues() {
        return UNIT_OF_DISTANCES;
    }

    @Override
    double[] columnOptions() {
        return levels;
    }

    @Override
    String nameOfColumnOptions() {
        return "levels";
    }

    @Override
    Pinball copy(boolean skipsMissing) {
        return new Pinball(levels, skipsMissing);
    }

    @Override
    String options() {
        return "levels=" + Arrays.toString(levels);
    }
}
