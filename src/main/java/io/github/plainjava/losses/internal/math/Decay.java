package io.github.plainjava.losses.internal.math;

import static io.github.plainjava.losses.internal.math.Fma.fma;

/**
 * exp(-x) and log(1 + exp(-x)) with some ten bits more than {@link Exp} and {@link Log} have, for what is raised to a
 * high power afterwards: the power has the error of the logarithm times its exponent.
 *
 * <h2>Method</h2>
 * exp(r) - 1 for |r| &lt;= 0.7 comes from r / 2^12, whose excess over r / 2^12 is so small that its error is nothing,
 * and 12 times from m = exp(s) - 1 to exp(2 s) - 1 = m (2 + m), where nothing cancels. exp(-x) is 2^-k exp(k ln 2 - x)
 * for a whole number k. The logarithm is that of {@link Log} and one step of Newton's method.
 */
public final class Decay {

    private static final int DOUBLINGS = 12;

    private static final double PART = 1.0 / (1 << DOUBLINGS);

    /** The first 33 bits of ln 2, whose products with k are exact. */
    private static final double LN2_HIGH = 0x1.62e42feep-1; // 0.6931471803691238

    private static final double LN2_LOW = 0x1.a39ef35793c76p-33; // 1.9082149292705877e-10

    private Decay() {}

    /** exp(-x) for x from 0 to 700, to within 2^-64 of it, in one place of two arrays. */
    public static void exp(double x, double[] head, double[] tail, int i) {
        double k = Math.rint(x / LN2_HIGH);
        Pair r = Pair.difference(k * LN2_HIGH, x).plus(Pair.of(k).times(LN2_LOW));
        expm1(r, head, tail, i);
        Pair exp = Pair.ONE.plus(new Pair(head[i], tail[i])).times(Math.scalb(1.0, -(int) k));
        head[i] = exp.head();
        tail[i] = exp.tail();
    }

    /** log(1 + e) for e from 0 to 1, to within 2^-64 of it, in one place of two arrays. */
    public static void log1p(Pair e, double[] head, double[] tail, int i) {
        Pair log = e.log1p().normalized();
        expm1(log, head, tail, i);
        Pair better = log.plus(e.minus(new Pair(head[i], tail[i])).over(Pair.ONE.plus(e)));
        head[i] = better.head();
        tail[i] = better.tail();
    }

    private static void expm1(Pair x, double[] head, double[] tail, int i) {
        Pair part = x.times(PART);
        double z = part.head(); // at most 0.0002
        double coefficient = fma(z, fma(z, fma(z, 1.0 / 120, 1.0 / 24), 1.0 / 6), 0.5);
        Pair start = part.plus(part.times(part).times(coefficient));
        double m = start.head();
        double mTail = start.tail();
        for (int k = 0; k < DOUBLINGS; k++) {
            double factor = 2 + m;
            double factorTail = Exact.fastSumError(2, m, factor) + mTail;
            double product = m * factor;
            double productTail = Exact.productTail(m, mTail, factor, factorTail, product);
            m = product + productTail;
            mTail = Exact.fastSumError(product, productTail, m);
        }
        head[i] = m;
        tail[i] = mTail;
    }
}
