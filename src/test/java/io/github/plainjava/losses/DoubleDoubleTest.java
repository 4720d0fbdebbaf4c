package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Pairs against exact arithmetic. */
class DoubleDoubleTest {

    private static final MathContext DIGITS = new MathContext(80);
    private static final double TOLERANCE = 0x1p-100;
    private static final int TRIES = 20_000;

    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void sumsAndProductsOfTwoDoublesAreExact() {
        for (int i = 0; i < TRIES; i++) {
            double a = number();
            double b = i % 8 == 0 ? -a * (1 + 0x1p-40 * random.nextInt(9)) : number();
            assertThat(exact(DoubleDouble.of(a).plus(b))).isEqualByComparingTo(exact(a).add(exact(b)));
            assertThat(exact(DoubleDouble.product(a, b))).isEqualByComparingTo(exact(a).multiply(exact(b)));
            Bits.assertSame(DoubleDouble.of(a).plus(b).head(), a + b);
            Bits.assertSame(DoubleDouble.product(a, b).head(), a * b);
        }
    }

    @Test
    void aQuotientOfTwoDoublesIsGoodTo100Bits() {
        for (int i = 0; i < TRIES; i++) {
            double a = number();
            double b = number();
            assertClose(DoubleDouble.quotient(a, b), exact(a).divide(exact(b), DIGITS));
            Bits.assertSame(DoubleDouble.quotient(a, b).head(), a / b);
        }
    }

    @Test
    void plusAndMinusAreGoodTo100BitsOfTheLargerOperand() {
        for (int i = 0; i < TRIES; i++) {
            DoubleDouble a = pair();
            DoubleDouble b = i % 8 == 0 ? new DoubleDouble(-a.head(), pairOf(a.head()).tail()) : pair();
            BigDecimal larger = exact(a).abs().max(exact(b).abs());
            assertNormalized(a.plus(b));
            assertClose(a.plus(b), exact(a).add(exact(b)), larger);
            assertClose(a.minus(b), exact(a).subtract(exact(b)), larger);
            double x = i % 8 == 0 ? -a.head() : b.head();
            assertNormalized(a.plus(x));
            assertClose(a.plus(x), exact(a).add(exact(x)), exact(a).abs().max(exact(x).abs()));
        }
    }

    @Test
    void sumsOfOneSignAreGoodTo100BitsOfTheirOwn() {
        for (int i = 0; i < TRIES; i++) {
            DoubleDouble a = pairOf(Math.abs(number()));
            DoubleDouble b = pairOf(Math.abs(number()));
            assertClose(a.plus(b), exact(a).add(exact(b)));
            assertClose(a.plus(b.head()), exact(a).add(exact(b.head())));
        }
    }

    @Test
    void productsAndQuotientsAreGoodTo100Bits() {
        for (int i = 0; i < TRIES; i++) {
            DoubleDouble a = pair();
            DoubleDouble b = pair();
            assertNormalized(a.times(b));
            assertClose(a.times(b), exact(a).multiply(exact(b)));
            assertNormalized(a.times(b.head()));
            assertClose(a.times(b.head()), exact(a).multiply(exact(b.head())));
            assertNormalized(a.over(b));
            assertClose(a.over(b), exact(a).divide(exact(b), DIGITS));
        }
    }

    @Test
    void negationScalingAndNormalizationAreExact() {
        for (int i = 0; i < TRIES; i++) {
            DoubleDouble a = pair();
            int power = random.nextInt(-200, 200);
            assertThat(exact(a.negated())).isEqualByComparingTo(exact(a).negate());
            assertThat(exact(a.scaled(power))).isEqualByComparingTo(power < 0
                    ? exact(a).divide(BigDecimal.valueOf(2).pow(-power))
                    : exact(a).multiply(BigDecimal.valueOf(2).pow(power)));
            double tail = a.head() * random.nextDouble(-1, 1);
            DoubleDouble sum = DoubleDouble.ofSum(a.head(), tail);
            assertNormalized(sum);
            assertThat(exact(sum)).isEqualByComparingTo(exact(a.head()).add(exact(tail)));
        }
    }

    @Test
    void constantsAndSingleDoublesAreWhatTheySay() {
        assertSame(DoubleDouble.ZERO, 0, 0);
        assertSame(DoubleDouble.of(0), 0, 0);
        assertSame(DoubleDouble.ONE, 1, 0);
        assertSame(DoubleDouble.of(1), 1, 0);
        assertSame(DoubleDouble.ONE.minus(DoubleDouble.ONE), 0, 0);
        assertSame(DoubleDouble.ONE.over(DoubleDouble.of(4)), 0.25, 0);
    }

    @Test
    void whatIsFarBelowTheOtherOperandIsInTheTail() {
        assertSame(DoubleDouble.ONE.plus(0x1p-90), 1, 0x1p-90);
        assertSame(DoubleDouble.of(0x1p-90).plus(DoubleDouble.ONE), 1, 0x1p-90);
        assertSame(new DoubleDouble(1, 0x1p-90).minus(DoubleDouble.ONE), 0x1p-90, 0);
    }

    private static void assertSame(DoubleDouble actual, double head, double tail) {
        Bits.assertSame(actual.head(), head);
        Bits.assertSame(actual.tail(), tail);
    }

    private double number() {
        double magnitude = Math.scalb(1 + random.nextDouble(), random.nextInt(-60, 60));
        return random.nextBoolean() ? magnitude : -magnitude;
    }

    private DoubleDouble pair() {
        return pairOf(number());
    }

    private DoubleDouble pairOf(double head) {
        return new DoubleDouble(head, random.nextInt(8) == 0 ? 0 : Math.ulp(head) * random.nextDouble(-0.5, 0.5));
    }

    private static void assertNormalized(DoubleDouble x) {
        Bits.assertSame(x.head() + x.tail(), x.head());
    }

    private static void assertClose(DoubleDouble actual, BigDecimal expected) {
        assertClose(actual, expected, expected);
    }

    private static void assertClose(DoubleDouble actual, BigDecimal expected, BigDecimal size) {
        BigDecimal error = exact(actual).subtract(expected).abs();
        assertThat(error).as("%s, expected %s", actual, expected)
                .isLessThanOrEqualTo(size.abs().multiply(new BigDecimal(TOLERANCE)));
    }

    private static BigDecimal exact(DoubleDouble x) {
        return exact(x.head()).add(exact(x.tail()));
    }

    private static BigDecimal exact(double x) {
        return new BigDecimal(x);
    }
}
