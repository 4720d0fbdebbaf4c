package io.github.plainjava.losses;

/**
 * What a row's gradient is multiplied by, weight / divisor, for a weight and a divisor of any size:
 * (head + tail) 2^power, with the head between 1/2 and 2.
 */
record Scale(double head, double tail, int power) {

    static Scale of(double weight, double divisor) {
        int weightPower = Wide.powerBelow(weight);
        int divisorPower = Wide.powerBelow(divisor);
        double numerator = Math.scalb(weight, -weightPower);
        double denominator = Math.scalb(divisor, -divisorPower);
        double head = numerator / denominator;
        double tail = Math.fma(-head, denominator, numerator) / denominator;
        return new Scale(head, tail, weightPower - divisorPower);
    }

    /** x times this scale, for any x. */
    double times(double x) {
        return Math.scalb(Math.fma(x, head, x * tail), power) + 0.0;
    }
}
