package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.oracle.ExactExp;
import io.github.plainjava.losses.oracle.ExactSoftmax;
import io.github.plainjava.losses.oracle.ExactSoftmaxLoss;
import io.github.plainjava.losses.oracle.Options;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Long rows of moderate logits, and rows that are nearly so, in every function that treats them apart. */
class UnshiftedTest {

    private static final double LIMIT = Unshifted.LIMIT;
    private static final int CHUNK = 1 << 12;
    private static final Softmax SOFTMAX = new Softmax();

    /** What the total may be off, as a part of it: 2^-56 for the sum, and 2^-56.3 for the exponentials. */
    private static final double TOLERANCE = 0x1p-55;

    static double[] filled(int n, double logit) {
        double[] row = new double[n];
        Arrays.fill(row, logit);
        return row;
    }

    private static double[] random(long seed, int n, double low, double high) {
        return new SplittableRandom(seed).doubles(n, low, high).toArray();
    }

    /** Of few different logits, so that the oracle is quick. */
    private static double[] few(long seed, int n, double low, double high) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] pool = random.doubles(20, low, high).toArray();
        return random.ints(n, 0, pool.length).mapToDouble(i -> pool[i]).toArray();
    }

    static double[] with(double[] row, int at, double logit) {
        double[] changed = row.clone();
        changed[at] = logit;
        return changed;
    }

    private static boolean isModerate(double[] row) {
        return Unshifted.compute(row, 0, row.length, Unshifted.NONE, null, Scratch.ofThread());
    }

    /** Everything that is computed from a row, against the oracle, and the loss for these labels. */
    private static void assertAsPromised(double[] row, int... labels) {
        PromisedAccuracy.assertProbabilities(row);
        assertInRange(row);
        ExactSoftmax exact = ExactSoftmax.of(row);
        assertThat(Ulps.error(Softmax.logSumExp(row), exact.logSumExp(), exact.logSumExpScale()))
                .as("ulps of the log-sum-exp").isLessThanOrEqualTo(2);
        for (int label : labels) {
            PromisedAccuracy.assertSoftmaxLoss(row, label);
            assertSameBitsInEveryForm(row, label);
        }
    }

    private static void assertInRange(double[] row) {
        double[] p = Softmax.softmax(row);
        double[] logP = Softmax.logSoftmax(row);
        Bits.assertNoNegativeZero(p);
        Bits.assertNoNegativeZero(logP);
        for (int i = 0; i < row.length; i++) {
            if (!(p[i] >= 0 && p[i] <= 1 && logP[i] <= 0)) {
                throw new AssertionError("p[" + i + "] = " + p[i] + ", log p = " + logP[i]);
            }
        }
    }

    /** Alone or with gradient, separate or in place, by label or one-hot array, in a batch or not. */
    private static void assertSameBitsInEveryForm(double[] row, int label) {
        assertSameBitsInEveryForm(SOFTMAX, row, label);
        double[] weights = random(label, row.length, 0.5, 2);
        assertSameBitsInEveryForm(SOFTMAX.withClassWeights(weights), row, label);
    }

    private static void assertSameBitsInEveryForm(Softmax loss, double[] row, int label) {
        int n = row.length;
        double[] oneHot = OneHot.encode(label, n);
        double[] gradient = filled(n, 9);
        double value = loss.valueAndGradient(row, label, gradient);
        Bits.assertSame(loss.value(row, label), value);
        Bits.assertSame(loss.value(row, oneHot), value);
        Bits.assertSame(loss.gradient(row, oneHot), gradient);
        double[] inPlace = row.clone();
        Bits.assertSame(loss.valueAndGradient(inPlace, label, inPlace), value);
        Bits.assertSame(inPlace, gradient);
        inPlace = row.clone();
        Bits.assertSame(loss.valueAndGradient(inPlace, oneHot, inPlace), value);
        Bits.assertSame(inPlace, gradient);
        double[] logits = with(new double[3 * n], 0, 0);
        System.arraycopy(row, 0, logits, n, n);
        Batch batch = Batch.of(loss, n).summed();
        int[] labels = {label, label, label};
        Bits.assertSame(batch.perRow(logits, labels)[1], value);
        Bits.assertSame(batch.perRow(logits, OneHot.encode(labels, n))[1], value);
        Bits.assertSame(Arrays.copyOfRange(batch.gradient(logits, labels), n, 2 * n), gradient);
        batch.valueAndGradient(logits, labels, logits);
        Bits.assertSame(Arrays.copyOfRange(logits, n, 2 * n), gradient);
    }

    @ParameterizedTest
    @CsvSource({"33, -177, 177", "40, -1, 1", "64, -20, 0", "127, 0, 177", "128, -177, 0", "129, -5, 5",
        "130, 100, 177", "257, -0.001, 0.001", "1000, -177, 177", "1000, -10, 10"})
    void rowsOfAnyLogits(int n, double low, double high) {
        double[] row = random(n, n, low, high);
        assertAsPromised(row, 0, n / 2, n - 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {4095, 4096, 4097, 8193, 65537})
    void rowsAroundTheEndsOfChunks(int n) {
        for (int place : new int[] {0, 127, CHUNK - 1, CHUNK, n - 1}) {
            int at = Math.min(place, n - 1);
            double[] row = with(few(place, n, -3, 3), at, 4.5);
            assertThat(isModerate(row)).isTrue();
            PromisedAccuracy.assertProbabilities(row);
            PromisedAccuracy.assertSoftmaxLoss(row, at);
        }
        double[] row = few(n, n, -LIMIT, LIMIT);
        PromisedAccuracy.assertProbabilities(row);
        PromisedAccuracy.assertSoftmaxLoss(row, n - 1);
    }

    @Test
    void aRowOfTwoChunksHasTheSameBitsInEveryForm() {
        assertSameBitsInEveryForm(SOFTMAX, few(1, CHUNK + 1, -3, 3), CHUNK);
        assertSameBitsInEveryForm(SOFTMAX, few(2, CHUNK + 100, -3, 3), 5);
    }

    /** Taken out of the sum, a single exponential leaves nothing of itself. */
    @Test
    void anExponentialIsWhatTheSumHas() {
        double[] row = new double[1];
        for (double x : random(4, 1000, -LIMIT, LIMIT)) {
            DoubleDouble e = Unshifted.exponential(x);
            row[0] = x;
            assertThat(Unshifted.compute(row, 0, 1, Unshifted.NONE, null, Scratch.ofThread())).isTrue();
            DoubleDouble left = Sums.total(Scratch.ofThread()).minus(e);
            assertThat(Math.abs(left.head())).isLessThanOrEqualTo(e.head() * 0x1p-74);
        }
    }

    @Test
    void theTotalIsExactAndNoExponentialIsLargerThanTheBound() {
        SplittableRandom random = new SplittableRandom(1);
        Map<Double, BigDecimal> exponentials = new HashMap<>();
        for (int n : new int[] {1, 2, 15, 16, 17, 33, 127, 128, 129, 1000, CHUNK - 1, CHUNK + 1, 2 * CHUNK + 1}) {
            for (double spread : new double[] {0, 1e-9, 1, 16, 40}) {
                double middle = random.nextDouble(-100, 100);
                double[] row = few(random.nextLong(), n, middle - spread / 2 - 1e-12, middle + spread / 2);
                int except = random.nextInt(-1, n);
                double[] e = new double[n];
                double[][] scratch = Scratch.ofThread();
                boolean moderate = Unshifted.compute(row, 0, n, except, e, scratch);
                assertThat(moderate || spread > 16).as("%s of %s, without %s", spread, n, except).isTrue();
                if (moderate) {
                    BigDecimal sum = BigDecimal.ZERO;
                    for (int i = 0; i < n; i++) {
                        BigDecimal exact = exponentials.computeIfAbsent(row[i],
                                z -> new BigDecimal(Exp.ONE).multiply(ExactExp.exp(z, 0), MathContext.DECIMAL128));
                        sum = i == except ? sum : sum.add(exact);
                    }
                    assertTotal(sum, scratch);
                    assertThat(Arrays.stream(e).max().orElseThrow())
                            .isLessThanOrEqualTo(Unshifted.bound(scratch) * (1 + 0x1p-52));
                }
            }
        }
    }

    private static void assertTotal(BigDecimal exact, double[][] scratch) {
        DoubleDouble total = Sums.total(scratch);
        BigDecimal error = new BigDecimal(total.head()).add(new BigDecimal(total.tail())).subtract(exact);
        assertThat(Math.abs(error.doubleValue())).isLessThanOrEqualTo(TOLERANCE * exact.doubleValue());
        assertThat(Unshifted.bound(scratch)).isLessThanOrEqualTo(total.head() * (1 + 0x1p-52));
    }

    @Test
    void theExceptionIsLeftOutWhereverItStands() {
        double[] row = filled(300, 1);
        double[] e = new double[300];
        double[][] scratch = Scratch.ofThread();
        for (int except = 0; except < 300; except++) {
            assertThat(Unshifted.compute(with(row, except, 170), 0, 300, except, e, scratch)).isTrue();
            assertThat(Sums.total(scratch).head() / e[(except + 1) % 300]).isCloseTo(299, within(1e-12));
            Bits.assertSame(e[except], 0.0);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 178, -178, 708, -745, 1e9,
        -1e9, 1e15, 6755399441055744.0, -6755399441055744.0, 9007199254740992.0, 1e16, 1e17, -1e17, 1e308, -1e308})
    void aRowWithAnotherLogitIsNotModerateWhereverItStands(double other) {
        for (int at : new int[] {0, 1, 15, 16, 127, 128, 255, 256, 299}) {
            assertThat(isModerate(with(filled(300, 0.5), at, other))).as("at %s", at).isFalse();
            assertThat(Unshifted.compute(
                    with(filled(300, 0.5), at, other), 0, 300, at, null, Scratch.ofThread())).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {177, -177, 0.0, -0.0, Double.MIN_VALUE, -Double.MIN_VALUE, Double.MIN_NORMAL, 1e-300,
        -1e-17})
    void theLimitsAndSmallLogitsAreModerate(double logit) {
        for (int n : new int[] {33, 128, 129, 300}) {
            double[] row = filled(n, logit);
            assertThat(isModerate(row)).isTrue();
            assertAsPromised(row, 0, n - 1);
        }
    }

    /** A logit so far above the first ones that the number at which sums are split is too small. */
    @ParameterizedTest
    @ValueSource(doubles = {16, 20, 21.4, 21.5, 22.2, 22.3, 40, 177})
    void aLogitFarAboveTheFirstOnes(double logit) {
        for (int at : new int[] {0, 15, 16, 17, 127, 128, 255, 256, 299}) {
            double[] row = with(few(at, 300, -1, 0), at, logit);
            assertAsPromised(row, at, (at + 1) % 300);
        }
        double[] row = with(filled(300, 0), 20, 40);
        assertThat(isModerate(row)).isFalse();
    }

    @Test
    void aLogitFarAboveTheFirstOnesOfItsChunk() {
        for (int at : new int[] {CHUNK - 1, CHUNK + 15, CHUNK + 16, 2 * CHUNK}) {
            double[] row = with(few(at, 2 * CHUNK + 1, -1, 0), at, 40);
            assertThat(isModerate(row)).as("at %s", at)
                    .isEqualTo(at == CHUNK + 15 || at == 2 * CHUNK);
            PromisedAccuracy.assertProbabilities(row);
            PromisedAccuracy.assertSoftmaxLoss(row, at);
            PromisedAccuracy.assertSoftmaxLoss(row, 5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {33, 128, 300, 1000})
    void logitsInOrder(int n) {
        double[] ascending = new double[n];
        double[] descending = new double[n];
        for (int i = 0; i < n; i++) {
            ascending[i] = -LIMIT + i * (2 * LIMIT / (n - 1));
            descending[n - 1 - i] = ascending[i];
        }
        assertThat(isModerate(ascending)).isFalse();
        assertThat(isModerate(descending)).isTrue();
        assertAsPromised(ascending, 0, 15, 16, n - 1);
        assertAsPromised(descending, 0, 15, 16, n - 1);
    }

    /** A label that has all but 10^-exponent. */
    @ParameterizedTest
    @ValueSource(ints = {3, 7, 10, 13, 14, 15, 16, 17, 20, 80})
    void oneClassHasNearlyAll(int exponent) {
        for (int n : new int[] {33, 300}) {
            for (int at : new int[] {0, 15, 16, n - 1}) {
                double middle = 15.7 - at;
                double height = exponent * StrictMath.log(10) + StrictMath.log(n);
                double[] row = with(few(at, n, middle - 1e-3, middle), at, middle + Math.min(height, LIMIT - 20));
                assertAsPromised(row, at, (at + 1) % n);
            }
        }
    }

    @Test
    void noProbabilityIsAbove1() {
        SplittableRandom random = new SplittableRandom(1);
        for (int tries = 0; tries < 20_000; tries++) {
            int at = random.nextInt(40);
            double[] row = filled(40, random.nextDouble(-177, -60));
            row[at] = random.nextDouble(-20, 177);
            assertInRange(row);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-9, -1e-9, 0.1, 0.9, 1, 1.1, -1, 177, -170})
    void logSumExpNextTo0AndElsewhere(double sum) {
        for (int n : new int[] {33, 129, 1000}) {
            double[] equal = filled(n, sum - StrictMath.log(n));
            assertAsPromised(with(equal, n - 1, Math.nextDown(equal[0])), n - 1);
            double[] unequal = few(n, n, sum - StrictMath.log(n) - 1, sum - StrictMath.log(n) + 1);
            assertAsPromised(unequal, 3);
            assertAsPromised(with(filled(n, Math.max(sum - 45, -LIMIT)), 7, Math.min(sum, LIMIT)), 7);
        }
    }

    @Test
    void theLabelsLogitIsFarFromAllOthers() {
        for (int n : new int[] {33, 130, 1000}) {
            for (int at : new int[] {0, 8, 16, n - 1}) {
                for (double sign : new double[] {-1, 1}) {
                    double[] row = with(filled(n, -sign * LIMIT), at, sign * LIMIT);
                    PromisedAccuracy.assertSoftmaxLoss(row, at);
                    PromisedAccuracy.assertSoftmaxLoss(row, (at + 1) % n);
                    assertAsPromised(row, at);
                }
            }
        }
    }

    /** Where a row is given up at its end, nothing of it has been lost. */
    @Test
    void aRowThatIsGivenUpInItsLastBlockIsComputedAsEver() {
        for (int n : new int[] {33, 128, 129, 1000}) {
            double[] row = few(n, n, -5, 5);
            for (double last : new double[] {Double.NEGATIVE_INFINITY, -1000, 1000, 250}) {
                double[] logits = with(row, n - 1, last);
                assertSameBitsInEveryForm(logits, 0);
                assertSameBitsInEveryForm(logits, n - 1);
                PromisedAccuracy.assertSoftmaxLoss(logits, 2);
                if (last == Double.NEGATIVE_INFINITY) {
                    Bits.assertSame(Softmax.logSumExp(logits), Softmax.logSumExp(with(row, n - 1, -1000)));
                    assertThat(Softmax.logSoftmax(logits)[n - 1]).isEqualTo(last);
                    Bits.assertSame(SOFTMAX.gradient(logits, 2)[n - 1], 0.0);
                    assertThat(SOFTMAX.value(logits, n - 1)).isInfinite();
                } else {
                    assertAsPromised(logits, 2);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void aRowWithoutProbabilitiesGivesNaN(double bad) {
        for (int at : new int[] {0, 2, 20, 130, 299}) {
            double[] row = with(random(at, 300, -5, 5), at, bad);
            Bits.assertAllNaN(Softmax.softmax(row));
            Bits.assertAllNaN(Softmax.logSoftmax(row));
            Bits.assertSame(Softmax.logSumExp(row), bad);
            Bits.assertAllNaN(SOFTMAX.value(row, 2), SOFTMAX.value(row, OneHot.encode(2, 300)));
            double[] gradient = new double[300];
            Bits.assertAllNaN(SOFTMAX.valueAndGradient(row, 2, gradient));
            Bits.assertAllNaN(gradient);
            Bits.assertAllNaN(SOFTMAX.valueAndGradient(row, 2, row));
            Bits.assertAllNaN(row);
        }
    }

    /** The gradient of a row is scaled by class weight, sample weight and total weight, all of extreme size. */
    @ParameterizedTest
    @CsvSource({"0, 0", "99, 0", "-99, 0", "0, -60", "0, -85", "0, -90", "0, -95", "0, -99.5", "95, -99", "-95, -99",
        "120, 0", "-120, 0", "0, -120", "0, -800", "99, -1000", "-99, -1000", "0, -1060"})
    void scalesOfAnySize(double classWeight, double sampleWeight) {
        for (double middle : new double[] {10 - LIMIT, 0, LIMIT - 10}) {
            double[] row = random(1, 70, middle - 9, middle + 9);
            assertScaled(row, 3, power(classWeight), power(sampleWeight), 1);
            assertScaled(row, 50, power(classWeight), 1, power(sampleWeight));
            assertScaled(row, 50, power(classWeight), power(sampleWeight), power(sampleWeight));
        }
        double[] wide = random(2, 70, -LIMIT, LIMIT);
        assertScaled(wide, 3, power(classWeight), power(sampleWeight), 1);
    }

    private static double power(double exponent) {
        return exponent == Math.rint(exponent) ? Math.scalb(1.0, (int) exponent) : StrictMath.pow(2, exponent);
    }

    private static void assertScaled(double[] row, int label, double classWeight, double weight, double other) {
        int n = row.length;
        double[] classWeights = with(filled(n, 1), label, classWeight);
        Softmax loss = classWeight == 1 ? SOFTMAX : SOFTMAX.withClassWeights(classWeights);
        double[] logits = Arrays.copyOf(row, 2 * n);
        System.arraycopy(row, 0, logits, n, n);
        int[] labels = {label, label};
        Batch batch = Batch.of(loss, n).weightedBy(new double[] {weight, other});
        double[] gradient = batch.gradient(logits, labels);
        Bits.assertSame(batch.gradient(logits, OneHot.encode(labels, n)), gradient);
        double[] inPlace = logits.clone();
        batch.valueAndGradient(inPlace, labels, inPlace);
        Bits.assertSame(inPlace, gradient);
        ExactSoftmaxLoss exact = ExactSoftmaxLoss.of(row, label, Options.NONE.withClassWeights(classWeights));
        BigDecimal total = new BigDecimal(weight).add(new BigDecimal(other)).multiply(new BigDecimal(classWeight));
        BigDecimal scale = new BigDecimal(weight).divide(total, new MathContext(60));
        for (int i = 0; i < n; i++) {
            BigDecimal entry = exact.gradient(i).multiply(scale);
            PromisedAccuracy.assertGradientEntry(i, gradient[i], entry, entry);
        }
        PromisedAccuracy.assertValue(loss.value(row, label), exact.value());
    }

    /** Rows of every kind, of which some do not count. */
    @Test
    void rowsOfABatchHaveTheBitsOfTheRowAlone() {
        int n = 150;
        double[][] kinds = {random(1, n, -5, 5), with(random(2, n, -5, 5), n - 1, Double.NEGATIVE_INFINITY),
            with(random(3, n, -5, 5), n - 1, Double.NaN), with(random(4, n, -5, 5), 140, 60), filled(n, 3),
            with(random(5, n, -5, 5), n - 1, Double.POSITIVE_INFINITY), random(6, n, -900, 900)};
        double[] logits = new double[kinds.length * n];
        int[] labels = new int[kinds.length];
        for (int r = 0; r < kinds.length; r++) {
            System.arraycopy(kinds[r], 0, logits, r * n, n);
            labels[r] = r == 2 ? -1 : r * 20;
        }
        double[] weights = {1, 3, 5, 0.3, 1e-200, 0, 1};
        Batch batch = Batch.of(SOFTMAX, n).ignoring(-1);
        double[] perRow = batch.perRow(logits, labels);
        double[] summed = batch.summed().gradient(logits, labels);
        double[] weighted = batch.weightedBy(weights).perRow(logits, labels);
        double[] inPlace = logits.clone();
        batch.summed().valueAndGradient(inPlace, labels, inPlace);
        Bits.assertSame(inPlace, summed);
        for (int r = 0; r < kinds.length; r++) {
            double[] gradient = Arrays.copyOfRange(summed, r * n, (r + 1) * n);
            if (r == 2) {
                Bits.assertSame(perRow[r], 0.0);
                Bits.assertSame(gradient, new double[n]);
            } else {
                Bits.assertSame(perRow[r], SOFTMAX.value(kinds[r], labels[r]));
                Bits.assertSame(gradient, SOFTMAX.gradient(kinds[r], labels[r]));
                Bits.assertSame(weighted[r], r == 5 ? 0 : weights[r] * perRow[r]);
            }
        }
        assertThat(batch.weightedBy(weights).value(logits, labels)).isFinite();
    }

    @Test
    void softmaxAndItsLogarithmMayBeWrittenOverTheLogits() {
        for (double[] row : new double[][] {random(1, 300, -5, 5), with(random(2, 300, -5, 5), 290, 60),
            with(random(3, 300, -5, 5), 299, Double.NEGATIVE_INFINITY), random(4, 300, -900, 900), filled(300, -77)}) {
            assertInPlace(Softmax.softmax(row), row, z -> Softmax.softmax(z, z));
            assertInPlace(Softmax.logSoftmax(row), row, z -> Softmax.logSoftmax(z, z));
        }
    }

    private static void assertInPlace(double[] expected, double[] row, Consumer<double[]> function) {
        double[] inPlace = row.clone();
        function.accept(inPlace);
        Bits.assertSame(inPlace, expected);
    }
}
