package io.github.plainjava.losses;

/**
 * The exponential and the logarithm that every loss here is made of, from additions, multiplications, divisions and
 * fused multiply-adds alone, so that the bits are the same on every processor and under every compiler.
 *
 * <h2>The exponential</h2>
 * exp(x + tail) for x &lt;= 0, where the tail is what rounding took from x. It is returned as 2^900 exp(x + tail), so that
 * results down to 2^-1922 keep all their bits: a probability far below the double range can still be multiplied by a
 * weight, and sums never meet a subnormal number. Zero is returned from {@link #FLOOR} down.
 * <ol>
 * <li>k = the integer nearest x / ln 2, found by adding 1.5 * 2^52, which leaves k in the low bits of the sum;
 * <li>R + Rt = x + tail - k ln 2 with ln 2 in two parts (Cody and Waite 1980), so |R| &lt;= 0.34659;
 * <li>exp(R + Rt) = 1 + R + (R^2 q(R) + Rt (1 + R)), where the sum 1 + R is carried with its error;
 * <li>the result is that times 2^k, made by shifting k's bits into an exponent.
 * </ol>
 * q has degree 9: the minimax polynomial for (exp(R) - 1 - R) / R^2 with weight R^2 / exp(R), by Remez exchange at 45 digits
 * with q(0) held at 1/2 + 3 * 2^-51, where the rounding of the coefficients to doubles costs least; its relative error
 * is 2^-57.6. Rounding adds at most 0.2 ulp before, and half an ulp with, the last addition, whose own error is
 * {@link #expTail}: head and tail together are exp to within 2^-55.
 *
 * <h2>The logarithm</h2>
 * log(2^k (1 + f)) for 1/sqrt(2) &lt;= 1 + f &lt; sqrt(2), with s = f / (2 + f), is k ln 2 + f - f^2/2 + s (f^2/2 + s^2 p(s^2)): the
 * form of FDLIBM, where f is exact and the rest small; here f^2/2 too is carried with its error. p has degree 6, the
 * minimax polynomial by Remez exchange for the relative error of the logarithm, which is 2^-58.9.
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

    /** k + 1.5 * 2^52 + bias for an argument in [FLOOR, 0]: the integer in its low bits is the exponent of the scale. */
    static double shiftedIndex(double x) {
        return Math.fma(x, LOG2_E, INTEGER_SHIFT);
    }

    /** 2^(900 + k), or 0 for the lowest k. */
    static double scale(double shiftedIndex) {
        return Double.longBitsToDouble(Double.doubleToRawLongBits(shiftedIndex) << 52);
    }

    /** R: x + tail - k ln 2, rounded. */
    static double reduced(double x, double tail, double shiftedIndex) {
        double k = shiftedIndex - INTEGER_SHIFT;
        return Math.fma(-k, LN2_HIGH, x) + Math.fma(-k, LN2_LOW, tail);
    }

    /** Rt: what the rounding of {@link #reduced} dropped; where R is nearly 0, to within 2^-86. */
    static double reducedTail(double x, double tail, double shiftedIndex) {
        double k = shiftedIndex - INTEGER_SHIFT;
        double high = Math.fma(-k, LN2_HIGH, x);
        double low = Math.fma(-k, LN2_LOW, tail);
        return Exact.fastSumError(high, low, high + low);
    }

    /** 2^900 exp(x + tail), rounded, for x in [FLOOR, 0]. */
    static double exp(double x, double tail) {
        double shifted = shiftedIndex(x);
        return expHead(reduced(x, tail, shifted), reducedTail(x, tail, shifted)) * scale(shifted);
    }

    /** What the rounding of {@link #exp} dropped. */
    static double expError(double x, double tail) {
        double shifted = shiftedIndex(x);
        return expTail(reduced(x, tail, shifted), reducedTail(x, tail, shifted)) * scale(shifted);
    }

    /** exp(R + Rt), unscaled. */
    static double expHead(double r, double rt) {
        return (1 + r) + afterOnePlus(r, rt);
    }

    /** What the last addition of {@link #expHead} dropped. */
    static double expTail(double r, double rt) {
        double sum = 1 + r;
        double small = afterOnePlus(r, rt);
        return Exact.fastSumError(sum, small, sum + small);
    }

    /** exp(R + Rt) - fl(1 + R). */
    private static double afterOnePlus(double r, double rt) {
        double dropped = Exact.fastSumError(1, r, 1 + r);
        return Math.fma(r * r, q(r), dropped + Math.fma(r, rt, rt));
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

    /** What {@link #logHead} lacks of log(2^k (1 + f + ft)); the two together are good to 2^-58 of the result. */
    static double logTail(double k, double f, double ft) {
        double square = 0.5 * f * f;
        double squareError = Exact.productError(0.5 * f, f, square);
        double head = f - square;
        double s = f / (2 + f);
        double small = s * (square + s * s * p(s * s)) + ft / (1 + f);
        double tail = (Exact.fastSumError(f, -square, head) - squareError) + small;
        double multiple = k * LN2_HIGH;
        return Exact.fastSumError(multiple, head, multiple + head) + (tail + k * LN2_LOW);
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
        return logTail(k, fractionOfOnePlus(rest, k), fractionTailOfOnePlus(rest, restTail, k));
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
        return logTail(k - LIFT, lifted * powerOfTwo(-k) - 1, 0);
    }
}
