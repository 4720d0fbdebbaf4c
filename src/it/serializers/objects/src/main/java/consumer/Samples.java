package consumer;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.BinaryCrossEntropy;
import io.github.plainjava.losses.Brier;
import io.github.plainjava.losses.ClassificationLoss;
import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.ExactSums;
import io.github.plainjava.losses.Focal;
import io.github.plainjava.losses.Gamma;
import io.github.plainjava.losses.Hinge;
import io.github.plainjava.losses.Huber;
import io.github.plainjava.losses.LogCosh;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.LossMean;
import io.github.plainjava.losses.LossStatistics;
import io.github.plainjava.losses.MeanAbsoluteError;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.Pinball;
import io.github.plainjava.losses.Poisson;
import io.github.plainjava.losses.PseudoHuber;
import io.github.plainjava.losses.Sigmoid;
import io.github.plainjava.losses.Softmax;
import io.github.plainjava.losses.SoftmaxDivergence;
import io.github.plainjava.losses.Tweedie;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Losses, batches, means, statistics and sums with everything that can be said of them, and what they answer. */
public final class Samples {

    private static final double[] ROWS = {0.7, 0.2, 0.1, 0, 1, 0.125, 0.25, 0.5, 0.25, 0.1, 0.3, 0.3};
    private static final double[] TARGETS = {1, 0, 0, 0.25, 0.5, 0.25, 0, 0, 2, 0.1, 0.2, 0.7};
    private static final int[] LABELS = {0, -1, 1, -100};

    private Samples() {
    }

    /** Objects that nothing has been asked of yet. */
    public static Map<String, Object> fresh() {
        List<Object> objects = new ArrayList<>(List.of(
                new MeanSquaredError(),
                new MeanAbsoluteError(),
                new Huber().withThreshold(1.5),
                new PseudoHuber().withScale(1.5),
                new LogCosh().skippingMissing(),
                new Pinball(0.9),
                new Pinball(0.1, 0.5, 0.9).skippingMissing(),
                new Sigmoid(),
                new Sigmoid().withPositiveWeights(1, 4, 0).withLabelSmoothing(0.1),
                new Sigmoid().withPositiveWeights(3).skippingMissing(),
                new Focal(),
                new Focal().withFocus(0.5).withPositiveWeights(3),
                new BinaryCrossEntropy(),
                new BinaryCrossEntropy().withFloor(1e-3).withPositiveWeights(1, 4, 0).withLabelSmoothing(0.2),
                new Poisson(),
                new Gamma().skippingMissing(),
                new Tweedie(1.25),
                new Softmax(),
                new Softmax().withTemperature(4),
                new Softmax().withLabelSmoothing(0.1),
                new Softmax().withClassWeights(1, 4, 0),
                new Softmax().withTemperature(0.3).withLabelSmoothing(0.2).withClassWeights(1, 0, 3),
                new SoftmaxDivergence(),
                new SoftmaxDivergence().withTemperature(4),
                new SoftmaxDivergence().reversed(),
                new CrossEntropy(),
                new CrossEntropy().withFloor(1e-3),
                new CrossEntropy().withLabelSmoothing(0.1),
                new CrossEntropy().withClassWeights(1, 4, 0),
                new CrossEntropy().withFloor(1e-3).withLabelSmoothing(0.2).withClassWeights(1, 0, 3),
                new Brier(),
                new Hinge(),
                new Hinge().withMargin(0.25).squared(),
                mean(), mean(0), mean(0.1, 0.7), mean(1e300, -1e300, 1e-300), mean(Double.MIN_VALUE),
                mean(1, Double.NaN), mean(Double.POSITIVE_INFINITY), mean(Double.NEGATIVE_INFINITY, 2, 3)));
        LossMean weighted = new LossMean();
        weighted.accept(0.1, 0.3);
        weighted.accept(Double.MAX_VALUE, Double.MAX_VALUE, 0.7);
        weighted.accept(-Double.MIN_VALUE, Double.MIN_VALUE, Double.MIN_VALUE);
        weighted.accept(2, 3, 0);
        objects.add(weighted);
        objects.addAll(List.of(new ExactSums(0), sums(1, 0), sums(1, 0.1, 1e300, -1e-300), sums(0.7, 0.1, -0.2, 0),
                sums(Double.MAX_VALUE, Double.MAX_VALUE, 1, -Double.MIN_VALUE),
                sums(Double.MIN_VALUE, 0, Double.MIN_VALUE, 0.1),
                sums(0.3, 1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)));
        objects.addAll(List.of(
                statistics(), statistics(0), statistics(0.1, 0.7), statistics(1e300, -1e300, 1e-300),
                statistics(1, Double.NaN), statistics(Double.POSITIVE_INFINITY)));
        LossStatistics heavy = statistics(0.1, 0.7);
        heavy.accept(0.1, 0.3);
        heavy.accept(Double.MAX_VALUE, Double.MAX_VALUE);
        heavy.accept(-Double.MIN_VALUE, Double.MIN_VALUE);
        objects.add(heavy);
        Map<String, Object> named = new LinkedHashMap<>();
        objects.forEach(object -> named.put(object.toString(), object));
        return named;
    }

    public static Map<String, Object> freshBatches() {
        Map<String, Object> named = new LinkedHashMap<>();
        for (Object batch : List.of(
                Batch.of(new Softmax(), 3),
                Batch.of(new MeanSquaredError(), 3).summed(),
                Batch.of(new CrossEntropy().withFloor(1e-3), 3).weightedBy(new double[] {1, 0.5, 0, 2}).parallel(),
                Batch.of(new Softmax().withTemperature(4).withLabelSmoothing(0.1).withClassWeights(1, 0, 3), 3)
                        .weightedBy(new double[] {1, -0.5, 2, 0}).ignoring(-1).ignoring(-100).summed(),
                Batch.of(Batch.of(new Softmax().withTemperature(4), 3), 6))) {
            named.put(batch.toString(), batch);
        }
        return named;
    }

    private static LossMean mean(double... losses) {
        LossMean mean = new LossMean();
        for (double loss : losses) {
            mean.accept(loss);
        }
        return mean;
    }

    private static ExactSums sums(double scale, double... values) {
        ExactSums sums = new ExactSums(values.length);
        sums.add(values);
        sums.add(values, scale);
        sums.add(values, scale / 3);
        return sums;
    }

    private static LossStatistics statistics(double... losses) {
        LossStatistics statistics = new LossStatistics();
        for (double loss : losses) {
            statistics.accept(loss);
        }
        return statistics;
    }

    /** Sends each object, before and after it was used, and ends the program if another comes back. */
    public static void send(String way, Map<String, Object> objects, UnaryOperator<Object> copy) {
        for (int use = 0; use < 2; use++) {
            objects.forEach((name, object) -> requireSame(way + ": " + name, object, copy.apply(object)));
        }
    }

    /** The same, but an error is as good: for serializers that do not write everything. */
    public static int sendOrFail(String way, Map<String, Object> objects, UnaryOperator<Object> copy) {
        int arrived = 0;
        for (Map.Entry<String, Object> object : objects.entrySet()) {
            Object read;
            String answers;
            try {
                read = copy.apply(object.getValue());
                answers = answers(read);
            } catch (RuntimeException | LinkageError e) {
                continue;
            }
            require(answers.equals(answers(object.getValue())), way + ": " + object.getKey() + " came back as " + read);
            arrived++;
        }
        return arrived;
    }

    private static void requireSame(String what, Object object, Object copy) {
        require(copy != object, what + " was not copied");
        require(answers(copy).equals(answers(object)), what + " came back as " + copy);
        require(copy.equals(object) && copy.hashCode() == object.hashCode(), what + " is not equal to what came back");
    }

    public static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    private static String answers(Object object) {
        if (object instanceof LossMean mean) {
            LossMean more = LossMean.ofBytes(mean.toBytes());
            more.accept(0.1, 0.3);
            return bits(mean.mean(), mean.sum(), mean.totalWeight(), more.mean(), more.sum()) + mean.count() + " "
                    + mean.notFiniteCount() + Arrays.toString(mean.toBytes()) + Arrays.toString(more.toBytes());
        }
        if (object instanceof ExactSums sums) {
            ExactSums more = new ExactSums(sums.size()).combine(sums).combine(sums);
            more.add(sums.toArray(), 0.3);
            return sums + bits(sums.toArray()) + Arrays.toString(sums.toBytes()) + Arrays.toString(more.toBytes());
        }
        if (object instanceof LossStatistics statistics) {
            LossStatistics more = LossStatistics.ofBytes(statistics.toBytes());
            more.accept(0.1, 0.3);
            return statistics + " " + more + Arrays.toString(statistics.toBytes()) + Arrays.toString(more.toBytes());
        }
        StringBuilder answers = new StringBuilder(object.toString());
        int n = object instanceof Batch ? ROWS.length : 3;
        LossFunction loss = (LossFunction) object;
        double[] gradient = new double[n];
        try {
            double[] rows = Arrays.copyOf(ROWS, n);
            answers.append(bits(loss.valueAndGradient(rows, Arrays.copyOf(TARGETS, n), gradient))).append(bits(gradient));
        } catch (IllegalArgumentException e) {
            answers.append(e.getMessage()); // labels are ignored
        }
        if (object instanceof ClassificationLoss classification) {
            answers.append(bits(classification.gradient(Arrays.copyOf(ROWS, n), 1))).append(bits(classification.weight(1)));
        } else if (object instanceof Batch batch) {
            try {
                answers.append(bits(batch.gradient(ROWS, LABELS))).append(bits(batch.perRow(ROWS, LABELS)));
            } catch (IllegalArgumentException e) {
                answers.append(e.getMessage()); // a label is none, or there are to be none
            }
        }
        return answers.toString();
    }

    private static String bits(double... values) {
        StringBuilder bits = new StringBuilder();
        for (double value : values) {
            bits.append(' ').append(Long.toHexString(Double.doubleToLongBits(value)));
        }
        return bits.toString();
    }
}
