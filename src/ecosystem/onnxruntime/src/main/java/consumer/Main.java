package consumer;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.OneHot;
import io.github.plainjava.losses.Softmax;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;

/** Scores a model that ONNX Runtime runs. */
final class Main {

    public static void main(String[] args) throws OrtException {
        Digits test = Digits.test();
        SoftmaxRegression model = SoftmaxRegression.trained(Digits.training(), 100, 2);
        float[] floatLogits = run(onnx(model), test);

        double[] logits = doubles(floatLogits);
        double logLoss = Batch.of(new Softmax(), Digits.CLASSES).value(logits, test.labels());
        int[] decided = new int[test.count()];
        for (int row = 0; row < decided.length; row++) {
            decided[row] = OneHot.decode(Softmax.softmax(
                    Arrays.copyOfRange(logits, row * Digits.CLASSES, (row + 1) * Digits.CLASSES)));
        }
        double accuracy = test.accuracy(decided);
        System.out.println("log loss of " + test.count() + " digits: " + logLoss + ", top-1 accuracy " + accuracy);

        double inDoubles = Batch.of(new Softmax(), Digits.CLASSES).value(model.logits(test), test.labels());
        Check.that(Math.abs(logLoss - inDoubles) < 1e-6 * inDoubles,
                "the log loss of the float logits is " + logLoss + ", of the doubles " + inDoubles);
        Check.that(accuracy > 0.9, "accuracy is " + accuracy);
    }

    private static byte[] onnx(SoftmaxRegression model) {
        double[] parameters = model.parameters();
        int weights = Digits.CLASSES * Digits.PIXELS;
        return Onnx.linear(floats(Arrays.copyOf(parameters, weights)),
                floats(Arrays.copyOfRange(parameters, weights, parameters.length)), Digits.PIXELS, Digits.CLASSES);
    }

    private static float[] run(byte[] model, Digits digits) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(model);
                OnnxTensor pixels = OnnxTensor.createTensor(environment, FloatBuffer.wrap(digits.floats()),
                        new long[] {digits.count(), Digits.PIXELS});
                OrtSession.Result result = session.run(Map.of("pixels", pixels))) {
            float[] logits = new float[digits.count() * Digits.CLASSES];
            ((OnnxTensor) result.get(0)).getFloatBuffer().get(logits);
            return logits;
        }
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    private Main() {
    }
}
