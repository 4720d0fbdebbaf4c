package io.github.plainjava.losses.benchmark;

import java.util.Random;

/** One setting of every option that a batch of the softmax loss has. */
record Options(double temperature, double smoothing, double[] classWeights, double[] sampleWeights, int ignored) {

    static Options of(Shape shape) {
        Random random = new Random(shape.size());
        double[] classWeights = random.doubles(shape.columns(), 0.5, 2).toArray();
        double[] sampleWeights = random.doubles(shape.rows(), 0.5, 2).toArray();
        return new Options(2, 0.1, classWeights, sampleWeights, 0);
    }
}
