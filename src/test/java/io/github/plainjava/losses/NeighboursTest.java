package io.github.plainjava.losses;

import io.github.plainjava.losses.generators.AnyOptions;
import io.github.plainjava.losses.oracle.Options;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/**
 * A row has the same bits alone and in a batch, whoever its neighbours are: rows are computed many at a time, and one
 * that does not fit among the others must not change what they are.
 */
@PropertyDefaults(tries = 400, edgeCases = EdgeCasesMode.NONE)
class NeighboursTest {

    private static final int MOST_VALUES = 8000;

    /** What rows can be like: those after the first cannot be computed as most rows are, or only at some temperatures. */
    private enum Kind {
        MODERATE, SPREAD, OFFSET, HUGE, EXCLUDED, ALL_EXCLUDED, INFINITE, NOT_A_NUMBER;

        double logit(SplittableRandom random, double temperature) {
            double z = random.nextDouble(-10, 10);
            return switch (this) {
                case MODERATE, NOT_A_NUMBER, INFINITE -> z * temperature;
                case SPREAD -> 35 * z * temperature;
                case OFFSET -> (z + 1e5) * temperature;
                case HUGE -> random.nextInt(3) == 0 ? z : z * 1e299;
                case EXCLUDED -> random.nextInt(3) == 0 ? Double.NEGATIVE_INFINITY : z * temperature;
                case ALL_EXCLUDED -> Double.NEGATIVE_INFINITY;
            };
        }

        double[] logits(int columns, SplittableRandom random, double temperature) {
            double[] row = new double[columns];
            Arrays.setAll(row, i -> logit(random, temperature));
            if (this == NOT_A_NUMBER) {
                row[random.nextInt(columns)] = Double.NaN;
            } else if (this == INFINITE) {
                row[random.nextInt(columns)] = Double.POSITIVE_INFINITY;
            }
            return row;
        }
    }

    /**
     * A batch.
     *
     * @param odd how many rows in a hundred are not of the first kind
     */
    record Shape(int columns, int rows, int odd, Options options, long seed) {

        double[] logits() {
            SplittableRandom random = new SplittableRandom(seed);
            double[][] rowsOfKinds = new double[rows][];
            Arrays.setAll(rowsOfKinds, r -> {
                Kind kind = random.nextInt(100) < odd
                        ? Kind.values()[random.nextInt(Kind.values().length)] : Kind.MODERATE;
                return kind.logits(columns, random, options.temperature());
            });
            return Arrays.stream(rowsOfKinds).flatMapToDouble(Arrays::stream).toArray();
        }

        double[] probabilities() {
            SplittableRandom random = new SplittableRandom(seed);
            double[] odds = {0, -0.0, Double.MIN_VALUE, 0x1p-700, 1, 1 + 0x1p-16, Double.NaN};
            return random.doubles((long) rows * columns, 0.01, 1)
                    .map(p -> random.nextInt(100 * columns) < odd ? odds[random.nextInt(odds.length)] : p).toArray();
        }

        int[] labels() {
            return new SplittableRandom(~seed).ints(rows, 0, columns).toArray();
        }

        double[] targets() {
            SplittableRandom random = new SplittableRandom(seed + 1);
            double[] masses = new double[rows * columns];
            for (int r = 0; r < rows; r++) {
                int kind = random.nextInt(100) < odd ? random.nextInt(5) : 5;
                double one = new double[] {1e60, 0x1p-599, Double.MIN_VALUE, 0, 1, 1}[kind];
                for (int i = 0; i < columns; i++) {
                    boolean isOdd = random.nextInt(columns) == 0;
                    masses[r * columns + i] = kind == 4 ? 0 : isOdd ? one : kind == 3 ? 0 : random.nextDouble();
                }
                if (kind == 4) {
                    masses[r * columns + random.nextInt(columns)] = random.nextDouble();
                }
            }
            return masses;
        }

        /** Some of them 0, negative, or so small or large that powers of two are kept apart. */
        double[] weights() {
            SplittableRandom random = new SplittableRandom(seed + 2);
            return random.doubles(rows).map(w -> random.nextInt(100) >= odd ? w
                    : new double[] {0, -w, w * 1e-200, -w * 1e-310, w * 1e200, 1e308}[random.nextInt(6)]).toArray();
        }

        double[] row(double[] all, int r) {
            return Arrays.copyOfRange(all, r * columns, (r + 1) * columns);
        }
    }

    @Property
    @StatisticsReport(onFailureOnly = true)
    void aRowOfLogitsHasTheSameBitsAloneAndBesideOthers(@ForAll("shapes") Shape shape) {
        Statistics.label("rows").collect(shape.rows() > 128 ? "many" : shape.rows() > 8 ? "some" : "few")
                .coverage(coverage -> {
                    coverage.check("many").percentage(p -> p > 15);
                    coverage.check("some").percentage(p -> p > 15);
                    coverage.check("few").percentage(p -> p > 5);
                });
        Statistics.label("columns").collect(shape.columns() > 32 ? "long" : "short").coverage(coverage -> {
            coverage.check("long").percentage(p -> p > 8);
            coverage.check("short").percentage(p -> p > 50);
        });
        Statistics.label("are all moderate").collect(shape.odd() == 0)
                .coverage(coverage -> coverage.check(true).percentage(p -> p > 5));
        assertNeighboursDoNotMatter(PromisedAccuracy.softmax(shape.options()), shape, shape.logits());
    }

    @Property
    void aRowOfProbabilitiesHasTheSameBitsAloneAndBesideOthers(@ForAll("shapes") Shape shape) {
        Options options = shape.options();
        CrossEntropy loss = new CrossEntropy().withLabelSmoothing(options.smoothing());
        loss = options.floor() == 0 ? loss : loss.withFloor(options.floor());
        loss = options.classWeights() == null ? loss : loss.withClassWeights(options.classWeights());
        assertNeighboursDoNotMatter(loss, shape, shape.probabilities());
    }

    private static void assertNeighboursDoNotMatter(ClassificationLoss loss, Shape shape, double[] predictions) {
        int columns = shape.columns();
        int[] labels = shape.labels();
        double[] targets = shape.targets();
        double[] weights = shape.weights();
        Batch batch = Batch.of(loss, columns).summed();
        Batch weighted = batch.weightedBy(weights);
        double[] byLabel = batch.gradient(predictions, labels);
        double[] byTarget = batch.gradient(predictions, targets);
        double[] weightedByLabel = weighted.gradient(predictions, labels);
        double[] weightedByTarget = weighted.gradient(predictions, targets);
        double[] valuesByLabel = batch.perRow(predictions, labels);
        double[] valuesByTarget = batch.perRow(predictions, targets);
        for (int r = 0; r < shape.rows(); r++) {
            double[] z = shape.row(predictions, r);
            double[] q = shape.row(targets, r);
            double[] slope = new double[columns];
            Bits.assertSame(valuesByLabel[r], loss.valueAndGradient(z, labels[r], slope));
            Bits.assertSame(valuesByLabel[r], loss.value(z, labels[r]));
            Bits.assertSame(shape.row(byLabel, r), slope);
            Bits.assertSame(valuesByTarget[r], loss.valueAndGradient(z, q, slope));
            Bits.assertSame(valuesByTarget[r], loss.value(z, q));
            Bits.assertSame(shape.row(byTarget, r), slope);
            Batch alone = batch.weightedBy(new double[] {weights[r]});
            Bits.assertSame(shape.row(weightedByLabel, r), alone.gradient(z, new int[] {labels[r]}));
            Bits.assertSame(shape.row(weightedByTarget, r), alone.gradient(z, q));
        }
        double[] inPlace = predictions.clone();
        weighted.valueAndGradient(inPlace, labels, inPlace);
        Bits.assertSame(inPlace, weightedByLabel);
        System.arraycopy(predictions, 0, inPlace, 0, inPlace.length);
        weighted.valueAndGradient(inPlace, targets, inPlace);
        Bits.assertSame(inPlace, weightedByTarget);
        Bits.assertNoNegativeZero(DoubleStream.concat(Arrays.stream(byLabel), Arrays.stream(weightedByTarget)).toArray());
    }

    @Provide
    Arbitrary<Shape> shapes() {
        Arbitrary<Integer> columns = Arbitraries.frequencyOf(
                Tuple.of(6, uniform(1, 12)), Tuple.of(2, uniform(13, 32)), Tuple.of(2, uniform(33, 140)),
                Tuple.of(1, Arbitraries.of(1023, 1024, 1025, 2100)));
        return columns.flatMap(n -> Combinators.combine(
                        Arbitraries.oneOf(uniform(2, 9), uniform(10, 128), uniform(129, 300)),
                        Arbitraries.of(0, 2, 10, 40, 100),
                        Combinators.combine(AnyOptions.forSoftmax(n), AnyOptions.floors())
                                .as(Options::withFloor),
                        Arbitraries.longs().withDistribution(RandomDistribution.uniform()))
                .as((rows, odd, options, seed) ->
                        new Shape(n, Math.max(2, Math.min(rows, MOST_VALUES / n)), odd, options, seed)));
    }

    private static Arbitrary<Integer> uniform(int lowest, int highest) {
        return Arbitraries.integers().between(lowest, highest).withDistribution(RandomDistribution.uniform());
    }
}
