package io.github.plainjava.losses;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Calls that are legal, though who makes them may have meant others. */
class FacesTest {

    private static final double[] ROW = {0.5, 0.25, 0.25};

    /** It cannot be refused: a row without target mass is an unlabelled one, and must not fail a training run. */
    @Test
    void swappedTargetAndGradientAreATargetOfZerosAndOverwriteTheTarget() {
        for (ClassificationLoss loss : new ClassificationLoss[] {
            new Softmax(), new CrossEntropy(), new Softmax().withLabelSmoothing(0.1).withClassWeights(1, 2, 3)
        }) {
            double[] target = {0, 1, 0};
            Bits.assertSame(loss.valueAndGradient(ROW, new double[3], target), 0.0);
            Bits.assertSame(target, new double[3]);
            Bits.assertSame(loss.weight(new double[3]), 0.0);
            double[] targets = {0, 1, 0, 1, 0, 0};
            double[] rows = {0.5, 0.25, 0.25, 1, 0, 0};
            Bits.assertSame(Batch.of(loss, 3).valueAndGradient(rows, new double[6], targets), 0.0);
            Bits.assertSame(targets, new double[6]);
        }
        double[] target = {0, 1, 0};
        Bits.assertSame(new MeanSquaredError().valueAndGradient(ROW, new double[3], target), 0.125);
        Bits.assertSame(target, new MeanSquaredError().gradient(ROW, new double[3]));
    }

    @Test
    void massesThatSumToQGiveQTimesTheLossAndTheWeightOfTheirShares() {
        for (ClassificationLoss loss : new ClassificationLoss[] {new Softmax(), new CrossEntropy()}) {
            double[] shares = {0.25, 0.5, 0.25};
            double[] masses = {1, 2, 1};
            Bits.assertSame(loss.value(ROW, masses), 4 * loss.value(ROW, shares));
            Bits.assertSame(loss.weight(masses), 4 * loss.weight(shares));
            Bits.assertSame(Batch.of(loss, 3).value(ROW, masses), loss.value(ROW, shares));
            double[] gradient = loss.gradient(ROW, shares);
            Bits.assertSame(loss.gradient(ROW, masses), Arrays.stream(gradient).map(g -> 4 * g).toArray());
        }
    }
}
