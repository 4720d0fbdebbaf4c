package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.oracle.ExactExp;
import io.github.plainjava.losses.oracle.ExactLog;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers of any exponent against exact arithmetic, and what makes them or is made of them. */
class WideTest {

    private static final MathContext DIGITS = new MathContext(80);
    private static final BigDecimal TWO = BigDecimal.valueOf(2);
    private static final double TOLERANCE = 0x1p-100;

    private final SplittableRandom random = new SplittableRandom(1);

    @ParameterizedTest
    @ValueSource(doubles = {1, -1, 0.1, Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE, -Double.MIN_VALUE,
        Double.MIN_NORMAL, 0x1.fffffffffffffp-1023, 0x1.8p-1060, 1e300, -1e-300})
    void everyDoubleHasItsWideForm(double x) {
        Wide wide = Wide.of(x);
        assertCanonical(wide);
        assertThat(exact(wide)).isEqualByComparingTo(new BigDecimal(x));
        Bits.assertSame(wide.toDouble(), x);
        Bits.assertSame(wide.negated().toDouble(), -x);
        assertThat(wide.isZero()).isFalse();
    }

    @Test
    void zeroIsZero() {
        assertThat(Wide.of(0)).usingRecursiveComparison().isEqualTo(Wide.ZERO);
        assertThat(Wide.of(-0.0)).usingRecursiveComparison().isEqualTo(Wide.ZERO);
        assertThat(Wide.ZERO.isZero()).isTrue();
        assertThat(Wide.ZERO.scaled(1000)).usingRecursiveComparison().isEqualTo(Wide.ZERO);
        Bits.assertSame(Wide.ZERO.toDouble(), 0.0);
        Bits.assertSame(Wide.ZERO.negated().toDouble(), 0.0);
        Wide x = Wide.of(0.3);
        assertThat(x.plus(Wide.ZERO)).usingRecursiveComparison().isEqualTo(x);
        assertThat(Wide.ZERO.plus(x)).usingRecursiveComparison().isEqualTo(x);
        assertThat(x.minus(x).isZero()).isTrue();
        assertThat(x.times(Wide.ZERO).isZero()).isTrue();
        assertThat(Wide.ZERO.over(x).isZero()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1.5, 2, 3, 0x1p-1022, 0x1p-1023, 0x1p-1074, 0x1.8p-1073, Double.MAX_VALUE})
    void thePowerBelowIsThatOfTheLeadingBit(double x) {
        int power = new BigDecimal(x).multiply(TWO.pow(1100)).toBigInteger().bitLength() - 1 - 1100;
        assertThat(Wide.powerBelow(x)).isEqualTo(power);
        assertThat(Wide.powerBelow(-x)).isEqualTo(power);
    }

    @Test
    void productsAndQuotientsAreGoodTo100BitsFarBeyondTheDoubleRange() {
        for (int i = 0; i < 2000; i++) {
            Wide a = number(4000);
            Wide b = number(4000);
            assertClose(a.times(b), exact(a).multiply(exact(b)));
            assertClose(a.over(b), exact(a).divide(exact(b), DIGITS));
        }
    }

    @Test
    void sumsAndDifferencesAreGoodTo100BitsOfTheLargerOperand() {
        for (int i = 0; i < 4000; i++) {
            Wide a = number(4000);
            Wide b = i % 8 == 0 ? number(4000) : number(1).scaled(a.exponent() + random.nextInt(-210, 210));
            BigDecimal larger = exact(a).abs().max(exact(b).abs());
            assertClose(a.plus(b), exact(a).add(exact(b)), larger);
            assertClose(b.plus(a), exact(a).add(exact(b)), larger);
            assertClose(a.minus(b), exact(a).subtract(exact(b)), larger);
        }
    }

    @Test
    void aDifferenceOfNeighboursIsExact() {
        Wide a = Wide.of(new DoubleDouble(1, 0x1p-90)).scaled(3000);
        assertThat(exact(a.minus(Wide.ONE.scaled(3000)))).isEqualByComparingTo(TWO.pow(2910));
        assertCanonical(a.minus(Wide.ONE.scaled(3000)));
    }

    @Test
    void expIsExact() {
        for (int i = 0; i < 1000; i++) {
            double x = i % 2 == 0 ? -Math.scalb(1 + random.nextDouble(), random.nextInt(-300, 14))
                    : -random.nextDouble(1 << 14);
            DoubleDouble pair = new DoubleDouble(x, Math.ulp(x) * random.nextDouble(-0.5, 0.5));
            BigDecimal exact = ExactExp.exp(pair.head(), pair.tail());
            assertClose(Wide.of(pair).exp(), exact, exact, 0x1p-55);
        }
    }

    @Test
    void expIsExactAroundPowersOf2() {
        for (int k = 1; k < 23_000; k += 97) {
            double x = -k * 0.6931471805599453;
            for (double y : new double[] {Math.nextDown(x), x, Math.nextUp(x)}) {
                BigDecimal exact = ExactExp.exp(y, 0);
                assertClose(Wide.of(y).exp(), exact, exact, 0x1p-55);
            }
        }
    }

    @Test
    void theExponentialOfALittleIsOneAndOfVeryLittleIsNothing() {
        assertThat(Wide.ZERO.exp()).usingRecursiveComparison().isEqualTo(Wide.of(1));
        assertClose(Wide.ONE.negated().scaled(-5000).exp(), BigDecimal.ONE);
        assertThat(Wide.of(-0x1p14).exp().isZero()).isFalse();
        assertThat(Wide.of(Math.nextDown(-0x1p14)).exp().isZero()).isTrue();
        assertThat(Wide.ONE.negated().scaled(5000).exp().isZero()).isTrue();
    }

    @Test
    void log1pIsExact() {
        for (int i = 0; i < 1000; i++) {
            double x = Math.scalb(1 + random.nextDouble(), random.nextInt(-99, 30));
            DoubleDouble pair = new DoubleDouble(x, Math.ulp(x) * random.nextDouble(-0.5, 0.5));
            BigDecimal exact = ExactLog.log1p(pair.head(), pair.tail());
            assertClose(Wide.of(pair).log1p(), exact, exact, 0x1p-59);
        }
    }

    @Test
    void theLogarithmNextToOneIsTheDistance() {
        assertThat(Wide.ZERO.log1p().isZero()).isTrue();
        for (int exponent : new int[] {-100, -101, -199, -200, -201, -1074, -5000}) {
            Wide x = Wide.of(1.75).scaled(exponent);
            assertClose(x.log1p(), exact(x), exact(x), 0x1p-59);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1024, Infinity", "1023, 0x1p1023", "5000, Infinity", "-1074, 0x1p-1074", "-1075, 0", "-1076, 0", "-5000, 0",
        "-1022, 0x1p-1022", "-1023, 0x1p-1023"
    })
    void aPowerOf2BecomesADouble(int exponent, double expected) {
        Bits.assertSame(Wide.ONE.scaled(exponent).toDouble(), expected);
        Bits.assertSame(Wide.ONE.negated().scaled(exponent).toDouble(), 0 - expected);
    }

    @Test
    void toDoubleRoundsToTheNearestSubnormalNumber() {
        for (int i = 0; i < 1000; i++) {
            double x = Math.scalb(1 + random.nextDouble(), random.nextInt(-1080, -1020));
            Wide wide = Wide.of(1 + random.nextDouble()).scaled(Wide.powerBelow(x == 0 ? Double.MIN_VALUE : x));
            assertThat(Ulps.error(wide.toDouble(), exact(wide))).as("%s", wide).isLessThanOrEqualTo(0.5);
        }
        Bits.assertSame(Wide.of(1.5).scaled(-1074).toDouble(), 0x1p-1073);
        Bits.assertSame(Wide.of(1.25).scaled(-1074).toDouble(), 0x1p-1074);
        Bits.assertSame(Wide.of(1.0000001).scaled(-1075).toDouble(), Double.MIN_VALUE);
    }

    @Test
    void toDoubleRoundsToTheNearestNormalNumber() {
        for (int i = 0; i < 1000; i++) {
            Wide wide = number(1000);
            assertThat(Ulps.error(wide.toDouble(), exact(wide))).as("%s", wide).isLessThanOrEqualTo(0.5);
        }
        Bits.assertSame(Wide.of(new DoubleDouble(0x1.fffffffffffffp0, 0x1p-54)).scaled(1023).toDouble(),
                Double.MAX_VALUE);
        Bits.assertSame(Wide.of(2).scaled(1023).toDouble(), Double.POSITIVE_INFINITY);
    }

    @Test
    void anExactSumHasItsWideForm() {
        for (int i = 0; i < 500; i++) {
            ExactSum sum = ExactSum.zero();
            BigDecimal expected = BigDecimal.ZERO;
            for (int terms = random.nextInt(1, 6); terms > 0; terms--) {
                double x = Math.scalb(1 + random.nextDouble(), random.nextInt(-1074, 1023));
                double y = i % 2 == 0 ? 1 : Math.scalb(1 + random.nextDouble(), random.nextInt(-1074, 1023));
                sum.addProduct(x, y);
                expected = expected.add(new BigDecimal(x).multiply(new BigDecimal(y)));
            }
            assertClose(sum.toWide(), expected);
        }
        assertThat(ExactSum.zero().toWide().isZero()).isTrue();
    }

    @Test
    void aTotalBeyondTheDoubleRangeDividesAllTheSame() {
        Divisor divisor = divisor(Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE);
        Bits.assertSame(divisor.value(), Double.POSITIVE_INFINITY);
        assertThat(exact(divisor.exact()))
                .isEqualByComparingTo(new BigDecimal(Double.MAX_VALUE).multiply(BigDecimal.valueOf(3)));
        Wide scale = divisor.scale(Double.MAX_VALUE);
        Bits.assertSame(scale.times(3), 1.0);
        Bits.assertSame(scale.times(1), 1.0 / 3);
        Bits.assertSame(scale.times(-Double.MAX_VALUE), -Double.MAX_VALUE / 3);
    }

    @Test
    void aSubnormalTotalDividesWithAllOfItsBits() {
        Divisor divisor = divisor(Double.MIN_VALUE, 2 * Double.MIN_VALUE);
        Bits.assertSame(divisor.value(), 3 * Double.MIN_VALUE);
        assertThat(exact(divisor.exact())).isEqualByComparingTo(new BigDecimal(3 * Double.MIN_VALUE));
        Bits.assertSame(divisor.scale(Double.MIN_VALUE).times(1), 1.0 / 3);
        Bits.assertSame(divisor.scale(1).times(1), Double.POSITIVE_INFINITY);
        Bits.assertSame(divisor.scale(1).times(-0x1p-900), -0x1p174 / 3);
    }

    @Test
    void noTotalButThatOfOneDividesByOne() {
        for (Divisor one : new Divisor[] {Divisor.ONE, divisor(1), divisor(0.25, 0.75)}) {
            Bits.assertSame(one.value(), 1);
            assertThat(one.exact()).usingRecursiveComparison().isEqualTo(Wide.ONE);
        }
        assertThat(Divisor.ONE.scale(1)).usingRecursiveComparison().isEqualTo(Wide.ONE);
    }

    private static Divisor divisor(double... weights) {
        ExactSum sum = ExactSum.zero();
        for (double weight : weights) {
            sum.add(weight);
        }
        return Divisor.of(sum);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aScaleLeavesWhatIsNotFinite(double x) {
        Bits.assertSame(divisor(3).scale(0x1p-900).times(x), x);
    }

    @Test
    void aScaleMultipliesEveryFiniteNumber() {
        for (int i = 0; i < 1000; i++) {
            double weight = Math.scalb(1 + random.nextDouble(), random.nextInt(-1074, 1023));
            double total = Math.scalb(1 + random.nextDouble(), random.nextInt(-1022, 1023));
            double x = Math.scalb(1 + random.nextDouble(), random.nextInt(-1074, 1023)) * (i % 2 == 0 ? 1 : -1);
            BigDecimal exact = new BigDecimal(weight).multiply(new BigDecimal(x)).divide(new BigDecimal(total), DIGITS);
            assertThat(Ulps.error(divisor(total).scale(weight).times(x), exact))
                    .as("%s * %s / %s", x, weight, total).isLessThanOrEqualTo(0.5001);
        }
        Bits.assertSame(divisor(3).scale(0.5).times(0.0), 0.0);
        Bits.assertSame(divisor(3).scale(0.5).times(-0.0), 0.0);
        Bits.assertSame(Divisor.ONE.scale(0.5).times(Double.MIN_VALUE), 0.0);
        Bits.assertSame(Divisor.ONE.scale(0.75).times(-Double.MIN_VALUE), -Double.MIN_VALUE);
    }

    private Wide number(int exponents) {
        double head = 1 + random.nextDouble();
        DoubleDouble pair = new DoubleDouble(head, random.nextDouble(-0x1p-53, 0x1p-53));
        return Wide.of(random.nextBoolean() ? pair : pair.negated())
                .scaled(random.nextInt(-exponents, exponents));
    }

    private static void assertCanonical(Wide x) {
        double significand = Math.abs(x.significand().head());
        assertThat(significand == 0 || significand >= 1 && significand < 2).as("%s", x).isTrue();
        Bits.assertSame(x.significand().head() + x.significand().tail(), x.significand().head());
    }

    private static void assertClose(Wide actual, BigDecimal expected) {
        assertClose(actual, expected, expected);
    }

    private static void assertClose(Wide actual, BigDecimal expected, BigDecimal size) {
        assertClose(actual, expected, size, TOLERANCE);
    }

    private static void assertClose(Wide actual, BigDecimal expected, BigDecimal size, double tolerance) {
        assertCanonical(actual);
        BigDecimal error = exact(actual).subtract(expected).abs();
        assertThat(error.compareTo(size.abs().multiply(new BigDecimal(tolerance))))
                .as("%s, expected %s", actual, expected.round(DIGITS)).isLessThanOrEqualTo(0);
    }

    /** To 200 digits where the number is less than any double. */
    private static BigDecimal exact(Wide x) {
        BigDecimal significand = new BigDecimal(x.significand().head()).add(new BigDecimal(x.significand().tail()));
        MathContext digits = new MathContext(x.exponent() < -1200 ? 200 : 0);
        return x.exponent() < 0
                ? significand.multiply(new BigDecimal("0.5").pow(-x.exponent(), digits))
                : significand.multiply(TWO.pow(x.exponent()));
    }
}
