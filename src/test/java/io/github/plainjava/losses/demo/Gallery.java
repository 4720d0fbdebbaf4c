package io.github.plainjava.losses.demo;

import io.github.plainjava.losses.Brier;
import io.github.plainjava.losses.ClassificationLoss;
import io.github.plainjava.losses.Focal;
import io.github.plainjava.losses.Gamma;
import io.github.plainjava.losses.Hinge;
import io.github.plainjava.losses.Huber;
import io.github.plainjava.losses.LogCosh;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.MeanAbsoluteError;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.Pinball;
import io.github.plainjava.losses.Poisson;
import io.github.plainjava.losses.PseudoHuber;
import io.github.plainjava.losses.Sigmoid;
import io.github.plainjava.losses.Softmax;
import io.github.plainjava.losses.SoftmaxDivergence;
import io.github.plainjava.losses.Tweedie;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** The losses by family: each loss as a function of one number, and its gradient by that number. */
final class Gallery {
    private Gallery() {}

    /**
     * A family.
     *
     * @param title  what it is for
     * @param number what the losses are functions of
     * @param reach  the number is drawn from -reach to reach
     * @param value  the range of the values
     * @param slope  the range of the gradients
     * @param losses that belong to it
     */
    record Family(String title, String number, double reach, Range value, Range slope, List<Curve> losses) {}

    /** The part of an axis that is drawn, and the step of its labels. */
    record Range(double from, double to, double step) {}

    /** A loss as a function of one number. */
    record Curve(String name, DoubleUnaryOperator value, DoubleUnaryOperator slope) {}

    static List<Family> families() {
        return List.of(differences(), quantiles(), yesOrNo(), deviances(), classes(), divergences());
    }

    private static Family differences() {
        return new Family("Quantities", "prediction - target", 3, new Range(0, 4, 1), new Range(-2, 2, 1), List.of(
                quantity("squared error", new MeanSquaredError(), 0),
                quantity("absolute error", new MeanAbsoluteError(), 0), quantity("Huber", new Huber(), 0),
                quantity("pseudo-Huber", new PseudoHuber(), 0), quantity("log-cosh", new LogCosh(), 0)));
    }

    private static Family quantiles() {
        return new Family("Quantiles, by pinball loss", "prediction - target", 3, new Range(0, 3, 1),
                new Range(-1, 1, 0.5), List.of(quantity("level 0.1", new Pinball(0.1), 0),
                        quantity("level 0.5", new Pinball(0.5), 0), quantity("level 0.9", new Pinball(0.9), 0)));
    }

    private static Family yesOrNo() {
        return new Family("Yes or no, where the target is yes", "logit", 4, new Range(0, 4, 1),
                new Range(-1.5, 0.5, 0.5), List.of(quantity("sigmoid", new Sigmoid(), 1),
                        quantity("focal, focus 1", new Focal().withFocus(1), 1),
                        quantity("focal, focus 2", new Focal().withFocus(2), 1)));
    }

    private static Family deviances() {
        return new Family("Counts and amounts, where the target is 1", "log of the mean", 2, new Range(0, 4, 1),
                new Range(-4, 4, 2), List.of(quantity("Poisson", new Poisson(), 1),
                        quantity("Tweedie, power 1.5", new Tweedie(1.5), 1), quantity("Gamma", new Gamma(), 1)));
    }

    private static Family classes() {
        return new Family("Classes, here two, from logits", "logit of the true class - logit of the other", 4,
                new Range(0, 4, 1), new Range(-2, 1, 1), List.of(classes("cross-entropy", new Softmax()), brier(),
                        classes("hinge", new Hinge()), classes("squared hinge", new Hinge().squared())));
    }

    private static Family divergences() {
        double[] teacher = {2, 0};
        return new Family("Another model's logits, here 2 and 0", "first logit - second logit", 6,
                new Range(0, 4, 1), new Range(-1, 0.5, 0.5), List.of(
                        logits("divergence", new SoftmaxDivergence(), teacher),
                        logits("reversed", new SoftmaxDivergence().reversed(), teacher)));
    }

    private static Curve quantity(String name, LossFunction loss, double target) {
        double[] targets = {target};
        return new Curve(name, x -> loss.value(new double[] {x}, targets),
                x -> loss.gradient(new double[] {x}, targets)[0]);
    }

    private static Curve classes(String name, ClassificationLoss loss) {
        return new Curve(name, x -> loss.value(new double[] {x, 0}, 0), x -> loss.gradient(new double[] {x, 0}, 0)[0]);
    }

    /** Brier's score of softmax's probabilities; by the chain rule, its gradient goes through softmax's Jacobian. */
    private static Curve brier() {
        Brier brier = new Brier();
        return new Curve("Brier's score", x -> brier.value(Softmax.softmax(new double[] {x, 0}), 0), x -> {
            double[] logits = {x, 0};
            return Softmax.jacobianVectorProduct(logits, brier.gradient(Softmax.softmax(logits), 0))[0];
        });
    }

    private static Curve logits(String name, LossFunction loss, double[] target) {
        return new Curve(name, x -> loss.value(new double[] {x, 0}, target),
                x -> loss.gradient(new double[] {x, 0}, target)[0]);
    }
}
