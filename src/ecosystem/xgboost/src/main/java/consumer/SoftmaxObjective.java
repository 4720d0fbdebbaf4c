package consumer;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.Softmax;
import java.util.List;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.IObjective;

/** The softmax loss with its gradient and the diagonal of its Hessian, which XGBoost's own takes twice. */
final class SoftmaxObjective implements IObjective {

    private static final long serialVersionUID = 1;

    private final int[] labels;
    private final float factor;

    SoftmaxObjective(int[] labels, float factor) {
        this.labels = labels;
        this.factor = factor;
    }

    @Override
    public List<float[]> getGradient(float[][] margins, DMatrix data) {
        int classes = margins[0].length;
        double[] gradient = Batch.of(new Softmax(), classes).summed().gradient(doubles(margins), labels);
        float[] first = new float[gradient.length];
        float[] second = new float[gradient.length];
        for (int i = 0; i < gradient.length; i++) {
            first[i] = (float) gradient[i];
            double p = labels[i / classes] == i % classes ? 1 + gradient[i] : gradient[i];
            second[i] = factor * (float) (p * (1 - p));
        }
        return List.of(first, second);
    }

    private static double[] doubles(float[][] margins) {
        int classes = margins[0].length;
        double[] logits = new double[margins.length * classes];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = margins[i / classes][i % classes];
        }
        return logits;
    }
}
