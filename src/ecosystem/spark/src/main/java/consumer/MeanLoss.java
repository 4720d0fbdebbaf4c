package consumer;

import io.github.plainjava.losses.LossMean;
import io.github.plainjava.losses.Softmax;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.expressions.Aggregator;

/** The mean loss of a dataset or of each of its groups. */
public final class MeanLoss extends Aggregator<Prediction, LossMean, Double> {

    private static final long serialVersionUID = 1;

    private final Softmax softmax = new Softmax();

    @Override
    public LossMean zero() {
        return new LossMean();
    }

    @Override
    public LossMean reduce(LossMean mean, Prediction prediction) {
        mean.accept(softmax.value(prediction.getLogits(), prediction.getLabel()));
        return mean;
    }

    @Override
    public LossMean merge(LossMean one, LossMean other) {
        return one.combine(other);
    }

    @Override
    public Double finish(LossMean mean) {
        return mean.mean();
    }

    @Override
    public Encoder<LossMean> bufferEncoder() {
        return Encoders.kryo(LossMean.class);
    }

    @Override
    public Encoder<Double> outputEncoder() {
        return Encoders.DOUBLE();
    }
}
