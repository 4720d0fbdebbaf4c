package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Measurements;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.ExactMeanSquaredError;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeanSquaredErrorTest extends LossFunctionContract {

    @Override
    LossFunction loss() {
        return new MeanSquaredError();
    }

    @Override
    ExactLoss exact(double[] prediction, double[] target) {
        return ExactMeanSquaredError.of(prediction, target);
    }

    @Override
    Arbitrary<Row> rows() {
        return new Measurements.OfEveryLength().get().map(row -> new Row(row.prediction(), row.target()));
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(Doubles.between(-10, 10), n), Rows.of(Doubles.between(-10, 10), n)).as(Row::new));
    }

    @Override
    double valueUlps() {
        return 3;
    }

    @Override
    double gradientUlps() {
        return 3;
    }

    @Test
    void theExampleOfTheDesign() {
        Bits.assertSame(loss().value(new double[] {2.5, 0.0}, new double[] {3.0, -0.5}), 0.25);
        Bits.assertSame(loss().gradient(new double[] {2.5, 0.0}, new double[] {3.0, -0.5}), new double[] {-0.5, 0.5});
    }

    /** The large numbers have no room to be scaled up with the small ones. */
    @Test
    void equalLargeNumbersDoNotDisturbATinyMean() {
        double[] prediction = {0x1p1000, 0x1p-530};
        double[] target = {0x1p1000, 0};
        double[] gradient = new double[2];
        Bits.assertSame(loss().valueAndGradient(prediction, target, gradient), 0x1p-1061);
        Bits.assertSame(gradient, new double[] {0, 0x1p-530});
    }

    /** A square that exceeds the sum it is added to loses the most: it may come late, in any of the sums of the row. */
    @ParameterizedTest
    @ValueSource(ints = {0, 191, 192, 1000, 1151, 1152, 1400, 2499})
    void aLateOutlierStaysWithinTheBound(int place) {
        for (int i = 0; i < 20; i++) {
            SplittableRandom random = new SplittableRandom(1000L * place + i);
            double[] target = random.doubles(2500).toArray();
            double[] prediction = random.doubles(2500).toArray();
            prediction[place] = 1e4 * (1 + random.nextDouble());
            BigDecimal exact = exact(prediction, target).value();
            double value = loss().value(prediction, target);
            assertThat(Ulps.error(value, exact, exact)).isLessThanOrEqualTo(3);
        }
    }

    /** Where a row starts in its array, and whether the gradient replaces the prediction, decides how it is summed. */
    @ParameterizedTest
    @ValueSource(ints = {1, 24, 25, 192, 193, 1000, 1152, 1153, 1400, 2500})
    void theWayOfSummingChangesNoBit(int n) {
        double[] prediction = new SplittableRandom(n).doubles(3L * n).toArray();
        double[] target = new SplittableRandom(-n).doubles(3L * n).toArray();
        MeanSquaredError loss = new MeanSquaredError();
        for (int from = 0; from < prediction.length; from += n) {
            double[] gradient = new double[n];
            double[] p = Arrays.copyOfRange(prediction, from, from + n);
            double[] t = Arrays.copyOfRange(target, from, from + n);
            double value = loss.valueAndGradient(p, t, gradient);
            Bits.assertSame(loss.value(p, t), value);
            Bits.assertSame(loss.valueAndGradient(p, t, p), value);
            Bits.assertSame(p, gradient);
        }
    }
}
