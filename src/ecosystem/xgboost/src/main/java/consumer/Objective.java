package consumer;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.SecondOrderLoss;
import java.util.List;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.IObjective;

/** A loss with a target for each row as an objective of XGBoost. */
final class Objective implements IObjective {

    private static final long serialVersionUID = 1;

    private final Batch batch;
    private final float[] targets;
    private final float floor;

    /**
     * @param floor what a second derivative counts at least: XGBoost divides by their sum, which must be neither 0, as
     *     where the loss is straight, nor negative
     */
    Objective(SecondOrderLoss loss, float[] targets, float floor) {
        this.batch = Batch.of(loss, 1).summed();
        this.targets = targets;
        this.floor = floor;
    }

    @Override
    public List<float[]> getGradient(float[][] margins, DMatrix data) {
        float[] predictions = Boosting.flat(margins);
        float[] gradient = new float[predictions.length];
        float[] hessian = new float[predictions.length];
        batch.valueGradientAndHessian(predictions, targets, gradient, hessian);
        for (int row = 0; row < hessian.length; row++) {
            hessian[row] = Math.max(hessian[row], floor);
        }
        return List.of(gradient, hessian);
    }
}
