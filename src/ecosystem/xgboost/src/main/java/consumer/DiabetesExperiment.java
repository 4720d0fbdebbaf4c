package consumer;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.Gamma;
import io.github.plainjava.losses.Huber;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.Pinball;
import io.github.plainjava.losses.Poisson;
import io.github.plainjava.losses.PseudoHuber;
import io.github.plainjava.losses.SecondOrderLoss;
import io.github.plainjava.losses.Tweedie;
import java.util.Arrays;
import java.util.stream.IntStream;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.IObjective;
import ml.dmlc.xgboost4j.java.XGBoostError;

/** How far diabetes progresses: by losses that errors in the data do not disturb, as quantiles, and by deviances. */
final class DiabetesExperiment {

    private static final double BASE = 140;
    private static final double THRESHOLD = 30;
    private static final SecondOrderLoss HUBER = new Huber().withThreshold(THRESHOLD);
    private static final SecondOrderLoss PSEUDO_HUBER = new PseudoHuber().withScale(THRESHOLD);

    /** The pinball loss is straight: with this in place of its second derivative, a step is up to 1 / 0.02 = 50. */
    private static final float CURVATURE = 0.02f;
    private static final int LEAST_PATIENTS = 10;

    private final Diabetes training = Diabetes.training();
    private final Diabetes test = Diabetes.test();
    private final float[] expected = test.floatProgressions();

    void run() throws XGBoostError {
        outliers();
        quantile(0.1);
        quantile(0.5);
        quantile(0.9);
        deviance("count:poisson", new Poisson());
        deviance("reg:gamma", new Gamma());
        deviance("reg:tweedie", new Tweedie(1.5));
    }

    /** One target in twenty has lost its decimal point. */
    private void outliers() throws XGBoostError {
        float[] targets = training.floatProgressions();
        for (int patient = 0; patient < targets.length; patient += 20) {
            targets[patient] *= 10;
        }
        double squaresNamed = huberLoss(boosting().with("objective", "reg:squarederror"), targets, null);
        double squares = huberLoss(boosting(), targets, new Objective(new MeanSquaredError(), targets, 0));
        double pseudoHuberNamed = huberLoss(
                boosting().with("objective", "reg:pseudohubererror").with("huber_slope", THRESHOLD), targets, null);
        double pseudoHuber = huberLoss(boosting(), targets, new Objective(PSEUDO_HUBER, targets, 0));
        double huber = huberLoss(boosting(), targets, new Objective(HUBER, targets, 1));
        System.out.println("Huber loss of " + test.count() + " patients: trained with reg:squarederror " + squaresNamed
                + ", MeanSquaredError " + squares + ", reg:pseudohubererror " + pseudoHuberNamed + ", PseudoHuber "
                + pseudoHuber + ", Huber " + huber);
        Check.atMost(Math.abs(squares - squaresNamed), 0.001, squaresNamed, "the difference from reg:squarederror");
        Check.atMost(Math.abs(pseudoHuber - pseudoHuberNamed), 0.001, pseudoHuberNamed,
                "the difference from reg:pseudohubererror");
        Check.atMost(huber, 0.5, squares, "the loss of what was trained with Huber");
    }

    private double huberLoss(Boosting boosting, float[] targets, IObjective objective) throws XGBoostError {
        return loss(HUBER, predictions(boosting, targets, objective));
    }

    private void quantile(double level) throws XGBoostError {
        float[] targets = training.floatProgressions();
        Pinball pinball = new Pinball(level);
        float[] theirs = predictions(
                boosting().with("objective", "reg:quantileerror").with("quantile_alpha", level), targets, null);
        float[] ours = predictions(boosting().with("min_child_weight", LEAST_PATIENTS * CURVATURE), targets,
                new Objective(pinball, targets, CURVATURE));
        System.out.println("quantile " + level + ": pinball loss of reg:quantileerror " + loss(pinball, theirs)
                + ", Pinball " + loss(pinball, ours) + ", one quantile for all " + loss(pinball, quantileForAll(level))
                + "; below Pinball's are " + shareBelow(ours) + " of the patients");
        Check.atMost(loss(pinball, ours), 1.05, loss(pinball, theirs), "the pinball loss");
        Check.atMost(loss(pinball, ours), 0.97, loss(pinball, quantileForAll(level)), "the pinball loss");
    }

    private float[] quantileForAll(double level) {
        double[] sorted = training.progressions().clone();
        Arrays.sort(sorted);
        float[] same = new float[test.count()];
        Arrays.fill(same, (float) sorted[(int) (level * sorted.length)]);
        return same;
    }

    private double shareBelow(float[] predictions) {
        long below = IntStream.range(0, predictions.length)
                .filter(patient -> expected[patient] < predictions[patient]).count();
        return (double) below / predictions.length;
    }

    /** Of a log mean; XGBoost's base score is a mean. */
    private void deviance(String objective, SecondOrderLoss loss) throws XGBoostError {
        float[] targets = training.floatProgressions();
        double named = loss(loss, predictions(boosting().with("objective", objective)
                .with("max_delta_step", 0).with("tweedie_variance_power", 1.5), targets, null));
        double own = loss(loss, predictions(
                boosting().with("base_score", Math.log(BASE)), targets, new Objective(loss, targets, 0)));
        System.out.println("deviance: trained with " + objective + " " + named + ", " + loss + " " + own);
        Check.atMost(Math.abs(own - named), 0.001, named, "the difference from " + objective);
    }

    private double loss(LossFunction loss, float[] predictions) {
        return Batch.of(loss, 1).value(predictions, expected);
    }

    private static Boosting boosting() {
        return new Boosting(100).with("base_score", BASE).with("max_depth", 3).with("eta", 0.1).with("lambda", 0);
    }

    private float[] predictions(Boosting boosting, float[] targets, IObjective objective) throws XGBoostError {
        return boosting.margins(matrix(training, targets), matrix(test, expected), objective);
    }

    private static DMatrix matrix(Diabetes diabetes, float[] targets) throws XGBoostError {
        DMatrix matrix = new DMatrix(diabetes.floats(), diabetes.count(), Diabetes.MEASUREMENTS, Float.NaN);
        matrix.setLabel(targets);
        return matrix;
    }
}
