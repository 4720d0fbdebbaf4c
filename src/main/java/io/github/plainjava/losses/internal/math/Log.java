package io.github.plainjava.losses.internal.math;

import static io.github.plainjava.losses.internal.math.Fma.fma;

/**
 * The natural logarithm as the sum of two doubles, head and tail, from additions, multiplications, fused multiply-adds
 * and table look-ups alone, so that the bits are the same on every processor and under every compiler.
 *
 * <h2>Method</h2>
 * For a double y = 2^k z, 0.707 &lt;= z &lt; 1.415, a table gives an approximation 1/c of 1/z, chosen by the first
 * seven bits of y's fraction, and
 * <pre>
 *     log y = k ln 2 + log c + log(1 + r),    1 + r = y 2^-k / c,    -2^-8 &lt;= r &lt; 2^-7
 * </pre>
 * <ol>
 * <li>Of the doubles next to the reciprocal of its interval's middle, 1/c is one for which log c is an integer multiple
 * of ln 2 / (128 {@value #STEPS}), a little more than 2^-41, to within 2^-64 of the smallest logarithm in the interval.
 * Such "accurate tables" are Gal's idea. Then k ln 2 + log c is an integer n times that unit: n comes out of integer
 * arithmetic, n 2^-41 is a double, the table has no tails, and the little more is one multiplication by
 * {@link #EXCESS}.
 * <li>The product 1 + r is carried with its error; next to 1, c is 1 and r exact.
 * <li>log(1 + r) = r + r^2 q(r). With s = -r, q is the minimax polynomial of degree 5 with q(0) held at -1/2, by Remez
 * exchange at 90 digits with weight s^2 / log(1 - s); its relative error, coefficients rounded, is 2^-60.3.
 * <li>The head is the rounded n 2^-41 - s; the tail is what that rounding dropped, and everything smaller. It may be as
 * large as 2^-8 of the head.
 * </ol>
 * Head and tail are log p to within 2^-58.8 of it: the polynomial's error and the roundings of s^2, of q and of the
 * tail, three times 2^-61. The worst of 10 million numbers measured is 2^-59.1; it is next to 1.007, others are next to
 * 1 as well. Both are 0 for p = 1.
 *
 * <h2>Over arrays</h2>
 * A loop becomes vector instructions under HotSpot 17 only while it is short and every array in it is read and written
 * at the same index, and not where doubles are taken apart into bits: so the look-ups are a loop of their own. One more
 * thing has to be seen to. The compiler orders the operands of a commutative operation as it numbered them, the copies
 * of an unrolled loop may come out ordered differently, and then it does not recognize them as one vector operation.
 * Where both operands are computed in the loop, there are subtractions and fused multiply-adds here and no additions;
 * this is why s is -r.
 *
 * <p>Source: S. Gal and B. Bachelis (1991), An accurate elementary mathematical library for the IEEE floating point
 * standard, ACM Trans. Math. Softw. 17(1), doi:10.1145/103147.103151; P. T. P. Tang (1990), Table-driven implementation
 * of the logarithm function in IEEE floating-point arithmetic, ACM Trans. Math. Softw. 16(4),
 * doi:10.1145/98267.98294.
 */
public final class Log {

    /** Lifts every double up to 1 to a normal number. */
    private static final double LIFT = 0x1p54;
    private static final int LIFT_EXPONENT = 54;

    private static final double LEAST_MIDDLING = 0x1p-1000;

    /** The leading bits of a double that choose its table entry, and count its power of two above them. */
    private static final int INTERVAL_BITS = 7;
    private static final int INTERVALS = 1 << INTERVAL_BITS;
    private static final int INTERVAL_SHIFT = 52 - INTERVAL_BITS;

    /** From 1 + 53/128 = 1.414 on, a fraction belongs to the power of two above. */
    private static final int FIRST_LOWERED = 53;

    /** ln 2 in 128 units; 2^34 ln 2 rounded. */
    private static final long STEPS = 11_908_177_887L;

    private static final long LN2_UNITS = INTERVALS * STEPS;

    /** A unit, rounded down. */
    private static final double GRID = 0x1p-41;

    /** What a unit is more than 2^-41, as a part of it: 2^41 ln 2 / LN2_UNITS - 1. */
    private static final double EXCESS = 0x1.9b1eeaff04e4dp-36; // 2.336951031662491e-11

    /** Added to n 2^-41, it leaves n in the low bits: from 2048 to 4096 doubles are 2^-41 apart. */
    private static final double ORIGIN = 3072;
    private static final double LIFTED_ORIGIN = ORIGIN + LIFT_EXPONENT * LN2_UNITS * GRID;
    private static final double LOWERED_ORIGIN = ORIGIN - LIFT_EXPONENT * LN2_UNITS * GRID;

    private static final double Q0 = -0.5;
    private static final double Q1 = -0x1.5555555554942p-2; // -0.33333333333316173
    private static final double Q2 = -0x1.00000000d4dc9p-2; // -0.2500000000483991
    private static final double Q3 = -0x1.99999e10948c3p-3; // -0.20000003326510382
    private static final double Q4 = -0x1.555485369aae8p-3; // -0.16666511605156775
    private static final double Q5 = -0x1.215ef7ac59ae7p-3; // -0.14129441733094625

    /**
     * How many doubles above the rounded reciprocal of its interval's middle each 1/c is: the first for which log c is
     * as near a multiple of the unit as said above, found with fractions of 128 bits and verified with 75 digits.
     */
    private static final int[] DOUBLES_ABOVE = {
        0, 319267760, 86707711, 272683182, 1286282, 30333033, 62502711, 110720023, 64906012, 107639102, 350252792,
        28981324, 121057759, 72423073, 8835050, 4342373, 42968176, 4290917, 35895313, 9594050, 3867244, 8574887,
        39379151, 30293970, 6121992, 12287580, 1454785, 27127119, 5747400, 12140439, 8791681, 2005378, 14541116,
        9744771, 4149612, 4602658, 8537164, 21271136, 19369416, 2361487, 3559495, 32603787, 16355820, 8042781, 6673546,
        20866152, 915762, 430284, 4241224, 4983760, 524242, 9110, 9620051, 9769707, 288440, 35406038, 33750734,
        1829850, 56545234, 2197103, 23201484, 7633562, 15189513, 34347186, 17231587, 2765241, 11302588, 155867,
        2501581, 2901819, 8280203, 9883139, 14423213, 3979986, 20923960, 26595611, 20614133, 9731577, 15313482,
        14185109, 21587276, 5815071, 27756394, 16167811, 30586720, 21720648, 13621184, 43107253, 42735917, 3558765,
        10301790, 26943181, 8698732, 119269621, 2914217, 25560757, 3628465, 103917907, 38117349, 27192685, 13137461,
        41079591, 15093034, 181885766, 13997313, 91066032, 4860119, 58999124, 8717422, 138381924, 54774308, 103913248,
        50675292, 2221039, 132081295, 13751425, 22944074, 49971468, 35363926, 30343844, 107287312, 58496333, 425116157,
        52159509, 175404685, 1169945109, 1570021889, 0
    };

    /** For each interval the scale's bits, then the bits of the shifted multiple, both for a power of two of 0. */
    private static final long[] TABLE = table();

    private Log() {}

    private static long[] table() {
        long[] table = new long[2 * INTERVALS];
        for (int j = 0; j < INTERVALS; j++) {
            int lowered = j < FIRST_LOWERED ? 0 : 1;
            long inverse = Double.doubleToRawLongBits(1 / middle(j, lowered)) + DOUBLES_ABOVE[j];
            // StrictMath is good to a thousandth of a unit, and the nearest integer is meant.
            double log = -StrictMath.log(Double.longBitsToDouble(inverse));
            long multiple = Math.round(log * (LN2_UNITS / StrictMath.log(2)));
            int power = lowered - Double.MAX_EXPONENT;
            table[j] = inverse + ((long) j << INTERVAL_SHIFT) - ((long) power << 52);
            table[INTERVALS + j] =
                    Double.doubleToRawLongBits(ORIGIN) + multiple - j * STEPS + power * LN2_UNITS;
        }
        return table;
    }

    /** The middle of an interval, but 1 for the two intervals that meet there. */
    private static double middle(int j, int lowered) {
        return j == 0 || j == INTERVALS - 1 ? 1 : (1 + (j + 0.5) / INTERVALS) * (1 - 0.5 * lowered);
    }

    /** log p for a positive finite p. */
    public static Pair log(double p) {
        double y = scaled(p);
        long leading = leading(y);
        double scale = scale(leading);
        double product = y * scale;
        double s = 1 - product;
        double base = base(leading, origin(p));
        return new Pair(head(base, s), tail(base, s, Exact.productError(y, scale, product)));
    }

    /** log(1 + rest) for 0 &lt;= rest &lt;= 2^1000, whose tail is at most 2^-48 of it. */
    public static Pair log1p(Pair rest) {
        double x = rest.head();
        long leading = leading(1 + x);
        double scale = scale(leading);
        double s = minusR(x, scale);
        double base = base(leading, ORIGIN);
        return new Pair(head(base, s), tail(base, s, rTail(x, rest.tail(), scale)));
    }

    private static double scaled(double p) {
        return p <= 1 ? p * LIFT : p / LIFT;
    }

    private static double origin(double p) {
        return p <= 1 ? LIFTED_ORIGIN : LOWERED_ORIGIN;
    }

    /**
     * log p over arrays, in place, for any positive finite p, with the bits of {@link #log(double)}.
     *
     * @param tail    only written
     * @param scratch only written
     */
    public static void logOfAny(double[] p, double[] tail, double[] scratch, int n) {
        for (int i = 0; i < n; i++) {
            double y = p[i];
            long lift = LIFT_EXPONENT * LN2_UNITS;
            if (!(y >= LEAST_MIDDLING && y <= 1 / LEAST_MIDDLING)) {
                lift = y < 1 ? 0 : 2 * lift;
                y = scaled(y);
            }
            long leading = leading(y);
            tail[i] = scale(leading);
            scratch[i] = Double.longBitsToDouble(Double.doubleToRawLongBits(shiftedBase(leading)) + lift);
            p[i] = y;
        }
        finish(p, tail, scratch, n);
    }

    /**
     * log p over arrays, in place: on return p[i] holds the head and tail[i] the tail, for p from 0 to 1, subnormal
     * numbers included, or NaN. For p = 0 of either sign both are some finite number: 0 times it is 0.
     *
     * @param tail    only written
     * @param scratch only written
     */
    public static void log(double[] p, double[] tail, double[] scratch, int n) {
        lift(p, n);
        lookUp(p, tail, scratch, n);
        finish(p, tail, scratch, n);
    }

    private static void lift(double[] p, int n) {
        for (int i = 0; i < n; i++) {
            p[i] *= LIFT;
        }
    }

    /** From normal numbers y to what the table has for them. */
    private static void lookUp(double[] y, double[] scale, double[] shifted, int n) {
        for (int i = 0; i < n; i++) {
            long leading = leading(y[i]);
            scale[i] = scale(leading);
            shifted[i] = shiftedBase(leading);
        }
    }

    /** From lifted numbers and what the table has for them to heads and tails. */
    private static void finish(double[] y, double[] scale, double[] shifted, int n) {
        for (int i = 0; i < n; i++) {
            double product = y[i] * scale[i];
            double rTail = Exact.productError(y[i], scale[i], product);
            double s = 1 - product;
            double base = shifted[i] - LIFTED_ORIGIN;
            y[i] = head(base, s);
            scale[i] = tail(base, s, rTail);
        }
    }

    /**
     * log(1 + rest + restTail) over arrays, in place: on return rest holds the heads and restTail the tails, with the
     * bits of {@link #log1p(Pair)}.
     *
     * @param scratchA only written
     * @param scratchB only written
     */
    public static void log1p(double[] rest, double[] restTail, double[] scratchA, double[] scratchB, int n) {
        lookUp1p(rest, scratchA, scratchB, n);
        reduce1p(rest, restTail, scratchA, n);
        finish1p(rest, restTail, scratchB, n);
    }

    private static void lookUp1p(double[] rest, double[] scale, double[] shifted, int n) {
        for (int i = 0; i < n; i++) {
            long leading = leading(1 + rest[i]);
            scale[i] = scale(leading);
            shifted[i] = shiftedBase(leading);
        }
    }

    private static void reduce1p(double[] rest, double[] restTail, double[] scale, int n) {
        for (int i = 0; i < n; i++) {
            restTail[i] = rTail(rest[i], restTail[i], scale[i]);
            rest[i] = minusR(rest[i], scale[i]);
        }
    }

    private static void finish1p(double[] s, double[] rTail, double[] shifted, int n) {
        for (int i = 0; i < n; i++) {
            double base = shifted[i] - ORIGIN;
            rTail[i] = tail(base, s[i], rTail[i]);
            s[i] = head(base, s[i]);
        }
    }

    /** Sign, exponent and the first bits of the fraction. */
    private static long leading(double y) {
        return Double.doubleToRawLongBits(y) >>> INTERVAL_SHIFT;
    }

    /** 2^-k / c. */
    private static double scale(long leading) {
        return Double.longBitsToDouble(TABLE[(int) leading & INTERVALS - 1] - (leading << INTERVAL_SHIFT));
    }

    /** k ln 2 + log c, less the excess of its units, and shifted by {@link #ORIGIN}. */
    private static double shiftedBase(long leading) {
        return Double.longBitsToDouble(TABLE[((int) leading & INTERVALS - 1) + INTERVALS] + leading * STEPS);
    }

    private static double base(long leading, double origin) {
        return shiftedBase(leading) - origin;
    }

    private static double head(double base, double s) {
        return base - s;
    }

    /** base (1 + EXCESS) + log(1 - s + rTail) - head. */
    private static double tail(double base, double s, double rTail) {
        double square = s * s;
        double q = fma(fma(Q5, s, Q4), square, fma(Q3, s, Q2));
        q = fma(q, square, fma(Q1, s, Q0));
        double headError = s - (base - head(base, s)); // negative
        double small = fma(rTail, s, rTail - headError); // rTail / (1 + r), nearly
        return fma(square, q, fma(EXCESS, base, small));
    }

    /** s = -r where 1 + r = (1 + rest) scale. */
    private static double minusR(double rest, double scale) {
        return (1 - scale) - rest * scale;
    }

    /** (1 + rest + restTail) scale - 1 + s; the two numbers that s is the difference of are near: it is exact. */
    private static double rTail(double rest, double restTail, double scale) {
        double product = rest * scale;
        double complement = 1 - scale;
        double complementError = (1 - complement) - scale;
        return fma(restTail, scale, Exact.productError(rest, scale, product)) - complementError;
    }
}
