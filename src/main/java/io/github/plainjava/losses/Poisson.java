package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Exp;
import io.github.plainjava.losses.internal.math.Log;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Entries;
import java.util.Arrays;

/**
 * Half the Poisson deviance of a log rate: for counts, and for any amounts whose variance grows as their mean. The
 * model gives the logarithm of the rate, so that any number is a prediction. For amounts that vary as their mean use
 * {@link Gamma}; for amounts many of which are 0, {@link Tweedie}.
 *
 * <pre>{@code
 * SecondOrderLoss poisson = new Poisson();
 * double value = poisson.value(new double[] {0, 0}, new double[] {0, 1}); // 0.5
 * double[] slope = poisson.gradient(new double[] {0, 0}, new double[] {0, 3}); // {0.5, -1.0}
 * }</pre>
 *
 * <h2>Definition</h2>
 * For log rates f and counts y of n entries, with mu_i = exp(f_i):
 * <pre>
 *     value = (1 / n) sum over i of y_i log(y_i / mu_i) - y_i + mu_i,    mu_i where y_i = 0
 * </pre>
 * which is not negative, and 0 where every rate is its count. Up to a term of y alone it is the negative log-likelihood
 * of a Poisson distribution. An exposure is a recipe: add its logarithm to f.
 *
 * <h2>Gradient</h2>
 * d value / d f_i = (mu_i - y_i) / n.
 *
 * <h2>Second derivative</h2>
 * mu_i / n, which is not negative: the loss is convex in f.
 *
 * <h2>Domain and shapes</h2>
 * Predictions are any doubles, targets are finite and not negative, as many of one as of the other, at least one. They
 * need not be whole numbers. The gradient array is as long and may be the prediction itself.
 *
 * <h2>Special values</h2>
 * <table>
 * <caption>An entry's part of the value, and its derivatives times n</caption>
 * <tr><th>f</th><th>y</th><th>value</th><th>gradient</th><th>second</th></tr>
 * <tr><td>-infinity</td><td>0</td><td>0</td><td>0</td><td>0</td></tr>
 * <tr><td>-infinity</td><td>above 0</td><td>+infinity</td><td>-y</td><td>0</td></tr>
 * <tr><td>+infinity</td><td>any</td><td>+infinity</td><td>+infinity</td><td>+infinity</td></tr>
 * </table>
 * A NaN anywhere makes the value and every entry of the derivatives NaN. What is beyond the double range is infinite;
 * an entry beyond it whose mean is not, does no harm to the value.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * With e = f - log y, held to twice double precision, an entry is y (exp(e) - 1 - e), taken together before anything is
 * rounded: near a perfect prediction the naive form is the difference of numbers that are nearly equal, and often
 * negative.
 *
 * <h2>Accuracy</h2>
 * For finite inputs of any size the value is within 2 ulp of the exact result for the doubles given, that of a mean
 * over many entries within 3, beside an error of an entry below 2^-50 of y e, with e = |f - log y|: the rounding of the
 * logarithm. Derivatives are within 3 ulp, the gradient of the larger of mu_i / n and y_i / n. Bits are the same on
 * every Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no values, lengths that differ, a target below 0 or infinite, or an array of
 * derivatives that is the target; {@link NullPointerException} for null. Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * P. McCullagh and J. A. Nelder (1989), <i>Generalized Linear Models</i>, 2nd ed., doi:10.1007/978-1-4899-3242-6.
 */
public final class Poisson extends Deviance {

    private static final long serialVersionUID = 1;

    /** The loss; there is nothing to choose. */
    public Poisson() {
        this(false);
    }

    private Poisson(boolean skipsMissing) {
        super(skipsMissing);
    }

    /** f = y (exp(e) - 1 - e), f' = y (exp(e) - 1), f'' = y exp(e). */
    @Override
    void ofSizeOne(Entries e, int n) {
        e.exponentials.compute(n, e.derivesTwice);
        Arrays.fill(e.exponentials.xTail, 0, n, 0);
        Arrays.fill(e.others.exp, 0, n, 0);
    }

    /** f = mu - y (1 + e), f' = mu - y, f'' = mu, of whose terms the larger counts. */
    @Override
    void setExtreme(Entries e, int i) {
        Pair f = Pair.of(e.prediction[i]);
        double y = e.target[i];
        Pair mu = Exp.exp(f, e.power());
        Pair distance = f.minus(Log.log(y));
        if (y == 0 || distance.head() > 0) {
            e.value.set(i, mu);
            e.slope[i] = mu.rounded();
        } else {
            e.value.set(i, Pair.of(-1).minus(distance).times(e.unit).times(y).times(e.unit));
            e.slope[i] = -y * e.unit * e.unit;
        }
        e.curvature[i] = mu.rounded();
    }

    @Override
    public Poisson skippingMissing() {
        return copy(true);
    }

    @Override
    Poisson copy(boolean skipsMissing) {
        return new Poisson(skipsMissing);
    }
}
