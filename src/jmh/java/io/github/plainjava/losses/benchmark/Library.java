package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.ClassificationLoss;
import io.github.plainjava.losses.LossFunction;

/** The library as its users call it: a loss for a single row, a {@link Batch} of it for more. */
final class Library {

    private Library() {}

    static Contender valueByLabel(ClassificationLoss loss, String shape) {
        if (isRow(shape)) {
            return Contender.of(s -> loss.value(s.prediction(), s.label()));
        }
        Batch batch = batch(loss, shape);
        return Contender.of(s -> batch.value(s.prediction(), s.labels()));
    }

    static Contender valueAndGradientByLabel(ClassificationLoss loss, String shape) {
        if (isRow(shape)) {
            return Contender.of(s -> loss.valueAndGradient(s.prediction(), s.label(), s.output()));
        }
        Batch batch = batch(loss, shape);
        return Contender.of(s -> batch.valueAndGradient(s.prediction(), s.labels(), s.output()));
    }

    static Contender valueByTarget(LossFunction loss, String shape) {
        if (isRow(shape)) {
            return Contender.of(s -> loss.value(s.prediction(), s.target()));
        }
        Batch batch = batch(loss, shape);
        return Contender.of(s -> batch.value(s.prediction(), s.target()));
    }

    static Contender valueAndGradientByTarget(LossFunction loss, String shape) {
        if (isRow(shape)) {
            return Contender.of(s -> loss.valueAndGradient(s.prediction(), s.target(), s.output()));
        }
        Batch batch = batch(loss, shape);
        return Contender.of(s -> batch.valueAndGradient(s.prediction(), s.target(), s.output()));
    }

    private static boolean isRow(String shape) {
        return Shape.of(shape).rows() == 1;
    }

    private static Batch batch(LossFunction loss, String shape) {
        return Batch.of(loss, Shape.of(shape).columns());
    }
}
