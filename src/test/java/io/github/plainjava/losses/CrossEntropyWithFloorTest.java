package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Probabilities;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactCrossEntropy;
import io.github.plainjava.losses.oracle.ExactLog;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import io.github.plainjava.losses.oracle.Options;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.junit.jupiter.api.Test;

class CrossEntropyWithFloorTest extends ClassificationLossContract implements SecondOrderClassificationContract {

    private static final double FLOOR = 0.3;

    @Override
    public SecondOrderClassificationLoss loss() {
        return new CrossEntropy().withFloor(FLOOR);
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactCrossEntropy.of(prediction, target, Options.NONE.withFloor(FLOOR));
    }

    @Override
    Arbitrary<Row> rows() {
        return new Probabilities.OfEveryLength().get().map(row -> new Row(row.probabilities(), row.target()));
    }

    /** Below the floor the loss is a straight line; at it the second derivative jumps, so rows keep away. */
    @Override
    Arbitrary<Row> smoothRows() {
        Arbitrary<Double> probabilities = Doubles.between(0.01, 0.99).filter(p -> Math.abs(p - FLOOR) > 0.01);
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(probabilities, n), Rows.of(Doubles.between(0, 1), n)).as(Row::new));
    }

    @Override
    double valueUlps() {
        return 2;
    }

    @Override
    double gradientUlps() {
        return 3;
    }

    @Override
    public double secondDerivativeUlps() {
        return 3;
    }

    @Override
    public boolean isConvex() {
        return true;
    }

    /** The bound allows 2 ulp, and what is carried along makes it half an ulp. */
    @Test
    void belowTheFloorTheTangentIsRoundedOnce() {
        SplittableRandom random = new SplittableRandom(9);
        for (double floor : new double[] {FLOOR, 0.7, 1e-7, 1}) {
            CrossEntropy loss = new CrossEntropy().withFloor(floor);
            BigDecimal atFloor = BigDecimal.ONE.subtract(ExactLog.log(floor));
            for (int i = 0; i < 300; i++) {
                double p = floor * random.nextDouble();
                BigDecimal exact = atFloor.subtract(
                        new BigDecimal(p).divide(new BigDecimal(floor), new MathContext(60)));
                double value = loss.value(new double[] {1, p}, 1);
                assertThat(Ulps.error(value, exact)).isLessThan(0.501);
                Bits.assertSame(loss.value(new double[] {1, p}, new double[] {0, 1}), value);
            }
        }
    }
}
