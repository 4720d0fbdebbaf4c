package io.github.plainjava.losses;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * What a {@link LossMean} has to hold, in integers: sums of products of two doubles, in units of 2^-2148, of which each
 * such product is a whole number. Infinities and NaNs are added up beside them, as doubles.
 */
public final class ExactMean {

    private static final int UNIT = 2 * 1074;

    private BigInteger sum = BigInteger.ZERO;
    private BigInteger weight = BigInteger.ZERO;
    private double nonFinite;
    private long count;

    public void accept(double loss, double lossWeight, double mass) {
        if (lossWeight == 0) {
            return;
        }
        count++;
        weight = weight.add(units(lossWeight).multiply(units(mass)));
        if (Double.isFinite(loss)) {
            sum = sum.add(units(loss).multiply(units(lossWeight)));
        } else {
            nonFinite += loss;
        }
    }

    public double mean() {
        if (weight.signum() == 0) {
            return 0;
        }
        return nonFinite != 0 ? nonFinite : nearest(sum, weight);
    }

    public double sum() {
        return nonFinite != 0 ? nonFinite : nearest(sum, BigInteger.ONE.shiftLeft(UNIT));
    }

    public double totalWeight() {
        return nearest(weight, BigInteger.ONE.shiftLeft(UNIT));
    }

    public long count() {
        return count;
    }

    /** A finite double in units of 2^-1074. */
    private static BigInteger units(double x) {
        return new BigDecimal(x).multiply(new BigDecimal(BigInteger.ONE.shiftLeft(UNIT / 2))).toBigIntegerExact();
    }

    /** The double nearest to a quotient, of two equally near ones the even one; a zero is positive. */
    public static double nearest(BigInteger numerator, BigInteger positiveDenominator) {
        if (numerator.signum() == 0) {
            return 0;
        }
        BigInteger size = numerator.abs();
        int exponent = Math.max(floorLog2(size, positiveDenominator) - 52, Double.MIN_EXPONENT - 52);
        BigInteger scaled = exponent < 0 ? size.shiftLeft(-exponent) : size;
        BigInteger divisor = exponent < 0 ? positiveDenominator : positiveDenominator.shiftLeft(exponent);
        BigInteger[] quotient = scaled.divideAndRemainder(divisor);
        int half = quotient[1].shiftLeft(1).compareTo(divisor);
        boolean up = half > 0 || half == 0 && quotient[0].testBit(0);
        double rounded = quotient[0].doubleValue() + (up ? 1 : 0);
        return Math.scalb(numerator.signum() * rounded, exponent) + 0.0;
    }

    private static int floorLog2(BigInteger numerator, BigInteger denominator) {
        int estimate = numerator.bitLength() - denominator.bitLength();
        BigInteger left = estimate < 0 ? numerator.shiftLeft(-estimate) : numerator;
        BigInteger right = estimate < 0 ? denominator : denominator.shiftLeft(estimate);
        return left.compareTo(right) < 0 ? estimate - 1 : estimate;
    }
}
