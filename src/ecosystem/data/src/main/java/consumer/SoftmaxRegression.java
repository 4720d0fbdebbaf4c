package consumer;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.Softmax;
import java.io.Serializable;

/** Softmax regression: one logit a digit, each a weighted sum of the pixels plus a constant. */
public final class SoftmaxRegression implements Serializable {

    /** A row of weights for each digit, end to end, then its constant for each. */
    public static final int PARAMETERS = Digits.CLASSES * (Digits.PIXELS + 1);

    private static final long serialVersionUID = 1;

    private final double[] parameters = new double[PARAMETERS];

    /** Trained by full-batch gradient descent. */
    public static SoftmaxRegression trained(Digits digits, int epochs, double rate) {
        SoftmaxRegression model = new SoftmaxRegression();
        Batch batch = Batch.of(new Softmax(), Digits.CLASSES);
        double[] atLogits = new double[digits.count() * Digits.CLASSES];
        for (int epoch = 0; epoch < epochs; epoch++) {
            batch.valueAndGradient(model.logits(digits), digits.labels(), atLogits);
            double[] gradient = new double[PARAMETERS];
            for (int i = 0; i < atLogits.length; i++) {
                int digit = i % Digits.CLASSES;
                double[] pixels = digits.pixels()[i / Digits.CLASSES];
                for (int pixel = 0; pixel < pixels.length; pixel++) {
                    gradient[digit * Digits.PIXELS + pixel] += atLogits[i] * pixels[pixel];
                }
                gradient[Digits.CLASSES * Digits.PIXELS + digit] += atLogits[i];
            }
            model.descend(gradient, rate);
        }
        return model;
    }

    /** The weights, a row a digit, then the constants. */
    public double[] parameters() {
        return parameters.clone();
    }

    /** The logits of one image. */
    public double[] logits(double[] pixels) {
        double[] logits = new double[Digits.CLASSES];
        for (int digit = 0; digit < logits.length; digit++) {
            double logit = parameters[Digits.CLASSES * Digits.PIXELS + digit];
            for (int pixel = 0; pixel < pixels.length; pixel++) {
                logit += parameters[digit * Digits.PIXELS + pixel] * pixels[pixel];
            }
            logits[digit] = logit;
        }
        return logits;
    }

    /** The logits of all images, end to end. */
    public double[] logits(Digits digits) {
        double[] all = new double[digits.count() * Digits.CLASSES];
        for (int row = 0; row < digits.count(); row++) {
            System.arraycopy(logits(digits.pixels()[row]), 0, all, row * Digits.CLASSES, Digits.CLASSES);
        }
        return all;
    }

    /** A step down the gradient. */
    public void descend(double[] gradient, double rate) {
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] -= rate * gradient[i];
        }
    }
}
