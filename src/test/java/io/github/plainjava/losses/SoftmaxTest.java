package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.generators.Targets;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import io.github.plainjava.losses.oracle.ExactSoftmax;
import io.github.plainjava.losses.oracle.ExactSoftmaxLoss;
import io.github.plainjava.losses.oracle.Options;
import io.github.plainjava.losses.oracle.Ulps;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import org.junit.jupiter.api.Test;

class SoftmaxTest extends ClassificationLossContract implements SecondOrderClassificationContract {

    @Override
    public SecondOrderClassificationLoss loss() {
        return new Softmax();
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactSoftmaxLoss.of(prediction, target, Options.NONE);
    }

    @Override
    Arbitrary<Row> rows() {
        return new Targets.OfEveryLength().get().map(row -> new Row(row.logits().logits(), row.target()));
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(Doubles.between(-10, 10), n), Rows.of(Doubles.between(0, 1), n)).as(Row::new));
    }

    @Override
    double valueUlps() {
        return 2;
    }

    @Override
    double gradientUlps() {
        return 3;
    }

    @Override
    public double secondDerivativeUlps() {
        return 3;
    }

    @Override
    public boolean isConvex() {
        return true;
    }

    /**
     * The sum of this target is rounded the same way at each of its 11,525 equal masses. What these roundings drop has
     * to be multiplied by all of log(11525), head and tail, or the loss is wrong by 3.4 ulp.
     */
    @Example
    void roundingsOfALongUniformTargetThatAllPointTheSameWayAreAllMadeGood() {
        double[] target = new double[11525];
        Arrays.fill(target, 1.0 / target.length);
        PromisedAccuracy.assertSoftmaxLoss(new double[target.length], target, Options.NONE);
    }

    @Test
    void twoEqualLogitsAreEvenOdds() {
        Bits.assertSame(Softmax.softmax(new double[] {3, 3}), new double[] {0.5, 0.5});
        assertThat(Softmax.logSumExp(new double[] {0, 0})).isEqualTo(StrictMath.log(2));
        assertThat(new Softmax().value(new double[] {3, 3}, 1)).isEqualTo(StrictMath.log(2));
        Bits.assertSame(new Softmax().gradient(new double[] {3, 3}, 1), new double[] {0.5, -0.5});
    }

    @Test
    void jacobianOfEvenOdds() {
        Bits.assertSame(Softmax.jacobianVectorProduct(new double[] {0, 0}, new double[] {1, 0}),
                new double[] {0.25, -0.25});
    }

    @Test
    void jacobianOfEvenOddsTimesNumbersOfAnySize() {
        double max = Double.MAX_VALUE;
        double min = Double.MIN_VALUE;
        Bits.assertSame(Softmax.jacobianVectorProduct(new double[] {0, 0}, new double[] {max, -max}),
                new double[] {max / 2, -max / 2});
        Bits.assertSame(Softmax.jacobianVectorProduct(new double[] {0, 0}, new double[] {4 * min, -8 * min}),
                new double[] {3 * min, -3 * min});
        Bits.assertSame(Softmax.jacobianVectorProduct(new double[] {0, 0}, new double[] {max, min}),
                new double[] {max / 4, -max / 4});
    }

    /** Where a class has nearly all, its slope is the others' share, not what is left of 1. */
    @Test
    void aTargetOfOneClassHasTheSlopesOfItsLabelTimesItsMass() {
        for (int n : new int[] {2, 3, 40, 300}) {
            for (int label : new int[] {0, n / 2, n - 1}) {
                for (double temperature : new double[] {1, 3}) {
                    Softmax loss = new Softmax().withTemperature(temperature);
                    double[] logits = new double[n];
                    logits[label] = 45.3 * temperature;
                    double[] expected = loss.gradient(logits, label);
                    Bits.assertSame(loss.gradient(logits, OneHot.encode(label, n)), expected);
                    double[] twice = new double[n];
                    twice[label] = 2;
                    Bits.assertSame(loss.gradient(logits, twice), Arrays.stream(expected).map(g -> 2 * g).toArray());
                }
            }
        }
    }

    /** The bound allows 2 ulp, and the tails that are carried along make it little more than half an ulp. */
    @Test
    void logarithmsAreRoundedNearlyOnce() {
        SplittableRandom random = new SplittableRandom(3);
        for (int n : new int[] {2, 5, 40}) {
            for (int i = 0; i < 60; i++) {
                double[] row = random.doubles(n, -3, 0).toArray();
                assertNearlyRounded(row);
                row[random.nextInt(n)] = Double.NEGATIVE_INFINITY;
                assertNearlyRounded(row);
            }
        }
    }

    private static void assertNearlyRounded(double[] row) {
        ExactSoftmax exact = ExactSoftmax.of(row);
        double[] logP = Softmax.logSoftmax(row);
        for (int i = 0; i < row.length; i++) {
            if (row[i] != Double.NEGATIVE_INFINITY) {
                assertThat(Ulps.error(logP[i], exact.logProbability(i))).isLessThan(0.65);
            }
        }
        if (Math.abs(exact.logSumExp().doubleValue()) >= 1) {
            assertThat(Ulps.error(Softmax.logSumExp(row), exact.logSumExp())).isLessThan(0.65);
        }
    }
}
