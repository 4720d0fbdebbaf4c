package io.github.plainjava.losses.internal.math;

import static io.github.plainjava.losses.internal.math.Fma.fma;

/**
 * exp(x) - 1, and what that exceeds x by, where the exponential itself would lose their digits: both are the terms that
 * losses are made of which are 0 where a prediction is right.
 *
 * <h2>Method</h2>
 * For -0.7 &lt; x &lt;= 1
 * <pre>
 *     exp(x) - 1 - x = (x^2 / 2) (1 + x s(x)),    s(x) = sum over k from 3 on of 2 x^(k - 3) / k!
 * </pre>
 * with x^2 / 2 and the outer product in pairs, s in doubles: x s(x) lies between -0.2 and 0.44, so that its rounding
 * costs at most 2^-53.9 of the result. The first term that is left out is below 2^-65. Beyond, exp(x) - 1 - x is
 * subtracted as it stands: for x = 1, where most cancels, the exponential is 3.8 times the result, and its error of
 * 2^-55.7 becomes 2^-53.8; for x from 2 on and for x up to -0.7 it is below 2^-54.3.
 */
public final class Expm1 {

    /** Below it the exponential is at most 2.5 times what is left. */
    private static final double LOWEST = -0.7;

    /** 2 / k! for k from 3 to 21, correctly rounded: all divisors are doubles up to 22!, and so is 2. */
    private static final double[] COEFFICIENTS = coefficients();

    private Expm1() {}

    /** Whether the excess is not the difference of an exponential and another number. */
    public static boolean isSmall(double x) {
        return x > LOWEST && x <= 1;
    }

    private static double[] coefficients() {
        double[] coefficients = new double[19];
        double factorial = 2;
        for (int i = 0; i < coefficients.length; i++) {
            factorial *= i + 3;
            coefficients[i] = 2 / factorial;
        }
        return coefficients;
    }

    /** exp(x) - 1, to within 2^-54.5 of itself; infinite beyond the double range. */
    public static Pair expm1(Pair x) {
        return isSmall(x.head()) ? excessOfSmall(x).plus(x) : difference(x.exp(), Pair.ONE);
    }

    /** exp(x) - 1 - x, which is not negative, to within 2^-53.7 of itself; infinite beyond the double range. */
    public static Pair excess(Pair x) {
        return isSmall(x.head()) ? excessOfSmall(x) : difference(x.exp(), Pair.ONE.plus(x));
    }

    /** An exponential less another number, which may both be infinite, or one of them. */
    private static Pair difference(Pair exponential, Pair x) {
        Pair difference = exponential.minus(x);
        double head = exponential.head() == Double.POSITIVE_INFINITY ? exponential.head() : difference.head();
        return new Pair(head, Double.isInfinite(head) ? 0 : difference.tail());
    }

    private static Pair excessOfSmall(Pair x) {
        double z = x.head();
        double square = z * z;
        double even = 0;
        double odd = 0; // two sums beside one another, as a multiplication waits for the one before
        for (int i = COEFFICIENTS.length - 1; i > 0; i -= 2) {
            even = fma(even, square, COEFFICIENTS[i]);
            odd = fma(odd, square, COEFFICIENTS[i - 1]);
        }
        double s = fma(odd, z, fma(even, square, COEFFICIENTS[0]));
        return x.times(x).times(0.5).times(Pair.ONE.plus(x.times(s)));
    }
}
