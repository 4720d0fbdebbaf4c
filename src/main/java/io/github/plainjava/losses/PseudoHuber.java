package io.github.plainjava.losses;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Exact;
import io.github.plainjava.losses.internal.tile.Entries;

/**
 * Nearly half the squared difference for small ones and nearly a straight line for large ones, with all derivatives in
 * between: for regression on data with outliers where a smooth curvature is wanted, as boosters and Newton steps do;
 * {@link Huber} has none beyond its threshold.
 *
 * <pre>{@code
 * SecondOrderLoss pseudoHuber = new PseudoHuber().withScale(3);
 * double value = pseudoHuber.value(new double[] {4, 0}, new double[] {0, 0}); // 3.0
 * double[] slope = pseudoHuber.gradient(new double[] {4, 0}, new double[] {0, 0}); // {1.2, 0.0}
 * }</pre>
 *
 * <h2>Definition</h2>
 * For a prediction p and a target t of n values, d_i = p_i - t_i, the scale k, which has the unit of d, and
 * s_i = sqrt(1 + (d_i / k)^2):
 * <pre>
 *     value = (1 / n) sum over i of k^2 (s_i - 1)
 * </pre>
 * in the square of their unit. Near 0 that is d^2 / 2, and far out k (|d| - k).
 *
 * <h2>Gradient</h2>
 * d value / d p_i = d_i / (s_i n), between -k / n and k / n.
 *
 * <h2>Second derivative</h2>
 * 1 / (s_i^3 n).
 *
 * <h2>Domain and shapes</h2>
 * Prediction and target are any doubles, as many of one as of the other, at least one. The scale is from 1e-18 to 1e18.
 * The gradient array is as long and may be the prediction itself.
 *
 * <h2>Special values</h2>
 * A NaN anywhere makes the value and every entry of the derivatives NaN. An infinite difference makes the value
 * +infinity, its own entry of the gradient k / n or -k / n, and its second derivative 0; equal infinities act as a NaN.
 * A mean beyond the double range is +infinity; sums beyond it whose mean is not, do no harm.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * With h = sqrt(k^2 + d^2), which is k s, the value is d (d k / (k + h)), the slope d k / h, the second derivative
 * (k / h)^3: nothing is subtracted, where k^2 (s - 1) would leave nothing of small differences. The root, the quotients
 * and the products are carried with their errors, and what the rounding of d took goes into the value and the second
 * derivative. Beyond 2^400 k the loss is the straight line to the last bit: h is that of 2^400 k there, so that d^2
 * does not leave the double range. The values go into a compensated sum; a plain sum's error grows with n. Where that
 * would leave the double range the numbers are scaled by a power of two.
 *
 * <h2>Accuracy</h2>
 * For finite inputs of any size the value is within 2 ulp of the exact result for the doubles given, for any number of
 * values, and entries of the gradient and second derivatives within 3, subnormal results included. Bits are the same on
 * every Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no values, lengths that differ, a scale out of range, or a gradient array that
 * is the target; {@link NullPointerException} for null. Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * P. Charbonnier, L. Blanc-Féraud, G. Aubert and M. Barlaud (1997), Deterministic edge-preserving regularization in
 * computed imaging, IEEE Trans. Image Process. 6(2), doi:10.1109/83.551699.
 */
public final class PseudoHuber extends ElementwiseLoss {

    private static final long serialVersionUID = 1;

    /** From so many scales on the loss is a straight line, to the last bit of a double. */
    private static final double FAR = 0x1p400;

    /** Where the parabola passes into the straight line. */
    private final double scale;

    /** The loss with the scale 1. */
    public PseudoHuber() {
        this(1, false);
    }

    private PseudoHuber(double scale, boolean skipsMissing) {
        super(skipsMissing);
        this.scale = Checks.factor(scale, "scale");
    }

    /**
     * This loss with another scale.
     *
     * @param scale the difference around which the parabola passes into a straight line, from 1e-18 to 1e18
     * @return a new loss
     * @throws IllegalArgumentException if the scale is out of range
     */
    public PseudoHuber withScale(double scale) {
        return new PseudoHuber(scale, skipsMissing());
    }

    @Override
    public PseudoHuber skippingMissing() {
        return copy(true);
    }

    /**
     * h = sqrt(k^2 + d^2), then f'' = (k / h)^3, f' = d k / h and f = d (d k / (k + h)), in loops short enough to
     * become vector instructions.
     */
    @Override
    void entries(Entries e) {
        double k = scale * e.unit;
        roots(e, k);
        if (e.derivesTwice) {
            curvatures(e, k);
        }
        slopes(e, k);
        ratios(e, k);
        values(e, k);
    }

    /** The difference, as far as it makes a difference to the root. */
    private static double near(double d, double k) {
        return Math.max(-FAR * k, Math.min(FAR * k, d));
    }

    /** h, where the value will be. */
    private static void roots(Entries e, double k) {
        double square = k * k;
        double squareTail = fma(k, k, -square);
        for (int i = 0; i < e.size; i++) {
            double d = near(e.prediction[i] - e.target[i], k);
            double dSquare = d * d;
            double sum = dSquare + square;
            e.value.head[i] = sum;
            e.value.tail[i] = fma(d, d, -dSquare) - (-squareTail - Exact.sumError(dSquare, square, sum));
        }
        for (int i = 0; i < e.size; i++) {
            double sum = e.value.head[i];
            double root = Math.sqrt(sum);
            e.value.head[i] = root;
            e.value.tail[i] = (fma(-root, root, sum) - -e.value.tail[i]) / (2 * root);
        }
    }

    /** The rounding of d tells three times; what h lacks for it is d / h times that. */
    private static void curvatures(Entries e, double k) {
        for (int i = 0; i < e.size; i++) {
            double p = e.prediction[i];
            double t = e.target[i];
            double d = p - t;
            double lost = Exact.differenceError(p, t, d);
            e.curvature[i] = fma(lost, d / e.value.head[i], e.value.tail[i]);
        }
        for (int i = 0; i < e.size; i++) {
            double root = e.value.head[i];
            double inverse = 1 / root;
            double ratio = k * inverse;
            double tail = Exact.remainder(k, 0, root, e.curvature[i], ratio) * inverse;
            double square = ratio * ratio;
            e.curvature[i] = fma(square, ratio, 3 * square * tail);
        }
        for (int i = 0; i < e.size; i++) {
            if (Math.abs(e.prediction[i] - e.target[i]) > FAR * k) {
                e.curvature[i] = 0; // whose difference may be infinite, and its error NaN
            }
        }
    }

    private static void slopes(Entries e, double k) {
        for (int i = 0; i < e.size; i++) {
            double d = near(e.prediction[i] - e.target[i], k);
            double root = e.value.head[i];
            double inverse = 1 / root;
            double ratio = k * inverse;
            double tail = Exact.remainder(k, 0, root, e.value.tail[i], ratio) * inverse;
            e.slope[i] = fma(d, ratio, d * tail);
        }
    }

    /** k / (k + h), in the place of h. */
    private static void ratios(Entries e, double k) {
        for (int i = 0; i < e.size; i++) {
            double root = e.value.head[i];
            double sum = root + k;
            double sumTail = e.value.tail[i] - -Exact.fastSumError(root, k, sum);
            double inverse = 1 / sum;
            double ratio = k * inverse;
            e.value.head[i] = ratio;
            e.value.tail[i] = Exact.remainder(k, 0, sum, sumTail, ratio) * inverse;
        }
    }

    /** What the rounding of d took counts as many times as the slope. */
    private static void values(Entries e, double k) {
        for (int i = 0; i < e.size; i++) {
            double d = e.prediction[i] - e.target[i];
            double near = near(d, k);
            double ratio = e.value.head[i];
            double product = near * ratio;
            double productTail = fma(near, e.value.tail[i], fma(near, ratio, -product));
            double value = product * d;
            e.value.head[i] = value;
            e.value.tail[i] = fma(d, productTail, fma(d, product, -value));
        }
        for (int i = 0; i < e.size; i++) {
            double p = e.prediction[i];
            double t = e.target[i];
            e.value.tail[i] = fma(Exact.differenceError(p, t, p - t), e.slope[i], e.value.tail[i]);
        }
    }

    @Override
    double unitOfValues() {
        return UNIT_OF_DISTANCES;
    }

    @Override
    PseudoHuber copy(boolean skipsMissing) {
        return new PseudoHuber(scale, skipsMissing);
    }

    @Override
    String options() {
        return "scale=" + scale;
    }
}
