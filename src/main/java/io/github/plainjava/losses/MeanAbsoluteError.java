package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.tile.Entries;
import java.util.Arrays;

/**
 * The mean of the distances between prediction and target: for regression on data with outliers, which count no more
 * than their distance. It is least where predictions are medians, as {@link MeanSquaredError} is where they are means;
 * for other quantiles see {@link Pinball}. Its gradient does not get smaller near the target, so that steps of one size
 * do not settle there; {@link Huber} does.
 *
 * <pre>{@code
 * LossFunction absolute = new MeanAbsoluteError();
 * double value = absolute.value(new double[] {2.5, 0.0}, new double[] {3.0, -1.0}); // 0.75
 * double[] slope = absolute.gradient(new double[] {2.5, 0.0}, new double[] {3.0, -1.0}); // {-0.5, 0.5}
 * }</pre>
 *
 * <h2>Definition</h2>
 * <pre>
 *     value = (1 / n) sum over i of |p_i - t_i|
 * </pre>
 * for a prediction p and a target t of n values, in their unit.
 *
 * <h2>Gradient</h2>
 * d value / d p_i = 1 / n where p_i &gt; t_i, -1 / n where p_i &lt; t_i, and 0 where they are equal, which is one of
 * the slopes that touch the loss there.
 *
 * <h2>Second derivative</h2>
 * 0, also where the gradient jumps.
 *
 * <h2>Domain and shapes</h2>
 * Prediction and target are any doubles, as many of one as of the other, at least one. The gradient array is as long
 * and may be the prediction itself.
 *
 * <h2>Special values</h2>
 * A NaN anywhere makes the value and every entry of the derivatives NaN. An infinite difference makes the value
 * +infinity and its own entry of the gradient 1 / n or -1 / n; equal infinities act as a NaN. A mean beyond the double
 * range is +infinity; differences and sums beyond it whose mean is not, do no harm.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * The differences go into a compensated sum; a plain sum's error grows with n. The sign is the difference, made so
 * large that it is beyond 1 unless it is 0, held between -1 and 1: it takes no branch, which would be guessed wrongly
 * half the time. Where differences or their sum would leave the double range the numbers are scaled by a power of two.
 *
 * <h2>Accuracy</h2>
 * For finite inputs of any size the value is within 2 ulp of the exact result for the doubles given, for any number of
 * values, subnormal results included, and an entry of the gradient within 1. Bits are the same on every Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no values, lengths that differ, or a gradient array that is the target;
 * {@link NullPointerException} for null. Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * P. S. Laplace (1774), <i>Mémoire sur la probabilité des causes par les événements</i>, translated with a commentary
 * by S. M. Stigler (1986), Statistical Science 1(3), doi:10.1214/ss/1177013620: the median as the estimate of least
 * mean error.
 */
public final class MeanAbsoluteError extends ElementwiseLoss {

    private static final long serialVersionUID = 1;

    /** The loss; there is nothing to choose. */
    public MeanAbsoluteError() {
        this(false);
    }

    private MeanAbsoluteError(boolean skipsMissing) {
        super(skipsMissing);
    }

    @Override
    public MeanAbsoluteError skippingMissing() {
        return copy(true);
    }

    /** f = |d|, f' = the sign of d, f'' = 0. */
    @Override
    void entries(Entries e) {
        double unit = e.unit;
        for (int i = 0; i < e.size; i++) {
            double d = e.prediction[i] - e.target[i];
            e.value.head[i] = Math.abs(d) * unit;
            e.slope[i] = step(d, -unit, unit);
        }
        Arrays.fill(e.value.tail, 0, e.size, 0);
        if (e.derivesTwice) {
            Arrays.fill(e.curvature, 0, e.size, 0);
        }
    }

    /** The one number where d is negative, the other where it is positive, up to 1 both, and 0 where d is 0. */
    static double step(double d, double below, double above) {
        return Math.max(below, Math.min(above, d * 0x1p1023 * 0x1p60));
    }

    @Override
    MeanAbsoluteError copy(boolean skipsMissing) {
        return new MeanAbsoluteError(skipsMissing);
    }

    @Override
    String options() {
        return "";
    }
}
