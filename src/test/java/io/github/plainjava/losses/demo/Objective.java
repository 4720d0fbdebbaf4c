package io.github.plainjava.losses.demo;

import io.github.plainjava.losses.ClassificationLoss;
import io.github.plainjava.losses.Softmax;

/** The two losses that are compared, each as a function of the logits and the label. */
enum Objective {
    CROSS_ENTROPY("cross-entropy", new Softmax()),
    SQUARED_ERROR("squared error", new SquaredErrorOfSoftmax());

    private final String label;
    private final ClassificationLoss loss;

    Objective(String label, ClassificationLoss loss) {
        this.label = label;
        this.loss = loss;
    }

    ClassificationLoss loss() {
        return loss;
    }

    @Override
    public String toString() {
        return label;
    }
}
