package consumer;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.SecondOrderClassificationLoss;
import java.util.List;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.IObjective;

/** A loss over classes as an objective of XGBoost, which wants each row's own derivatives, not divided by the rows. */
final class ClassObjective implements IObjective {

    private static final long serialVersionUID = 1;

    private final Batch batch;
    private final int[] labels;

    ClassObjective(SecondOrderClassificationLoss loss, int classes, int[] labels) {
        this.batch = Batch.of(loss, classes).summed();
        this.labels = labels;
    }

    @Override
    public List<float[]> getGradient(float[][] margins, DMatrix data) {
        float[] logits = Boosting.flat(margins);
        float[] gradient = new float[logits.length];
        float[] hessian = new float[logits.length];
        batch.valueGradientAndHessian(logits, labels, gradient, hessian);
        return List.of(gradient, hessian);
    }
}
