package io.github.plainjava.losses.demo;

import io.github.plainjava.losses.OneHot;
import io.github.plainjava.losses.demo.Digits.Images;
import java.util.Arrays;
import java.util.Random;

/** Softmax regression: one logit a digit, each a weighted sum of the pixels plus a constant. */
final class SoftmaxRegression {
    private static final int CLASSES = Digits.CLASSES;

    private final double[][] weights = new double[CLASSES][Digits.PIXELS];
    private final double[] constants = new double[CLASSES];

    private SoftmaxRegression() {}

    /** All weights 0: every digit has probability 1/10 for every image. */
    static SoftmaxRegression even() {
        return new SoftmaxRegression();
    }

    /** Weights from the standard normal distribution: the model is sure of itself, and mostly wrong. */
    static SoftmaxRegression confidentlyWrong(long seed) {
        Random random = new Random(seed);
        SoftmaxRegression model = new SoftmaxRegression();
        for (double[] row : model.weights) {
            Arrays.setAll(row, i -> random.nextGaussian());
        }
        return model;
    }

    /** The logits of every image, one row an image, end to end. */
    double[] logits(Images images) {
        double[] logits = new double[images.count() * CLASSES];
        for (int row = 0; row < images.count(); row++) {
            for (int digit = 0; digit < CLASSES; digit++) {
                logits[row * CLASSES + digit] = constants[digit] + dot(weights[digit], images.pixels()[row]);
            }
        }
        return logits;
    }

    /** One step down the gradient, which is given at the logits and carried to the weights by the chain rule. */
    void descend(Images images, double[] gradientAtLogits, double rate) {
        for (int row = 0; row < images.count(); row++) {
            for (int digit = 0; digit < CLASSES; digit++) {
                double step = rate * gradientAtLogits[row * CLASSES + digit];
                constants[digit] -= step;
                subtract(weights[digit], step, images.pixels()[row]);
            }
        }
    }

    private static double dot(double[] weights, double[] pixels) {
        double sum = 0;
        for (int i = 0; i < pixels.length; i++) {
            sum += weights[i] * pixels[i];
        }
        return sum;
    }

    private static void subtract(double[] weights, double step, double[] pixels) {
        for (int i = 0; i < pixels.length; i++) {
            weights[i] -= step * pixels[i];
        }
    }

    /** The most probable digit of every image, from its row of logits. */
    static int[] decide(double[] logits) {
        int[] digits = new int[logits.length / CLASSES];
        Arrays.setAll(digits, row -> OneHot.decode(Arrays.copyOfRange(logits, row * CLASSES, (row + 1) * CLASSES)));
        return digits;
    }
}
