package consumer;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.GradientCheck;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.LossMean;
import java.util.Arrays;

/** Gives a loss of its own to Batch, LossMean and GradientCheck, and one with a wrong gradient to the check. */
final class Main {

    private static final double[] PREDICTIONS = {0.5, -1.5, 3.0, 0.25, 20.0, -0.125};
    private static final double[] TARGETS = {1.0, -1.0, 0.0, 0.25, -20.0, 0.5};
    private static final int COLUMNS = 2;

    public static void main(String[] args) {
        LossFunction loss = new LogCosh();
        batchIsTheMeanOfTheRows(loss);
        weightsCount(loss);
        checkAcceptsTheRightGradient(loss);
        checkFindsTheWrongSign(loss);
    }

    private static void batchIsTheMeanOfTheRows(LossFunction loss) {
        LossMean mean = new LossMean();
        for (int start = 0; start < PREDICTIONS.length; start += COLUMNS) {
            mean.accept(loss.value(row(PREDICTIONS, start), row(TARGETS, start)));
        }
        double value = Batch.of(loss, COLUMNS).value(PREDICTIONS, TARGETS);
        require(value == mean.mean(), "the batch gives " + value + ", its rows " + mean.mean());
    }

    private static void weightsCount(LossFunction loss) {
        double first = loss.value(row(PREDICTIONS, 0), row(TARGETS, 0));
        double value = Batch.of(loss, COLUMNS).weightedBy(new double[] {2, 0, 0}).value(PREDICTIONS, TARGETS);
        require(value == first, "only the first row counts, and it is " + first + ", not " + value);
    }

    private static void checkAcceptsTheRightGradient(LossFunction loss) {
        GradientCheck row = GradientCheck.of(loss, row(PREDICTIONS, 0), row(TARGETS, 0));
        require(row.passes(), row.toString());
        GradientCheck batch = GradientCheck.of(Batch.of(loss, COLUMNS), PREDICTIONS, TARGETS);
        require(batch.passes(), batch.toString());
    }

    private static void checkFindsTheWrongSign(LossFunction loss) {
        LossFunction wrong = (prediction, target, gradient) -> {
            double value = loss.valueAndGradient(prediction, target, gradient);
            gradient[1] = -gradient[1];
            return value;
        };
        GradientCheck check = GradientCheck.of(wrong, row(PREDICTIONS, 0), row(TARGETS, 0));
        require(!check.passes() && check.worstIndex() == 1, check.toString());
    }

    private static double[] row(double[] values, int start) {
        return Arrays.copyOfRange(values, start, start + COLUMNS);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    private Main() {
    }
}
