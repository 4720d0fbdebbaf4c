package consumer;

import org.apache.flink.api.common.functions.MapFunction;

/** The prediction for the image of a number. */
final class Predict implements MapFunction<Long, Prediction> {

    private static final long serialVersionUID = 1;

    private final SoftmaxRegression model;
    private final double[][] pixels;
    private final int[] labels;

    Predict(SoftmaxRegression model, Digits digits) {
        this.model = model;
        this.pixels = digits.pixels();
        this.labels = digits.labels();
    }

    @Override
    public Prediction map(Long number) {
        int row = Math.toIntExact(number);
        return Prediction.of(model.logits(pixels[row]), labels[row]);
    }
}
