package io.github.plainjava.losses.robustness;

import com.sun.management.ThreadMXBean;
import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.ClassificationLoss;
import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.Softmax;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Measures the bytes that value and gradient allocate, and prints a line a call: the bytes that are allowed, the bytes
 * that were allocated, and the name of the call.
 */
final class Allocation {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** What a batch may allocate: its run and its exact sums. */
    private static final int OF_A_BATCH = 200;

    /** The compiler has this long to make the call allocate what it promises. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

    private static final int CALLS_OF_A_WINDOW = 200;

    private static double consumed;

    private Allocation() {}

    /**
     * Measures all calls.
     *
     * @param arguments not used
     */
    public static void main(String[] arguments) {
        for (int n : new int[] {1, 3, 10, 30, 33, 1000, 20_000}) {
            calls(n).forEach((name, call) -> print(name + ", " + n, call, 0));
        }
        for (int[] shape : new int[][] {{100, 3}, {1000, 10}, {20, 1000}}) {
            batches(shape[0], shape[1]).forEach((name, call) -> print(name, call, OF_A_BATCH));
        }
    }

    private static void print(String name, Runnable call, long allowed) {
        System.out.println(allowed + " " + bytesOf(call, allowed) + " " + name);
    }

    private static Map<String, Runnable> batches(int rows, int columns) {
        double[] predictions = new double[rows * columns];
        double[] gradient = new double[predictions.length];
        int[] labels = new int[rows];
        Map<String, Runnable> calls = new LinkedHashMap<>();
        LossFunction crossEntropy = new CrossEntropy().withFloor(0.5);
        for (LossFunction loss : List.of(new Softmax(), crossEntropy, new MeanSquaredError())) {
            Batch batch = Batch.of(loss, columns);
            Runnable call = loss instanceof ClassificationLoss
                    ? () -> consumed += batch.valueAndGradient(predictions, labels, gradient)
                    : () -> consumed += batch.valueAndGradient(predictions, predictions, gradient);
            calls.put(loss.getClass().getSimpleName() + ", " + rows + " x " + columns, call);
        }
        return calls;
    }

    private static Map<String, Runnable> calls(int n) {
        double[] logits = new double[n];
        double[] probabilities = new double[n];
        double[] gradient = new double[n];
        for (int i = 0; i < n; i++) {
            logits[i] = i % 7 - 0.25 * (i % 3);
            probabilities[i] = 1.0 / (2 + i);
        }
        Map<String, Runnable> calls = new LinkedHashMap<>();
        LossFunction mse = new MeanSquaredError();
        calls.put("MeanSquaredError", () -> consumed += mse.valueAndGradient(logits, probabilities, gradient));
        CrossEntropy crossEntropy = new CrossEntropy().withLabelSmoothing(0.1);
        calls.put("CrossEntropy, label", () -> consumed += crossEntropy.valueAndGradient(probabilities, 0, gradient));
        calls.put("CrossEntropy, target",
                () -> consumed += crossEntropy.valueAndGradient(probabilities, probabilities, gradient));
        Softmax softmax = new Softmax();
        calls.put("Softmax, label", () -> consumed += softmax.valueAndGradient(logits, 0, gradient));
        calls.put("Softmax, target", () -> consumed += softmax.valueAndGradient(logits, probabilities, gradient));
        Softmax tuned = new Softmax().withTemperature(2).withLabelSmoothing(0.1);
        calls.put("Softmax with options, label", () -> consumed += tuned.valueAndGradient(logits, 0, gradient));
        return calls;
    }

    /** The bytes that a call allocates once it is compiled: the least of any window, until there is a good one. */
    private static long bytesOf(Runnable call, long good) {
        long least = Long.MAX_VALUE;
        long end = System.nanoTime() + PATIENCE;
        while (least > good && System.nanoTime() < end) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS_OF_A_WINDOW; i++) {
                call.run();
            }
            least = Math.min(least, (THREADS.getCurrentThreadAllocatedBytes() - before) / CALLS_OF_A_WINDOW);
        }
        return least;
    }
}
