package io.github.plainjava.losses.internal.math;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * The sums of w^i x^j over numbers x with weights w that are positive, for i = 1, 2 and j = 0, 1, 2, and what they say
 * of the spread of the numbers about their weighted mean, correctly rounded. The sums are exact; so what comes of them
 * does not depend on order or grouping, and mean and spread may differ by any factor.
 */
public final class Moments {

    /** How many sums there are. */
    public static final int SUMS = 6;

    /** The sum of w^i x^j stands at 3 (i - 1) + j. */
    private static final int POWERS_OF_NUMBER = 3;

    /** A product of four doubles is below 2^4096, in units of 2^-4296. */
    private static final int PRODUCT_BITS = 4096 - SumOfProducts.LOWEST_BIT;

    private final SumOfProducts[] sums = new SumOfProducts[SUMS];

    /** Numbers of weight 1 are kept apart, as w^i x^j is x^j then: how many there are, and the sums of x and x^2. */
    private long plainCount;

    private final SumOfProducts plainSum = SumOfProducts.zero();
    private final SumOfProducts plainSquares = SumOfProducts.zero();

    /** Private, as serializers call no-argument constructors of this class, and some fail at those of a package. */
    private Moments() {
        Arrays.setAll(sums, i -> SumOfProducts.zero());
    }

    /** Moments of nothing yet. */
    public static Moments zero() {
        return new Moments();
    }

    /** Moments of which the sums are given, in units of 2^-4296. */
    public static Moments of(BigInteger[] units) {
        Moments moments = zero();
        for (int i = 0; i < SUMS; i++) {
            moments.sums[i].addUnits(units[i]);
        }
        return moments;
    }

    /** The sums in units of 2^-4296: of w, w x, w x^2, w^2, w^2 x, w^2 x^2. */
    public BigInteger[] toIntegers() {
        BigInteger[] plain = {
            BigInteger.valueOf(plainCount).shiftLeft(-SumOfProducts.LOWEST_BIT),
            plainSum.toInteger(),
            plainSquares.toInteger()
        };
        BigInteger[] integers = new BigInteger[SUMS];
        Arrays.setAll(integers, i -> sums[i].toInteger().add(plain[powerOfNumber(i)]));
        return integers;
    }

    /** Adds a finite number with a weight. */
    public void add(double x, double w) {
        if (w == 1) {
            plainCount++;
            plainSum.add(x);
            plainSquares.addProduct(x, x);
        } else {
            addWeighted(x, w);
        }
    }

    /** If w x has an error that is a double, products of two doubles will do. */
    private void addWeighted(double x, double w) {
        double product = w * x;
        if (x != 0 && !ExactSum.isModerate(product)) {
            addInIntegers(x, w);
            return;
        }
        sums[0].add(w);
        sums[3].addProduct(w, w);
        if (x == 0) {
            return;
        }
        sums[1].add(product);
        sums[2].addProduct(product, x);
        sums[4].addProduct(product, w);
        sums[5].addProduct(product, product);
        double error = Exact.productError(w, x, product);
        if (error != 0) {
            sums[1].add(error);
            sums[2].addProduct(error, x);
            sums[4].addProduct(error, w);
            sums[5].addProduct(2 * product, error);
            sums[5].addProduct(error, error);
        }
    }

    private void addInIntegers(double x, double w) {
        for (int i = 0; i < SUMS; i++) {
            BigInteger product = Units.significand(w).pow(powerOfWeight(i))
                    .multiply(Units.significand(x).pow(powerOfNumber(i)));
            int lastBit = powerOfWeight(i) * Units.lastBit(w) + powerOfNumber(i) * Units.lastBit(x);
            sums[i].addUnits(product.shiftLeft(lastBit - SumOfProducts.LOWEST_BIT));
        }
    }

    private static int powerOfWeight(int i) {
        return i / POWERS_OF_NUMBER + 1;
    }

    private static int powerOfNumber(int i) {
        return i % POWERS_OF_NUMBER;
    }

    /** Adds all of other moments, or of these. */
    public void add(Moments other) {
        for (int i = 0; i < SUMS; i++) {
            sums[i].add(other.sums[i]);
        }
        plainCount += other.plainCount;
        plainSum.add(other.plainSum);
        plainSquares.add(other.plainSquares);
    }

    /** The sum of the weights, correctly rounded. */
    public double totalWeight() {
        return Units.ratio(toIntegers()[0], BigInteger.ONE.shiftLeft(-SumOfProducts.LOWEST_BIT));
    }

    /** The weighted mean of at least one number, correctly rounded. */
    public double mean() {
        BigInteger[] sum = withoutCommonZeros();
        return Units.ratio(sum[1], sum[0]);
    }

    /** The sum of w (x - mean)^2 over that of w, correctly rounded, for at least one number. */
    public double variance() {
        BigInteger[] sum = withoutCommonZeros();
        return Units.ratio(spread(sum), sum[0].pow(2));
    }

    /** The root of the variance, correctly rounded. */
    public double standardDeviation() {
        BigInteger[] sum = withoutCommonZeros();
        return rootOfRatio(spread(sum), sum[0].pow(2));
    }

    /** The variance times the square of the total weight. */
    private static BigInteger spread(BigInteger[] sum) {
        return sum[2].multiply(sum[0]).subtract(sum[1].pow(2));
    }

    /**
     * The root of n / (n - 1) times the sum of w^2 (x - mean)^2, over the total weight, correctly rounded, for the n
     * numbers that there are, two or more.
     */
    public double standardError(long n) {
        BigInteger[] sum = withoutCommonZeros();
        BigInteger weight = sum[0];
        // The sum of w^2 (x weight - sum[1])^2, as x - mean is x - sum[1] / weight.
        BigInteger squares = sum[5].multiply(weight.pow(2))
                .subtract(sum[4].multiply(sum[1]).multiply(weight).shiftLeft(1))
                .add(sum[3].multiply(sum[1].pow(2)));
        return rootOfRatio(
                squares.multiply(BigInteger.valueOf(n)), weight.pow(4).multiply(BigInteger.valueOf(n - 1)));
    }

    /**
     * The sums as short integers: those of w x^j in units of a power of two, those of w^2 x^j in units of its square,
     * the largest of which all are multiples. That is as if all weights had been divided by it: it changes no result.
     */
    private BigInteger[] withoutCommonZeros() {
        BigInteger[] integers = toIntegers();
        int unit = Integer.MAX_VALUE;
        for (int i = 0; i < SUMS; i++) {
            if (integers[i].signum() != 0) {
                int lastBit = integers[i].getLowestSetBit() + SumOfProducts.LOWEST_BIT;
                unit = Math.min(unit, Math.floorDiv(lastBit, powerOfWeight(i)));
            }
        }
        for (int i = 0; i < SUMS; i++) {
            integers[i] = integers[i].shiftRight(powerOfWeight(i) * unit - SumOfProducts.LOWEST_BIT);
        }
        return integers;
    }

    /** The square root of n / d for a positive d and an n that is not negative, rounded to nearest, ties to even. */
    private static double rootOfRatio(BigInteger n, BigInteger d) {
        // The ratio lies between 2^(magnitude - 1) and 2^(magnitude + 1).
        int magnitude = n.bitLength() - d.bitLength();
        int leastExponent = Double.MIN_EXPONENT - Units.FRACTION_BITS;
        int lastBit = Math.max(Math.floorDiv(magnitude - 1, 2) - Units.FRACTION_BITS, leastExponent) - 2;
        BigInteger[] division = lastBit < 0
                ? n.shiftLeft(-2 * lastBit).divideAndRemainder(d)
                : n.divideAndRemainder(d.shiftLeft(2 * lastBit));
        BigInteger[] root = division[0].sqrtAndRemainder();
        // Two bits or more below the last bit of the result, then one that says whether anything is left below those.
        BigInteger sticky = root[0].shiftLeft(1);
        if (root[1].signum() != 0 || division[1].signum() != 0) {
            sticky = sticky.setBit(0);
        }
        return Units.rounded(sticky, lastBit - 1);
    }

    /** Whether so many numbers can have such sums: if they have, no variance is negative. */
    public boolean areOf(long n) {
        BigInteger[] sum = toIntegers();
        BigInteger most = BigInteger.valueOf(n).shiftLeft(PRODUCT_BITS);
        return sum[0].signum() == Long.signum(n)
                && sum[3].signum() == sum[0].signum()
                && Arrays.stream(sum).allMatch(each -> each.abs().compareTo(most) <= 0)
                && sum[1].pow(2).compareTo(sum[0].multiply(sum[2])) <= 0
                && sum[4].pow(2).compareTo(sum[3].multiply(sum[5])) <= 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Moments moments && Arrays.equals(toIntegers(), moments.toIntegers());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(toIntegers());
    }
}
