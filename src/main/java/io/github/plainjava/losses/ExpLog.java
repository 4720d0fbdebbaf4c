package io.github.plainjava.losses;

/**
 * The exponential and the logarithm that every loss here is made of, from additions, multiplications, divisions and
 * fused multiply-adds alone, so that the bits are the same on every processor and under every compiler.
 *
 * <h2>The exponential</h2>
 * exp(x + tail) for x &lt;= 0, where the tail is what rounding took from x. It is returned as 2^900 exp(x + tail), so
 * that results down to 2^-1922 keep all their bits: a probability far below the double range can still be multiplied
 * by a weight, and sums never meet a subnormal number. Zero is returned from {@link #FLOOR} down.
 * <ol>
 * <li>k = the integer nearest x / ln 2, found by adding 1.5 * 2^52, which leaves k in the low bits of the sum;
 * <li>r = x - k ln 2, exactly, by the high part of ln 2 and a fused multiply-add (Cody and Waite 1980), |r| &lt;=
 * 0.34659; the low part and the tail go into a second, small argument t;
 * <li>exp(r) = 1 + r + r^2 q(r), where the sum 1 + r is carried with its error, and exp(r + t) = exp(r) + t exp(r);
 * <li>the result is that times 2^k, made by shifting k's bits into an exponent.
 * </ol>
 * q has degree 9: the minimax polynomial for (exp(r) - 1 - r) / r^2 with weight r^2 / exp(r), by Remez exchange at 45
 * digits with q(0) held at 1/2 + 3 * 2^-51, where the rounding of the coefficients to doubles costs least; its
 * relative error is 2^-57.6. Rounding adds at most 0.2 ulp before the last addition and half an ulp with it; the
 * error of that last addition is returned too, and head and tail together are exp to within 2^-55.
 *
 * <p>Each step over an array is a loop of its own because a compiler turns a loop into vector instructions only while
 * it is short, and does not where doubles are taken apart into bits: see
 * {@link #reduce(double[], double[], double[], int)}.
 *
 * <h2>The logarithm</h2>
 * log(2^k (1 + f)) for 1/sqrt(2) &lt;= 1 + f &lt; sqrt(2), with s = f / (2 + f), is k ln 2 + f - f^2/2 + s (f^2/2 +
 * s^2 p(s^2)): the form of FDLIBM, where f is exact and the rest small; here f^2/2 too is carried with its error. p
 * has degree 6, the minimax polynomial by Remez exchange for the relative error of the logarithm, which is 2^-58.9.
 *
 * <p>Source: W. J. Cody and W. Waite (1980), <i>Software Manual for the Elementary Functions</i>; J.-M. Muller (2016),
 * <i>Elementary Functions</i>, 3rd ed., doi:10.1007/978-1-4899-7983-4.
 */
final class ExpLog {

    /** The scaled exponentials are 2^TOP_EXPONENT exp(x): high enough for their small ones, with room for a sum. */
    static final int TOP_EXPONENT = 900;

    /** The scaled exp(0). */
    static final double TOP = 0x1p900;

    /** Turns a scaled sum into a true one; exact unless the result is subnormal. */
    static final double UNSCALE = 0x1p-900;

    private static final double LOG2_E = 0x1.71547652b82fep+0; // 1.4426950408889634
    private static final double LN2_HIGH = 0x1.62e42fefa3800p-1; // 0.6931471805598903, 42 bits: k times it is exact
    private static final double LN2_LOW = 0x1.ef35793c76730p-45; // 5.497923018708371e-14

    /** 1.5 * 2^52 leaves the nearest integer in the low bits; the rest makes it the biased exponent of 2^(900 + k). */
    private static final double INTEGER_SHIFT = 0x1.8p52 + (TOP_EXPONENT + Double.MAX_EXPONENT);

    /** Its bits without the low ones, which hold an index of at most 1923. */
    private static final long INTEGER_BITS = Double.doubleToRawLongBits(0x1.8p52);

    private static final int LOWEST_K = -(TOP_EXPONENT + Double.MAX_EXPONENT);

    /** The lowest argument: k is then {@link #LOWEST_K}, whose biased exponent 0 makes the result exactly 0. */
    static final double FLOOR = LOWEST_K * LN2_HIGH;

    private static final double Q0 = 0x1.000000000000cp-1; // 0.5000000000000013
    private static final double Q1 = 0x1.5555555555531p-3; // 0.16666666666666566
    private static final double Q2 = 0x1.555555554fb0ap-5; // 0.04166666666650627
    private static final double Q3 = 0x1.1111111116e1fp-7; // 0.008333333333374658
    private static final double Q4 = 0x1.6c16c1870c60cp-10; // 0.001388888895018761
    private static final double Q5 = 0x1.a01a0194bfbedp-13; // 1.9841269809003863e-4
    private static final double Q6 = 0x1.a019924ed0136p-16; // 2.4801486058879603e-5
    private static final double Q7 = 0x1.71de18143a298p-19; // 2.755728028093072e-6
    private static final double Q8 = 0x1.28b48d424f42ep-22; // 2.76328325682896e-7
    private static final double Q9 = 0x1.af587a5a3d038p-26; // 2.5107619407987775e-8

    private static final double P0 = 0x1.5555555555592p-1; // 0.6666666666666734
    private static final double P1 = 0x1.999999997fdb0p-2; // 0.39999999999414637
    private static final double P2 = 0x1.24924941f1995p-2; // 0.2857142874239796
    private static final double P3 = 0x1.c71c5208f8ea8p-3; // 0.22222198572045682
    private static final double P4 = 0x1.74663efe1436bp-3; // 0.18183564389121484
    private static final double P5 = 0x1.39a1b86d5520fp-3; // 0.15314048846870817
    private static final double P6 = 0x1.2f057ba2c9914p-3; // 0.14795967665231358

    private static final long SQRT_HALF_BITS = 0x3fe6a09e667f3bcdL; // bits of sqrt(1/2)

    private ExpLog() {}

    /**
     * The first half of the exponential over arrays, in place: arguments become reduced arguments, and index the
     * scales. Except where doubles are taken apart into bits, HotSpot from 17 on makes vector instructions of these
     * loops; it would not of one loop for everything. The arrays are read and written from their beginning, because
     * HotSpot 17 gives up where offsets into several arrays differ.
     *
     * @return whether every argument was in [FLOOR, 0]; if not, everything must be done again from clamped arguments
     */
    static boolean reduce(double[] x, double[] tail, double[] index, int n) {
        for (int i = 0; i < n; i++) {
            double shifted = shiftedIndex(x[i]);
            index[i] = shifted;
            tail[i] = reducedTail(tail[i], shifted);
            x[i] = reduced(x[i], shifted);
        }
        return scales(index, n);
    }

    /** Shifts each index into an exponent, and tells whether all of them were in range: then no higher bit differs. */
    private static boolean scales(double[] index, int n) {
        long differences = 0;
        for (int i = 0; i < n; i++) {
            differences |= Double.doubleToRawLongBits(index[i]) ^ INTEGER_BITS;
            index[i] = scale(index[i]);
        }
        return differences >>> 11 == 0;
    }

    /**
     * The second half: on return r holds 2^900 exp(x + tail), rounded, and t what its rounding dropped.
     */
    static void exponentials(double[] r, double[] t, double[] scale, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = afterOnePlus(r[i], t[i]);
        }
        finish(r, t, scale, n);
    }

    private static void finish(double[] r, double[] after, double[] scale, int n) {
        for (int i = 0; i < n; i++) {
            double sum = 1 + r[i];
            double exp = sum + after[i];
            r[i] = exp * scale[i];
            after[i] = Exact.fastSumError(sum, after[i], exp) * scale[i];
        }
    }

    /** 2^900 exp(x + tail), rounded, for x in [FLOOR, 0]: the bits of the array form. */
    static double exp(double x, double tail) {
        double shifted = shiftedIndex(x);
        double r = reduced(x, shifted);
        return ((1 + r) + afterOnePlus(r, reducedTail(tail, shifted))) * scale(shifted);
    }

    /** What the rounding of {@link #exp(double, double)} dropped. */
    static double expError(double x, double tail) {
        double shifted = shiftedIndex(x);
        double r = reduced(x, shifted);
        double after = afterOnePlus(r, reducedTail(tail, shifted));
        return Exact.fastSumError(1 + r, after, (1 + r) + after) * scale(shifted);
    }

    /** k + 1.5 * 2^52 + bias: the integer in its low bits is the biased exponent of the scale. */
    private static double shiftedIndex(double x) {
        return Math.fma(x, LOG2_E, INTEGER_SHIFT);
    }

    /** 2^(900 + k), or 0 for the lowest k. */
    private static double scale(double shiftedIndex) {
        return Double.longBitsToDouble(Double.doubleToRawLongBits(shiftedIndex) << 52);
    }

    /** r. */
    private static double reduced(double x, double shiftedIndex) {
        return Math.fma(INTEGER_SHIFT - shiftedIndex, LN2_HIGH, x);
    }

    /** t. */
    private static double reducedTail(double tail, double shiftedIndex) {
        return Math.fma(INTEGER_SHIFT - shiftedIndex, LN2_LOW, tail);
    }

    /** exp(r + t) - fl(1 + r). */
    private static double afterOnePlus(double r, double t) {
        double sum = 1 + r;
        double rest = r * r * q(r);
        return rest + Math.fma(t, sum + rest, Exact.fastSumError(1, r, sum));
    }

    private static double q(double r) {
        double sum = Math.fma(Q9, r, Q8);
        sum = Math.fma(sum, r, Q7);
        sum = Math.fma(sum, r, Q6);
        sum = Math.fma(sum, r, Q5);
        sum = Math.fma(sum, r, Q4);
        sum = Math.fma(sum, r, Q3);
        sum = Math.fma(sum, r, Q2);
        sum = Math.fma(sum, r, Q1);
        return Math.fma(sum, r, Q0);
    }

    /** The integer k for which u / 2^k lies in [1/sqrt(2), sqrt(2)), for a normal positive u. */
    static int exponent(double u) {
        return (int) (Double.doubleToRawLongBits(u) - SQRT_HALF_BITS >> 52);
    }

    /** 2^k for a normal result. */
    static double powerOfTwo(int k) {
        return Double.longBitsToDouble((long) (k + Double.MAX_EXPONENT) << 52);
    }

    /** log(2^k (1 + f)), the part to which {@link #logTail} is added. */
    static double logHead(double k, double f) {
        return k * LN2_HIGH + (f - 0.5 * f * f);
    }

    /**
     * What {@link #logHead} lacks of log(2^k (1 + f + ft)), from {@link #logSmall}; head and tail are good to 2^-58.
     */
    private static double logTail(double k, double f, double small) {
        double square = 0.5 * f * f;
        double head = f - square;
        double tail = (Exact.fastSumError(f, -square, head) - Exact.productError(0.5 * f, f, square)) + small;
        double multiple = k * LN2_HIGH;
        return Exact.fastSumError(multiple, head, multiple + head) + (tail + k * LN2_LOW);
    }

    /** log(1 + f + ft) - (f - f^2/2). */
    private static double logSmall(double f, double ft) {
        double s = f / (2 + f);
        return s * (0.5 * f * f + s * s * p(s * s)) + ft / (1 + f);
    }

    private static double p(double z) {
        double sum = Math.fma(P6, z, P5);
        sum = Math.fma(sum, z, P4);
        sum = Math.fma(sum, z, P3);
        sum = Math.fma(sum, z, P2);
        sum = Math.fma(sum, z, P1);
        return Math.fma(sum, z, P0);
    }

    /** 1 + f = (1 + rest) / 2^k, rounded, less 1. */
    static double fractionOfOnePlus(double rest, int k) {
        double scale = powerOfTwo(-k);
        return rest * scale + (scale - 1);
    }

    /** What {@link #fractionOfOnePlus} lacks for 1 + rest + restTail. */
    static double fractionTailOfOnePlus(double rest, double restTail, int k) {
        double scale = powerOfTwo(-k);
        double f = rest * scale;
        return Exact.sumError(f, scale - 1, f + (scale - 1)) + restTail * scale;
    }

    /** log(1 + rest + restTail) for rest >= 0, the head. */
    static double log1pHead(double rest) {
        int k = exponent(1 + rest);
        return logHead(k, fractionOfOnePlus(rest, k));
    }

    /** log(1 + rest + restTail) for rest >= 0, the tail. */
    static double log1pTail(double rest, double restTail) {
        int k = exponent(1 + rest);
        double f = fractionOfOnePlus(rest, k);
        return logTail(k, f, logSmall(f, fractionTailOfOnePlus(rest, restTail, k)));
    }

    /**
     * log(1 + rest + restTail) over arrays, in place: on return rest holds the heads and restTail the tails, with the
     * bits of {@link #log1pHead} and {@link #log1pTail}.
     *
     * @param k     scratch
     * @param scale scratch
     */
    static void log1p(double[] rest, double[] restTail, double[] k, double[] scale, int n) {
        for (int i = 0; i < n; i++) {
            int exponent = exponent(1 + rest[i]);
            k[i] = exponent;
            scale[i] = powerOfTwo(-exponent);
        }
        for (int i = 0; i < n; i++) {
            double f = rest[i] * scale[i];
            double g = scale[i] - 1;
            rest[i] = f + g;
            restTail[i] = Exact.sumError(f, g, f + g) + restTail[i] * scale[i];
        }
        logs(k, rest, restTail, scale, n);
    }

    /** log(2^k (1 + f + ft)) over arrays: on return f holds the heads and ft the tails. */
    private static void logs(double[] k, double[] f, double[] ft, double[] scratch, int n) {
        for (int i = 0; i < n; i++) {
            scratch[i] = logSmall(f[i], ft[i]);
        }
        for (int i = 0; i < n; i++) {
            ft[i] = logTail(k[i], f[i], scratch[i]);
        }
        for (int i = 0; i < n; i++) {
            f[i] = logHead(k[i], f[i]);
        }
    }

    /** Lifts every positive p up to 1 to a normal number. */
    private static final int LIFT = 54;

    /** log(p) for 0 &lt; p &lt;= 1, the head. */
    static double logHead(double p) {
        double lifted = p * 0x1p54;
        int k = exponent(lifted);
        return logHead(k - LIFT, lifted * powerOfTwo(-k) - 1);
    }

    /** log(p) for 0 &lt; p &lt;= 1, the tail. */
    static double logTail(double p) {
        double lifted = p * 0x1p54;
        int k = exponent(lifted);
        double f = lifted * powerOfTwo(-k) - 1;
        return logTail(k - LIFT, f, logSmall(f, 0));
    }
}
