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

/** Rows around the lengths of blocks, with the largest logit, and the label, first, last, or next to a block's end. */
@PropertyDefaults(tries = 100, edgeCases = EdgeCasesMode.NONE)
class AdversarialPlacesTest {

    private static final Integer[] LENGTHS = {
        1, 2, 31, 32, 33, 63, 64, 65, 191, 192, 193, 255, 256, 257, 383, 384, 385, 511, 512, 513, 575, 576, 577
    };

    /** A row of few different logits, each many times, one logit above all, and a label. */
    record Peaked(double[] logits, int peak, int label) {

        @Override
        public String toString() {
            return "peak at " + peak + ", label " + label + " of " + logits.length + ": " + Arrays.toString(logits);
        }
    }

    @Property
    void probabilitiesAreWithin2UlpsWhereverTheLargestStands(@ForAll("rows") Peaked row) {
        PromisedAccuracy.assertProbabilities(row.logits());
    }

    @Property
    void lossAndGradientOfALabelAreAsPromisedWhereverItStands(@ForAll("rows") Peaked row) {
        PromisedAccuracy.assertSoftmaxLoss(row.logits(), row.label());
        PromisedAccuracy.assertSoftmaxLoss(row.logits(), row.peak());
    }

    @Property
    void lossAndGradientOfATargetAreAsPromisedWhereverItsMassStands(
            @ForAll("rows") Peaked row, @ForAll("masses") double mass, @ForAll("masses") double other) {
        double[] target = new double[row.logits().length];
        target[row.peak()] = mass;
        target[row.label()] = other;
        PromisedAccuracy.assertSoftmaxLoss(row.logits(), target, Options.NONE);
        PromisedAccuracy.assertSoftmaxLoss(row.logits(), target, Options.NONE.withLabelSmoothing(0.1));
    }

    @Provide
    Arbitrary<Peaked> rows() {
        Arbitrary<Double> logits = Arbitraries.oneOf(Doubles.between(-20, 0), Doubles.between(-800, 0));
        Arbitrary<Double> peaks = Arbitraries.oneOf(Doubles.between(0, 1), Doubles.between(0, 750));
        return Arbitraries.of(LENGTHS).flatMap(length -> Combinators
                .combine(few(logits, length), peaks, places(length), places(length))
                .as(AdversarialPlacesTest::peaked));
    }

    private static Peaked peaked(double[] row, double height, int peak, int label) {
        double[] logits = row.clone();
        logits[peak] = height;
        return new Peaked(logits, peak, label);
    }

    /** Rows of up to eight different logits, so that the oracle is quick. */
    private static Arbitrary<double[]> few(Arbitrary<Double> logits, int length) {
        return Rows.of(logits, 8).flatMap(
                pool -> Rows.of(Arbitraries.of(Arrays.stream(pool).boxed().toList()), length));
    }

    private static Arbitrary<Integer> places(int length) {
        return Arbitraries.of(0, 1, 31, 32, 191, 192, 383, 384, length - 2, length - 1)
                .map(place -> Math.max(0, Math.min(place, length - 1)));
    }

    @Provide
    Arbitrary<Double> masses() {
        return Doubles.mostlyModerate(0, 1);
    }
}
