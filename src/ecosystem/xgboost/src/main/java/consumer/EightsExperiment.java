package consumer;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.Focal;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.SecondOrderLoss;
import io.github.plainjava.losses.Sigmoid;
import java.util.stream.IntStream;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.IObjective;
import ml.dmlc.xgboost4j.java.XGBoostError;

/** Which digits are an eight: one in ten, so that a yes counts nine times. */
final class EightsExperiment {

    private static final double POSITIVE_WEIGHT = 9;
    private static final SecondOrderLoss SIGMOID = new Sigmoid().withPositiveWeights(POSITIVE_WEIGHT);
    private static final SecondOrderLoss FOCAL = new Focal().withFocus(2);

    private final Digits training = Digits.training();
    private final Digits test = Digits.test();
    private final float[] targets = eights(training);
    private final float[] expected = eights(test);

    void run() throws XGBoostError {
        // there the base score is a probability
        float[] named = logits(boosting().with("objective", "binary:logistic").with("base_score", 0.5)
                .with("scale_pos_weight", POSITIVE_WEIGHT), null);
        float[] sigmoid = logits(boosting(), new Objective(SIGMOID, targets, 0));
        System.out.println("is it an eight, loss with positive weight 9: binary:logistic " + loss(SIGMOID, named)
                + ", Sigmoid " + loss(SIGMOID, sigmoid));
        Check.atMost(Math.abs(loss(SIGMOID, sigmoid) - loss(SIGMOID, named)), 0.001, loss(SIGMOID, named),
                "the difference from binary:logistic");
        focal();
    }

    /** A confident mistake bends the focal loss the other way, so that its second derivative needs a floor. */
    private void focal() throws XGBoostError {
        float[] sigmoid = logits(boosting(), new Objective(new Sigmoid(), targets, 0));
        float[] focal = logits(boosting(), new Objective(FOCAL, targets, 0.01f));
        System.out.println("is it an eight, focal loss: trained with Sigmoid " + loss(FOCAL, sigmoid) + " ("
                + mistakes(sigmoid) + " mistakes), Focal " + loss(FOCAL, focal) + " (" + mistakes(focal) + ")");
        Check.atMost(loss(FOCAL, focal), 0.7, loss(FOCAL, sigmoid), "the focal loss of what was trained with it");
    }

    private static float[] eights(Digits digits) {
        float[] targets = new float[digits.count()];
        for (int row = 0; row < targets.length; row++) {
            targets[row] = digits.labels()[row] == 8 ? 1 : 0;
        }
        return targets;
    }

    private static Boosting boosting() {
        return new Boosting(50).with("max_depth", 4).with("eta", 0.3);
    }

    private float[] logits(Boosting boosting, IObjective objective) throws XGBoostError {
        return boosting.margins(matrix(training), matrix(test), objective);
    }

    private double loss(LossFunction loss, float[] logits) {
        return Batch.of(loss, 1).value(logits, expected);
    }

    private long mistakes(float[] logits) {
        return IntStream.range(0, logits.length).filter(row -> logits[row] > 0 != expected[row] > 0).count();
    }

    private static DMatrix matrix(Digits digits) throws XGBoostError {
        DMatrix matrix = new DMatrix(digits.floats(), digits.count(), Digits.PIXELS, Float.NaN);
        matrix.setLabel(eights(digits));
        return matrix;
    }
}
