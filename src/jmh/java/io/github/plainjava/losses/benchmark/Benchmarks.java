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
 * java -jar target/benchmarks.jar LogSumExp -p shape=1x10  whatever JMH's own command line selects
 * java -jar target/benchmarks.jar report [FILE]            the report again, from the results of an earlier run
 * java -jar target/benchmarks.jar -h                       JMH's options; -l lists the benchmarks
 * </pre>
 *
 * <p>A selection can be followed by more of JMH's options, {@code -rff FILE} among them, which says where the results
 * go; the report is written beside them. The allocation profiler runs unless another is asked for: it reads a counter
 * before and after an iteration, outside the time that is measured.
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
    public static void main(String[] arguments) throws IOException, RunnerException, CommandLineOptionException {
        if (arguments.length > 0 && arguments[0].equals("report")) {
            Report.write(arguments.length > 1 ? Path.of(arguments[1]) : RESULTS);
            return;
        }
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
