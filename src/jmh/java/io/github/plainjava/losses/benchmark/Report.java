package io.github.plainjava.losses.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Turns the results of a run into tables in Markdown and a picture. */
final class Report {

    private final Results results;
    private final Machine machine;

    private Report(Results results, Machine machine) {
        this.results = results;
        this.machine = machine;
    }

    /** Writes {@code report.md}, {@code speed.svg} and {@code speed.png} beside the results. */
    static void write(Path json) throws IOException {
        Results results = Results.read(json);
        Report report = new Report(results, Machine.readBeside(json));
        Path markdown = json.resolveSibling("report.md");
        save(markdown, report.markdown());
        if (Picture.canShow(results)) {
            Picture.of(results, report.conditions()).write(json.resolveSibling("speed"));
        }
    }

    /** Writes a report and says where it is. */
    static void save(Path markdown, String text) throws IOException {
        Files.createDirectories(markdown.toAbsolutePath().getParent());
        Files.writeString(markdown, text);
        System.out.println("The report is in " + markdown.toAbsolutePath());
    }

    private String conditions() {
        return machine.conditions(results.jvm());
    }

    private String markdown() {
        String speeds = summary();
        return String.join(
                "\n",
                "Measured on " + conditions() + "; " + results.effort() + "; load average at the start "
                        + machine.load() + ". A time is the median over the forks, ± half the distance from the"
                        + " fastest fork to the slowest.",
                "",
                speeds.isEmpty() ? "" : "### Times as fast as the naive loop\n\n" + speeds,
                "### Every measurement",
                "",
                details());
    }

    /** A row for each function, a column for each shape; functions of batches and of single rows apart. */
    private String summary() {
        Map<Boolean, List<String>> functions = results.of(Comparison.LIBRARY).stream()
                .filter(ours -> results.naive(ours).isPresent())
                .map(Timing::function)
                .distinct()
                .collect(Collectors.partitioningBy(this::takesBatches));
        return Stream.of(functions.get(true), functions.get(false))
                .filter(some -> !some.isEmpty())
                .map(this::summary)
                .collect(Collectors.joining("\n"));
    }

    private boolean takesBatches(String function) {
        return shapes(List.of(function)).stream().anyMatch(shape -> shape.rows() > 1);
    }

    private String summary(List<String> functions) {
        List<Shape> shapes = shapes(functions);
        Table table = new Table();
        table.add(row("function", shapes, Shape::toString));
        for (String function : functions) {
            table.add(row(words(function), shapes, shape -> speed(function, shape)));
        }
        return table.markdown();
    }

    private List<Shape> shapes(List<String> functions) {
        return results.of(Comparison.LIBRARY).stream()
                .filter(timing -> functions.contains(timing.function()))
                .map(Timing::shape)
                .distinct()
                .sorted(Comparator.comparingInt(Shape::size))
                .toList();
    }

    private static List<String> row(String first, List<Shape> shapes, Function<Shape, String> cell) {
        return Stream.concat(Stream.of(first), shapes.stream().map(cell)).toList();
    }

    private String speed(String function, Shape shape) {
        return results.find(function, shape, Comparison.LIBRARY)
                .flatMap(ours -> results.naive(ours).map(naive -> speed(ours, naive)))
                .orElse("");
    }

    /** A row for each function and shape. */
    private String details() {
        Table table = new Table();
        table.add(List.of(
                "function",
                "rows x columns",
                "ns/element",
                "ns/row",
                "±",
                "naive ns/element",
                "±",
                "against naive",
                "times a copy",
                "against others",
                "bytes/call"));
        for (Timing ours : results.of(Comparison.LIBRARY)) {
            Optional<Timing> naive = results.naive(ours);
            table.add(List.of(
                    words(ours.function()),
                    ours.shape().toString(),
                    number(ours.perElement()),
                    number(ours.perRow()),
                    percent(ours.spread()),
                    naive.map(timing -> number(timing.perElement())).orElse(""),
                    naive.map(timing -> percent(timing.spread())).orElse(""),
                    naive.map(timing -> speed(ours, timing)).orElse(""),
                    results.copy(ours).map(copy -> number(ours.nanoseconds() / copy.nanoseconds())).orElse(""),
                    others(ours),
                    bytes(ours.bytes())));
        }
        return table.markdown();
    }

    private String others(Timing ours) {
        String peers = results.peers(ours).stream()
                .map(peer -> peer.contender() + " " + speed(ours, peer))
                .collect(Collectors.joining(", "));
        return results.oneCore(ours).map(one -> "one core " + speed(ours, one)).orElse(peers);
    }

    private static String speed(Timing ours, Timing theirs) {
        return speed(theirs.nanoseconds() / ours.nanoseconds());
    }

    /** How many times as fast ours is; whoever is slower is told so in bold. */
    static String speed(double ratio) {
        return ratio < 1 ? "**" + number(ratio) + "x, slower**" : number(ratio) + "x";
    }

    /** Three figures, and no more than two decimals' worth of trust in any of them. */
    static String number(double value) {
        int decimals = value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    private static String percent(double part) {
        return Double.isNaN(part) ? "" : String.format(Locale.ROOT, "%.0f%%", 100 * part);
    }

    private static String bytes(double bytes) {
        return Double.isNaN(bytes) ? "" : String.format(Locale.ROOT, "%,.0f", bytes);
    }

    /** SoftmaxLossByLabel becomes softmax loss by label. */
    private static String words(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }
}
