package io.github.plainjava.losses.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.AnyOptions;
import io.github.plainjava.losses.generators.Doubles;
import java.math.BigDecimal;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apfloat.Apfloat;
import org.apfloat.ApfloatMath;
import org.junit.jupiter.api.Test;

/** The oracle against Apfloat's own functions, published constants, and derivatives taken by differences. */
class ExactTest {

    private static final String E =
            "2.718281828459045235360287471352662497757247093699959574966967627724076630353547594571";
    private static final String LOG_2 =
            "0.69314718055994530941723212145817656807550013436025525412068000949339362196969471560586";

    private final Exact exact = Exact.standard();

    @Test
    void knowsTheBaseOfTheNaturalLogarithm() {
        assertAgree(exact.exp(BigDecimal.ONE), new BigDecimal(E));
    }

    @Test
    void knowsTheLogarithmOf2() {
        assertAgree(exact.log(BigDecimal.valueOf(2)), new BigDecimal(LOG_2));
        assertAgree(exact.log1p(BigDecimal.ONE), new BigDecimal(LOG_2));
    }

    @Test
    void logarithmOf1IsNothing() {
        assertThat(exact.log(BigDecimal.ONE)).isEqualByComparingTo(BigDecimal.ZERO);
        assertThat(exact.log1p(BigDecimal.ZERO)).isEqualByComparingTo(BigDecimal.ZERO);
    }

    @Property(tries = 100)
    void expIsApfloats(@ForAll("exponents") double x) {
        Apfloat peer = ApfloatMath.exp(new Apfloat(new BigDecimal(x), 120));
        assertAgree(exact.exp(new BigDecimal(x)), new BigDecimal(peer.toString()));
    }

    @Property(tries = 20)
    void expIsApfloatsWithManyDigitsToo(@ForAll("exponents") double x) {
        Apfloat peer = ApfloatMath.exp(new Apfloat(new BigDecimal(x), 360));
        assertAgree(Exact.of(320).exp(new BigDecimal(x)), new BigDecimal(peer.toString()), 300);
    }

    @Property(tries = 100)
    void logIsApfloats(@ForAll("positive") double x) {
        Apfloat peer = ApfloatMath.log(new Apfloat(new BigDecimal(x), 120));
        assertAgree(exact.log(new BigDecimal(x)), new BigDecimal(peer.toString()));
    }

    @Property(tries = 100)
    void log1pIsApfloatsLogarithmWithEnoughDigits(@ForAll("positive") double x) {
        BigDecimal sum = new BigDecimal(x).add(BigDecimal.ONE);
        Apfloat peer = ApfloatMath.log(new Apfloat(sum, 480));
        assertAgree(exact.log1p(new BigDecimal(x)), new BigDecimal(peer.toString()));
    }

    /** With more digits than cancel. */
    @Property(tries = 100)
    void whatExceedsTheFirstTermsOfExpIsAsExact(@ForAll("small") double x) {
        BigDecimal argument = new BigDecimal(x);
        BigDecimal growth = Exact.of(160).exp(argument).subtract(BigDecimal.ONE);
        assertAgree(exact.expm1(argument), growth);
        assertAgree(exact.excessOfExp(argument), growth.subtract(argument));
        BigDecimal least = new BigDecimal(Double.MIN_VALUE);
        assertAgree(exact.expm1(least), least);
        assertAgree(exact.excessOfExp(least.negate()), least.multiply(least).divide(BigDecimal.valueOf(2)));
        assertThat(exact.excessOfExp(BigDecimal.ZERO)).isZero();
    }

    @Property(tries = 100)
    void log1pOfNegativeNumbersUndoesExpToo(@ForAll("small") double x) {
        BigDecimal argument = new BigDecimal(-Math.abs(x));
        BigDecimal error = exact.log1p(exact.expm1(argument)).subtract(argument).abs();
        assertThat(error).isLessThanOrEqualTo(argument.abs().scaleByPowerOfTen(-Exact.WANTED));
    }

    @Property(tries = 200)
    void logUndoesExp(@ForAll("exponents") double x) {
        BigDecimal undone = exact.log(exact.exp(new BigDecimal(x)));
        BigDecimal error = undone.subtract(new BigDecimal(x)).abs();
        assertThat(error).isLessThan(BigDecimal.ONE.scaleByPowerOfTen(-Exact.WANTED));
    }

    @Property(tries = 200)
    void differencesAreGoodForAllDigitsHoweverMuchCancels(@ForAll("tiny") double small) {
        // (e + small) - e, with e known only to as many digits as are asked for
        BigDecimal difference = Exact.settle(digits -> {
            BigDecimal e = digits.exp(BigDecimal.ONE);
            return Exact.Sum.ofDifference(digits.plus(e, new BigDecimal(small)), e);
        });
        assertAgree(difference, new BigDecimal(small));
    }

    @Test
    void differencesOfTheSameNumberAreNothing() {
        BigDecimal difference = Exact.settle(digits -> {
            BigDecimal third = digits.over(BigDecimal.ONE, BigDecimal.valueOf(3));
            return Exact.Sum.ofDifference(digits.times(third, BigDecimal.valueOf(3)), BigDecimal.ONE);
        });
        assertThat(difference).isEqualByComparingTo(BigDecimal.ZERO);
    }

    @Property(tries = 100)
    void softmaxLossGradientIsTheDerivativeOfItsValue(
            @ForAll("coarse") double[] logits, @ForAll("options") Options options) {
        double[] target = {0.25, 0, 0.5, 0.125};
        for (int i = 0; i < logits.length; i++) {
            int index = i;
            BigDecimal slope = slope(logits, index, z -> ExactSoftmaxLoss.of(z, target, options).value());
            assertNear(ExactSoftmaxLoss.of(logits, target, options).gradient(index), slope);
        }
    }

    @Property(tries = 100)
    void crossEntropyGradientIsTheDerivativeOfItsValue(
            @ForAll("coarseProbabilities") double[] row, @ForAll("optionsWithFloor") Options options) {
        double[] target = {0.25, 0, 0.5, 0.125};
        for (int i = 0; i < row.length; i++) {
            int index = i;
            BigDecimal slope = slope(row, index, p -> ExactCrossEntropy.of(p, target, options).value());
            assertNear(ExactCrossEntropy.of(row, target, options).gradient(index), slope);
        }
    }

    @Property(tries = 100)
    void meanSquaredErrorGradientIsTheDerivativeOfItsValue(@ForAll("coarse") double[] row) {
        double[] target = {0.25, 0, 0.5, -8};
        for (int i = 0; i < row.length; i++) {
            int index = i;
            BigDecimal slope = slope(row, index, p -> ExactMeanSquaredError.of(p, target).value());
            assertNear(ExactMeanSquaredError.of(row, target).gradient(index), slope);
        }
    }

    @Property(tries = 100)
    void jacobianVectorProductIsTheDerivativeAlongTheVector(@ForAll("coarse") double[] logits) {
        double[] vector = {0.5, -2, 0, 1};
        double[] ahead = moved(logits, vector, 0x1p-36);
        double[] behind = moved(logits, vector, -0x1p-36);
        BigDecimal[] product = ExactSoftmax.of(logits).jacobianVectorProduct(vector);
        for (int i = 0; i < logits.length; i++) {
            BigDecimal rise = ExactSoftmax.of(ahead).probability(i).subtract(ExactSoftmax.of(behind).probability(i));
            assertNear(product[i], rise.multiply(new BigDecimal(0x1p35)));
        }
    }

    @Test
    void ulpsAreThoseOfTheCorrectlyRoundedResult() {
        assertThat(Ulps.error(1, BigDecimal.ONE)).isZero();
        assertThat(Ulps.error(Math.nextUp(1.0), BigDecimal.ONE)).isEqualTo(1);
        assertThat(Ulps.error(Math.nextDown(1.0), BigDecimal.ONE)).isEqualTo(0.5);
        assertThat(Ulps.error(1, new BigDecimal(1 + 0x1p-52).subtract(new BigDecimal(0x1p-54)))).isEqualTo(0.75);
        assertThat(Ulps.error(1 + 0x1p-52, BigDecimal.ONE, BigDecimal.valueOf(4))).isEqualTo(0.25);
    }

    @Test
    void ulpsAtTheEndsOfTheRange() {
        assertThat(Ulps.error(Double.MIN_VALUE, BigDecimal.ZERO)).isEqualTo(1);
        assertThat(Ulps.error(0, new BigDecimal(Double.MIN_VALUE).divide(BigDecimal.valueOf(4)))).isEqualTo(0.25);
        BigDecimal beyond = new BigDecimal("1e400");
        assertThat(Ulps.error(Double.POSITIVE_INFINITY, beyond)).isZero();
        assertThat(Ulps.error(Double.NEGATIVE_INFINITY, beyond)).isGreaterThan(1e10);
        assertThat(Ulps.error(Double.MAX_VALUE, beyond)).isGreaterThan(1e10);
        assertThat(Ulps.error(Double.POSITIVE_INFINITY, new BigDecimal(Double.MAX_VALUE))).isEqualTo(1);
        assertThat(Ulps.error(Double.POSITIVE_INFINITY, BigDecimal.ONE)).isGreaterThan(1e10);
        assertThat(Ulps.error(Double.NaN, BigDecimal.ONE)).isInfinite();
    }

    @Test
    void ulpsOfResultsThatUnderflowAreThoseOfTheSubnormalGrid() {
        BigDecimal least = new BigDecimal(Double.MIN_VALUE);
        assertThat(Ulps.error(0, BigDecimal.ZERO)).isZero();
        assertThat(Ulps.error(3 * Double.MIN_VALUE, least.multiply(BigDecimal.valueOf(2.5)))).isEqualTo(0.5);
        assertThat(Ulps.error(0, new BigDecimal("1e-3000"))).isLessThan(1e-300);
        assertThat(Ulps.error(-Double.MIN_VALUE, new BigDecimal("1e-3000"))).isEqualTo(1);
        assertThat(Ulps.error(Double.MIN_NORMAL, new BigDecimal(Double.MIN_NORMAL).subtract(least))).isEqualTo(1);
    }

    @Test
    void ulpsGoOnBeyondTheRangeForTheNumbersThatCancel() {
        BigDecimal limit = new BigDecimal(2).pow(1024);
        assertThat(Ulps.error(Double.MAX_VALUE, limit)).isEqualTo(0.5);
        assertThat(Ulps.error(Double.POSITIVE_INFINITY, limit)).isZero();
        assertThat(Ulps.error(0x1p1000, BigDecimal.ZERO, limit.multiply(new BigDecimal(2).pow(28)))).isEqualTo(1);
        assertThat(Ulps.error(Double.POSITIVE_INFINITY, BigDecimal.ONE, limit.multiply(new BigDecimal(2).pow(52))))
                .isEqualTo(1);
    }

    @Test
    void anExponentialThatNoFactorCouldRaiseIntoTheRangeIs0() {
        assertThat(exact.exp(new BigDecimal(-1e308).divide(new BigDecimal(Double.MIN_VALUE), exact.context())))
                .isEqualByComparingTo(BigDecimal.ZERO);
        assertThat(exact.exp(BigDecimal.valueOf(Exact.LOWEST_EXPONENT))).isLessThan(new BigDecimal("1e-7000"));
    }

    /** Log-ratios of -1e632: the loss is the mass times the log-ratio, and the masses stand alone in the gradient. */
    @Test
    void lossOfALogRatioBeyondTheRangeIsFiniteForALittleMass() {
        double least = Double.MIN_VALUE;
        double[] logits = {1e308, 0};
        Options coldest = Options.NONE.withTemperature(least);
        ExactSoftmaxLoss loss = ExactSoftmaxLoss.of(logits, new double[] {0, least}, coldest);
        assertAgree(loss.value(), new BigDecimal(1e308));
        assertAgree(loss.gradient(0), BigDecimal.ONE);
        assertAgree(loss.gradient(1), BigDecimal.ONE.negate());
        ExactSoftmaxLoss ofOne = ExactSoftmaxLoss.of(logits, 1, coldest);
        assertThat(ofOne.value().doubleValue()).isInfinite();
        assertThat(ofOne.gradient(1).doubleValue()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(ofOne.gradient(0).doubleValue()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    /** Even odds of masses a = 2^-1074 and b = 2^1023: the loss is (a + b) log 2, the gradient +-(b - a) / 2. */
    @Test
    void massesOfBothEndsOfTheRangeStandSideBySide() {
        BigDecimal a = new BigDecimal(Double.MIN_VALUE);
        BigDecimal b = new BigDecimal(0x1p1023);
        ExactSoftmaxLoss loss =
                ExactSoftmaxLoss.of(new double[] {7, 7}, new double[] {Double.MIN_VALUE, 0x1p1023}, Options.NONE);
        assertAgree(loss.value(), a.add(b).multiply(new BigDecimal(LOG_2)));
        assertAgree(loss.gradient(0), b.subtract(a).divide(BigDecimal.valueOf(2)));
        assertAgree(loss.gradient(1), a.subtract(b).divide(BigDecimal.valueOf(2)));
    }

    /** A mass of 2^1023 on the most likely class raises a probability of e^-1400 to 2^1023 e^-1400, about 1e-300. */
    @Test
    void aHugeMassRaisesAProbabilityFarBelowTheRange() {
        ExactSoftmaxLoss loss =
                ExactSoftmaxLoss.of(new double[] {1400, 0}, new double[] {0x1p1023, 0}, Options.NONE);
        BigDecimal expected = new BigDecimal(0x1p1023).multiply(exact.exp(BigDecimal.valueOf(-1400)));
        assertAgree(loss.value(), expected);
        assertAgree(loss.gradient(1), expected);
        assertAgree(loss.gradient(0), expected.negate());
        assertThat(expected.doubleValue()).isBetween(1e-301, 1e-300);
    }

    private static BigDecimal slope(double[] row, int at, Function<double[], BigDecimal> function) {
        double[] unit = new double[row.length];
        unit[at] = 1;
        BigDecimal ahead = function.apply(moved(row, unit, 0x1p-40));
        BigDecimal behind = function.apply(moved(row, unit, -0x1p-40));
        return ahead.subtract(behind).multiply(new BigDecimal(0x1p39));
    }

    private static double[] moved(double[] row, double[] direction, double step) {
        double[] moved = row.clone();
        for (int i = 0; i < row.length; i++) {
            moved[i] = row[i] + step * direction[i];
            assertThat(new BigDecimal(moved[i]).subtract(new BigDecimal(row[i])))
                    .as("the step is exact").isEqualByComparingTo(new BigDecimal(step * direction[i]));
        }
        return moved;
    }

    private static void assertAgree(BigDecimal actual, BigDecimal expected) {
        assertAgree(actual, expected, Exact.WANTED);
    }

    private static void assertAgree(BigDecimal actual, BigDecimal expected, int digits) {
        BigDecimal error = actual.subtract(expected).abs();
        assertThat(error).isLessThanOrEqualTo(expected.abs().scaleByPowerOfTen(-digits));
    }

    /** Agreement within what the third derivative, times the square of the step of 2^-40, can explain. */
    private static void assertNear(BigDecimal actual, BigDecimal difference) {
        BigDecimal error = actual.subtract(difference).abs();
        assertThat(error).isLessThanOrEqualTo(actual.abs().add(BigDecimal.ONE).multiply(new BigDecimal("1e-16")));
    }

    @Provide
    Arbitrary<Double> exponents() {
        return Arbitraries.oneOf(Doubles.between(-800, 100), Doubles.ofExponents(-1074, 9), Doubles.nasty())
                .filter(x -> x < 1000 && x > Exact.LOWEST_EXPONENT);
    }

    @Provide
    Arbitrary<Double> small() {
        return Arbitraries.oneOf(Doubles.between(-10, 10), Doubles.ofExponents(-70, -1));
    }

    @Provide
    Arbitrary<Double> positive() {
        return Doubles.finite().map(Math::abs).filter(x -> x > 0);
    }

    @Provide
    Arbitrary<Double> tiny() {
        return Doubles.magnitudes(-1074, 0);
    }

    /** Rows of multiples of 1/64: a step of 2^-40 from them is exact. */
    @Provide
    Arbitrary<double[]> coarse() {
        return Arbitraries.integers().between(-640, 640).map(n -> n / 64.0).array(double[].class).ofSize(4);
    }

    @Provide
    Arbitrary<double[]> coarseProbabilities() {
        return Arbitraries.integers().between(1, 63).map(n -> n / 64.0).array(double[].class).ofSize(4);
    }

    @Provide
    Arbitrary<Options> options() {
        return Combinators.combine(Arbitraries.of(0.5, 1.0, 2.0, 3.0), AnyOptions.smoothings(), usualWeights())
                .as((temperature, smoothing, weights) -> new Options(temperature, smoothing, weights, 0));
    }

    /** The floors are no multiples of 1/64, where the second derivative jumps. */
    @Provide
    Arbitrary<Options> optionsWithFloor() {
        return Combinators.combine(AnyOptions.smoothings(), usualWeights(), Arbitraries.of(0.0, 1e-7, 0.1, 0.3))
                .as((smoothing, weights, floor) -> new Options(1, smoothing, weights, floor));
    }

    private static Arbitrary<double[]> usualWeights() {
        return Arbitraries.of(null, new double[] {1, 2, 0, 0.3});
    }
}
