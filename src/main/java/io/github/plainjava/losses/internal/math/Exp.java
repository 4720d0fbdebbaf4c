package io.github.plainjava.losses.internal.math;

import static io.github.plainjava.losses.internal.math.Fma.fma;

/**
 * The exponential that every loss here is made of, over arrays: additions, multiplications and fused multiply-adds
 * alone, in an order that the code fixes.
 *
 * <h2>What is computed</h2>
 * U exp(x / T) as head + tail, for a unit U that is the same for all. A softmax is a ratio of exponentials, in which
 * the unit cancels. It is large, some 2^{@value #UNIT_EXPONENT}, so that a probability below the double range can still
 * be multiplied by a weight, and no sum meets a subnormal number.
 *
 * <h2>How</h2>
 * <ol>
 * <li>k = the integer nearest 8 x / (T ln 2), found by adding 1.5 * 2^52, which leaves k in the low bits of the sum,
 * the index;
 * <li>r = x / T - k ln 2 / 8, |r| &lt;= 0.0434, by a high part of ln 2 / 8, whose last bit is worth 2^-39, and a low
 * part (Cody and Waite 1980). The fused multiply-add with the high part is exact: for |x / T| up to 2^33, its result
 * has no bit below 2^-39 or the last bit of x / T, and is below 2^-3. So r is good to 2^-58 for |x / T| up to 2^30,
 * where k times the error of the low part, 2^-96, is far below that. With a tail of x / T it is rounded twice, and good
 * to 2^-57;
 * <li>exp(r) - 1 = r + r^2 q(r), q of degree 5;
 * <li>the result is s + s (exp(r) - 1) for the scale s = U 2^(k / 8): the low three bits of k choose one of eight
 * numbers in a table, the others are added to its exponent.
 * </ol>
 *
 * <h2>Accuracy</h2>
 * Scale, r, polynomial and their product are wrong by at most 2^-55.7 of the result together. The last addition's error
 * is the tail.
 * <ul>
 * <li>q is the minimax polynomial of (exp(r) - 1 - r) / r^2 with weight r^2 / exp(r), by Remez exchange at 60 digits;
 * with its coefficients rounded it is good to 2^-58.2.
 * <li>A table of doubles next to 2^(j / 8) would be wrong by up to half an ulp. But any unit will do: with the
 * significand of U, the best of the 2^36 doubles from 1 on, all eight products U 2^(j / 8) lie within 0.0103 ulp of a
 * double. That is what a second table would give, without its look-ups.
 * </ul>
 *
 * <h2>Loops</h2>
 * Each step is a loop of its own because HotSpot makes vector instructions of short loops only (about 60 nodes of its
 * graph), and none where doubles are taken apart into bits, which the look-ups do. For a few numbers such loops take
 * longer to begin than to run, and all is done number by number. The steps stand in one method, which for its size,
 * over 325 bytecodes, HotSpot does not take into its callers: in a loop over pieces it would move the constants of all
 * steps out of that, to registers that it has not got.
 *
 * <p>Source: W. J. Cody and W. Waite (1980), <i>Software Manual for the Elementary Functions</i>; P. T. P. Tang (1989),
 * Table-driven implementation of the exponential function in IEEE floating-point arithmetic, ACM Trans. Math. Softw.
 * 15(2), doi:10.1145/63522.214389; J.-M. Muller (2016), <i>Elementary Functions</i>, 3rd ed.,
 * doi:10.1007/978-1-4899-7983-4.
 */
public final class Exp {

    /** The significand of the unit: 1 + 47163545439 * 2^-52, see above. */
    static final double UNIT = 0x1.0000afb2a975fp+0; // 1.0000104724108139

    /**
     * The power of two in the unit. Exponentials of up to 88.7 and their sums stay below 2^560, so that their inverses
     * times weights down to 2^-500 keep their bits; those of the logits 88.7 below 0 stay above 2^260, and others that
     * are 2^-1280 of them are normal numbers.
     */
    static final int UNIT_EXPONENT = 390;

    static final int STEP_BITS = 3;

    /** How many steps of the reduction a power of two has. */
    public static final int STEPS = 1 << STEP_BITS;

    /** The steps that take the power of two out of the unit. */
    public static final int STEPS_OF_UNIT = UNIT_EXPONENT << STEP_BITS;

    static final double STEPS_PER_E = 0x1.71547652b82fep+3; // 8 / ln 2 = 11.541560327111707
    static final double STEP_HIGH = 0x1.62e42fefa0000p-4; // 0.08664339756978734
    static final double STEP_LOW = 0x1.cf79abc9e3b3ap-43; // 2.0582436978621353e-13

    /** Arguments fit whose k, and half of this more, is one of that many: |x / T| up to 88.67. */
    private static final int WINDOW_BITS = 11;

    /** 1.5 * 2^52 leaves an integer in the low bits of a sum. */
    private static final double INTEGER_SHIFT = 0x1.8p52;

    private static final double SHIFT = INTEGER_SHIFT + (1 << WINDOW_BITS - 1);

    /** The bits that the indices of all arguments that fit have in common; others have more. */
    private static final long COMMON = Double.doubleToRawLongBits(INTEGER_SHIFT);

    private static final long INDEX_OF_ONE = Double.doubleToRawLongBits(SHIFT);

    /** From here on scales are normal numbers. */
    private static final int LOWEST_K = (Double.MIN_EXPONENT - UNIT_EXPONENT) * STEPS;

    /** Up to here numbers are done one by one. */
    private static final int FEW = 32;

    /** The bits of UNIT 2^(j / 8), without what the bits of the index will add. */
    private static final long[] SCALES = scaleBits(
            UNIT, // 1.0000104724108139
            0x1.172c4361693b4p+0, // 1.0905191529102298
            0x1.3070b1940d512p+0, // 1.1892195688681721
            0x1.4bfe912d7e446p+0, // 1.2968531356875856
            0x1.6a0adee162c76p+0, // 1.4142283725984988
            0x1.8acf63193e600p+0, // 1.542226976073266
            0x1.ae8b211277c72p+0, // 1.681810442932854
            0x1.d582d00af518ep+0); // 1.8340272928954593

    /** 1 / U. */
    private static final Pair INVERSE_OF_UNIT = Pair.quotient(0x1p-390, UNIT);

    /** Exponentials of larger numbers are infinite times any power of two that losses are scaled by, or 0. */
    private static final double LARGEST_POWER = 4000;

    /** Times 2 to the power of these, numbers next to 1 are 0 or infinite, and their tails finite. */
    private static final int LOWEST_EXPONENT = -1200;
    private static final int HIGHEST_EXPONENT = 1060;

    private static final double Q0 = 0x1.000000000010bp-1; // 0.5000000000000296
    private static final double Q1 = 0x1.5555555555132p-3; // 0.16666666666663726
    private static final double Q2 = 0x1.55555548101edp-5; // 0.04166666657011207
    private static final double Q3 = 0x1.11111125d70f2p-7; // 0.008333333371119942
    private static final double Q4 = 0x1.6c1cbd30c5177p-10; // 0.0013889780495378293
    private static final double Q5 = 0x1.a01639c0d9d0ap-13; // 0.00019840565621651762

    private Exp() {}

    private static long[] scaleBits(double... scales) {
        long[] bits = new long[STEPS];
        for (int j = 0; j < STEPS; j++) {
            long power = UNIT_EXPONENT - (1 << WINDOW_BITS - 1 - STEP_BITS);
            bits[j] = Double.doubleToRawLongBits(scales[j]) + (power << 52) - ((long) j << 52 - STEP_BITS);
        }
        return bits;
    }

    /**
     * U exp(x / T) for the first n of an array.
     *
     * @param inverse 1 / T
     * @return false, with nothing of use, if an argument does not fit
     */
    public static boolean exp(double[] x, Pair inverse, double[] head, double[] tail, int n) {
        long all = COMMON;
        double f = inverse.head();
        double fTail = inverse.tail();
        if (n <= FEW) {
            for (int i = 0; i < n; i++) {
                double z = x[i] * f;
                double zTail = fma(x[i], fTail, fma(x[i], f, -z));
                double index = fma(z, STEPS_PER_E, SHIFT);
                double k = SHIFT - index;
                double r = fma(k, STEP_LOW, fma(k, STEP_HIGH, z)) - -zTail;
                long bits = Double.doubleToRawLongBits(index);
                all |= bits;
                double scale = scale(bits);
                double expm1 = expm1(r);
                double e = fma(scale, expm1, scale);
                tail[i] = fma(scale, expm1, scale - e);
                head[i] = e;
            }
            return all >>> WINDOW_BITS == COMMON >>> WINDOW_BITS;
        }
        if (f == 1) {
            for (int i = 0; i < n; i++) {
                double index = fma(x[i], STEPS_PER_E, SHIFT);
                double k = SHIFT - index;
                tail[i] = index;
                head[i] = expm1(fma(k, STEP_LOW, fma(k, STEP_HIGH, x[i])));
            }
        } else {
            for (int i = 0; i < n; i++) {
                double z = x[i] * f;
                double zTail = fma(x[i], fTail, fma(x[i], f, -z));
                double index = fma(z, STEPS_PER_E, SHIFT);
                double k = SHIFT - index;
                tail[i] = index;
                head[i] = expm1(fma(k, STEP_LOW, fma(k, STEP_HIGH, z)) - -zTail);
            }
        }
        for (int i = 0; i < n; i++) {
            long bits = Double.doubleToRawLongBits(tail[i]);
            all |= bits;
            tail[i] = scale(bits);
        }
        for (int i = 0; i < n; i++) {
            double e = fma(tail[i], head[i], tail[i]);
            tail[i] = fma(tail[i], head[i], tail[i] - e);
            head[i] = e;
        }
        return all >>> WINDOW_BITS == COMMON >>> WINDOW_BITS;
    }

    /**
     * U exp(z + zTail) 2^(-steps / 8), which is 0 far below 1.
     *
     * @param z     within 2^33; within 2^30, it is as good as over arrays
     * @param steps a multiple of 8
     */
    public static Pair exp(double z, double zTail, long steps) {
        double index = fma(z, STEPS_PER_E, SHIFT);
        double k = SHIFT - index;
        double expm1 = expm1(fma(k, STEP_LOW, fma(k, STEP_HIGH, z)) - -zTail);
        long bits = Double.doubleToRawLongBits(index) - steps;
        double scale = bits - INDEX_OF_ONE < LOWEST_K ? 0 : scale(bits);
        double e = fma(scale, expm1, scale);
        return new Pair(e, fma(scale, expm1, scale - e));
    }

    /**
     * exp(x) 2^power to within 2^-55 of it, without a unit; 0, subnormal or infinite where a double is.
     */
    public static Pair exp(Pair x, int power) {
        double z = Math.max(-LARGEST_POWER, Math.min(LARGEST_POWER, x.head()));
        long steps = steps(z);
        Pair e = exp(z, Math.abs(x.head()) < LARGEST_POWER ? x.tail() : 0, steps).times(INVERSE_OF_UNIT);
        int exponent = Math.max(LOWEST_EXPONENT, Math.min(HIGHEST_EXPONENT, (int) (steps / STEPS) + power));
        double half = power(exponent >> 1);
        double rest = power(exponent - (exponent >> 1));
        return new Pair(e.head() * half * rest, e.tail() * half * rest);
    }

    /** 2^exponent, where that is a normal number. */
    public static double power(int exponent) {
        return Double.longBitsToDouble((long) (exponent + Double.MAX_EXPONENT) << 52);
    }

    /** From U exp(x) to exp(x), to within 2^-100 of it; from U to exactly 1. */
    public static Pair withoutUnit(Pair e) {
        double exp = e.head() * INVERSE_OF_UNIT.head();
        return new Pair(exp, tailWithoutUnit(e.head(), e.tail(), exp, INVERSE_OF_UNIT.head(), INVERSE_OF_UNIT.tail()));
    }

    /** The same for the first n of arrays. */
    public static void withoutUnit(double[] head, double[] tail, int n) {
        double inverse = INVERSE_OF_UNIT.head();
        double inverseTail = INVERSE_OF_UNIT.tail();
        for (int i = 0; i < n; i++) {
            double exp = head[i] * inverse;
            tail[i] = tailWithoutUnit(head[i], tail[i], exp, inverse, inverseTail);
            head[i] = exp;
        }
    }

    /** For U the products are -t and t, which would not cancel if they were not both rounded. */
    private static double tailWithoutUnit(double head, double tail, double exp, double inverse, double inverseTail) {
        return fma(tail, inverse, Exact.productError(head, inverse, exp) - -(head * inverseTail));
    }

    /** The steps, eighths of a power of two, of the whole power next to exp(z). */
    public static long steps(double z) {
        return (long) Math.rint(z * (STEPS_PER_E / STEPS)) * STEPS;
    }

    private static double expm1(double r) {
        // by pairs of terms, which do not wait for one another
        double square = r * r;
        double q = fma(fma(Q5, r, Q4), square, fma(Q3, r, Q2));
        return fma(square, fma(q, square, fma(Q1, r, Q0)), r);
    }

    private static double scale(long bits) {
        return Double.longBitsToDouble(SCALES[(int) bits & STEPS - 1] + (bits << 52 - STEP_BITS));
    }
}
