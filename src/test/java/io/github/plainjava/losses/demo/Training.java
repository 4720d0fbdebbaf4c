package io.github.plainjava.losses.demo;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.Softmax;
import io.github.plainjava.losses.demo.Digits.Images;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * One training of softmax regression by full-batch gradient descent: an epoch is one step on the mean loss of all
 * training images.
 *
 * @param rate   the learning rate
 * @param epochs what was measured after 0, 1, 2, ... epochs
 */
record Training(double rate, List<Epoch> epochs) {
    static final int EPOCHS = 200;
    private static final Batch CROSS_ENTROPY = Batch.of(new Softmax(), Digits.CLASSES);

    /**
     * The state after some epochs.
     *
     * @param loss     the mean loss that is being minimised, on the training images
     * @param accuracy the share of the other images that are recognised
     * @param digits   how many of the ten digits are recognised at all, on at least one of the other images
     * @param nats     the mean cross-entropy of the other images, whichever loss is being minimised
     */
    record Epoch(double loss, double accuracy, long digits, double nats) {}

    /** Trains a model on one set of images and measures it on another. */
    static Training run(SoftmaxRegression model, Objective objective, double rate, Images images, Images others) {
        Batch loss = Batch.of(objective.loss(), Digits.CLASSES);
        List<Epoch> epochs = new ArrayList<>();
        while (true) {
            double[] logits = model.logits(images);
            double[] gradient = new double[logits.length];
            double value = loss.valueAndGradient(logits, images.labels(), gradient);
            epochs.add(measure(value, model.logits(others), others));
            if (epochs.size() > EPOCHS) {
                return new Training(rate, epochs);
            }
            model.descend(images, gradient, rate);
        }
    }

    private static Epoch measure(double loss, double[] logits, Images images) {
        int[] answers = SoftmaxRegression.decide(logits);
        int[] correct = IntStream.range(0, answers.length)
                .filter(i -> answers[i] == images.labels()[i]).map(i -> answers[i]).toArray();
        return new Epoch(loss, (double) correct.length / answers.length, IntStream.of(correct).distinct().count(),
                CROSS_ENTROPY.value(logits, images.labels()));
    }

    /** The first epoch after which the accuracy is reached, if any. */
    OptionalInt epochsTo(double accuracy) {
        return IntStream.rangeClosed(0, EPOCHS).filter(epoch -> epochs.get(epoch).accuracy() >= accuracy).findFirst();
    }

    /** The mean accuracy over all epochs: high for a training that is both fast and good in the end. */
    double meanAccuracy() {
        return epochs.stream().mapToDouble(Epoch::accuracy).average().orElseThrow();
    }

    Epoch last() {
        return epochs.get(EPOCHS);
    }
}
