package consumer;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.LossMean;
import io.github.plainjava.losses.Softmax;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Evaluates a model of the digits in all the ways that Spark has to aggregate. */
final class Evaluation {

    private static final Softmax SOFTMAX = new Softmax();

    private final SparkSession spark;
    private final List<Prediction> predictions = new ArrayList<>();
    private final LossMean expected;

    Evaluation(SparkSession spark, SoftmaxRegression model, Digits digits) {
        this.spark = spark;
        for (int row = 0; row < digits.count(); row++) {
            predictions.add(Prediction.of(model.logits(digits.pixels()[row]), digits.labels()[row]));
        }
        expected = Batch.of(SOFTMAX, Digits.CLASSES).lossMean(model.logits(digits), digits.labels());
    }

    /** The mean loss: the same without Spark and in all ways, over any partitions and in any order. */
    LossMean requireSame(int[] partitions) {
        for (int count : partitions) {
            Collections.shuffle(predictions, new Random(count));
            JavaRDD<Prediction> distributed = distributed(count);
            requireSame(distributed.aggregate(new LossMean(), Evaluation::add, LossMean::combine));
            requireSame(distributed.treeAggregate(new LossMean(), Evaluation::add, LossMean::combine));
            Dataset<Prediction> dataset = spark.createDataset(distributed.rdd(), Encoders.bean(Prediction.class));
            requireSame(dataset.select(new MeanLoss().toColumn()).first(), expected.mean());
            requireSameByDigit(dataset);
        }
        return expected;
    }

    private static LossMean add(LossMean mean, Prediction prediction) {
        mean.accept(SOFTMAX.value(prediction.getLogits(), prediction.getLabel()));
        return mean;
    }

    private void requireSameByDigit(Dataset<Prediction> dataset) {
        List<Row> means = dataset
                .groupByKey((MapFunction<Prediction, Integer>) Prediction::getLabel, Encoders.INT())
                .agg(new MeanLoss().toColumn()).toDF("digit", "mean").collectAsList();
        Check.that(means.size() == Digits.CLASSES, "there are " + means.size() + " groups");
        for (Row row : means) {
            LossMean ofDigit = predictions.stream().filter(prediction -> prediction.getLabel() == row.getInt(0))
                    .collect(LossMean.averaging(each -> SOFTMAX.value(each.getLogits(), each.getLabel())));
            requireSame(row.getDouble(1), ofDigit.mean());
        }
    }

    /** How many different means there are if losses are added up as doubles. */
    int meansOfDoubles(int[] partitions) {
        Set<Double> means = new TreeSet<>();
        for (int count : partitions) {
            means.add(distributed(count).mapToDouble(each -> SOFTMAX.value(each.getLogits(), each.getLabel())).sum()
                    / predictions.size());
        }
        return means.size();
    }

    private JavaRDD<Prediction> distributed(int partitions) {
        return JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(predictions, partitions);
    }

    private void requireSame(LossMean actual) {
        Check.that(actual.equals(expected), actual + " is not " + expected);
        requireSame(actual.mean(), expected.mean());
    }

    private static void requireSame(double actual, double expected) {
        Check.that(Double.compare(actual, expected) == 0, actual + " is not " + expected);
    }
}
