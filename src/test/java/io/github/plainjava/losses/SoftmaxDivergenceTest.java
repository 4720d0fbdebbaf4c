package io.github.plainjava.losses;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.LogitPairs;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.ExactSoftmaxDivergence;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

class SoftmaxDivergenceTest extends LossFunctionContract {

    @Override
    LossFunction loss() {
        return new SoftmaxDivergence();
    }

    @Override
    ExactLoss exact(double[] prediction, double[] target) {
        return ExactSoftmaxDivergence.of(prediction, target, 1);
    }

    @Override
    Arbitrary<Row> rows() {
        return new LogitPairs.Any().get().map(pair -> new Row(pair.one(), pair.other()));
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(Doubles.between(-3, 3), n), Rows.of(Doubles.between(-3, 3), n)).as(Row::new));
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
