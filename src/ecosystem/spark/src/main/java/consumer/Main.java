package consumer;

import io.github.plainjava.losses.Information;
import io.github.plainjava.losses.LossMean;
import java.io.IOException;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Trains and evaluates over any partitions, sent by either serializer of Spark: there is one model and one mean. */
final class Main {

    private static final int[] PARTITIONS = {1, 3, 8, 64};

    public static void main(String[] args) throws IOException {
        for (String serializer : List.of("JavaSerializer", "KryoSerializer")) {
            try (SparkSession spark = session(serializer)) {
                Check.that(SparkEnv.get().serializer().getClass().getSimpleName().equals(serializer),
                        "the serializer is " + SparkEnv.get().serializer());
                SoftmaxRegression model = Training.requireSame(
                        JavaSparkContext.fromSparkContext(spark.sparkContext()), PARTITIONS);
                Evaluation evaluation = new Evaluation(spark, model, Digits.test());
                LossMean mean = evaluation.requireSame(PARTITIONS);
                System.out.println("over 1, 3, 8 and 64 partitions, " + serializer
                        + ": one model, and one mean, log loss "
                        + mean.mean() + " of " + mean.count() + " digits, perplexity "
                        + Information.perplexity(mean.mean()) + "; of sums of doubles there are "
                        + evaluation.meansOfDoubles(PARTITIONS) + " means");
            }
        }
    }

    private static SparkSession session(String serializer) {
        return SparkSession.builder().master("local[2]").appName("losses")
                .config("spark.ui.enabled", false)
                .config("spark.driver.host", "localhost")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", 8)
                .config("spark.serializer", "org.apache.spark.serializer." + serializer)
                .getOrCreate();
    }

    private Main() {
    }
}
