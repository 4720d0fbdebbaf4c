package io.github.plainjava.losses.internal.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** That each of the {@link Moments} is the exact sum that it is called, in comparison with decimals. */
class MomentsTest {

    private static final BigDecimal UNITS = new BigDecimal(BigInteger.ONE.shiftLeft(-SumOfProducts.LOWEST_BIT));

    /** Of usual size, of which w^2 x^2 has 212 bits, and of all sizes, of which not even w x is in the double range. */
    @Test
    void theSumsAreThoseOfTheProducts() {
        SplittableRandom random = new SplittableRandom(12);
        for (int range : new int[] {1, 10, 100, 449, 451, 700, 1000}) {
            Moments moments = Moments.zero();
            BigDecimal[] exact = new BigDecimal[Moments.SUMS];
            Arrays.fill(exact, BigDecimal.ZERO);
            for (int n = 0; n < 200; n++) {
                double x = Math.scalb(random.nextDouble(-1, 1), random.nextInt(-range, range)) * random.nextInt(9);
                double w = n % 4 == 0 ? 1 : Math.scalb(random.nextDouble(1, 2), random.nextInt(-range, range));
                moments.add(x, w);
                for (int i = 0; i < exact.length; i++) {
                    exact[i] = exact[i].add(new BigDecimal(w).pow(i / 3 + 1).multiply(new BigDecimal(x).pow(i % 3)));
                }
            }
            BigInteger[] expected =
                    Arrays.stream(exact).map(sum -> sum.multiply(UNITS).toBigIntegerExact()).toArray(BigInteger[]::new);
            assertThat(moments.toIntegers()).isEqualTo(expected);
            assertThat(Moments.of(expected)).isEqualTo(moments).hasSameHashCodeAs(moments);
            assertThat(moments.areOf(200)).isTrue();
            assertThat(moments).isNotEqualTo(Moments.zero()).isNotEqualTo(null);
        }
    }

    @Test
    void ofNothingTheyAreZero() {
        assertThat(Moments.zero().toIntegers()).containsOnly(BigInteger.ZERO).hasSize(Moments.SUMS);
        assertThat(Moments.zero().areOf(0)).isTrue();
        assertThat(Moments.zero().areOf(1)).isFalse();
    }
}
