package io.github.plainjava.losses.demo;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A prediction over two classes, the first of which is true. The probability of the true class then says everything,
 * and both losses are functions of it alone. The other probability is kept too: 1 - p would have lost it near p = 1.
 *
 * @param name    the probability of the true class, for people
 * @param truth   the probability of the true class
 * @param mistake the probability of the other class
 */
record TwoClasses(String name, double truth, double mistake) {
    /** The probabilities of the true class from 1e-12 to 1 - 1e-12, as listed in the table. */
    static List<TwoClasses> fromSurelyWrongToSurelyRight() {
        Stream<TwoClasses> wrong = Stream.of("1e-12", "1e-9", "1e-6", "1e-4", "0.01", "0.1").map(TwoClasses::wrong);
        Stream<TwoClasses> even = Stream.of(new TwoClasses("1/3", 1 / 3.0, 2 / 3.0), new TwoClasses("0.5", 0.5, 0.5));
        Stream<TwoClasses> right = Stream.of("0.1", "0.01", "1e-4", "1e-6", "1e-9", "1e-12").map(TwoClasses::right);
        return Stream.of(wrong, even, right).flatMap(rows -> rows).toList();
    }

    static TwoClasses of(double truth) {
        return new TwoClasses(String.format(Locale.ROOT, "%.3g", truth), truth, 1 - truth);
    }

    private static TwoClasses wrong(String truth) {
        return new TwoClasses(truth, Double.parseDouble(truth), 1 - Double.parseDouble(truth));
    }

    private static TwoClasses right(String mistake) {
        double probability = Double.parseDouble(mistake);
        String name = probability < 0.01 ? "1 - " + mistake : String.valueOf(1 - probability);
        return new TwoClasses(name, 1 - probability, probability);
    }

    double loss(Objective objective) {
        return objective.loss().value(logits(), 0);
    }

    /** The derivative of the loss by the true class's logit; gradient descent moves the logit against it. */
    double gradient(Objective objective) {
        return objective.loss().gradient(logits(), 0)[0];
    }

    private double[] logits() {
        return new double[] {StrictMath.log(truth) - StrictMath.log(mistake), 0};
    }
}
