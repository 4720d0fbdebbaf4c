package io.github.plainjava.losses;

import io.github.plainjava.losses.generators.Amounts;
import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import io.github.plainjava.losses.oracle.ExactTweedie;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

class TweedieTest extends LossFunctionContract implements SecondOrderContract {

    @Override
    public SecondOrderLoss loss() {
        return new Tweedie(1.5);
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactTweedie.of(prediction, target, 1.5);
    }

    @Override
    public double secondDerivativeUlps() {
        return 3;
    }

    @Override
    public boolean isConvex() {
        return true;
    }

    @Override
    Arbitrary<Row> rows() {
        return new Amounts.OfEveryLength().get().map(row -> new Row(row.logMean(), row.amount()));
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(Doubles.between(-2, 2), n), Rows.of(Doubles.between(0, 10), n)).as(Row::new));
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
