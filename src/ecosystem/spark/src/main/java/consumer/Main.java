package consumer;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.Information;
import io.github.plainjava.losses.LossMean;
import io.github.plainjava.losses.Softmax;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Evaluates a model of the digits over several partitions, in several ways and orders: the mean has one set of bits. */
final class Main {

    private static final int[] PARTITIONS = {1, 3, 8, 64};
    private static final Softmax SOFTMAX = new Softmax();

    public static void main(String[] args) throws IOException {
        Digits test = Digits.test();
        SoftmaxRegression model = SoftmaxRegression.trained(Digits.training(), 50, 2);
        LossMean expected = Batch.of(SOFTMAX, Digits.CLASSES).lossMean(model.logits(test), test.labels());
        System.out.println("log loss of " + expected.count() + " digits: " + expected.mean() + ", perplexity "
                + Information.perplexity(expected.mean()));
        for (String serializer : List.of("JavaSerializer", "KryoSerializer")) {
            try (SparkSession spark = session(serializer)) {
                Check.that(SparkEnv.get().serializer().getClass().getSimpleName().equals(serializer),
                        "the serializer is " + SparkEnv.get().serializer());
                Set<Double> sums = new TreeSet<>();
                for (int partitions : PARTITIONS) {
                    List<Prediction> predictions = predictions(model, test);
                    Collections.shuffle(predictions, new Random(partitions));
                    evaluate(spark, predictions, partitions, expected);
                    sums.add(naiveMean(spark, predictions, partitions));
                }
                System.out.println(serializer + ": one mean; of a sum of doubles there are " + sums.size()
                        + " over the same partitions");
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

    private static List<Prediction> predictions(SoftmaxRegression model, Digits digits) {
        List<Prediction> predictions = new ArrayList<>();
        for (int row = 0; row < digits.count(); row++) {
            predictions.add(Prediction.of(model.logits(digits.pixels()[row]), digits.labels()[row]));
        }
        return predictions;
    }

    private static void evaluate(SparkSession spark, List<Prediction> list, int partitions, LossMean expected) {
        JavaRDD<Prediction> predictions = context(spark).parallelize(list, partitions);
        LossMean aggregated = predictions.aggregate(new LossMean(), Main::add, LossMean::combine);
        requireEqual(aggregated, expected, "aggregate over " + partitions);
        LossMean tree = predictions.treeAggregate(new LossMean(), Main::add, LossMean::combine, 3);
        requireEqual(tree, expected, "treeAggregate over " + partitions);

        Dataset<Prediction> dataset = spark.createDataset(predictions.rdd(), Encoders.bean(Prediction.class));
        double typed = dataset.select(new MeanLoss().toColumn()).first();
        requireSame(typed, expected.mean(), "Aggregator over " + partitions);
        groups(dataset, list);
    }

    /** The mean of each digit, which Spark shuffles for. */
    private static void groups(Dataset<Prediction> dataset, List<Prediction> list) {
        List<Row> means = dataset.groupByKey((MapFunction<Prediction, Integer>) Prediction::getLabel, Encoders.INT()).agg(new MeanLoss().toColumn())
                .toDF("digit", "mean").collectAsList();
        Check.that(means.size() == Digits.CLASSES, "there are " + means.size() + " groups");
        for (Row row : means) {
            LossMean expected = list.stream().filter(prediction -> prediction.getLabel() == row.getInt(0))
                    .collect(LossMean.averaging(each -> SOFTMAX.value(each.getLogits(), each.getLabel())));
            requireSame(row.getDouble(1), expected.mean(), "the mean of digit " + row.getInt(0));
        }
    }

    private static LossMean add(LossMean mean, Prediction prediction) {
        mean.accept(SOFTMAX.value(prediction.getLogits(), prediction.getLabel()));
        return mean;
    }

    private static double naiveMean(SparkSession spark, List<Prediction> list, int partitions) {
        return context(spark).parallelize(list, partitions)
                .mapToDouble(each -> SOFTMAX.value(each.getLogits(), each.getLabel())).sum() / list.size();
    }

    private static JavaSparkContext context(SparkSession spark) {
        return JavaSparkContext.fromSparkContext(spark.sparkContext());
    }

    private static void requireEqual(LossMean actual, LossMean expected, String what) {
        Check.that(actual.equals(expected), what + " partitions gives " + actual + ", not " + expected);
        requireSame(actual.mean(), expected.mean(), what);
    }

    private static void requireSame(double actual, double expected, String what) {
        Check.that(Double.doubleToLongBits(actual) == Double.doubleToLongBits(expected),
                what + " gives " + actual + ", not " + expected);
    }

    private Main() {
    }
}
