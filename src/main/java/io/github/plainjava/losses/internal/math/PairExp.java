package io.github.plainjava.losses.internal.math;

/**
 * The exponential as good as pairs are, for the few places where {@link Exp}, which is good to a part of a double's
 * last bit, is not enough: a mean of numbers that cancel to the size of their squares.
 *
 * <p>exp(x) = 2^k exp(s)^8 for k the integer nearest x / ln 2 and s = (x - k ln 2) / 8, |s| &lt;= 0.0434. exp(s) - 1 is
 * its Taylor polynomial: terms from s^8 on are below 2^-51, and doubles will do for them; those before are pairs. Three
 * times (1 + f)^2 - 1 = f (2 + f) gives the power of 8, less 1: next to x = 0 it has all its digits.
 */
public final class PairExp {

    /** A multiple of 2^-40, so that its products with k are exact. */
    private static final double LN_2_HIGH = 0x1.62e42fefa0000p-1; // 0.6931471805582987
    private static final Pair LN_2_LOW = new Pair(0x1.cf79abc9e3b3ap-40, -0x1.ff0342542fc33p-94);

    /** The terms of the Taylor polynomial. */
    private static final int TERMS = 15;

    /** The first of them that is a double. */
    private static final int SMALL = 8;

    /** 1 / j!, and what that lacks. */
    private static final double[] INVERSE_FACTORIAL = new double[TERMS + 1];
    private static final double[] INVERSE_FACTORIAL_TAIL = new double[TERMS + 1];

    static {
        double factorial = 1; // up to 15! a double
        for (int j = 0; j <= TERMS; j++) {
            factorial *= Math.max(1, j);
            Pair inverse = Pair.quotient(1, factorial);
            INVERSE_FACTORIAL[j] = inverse.head();
            INVERSE_FACTORIAL_TAIL[j] = inverse.tail();
        }
    }

    private PairExp() {}

    /** The integer nearest x / ln 2. */
    public static int power(double x) {
        return (int) Math.rint(x / LN_2_HIGH);
    }

    /** exp(x) / 2^power - 1, for the power of x, and |x| up to 2^12. */
    public static Pair expm1(Pair x, int power) {
        Pair r = Pair.difference(x.head(), power * LN_2_HIGH)
                .plus(Pair.of(x.tail()))
                .minus(LN_2_LOW.times(power));
        double s = r.head() / 8;
        double sTail = r.tail() / 8;
        double sum = 0;
        for (int j = TERMS; j >= SMALL; j--) {
            sum = sum * s + INVERSE_FACTORIAL[j];
        }
        double sumTail = 0;
        for (int j = SMALL - 1; j > 0; j--) {
            double product = sum * s;
            double productTail = Exact.productTail(sum, sumTail, s, sTail, product);
            sum = product + INVERSE_FACTORIAL[j];
            sumTail = Exact.sumError(product, INVERSE_FACTORIAL[j], sum) + (productTail + INVERSE_FACTORIAL_TAIL[j]);
        }
        Pair first = new Pair(sum, sumTail).times(new Pair(s, sTail));
        return ofSquare(ofSquare(ofSquare(first))).normalized();
    }

    /** From y - 1 to y^2 - 1. */
    private static Pair ofSquare(Pair expm1) {
        return expm1.times(Pair.of(2).plus(expm1));
    }
}
