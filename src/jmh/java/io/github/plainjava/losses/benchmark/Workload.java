package io.github.plainjava.losses.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** One task at one shape. */
record Workload(Task task, Shape shape) {

    private static final List<Task> OF_BATCHES = List.of(
            Task.LABEL,
            Task.SOFT_TARGET,
            Task.SMOOTHING,
            Task.TEMPERATURE,
            Task.TEMPERATURE_SOFT_TARGET,
            Task.CLASS_WEIGHTS,
            Task.SAMPLE_WEIGHTS,
            Task.CROSS_ENTROPY);
    private static final List<Task> OF_ROWS = List.of(Task.ROW_PROBABILITIES, Task.ROW_LABEL);
    private static final List<Task> OF_QUANTITIES = List.of(Task.SQUARES_VALUE, Task.SQUARES);

    private static final List<Task> OF_ENTRIES = List.of(
            Task.SQUARES,
            Task.MEAN_ABSOLUTE_ERROR,
            Task.HUBER,
            Task.PSEUDO_HUBER,
            Task.LOG_COSH,
            Task.PINBALL,
            Task.SIGMOID,
            Task.BINARY_CROSS_ENTROPY,
            Task.FOCAL,
            Task.POISSON,
            Task.GAMMA,
            Task.TWEEDIE);

    private static final List<Task> OF_ROWS_AT_ONCE =
            List.of(Task.ROWS_PROBABILITIES, Task.ROWS_LOG_PROBABILITIES, Task.PART);

    /**
     * Losses whose entries have targets of their own, as one long row, as rows of two numbers and as rows of ten; and
     * functions of whole batches: all in one application.
     */
    static List<Workload> more() {
        List<Workload> all = new ArrayList<>();
        add(all, OF_ENTRIES, "1x1000", "500x2", "100x10");
        add(all, OF_ROWS_AT_ONCE, "1000x3", "256x10", "256x33", "256x100", "64x1000", "4x50000");
        return all;
    }

    /** Everything that one application may do, from a handful of numbers to a million. */
    static List<Workload> all() {
        List<Workload> all = new ArrayList<>();
        add(all, OF_BATCHES, "1x10", "8x10", "32x10", "256x3", "256x10", "256x100", "256x1000");
        add(all, List.of(Task.LABEL), "16x50000");
        add(all, OF_ROWS, "1x10", "1x1000", "1x50000");
        add(all, OF_QUANTITIES, "1x10", "1x1000", "1x1000000");
        add(all, List.of(Task.OWN_LOSS), "1000x10");
        return all;
    }

    private static void add(List<Workload> all, List<Task> tasks, String... shapes) {
        for (String shape : shapes) {
            for (Task task : tasks) {
                all.add(of(task, shape));
            }
        }
    }

    static Workload of(Task task, String shape) {
        return new Workload(task, Shape.of(shape));
    }

    Sample[] samples() {
        return task.samples(shape);
    }

    ToDoubleFunction<Sample> contender(String name) {
        return task.contender(name, shape);
    }

    void requireAgreement(Sample[] samples) {
        task.requireAgreement(shape, samples);
    }
}
