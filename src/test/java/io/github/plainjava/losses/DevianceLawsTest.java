package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.generators.Amounts;
import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Rows;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** What is true of the deviances, whatever the numbers. */
@PropertyDefaults(tries = 300, edgeCases = EdgeCasesMode.NONE)
class DevianceLawsTest {

    private static SecondOrderLoss[] deviances() {
        return new SecondOrderLoss[] {new Poisson(), new Gamma(), new Tweedie(1.1), new Tweedie(1.5), new Tweedie(1.9)};
    }

    @Property
    void areNeverNegative(@ForAll(supplier = Amounts.Positive.class) Amounts row) {
        for (SecondOrderLoss deviance : deviances()) {
            double value = deviance.value(row.logMean(), row.amount());
            assertThat(value).isGreaterThanOrEqualTo(0);
        }
    }

    @Example
    void areNothingWhereThePredictionIsExact() {
        for (SecondOrderLoss deviance : deviances()) {
            double[] gradient = new double[1];
            Bits.assertSame(deviance.valueAndGradient(new double[] {0}, new double[] {1}, gradient), 0);
            Bits.assertSame(gradient[0], 0);
        }
    }

    /** f is log y to an ulp or two: e is below 2^-43 for amounts between e^-700 and e^700, and the deviance its square. */
    @Property
    void areNextToNothingWhereThePredictionIsRounded(@ForAll("amounts") double y) {
        double[] f = {StrictMath.log(y)};
        assertThat(new Gamma().value(f, new double[] {y})).isLessThanOrEqualTo(0x1p-86);
        assertThat(new Poisson().value(f, new double[] {y}) / y).isLessThanOrEqualTo(0x1p-86);
        assertThat(new Tweedie(1.5).value(f, new double[] {y}) / Math.sqrt(y)).isLessThanOrEqualTo(0x1p-86);
    }

    @Property
    void poissonAndGammaAreTheLimitsOfTweedie(@ForAll("moderate") double f, @ForAll("amounts") double y) {
        assertNear(new Tweedie(Math.nextUp(1.0)), new Poisson(), f, y);
        assertNear(new Tweedie(Math.nextDown(2.0)), new Gamma(), f, y);
    }

    /** The difference of the powers, 2^-52, times the logarithms of means and amounts, below 2^11, squared. */
    private static void assertNear(SecondOrderLoss loss, SecondOrderLoss limit, double f, double y) {
        double[][] of = new double[4][1];
        double value = loss.valueGradientAndHessian(new double[] {f}, new double[] {y}, of[0], of[1]);
        double expected = limit.valueGradientAndHessian(new double[] {f}, new double[] {y}, of[2], of[3]);
        double term = Math.abs(of[2][0]) + Math.abs(of[3][0]);
        assertThat(value).isCloseTo(expected, within(0x1p-30 * (expected + term)));
        assertThat(of[0][0]).isCloseTo(of[2][0], within(0x1p-30 * term));
        assertThat(of[1][0]).isCloseTo(of[3][0], within(0x1p-30 * term));
    }

    @Property
    void ofNothingAreWhatIsPredicted(@ForAll("moderate") double f) {
        double[][] of = new double[2][1];
        double value = new Poisson().valueGradientAndHessian(new double[] {f}, new double[] {0}, of[0], of[1]);
        Near.assertUlps(value, of[1][0], 5);
        Near.assertUlps(of[0][0], of[1][0], 6);
        // mu^(1/2) / (1/2), mu^(1/2), mu^(1/2) / 2
        double root = new Tweedie(1.5).valueGradientAndHessian(new double[] {f}, new double[] {0}, of[0], of[1]);
        Near.assertUlps(root, 2 * of[0][0], 5);
        Near.assertUlps(of[0][0], 2 * of[1][0], 6);
    }

    /** The gradient of all of them together is 0 at the logarithm of the mean, up to the rounding of that. */
    @Property
    void areLeastAtTheMeanAmongConstantPredictions(@ForAll("fewAmounts") double[] amounts, @ForAll("moderate") double other) {
        double mean = Arrays.stream(amounts).sum() / amounts.length;
        double[] best = constant(StrictMath.log(mean), amounts.length);
        for (SecondOrderLoss deviance : deviances()) {
            double[] gradient = new double[amounts.length];
            double value = deviance.valueAndGradient(best, amounts, gradient);
            double size = Arrays.stream(gradient).map(Math::abs).max().getAsDouble();
            double curvature = Math.abs(Math.max(mean, 1));
            assertThat(Arrays.stream(gradient).sum()).isCloseTo(0, within(0x1p-45 * (size + curvature)));
            Near.assertAtMost(value, deviance.value(constant(other, amounts.length), amounts), 8);
        }
    }

    /** To multiply an amount and its mean by 2^k is to add k log 2 to f, here up to its rounding. */
    @Property
    void scaleWithAmounts(@ForAll("distances") double distance, @ForAll("powersOfTwo") int k) {
        double c = Math.scalb(1.0, k);
        double f = distance + k * StrictMath.log(2);
        double e = f - k * StrictMath.log(2);
        double tolerance = 0x1p-38 * (1 + Math.exp(Math.abs(e)));
        double one = 1;
        assertThat(of(new Gamma(), f, c)).isCloseTo(of(new Gamma(), e, one), within(tolerance));
        assertThat(of(new Poisson(), f, c) / c).isCloseTo(of(new Poisson(), e, one), within(tolerance));
        assertThat(of(new Tweedie(1.5), f, c) / Math.sqrt(c)).isCloseTo(of(new Tweedie(1.5), e, one), within(tolerance));
    }

    /** Half way between two predictions they are at most the mean of what they are at either. */
    @Property
    void areConvex(@ForAll("moderate") double a, @ForAll("moderate") double b, @ForAll("amounts") double y) {
        double between = (a + b) / 2;
        for (SecondOrderLoss deviance : deviances()) {
            double mean = (of(deviance, a, y) + of(deviance, b, y)) / 2;
            assertThat(of(deviance, between, y)).isLessThanOrEqualTo(mean * (1 + 0x1p-40));
        }
    }

    /** Counts of twice the exposure: log 2 added to the logarithm of the rate. */
    @Example
    void anExposureIsItsLogarithmAddedToThePrediction() {
        double rate = of(new Poisson(), StrictMath.log(3) + StrictMath.log(2), 6);
        assertThat(rate).isLessThanOrEqualTo(0x1p-86);
        assertThat(new Poisson().gradient(new double[] {StrictMath.log(2)}, new double[] {2})[0])
                .isCloseTo(0, within(0x1p-50));
    }

    private static double of(LossFunction loss, double f, double y) {
        return loss.value(new double[] {f}, new double[] {y});
    }

    private static double[] constant(double value, int length) {
        double[] row = new double[length];
        Arrays.fill(row, value);
        return row;
    }

    @Provide
    Arbitrary<Double> moderate() {
        return Doubles.between(-20, 20);
    }

    @Provide
    Arbitrary<Double> distances() {
        return Doubles.between(-10, 10);
    }

    @Provide
    Arbitrary<Integer> powersOfTwo() {
        return Arbitraries.integers().between(-500, 500);
    }

    @Provide
    Arbitrary<Double> amounts() {
        return Doubles.magnitudes(-900, 900);
    }

    @Provide
    Arbitrary<double[]> fewAmounts() {
        return Rows.smallLengths().flatMap(n -> Rows.of(Doubles.between(0.01, 100), n));
    }
}
