package io.github.plainjava.losses;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Probabilities;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactCrossEntropy;
import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.Options;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

class CrossEntropyWithFloorTest extends ClassificationLossContract {

    private static final double FLOOR = 0.3;

    @Override
    ClassificationLoss loss() {
        return new CrossEntropy().withFloor(FLOOR);
    }

    @Override
    ExactLoss exact(double[] prediction, double[] target) {
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
}
