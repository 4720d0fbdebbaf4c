package io.github.plainjava.losses;

/** What divides logits: T, with its inverse as head and tail, so that (z - m) / T needs no division. */
final class Temperature {

    static final Temperature ONE = of(1);

    private final double value;
    private final double inverse;
    private final double inverseTail;

    private Temperature(double value) {
        this.value = value;
        this.inverse = 1 / value;
        this.inverseTail = Fma.fma(-inverse, value, 1) / value;
    }

    static Temperature of(double value) {
        return new Temperature(value);
    }

    double value() {
        return value;
    }

    boolean isOne() {
        return value == 1;
    }

    /** (weight / divisor) / T. */
    DoubleDouble scale(double weight, Divisor divisor) {
        return divisor.ordinaryScale(weight).times(new DoubleDouble(inverse, inverseTail));
    }

    /** (z - m) / T, rounded or nearly. */
    double ratio(double z, double m) {
        return isOne() ? z - m : (z - m) * inverse;
    }

    /** What {@link #ratio} lacks, where that is finite. */
    double ratioTail(double z, double m) {
        double difference = z - m;
        double ratio = difference * inverse;
        double tail = Exact.sumError(z, -m, difference);
        if (isOne()) {
            return tail;
        }
        return Fma.fma(tail, inverse, Fma.fma(difference, inverseTail, Fma.fma(difference, inverse, -ratio)));
    }

    /** Ratios over an array, in place, and what they lack. */
    void ratios(double[] z, double[] tail, double m, int n) {
        double factor = inverse;
        double factorTail = inverseTail;
        for (int i = 0; i < n; i++) {
            double difference = z[i] - m;
            double ratio = difference * factor;
            double differenceTail = Exact.sumError(z[i], -m, difference);
            tail[i] = Fma.fma(
                    differenceTail, factor, Fma.fma(difference, factorTail, Fma.fma(difference, factor, -ratio)));
            z[i] = ratio;
        }
    }
}
