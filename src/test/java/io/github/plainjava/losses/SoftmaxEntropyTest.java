package io.github.plainjava.losses;

import static java.lang.Double.NEGATIVE_INFINITY;
import static java.lang.Double.NaN;
import static java.lang.Double.POSITIVE_INFINITY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Logits;
import io.github.plainjava.losses.oracle.ExactSoftmax;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The entropy of softmax and its gradient, by the definition, by laws, and where logits are not finite. */
@PropertyDefaults(tries = 300, edgeCases = EdgeCasesMode.NONE)
class SoftmaxEntropyTest {

    private static final double LOG_2 = StrictMath.log(2);

    @Property
    void entropyIsWithin2Ulps(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double entropy = Softmax.entropy(row.logits());
        Bits.assertNoNegativeZero(entropy);
        assertThat(Ulps.error(entropy, ExactSoftmax.of(row.logits()).entropy())).isLessThanOrEqualTo(2);
    }

    @Property
    void gradientIsWithin3UlpsOfTheLargerTerm(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double[] logits = row.logits();
        double[] gradient = new double[logits.length];
        Bits.assertSame(Softmax.entropy(logits, gradient), Softmax.entropy(logits));
        Bits.assertNoNegativeZero(gradient);
        ExactSoftmax exact = ExactSoftmax.of(logits);
        for (int i : Bits.distinctPlaces(logits, gradient)) {
            assertThat(Ulps.error(gradient[i], exact.entropyGradient(i), exact.entropyGradientScale(i)))
                    .as("entry %d, %s", i, gradient[i]).isLessThanOrEqualTo(3);
        }
    }

    /** Differences of nearly equal logits are what the gradient is made of. */
    @Property
    void neighboursAreAsAccurate(@ForAll("neighbours") double[] logits) {
        double[] gradient = new double[logits.length];
        ExactSoftmax exact = ExactSoftmax.of(logits);
        assertThat(Ulps.error(Softmax.entropy(logits, gradient), exact.entropy())).isLessThanOrEqualTo(2);
        for (int i = 0; i < logits.length; i++) {
            assertThat(Ulps.error(gradient[i], exact.entropyGradient(i), exact.entropyGradientScale(i)))
                    .isLessThanOrEqualTo(3);
        }
    }

    @Provide
    Arbitrary<double[]> neighbours() {
        Arbitrary<double[]> steps = Arbitraries.integers().between(0, 3).array(int[].class).ofMinSize(2).ofMaxSize(40)
                .map(s -> Arrays.stream(s).asDoubleStream().toArray());
        return Doubles.finite().filter(x -> Math.abs(x) < 1e300).flatMap(x -> steps.map(
                s -> Arrays.stream(s).map(k -> x + k * Math.ulp(x)).toArray()));
    }

    @Property
    void theGradientMayOverwriteTheLogits(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double[] inPlace = row.logits().clone();
        double[] gradient = new double[inPlace.length];
        Bits.assertSame(Softmax.entropy(inPlace, inPlace), Softmax.entropy(row.logits(), gradient));
        Bits.assertSame(inPlace, gradient);
    }

    @Property
    void entropyIsBetween0AndThatOfEqualLogits(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double largest = StrictMath.log(row.logits().length);
        assertThat(Softmax.entropy(row.logits())).isBetween(0.0, largest + 2 * Math.ulp(largest));
    }

    /** Each is within 2 ulp of the same number. */
    @Property
    void entropyDoesNotDependOnTheOrder(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double[] sorted = row.logits().clone();
        Arrays.sort(sorted);
        double entropy = Softmax.entropy(row.logits());
        assertThat(Softmax.entropy(sorted)).isCloseTo(entropy, within(4 * Math.ulp(entropy)));
    }

    @Property
    void anExcludedClassIsAsIfItWereAbsent(@ForAll(supplier = Logits.Short.class) Logits row) {
        double[] logits = row.logits();
        double[] masked = Arrays.copyOf(logits, logits.length + 1);
        masked[logits.length] = NEGATIVE_INFINITY;
        double[] gradient = new double[logits.length];
        double[] ofMasked = new double[masked.length];
        double entropy = Softmax.entropy(logits, gradient);
        assertThat(Softmax.entropy(masked, ofMasked)).isCloseTo(entropy, within(4 * Math.ulp(entropy)));
        Bits.assertSame(ofMasked[logits.length], 0.0);
        for (int i = 0; i < logits.length; i++) {
            assertThat(Ulps.error(ofMasked[i], ExactSoftmax.of(masked).entropyGradient(i),
                    ExactSoftmax.of(logits).entropyGradientScale(i))).isLessThanOrEqualTo(3);
        }
    }

    /** Entropy plus divergence from it is the cross-entropy: the loss of a row by its own probabilities as the target. */
    @Property
    void entropyIsTheSoftmaxLossOfItsOwnProbabilities(@ForAll("moderate") double[] logits) {
        double loss = new Softmax().value(logits, Softmax.softmax(logits));
        assertThat(Softmax.entropy(logits)).isCloseTo(loss, within(0x1p-50 * (1 + loss)));
    }

    /** The error of the difference is below h^2, the rounding of the values over h below 2^-35. */
    @Property
    void gradientIsTheDerivativeByCentralDifferences(@ForAll("moderate") double[] logits) {
        double h = 0x1p-14;
        double[] gradient = new double[logits.length];
        Softmax.entropy(logits, gradient);
        for (int i = 0; i < logits.length; i++) {
            double[] moved = logits.clone();
            moved[i] = logits[i] + h;
            double ahead = Softmax.entropy(moved);
            moved[i] = logits[i] - h;
            assertThat((ahead - Softmax.entropy(moved)) / (2 * h)).isCloseTo(gradient[i], within(1e-7));
        }
    }

    /** Logits can be moved together without effect. */
    @Property
    void gradientSumsTo0(@ForAll(supplier = Logits.Short.class) Logits row) {
        double[] gradient = new double[row.logits().length];
        Softmax.entropy(row.logits(), gradient);
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal bound = BigDecimal.ZERO;
        for (int i = 0; i < gradient.length; i++) {
            sum = sum.add(new BigDecimal(gradient[i]));
            double scale = ExactSoftmax.of(row.logits()).entropyGradientScale(i).doubleValue();
            bound = bound.add(new BigDecimal(3 * Math.ulp(scale)));
        }
        assertThat(sum.abs()).isLessThanOrEqualTo(bound);
    }

    @Provide
    Arbitrary<double[]> moderate() {
        return Doubles.between(-8, 8).array(double[].class).ofMinSize(1).ofMaxSize(12);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 33, 1025, 4000})
    void equalLogitsHaveTheLogarithmOfTheirNumberAndNoSlope(int n) {
        for (double logit : new double[] {0, -3.5, 1e5, 1e308, Double.MIN_VALUE}) {
            double[] logits = new double[n];
            Arrays.fill(logits, logit);
            double[] gradient = new double[n];
            double logN = StrictMath.log(n);
            assertThat(Softmax.entropy(logits, gradient)).isCloseTo(logN, within(2 * Math.ulp(logN)));
            Bits.assertSame(gradient, new double[n]);
        }
    }

    @Test
    void specialValues() {
        assertEntropy(0, new double[] {5}, 0);
        assertEntropy(0, new double[] {NEGATIVE_INFINITY, 3}, 0, 0);
        assertEntropy(LOG_2, new double[] {0, 0, NEGATIVE_INFINITY}, 0, 0, 0);
        assertEntropy(LOG_2, new double[] {1e300, 0, 1e300}, 0, 0, 0);
        assertEntropy(0, new double[] {1e308, -1e308}, 0, 0);
        assertEntropy(NaN, new double[] {NEGATIVE_INFINITY}, NaN);
        assertEntropy(NaN, new double[] {NEGATIVE_INFINITY, NEGATIVE_INFINITY}, NaN, NaN);
        assertEntropy(NaN, new double[] {1, POSITIVE_INFINITY}, NaN, NaN);
        assertEntropy(NaN, new double[] {1, NaN, NEGATIVE_INFINITY}, NaN, NaN, NaN);
    }

    private static void assertEntropy(double expected, double[] logits, double... slope) {
        double[] gradient = new double[logits.length];
        Bits.assertSame(Softmax.entropy(logits, gradient), expected);
        Bits.assertSame(Softmax.entropy(logits), expected);
        Bits.assertSame(gradient, slope);
    }

    @Test
    void errors() {
        double[] logits = {1, 2};
        double[] gradient = {7, 7, 7};
        assertThatIllegalArgumentException().isThrownBy(() -> Softmax.entropy(new double[0]))
                .withMessage("logits are empty");
        assertThatIllegalArgumentException().isThrownBy(() -> Softmax.entropy(new double[0], gradient))
                .withMessage("logits are empty");
        assertThatIllegalArgumentException().isThrownBy(() -> Softmax.entropy(logits, gradient))
                .withMessage("gradient has 3 values, logits have 2");
        assertThat(gradient).containsOnly(7);
        assertThatNullPointerException().isThrownBy(() -> Softmax.entropy(null)).withMessage("logits");
        assertThatNullPointerException().isThrownBy(() -> Softmax.entropy(null, gradient)).withMessage("logits");
        assertThatNullPointerException().isThrownBy(() -> Softmax.entropy(logits, null)).withMessage("gradient");
        assertThatNullPointerException().isThrownBy(() -> Softmax.entropy(logits, 2, null)).withMessage("perRow");
    }
}
