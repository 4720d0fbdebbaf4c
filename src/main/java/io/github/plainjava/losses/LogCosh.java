package io.github.plainjava.losses;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Exp;
import io.github.plainjava.losses.internal.math.Log;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Entries;

/**
 * The logarithm of the hyperbolic cosine of the difference: nearly half its square for small ones, nearly a straight
 * line for large ones, smooth in between. For regression on data with outliers whose unit makes 1 a difference of
 * middling size, as it has no scale to choose; {@link PseudoHuber} has one, and is several times as fast.
 *
 * <pre>{@code
 * SecondOrderLoss logCosh = new LogCosh();
 * double value = logCosh.value(new double[] {1000}, new double[] {0}); // 999.3068528194401
 * double[] slope = logCosh.gradient(new double[] {1e-9}, new double[] {0}); // {1.0E-9}
 * }</pre>
 *
 * <h2>Definition</h2>
 * For a prediction p and a target t of n values and d_i = p_i - t_i:
 * <pre>
 *     value = (1 / n) sum over i of log cosh d_i
 * </pre>
 * Near 0 that is d^2 / 2, and far out |d| - log 2.
 *
 * <h2>Gradient</h2>
 * d value / d p_i = tanh(d_i) / n.
 *
 * <h2>Second derivative</h2>
 * 1 / (cosh(d_i)^2 n).
 *
 * <h2>Domain and shapes</h2>
 * Prediction and target are any doubles, as many of one as of the other, at least one. The gradient array is as long
 * and may be the prediction itself.
 *
 * <h2>Special values</h2>
 * A NaN anywhere makes the value and every entry of the derivatives NaN. An infinite difference makes the value
 * +infinity, its own entry of the gradient 1 / n or -1 / n, and its second derivative 0; equal infinities act as a NaN.
 * A mean beyond the double range is +infinity; differences and sums beyond it whose mean is not, do no harm.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * Up to |d| = 0.7, cosh d - 1 and sinh d are summed from their series, whose terms are of one sign, and with c for the
 * former the value is log(1 + c), the slope sinh d / (1 + c), and the second derivative 1 / (1 + c)^2. Beyond, with
 * w = exp(-2 |d|), the value is |d| - (log 2 - log(1 + w)), the slope (1 - w) / (1 + w) with the sign of d, and the
 * second derivative 4 w / (1 + w)^2. The naive form has no digit of c left where d is small, and overflows where it is
 * large. All is carried with its errors, to 2^-54 at least, what the rounding of d took included, and the values go
 * into a compensated sum; a plain sum's error grows with n. Where that would leave the double range the numbers are
 * scaled by a power of two.
 *
 * <h2>Accuracy</h2>
 * For finite inputs of any size the value is within 2 ulp of the exact result for the doubles given, for any number of
 * values, and entries of the gradient and second derivatives within 3, subnormal results included. Bits are the same on
 * every Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no values, lengths that differ, or a gradient array that is the target;
 * {@link NullPointerException} for null. Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * P. J. Green (1990), Bayesian reconstructions from emission tomography data using a modified EM algorithm, IEEE Trans.
 * Med. Imaging 9(1), doi:10.1109/42.52985.
 */
public final class LogCosh extends ElementwiseLoss {

    private static final long serialVersionUID = 1;

    /** Up to here series are short, and from here on little is lost where log 2 is subtracted. */
    private static final double NEAR = 0.7;

    private static final Pair LOG2 = Log.log(2);

    /** 2 / (2 k)! for k from 2 to 9: cosh d - 1 = (x / 2) (1 + sum of these times x^(k - 1)) with x = d^2. */
    private static final double[] COSH = new double[8];

    /** 1 / (2 k + 1)! for k from 1 to 8: sinh d = d (1 + sum of these times x^k). */
    private static final double[] SINH = new double[8];

    static {
        double factorial = 2; // of an even number, and up to 18 a double
        for (int i = 0; i < COSH.length; i++) {
            factorial *= 2 * i + 3;
            SINH[i] = 1 / factorial;
            factorial *= 2 * i + 4;
            COSH[i] = 2 / factorial;
        }
    }

    /** The loss; there is nothing to choose. */
    public LogCosh() {
        this(false);
    }

    private LogCosh(boolean skipsMissing) {
        super(skipsMissing);
    }

    @Override
    public LogCosh skippingMissing() {
        return copy(true);
    }

    /** f = log cosh d, f' = tanh d, f'' = 1 / cosh^2 d. */
    @Override
    void entries(Entries e) {
        for (int i = 0; i < e.size; i++) {
            if (Math.abs(e.prediction[i] - e.target[i]) > NEAR * e.unit) {
                far(e, i);
            } else {
                near(e, i);
            }
        }
    }

    /** In whatever unit: beside differences that need a small one, those that are near are 0 or count nothing. */
    private static void near(Entries e, int i) {
        Pair d = Pair.difference(e.prediction[i], e.target[i]);
        Pair x = d.times(d);
        double ofCosh = 0;
        double ofSinh = 0;
        for (int k = COSH.length - 1; k >= 0; k--) {
            ofCosh = fma(ofCosh, x.head(), COSH[k]);
            ofSinh = fma(ofSinh, x.head(), SINH[k]);
        }
        Pair excess = x.times(ofCosh).plus(Pair.ONE).times(x).times(0.5);
        Pair cosh = excess.plus(Pair.ONE);
        Pair sinh = x.times(ofSinh).plus(Pair.ONE).times(d);
        Pair value = excess.log1p();
        e.value.head[i] = value.head();
        e.value.tail[i] = value.tail();
        e.slope[i] = sinh.over(cosh).rounded();
        if (e.derivesTwice) {
            e.curvature[i] = Pair.ONE.over(cosh.times(cosh)).rounded();
        }
    }

    /** By w = exp(-2 |d|). */
    private static void far(Entries e, int i) {
        Pair d = Pair.difference(e.prediction[i], e.target[i]);
        double sign = Math.signum(d.head());
        Pair distance = d.times(sign);
        Pair fourW = Exp.exp(distance.times(-2 / e.unit), 2);
        Pair w = fourW.times(0.25);
        Pair inverse = Pair.ONE.over(w.plus(Pair.ONE));
        Pair value = distance.minus(LOG2.minus(w.log1p()).times(e.unit)).times(e.unit);
        e.value.head[i] = value.head();
        e.value.tail[i] = value.tail();
        e.slope[i] = Pair.ONE.minus(w).times(inverse).rounded() * sign * e.unit;
        if (e.derivesTwice) {
            e.curvature[i] = inverse.times(inverse).times(fourW).rounded();
        }
    }

    @Override
    LogCosh copy(boolean skipsMissing) {
        return new LogCosh(skipsMissing);
    }

    @Override
    String options() {
        return "";
    }
}
