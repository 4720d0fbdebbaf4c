package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Exp;
import io.github.plainjava.losses.internal.math.Expm1;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Entries;

/**
 * Half the Tweedie deviance of a log mean, for a power between 1 and 2: for amounts many of which are 0, such as claims of
 * all policies or sales of all days. The model gives the logarithm of the mean, so that any number is a prediction.
 * Towards the power 1 it becomes {@link Poisson}, towards 2 {@link Gamma}.
 *
 * <pre>{@code
 * SecondOrderLoss tweedie = new Tweedie(1.5);
 * double value = tweedie.value(new double[] {0, 0}, new double[] {0, 1}); // 1.0
 * double[] slope = tweedie.gradient(new double[] {0, 0}, new double[] {0, 3}); // {0.5, -1.0}
 * }</pre>
 *
 * <h2>Definition</h2>
 * For logarithms f of means and amounts y of n entries, with mu_i = exp(f_i) and the power p:
 * <pre>
 *     value = (1 / n) sum over i of mu_i^(2 - p) / (2 - p) - y_i mu_i^(1 - p) / (1 - p) + y_i^(2 - p) / ((1 - p) (2 - p))
 * </pre>
 * and mu_i^(2 - p) / (2 - p) where y_i = 0. It is not negative, and 0 where every mean is its amount. The variance of such
 * amounts grows as the p-th power of their mean.
 *
 * <h2>Gradient</h2>
 * d value / d f_i = mu_i^(1 - p) (mu_i - y_i) / n.
 *
 * <h2>Second derivative</h2>
 * ((2 - p) mu_i^(2 - p) + (p - 1) y_i mu_i^(1 - p)) / n, which is not negative: the loss is convex in f.
 *
 * <h2>Domain and shapes</h2>
 * Predictions are any doubles, targets are finite and not negative, as many of one as of the other, at least one. The
 * power is above 1 and below 2. The gradient array is as long and may be the prediction itself.
 *
 * <h2>Special values</h2>
 * <table>
 * <caption>An entry's part of the value, and its derivatives times n</caption>
 * <tr><th>f</th><th>y</th><th>value</th><th>gradient</th><th>second</th></tr>
 * <tr><td>-infinity</td><td>0</td><td>0</td><td>0</td><td>0</td></tr>
 * <tr><td>-infinity</td><td>above 0</td><td>+infinity</td><td>-infinity</td><td>+infinity</td></tr>
 * <tr><td>+infinity</td><td>any</td><td>+infinity</td><td>+infinity</td><td>+infinity</td></tr>
 * </table>
 * A NaN anywhere makes the value and every entry of the derivatives NaN. What is beyond the double range is infinite;
 * an entry beyond it whose mean is not, does no harm to the value.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * With e = f - log y, held to twice double precision, a = 2 - p, b = p - 1 and x(z) = exp(z) - 1 - z an entry is
 * y^a (x(a e) / a + x(-b e) / b), both terms of which are positive, from a series where e is small: near a perfect
 * prediction the naive form is a difference of numbers that are nearly equal. Far from it an entry is what the definition
 * says, with powers of mu as exponentials of multiples of f.
 *
 * <h2>Accuracy</h2>
 * For finite inputs of any size the value is within 2 ulp of the exact result for the doubles given, that of a mean over
 * many entries within 3, beside an error of an entry below 2^-50 of y^(2 - p) e, with e = |f - log y|: the rounding of the
 * logarithm. Derivatives are within 3 ulp, the gradient of the larger of its two
 * terms, mu_i^(2 - p) / n and y_i mu_i^(1 - p) / n. Bits are the same on every Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no values, lengths that differ, a target below 0 or infinite, a power that is not
 * between 1 and 2, or an array of
 * derivatives that is the target; {@link NullPointerException} for null. Nothing is written before all is checked.
 *
 * <h2>Source</h2>
 * B. Jørgensen (1987), Exponential dispersion models, J. R. Stat. Soc. B 49(2),
 * doi:10.1111/j.2517-6161.1987.tb01685.x.
 */
public final class Tweedie extends ElementwiseLoss {

    private static final long serialVersionUID = 1;

    /** The p in the definition. */
    private final double power;

    /**
     * The loss of a power.
     *
     * @param power above 1 and below 2; 1.5 is a usual choice
     * @throws IllegalArgumentException if it is not
     */
    public Tweedie(double power) {
        this(power, false);
    }

    private Tweedie(double power, boolean skipsMissing) {
        super(skipsMissing);
        if (!(power > 1 && power < 2)) {
            throw new IllegalArgumentException("power = " + power + " is not between 1 and 2");
        }
        this.power = power;
    }

    /** With a = 2 - p and b = p - 1: f' = mu^a - y mu^-b, f'' = a mu^a + b y mu^-b. */
    @Override
    void entries(Entries e) {
        int ofUnit = e.power();
        double a = 2 - power;
        double b = power - 1;
        for (int i = 0; i < e.size; i++) {
            double f = e.prediction[i];
            double y = e.target[i];
            int ofY = Math.getExponent(y);
            Pair first = Exp.exp(product(a, f), ofUnit);
            Pair second = Exp.exp(product(-b, f), ofUnit + ofY).times(Math.scalb(y, -ofY));
            if (y == 0) {
                e.slope[i] = first.rounded();
                e.curvature[i] = first.times(a).rounded();
                e.value.set(i, first.over(Pair.of(a)));
            } else if (first.head() < Double.POSITIVE_INFINITY && second.head() < Double.POSITIVE_INFINITY) {
                e.slope[i] = first.minus(second).rounded();
                e.curvature[i] = first.times(a).plus(second.times(b)).rounded();
                setDeviance(e, i, first, second);
            } else {
                e.slope[i] = first.head() - second.head();
                e.curvature[i] = first.head() + second.head();
                e.value.set(i, Pair.of(first.head() + second.head()));
            }
        }
    }

    /** f = y^a (x(a e) / a + x(-b e) / b) with x(z) = exp(z) - 1 - z, or its definition where that is far from 0. */
    private void setDeviance(Entries e, int i, Pair first, Pair second) {
        Pair a = Pair.of(2 - power);
        Pair b = Pair.of(power - 1);
        Pair log = Pair.of(e.target[i]).log();
        Pair distance = Pair.of(e.prediction[i]).minus(log);
        Pair third = Exp.exp(log.times(a), e.power());
        Pair toA = distance.times(a);
        Pair toB = Pair.ZERO.minus(distance.times(b));
        if (Expm1.isSmall(toA.head()) && Expm1.isSmall(toB.head())) {
            e.value.set(i, Expm1.excess(toA).over(a).plus(Expm1.excess(toB).over(b)).times(third));
        } else {
            e.value.set(i, first.over(a).plus(second.over(b)).minus(third.over(a.times(b))));
        }
    }

    private static Pair product(double a, double x) {
        return Pair.of(a).times(x);
    }

    @Override
    public Tweedie skippingMissing() {
        return copy(true);
    }

    @Override
    Tweedie copy(boolean skipsMissing) {
        return new Tweedie(power, skipsMissing);
    }

    @Override
    String options() {
        return "power=" + power;
    }

    @Override
    boolean isOfDifferences() {
        return false;
    }

    @Override
    String nameOfTargets() {
        return "amounts of at least 0";
    }

    @Override
    boolean checksRows(boolean labels) {
        return true;
    }

    @Override
    void checkRow(double[] prediction, double[] target, int from, int columns, int row) {
        Checks.amounts(target, from, columns, false, row);
    }
}
