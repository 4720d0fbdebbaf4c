package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Probabilities;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactCrossEntropy;
import io.github.plainjava.losses.oracle.ExactLog;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import io.github.plainjava.losses.oracle.Options;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.junit.jupiter.api.Test;

class CrossEntropyTest extends ClassificationLossContract implements SecondOrderClassificationContract {

    @Override
    public SecondOrderClassificationLoss loss() {
        return new CrossEntropy();
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactCrossEntropy.of(prediction, target, Options.NONE);
    }

    @Override
    Arbitrary<Row> rows() {
        return new Probabilities.OfEveryLength().get().map(row -> new Row(row.probabilities(), row.target()));
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(Doubles.between(0.3, 0.99), n), Rows.of(Doubles.between(0, 1), n)).as(Row::new));
    }

    @Override
    double valueUlps() {
        return 2;
    }

    @Override
    double gradientUlps() {
        return 3;
    }

    @Override
    public double secondDerivativeUlps() {
        return 3;
    }

    @Override
    public boolean isConvex() {
        return true;
    }

    @Test
    void theExamplesOfTheDesign() {
        CrossEntropy crossEntropy = new CrossEntropy();
        assertThat(crossEntropy.value(new double[] {0.7, 0.2, 0.1}, 0)).isCloseTo(0.356674943938732, within(1e-15));
        assertThat(crossEntropy.value(new double[] {0.1, 0.2, 0.7}, OneHot.encode(0, 3)))
                .isCloseTo(2.302585092994046, within(1e-15));
        assertThat(crossEntropy.gradient(new double[] {0.5, 0.25, 0.25}, 1)).containsExactly(0, -4, 0);
    }

    @Test
    void aFloorGivesANewLossAndLeavesTheOldOneAsItWas() {
        CrossEntropy without = new CrossEntropy();
        CrossEntropy with = without.withFloor(0.5);
        assertThat(with).isNotSameAs(without);
        assertThat(without.value(new double[] {0, 1}, 0)).isInfinite();
        assertThat(with.value(new double[] {0, 1}, 0)).isFinite();
        assertThat(serialisedAndBack(with).value(new double[] {0, 1}, 0)).isEqualTo(with.value(new double[] {0, 1}, 0));
    }

    private static final double LEAST = 0x1p-600;
    private static final MathContext DIGITS = new MathContext(60);
    private static final Map<Double, BigDecimal> LOGARITHMS = new ConcurrentHashMap<>();

    /** Rows that are computed in one pass, and rows with one number that is not for that, at every kind of place. */
    @Test
    void rowsWithOneUnusualNumberAndWithout() {
        double[] probabilities = {0.5, LEAST, Math.nextDown(LEAST), 1, Math.nextUp(1.0), 1 + 0x1p-16,
            Math.nextDown(1.0), 1 - 1e-9, Double.MIN_VALUE, Double.MIN_NORMAL, 1e-200};
        double[] masses = {0.25, 0, -0.0, LEAST, Math.nextDown(LEAST), 0x1p199, Math.nextDown(1e60), 1, 1e-30,
            0x1p-600, 1e60};
        for (int n : new int[] {1, 2, 32, 33, 130}) {
            for (int at : new int[] {n / 3, n - 1}) {
                for (double p : probabilities) {
                    assertExact(row(n, at, p), row(n, at, 0.125));
                }
                for (double q : masses) {
                    assertExact(row(n, at, 0.75), row(n, at, q));
                    assertExact(row(n, at, 1), row(n, at, q));
                    assertExact(row(n, at, LEAST), row(n, at, q));
                }
            }
        }
    }

    /** Few different numbers between 0 and 1, so that the oracle is quick, and one other. */
    private static double[] row(int n, int at, double other) {
        double[] row = new double[n];
        for (int i = 0; i < n; i++) {
            row[i] = 0.03 + (i % 7) * 0.14;
        }
        row[Math.min(at, n - 1)] = other;
        return row;
    }

    private static void assertExact(double[] p, double[] target) {
        CrossEntropy loss = new CrossEntropy();
        double[] gradient = new double[p.length];
        double value = loss.valueAndGradient(p, target, gradient);
        BigDecimal exact = BigDecimal.ZERO;
        for (int i = 0; i < p.length; i++) {
            double probability = Math.min(p[i], 1);
            BigDecimal q = new BigDecimal(target[i]);
            BigDecimal slope = BigDecimal.ZERO;
            if (target[i] != 0) {
                exact = exact.subtract(q.multiply(LOGARITHMS.computeIfAbsent(probability, ExactLog::log)), DIGITS);
                slope = q.negate().divide(new BigDecimal(probability), DIGITS);
            }
            PromisedAccuracy.assertGradientEntry(i, gradient[i], slope, slope);
        }
        PromisedAccuracy.assertValue(value, exact);
        Bits.assertNoNegativeZero(value);
        Bits.assertNoNegativeZero(gradient);
        Bits.assertSame(loss.value(p, target), value);
        double[] inPlace = p.clone();
        Bits.assertSame(loss.valueAndGradient(inPlace, target, inPlace), value);
        Bits.assertSame(inPlace, gradient);
        Bits.assertSame(Batch.of(loss, p.length).lossMean(p, target).totalWeight(), loss.weight(target));
    }

    @Test
    void longRowsOfAnyNumbersAreExact() {
        SplittableRandom random = new SplittableRandom(1);
        for (int n : new int[] {1, 3, 5, 8, 31, 32, 33, 40, 127, 128, 130, 1000}) {
            for (double power : new double[] {1, 30, 1e-9}) {
                double[] pool = random.doubles(30).map(x -> StrictMath.pow(x, power)).toArray();
                double[] p = random.ints(n, 0, 30).mapToDouble(i -> pool[i]).toArray();
                double[] target = random.doubles(n).map(x -> x < 0.3 ? 0 : StrictMath.pow(x, power)).toArray();
                assertExact(p, target);
                target[n - 1] = 1e60;
                assertExact(p, target);
                int label = random.nextInt(n);
                Bits.assertSame(new CrossEntropy().value(p, label),
                        new CrossEntropy().value(p, OneHot.encode(label, n)));
            }
        }
    }

    /** The bounds allow 3 ulp, and what is carried along makes it half an ulp. */
    @Test
    void aSlopeIsTheQuotientCorrectlyRounded() {
        SplittableRandom random = new SplittableRandom(7);
        for (int n : new int[] {3, 32, 33, 300}) {
            double[] p = random.doubles(n, 1e-3, 1).toArray();
            double[] target = random.doubles(n).toArray();
            double[] ones = new double[n];
            Arrays.fill(ones, 1);
            double[] expected = new double[n];
            for (int i = 0; i < n; i++) {
                expected[i] = -target[i] / p[i];
            }
            Bits.assertSame(new CrossEntropy().gradient(p, target), expected);
            Bits.assertSame(new CrossEntropy().withClassWeights(ones).gradient(p, target), expected);
            Bits.assertSame(new CrossEntropy().withFloor(1e-9).gradient(p, target), expected);
            int label = random.nextInt(n);
            Bits.assertSame(new CrossEntropy().gradient(p, label)[label], -1 / p[label]);
        }
    }

    @Test
    void aSlopeOfASmoothedTargetIsNearlyAsExact() {
        SplittableRandom random = new SplittableRandom(8);
        for (int n : new int[] {3, 40, 300}) {
            double[] p = random.doubles(n, 1e-3, 1).toArray();
            double[] target = random.doubles(n).toArray();
            double[] gradient = new CrossEntropy().withLabelSmoothing(0.3).gradient(p, target);
            BigDecimal mass = Arrays.stream(target).mapToObj(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
            BigDecimal smoothing = new BigDecimal(0.3);
            BigDecimal share = smoothing.multiply(mass).divide(BigDecimal.valueOf(n), DIGITS);
            for (int i = 0; i < n; i++) {
                BigDecimal t = BigDecimal.ONE.subtract(smoothing).multiply(new BigDecimal(target[i])).add(share);
                BigDecimal slope = t.negate().divide(new BigDecimal(p[i]), DIGITS);
                assertThat(Ulps.error(gradient[i], slope, slope)).isLessThan(0.501);
            }
        }
    }

    @Test
    void aProbabilityOf0IsNotUsual() {
        for (int n : new int[] {1, 20, 32, 33, 128, 300}) {
            for (double zero : new double[] {0.0, -0.0}) {
                double[] p = row(n, n - 1, zero);
                assertExact(p, row(n, n - 1, 0));
                assertThat(new CrossEntropy().value(p, row(n, n - 1, 1e-9))).isInfinite();
                assertThat(new CrossEntropy().gradient(p, row(n, n - 1, 1e-9))[n - 1])
                        .isEqualTo(Double.NEGATIVE_INFINITY);
            }
            double[] withNaN = row(n, n - 1, Double.NaN);
            Bits.assertAllNaN(new CrossEntropy().gradient(withNaN, row(n, 0, 0.5)));
        }
    }
}
