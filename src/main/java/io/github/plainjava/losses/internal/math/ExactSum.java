package io.github.plainjava.losses.internal.math;

import java.math.BigInteger;

/**
 * A sum of doubles and of products of two doubles, without rounding. Order and grouping therefore cannot change its
 * value, and two sums can be merged.
 *
 * <p>The sum is high + middle + low + rest. What rounding takes from one of the doubles is itself a double, and goes to
 * the next; what it takes from the last goes to the rest, an integer in units of the least bit that a product of two
 * doubles can have. Losses of like size leave nothing for the rest, which is null while it is 0: three doubles hold
 * some 150 bits.
 *
 * <p><b>Nothing is ever lost.</b> Numbers of 2^900 and more go to the rest at once. By the others none of the three
 * doubles comes to exceed 2^953 in magnitude, however many there are: doubles from 2^953 on are 2^901 apart, so that
 * 2^953 plus less than 2^900 is rounded to 2^953, and rounding is monotonic. What rounding takes is 2^899 at the most
 * where the result is below 2^953, and below 2^900 where it is 2^953; so the next double is given numbers below 2^900
 * again, and the same holds there. Where nothing overflows, the error of an addition is a double, and
 * {@link Exact#sumError} is exactly that. The error of a product between 2^-900 and 2^900 is a double too, since its
 * last bit is worth 2^-1006 or more. Other products are multiplied in integers, and go to the rest.
 *
 * <p>Arrays go faster: numbers of usual size are parted at a bit that all share, and both parts add up exactly in
 * doubles, so that the sum takes in two numbers instead of some thousand.
 *
 * <p>Source: A. Klein (2006), A generalized Kahan-Babuska-summation-algorithm, Computing 76,
 * doi:10.1007/s00607-005-0139-x, for passing errors on; S. M. Rump, T. Ogita, S. Oishi (2008), Accurate floating-point
 * summation part I: faithful rounding, SIAM J. Sci. Comput. 31(1), doi:10.1137/050645671, for parting at a shared bit.
 */
public final class ExactSum {

    private static final long FRACTION = (1L << 52) - 1;

    /** Numbers from here on do not go to the doubles, nor do products: see above. */
    static final double LARGE = 0x1p900;

    /** Products up to here have no error that is a double for certain, nor have rounded sums always such a tail. */
    static final double SMALL = 0x1p-900;

    /** Numbers whose last bits are worth 2^-64 to 2^-42. */
    private static final Range PARTED = new Range(0x1p-12, 0x1p10);

    /** Doubles around it are 2^-22 apart. */
    private static final double PARTING = 0x1.8p30;

    /** That many low parts of at most 2^-23, in units of 2^-64, add up to 53 bits; the high parts to 44. */
    private static final int MOST_PARTED = 1 << 12;

    private double high;
    private double middle;
    private double low;
    private BigInteger rest;

    /** Private, as serializers call no-argument constructors of this class, and some fail at those of a package. */
    private ExactSum() {}

    /** A sum of nothing yet. */
    public static ExactSum zero() {
        return new ExactSum();
    }

    /** The sum of a number of units of 2^-2148. */
    public static ExactSum of(BigInteger units) {
        ExactSum sum = new ExactSum();
        BigInteger rest = units;
        for (int i = 0; i < 3; i++) {
            double part = Units.toDouble(rest);
            if (Math.abs(part) < LARGE) {
                sum.add(part);
                rest = rest.subtract(Units.of(part));
            }
        }
        sum.addToRest(rest);
        return sum;
    }

    /** The sum in units of 2^-2148. */
    public BigInteger toInteger() {
        BigInteger doubles = Units.of(high).add(Units.of(middle)).add(Units.of(low));
        return rest == null ? doubles : doubles.add(rest);
    }

    /** Adds a finite number. */
    public void add(double x) {
        if (Math.abs(x) >= LARGE) {
            addToRest(Units.of(x));
            return;
        }
        double sum = high + x;
        double error = Exact.sumError(high, x, sum);
        high = sum;
        sum = middle + error;
        double error2 = Exact.sumError(middle, error, sum);
        middle = sum;
        if (error2 != 0) {
            addLow(error2);
        }
    }

    /** Adds the first few of an array, all finite. */
    public void add(double[] x, int n) {
        double highParts = 0;
        double lowParts = 0;
        int parted = 0;
        for (int i = 0; i < n; i++) {
            if (PARTED.contains(x[i]) && ++parted <= MOST_PARTED) {
                double part = (x[i] + PARTING) - PARTING;
                highParts += part;
                lowParts += x[i] - part;
            } else {
                add(x[i]);
            }
        }
        add(highParts);
        add(lowParts);
    }

    private void addLow(double x) {
        double sum = low + x;
        double error = Exact.sumError(low, x, sum);
        low = sum;
        if (error != 0) {
            addToRest(Units.of(error));
        }
    }

    private void addToRest(BigInteger units) {
        BigInteger sum = rest == null ? units : rest.add(units);
        rest = sum.signum() == 0 ? null : sum;
    }

    /** Adds the exact product of two finite numbers. */
    public void addProduct(double x, double y) {
        double product = x * y;
        if (isModerate(product)) {
            double error = Exact.productError(x, y, product);
            add(product);
            if (error != 0) { // it is 0 wherever a weight is 1
                add(error);
            }
        } else if (x != 0 && y != 0) {
            addToRest(Units.ofProduct(x, y));
        }
    }

    /** Adds all of another sum, or of this one. */
    public void add(ExactSum other) {
        double othersMiddle = other.middle;
        double othersLow = other.low;
        BigInteger othersRest = other.rest;
        add(other.high);
        add(othersMiddle);
        add(othersLow);
        if (othersRest != null) {
            addToRest(othersRest);
        }
    }

    /** -1, 0 or 1 as the sum is negative, zero or positive. */
    public int signum() {
        return rest == null ? (int) Math.signum(Fma.sum(high, middle, low)) : toInteger().signum();
    }

    /** Whether the first double says it all, as it does for a count. */
    private boolean isDouble() {
        return middle == 0 && low == 0 && rest == null;
    }

    /** The sum, correctly rounded; infinite beyond the double range, and never -0.0. */
    public double toDouble() {
        if (isDouble()) {
            return high + 0.0;
        }
        return (rest == null ? Fma.sum(high, middle, low) : Units.toDouble(toInteger())) + 0.0;
    }

    /** The sum less a finite number, rounded. */
    public double less(double x) {
        if (isDouble()) {
            return high - x;
        }
        ExactSum difference = new ExactSum();
        difference.add(this);
        difference.add(-x);
        return difference.toDouble();
    }

    /** The sum times a power of two, less what is then below the least bit of a product. */
    public ExactSum scaled(int power) {
        return of(toInteger().shiftLeft(power));
    }

    /** This sum divided by another that is positive, correctly rounded. */
    public double dividedBy(ExactSum divisor) {
        if (high == 0 && isDouble()) {
            return 0;
        }
        double quick = quickRatio(divisor);
        return Double.isNaN(quick) ? Units.ratio(toInteger(), divisor.toInteger()) : quick;
    }

    /**
     * The ratio, correctly rounded, without the long division; NaN for sums that three doubles do not hold, or that are
     * near the ends of the double range.
     *
     * <p>With n and d the rounded sums and q = n / d, what q lacks is found from pairs to within 2^-101 of it: n - q d
     * is exact, both tails are rounded, and so are five results that are at most 2^-51 of n or q. If all numbers within
     * 2^-98 of that round to the same double, so does the ratio. Otherwise they round to two neighbours.
     */
    public double quickRatio(ExactSum divisor) {
        double n = toDouble();
        double d = divisor.toDouble();
        double q = n / d;
        if (!(isModerate(n) && isModerate(d) && isModerate(q))) {
            return Double.NaN; // tails may be below the double range
        }
        double dTail = divisor.tail(d);
        if (dTail == 0 && (Double.doubleToRawLongBits(d) & FRACTION) == 0) {
            return q; // by a power of two, and n is rounded already
        }
        double correction = (Fma.fma(-q, d, n) + (tail(n) - q * dTail)) / d;
        double doubt = Math.abs(q) * 0x1p-98;
        double below = q + (correction - doubt);
        double above = q + (correction + doubt);
        return below < above ? nearer(below, above, divisor) : below;
    }

    /**
     * The nearer to the ratio of the two doubles around it, or the even one if it is their middle, as it often is for a
     * few numbers of like size: the sign of this sum less middle times divisor tells, and that is exact too.
     */
    private double nearer(double below, double above, ExactSum divisor) {
        ExactSum distance = new ExactSum();
        distance.add(this);
        for (double half : new double[] {below / -2, above / -2}) {
            distance.addProduct(half, divisor.high);
            distance.addProduct(half, divisor.middle);
            distance.addProduct(half, divisor.low);
        }
        int side = distance.signum();
        boolean isAbove = side == 0 ? (Double.doubleToRawLongBits(above) & 1) == 0 : side > 0;
        return isAbove ? above : below;
    }

    static boolean isModerate(double x) {
        double size = Math.abs(x);
        return size > SMALL && size < LARGE;
    }

    /** What the sum is above its rounded value, rounded, or NaN where that is not found from the three doubles. */
    private double tail(double head) {
        if (isDouble()) {
            return 0;
        }
        double distance = high - head;
        boolean isExact = rest == null && Exact.sumError(high, -head, distance) == 0;
        return isExact ? Fma.sum(distance, middle, low) : Double.NaN;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExactSum sum && toInteger().equals(sum.toInteger());
    }

    @Override
    public int hashCode() {
        return toInteger().hashCode();
    }
}
