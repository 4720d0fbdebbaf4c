package consumer;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.Information;
import io.github.plainjava.losses.LossMean;
import io.github.plainjava.losses.Softmax;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.util.CloseableIterator;

/**
 * A stream of predictions in windows of a second, keyed by digit, with a failure on the way: what the windows' means
 * come to is the mean of a batch, to the bit.
 */
final class Main {

    private static final int NUMBERS_A_CHECKPOINT = 200;
    private static final Duration BETWEEN_CHECKPOINTS = Duration.ofMillis(100);

    public static void main(String[] args) throws Exception {
        Digits digits = Digits.training();
        SoftmaxRegression model = SoftmaxRegression.trained(digits, 50, 2);
        LossMean total = new LossMean();
        List<LossMean> means = means(model, digits);
        means.forEach(total::combine);

        LossMean expected = Batch.of(new Softmax(), Digits.CLASSES).lossMean(model.logits(digits), digits.labels());
        System.out.println("log loss of " + total.count() + " digits: " + total.mean() + ", perplexity "
                + Information.perplexity(total.mean()) + "; failed at number " + Failure.FAILED_AT + ", went back to "
                + Failure.WENT_BACK_TO);
        Check.that(means.size() == 2 * Digits.CLASSES, "there are " + means.size() + " means");
        Check.that(0 < Failure.WENT_BACK_TO.get() && Failure.WENT_BACK_TO.get() < Failure.FAILED_AT.get(),
                "no checkpoint was gone back to");
        Check.that(total.equals(expected), "the mean of the stream is " + total + ", not " + expected);
    }

    private static List<LossMean> means(SoftmaxRegression model, Digits digits) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ZERO);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
        environment.enableCheckpointing(BETWEEN_CHECKPOINTS.toMillis());
        var numbers = new DataGeneratorSource<>(number -> number, digits.count(),
                RateLimiterStrategy.perCheckpoint(NUMBERS_A_CHECKPOINT), Types.LONG);
        var inOrder = WatermarkStrategy.<Long>forMonotonousTimestamps().withTimestampAssigner((number, time) -> number);
        try (CloseableIterator<LossMean> means = environment
                .fromSource(numbers, inOrder, "numbers").setParallelism(1)
                .map(new Failure()).setParallelism(1)
                .map(new Predict(model, digits))
                .keyBy(prediction -> prediction.label)
                .window(TumblingEventTimeWindows.of(Duration.ofSeconds(1)))
                .aggregate(new MeanLoss())
                .executeAndCollect()) {
            List<LossMean> list = new ArrayList<>();
            means.forEachRemaining(list::add);
            return list;
        }
    }

    private Main() {
    }
}
