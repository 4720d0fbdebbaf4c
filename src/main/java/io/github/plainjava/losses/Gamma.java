package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Exp;
import io.github.plainjava.losses.internal.math.Expm1;
import io.github.plainjava.losses.internal.math.Log;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Entries;
import java.util.Arrays;

/**
 * Half the gamma deviance of a log mean: for positive amounts whose standard deviation grows as their mean, such as
 * durations, prices and claims. The model gives the logarithm of the mean, so that any number is a prediction. For
 * amounts that can be 0 use {@link Tweedie}; for counts, {@link Poisson}.
 *
 * <pre>{@code
 * SecondOrderLoss gamma = new Gamma();
 * double value = gamma.value(new double[] {0}, new double[] {2}); // 0.3068528194400547
 * double[] slope = gamma.gradient(new double[] {0, 0}, new double[] {2, 0.5}); // {-0.5, 0.25}
 * }</pre>
 *
 * <h2>Definition</h2>
 * For logarithms f of means and amounts y of n entries, with mu_i = exp(f_i):
 * <pre>
 *     value = (1 / n) sum over i of y_i / mu_i - 1 - log(y_i / mu_i)
 * </pre>
 * which is not negative, and 0 where every mean is its amount. It depends on ratios alone: to count in cents changes
 * nothing. Up to a factor and a term of y it is the negative log-likelihood of a gamma distribution.
 *
 * <h2>Gradient</h2>
 * d value / d f_i = (1 - y_i / mu_i) / n.
 *
 * <h2>Second derivative</h2>
 * (y_i / mu_i) / n, which is not negative: the loss is convex in f.
 *
 * <h2>Domain and shapes</h2>
 * Predictions are any doubles, targets are finite and above 0, as many of one as of the other, at least one. The
 * gradient array is as long and may be the prediction itself.
 *
 * <h2>Special values</h2>
 * <table>
 * <caption>An entry's part of the value, and its derivatives times n</caption>
 * <tr><th>f</th><th>value</th><th>gradient</th><th>second</th></tr>
 * <tr><td>-infinity</td><td>+infinity</td><td>-infinity</td><td>+infinity</td></tr>
 * <tr><td>+infinity</td><td>+infinity</td><td>1</td><td>0</td></tr>
 * </table>
 * A NaN anywhere makes the value and every entry of the derivatives NaN. What is beyond the double range is infinite;
 * an entry beyond it whose mean is not, does no harm to the value.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * With e = f - log y, held to twice double precision, an entry is exp(-e) - 1 + e, taken together before anything is
 * rounded: near a perfect prediction the naive form is the difference of numbers that are nearly equal, and often
 * negative. The ratio is exp(-e), where mu or its inverse may be beyond the double range.
 *
 * <h2>Accuracy</h2>
 * For finite inputs of any size the value is within 2 ulp of the exact result for the doubles given, that of a mean
 * over many entries within 3, beside an error of an entry below 2^-50 of e, with e = |f - log y|: the rounding of the
 * logarithm. Derivatives are within 3 ulp, the gradient of the larger of 1 / n and (y_i / mu_i) / n. Bits are the same
 * on every Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no values, lengths that differ, a target that is not above 0 or is infinite, or
 * an array of derivatives that is the target; {@link NullPointerException} for null. Nothing is written before all is
 * checked.
 *
 * <h2>Source</h2>
 * P. McCullagh and J. A. Nelder (1989), <i>Generalized Linear Models</i>, 2nd ed., doi:10.1007/978-1-4899-3242-6.
 */
public final class Gamma extends Deviance {

    private static final long serialVersionUID = 1;

    /** The loss; there is nothing to choose. */
    public Gamma() {
        this(false);
    }

    private Gamma(boolean skipsMissing) {
        super(skipsMissing);
    }

    /** f = exp(-e) - 1 + e, f' = 1 - exp(-e), f'' = exp(-e). */
    @Override
    void ofSizeOne(Entries e, int n) {
        Expm1 w = e.exponentials;
        w.times(-1, n);
        w.compute(n, e.derivesTwice);
        for (int i = 0; i < n; i++) {
            w.expm1[i] = -w.expm1[i];
            w.lack[i] = -w.lack[i];
        }
        Arrays.fill(w.xTail, 0, n, 0);
        Arrays.fill(e.others.exp, 0, n, 0);
        Arrays.fill(e.amounts.head, 0, n, 1);
    }

    /** The same, of whose terms the larger counts. */
    @Override
    void setExtreme(Entries e, int i) {
        Pair distance = Pair.of(e.prediction[i]).minus(Log.log(e.target[i]));
        Pair ratio = Exp.exp(distance.times(-1), e.power());
        if (distance.head() < 0) {
            e.value.set(i, ratio);
            e.slope[i] = -ratio.rounded();
        } else {
            e.value.set(i, distance.minus(Pair.ONE).times(e.unit).times(e.unit));
            e.slope[i] = e.unit * e.unit;
        }
        e.curvature[i] = ratio.rounded();
    }

    @Override
    boolean takesZero() {
        return false;
    }

    @Override
    public Gamma skippingMissing() {
        return copy(true);
    }

    @Override
    Gamma copy(boolean skipsMissing) {
        return new Gamma(skipsMissing);
    }
}
