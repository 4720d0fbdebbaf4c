package io.github.plainjava.losses.internal.math;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.oracle.ExactExp;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PairExpTest {

    private static final MathContext DIGITS = new MathContext(60);

    @Test
    void itIsGoodTo2ToTheMinus99() {
        SplittableRandom random = new SplittableRandom(1);
        double worst = 0;
        for (int i = 0; i < 3000; i++) {
            double head = i < 1000 ? random.nextDouble(-2000, 0) : Math.scalb(random.nextDouble(-1, 0), -random.nextInt(40));
            worst = Math.max(worst, error(new Pair(head, head * 0x1p-54 * random.nextDouble(-1, 1))));
        }
        assertThat(worst).isLessThan(0x1p-99);
    }

    @Test
    void itIs0For0() {
        assertThat(PairExp.expm1(Pair.ZERO, PairExp.power(0))).isEqualTo(Pair.ZERO);
    }

    /** Relative to itself, not to 1. */
    @Test
    void nextTo0ItHasAllItsDigits() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 1000; i++) {
            double x = Math.scalb(random.nextDouble(-0.6, 0.6), -random.nextInt(100));
            int power = PairExp.power(x);
            if (power == 0) {
                Pair actual = PairExp.expm1(Pair.of(x), power);
                BigDecimal exact = ExactExp.exp(new BigDecimal(x)).subtract(BigDecimal.ONE);
                assertThat(sum(actual).subtract(exact).divide(exact, DIGITS).abs().doubleValue())
                        .isLessThan(0x1p-98);
            }
        }
    }

    /** The half-way points of the reduction, where its remainder is largest and the power changes. */
    @Test
    void itIsAsGoodWhereThePowerChanges() {
        for (int k = -2000; k < 0; k += 37) {
            double edge = (k + 0.5) * StrictMath.log(2);
            for (double x : new double[] {edge, Math.nextUp(edge), Math.nextDown(edge)}) {
                assertThat(error(Pair.of(x))).isLessThan(0x1p-99);
            }
        }
    }

    private static double error(Pair x) {
        int power = PairExp.power(x.head());
        Pair actual = PairExp.expm1(x, power);
        assertThat(actual.head()).isBetween(-0.3, 0.42);
        BigDecimal exact = ExactExp.exp(new BigDecimal(x.head()).add(new BigDecimal(x.tail())))
                .divide(new BigDecimal(2).pow(power, DIGITS), DIGITS);
        return sum(actual).add(BigDecimal.ONE).subtract(exact).divide(exact, DIGITS).abs().doubleValue();
    }

    private static BigDecimal sum(Pair pair) {
        return new BigDecimal(pair.head()).add(new BigDecimal(pair.tail()));
    }
}
