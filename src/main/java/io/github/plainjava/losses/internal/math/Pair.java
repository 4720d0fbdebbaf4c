package io.github.plainjava.losses.internal.math;

import static io.github.plainjava.losses.internal.math.Fma.fma;

/**
 * A number carried as the sum of two doubles: about 100 bits. What there is one of in a row is computed so, formula by
 * formula; HotSpot takes such objects apart and allocates none, as long as no two of them meet in one variable.
 *
 * <p>The tail is small beside the head, but need not be below its last bit: the operations leave it as it comes, and
 * {@link #rounded} brings the two together. With tails of up to t of their heads, 2^-51 &lt;= t &lt;= 2^-8, a product
 * or a quotient is good to 3 t^2 + 2^-49 t of itself, and a sum to 2^-51 t of the larger operand, as long as nothing
 * overflows and no tail underflows. For t = 2^-48, as sums of a few numbers have it, that is 2^-94. Sums of many have
 * to be {@link #normalized}: the logarithm's tail may be 2^-8, and what a product lacks is the product of the tails.
 *
 * <p>Source: T. J. Dekker (1971), A floating-point technique for extending the available precision, Numer. Math. 18,
 * doi:10.1007/BF01397083.
 *
 * <p>It is not a record, because serializers that copy objects field by field cannot take those apart.
 */
public final class Pair {

    /** 0. */
    public static final Pair ZERO = new Pair(0, 0);

    /** 1. */
    public static final Pair ONE = new Pair(1, 0);

    private final double head;
    private final double tail;

    /** head + tail. */
    public Pair(double head, double tail) {
        this.head = head;
        this.tail = tail;
    }

    /** The number, nearly. */
    public double head() {
        return head;
    }

    /** What the head lacks. */
    public double tail() {
        return tail;
    }

    /** A double, which lacks nothing. */
    public static Pair of(double x) {
        return new Pair(x, 0);
    }

    /** a - b, exactly, for doubles whose difference does not overflow. */
    public static Pair difference(double a, double b) {
        double difference = a - b;
        return new Pair(difference, Exact.sumError(a, -b, difference));
    }

    /** a * b for doubles. */
    public static Pair product(double a, double b) {
        double product = a * b;
        return new Pair(product, Exact.productError(a, b, product));
    }

    /** a / b for doubles. */
    public static Pair quotient(double a, double b) {
        double quotient = a / b;
        return new Pair(quotient, fma(-quotient, b, a) / b);
    }

    /** The nearest double, and never -0.0. */
    public double rounded() {
        return head + tail + 0.0;
    }

    /** The same number with the nearest double as its head. */
    public Pair normalized() {
        double sum = head + tail;
        return new Pair(sum, Exact.fastSumError(head, tail, sum));
    }

    /** The logarithm of 1 and this number, which is not negative. */
    public Pair log1p() {
        return Log.log1p(this);
    }

    /** The logarithm of this number, which is positive and finite. */
    public Pair log() {
        return Log.log(head).plus(Pair.of(tail / head));
    }

    /** The exponential: 0, subnormal or infinite where a double is. */
    public Pair exp() {
        return Exp.exp(this, 0);
    }

    /** The sum with another. */
    public Pair plus(Pair other) {
        double sum = head + other.head;
        return new Pair(sum, (tail + Exact.sumError(head, other.head, sum)) + other.tail);
    }

    /** The difference from another. */
    public Pair minus(Pair other) {
        return plus(new Pair(-other.head, -other.tail));
    }

    /** The product with another. */
    public Pair times(Pair other) {
        double product = head * other.head;
        return new Pair(product, Exact.productTail(head, tail, other.head, other.tail, product));
    }

    /** The product with a double. */
    public Pair times(double x) {
        double product = head * x;
        return new Pair(product, fma(tail, x, Exact.productError(head, x, product)));
    }

    /** The product with a double, rounded, and never -0.0; infinite with an infinite one. */
    public double timesRounded(double x) {
        double small = x * tail;
        return fma(x, head, Double.isFinite(small) ? small : 0) + 0.0; // infinity * 0 is NaN
    }

    /** The quotient by another. */
    public Pair over(Pair other) {
        double inverse = 1 / other.head;
        double quotient = head * inverse;
        double tail = Exact.remainder(head, this.tail, other.head, other.tail, quotient) * inverse;
        return new Pair(quotient, tail);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Pair pair
                && Double.compare(head, pair.head) == 0
                && Double.compare(tail, pair.tail) == 0;
    }

    @Override
    public int hashCode() {
        return 31 * Double.hashCode(head) + Double.hashCode(tail);
    }

    @Override
    public String toString() {
        return head + " + " + tail;
    }
}
