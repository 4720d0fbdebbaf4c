package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apfloat.Apfloat;
import org.apfloat.ApfloatMath;

/**
 * Exponential and logarithm to a chosen number of decimal digits, and a way to take a difference to {@value #WANTED}
 * digits however much of it cancels.
 *
 * <p>Sums, products and quotients are {@link BigDecimal}'s. The exponential is Apfloat's, which is made for millions of
 * digits and needs 2.5 ms for a hundred; so only the powers {@code exp(2^(8k))} are asked of it, once, and every other
 * argument is put together from them by {@code exp(a + b) = exp(a) exp(b)} in some 10 microseconds. {@code ExactTest}
 * compares the outcome with Apfloat's own exponential and logarithm.
 */
public final class Exact {

    /** The digits that every result of this package is good for, at the least. */
    public static final int WANTED = 60;

    /**
     * Below this argument the exponential is less than 10^-7000 and taken as 0: no double can tell, not even after a
     * multiplication by a mass, a class weight and a sample weight and a division by a temperature and a total weight,
     * which are 10^2900 together at the most.
     */
    static final int LOWEST_EXPONENT = -1 << 14;

    /** Above this argument the exponential is more than 10^7000, and taken as that of this: an infinity, all the same. */
    private static final BigDecimal HIGHEST_EXPONENT = BigDecimal.valueOf(1 << 14);

    private static final int FIRST_DIGITS = 80;
    private static final int LAST_DIGITS = 1280;

    /** For rounding errors in tables and sums (13 digits at most) and for the logarithm of a double next to 1 (16). */
    private static final int GUARD_DIGITS = 30;

    private static final int FRACTION_BITS = 64;
    private static final BigDecimal TWO_TO_FRACTION_BITS = new BigDecimal(BigInteger.ONE.shiftLeft(FRACTION_BITS));
    private static final BigDecimal SMALL = new BigDecimal("1e-3");
    private static final BigDecimal TINY = new BigDecimal("1e-8");

    private static final Map<Integer, Exact> BY_DIGITS = new ConcurrentHashMap<>();

    private final int digits;
    private final MathContext context;
    private final Map<Integer, BigDecimal[]> powersOfExp = new ConcurrentHashMap<>();

    private Exact(int digits) {
        this.digits = digits;
        this.context = new MathContext(digits + GUARD_DIGITS, RoundingMode.HALF_EVEN);
    }

    /** Arithmetic good for a number of digits. */
    static Exact of(int digits) {
        return BY_DIGITS.computeIfAbsent(digits, Exact::new);
    }

    /** Arithmetic for results in which nothing cancels. */
    static Exact standard() {
        return of(FIRST_DIGITS);
    }

    /** A result, and the size of the largest number that went into it by addition or subtraction. */
    record Sum(BigDecimal value, BigDecimal magnitude) {

        static Sum ofDifference(BigDecimal a, BigDecimal b) {
            return new Sum(a.subtract(b), a.abs().max(b.abs()));
        }

        static Sum of(Exact exact, BigDecimal... terms) {
            BigDecimal sum = BigDecimal.ZERO;
            BigDecimal largest = BigDecimal.ZERO;
            for (BigDecimal term : terms) {
                sum = exact.plus(sum, term);
                largest = largest.max(term.abs());
            }
            return new Sum(sum, largest);
        }
    }

    /**
     * Evaluates with more and more digits until {@value #WANTED} are left after cancellation. A result that is still
     * less than 10^-1200 of its terms counts as 0: for terms made of doubles it would round to 0 if it were not 0.
     */
    static BigDecimal settle(Function<Exact, Sum> evaluation) {
        for (int digits = FIRST_DIGITS; digits <= LAST_DIGITS; digits *= 2) {
            Sum sum = evaluation.apply(of(digits));
            BigDecimal trusted = sum.magnitude().scaleByPowerOfTen(WANTED - digits);
            if (sum.magnitude().signum() == 0 || sum.value().abs().compareTo(trusted) > 0) {
                return sum.value();
            }
        }
        return BigDecimal.ZERO;
    }

    MathContext context() {
        return context;
    }

    BigDecimal times(BigDecimal a, BigDecimal b) {
        return a.multiply(b, context);
    }

    BigDecimal over(BigDecimal a, BigDecimal b) {
        return a.divide(b, context);
    }

    BigDecimal plus(BigDecimal a, BigDecimal b) {
        return a.add(b, context);
    }

    BigDecimal squared(BigDecimal a) {
        return times(a, a);
    }

    BigDecimal squareRoot(BigDecimal a) {
        return a.round(context).sqrt(context);
    }

    /** e to the power x. */
    BigDecimal exp(BigDecimal x) {
        if (x.compareTo(BigDecimal.valueOf(LOWEST_EXPONENT)) < 0) {
            return BigDecimal.ZERO;
        }
        BigDecimal rounded = x.min(HIGHEST_EXPONENT).setScale(context.getPrecision() + 2, RoundingMode.HALF_EVEN);
        BigInteger multiple = rounded.multiply(TWO_TO_FRACTION_BITS).toBigInteger();
        BigDecimal remainder = rounded.subtract(new BigDecimal(multiple).divide(TWO_TO_FRACTION_BITS));
        BigDecimal product = taylorExp(remainder);
        byte[] bytes = multiple.abs().toByteArray();
        for (int i = 0; i < bytes.length; i++) {
            int value = Byte.toUnsignedInt(bytes[bytes.length - 1 - i]);
            if (value != 0) {
                product = times(product, powersOfExp(multiple.signum() * (i + 1))[value]);
            }
        }
        return product;
    }

    /** e^x - 1, to full relative precision however small x is. */
    BigDecimal expm1(BigDecimal x) {
        return isSmall(x) ? tailOfExp(x, 1) : exp(x).subtract(BigDecimal.ONE);
    }

    /** e^x - 1 - x, to full relative precision however small x is. */
    BigDecimal excessOfExp(BigDecimal x) {
        return isSmall(x) ? tailOfExp(x, 2) : plus(exp(x), x.add(BigDecimal.ONE).negate());
    }

    private static boolean isSmall(BigDecimal x) {
        return x.abs().compareTo(SMALL) < 0;
    }

    /** The natural logarithm of a positive number that is a double, or is not next to 1. */
    BigDecimal log(BigDecimal x) {
        if (x.compareTo(BigDecimal.ONE) == 0) {
            return BigDecimal.ZERO;
        }
        int exponent = x.precision() - x.scale();
        double mantissa = x.movePointLeft(exponent).doubleValue();
        BigDecimal guess = new BigDecimal(StrictMath.log(mantissa) + exponent * StrictMath.log(10));
        BigDecimal ratio = times(x, exp(guess.negate()));
        return plus(guess, taylorLog1p(ratio.subtract(BigDecimal.ONE)));
    }

    /** log(1 + x) for x above -1, to full relative precision however small x is. */
    BigDecimal log1p(BigDecimal x) {
        return x.abs().compareTo(TINY) < 0 ? taylorLog1p(x) : log(x.add(BigDecimal.ONE));
    }

    /** exp(0), exp(s), ... exp(255 s) for s = the sign of the position times 256^(|position| - 1) / 2^64. */
    private BigDecimal[] powersOfExp(int position) {
        return powersOfExp.computeIfAbsent(position, p -> {
            int exponent = 8 * (Math.abs(p) - 1) - FRACTION_BITS;
            BigDecimal step = new BigDecimal(Math.scalb(Integer.signum(p), exponent));
            Apfloat first = ApfloatMath.exp(new Apfloat(step, context.getPrecision() + GUARD_DIGITS));
            BigDecimal[] powers = new BigDecimal[256];
            powers[0] = BigDecimal.ONE;
            powers[1] = new BigDecimal(first.toString(), context);
            for (int i = 2; i < powers.length; i++) {
                powers[i] = times(powers[i - 1], powers[1]);
            }
            return powers;
        });
    }

    private BigDecimal taylorExp(BigDecimal x) {
        return plus(BigDecimal.ONE, tailOfExp(x, 1));
    }

    /** The terms of the exponential's series from x, or from x^2 / 2. */
    private BigDecimal tailOfExp(BigDecimal x, int from) {
        BigDecimal term = from == 1 ? x : over(times(x, x), BigDecimal.valueOf(2));
        BigDecimal sum = term;
        for (int n = from + 1; isFelt(term, sum); n++) {
            term = over(times(term, x), BigDecimal.valueOf(n));
            sum = plus(sum, term);
        }
        return sum;
    }

    private BigDecimal taylorLog1p(BigDecimal x) {
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal power = x;
        for (int n = 1; isFelt(power, x); n++) {
            sum = plus(sum, over(power, BigDecimal.valueOf(n % 2 == 0 ? -n : n)));
            power = times(power, x);
        }
        return sum;
    }

    private boolean isFelt(BigDecimal term, BigDecimal beside) {
        return term.abs().compareTo(beside.abs().scaleByPowerOfTen(-context.getPrecision())) > 0;
    }

    @Override
    public String toString() {
        return digits + " digits";
    }
}
