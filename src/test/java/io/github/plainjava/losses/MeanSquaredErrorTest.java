package io.github.plainjava.losses;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Measurements;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.ExactMeanSquaredError;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.junit.jupiter.api.Test;

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
        return 2;
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
}
