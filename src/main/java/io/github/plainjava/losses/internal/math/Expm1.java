package io.github.plainjava.losses.internal.math;

import static io.github.plainjava.losses.internal.math.Fma.fma;

/**
 * What exp(x) exceeds 1 by, and 1 + x by: the terms that losses are made of which are 0 where a prediction is right. The
 * exponential itself would lose their digits there.
 *
 * <h2>Method</h2>
 * As in {@link Exp}, x = k c + r with c = ln 2 / 8 and |r| &lt;= c / 2 = 0.0434, and S = 2^(k / 8). With
 * w = exp(r) - 1 - r
 * <pre>
 *     exp(x)         = S + S (r + w)
 *     exp(x) - 1     = (S - 1) + S (r + w)
 *     exp(x) - 1 - x = (S - 1 - k c) + (S - 1) r + S w
 * </pre>
 * For k = 0 the last one is w, and else its first term is at most four times the sum.
 * <ul>
 * <li>w = r^2 / 2 + r^3 (1/3! + r / 4! + ... + r^6 / 9!), with what r lacks and what the rounding of r^2 drops in the
 * second term: good to 2^-57, next to its last rounding. The first term that is left out is below 2^-57 of it.
 * <li>S is one of eight numbers from a table times a power of two, with what it lacks.
 * <li>S - 1 - k c is exact but for its last bit, since k times the high part of c is, as in {@link Exp}; next to 0
 * nothing of it is rounded.
 * </ul>
 *
 * <h2>Accuracy</h2>
 * For |x| &lt;= {@value #LARGEST} exp(x) is within 0.52 ulp, exp(x) - 1 within 2, and exp(x) - 1 - x within 1.6. Below
 * -{@value #LARGEST} the exponential counts as nothing beside 1: two of the three are good still, exp(x) is not.
 */
public final class Expm1 {

    /** Above it, all three are the exponential, to within 2^-900. */
    public static final double LARGEST = 640;

    private static final double INTEGER_SHIFT = 0x1.8p52;

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

    /** What each of them lacks, as a part of it. */
    private static final double[] LACKS = {
        0.0,
        -0x1.01b15eaa59348p-55, // -2.7939114859515733E-17
        0x1.34d754db0abb6p-55, // 3.3484623336251524E-17
        0x1.690cebb7aafb0p-56, // 1.9572585293112036E-17
        -0x1.3b3efbf5e2229p-54, // -6.835808657661923E-17
        0x1.db72fc1f0eab4p-55, // 5.1548301170786783E-17
        0x1.c1a7792cb3386p-55, // 4.875160526227061E-17
        0x1.4a385a63d07a7p-56, // 1.790126907604513E-17
    };

    private static final double Q0 = 1.0 / 6;
    private static final double Q1 = 1.0 / 24;
    private static final double Q2 = 1.0 / 120;
    private static final double Q3 = 1.0 / 720;
    private static final double Q4 = 1.0 / 5040;
    private static final double Q5 = 1.0 / 40320;
    private static final double Q6 = 1.0 / 362880;

    private final double minusK;
    private final double r;
    private final double rTail;
    private final double scale;
    private final double scaleTail;

    /** How far x is below what counts. */
    private final double below;

    private Expm1(double z, double zTail, double below) {
        double index = fma(z, Exp.STEPS_PER_E, INTEGER_SHIFT);
        double minusK = INTEGER_SHIFT - index;
        double high = fma(minusK, Exp.STEP_HIGH, z);
        double low = fma(minusK, Exp.STEP_LOW, zTail);
        int k = (int) Double.doubleToRawLongBits(index);
        int j = k & Exp.STEPS - 1;
        this.minusK = minusK;
        this.r = high + low;
        this.rTail = Exact.fastSumError(high, low, r);
        this.scale = SCALES[j] * Exp.power(k >> Exp.STEP_BITS);
        this.scaleTail = scale * LACKS[j];
        this.below = below;
    }

    /** Of x, which is at most {@link #LARGEST} or NaN; -infinity will do. */
    public static Expm1 of(Pair x) {
        double z = Math.max(-LARGEST, x.head());
        double below = z - x.head();
        return new Expm1(z, below > 0 ? 0 : x.tail(), below);
    }

    /** Whether exp(x) counts as nothing beside 1. */
    public boolean isNothing() {
        return below > 0;
    }

    /** exp(x), for x from -{@value #LARGEST} on. */
    public double exp() {
        return scale + grown(scaleTail);
    }

    /** exp(x) - 1. */
    public double expm1() {
        return (scale - 1) + grown(scaleTail);
    }

    /** exp(x) - 1 - x, which is not negative. */
    public double excess() {
        double more = scale - 1;
        double product = more * r;
        double base = fma(minusK, Exp.STEP_HIGH, -1) + scale + product;
        double tail = fma(minusK, Exp.STEP_LOW, scaleTail) + fma(scaleTail, r, Exact.productError(more, r, product));
        return below + (base + fma(scale, 0.5 * r * r, fma(scale, afterSquare(), fma(more, rTail, tail))));
    }

    /** S (exp(r) - 1) and a little. */
    private double grown(double little) {
        return fma(scale, r + (rTail + fma(0.5 * r, r, afterSquare())), little);
    }

    /** exp(r + rTail) - 1 - r - r r / 2, the square rounded. */
    private double afterSquare() {
        double square = r * r;
        double q = fma(fma(fma(Q6, r, Q5), square, fma(Q4, r, Q3)), square, fma(Q2, r, Q1));
        double cubic = fma(q, r, Q0);
        return fma(square * r, cubic, fma(r, rTail, 0.5 * Exact.productError(r, r, square)));
    }
}
