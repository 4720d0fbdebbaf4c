package consumer;

import java.io.Serializable;

/** The logits of one image, and its digit: a bean, as Spark wants it. */
public final class Prediction implements Serializable {

    private static final long serialVersionUID = 1;

    private double[] logits;
    private int label;

    public static Prediction of(double[] logits, int label) {
        Prediction prediction = new Prediction();
        prediction.setLogits(logits);
        prediction.setLabel(label);
        return prediction;
    }

    public double[] getLogits() {
        return logits;
    }

    public void setLogits(double[] logits) {
        this.logits = logits;
    }

    public int getLabel() {
        return label;
    }

    public void setLabel(int label) {
        this.label = label;
    }
}
