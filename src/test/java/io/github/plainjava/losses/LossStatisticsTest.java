package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossStatisticsTest {

    private static final double INFINITY = Double.POSITIVE_INFINITY;

    /** The variance of the four doubles is .0125 and what their own rounding makes of it: not that of the decimals. */
    @Test
    void losesNothingWhereTheSquaresAreLargeAndTheDifferencesSmall() {
        double[] losses = {1e8 + 0.1, 1e8 + 0.2, 1e8 + 0.3, 1e8 + 0.4};
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal squares = BigDecimal.ZERO;
        for (double loss : losses) {
            sum = sum.add(new BigDecimal(loss));
            squares = squares.add(new BigDecimal(loss).pow(2));
        }
        BigDecimal mean = sum.divide(BigDecimal.valueOf(4));
        double variance = squares.divide(BigDecimal.valueOf(4)).subtract(mean.pow(2)).doubleValue();

        assertThat(of(losses).variance()).isEqualTo(variance).isBetween(0.01249999, 0.01250001);
        assertThat(of(losses).mean()).isEqualTo(mean.doubleValue());
    }

    @Test
    void nothingHasTheMeanZeroAndNoError() {
        assertHolds(new LossStatistics(), 0, 0, 0, Double.NaN);
        assertThat(new LossStatistics().count()).isZero();
        assertThat(new LossStatistics().totalWeight()).isZero();
        assertThat(new LossStatistics().minimum()).isZero();
        assertThat(new LossStatistics().maximum()).isZero();
        assertThat(new LossStatistics().notFiniteCount()).isZero();
    }

    @Test
    void oneLossHasNoSpreadAndSaysNothingOfItsError() {
        assertHolds(of(0.7), 0.7, 0, 0, Double.NaN);
        LossStatistics heavy = new LossStatistics();
        heavy.accept(-0.7, 3);
        assertHolds(heavy, -0.7, 0, 0, Double.NaN);
        heavy.accept(5, 0);
        assertHolds(heavy, -0.7, 0, 0, Double.NaN);
        assertThat(heavy.maximum()).isEqualTo(-0.7);
    }

    /** Squared distances from 5: 9, 1, 0, 1, 9, their sum 20. */
    @Test
    void withoutWeightsTheErrorIsTheRootOfTheVarianceOverOneLessThanTheCount() {
        LossStatistics statistics = of(2, 4, 5, 6, 8);
        assertHolds(statistics, 5, 4, 2, 1);
        assertThat(statistics.minimum()).isEqualTo(2);
        assertThat(statistics.maximum()).isEqualTo(8);
        assertHolds(of(1, 3), 2, 1, 1, 1);
    }

    /** The mean is (3 + 3 * 7) / 4, the variance (3^2 + 3 * 1^2) / 4, the error sqrt(2 * (3^2 + 3^2 * 1^2)) / 4. */
    @Test
    void weightsCountInEachSumAsTheDefinitionSays() {
        LossStatistics statistics = new LossStatistics();
        statistics.accept(3);
        statistics.accept(7, 3);
        assertHolds(statistics, 6, 3, Math.sqrt(3), 1.5);
        assertThat(statistics.totalWeight()).isEqualTo(4);
        assertThat(statistics.count()).isEqualTo(2);
    }

    /** Of which the squares add up to less than one unit of the sum of the weights. */
    @Test
    void equalWeightsAreAsNone() {
        for (double weight : new double[] {0.5, 0.1, 3, Double.MIN_VALUE, Double.MAX_VALUE}) {
            LossStatistics statistics = new LossStatistics();
            statistics.accept(2, weight);
            statistics.accept(4, weight);
            assertHolds(statistics, 3, 1, 1, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {7, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN})
    void aLossOfWeightZeroContributesNothingAndIsNotCounted(double loss) {
        LossStatistics statistics = of(0.5, 1);
        statistics.accept(loss, 0);
        statistics.accept(loss, -0.0);

        assertThat(statistics).isEqualTo(of(0.5, 1));
    }

    @Test
    void lossesThatAreNotFiniteMakeTheSpreadNaNAndAreCounted() {
        assertHolds(of(1, INFINITY), INFINITY, Double.NaN, Double.NaN, Double.NaN);
        assertHolds(of(-INFINITY, 1, 2), -INFINITY, Double.NaN, Double.NaN, Double.NaN);
        assertHolds(of(INFINITY, 1, -INFINITY), Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        assertHolds(of(1, Double.NaN), Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        assertHolds(of(Double.NaN, INFINITY), Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        assertHolds(of(INFINITY), INFINITY, Double.NaN, Double.NaN, Double.NaN);
        LossStatistics statistics = of(1, Double.NaN, INFINITY, 2);
        statistics.accept(Double.NaN, 0.5);
        assertThat(statistics.notFiniteCount()).isEqualTo(3);
        assertThat(statistics.count()).isEqualTo(5);
        assertThat(statistics.totalWeight()).isEqualTo(4.5);
        assertThat(statistics.minimum()).isNaN();
        assertThat(statistics.maximum()).isNaN();
        assertThat(of(1, INFINITY).minimum()).isEqualTo(1);
        assertThat(of(1, INFINITY).maximum()).isEqualTo(INFINITY);
        assertThat(of(-INFINITY, 1).minimum()).isEqualTo(-INFINITY);
        assertThat(statistics.combine(statistics).notFiniteCount()).isEqualTo(6);
    }

    /** A variance of 2^2046 has the root 2^1023, and one of 2^-2148 the root 2^-1074. */
    @Test
    void aRootInRangeComesOfAVarianceBeyondIt() {
        assertHolds(of(0x1p1023, -0x1p1023), 0, INFINITY, 0x1p1023, 0x1p1023);
        assertHolds(of(Double.MIN_VALUE, -Double.MIN_VALUE), 0, 0, Double.MIN_VALUE, Double.MIN_VALUE);
        assertHolds(of(Double.MAX_VALUE, -Double.MAX_VALUE), 0, INFINITY, Double.MAX_VALUE, Double.MAX_VALUE);
        assertThat(of(0x1p-1073, 0).standardDeviation()).isEqualTo(Double.MIN_VALUE);
        assertThat(of(Double.MIN_VALUE, 0).standardDeviation()).isZero(); // a tie, of which 0 is the even one
        assertThat(of(3 * Double.MIN_VALUE, 0).standardDeviation()).isEqualTo(2 * Double.MIN_VALUE);
    }

    /** Of two losses the deviation is half their difference: here in the middle of two doubles, or next to it. */
    @Test
    void aRootOnTheMiddleOfTwoDoublesGoesToTheEvenOneAndOneNextToItToItsSide() {
        double unit = 0x1p-52;
        assertThat(of(-unit, 2).standardDeviation()).isEqualTo(1);
        assertThat(of(-3 * unit, 2).standardDeviation()).isEqualTo(1 + 2 * unit);
        assertThat(of(-unit - 0x1p-104, 2).standardDeviation()).isEqualTo(1 + unit);
        LossStatistics above = of(-unit, 2);
        above.accept(9, 0x1p-300);
        assertThat(above.standardDeviation()).isEqualTo(1 + unit);
        LossStatistics below = of(-3 * unit, 2);
        below.accept(1, 0x1p-300);
        assertThat(below.standardDeviation()).isEqualTo(1 + unit);
        // The variance is 1 + 2^-52 + 2^-105, above (1 + 2^-53)^2 = 1 + 2^-52 + 2^-106
        assertThat(of(1, -1, 1 + unit, -1 - unit).standardDeviation()).isEqualTo(1 + unit);
    }

    @Test
    void theOracleOfRootsKnowsTheMiddles() {
        double unit = 0x1p-52;
        BigInteger one = BigInteger.ONE.shiftLeft(53);
        BigInteger middle = one.add(BigInteger.ONE).pow(2);
        ExactStatistics.assertIsNearestRoot(1, middle, one.pow(2));
        assertThatThrownBy(() -> ExactStatistics.assertIsNearestRoot(1 + unit, middle, one.pow(2)))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> ExactStatistics.assertIsNearestRoot(1, middle.add(BigInteger.ONE), one.pow(2)))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> ExactStatistics.assertIsNearestRoot(INFINITY, middle, BigInteger.ONE))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> ExactStatistics.assertIsNearestRoot(0, middle, one.pow(2)))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void nothingIsLostBetweenTheLargestAndTheLeast() {
        LossStatistics statistics = of(Double.MAX_VALUE, Double.MIN_VALUE, -Double.MAX_VALUE);
        statistics.accept(Double.MAX_VALUE, Double.MIN_VALUE);
        statistics.accept(Double.MIN_VALUE, Double.MIN_VALUE);
        ExactStatistics exact = new ExactStatistics();
        for (double loss : new double[] {Double.MAX_VALUE, Double.MIN_VALUE, -Double.MAX_VALUE}) {
            exact.accept(loss, 1);
        }
        exact.accept(Double.MAX_VALUE, Double.MIN_VALUE);
        exact.accept(Double.MIN_VALUE, Double.MIN_VALUE);

        exact.assertAnswersOf(statistics);
        assertThat(of(1e300, 1e-300, -1e300)).isNotEqualTo(of(1e300, 0, -1e300));
    }

    @Test
    void negativeZeroIsNeverReturned() {
        for (LossStatistics statistics : List.of(of(-0.0), of(-0.0, -0.0), of(-1, 1), of(-Double.MIN_VALUE, 0, 0))) {
            Bits.assertNoNegativeZero(statistics.mean(), statistics.variance(), statistics.standardDeviation(),
                    statistics.standardError(), statistics.minimum(), statistics.maximum());
        }
        assertThat(of(-0.0)).isEqualTo(of(0));
    }

    @Test
    void combineReturnsThisAndLeavesTheOtherAsItWas() {
        LossStatistics one = of(1, 2);
        LossStatistics other = of(3);
        other.accept(0.3, 0.7);

        LossStatistics expected = of(1, 2, 3);
        expected.accept(0.3, 0.7);
        assertThat(one.combine(other)).isSameAs(one).isEqualTo(expected);
        assertThat(other.count()).isEqualTo(2);
        assertThat(one.combine(new LossStatistics())).isEqualTo(expected);
        assertThat(new LossStatistics().combine(one)).isEqualTo(expected);
        assertThat(of(-5, -3).combine(new LossStatistics()).maximum()).isEqualTo(-3);
    }

    @Test
    void mergedWithItselfItHoldsEverythingTwice() {
        LossStatistics statistics = of(0.1, 0.7);
        statistics.accept(0.3, 0.3);
        statistics.accept(1e308, 1e308);
        LossStatistics twice = of(0.1, 0.7, 0.1, 0.7);
        for (int i = 0; i < 2; i++) {
            twice.accept(0.3, 0.3);
            twice.accept(1e308, 1e308);
        }
        assertThat(statistics.combine(statistics)).isEqualTo(twice);
    }

    @Test
    void equalityIsOfTheExactContents() {
        assertThat(of(0.1, 0.2)).isEqualTo(of(0.2, 0.1)).hasSameHashCodeAs(of(0.2, 0.1));
        assertThat(of(1, 0x1p-60)).isNotEqualTo(of(1, 0)).doesNotHaveSameHashCodeAs(of(1, 0));
        assertThat(of(0)).isNotEqualTo(new LossStatistics()).isNotEqualTo(of(0, 0));
        assertThat(of(0, 3, 3)).isNotEqualTo(of(1, 1, 4)); // the same sum, and other extremes
        assertThat(of(0, 1, 5, 6)).isNotEqualTo(of(0, 2, 4, 6)); // the same sum and extremes, and other squares
        assertThat(of(0, 6)).isNotEqualTo(of(0, 7)).isNotEqualTo(of(1, 6));
        assertThat(of(Double.NaN)).isNotEqualTo(of(0)).isNotEqualTo(of(INFINITY)).isEqualTo(of(Double.NaN));
        assertThat(of(1, INFINITY)).isNotEqualTo(of(INFINITY, INFINITY));
        assertThat(of(Double.NaN, 0)).isNotEqualTo(of(Double.NaN, Double.NaN));
        assertThat(of(1)).isNotEqualTo("1.0").isNotEqualTo(null);
        LossStatistics heavy = new LossStatistics();
        heavy.accept(1, 2);
        assertThat(heavy).isNotEqualTo(of(1)).isNotEqualTo(of(1, 1));
    }

    @Test
    void textNamesWhatThereIs() {
        LossStatistics statistics = of(1, 3);
        assertThat(statistics).hasToString("LossStatistics[mean=2.0, standardError=1.0, standardDeviation=1.0, "
                + "minimum=1.0, maximum=3.0, totalWeight=2.0, count=2]");
        statistics.accept(INFINITY);
        assertThat(statistics).hasToString("LossStatistics[mean=Infinity, standardError=NaN, standardDeviation=NaN, "
                + "minimum=1.0, maximum=Infinity, totalWeight=3.0, count=3, notFiniteCount=1]");
    }

    @Test
    void itIsADoubleConsumer() {
        LossStatistics statistics = new LossStatistics();
        DoubleConsumer consumer = statistics;
        DoubleStream.of(1, 2, 6).forEach(consumer);

        assertThat(statistics).isEqualTo(of(6, 2, 1));
    }

    @Test
    void collectorsSummarizeAStreamSequentialAndParallel() {
        record Row(double loss, double weight) {
        }
        List<Row> rows = Stream.iterate(1, i -> i + 1).limit(1000).map(i -> new Row(1.0 / i, i % 7)).toList();
        LossStatistics plain = new LossStatistics();
        LossStatistics weighted = new LossStatistics();
        for (Row row : rows) {
            plain.accept(row.loss());
            weighted.accept(row.loss(), row.weight());
        }

        assertThat(rows.stream().collect(LossStatistics.summarizing(Row::loss))).isEqualTo(plain);
        assertThat(rows.parallelStream().collect(LossStatistics.summarizing(Row::loss))).isEqualTo(plain);
        assertThat(rows.stream().collect(LossStatistics.summarizing(Row::loss, Row::weight))).isEqualTo(weighted);
        assertThat(rows.parallelStream().collect(LossStatistics.summarizing(Row::loss, Row::weight)))
                .isEqualTo(weighted);
    }

    /** The losses of a batch: of each row, or weighted by the classes, as the batch itself weights them. */
    @Test
    void theMeanOfTheRowsOfABatchIsThatOfTheBatch() {
        double[] logits = {2, -1, 1.5, -0.5, 0.5, -0.5};
        int[] labels = {0, 0, 1};
        double[] classWeights = {1, 3};
        double[] losses = Batch.of(new Softmax(), 2).perRow(logits, labels);
        LossStatistics plain = of(losses);
        LossStatistics weighted = new LossStatistics();
        for (int row = 0; row < labels.length; row++) {
            weighted.accept(losses[row], classWeights[labels[row]]);
        }

        Bits.assertSame(plain.mean(), Batch.of(new Softmax(), 2).value(logits, labels));
        double balanced = Batch.of(new Softmax().withClassWeights(1, 3), 2).value(logits, labels);
        assertThat(weighted.mean()).isBetween(balanced - Math.ulp(balanced), balanced + Math.ulp(balanced));
    }

    @Test
    void moreLossesThanCanBeCountedAreRefusedAndChangeNothing() {
        LossStatistics statistics = of(0.5, Double.NaN);
        for (int i = 0; i < 61; i++) {
            statistics.combine(statistics);
        }
        assertThat(statistics.count()).isEqualTo(1L << 62);
        byte[] before = statistics.toBytes();
        assertThatThrownBy(() -> statistics.combine(statistics)).isInstanceOf(ArithmeticException.class);
        assertThat(statistics.toBytes()).isEqualTo(before);
        LossStatistics most = LossStatistics.ofBytes(before);
        LossStatistics power = of(0.5);
        for (int i = 0; i < 62; i++) {
            most.combine(power);
            power.combine(power);
        }
        assertThat(most.count()).isEqualTo(Long.MAX_VALUE);
        byte[] full = most.toBytes();
        assertThatThrownBy(() -> most.accept(-1)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> most.accept(1, 0.3)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> most.combine(of(9))).isInstanceOf(ArithmeticException.class);
        assertThat(most.toBytes()).isEqualTo(full);
        assertThat(LossStatistics.ofBytes(full)).isEqualTo(most);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, -Double.MIN_VALUE, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aWeightThatIsNoneIsRefusedAndChangesNothing(double bad) {
        LossStatistics statistics = of(1, 2);

        assertThatIllegalArgumentException().isThrownBy(() -> statistics.accept(1, bad))
                .withMessage("weight = " + bad + " is not a finite number of at least 0");
        assertThat(statistics).isEqualTo(of(1, 2));
    }

    @Test
    void nullIsRefusedByName() {
        assertThatNullPointerException().isThrownBy(() -> new LossStatistics().combine(null)).withMessage("other");
        assertThatNullPointerException().isThrownBy(() -> LossStatistics.ofBytes(null)).withMessage("bytes");
        assertThatNullPointerException().isThrownBy(() -> LossStatistics.summarizing(null)).withMessage("loss");
        assertThatNullPointerException().isThrownBy(() -> LossStatistics.summarizing(null, x -> 1))
                .withMessage("loss");
        assertThatNullPointerException().isThrownBy(() -> LossStatistics.summarizing(x -> 1, null))
                .withMessage("weight");
    }

    static LossStatistics of(double... losses) {
        LossStatistics statistics = new LossStatistics();
        DoubleStream.of(losses).forEach(statistics);
        return statistics;
    }

    private static void assertHolds(
            LossStatistics statistics, double mean, double variance, double deviation, double error) {
        assertThat(statistics.mean()).as("mean").isEqualTo(Double.valueOf(mean));
        assertThat(statistics.variance()).as("variance").isEqualTo(Double.valueOf(variance));
        assertThat(statistics.standardDeviation()).as("deviation").isEqualTo(Double.valueOf(deviation));
        assertThat(statistics.standardError()).as("error").isEqualTo(Double.valueOf(error));
    }
}
