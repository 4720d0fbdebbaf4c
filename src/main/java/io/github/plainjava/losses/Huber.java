package io.github.plainjava.losses;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Exact;
import io.github.plainjava.losses.internal.tile.Entries;

/**
 * Half the squared difference up to a threshold, and from there on a straight line: for regression on data with
 * outliers, whose pull it limits, while small errors count as in {@link MeanSquaredError}.
 *
 * <pre>{@code
 * SecondOrderLoss huber = new Huber().withThreshold(1);
 * double value = huber.value(new double[] {0.5, 10}, new double[] {0, 0}); // 4.8125
 * double[] slope = huber.gradient(new double[] {0.5, 10}, new double[] {0, 0}); // {0.25, 0.5}
 * }</pre>
 *
 * <h2>Definition</h2>
 * For a prediction p and a target t of n values, d_i = p_i - t_i and the threshold k, which has the unit of d:
 * <pre>
 *     value = (1 / n) sum over i of h(d_i),   h(d) = d^2 / 2            for |d| &lt;= k
 *                                             h(d) = k (|d| - k / 2)    beyond
 * </pre>
 * in the square of their unit. The smooth L1 loss with parameter b is this one with threshold b, divided by b.
 *
 * <h2>Gradient</h2>
 * d value / d p_i = d_i / n, with d_i held between -k and k.
 *
 * <h2>Second derivative</h2>
 * 1 / n for |d_i| &lt;= k, 0 beyond.
 *
 * <h2>Domain and shapes</h2>
 * Prediction and target are any doubles, as many of one as of the other, at least one. The threshold is from 1e-18 to
 * 1e18. The gradient array is as long and may be the prediction itself.
 *
 * <h2>Special values</h2>
 * A NaN anywhere makes the value and every entry of the derivatives NaN. An infinite difference makes the value
 * +infinity and its own entry of the gradient k / n or -k / n; equal infinities act as a NaN. A mean beyond the double
 * range is +infinity; sums beyond it whose mean is not, do no harm.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * With s = d held between -k and k, both branches are s (d - s / 2), which has no branch. The product goes unrounded
 * into a compensated sum, with what the rounding of d took, which counts as many times as the slope; a plain sum's
 * error grows with n. Where it would leave the double range the numbers are scaled by a power of two.
 *
 * <h2>Accuracy</h2>
 * For finite inputs of any size the value is within 2 ulp of the exact result for the doubles given, for any number of
 * values, and an entry of the gradient within 3, subnormal results included. Which side of the threshold a difference
 * is on is decided once it is rounded. Bits are the same on every Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no values, lengths that differ, a threshold out of range, or a gradient array
 * that is the target; {@link NullPointerException} for null. Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * P. J. Huber (1964), Robust estimation of a location parameter, Ann. Math. Statist. 35(1),
 * doi:10.1214/aoms/1177703732.
 */
public final class Huber extends ElementwiseLoss {

    private static final long serialVersionUID = 1;

    /** Where the parabola ends and the straight line begins. */
    private final double threshold;

    /** The loss with the threshold 1. */
    public Huber() {
        this(1, false);
    }

    private Huber(double threshold, boolean skipsMissing) {
        super(skipsMissing);
        this.threshold = Checks.factor(threshold, "threshold");
    }

    /**
     * This loss with another threshold.
     *
     * @param threshold the largest difference that counts as a small one, from 1e-18 to 1e18
     * @return a new loss
     * @throws IllegalArgumentException if the threshold is out of range
     */
    public Huber withThreshold(double threshold) {
        return new Huber(threshold, skipsMissing());
    }

    @Override
    public Huber skippingMissing() {
        return copy(true);
    }

    /**
     * f = s (d - s / 2) with s = d held between -k and k, f' = s, f'' = 1 up to k. What roundings took of the second
     * factor comes in a loop of its own, as the two together are too long to become vector instructions.
     */
    @Override
    void entries(Entries e) {
        double k = threshold * e.unit;
        for (int i = 0; i < e.size; i++) {
            double d = e.prediction[i] - e.target[i];
            double s = Math.max(-k, Math.min(k, d));
            double rest = d - s / 2;
            double value = s * rest;
            e.value.head[i] = value;
            e.value.tail[i] = fma(s, rest, -value);
            e.slope[i] = s;
        }
        for (int i = 0; i < e.size; i++) {
            double p = e.prediction[i];
            double t = e.target[i];
            double d = p - t;
            double s = e.slope[i];
            double lost = Exact.fastSumError(d, -s / 2, d - s / 2) - -Exact.differenceError(p, t, d);
            e.value.tail[i] = fma(s, lost, e.value.tail[i]);
        }
        for (int i = 0; i < e.size && e.derivesTwice; i++) {
            e.curvature[i] = Math.abs(e.prediction[i] - e.target[i]) <= k ? 1 : 0;
        }
    }

    @Override
    Huber copy(boolean skipsMissing) {
        return new Huber(threshold, skipsMissing);
    }

    @Override
    String options() {
        return "threshold=" + threshold;
    }
}
