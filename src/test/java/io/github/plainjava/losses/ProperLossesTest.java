package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Rows;
import java.util.Arrays;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/**
 * A loss is proper if nothing is better than to predict the true distribution: the expected loss is least there
 * (Gneiting and Raftery 2007, doi:10.1198/016214506000001437).
 */
@PropertyDefaults(tries = 500, edgeCases = EdgeCasesMode.NONE)
class ProperLossesTest {

    /** With targets between 0 and 1 the loss is the expected one already. */
    @Property
    void sigmoidIsLeastAtTheLogitOfTheTruth(@ForAll("fractions") double q, @ForAll("logits") double other) {
        LossFunction loss = new Sigmoid();
        double[] truth = {q};
        Near.assertAtMost(loss.value(new double[] {logit(q)}, truth), loss.value(new double[] {other}, truth), 4);
    }

    @Property
    void binaryCrossEntropyIsLeastAtTheTruth(@ForAll("fractions") double q, @ForAll("fractions") double other) {
        LossFunction loss = new BinaryCrossEntropy();
        double[] truth = {q};
        Near.assertAtMost(loss.value(truth, truth.clone()), loss.value(new double[] {other}, truth), 4);
    }

    @Property
    void softmaxLossIsLeastAtTheLogarithmsOfTheTruth(
            @ForAll("distributions") double[] truth, @ForAll("rows") double[] other) {
        LossFunction loss = new Softmax();
        double[] best = Arrays.stream(truth).map(StrictMath::log).toArray();
        Near.assertAtMost(loss.value(best, truth), loss.value(other, truth), 4);
    }

    @Property
    void crossEntropyIsLeastAtTheTruth(@ForAll("distributions") double[] truth, @ForAll("distributions") double[] other) {
        LossFunction loss = new CrossEntropy();
        Near.assertAtMost(loss.value(truth, truth.clone()), loss.value(other, truth), 16);
    }

    @Property
    void expectedBrierScoreIsLeastAtTheTruth(
            @ForAll("distributions") double[] truth, @ForAll("distributions") double[] other) {
        Near.assertAtMost(expected(new Brier(), truth, truth), expected(new Brier(), other, truth), 16);
    }

    /** 0.6 max(0, 1 - a) + 0.4 max(0, 1 + a) is least at a = 1, whatever the share above 1/2. */
    @Example
    void hingeIsNotProper() {
        double[] truth = {0.6, 0.4};
        double[] log = {StrictMath.log(0.6), StrictMath.log(0.4)};
        double[] margin = {1, 0};
        assertThat(expected(new Hinge(), margin, truth)).isLessThan(expected(new Hinge(), log, truth) - 0.1);
        double[] surer = {0.9, 0.1};
        assertThat(expected(new Hinge(), margin, surer))
                .isLessThan(expected(new Hinge(), new double[] {1.25, 0}, surer))
                .isLessThan(expected(new Hinge(), new double[] {0.75, 0}, surer));
    }

    /** With the focus 2 the expected loss for a truth of 0.9 is least at 0.79, not at 0.9. */
    @Example
    void focalIsNotProper() {
        double[] truth = {0.9};
        double atTruth = new Focal().value(new double[] {logit(0.9)}, truth);
        assertThat(new Focal().value(new double[] {logit(0.79)}, truth)).isLessThan(atTruth * 0.95);
        assertThat(new Focal().gradient(new double[] {logit(0.9)}, truth)[0]).isPositive();
    }

    private static double expected(ClassificationLoss loss, double[] prediction, double[] truth) {
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            sum += truth[i] * loss.value(prediction, i);
        }
        return sum;
    }

    private static double logit(double p) {
        return StrictMath.log(p / (1 - p));
    }

    @Provide
    Arbitrary<Double> fractions() {
        return Doubles.between(1e-6, 1 - 1e-6);
    }

    @Provide
    Arbitrary<Double> logits() {
        return Doubles.between(-20, 20);
    }

    @Provide
    Arbitrary<double[]> rows() {
        return Rows.of(Doubles.between(-10, 10), 5);
    }

    @Provide
    Arbitrary<double[]> distributions() {
        return Rows.of(Doubles.between(0.001, 1), 5).map(row -> {
            double sum = Arrays.stream(row).sum();
            return Arrays.stream(row).map(x -> x / sum).toArray();
        });
    }
}
