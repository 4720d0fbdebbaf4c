package io.github.plainjava.losses.internal.math;

/**
 * {@link Math#fma} where the processor has it, and where not, the same bits without {@link java.math.BigDecimal}, to
 * which {@code Math.fma} then turns: that takes a thousand times as long as all the rest of a loss. Machines without
 * it are not only old ones; virtual machines often hide it from their guests.
 *
 * <p>In software the product is taken apart into its rounded value and its error, both doubles. What remains is to
 * round a sum of three doubles once; see {@link #sum}.
 *
 * <p>Source: S. Boldo, G. Melquiond (2008), Emulation of a FMA and correctly rounded sums: proved algorithms using
 * rounding to odd, IEEE Trans. Comput. 57(4), doi:10.1109/TC.2007.70819; T. J. Dekker (1971), A floating-point
 * technique for extending the available precision, Numer. Math. 18, doi:10.1007/BF01397083.
 */
public final class Fma {

    /** The system property that decides instead of the clock: "hardware" or "software". */
    private static final String PROPERTY = "io.github.plainjava.losses.fma";

    private static final int ROUNDS = 16;
    private static final int CALLS = 20;

    /** Nanoseconds. That many calls take about 1,000 in hardware, interpreted too, and in software 70,000 or more. */
    private static final long LIMIT = 10_000;

    /** Whether {@link Math#fma} is fast here. A constant for the compiler, which drops the other way. */
    public static final boolean HARDWARE = isHardware(System.getProperty(PROPERTY), leastNanos());

    /** The last bit of the error of a larger product is worth 2^-1064 or more, so that the error is a double. */
    private static final double SMALLEST_PRODUCT = 0x1p-958;

    /** Sums of three numbers below it, and factors below it times {@link #SPLITTER}, stay in the double range. */
    private static final double LARGEST = 0x1p990;

    /** 2^27 + 1, which parts 53 bits into two halves of 26 bits and a sign. */
    private static final double SPLITTER = 0x1p27 + 1;

    /** If the exponents of product and third number differ by more, the smaller one only tips the balance. */
    private static final int FAR_APART = 200;

    private Fma() {}

    public static boolean isHardware(String property, long nanos) {
        return "hardware".equals(property) || !"software".equals(property) && nanos < LIMIT;
    }

    /** The least time that some calls take, after one that loads what there is to load. */
    private static long leastNanos() {
        double x = Math.fma(1.0 / 3, 1.0 / 7, 1.0 / 9);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (int call = 0; call < CALLS; call++) {
                x = Math.fma(x, 1.0 / 3, 1.0 / 9);
            }
            least = Math.min(least, System.nanoTime() - start);
        }
        return least + (long) x; // x is below 1, and adds nothing: but no compiler may leave the calls out
    }

    /** a * b + c, rounded once. */
    public static double fma(double a, double b, double c) {
        return HARDWARE ? Math.fma(a, b, c) : software(a, b, c);
    }

    /** The same bits as {@link Math#fma}, for all doubles. */
    public static double software(double a, double b, double c) {
        double product = a * b;
        double size = Math.abs(product);
        return size > SMALLEST_PRODUCT
                        && size < LARGEST
                        && Math.abs(a) < LARGEST
                        && Math.abs(b) < LARGEST
                        && Math.abs(c) < LARGEST
                ? sum(product, c, productError(a, b, product))
                : extreme(a, b, c);
    }

    /** a * b - product exactly, where product is the rounded a * b. */
    private static double productError(double a, double b, double product) {
        double aHigh = high(a);
        double bHigh = high(b);
        double aLow = a - aHigh;
        double bLow = b - bHigh;
        return aLow * bLow - (((product - aHigh * bHigh) - aLow * bHigh) - aHigh * bLow);
    }

    private static double high(double x) {
        double large = x * SPLITTER;
        return large - (large - x);
    }

    /**
     * a + b + c, rounded once, where nothing overflows. The three are first made a rounded sum t and two errors, which
     * are exact; the errors are added up with rounding to odd. That keeps in the last bit whether anything is left
     * below it, so that the last addition still knows on which side of the middle of two doubles it is.
     */
    public static double sum(double a, double b, double c) {
        double u = b + c;
        double t = a + u;
        return t + odd(Exact.sumError(a, u, t), Exact.sumError(b, c, u));
    }

    /** x + y if that is a double, else that of its two neighbours whose last bit is 1. */
    private static double odd(double x, double y) {
        double sum = x + y;
        double error = Exact.sumError(x, y, sum);
        if (error == 0) {
            return sum;
        }
        long bits = Double.doubleToRawLongBits(sum);
        long rounded = (Double.doubleToRawLongBits(error) ^ bits) >>> 63; // 1 if it was rounded away from 0
        return Double.longBitsToDouble(bits - rounded | 1);
    }

    /** Zeros, numbers that are not finite, and very small or large ones, the latter with other exponents. */
    private static double extreme(double a, double b, double c) {
        if (a == 0 || b == 0 || !Double.isFinite(a) || !Double.isFinite(b)) {
            return a * b + c;
        }
        if (c == 0) {
            return a * b; // + c would change the sign of a product that is rounded to 0
        }
        int power = exponent(a) + exponent(b);
        int gap = exponent(c) - power;
        if (gap > FAR_APART || !Double.isFinite(c)) {
            return c;
        }
        double x = Math.scalb(a, -exponent(a));
        double y = Math.scalb(b, -exponent(b));
        double z = gap < -FAR_APART ? Math.copySign(Math.scalb(1.0, -FAR_APART), c) : Math.scalb(c, -power);
        double product = x * y;
        double error = productError(x, y, product);
        double result = sum(product, z, error);
        double leastNormal = Math.scalb(1.0, Double.MIN_EXPONENT - power);
        if (Math.abs(result) < leastNormal) {
            result = subnormalSum(product, z, error, Math.copySign(leastNormal, result));
        }
        return Math.scalb(result, power);
    }

    private static int exponent(double x) {
        return Math.max(Math.getExponent(x), Double.MIN_EXPONENT);
    }

    /**
     * a + b + c, rounded once to a multiple of 2^-52 of a power of two that is larger and has its sign: so far apart
     * are the doubles from that power to its double, where the sum lies once the power is added to it.
     *
     * <p>With t and v as in {@link #sum} and power + t = s + e exactly, s + e + v is to be rounded to a double near s.
     * The middles of those are even multiples of the last bits of v and of the rounded e + v: where v is not exact, it
     * is at most twice the last bit of t, of which e and the middles are multiples or halves of multiples. So both
     * roundings to odd leave a sum on its side of each middle, and only what is on a middle there.
     */
    private static double subnormalSum(double a, double b, double c, double power) {
        double u = b + c;
        double t = a + u;
        double v = odd(Exact.sumError(a, u, t), Exact.sumError(b, c, u));
        double s = power + t;
        double rounded = s + odd(Exact.sumError(power, t, s), v);
        return Math.copySign(rounded - power, power);
    }
}
