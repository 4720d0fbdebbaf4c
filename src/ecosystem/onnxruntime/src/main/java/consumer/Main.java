package consumer;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.OneHot;
import io.github.plainjava.losses.Softmax;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;

/** Scores a model that ONNX Runtime runs: floats come out of it, and no array of doubles is made of them. */
final class Main {

    public static void main(String[] args) throws OrtException {
        Digits test = Digits.test();
        SoftmaxRegression model = SoftmaxRegression.trained(Digits.training(), 100, 2);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(onnx(model));
                OnnxTensor pixels = OnnxTensor.createTensor(environment, FloatBuffer.wrap(test.floats()),
                        new long[] {test.count(), Digits.PIXELS});
                OrtSession.Result result = session.run(Map.of("pixels", pixels))) {
            float[] logits = floats(result, "logits");
            evaluate(logits, test);
            compare(logits, floats(result, "probabilities"), model, test);
        }
    }

    private static void evaluate(float[] logits, Digits test) {
        float[] probabilities = new float[logits.length];
        Softmax.softmax(logits, Digits.CLASSES, probabilities);
        int[] decided = OneHot.decode(probabilities, Digits.CLASSES);
        double logLoss = Batch.of(new Softmax(), Digits.CLASSES).value(logits, test.labels());
        double accuracy = test.accuracy(decided);
        System.out.println("log loss of " + test.count() + " digits: " + logLoss + ", top-1 accuracy " + accuracy);
        Check.that(accuracy > 0.9, "accuracy is " + accuracy);
    }

    /** With ONNX Runtime's own softmax, and with the model in doubles. */
    private static void compare(float[] logits, float[] theirs, SoftmaxRegression model, Digits test) {
        float[] ours = new float[logits.length];
        Softmax.softmax(logits, Digits.CLASSES, ours);
        double furthest = 0;
        for (int i = 0; i < ours.length; i++) {
            furthest = Math.max(furthest, Math.abs(theirs[i] - ours[i]) / Math.ulp(ours[i]));
        }
        System.out.println("the softmax of ONNX Runtime is up to " + furthest + " ulps of a float away");
        Check.that(furthest < 32, "the softmax of ONNX Runtime is " + furthest + " ulps away");

        double logLoss = Batch.of(new Softmax(), Digits.CLASSES).value(logits, test.labels());
        double ofTheirs = Batch.of(new CrossEntropy(), Digits.CLASSES).value(theirs, test.labels());
        double inDoubles = Batch.of(new Softmax(), Digits.CLASSES).value(model.logits(test), test.labels());
        Check.atMost(Math.abs(logLoss - ofTheirs), 1e-6, logLoss, "the difference from the log loss of theirs");
        Check.atMost(Math.abs(logLoss - inDoubles), 1e-6, logLoss, "the difference from the log loss in doubles");
    }

    private static float[] floats(OrtSession.Result result, String output) {
        FloatBuffer buffer = ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
        float[] floats = new float[buffer.remaining()];
        buffer.get(floats);
        return floats;
    }

    private static byte[] onnx(SoftmaxRegression model) {
        double[] parameters = model.parameters();
        int weights = Digits.CLASSES * Digits.PIXELS;
        return Onnx.linear(floats(Arrays.copyOf(parameters, weights)),
                floats(Arrays.copyOfRange(parameters, weights, parameters.length)), Digits.PIXELS, Digits.CLASSES);
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private Main() {
    }
}
