package io.github.plainjava.losses;

import io.github.plainjava.losses.generators.Amounts;
import io.github.plainjava.losses.generators.Answers;
import io.github.plainjava.losses.generators.AnyBinaryOptions;
import io.github.plainjava.losses.generators.Measurements;
import io.github.plainjava.losses.oracle.BinaryOptions;
import io.github.plainjava.losses.oracle.ExactBinaryCrossEntropy;
import io.github.plainjava.losses.oracle.ExactFocal;
import io.github.plainjava.losses.oracle.ExactGamma;
import io.github.plainjava.losses.oracle.ExactHuber;
import io.github.plainjava.losses.oracle.ExactLogCosh;
import io.github.plainjava.losses.oracle.ExactPoisson;
import io.github.plainjava.losses.oracle.ExactPseudoHuber;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import io.github.plainjava.losses.oracle.ExactSigmoid;
import io.github.plainjava.losses.oracle.ExactTweedie;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/**
 * One entry alone is better than what is promised of a mean over many, often nearly rounded correctly. The bounds are
 * what 100 times as many tries came to, and a little more; so it is noticed if half an ulp gets lost on the way.
 */
@PropertyDefaults(tries = 800, edgeCases = EdgeCasesMode.NONE)
class EntryAccuracyTest {

    /** Results below may be subnormal, or be made of numbers that are. */
    private static final BigDecimal SMALL = new BigDecimal(0x1p-900);

    /** What that adds to the bounds. */
    private static final double MORE_OF_SMALL = 0.7;

    /** What is left of the allowance for f - log y where the logarithm is small: 2^-56 instead of 2^-50. */
    private static final BigDecimal SHARP = new BigDecimal(0x1p-6);

    private static final MathContext DIGITS = new MathContext(40);

    /** An answer, its options, and a focus. */
    record Binary(Answers row, BinaryOptions options, double focus) { }

    /** A difference, and a threshold or scale. */
    record Difference(Measurements row, double threshold) { }

    @Property
    void huber(@ForAll("differences") Difference of) {
        check(new Huber().withThreshold(of.threshold), of.row.prediction(), of.row.target(),
                ExactHuber.of(of.row.prediction(), of.row.target(), of.threshold), 0.51, 0.5, 0);
    }

    @Property
    void pseudoHuber(@ForAll("differences") Difference of) {
        check(new PseudoHuber().withScale(of.threshold), of.row.prediction(), of.row.target(),
                ExactPseudoHuber.of(of.row.prediction(), of.row.target(), of.threshold), 0.6, 1.6, 1.6);
    }

    @Property
    void logCosh(@ForAll("differences") Difference of) {
        check(new LogCosh(), of.row.prediction(), of.row.target(),
                ExactLogCosh.of(of.row.prediction(), of.row.target()), 0.65, 0.65, 0.7);
    }

    @Property
    void sigmoid(@ForAll("logits") Binary of) {
        check(PromisedAccuracy.sigmoid(of.options), of.row.prediction(), of.row.target(),
                ExactSigmoid.of(of.row.prediction(), of.row.target(), of.options), 1, 0.7, 0.7);
    }

    @Property
    void focal(@ForAll("logits") Binary of) {
        BinaryOptions options = of.options.withLabelSmoothing(0);
        check(PromisedAccuracy.focal(of.focus, options), of.row.prediction(), of.row.target(),
                ExactFocal.of(of.row.prediction(), of.row.target(), of.focus, options), 1.3, 1.3, 1.3);
    }

    @Property
    void binaryCrossEntropy(@ForAll("probabilities") Binary of) {
        BinaryOptions options = of.options.withFloor(0);
        check(PromisedAccuracy.binaryCrossEntropy(options), of.row.prediction(), of.row.target(),
                ExactBinaryCrossEntropy.of(of.row.prediction(), of.row.target(), options), 1.4, 0.6, 0.6);
    }

    @Property
    void poisson(@ForAll("amounts") Amounts of) {
        check(new Poisson(), of.logMean(), of.amount(),
                ExactPoisson.of(of.logMean(), of.amount()), 1.5, 1.6, 1.7);
    }

    @Property
    void gamma(@ForAll("positive") Amounts of) {
        check(new Gamma(), of.logMean(), of.amount(),
                ExactGamma.of(of.logMean(), of.amount()), 0.7, 1.5, 0.8);
    }

    @Property
    void tweedie(@ForAll("amounts") Amounts of, @ForAll("powers") double power) {
        check(new Tweedie(power), of.logMean(), of.amount(),
                ExactTweedie.of(of.logMean(), of.amount(), power), 1.7, 1.6, 1.8);
    }

    private static void check(
            SecondOrderLoss loss, double[] prediction, double[] target, ExactSecondOrderLoss exact, double... bounds) {
        double[] gradient = new double[1];
        double[] hessian = new double[1];
        double value = loss.valueGradientAndHessian(prediction, target, gradient, hessian);
        if (!exact.isInfinite()) {
            boolean isSharp = loss instanceof Deviance && target[0] > 1e-3 && target[0] < 1e3;
            check("value", bounds[0], value, exact.value(), exact.value(),
                    isSharp ? exact.allowance().multiply(SHARP) : exact.allowance());
        }
        if (!exact.isInfinite(0)) {
            check("gradient", bounds[1], gradient[0], exact.gradient(0), exact.gradientScale(0),
                    exact.gradientAllowance(0));
        }
        if (!exact.isInfinite(0) && !exact.isAtAJump(0)) {
            check("second derivative", bounds[2], hessian[0], exact.secondDerivative(0),
                    exact.secondDerivativeScale(0), exact.secondDerivativeAllowance(0));
        }
    }

    private static void check(
            String what, double bound, double actual, BigDecimal exact, BigDecimal scale, BigDecimal allowed) {
        boolean isRoundedTwice = exact.signum() != 0 && exact.abs().compareTo(SMALL) < 0;
        double ulps = Ulps.error(actual, exact, scale, allowed);
        if (!(ulps <= bound + (isRoundedTwice ? MORE_OF_SMALL : 0))) {
            throw new AssertionError(what + " " + actual + " is " + ulps + " ulps from " + exact.round(DIGITS));
        }
    }

    @Provide
    Arbitrary<Difference> differences() {
        return AnyBinaryOptions.thresholds().flatMap(threshold -> Arbitraries
                .oneOf(Measurements.ofLength(1), Measurements.aroundDistance(threshold, 1),
                        Measurements.aroundDistance(1, 1))
                .map(row -> new Difference(row, threshold)));
    }

    @Provide
    Arbitrary<Binary> logits() {
        return Combinators.combine(Answers.ofLogits(1), AnyBinaryOptions.forSigmoid(1), AnyBinaryOptions.focuses())
                .as(Binary::new);
    }

    @Provide
    Arbitrary<Binary> probabilities() {
        return Combinators.combine(Answers.ofProbabilities(1), AnyBinaryOptions.forBinaryCrossEntropy(1))
                .as((row, options) -> new Binary(row, options, 0));
    }

    @Provide
    Arbitrary<Amounts> amounts() {
        return Amounts.ofLength(1, true);
    }

    @Provide
    Arbitrary<Amounts> positive() {
        return Amounts.ofLength(1, false);
    }

    @Provide
    Arbitrary<Double> powers() {
        return AnyBinaryOptions.powers();
    }
}
