package io.github.plainjava.losses.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks and writes the report, in one command.
 *
 * <pre>
 * java -jar target/benchmarks.jar                          every benchmark
 * java -jar target/benchmarks.jar essential                the functions used most, against the naive loop
 * java -jar target/benchmarks.jar allocation               bytes allocated by value and gradient
 * java -jar target/benchmarks.jar mixed [SECONDS]          all shapes and options in one JVM, as in an application
 * java -jar target/benchmarks.jar more [SECONDS]           the same of other losses, and of whole batches
 * java -jar target/benchmarks.jar first-second [JVMS]      what a fresh JVM gets done in its first second
 * java -jar target/benchmarks.jar LogSumExp -p shape=1x10  whatever JMH's own command line selects
 * java -jar target/benchmarks.jar report [FILE]            the report again, from the results of an earlier run
 * java -jar target/benchmarks.jar -h                       JMH's options; -l lists the benchmarks
 * </pre>
 *
 * <p>A selection can be followed by more of JMH's options, {@code -rff FILE} among them, which says where the results
 * go; the report is written beside them. The allocation profiler runs unless another is asked for: it reads a counter
 * before and after an iteration, outside the time that is measured.
 *
 * <p>Two measurements are none of JMH's, whose forks see one function at one shape after it has been warmed up, and
 * take none of its options: {@code mixed}, some four minutes, whose SECONDS say how long each contender is warmed up at
 * each workload, and {@code first-second}, one, whose JVMS say how many each contender gets. Both are against the
 * naive loop, and their tables, {@code mixed.md} and {@code first-second.md}, stand beside the other report.
 */
public final class Benchmarks {

    private static final Path RESULTS = Path.of("target", "benchmark-report", "results.json");

    /** JMH's command line for each selection that has a name. */
    private static final Map<String, List<String>> SELECTIONS = Map.of(
            "essential",
            List.of(
                    "SoftmaxLossByLabelValueAndGradient",
                    "SoftmaxLossByTargetValueAndGradient",
                    "SoftmaxLossWithLabelSmoothing",
                    "CrossEntropyByTargetValue\\.",
                    "SoftmaxProbabilities",
                    "LogSoftmax",
                    "MeanSquaredError",
                    "ArrayCopy",
                    "-p",
                    "contender=losses,naive"),
            "allocation",
            List.of("ValueAndGradient\\.", "-p", "contender=losses", "-f", "1", "-wi", "2", "-i", "2"));

    private Benchmarks() {}

    /** Runs what the arguments select. */
    public static void main(String[] arguments)
            throws IOException, RunnerException, CommandLineOptionException, InterruptedException {
        List<String> words = Arrays.asList(arguments);
        List<String> rest = words.subList(Math.min(1, words.size()), words.size());
        switch (words.isEmpty() ? "" : words.get(0)) {
            case "report" -> Report.write(rest.isEmpty() ? RESULTS : Path.of(rest.get(0)));
            case "mixed" -> Mixed.run(rest, RESULTS.getParent());
            case "more" -> Mixed.runMore(rest, RESULTS.getParent());
            case "first-second" -> FirstSecond.run(rest, RESULTS.getParent());
            default -> jmh(arguments);
        }
    }

    private static void jmh(String[] arguments) throws IOException, RunnerException, CommandLineOptionException {
        String[] selected = selected(arguments);
        CommandLineOptions options = new CommandLineOptions(selected);
        if (asksForInformation(options)) {
            org.openjdk.jmh.Main.main(selected);
        } else {
            run(options);
        }
    }

    private static String[] selected(String[] arguments) {
        if (arguments.length == 0 || !SELECTIONS.containsKey(arguments[0])) {
            return arguments;
        }
        List<String> selected = new ArrayList<>(SELECTIONS.get(arguments[0]));
        selected.addAll(Arrays.asList(arguments).subList(1, arguments.length));
        return selected.toArray(String[]::new);
    }

    private static boolean asksForInformation(CommandLineOptions options) {
        return options.shouldHelp()
                || options.shouldList()
                || options.shouldListWithParams()
                || options.shouldListProfilers()
                || options.shouldListResultFormats();
    }

    private static void run(CommandLineOptions options) throws IOException, RunnerException {
        Path results = Path.of(options.getResult().orElse(RESULTS.toString())).toAbsolutePath();
        Files.createDirectories(results.getParent());
        Machine.thisOne().writeBeside(results);
        ChainedOptionsBuilder builder = new OptionsBuilder()
                .parent(options)
                .resultFormat(ResultFormatType.JSON)
                .result(results.toString())
                .shouldFailOnError(options.shouldFailOnError().orElse(true));
        if (options.getProfilers().isEmpty()) {
            builder.addProfiler(GCProfiler.class);
        }
        new Runner(builder.build()).run();
        Report.write(results);
    }
}
