package io.github.plainjava.losses;

import io.github.plainjava.losses.oracle.BinaryOptions;
import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import io.github.plainjava.losses.oracle.ExactSoftmax;
import io.github.plainjava.losses.oracle.ExactSoftmaxLoss;
import io.github.plainjava.losses.oracle.Options;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * The bounds that are promised for all finite doubles: 2 ulp for values and probabilities, 3 for gradient entries and
 * second derivatives, and for the smallest of masses what {@link ExactLoss#allowance} says.
 */
final class PromisedAccuracy {

    private static final double VALUE_ULPS = 2;
    private static final double GRADIENT_ULPS = 3;
    private static final MathContext SHOWN = new MathContext(30);

    private PromisedAccuracy() {
    }

    /** Softmax and log-softmax of a row. */
    static void assertProbabilities(double[] logits) {
        double[] p = Softmax.softmax(logits);
        double[] logP = Softmax.logSoftmax(logits);
        ExactSoftmax exact = ExactSoftmax.of(logits);
        for (int i : Bits.distinctPlaces(logits, p, logP)) {
            assertWithin(VALUE_ULPS, "probability " + i, p[i], exact.probability(i), exact.probability(i));
            assertWithin(VALUE_ULPS, "log-probability " + i, logP[i], exact.logProbability(i), exact.logProbability(i));
        }
    }

    /** The softmax loss of a label, its gradient, and its second derivatives. */
    static void assertSoftmaxLoss(double[] logits, int label) {
        double[] gradient = new double[logits.length];
        double[] hessian = new double[logits.length];
        double value = new Softmax().valueGradientAndHessian(logits, label, gradient, hessian);
        assertLoss(ExactSoftmaxLoss.of(logits, label, Options.NONE), value, gradient, hessian,
                Bits.distinctPlaces(logits, OneHot.encode(label, logits.length), gradient, hessian));
    }

    /** The same of a target, with temperature, smoothing and class weights. */
    static void assertSoftmaxLoss(double[] logits, double[] target, Options options) {
        double[] gradient = new double[logits.length];
        double[] hessian = new double[logits.length];
        double value = softmax(options).valueGradientAndHessian(logits, target, gradient, hessian);
        double[] weights = options.classWeights() == null ? target : options.classWeights();
        assertLoss(ExactSoftmaxLoss.of(logits, target, options), value, gradient, hessian,
                Bits.distinctPlaces(logits, target, weights, gradient, hessian));
    }

    static Softmax softmax(Options options) {
        Softmax loss = new Softmax().withTemperature(options.temperature()).withLabelSmoothing(options.smoothing());
        return options.classWeights() == null ? loss : loss.withClassWeights(options.classWeights());
    }

    static Sigmoid sigmoid(BinaryOptions options) {
        Sigmoid loss = new Sigmoid().withLabelSmoothing(options.smoothing());
        return options.positiveWeights() == null ? loss : loss.withPositiveWeights(options.positiveWeights());
    }

    static Focal focal(double focus, BinaryOptions options) {
        Focal loss = new Focal().withFocus(focus);
        return options.positiveWeights() == null ? loss : loss.withPositiveWeights(options.positiveWeights());
    }

    static BinaryCrossEntropy binaryCrossEntropy(BinaryOptions options) {
        BinaryCrossEntropy loss = new BinaryCrossEntropy().withLabelSmoothing(options.smoothing());
        loss = options.positiveWeights() == null ? loss : loss.withPositiveWeights(options.positiveWeights());
        return options.floor() == 0 ? loss : loss.withFloor(options.floor());
    }

    private static void assertLoss(
            ExactSecondOrderLoss exact, double value, double[] gradient, double[] hessian, int[] places) {
        Bits.assertNoNegativeZero(value);
        Bits.assertNoNegativeZero(gradient);
        assertWithin(VALUE_ULPS, "value", value, exact.value(), exact.value(), exact.allowance());
        for (int i : places) {
            assertGradientEntry(
                    i, gradient[i], exact.gradient(i), exact.gradientScale(i), exact.gradientAllowance(i));
            assertSecondDerivative(i, hessian[i], exact.secondDerivative(i), exact.secondDerivativeAllowance(i));
        }
    }

    /** Of a convex loss, so that none is negative. */
    static void assertSecondDerivative(int i, double entry, BigDecimal exact, BigDecimal allowed) {
        Bits.assertNoNegativeZero(entry);
        if (entry < 0) {
            throw new AssertionError("second derivative " + i + " is negative: " + entry);
        }
        assertWithin(GRADIENT_ULPS, "second derivative " + i, entry, exact, exact, allowed);
    }

    static void assertValue(double value, BigDecimal exact) {
        assertWithin(VALUE_ULPS, "value", value, exact, exact);
    }

    static void assertGradientEntry(int i, double entry, BigDecimal exact, BigDecimal scale) {
        assertGradientEntry(i, entry, exact, scale, BigDecimal.ZERO);
    }

    static void assertGradientEntry(int i, double entry, BigDecimal exact, BigDecimal scale, BigDecimal allowed) {
        assertWithin(GRADIENT_ULPS, "gradient entry " + i, entry, exact, scale, allowed);
    }

    private static void assertWithin(double bound, String what, double actual, BigDecimal exact, BigDecimal scale) {
        assertWithin(bound, what, actual, exact, scale, BigDecimal.ZERO);
    }

    private static void assertWithin(
            double bound, String what, double actual, BigDecimal exact, BigDecimal scale, BigDecimal allowed) {
        double ulps = Ulps.error(actual, exact, scale, allowed);
        if (!(ulps <= bound)) {
            throw new AssertionError(what + ": " + actual + " is " + ulps + " ulps from " + exact.round(SHOWN)
                    + (scale.equals(exact) ? "" : ", in ulps of " + scale.round(SHOWN)));
        }
    }
}
