package io.github.plainjava.losses.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * What a fresh JVM gets done in its first second of a loss, against the naive loop.
 *
 * <p>A short program spends much of its life before HotSpot has compiled what it calls, and more code takes longer to
 * be compiled. So each contender gets JVMs of its own, in turn; the clock starts when the data is there and before the
 * contender's classes are loaded. The medians are compared.
 */
final class FirstSecond {

    private static final int JVMS = 5;

    private static final List<Workload> WORKLOADS = List.of(
            Workload.of(Task.LABEL, "32x10"),
            Workload.of(Task.LABEL, "32x100"),
            Workload.of(Task.SOFT_TARGET, "32x10"),
            Workload.of(Task.CLASS_WEIGHTS, "32x10"),
            Workload.of(Task.SQUARES, "1x1000"));

    /** Where the values go, so that no compiler can leave them out. */
    private static double sink;

    private FirstSecond() {}

    /**
     * Measures, and writes {@code first-second.md} into the directory.
     *
     * @param arguments how many JVMs each contender gets at each workload, if not the usual
     */
    static void run(List<String> arguments, Path directory) throws IOException, InterruptedException {
        int jvms = arguments.isEmpty() ? JVMS : Integer.parseInt(arguments.get(0));
        Machine machine = Machine.thisOne();
        for (Workload workload : WORKLOADS) {
            workload.requireAgreement(workload.samples());
        }
        Table table = new Table();
        table.add(List.of("workload", "rows x columns", "numbers", "naive numbers", "against naive"));
        for (Workload workload : WORKLOADS) {
            List<String> row = row(workload, jvms);
            System.out.println(String.join("  ", row));
            table.add(row);
        }
        Report.save(directory.resolve("first-second.md"), markdown(table, machine, jvms));
    }

    private static String markdown(Table table, Machine machine, int jvms) {
        return String.join(
                "\n",
                "Measured on " + machine.conditions(Machine.jvm()) + "; load average at the start " + machine.load()
                        + ". How many numbers a fresh JVM gets through in its first second of value and gradient;"
                        + " medians, JVMs for each: " + jvms + ".",
                "",
                table.markdown());
    }

    private static List<String> row(Workload workload, int jvms) throws IOException, InterruptedException {
        double[] naive = new double[jvms];
        double[] library = new double[jvms];
        for (int i = 0; i < jvms; i++) {
            naive[i] = numbers(workload, Comparison.NAIVE);
            library[i] = numbers(workload, Comparison.LIBRARY);
        }
        double ours = Timing.median(library);
        double theirs = Timing.median(naive);
        return List.of(
                workload.task().toString(),
                workload.shape().toString(),
                Report.number(ours),
                Report.number(theirs),
                Report.speed(ours / theirs));
    }

    /** In a JVM of its own, with the options of this one. */
    private static long numbers(Workload workload, String contender) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                FirstSecond.class.getName(),
                workload.task().name(),
                workload.shape().toString(),
                contender));
        Process jvm = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jvm.waitFor() != 0) {
            throw new IllegalStateException("a JVM ended with " + jvm.exitValue() + ": " + command);
        }
        return Long.parseLong(printed.strip());
    }

    /** The fresh JVM: computes for a second and prints how many numbers it got through. */
    public static void main(String[] arguments) {
        Workload workload = Workload.of(Task.valueOf(arguments[0]), arguments[1]);
        Sample[] samples = workload.samples();
        long start = System.nanoTime();
        ToDoubleFunction<Sample> contender = workload.contender(arguments[2]);
        long calls = 0;
        while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(1)) {
            sink += contender.applyAsDouble(samples[(int) (calls & (samples.length - 1))]);
            calls++;
        }
        System.out.println(calls * workload.shape().size());
    }
}
