package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
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
            assertThat(sumOfProducts(zero, 5)).isEqualTo(new ExactSum());
            assertThat(sumOfProducts(5, zero)).isEqualTo(new ExactSum());
            assertThat(sumOfProducts(zero, zero)).isEqualTo(new ExactSum());
        }
    }

    @Test
    void equalSumsAreEqualWhateverTheyWereMadeOf() {
        ExactSum sum = new ExactSum();
        sum.add(0.5);
        sum.add(0x1p-1074);
        sum.add(14.5);
        sum.add(-0x1p-1074);
        assertThat(sum).isEqualTo(sumOfProducts(3, 5)).hasSameHashCodeAs(sumOfProducts(3, 5));
        assertThat(sum).isNotEqualTo(sumOfProducts(3, -5)).isNotEqualTo(15.0).isNotEqualTo(null);
    }

    /** Additions are only said to have been made: to make them takes seconds. */
    @Test
    void carriesArePassedOnBeforeALimbOverflows() throws ReflectiveOperationException {
        Field additions = ExactSum.class.getDeclaredField("additions");
        additions.setAccessible(true);
        double full = Math.nextDown(2048.0); // all bits of the significand are set, and too large to be parted
        ExactSum sum = new ExactSum();
        for (int i = 0; i < 10; i++) {
            sum.add(full);
        }
        additions.setInt(sum, (1 << 29) - 3);
        for (int i = 0; i < 10; i++) {
            sum.add(full);
        }
        assertThat(additions.getInt(sum)).isEqualTo(7);
        assertThat(sum).isEqualTo(sumOfProducts(full, 20));

        ExactSum products = new ExactSum();
        for (int i = 0; i < 10; i++) {
            products.addProduct(full, full);
        }
        additions.setInt(products, (1 << 29) - 3);
        for (int i = 0; i < 10; i++) {
            products.addProduct(full, full);
        }
        assertThat(additions.getInt(products)).isEqualTo(7);
        assertThat(products.toDouble())
                .isEqualTo(new BigDecimal(full).pow(2).multiply(BigDecimal.valueOf(20)).doubleValue());
    }

    /** The least and the largest that are parted, and their neighbours, in numbers that make the parts' sums full. */
    @Test
    void numbersOfUsualSizeAddUpWithoutError() {
        double largestLowPart = 0x1p-12 + 0x1p-23 - 0x1p-64;
        for (double x : new double[] {0x1p-12, 0x1.fffffffffffffp-12, largestLowPart, 0x1.fffffffffffffp9, 0x1p10}) {
            for (double term : new double[] {Math.nextDown(x), x, Math.nextUp(x)}) {
                ExactSum sum = new ExactSum();
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
        ExactSum whole = new ExactSum();
        ExactSum oneByOne = new ExactSum();
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

    @Test
    void theSignIsThatOfTheWholeSumWhereverItsPartsAreKept() {
        ExactSum sum = new ExactSum();
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
    void anIntegerHoldsTheWholeSumInUnitsOfTheLeastProduct() {
        BigInteger one = BigInteger.ONE.shiftLeft(2148);
        assertThat(new ExactSum().toInteger()).isZero();
        assertThat(sumOfProducts(Double.MIN_VALUE, -Double.MIN_VALUE).toInteger()).isEqualTo(-1);
        assertThat(sumOfProducts(-3, 5).toInteger()).isEqualTo(one.multiply(BigInteger.valueOf(-15)));
        BigInteger largest = new BigDecimal(Double.MAX_VALUE).toBigIntegerExact();
        assertThat(sumOfProducts(Double.MAX_VALUE, -Double.MAX_VALUE).toInteger())
                .isEqualTo(one.multiply(largest.pow(2)).negate());
        assertThat(sum(0.75, 3, -0x1p-30).toInteger())
                .isEqualTo(new BigDecimal(3.75 - 0x1p-30).multiply(new BigDecimal(one)).toBigIntegerExact());
    }

    @Test
    void ofAnIntegerItIsTheSumAgain() {
        SplittableRandom random = new SplittableRandom(3);
        for (BigInteger most : List.of(BigInteger.ONE, BigInteger.ONE.shiftLeft(32), BigInteger.ONE.shiftLeft(4259))) {
            for (BigInteger integer : List.of(most, most.negate(), most.subtract(BigInteger.ONE), BigInteger.ZERO)) {
                ExactSum sum = ExactSum.of(integer);
                assertThat(sum.toInteger()).isEqualTo(integer);
                sum.add(0.5);
                sum.add(-0.5);
                assertThat(sum).isEqualTo(ExactSum.of(integer));
                assertThat(sum.signum()).isEqualTo(integer.signum());
            }
        }
        for (int tries = 0; tries < 200; tries++) {
            double[] terms = terms(random);
            ExactSum sum = sum(terms);
            sum.addProduct(-terms[0], Math.scalb(terms[1], random.nextInt(-600, 600)));
            ExactSum copy = ExactSum.of(sum.toInteger());
            assertThat(copy).isEqualTo(sum).hasSameHashCodeAs(sum);
            Bits.assertSame(copy.toDouble(), sum.toDouble());
            copy.add(terms[2]);
            sum.add(terms[2]);
            assertThat(copy.toInteger()).isEqualTo(sum.toInteger());
        }
    }

    private static ExactSum sumOfProducts(double x, double y) {
        ExactSum sum = new ExactSum();
        sum.addProduct(x, y);
        return sum;
    }

    /** The rounded quotient is found without the long division, and is the one that the division would give. */
    @Test
    void aQuotientIsRarelyInDoubt() {
        SplittableRandom random = new SplittableRandom(7);
        for (int tries = 0; tries < 2000; tries++) {
            double[] n = terms(random);
            double[] d = terms(random);
            BigDecimal exact = exact(n).divide(exact(d), new MathContext(80));
            Bits.assertSame(sum(n).quickRatio(sum(d)), exact.doubleValue());
            Bits.assertSame(sum(n).dividedBy(sum(d)), exact.doubleValue());
        }
    }

    /** Positive sums of terms that reach far below the last bit of the largest. */
    private static double[] terms(SplittableRandom random) {
        int exponent = random.nextInt(-300, 300);
        double[] terms = new double[4];
        for (int i = 0; i < terms.length; i++) {
            terms[i] = Math.scalb(random.nextDouble(1, 2), exponent - random.nextInt(20, 50) * i);
        }
        return terms;
    }

    private static ExactSum sum(double... terms) {
        ExactSum sum = new ExactSum();
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
    void aQuotientNextToTheMiddleOfTwoDoublesIsInDoubt() {
        ExactSum one = sum(1);
        assertThat(sum(1, 0x1p-53).quickRatio(one)).isNaN();
        assertThat(sum(1, 0x1p-53, 0x1p-103).quickRatio(one)).isNaN();
        assertThat(sum(1, 0x1p-53, -0x1p-103).quickRatio(one)).isNaN();
        assertThat(sum(1, 0x1p-53).dividedBy(one)).isEqualTo(1);
        assertThat(sum(1, 0x1p-53, 0x1p-103).dividedBy(one)).isEqualTo(Math.nextUp(1.0));
        assertThat(sum(1, 0x1p-53, -0x1p-103).dividedBy(one)).isEqualTo(1);
        assertThat(sum(1, 0x1p-53, 0x1p-90).quickRatio(one)).isEqualTo(Math.nextUp(1.0));
        assertThat(sum(1, 0x1p-53, -0x1p-90).quickRatio(one)).isEqualTo(1);
    }

    @Test
    void aQuotientOfNumbersNearTheEndsOfTheRangeIsInDoubt() {
        ExactSum one = sum(1);
        for (double limit : new double[] {0x1p-900, 0x1p900}) {
            double inside = limit < 1 ? Math.nextUp(limit) : Math.nextDown(limit);
            assertThat(sum(limit).quickRatio(one)).isNaN();
            assertThat(sum(inside).quickRatio(one)).isEqualTo(inside);
            assertThat(sum(limit).quickRatio(sum(limit))).isNaN();
            assertThat(sum(inside).quickRatio(sum(limit))).isNaN();
            assertThat(sum(inside).quickRatio(sum(inside))).isEqualTo(1);
        }
        assertThat(sum(0x1p-500).quickRatio(sum(0x1p400))).isEqualTo(0x1p-900);
        assertThat(sum(0x1p-500).quickRatio(sum(Math.nextUp(0x1p400)))).isNaN();
        assertThat(sum(-1).quickRatio(one)).isNaN();
        assertThat(sum().quickRatio(one)).isNaN();
        assertThat(one.quickRatio(sum(-1))).isNaN();
    }

    @Test
    void theLeadingPartAndWhatFollowsAreTheSum() {
        SplittableRandom random = new SplittableRandom(8);
        for (int tries = 0; tries < 500; tries++) {
            double[] terms = terms(random);
            ExactSum sum = sum(terms);
            double leading = sum.leading();
            BigDecimal rest = exact(terms).subtract(new BigDecimal(leading));
            assertThat(Math.abs(rest.doubleValue())).isLessThanOrEqualTo(Math.ulp(leading));
            double missing = rest.subtract(new BigDecimal(sum.following(leading))).doubleValue();
            assertThat(Math.abs(missing)).isLessThanOrEqualTo(leading * 0x1p-100);
        }
        assertThat(sum(0x1p-900).leading()).isEqualTo(0x1p-900);
        assertThat(sumOfProducts(Double.MIN_VALUE, 3 * Double.MIN_VALUE).leading()).isNaN();
        assertThat(sum(-1).leading()).isNaN();
    }
}
