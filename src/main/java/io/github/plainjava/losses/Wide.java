package io.github.plainjava.losses;

/**
 * A number of about 100 bits whose exponent does not run out: significand 2^exponent. For inputs of extreme size, such
 * as a class weight of 1e308 on a probability of 1e-400: each step of a formula can be written as it stands, and only
 * the result is rounded to a double. It is some thirty times slower than double arithmetic, and for ordinary inputs it
 * is not used.
 */
final class Wide {

    static final Wide ZERO = new Wide(DoubleDouble.ZERO, 0);
    static final Wide ONE = new Wide(DoubleDouble.ONE, 0);

    /** The exponential of less is 0: no product of a few doubles leads back from there into the double range. */
    private static final double LOWEST_ARGUMENT = -0x1p14;

    private static final DoubleDouble LN_2 = new DoubleDouble(0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56);
    private static final DoubleDouble UNIT_INVERSE = new DoubleDouble(Exp.UNIT_INVERSE, Exp.UNIT_INVERSE_TAIL);

    /** Operands smaller than 2^-200 of the other are lost beside it. */
    private static final int LOST = -200;

    private final DoubleDouble significand;
    private final int exponent;

    private Wide(DoubleDouble significand, int exponent) {
        this.significand = significand;
        this.exponent = exponent;
    }

    /** 0, or from 1 to 2 in magnitude. */
    DoubleDouble significand() {
        return significand;
    }

    /** The power of two. */
    int exponent() {
        return exponent;
    }

    static Wide of(double x) {
        return of(DoubleDouble.of(x));
    }

    /** A finite pair of head and tail. */
    static Wide of(DoubleDouble x) {
        return normalized(x, 0);
    }

    private static Wide normalized(DoubleDouble x, int exponent) {
        if (x.head() == 0) {
            return ZERO;
        }
        int power = powerBelow(x.head());
        DoubleDouble significand = new DoubleDouble(Math.scalb(x.head(), -power), Math.scalb(x.tail(), -power));
        return new Wide(significand, exponent + power);
    }

    /** The power of two below |x|, for subnormal numbers too. */
    static int powerBelow(double x) {
        double magnitude = Math.abs(x);
        return magnitude < Double.MIN_NORMAL ? Math.getExponent(magnitude * 0x1p54) - 54 : Math.getExponent(magnitude);
    }

    boolean isZero() {
        return significand.head() == 0;
    }

    Wide negated() {
        return new Wide(significand.negated(), exponent);
    }

    /** Times 2^power. */
    Wide scaled(int power) {
        return isZero() ? this : new Wide(significand, exponent + power);
    }

    Wide times(Wide other) {
        return normalized(significand.times(other.significand), exponent + other.exponent);
    }

    /** The product with a double, rounded; one that is not finite stays as it is. */
    double times(double x) {
        return Math.abs(x) <= Double.MAX_VALUE ? times(of(x)).toDouble() : x;
    }

    Wide over(Wide other) {
        return normalized(significand.over(other.significand), exponent - other.exponent);
    }

    Wide plus(Wide other) {
        if (isZero() || other.isZero()) {
            return isZero() ? other : this;
        }
        if (exponent < other.exponent) {
            return other.plus(this);
        }
        int shift = Math.max(other.exponent - exponent, LOST);
        return normalized(significand.plus(other.significand.scaled(shift)), exponent);
    }

    Wide minus(Wide other) {
        return plus(other.negated());
    }

    /** e to the power of this number, which is not positive. */
    Wide exp() {
        double x = toDouble();
        if (x < LOWEST_ARGUMENT) {
            return ZERO;
        }
        double k = Math.ceil(x / LN_2.head());
        DoubleDouble r = significand.scaled(Math.max(exponent, LOST)).minus(LN_2.times(k));
        double scale = Exp.scale(r.head());
        DoubleDouble exp = DoubleDouble.ofSum(scale, scale * Exp.expm1(r.head(), r.tail()));
        return normalized(exp.times(UNIT_INVERSE), (int) k - Exp.UNIT_EXPONENT);
    }

    /** The logarithm of 1 + this number, which is not negative. */
    Wide log1p() {
        if (exponent < LOST / 2) {
            return this; // the next term of the series is lost beside it
        }
        DoubleDouble x = significand.scaled(exponent);
        return of(DoubleDouble.ofSum(Log.log1pHead(x.head(), x.tail()), Log.log1pTail(x.head(), x.tail())));
    }

    /** The nearest double, or nearly; an infinity beyond the double range, and never -0.0. */
    double toDouble() {
        return Math.scalb(significand.head(), exponent) + 0.0;
    }
}
