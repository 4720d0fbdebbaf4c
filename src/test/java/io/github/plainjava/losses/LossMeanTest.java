package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossMeanTest {

    private static final double INFINITY = Double.POSITIVE_INFINITY;

    @Test
    void theMeanOfNothingIsZero() {
        LossMean nothing = new LossMean();

        assertHolds(nothing, 0, 0, 0, 0);
    }

    @Test
    void aPlainLossHasWeightOne() {
        LossMean total = of(0.5, 0.25);

        assertHolds(total, 0.375, 0.75, 2, 2);
    }

    @Test
    void aWeightedLossCountsItsWeight() {
        LossMean total = new LossMean();
        total.accept(1, 3);
        total.accept(5, 1);

        assertHolds(total, 2, 8, 4, 2);
    }

    @Test
    void massIsInTheLossAlreadyAndOnlyTheWeightMultipliesIt() {
        LossMean total = new LossMean();
        total.accept(6, 2, 3);

        assertHolds(total, 2, 12, 6, 1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {7, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN})
    void aLossOfWeightZeroContributesNothingAndIsNotCounted(double loss) {
        LossMean total = of(0.5);
        total.accept(loss, 0);
        total.accept(loss, 0, 3);
        total.accept(loss, -0.0);
        total.accept(loss, 0, 0);

        assertHolds(total, 0.5, 0.5, 1, 1);
        assertThat(total).isEqualTo(of(0.5));
    }

    @Test
    void aLossOfMassZeroCountsInTheSumAlone() {
        LossMean total = of(0.5);
        total.accept(7, 3, 0);
        assertHolds(total, 21.5, 21.5, 1, 2);

        LossMean massless = new LossMean();
        massless.accept(7, 3, 0);
        assertHolds(massless, 0, 21, 0, 1);
        massless.accept(Double.NaN, 1, 0);
        assertHolds(massless, 0, Double.NaN, 0, 2);
        assertThat(massless).isNotEqualTo(new LossMean());
    }

    @Test
    void lossesThatAreNotFiniteAreCounted() {
        LossMean total = of(1, Double.NaN, INFINITY, 2);
        total.accept(Double.NaN, 0);
        total.accept(-INFINITY, 0.5, 3);
        total.accept(1e308, 1e308);
        assertThat(total.notFiniteCount()).isEqualTo(3);
        assertThat(total.combine(total).notFiniteCount()).isEqualTo(6);
        assertThat(of(1, 2).notFiniteCount()).isZero();
        assertThat(of(Double.NaN, 1)).isEqualTo(of(1, Double.NaN)).isNotEqualTo(of(Double.NaN, Double.NaN))
                .hasToString("LossMean[mean=NaN, totalWeight=2.0, count=2, notFiniteCount=1]");
        assertThat(of(Double.NaN, 1).hashCode()).isNotEqualTo(of(Double.NaN, Double.NaN).hashCode());
    }

    @Test
    void aNegativeWeightIsRefusedWithThePlaceWhereItServes() {
        for (double negative : new double[] {-1, -Double.MIN_VALUE, -Double.MAX_VALUE}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new LossMean().accept(1, negative))
                    .withMessage("weight = " + negative
                            + " is negative, which only a sum can be weighted by: Batch.summed()");
        }
    }

    @Test
    void moreLossesThanCanBeCountedAreRefusedAndChangeNothing() {
        LossMean total = of(0.5, Double.NaN);
        for (int i = 0; i < 61; i++) {
            total.combine(total);
        }
        byte[] before = total.toBytes();
        assertThatThrownBy(() -> total.combine(total)).isInstanceOf(ArithmeticException.class);
        assertThat(total.toBytes()).isEqualTo(before);
        assertThat(total.count()).isEqualTo(1L << 62);
        LossMean most = LossMean.ofBytes(before).combine(fewerBy(total, 1));
        assertThat(most.count()).isEqualTo(Long.MAX_VALUE);
        byte[] full = most.toBytes();
        assertThatThrownBy(() -> most.accept(1)).isInstanceOf(ArithmeticException.class);
        assertThat(most.toBytes()).isEqualTo(full);
        assertThat(LossMean.ofBytes(full)).isEqualTo(most);
    }

    /** A mean of as many losses but a few. */
    private static LossMean fewerBy(LossMean other, int fewer) {
        LossMean total = new LossMean();
        LossMean power = of(0.5);
        for (long count = other.count() - fewer; count > 0; count >>= 1) {
            if ((count & 1) == 1) {
                total.combine(power);
            }
            power.combine(power);
        }
        return total;
    }

    @Test
    void infinitiesAndNaNBehaveAsInAListOfThem() {
        assertHolds(of(1, INFINITY), INFINITY, INFINITY, 2, 2);
        assertHolds(of(1, -INFINITY, -INFINITY), -INFINITY, -INFINITY, 3, 3);
        assertHolds(of(INFINITY, 1, -INFINITY), Double.NaN, Double.NaN, 3, 3);
        assertHolds(of(1, Double.NaN), Double.NaN, Double.NaN, 2, 2);
        assertHolds(of(INFINITY, Double.NaN), Double.NaN, Double.NaN, 2, 2);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN})
    void aWeightLeavesInfinitiesAndNaNAsTheyAre(double loss) {
        LossMean total = of(1);
        total.accept(loss, 0.5);

        assertHolds(total, loss, loss, 1.5, 2);
    }

    @Test
    void infinitiesAndNaNSurviveAMerge() {
        assertHolds(of(INFINITY).combine(of(-INFINITY)), Double.NaN, Double.NaN, 2, 2);
        assertHolds(of(2).combine(of(Double.NaN)), Double.NaN, Double.NaN, 2, 2);
        assertHolds(of(INFINITY, 3).combine(of(4)), INFINITY, INFINITY, 3, 3);
    }

    @Test
    void aMeanInRangeComesOfASumBeyondIt() {
        assertHolds(of(Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE), Double.MAX_VALUE, INFINITY, 3, 3);
    }

    @Test
    void productsWithTheWeightAreExactBeyondTheRangeOfDoublesAndBelowIt() {
        LossMean beyond = new LossMean();
        beyond.accept(1e308, 1e308);
        assertHolds(beyond, 1e308, INFINITY, 1e308, 1);

        LossMean largest = new LossMean();
        largest.accept(Double.MAX_VALUE, 0.5);
        assertHolds(largest, Double.MAX_VALUE, Double.MAX_VALUE / 2, 0.5, 1);

        LossMean below = new LossMean();
        below.accept(Double.MIN_VALUE, Double.MIN_VALUE);
        assertHolds(below, Double.MIN_VALUE, 0, Double.MIN_VALUE, 1);

        LossMean products = new LossMean();
        products.accept(0.1, 0.1);
        products.accept(-0.010000000000000002, 1);
        double remainder = Math.fma(0.1, 0.1, -0.010000000000000002);
        assertThat(products.sum()).isEqualTo(remainder).isNotZero();
    }

    @Test
    void nothingIsLostBetweenTheLargestAndTheLeast() {
        LossMean total = of(Double.MAX_VALUE, Double.MIN_VALUE, -Double.MAX_VALUE);

        assertThat(total.sum()).isEqualTo(Double.MIN_VALUE);
        total.accept(-Double.MIN_VALUE);
        assertHolds(total, 0, 0, 4, 4);
    }

    @Test
    void sumsRoundToNearestAndTiesToEven() {
        assertThat(of(1, 0x1p-53).sum()).isEqualTo(1);
        assertThat(of(1 + 0x1p-52, 0x1p-53).sum()).isEqualTo(1 + 0x1p-51);
        assertThat(of(1, 0x1p-53, Double.MIN_VALUE).sum()).isEqualTo(1 + 0x1p-52);
        assertThat(of(Double.MAX_VALUE, 0x1p969).sum()).isEqualTo(Double.MAX_VALUE);
        assertThat(of(Double.MAX_VALUE, 0x1p970).sum()).isEqualTo(INFINITY);
        assertThat(of(Double.MAX_VALUE, 0x1p970, -Double.MIN_VALUE).sum()).isEqualTo(Double.MAX_VALUE);
    }

    @Test
    void meansRoundToNearestAndTiesToEvenInTheSubnormalRangeToo() {
        assertThat(of(Double.MIN_VALUE, 0).mean()).isZero();
        assertThat(of(3 * Double.MIN_VALUE, 0).mean()).isEqualTo(2 * Double.MIN_VALUE);
        assertThat(of(Double.MIN_VALUE, Double.MIN_VALUE, 0).mean()).isEqualTo(Double.MIN_VALUE);
        assertThat(of(1, 0, 0).mean()).isEqualTo(1.0 / 3);
        assertThat(of(1, 1 + 0x1p-52).mean()).isEqualTo(1);
        assertThat(of(1 + 0x1p-52, 1 + 0x1p-51).mean()).isEqualTo(1 + 0x1p-51);
    }

    /** 3 / (1 + 2^-53) is 3 - 3 * 2^-53, nearly, and doubles below 3 are 4 * 2^-53 apart. */
    @Test
    void aTotalWeightOfMoreBitsThanADoubleDividesWithAllOfThem() {
        LossMean total = of(3);
        total.accept(0, 0x1p-53);

        assertThat(total.mean()).isEqualTo(Math.nextDown(3.0));
    }

    @Test
    void aMeanNextToATieIsRoundedToItsOwnSide() {
        assertThat(nextToHalfTheLeast(Double.MIN_VALUE).mean()).isEqualTo(Double.MIN_VALUE);
        assertThat(nextToHalfTheLeast(-Double.MIN_VALUE).mean()).isZero();
    }

    /** Half of the least double, nearly: what is added decides. */
    private static LossMean nextToHalfTheLeast(double nudge) {
        LossMean total = new LossMean();
        total.accept(Double.MIN_VALUE, 0x1p175);
        total.accept(0, 0x1p175);
        total.accept(nudge, 1, Double.MIN_VALUE);
        return total;
    }

    @Test
    void negativeZeroIsNeverReturned() {
        for (LossMean total : List.of(of(-0.0), of(-0.0, -0.0), of(-Double.MIN_VALUE, 0, 0), of(-1, 1))) {
            assertThat(Double.doubleToRawLongBits(total.mean())).isZero();
            assertThat(Double.doubleToRawLongBits(total.totalWeight() - total.count())).isZero();
        }
        assertThat(Double.doubleToRawLongBits(of(-0.0).sum())).isZero();
        LossMean tiny = new LossMean();
        tiny.accept(-Double.MIN_VALUE, 0.25);
        assertThat(Double.doubleToRawLongBits(tiny.sum())).isZero();
    }

    @Test
    void combineReturnsThisAndLeavesTheOtherAsItWas() {
        LossMean one = of(1, 2);
        LossMean other = of(3);

        assertThat(one.combine(other)).isSameAs(one);
        assertHolds(one, 2, 6, 3, 3);
        assertHolds(other, 3, 3, 1, 1);
    }

    @Test
    void mergedWithItselfItHoldsEverythingTwice() {
        LossMean total = of(0.1, 0.7);

        total.combine(total);
        assertThat(total).isEqualTo(of(0.1, 0.7, 0.1, 0.7));
    }

    @Test
    void equalityIsOfTheExactContents() {
        assertThat(of(0.1, 0.2)).isEqualTo(of(0.2, 0.1)).hasSameHashCodeAs(of(0.2, 0.1));
        assertThat(of(1e300, 1e-300, -1e300)).isNotEqualTo(of(1e300, 0, -1e300));
        assertThat(of(1, 0x1p-60)).isNotEqualTo(of(1, 0));
        assertThat(of(0)).isNotEqualTo(new LossMean()).isNotEqualTo(of(0, 0));
        assertThat(of(Double.NaN)).isNotEqualTo(of(0)).isNotEqualTo(of(INFINITY));
        assertThat(of(INFINITY)).isNotEqualTo(of(-INFINITY)).isEqualTo(of(INFINITY));
        assertThat(of(1)).isNotEqualTo("1.0").isNotEqualTo(null);
        LossMean heavy = new LossMean();
        heavy.accept(0.5, 2);
        assertThat(heavy).isNotEqualTo(of(1));
    }

    @Test
    void anyRouteToTheSameContentsIsEqual() {
        LossMean positiveFirst = of(1e308, 1e308, -1e308, 0.5);
        LossMean negativeFirst = of(-1e308, 0.5, 1e308, 1e308);
        assertThat(positiveFirst).isEqualTo(negativeFirst).hasSameHashCodeAs(negativeFirst);

        LossMean backToZero = of(3, -3);
        assertThat(backToZero).isEqualTo(of(0, -0.0)).hasSameHashCodeAs(of(0, 0));
    }

    @Test
    void differentContentsHaveDifferentHashCodes() {
        assertThat(of(1)).doesNotHaveSameHashCodeAs(of(2));
        assertThat(of(1)).doesNotHaveSameHashCodeAs(of(0.5, 0.5));
    }

    @Test
    void textNamesTheMeanTheTotalWeightAndTheCount() {
        LossMean total = of(1);
        total.accept(3, 0.5, 2);

        assertThat(total).hasToString("LossMean[mean=1.25, totalWeight=2.0, count=2]");
    }

    @Test
    void serializationKeepsEveryBitAndItCanGoOnFromThere() {
        LossMean total = of(0.1, 1e300, -1e-300);
        total.accept(0.7, 0.3, 0.9);

        LossMean copy = SerialCopies.of(total);
        assertThat(copy).isEqualTo(total).isNotSameAs(total);
        copy.accept(5);
        total.accept(5);
        assertThat(copy).isEqualTo(total);
        assertThat(SerialCopies.of(of(Double.NaN)).mean()).isNaN();
        assertThat(SerialCopies.of(of(-INFINITY, 1)).mean()).isEqualTo(-INFINITY);
    }

    @Test
    void itIsADoubleConsumer() {
        LossMean total = new LossMean();
        DoubleConsumer consumer = total;
        DoubleStream.of(1, 2, 6).forEach(consumer);

        assertHolds(total, 3, 9, 3, 3);
    }

    @Test
    void collectorsAverageAStreamSequentialAndParallel() {
        record Row(double loss, double weight) {
        }
        List<Row> rows = Stream.iterate(1, i -> i + 1).limit(1000)
                .map(i -> new Row(1.0 / i, i % 7)).toList();
        LossMean plain = new LossMean();
        LossMean weighted = new LossMean();
        for (Row row : rows) {
            plain.accept(row.loss());
            weighted.accept(row.loss(), row.weight());
        }

        assertThat(rows.stream().collect(LossMean.averaging(Row::loss))).isEqualTo(plain);
        assertThat(rows.parallelStream().collect(LossMean.averaging(Row::loss))).isEqualTo(plain);
        assertThat(rows.stream().collect(LossMean.averaging(Row::loss, Row::weight))).isEqualTo(weighted);
        assertThat(rows.parallelStream().collect(LossMean.averaging(Row::loss, Row::weight))).isEqualTo(weighted);
        assertThat(Stream.<Row>empty().collect(LossMean.averaging(Row::loss))).isEqualTo(new LossMean());
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, -Double.MIN_VALUE, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aWeightOrMassThatIsNoWeightIsRefusedAndChangesNothing(double bad) {
        LossMean total = of(1, 2);

        assertThatIllegalArgumentException().isThrownBy(() -> total.accept(1, bad))
                .withMessageContaining("weight").withMessageContaining(String.valueOf(bad));
        assertThatIllegalArgumentException().isThrownBy(() -> total.accept(1, bad, 1))
                .withMessageContaining("weight").withMessageContaining(String.valueOf(bad));
        assertThatIllegalArgumentException().isThrownBy(() -> total.accept(1, 1, bad))
                .withMessageContaining("mass").withMessageContaining(String.valueOf(bad));
        assertThat(total).isEqualTo(of(1, 2));
    }

    @Test
    void nullIsRefusedByName() {
        assertThatNullPointerException().isThrownBy(() -> new LossMean().combine(null)).withMessage("other");
        assertThatNullPointerException().isThrownBy(() -> LossMean.ofBytes(null)).withMessage("bytes");
        assertThatNullPointerException().isThrownBy(() -> LossMean.averaging(null)).withMessage("loss");
        assertThatNullPointerException().isThrownBy(() -> LossMean.averaging(null, x -> 1)).withMessage("loss");
        assertThatNullPointerException().isThrownBy(() -> LossMean.averaging(x -> 1, null)).withMessage("weight");
    }

    @Test
    void theOracleRoundsAsTheLanguageDoes() {
        assertThat(ExactMean.nearest(BigInteger.ONE, BigInteger.valueOf(3))).isEqualTo(1.0 / 3);
        assertThat(ExactMean.nearest(BigInteger.valueOf(-7), BigInteger.TEN)).isEqualTo(-0.7);
        assertThat(ExactMean.nearest(BigInteger.ONE.shiftLeft(53).add(BigInteger.ONE), BigInteger.ONE))
                .isEqualTo(0x1p53);
        assertThat(ExactMean.nearest(BigInteger.ONE.shiftLeft(53).add(BigInteger.valueOf(3)), BigInteger.ONE))
                .isEqualTo(0x1p53 + 4);
        assertThat(ExactMean.nearest(BigInteger.ONE, BigInteger.ONE.shiftLeft(1075))).isZero();
        assertThat(ExactMean.nearest(BigInteger.valueOf(3), BigInteger.ONE.shiftLeft(1075)))
                .isEqualTo(2 * Double.MIN_VALUE);
        assertThat(ExactMean.nearest(BigInteger.ONE.shiftLeft(1024), BigInteger.ONE)).isEqualTo(INFINITY);
    }

    private static LossMean of(double... losses) {
        LossMean total = new LossMean();
        DoubleStream.of(losses).forEach(total);
        return total;
    }

    private static void assertHolds(LossMean total, double mean, double sum, double weight, long count) {
        assertThat(total.mean()).as("mean").isEqualTo(Double.valueOf(mean));
        assertThat(total.sum()).as("sum").isEqualTo(Double.valueOf(sum));
        assertThat(total.totalWeight()).as("total weight").isEqualTo(Double.valueOf(weight));
        assertThat(total.count()).as("count").isEqualTo(count);
    }
}
