package consumer;

import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.LossMean;
import io.github.plainjava.losses.OneHot;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.tribuo.Model;
import org.tribuo.MutableDataset;
import org.tribuo.Prediction;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.evaluation.LabelEvaluator;
import org.tribuo.classification.sgd.LabelObjective;
import org.tribuo.classification.sgd.linear.LinearSGDTrainer;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.la.DenseVector;
import org.tribuo.math.optimisers.SGD;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/** Trains with Tribuo's objective and with the library's, and scores both with the library. */
final class Main {

    private static final int EPOCHS = 10;
    private static final String[] PIXELS =
            IntStream.range(0, Digits.PIXELS).mapToObj(i -> String.format("pixel%02d", i)).toArray(String[]::new);

    public static void main(String[] args) {
        Logger.getLogger("org.tribuo").setLevel(Level.WARNING);
        double theirs = logLoss("LogMulticlass", new LogMulticlass());
        double ours = logLoss("Softmax", new SoftmaxObjective());
        Check.atMost(Math.abs(ours - theirs), 1e-9, theirs, "the difference from LogMulticlass");
        compareValues();
    }

    private static double logLoss(String name, LabelObjective objective) {
        LinearSGDTrainer trainer = new LinearSGDTrainer(objective, SGD.getSqrtDecaySGD(0.2), EPOCHS, 1);
        Model<Label> model = trainer.train(dataset(Digits.training()));
        MutableDataset<Label> test = dataset(Digits.test());
        List<Prediction<Label>> predictions = model.predict(test);

        CrossEntropy crossEntropy = new CrossEntropy();
        LossMean logLoss = predictions.stream().collect(
                LossMean.averaging(each -> crossEntropy.value(probabilities(each), label(each))));
        int[] decided = predictions.stream().mapToInt(each -> OneHot.decode(probabilities(each))).toArray();
        double accuracy = Digits.test().accuracy(decided);
        System.out.println("trained with " + name + ": log loss of " + logLoss.count() + " digits " + logLoss.mean()
                + ", top-1 accuracy " + accuracy);
        double theirAccuracy = new LabelEvaluator().evaluate(model, test).accuracy();
        Check.that(accuracy == theirAccuracy, "the accuracy is " + accuracy + ", Tribuo's is " + theirAccuracy);
        return logLoss.mean();
    }

    /** Values and gradients of both objectives, at the logits of a trained model. */
    private static void compareValues() {
        Digits test = Digits.test();
        SoftmaxRegression model = SoftmaxRegression.trained(Digits.training(), 100, 2);
        double furthest = 0;
        for (int row = 0; row < test.count(); row++) {
            DenseVector logits = DenseVector.createDenseVector(model.logits(test.pixels()[row]));
            var theirs = new LogMulticlass().lossAndGradient(test.labels()[row], logits.copy());
            var ours = new SoftmaxObjective().lossAndGradient(test.labels()[row], logits);
            furthest = Math.max(furthest, Math.abs(ours.getA() - theirs.getA()));
            furthest = Math.max(furthest, ours.getB().subtract(theirs.getB()).maxValue());
            furthest = Math.max(furthest, -ours.getB().subtract(theirs.getB()).minValue());
        }
        System.out.println("values and gradients of LogMulticlass differ by at most " + furthest);
        Check.that(furthest < 1e-13, "they differ by " + furthest);
    }

    private static double[] probabilities(Prediction<Label> prediction) {
        double[] probabilities = new double[Digits.CLASSES];
        Arrays.setAll(probabilities, digit -> prediction.getOutputScores().get(String.valueOf(digit)).getScore());
        return probabilities;
    }

    private static int label(Prediction<Label> prediction) {
        return Integer.parseInt(prediction.getExample().getOutput().getLabel());
    }

    private static MutableDataset<Label> dataset(Digits digits) {
        LabelFactory labels = new LabelFactory();
        MutableDataset<Label> dataset = new MutableDataset<>(new SimpleDataSourceProvenance("digits", labels), labels);
        for (int row = 0; row < digits.count(); row++) {
            Label label = new Label(String.valueOf(digits.labels()[row]));
            dataset.add(new ArrayExample<>(label, PIXELS, digits.pixels()[row]));
        }
        return dataset;
    }

    private Main() {
    }
}
