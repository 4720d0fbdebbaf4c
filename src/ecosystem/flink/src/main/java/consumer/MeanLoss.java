package consumer;

import io.github.plainjava.losses.LossMean;
import io.github.plainjava.losses.Softmax;
import org.apache.flink.api.common.functions.AggregateFunction;

/** The mean loss of a window. */
final class MeanLoss implements AggregateFunction<Prediction, LossMean, LossMean> {

    private static final long serialVersionUID = 1;

    private final Softmax softmax = new Softmax();

    @Override
    public LossMean createAccumulator() {
        return new LossMean();
    }

    @Override
    public LossMean add(Prediction prediction, LossMean mean) {
        mean.accept(softmax.value(prediction.logits, prediction.label));
        return mean;
    }

    @Override
    public LossMean merge(LossMean one, LossMean other) {
        return one.combine(other);
    }

    @Override
    public LossMean getResult(LossMean mean) {
        return mean;
    }
}
