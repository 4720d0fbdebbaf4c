package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.math.BigDecimal;
import java.util.Arrays;
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
        double full = Math.nextDown(1.0); // all bits of the significand are set
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
    void onlyTheOneFormThatEqualSumsShareIsTakenForLimbs() {
        long[] limbs = sumOfProducts(-3, 5).toLimbs();
        int last = limbs.length - 1;
        assertThat(ExactSum.isLimbs(limbs)).isTrue();
        assertThat(ExactSum.isLimbs(null)).isFalse();
        assertThat(ExactSum.isLimbs(Arrays.copyOf(limbs, last))).isFalse();
        for (int i : new int[] {0, 7, last - 1}) {
            assertThat(ExactSum.isLimbs(with(limbs, i, 0xffff_ffffL))).isTrue();
            assertThat(ExactSum.isLimbs(with(limbs, i, 0x1_0000_0000L))).isFalse();
            assertThat(ExactSum.isLimbs(with(limbs, i, -1))).isFalse();
        }
        assertThat(ExactSum.isLimbs(with(limbs, last, Integer.MIN_VALUE))).isTrue();
        assertThat(ExactSum.isLimbs(with(limbs, last, Integer.MIN_VALUE - 1L))).isFalse();
        assertThat(ExactSum.isLimbs(with(limbs, last, Integer.MAX_VALUE + 1L))).isFalse();
    }

    private static long[] with(long[] limbs, int i, long limb) {
        long[] changed = limbs.clone();
        changed[i] = limb;
        return changed;
    }

    private static ExactSum sumOfProducts(double x, double y) {
        ExactSum sum = new ExactSum();
        sum.addProduct(x, y);
        return sum;
    }
}
