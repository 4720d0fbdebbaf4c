package io.github.plainjava.losses.internal.math;

import static io.github.plainjava.losses.internal.math.Fma.fma;

/**
 * What exp(x) exceeds 1 by, and 1 + x by, over arrays: the terms that losses are made of which are 0 where a prediction
 * is right. The exponential itself would lose their digits there.
 *
 * <h2>Method</h2>
 * As in {@link Exp}, x = k c + r with c = ln 2 / 8 and |r| &lt;= c / 2 = 0.0434, and S = 2^(k / 8). With
 * w = exp(r) - 1 - r, and q = 1, or 0 where the exponential itself is asked for,
 * <pre>
 *     exp(x)             = S + S (r + w)
 *     exp(x) - q         = (S - q) + S (r + w)
 *     exp(x) - q (1 + x) = (S - q - q k c) + (S - q) r + S w
 * </pre>
 * For k = 0 and q = 1 the last one is w, and else its first term is at most four times the sum.
 * <ul>
 * <li>w = r^2 / 2 + r^3 (1/3! + r / 4! + ... + r^6 / 9!), with what r lacks and what the rounding of r^2 drops in the
 * second term: good to 2^-57, next to its last rounding. The first term that is left out is below 2^-57 of it.
 * <li>S is one of eight numbers from a table times a power of two, with what it lacks.
 * <li>S - 1 - k c is exact but for its last bit, since k times the high part of c is, as in {@link Exp}; next to 0
 * nothing of it is rounded.
 * </ul>
 *
 * <h2>Accuracy</h2>
 * For |x| &lt;= {@value #LARGEST} exp(x) is within 0.55 ulp, exp(x) - 1 within 2, and exp(x) - 1 - x within 1.6. With
 * what they lack, the first is within 0.07 and the second within 0.85.
 *
 * <h2>Loops</h2>
 * See {@link Exp} and {@link Log}: each step is a loop of its own, all arrays in it at the same index, with
 * subtractions where both operands are computed.
 */
public final class Expm1 {

    /** How many numbers go through at a time. */
    public static final int SIZE = 256;

    /** The largest number that is taken, and the least is its negative. */
    public static final double LARGEST = 640;

    /** 1.5 * 2^52 leaves an integer in the low bits of a sum. */
    private static final double INTEGER_SHIFT = 0x1.8p52;

    private static final long INDEX_OF_ZERO = Double.doubleToRawLongBits(INTEGER_SHIFT);

    private static final long LARGEST_K = (long) Math.rint(LARGEST * Exp.STEPS_PER_E);

    /** 2^(j / 8), correctly rounded. */
    private static final double[] SCALES = {
        1.0,
        0x1.172b83c7d517bp+0, // 1.0905077326652577
        0x1.306fe0a31b715p+0, // 1.189207115002721
        0x1.4bfdad5362a27p+0, // 1.2968395546510096
        0x1.6a09e667f3bcdp+0, // 1.4142135623730951
        0x1.8ace5422aa0dbp+0, // 1.5422108254079407
        0x1.ae89f995ad3adp+0, // 1.681792830507429
        0x1.d5818dcfba487p+0, // 1.8340080864093424
    };

    /** What each of them lacks. */
    private static final double[] LACKS = {
        0.0,
        -0x1.19041b9d78a76p-55, // -3.046782079812471E-17
        0x1.6f46ad23182e4p-55, // 3.982015231465646E-17
        0x1.d4397afec42e2p-56, // 2.5382502794888315E-17
        -0x1.bdd3413b26456p-54, // -9.667293313452913E-17
        0x1.6e9f156864b27p-54, // 7.949834809697621E-17
        0x1.7a1cd345dcc81p-54, // 8.199010020581497E-17
        0x1.2ed02d75b3707p-55, // 3.283107224245627E-17
    };

    private static final double Q0 = 1.0 / 6;
    private static final double Q1 = 1.0 / 24;
    private static final double Q2 = 1.0 / 120;
    private static final double Q3 = 1.0 / 720;
    private static final double Q4 = 1.0 / 5040;
    private static final double Q5 = 1.0 / 40320;
    private static final double Q6 = 1.0 / 362880;

    /** The numbers, which are overwritten. */
    public final double[] x;

    /** What they lack, which is overwritten, too. */
    public final double[] xTail;

    /** The q above: 1 or 0. */
    public final double[] less;

    /** exp(x). */
    public final double[] exp;

    /** exp(x) - q. */
    public final double[] expm1;

    /** What that lacks; of exponentials by themselves, what they lack. */
    public final double[] lack;

    /** exp(x) - q (1 + x). */
    public final double[] excess;

    private final double[] scale;
    private final double[] scaleTail;
    private final double[] more;

    /** Arrays for a number of numbers. */
    public Expm1(int size) {
        x = new double[size];
        xTail = new double[size];
        less = new double[size];
        exp = new double[size];
        expm1 = new double[size];
        lack = new double[size];
        excess = new double[size];
        scale = new double[size];
        scaleTail = new double[size];
        more = new double[size];
    }

    /** Multiplies the numbers by another. */
    public void times(double factor, int n) {
        times(x, xTail, factor, n);
    }

    private static void times(double[] x, double[] xTail, double factor, int n) {
        for (int i = 0; i < n; i++) {
            double product = x[i] * factor;
            xTail[i] = fma(xTail[i], factor, fma(x[i], factor, -product));
            x[i] = product;
        }
    }

    /** The exponentials of the first n; NaN for what is beyond {@value #LARGEST}. */
    public void exponential(int n) {
        compute(x, xTail, scale, scaleTail, exp, excess, n);
        add(scale, exp, lack, n);
    }

    /**
     * All three of the first n; NaN for what is beyond {@value #LARGEST}.
     *
     * @param exponential whether the exponentials are asked for; else there is something else in their place
     */
    public void compute(int n, boolean exponential) {
        compute(x, xTail, scale, scaleTail, exp, excess, n);
        exceed(less, more, lack, n);
        add(more, expm1, lack, n);
        if (exponential) {
            add(scale, exp, more, n);
        }
    }

    /** All three, with q = 1, in the first place, of a number however far below 0. */
    public void computeFirst(Pair number) {
        boolean isFar = number.head() < -LARGEST;
        double far = isFar ? -LARGEST - number.head() - number.tail() : 0;
        x[0] = isFar ? -LARGEST : number.head();
        xTail[0] = isFar ? 0 : number.tail();
        less[0] = 1;
        compute(1, true);
        excess[0] += far;
    }

    /** From x to r, S, w, less the rounded square's half, and k shifted. */
    private static void compute(double[] x, double[] xTail, double[] scale, double[] scaleTail, double[] w,
            double[] index, int n) {
        for (int i = 0; i < n; i++) {
            double shifted = fma(x[i], Exp.STEPS_PER_E, INTEGER_SHIFT);
            double minusK = INTEGER_SHIFT - shifted;
            double high = fma(minusK, Exp.STEP_HIGH, x[i]);
            double low = fma(minusK, Exp.STEP_LOW, xTail[i]);
            double r = high - -low;
            index[i] = shifted;
            xTail[i] = low - (r - high);
            x[i] = r;
        }
        for (int i = 0; i < n; i++) {
            long k = Double.doubleToRawLongBits(index[i]) - INDEX_OF_ZERO;
            int j = (int) k & Exp.STEPS - 1;
            double power = Math.abs(k) <= LARGEST_K ? Exp.power((int) k >> Exp.STEP_BITS) : Double.NaN;
            scale[i] = SCALES[j] * power;
            scaleTail[i] = LACKS[j] * power;
        }
        for (int i = 0; i < n; i++) {
            double square = x[i] * x[i];
            double q = fma(fma(fma(Q6, x[i], Q5), square, fma(Q4, x[i], Q3)), square, fma(Q2, x[i], Q1));
            double small = fma(x[i], xTail[i], 0.5 * fma(x[i], x[i], -square));
            w[i] = fma(square * x[i], fma(q, x[i], Q0), small);
        }
    }

    /** From k shifted to the third of the results. */
    private void exceed(double[] less, double[] more, double[] tail, int n) {
        double[] sum = excess;
        for (int i = 0; i < n; i++) {
            double minusK = (INTEGER_SHIFT - sum[i]) * less[i];
            more[i] = scale[i] - less[i];
            tail[i] = fma(minusK, Exp.STEP_LOW, scaleTail[i]);
            sum[i] = fma(minusK, Exp.STEP_HIGH, -less[i]);
        }
        for (int i = 0; i < n; i++) {
            double start = scale[i] - -sum[i];
            tail[i] = tail[i] - -Exact.sumError(scale[i], sum[i], start);
            sum[i] = start;
        }
        for (int i = 0; i < n; i++) {
            double product = more[i] * x[i];
            double error = fma(more[i], x[i], -product);
            double next = sum[i] - -product;
            double lost = (next - sum[i]) - product;
            tail[i] = fma(scaleTail[i], x[i], fma(more[i], xTail[i], tail[i] - (lost - error)));
            sum[i] = next;
        }
        for (int i = 0; i < n; i++) {
            sum[i] = sum[i] - -fma(scale[i], 0.5 * x[i] * x[i], fma(scale[i], exp[i], tail[i]));
        }
    }

    /** S (r + w), what S lacks, and another number, which is 0 or larger; and what the rounded sum lacks. */
    private void add(double[] other, double[] sum, double[] sumTail, int n) {
        for (int i = 0; i < n; i++) {
            double grown = x[i] - -(xTail[i] - -fma(0.5 * x[i], x[i], exp[i]));
            double added = fma(scale[i], grown, scaleTail[i]);
            double next = other[i] - -added;
            sumTail[i] = added - (next - other[i]);
            sum[i] = next;
        }
    }
}
