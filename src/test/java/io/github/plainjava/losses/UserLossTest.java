package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Group;
import org.junit.jupiter.api.Test;

/** Losses as a user writes them keep the contract with what the interfaces give them. */
class UserLossTest {

    /** The mean of the absolute differences, as the documentation of LossFunction has it. */
    private static final LossFunction ABSOLUTE_ERROR = (prediction, target, gradient) -> {
        double sum = 0;
        for (int i = 0; i < prediction.length; i++) {
            double difference = prediction[i] - target[i];
            gradient[i] = Math.signum(difference) / prediction.length + 0.0;
            sum += Math.abs(difference);
        }
        return sum / prediction.length;
    };

    /** The Brier score of probabilities: the sum of the squared differences from the one-hot array. */
    private static final class BrierScore implements ClassificationLoss {

        private static final long serialVersionUID = 1;

        @Override
        public double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
            double sum = 0;
            for (int i = 0; i < prediction.length; i++) {
                double difference = prediction[i] - target[i];
                gradient[i] = 2 * difference;
                sum += difference * difference;
            }
            return sum;
        }

        @Override
        public double valueAndGradient(double[] prediction, int label, double[] gradient) {
            return valueAndGradient(prediction, OneHot.encode(label, prediction.length), gradient);
        }
    }

    private static Arbitrary<LossFunctionContract.Row> moderateRows() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(Doubles.between(-10, 10), n), Rows.of(Doubles.between(-10, 10), n))
                .as(LossFunctionContract.Row::new));
    }

    private static BigDecimal difference(double[] prediction, double[] target, int i) {
        return new BigDecimal(prediction[i]).subtract(new BigDecimal(target[i]));
    }

    private static BigDecimal sum(int n, IntFunction<BigDecimal> term) {
        return IntStream.range(0, n).mapToObj(term).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    @Group
    class WrittenAsALambda extends LossFunctionContract {

        @Override
        LossFunction loss() {
            return ABSOLUTE_ERROR;
        }

        @Override
        ExactLoss exact(double[] prediction, double[] target) {
            BigDecimal n = BigDecimal.valueOf(prediction.length);
            BigDecimal sum = UserLossTest.sum(prediction.length, i -> difference(prediction, target, i).abs());
            BigDecimal[] gradient = IntStream.range(0, prediction.length)
                    .mapToObj(i -> BigDecimal.valueOf(difference(prediction, target, i).signum()))
                    .map(sign -> sign.divide(n, MathContext.DECIMAL128)).toArray(BigDecimal[]::new);
            return exactly(sum.divide(n, MathContext.DECIMAL128), gradient);
        }

        @Override
        Arbitrary<Row> rows() {
            return moderateRows();
        }

        /** Where no difference is 0, the loss is a straight line in each entry. */
        @Override
        Arbitrary<Row> smoothRows() {
            return moderateRows().filter(row -> IntStream.range(0, row.prediction().length)
                    .allMatch(i -> Math.abs(row.prediction()[i] - row.target()[i]) > 0.001));
        }

        @Override
        double valueUlps() {
            return 12;
        }

        @Override
        double gradientUlps() {
            return 1;
        }
    }

    @Group
    class WrittenAsAClass extends ClassificationLossContract {

        @Override
        ClassificationLoss loss() {
            return new BrierScore();
        }

        @Override
        ExactLoss exact(double[] prediction, double[] target) {
            BigDecimal value = UserLossTest.sum(prediction.length, i -> difference(prediction, target, i).pow(2));
            return exactly(value, IntStream.range(0, prediction.length)
                    .mapToObj(i -> difference(prediction, target, i).multiply(BigDecimal.valueOf(2)))
                    .toArray(BigDecimal[]::new));
        }

        @Override
        Arbitrary<Row> rows() {
            return moderateRows();
        }

        @Override
        Arbitrary<Row> smoothRows() {
            return moderateRows();
        }

        @Override
        double valueUlps() {
            return 16;
        }

        @Override
        double gradientUlps() {
            return 1;
        }
    }

    @Test
    void theExampleInTheDocumentation() {
        assertThat(ABSOLUTE_ERROR.gradient(new double[] {2, 1}, new double[] {3, 1})).containsExactly(-0.5, 0.0);
        assertThat(ABSOLUTE_ERROR.weight(new double[] {3, 1})).isEqualTo(1);
    }

    @Test
    void aParallelBatchGivesTheBitsOfASequentialOne() {
        int rows = 10_000; // enough to be shared out
        double[] predictions = new SplittableRandom(5).doubles(4 * rows, -9, 9).toArray();
        double[] targets = new SplittableRandom(6).doubles(4 * rows, -9, 9).toArray();
        Batch batch = Batch.of(ABSOLUTE_ERROR, 4);
        double[] gradient = new double[4 * rows];
        double value = batch.valueAndGradient(predictions, targets, gradient);
        Bits.assertSame(batch.parallel().value(predictions, targets), value);
        Bits.assertSame(batch.parallel().gradient(predictions, targets), gradient);
        Bits.assertSame(batch.parallel().perRow(predictions, targets), batch.perRow(predictions, targets));
    }

    /** The value of each row is the loss's own, and the gradient what it wrote, times the row's share of the mean. */
    @Test
    void aHuberLossOfOnesOwnInABatchGivesItsValueAndItsGradientTimesTheShare() {
        LossFunction huber = (prediction, target, gradient) -> {
            double sum = 0;
            for (int i = 0; i < prediction.length; i++) {
                double difference = prediction[i] - target[i];
                double clamped = Math.max(-1, Math.min(difference, 1));
                gradient[i] = clamped / prediction.length;
                sum += clamped * (difference - clamped / 2);
            }
            return sum / prediction.length;
        };
        int columns = 4;
        for (int rows : new int[] {1, 2, 50, 300}) {
            double[] predictions = new SplittableRandom(rows).doubles((long) rows * columns, -3, 3).toArray();
            double[] targets = new SplittableRandom(-rows).doubles((long) rows * columns, -3, 3).toArray();
            double[] weights = new SplittableRandom(1).doubles(rows, 0.25, 2).toArray();
            Batch batch = Batch.of(huber, columns).weightedBy(weights);
            double[] gradient = new double[rows * columns];
            double mean = batch.valueAndGradient(predictions, targets, gradient);
            double[] sum = batch.summed().gradient(predictions, targets);
            double[] perRow = batch.perRow(predictions, targets);
            ExactMean exact = new ExactMean();
            BigDecimal total = BigDecimal.ZERO;
            for (double weight : weights) {
                total = total.add(new BigDecimal(weight));
            }
            for (int r = 0; r < rows; r++) {
                double[] p = Arrays.copyOfRange(predictions, r * columns, (r + 1) * columns);
                double[] t = Arrays.copyOfRange(targets, r * columns, (r + 1) * columns);
                double[] slope = new double[columns];
                double value = huber.valueAndGradient(p, t, slope);
                exact.accept(value, weights[r], 1);
                Bits.assertSame(perRow[r], value * weights[r]);
                for (int i = 0; i < columns; i++) {
                    Bits.assertSame(sum[r * columns + i], slope[i] * weights[r] + 0.0);
                    BigDecimal scaled = new BigDecimal(slope[i]).multiply(new BigDecimal(weights[r]))
                            .divide(total, MathContext.DECIMAL128);
                    assertThat(Ulps.error(gradient[r * columns + i], scaled)).isLessThan(0.501);
                }
            }
            Bits.assertSame(mean, exact.mean());
            Bits.assertSame(batch.value(predictions, targets), mean);
            double[] inPlace = predictions.clone();
            Bits.assertSame(batch.valueAndGradient(inPlace, targets, inPlace), mean);
            Bits.assertSame(inPlace, gradient);
            Bits.assertSame(batch.parallel().gradient(predictions, targets), gradient);
        }
    }
}
