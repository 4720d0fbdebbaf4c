package io.github.plainjava.losses;

/** What the gradients of a batch are divided by: the total weight of its rows, or 1. */
final class Divisor {

    static final Divisor ONE = new Divisor(1, Wide.ONE);

    private final double value;
    private final Wide exact;

    Divisor(double value, Wide exact) {
        this.value = value;
        this.exact = exact;
    }

    static Divisor of(ExactSum sum) {
        return new Divisor(sum.toDouble(), sum.toWide());
    }

    /** Whether there is nothing to divide by. */
    boolean isZero() {
        return exact.isZero();
    }

    /** The total weight, rounded. */
    double value() {
        return value;
    }

    /** The same with about 100 bits, also where the double range has no room for it. */
    Wide exact() {
        return exact;
    }

    /** weight / divisor, of any size. */
    Wide scale(double weight) {
        return Wide.of(weight).over(exact);
    }

    /** The same where it is {@link Ordinary}. */
    DoubleDouble ordinaryScale(double weight) {
        double ratio = 1;
        double ratioTail = 0;
        if (weight != value) {
            ratio = weight / value;
            ratioTail = Fma.fma(-ratio, value, weight) / value;
        }
        return new DoubleDouble(ratio, ratioTail);
    }
}
