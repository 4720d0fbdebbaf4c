package io.github.plainjava.losses;

import static io.github.plainjava.losses.UnshiftedTest.filled;
import static io.github.plainjava.losses.UnshiftedTest.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.oracle.Options;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows by target that need no shift, rows that nearly are such, and rows of which one class has nearly all. */
class TargetRowTest {

    private static final double LEAST = 0x1p-600;
    private static final double LIMIT = Unshifted.LIMIT;
    private static final Softmax SOFTMAX = new Softmax();

    /** Of few different numbers, so that the oracle is quick. */
    static double[] few(long seed, int n, double low, double high) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] pool = random.doubles(7, low, high).toArray();
        return random.ints(n, 0, pool.length).mapToDouble(i -> pool[i]).toArray();
    }

    private static double row(double[] logits, double[] target, double[] gradient) {
        int n = logits.length;
        double[][] scratch = Scratch.ofThread();
        return TargetRow.isUsual(logits, target, 0, n, scratch)
                ? TargetRow.row(logits, target, 0, n, 1, Divisor.ONE, gradient, scratch)
                : Double.NaN;
    }

    private static boolean isUsual(double[] logits, double[] target) {
        return !Double.isNaN(row(logits, target, null));
    }

    private static void assertAsPromised(double[] logits, double[] target) {
        PromisedAccuracy.assertSoftmaxLoss(logits, target, Options.NONE);
        assertSameBitsInEveryForm(logits, target);
    }

    /** Alone or with gradient, separate or in place, in a batch or not. */
    private static void assertSameBitsInEveryForm(double[] logits, double[] target) {
        int n = logits.length;
        double[] gradient = filled(n, 9);
        double value = SOFTMAX.valueAndGradient(logits, target, gradient);
        Bits.assertSame(SOFTMAX.value(logits, target), value);
        Bits.assertNoNegativeZero(value);
        Bits.assertNoNegativeZero(gradient);
        double[] inPlace = logits.clone();
        Bits.assertSame(SOFTMAX.valueAndGradient(inPlace, target, inPlace), value);
        Bits.assertSame(inPlace, gradient);
        double[] rows = new double[3 * n];
        System.arraycopy(logits, 0, rows, n, n);
        double[] targets = filled(3 * n, 0.5);
        System.arraycopy(target, 0, targets, n, n);
        Batch batch = Batch.of(SOFTMAX, n).summed();
        Bits.assertSame(batch.perRow(rows, targets)[1], value);
        Bits.assertSame(Arrays.copyOfRange(batch.gradient(rows, targets), n, 2 * n), gradient);
        batch.valueAndGradient(rows, targets, rows);
        Bits.assertSame(Arrays.copyOfRange(rows, n, 2 * n), gradient);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 31, 32, 33, 127, 128, 129, 300})
    void rowsOfAnyLogitsAndTargets(int n) {
        for (double spread : new double[] {1e-9, 1, 20, LIMIT}) {
            double[] logits = few(n, n, -spread, spread);
            double[] target = few(n + 1, n, 0, 1);
            assertThat(isUsual(logits, target) || spread == LIMIT).isTrue();
            assertAsPromised(logits, target);
            assertAsPromised(logits, with(target, n / 2, 0));
            assertAsPromised(logits, with(filled(n, 0), n - 1, 2));
            assertAsPromised(logits, with(filled(n, 1e-30), n / 3, 1e-20));
            assertAsPromised(with(logits, n - 1, LIMIT), with(target, 0, 1e-30));
        }
    }

    /** More than half of the target at the largest logit, at another one, or nowhere. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 32, 33, 200})
    void oneClassHasNearlyAllOfThePredictionOrOfTheTarget(int n) {
        for (double logit : new double[] {2, 36, 40, 80, 300}) {
            double[] logits = with(filled(n, Math.min(0, 150 - logit)), 1, Math.min(150, logit));
            for (int at : new int[] {0, 1, n - 1}) {
                for (double rest : new double[] {0, 1e-25, 1e-17, 1e-3, 1.0 / n}) {
                    assertAsPromised(logits, with(filled(n, rest), at, 3));
                }
            }
            double[] halves = with(with(filled(n, 0), 0, 0.5), 1, 0.5);
            assertAsPromised(logits, halves);
        }
    }

    /** A target of mass 2 at one class says twice what the label says, however sure the prediction is. */
    @ParameterizedTest
    @ValueSource(ints = {2, 32, 33, 129})
    void twiceAnOneHotArrayIsTwiceTheLabel(int n) {
        for (double logit : new double[] {0, 3, 40, 170}) {
            double[] logits = with(few(n, n, -1, 1), n / 2, logit);
            for (int label : new int[] {0, n / 2, n - 1}) {
                double[] once = SOFTMAX.gradient(logits, label);
                double[] twice = SOFTMAX.gradient(logits, with(filled(n, 0), label, 2));
                for (int i = 0; i < n; i++) {
                    assertThat(Math.abs(twice[i] / 2 - once[i])).isLessThanOrEqualTo(2 * Math.ulp(once[i]));
                }
            }
        }
    }

    /** Short rows carry the tails of their exponentials. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4, 32, 64, 256})
    void theGradientIs0WhereThePredictionIsTheTarget(int n) {
        for (double logit : n <= 32 ? new double[] {0, 1, -3.7, 100.1} : new double[] {0}) {
            assertThat(SOFTMAX.gradient(filled(n, logit), filled(n, 1.0 / n))).containsOnly(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 32, 33, 300})
    void logitsOfARowThatIsNotUsualAreLeftAsTheyAre(int n) {
        double[] logits = few(n, n, -2, 2);
        double[] target = few(n + 1, n, 0.1, 1);
        for (int at : new int[] {0, n - 1}) {
            for (double logit : new double[] {178, -178, Double.NEGATIVE_INFINITY, Double.NaN, 1e300}) {
                assertLeft(with(logits, at, logit), target);
            }
            for (double mass : new double[] {Math.nextDown(LEAST), Double.MIN_VALUE, 0x1.1p200, -1, -LEAST, Double.NaN,
                Double.POSITIVE_INFINITY}) {
                assertLeft(logits, with(target, at, mass));
            }
            assertThat(isUsual(with(logits, at, LIMIT), target)).isTrue();
            assertThat(isUsual(with(logits, at, -LIMIT), target)).isTrue();
            assertThat(isUsual(logits, with(target, at, LEAST))).isTrue();
            assertThat(isUsual(logits, with(filled(n, 0), at, 0x1p-200))).isTrue();
            assertThat(isUsual(logits, with(filled(n, 0), at, 0x1p200))).isTrue();
            assertLeft(logits, with(filled(n, 0), at, Math.nextDown(0x1p-200)));
        }
        assertLeft(logits, filled(n, 0));
    }

    private static void assertLeft(double[] logits, double[] target) {
        assertThat(isUsual(logits, target)).isFalse();
        double[] inPlace = logits.clone();
        assertThat(row(inPlace, target, inPlace)).isNaN();
        Bits.assertSame(inPlace, logits);
    }

    /** A one-hot array is the label, and a row with options has another way. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 32, 33, 300})
    void whichRowsAreUsual(int n) {
        double[] logits = few(n, n, -2, 2);
        double[] target = few(n + 1, n, 0.1, 0.9);
        double[][] scratch = Scratch.ofThread();
        assertThat(SOFTMAX.isUsual(logits, target, 0, n, scratch)).isTrue();
        assertThat(TargetRow.label(scratch)).isEqualTo(RowLoss.NO_LABEL);
        assertThat(Sums.total(scratch).head()).isEqualTo(SOFTMAX.weight(target));
        assertThat(SOFTMAX.isUsual(logits, OneHot.encode(n / 2, n), 0, n, scratch)).isTrue();
        assertThat(TargetRow.label(scratch)).isEqualTo(n / 2);
        assertThat(Sums.total(scratch).head()).isEqualTo(1);
        assertThat(SOFTMAX.isUsual(logits, null, 0, n, scratch)).isFalse();
        assertThat(SOFTMAX.withTemperature(2).isUsual(logits, target, 0, n, scratch)).isFalse();
        assertThat(SOFTMAX.withLabelSmoothing(0.1).isUsual(logits, target, 0, n, scratch)).isFalse();
        assertThat(SOFTMAX.withClassWeights(filled(n, 2)).isUsual(logits, target, 0, n, scratch)).isFalse();
        assertThat(SOFTMAX.withClassWeights(filled(n, 1)).isUsual(logits, target, 0, n, scratch)).isTrue();
    }

    @Test
    void aBatchSaysWhichMassIsNone() {
        for (int n : new int[] {3, 40}) {
            double[] targets = with(filled(2 * n, 1), n + 1, -0x1p-1074);
            Batch batch = Batch.of(SOFTMAX, n);
            assertThat(message(() -> batch.gradient(new double[2 * n], targets)))
                    .isEqualTo(message(() -> batch.value(new double[2 * n], targets)))
                    .contains("target[1] = -4.9E-324");
        }
    }

    private static String message(Runnable call) {
        try {
            call.run();
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
        throw new AssertionError("nothing was thrown");
    }

    /** One class has more than half: then its exponential is taken out of the sum, or the row is computed again. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 32, 33, 500, 4097})
    void logProbabilitiesOfSurePredictions(int n) {
        for (double logit = 0; logit < 60; logit += 1.7) {
            PromisedAccuracy.assertProbabilities(with(few(n, n, -1, 1), n / 2, logit));
        }
    }
}
