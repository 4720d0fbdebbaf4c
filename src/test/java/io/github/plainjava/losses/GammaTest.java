package io.github.plainjava.losses;

import io.github.plainjava.losses.generators.Amounts;
import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactGamma;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

class GammaTest extends LossFunctionContract implements SecondOrderContract {

    @Override
    public SecondOrderLoss loss() {
        return new Gamma();
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactGamma.of(prediction, target);
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
        return new Amounts.Positive().get().map(row -> new Row(row.logMean(), row.amount()));
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(Doubles.between(-1, 2), n), Rows.of(Doubles.between(0.1, 10), n)).as(Row::new));
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
