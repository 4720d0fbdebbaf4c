package io.github.plainjava.losses.internal.math;

import java.math.BigInteger;

/**
 * A sum of products of up to four doubles, without rounding: an {@link ExactSum} of more doubles, as such products have
 * up to 212 bits, above an integer in smaller units. That nothing is lost in the doubles is shown there.
 */
public final class SumOfProducts {

    /** The lowest bit of a product: (2^-1074)^4. */
    public static final int LOWEST_BIT = -4296;

    /** They hold some 400 bits: the squares of losses from 10 down to 1e-18 reach over 120, with 212 bits each. */
    private static final int DOUBLES = 8;

    private final double[] doubles = new double[DOUBLES];
    private BigInteger rest;

    /** Private, as serializers call no-argument constructors of this class, and some fail at those of a package. */
    private SumOfProducts() {}

    /** A sum of nothing yet. */
    public static SumOfProducts zero() {
        return new SumOfProducts();
    }

    /** The sum in units of 2^-4296. */
    public BigInteger toInteger() {
        BigInteger sum = rest == null ? BigInteger.ZERO : rest;
        for (double x : doubles) {
            sum = sum.add(units(x));
        }
        return sum;
    }

    /** Adds a finite number. */
    public void add(double x) {
        if (Math.abs(x) >= ExactSum.LARGE) {
            addUnits(units(x));
            return;
        }
        double error = x;
        int i = 0;
        while (error != 0 && i < DOUBLES) {
            double sum = doubles[i] + error;
            error = Exact.sumError(doubles[i], error, sum);
            doubles[i++] = sum;
        }
        if (error != 0) {
            addUnits(units(error));
        }
    }

    /** Adds the exact product of two finite numbers. */
    public void addProduct(double x, double y) {
        double product = x * y;
        if (ExactSum.isModerate(product)) {
            add(product);
            add(Exact.productError(x, y, product));
        } else if (x != 0 && y != 0) {
            int lastBit = Units.lastBit(x) + Units.lastBit(y);
            addUnits(Units.significand(x).multiply(Units.significand(y)).shiftLeft(lastBit - LOWEST_BIT));
        }
    }

    /** Adds a number of units of 2^-4296. */
    public void addUnits(BigInteger units) {
        BigInteger sum = rest == null ? units : rest.add(units);
        rest = sum.signum() == 0 ? null : sum;
    }

    /** Adds all of another sum, or of this one. */
    public void add(SumOfProducts other) {
        double[] others = other.doubles.clone();
        BigInteger othersRest = other.rest;
        for (double x : others) {
            add(x);
        }
        if (othersRest != null) {
            addUnits(othersRest);
        }
    }

    private static BigInteger units(double x) {
        return Units.significand(x).shiftLeft(Units.lastBit(x) - LOWEST_BIT);
    }
}
