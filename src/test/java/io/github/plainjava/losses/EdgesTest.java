package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Ends of ranges that random inputs meet only now and then. */
class EdgesTest {

    @Test
    void theSlopeAtTheLargestLogitIsFoundFromBelow() {
        GradientCheck check = GradientCheck.of(new Softmax(), new double[] {Double.MAX_VALUE, 0}, 0);
        assertThat(check.passes()).as(check.toString()).isTrue();
    }

    @Test
    void aNaNHasNoSlope() {
        GradientCheck check = GradientCheck.of(new Softmax(), new double[] {Double.NaN, 0}, 0);
        assertThat(check.passes()).as(check.toString()).isFalse();
        assertThat(check.numeric()).isNaN();
    }

    @Test
    void textNamesSmoothingAndClassWeights() {
        assertThat(new Softmax().withLabelSmoothing(0.25).withClassWeights(1, 2).toString())
                .contains(", labelSmoothing=0.25, classWeights=[1.0, 2.0]");
        assertThat(new Softmax()).hasToString("Softmax[temperature=1.0]");
        assertThat(new CrossEntropy().withFloor(0.5).withLabelSmoothing(0.25))
                .hasToString("CrossEntropy[floor=0.5, labelSmoothing=0.25]");
    }
}
