package io.github.plainjava.losses.internal.math;

import static io.github.plainjava.losses.internal.math.Fma.fma;

/**
 * What rounding dropped: the exact error of one addition and of one multiplication, which is itself a double. A sum or
 * a product carried together with its error is good to about 106 bits.
 *
 * <p>These are written with subtractions, because they stand in loops that are to become vector instructions. HotSpot
 * orders the operands of a commutative operation as it happened to number them; where both are computed in the loop,
 * the copies of an unrolled loop may come out ordered differently, and are then not recognized as one vector operation.
 *
 * <p>Source: D. E. Knuth (1969), <i>The Art of Computer Programming</i>, vol. 2, section 4.2.2, theorem B; T. J. Dekker
 * (1971), A floating-point technique for extending the available precision, Numer. Math. 18, doi:10.1007/BF01397083.
 */
public final class Exact {

    private Exact() {}

    /** (a + b) - sum exactly, where sum is the rounded a + b and did not overflow. */
    public static double sumError(double a, double b, double sum) {
        double b1 = sum - a;
        return (a - (sum - b1)) - (b1 - b);
    }

    /** (a - b) - difference exactly, where difference is the rounded a - b and did not overflow. */
    public static double differenceError(double a, double b, double difference) {
        double b1 = difference - a;
        return (a - (difference - b1)) - fma(b, 1, b1); // b + b1: see above
    }

    /** The error of a sum where |a| >= |b| or a is 0. */
    public static double fastSumError(double a, double b, double sum) {
        return b - (sum - a);
    }

    /** a * b - product exactly, where product is the rounded a * b and the error is not below the double range. */
    public static double productError(double a, double b, double product) {
        return fma(a, b, -product);
    }

    /** What product, the rounded a * b, lacks of the product of the pairs a + aTail and b + bTail, nearly. */
    public static double productTail(double a, double aTail, double b, double bTail, double product) {
        return fma(aTail, b, fma(a, bTail, productError(a, b, product)));
    }

    /** a + b, where both are computed in a loop that is to become vector instructions. */
    public static double sum(double a, double b) {
        return a - -b;
    }

    /** What is left of the pair a + aTail less quotient times the pair b + bTail, nearly. */
    public static double remainder(double a, double aTail, double b, double bTail, double quotient) {
        return fma(-quotient, b, a) - fma(quotient, bTail, -aTail);
    }
}
