package io.github.plainjava.losses;

import io.github.plainjava.losses.oracle.ExactHinge;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import net.jqwik.api.Arbitrary;

/** The square of the hinge loss, on the rows of the plain one. */
class HingeSquaredTest extends ClassificationLossContract implements SecondOrderClassificationContract {

    private final HingeTest plain = new HingeTest();

    @Override
    public SecondOrderClassificationLoss loss() {
        return new Hinge().squared();
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactHinge.squaredOf(prediction, OneHot.decode(target), 1);
    }

    @Override
    Arbitrary<Row> rows() {
        return plain.rows();
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return plain.smoothRows();
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
}
