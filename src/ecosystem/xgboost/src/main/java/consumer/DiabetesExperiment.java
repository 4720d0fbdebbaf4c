package consumer;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.Huber;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.SecondOrderLoss;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.IObjective;
import ml.dmlc.xgboost4j.java.XGBoostError;

/** How far diabetes progresses, where one target in twenty was written down with its decimal point lost. */
final class DiabetesExperiment {

    private static final SecondOrderLoss HUBER = new Huber().withThreshold(30);

    private final Diabetes training = Diabetes.training();
    private final Diabetes test = Diabetes.test();
    private final float[] targets = training.floatProgressions();

    void run() throws XGBoostError {
        for (int patient = 0; patient < targets.length; patient += 20) {
            targets[patient] *= 10;
        }
        double builtIn = loss("reg:squarederror", null);
        double squared = loss("reg:squarederror", new Objective(new MeanSquaredError(), targets, 0));
        double huber = loss("reg:squarederror", new Objective(HUBER, targets, 1));
        System.out.println("Huber loss of " + test.count() + " patients: trained with reg:squarederror " + builtIn
                + ", MeanSquaredError " + squared + ", Huber " + huber);
        Check.atMost(Math.abs(squared - builtIn), 0.001, builtIn, "the difference from reg:squarederror");
        Check.atMost(huber, 0.5, squared, "the loss of what was trained with Huber");
    }

    private double loss(String named, IObjective objective) throws XGBoostError {
        Boosting boosting = new Boosting(100).with("objective", named)
                .with("base_score", 140).with("max_depth", 3).with("eta", 0.1).with("lambda", 0);
        float[] expected = test.floatProgressions();
        float[] predictions = boosting.margins(matrix(training, targets), matrix(test, expected), objective);
        return Batch.of(HUBER, 1).value(predictions, expected);
    }

    private static DMatrix matrix(Diabetes diabetes, float[] targets) throws XGBoostError {
        DMatrix matrix = new DMatrix(diabetes.floats(), diabetes.count(), Diabetes.MEASUREMENTS, Float.NaN);
        matrix.setLabel(targets);
        return matrix;
    }
}
