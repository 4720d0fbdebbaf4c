package consumer;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.ClassificationLoss;
import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.Information;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.LossMean;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.OneHot;
import io.github.plainjava.losses.Softmax;
import java.util.stream.DoubleStream;

/** Calls each part of the library once and ends with an exception at the first result that is not the expected one. */
final class Main {

    public static void main(String[] args) {
        usesThePackagedJarOnTheClassPath();
        meanSquaredError();
        crossEntropy();
        softmax();
        batch();
        lossMean();
        Check.close(Information.toBits(Math.log(8)), 3, "three bits");
    }

    private static void usesThePackagedJarOnTheClassPath() {
        String place = LossFunction.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        Check.that(place.endsWith(".jar"), "the library comes from " + place);
        Check.that(!LossFunction.class.getModule().isNamed(), "the library is not on the class path");
    }

    private static void meanSquaredError() {
        LossFunction loss = new MeanSquaredError();
        double[] prediction = {2.5, 0.0};
        double[] target = {3.0, -0.5};
        Check.close(loss.value(prediction, target), 0.25, "mean squared error");
        Check.close(loss.gradient(prediction, target), new double[] {-0.5, 0.5}, "its gradient");
    }

    private static void crossEntropy() {
        CrossEntropy loss = new CrossEntropy();
        Check.close(loss.value(new double[] {0.7, 0.2, 0.1}, 0), 0.3566749439387324, "-log 0.7");
        Check.close(loss.value(new double[] {0.1, 0.2, 0.7}, OneHot.encode(0, 3)), 2.302585092994046, "-log 0.1");
    }

    private static void softmax() {
        ClassificationLoss loss = new Softmax();
        double[] gradient = new double[2];
        double value = loss.valueAndGradient(new double[] {40, 0}, 0, gradient);
        Check.close(value, 4.248354255291589e-18, "the loss of [40, 0], label 0");
        Check.close(gradient, new double[] {-4.248354255291589e-18, 4.248354255291589e-18}, "its gradient");
        Check.close(Softmax.logSumExp(new double[] {1000, 1000}), 1000 + Math.log(2), "log-sum-exp");
        Check.close(Softmax.softmax(new double[] {0, 0, 0, 0}), new double[] {0.25, 0.25, 0.25, 0.25}, "softmax");
    }

    private static void batch() {
        double[] logits = {0, 0, 0, 1, 2, 3};
        int[] labels = {0, -100};
        Batch batch = Batch.of(new Softmax().withTemperature(2).withClassWeights(1, 4, 1), 3).ignoring(-100);
        Check.close(batch.value(logits, labels), Math.log(3), "the mean over the row that is not ignored");
        Check.close(batch.perRow(logits, labels), new double[] {Math.log(3), 0}, "each row's loss");
    }

    private static void lossMean() {
        LossMean mean = DoubleStream.of(1e16, 1, -1e16).boxed().collect(LossMean.averaging(Double::doubleValue));
        Check.that(mean.sum() == 1, "an exact sum, not " + mean.sum());
        Check.that(mean.mean() == 1.0 / 3, "a correctly rounded mean, not " + mean.mean());
    }

    private Main() {
    }
}
