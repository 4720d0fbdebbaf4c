package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.AnyOptions;
import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Measurements;
import io.github.plainjava.losses.generators.Probabilities;
import io.github.plainjava.losses.generators.Targets;
import io.github.plainjava.losses.oracle.ExactCrossEntropy;
import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.ExactMeanSquaredError;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import io.github.plainjava.losses.oracle.ExactSoftmaxLoss;
import io.github.plainjava.losses.oracle.Options;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
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

/**
 * Batches whose sample weights are any finite doubles. With L_r the loss of row r as a double, s_r its sample weight
 * and u_r the weight of its target as a double, the mean is the sum of s_r L_r over the sum of s_r u_r, correctly
 * rounded, and the gradient the exact one of the row times s_r over that sum, within 3 ulp; where what it is multiplied
 * by is less than 2^-500, within 2^-1000 times the row's gradient. So are second derivatives.
 */
@PropertyDefaults(tries = 150, edgeCases = EdgeCasesMode.NONE)
class BatchExtremesTest {

    private static final MathContext DIGITS = new MathContext(60);

    /** From here on a row has the full accuracy, whatever its part of the total weight. */
    private static final BigDecimal SMALL = BigDecimal.ONE.divide(new BigDecimal(2).pow(500));

    /** What is over probabilities that count as 0: seen only where they are multiplied by more than 2^300. */
    private static final BigDecimal LOST = new BigDecimal(2).pow(1400);

    /** What the gradient of other rows may be wrong by, as a part of the row's own. */
    private static final BigDecimal ALLOWED = BigDecimal.ONE.divide(new BigDecimal(2).pow(1000));

    /** One row, with its exact loss. */
    record Row(double[] prediction, double[] target, ExactLoss exact) {
    }

    /** Rows of one loss, with a sample weight for each. */
    record Weighted(LossFunction loss, List<Row> rows, double[] weights) {

        Batch batch() {
            return Batch.of(loss, rows.get(0).prediction().length).weightedBy(weights);
        }

        double[] predictions() {
            return rows.stream().flatMapToDouble(row -> Arrays.stream(row.prediction())).toArray();
        }

        double[] targets() {
            return rows.stream().flatMapToDouble(row -> Arrays.stream(row.target())).toArray();
        }

        double mass(int row) {
            return loss.weight(rows.get(row).target());
        }

        boolean counts(int row) {
            return weights[row] != 0;
        }

        BigDecimal totalWeight() {
            BigDecimal total = BigDecimal.ZERO;
            for (int row = 0; row < weights.length; row++) {
                total = total.add(new BigDecimal(weights[row]).multiply(new BigDecimal(mass(row))));
            }
            return total;
        }

        ExactMean mean() {
            ExactMean mean = new ExactMean();
            for (int row = 0; row < weights.length; row++) {
                if (counts(row)) {
                    double value = loss.value(rows.get(row).prediction(), rows.get(row).target());
                    mean.accept(value, weights[row], mass(row));
                }
            }
            return mean;
        }

        @Override
        public String toString() {
            return loss + "; weights " + Arrays.toString(weights) + "; predictions " + Arrays.toString(predictions())
                    + "; targets " + Arrays.toString(targets());
        }
    }

    @Property
    void meanOfSoftmaxLossesIsCorrectlyRounded(@ForAll("softmax") Weighted rows) {
        assertMeanIsCorrectlyRounded(rows);
    }

    @Property
    void meanOfCrossEntropiesIsCorrectlyRounded(@ForAll("crossEntropy") Weighted rows) {
        assertMeanIsCorrectlyRounded(rows);
    }

    @Property
    void meanOfSquaredErrorsIsCorrectlyRounded(@ForAll("meanSquaredError") Weighted rows) {
        assertMeanIsCorrectlyRounded(rows);
    }

    @Property
    void gradientOfSoftmaxLossesIsTheRowsTimesItsShare(@ForAll("softmax") Weighted rows) {
        assertGradientIsTheRowsTimesItsShare(rows);
    }

    @Property
    void gradientOfCrossEntropiesIsTheRowsTimesItsShare(@ForAll("crossEntropy") Weighted rows) {
        assertGradientIsTheRowsTimesItsShare(rows);
    }

    @Property
    void gradientOfSquaredErrorsIsTheRowsTimesItsShare(@ForAll("meanSquaredError") Weighted rows) {
        assertGradientIsTheRowsTimesItsShare(rows);
    }

    /** Such a loss knows nothing of weights: what it wrote is multiplied by the row's share. */
    @Property
    void meanAndGradientOfALossOfYourOwnAreTheRowsTimesItsShare(@ForAll("ofYourOwn") Weighted rows) {
        assertMeanIsCorrectlyRounded(rows);
        assertGradientIsTheRowsTimesItsShare(rows);
    }

    /** A single row's share of the mean is one over the weight of its target, whatever its sample weight. */
    @Property
    void theSampleWeightOfASingleRowCancels(
            @ForAll("softmax") Weighted rows, @ForAll("positive") double weight) {
        Weighted single = new Weighted(rows.loss(), rows.rows().subList(0, 1), new double[] {weight});
        assertMeanIsCorrectlyRounded(single);
        assertGradientIsTheRowsTimesItsShare(single);
    }

    @Property
    void secondDerivativesOfSoftmaxLossesAreTheRowsTimesItsShare(@ForAll("softmax") Weighted rows) {
        assertSecondDerivativesAreTheRowsTimesItsShare(rows);
    }

    @Property
    void secondDerivativesOfCrossEntropiesAreTheRowsTimesItsShare(@ForAll("crossEntropy") Weighted rows) {
        assertSecondDerivativesAreTheRowsTimesItsShare(rows);
    }

    @Property
    void secondDerivativesOfSquaredErrorsAreTheRowsTimesItsShare(@ForAll("meanSquaredError") Weighted rows) {
        assertSecondDerivativesAreTheRowsTimesItsShare(rows);
    }

    private static void assertMeanIsCorrectlyRounded(Weighted rows) {
        double[] predictions = rows.predictions();
        double[] targets = rows.targets();
        ExactMean exact = rows.mean();
        Bits.assertSame(rows.batch().value(predictions, targets), exact.mean());
        Bits.assertSame(rows.batch().summed().value(predictions, targets), exact.sum());
        Bits.assertSame(rows.batch().lossMean(predictions, targets).totalWeight(), exact.totalWeight());
    }

    private static void assertGradientIsTheRowsTimesItsShare(Weighted rows) {
        double[] ofMean = rows.batch().gradient(rows.predictions(), rows.targets());
        double[] ofSum = rows.batch().summed().gradient(rows.predictions(), rows.targets());
        BigDecimal total = rows.totalWeight();
        int columns = rows.rows().get(0).prediction().length;
        for (int row = 0; row < rows.weights().length; row++) {
            double[] inMean = Arrays.copyOfRange(ofMean, row * columns, (row + 1) * columns);
            double[] inSum = Arrays.copyOfRange(ofSum, row * columns, (row + 1) * columns);
            if (rows.counts(row)) {
                BigDecimal weight = new BigDecimal(rows.weights()[row]);
                if (total.signum() == 0) {
                    Bits.assertSame(inMean, new double[columns]);
                } else {
                    assertTimes(weight.divide(total, DIGITS), rows.rows().get(row).exact(), inMean);
                }
                assertTimes(weight, rows.rows().get(row).exact(), inSum);
            } else {
                Bits.assertSame(inMean, new double[columns]);
                Bits.assertSame(inSum, new double[columns]);
            }
        }
    }

    private static void assertSecondDerivativesAreTheRowsTimesItsShare(Weighted rows) {
        BigDecimal total = rows.totalWeight();
        assertSecondDerivativesAreTheRowsTimes(rows, rows.batch().summed(), BigDecimal.ONE);
        assertSecondDerivativesAreTheRowsTimes(rows, rows.batch(), total.signum() == 0 ? null : total);
    }

    /** With a divisor of null all are 0. */
    private static void assertSecondDerivativesAreTheRowsTimes(Weighted rows, Batch batch, BigDecimal divisor) {
        double[] predictions = rows.predictions();
        double[] gradient = new double[predictions.length];
        double[] hessian = new double[predictions.length];
        double value = batch.valueGradientAndHessian(predictions, rows.targets(), gradient, hessian);
        Bits.assertSame(value, batch.value(predictions, rows.targets()));
        Bits.assertSame(gradient, batch.gradient(predictions, rows.targets()));
        int columns = predictions.length / rows.weights().length;
        for (int row = 0; row < rows.weights().length; row++) {
            double[] ofRow = Arrays.copyOfRange(hessian, row * columns, (row + 1) * columns);
            if (divisor == null || !rows.counts(row)) {
                Bits.assertSame(ofRow, new double[columns]);
            } else {
                BigDecimal factor = new BigDecimal(rows.weights()[row]).divide(divisor, DIGITS);
                assertSecondTimes(factor, (ExactSecondOrderLoss) rows.rows().get(row).exact(), ofRow);
            }
        }
    }

    private static void assertSecondTimes(BigDecimal factor, ExactSecondOrderLoss exact, double[] hessian) {
        BigDecimal lost = exact instanceof ExactSoftmaxLoss softmax
                ? softmax.secondDerivativeOfSmallProbabilities().multiply(factor).divide(LOST, DIGITS)
                : BigDecimal.ZERO;
        for (int i = 0; i < hessian.length; i++) {
            if (exact.isInfinite(i)) {
                assertThat(hessian[i] == Double.POSITIVE_INFINITY || exact.isInfiniteBySmallMassOnly(i))
                        .as("entry %d: %s", i, hessian[i]).isTrue();
            } else {
                BigDecimal size = exact.secondDerivative(i);
                BigDecimal allowed = exact.secondDerivativeAllowance(i).multiply(factor, DIGITS)
                        .add(factor.compareTo(SMALL) < 0 ? size.multiply(ALLOWED, DIGITS) : BigDecimal.ZERO);
                PromisedAccuracy.assertSecondDerivative(
                        i, hessian[i], size.multiply(factor, DIGITS), allowed.add(lost));
            }
        }
    }

    /** What there is of probabilities below 2^-1400. */
    private static BigDecimal lost(BigDecimal factor, ExactLoss exact) {
        return exact instanceof ExactSoftmaxLoss softmax
                ? softmax.gradientOfProbabilityOne().multiply(factor.abs()).divide(LOST, DIGITS)
                : BigDecimal.ZERO;
    }

    private static void assertTimes(BigDecimal factor, ExactLoss exact, double[] gradient) {
        Bits.assertNoNegativeZero(gradient);
        BigDecimal lost = lost(factor, exact);
        for (int i = 0; i < gradient.length; i++) {
            if (exact.isInfinite(i)) {
                assertThat(gradient[i] == Double.NEGATIVE_INFINITY || exact.isInfiniteBySmallMassOnly(i))
                        .as("entry %d: %s", i, gradient[i]).isTrue();
            } else {
                BigDecimal size = exact.gradient(i).abs().max(exact.gradientScale(i).abs());
                BigDecimal allowed = exact.gradientAllowance(i).multiply(factor.abs(), DIGITS)
                        .add(factor.abs().compareTo(SMALL) < 0 ? size.multiply(ALLOWED, DIGITS) : BigDecimal.ZERO);
                PromisedAccuracy.assertGradientEntry(i, gradient[i], exact.gradient(i).multiply(factor, DIGITS),
                        exact.gradientScale(i).multiply(factor, DIGITS), allowed.add(lost));
            }
        }
    }

    @Provide
    Arbitrary<Weighted> softmax() {
        return columns().flatMap(columns -> AnyOptions.forSoftmax(columns).flatMap(options ->
                weighted(PromisedAccuracy.softmax(options), Targets.ofLength(columns).map(row -> {
                    double[] logits = row.logits().logits();
                    return new Row(logits, row.target(), ExactSoftmaxLoss.of(logits, row.target(), options));
                }))));
    }

    @Provide
    Arbitrary<Weighted> crossEntropy() {
        return columns().flatMap(columns -> AnyOptions.forCrossEntropy(columns).flatMap(options ->
                weighted(crossEntropy(options), Probabilities.ofLength(columns).map(row -> {
                    double[] p = row.probabilities();
                    return new Row(p, row.target(), ExactCrossEntropy.of(p, row.target(), options));
                }))));
    }

    private static CrossEntropy crossEntropy(Options options) {
        CrossEntropy loss = new CrossEntropy().withLabelSmoothing(options.smoothing());
        loss = options.floor() == 0 ? loss : loss.withFloor(options.floor());
        return options.classWeights() == null ? loss : loss.withClassWeights(options.classWeights());
    }

    @Provide
    Arbitrary<Weighted> meanSquaredError() {
        return columns().flatMap(columns ->
                weighted(new MeanSquaredError(), Measurements.ofLength(columns).map(row -> new Row(
                        row.prediction(), row.target(), ExactMeanSquaredError.of(row.prediction(), row.target())))));
    }

    /** The mean squared error, written by a user; its gradient is exact for the doubles that it wrote. */
    @Provide
    Arbitrary<Weighted> ofYourOwn() {
        MeanSquaredError squares = new MeanSquaredError();
        LossFunction own = (prediction, target, gradient) -> squares.valueAndGradient(prediction, target, gradient);
        return columns().flatMap(columns -> weighted(own, Measurements.ofLength(columns)
                .filter(row -> Arrays.stream(own.gradient(row.prediction(), row.target())).allMatch(Double::isFinite))
                .map(row -> new Row(row.prediction(), row.target(), exactly(row, own)))));
    }

    private static ExactLoss exactly(Measurements row, LossFunction loss) {
        double[] gradient = loss.gradient(row.prediction(), row.target());
        return LossFunctionContract.exactly(BigDecimal.ZERO,
                Arrays.stream(gradient).mapToObj(BigDecimal::new).toArray(BigDecimal[]::new));
    }

    private static Arbitrary<Weighted> weighted(LossFunction loss, Arbitrary<Row> rows) {
        return uniform(1, 6).flatMap(count -> Combinators.combine(rows.list().ofSize(count), weights(count))
                .as((some, weights) -> new Weighted(loss, some, weights)));
    }

    /** Usual weights, some of them 0; all of them tiny; all huge; the ends of the range side by side; anything. */
    private static Arbitrary<double[]> weights(int count) {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(Doubles.between(0.01, 10))),
                Tuple.of(1, Arbitraries.just(Doubles.magnitudes(-1074, -1000))),
                Tuple.of(1, Arbitraries.just(Doubles.magnitudes(1000, 1023))),
                Tuple.of(1, Arbitraries.just(Doubles.ends())),
                Tuple.of(2, Arbitraries.just(Doubles.positive())))
                .flatMap(size -> Arbitraries.frequencyOf(Tuple.of(6, size), Tuple.of(1, Arbitraries.just(0.0)))
                        .array(double[].class).ofSize(count).withoutEdgeCases());
    }

    @Provide
    Arbitrary<Double> positive() {
        return Doubles.positive();
    }

    private static Arbitrary<Integer> columns() {
        return uniform(1, 6);
    }

    private static Arbitrary<Integer> uniform(int lowest, int highest) {
        return Arbitraries.integers().between(lowest, highest).withDistribution(RandomDistribution.uniform());
    }
}
