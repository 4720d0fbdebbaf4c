package consumer;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.Softmax;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.IObjective;
import ml.dmlc.xgboost4j.java.XGBoostError;

/** Trains with the library's losses, and compares with XGBoost's own objectives. */
final class Main {

    public static void main(String[] args) throws XGBoostError {
        double builtIn = digits("multi:softprob", null);
        double twice = digits("reg:squarederror", new SoftmaxObjective(Digits.training().labels(), 2));
        double once = digits("reg:squarederror", new SoftmaxObjective(Digits.training().labels(), 1));
        System.out.println("log loss of 359 digits: multi:softprob " + builtIn + ", Softmax with its second derivative "
                + "twice, as there, " + twice + ", once " + once);
        Check.atMost(Math.abs(twice - builtIn), 0.001, builtIn, "the difference from multi:softprob");
        Check.atMost(once, 1.05, builtIn, "log loss with the second derivative as it is");
    }

    private static double digits(String parameter, IObjective objective) throws XGBoostError {
        Boosting boosting = new Boosting(30).with("objective", parameter).with("num_class", Digits.CLASSES);
        Digits test = Digits.test();
        float[] margins = boosting.margins(matrix(Digits.training()), matrix(test), objective);
        double[] logits = new double[margins.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = margins[i];
        }
        return Batch.of(new Softmax(), Digits.CLASSES).value(logits, test.labels());
    }

    private static DMatrix matrix(Digits digits) throws XGBoostError {
        DMatrix matrix = new DMatrix(digits.floats(), digits.count(), Digits.PIXELS, Float.NaN);
        float[] labels = new float[digits.count()];
        for (int row = 0; row < labels.length; row++) {
            labels[row] = digits.labels()[row];
        }
        matrix.setLabel(labels);
        return matrix;
    }

    private Main() {
    }
}
