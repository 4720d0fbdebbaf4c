package io.github.plainjava.losses;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Exact;
import io.github.plainjava.losses.internal.math.Exp;
import io.github.plainjava.losses.internal.math.Expm1;
import io.github.plainjava.losses.internal.math.Log;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Entries;

/**
 * Half the Tweedie deviance of a log mean, for a power between 1 and 2: for amounts many of which are 0, such as claims
 * of all policies or sales of all days. The model gives the logarithm of the mean, so that any number is a prediction.
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
 *     value = (1 / n) sum over i of d(mu_i, y_i)
 *     d(mu, y) = mu^(2 - p) / (2 - p) - y mu^(1 - p) / (1 - p) + y^(2 - p) / ((1 - p) (2 - p))
 * </pre>
 * and mu^(2 - p) / (2 - p) where y = 0. It is not negative, and 0 where every mean is its amount. The variance of such
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
 * y^a (x(a e) / a + x(-b e) / b), both terms of which are positive: near a perfect prediction the naive form is a
 * difference of numbers that are nearly equal, and often negative. With p next to 1 or 2 it has terms as large as 2^52.
 *
 * <h2>Accuracy</h2>
 * For finite inputs of any size the value is within 2 ulp of the exact result for the doubles given, that of a mean
 * over many entries within 3, beside an error of an entry below 2^-50 of y^(2 - p) e, with e = |f - log y|: the
 * rounding of the logarithm. Derivatives are within 3 ulp, the gradient of the larger of its two terms, mu_i^(2 - p) /
 * n and y_i mu_i^(1 - p) / n. Bits are the same on every Java platform.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for no values, lengths that differ, a target below 0 or infinite, a power that is
 * not between 1 and 2, or an array of derivatives that is the target; {@link NullPointerException} for null. Nothing is
 * written before all is checked.
 *
 * <h2>Source</h2>
 * B. Jørgensen (1987), Exponential dispersion models, J. R. Stat. Soc. B 49(2),
 * doi:10.1111/j.2517-6161.1987.tb01685.x.
 */
public final class Tweedie extends Deviance {

    private static final long serialVersionUID = 1;

    /** The power of a small amount may be subnormal, and is multiplied by 2 to the power of this. */
    private static final int LIFT = 200;

    /** The p in the definition. */
    private final double power;

    /**
     * The loss of a power.
     *
     * @param power above 1 and below 2; 1.5 is half way
     * @throws IllegalArgumentException if it is not
     */
    public Tweedie(double power) {
        this(power, false);
    }

    /** Private, as serializers call no-argument constructors. */
    private Tweedie() {
        this(1.5, false);
    }

    private Tweedie(double power, boolean skipsMissing) {
        super(skipsMissing);
        if (!(power > 1 && power < 2)) {
            throw new IllegalArgumentException("power = " + power + " is not between 1 and 2");
        }
        this.power = power;
    }

    /** With a = 2 - p, b = p - 1: f = y^a (x(a e) / a + x(-b e) / b), the second of which is nothing where y is. */
    @Override
    void ofSizeOne(Entries e, int n) {
        double a = 2 - power;
        Expm1 above = e.exponentials;
        Expm1 below = e.others;
        below.times(a, n);
        below.exponential(n);
        System.arraycopy(below.exp, 0, e.amounts.head, 0, n);
        System.arraycopy(below.lack, 0, e.amounts.tail, 0, n);
        for (int i = 0; i < n; i++) {
            below.x[i] = above.x[i];
            below.xTail[i] = above.xTail[i];
            below.less[i] = above.less[i];
        }
        above.times(a, n);
        below.times(1 - power, n);
        above.compute(n, e.derivesTwice);
        below.compute(n, e.derivesTwice);
        combine(above, below, n);
    }

    private void combine(Expm1 above, Expm1 below, int n) {
        double a = 2 - power;
        double b = power - 1;
        multiply(below.excess, above.less, n);
        multiply(above.excess, above.xTail, Pair.quotient(1, a), n);
        multiply(below.excess, below.xTail, Pair.quotient(1, b), n);
        add(above.excess, above.xTail, below.excess, below.xTail, n);
        subtract(above.expm1, above.lack, below.expm1, below.lack, above.less, n);
        addMultiples(above.exp, a, below.exp, b, above.less, n);
    }

    /** x - q y, with what they lack. */
    private static void subtract(double[] x, double[] lack, double[] y, double[] yLack, double[] q, int n) {
        for (int i = 0; i < n; i++) {
            double subtracted = q[i] * y[i];
            double difference = x[i] - subtracted;
            double error = Exact.differenceError(x[i], subtracted, difference);
            lack[i] = error - (q[i] * yLack[i] - lack[i]);
            x[i] = difference;
        }
    }

    /** a x + b q y, and what it lacks in y. */
    private static void addMultiples(double[] x, double a, double[] y, double b, double[] q, int n) {
        for (int i = 0; i < n; i++) {
            double first = a * x[i];
            double second = q[i] * b * y[i];
            double firstTail = fma(a, x[i], -first);
            double secondTail = fma(q[i] * b, y[i], -second);
            double sum = first - -second;
            y[i] = Exact.sumError(first, second, sum) - -firstTail - -secondTail;
            x[i] = sum;
        }
    }

    private static void multiply(double[] x, double[] factor, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = x[i] * factor[i];
        }
    }

    private static void multiply(double[] x, double[] tail, Pair factor, int n) {
        double head = factor.head();
        double rest = factor.tail();
        for (int i = 0; i < n; i++) {
            double product = x[i] * head;
            tail[i] = fma(x[i], rest, fma(x[i], head, -product));
            x[i] = product;
        }
    }

    private static void add(double[] x, double[] tail, double[] other, double[] otherTail, int n) {
        for (int i = 0; i < n; i++) {
            double sum = x[i] + other[i];
            tail[i] = tail[i] - -otherTail[i] - -Exact.sumError(x[i], other[i], sum);
            x[i] = sum;
        }
    }

    /** A power of mu that is so large that it alone counts; else as above, with y^a in a larger unit. */
    @Override
    void setExtreme(Entries e, int i) {
        double a = 2 - power;
        double b = power - 1;
        double y = e.target[i];
        Pair f = Pair.of(e.prediction[i]);
        Pair log = Log.log(y);
        Pair toA = f.minus(log).times(a);
        Pair toB = f.minus(log).times(-b);
        if (y == 0 || toA.head() > Expm1.LARGEST) {
            Pair mean = Exp.exp(f.times(a), e.power());
            set(e, i, mean.over(Pair.of(a)), mean.rounded(), a * mean.rounded());
        } else if (toB.head() > Expm1.LARGEST) {
            Pair amount = Exp.exp(f.times(-b).plus(log), e.power());
            set(e, i, amount.over(Pair.of(b)), -amount.rounded(), b * amount.rounded());
        } else {
            e.exponentials.computeFirst(toA);
            e.others.computeFirst(toB);
            combine(e.exponentials, e.others, 1);
            int lift = y < 1 ? LIFT : 0;
            Pair size = Exp.exp(log.times(a), lift).times(e.unit);
            double unit = e.unit / Exp.power(lift);
            Pair value = new Pair(e.exponentials.excess[0], e.exponentials.xTail[0]);
            Pair slope = new Pair(e.exponentials.expm1[0], e.exponentials.lack[0]);
            Pair curvature = new Pair(e.exponentials.exp[0], e.others.exp[0]);
            set(e, i, value.times(size).times(unit), slope.times(size).rounded() * unit,
                    curvature.times(size).rounded() * unit);
            askForCare(e, i, size.head());
        }
    }

    private static void set(Entries e, int i, Pair value, double slope, double curvature) {
        e.value.set(i, value);
        e.slope[i] = slope;
        e.curvature[i] = curvature;
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
}
