package io.github.plainjava.losses.internal.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** That a {@link SumOfProducts} loses nothing, whatever the sizes, in comparison with decimals. */
class SumOfProductsTest {

    private static final BigDecimal UNITS = new BigDecimal(BigInteger.ONE.shiftLeft(-SumOfProducts.LOWEST_BIT));

    private final SumOfProducts sum = SumOfProducts.zero();
    private BigDecimal exact = BigDecimal.ZERO;

    @Test
    void nothingIsLostWhateverTheSizesAndTheOrder() {
        SplittableRandom random = new SplittableRandom(11);
        for (int tries = 0; tries < 1000; tries++) {
            int range = 1 << random.nextInt(1, 11);
            int middle = random.nextInt(-1074 + range, 1024);
            for (int i = random.nextInt(1, 20); i > 0; i--) {
                double x = Math.scalb(random.nextDouble(-2, 2), middle - random.nextInt(range));
                add(x);
                addProduct(x, Math.scalb(random.nextDouble(-2, 2), random.nextInt(-1074, 1023)));
                if (random.nextInt(4) == 0) {
                    add(-x); // all or most of it cancels
                }
            }
            assertExact();
        }
    }

    /** More bits than eight doubles have, the last of them below all others by any distance. */
    @Test
    void whatTheDoublesDoNotHoldGoesToTheInteger() {
        for (int distance : new int[] {53, 60, 100, 150}) {
            for (int i = 0; i < 12 && 800 - i * distance > -1074; i++) {
                add(Math.scalb(1.0, 800 - i * distance));
            }
            assertExact();
        }
        for (int i = 0; i < 10; i++) {
            add(-Math.scalb(1.0, 800 - i * 100));
        }
        assertExact();
    }

    @Test
    void largeNumbersAndVeryManyDoNotOverflow() {
        for (double x : new double[] {Math.nextDown(0x1p900), 0x1p900, -Double.MAX_VALUE, Double.MIN_VALUE, 1.0 / 3}) {
            add(x);
        }
        for (int i = 0; i < 60; i++) {
            sum.add(sum);
            exact = exact.add(exact);
        }
        assertExact();
        SumOfProducts other = SumOfProducts.zero();
        other.add(sum);
        other.add(sum);
        assertThat(other.toInteger()).isEqualTo(sum.toInteger().shiftLeft(1));
    }

    @Test
    void productsOfAnySizeAndSignCancel() {
        double x = 1 + 0x1p-52;
        for (int power : new int[] {-1074, -1022, -538, -451, -450, -449, 0, 449, 450, 451, 600, 1023}) {
            addProduct(Math.scalb(x, power), Math.scalb(-x, power));
            assertThat(sum.toInteger()).isNegative();
            addProduct(Math.scalb(x, power), Math.scalb(x, power));
            assertThat(sum.toInteger()).isZero();
        }
        addProduct(0, Double.MAX_VALUE);
        addProduct(-Double.MAX_VALUE, -0.0);
        assertThat(sum.toInteger()).isZero();
        addProduct(Double.MIN_VALUE, Double.MIN_VALUE);
        assertExact();
    }

    @Test
    void unitsAreThoseOfTheInteger() {
        sum.addUnits(BigInteger.TEN);
        assertThat(sum.toInteger()).isEqualTo(BigInteger.TEN);
        sum.addUnits(BigInteger.TEN.negate());
        assertThat(sum.toInteger()).isZero();
    }

    private void add(double x) {
        sum.add(x);
        exact = exact.add(new BigDecimal(x));
    }

    private void addProduct(double x, double y) {
        sum.addProduct(x, y);
        exact = exact.add(new BigDecimal(x).multiply(new BigDecimal(y)));
    }

    private void assertExact() {
        assertThat(sum.toInteger()).isEqualTo(exact.multiply(UNITS).toBigIntegerExact());
    }
}
