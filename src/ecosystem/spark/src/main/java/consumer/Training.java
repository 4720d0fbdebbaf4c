package consumer;

import io.github.plainjava.losses.ExactSums;
import io.github.plainjava.losses.Softmax;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** Trains softmax regression of the digits: the gradients of all examples are added up exactly, wherever computed. */
final class Training {

    private static final int EPOCHS = 20;
    private static final double RATE = 2;
    private static final Softmax SOFTMAX = new Softmax();

    /** An image and its digit: no record, which Spark's Kryo does not know. */
    static final class Example implements Serializable {

        private static final long serialVersionUID = 1;

        final double[] pixels;
        final int digit;

        Example(double[] pixels, int digit) {
            this.pixels = pixels;
            this.digit = digit;
        }
    }

    static SoftmaxRegression train(JavaSparkContext context, JavaRDD<Example> examples) {
        SoftmaxRegression model = new SoftmaxRegression();
        long count = examples.count();
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            Broadcast<SoftmaxRegression> current = context.broadcast(model);
            ExactSums sums = examples.treeAggregate(new ExactSums(SoftmaxRegression.PARAMETERS),
                    (sum, example) -> add(sum, example, current.value()), ExactSums::combine);
            model.descend(sums.toArray(), RATE / count);
            current.destroy();
        }
        return model;
    }

    /** The gradient of one example: at the logits, and by the chain rule at the weights and constants behind them. */
    private static ExactSums add(ExactSums sums, Example example, SoftmaxRegression model) {
        double[] atLogits = SOFTMAX.gradient(model.logits(example.pixels), example.digit);
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            sums.add(digit * Digits.PIXELS, example.pixels, atLogits[digit]);
        }
        sums.add(Digits.CLASSES * Digits.PIXELS, atLogits, 1);
        return sums;
    }

    /** The model that comes out whatever the partitions and the order of the examples, which is that without Spark. */
    static SoftmaxRegression requireSame(JavaSparkContext context, int[] partitions) {
        Digits digits = Digits.training();
        List<Example> examples = IntStream.range(0, digits.count())
                .mapToObj(row -> new Example(digits.pixels()[row], digits.labels()[row])).collect(Collectors.toList());
        SoftmaxRegression expected = withoutSpark(examples);
        for (int count : partitions) {
            Collections.shuffle(examples, new Random(count));
            SoftmaxRegression model = train(context, context.parallelize(examples, count));
            Check.that(Arrays.equals(model.parameters(), expected.parameters()),
                    "the model of " + count + " partitions is another");
        }
        return expected;
    }

    private static SoftmaxRegression withoutSpark(List<Example> examples) {
        SoftmaxRegression model = new SoftmaxRegression();
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            ExactSums sums = new ExactSums(SoftmaxRegression.PARAMETERS);
            examples.forEach(example -> add(sums, example, model));
            model.descend(sums.toArray(), RATE / examples.size());
        }
        return model;
    }

    private Training() {
    }
}
