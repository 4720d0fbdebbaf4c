package io.github.plainjava.losses.benchmark;

import com.oracle.labs.mlrg.olcut.util.Pair;
import java.util.Arrays;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.math.la.DenseVector;
import org.tribuo.math.la.SGDVector;
import org.tribuo.math.util.ExpNormalizer;

/**
 * Tribuo's log loss and functions.
 *
 * <p>It maximises: its value is log p, infinite where p underflows, and its gradient at the label is 1 - p, both with
 * the opposite sign. It always computes both, in the vector of logits itself, so each call copies the logits first, and
 * its softmax works in place too. It has no batch over rows and no reduction: the adapter adds the losses up, and the
 * gradient stays that of the sum. Its log-sum-exp leaves out whatever is more than 30 below the maximum.
 */
final class Tribuo {

    private static final ExpNormalizer SOFTMAX = new ExpNormalizer();

    private Tribuo() {}

    static Contender softmaxLossValueAndGradient(Sample[] samples) {
        LogMulticlass loss = new LogMulticlass();
        DenseVector[][] rows = rows(samples);
        DenseVector[] gradients = Arrays.stream(rows[0]).map(DenseVector::copy).toArray(DenseVector[]::new);
        return new Contender(
                s -> {
                    double sum = 0;
                    for (int r = 0; r < s.rows(); r++) {
                        DenseVector gradient = gradients[r];
                        gradient.setElements(rows[s.index()][r]);
                        Pair<Double, SGDVector> pair = loss.lossAndGradient(s.labels()[r], gradient);
                        sum += pair.getA();
                    }
                    return -sum / s.rows();
                },
                s -> Arrays.stream(gradients)
                        .flatMapToDouble(row -> Arrays.stream(row.toArray()))
                        .map(entry -> -entry / s.rows())
                        .toArray());
    }

    static double softmax(Sample s) {
        System.arraycopy(s.prediction(), 0, s.output(), 0, s.columns());
        SOFTMAX.normalizeInPlace(s.output());
        return s.output()[0];
    }

    static Contender logSumExp(Sample[] samples) {
        DenseVector[][] rows = rows(samples);
        return Contender.of(s -> rows[s.index()][0].logSumExp());
    }

    private static DenseVector[][] rows(Sample[] samples) {
        DenseVector[][] rows = new DenseVector[samples.length][samples[0].rows()];
        for (Sample s : samples) {
            for (int r = 0; r < s.rows(); r++) {
                double[] row = Arrays.copyOfRange(s.prediction(), r * s.columns(), (r + 1) * s.columns());
                rows[s.index()][r] = DenseVector.createDenseVector(row);
            }
        }
        return rows;
    }
}
