package io.github.plainjava.losses.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Rows;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The second derivatives of losses over whole rows are those of their gradients, and the oracles of classes are right. */
@PropertyDefaults(tries = 100, edgeCases = EdgeCasesMode.NONE)
class ExactSecondOrderTest {

    private static final double[] TARGET = {0.25, 0, 0.5, 0.125};
    private static final Options OPTIONS = new Options(2, 0.25, new double[] {1, 2, 0, 0.3}, 0);

    /** The error is the square of the step, 2^-80, times a fourth derivative below 8. */
    private static final BigDecimal BOUND = new BigDecimal("1e-22");

    @Property
    void softmaxLoss(@ForAll("coarse") double[] logits) {
        for (Options options : new Options[] {Options.NONE, OPTIONS}) {
            assertDerivatives(logits, z -> ExactSoftmaxLoss.of(z, TARGET, options));
        }
    }

    @Property
    void crossEntropy(@ForAll("coarseProbabilities") double[] probabilities) {
        for (Options options : new Options[] {Options.NONE, OPTIONS.withFloor(0.1)}) {
            for (int i = 0; i < probabilities.length; i++) {
                int index = i;
                BigDecimal second = ExactCrossEntropy.of(probabilities, TARGET, options).secondDerivative(i);
                BigDecimal quotient = quotient(probabilities, i,
                        p -> ExactCrossEntropy.of(p, TARGET, options).gradient(index));
                // 1 / p^2 has the second derivative 6 / p^4, up to 1e8
                assertThat(second.subtract(quotient).abs()).isLessThanOrEqualTo(new BigDecimal("1e-15"));
            }
        }
    }

    @Property
    void squares(@ForAll("coarse") double[] row) {
        assertDerivatives(row, p -> ExactMeanSquaredError.of(p, TARGET));
        double[] upToOne = Arrays.stream(row).map(p -> Math.min(p, 0.5)).toArray(); // a probability above 1 counts as 1
        assertDerivatives(upToOne, p -> ExactBrier.of(p, TARGET));
    }

    /** The logits of a row are apart from each other by more than the step. */
    @Property
    void hinge(@ForAll("distinct") double[] logits, @ForAll("labels") int label) {
        assertDerivatives(logits, z -> ExactHinge.of(z, label, 1.0 / 128));
        assertDerivatives(logits, z -> ExactHinge.squaredOf(z, label, 1.0 / 128));
        assertDerivatives(logits, z -> ExactHinge.squaredOf(z, label, 7.0 + 1.0 / 128));
    }

    private static void assertDerivatives(double[] row, Function<double[], ExactSecondOrderLoss> loss) {
        for (int i = 0; i < row.length; i++) {
            int index = i;
            BigDecimal slope = quotient(row, i, moved -> loss.apply(moved).value());
            BigDecimal second = quotient(row, i, moved -> loss.apply(moved).gradient(index));
            assertThat(loss.apply(row).gradient(i).subtract(slope).abs()).isLessThanOrEqualTo(BOUND);
            assertThat(loss.apply(row).secondDerivative(i).subtract(second).abs()).isLessThanOrEqualTo(BOUND);
        }
    }

    private static BigDecimal quotient(double[] row, int at, Function<double[], BigDecimal> function) {
        double[] ahead = row.clone();
        double[] behind = row.clone();
        ahead[at] += 0x1p-40;
        behind[at] -= 0x1p-40;
        return function.apply(ahead).subtract(function.apply(behind)).multiply(new BigDecimal(0x1p39));
    }

    @Test
    void softmaxLossOfASureRowHasTheSmallProductOfItsProbabilities() {
        ExactSoftmaxLoss loss = ExactSoftmaxLoss.of(new double[] {800, 0}, 0, Options.NONE.withTemperature(2));
        BigDecimal small = Exact.standard().exp(BigDecimal.valueOf(-400));
        BigDecimal quarter = small.divide(BigDecimal.valueOf(4));
        BigDecimal error = small.multiply(small);
        assertThat(loss.secondDerivative(0).subtract(quarter).abs()).isLessThan(error);
        assertThat(loss.secondDerivative(1).subtract(quarter).abs()).isLessThan(error);
        double[] excluded = {0, Double.NEGATIVE_INFINITY, 0};
        assertThat(ExactSoftmaxLoss.of(excluded, 0, Options.NONE).secondDerivative(1)).isZero();
        assertThat(ExactSoftmaxLoss.of(excluded, 0, Options.NONE).secondDerivative(0))
                .isEqualByComparingTo(new BigDecimal("0.25"));
    }

    @Test
    void crossEntropyBelowItsFloorIsStraight() {
        Options options = Options.NONE.withFloor(0.25);
        assertThat(ExactCrossEntropy.of(new double[] {0.125, 0.875}, 0, options).secondDerivative(0)).isZero();
        assertThat(ExactCrossEntropy.of(new double[] {0.25, 0.75}, 0, options).secondDerivative(0))
                .isEqualByComparingTo(BigDecimal.valueOf(16));
        assertThat(ExactCrossEntropy.of(new double[] {0.25, 0.75}, 0, options).secondDerivative(1)).isZero();
    }

    @Test
    void brierIsTheSumOfTheSquares() {
        ExactBrier loss = ExactBrier.of(new double[] {0.75, 0.125, 0.125}, 0);
        assertThat(loss.value()).isEqualByComparingTo(new BigDecimal("0.09375"));
        assertThat(loss.gradient(0)).isEqualByComparingTo(new BigDecimal("-0.5"));
        assertThat(loss.gradient(1)).isEqualByComparingTo(new BigDecimal("0.25"));
        assertThat(loss.secondDerivative(2)).isEqualByComparingTo(BigDecimal.valueOf(2));
        double[] target = {0.5, 0.25, 0};
        ExactMeanSquaredError mean = ExactMeanSquaredError.of(new double[] {0.75, 0.125, 0.125}, target);
        BigDecimal difference = ExactBrier.of(new double[] {0.75, 0.125, 0.125}, target).value()
                .subtract(mean.value().multiply(BigDecimal.valueOf(3)));
        assertThat(difference.abs()).isLessThan(new BigDecimal("1e-60"));
    }

    @Test
    void hingeIsTheExcessOfTheFirstOfTheLargestOthers() {
        double[] logits = {3, 4, 1, 4};
        ExactHinge loss = ExactHinge.of(logits, 0, 2);
        assertThat(loss.value()).isEqualByComparingTo(BigDecimal.valueOf(3));
        assertThat(gradient(loss, 4)).containsExactly(-1, 1, 0, 0);
        assertThat(loss.secondDerivative(0)).isZero();
        ExactHinge squared = ExactHinge.squaredOf(logits, 0, 2);
        assertThat(squared.value()).isEqualByComparingTo(BigDecimal.valueOf(9));
        assertThat(gradient(squared, 4)).containsExactly(-6, 6, 0, 0);
        assertThat(squared.secondDerivative(0)).isEqualByComparingTo(BigDecimal.valueOf(2));
        assertThat(squared.secondDerivative(1)).isEqualByComparingTo(BigDecimal.valueOf(2));
        assertThat(squared.secondDerivative(3)).isZero();
    }

    @Test
    void hingeIsNothingWhereTheLabelIsAheadByTheMarginOrAlone() {
        ExactHinge ahead = ExactHinge.of(new double[] {5, 3}, 0, 2);
        assertThat(ahead.value()).isZero();
        assertThat(gradient(ahead, 2)).containsExactly(0, 0);
        assertThat(ExactHinge.of(new double[] {5}, 0, 2).value()).isZero();
        assertThat(ExactHinge.of(new double[] {5, Double.NEGATIVE_INFINITY}, 0, 2).value()).isZero();
        assertThat(gradient(ExactHinge.squaredOf(new double[] {5}, 0, 2), 1)).containsExactly(0);
        // 2^-60 short of the margin: no double tells, the exact difference does
        ExactHinge near = ExactHinge.of(new double[] {1, -1 + 0x1p-53}, 0, 2);
        assertThat(near.value()).isEqualByComparingTo(new BigDecimal(0x1p-53));
        assertThat(gradient(near, 2)).containsExactly(-1, 1);
    }

    @Test
    void hingeOfAnExcludedLabelIsInfinite() {
        double[] logits = {Double.NEGATIVE_INFINITY, 3, 1};
        assertThat(ExactHinge.of(logits, 0, 1).isInfinite()).isTrue();
        assertThat(gradient(ExactHinge.of(logits, 0, 1), 3)).containsExactly(-1, 1, 0);
        assertThat(ExactHinge.of(logits, 1, 1).isInfinite()).isFalse();
        ExactHinge squared = ExactHinge.squaredOf(logits, 0, 1);
        assertThat(squared.isInfinite(0) && squared.isInfinite(1) && !squared.isInfinite(2)).isTrue();
        assertThat(squared.infiniteGradient(0)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(squared.infiniteGradient(1)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(squared.secondDerivative(1)).isEqualByComparingTo(BigDecimal.valueOf(2));
    }

    private static double[] gradient(ExactLoss loss, int length) {
        double[] gradient = new double[length];
        for (int i = 0; i < length; i++) {
            gradient[i] = loss.gradient(i).doubleValue();
        }
        return gradient;
    }

    /** Rows of multiples of 1/64: a step of 2^-40 from them is exact. */
    @Provide
    Arbitrary<double[]> coarse() {
        return Rows.of(Arbitraries.integers().between(-640, 640).map(n -> n / 64.0), 4);
    }

    @Provide
    Arbitrary<double[]> coarseProbabilities() {
        return Rows.of(Arbitraries.integers().between(1, 63).map(n -> n / 64.0), 4);
    }

    @Provide
    Arbitrary<double[]> distinct() {
        return Rows.of(Doubles.between(-10, 10).map(x -> Math.rint(x * 64) / 64), 4).map(row -> {
            double[] apart = row.clone();
            for (int i = 0; i < apart.length; i++) {
                apart[i] += i / 1024.0;
            }
            return apart;
        });
    }

    @Provide
    Arbitrary<Integer> labels() {
        return Arbitraries.integers().between(0, 3);
    }
}
