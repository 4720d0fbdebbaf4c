package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Measurements;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactMeanSquaredError;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;

/** A loss of a user's own with second derivatives, a lambda, keeps the contract; this tries the contract, too. */
class UserSecondOrderLossTest extends LossFunctionContract implements SecondOrderContract {

    /** The mean of the squares of a few moderate numbers. */
    private static final SecondOrderLoss SQUARE = (prediction, target, gradient, hessianDiagonal) -> {
        int n = prediction.length;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double difference = prediction[i] - target[i];
            gradient[i] = 2 * difference / n + 0.0;
            hessianDiagonal[i] = 2.0 / n;
            sum += difference * difference;
        }
        return sum / n;
    };

    @Override
    public SecondOrderLoss loss() {
        return SQUARE;
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactMeanSquaredError.of(prediction, target);
    }

    @Override
    public double secondDerivativeUlps() {
        return 1;
    }

    @Override
    public boolean isConvex() {
        return true;
    }

    @Override
    public boolean checksItsArrays() {
        return false;
    }

    @Override
    Arbitrary<Row> rows() {
        return Rows.smallLengths().flatMap(n -> Measurements.aroundDistance(1, n))
                .map(row -> new Row(row.prediction(), row.target()));
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(Doubles.between(-10, 10), n), Rows.of(Doubles.between(-10, 10), n)).as(Row::new));
    }

    @Override
    double valueUlps() {
        return 12;
    }

    @Override
    double gradientUlps() {
        return 2;
    }

    @Example
    void theMeanOfTwoSquaresHasSecondDerivativesOf1() {
        double[] hessian = new double[2];
        SQUARE.valueGradientAndHessian(new double[] {1, 2}, new double[] {0, 0}, new double[2], hessian);
        assertThat(hessian).containsExactly(1, 1);
    }
}
