package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which way a row goes where several lead to results that are as good: the quick one for the numbers it is meant for.
 */
class WaysTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Less than an exact sum is made of. */
    private static final long SMALL = 1000;

    private static volatile double consumed;

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 32, 33, 128, 300})
    void exponentialsAreInRangeUnlessALogitIsFarBelowTheMaximum(int n) {
        for (Temperature temperature : new Temperature[] {Temperature.ONE, Temperature.of(2)}) {
            double[] z = new double[n];
            assertThat(areInRange(z, temperature)).isTrue();
            for (int i = 1; i < n; i++) {
                z[i] = -2000 - i * 1e-3;
                assertThat(areInRange(z, temperature)).isEqualTo(temperature.value() == 2);
                z[i] = -4000;
                assertThat(areInRange(z, temperature)).isFalse();
                z[i] = -1000;
                assertThat(areInRange(z, temperature)).isTrue();
            }
        }
    }

    private static boolean areInRange(double[] z, Temperature temperature) {
        return Exponentials.compute(z, 0, z.length, 0, temperature, null, Scratch.ofThread());
    }

    @Test
    void anExcludedClassHasTheExponentialMinusZero() {
        assertThat(Exponentials.isExcluded(-0.0)).isTrue();
        assertThat(Exponentials.isExcluded(0.0)).isFalse();
        assertThat(Exponentials.isExcluded(1)).isFalse();
        assertThat(Exponentials.isExcluded(-1)).isFalse();
    }

    @Test
    void factorsMassesAndTotalsAreOrdinaryUpToTheirLimits() {
        for (double ordinary : new double[] {0, 0x1p-100, 1, 0x1p100}) {
            assertThat(Ordinary.isFactor(ordinary)).isTrue();
        }
        for (double other : new double[] {Math.nextDown(0x1p-100), Math.nextUp(0x1p100), -1, Double.NaN}) {
            assertThat(Ordinary.isFactor(other)).isFalse();
        }
        assertThat(Ordinary.isTotal(0)).isTrue();
        assertThat(Ordinary.isTotal(0x1p-200)).isTrue();
        assertThat(Ordinary.isTotal(Math.nextDown(0x1p-200))).isFalse();
        assertThat(Ordinary.isTotal(Double.NaN)).isFalse();
        assertThat(Ordinary.isDistance(0, 0x1p600)).isTrue();
        assertThat(Ordinary.isDistance(0, Math.nextUp(0x1p600))).isFalse();
    }

    @Test
    void scalesAreOrdinaryIfTheyAreFactorsAndNot0() {
        assertThat(isScale(1, 1)).isTrue();
        assertThat(isScale(3, 0x1p-98)).isTrue();
        assertThat(isScale(0, 1)).isFalse();
        assertThat(isScale(0x1p101, 1)).isFalse();
        assertThat(isScale(0x1p-200, 0x1p-101)).isFalse();
        assertThat(isScale(0x1p-300, 0x1p-300)).as("the same").isTrue();
        assertThat(isScale(Double.MIN_NORMAL, Double.MIN_NORMAL)).isTrue();
        assertThat(isScale(Double.MIN_VALUE, Double.MIN_VALUE)).as("with no room for a tail").isFalse();
    }

    private static boolean isScale(double weight, double divisor) {
        return Ordinary.isScale(weight, new Divisor(divisor, Wide.of(divisor)));
    }

    /** The exact sum, to which a sum in doubt is left, would take more. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 32, 33, 200})
    void theMassOfAnOrdinaryTargetTakesNoExactSum(int n) {
        double[] target = new double[n];
        for (int i = 0; i < n; i++) {
            target[i] = 1 + i % 3;
        }
        TargetRule rule = TargetRule.PLAIN;
        assertThat(leastBytes(() -> rule.mass(target, 0, n))).isLessThan(SMALL);
        TargetRule weighted = rule.withClassWeights(target);
        assertThat(leastBytes(() -> weighted.mass(target, 0, n))).isLessThan(SMALL);
    }

    @Test
    void aMassIsThatOfTheTargetWhateverTheScratchHolds() {
        double[] target = new double[200];
        double[] weights = new double[200];
        Arrays.fill(target, 0.25);
        Arrays.fill(weights, 3);
        for (TargetRule rule : new TargetRule[] {TargetRule.PLAIN, TargetRule.PLAIN.withClassWeights(weights)}) {
            for (double[] array : Scratch.ofThread()) {
                Arrays.fill(array, 1e9);
            }
            double weight = rule.classWeights() == null ? 1 : 3;
            assertThat(rule.mass(target, 0, 200)).isEqualTo(50 * weight);
            double[] withLittle = target.clone();
            withLittle[7] = Double.MIN_VALUE;
            assertThat(rule.mass(withLittle, 0, 200)).isEqualTo(49.75 * weight);
            assertThat(rule.checkedMass(withLittle, 0, 200, 0)).isEqualTo(49.75 * weight);
        }
    }

    /** Up to 32 classes go one by one, more go through a block. */
    @Test
    void onlyLongRowsGoThroughABlock() {
        for (int n : new int[] {1, 32, 33, 200}) {
            double[] logits = new double[n];
            double[] row = new double[n];
            Arrays.fill(row, 0.5);
            double[] gradient = new double[n];
            double[][] scratch = Scratch.ofThread();
            boolean isLong = n > 32;
            assertThat(uses(Scratch.X, () -> Exponentials.compute(logits, 0, n, 0, Temperature.ONE, null, scratch)))
                    .isEqualTo(isLong);
            assertThat(uses(Scratch.X, () -> UsualCrossEntropyRow.isUsual(row, row, 0, n, scratch))).isEqualTo(isLong);
            assertThat(uses(
                            Scratch.X,
                            () -> UsualCrossEntropyRow.row(row, row, 0, n, 1, Divisor.ONE, gradient, scratch)))
                    .isEqualTo(isLong);
            assertThat(uses(Scratch.WEIGHTS, () -> TargetRule.PLAIN.mass(row, 0, n))).isEqualTo(isLong);
            assertThat(uses(Scratch.WEIGHTS, () -> TargetRule.PLAIN.checkedMass(row, 0, n, 0))).isEqualTo(isLong);
            assertThat(uses(Scratch.X, () -> Softmax.logSumExp(logits))).isEqualTo(isLong);
            assertThat(changes(Scratch.SUMS, () -> new MeanSquaredError().value(logits, row)) > 1).isEqualTo(isLong);
            assertThat(uses(Scratch.WEIGHTS, () -> Softmax.logSoftmax(logits))).isEqualTo(!isLong);
        }
    }

    /** Whether a call writes to an array of the scratch. */
    private static boolean uses(int array, Runnable call) {
        return changes(array, call) > 0;
    }

    /** To how many places of an array of the scratch a call writes. */
    private static long changes(int array, Runnable call) {
        double mark = 0.625;
        double[] block = Scratch.ofThread()[array];
        Arrays.fill(block, mark);
        call.run();
        return Arrays.stream(block).filter(number -> number != mark).count();
    }

    /** Of some calls: the first one may load classes. */
    private static long leastBytes(DoubleSupplier call) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            consumed += call.getAsDouble();
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    @Test
    void aWideGradientOfARowWithNaNIsNaN() {
        double[] gradient = new double[3];
        new WideSoftmaxRow(1, TargetRule.PLAIN).gradient(
                new double[] {0, Double.NaN, 1}, null, 0, 3, 1, 2, 1, Divisor.ONE, gradient);
        assertThat(gradient).containsOnly(Double.NaN);
    }
}
