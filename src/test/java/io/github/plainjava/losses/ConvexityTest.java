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

/** Half way between two predictions a convex loss is at most the mean of what it is at either; and which is not convex. */
@PropertyDefaults(tries = 300, edgeCases = EdgeCasesMode.NONE)
class ConvexityTest {

    @Property
    void lossesOfDifferences(@ForAll("rows") double[] a, @ForAll("rows") double[] b, @ForAll("rows") double[] target) {
        for (SecondOrderLoss loss : new SecondOrderLoss[] {new MeanSquaredError(), new MeanAbsoluteError(),
            new Huber(), new Huber().withThreshold(0.1), new PseudoHuber(), new LogCosh(), new Pinball(0.9)}) {
            assertConvex(loss, a, b, target);
        }
    }

    @Property
    void lossesOfYesOrNo(@ForAll("rows") double[] a, @ForAll("rows") double[] b, @ForAll("fractions") double[] target) {
        assertConvex(new Sigmoid(), a, b, target);
        assertConvex(new Sigmoid().withPositiveWeights(5).withLabelSmoothing(0.1), a, b, target);
    }

    @Property
    void lossesOfProbabilities(
            @ForAll("fractions") double[] a, @ForAll("fractions") double[] b, @ForAll("fractions") double[] target) {
        assertConvex(new BinaryCrossEntropy(), a, b, target);
        assertConvex(new BinaryCrossEntropy().withFloor(0.25), a, b, target);
        assertConvex(new CrossEntropy(), a, b, target);
        assertConvex(new CrossEntropy().withFloor(0.25), a, b, target);
        assertConvex(new Brier(), a, b, target);
    }

    @Property
    void deviances(@ForAll("rows") double[] a, @ForAll("rows") double[] b, @ForAll("fractions") double[] target) {
        assertConvex(new Poisson(), a, b, target);
        assertConvex(new Gamma(), a, b, target);
        assertConvex(new Tweedie(1.5), a, b, target);
    }

    @Property
    void lossesOfClasses(@ForAll("rows") double[] a, @ForAll("rows") double[] b) {
        double[] target = {0, 0, 1, 0};
        assertConvex(new Softmax(), a, b, target);
        assertConvex(new Hinge(), a, b, target);
        assertConvex(new Hinge().squared(), a, b, target);
    }

    /** On a confident mistake the focal loss bends down: at a probability of the truth of 0.05, not at 0.07. */
    @Example
    void focalIsNotConvex() {
        double[] yes = {1};
        double sure = StrictMath.log(0.05 / 0.95);
        double lessSure = StrictMath.log(0.07 / 0.93);
        assertThat(second(new Focal(), sure, yes)).isNegative();
        assertThat(second(new Focal(), lessSure, yes)).isPositive();
        double mean = (new Focal().value(new double[] {-8}, yes) + new Focal().value(new double[] {-4}, yes)) / 2;
        assertThat(new Focal().value(new double[] {-6}, yes)).isGreaterThan(mean * 1.001);
    }

    private static double second(SecondOrderLoss loss, double logit, double[] target) {
        double[] hessian = new double[1];
        loss.valueGradientAndHessian(new double[] {logit}, target, new double[1], hessian);
        return hessian[0];
    }

    private static void assertConvex(SecondOrderLoss loss, double[] a, double[] b, double[] target) {
        double[] between = new double[a.length];
        Arrays.setAll(between, i -> (a[i] + b[i]) / 2);
        double mean = (loss.value(a, target) + loss.value(b, target)) / 2;
        Near.assertAtMost(loss.value(between, target), mean, 8);
        double[] hessian = new double[a.length];
        loss.valueGradientAndHessian(between, target, new double[a.length], hessian);
        assertThat(Arrays.stream(hessian)).allMatch(second -> second >= 0);
    }

    /** Multiples of 1/64, of which the number half way is exact. */
    @Provide
    Arbitrary<double[]> rows() {
        return Rows.of(Doubles.between(-20, 20).map(x -> Math.rint(x * 64) / 64), 4);
    }

    @Provide
    Arbitrary<double[]> fractions() {
        return Rows.of(Doubles.between(1.0 / 64, 63.0 / 64).map(x -> Math.rint(x * 64) / 64), 4);
    }
}
