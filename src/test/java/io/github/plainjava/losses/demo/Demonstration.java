package io.github.plainjava.losses.demo;

import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.OneHot;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * When should you use cross-entropy instead of mean squared error? Shows it on one prediction, on the gradients, and
 * on two real sets of data; then what other losses of a quantity are for, with wrong targets and with quantiles. Ends
 * with a conclusion from the figures it has just measured.
 *
 * <p>Run by {@code mvn -q test-compile exec:java}; the pictures are written to {@code target/demonstration}.
 */
public final class Demonstration {
    private static final int[] SHOWN_EPOCHS = {0, 1, 2, 3, 5, 10, 20, 50, 100, 200};

    private final PrintStream out;

    private Demonstration(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException {
        System.setProperty("java.awt.headless", "true");
        new Demonstration(System.out).run(Path.of("target", "demonstration"));
    }

    private void run(Path directory) throws IOException {
        say("When should you use cross-entropy instead of mean squared error?");
        out.println();
        onePrediction();
        gradients();
        Digits digits = Digits.load();
        describe(digits);
        DigitsExperiment even = DigitsExperiment.fromAnEvenStart(digits);
        report("From an even start: all weights 0, so every digit has probability 1/10.", even);
        DigitsExperiment wrong = DigitsExperiment.fromConfidentlyWrongStarts(digits);
        report("From confidently wrong starts: weights drawn from the standard normal distribution, "
                + wrong.test().size() + " times.", wrong);
        DiabetesExperiment diabetes = DiabetesExperiment.run();
        report(diabetes);
        OutliersExperiment outliers = OutliersExperiment.run();
        report(outliers);
        QuantilesExperiment quantiles = QuantilesExperiment.run();
        report(quantiles);
        draw(directory, even, wrong);
        conclude(new Conclusion(digits.test().count(), even, wrong, diabetes, outliers, quantiles));
    }

    private void onePrediction() {
        heading("1. What each loss says of a prediction");
        say("Three classes; the first is the true one. Cross-entropy is in nats.");
        Table table = new Table("probabilities", "of the true class", "cross-entropy", "squared error");
        for (double[] prediction : new double[][] {{0.7, 0.2, 0.1}, {0.1, 0.2, 0.7}, {0, 0, 1}}) {
            table.row(Arrays.toString(prediction), number(prediction[0]),
                    fixed(loss(new CrossEntropy(), prediction)), fixed(loss(new MeanSquaredError(), prediction)));
        }
        table.print(out);
    }

    private static double loss(LossFunction loss, double[] prediction) {
        return loss.value(prediction, OneHot.encode(0, prediction.length));
    }

    private void gradients() {
        heading("2. What each loss teaches: its gradient at the logit of the true class");
        say("Two classes, logits through softmax. The pull is the gradient with its sign turned.");
        Table table = new Table(
                "probability of the true class", "cross-entropy", "its pull", "squared error", "its pull");
        for (TwoClasses row : TwoClasses.fromSurelyWrongToSurelyRight()) {
            table.row(row.name(), scientific(row.loss(Objective.CROSS_ENTROPY)),
                    scientific(-row.gradient(Objective.CROSS_ENTROPY)), scientific(row.loss(Objective.SQUARED_ERROR)),
                    scientific(-row.gradient(Objective.SQUARED_ERROR)));
        }
        table.print(out);
    }

    private void describe(Digits digits) {
        heading("3. Softmax regression on " + digits.count() + " handwritten digits");
        say("Full-batch gradient descent, " + Training.EPOCHS + " epochs, on " + digits.training().count()
                + " training images. Each loss has its own best learning rate: the one with the highest accuracy on "
                + digits.validation().count() + " validation images, on average over the epochs. The result is measured"
                + " on " + digits.test().count() + " test images.");
        out.println();
    }

    private void report(String start, DigitsExperiment experiment) {
        say(start);
        out.println();
        rates(experiment.rates());
        epochs(experiment.test().get(0));
        speeds(experiment.test());
    }

    private void rates(PerLoss<List<Training>> rates) {
        say("Mean accuracy on the validation images by learning rate (* the best):");
        Table table = new Table("learning rate", "cross-entropy", "squared error");
        for (int i = 0; i < DigitsExperiment.RATES.size(); i++) {
            int row = i;
            PerLoss<String> cells = rates.map(trainings -> percent(trainings.get(row).meanAccuracy())
                    + (trainings.get(row) == DigitsExperiment.best(trainings) ? " *" : "  "));
            table.row(number(DigitsExperiment.RATES.get(i)), cells.crossEntropy(), cells.squaredError());
        }
        table.print(out);
    }

    private void epochs(PerLoss<Training> trainings) {
        say("By epoch, for the first start: the loss that is minimised, on the training images; accuracy and"
                + " cross-entropy (in nats) on the test images.");
        Table table = new Table("epoch", "cross-entropy", "accuracy", "test nats",
                "squared error", "accuracy", "test nats");
        for (int epoch : SHOWN_EPOCHS) {
            Training.Epoch one = trainings.crossEntropy().epochs().get(epoch);
            Training.Epoch other = trainings.squaredError().epochs().get(epoch);
            table.row(String.valueOf(epoch), fixed(one.loss()), percent(one.accuracy()), fixed(one.nats()),
                    fixed(other.loss()), percent(other.accuracy()), fixed(other.nats()));
        }
        table.print(out);
    }

    private void speeds(List<PerLoss<Training>> starts) {
        say("Epochs to reach an accuracy on the test images (- is never), the accuracy in the end, and how many of the"
                + " ten digits are then recognised at all:");
        Table table = new Table("start", "loss", "rate", "to 90%", "to 95%", "in the end", "digits");
        for (int start = 0; start < starts.size(); start++) {
            for (Objective objective : Objective.values()) {
                Training training = starts.get(start).get(objective);
                table.row(String.valueOf(start + 1), objective.toString(), number(training.rate()),
                        count(training.epochsTo(0.9)), count(training.epochsTo(0.95)),
                        percent(training.last().accuracy()), String.valueOf(training.last().digits()));
            }
        }
        table.print(out);
    }

    private void report(DiabetesExperiment diabetes) {
        heading("4. Linear regression on " + diabetes.patients() + " diabetes patients, with mean squared error");
        say("Gradient descent on ten standardised variables, learning rate " + DiabetesExperiment.RATE
                + "; R^2 is the share of the variance explained.");
        Table table = new Table("steps", "R^2", "distance from the exact solution");
        diabetes.descent().forEach((steps, determination) -> table.row(String.valueOf(steps), six(determination),
                scientific(Math.abs(diabetes.exact() - determination))));
        table.row("exact", six(diabetes.exact()), "");
        table.print(out);
    }

    private void report(OutliersExperiment outliers) {
        heading("5. The same patients with " + outliers.wrong() + " wrong targets");
        say("Linear regression on the ten variables, once on clean targets and once with " + outliers.wrong() + " of "
                + outliers.patients() + " ten times too large. Each patient is predicted by a model trained on the"
                + " four fifths that the patient is not in; its own target is the measure. The error is the root mean"
                + " squared error, which squared error itself makes least; too high by is the mean of"
                + " prediction - target.");
        Table table = new Table("loss", "error, clean", "error, wrong", "too high by, clean", "too high by, wrong");
        for (OutliersExperiment.Result result : outliers.results()) {
            table.row(result.loss(), one(result.clean()), one(result.wrong()), one(result.cleanBias()),
                    one(result.wrongBias()));
        }
        table.print(out);
    }

    private void report(QuantilesExperiment quantiles) {
        heading("6. A range for each patient, from two quantiles");
        say("The same regression with Pinball, on clean targets; of the " + quantiles.patients()
                + " patients, none seen by the model that predicts it:");
        Table table = new Table("targets", "patients", "share", "should be", "standard error");
        quantile(table, "below the lower quantile", quantiles, quantiles.belowLow(), QuantilesExperiment.LOW);
        quantile(table, "below the upper quantile", quantiles, quantiles.belowHigh(), QuantilesExperiment.HIGH);
        quantile(table, "in the range between", quantiles, quantiles.inside(),
                QuantilesExperiment.HIGH - QuantilesExperiment.LOW);
        table.print(out);
        say("Width of the range: from " + one(quantiles.narrowest()) + " to " + one(quantiles.widest())
                + ", on average " + one(quantiles.mean()) + ".");
        out.println();
    }

    private static void quantile(Table table, String name, QuantilesExperiment quantiles, long count, double share) {
        table.row(name, String.valueOf(count), percent((double) count / quantiles.patients()), percent(share),
                percent(quantiles.standardError(share)));
    }

    private void draw(Path directory, DigitsExperiment even, DigitsExperiment wrong) throws IOException {
        heading("7. Pictures");
        Pictures.drawAll(directory, even, wrong).forEach(this::say);
        out.println();
    }

    private void conclude(Conclusion conclusion) {
        heading("Conclusion");
        conclusion.sentences().forEach(sentence -> say("- " + sentence));
    }

    private void heading(String text) {
        out.println(text + "\n" + "=".repeat(text.length()));
    }

    /** Prints a paragraph, wrapped. */
    private void say(String text) {
        out.print(text.replaceAll("(.{1,100})( |$)", "$1\n"));
    }

    private static String number(double value) {
        return value == (long) value ? String.valueOf((long) value) : String.valueOf(value);
    }

    private static String count(OptionalInt epochs) {
        return epochs.isPresent() ? String.valueOf(epochs.getAsInt()) : "-";
    }

    private static String fixed(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String one(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String six(double value) {
        return String.format(Locale.ROOT, "%.6f", value);
    }

    private static String scientific(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }
}
