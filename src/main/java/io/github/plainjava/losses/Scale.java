package io.github.plainjava.losses;

/**
 * What a row's gradient is multiplied by, weight / divisor, of any size: (head + tail) 2^power, with the head between
 * 1/2 and 2.
 */
record Scale(double head, double tail, int power) {

    static Scale of(double weight, Divisor divisor) {
        Wide quotient = Wide.of(weight).over(divisor.exact());
        return new Scale(quotient.significand().head(), quotient.significand().tail(), quotient.exponent());
    }

    /** x times this scale, for any x. */
    double times(double x) {
        if (!(Math.abs(x) <= Double.MAX_VALUE)) {
            return x;
        }
        Wide wide = new Wide(new DoubleDouble(head, tail), power);
        return Wide.of(x).times(wide).toDouble();
    }
}
