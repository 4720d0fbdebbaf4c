package io.github.plainjava.losses.benchmark;

import java.util.Random;

/**
 * The data of the benchmarks: the same on every run and JVM, because the algorithm of {@link Random} is specified.
 *
 * <p>A benchmark cycles through several samples, so that the branch predictor cannot learn the data by heart: as many
 * as make 65,536 values together, but at least 2 and at most 1,024. Two samples of 64 x 50000 are 51 MB, far beyond a
 * core's second-level cache; two of 256 x 1000 are 4 MB.
 */
final class Samples {

    private static final long SEED = 20_261_122;
    private static final int VALUES = 1 << 16;
    private static final int FEWEST = 2;
    private static final int MOST = 1 << 10;

    private final Shape shape;
    private final boolean probabilities;
    private final boolean distributions;
    private final Random random = new Random(SEED);

    private Samples(Shape shape, boolean probabilities, boolean distributions) {
        this.shape = shape;
        this.probabilities = probabilities;
        this.distributions = distributions;
    }

    /** Logits, normally distributed with standard deviation 3, and random labels. */
    static Sample[] logits(String shape) {
        return new Samples(Shape.of(shape), false, false).make();
    }

    /** The same with random target distributions. */
    static Sample[] logitsWithTargets(String shape) {
        return new Samples(Shape.of(shape), false, true).make();
    }

    /** The softmax of such logits, and random labels. */
    static Sample[] probabilities(String shape) {
        return new Samples(Shape.of(shape), true, false).make();
    }

    /** The same with random target distributions. */
    static Sample[] probabilitiesWithTargets(String shape) {
        return new Samples(Shape.of(shape), true, true).make();
    }

    private Sample[] make() {
        double[] output = new double[shape.size()];
        Sample[] samples = new Sample[count(shape.size())];
        for (int i = 0; i < samples.length; i++) {
            double[] prediction = probabilities ? softmax(normals(3)) : normals(3);
            double[] target = distributions ? softmax(normals(1)) : null;
            int[] labels = random.ints(shape.rows(), 0, shape.columns()).toArray();
            samples[i] = new Sample(i, shape, prediction, labels, target, output);
        }
        return samples;
    }

    /** A power of two, so that a mask is enough to cycle. */
    private static int count(int size) {
        return Integer.highestOneBit(Math.max(FEWEST, Math.min(MOST, VALUES / size)));
    }

    private double[] normals(double deviation) {
        double[] values = new double[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = deviation * random.nextGaussian();
        }
        return values;
    }

    private double[] softmax(double[] logits) {
        for (int start = 0; start < logits.length; start += shape.columns()) {
            Naive.softmaxOfRow(logits, start, start + shape.columns(), logits);
        }
        return logits;
    }
}
