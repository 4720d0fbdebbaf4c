package io.github.plainjava.losses;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Squared errors of short rows, which a batch computes many at a time: to the bits of each row alone. */
class ShortSquaresTest {

    /** More than two blocks. */
    private static final int ROWS = 2 * Scratch.BLOCK + 44;

    private static final MeanSquaredError LOSS = new MeanSquaredError();

    private static double[] random(long seed, int n) {
        return new SplittableRandom(seed).doubles(n, -2, 2).toArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 31, 32, 33})
    void usualRows(int columns) {
        assertAsAlone(random(columns, ROWS * columns), random(-columns, ROWS * columns), columns);
    }

    /** A row whose mean is 0, NaN, infinite or near the ends of the double range, among usual ones. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 32})
    void oneUnusualRow(int columns) {
        double[] targets = random(1, ROWS * columns);
        for (double number : new double[] {0, 0x1p-600, 0x1p-451, 0x1p451, 0x1p600, Double.MAX_VALUE,
            Double.POSITIVE_INFINITY, Double.NaN}) {
            for (int row : new int[] {0, Scratch.BLOCK, ROWS - 1}) {
                double[] predictions = random(2, ROWS * columns);
                double[] others = targets.clone();
                Arrays.fill(predictions, row * columns, (row + 1) * columns, number);
                Arrays.fill(others, row * columns, (row + 1) * columns, 0);
                assertAsAlone(predictions, others, columns);
            }
        }
    }

    private static void assertAsAlone(double[] predictions, double[] targets, int columns) {
        double[] expected = new double[predictions.length];
        LossMean mean = new LossMean();
        for (int from = 0; from < expected.length; from += columns) {
            double[] gradient = new double[columns];
            mean.accept(LOSS.valueAndGradient(
                    Arrays.copyOfRange(predictions, from, from + columns),
                    Arrays.copyOfRange(targets, from, from + columns),
                    gradient));
            System.arraycopy(gradient, 0, expected, from, columns);
        }

        Batch batch = Batch.of(LOSS, columns);
        Bits.assertSame(batch.value(predictions, targets), mean.mean());
        Bits.assertSame(batch.summed().gradient(predictions, targets), expected);
        double[] inPlace = predictions.clone();
        Bits.assertSame(batch.summed().valueAndGradient(inPlace, targets, inPlace), mean.sum());
        Bits.assertSame(inPlace, expected);
        double[] gradient = batch.gradient(predictions, targets);
        Bits.assertSame(batch.weightedBy(ones()).gradient(predictions, targets), gradient); // each by itself
    }

    private static double[] ones() {
        double[] ones = new double[ROWS];
        Arrays.fill(ones, 1);
        return ones;
    }
}
