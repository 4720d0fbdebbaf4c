package io.github.plainjava.losses.internal.math;

import static io.github.plainjava.losses.internal.math.ExactPairs.assertClose;
import static io.github.plainjava.losses.internal.math.ExactPairs.assertWithin;
import static io.github.plainjava.losses.internal.math.ExactPairs.exact;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.Bits;
import io.github.plainjava.losses.oracle.ExactExp;
import io.github.plainjava.losses.oracle.ExactLog;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pairs against exact arithmetic. */
class PairTest {

    private static final MathContext DIGITS = new MathContext(80);
    private static final int TRIES = 20_000;

    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void sumsDifferencesAndProductsOfTwoDoublesAreExact() {
        for (int i = 0; i < TRIES; i++) {
            double a = number();
            double b = i % 8 == 0 ? -a * (1 + 0x1p-40 * random.nextInt(9)) : number();
            assertIs(Pair.of(a).plus(Pair.of(b)), a + b, exact(a).add(exact(b)));
            assertIs(Pair.of(a).minus(Pair.of(b)), a - b, exact(a).subtract(exact(b)));
            assertIs(Pair.difference(a, b), a - b, exact(a).subtract(exact(b)));
            assertIs(Pair.of(a).times(Pair.of(b)), a * b, exact(a).multiply(exact(b)));
            assertIs(Pair.of(a).times(b), a * b, exact(a).multiply(exact(b)));
            assertIs(Pair.product(a, b), a * b, exact(a).multiply(exact(b)));
        }
    }

    @Test
    void aRoundedProductWithADoubleIsRoundedOnceAndMayBeInfinite() {
        for (int i = 0; i < TRIES; i++) {
            Pair a = pair(number(), 0x1p-54);
            double b = number();
            assertThat(Ulps.error(a.timesRounded(b), exact(a).multiply(exact(b)))).isLessThan(0.501);
        }
        for (double tail : new double[] {0, 0x1p-60, -0x1p-60}) {
            Pair one = new Pair(1, tail);
            Bits.assertSame(one.timesRounded(Double.NEGATIVE_INFINITY), Double.NEGATIVE_INFINITY);
            Bits.assertSame(one.timesRounded(-0.0), 0);
            assertThat(one.timesRounded(Double.NaN)).isNaN();
        }
    }

    @Test
    void aQuotientOfTwoDoublesIsGoodTo104Bits() {
        for (int i = 0; i < TRIES; i++) {
            double a = number();
            double b = number();
            assertClose(Pair.quotient(a, b), exact(a).divide(exact(b), DIGITS), 0x1p-104);
            Bits.assertSame(Pair.quotient(a, b).head(), a / b);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0x1p-51, 0x1p-48, 0x1p-42, 0x1p-30, 0x1p-8})
    void sumsAreGoodToTheRoundingOfTheirTailsInThatOfTheLargerOperand(double t) {
        for (int i = 0; i < TRIES; i++) {
            Pair a = pair(number(), t);
            Pair b = i % 8 == 0 ? pair(-a.head(), t) : pair(number(), t);
            double larger = Math.max(Math.abs(a.head()), Math.abs(b.head()));
            BigDecimal tolerance = exact(larger).multiply(exact(0x1p-51 * t));
            assertWithin(a.plus(b), exact(a).add(exact(b)), tolerance);
            assertWithin(a.minus(b), exact(a).subtract(exact(b)), tolerance);
            assertThat(a.minus(b)).isEqualTo(a.plus(new Pair(-b.head(), -b.tail())));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0x1p-51, 0x1p-48, 0x1p-42, 0x1p-30, 0x1p-8})
    void productsAndQuotientsLackTheProductOfTheTailsAndTheirRounding(double t) {
        for (int i = 0; i < TRIES; i++) {
            Pair a = pair(number(), t);
            Pair b = pair(number(), t);
            assertClose(a.times(b), exact(a).multiply(exact(b)), 3 * t * t + 0x1p-49 * t);
            assertClose(a.times(b.head()), exact(a).multiply(exact(b.head())), 0x1p-52 * t);
            assertClose(a.over(b), exact(a).divide(exact(b), DIGITS), 3 * t * t + 0x1p-49 * t);
        }
    }

    /** As sums of a few thousand numbers have them. */
    @Test
    void tailsBelow48BitsOfHeadsLeave94Bits() {
        double t = 0x1p-48;
        for (int i = 0; i < TRIES; i++) {
            Pair a = pair(Math.abs(number()), t);
            Pair b = pair(Math.abs(number()), t);
            assertClose(a.plus(b), exact(a).add(exact(b)), 0x1p-94);
            assertClose(a.times(b), exact(a).multiply(exact(b)), 0x1p-94);
            assertClose(a.over(b), exact(a).divide(exact(b), DIGITS), 0x1p-94);
        }
    }

    @Test
    void roundedIsTheNearestDoubleAndNormalizedTheSameNumber() {
        for (int i = 0; i < TRIES; i++) {
            Pair a = pair(number(), Math.scalb(1.0, -random.nextInt(60)));
            Bits.assertSame(a.rounded(), exact(a).doubleValue());
            assertIs(a.normalized(), a.rounded(), exact(a));
        }
        Bits.assertSame(new Pair(-0.0, -0.0).rounded(), 0.0);
        Bits.assertSame(new Pair(1, -1).rounded(), 0.0);
    }

    @Test
    void log1pIsThatOfLog() {
        for (int i = 0; i < 1000; i++) {
            Pair a = pair(Math.abs(number()), 0x1p-53);
            assertThat(a.log1p()).isEqualTo(Log.log1p(a));
        }
    }

    /** The tail of the argument counts, up to its square. */
    @Test
    void logarithmsAreGoodTo58BitsAndExponentialsTo55() {
        for (int i = 0; i < 1000; i++) {
            Pair a = pair(Math.abs(number()), 0x1p-50);
            BigDecimal log = ExactLog.log(a.head()).add(new BigDecimal(a.tail() / a.head()));
            assertWithin(a.log(), log, log.abs().multiply(exact(0x1p-58)).add(exact(0x1p-99)));
            Pair b = pair(random.nextDouble(-700, 700), 0x1p-50);
            assertClose(b.exp(), ExactExp.exp(b.head(), b.tail()), 0x1p-55);
        }
        assertSame(Pair.ONE.log(), 0, 0);
        Bits.assertSame(Pair.ZERO.exp().rounded(), 1);
    }

    @Test
    void constantsAndSingleDoublesAreWhatTheySay() {
        assertSame(Pair.ZERO, 0, 0);
        assertSame(Pair.of(0), 0, 0);
        assertSame(Pair.ONE, 1, 0);
        assertSame(Pair.of(1), 1, 0);
        assertSame(Pair.ONE.minus(Pair.ONE), 0, 0);
        assertSame(Pair.ONE.over(Pair.of(4)), 0.25, 0);
    }

    @Test
    void whatIsFarBelowTheOtherOperandIsInTheTail() {
        assertSame(Pair.ONE.plus(Pair.of(0x1p-90)), 1, 0x1p-90);
        assertSame(Pair.of(0x1p-90).plus(Pair.ONE), 1, 0x1p-90);
        assertSame(new Pair(1, 0x1p-90).minus(Pair.ONE), 0, 0x1p-90);
        assertSame(new Pair(1, 0x1p-90).minus(Pair.ONE).normalized(), 0x1p-90, 0);
    }

    @Test
    void pairsAreEqualIfHeadsAndTailsAreToTheBit() {
        Pair pair = new Pair(1, 0x1p-60);
        assertThat(pair).isEqualTo(new Pair(1, 0x1p-60)).hasSameHashCodeAs(new Pair(1, 0x1p-60))
                .isNotEqualTo(new Pair(2, 0x1p-60)).isNotEqualTo(new Pair(1, 0)).isNotEqualTo(1.0)
                .hasToString("1.0 + 8.673617379884035E-19");
        assertThat(new Pair(0, 0)).isNotEqualTo(new Pair(-0.0, 0));
    }

    private static void assertSame(Pair actual, double head, double tail) {
        Bits.assertSame(actual.head(), head);
        Bits.assertSame(actual.tail(), tail);
    }

    private double number() {
        double magnitude = Math.scalb(1 + random.nextDouble(), random.nextInt(-60, 60));
        return random.nextBoolean() ? magnitude : -magnitude;
    }

    /** With a tail of up to t, often as large. */
    private Pair pair(double head, double t) {
        double share = random.nextBoolean() ? random.nextDouble(-1, 1) : random.nextInt(-1, 2);
        return new Pair(head, head * t * share);
    }

    private static void assertIs(Pair actual, double head, BigDecimal exact) {
        Bits.assertSame(actual.head(), head);
        assertThat(exact(actual)).isEqualByComparingTo(exact);
    }
}
