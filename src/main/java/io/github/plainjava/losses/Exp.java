package io.github.plainjava.losses;

/**
 * The exponential that every loss here is made of, over arrays and for single numbers with the same bits: additions,
 * multiplications and fused multiply-adds alone, in an order that the code fixes.
 *
 * <h2>What is computed</h2>
 * exp(x) for x up to {@link Unshifted#LIMIT}, mostly for x &lt;= 0, in units of {@link #ONE}: ONE exp(x). A softmax
 * is a ratio of exponentials, in which the unit cancels. It is large, so that results down to 2^-1470 keep all their
 * bits, and those down to 2^-1522 most: a probability below the double range can still be multiplied by a weight, and
 * no sum meets a subnormal number. Below {@link #FLOOR} the result is 0.
 *
 * <h2>How</h2>
 * <ol>
 * <li>k = the integer nearest 8 x / ln 2, found by adding 1.5 * 2^52, which leaves k in the low bits of the sum;
 * <li>r = x - k ln 2 / 8, |r| &lt;= 0.0434, by a high part of ln 2 / 8 of so few bits that its product with k is
 * exact, and a low part (Cody and Waite 1980); what rounding took from x on the way here comes in with the low part;
 * <li>exp(r) - 1 = r + r^2 q(r), q of degree 5;
 * <li>the result is s + s (exp(r) - 1) for the scale s = ONE 2^(k / 8): the low three bits of k choose one of eight
 * numbers in a table, the others are added to its exponent.
 * </ol>
 *
 * <h2>Accuracy</h2>
 * Scale, r, polynomial and their product are wrong by at most 2^-55.7 of the result together, so that the last addition
 * makes most of the error: 0.655 ulp at the most, and 0.615 is the worst of 11 million that every build tries. What
 * that addition drops is known, and a sum takes it in ({@link #tail(double, double, double)}).
 * <ul>
 * <li>q is the minimax polynomial of (exp(r) - 1 - r) / r^2 with weight r^2 / exp(r), by Remez exchange at 60 digits;
 * with its coefficients rounded it is good to 2^-58.2.
 * <li>A table of doubles next to 2^(j / 8) would be wrong by up to half an ulp. But any unit will do: with the
 * significand of ONE, the best of the 2^36 doubles from 1 on, all eight products ONE 2^(j / 8) lie within 0.0103 ulp
 * of a double. That is what a second table would give, without its look-ups.
 * </ul>
 *
 * <h2>Loops</h2>
 * Each step over an array is a loop of its own because HotSpot makes vector instructions of short loops only (about 60
 * nodes of its graph: some 12 operations with their loads and stores). It does not where doubles are taken apart into
 * bits, so {@link #scales(double[], int)} is scalar and does nothing else. And all arrays are used from their
 * beginning, because HotSpot 17 gives up where offsets into several arrays differ. How the loops are kept apart says
 * {@link Step}.
 *
 * <p>Source: W. J. Cody and W. Waite (1980), <i>Software Manual for the Elementary Functions</i>; P. T. P. Tang (1989),
 * Table-driven implementation of the exponential function in IEEE floating-point arithmetic, ACM Trans. Math. Softw.
 * 15(2), doi:10.1145/63522.214389; J.-M. Muller (2016), <i>Elementary Functions</i>, 3rd ed.,
 * doi:10.1007/978-1-4899-7983-4.
 */
final class Exp {

    /** The significand of {@link #ONE}: 1 + 47163545439 * 2^-52, see above. */
    static final double UNIT = 0x1.0000afb2a975fp+0; // 1.0000104724108139

    /** The power of two in {@link #ONE}. */
    static final int UNIT_EXPONENT = 500;

    /** The unit of the results: exp(0). */
    static final double ONE = UNIT * 0x1p500;

    /** 1 / UNIT, to about 107 bits. */
    static final double UNIT_INVERSE = 0x1.fffea09b9e3f0p-1; // 0.9999895276988564
    static final double UNIT_INVERSE_TAIL = -0x1.317bac0accb3ap-55; // -3.3120543406985625e-17

    private static final int STEP_BITS = 3;
    private static final int STEPS = 1 << STEP_BITS;

    /** The bits of UNIT 2^(j / 8), without exponent and less what the low bits of the index will add. */
    private static final long[] SCALES = scaleBits(
            UNIT, // 1.0000104724108139
            0x1.172c4361693b4p+0, // 1.0905191529102298
            0x1.3070b1940d512p+0, // 1.1892195688681721
            0x1.4bfe912d7e446p+0, // 1.2968531356875856
            0x1.6a0adee162c76p+0, // 1.4142283725984988
            0x1.8acf63193e600p+0, // 1.542226976073266
            0x1.ae8b211277c72p+0, // 1.681810442932854
            0x1.d582d00af518ep+0); // 1.8340272928954593

    private static final double STEPS_PER_E = 0x1.71547652b82fep+3; // 8 / ln 2 = 11.541560327111707
    private static final double STEP_HIGH = 0x1.62e42fefa0000p-4; // 0.08664339756978734, 39 bits: k times it is exact
    private static final double STEP_LOW = 0x1.cf79abc9e3b3ap-43; // 2.0582436978621353e-13

    /** The index of exp(0): its scale has the biased exponent of 2^UNIT_EXPONENT. */
    private static final int INDEX_OF_ONE = (UNIT_EXPONENT + Double.MAX_EXPONENT) * STEPS;

    /** 1.5 * 2^52 leaves an integer in the low bits of a sum. */
    private static final double INTEGER_SHIFT = 0x1.8p52;

    private static final double SHIFT = INTEGER_SHIFT + INDEX_OF_ONE;

    /** Arguments below this give 0: the scales from here on are normal numbers. */
    static final double FLOOR = -(INDEX_OF_ONE - STEPS - 1) * STEP_HIGH; // -1054.8833654121609

    /** The bits of the sum for an index that is certainly above the floor. */
    private static final long SAFE_BITS = Double.doubleToRawLongBits(INTEGER_SHIFT + STEPS + 2);

    /** Moderate arguments are those whose index plus half of this is one of that many: |x| up to 177.4. */
    private static final int MODERATE_BITS = 12;

    /** Shifts moderate arguments so that their index and half of all leave the bits above alone. */
    private static final double MODERATE_SHIFT = INTEGER_SHIFT + (1 << MODERATE_BITS - 1);

    /** The bits that are the same in all of them. */
    private static final long COMMON = Double.doubleToRawLongBits(INTEGER_SHIFT);

    /** The scales of all moderate arguments, 32 KB, of which a row uses what its logits spread over. */
    private static final double[] MODERATE_SCALES = allModerateScales();

    private static final double Q0 = 0x1.000000000010bp-1; // 0.5000000000000296
    private static final double Q1 = 0x1.5555555555132p-3; // 0.16666666666663726
    private static final double Q2 = 0x1.55555548101edp-5; // 0.04166666657011207
    private static final double Q3 = 0x1.11111125d70f2p-7; // 0.008333333371119942
    private static final double Q4 = 0x1.6c1cbd30c5177p-10; // 0.0013889780495378293
    private static final double Q5 = 0x1.a01639c0d9d0ap-13; // 0.00019840565621651762

    private Exp() {}

    private static double[] allModerateScales() {
        double[] scales = new double[1 << MODERATE_BITS];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = scale(Double.doubleToRawLongBits(SHIFT - scales.length / 2 + i));
        }
        return scales;
    }

    private static long[] scaleBits(double... scales) {
        long[] bits = new long[STEPS];
        for (int j = 0; j < STEPS; j++) {
            long unbiased = Double.doubleToRawLongBits(scales[j]) - Double.doubleToRawLongBits(1.0);
            bits[j] = unbiased - ((long) j << 52 - STEP_BITS);
        }
        return bits;
    }

    /**
     * Arguments z - m, reduced: from logits in x to r, and to the indices of the scales.
     *
     * @param x     logits, becomes r
     * @param index becomes k + SHIFT
     */
    static boolean reduce(double[] x, double[] index, double m, int n) {
        for (int i = 0; i < n; i++) {
            double d = x[i] - m;
            double tail = Exact.sumError(x[i], -m, d);
            double shifted = Fma.fma(d, STEPS_PER_E, SHIFT);
            double k = SHIFT - shifted;
            index[i] = shifted;
            x[i] = Exact.sum(Fma.fma(k, STEP_HIGH, d), Fma.fma(k, STEP_LOW, tail));
        }
        return true;
    }

    /** The same for arguments x + tail. */
    static boolean reducePairs(double[] x, double[] tail, int n) {
        for (int i = 0; i < n; i++) {
            double shifted = Fma.fma(x[i], STEPS_PER_E, SHIFT);
            double k = SHIFT - shifted;
            x[i] = Exact.sum(Fma.fma(k, STEP_HIGH, x[i]), Fma.fma(k, STEP_LOW, tail[i]));
            tail[i] = shifted;
        }
        return true;
    }

    /**
     * Arguments of either sign to which nothing has been done yet, from x to exp(r) - 1, and to the indices of the
     * scales.
     *
     * @param index becomes k + MODERATE_SHIFT
     */
    static boolean expm1(double[] x, double[] index, int n) {
        for (int i = 0; i < n; i++) {
            index[i] = Fma.fma(x[i], STEPS_PER_E, MODERATE_SHIFT);
            x[i] = moderateExpm1(x[i]);
        }
        return true;
    }

    /**
     * From indices to scales, in place, where all arguments are moderate.
     *
     * @return whether they are; if not, the scales are of no use
     */
    static boolean moderateScales(double[] index, int n) {
        long all = COMMON;
        for (int i = 0; i < n; i++) {
            long bits = Double.doubleToRawLongBits(index[i]);
            all |= bits; // an index too low or too high leaves ones above that do not belong there
            index[i] = moderateScale(bits);
        }
        return areModerate(all);
    }

    private static boolean areModerate(long bits) {
        return bits >>> MODERATE_BITS == COMMON >>> MODERATE_BITS;
    }

    /**
     * From indices to scales, in place.
     *
     * @return whether every argument was well above {@link #FLOOR}; if not, the scales are of no use
     */
    static boolean scales(double[] index, int n) {
        for (int i = 0; i < n; i++) {
            long bits = Double.doubleToRawLongBits(index[i]);
            if (bits < SAFE_BITS) {
                return false;
            }
            index[i] = scale(bits);
        }
        return true;
    }

    private static double scale(long bits) {
        return Double.longBitsToDouble(SCALES[(int) bits & STEPS - 1] + (bits << 52 - STEP_BITS));
    }

    /** The scale of a moderate argument. */
    static double moderateScale(double x) {
        return moderateScale(Double.doubleToRawLongBits(Fma.fma(x, STEPS_PER_E, MODERATE_SHIFT)));
    }

    private static double moderateScale(long bits) {
        return MODERATE_SCALES[(int) bits & MODERATE_SCALES.length - 1];
    }

    /** Whether an argument is moderate; all within -{@link Unshifted#LIMIT} and {@link Unshifted#LIMIT} are. */
    static boolean isModerate(double x) {
        return areModerate(Double.doubleToRawLongBits(Fma.fma(x, STEPS_PER_E, MODERATE_SHIFT)));
    }

    /** exp(r) - 1 for a moderate argument. */
    static double moderateExpm1(double x) {
        double k = MODERATE_SHIFT - Fma.fma(x, STEPS_PER_E, MODERATE_SHIFT);
        return expm1(Fma.fma(k, STEP_LOW, Fma.fma(k, STEP_HIGH, x)));
    }

    /** From r to exp(r) - 1, in place. */
    static boolean expm1(double[] r, int n) {
        for (int i = 0; i < n; i++) {
            r[i] = expm1(r[i]);
        }
        return true;
    }

    private static double expm1(double r) {
        // by pairs of terms, which do not wait for one another
        double square = r * r;
        double q = Fma.fma(Fma.fma(Q5, r, Q4), square, Fma.fma(Q3, r, Q2));
        return Fma.fma(square, Fma.fma(q, square, Fma.fma(Q1, r, Q0)), r);
    }

    /** The scale of an argument, 0 below the floor. */
    static double scale(double x) {
        return x < FLOOR ? 0 : scale(Double.doubleToRawLongBits(Fma.fma(x, STEPS_PER_E, SHIFT)));
    }

    /** exp(r) - 1 for the argument x + tail; for one below the floor, 0. */
    static double expm1(double x, double tail) {
        if (x < FLOOR) {
            return 0;
        }
        double k = SHIFT - Fma.fma(x, STEPS_PER_E, SHIFT);
        return expm1(Fma.fma(k, STEP_HIGH, x) + Fma.fma(k, STEP_LOW, tail));
    }

    /** ONE exp(x), rounded, from scale and exp(r) - 1. */
    static double exp(double scale, double expm1) {
        return scale + scale * expm1;
    }

    /** ONE exp(x) for a moderate argument, rounded, and what rounding dropped. */
    static DoubleDouble moderateExp(double x) {
        double scale = moderateScale(x);
        double expm1 = moderateExpm1(x);
        double exp = exp(scale, expm1);
        return new DoubleDouble(exp, tail(scale, expm1, exp));
    }

    /** What the rounding of {@link #exp(double, double)} dropped. */
    static double tail(double scale, double expm1, double exp) {
        return Exact.fastSumError(scale, scale * expm1, exp);
    }
}
