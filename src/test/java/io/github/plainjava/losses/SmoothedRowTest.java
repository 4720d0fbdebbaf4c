package io.github.plainjava.losses;

import static io.github.plainjava.losses.UnshiftedTest.filled;
import static io.github.plainjava.losses.UnshiftedTest.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.ExactSoftmaxLoss;
import io.github.plainjava.losses.oracle.Options;
import io.github.plainjava.losses.oracle.Ulps;
import java.util.Arrays;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of moderate logits by label with label smoothing: the formula of their own, and the rows that it leaves alone. */
class SmoothedRowTest {

    private static final double[] SMOOTHINGS = {0x1p-100, 1e-20, 1e-3, 0.1, 0.5};
    private static final double LIMIT = Unshifted.LIMIT;

    private static double[] few(long seed, int n, double spread) {
        return Arrays.stream(TargetRowTest.few(seed, n, -1, 1)).map(x -> x * spread).toArray();
    }

    private static double row(double smoothing, double[] logits, int label, double[] gradient) {
        return new LabelRow(TargetRule.PLAIN.withSmoothing(smoothing))
                .row(logits, 0, logits.length, label, 1, Divisor.ONE, gradient, Scratch.ofThread());
    }

    private static boolean hasItsOwnWay(double smoothing, double[] logits, int label) {
        return !Double.isNaN(row(smoothing, logits, label, null));
    }

    private static void assertAsPromised(double smoothing, double[] logits, int label) {
        double[] target = OneHot.encode(label, logits.length);
        PromisedAccuracy.assertSoftmaxLoss(logits, target, Options.NONE.withLabelSmoothing(smoothing));
        assertSameBitsInEveryForm(smoothing, logits, label);
    }

    /** By label or one-hot target, alone or with gradient, separate or in place, in a batch or not. */
    private static void assertSameBitsInEveryForm(double smoothing, double[] logits, int label) {
        Softmax loss = new Softmax().withLabelSmoothing(smoothing);
        int n = logits.length;
        double[] gradient = filled(n, 9);
        double value = loss.valueAndGradient(logits, label, gradient);
        Bits.assertSame(loss.value(logits, label), value);
        Bits.assertSame(loss.gradient(logits, OneHot.encode(label, n)), gradient);
        double[] inPlace = logits.clone();
        Bits.assertSame(loss.valueAndGradient(inPlace, label, inPlace), value);
        Bits.assertSame(inPlace, gradient);
        Bits.assertSame(loss.withClassWeights(filled(n, 1)).gradient(logits, label), gradient);
        double[] rows = new double[3 * n];
        System.arraycopy(logits, 0, rows, n, n);
        int[] labels = {0, label, 0};
        Batch batch = Batch.of(loss, n).summed();
        Bits.assertSame(batch.perRow(rows, labels)[1], value);
        Bits.assertSame(Arrays.copyOfRange(batch.gradient(rows, labels), n, 2 * n), gradient);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 31, 32, 33, 127, 128, 129, 300})
    void rowsOfAnyModerateLogits(int n) {
        for (double smoothing : SMOOTHINGS) {
            for (double spread : new double[] {0, 1e-9, 1, 20, LIMIT}) {
                double[] logits = few(n, n, spread);
                assertThat(hasItsOwnWay(smoothing, logits, 0) || spread == LIMIT).isTrue();
                assertAsPromised(smoothing, logits, 0);
                assertAsPromised(smoothing, logits, n - 1);
            }
        }
    }

    /** Right or wrong, and however sure: where the label has all the probability, smoothing is most of the loss. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 32, 33, 200})
    void surePredictions(int n) {
        for (double smoothing : SMOOTHINGS) {
            for (double logit : new double[] {3, 36, 40, 170, 2 * LIMIT}) {
                double[] logits = with(filled(n, Math.max(-logit, -LIMIT)), 1, Math.max(0, logit - LIMIT));
                for (int label : new int[] {0, 1, n - 1}) {
                    assertThat(hasItsOwnWay(smoothing, logits, label)).isTrue();
                    assertAsPromised(smoothing, logits, label);
                }
            }
        }
    }

    /** The gradient is the difference of the prediction and the smoothed target, nearly the same numbers here. */
    @ParameterizedTest
    @ValueSource(ints = {2, 10, 32, 33, 1000})
    void predictionsNextToTheSmoothedTarget(int n) {
        for (double smoothing : new double[] {1e-3, 0.1, 0.5}) {
            double logit = StrictMath.log(1 + n * (1 - smoothing) / smoothing);
            assertAsPromised(smoothing, with(filled(n, 0), n / 2, logit), n / 2);
            assertAsPromised(smoothing, with(filled(n, 0), n / 2, Math.nextUp(logit)), n / 2);
        }
    }

    /** Short rows carry all tails: what is left is the last rounding, and a sixth of an ulp of the exponential. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 10, 32})
    void gradientsOfShortRowsAreNearlyRounded(int n) {
        for (int seed = 0; seed < 50; seed++) {
            double[] logits = few(seed, n, 3);
            double[] gradient = new Softmax().withLabelSmoothing(0.1).gradient(logits, seed % n);
            ExactLoss exact = ExactSoftmaxLoss.of(logits, seed % n, Options.NONE.withLabelSmoothing(0.1));
            for (int i = 0; i < n; i++) {
                assertThat(Ulps.error(gradient[i], exact.gradient(i), exact.gradientScale(i))).isLessThan(0.7);
            }
        }
    }

    @Test
    void aGradientOfExtremeScaleIsThatOfTheRow() {
        double[] logits = few(1, 40, 2);
        Softmax loss = new Softmax().withLabelSmoothing(0.1);
        Batch batch = Batch.of(loss, 40).weightedBy(new double[] {1e-300}).summed();
        double[] expected = loss.gradient(logits, 3);
        double[] actual = batch.gradient(logits, new int[] {3});
        for (int i = 0; i < 40; i++) {
            assertThat(actual[i]).isCloseTo(expected[i] * 1e-300, Percentage.withPercentage(1e-12));
        }
    }

    @Test
    void whichRulesSmoothLabels() {
        TargetRule smoothed = TargetRule.PLAIN.withSmoothing(0.5);

        assertThat(smoothed.smoothsLabels()).isTrue();
        assertThat(TargetRule.PLAIN.withSmoothing(0x1p-100).smoothsLabels()).isTrue();
        assertThat(TargetRule.PLAIN.withSmoothing(Math.nextDown(0x1p-100)).smoothsLabels()).isFalse();
        assertThat(TargetRule.PLAIN.withSmoothing(Math.nextUp(0.5)).smoothsLabels()).isFalse();
        assertThat(TargetRule.PLAIN.smoothsLabels()).isFalse();
        assertThat(smoothed.withClassWeights(new double[] {1, 1}).smoothsLabels()).isTrue();
        assertThat(smoothed.withClassWeights(new double[] {1, 2}).smoothsLabels()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 32, 33, 300})
    void rowsThatAreNotModerateAreLeftAsTheyAre(int n) {
        for (double logit : new double[] {178, -178, Double.NEGATIVE_INFINITY, Double.NaN, 1e300}) {
            for (int at : new int[] {0, n - 1}) {
                double[] logits = with(few(n, n, 2), at, logit);
                double[] inPlace = logits.clone();
                assertThat(row(0.1, inPlace, n / 2, inPlace)).isNaN();
                Bits.assertSame(inPlace, logits);
            }
        }
    }
}
