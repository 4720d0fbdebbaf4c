package io.github.plainjava.losses.internal.math;

/**
 * How far a pair is from a logarithm, to some 63 bits of that, fast enough for millions of arguments: next to 1 by the
 * series, elsewhere by the exponential of the pair. {@link LogTest} compares it with the oracle.
 */
final class ReferenceLog {

    /** Below, r^11 / 11 is less than 2^-90 r. */
    private static final double NEXT_TO_1 = 0x1p-9;

    private final ReferenceExp exp = new ReferenceExp();

    /** The error of a pair as log p, as a part of that, for p from 2^-600 to 2^600. */
    double error(double p, Pair log) {
        return Math.abs(p - 1) < NEXT_TO_1 ? errorOfLog1p(Pair.of(p - 1), log) : errorOfLog(Pair.of(p), log);
    }

    /** The error of a pair as log(1 + rest), as a part of that, for rest from 2^-900 to 2^600. */
    double error1p(Pair rest, Pair log) {
        return rest.head() < NEXT_TO_1 ? errorOfLog1p(rest, log) : errorOfLog(Pair.ONE.plus(rest).normalized(), log);
    }

    private double errorOfLog(Pair p, Pair log) {
        Pair normalized = log.normalized();
        exp.compute(normalized.head(), normalized.tail());
        Pair scaled = p.times(Exp.UNIT);
        double power = Math.scalb(1.0, Exp.UNIT_EXPONENT);
        return -exp.relativeError(scaled.head() * power, scaled.tail() * power) / log.head();
    }

    private static double errorOfLog1p(Pair r, Pair log) {
        double x = r.head();
        double series = 0;
        for (int n = 10; n > 2; n--) {
            series = (n % 2 == 0 ? -1.0 : 1.0) / n + x * series;
        }
        Pair firstTwo = r.minus(r.times(r).times(0.5));
        Pair difference = log.minus(firstTwo).normalized().minus(Pair.of(x * x * x * series));
        return difference.rounded() / x;
    }
}
