package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.AnyBinaryOptions;
import io.github.plainjava.losses.generators.Measurements;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactHuber;
import io.github.plainjava.losses.oracle.ExactLogCosh;
import io.github.plainjava.losses.oracle.ExactMeanAbsoluteError;
import io.github.plainjava.losses.oracle.ExactPinball;
import io.github.plainjava.losses.oracle.ExactPseudoHuber;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import io.github.plainjava.losses.oracle.Ulps;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** The accuracy that the pages of the losses of differences state, with options up to their limits. */
@PropertyDefaults(tries = 150, edgeCases = EdgeCasesMode.NONE)
class DifferenceAccuracyTest {

    /** A row of differences with a threshold or scale, and one level or one for each. */
    record Differences(Measurements row, double threshold, double[] levels) {

        double[] prediction() {
            return row.prediction();
        }

        double[] target() {
            return row.target();
        }
    }

    @Property
    void meanAbsoluteError(@ForAll("differences") Differences of) {
        check(new MeanAbsoluteError(), of, ExactMeanAbsoluteError.of(of.prediction(), of.target()), 1);
    }

    @Property
    void huber(@ForAll("differences") Differences of) {
        check(new Huber().withThreshold(of.threshold), of,
                ExactHuber.of(of.prediction(), of.target(), of.threshold), 3);
    }

    @Property
    void pseudoHuber(@ForAll("differences") Differences of) {
        check(new PseudoHuber().withScale(of.threshold), of,
                ExactPseudoHuber.of(of.prediction(), of.target(), of.threshold), 3);
    }

    @Property
    void logCosh(@ForAll("differences") Differences of) {
        check(new LogCosh(), of, ExactLogCosh.of(of.prediction(), of.target()), 3);
    }

    @Property
    void pinball(@ForAll("differences") Differences of) {
        check(new Pinball(of.levels), of, ExactPinball.of(of.prediction(), of.target(), of.levels), 2);
    }

    private static void check(SecondOrderLoss loss, Differences of, ExactSecondOrderLoss exact, double derivativeUlps) {
        double[] prediction = of.prediction();
        double[] gradient = new double[prediction.length];
        double[] hessian = new double[prediction.length];
        double value = loss.valueGradientAndHessian(prediction, of.target(), gradient, hessian);
        assertThat(Ulps.error(value, exact.value())).as("value %s", value).isLessThanOrEqualTo(2);
        double[] levels = of.levels.length == 1 ? prediction : of.levels;
        for (int i : Bits.distinctPlaces(prediction, of.target(), levels, gradient, hessian)) {
            assertThat(Ulps.error(gradient[i], exact.gradient(i))).as("gradient %d, %s", i, gradient[i])
                    .isLessThanOrEqualTo(derivativeUlps);
            assertThat(exact.isAtAJump(i) ? 0 : Ulps.error(hessian[i], exact.secondDerivative(i)))
                    .as("second derivative %d, %s", i, hessian[i]).isLessThanOrEqualTo(derivativeUlps);
        }
    }

    @Provide
    Arbitrary<Differences> differences() {
        return Combinators.combine(AnyBinaryOptions.thresholds(), Rows.lengths()).flatAs((threshold, n) ->
                Combinators.combine(Arbitraries.oneOf(Measurements.ofLength(n), Measurements.aroundDistance(threshold, n)),
                                Arbitraries.of(1, n).flatMap(many -> Rows.of(AnyBinaryOptions.levels(), many)))
                        .as((row, levels) -> new Differences(row, threshold, levels)));
    }
}
