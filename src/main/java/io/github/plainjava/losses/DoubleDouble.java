package io.github.plainjava.losses;

/**
 * A number carried as the sum of two doubles, a head and a tail of at most half its last bit: about 106 bits. It is for
 * the few numbers that belong to a whole row; loops over classes write out what they need of it.
 *
 * <p>Every operation is good to 2^-100 of its result, or, for a sum of numbers of either sign, of the larger operand,
 * as long as nothing overflows and no tail underflows.
 *
 * <p>Source: T. J. Dekker (1971), A floating-point technique for extending the available precision, Numer. Math. 18,
 * doi:10.1007/BF01397083.
 */
final class DoubleDouble {

    static final DoubleDouble ZERO = new DoubleDouble(0, 0);
    static final DoubleDouble ONE = new DoubleDouble(1, 0);

    private final double head;
    private final double tail;

    DoubleDouble(double head, double tail) {
        this.head = head;
        this.tail = tail;
    }

    /** The number, rounded. */
    double head() {
        return head;
    }

    /** What the head lacks. */
    double tail() {
        return tail;
    }

    static DoubleDouble of(double x) {
        return new DoubleDouble(x, 0);
    }

    /** a * b for any two doubles. */
    static DoubleDouble product(double a, double b) {
        double product = a * b;
        return new DoubleDouble(product, Exact.productError(a, b, product));
    }

    /** a / b for any two doubles. */
    static DoubleDouble quotient(double a, double b) {
        double quotient = a / b;
        return new DoubleDouble(quotient, Fma.fma(-quotient, b, a) / b);
    }

    /** head + tail, of which the tail is the smaller part. */
    static DoubleDouble ofSum(double head, double tail) {
        double sum = head + tail;
        return new DoubleDouble(sum, Exact.fastSumError(head, tail, sum));
    }

    DoubleDouble plus(DoubleDouble other) {
        double sum = head + other.head;
        return ofSum(sum, Exact.sumError(head, other.head, sum) + (tail + other.tail));
    }

    DoubleDouble plus(double x) {
        double sum = head + x;
        return ofSum(sum, Exact.sumError(head, x, sum) + tail);
    }

    DoubleDouble minus(DoubleDouble other) {
        return plus(other.negated());
    }

    DoubleDouble negated() {
        return new DoubleDouble(-head, -tail);
    }

    DoubleDouble times(DoubleDouble other) {
        double product = head * other.head;
        double cross = head * other.tail + tail * other.head;
        return ofSum(product, Exact.productError(head, other.head, product) + cross);
    }

    DoubleDouble times(double x) {
        double product = head * x;
        return ofSum(product, Exact.productError(head, x, product) + tail * x);
    }

    DoubleDouble over(DoubleDouble other) {
        double quotient = head / other.head;
        double remainder = Fma.fma(-quotient, other.head, head) + (tail - quotient * other.tail);
        return ofSum(quotient, remainder / other.head);
    }

    /** Times 2^power, where that is exact. */
    DoubleDouble scaled(int power) {
        double unit = Math.scalb(1.0, power);
        return new DoubleDouble(head * unit, tail * unit);
    }
}
