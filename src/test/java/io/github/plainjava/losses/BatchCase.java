package io.github.plainjava.losses;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * Rows of one loss laid end to end, easy ones beside hard ones, with targets, labels and sample weights. All numbers
 * are floats, so that arrays of floats hold the same.
 *
 * @param loss        ours, or one of a user's own
 * @param columns     how long a row is
 * @param predictions the rows
 * @param targets     their targets
 * @param labels      their labels, which have nothing to do with the targets
 * @param weights     their sample weights, none of them negative, some of them 0
 */
record BatchCase(
        LossFunction loss, int columns, double[] predictions, double[] targets, int[] labels, double[] weights) {

    /** A label that is ignored where a test says so. */
    static final int IGNORED = -100;

    /** What a loss takes. */
    private enum Input {
        LOGITS,
        PROBABILITIES,
        QUANTITIES,
        /** Of which some targets are missing. */
        INCOMPLETE,
        SCORES
    }

    /** A loss for a number of columns. */
    private record Maker(Input input, IntFunction<LossFunction> maker) {}

    /** A user's loss without second derivatives. */
    static final LossFunction ABSOLUTE = (prediction, target, gradient) -> {
        double sum = 0;
        for (int i = 0; i < prediction.length; i++) {
            double difference = prediction[i] - target[i];
            gradient[i] = Math.signum(difference);
            sum += Math.abs(difference);
        }
        return sum;
    };

    /** A user's loss with second derivatives, for targets alone. */
    static final SecondOrderLoss SQUARE = (prediction, target, gradient, hessian) -> {
        double sum = 0;
        for (int i = 0; i < prediction.length; i++) {
            double difference = prediction[i] - target[i];
            gradient[i] = 2 * difference;
            hessian[i] = 2;
            sum += difference * difference;
        }
        return sum;
    };

    /** A user's loss with labels, weights and second derivatives. */
    static final class WeightedSquares implements SecondOrderClassificationLoss {

        private static final long serialVersionUID = 1;

        @Override
        public double valueGradientAndHessian(
                double[] prediction, double[] target, double[] gradient, double[] hessian) {
            double value = 0;
            for (int i = 0; i < prediction.length; i++) {
                double difference = prediction[i] - target[i];
                gradient[i] = difference * (i + 1);
                hessian[i] = i + 1;
                value += difference * difference * (i + 1) / 2;
            }
            return value;
        }

        @Override
        public double valueGradientAndHessian(double[] prediction, int label, double[] gradient, double[] hessian) {
            return valueGradientAndHessian(prediction, OneHot.encode(label, prediction.length), gradient, hessian);
        }

        @Override
        public double valueAndGradient(double[] prediction, int label, double[] gradient) {
            return valueGradientAndHessian(prediction, label, gradient, new double[prediction.length]);
        }

        @Override
        public double weight(int label) {
            return 1 + label;
        }

        @Override
        public double weight(double[] target) {
            return 0.5 * target.length;
        }
    }

    private static final List<Maker> MAKERS = List.of(
            new Maker(Input.LOGITS, n -> new Softmax()),
            new Maker(Input.LOGITS, n -> new Softmax().withLabelSmoothing(0.1)),
            new Maker(Input.LOGITS, n -> new Softmax().withTemperature(0.5).withClassWeights(weights(n))),
            new Maker(Input.PROBABILITIES, n -> new CrossEntropy()),
            new Maker(Input.PROBABILITIES,
                    n -> new CrossEntropy().withFloor(0.01).withLabelSmoothing(0.25).withClassWeights(weights(n))),
            new Maker(Input.QUANTITIES, n -> new MeanSquaredError()),
            new Maker(Input.QUANTITIES, n -> new Huber().withThreshold(0.5)),
            new Maker(Input.INCOMPLETE, n -> new MeanSquaredError().skippingMissing()),
            new Maker(Input.PROBABILITIES, n -> new Brier()),
            new Maker(Input.SCORES, n -> new Hinge()),
            new Maker(Input.SCORES, n -> new Hinge().squared()),
            new Maker(Input.QUANTITIES, n -> ABSOLUTE),
            new Maker(Input.QUANTITIES, n -> SQUARE),
            new Maker(Input.QUANTITIES, n -> new WeightedSquares()));

    private static double[] weights(int n) {
        double[] weights = new double[n];
        Arrays.setAll(weights, i -> i % 3 * 0.75);
        return weights;
    }

    /** Every loss, rows that lie side by side, rows alone, and rows of more than one piece. */
    static final class Any implements ArbitrarySupplier<BatchCase> {
        @Override
        public Arbitrary<BatchCase> get() {
            Arbitrary<Integer> columns = Arbitraries.frequencyOf(
                    Tuple.of(8, Arbitraries.integers().between(1, 12)),
                    Tuple.of(3, Arbitraries.of(31, 32, 33)),
                    Tuple.of(1, Arbitraries.of(1024, 1025, 5000)));
            return Combinators.combine(
                            Arbitraries.of(MAKERS), columns, Arbitraries.integers().between(0, 99), Arbitraries.longs())
                    .as((maker, n, part, seed) -> of(maker, n, part * (n < 13 ? 300 : n < 34 ? 60 : 4) / 100, seed))
                    .withoutEdgeCases();
        }
    }

    /** One of each loss, of some size. */
    static Stream<BatchCase> ofEveryLoss(int rows, int columns) {
        return MAKERS.stream().map(maker -> of(maker, columns, rows, columns));
    }

    private static BatchCase of(Maker maker, int columns, int rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] predictions = new double[rows * columns];
        double[] targets = new double[rows * columns];
        int[] labels = new int[rows];
        double[] weights = new double[rows];
        for (int r = 0; r < rows; r++) {
            double size = size(random);
            int one = random.nextInt(columns);
            boolean isOne = maker.input == Input.SCORES || random.nextInt(3) == 0;
            for (int c = 0; c < columns; c++) {
                int i = r * columns + c;
                predictions[i] = prediction(maker.input, size, random);
                targets[i] = target(maker.input, isOne ? c == one ? 1 : 0 : random.nextDouble(), random);
            }
            labels[r] = random.nextInt(columns);
            double weight = random.nextInt(5) == 0 ? size(random) : random.nextDouble();
            weights[r] = random.nextInt(5) == 0 ? 0 : (float) weight;
        }
        return new BatchCase(maker.maker.apply(columns), columns, predictions, targets, labels, weights);
    }

    /** How large the numbers of a row are: usual ones most often. */
    private static double size(SplittableRandom random) {
        double[] sizes = {1, 4, 30, 600, 1e-30, Float.MIN_VALUE, 1e30, Float.MAX_VALUE};
        return sizes[Math.max(0, random.nextInt(14) - 6)];
    }

    private static double prediction(Input input, double size, SplittableRandom random) {
        if (input == Input.PROBABILITIES) {
            double[] certain = {0, 1, 1 + 0x1p-16};
            double p = random.nextDouble() * Math.min(size, 1);
            return random.nextInt(20) == 0 ? certain[random.nextInt(3)] : (float) p;
        }
        if (input == Input.LOGITS && random.nextInt(40) == 0) {
            return Double.NEGATIVE_INFINITY;
        }
        return random.nextInt(400) == 0 ? Double.NaN : (float) (size * random.nextDouble(-1, 1)) + 0.0;
    }

    private static double target(Input input, double mass, SplittableRandom random) {
        boolean isMissing = input == Input.INCOMPLETE && random.nextInt(4) == 0;
        return isMissing ? Double.NaN : input == Input.SCORES || random.nextInt(9) != 0 ? (float) mass : 0;
    }

    int rows() {
        return labels.length;
    }

    Batch batch() {
        return Batch.of(loss, columns);
    }

    boolean takesLabels() {
        return loss instanceof ClassificationLoss;
    }

    boolean hasSecondDerivatives() {
        return loss instanceof SecondOrderLoss;
    }

    /** Some of the labels are the ignored one. */
    int[] paddedLabels() {
        int[] padded = labels.clone();
        for (int r = 0; r < padded.length; r++) {
            padded[r] = r % 3 == 1 ? IGNORED : padded[r];
        }
        return padded;
    }

    double[] row(double[] numbers, int r) {
        return Arrays.copyOfRange(numbers, r * columns, (r + 1) * columns);
    }

    /** The batch, with and without weights, of the mean and the sum. */
    Stream<Batch> batches() {
        Batch plain = batch();
        Batch weighted = plain.weightedBy(weights);
        return Stream.of(plain, plain.summed(), weighted, weighted.summed());
    }

    static float[] floats(double[] numbers) {
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return floats;
    }

    @Override
    public String toString() {
        String numbers = predictions.length > 60
                ? ""
                : ": " + Arrays.toString(predictions) + ", targets " + Arrays.toString(targets) + ", labels "
                        + Arrays.toString(labels) + ", weights " + Arrays.toString(weights);
        return loss + ", " + rows() + " rows of " + columns + numbers;
    }
}
