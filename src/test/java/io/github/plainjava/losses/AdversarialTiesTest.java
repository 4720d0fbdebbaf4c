package io.github.plainjava.losses;

import io.github.plainjava.losses.generators.Doubles;
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
 * Many classes of one logit and a single other one: each exponential has the same rounding error, so that in a sum they
 * add up instead of cancelling each other out.
 */
@PropertyDefaults(tries = 200, edgeCases = EdgeCasesMode.NONE)
class AdversarialTiesTest {

    /** The logit of all classes but one, and that one. */
    record Ties(int ties, double tied, double other, int place) {

        double[] logits() {
            double[] logits = new double[ties + 1];
            Arrays.fill(logits, tied);
            logits[place] = other;
            return logits;
        }

        int tiedPlace() {
            return place == 0 ? ties : 0;
        }
    }

    @Property
    void probabilitiesOfTiesAreWithin2Ulps(@ForAll("ties") Ties row) {
        PromisedAccuracy.assertProbabilities(row.logits());
    }

    @Property
    void lossAndGradientOfTheOddOneOutAreAsPromised(@ForAll("ties") Ties row) {
        PromisedAccuracy.assertSoftmaxLoss(row.logits(), row.place());
    }

    @Property
    void lossAndGradientOfOneOfTheTiesAreAsPromised(@ForAll("ties") Ties row) {
        PromisedAccuracy.assertSoftmaxLoss(row.logits(), row.tiedPlace());
    }

    @Property
    void lossAndGradientOfEqualMassesOnTheTiesAreAsPromised(@ForAll("ties") Ties row, @ForAll("masses") double mass) {
        double[] target = new double[row.ties() + 1];
        Arrays.fill(target, mass);
        target[row.place()] = 0;
        PromisedAccuracy.assertSoftmaxLoss(row.logits(), target, Options.NONE);
    }

    @Property
    void lossAndGradientOfATargetNearThePredictionAreAsPromised(@ForAll("ties") Ties row, @ForAll("ulps") int ulps) {
        double[] target = Softmax.softmax(row.logits());
        double tied = target[row.tiedPlace()];
        target[row.tiedPlace()] = Math.max(0, tied + ulps * Math.ulp(tied)); // a probability may be 0, a mass not less
        PromisedAccuracy.assertSoftmaxLoss(row.logits(), target, Options.NONE);
    }

    /** The rounding errors of a sum of equal masses add up like those of equal exponentials. */
    @Property(tries = 30)
    void lossAndGradientOfALongTargetOfEqualMassesAreAsPromised(
            @ForAll("long") Ties row, @ForAll("masses") double mass) {
        double[] target = new double[row.ties() + 1];
        Arrays.fill(target, mass);
        PromisedAccuracy.assertSoftmaxLoss(row.logits(), target, Options.NONE);
        Arrays.fill(target, 1.0 / target.length);
        PromisedAccuracy.assertSoftmaxLoss(row.logits(), target, Options.NONE);
    }

    /** The probability of the label rounds to 1 or nearly: its loss is the sum of all the small ones. */
    @Property
    void lossOfAConfidentRowIsWithin2Ulps(@ForAll("confident") Ties row) {
        PromisedAccuracy.assertSoftmaxLoss(row.logits(), row.place());
        PromisedAccuracy.assertSoftmaxLoss(row.logits(), row.tiedPlace());
    }

    @Property
    void probabilitiesOfAConfidentRowAreWithin2Ulps(@ForAll("confident") Ties row) {
        PromisedAccuracy.assertProbabilities(row.logits());
    }

    @Provide
    Arbitrary<Ties> ties() {
        Arbitrary<Double> gaps = Arbitraries.oneOf(
                Doubles.between(-40, 40), Doubles.between(-2, 2), Doubles.ofExponents(-60, 9));
        return rows(2, 1000, gaps);
    }

    /** From 1000 to 30,000 ties; the other logit is one of them, or a little away. */
    @Provide("long")
    Arbitrary<Ties> longTies() {
        return rows(1000, 30_000, Arbitraries.oneOf(Arbitraries.just(0.0), Doubles.between(-9, 9)));
    }

    @Provide
    Arbitrary<Ties> confident() {
        return rows(1, 5000, Doubles.between(20, 740));
    }

    /** Gaps between the other logit and the tied ones, which stand at 0 most often, so that the gap is not rounded. */
    private static Arbitrary<Ties> rows(int fewest, int most, Arbitrary<Double> gaps) {
        Arbitrary<Integer> counts = Arbitraries.oneOf(uniform(fewest, fewest + 40), uniform(fewest, most));
        Arbitrary<Double> bases = Arbitraries.oneOf(
                Arbitraries.just(0.0), Arbitraries.just(0.0), Doubles.between(-100, 100));
        return Combinators.combine(counts, gaps, bases).flatAs((ties, gap, base) ->
                Arbitraries.oneOf(Arbitraries.of(0, ties), uniform(0, ties))
                        .map(place -> new Ties(ties, base, base + gap, place)));
    }

    @Provide
    Arbitrary<Double> masses() {
        return Doubles.mostlyModerate(0.001, 3);
    }

    @Provide
    Arbitrary<Integer> ulps() {
        return uniform(-3, 3);
    }

    private static Arbitrary<Integer> uniform(int lowest, int highest) {
        return Arbitraries.integers().between(lowest, highest).withDistribution(RandomDistribution.uniform());
    }
}
