package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Answers;
import io.github.plainjava.losses.generators.AnyBinaryOptions;
import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.BinaryOptions;
import io.github.plainjava.losses.oracle.ExactBinaryCrossEntropy;
import io.github.plainjava.losses.oracle.ExactFocal;
import io.github.plainjava.losses.oracle.ExactLogistic;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import io.github.plainjava.losses.oracle.ExactSigmoid;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * The losses of yes or no against the oracle, with options up to their limits: the value of one entry within 2 ulp, a mean
 * within 3, derivatives within 3, in ulps of the larger term where the page names two; and the logistic functions.
 */
@PropertyDefaults(tries = 400, edgeCases = EdgeCasesMode.NONE)
class BinaryAccuracyTest {

    private static final double VALUE_ULPS = 2;
    private static final double MEAN_ULPS = 3;
    private static final double DERIVATIVE_ULPS = 3;

    /** The largest errors met, of value, gradient and second derivatives, by loss. */
    private static final Map<String, double[]> WORST = new TreeMap<>();

    @AfterContainer
    static void tell() {
        WORST.forEach((loss, ulps) -> System.out.printf(
                "%s: value %.3f, gradient %.3f, second %.3f ulp%n", loss, ulps[0], ulps[1], ulps[2]));
        WORST.clear();
    }

    /** A row for a loss of yes or no, its options, and a focus. */
    record Binary(Answers row, BinaryOptions options, double focus) { }

    @Property
    void sigmoid(@ForAll("logits") Binary binary) {
        Answers row = binary.row();
        check("Sigmoid", PromisedAccuracy.sigmoid(binary.options()), row,
                ExactSigmoid.of(row.prediction(), row.target(), binary.options()));
    }

    @Property
    void focal(@ForAll("fewLogits") Binary binary) {
        Answers row = binary.row();
        check("Focal", PromisedAccuracy.focal(binary.focus(), binary.options()), row,
                ExactFocal.of(row.prediction(), row.target(), binary.focus(), binary.options()));
    }

    @Property
    void binaryCrossEntropy(@ForAll("probabilities") Binary binary) {
        Answers row = binary.row();
        BinaryOptions options = binary.options();
        check("BinaryCrossEntropy", PromisedAccuracy.binaryCrossEntropy(options), row,
                ExactBinaryCrossEntropy.of(row.prediction(), row.target(), options));
    }

    @Example
    void aTargetThatVanishesByItsWeightBesideOneThatDoesNot() {
        double[] weights = {0.3};
        double[] p = {0, 0, 0x1p-1060, 0.5};
        double[] target = {Double.MIN_VALUE, 0x1p-41, Double.MIN_VALUE, 0};
        check("BinaryCrossEntropy", new BinaryCrossEntropy().withPositiveWeights(weights),
                new Answers(Answers.Kind.NEARLY_NO, p, target),
                ExactBinaryCrossEntropy.of(p, target, BinaryOptions.NONE.withPositiveWeights(weights)));
    }

    @Property
    void logisticFunctions(@ForAll("numbers") double z) {
        check("functions", 0, "sigmoid of " + z, VALUE_ULPS, Sigmoid.sigmoid(z), ExactLogistic.sigmoid(z));
        check("functions", 1, "logSigmoid of " + z, VALUE_ULPS, Sigmoid.logSigmoid(z), ExactLogistic.logSigmoid(z));
        check("functions", 2, "softplus of " + z, VALUE_ULPS, Sigmoid.softplus(z), ExactLogistic.softplus(z));
    }

    @Property
    void logit(@ForAll("fractions") double p) {
        check("logit", 0, "logit of " + p, VALUE_ULPS, Sigmoid.logit(p), ExactLogistic.logit(p));
    }

    private static void check(String name, SecondOrderLoss loss, Answers row, ExactSecondOrderLoss exact) {
        int n = row.prediction().length;
        double[] gradient = new double[n];
        double[] hessian = new double[n];
        double value = loss.valueGradientAndHessian(row.prediction(), row.target(), gradient, hessian);
        Bits.assertNoNegativeZero(gradient);
        Bits.assertNoNegativeZero(hessian);
        if (exact.isInfinite()) {
            assertThat(value == Double.POSITIVE_INFINITY || exact.isInfiniteBySmallMassesOnly()).isTrue();
        } else {
            check(name, 0, "value", n == 1 ? VALUE_ULPS : MEAN_ULPS, value, exact.value(), exact.value(), exact.allowance());
        }
        for (int i : Bits.distinctPlaces(row.prediction(), row.target(), gradient, hessian)) {
            if (exact.isInfinite(i)) {
                assertThat(exact.isInfiniteBySmallMassOnly(i)
                        || gradient[i] == exact.infiniteGradient(i) && hessian[i] == Double.POSITIVE_INFINITY)
                        .as("%s, entry %d: %s, %s", name, i, gradient[i], hessian[i]).isTrue();
            } else {
                check(name, 1, "gradient " + i, DERIVATIVE_ULPS, gradient[i], exact.gradient(i),
                        exact.gradientScale(i), exact.gradientAllowance(i));
                check(name, 2, "second derivative " + i, DERIVATIVE_ULPS, hessian[i], exact.secondDerivative(i),
                        exact.secondDerivativeScale(i), exact.secondDerivativeAllowance(i));
            }
        }
    }

    private static void check(String name, int kind, String what, double bound, double actual, BigDecimal exact) {
        check(name, kind, what, bound, actual, exact, exact, BigDecimal.ZERO);
    }

    private static void check(String name, int kind, String what, double bound, double actual, BigDecimal exact,
            BigDecimal scale, BigDecimal allowed) {
        Bits.assertNoNegativeZero(actual);
        double ulps = Ulps.error(actual, exact, scale, allowed);
        double[] worst = WORST.computeIfAbsent(name, n -> new double[3]);
        worst[kind] = Math.max(worst[kind], ulps);
        if (!(ulps <= bound)) {
            throw new AssertionError(name + ", " + what + ": " + actual + " is " + ulps + " ulps from "
                    + exact.round(new MathContext(40)));
        }
    }

    @Provide
    Arbitrary<Binary> logits() {
        return lengths().flatMap(n -> Combinators.combine(Answers.ofLogits(n), AnyBinaryOptions.forSigmoid(n))
                .as((row, options) -> new Binary(row, options, 0)));
    }

    @Provide
    Arbitrary<Binary> fewLogits() {
        return lengths().filter(n -> n <= 12).flatMap(n -> Combinators
                .combine(Answers.ofLogits(n), AnyBinaryOptions.forFocal(n), AnyBinaryOptions.focuses())
                .as(Binary::new));
    }

    @Provide
    Arbitrary<Binary> probabilities() {
        return lengths().flatMap(n -> Combinators
                .combine(Answers.ofProbabilities(n), AnyBinaryOptions.forBinaryCrossEntropy(n))
                .as((row, options) -> new Binary(row, options, 0)));
    }

    /** One entry as often as rows of other lengths. */
    private static Arbitrary<Integer> lengths() {
        return Arbitraries.oneOf(Arbitraries.just(1), Rows.smallLengths(), Rows.lengths());
    }

    @Provide
    Arbitrary<Double> numbers() {
        return Arbitraries.oneOf(Doubles.finite(), Doubles.between(-40, 40), Doubles.between(-760, 760),
                Doubles.ofExponents(-60, 2));
    }

    @Provide
    Arbitrary<Double> fractions() {
        return Arbitraries.oneOf(Doubles.between(0x1p-60, 1), Doubles.magnitudes(-1074, -1),
                Doubles.magnitudes(-53, -1).map(x -> 1 - x), Doubles.ofExponents(-54, -2).map(x -> 0.5 + x),
                Arbitraries.of(0.25, 0.75, Math.nextDown(0.25), Math.nextUp(0.75), Math.nextDown(1.0)));
    }
}
