package io.github.plainjava.losses.internal.math;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.Bits;
import io.github.plainjava.losses.oracle.ExactExp;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The exponential and what it exceeds 1 and 1 + x by, against the exact ones. */
class Expm1Test {

    private static final double EXP_ULPS = 0.55;
    private static final double EXPM1_ULPS = 2;
    private static final double EXCESS_ULPS = 1.6;
    private static final double EXP_ULPS_WITH_LACK = 0.07;
    private static final double EXPM1_ULPS_WITH_LACK = 0.85;

    /** ln 2 / 16: in the middle between two multiples of a step, where most cancels. */
    private static final double HALF_STEP = 0.04332169878499658;

    private final SplittableRandom random = new SplittableRandom(1);

    @ParameterizedTest
    @ValueSource(doubles = {640, 40, 3, 0.7, 0.1, 0.044, 1e-3, 1e-9, 1e-20, 1e-150})
    void areWithinTheirUlps(double size) {
        for (int i = 0; i < 200; i++) {
            double x = random.nextDouble(-size, size);
            assertExact(x, Math.ulp(x) * random.nextDouble(-0.5, 0.5));
        }
    }

    @Test
    void areWithinTheirUlpsBetweenMultiplesOfAStepAndAtTheEnds() {
        for (int i = -64; i <= 64; i++) {
            double x = i * HALF_STEP;
            assertExact(Math.nextUp(x), 0);
            assertExact(Math.nextDown(x), 0);
        }
        assertExact(Expm1.LARGEST, 0);
        assertExact(-Expm1.LARGEST, 0);
    }

    /** As a logarithm has it, and where the heads of two numbers cancel. */
    @Test
    void tailsMayBeAsLargeAsHeads() {
        assertExact(0, 0x1p-30);
        assertExact(0x1p-20, -0x1p-21);
        assertExact(0.3, 0x1p-15);
        assertExact(-1, 0x1.8p-16);
    }

    @Test
    void of0AreTheirLimits() {
        Expm1 of = computed(1, 0, 0);
        Bits.assertSame(of.exp[0], 1);
        Bits.assertSame(of.expm1[0], 0);
        Bits.assertSame(of.excess[0], 0);
        Bits.assertSame(computed(1, -0.0, 0).excess[0], 0);
    }

    @Test
    void withoutAnythingSubtractedAllThreeAreTheExponential() {
        for (int i = 0; i < 300; i++) {
            double x = random.nextDouble(-1, 1) * (i % 2 == 0 ? 600 : 2);
            Expm1 of = computed(0, x, 0);
            BigDecimal exact = ExactExp.exp(x, 0);
            assertUlps(of.exp[0], exact, EXP_ULPS);
            assertUlps(of.expm1[0], exact, EXP_ULPS);
            assertUlps(of.excess[0], exact, EXCESS_ULPS);
        }
    }

    @Test
    void exponentialsAloneHaveTheSameBitsAndSoHaveThoseBesideOthers() {
        int n = 67;
        Expm1 all = new Expm1(n);
        Expm1 alone = new Expm1(n);
        double[] x = random.doubles(n, -650, 650).toArray();
        for (int i = 0; i < n; i++) {
            all.x[i] = x[i];
            alone.x[i] = x[i];
            all.less[i] = 1;
        }
        all.compute(n, true);
        alone.exponential(n);
        for (int i = 0; i < n; i++) {
            Bits.assertSame(all.exp[i], alone.exp[i]);
            Expm1 one = computed(1, x[i], 0);
            Bits.assertSame(all.expm1[i], one.expm1[0]);
            Bits.assertSame(all.excess[i], one.excess[0]);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {641, -641, 1e9, -1e9, 1e300, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void beyondItsLimitAllAreNaN(double x) {
        Expm1 of = computed(1, x, 0);
        assertThat(of.exp[0]).isNaN();
        assertThat(of.expm1[0]).isNaN();
        assertThat(of.excess[0]).isNaN();
    }

    @Test
    void theFirstMayBeFarBelow0() {
        for (double x : new double[] {-0.25, -640, Math.nextDown(-640.0), -700.3, -1e17, Double.NEGATIVE_INFINITY}) {
            Expm1 of = new Expm1(1);
            of.computeFirst(new Pair(x, 0x1p-10));
            if (x < -1e300) {
                Bits.assertSame(of.excess[0], Double.POSITIVE_INFINITY);
            } else {
                assertUlps(of.excess[0], excess(x, 0x1p-10), EXCESS_ULPS);
            }
            assertUlps(of.expm1[0], ExactExp.exp(new BigDecimal(Math.max(x, -1000)).add(new BigDecimal(0x1p-10)))
                    .subtract(BigDecimal.ONE), EXPM1_ULPS);
        }
    }

    @Test
    void numbersAreMultipliedWithWhatTheyLack() {
        for (int i = 0; i < 1000; i++) {
            Expm1 of = new Expm1(1);
            of.x[0] = random.nextDouble(-700, 700);
            of.xTail[0] = of.x[0] * random.nextDouble(-0x1p-50, 0x1p-50);
            Pair before = new Pair(of.x[0], of.xTail[0]);
            double factor = random.nextDouble(-1, 1);
            of.times(factor, 1);
            assertThat(new Pair(of.x[0], of.xTail[0])).isEqualTo(before.times(factor));
        }
    }

    private static void assertExact(double x, double xTail) {
        Expm1 of = computed(1, x, xTail);
        BigDecimal exp = ExactExp.exp(x, xTail);
        assertUlps(of.exp[0], exp, EXP_ULPS);
        assertUlps(of.expm1[0], excess(x, xTail).add(new BigDecimal(x)).add(new BigDecimal(xTail)), EXPM1_ULPS);
        assertUlps(of.excess[0], excess(x, xTail), EXCESS_ULPS);
        assertUlps(of.expm1[0], excess(x, xTail).add(new BigDecimal(x)).add(new BigDecimal(xTail))
                .subtract(new BigDecimal(of.lack[0])), EXPM1_ULPS_WITH_LACK);
        Expm1 alone = new Expm1(1);
        alone.x[0] = x;
        alone.xTail[0] = xTail;
        alone.exponential(1);
        assertUlps(alone.exp[0], exp.subtract(new BigDecimal(alone.lack[0])), EXP_ULPS_WITH_LACK);
    }

    /** By its series where the exponential would lose its digits. */
    private static BigDecimal excess(double x, double xTail) {
        BigDecimal sum = new BigDecimal(x).add(new BigDecimal(xTail));
        if (Math.abs(x) > 1e-3) {
            return ExactExp.exp(sum).subtract(BigDecimal.ONE).subtract(sum);
        }
        MathContext digits = new MathContext(60);
        BigDecimal power = sum.multiply(sum, digits).divide(BigDecimal.valueOf(2), digits);
        BigDecimal excess = power;
        for (int k = 3; k < 25; k++) {
            power = power.multiply(sum, digits).divide(BigDecimal.valueOf(k), digits);
            excess = excess.add(power, digits);
        }
        return excess;
    }

    private static Expm1 computed(double less, double x, double xTail) {
        Expm1 of = new Expm1(1);
        of.less[0] = less;
        of.x[0] = x;
        of.xTail[0] = xTail;
        of.compute(1, true);
        return of;
    }

    private static void assertUlps(double actual, BigDecimal exact, double ulps) {
        assertThat(Ulps.error(actual, exact)).as("%s, exactly %s", actual, exact.round(new MathContext(30)))
                .isLessThanOrEqualTo(ulps);
    }
}
