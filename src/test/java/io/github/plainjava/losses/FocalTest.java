package io.github.plainjava.losses;

import io.github.plainjava.losses.generators.Answers;
import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.BinaryOptions;
import io.github.plainjava.losses.oracle.ExactFocal;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

class FocalTest extends LossFunctionContract implements SecondOrderContract {

    @Override
    public SecondOrderLoss loss() {
        return new Focal();
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactFocal.of(prediction, target, 2, BinaryOptions.NONE);
    }

    @Override
    public double secondDerivativeUlps() {
        return 3;
    }

    @Override
    public boolean isConvex() {
        return false;
    }

    @Override
    Arbitrary<Row> rows() {
        return new Answers.OfFewLogits().get().map(row -> new Row(row.prediction(), row.target()));
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(Doubles.between(-20, 20), n), Rows.of(Doubles.between(0, 1), n)).as(Row::new));
    }

    @Override
    double valueUlps() {
        return 3;
    }

    @Override
    double gradientUlps() {
        return 3;
    }
}
