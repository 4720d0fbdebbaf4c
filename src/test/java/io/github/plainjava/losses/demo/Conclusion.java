package io.github.plainjava.losses.demo;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * The conclusion in words. Every sentence is chosen by the figures that were measured, and quotes them: other figures
 * make other sentences, up to the advice.
 */
record Conclusion(int testImages, DigitsExperiment even, DigitsExperiment wrong, DiabetesExperiment diabetes,
        OutliersExperiment outliers, QuantilesExperiment quantiles) {
    private static final double HIGH = 0.9;

    List<String> sentences() {
        return List.of(mistake(), evenStart(), finish(), wrongStarts(), lostDigits(), regression(), wrongTargets(),
                range(), advice());
    }

    private String mistake() {
        TwoClasses worst = worst();
        PerLoss<Double> pull = PerLoss.of(objective -> -worst.gradient(objective));
        return say("When the true class is given probability %s, cross-entropy pulls at its logit with %.3g and squared"
                + " error with %.3g: %s.", worst.name(), pull.crossEntropy(), pull.squaredError(),
                squaredErrorVanishes() ? "squared error has all but stopped correcting its worst mistake"
                        : "both correct the mistake");
    }

    private static TwoClasses worst() {
        return TwoClasses.fromSurelyWrongToSurelyRight().get(0);
    }

    private static boolean squaredErrorVanishes() {
        TwoClasses worst = worst();
        return worst.gradient(Objective.SQUARED_ERROR) / worst.gradient(Objective.CROSS_ENTROPY) < 0.001;
    }

    private String evenStart() {
        PerLoss<OptionalInt> epochs = even.test().get(0).map(training -> training.epochsTo(HIGH));
        return say("From an even start, each at its own best learning rate (%s and %s), cross-entropy reaches 90%% %s"
                + " and squared error %s: %s.", rate(even.test().get(0).crossEntropy()),
                rate(even.test().get(0).squaredError()), after(epochs.crossEntropy()), after(epochs.squaredError()),
                compare(epochs));
    }

    private static String compare(PerLoss<OptionalInt> epochs) {
        int lead = lead(epochs);
        return lead > 0 ? "cross-entropy is faster" : lead < 0 ? "squared error is faster" : "neither is faster";
    }

    /** By how many epochs cross-entropy is ahead; never to reach it counts as one epoch more than there are. */
    private static int lead(PerLoss<OptionalInt> epochs) {
        return epochs.squaredError().orElse(Training.EPOCHS + 1) - epochs.crossEntropy().orElse(Training.EPOCHS + 1);
    }

    private String finish() {
        PerLoss<Double> accuracy = even.test().get(0).map(training -> training.last().accuracy());
        String verdict = withinNoise(accuracy) ? "a difference that " + testImages + " images cannot tell from chance"
                : accuracy.crossEntropy() > accuracy.squaredError() ? "cross-entropy ends better"
                : "squared error ends better";
        return say("After %d epochs they recognise %.1f%% and %.1f%% of the test images: %s.", Training.EPOCHS,
                100 * accuracy.crossEntropy(), 100 * accuracy.squaredError(), verdict);
    }

    /** Whether two accuracies differ by less than two standard errors of their difference. */
    private boolean withinNoise(PerLoss<Double> accuracy) {
        PerLoss<Double> variance = accuracy.map(share -> share * (1 - share) / testImages);
        return Math.abs(accuracy.crossEntropy() - accuracy.squaredError())
                < 2 * Math.sqrt(variance.crossEntropy() + variance.squaredError());
    }

    private String wrongStarts() {
        return say("From %d confidently wrong starts, cross-entropy reaches 90%% %s; squared error %s."
                + " Cross-entropy is first in %d of them.", wrong.test().size(),
                spread(wrongEpochs().stream().map(PerLoss::crossEntropy).toList()),
                spread(wrongEpochs().stream().map(PerLoss::squaredError).toList()), crossEntropyFirst());
    }

    private String lostDigits() {
        return say("After %d epochs from these starts, some digit is never recognised in %d of the trainings with"
                + " cross-entropy and in %d of those with squared error.", Training.EPOCHS,
                wrong.test().stream().map(PerLoss::crossEntropy).filter(Conclusion::losesDigit).count(),
                wrong.test().stream().map(PerLoss::squaredError).filter(Conclusion::losesDigit).count());
    }

    private static boolean losesDigit(Training training) {
        return training.last().digits() < Digits.CLASSES;
    }

    private List<PerLoss<OptionalInt>> wrongEpochs() {
        return wrong.test().stream().map(pair -> pair.map(training -> training.epochsTo(HIGH))).toList();
    }

    private long crossEntropyFirst() {
        return wrongEpochs().stream().filter(epochs -> lead(epochs) > 0).count();
    }

    private static String spread(List<OptionalInt> epochs) {
        List<Integer> reached =
                epochs.stream().filter(OptionalInt::isPresent).map(OptionalInt::getAsInt).sorted().toList();
        if (reached.isEmpty()) {
            return "in none of them within " + Training.EPOCHS + " epochs";
        }
        String within = say("after %d to %d epochs", reached.get(0), reached.get(reached.size() - 1));
        return reached.size() == epochs.size() ? within
                : say("%s in %d of them and not within %d in the rest", within, reached.size(), Training.EPOCHS);
    }

    private String regression() {
        double distance = Math.abs(diabetes.exact() - diabetes.descended());
        return say("On a quantity, the disease score of %d patients, gradient descent on the mean squared error %s: R^2"
                + " = %.6f against %.6f.", diabetes.patients(), distance < 1e-6
                ? "finds the exact least-squares solution" : "falls short of the exact least-squares solution",
                diabetes.descended(), diabetes.exact());
    }

    private String wrongTargets() {
        OutliersExperiment.Result squared = outliers.squaredError();
        return say("With %d of %d targets ten times too large, the error on unseen patients grows from %.1f to %.1f"
                + " where squared error is trained, and to at most %.1f with Huber's loss or absolute error: %s.",
                outliers.wrong(), outliers.patients(), squared.clean(), squared.wrong(),
                outliers.robust().stream().mapToDouble(OutliersExperiment.Result::wrong).max().orElseThrow(),
                outliersHurtSquaredErrorOnly() ? "use one of these where targets may be grossly wrong"
                        : "these figures give no reason to prefer one of these");
    }

    private boolean outliersHurtSquaredErrorOnly() {
        return outliers.squaredError().growth() > 1.5
                && outliers.robust().stream().allMatch(result -> result.growth() < 1.05);
    }

    private String range() {
        return say("Between the quantiles of levels %s and %s are %.1f%% of the unseen patients: %s.",
                QuantilesExperiment.LOW, QuantilesExperiment.HIGH, 100.0 * quantiles.inside() / quantiles.patients(),
                quantiles.asPromised() ? "what the levels promise, as far as so many patients can tell"
                        : "not what the levels promise");
    }

    private String advice() {
        boolean first = crossEntropyFirst() == wrong.test().size()
                && lead(even.test().get(0).map(training -> training.epochsTo(HIGH))) > 0;
        return first && squaredErrorVanishes()
                ? "So: cross-entropy when the answer is a class, for it learned faster from every start and goes on"
                        + " correcting its worst mistakes; mean squared error when the answer is a quantity."
                : "So: these figures give no reason to prefer cross-entropy when the answer is a class.";
    }

    static String after(OptionalInt epochs) {
        return epochs.isPresent() ? "after " + epochs.getAsInt() + " epochs" : "not within " + Training.EPOCHS;
    }

    private static String rate(Training training) {
        return say("%.0f", training.rate());
    }

    private static String say(String format, Object... figures) {
        return String.format(Locale.ROOT, format, figures);
    }
}
