package consumer;

/** The logits of one image, and its digit: a plain object, as Flink wants it. */
public final class Prediction {

    public double[] logits;
    public int label;

    public static Prediction of(double[] logits, int label) {
        Prediction prediction = new Prediction();
        prediction.logits = logits;
        prediction.label = label;
        return prediction;
    }
}
