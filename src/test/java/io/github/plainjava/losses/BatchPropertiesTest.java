package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.internal.math.ExactSum;
import io.github.plainjava.losses.generators.AnyOptions;
import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Logits;
import io.github.plainjava.losses.generators.Targets;
import io.github.plainjava.losses.oracle.ExactSoftmaxLoss;
import io.github.plainjava.losses.oracle.Options;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

class BatchPropertiesTest {

    private static final int IGNORED = -100;

    /** What is the same for labels and for target arrays is tried with both. */
    enum Kind { LABELS, TARGETS }

    /**
     * Rows of logits with all that can be said of them.
     *
     * @param labels  some of them {@link #IGNORED}
     * @param targets a distribution a row
     * @param weights a sample weight a row, some of them 0
     */
    record Rows(Options options, int columns, List<double[]> logits, int[] labels, List<double[]> targets,
            double[] weights) {

        int count() {
            return logits.size();
        }

        Softmax loss() {
            Softmax loss = new Softmax().withTemperature(options.temperature())
                    .withLabelSmoothing(options.smoothing());
            return options.classWeights() == null ? loss : loss.withClassWeights(options.classWeights());
        }

        Batch batch(Kind kind) {
            Batch all = Batch.of(loss(), columns);
            return kind == Kind.LABELS ? all.ignoring(IGNORED) : all;
        }

        Batch weightedBatch(Kind kind) {
            return batch(kind).weightedBy(weights);
        }

        Rows at(int... rows) {
            return new Rows(options, columns,
                    Arrays.stream(rows).mapToObj(logits::get).toList(),
                    Arrays.stream(rows).map(row -> labels[row]).toArray(),
                    Arrays.stream(rows).mapToObj(targets::get).toList(),
                    Arrays.stream(rows).mapToDouble(row -> weights[row]).toArray());
        }

        Rows between(int from, int to) {
            return at(IntStream.range(from, to).toArray());
        }

        double value(Batch batch, Kind kind) {
            return kind == Kind.LABELS ? batch.value(flat(logits), labels) : batch.value(flat(logits), flat(targets));
        }

        double[] gradient(Batch batch, Kind kind) {
            return kind == Kind.LABELS
                    ? batch.gradient(flat(logits), labels)
                    : batch.gradient(flat(logits), flat(targets));
        }

        LossMean lossMean(Batch batch, Kind kind) {
            return kind == Kind.LABELS
                    ? batch.lossMean(flat(logits), labels)
                    : batch.lossMean(flat(logits), flat(targets));
        }

        double[] perRow(Batch batch, Kind kind) {
            return kind == Kind.LABELS ? batch.perRow(flat(logits), labels) : batch.perRow(flat(logits), flat(targets));
        }

        boolean counts(int row, Kind kind) {
            return weights[row] != 0 && (kind == Kind.TARGETS || labels[row] != IGNORED);
        }

        double mass(int row, Kind kind) {
            return kind == Kind.TARGETS ? loss().weight(targets.get(row)) : loss().weight(labels[row]);
        }

        double rowValue(int row, Kind kind) {
            return kind == Kind.LABELS
                    ? loss().value(logits.get(row), labels[row])
                    : loss().value(logits.get(row), targets.get(row));
        }

        /** The rows one by one, through a mean. */
        LossMean oneByOne(Kind kind) {
            LossMean total = new LossMean();
            for (int row = 0; row < count(); row++) {
                if (counts(row, kind)) {
                    total.accept(rowValue(row, kind), weights[row], mass(row, kind));
                }
            }
            return total;
        }

        @Override
        public String toString() {
            return options + "; labels " + Arrays.toString(labels) + "; weights " + Arrays.toString(weights)
                    + "; logits " + Arrays.deepToString(logits.toArray())
                    + "; targets " + Arrays.deepToString(targets.toArray());
        }
    }

    @Property(tries = 150)
    void aBatchIsItsRowsOneByOneThroughLossMeanToTheBit(@ForAll("rows") Rows rows, @ForAll Kind kind) {
        LossMean oneByOne = rows.oneByOne(kind);

        assertSameBits(rows.value(rows.weightedBatch(kind), kind), oneByOne.mean());
        assertSameBits(rows.value(rows.weightedBatch(kind).summed(), kind), oneByOne.sum());
        assertThat(rows.lossMean(rows.weightedBatch(kind), kind)).isEqualTo(oneByOne);
        assertThat(rows.lossMean(rows.weightedBatch(kind).summed(), kind)).isEqualTo(oneByOne);
    }

    @Property(tries = 150)
    void perRowIsEachRowsOwnLossTimesItsWeight(@ForAll("rows") Rows rows, @ForAll Kind kind) {
        double[] each = rows.perRow(rows.weightedBatch(kind), kind);

        assertThat(each).hasSize(rows.count());
        for (int row = 0; row < rows.count(); row++) {
            assertSameBits(each[row], rows.counts(row, kind) ? rows.weights()[row] * rows.rowValue(row, kind) : 0);
        }
    }

    @Property(tries = 150)
    void valueAndGradientGivesTheBitsOfValueAndOfGradient(@ForAll("rows") Rows rows, @ForAll Kind kind) {
        for (Batch batch : List.of(rows.weightedBatch(kind), rows.batch(kind).summed())) {
            double[] gradient = new double[rows.count() * rows.columns()];
            double[] logits = flat(rows.logits());
            double value = kind == Kind.LABELS
                    ? batch.valueAndGradient(logits, rows.labels(), gradient)
                    : batch.valueAndGradient(logits, flat(rows.targets()), gradient);

            assertSameBits(value, rows.value(batch, kind));
            assertSameBits(gradient, rows.gradient(batch, kind));
            double[] inPlace = logits.clone();
            double inPlaceValue = kind == Kind.LABELS
                    ? batch.valueAndGradient(inPlace, rows.labels(), inPlace)
                    : batch.valueAndGradient(inPlace, flat(rows.targets()), inPlace);
            assertSameBits(inPlaceValue, value);
            assertSameBits(inPlace, gradient);
        }
    }

    @Property(tries = 100)
    void labelsAndTheirOneHotTargetsGiveIdenticalBits(@ForAll("rows") Rows all) {
        Rows rows = all.at(IntStream.range(0, all.count()).filter(row -> all.labels()[row] != IGNORED).toArray());
        double[] logits = flat(rows.logits());
        double[] targets = OneHot.encode(rows.labels(), rows.columns());

        Batch batch = Batch.of(rows.loss(), rows.columns()).weightedBy(rows.weights());
        assertSameBits(batch.value(logits, targets), batch.value(logits, rows.labels()));
        assertSameBits(batch.gradient(logits, targets), batch.gradient(logits, rows.labels()));
        assertSameBits(batch.perRow(logits, targets), batch.perRow(logits, rows.labels()));
        assertThat(batch.lossMean(logits, targets)).isEqualTo(batch.lossMean(logits, rows.labels()));
    }

    @Property(tries = 100)
    void splittingABatchAnywhereChangesNoBit(@ForAll("rows") Rows rows, @ForAll Kind kind) {
        LossMean whole = rows.lossMean(rows.weightedBatch(kind), kind);
        double[] sumGradient = rows.gradient(rows.weightedBatch(kind).summed(), kind);
        for (int split = 0; split <= rows.count(); split++) {
            Rows first = rows.between(0, split);
            Rows second = rows.between(split, rows.count());
            LossMean merged = first.lossMean(first.weightedBatch(kind), kind)
                    .combine(second.lossMean(second.weightedBatch(kind), kind));

            assertThat(merged).isEqualTo(whole);
            assertSameBits(merged.mean(), rows.value(rows.weightedBatch(kind), kind));
            assertSameBits(
                    concatenated(first.gradient(first.weightedBatch(kind).summed(), kind),
                            second.gradient(second.weightedBatch(kind).summed(), kind)),
                    sumGradient);
        }
    }

    @Property(tries = 100)
    void permutingRowsPermutesGradientsAndChangesNoBitOfTheMean(
            @ForAll("rows") Rows rows, @ForAll Kind kind, @ForAll Random random) {
        int[] order = permutation(rows.count(), random);
        Rows permuted = rows.at(order);

        assertSameBits(permuted.value(permuted.weightedBatch(kind), kind), rows.value(rows.weightedBatch(kind), kind));
        assertThat(permuted.lossMean(permuted.weightedBatch(kind), kind))
                .isEqualTo(rows.lossMean(rows.weightedBatch(kind), kind));
        double[] gradient = rows.gradient(rows.weightedBatch(kind), kind);
        double[] ofPermuted = permuted.gradient(permuted.weightedBatch(kind), kind);
        for (int i = 0; i < order.length; i++) {
            assertSameBits(row(ofPermuted, i, rows.columns()), row(gradient, order[i], rows.columns()));
        }
    }

    @Property(tries = 25)
    void parallelGivesIdenticalBits(@ForAll("rows") Rows few, @ForAll Kind kind, @ForAll Random random) {
        Rows rows = few.at(random.ints(2000, 0, few.count()).toArray());

        for (Batch batch : List.of(rows.weightedBatch(kind), rows.batch(kind).summed())) {
            assertSameBits(rows.value(batch.parallel(), kind), rows.value(batch, kind));
            assertSameBits(rows.gradient(batch.parallel(), kind), rows.gradient(batch, kind));
            assertSameBits(rows.perRow(batch.parallel(), kind), rows.perRow(batch, kind));
            assertThat(rows.lossMean(batch.parallel(), kind)).isEqualTo(rows.lossMean(batch, kind));
        }
    }

    @Property(tries = 25)
    void aParallelStreamOfPiecesGivesIdenticalBits(
            @ForAll("rows") Rows few, @ForAll Kind kind, @ForAll Random random) {
        Rows rows = few.at(random.ints(300, 0, few.count()).toArray());
        List<Rows> pieces = new ArrayList<>();
        for (int from = 0; from < rows.count(); ) {
            int to = Math.min(rows.count(), from + 1 + random.nextInt(20));
            pieces.add(rows.between(from, to));
            from = to;
        }
        Collections.shuffle(pieces, random);

        LossMean merged = pieces.parallelStream()
                .map(piece -> piece.lossMean(piece.weightedBatch(kind), kind))
                .collect(LossMean::new, LossMean::combine, LossMean::combine);
        assertThat(merged).isEqualTo(rows.lossMean(rows.weightedBatch(kind), kind));
        assertSameBits(merged.mean(), rows.value(rows.weightedBatch(kind), kind));
    }

    @Property(tries = 100)
    void weightTwoIsTheRowTwice(@ForAll("rows") Rows rows, @ForAll Kind kind, @ForAll Random random) {
        int twice = random.nextInt(rows.count());
        double[] weights = new double[rows.count()];
        Arrays.fill(weights, 1);
        weights[twice] = 2;
        Rows doubled = rows.at(IntStream.concat(IntStream.range(0, rows.count()), IntStream.of(twice)).toArray());

        Batch weighted = rows.batch(kind).weightedBy(weights);
        assertSameBits(rows.value(weighted, kind), doubled.value(doubled.batch(kind), kind));
        assertSameBits(rows.value(weighted.summed(), kind), doubled.value(doubled.batch(kind).summed(), kind));
        double[] gradient = rows.gradient(weighted, kind);
        double[] ofDoubled = doubled.gradient(doubled.batch(kind), kind);
        for (int i = 0; i < gradient.length; i++) {
            double once = ofDoubled[i];
            boolean exactlyDoubled = Math.abs(once) > 0x1p-1000 && Math.abs(once) < 0x1p1000;
            if (i / rows.columns() != twice) {
                assertSameBits(gradient[i], once);
            } else if (exactlyDoubled) {
                assertSameBits(gradient[i], 2 * once);
            }
        }
    }

    @Property(tries = 100)
    void equalWeightsChangeNoBitOfTheMean(@ForAll("rows") Rows rows, @ForAll Kind kind,
            @ForAll("weights") double weight) {
        double[] ones = new double[rows.count()];
        Arrays.fill(ones, 1);
        double[] weights = new double[rows.count()];
        Arrays.fill(weights, weight == 0 ? 1 : weight);

        assertSameBits(rows.value(rows.batch(kind).weightedBy(ones), kind), rows.value(rows.batch(kind), kind));
        assertSameBits(rows.gradient(rows.batch(kind).weightedBy(ones), kind), rows.gradient(rows.batch(kind), kind));
        assertSameBits(rows.value(rows.batch(kind).weightedBy(weights), kind), rows.value(rows.batch(kind), kind));
    }

    @Property(tries = 100)
    void aRowThatDoesNotCountContributesNothingWhateverItHolds(
            @ForAll("rows") Rows rows, @ForAll Kind kind, @ForAll("spoilers") double spoiler, @ForAll Random random) {
        int idle = random.nextInt(rows.count());
        double[] weights = rows.weights().clone();
        weights[idle] = 0;
        Rows idling = new Rows(rows.options(), rows.columns(), spoilt(rows.logits(), idle, spoiler), rows.labels(),
                rows.targets(), weights);
        Rows others = idling.at(IntStream.range(0, rows.count()).filter(row -> row != idle).toArray());

        assertLeavesOnly(idling, others, idle, kind);
        if (kind == Kind.LABELS) {
            int[] labels = rows.labels().clone();
            labels[idle] = IGNORED;
            Rows ignoring = new Rows(rows.options(), rows.columns(), idling.logits(), labels, rows.targets(),
                    rows.weights());
            assertLeavesOnly(ignoring, others, idle, kind);
        }
    }

    private static void assertLeavesOnly(Rows rows, Rows others, int idle, Kind kind) {
        assertThat(rows.lossMean(rows.weightedBatch(kind), kind)).isEqualTo(others.lossMean(others.weightedBatch(kind), kind));
        assertSameBits(rows.value(rows.weightedBatch(kind), kind), others.value(others.weightedBatch(kind), kind));
        double[] gradient = rows.gradient(rows.weightedBatch(kind), kind);
        double[] ofOthers = others.gradient(others.weightedBatch(kind), kind);
        assertSameBits(row(gradient, idle, rows.columns()), new double[rows.columns()]);
        assertSameBits(without(gradient, idle, rows.columns()), ofOthers);
    }

    @Property(tries = 100)
    void theGradientIsTheOraclesTimesTheRowsShareWithin3Ulps(@ForAll("rows") Rows rows, @ForAll Kind kind) {
        BigDecimal total = BigDecimal.ZERO;
        for (int row = 0; row < rows.count(); row++) {
            if (rows.counts(row, kind)) {
                BigDecimal mass = new BigDecimal(rows.mass(row, kind));
                total = total.add(mass.multiply(new BigDecimal(rows.weights()[row])));
            }
        }
        double[] mean = rows.gradient(rows.weightedBatch(kind), kind);
        double[] sum = rows.gradient(rows.weightedBatch(kind).summed(), kind);
        for (int row = 0; row < rows.count(); row++) {
            boolean counts = rows.counts(row, kind);
            ExactSoftmaxLoss exact = counts ? exactLoss(rows, row, kind) : null;
            for (int i = 0; i < rows.columns(); i++) {
                int at = row * rows.columns() + i;
                if (counts) {
                    BigDecimal weight = new BigDecimal(rows.weights()[row]);
                    assertWithin3Ulps(sum[at], exact, i, weight, BigDecimal.ONE);
                    if (total.signum() == 0) {
                        assertSameBits(mean[at], 0);
                    } else {
                        assertWithin3Ulps(mean[at], exact, i, weight, total);
                    }
                } else {
                    assertSameBits(sum[at], 0);
                    assertSameBits(mean[at], 0);
                }
            }
        }
    }

    /** A row of less than this part of the total weight may be wrong by that part of its gradient. */
    private static final BigDecimal SMALL_SHARE = new BigDecimal(0x1p-500);
    private static final BigDecimal ALLOWED = new BigDecimal(0x1p-1000);
    private static final BigDecimal LARGE_SHARE = new BigDecimal(0x1p250);
    private static final BigDecimal LOST = new BigDecimal(0x1p-700).pow(2);

    private static void assertWithin3Ulps(
            double actual, ExactSoftmaxLoss loss, int i, BigDecimal weight, BigDecimal divisor) {
        MathContext digits = new MathContext(60);
        BigDecimal exact = loss.gradient(i).multiply(weight).divide(divisor, digits);
        BigDecimal scale = loss.gradientScale(i).multiply(weight).divide(divisor, digits);
        BigDecimal share = weight.divide(divisor, digits).abs();
        BigDecimal allowed = loss.gradientAllowance(i).multiply(share);
        if (share.compareTo(SMALL_SHARE) < 0) {
            allowed = allowed.add(loss.gradientScale(i).abs().max(loss.gradient(i).abs()).multiply(ALLOWED));
        }
        if (share.compareTo(LARGE_SHARE) > 0) { // which lifts probabilities below 2^-1400 into the range
            allowed = allowed.add(loss.gradientOfProbabilityOne().multiply(share).multiply(LOST, digits));
        }
        assertThat(Ulps.error(actual, exact, scale, allowed)).as("entry %d: %s, exactly %s", i, actual, exact.doubleValue())
                .isLessThanOrEqualTo(3);
    }

    private static ExactSoftmaxLoss exactLoss(Rows rows, int row, Kind kind) {
        return kind == Kind.LABELS
                ? ExactSoftmaxLoss.of(rows.logits().get(row), rows.labels()[row], rows.options())
                : ExactSoftmaxLoss.of(rows.logits().get(row), rows.targets().get(row), rows.options());
    }

    @Property(tries = 100)
    void theGradientIsTheDerivativeOfTheValueWithEveryOption(@ForAll("moderateRows") Rows rows) {
        Batch weighted = rows.weightedBatch(Kind.TARGETS);
        for (Batch batch : List.of(weighted, weighted.summed(), rows.batch(Kind.TARGETS))) {
            GradientCheck check = GradientCheck.of(batch, flat(rows.logits()), flat(rows.targets()));
            assertThat(check.passes()).as(check.toString()).isTrue();
        }
    }

    /** The sum of what is weighted by a negative number is exact too, and what belongs to a row only changes its sign. */
    @Property(tries = 150)
    void aNegativeSampleWeightSubtractsTheRow(
            @ForAll("rows") Rows rows, @ForAll Kind kind, @ForAll("signs") boolean[] negative) {
        double[] weights = rows.weights().clone();
        ExactSum exact = ExactSum.zero();
        boolean finite = true;
        for (int row = 0; row < rows.count(); row++) {
            weights[row] = negative[row] ? -weights[row] : weights[row];
            double value = rows.counts(row, kind) ? rows.rowValue(row, kind) : 0;
            finite &= Double.isFinite(value);
            exact.addProduct(weights[row], finite ? value : 0);
        }
        Batch signed = rows.batch(kind).weightedBy(weights).summed();
        Batch unsigned = rows.weightedBatch(kind).summed();
        if (finite) {
            double sum = new BigDecimal(exact.toInteger()).divide(new BigDecimal(BigInteger.TWO.pow(2148))).doubleValue();
            assertSameBits(rows.value(signed, kind), sum + 0.0);
        }
        assertSameBits(rows.value(signed.parallel(), kind), rows.value(signed, kind));
        double[] gradient = rows.gradient(signed, kind);
        double[] ofUnsigned = rows.gradient(unsigned, kind);
        double[] each = rows.perRow(signed, kind);
        double[] ofEach = rows.perRow(unsigned, kind);
        for (int i = 0; i < gradient.length; i++) {
            boolean minus = negative[i / rows.columns()];
            assertSameBits(gradient[i], minus ? 0.0 - ofUnsigned[i] : ofUnsigned[i]);
        }
        for (int row = 0; row < rows.count(); row++) {
            assertSameBits(each[row], negative[row] ? 0.0 - ofEach[row] : ofEach[row]);
        }
        assertSameBits(rows.perRow(rows.batch(kind).weightedBy(weights), kind), each);
    }

    @Provide
    Arbitrary<boolean[]> signs() {
        return Arbitraries.of(true, false).array(boolean[].class).ofSize(8);
    }

    @Property(tries = 100)
    void inputsAreNeverModified(@ForAll("rows") Rows rows, @ForAll Kind kind) {
        double[] logits = flat(rows.logits());
        double[] targets = flat(rows.targets());
        int[] labels = rows.labels().clone();
        Batch batch = rows.weightedBatch(kind);
        if (kind == Kind.LABELS) {
            batch.valueAndGradient(logits, labels, new double[logits.length]);
            batch.perRow(logits, labels);
        } else {
            batch.valueAndGradient(logits, targets, new double[logits.length]);
            batch.perRow(logits, targets);
        }

        assertSameBits(logits, flat(rows.logits()));
        assertSameBits(targets, flat(rows.targets()));
        assertThat(labels).containsExactly(rows.labels());
    }

    @Property(tries = 100)
    void regressionRowsOneByOneAreTheBatchToTheBit(
            @ForAll("regressionRows") List<double[]> predictions, @ForAll Random random) {
        int columns = predictions.get(0).length;
        double[] targets = Arrays.stream(flat(predictions)).map(x -> x + random.nextGaussian()).toArray();
        LossMean oneByOne = new LossMean();
        for (int row = 0; row < predictions.size(); row++) {
            oneByOne.accept(new MeanSquaredError().value(predictions.get(row), row(targets, row, columns)));
        }

        Batch batch = Batch.of(new MeanSquaredError(), columns);
        assertSameBits(batch.value(flat(predictions), targets), oneByOne.mean());
        assertThat(batch.lossMean(flat(predictions), targets)).isEqualTo(oneByOne);
    }

    @Provide
    Arbitrary<Rows> rows() {
        return Combinators.combine(uniform(1, 9), uniform(1, 8)).flatAs((columns, count) ->
                AnyOptions.forSoftmax(columns).flatMap(
                        options -> rows(options, columns, count, Targets.ofLength(columns), weight())));
    }

    @Provide
    Arbitrary<Rows> moderateRows() {
        Arbitrary<Options> options = Combinators.combine(
                        Doubles.between(0.5, 3), Doubles.between(0, 0.4), Doubles.between(0.5, 4))
                .as((temperature, smoothing, weight) ->
                        new Options(temperature, smoothing, new double[] {1, weight, 2}, 0));
        return Combinators.combine(options, uniform(1, 4)).flatAs((some, count) -> rows(some, 3, count,
                Combinators.combine(
                                Logits.ofRegime(Logits.Regime.MODERATE, 3),
                                Doubles.between(0, 1).array(double[].class).ofSize(3))
                        .as((logits, target) -> new Targets(logits, Targets.Kind.UNNORMALISED, target)),
                Arbitraries.oneOf(Arbitraries.of(0.0, 1.0, 2.0), Doubles.between(0.01, 10))));
    }

    private static Arbitrary<Rows> rows(Options options, int columns, int count, Arbitrary<Targets> row,
            Arbitrary<Double> weights) {
        Arbitrary<Integer> labels = Arbitraries.frequencyOf(
                Tuple.of(6, uniform(0, columns - 1)), Tuple.of(1, Arbitraries.just(IGNORED)));
        return Combinators.combine(
                        row.list().ofSize(count), labels.array(int[].class).ofSize(count),
                        weights.array(double[].class).ofSize(count))
                .as((rows, someLabels, someWeights) -> new Rows(options, columns,
                        rows.stream().map(targets -> targets.logits().logits()).toList(), someLabels,
                        rows.stream().map(Targets::target).toList(), someWeights));
    }

    @Provide
    Arbitrary<List<double[]>> regressionRows() {
        return uniform(1, 12).flatMap(columns ->
                Doubles.between(-1e3, 1e3).array(double[].class).ofSize(columns).list().ofMinSize(1).ofMaxSize(12));
    }

    @Provide
    Arbitrary<Double> weights() {
        return weight();
    }

    @Provide
    Arbitrary<Double> spoilers() {
        return Arbitraries.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e308, 0.0);
    }

    private static Arbitrary<Double> weight() {
        return Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.of(0.0, 1.0, 2.0)),
                Tuple.of(3, Doubles.between(0.01, 10)),
                Tuple.of(1, Doubles.positive()));
    }

    private static Arbitrary<Integer> uniform(int lowest, int highest) {
        return Arbitraries.integers().between(lowest, highest).withDistribution(RandomDistribution.uniform());
    }

    private static List<double[]> spoilt(List<double[]> rows, int at, double entry) {
        List<double[]> spoilt = new ArrayList<>(rows);
        spoilt.set(at, rows.get(at).clone());
        Arrays.fill(spoilt.get(at), entry);
        return spoilt;
    }

    private static int[] permutation(int size, Random random) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, size).boxed().toList());
        Collections.shuffle(order, random);
        return order.stream().mapToInt(Integer::intValue).toArray();
    }

    private static double[] flat(List<double[]> rows) {
        return rows.stream().flatMapToDouble(Arrays::stream).toArray();
    }

    private static double[] row(double[] rows, int row, int columns) {
        return Arrays.copyOfRange(rows, row * columns, (row + 1) * columns);
    }

    private static double[] without(double[] rows, int row, int columns) {
        return concatenated(
                Arrays.copyOf(rows, row * columns), Arrays.copyOfRange(rows, (row + 1) * columns, rows.length));
    }

    private static double[] concatenated(double[] first, double[] second) {
        double[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static void assertSameBits(double actual, double expected) {
        assertThat(Double.doubleToLongBits(actual)).as("%s, expected %s", actual, expected)
                .isEqualTo(Double.doubleToLongBits(expected));
    }

    private static void assertSameBits(double[] actual, double[] expected) {
        assertThat(Arrays.equals(actual, expected))
                .as("%s, expected %s", Arrays.toString(actual), Arrays.toString(expected)).isTrue();
    }
}
