package io.github.plainjava.losses.internal.math;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.Bits;
import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Errors of single operations against exact arithmetic. */
class ExactTest {

    private static final int TRIES = 20_000;

    private final SplittableRandom random = new SplittableRandom(2);

    @Test
    void errorsOfSumsAndDifferencesAreExact() {
        for (int i = 0; i < TRIES; i++) {
            double a = number(-300, 300);
            double b = i % 2 == 0 ? number(-300, 300) : a * random.nextDouble(-2, 2);
            assertIs(Exact.sumError(a, b, a + b), exact(a).add(exact(b)).subtract(exact(a + b)));
            assertIs(Exact.differenceError(a, b, a - b), exact(a).subtract(exact(b)).subtract(exact(a - b)));
            Bits.assertSame(Exact.differenceError(a, b, a - b), Exact.sumError(a, -b, a - b));
            double smaller = Math.abs(a) >= Math.abs(b) ? b : a;
            double larger = Math.abs(a) >= Math.abs(b) ? a : b;
            assertIs(Exact.fastSumError(larger, smaller, a + b), exact(a).add(exact(b)).subtract(exact(a + b)));
            Bits.assertSame(Exact.sum(a, b), a + b);
        }
        Bits.assertSame(Exact.fastSumError(0, 3, 3), 0.0);
    }

    @Test
    void errorsOfProductsAreExact() {
        for (int i = 0; i < TRIES; i++) {
            double a = number(-400, 400);
            double b = number(-400, 400);
            assertIs(Exact.productError(a, b, a * b), exact(a).multiply(exact(b)).subtract(exact(a * b)));
        }
    }

    @Test
    void productTailAndRemainderAreGoodToTheirLastBits() {
        for (int i = 0; i < TRIES; i++) {
            double a = number(-100, 100);
            double aTail = a * random.nextDouble(-0x1p-53, 0x1p-53);
            double b = number(-100, 100);
            double bTail = b * random.nextDouble(-0x1p-53, 0x1p-53);
            BigDecimal x = exact(a).add(exact(aTail));
            BigDecimal y = exact(b).add(exact(bTail));
            double product = a * b;
            BigDecimal tail = x.multiply(y).subtract(exact(product));
            assertWithin(Exact.productTail(a, aTail, b, bTail, product), tail, Math.abs(product) * 0x1p-103);
            double quotient = a / b;
            BigDecimal remainder = x.subtract(exact(quotient).multiply(y));
            assertWithin(Exact.remainder(a, aTail, b, bTail, quotient), remainder, Math.abs(a) * 0x1p-103);
        }
    }

    private double number(int leastExponent, int exponents) {
        int sign = random.nextInt(2) * 2 - 1;
        return sign * Math.scalb(random.nextDouble(1, 2), random.nextInt(leastExponent, exponents));
    }

    private static void assertIs(double actual, BigDecimal exact) {
        assertThat(exact(actual)).isEqualByComparingTo(exact);
    }

    private static void assertWithin(double actual, BigDecimal exact, double tolerance) {
        assertThat(exact(actual).subtract(exact).abs()).isLessThanOrEqualTo(exact(tolerance));
    }

    private static BigDecimal exact(double x) {
        return new BigDecimal(x);
    }
}
