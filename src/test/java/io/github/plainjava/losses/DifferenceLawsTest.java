package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Measurements;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactHuber;
import io.github.plainjava.losses.oracle.ExactLogCosh;
import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.ExactMeanAbsoluteError;
import io.github.plainjava.losses.oracle.ExactPinball;
import io.github.plainjava.losses.oracle.ExactPseudoHuber;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** What is true of the losses of differences, whatever the numbers. */
@PropertyDefaults(tries = 300, edgeCases = EdgeCasesMode.NONE)
class DifferenceLawsTest {

    private static final SecondOrderLoss SQUARED = new MeanSquaredError();
    private static final SecondOrderLoss ABSOLUTE = new MeanAbsoluteError();

    @Property
    void huberIsHalfTheSquaredErrorWithinTheThreshold(@ForAll("coarsePairs") double[][] pair) {
        SecondOrderLoss huber = new Huber().withThreshold(4096);
        int n = pair[0].length;
        double[][] of = new double[4][n];
        double value = huber.valueGradientAndHessian(pair[0], pair[1], of[0], of[1]);
        double squared = SQUARED.valueGradientAndHessian(pair[0], pair[1], of[2], of[3]);
        Bits.assertSame(2 * value, squared); // the differences are exact
        for (int i = 0; i < n; i++) {
            Bits.assertSame(2 * of[0][i], of[2][i]);
            Bits.assertSame(2 * of[1][i], of[3][i]);
        }
    }

    /** The relative distance is k / (2 |d|). */
    @Property
    void huberTendsToTheAbsoluteErrorTimesTheThreshold(@ForAll("farPairs") double[][] pair) {
        double absolute = ABSOLUTE.value(pair[0], pair[1]);
        for (double threshold = 1; threshold >= 0x1p-50; threshold /= 4) {
            double ratio = new Huber().withThreshold(threshold).value(pair[0], pair[1]) / threshold / absolute;
            assertThat(ratio).isBetween(1 - threshold / 2 - 0x1p-50, 1.0);
        }
    }

    /** d^2 / 2 - (|d| - k)^2 / 2 is k (|d| - k / 2): beyond the threshold k it is k times the absolute error, less k^2 / 2. */
    @Property
    void huberIsTheAbsoluteErrorFarOut(@ForAll("farPairs") double[][] pair) {
        int n = pair[0].length;
        double[][] of = new double[4][n];
        double value = new Huber().valueGradientAndHessian(pair[0], pair[1], of[0], of[1]);
        double absolute = ABSOLUTE.valueGradientAndHessian(pair[0], pair[1], of[2], of[3]);
        Near.assertUlps(value, absolute - 0.5, absolute, 8);
        for (int i = 0; i < n; i++) {
            Near.assertUlps(of[0][i], of[2][i], 6);
        }
        Bits.assertSame(of[1], of[3]);
        assertThat(of[1]).containsOnly(0);
    }

    /** Each is d^2 / 2 near 0 and |d| less a constant far out: 1, log 2, 1/2 and 0. */
    @Property
    void pseudoHuberAndLogCoshLieBelowHuberAndThatBelowSquareAndAbsoluteError(
            @ForAll(supplier = Measurements.Short.class) Measurements row) {
        double pseudo = new PseudoHuber().value(row.prediction(), row.target());
        double logCosh = new LogCosh().value(row.prediction(), row.target());
        double huber = new Huber().value(row.prediction(), row.target());
        double absolute = ABSOLUTE.value(row.prediction(), row.target());
        Near.assertAtMost(pseudo, logCosh, 6);
        Near.assertAtMost(logCosh, huber, 6);
        Near.assertAtMost(huber, absolute, 6);
        Near.assertAtMost(2 * huber, SQUARED.value(row.prediction(), row.target()), 7);
        assertThat(pseudo).isGreaterThanOrEqualTo((absolute - 1) * (1 - 0x1p-49) - 0x1p-50);
    }

    @Property
    void pinballAtOneHalfIsHalfTheAbsoluteError(@ForAll(supplier = Measurements.Short.class) Measurements row) {
        double[] gradient = new double[row.target().length];
        double[] absolute = new double[gradient.length];
        double value = new Pinball(0.5).valueAndGradient(row.prediction(), row.target(), gradient);
        Near.assertUlps(value, ABSOLUTE.valueAndGradient(row.prediction(), row.target(), absolute) / 2, 6);
        for (int i = 0; i < gradient.length; i++) {
            Near.assertUlps(gradient[i], absolute[i] / 2, 6);
        }
    }

    @Property
    void pinballsOfTwoOppositeLevelsAreTheAbsoluteError(
            @ForAll("coarsePairs") double[][] pair, @ForAll("levels") double level) {
        double[] low = new double[pair[0].length];
        double[] high = new double[low.length];
        double sum = new Pinball(level).valueAndGradient(pair[0], pair[1], low)
                + new Pinball(1 - level).valueAndGradient(pair[0], pair[1], high);
        double[] absolute = new double[low.length];
        Near.assertUlps(sum, ABSOLUTE.valueAndGradient(pair[0], pair[1], absolute), 8);
        for (int i = 0; i < low.length; i++) {
            Near.assertUlps(low[i] + high[i], absolute[i], 8);
        }
    }

    @Property
    void aLevelAColumnIsTheLossOfEachColumnAlone(@ForAll("coarsePairs") double[][] pair, @ForAll("levels") double level) {
        double[] levels = new double[pair[0].length];
        Arrays.setAll(levels, i -> i % 2 == 0 ? level : 0.25);
        double sum = 0;
        for (int i = 0; i < levels.length; i++) {
            sum += new Pinball(levels[i]).value(new double[] {pair[0][i]}, new double[] {pair[1][i]});
        }
        Near.assertUlps(new Pinball(levels).value(pair[0], pair[1]), sum / levels.length, 8 + levels.length);
    }

    @Property
    void argumentsThatChangePlacesOrSignsChangeNoBit(@ForAll(supplier = Measurements.OfEveryLength.class) Measurements row) {
        for (SecondOrderLoss loss : new SecondOrderLoss[] {
            ABSOLUTE, new Huber(), new Huber().withThreshold(1e-9), new PseudoHuber(), new LogCosh()}) {
            assertMirrored(loss, loss, row.prediction(), row.target());
        }
        assertMirrored(new Pinball(0.25), new Pinball(0.75), row.prediction(), row.target());
    }

    private static void assertMirrored(SecondOrderLoss loss, SecondOrderLoss other, double[] prediction, double[] target) {
        int n = prediction.length;
        double[][] of = new double[6][n];
        double value = loss.valueGradientAndHessian(prediction, target, of[0], of[1]);
        Bits.assertSame(other.valueGradientAndHessian(target, prediction, of[2], of[3]), value);
        Bits.assertSame(other.valueGradientAndHessian(negated(prediction), negated(target), of[4], of[5]), value);
        Bits.assertSame(of[2], negated(of[0]));
        Bits.assertSame(of[4], negated(of[0]));
        Bits.assertSame(of[3], of[1]);
        Bits.assertSame(of[5], of[1]);
    }

    @Property
    void movingBothByAnExactAmountChangesNoBit(@ForAll("coarsePairs") double[][] pair, @ForAll("coarse") double shift) {
        double[] prediction = Arrays.stream(pair[0]).map(x -> x + shift).toArray();
        double[] target = Arrays.stream(pair[1]).map(x -> x + shift).toArray();
        for (LossFunction loss : new LossFunction[] {
            ABSOLUTE, new Huber(), new PseudoHuber(), new LogCosh(), new Pinball(0.9)}) {
            Bits.assertSame(loss.value(prediction, target), loss.value(pair[0], pair[1]));
            Bits.assertSame(loss.gradient(prediction, target), loss.gradient(pair[0], pair[1]));
        }
    }

    @Property
    void scalingAllByAPowerOf2ScalesTheValueToTheBit(@ForAll("coarsePairs") double[][] pair, @ForAll("powers") int power) {
        double[] prediction = Arrays.stream(pair[0]).map(x -> Math.scalb(x, power)).toArray();
        double[] target = Arrays.stream(pair[1]).map(x -> Math.scalb(x, power)).toArray();
        double k = Math.scalb(1.5, power);
        assertScaled(ABSOLUTE, ABSOLUTE, pair, prediction, target, power);
        assertScaled(new Pinball(0.9), new Pinball(0.9), pair, prediction, target, power);
        assertScaled(new Huber().withThreshold(1.5), new Huber().withThreshold(k), pair, prediction, target, 2 * power);
        assertScaled(new PseudoHuber().withScale(1.5), new PseudoHuber().withScale(k), pair, prediction, target, 2 * power);
    }

    private static void assertScaled(LossFunction loss, LossFunction scaled, double[][] pair, double[] prediction,
            double[] target, int power) {
        Bits.assertSame(scaled.value(prediction, target), Math.scalb(loss.value(pair[0], pair[1]), power));
    }

    @Property
    void nothingIsLostAtTheTarget(@ForAll(supplier = Measurements.OfEveryLength.class) Measurements row) {
        double[] target = row.target();
        for (LossFunction loss : new LossFunction[] {
            ABSOLUTE, new Huber(), new PseudoHuber(), new LogCosh(), new Pinball(0.9)}) {
            Bits.assertSame(loss.value(target, target.clone()), 0.0);
            Bits.assertSame(loss.gradient(target, target.clone()), new double[target.length]);
        }
    }

    /** Levels that are multiples of 1/16, of one prediction each, add up to the loss of all of them times their number. */
    @Property
    void pinballsOfSeveralLevelsAddUp(@ForAll("coarse") double target, @ForAll("sixteenths") double[] levels) {
        double[] predictions = new double[levels.length];
        double[] targets = constant(target, levels.length);
        double sum = 0;
        for (int i = 0; i < levels.length; i++) {
            predictions[i] = target + i - 2; // exact, and so is what follows
            sum += new Pinball(levels[i]).value(new double[] {predictions[i]}, new double[] {target});
        }
        Near.assertUlps(new Pinball(levels).value(predictions, targets), sum / levels.length, 3);
    }

    /** Squares of coarse numbers and their sums are exact; the mean itself is rounded, which costs next to nothing. */
    @Property
    void squaredErrorIsLeastAtTheMean(@ForAll("eleven") double[] target, @ForAll("coarse") double other) {
        double mean = Arrays.stream(target).sum() / target.length;
        Near.assertAtMost(SQUARED.value(constant(mean, 11), target), SQUARED.value(constant(other, 11), target), 6);
    }

    /** No other target does better, and the expectation of both is exact: levels and targets are coarse. */
    @Property
    void pinballIsLeastAtTheQuantileAmongTheTargets(@ForAll("eleven") double[] target, @ForAll("sixteenths") double[] levels) {
        double[] sorted = target.clone();
        Arrays.sort(sorted);
        for (double level : levels) {
            LossFunction pinball = new Pinball(level);
            double least = pinball.value(constant(sorted[(int) Math.ceil(11 * level) - 1], 11), target);
            for (double other : target) {
                assertThat(least).isLessThanOrEqualTo(pinball.value(constant(other, 11), target));
            }
        }
    }

    /** Half way between two predictions: at most half of the exact values there, up to the promised accuracy. */
    @Property
    void halfWayALossIsAtMostTheMeanOfItsExactValues(
            @ForAll("elevenFine") double[] a, @ForAll("elevenFine") double[] b, @ForAll("elevenFine") double[] target) {
        double[] between = new double[11];
        Arrays.setAll(between, i -> (a[i] + b[i]) / 2); // exact
        assertBelow(ABSOLUTE, between, ExactMeanAbsoluteError.of(a, target), ExactMeanAbsoluteError.of(b, target), target);
        assertBelow(new Huber(), between, ExactHuber.of(a, target, 1), ExactHuber.of(b, target, 1), target);
        assertBelow(new PseudoHuber(), between, ExactPseudoHuber.of(a, target, 1), ExactPseudoHuber.of(b, target, 1), target);
        assertBelow(new LogCosh(), between, ExactLogCosh.of(a, target), ExactLogCosh.of(b, target), target);
        assertBelow(new Pinball(0.9), between, ExactPinball.of(a, target, 0.9), ExactPinball.of(b, target, 0.9), target);
    }

    private static void assertBelow(
            SecondOrderLoss loss, double[] between, ExactLoss atOne, ExactLoss atOther, double[] target) {
        double[] hessian = new double[between.length];
        double value = loss.valueGradientAndHessian(between, target, new double[between.length], hessian);
        BigDecimal mean = atOne.value().add(atOther.value()).divide(BigDecimal.valueOf(2), MathContext.DECIMAL128);
        assertThat(value).as("%s", loss).isLessThanOrEqualTo(mean.doubleValue() + 3 * Math.ulp(mean.doubleValue()));
        assertThat(Arrays.stream(hessian)).allMatch(second -> second >= 0);
    }

    /** Of an odd number of targets, the one in the middle beats any other constant, and of 11 the level 0.7 the 8th. */
    @Property
    void absoluteErrorIsLeastAtTheMedianAndPinballAtItsQuantile(
            @ForAll("eleven") double[] target, @ForAll("coarse") double other) {
        double[] sorted = target.clone();
        Arrays.sort(sorted);
        Near.assertAtMost(ABSOLUTE.value(constant(sorted[5], 11), target), ABSOLUTE.value(constant(other, 11), target), 6);
        LossFunction pinball = new Pinball(0.7);
        Near.assertAtMost(pinball.value(constant(sorted[7], 11), target), pinball.value(constant(other, 11), target), 6);
    }

    private static double[] constant(double value, int length) {
        double[] row = new double[length];
        Arrays.fill(row, value);
        return row;
    }

    private static double[] negated(double[] row) {
        return Arrays.stream(row).map(x -> 0.0 - x).toArray();
    }

    @Provide
    Arbitrary<Double> coarse() {
        return Doubles.between(-1024, 1024).map(x -> Math.rint(x * 64) / 64);
    }

    /** From 1/16 to 15/16. */
    @Provide
    Arbitrary<double[]> sixteenths() {
        return Rows.of(Arbitraries.integers().between(1, 15).map(i -> i / 16.0), 5);
    }

    /** Multiples of 2^-30 between -4 and 4. */
    @Provide
    Arbitrary<double[]> elevenFine() {
        return Rows.of(Doubles.between(-4, 4).map(x -> Math.rint(x * 0x1p30) * 0x1p-30), 11);
    }

    @Provide
    Arbitrary<double[]> eleven() {
        return Rows.of(coarse(), 11);
    }

    @Provide
    Arbitrary<double[][]> coarsePairs() {
        return Rows.lengths().filter(n -> n < 2000).flatMap(n -> Combinators
                .combine(Rows.of(coarse(), n), Rows.of(coarse(), n)).as((a, b) -> new double[][] {a, b}));
    }

    /** Differences of more than 1. */
    @Provide
    Arbitrary<double[][]> farPairs() {
        return coarsePairs().map(pair -> new double[][] {
            Arrays.stream(pair[0]).map(x -> x + 4096).toArray(), pair[1]});
    }

    /** Multiples of 2^-20: 1 less a level is exact. */
    @Provide
    Arbitrary<Double> levels() {
        return Doubles.between(0x1p-10, 1 - 0x1p-10).map(x -> Math.rint(x * 0x1p20) * 0x1p-20);
    }

    @Provide
    Arbitrary<Integer> powers() {
        return Arbitraries.integers().between(-50, 50);
    }
}
