package io.github.plainjava.losses.internal.math;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * The unit of {@link Exp} times exp(x + tail) 2^-octaves to 75 bits, fast enough for millions of arguments: another
 * reduction, of 64 steps to a power of two, with a table of pairs, and Taylor's series. {@link ExpTest} compares it with
 * the oracle.
 */
final class ReferenceExp {

    private static final int STEPS = 64;
    private static final MathContext DIGITS = new MathContext(60);
    private static final BigDecimal LN2 =
            new BigDecimal("0.693147180559945309417232121458176568075500134360255254120680009493393622");
    private static final double STEPS_PER_E = STEPS / 0.6931471805599453;

    /** ln 2 / 64 = 0.0108304246962491454... in three parts; products of the first two with indices are exact. */
    private static final double[] STEP = stepParts();

    /** ln 2 in six parts of 20 bits; products of all with octaves are exact. */
    private static final double[] OCTAVE = octaveParts();

    private static final double[] HEADS = new double[STEPS];
    private static final double[] TAILS = new double[STEPS];

    static {
        BigDecimal step = BigDecimal.valueOf(2);
        for (int j = 1; j < STEPS; j *= 2) {
            step = step.sqrt(DIGITS);
        }
        BigDecimal power = new BigDecimal(Exp.UNIT);
        for (int j = 0; j < STEPS; j++) {
            HEADS[j] = power.doubleValue();
            TAILS[j] = power.subtract(new BigDecimal(HEADS[j])).doubleValue();
            power = power.multiply(step, DIGITS);
        }
    }

    /** The result is (head + tail) 2^exponent, with the head between 1 and 3. */
    private double head;
    private double tail;
    private int exponent;

    private static double[] stepParts() {
        return parts(LN2.divide(BigDecimal.valueOf(STEPS)), 3, 32);
    }

    private static double[] octaveParts() {
        return parts(LN2, 6, 20);
    }

    /** A number as a sum of so many, all but the last of so many bits. */
    private static double[] parts(BigDecimal x, int count, int bits) {
        double[] parts = new double[count];
        BigDecimal rest = x;
        for (int i = 0; i < count; i++) {
            long mask = i < count - 1 ? -1L << 53 - bits : -1L;
            parts[i] = Double.longBitsToDouble(Double.doubleToRawLongBits(rest.doubleValue()) & mask);
            rest = rest.subtract(new BigDecimal(parts[i]));
        }
        return parts;
    }

    /** For octaves up to 2^32. */
    void compute(double x, double xTail, long octaves) {
        double reduced = x;
        double reducedTail = xTail;
        for (double part : OCTAVE) {
            double product = -octaves * part;
            double next = reduced + product;
            reducedTail += Exact.sumError(reduced, product, next);
            reduced = next;
        }
        double sum = reduced + reducedTail;
        compute(sum, Exact.sumError(reduced, reducedTail, sum));
    }

    void compute(double x, double xTail) {
        double k = Math.rint(x * STEPS_PER_E);
        double near = x - k * STEP[0];
        double r = near - k * STEP[1];
        double rTail = Exact.sumError(near, -k * STEP[1], r) + (xTail - k * STEP[2]);
        // exp(r) - 1 = r + r^2 / 2 + r^3 (1/6 + r (1/24 + ...)), the first two terms with their tails
        double square = r * r;
        double squareTail = Exact.productError(r, r, square);
        double series = r / 40320 + 1.0 / 5040;
        series = r * series + 1.0 / 720;
        series = r * series + 1.0 / 120;
        series = r * series + 1.0 / 24;
        series = r * series + 1.0 / 6;
        double small = square / 2;
        double expm1 = r + small;
        double further = square * r * series;
        double expm1Tail = Exact.fastSumError(r, small, expm1)
                + (squareTail / 2 + further + rTail * (1 + (expm1 + further)));
        int index = (int) k;
        double scale = HEADS[index & STEPS - 1];
        double product = scale * expm1;
        double productTail = Exact.productError(scale, expm1, product) + scale * expm1Tail;
        head = scale + product;
        tail = Exact.fastSumError(scale, product, head)
                + (productTail + TAILS[index & STEPS - 1] * (1 + expm1));
        exponent = Exp.UNIT_EXPONENT + (index >> 6);
    }

    /** How much more a pair is than the result, in units of 2^exponent. */
    double excess(double otherHead, double otherTail) {
        double unit = Math.scalb(1.0, -exponent / 2);
        double rest = Math.scalb(1.0, -exponent - -exponent / 2);
        return (otherHead * unit * rest - head) + (otherTail * unit * rest - tail);
    }

    /** How much more a pair is than the result, as a part of it. */
    double relativeError(double otherHead, double otherTail) {
        return excess(otherHead, otherTail) / head;
    }

    double head() {
        return head;
    }

    int exponent() {
        return exponent;
    }

    BigDecimal exact() {
        BigDecimal significand = new BigDecimal(head).add(new BigDecimal(tail));
        BigDecimal power = BigDecimal.valueOf(2).pow(Math.abs(exponent));
        return exponent < 0 ? significand.divide(power, DIGITS) : significand.multiply(power);
    }
}
