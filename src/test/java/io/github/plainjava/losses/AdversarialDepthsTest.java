package io.github.plainjava.losses;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.Options;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;

/**
 * Logits at the depths below the largest where an exponential changes its ways: where its range reduction goes on to
 * the next multiple of log 2, where its result becomes subnormal, and, if masses, class weights or a small temperature
 * lift it again, where it is far below the double range.
 */
@PropertyDefaults(tries = 100, edgeCases = EdgeCasesMode.NONE)
class AdversarialDepthsTest {

    private static final double LOG2_E = 1.4426950408889634;

    /** A row whose largest logit is 0, a target and the options. */
    record Deep(double[] logits, double[] target, Options options) {

        int label() {
            return logits.length - 1;
        }

        @Override
        public String toString() {
            return options + "; " + Arrays.toString(logits) + "; target " + Arrays.toString(target);
        }
    }

    @Property
    void probabilitiesAreWithin2UlpsAroundMultiplesOfAnEighthOfLog2(@ForAll("multiples") double[] logits) {
        PromisedAccuracy.assertProbabilities(logits);
    }

    @Property
    void lossAndGradientAreAsPromisedAroundMultiplesOfAnEighthOfLog2(@ForAll("multiples") double[] logits) {
        PromisedAccuracy.assertSoftmaxLoss(logits, 0);
        PromisedAccuracy.assertSoftmaxLoss(logits, logits.length - 1);
    }

    @Property
    void probabilitiesAreWithin2UlpsWhereTheyUnderflow(@ForAll("underflowing") double[] logits) {
        PromisedAccuracy.assertProbabilities(logits);
    }

    @Property
    void lossAndGradientAreAsPromisedWhereProbabilitiesUnderflow(@ForAll("underflowing") double[] logits) {
        PromisedAccuracy.assertSoftmaxLoss(logits, 0);
        PromisedAccuracy.assertSoftmaxLoss(logits, logits.length - 1);
    }

    /** All the mass stands on the largest logit, so that value and gradient are the mass times what is far below it. */
    @Property
    void massesLiftProbabilitiesFarBelowTheRange(@ForAll("lifted") Deep row) {
        PromisedAccuracy.assertSoftmaxLoss(row.logits(), row.target(), row.options());
    }

    /** The same with a mass at a deep class, where loss and probability are of any proportion. */
    @Property
    void massesAtDeepClassesStandBesideLiftedProbabilities(
            @ForAll("lifted") Deep row, @ForAll("masses") double mass) {
        double[] target = row.target().clone();
        target[row.label()] = mass;
        PromisedAccuracy.assertSoftmaxLoss(row.logits(), target, row.options());
    }

    @Property
    void smallTemperaturesLiftProbabilitiesFarBelowTheRange(@ForAll("cold") Deep row) {
        PromisedAccuracy.assertSoftmaxLoss(row.logits(), row.target(), row.options());
    }

    @Provide
    Arbitrary<double[]> multiples() {
        Arbitrary<Double> logits = Combinators
                .combine(Arbitraries.oneOf(uniform(0, 64), uniform(0, 8800)), uniform(-2, 2))
                .as((eighths, ulps) -> {
                    double depth = eighths * StrictMath.log(2) / 8;
                    return Math.min(0, -depth + ulps * Math.ulp(depth));
                });
        return withZeroFirst(Arbitraries.oneOf(uniform(1, 12), uniform(33, 40))
                .flatMap(length -> Rows.of(logits, length)));
    }

    @Provide
    Arbitrary<double[]> underflowing() {
        return withZeroFirst(Arbitraries.oneOf(uniform(1, 12), uniform(33, 40))
                .flatMap(length -> Rows.of(Doubles.between(-760, -690), length)));
    }

    /** Depths, and a mass and a class weight that together lift their exponentials to about the least double. */
    @Provide
    Arbitrary<Deep> lifted() {
        return Combinators.combine(depths(), uniform(-4, 90), significands(), significands(), uniform(-59, 58))
                .flatAs((depth, above, mass, weight, share) -> below(depth).map(logits -> {
                    int lift = (int) (depth * LOG2_E) - 1074 + above;
                    int ofWeight = Math.max(-59, Math.min(Math.max(Math.min(share, lift + 600), lift - 198), 58));
                    double[] weights = new double[logits.length];
                    Arrays.fill(weights, Math.scalb(weight, ofWeight));
                    double[] target = new double[logits.length];
                    target[0] = Math.scalb(mass, Math.max(-600, Math.min(lift - ofWeight, 198)));
                    return new Deep(logits, target, Options.NONE.withClassWeights(weights));
                }));
    }

    /** The same by a temperature that is a power of 2, so that depths are still exact. */
    @Provide
    Arbitrary<Deep> cold() {
        return Combinators.combine(depths(), uniform(-4, 90), significands())
                .flatAs((depth, above, mass) -> below(depth).map(logits -> {
                    int lift = (int) (depth * LOG2_E) - 1074 + above;
                    int power = Math.max(Math.min(lift, 59), 0);
                    double[] colder = Arrays.stream(logits).map(z -> Math.scalb(z, -power)).toArray();
                    double[] target = new double[logits.length];
                    target[0] = Math.scalb(mass, Math.min(lift - power, 198));
                    return new Deep(colder, target, Options.NONE.withTemperature(Math.scalb(1.0, -power)));
                }));
    }

    /** From normal exponentials to those that the largest mass times the largest class weight could just lift. */
    private static Arbitrary<Double> depths() {
        return Arbitraries.oneOf(Doubles.between(340, 360), Doubles.between(690, 760), Doubles.between(870, 930),
                Doubles.between(330, 930));
    }

    private static Arbitrary<double[]> below(double depth) {
        return withZeroFirst(uniform(1, 40).flatMap(length -> Rows.of(Doubles.between(-depth - 2, -depth), length)));
    }

    private static Arbitrary<double[]> withZeroFirst(Arbitrary<double[]> rows) {
        return rows.map(row -> {
            double[] longer = new double[row.length + 1];
            System.arraycopy(row, 0, longer, 1, row.length);
            return longer;
        });
    }

    @Provide
    Arbitrary<Double> masses() {
        return Doubles.masses();
    }

    private static Arbitrary<Double> significands() {
        return Doubles.between(1, 2);
    }

    private static Arbitrary<Integer> uniform(int lowest, int highest) {
        return Arbitraries.integers().between(lowest, highest).withDistribution(RandomDistribution.uniform());
    }
}
