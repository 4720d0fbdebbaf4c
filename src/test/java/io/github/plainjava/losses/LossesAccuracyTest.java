package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Amounts;
import io.github.plainjava.losses.generators.Answers;
import io.github.plainjava.losses.generators.AnyBinaryOptions;
import io.github.plainjava.losses.generators.AnyOptions;
import io.github.plainjava.losses.generators.Logits;
import io.github.plainjava.losses.generators.Measurements;
import io.github.plainjava.losses.generators.Probabilities;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.generators.Targets;
import io.github.plainjava.losses.oracle.BinaryOptions;
import io.github.plainjava.losses.oracle.ExactBinaryCrossEntropy;
import io.github.plainjava.losses.oracle.ExactBrier;
import io.github.plainjava.losses.oracle.ExactCrossEntropy;
import io.github.plainjava.losses.oracle.ExactFocal;
import io.github.plainjava.losses.oracle.ExactGamma;
import io.github.plainjava.losses.oracle.ExactHinge;
import io.github.plainjava.losses.oracle.ExactHuber;
import io.github.plainjava.losses.oracle.ExactLogCosh;
import io.github.plainjava.losses.oracle.ExactMeanAbsoluteError;
import io.github.plainjava.losses.oracle.ExactMeanSquaredError;
import io.github.plainjava.losses.oracle.ExactPinball;
import io.github.plainjava.losses.oracle.ExactPoisson;
import io.github.plainjava.losses.oracle.ExactPseudoHuber;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import io.github.plainjava.losses.oracle.ExactSigmoid;
import io.github.plainjava.losses.oracle.ExactSoftmaxLoss;
import io.github.plainjava.losses.oracle.ExactTweedie;
import io.github.plainjava.losses.oracle.Options;
import io.github.plainjava.losses.oracle.Ulps;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Every loss with second derivatives against the oracle, with options up to their limits: a value over classes within
 * 2 ulp, a mean over entries within 3, derivatives within 3, in ulps of the larger term where the page names two.
 */
@PropertyDefaults(tries = 40, edgeCases = EdgeCasesMode.NONE)
class LossesAccuracyTest {

    private static final double VALUE_ULPS = 2;
    private static final double MEAN_ULPS = 3;
    private static final double DERIVATIVE_ULPS = 3;

    /** The largest errors met, of value, gradient and second derivatives, by loss. */
    private static final Map<String, double[]> WORST = new TreeMap<>();

    @AfterContainer
    static void writeTable() throws IOException {
        StringBuilder table = new StringBuilder("| loss | value | gradient | second derivative |\n|---|---:|---:|---:|\n");
        WORST.forEach((loss, ulps) -> table.append(String.format(
                Locale.ROOT, "| %s | %.3f | %.3f | %.3f |%n", loss, ulps[0], ulps[1], ulps[2])));
        Files.writeString(Path.of("target", "accuracy-losses.md"), table);
        WORST.clear();
    }

    /** A row for a loss of yes or no, its options, and a focus. */
    record Binary(Answers row, BinaryOptions options, double focus) { }

    /** A row of differences with a threshold or scale, and a level. */
    record Differences(Measurements row, double threshold, double[] levels) { }

    @Property
    void sigmoid(@ForAll("logits") Binary binary) {
        Answers row = binary.row();
        check("Sigmoid", MEAN_ULPS, PromisedAccuracy.sigmoid(binary.options()), row.prediction(), row.target(),
                ExactSigmoid.of(row.prediction(), row.target(), binary.options()));
    }

    @Property
    void focal(@ForAll("fewLogits") Binary binary) {
        Answers row = binary.row();
        BinaryOptions options = binary.options().withLabelSmoothing(0);
        check("Focal", MEAN_ULPS, PromisedAccuracy.focal(binary.focus(), options), row.prediction(), row.target(),
                ExactFocal.of(row.prediction(), row.target(), binary.focus(), options));
    }

    @Property
    void binaryCrossEntropy(@ForAll("probabilities") Binary binary) {
        Answers row = binary.row();
        BinaryOptions options = binary.options();
        check("BinaryCrossEntropy", MEAN_ULPS, PromisedAccuracy.binaryCrossEntropy(options), row.prediction(), row.target(),
                ExactBinaryCrossEntropy.of(row.prediction(), row.target(), options));
    }

    @Property
    void differences(@ForAll("differences") Differences given) {
        double[] p = given.row().prediction();
        double[] t = given.row().target();
        double k = given.threshold();
        check("MeanSquaredError", MEAN_ULPS, new MeanSquaredError(), p, t, ExactMeanSquaredError.of(p, t));
        check("MeanAbsoluteError", MEAN_ULPS, new MeanAbsoluteError(), p, t, ExactMeanAbsoluteError.of(p, t));
        check("Huber", MEAN_ULPS, new Huber().withThreshold(k), p, t, ExactHuber.of(p, t, k));
        check("PseudoHuber", MEAN_ULPS, new PseudoHuber().withScale(k), p, t, ExactPseudoHuber.of(p, t, k));
        check("LogCosh", MEAN_ULPS, new LogCosh(), p, t, ExactLogCosh.of(p, t));
        check("Pinball", MEAN_ULPS, new Pinball(given.levels()), p, t, ExactPinball.of(p, t, given.levels()));
    }

    @Property
    void deviances(@ForAll(supplier = Amounts.OfEveryLength.class) Amounts row, @ForAll("powers") double power) {
        double[] f = row.logMean();
        double[] y = row.amount();
        check("Poisson", MEAN_ULPS, new Poisson(), f, y, ExactPoisson.of(f, y));
        check("Tweedie", MEAN_ULPS, new Tweedie(power), f, y, ExactTweedie.of(f, y, power));
    }

    @Property
    void gamma(@ForAll(supplier = Amounts.Positive.class) Amounts row) {
        check("Gamma", MEAN_ULPS, new Gamma(), row.logMean(), row.amount(), ExactGamma.of(row.logMean(), row.amount()));
    }

    @Property
    void brier(@ForAll(supplier = Probabilities.OfEveryLength.class) Probabilities row) {
        check("Brier", MEAN_ULPS, new Brier(), row.probabilities(), row.target(),
                ExactBrier.of(row.probabilities(), row.target()));
    }

    @Property
    void hinge(@ForAll(supplier = Logits.OfEveryLength.class) Logits row, @ForAll("margins") double margin) {
        double[] oneHot = OneHot.encode(row.label(), row.logits().length);
        check("Hinge", VALUE_ULPS, new Hinge().withMargin(margin), row.logits(), oneHot,
                ExactHinge.of(row.logits(), row.label(), margin));
        check("Hinge, squared", VALUE_ULPS, new Hinge().withMargin(margin).squared(), row.logits(), oneHot,
                ExactHinge.squaredOf(row.logits(), row.label(), margin));
    }

    @Property
    void softmax(@ForAll(supplier = Targets.OfEveryLength.class) Targets row) {
        double[] logits = row.logits().logits();
        check("Softmax", VALUE_ULPS, new Softmax(), logits, row.target(),
                ExactSoftmaxLoss.of(logits, row.target(), Options.NONE));
    }

    @Property
    void softmaxWithOptions(@ForAll(supplier = Targets.Short.class) Targets row, @ForAll("softmaxOptions") Options options) {
        double[] logits = row.logits().logits();
        Options fitting = options.classWeights() == null
                ? options
                : options.withClassWeights(Arrays.copyOf(options.classWeights(), logits.length));
        check("Softmax, options", VALUE_ULPS, PromisedAccuracy.softmax(fitting), logits, row.target(),
                ExactSoftmaxLoss.of(logits, row.target(), fitting));
    }

    @Property
    void crossEntropy(@ForAll(supplier = Probabilities.OfEveryLength.class) Probabilities row, @ForAll("floors") double floor) {
        CrossEntropy loss = floor == 0 ? new CrossEntropy() : new CrossEntropy().withFloor(floor);
        check("CrossEntropy", VALUE_ULPS, loss, row.probabilities(), row.target(),
                ExactCrossEntropy.of(row.probabilities(), row.target(), Options.NONE.withFloor(floor)));
    }

    private static void check(String name, double valueUlps, SecondOrderLoss loss, double[] prediction, double[] target,
            ExactSecondOrderLoss exact) {
        int n = prediction.length;
        double[] gradient = new double[n];
        double[] hessian = new double[n];
        double value = loss.valueGradientAndHessian(prediction, target, gradient, hessian);
        Bits.assertNoNegativeZero(value);
        Bits.assertNoNegativeZero(gradient);
        Bits.assertNoNegativeZero(hessian);
        if (exact.isInfinite()) {
            assertThat(value == Double.POSITIVE_INFINITY || exact.isInfiniteBySmallMassesOnly()).isTrue();
        } else {
            BigDecimal v = exact.value();
            check(name, 0, "value", valueUlps, value, v, v, exact.allowance());
        }
        for (int i : Bits.distinctPlaces(prediction, target, gradient, hessian)) {
            if (exact.isInfinite(i)) {
                assertThat(exact.isInfiniteBySmallMassOnly(i)
                        || gradient[i] == exact.infiniteGradient(i) && hessian[i] == Double.POSITIVE_INFINITY)
                        .as("%s, entry %d: %s, %s", name, i, gradient[i], hessian[i]).isTrue();
            } else {
                check(name, 1, "gradient " + i, DERIVATIVE_ULPS, gradient[i], exact.gradient(i),
                        exact.gradientScale(i), exact.gradientAllowance(i));
                if (!exact.isAtAJump(i)) {
                    check(name, 2, "second derivative " + i, DERIVATIVE_ULPS, hessian[i], exact.secondDerivative(i),
                            exact.secondDerivativeScale(i), exact.secondDerivativeAllowance(i));
                }
            }
        }
    }

    private static void check(String name, int kind, String what, double bound, double actual, BigDecimal exact,
            BigDecimal scale, BigDecimal allowed) {
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
        return Rows.lengths().flatMap(n -> Combinators.combine(Answers.ofLogits(n), AnyBinaryOptions.forSigmoid(n))
                .as((row, options) -> new Binary(row, options, 0)));
    }

    @Provide
    Arbitrary<Binary> fewLogits() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Answers.ofLogits(n), AnyBinaryOptions.forFocal(n), AnyBinaryOptions.focuses())
                .as(Binary::new));
    }

    @Provide
    Arbitrary<Binary> probabilities() {
        return Rows.lengths().flatMap(n -> Combinators
                .combine(Answers.ofProbabilities(n), AnyBinaryOptions.forBinaryCrossEntropy(n))
                .as((row, options) -> new Binary(row, options, 0)));
    }

    @Provide
    Arbitrary<Differences> differences() {
        return Combinators.combine(AnyBinaryOptions.thresholds(), Rows.lengths()).flatAs((threshold, n) ->
                Combinators.combine(Arbitraries.oneOf(Measurements.ofLength(n), Measurements.aroundDistance(threshold, n)),
                                Arbitraries.of(1, n).flatMap(many -> Rows.of(AnyBinaryOptions.levels(), many)))
                        .as((row, levels) -> new Differences(row, threshold, levels)));
    }

    @Provide
    Arbitrary<Double> powers() {
        return AnyBinaryOptions.powers();
    }

    @Provide
    Arbitrary<Double> margins() {
        return Arbitraries.oneOf(Arbitraries.just(0.0), AnyBinaryOptions.thresholds());
    }

    @Provide
    Arbitrary<Double> floors() {
        return AnyOptions.floors();
    }

    @Provide
    Arbitrary<Options> softmaxOptions() {
        return AnyOptions.forSoftmax(12);
    }
}
