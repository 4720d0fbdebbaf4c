package io.github.plainjava.losses.vectors;

import io.github.plainjava.losses.BinaryCrossEntropy;
import io.github.plainjava.losses.Brier;
import io.github.plainjava.losses.ClassificationLoss;
import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.Focal;
import io.github.plainjava.losses.Gamma;
import io.github.plainjava.losses.Hinge;
import io.github.plainjava.losses.Huber;
import io.github.plainjava.losses.Information;
import io.github.plainjava.losses.LogCosh;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.MeanAbsoluteError;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.Pinball;
import io.github.plainjava.losses.Poisson;
import io.github.plainjava.losses.PseudoHuber;
import io.github.plainjava.losses.SecondOrderLoss;
import io.github.plainjava.losses.Sigmoid;
import io.github.plainjava.losses.Softmax;
import io.github.plainjava.losses.SoftmaxDivergence;
import io.github.plainjava.losses.Tweedie;
import java.util.Map;
import java.util.function.BiFunction;

/** What the library says to a row of the conformance vectors. */
final class Library {

    private Library() {
    }

    static double answer(String file, Line line) {
        Case of = line.of();
        Result asked = line.expected();
        return file.startsWith("loss-")
                ? ofLoss(loss(file.substring("loss-".length()), of), of, asked)
                : ofFunction(file.substring("function-".length()), of, asked);
    }

    private static double ofFunction(String name, Case of, Result asked) {
        double[] x = of.x();
        double[] gradient = new double[x.length];
        return switch (name) {
            case "softmax" -> Softmax.softmax(x)[asked.place()];
            case "logSoftmax" -> Softmax.logSoftmax(x)[asked.place()];
            case "logSumExp" -> Softmax.logSumExp(x);
            case "softmaxEntropy" -> asked(asked, Softmax.entropy(x, gradient), gradient, gradient);
            case "jacobianVectorProduct" -> Softmax.jacobianVectorProduct(x, of.y())[asked.place()];
            case "sigmoid" -> Sigmoid.sigmoid(x[0]);
            case "logSigmoid" -> Sigmoid.logSigmoid(x[0]);
            case "softplus" -> Sigmoid.softplus(x[0]);
            case "logit" -> Sigmoid.logit(x[0]);
            case "entropy" -> Information.entropy(x);
            case "klDivergence" -> Information.klDivergence(x, of.y());
            case "jensenShannon" -> Information.jensenShannon(x, of.y());
            default -> throw new AssertionError(name);
        };
    }

    private static LossFunction loss(String name, Case of) {
        Map<String, double[]> options = of.options();
        double smoothing = of.option("labelSmoothing", 0);
        double floor = of.option("floor", 0);
        return switch (name) {
            case "MeanSquaredError" -> new MeanSquaredError();
            case "MeanAbsoluteError" -> new MeanAbsoluteError();
            case "Huber" -> new Huber().withThreshold(of.option("threshold", 1));
            case "PseudoHuber" -> new PseudoHuber().withScale(of.option("scale", 1));
            case "LogCosh" -> new LogCosh();
            case "Pinball" -> new Pinball(options.get("levels"));
            case "Sigmoid" -> with(options, "positiveWeights",
                    new Sigmoid().withLabelSmoothing(smoothing), Sigmoid::withPositiveWeights);
            case "BinaryCrossEntropy" -> with(options, "floor", with(options, "positiveWeights",
                    new BinaryCrossEntropy().withLabelSmoothing(smoothing), BinaryCrossEntropy::withPositiveWeights),
                    (loss, values) -> loss.withFloor(floor));
            case "Focal" -> with(options, "positiveWeights",
                    new Focal().withFocus(of.option("focus", 2)), Focal::withPositiveWeights);
            case "Poisson" -> new Poisson();
            case "Gamma" -> new Gamma();
            case "Tweedie" -> new Tweedie(options.get("power")[0]);
            case "Softmax" -> with(options, "classWeights", new Softmax().withLabelSmoothing(smoothing)
                    .withTemperature(of.option("temperature", 1)), Softmax::withClassWeights);
            case "CrossEntropy" -> with(options, "floor", with(options, "classWeights",
                    new CrossEntropy().withLabelSmoothing(smoothing), CrossEntropy::withClassWeights),
                    (loss, values) -> loss.withFloor(floor));
            case "Brier" -> new Brier();
            case "Hinge" -> with(options, "squared",
                    new Hinge().withMargin(of.option("margin", 1)), (loss, values) -> loss.squared());
            case "SoftmaxDivergence" -> with(options, "reversed",
                    new SoftmaxDivergence().withTemperature(of.option("temperature", 1)),
                    (loss, values) -> loss.reversed());
            default -> throw new AssertionError(name);
        };
    }

    private static <T> T with(Map<String, double[]> options, String name, T loss, BiFunction<T, double[], T> change) {
        return options.containsKey(name) ? change.apply(loss, options.get(name)) : loss;
    }

    private static double ofLoss(LossFunction loss, Case of, Result asked) {
        double[] gradient = new double[of.x().length];
        double[] second = new double[of.x().length];
        int label = label(of.y());
        if (loss instanceof ClassificationLoss ofLabel && label >= 0 && asked.name().equals("gradient")) {
            return ofLabel.gradient(of.x(), label)[asked.place()];
        }
        double value = loss instanceof SecondOrderLoss ofSecondOrder
                ? ofSecondOrder.valueGradientAndHessian(of.x(), of.y(), gradient, second)
                : loss.valueAndGradient(of.x(), of.y(), gradient);
        return asked(asked, value, gradient, second);
    }

    private static double asked(Result asked, double value, double[] gradient, double[] second) {
        return switch (asked.name()) {
            case "value" -> value;
            case "gradient" -> gradient[asked.place()];
            default -> second[asked.place()];
        };
    }

    /** The label whose one-hot array the target is, or -1. */
    private static int label(double[] target) {
        int label = -1;
        for (int i = 0; i < target.length; i++) {
            if (target[i] != 0 && (label >= 0 || target[i] != 1)) {
                return -1;
            }
            label = target[i] == 1 ? i : label;
        }
        return label;
    }
}
