package io.github.plainjava.losses;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Exact;
import io.github.plainjava.losses.internal.math.Exp;
import io.github.plainjava.losses.internal.math.Log;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Entries;
import io.github.plainjava.losses.internal.tile.Pairs;
import io.github.plainjava.losses.internal.tile.Part;

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

    /** Beyond, 1 + w is 1, and w may be below what is exponentiated over arrays. */
    private static final double FARTHEST = 40;

    // 2 / (2 k)!: cosh d - 1 = (x / 2) (1 + x (C2 + C3 x + ...)) for x = d^2.
    private static final double C2 = 2.0 / 24;
    private static final double C3 = 2.0 / 720;
    private static final double C4 = 2.0 / 40_320;
    private static final double C5 = 2.0 / 3_628_800;
    private static final double C6 = 2.0 / 479_001_600;
    private static final double C7 = 2.0 / 87_178_291_200L;
    private static final double C8 = 2.0 / 20_922_789_888_000L;

    // 1 / (2 k + 1)!: sinh d = d (1 + x (S1 + S2 x + ...)).
    private static final double S1 = 1.0 / 6;
    private static final double S2 = 1.0 / 120;
    private static final double S3 = 1.0 / 5_040;
    private static final double S4 = 1.0 / 362_880;
    private static final double S5 = 1.0 / 39_916_800;
    private static final double S6 = 1.0 / 6_227_020_800L;
    private static final double S7 = 1.0 / 1_307_674_368_000L;
    private static final double S8 = 1.0 / 355_687_428_096_000L;

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

    /**
     * f = log(1 + a), f' = b / (1 + a), f'' = c / (1 + a)^2, with a = cosh d - 1, b = sinh d and c = 1 for an entry near
     * its target; for one that is far from it a = w, b = 1 - w with the sign of d and c = 4 w, and f is larger by
     * |d| - log 2.
     */
    @Override
    void entries(Entries e) {
        Part p = e.part;
        Pairs d = p.first;
        Pairs a = p.value;
        Pairs b = p.second;
        Pairs c = p.odds;
        for (int from = 0; from < e.size; from += Part.SIZE) {
            p.load(e, from);
            computeParts(p, d, a, b, c, NEAR * e.unit);
            p.divisor.onePlus(a, p.size);
            b.quotient(b, p.divisor, p.size);
            b.round(p.slope, p.size);
            if (e.derivesTwice) {
                c.quotient(c, p.divisor, p.size);
                c.quotient(c, p.divisor, p.size);
                c.round(p.curvature, p.size);
            }
            p.value.log1p(p.third, p.size);
            subtractLog2(d.head, d.tail, p.side, p.size);
            addFar(p.side, d.head, d.tail, p.value.head, p.value.tail, p.size);
            p.store(e, from);
            for (int i = from; i < from + p.size; i++) {
                double size = Math.abs(e.prediction[i] - e.target[i]);
                if (!(size <= FARTHEST) || e.unit != 1 && size > NEAR * e.unit) {
                    computeFar(e, i);
                }
            }
        }
    }

    /** The numbers above; what is near or far from its target is 0 where the others are computed. */
    private static void computeParts(Part p, Pairs d, Pairs a, Pairs b, Pairs c, double near) {
        int n = p.size;
        Pairs square = p.third;
        Pairs sum = p.divisor;
        d.difference(p.prediction, p.target, n);
        findSides(d.head, p.side, c.head, near, n);
        keepNear(d.head, d.tail, p.side, b.head, b.tail, n);
        square.copy(b, 0, n);
        square.multiply(b, n);
        a.copy(square, 0, n);
        sumUpSinh(square.head, sum.head, n);
        finishSeries(square, sum, n);
        b.multiply(sum, n);
        sumUpCosh(square.head, sum.head, n);
        finishSeries(square, sum, n);
        a.multiply(sum, n);
        Exp.exp(c.head, Pair.ONE, c.head, c.tail, n);
        Exp.withoutUnit(c.head, c.tail, n);
        addTails(c.head, c.tail, p.side, d.tail, n);
        addFarToExcess(p.side, c.head, c.tail, a.head, a.tail, n);
        addFarToSinh(p.side, c.head, c.tail, b.head, b.tail, n);
        takeFar(p.side, c.head, c.tail, n);
    }

    /** Where d lies, and -2 |d| to be exponentiated; where that cannot be done over arrays, it is done once more. */
    private static void findSides(double[] d, double[] side, double[] exponent, double near, int n) {
        for (int i = 0; i < n; i++) {
            double size = Math.abs(d[i]);
            side[i] = MeanAbsoluteError.step(size - near, 0, 1) * MeanAbsoluteError.step(d[i], -1, 1);
            exponent[i] = -2 * size;
        }
    }

    /** d, or 0 if that is far from 0. */
    private static void keepNear(double[] d, double[] dTail, double[] side, double[] to, double[] toTail, int n) {
        for (int i = 0; i < n; i++) {
            double isNear = 1 - Math.abs(side[i]);
            to[i] = d[i] * isNear;
            toTail[i] = dTail[i] * isNear;
        }
    }

    private static void sumUpSinh(double[] x, double[] to, int n) {
        for (int i = 0; i < n; i++) {
            double sum = fma(fma(fma(fma(S8, x[i], S7), x[i], S6), x[i], S5), x[i], S4);
            to[i] = fma(fma(fma(sum, x[i], S3), x[i], S2), x[i], S1);
        }
    }

    private static void sumUpCosh(double[] x, double[] to, int n) {
        for (int i = 0; i < n; i++) {
            double sum = fma(fma(fma(C8, x[i], C7), x[i], C6), x[i], C5);
            to[i] = fma(fma(fma(sum, x[i], C4), x[i], C3), x[i], C2);
        }
    }

    private static void finishSeries(Pairs x, Pairs sum, int n) {
        finishSeries(x.head, x.tail, sum.head, sum.tail, n);
    }

    /** From a sum to 1 + x sum. */
    private static void finishSeries(double[] x, double[] xTail, double[] sum, double[] tail, int n) {
        for (int i = 0; i < n; i++) {
            double more = x[i] * sum[i];
            double moreTail = fma(xTail[i], sum[i], fma(x[i], sum[i], -more));
            double total = 1 + more;
            tail[i] = ((1 - total) - (0 - more)) - (0 - moreTail);
            sum[i] = total;
        }
    }

    /** What w lacks for what the far |d| that it was made of lack. */
    private static void addTails(double[] w, double[] wTail, double[] side, double[] dTail, int n) {
        for (int i = 0; i < n; i++) {
            wTail[i] = fma(-2 * w[i], side[i] * dTail[i], wTail[i]);
        }
    }

    /** From twice cosh d - 1, which is 0 of those that are far, to a. */
    private static void addFarToExcess(double[] side, double[] w, double[] wTail, double[] a, double[] aTail, int n) {
        for (int i = 0; i < n; i++) {
            double isFar = Math.abs(side[i]);
            a[i] = fma(isFar, w[i], 0.5 * a[i]);
            aTail[i] = fma(isFar, wTail[i], 0.5 * aTail[i]);
        }
    }

    /** From sinh d, likewise, to b. */
    private static void addFarToSinh(double[] side, double[] w, double[] wTail, double[] b, double[] bTail, int n) {
        for (int i = 0; i < n; i++) {
            double less = 1 - w[i];
            b[i] = fma(side[i], less, b[i]);
            bTail[i] = fma(side[i], ((1 - less) - w[i]) - wTail[i], bTail[i]);
        }
    }

    /** From w to c. */
    private static void takeFar(double[] side, double[] w, double[] wTail, int n) {
        for (int i = 0; i < n; i++) {
            double fourIfFar = 4 * Math.abs(side[i]);
            w[i] = fma(fourIfFar, w[i], 1 - 0.25 * fourIfFar);
            wTail[i] = fourIfFar * wTail[i];
        }
    }

    /** From d to |d| - log 2, if it is far. */
    private static void subtractLog2(double[] d, double[] dTail, double[] side, int n) {
        double log2 = LOG2.head();
        double log2Tail = LOG2.tail();
        for (int i = 0; i < n; i++) {
            double size = Math.abs(d[i]);
            double less = size - log2;
            dTail[i] = fma(side[i], dTail[i], Exact.differenceError(size, log2, less) - log2Tail);
            d[i] = less;
        }
    }

    private static void addFar(double[] side, double[] far, double[] farTail, double[] to, double[] toTail, int n) {
        for (int i = 0; i < n; i++) {
            double isFar = Math.abs(side[i]);
            double more = isFar * far[i];
            double sum = fma(isFar, far[i], to[i]);
            toTail[i] = fma(isFar, farTail[i], toTail[i] - -Exact.sumError(to[i], more, sum));
            to[i] = sum;
        }
    }

    /** By w = exp(-2 |d|). */
    private static void computeFar(Entries e, int i) {
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
