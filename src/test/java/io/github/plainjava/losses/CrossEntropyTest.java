package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Probabilities;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactCrossEntropy;
import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.Options;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.junit.jupiter.api.Test;

class CrossEntropyTest extends ClassificationLossContract {

    @Override
    ClassificationLoss loss() {
        return new CrossEntropy();
    }

    @Override
    ExactLoss exact(double[] prediction, double[] target) {
        return ExactCrossEntropy.of(prediction, target, Options.NONE);
    }

    @Override
    Arbitrary<Row> rows() {
        return new Probabilities.OfEveryLength().get().map(row -> new Row(row.probabilities(), row.target()));
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return Rows.smallLengths().flatMap(n -> Combinators
                .combine(Rows.of(Doubles.between(0.3, 0.99), n), Rows.of(Doubles.between(0, 1), n)).as(Row::new));
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
    void theExamplesOfTheDesign() {
        CrossEntropy crossEntropy = new CrossEntropy();
        assertThat(crossEntropy.value(new double[] {0.7, 0.2, 0.1}, 0)).isCloseTo(0.356674943938732, within(1e-15));
        assertThat(crossEntropy.value(new double[] {0.1, 0.2, 0.7}, OneHot.encode(0, 3)))
                .isCloseTo(2.302585092994046, within(1e-15));
        assertThat(crossEntropy.gradient(new double[] {0.5, 0.25, 0.25}, 1)).containsExactly(0, -4, 0);
    }

    @Test
    void aFloorGivesANewLossAndLeavesTheOldOneAsItWas() {
        CrossEntropy without = new CrossEntropy();
        CrossEntropy with = without.withFloor(0.5);
        assertThat(with).isNotSameAs(without);
        assertThat(without.value(new double[] {0, 1}, 0)).isInfinite();
        assertThat(with.value(new double[] {0, 1}, 0)).isFinite();
        assertThat(serialisedAndBack(with).value(new double[] {0, 1}, 0)).isEqualTo(with.value(new double[] {0, 1}, 0));
    }
}
