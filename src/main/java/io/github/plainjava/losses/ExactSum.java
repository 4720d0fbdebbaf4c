package io.github.plainjava.losses;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * A sum of doubles and of products of two doubles, without rounding: one fixed-point number wide enough for every bit
 * that a product of two doubles can have. Order and grouping therefore cannot change it, and two sums can be merged.
 *
 * <p>The number is kept in limbs of 32 bits inside longs, so that carries need to be passed on only once in 2^29
 * additions. Most losses and weights do not even go there one by one: numbers of usual size are parted at a bit that
 * all share, 2^-22, both parts add up exactly in doubles, and the limbs take in two sums instead of some thousand
 * numbers.
 *
 * <p>Source: R. M. Neal (2015), Fast exact summation using small and large superaccumulators, arXiv:1505.05571.
 */
final class ExactSum {

    private static final int LIMB_BITS = 32;
    private static final long LIMB_MASK = 0xffff_ffffL;

    /** The lowest bit of a product: (2^-1074)^2. */
    private static final int LOWEST_BIT = -2148;

    /** Up to 2^2048 for a product, and 2^63 of those. */
    private static final int LIMBS = (2048 + 63 - LOWEST_BIT) / LIMB_BITS + 2;

    /** An addition changes a limb by less than 2^34, and a limb holds 2^63. */
    private static final int ADDITIONS_BETWEEN_CARRIES = 1 << 29;

    /** As many as head and tail of a {@link DoubleDouble} are certain to hold. */
    private static final int WIDE_BITS = 106;

    private static final int FRACTION_BITS = 52;
    private static final long IMPLICIT_BIT = 1L << FRACTION_BITS;
    /** The exponent of the last bit of a double is its biased exponent less this. */
    private static final int LAST_BIT_BIAS = Double.MAX_EXPONENT + FRACTION_BITS;

    /** Numbers whose last bits are worth 2^-64 to 2^-42. */
    private static final Range PARTED = new Range(0x1p-12, 0x1p10);

    /** Doubles around it are 2^-22 apart. */
    private static final double PARTING = 0x1.8p30;

    /** That many low parts of at most 2^-23, in units of 2^-64, add up to 53 bits; the high parts to 44. */
    private static final int MOST_PARTED = 1 << 12;

    private final long[] limbs;
    private int additions;
    private double highParts;
    private double lowParts;
    private int parted;

    ExactSum() {
        limbs = new long[LIMBS];
    }

    /** The sum that is an integer times 2^-2148, as {@link #toInteger} says it; below 2^2111 in magnitude. */
    static ExactSum of(BigInteger integer) {
        ExactSum sum = new ExactSum();
        for (int i = 0; i < LIMBS - 1; i++) {
            sum.limbs[i] = integer.shiftRight(LIMB_BITS * i).longValue() & LIMB_MASK;
        }
        sum.limbs[LIMBS - 1] = integer.shiftRight(LIMB_BITS * (LIMBS - 1)).longValueExact();
        return sum;
    }

    /** Adds a finite number. */
    void add(double x) {
        if (!PARTED.contains(x)) {
            addToLimbs(x);
            return;
        }
        double part = (x + PARTING) - PARTING;
        highParts += part;
        lowParts += x - part;
        if (++parted == MOST_PARTED) {
            addParts();
        }
    }

    /** Adds the first few of an array, all finite. */
    void add(double[] x, int n) {
        double high = 0;
        double low = 0;
        for (int i = 0; i < n; i++) {
            if (PARTED.contains(x[i])) {
                double part = (x[i] + PARTING) - PARTING;
                high += part;
                low += x[i] - part;
            } else {
                addToLimbs(x[i]);
            }
        }
        if (parted + n >= MOST_PARTED) {
            addParts();
        }
        highParts += high;
        lowParts += low;
        parted += n;
    }

    private void addParts() {
        parted = 0;
        addToLimbs(highParts);
        addToLimbs(lowParts);
        highParts = 0;
        lowParts = 0;
    }

    private void addToLimbs(double x) {
        int bit = biasedExponent(x) - LAST_BIT_BIAS - LOWEST_BIT;
        int limb = bit / LIMB_BITS;
        int shift = bit % LIMB_BITS;
        long sign = Double.doubleToRawLongBits(x) >> 63; // 0, or -1 for a negative number: then n becomes ~n + 1
        long significand = significand(x);
        long low = (significand & LIMB_MASK) << shift;
        long high = (significand >>> LIMB_BITS << shift) + (low >>> LIMB_BITS);
        limbs[limb] += ((low & LIMB_MASK) ^ sign) - sign;
        limbs[limb + 1] += ((high & LIMB_MASK) ^ sign) - sign;
        limbs[limb + 2] += ((high >>> LIMB_BITS) ^ sign) - sign;
        countAddition();
    }

    /** Adds the exact product of two finite numbers. */
    void addProduct(double x, double y) {
        if (x == 1) {
            add(y);
        } else if (x != 0 && y != 0) {
            long a = significand(x);
            long b = significand(y);
            int exponent = biasedExponent(x) + biasedExponent(y) - 2 * LAST_BIT_BIAS;
            add(Math.multiplyHigh(a, b), a * b, exponent, x < 0 != y < 0);
        }
    }

    /** Adds all of another sum. */
    void add(ExactSum other) {
        carry();
        long[] others = other.toLimbs();
        for (int i = 0; i < LIMBS; i++) {
            limbs[i] += others[i];
        }
        countAddition();
    }

    private static long significand(double x) {
        long bits = Double.doubleToRawLongBits(x);
        long fraction = bits & (IMPLICIT_BIT - 1);
        return (bits & Double.doubleToRawLongBits(Double.POSITIVE_INFINITY)) == 0 ? fraction : fraction | IMPLICIT_BIT;
    }

    private static int biasedExponent(double x) {
        int biased = (int) (Double.doubleToRawLongBits(x) >>> FRACTION_BITS) & 0x7ff;
        return Math.max(biased, 1); // a subnormal number has the exponent of the smallest normal one
    }

    /** Adds or subtracts the 128-bit integer (high, low) times 2^exponent. */
    private void add(long high, long low, int exponent, boolean negative) {
        int bit = exponent - LOWEST_BIT;
        int limb = bit / LIMB_BITS;
        int shift = bit % LIMB_BITS;
        long sign = negative ? -1 : 1;
        addShifted(limb, low & LIMB_MASK, shift, sign);
        addShifted(limb + 1, low >>> LIMB_BITS, shift, sign);
        if (high != 0) {
            addShifted(limb + 2, high & LIMB_MASK, shift, sign);
            addShifted(limb + 3, high >>> LIMB_BITS, shift, sign);
        }
        countAddition();
    }

    private void countAddition() {
        if (++additions == ADDITIONS_BETWEEN_CARRIES) {
            carry();
        }
    }

    private void addShifted(int limb, long word, int shift, long sign) {
        long shifted = word << shift;
        limbs[limb] += sign * (shifted & LIMB_MASK);
        limbs[limb + 1] += sign * (shifted >>> LIMB_BITS);
    }

    /** Brings every limb but the last into 0..2^32 - 1; the last one then has the sign of the sum. */
    private void carry() {
        if (parted > 0) {
            addParts();
        }
        long carry = 0;
        for (int i = 0; i < LIMBS - 1; i++) {
            long limb = limbs[i] + carry;
            limbs[i] = limb & LIMB_MASK;
            carry = limb >> LIMB_BITS;
        }
        limbs[LIMBS - 1] += carry;
        additions = 0;
    }

    /** The limbs in the one form that equal sums share. */
    private long[] toLimbs() {
        carry();
        return limbs.clone();
    }

    /** -1, 0 or 1 as the sum is negative, zero or positive. */
    int signum() {
        carry();
        long top = limbs[topLimb()];
        return limbs[LIMBS - 1] < 0 ? -1 : Long.signum(top);
    }

    /** The sum, correctly rounded; infinite beyond the double range, and never -0.0. */
    double toDouble() {
        double quick = quickRatio(1, 0);
        return Double.isNaN(quick) ? ratio(toInteger(), BigInteger.ONE.shiftLeft(-LOWEST_BIT)) : quick;
    }

    /** The top 100 bits or more of a sum that is not negative. */
    Wide toWide() {
        BigInteger bits = toInteger();
        int dropped = Math.max(0, bits.bitLength() - WIDE_BITS);
        BigInteger top = bits.shiftRight(dropped);
        double head = top.doubleValue();
        double tail = top.subtract(new BigDecimal(head).toBigIntegerExact()).doubleValue();
        return Wide.of(new DoubleDouble(head, tail)).scaled(LOWEST_BIT + dropped);
    }

    /** This sum divided by another that is positive, correctly rounded. */
    double dividedBy(ExactSum divisor) {
        double quotient = quickRatio(divisor);
        return Double.isNaN(quotient) ? ratio(toInteger(), divisor.toInteger()) : quotient;
    }

    /** The ratio to another sum without the long division, or NaN. */
    double quickRatio(ExactSum divisor) {
        double d = divisor.leading();
        return quickRatio(d, divisor.following(d));
    }

    /**
     * The ratio to d + dTail by double-double arithmetic, where that is certain to round correctly, otherwise NaN. It
     * spares the long division in all but about one case in 2^40.
     */
    private double quickRatio(double d, double dTail) {
        double n = leading();
        if (!(n > 0x1p-900 && n < 0x1p900 && d > 0x1p-900 && d < 0x1p900)) {
            return Double.NaN;
        }
        double quotient = n / d;
        if (quotient < 0x1p-900) {
            return Double.NaN; // the doubt would be below the double range
        }
        double remainder = Math.fma(-quotient, d, n) + (following(n) - quotient * dTail);
        double correction = remainder / d;
        double doubt = Math.abs(correction) * 0x1p-48 + quotient * 0x1p-98;
        double low = quotient + (correction - doubt);
        double high = quotient + (correction + doubt);
        return low == high ? low : Double.NaN;
    }

    /** The top 64 or more bits of a positive sum, rounded twice, so to within an ulp; NaN for other sums. */
    double leading() {
        carry();
        int top = topLimb();
        if (top < 2 || limbs[LIMBS - 1] < 0) {
            return Double.NaN;
        }
        double unit = Math.scalb(1.0, LOWEST_BIT + LIMB_BITS * (top - 2));
        return (limbs[top] * 0x1p64 + (limbs[top - 1] * 0x1p32 + limbs[top - 2])) * unit;
    }

    /** What a positive sum is above what {@link #leading} has just said, to within 2^-100 of the sum. */
    double following(double leading) {
        int top = topLimb();
        double rest = -leading;
        for (int i = top; i >= Math.max(0, top - 5); i--) {
            rest += limbs[i] * Math.scalb(1.0, LOWEST_BIT + LIMB_BITS * i);
        }
        return rest;
    }

    private int topLimb() {
        int top = LIMBS - 1;
        while (top > 0 && limbs[top] == 0) {
            top--;
        }
        return top;
    }

    /** The exact sum in units of 2^-2148. */
    BigInteger toInteger() {
        carry();
        byte[] bytes = new byte[Integer.BYTES * LIMBS];
        for (int i = 0; i < LIMBS; i++) {
            int end = bytes.length - Integer.BYTES * i;
            for (int b = 0; b < Integer.BYTES; b++) {
                bytes[end - 1 - b] = (byte) (limbs[i] >> Byte.SIZE * b);
            }
        }
        return new BigInteger(bytes);
    }

    /** n / d for a positive d, rounded to nearest, ties to even. */
    private static double ratio(BigInteger n, BigInteger d) {
        BigInteger dividend = n.abs();
        // The ratio lies between 2^(magnitude - 1) and 2^(magnitude + 1).
        int magnitude = dividend.bitLength() - d.bitLength();
        int lastBit = Math.max(magnitude - 1 - FRACTION_BITS, Double.MIN_EXPONENT - FRACTION_BITS) - 2;
        BigInteger[] division = lastBit < 0
                ? dividend.shiftLeft(-lastBit).divideAndRemainder(d)
                : dividend.divideAndRemainder(d.shiftLeft(lastBit));
        // Two bits or more below the last bit of the result, then one that says whether anything is left below those.
        BigInteger sticky = division[0].shiftLeft(1);
        if (division[1].signum() != 0) {
            sticky = sticky.setBit(0);
        }
        return n.signum() * rounded(sticky, lastBit - 1) + 0.0;
    }

    /** integer * 2^exponent with one rounding. */
    private static double rounded(BigInteger integer, int exponent) {
        int excess = Math.max(integer.bitLength() - FRACTION_BITS - 1, Double.MIN_EXPONENT - FRACTION_BITS - exponent);
        BigInteger kept = integer.shiftRight(excess);
        BigInteger dropped = integer.subtract(kept.shiftLeft(excess));
        int comparison = dropped.compareTo(BigInteger.ONE.shiftLeft(excess - 1));
        boolean up = comparison > 0 || comparison == 0 && kept.testBit(0);
        return Math.scalb((up ? kept.add(BigInteger.ONE) : kept).doubleValue(), exponent + excess);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExactSum sum && Arrays.equals(toLimbs(), sum.toLimbs());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(toLimbs());
    }
}
