package consumer;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.Softmax;
import java.util.List;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.IObjective;
import ml.dmlc.xgboost4j.java.XGBoostError;

/** Digits by the softmax loss, against XGBoost's own, which takes the second derivatives twice. */
final class DigitsExperiment {

    private final Digits training = Digits.training();
    private final Digits test = Digits.test();

    void run() throws XGBoostError {
        double builtIn = logLoss("multi:softprob", null);
        IObjective softmax = new ClassObjective(new Softmax(), Digits.CLASSES, training.labels());
        double once = logLoss("reg:squarederror", softmax);
        double twice = logLoss("reg:squarederror", twice(softmax));
        System.out.println("log loss of " + test.count() + " digits: multi:softprob " + builtIn + ", Softmax " + once
                + ", with its second derivatives twice " + twice);
        Check.atMost(Math.abs(twice - builtIn), 0.001, builtIn, "the difference from multi:softprob");
        Check.atMost(once, 1.02, builtIn, "the log loss");
    }

    private static IObjective twice(IObjective objective) {
        return (margins, data) -> {
            List<float[]> derivatives = objective.getGradient(margins, data);
            float[] hessian = derivatives.get(1);
            for (int i = 0; i < hessian.length; i++) {
                hessian[i] *= 2;
            }
            return derivatives;
        };
    }

    private double logLoss(String named, IObjective objective) throws XGBoostError {
        Boosting boosting = new Boosting(30)
                .with("objective", named).with("num_class", Digits.CLASSES).with("max_depth", 4).with("eta", 0.3);
        float[] logits = boosting.margins(matrix(training), matrix(test), objective);
        return Batch.of(new Softmax(), Digits.CLASSES).value(logits, test.labels());
    }

    private static DMatrix matrix(Digits digits) throws XGBoostError {
        DMatrix matrix = new DMatrix(digits.floats(), digits.count(), Digits.PIXELS, Float.NaN);
        matrix.setLabel(digits.floatLabels());
        return matrix;
    }
}
