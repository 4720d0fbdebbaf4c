package io.github.plainjava.losses.internal.math;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.Bits;
import io.github.plainjava.losses.ExactMean;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What sums of losses and of weights do not show of an {@link ExactSum}. */
class ExactSumTest {

    @Test
    void aProductHasTheSignOfItsFactors() {
        assertThat(sumOfProducts(3, 5).toDouble()).isEqualTo(15);
        assertThat(sumOfProducts(3, -5).toDouble()).isEqualTo(-15);
        assertThat(sumOfProducts(-3, 5).toDouble()).isEqualTo(-15);
        assertThat(sumOfProducts(-3, -5).toDouble()).isEqualTo(15);
    }

    @Test
    void aProductWithZeroAddsNothing() {
        for (double zero : new double[] {0.0, -0.0}) {
            assertThat(sumOfProducts(zero, 5)).isEqualTo(ExactSum.zero());
            assertThat(sumOfProducts(5, zero)).isEqualTo(ExactSum.zero());
            assertThat(sumOfProducts(zero, zero)).isEqualTo(ExactSum.zero());
        }
    }

    @Test
    void equalSumsAreEqualWhateverTheyWereMadeOf() {
        ExactSum sum = ExactSum.zero();
        sum.add(0.5);
        sum.add(0x1p-1074);
        sum.add(14.5);
        sum.add(-0x1p-1074);
        assertThat(sum).isEqualTo(sumOfProducts(3, 5)).hasSameHashCodeAs(sumOfProducts(3, 5));
        assertThat(sum).isNotEqualTo(sumOfProducts(3, -5)).isNotEqualTo(15.0).isNotEqualTo(null);
    }

    /** Doubling the sum adds it up 2^60 times: the largest numbers that the doubles take, and those for the rest. */
    @Test
    void veryManyNumbersOfAnySizeDoNotOverflow() {
        for (double x : new double[] {Math.nextDown(0x1p900), 0x1p900, -Math.nextDown(0x1p900), Double.MAX_VALUE}) {
            ExactSum sum = sum(x, Double.MIN_VALUE, 0x1p-52 * x, 1);
            BigInteger units = sum.toInteger();
            for (int i = 0; i < 60; i++) {
                sum.add(sum);
            }
            assertThat(sum.toInteger()).isEqualTo(units.shiftLeft(60));
            sum.add(-x);
            assertThat(sum.toInteger()).isEqualTo(units.shiftLeft(60).subtract(sum(x).toInteger()));
        }
    }

    /** 2^953 is as far as the first double comes: it takes no more, and the second one begins to grow. */
    @Test
    void theDoublesStopGrowingBeforeTheyOverflow() {
        double most = Math.nextDown(0x1p900);
        ExactSum sum = ExactSum.zero();
        for (double part = 0x1p899; part > 0x1p846; part /= 2) {
            sum.add(part);
        }
        BigInteger units = sum.toInteger();
        for (int i = 0; i < 54; i++) {
            sum.add(sum);
            sum.add(most);
            units = units.shiftLeft(1).add(sum(most).toInteger());
        }
        for (int i = 0; i < 100_000; i++) {
            sum.add(most);
        }
        assertThat(sum.toInteger())
                .isEqualTo(units.add(sum(most).toInteger().multiply(BigInteger.valueOf(100_000))));
    }

    @Test
    void nothingIsLostWhateverTheSizesAndTheOrder() {
        SplittableRandom random = new SplittableRandom(4);
        for (int tries = 0; tries < 3000; tries++) {
            ExactSum sum = ExactSum.zero();
            BigInteger expected = BigInteger.ZERO;
            int range = 1 << random.nextInt(1, 11);
            int middle = random.nextInt(-1074 + range, 1024);
            for (int i = random.nextInt(1, 40); i > 0; i--) {
                double x = Math.scalb(random.nextDouble(-2, 2), middle - random.nextInt(range));
                double y = random.nextBoolean() ? 1 : Math.scalb(random.nextDouble(-2, 2), random.nextInt(-1074, 1023));
                sum.addProduct(x, y);
                expected = expected.add(sum(x).toInteger().multiply(sum(y).toInteger()).shiftRight(2148));
                if (random.nextInt(4) == 0) {
                    sum.add(-x); // all or most of it cancels
                    expected = expected.subtract(sum(x).toInteger());
                }
            }
            assertThat(sum.toInteger()).isEqualTo(expected);
            assertThat(sum.signum()).isEqualTo(expected.signum());
            Bits.assertSame(sum.toDouble(), ExactMean.nearest(expected, BigInteger.ONE.shiftLeft(2148)));
            ExactSum same = ExactSum.of(expected);
            assertThat(same).isEqualTo(sum).hasSameHashCodeAs(sum);
            Bits.assertSame(same.toDouble(), sum.toDouble());
        }
    }

    @Test
    void largeNumbersCancelAndLeaveTheSmallOnes() {
        for (double large : new double[] {1e308, Double.MAX_VALUE, 0x1p900, Math.nextDown(0x1p900), 0x1p-900}) {
            ExactSum sum = ExactSum.zero();
            for (int i = 0; i < 1000; i++) {
                sum.add(i % 2 == 0 ? large : Double.MIN_VALUE);
            }
            for (int i = 0; i < 1000; i++) {
                sum.add(i % 2 == 0 ? -large : Double.MIN_VALUE);
            }
            assertThat(sum).isEqualTo(sum(1000 * Double.MIN_VALUE)).hasSameHashCodeAs(sum(1000 * Double.MIN_VALUE));
            Bits.assertSame(sum.toDouble(), 1000 * Double.MIN_VALUE);
            assertThat(sum.signum()).isPositive();
            sum.add(-1000 * Double.MIN_VALUE);
            assertThat(sum).isEqualTo(ExactSum.zero());
            assertThat(sum.signum()).isZero();
            Bits.assertSame(sum.toDouble(), 0);
        }
    }

    /** Products whose error is below the double range, and those beyond it. */
    @Test
    void productsBeyondAndBelowTheDoubleRangeCancel() {
        double x = 1 + 0x1p-52;
        ExactSum sum = ExactSum.zero();
        for (int power : new int[] {-1074, -1000, -538, -451, -450, -449, 449, 450, 451, 600, 1023}) {
            sum.addProduct(Math.scalb(x, power), Math.scalb(x, power));
            sum.addProduct(Math.scalb(x, power), Math.scalb(-x, power));
            assertThat(sum).isEqualTo(ExactSum.zero());
            sum.addProduct(Math.scalb(x, power), Math.scalb(x, power));
            assertThat(sum.signum()).isPositive();
            sum.addProduct(Math.scalb(-x, power), Math.scalb(x, power));
        }
    }

    /** Losses in units of 2^-k, so that sums and means next to or on the middle of two doubles are frequent. */
    @Test
    void meansAreRoundedAsTheirExactQuotients() {
        SplittableRandom random = new SplittableRandom(5);
        for (int tries = 0; tries < 300_000; tries++) {
            int n = random.nextInt(1, 9);
            int bits = random.nextInt(1, 53);
            double unit = Math.scalb(1.0, random.nextInt(-120, 120));
            double[] terms = new double[n];
            BigInteger exact = BigInteger.ZERO;
            for (int i = 0; i < n; i++) {
                long whole = random.nextLong(1L << bits) + (1L << 52) * random.nextInt(2);
                terms[i] = whole * unit;
                exact = exact.add(BigInteger.valueOf(whole));
            }
            double tip = tries % 4 == 0 ? unit * 0x1p-70 : 0;
            BigInteger tipped = exact.shiftLeft(70).add(BigInteger.valueOf(tip == 0 ? 0 : 1));
            double expected = ExactMean.nearest(tipped, BigInteger.valueOf(n).shiftLeft(70)) * unit;
            ExactSum sum = sum(terms);
            sum.add(tip);
            if (Double.doubleToLongBits(sum.dividedBy(sum(n))) != Double.doubleToLongBits(expected)) {
                Bits.assertSame(sum.dividedBy(sum(n)), expected);
            }
        }
    }

    /** The least and the largest that are parted, and their neighbours, in numbers that make the parts' sums full. */
    @Test
    void numbersOfUsualSizeAddUpWithoutError() {
        double largestLowPart = 0x1p-12 + 0x1p-23 - 0x1p-64;
        for (double x : new double[] {0x1p-12, 0x1.fffffffffffffp-12, largestLowPart, 0x1.fffffffffffffp9, 0x1p10}) {
            for (double term : new double[] {Math.nextDown(x), x, Math.nextUp(x)}) {
                ExactSum sum = ExactSum.zero();
                BigDecimal exact = BigDecimal.ZERO;
                for (int i = 0; i < 10_000; i++) {
                    sum.add(term);
                    exact = exact.add(new BigDecimal(term));
                }
                assertThat(sum).isEqualTo(sumOfProducts(term, 10_000));
                assertThat(sum.toDouble()).isEqualTo(exact.doubleValue());
            }
        }
    }

    /** With numbers that use all their bits, so that a part too many would round. */
    @Test
    void anArrayIsAddedAsItsNumbersAre() {
        SplittableRandom random = new SplittableRandom(3);
        ExactSum whole = ExactSum.zero();
        ExactSum oneByOne = ExactSum.zero();
        for (int round = 0; round < 100; round++) {
            int n = random.nextInt(129);
            double[] x = random.doubles(128, 1000, 1024).map(y -> random.nextInt(50) == 0 ? -y * 0x1p-80 : y).toArray();
            whole.add(x, n);
            whole.add(1 + 0x1p-52);
            for (int i = 0; i < n; i++) {
                oneByOne.addProduct(0x1p-60 * x[i], 0x1p60); // by way of the integers
            }
            oneByOne.addProduct(0x1p-60 * (1 + 0x1p-52), 0x1p60);
        }
        assertThat(whole).isEqualTo(oneByOne);
    }

    /** More than the parts have room for, and each part as large as it can be. */
    @Test
    void aLongArrayIsAddedAsItsNumbersAre() {
        for (double term : new double[] {0x1.fffffffffffffp-12, 0x1.fffffffffffffp9, 0x1p-12 + 0x1p-23 - 0x1p-64}) {
            double[] x = new double[10_000];
            Arrays.fill(x, term);
            ExactSum sum = ExactSum.zero();
            sum.add(x, x.length);
            assertThat(sum).isEqualTo(sumOfProducts(term, x.length));
        }
    }

    @Test
    void theSignIsThatOfTheWholeSumWhereverItsPartsAreKept() {
        ExactSum sum = ExactSum.zero();
        sum.add(0x1p-5);
        sum.add(0x1p-5);
        sum.add(-0x1p-4);
        assertThat(sum.signum()).isZero();
        sum.add(-0x1p-1074);
        assertThat(sum.signum()).isNegative();
        sum.add(0x1p-1073);
        assertThat(sum.signum()).isPositive();
    }

    @Test
    void aSumGoesThroughItsIntegerUnchanged() {
        for (double x : new double[] {0, 1, -3, Double.MIN_VALUE, 0x1p900, -Double.MAX_VALUE, Math.nextDown(0x1p900)}) {
            for (double y : new double[] {0, 0x1p-300, -0x1p-1074, 0x1p899}) {
                ExactSum sum = sum(x, y, 0x1p-600);
                sum.addProduct(x, y);
                assertThat(ExactSum.of(sum.toInteger())).isEqualTo(sum);
                assertThat(ExactSum.of(sum.toInteger()).toInteger()).isEqualTo(sum.toInteger());
            }
        }
        assertThat(sum(1).toInteger()).isEqualTo(BigInteger.ONE.shiftLeft(2148));
        assertThat(ExactSum.of(BigInteger.ONE)).isEqualTo(sumOfProducts(Double.MIN_VALUE, Double.MIN_VALUE));
        assertThat(ExactSum.of(BigInteger.ZERO)).isEqualTo(ExactSum.zero());
    }

    private static ExactSum sumOfProducts(double x, double y) {
        ExactSum sum = ExactSum.zero();
        sum.addProduct(x, y);
        return sum;
    }

    /** The rounded quotient is found without the long division, and is the one that the division would give. */
    @Test
    void aQuotientOfSumsThatThreeDoublesHoldNeedsNoLongDivision() {
        SplittableRandom random = new SplittableRandom(7);
        for (int tries = 0; tries < 2000; tries++) {
            double[] n = terms(random, 20, 34);
            double[] d = terms(random, 20, 34);
            BigDecimal exact = exact(n).divide(exact(d), new MathContext(80));
            Bits.assertSame(sum(n).quickRatio(sum(d)), exact.doubleValue());
            Bits.assertSame(sum(n).dividedBy(sum(d)), exact.doubleValue());
        }
    }

    @Test
    void aQuotientOfSumsThatThreeDoublesDoNotHold() {
        SplittableRandom random = new SplittableRandom(7);
        for (int tries = 0; tries < 2000; tries++) {
            double[] n = terms(random, 20, 80);
            double[] d = terms(random, 20, 80);
            BigDecimal exact = exact(n).divide(exact(d), new MathContext(80));
            Bits.assertSame(sum(n).dividedBy(sum(d)), exact.doubleValue());
        }
    }

    /** Positive sums of terms that reach far below the last bit of the largest. */
    private static double[] terms(SplittableRandom random, int leastDistance, int distances) {
        int exponent = random.nextInt(-300, 300);
        double[] terms = new double[4];
        for (int i = 0; i < terms.length; i++) {
            terms[i] = Math.scalb(random.nextDouble(1, 2), exponent - random.nextInt(leastDistance, distances) * i);
        }
        return terms;
    }

    private static ExactSum sum(double... terms) {
        ExactSum sum = ExactSum.zero();
        for (double term : terms) {
            sum.add(term);
        }
        return sum;
    }

    private static BigDecimal exact(double... terms) {
        BigDecimal sum = BigDecimal.ZERO;
        for (double term : terms) {
            sum = sum.add(new BigDecimal(term));
        }
        return sum;
    }

    @Test
    void aQuotientNextToTheMiddleOfTwoDoublesGoesToItsSideAndTheMiddleToTheEvenOne() {
        ExactSum three = sum(3);
        double next = Math.nextUp(1.0);
        assertThat(sum(3, 0x1.8p-52).quickRatio(three)).isEqualTo(1);
        assertThat(sum(-3, -0x1.8p-52).quickRatio(three)).isEqualTo(-1);
        assertThat(sum(3 * next, 0x1.8p-52).quickRatio(three)).isEqualTo(Math.nextUp(next));
        assertThat(sum(-3 * next, -0x1.8p-52).quickRatio(three)).isEqualTo(-Math.nextUp(next));
        for (double tip : new double[] {0x1p-90, 0x1p-103, 0x1p-150, 0x1p-1074}) {
            assertThat(sum(3, 0x1.8p-52, tip).quickRatio(three)).isEqualTo(next);
            assertThat(sum(3, 0x1.8p-52, -tip).quickRatio(three)).isEqualTo(1);
            assertThat(sum(-3, -0x1.8p-52, -tip).quickRatio(three)).isEqualTo(-next);
            assertThat(sum(-3, -0x1.8p-52, tip).quickRatio(three)).isEqualTo(-1);
            assertThat(sum(3, 0x1.8p-52).quickRatio(sum(3, tip))).isEqualTo(1);
            assertThat(sum(3, 0x1.8p-52).quickRatio(sum(3, -tip))).isEqualTo(next);
        }
    }

    @Test
    void aQuotientByAPowerOfTwoIsTheRoundedSumDivided() {
        ExactSum one = sum(1);
        assertThat(sum(1, 0x1p-53).quickRatio(one)).isEqualTo(1);
        assertThat(sum(1, 0x1p-53, 0x1p-103).quickRatio(one)).isEqualTo(Math.nextUp(1.0));
        assertThat(sum(1, 0x1p-53, -0x1p-103).quickRatio(one)).isEqualTo(1);
        assertThat(sum(1, 0x1p-53, 0x1p-1074).quickRatio(sum(4))).isEqualTo(Math.nextUp(1.0) / 4);
        assertThat(sum(1, 0x1p-51).quickRatio(sum(1, 0x1p-54))).isEqualTo(1 + 0x1p-51);
        assertThat(sum(1, 0x1p-52).quickRatio(sum(1, 0x1p-53))).isEqualTo(1);
        assertThat(sum(1, 0x1p-52).dividedBy(sum(1, 0x1p-53, 0x1p-120))).isEqualTo(1);
    }

    /** More than three doubles hold, or numbers that cancel in the first of them only. */
    @Test
    void aQuotientOfSumsOfVerySpreadOrCancellingNumbers() {
        ExactSum spread = sum(5, 0x1p-60, 0x1p-200, 0x1p-400, 0x1p-600);
        assertThat(spread.quickRatio(sum(3))).isNaN();
        assertThat(spread.dividedBy(sum(3))).isEqualTo(5.0 / 3);
        assertThat(sum(3).quickRatio(spread)).isNaN();
        assertThat(sum(3).dividedBy(spread)).isEqualTo(3.0 / 5);
        ExactSum cancelling = sum(0x1p60, 1.0 / 3, 0x1p-80, -0x1p60);
        assertThat(cancelling.dividedBy(sum(3))).isEqualTo(exact(1.0 / 3, 0x1p-80)
                .divide(BigDecimal.valueOf(3), new MathContext(80)).doubleValue());
        assertThat(sum(0x1p60, -0x1p60).dividedBy(sum(3))).isZero();
        ExactSum laterSmall = sum(0x1p60, 1.0 / 3, -0x1p60, 0x1p-40 / 3); // the first double is the smaller one
        assertThat(laterSmall.quickRatio(sum(3))).isNaN();
        assertThat(laterSmall.dividedBy(sum(3))).isEqualTo(exact(1.0 / 3, 0x1p-40 / 3)
                .divide(BigDecimal.valueOf(3), new MathContext(80)).doubleValue());
    }

    @Test
    void aQuotientOfNumbersNearTheEndsOfTheRangeTakesTheLongDivision() {
        ExactSum one = sum(1);
        for (double limit : new double[] {0x1p-900, 0x1p900}) {
            double inside = limit < 1 ? Math.nextUp(limit) : Math.nextDown(limit);
            assertThat(sum(limit).quickRatio(one)).isNaN();
            assertThat(sum(inside).quickRatio(one)).isEqualTo(inside);
            assertThat(sum(limit).quickRatio(sum(limit))).isNaN();
            assertThat(sum(inside).quickRatio(sum(limit))).isNaN();
            assertThat(sum(inside).quickRatio(sum(inside))).isEqualTo(1);
            assertThat(sum(limit).dividedBy(sum(limit))).isEqualTo(1);
        }
        assertThat(sum(0x1p-500).quickRatio(sum(0x1p399))).isEqualTo(0x1p-899);
        assertThat(sum(0x1p-500).quickRatio(sum(0x1p400))).isNaN();
        assertThat(sum(0x1p500).quickRatio(sum(0x1p-400))).isNaN();
        assertThat(sum(0x1p500).dividedBy(sum(0x1p-400))).isEqualTo(0x1p900);
        assertThat(sum(-1).quickRatio(one)).isEqualTo(-1);
        assertThat(sum().quickRatio(one)).isNaN();
        assertThat(sum().dividedBy(one)).isZero();
    }

    private static Pair pair(ExactSum sum) {
        double head = sum.toDouble();
        return new Pair(head, sum.less(head));
    }

    @Test
    void whatASumIsMoreThanItsRoundedValueIsRoundedToo() {
        SplittableRandom random = new SplittableRandom(8);
        for (int tries = 0; tries < 500; tries++) {
            double[] terms = terms(random, 20, 50);
            assertIsPairOf(pair(sum(terms)), exact(terms));
        }
        double[] spread = {5, 0x1p-60, 0x1p-200, 0x1p-400, 0x1p-600};
        assertIsPairOf(pair(sum(spread)), exact(spread));
        assertIsPairOf(pair(sum(-0x1p1000, 1, 0x1p-300)), exact(-0x1p1000, 1, 0x1p-300));
        assertIsPairOf(pair(sum()), BigDecimal.ZERO);
    }

    @Test
    void scalingMovesThePointAndDropsWhatIsBelowTheLastUnit() {
        SplittableRandom random = new SplittableRandom(9);
        for (int tries = 0; tries < 500; tries++) {
            ExactSum sum = sum(terms(random, 20, 80));
            int power = random.nextInt(-1200, 1200);
            assertThat(sum.scaled(power).toInteger()).isEqualTo(sum.toInteger().shiftLeft(power));
        }
        assertThat(sum(3).scaled(1200).scaled(-1200)).isEqualTo(sum(3));
        assertThat(sumOfProducts(Double.MIN_VALUE, 3 * Double.MIN_VALUE).scaled(-1))
                .isEqualTo(sumOfProducts(Double.MIN_VALUE, Double.MIN_VALUE));
        assertThat(sum().scaled(5)).isEqualTo(sum());
    }

    private static void assertIsPairOf(Pair pair, BigDecimal exact) {
        assertThat(pair.head()).isEqualTo(exact.doubleValue());
        assertThat(pair.tail()).isEqualTo(exact.subtract(new BigDecimal(pair.head())).doubleValue());
    }
}
