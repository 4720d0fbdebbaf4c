package io.github.plainjava.losses;

import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.ExactSoftmaxDivergence;

/** The same rows, the other way round. */
class ReversedSoftmaxDivergenceTest extends SoftmaxDivergenceTest {

    @Override
    LossFunction loss() {
        return new SoftmaxDivergence().reversed();
    }

    @Override
    ExactLoss exact(double[] prediction, double[] target) {
        return ExactSoftmaxDivergence.reversed(prediction, target, 1);
    }
}
