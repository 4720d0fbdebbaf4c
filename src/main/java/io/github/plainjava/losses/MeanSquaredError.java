package io.github.plainjava.losses;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.tile.Entries;
import java.util.Arrays;

/**
 * The mean of the squared differences: for regression, where errors are likelier the smaller they are, as with Gaussian
 * noise. For classification use {@link Softmax} or {@link CrossEntropy}: the gradient of a squared error through a
 * softmax vanishes on a confident mistake.
 *
 * <pre>{@code
 * LossFunction mse = new MeanSquaredError();
 * double value = mse.value(new double[] {2.5, 0.0}, new double[] {3.0, -0.5}); // 0.25
 * double[] slope = mse.gradient(new double[] {2.5, 0.0}, new double[] {3.0, -0.5}); // {-0.5, 0.5}
 * }</pre>
 *
 * <h2>Definition</h2>
 * <pre>
 *     value = (1 / n) sum over i of (p_i - t_i)^2
 * </pre>
 * for a prediction p and a target t of n values, in the square of their unit.
 *
 * <h2>Gradient</h2>
 * d value / d p_i = 2 (p_i - t_i) / n.
 *
 * <h2>Domain and shapes</h2>
 * Prediction and target are any doubles, as many of one as of the other, at least one. The gradient array is as long
 * and may be the prediction itself.
 *
 * <h2>Special values</h2>
 * A NaN anywhere makes the value and every entry of the gradient NaN. Infinities follow arithmetic: an infinite
 * difference makes the value +infinity and its own entry of the gradient infinite, and equal infinities act as a NaN. A
 * mean beyond the double range is +infinity; squares beyond it whose mean is not, do no harm.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * The square of each difference d = p_i - t_i goes unrounded into a compensated sum; a plain sum's error grows with n.
 * There are four such sums side by side, added up at the end with their errors, as an addition waits for the one
 * before. Where squares would leave the double range the numbers are scaled by a
 * power of two, and the sum is scaled back. The gradient is d times 2 / n, which is held to twice double precision.
 *
 * <h2>Accuracy</h2>
 * For finite inputs of any size value and gradient entries are within 3 ulp of the exact result for the doubles given,
 * for any number of values, subnormal results included. Bits are the same on every Java platform.
 *
 * <p>In more detail, with u = 2^-53: the rounding of a difference is at most u of it, and 2u of its square, so up to 2
 * ulp of the value; sum and quotient are rounded once each. All else, of order n u^2, is below 0.1 ulp for any array,
 * and the bound is hardly ever met. A gradient entry has the error of the difference, u times the entry or at most 1
 * ulp, and one rounding: 1.6 ulp.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no values, lengths that differ, or a gradient array that is the target;
 * {@link NullPointerException} for null. Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * C. F. Gauss (1809), <i>Theoria motus corporum coelestium</i>, sections 175 to 179: least squares as maximum
 * likelihood.
 */
public final class MeanSquaredError extends ElementwiseLoss {

    private static final long serialVersionUID = 2;

    /** The loss; there is nothing to choose. */
    public MeanSquaredError() {
        this(false);
    }

    private MeanSquaredError(boolean skipsMissing) {
        super(skipsMissing);
    }

    /** f = d^2, f' = 2 d, f'' = 2. */
    @Override
    void entries(Entries e) {
        for (int i = 0; i < e.size; i++) {
            double d = e.prediction[i] - e.target[i];
            double square = d * d;
            e.value.head[i] = square;
            e.value.tail[i] = fma(d, d, -square);
            e.slope[i] = 2 * d;
        }
        if (e.derivesTwice) {
            Arrays.fill(e.curvature, 0, e.size, 2);
        }
    }

    @Override
    public MeanSquaredError skippingMissing() {
        return copy(true);
    }

    @Override
    MeanSquaredError copy(boolean skipsMissing) {
        return new MeanSquaredError(skipsMissing);
    }

    @Override
    String options() {
        return "";
    }
}
