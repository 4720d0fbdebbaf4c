package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.AnyOptions;
import io.github.plainjava.losses.generators.Directions;
import io.github.plainjava.losses.generators.Logits;
import io.github.plainjava.losses.generators.Measurements;
import io.github.plainjava.losses.generators.Probabilities;
import io.github.plainjava.losses.generators.Targets;
import io.github.plainjava.losses.oracle.ExactCrossEntropy;
import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.ExactMeanSquaredError;
import io.github.plainjava.losses.oracle.ExactSoftmax;
import io.github.plainjava.losses.oracle.ExactSoftmaxLoss;
import io.github.plainjava.losses.oracle.Options;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Every result against the oracle, in ulps: values, probabilities and log-probabilities within 2, gradient entries,
 * and a mean over entries, within 3. What was measured is written to {@code target/accuracy.md}, beside the usual formulas on the same cases.
 */
@PropertyDefaults(tries = 250, edgeCases = EdgeCasesMode.NONE)
class AccuracyTest {

    private static final double VALUE_ULPS = 2;
    private static final double MEAN_ULPS = 3;
    private static final double GRADIENT_ULPS = 3;

    private static final AccuracyTable TABLE = new AccuracyTable();

    @AfterContainer
    static void writeTable() {
        TABLE.write(Path.of("target", "accuracy.md"));
    }

    @Property
    void softmaxIsWithin2Ulps(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double[] actual = Softmax.softmax(row.logits());
        double[] usual = UsualFormula.softmax(row.logits());
        ExactSoftmax exact = ExactSoftmax.of(row.logits());
        Bits.assertNoNegativeZero(actual);
        for (int i : Bits.distinctPlaces(row.logits(), actual)) {
            BigDecimal p = exact.probability(i);
            check("softmax", row.regime(), VALUE_ULPS, i, actual[i], usual[i], p, p);
        }
    }

    @Property
    void logSoftmaxIsWithin2Ulps(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double[] actual = Softmax.logSoftmax(row.logits());
        double[] usual = UsualFormula.logSoftmax(row.logits());
        ExactSoftmax exact = ExactSoftmax.of(row.logits());
        Bits.assertNoNegativeZero(actual);
        for (int i : Bits.distinctPlaces(row.logits(), actual)) {
            BigDecimal logP = exact.logProbability(i);
            check("logSoftmax", row.regime(), VALUE_ULPS, i, actual[i], usual[i], logP, logP);
        }
    }

    @Property(tries = 500)
    void logSumExpIsWithin2Ulps(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double actual = Softmax.logSumExp(row.logits());
        double usual = UsualFormula.logSumExp(row.logits());
        ExactSoftmax exact = ExactSoftmax.of(row.logits());
        Bits.assertNoNegativeZero(actual);
        check("logSumExp", row.regime(), VALUE_ULPS, 0, actual, usual, exact.logSumExp(), exact.logSumExpScale());
    }

    @Property
    void softmaxLossOfALabelIsWithin2UlpsAndItsGradientWithin3(
            @ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double[] gradient = new double[row.logits().length];
        double value = new Softmax().valueAndGradient(row.logits(), row.label(), gradient);
        double[] oneHot = OneHot.encode(row.label(), gradient.length);
        ExactLoss exact = ExactSoftmaxLoss.of(row.logits(), row.label(), Options.NONE);
        checkLoss("Softmax, label", row.regime(), value, gradient, exact,
                UsualFormula.softmaxLoss(row.logits(), oneHot),
                UsualFormula.softmaxLossGradient(row.logits(), oneHot),
                Bits.distinctPlaces(row.logits(), oneHot, gradient));
    }

    @Property
    void softmaxLossOfATargetIsWithin2UlpsAndItsGradientWithin3(
            @ForAll(supplier = Targets.OfEveryLength.class) Targets row) {
        double[] logits = row.logits().logits();
        double[] gradient = new double[logits.length];
        double value = new Softmax().valueAndGradient(logits, row.target(), gradient);
        ExactLoss exact = ExactSoftmaxLoss.of(logits, row.target(), Options.NONE);
        checkLoss("Softmax, target", row.kind(), value, gradient, exact,
                UsualFormula.softmaxLoss(logits, row.target()),
                UsualFormula.softmaxLossGradient(logits, row.target()),
                Bits.distinctPlaces(logits, row.target(), gradient));
    }

    @Property
    void jacobianVectorProductIsWithin3Ulps(
            @ForAll(supplier = Directions.OfEveryLength.class) Directions row) {
        double[] logits = row.logits().logits();
        double[] actual = Softmax.jacobianVectorProduct(logits, row.vector());
        double[] usual = UsualFormula.jacobianVectorProduct(logits, row.vector());
        ExactSoftmax exact = ExactSoftmax.of(logits);
        BigDecimal[] product = exact.jacobianVectorProduct(row.vector());
        BigDecimal[] scale = exact.jacobianVectorProductScale(row.vector());
        Bits.assertNoNegativeZero(actual);
        for (int i : Bits.distinctPlaces(logits, row.vector(), actual)) {
            check("jacobianVectorProduct", row.kind(), GRADIENT_ULPS, i, actual[i], usual[i], product[i], scale[i]);
        }
    }

    @Property
    void crossEntropyOfALabelIsWithin2UlpsAndItsGradientWithin3(
            @ForAll(supplier = Probabilities.OfEveryLength.class) Probabilities row) {
        double[] p = row.probabilities();
        double[] gradient = new double[p.length];
        double value = new CrossEntropy().valueAndGradient(p, row.label(), gradient);
        double[] oneHot = OneHot.encode(row.label(), p.length);
        checkLoss("CrossEntropy, label", row.regime(), value, gradient,
                ExactCrossEntropy.of(p, row.label(), Options.NONE),
                UsualFormula.crossEntropy(p, oneHot), UsualFormula.crossEntropyGradient(p, oneHot),
                Bits.distinctPlaces(p, oneHot, gradient));
    }

    @Property
    void crossEntropyOfATargetIsWithin2UlpsAndItsGradientWithin3(
            @ForAll(supplier = Probabilities.OfEveryLength.class) Probabilities row) {
        double[] p = row.probabilities();
        double[] gradient = new double[p.length];
        double value = new CrossEntropy().valueAndGradient(p, row.target(), gradient);
        checkLoss("CrossEntropy, target", row.regime(), value, gradient,
                ExactCrossEntropy.of(p, row.target(), Options.NONE),
                UsualFormula.crossEntropy(p, row.target()), UsualFormula.crossEntropyGradient(p, row.target()),
                Bits.distinctPlaces(p, row.target(), gradient));
    }

    @Property
    void crossEntropyWithAFloorIsWithin2UlpsAndItsGradientWithin3(
            @ForAll(supplier = Probabilities.OfEveryLength.class) Probabilities row,
            @ForAll(supplier = AnyOptions.Floors.class) double floor) {
        double[] p = row.probabilities();
        double[] gradient = new double[p.length];
        double value = new CrossEntropy().withFloor(floor).valueAndGradient(p, row.target(), gradient);
        checkLoss("CrossEntropy, floor", row.regime(), value, gradient,
                ExactCrossEntropy.of(p, row.target(), Options.NONE.withFloor(floor)),
                UsualFormula.crossEntropy(p, row.target()), UsualFormula.crossEntropyGradient(p, row.target()),
                Bits.distinctPlaces(p, row.target(), gradient));
    }

    @Property
    void meanSquaredErrorAndItsGradientAreWithin3Ulps(
            @ForAll(supplier = Measurements.OfEveryLength.class) Measurements row) {
        double[] gradient = new double[row.prediction().length];
        double value = new MeanSquaredError().valueAndGradient(row.prediction(), row.target(), gradient);
        checkLoss(MEAN_ULPS, "MeanSquaredError", row.regime(), value, gradient,
                ExactMeanSquaredError.of(row.prediction(), row.target()),
                UsualFormula.meanSquaredError(row.prediction(), row.target()),
                UsualFormula.meanSquaredErrorGradient(row.prediction(), row.target()),
                Bits.distinctPlaces(row.prediction(), row.target(), gradient));
    }

    private static void checkLoss(String function, Enum<?> regime, double value, double[] gradient, ExactLoss exact,
            double usualValue, double[] usualGradient, int[] places) {
        checkLoss(VALUE_ULPS, function, regime, value, gradient, exact, usualValue, usualGradient, places);
    }

    private static void checkLoss(double valueUlps, String function, Enum<?> regime, double value, double[] gradient,
            ExactLoss exact, double usualValue, double[] usualGradient, int[] places) {
        Bits.assertNoNegativeZero(value);
        Bits.assertNoNegativeZero(gradient);
        if (exact.isInfinite()) {
            assertThat(value == Double.POSITIVE_INFINITY || exact.isInfiniteBySmallMassesOnly()).isTrue();
        } else {
            BigDecimal exactValue = exact.value();
            check(function + ": value", regime, valueUlps, -1, value, usualValue, exactValue, exactValue,
                    exact.allowance());
        }
        for (int i : places) {
            if (exact.isInfinite(i)) {
                assertThat(gradient[i] == Double.NEGATIVE_INFINITY || exact.isInfiniteBySmallMassOnly(i))
                        .as("gradient[%d] %s", i, gradient[i]).isTrue();
            } else {
                check(function + ": gradient", regime, GRADIENT_ULPS, i, gradient[i], usualGradient[i],
                        exact.gradient(i), exact.gradientScale(i), exact.gradientAllowance(i));
            }
        }
    }

    private static void check(String function, Enum<?> regime, double bound, int place, double actual, double usual,
            BigDecimal exact, BigDecimal scale) {
        check(function, regime, bound, place, actual, usual, exact, scale, BigDecimal.ZERO);
    }

    private static void check(String function, Enum<?> regime, double bound, int place, double actual, double usual,
            BigDecimal exact, BigDecimal scale, BigDecimal allowed) {
        double ulps = Ulps.error(actual, exact, scale, allowed);
        TABLE.record(function, regime, ulps, Ulps.error(usual, exact, scale));
        if (!(ulps <= bound)) {
            throw new AssertionError(function + (place < 0 ? "" : " at " + place) + ": " + actual + " is " + ulps
                    + " ulps from " + exact.round(new MathContext(40)));
        }
    }
}
