package io.github.plainjava.losses;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The worst errors by function and regime, and how often they were small, ours beside those of the usual formula. */
final class AccuracyTable {

    private static final String HEADER = """
            | function | regime | results | worst, ulp | within 0.5 | within 1 | within 2 \
            | usual formula: worst, ulp | within 1 | within 2 |
            |---|---|---:|---:|---:|---:|---:|---:|---:|---:|
            """;

    private final Map<String, Map<String, Line>> lines = new TreeMap<>();

    /** Takes one result in. */
    void record(String function, Enum<?> regime, double ulps, double ulpsOfUsualFormula) {
        for (String name : new String[] {regime.name().toLowerCase(Locale.ROOT).replace('_', ' '), "all"}) {
            Line line = lines.computeIfAbsent(function, f -> new TreeMap<>()).computeIfAbsent(name, n -> new Line());
            line.ours.add(ulps);
            line.usual.add(ulpsOfUsualFormula);
        }
    }

    /** Writes the table as Markdown. */
    void write(Path file) {
        StringBuilder text = new StringBuilder(HEADER);
        lines.forEach((function, regimes) -> regimes.forEach((regime, line) -> text.append(String.format(Locale.ROOT,
                "| %s | %s | %,d | %s | %s | %s | %s | %s | %s | %s |%n", function, regime, line.ours.count,
                number(line.ours.worst), percent(line.ours.withinHalf, line.ours.count),
                percent(line.ours.withinOne, line.ours.count), percent(line.ours.withinTwo, line.ours.count),
                number(line.usual.worst), percent(line.usual.withinOne, line.usual.count),
                percent(line.usual.withinTwo, line.usual.count)))));
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String number(double ulps) {
        if (Double.isInfinite(ulps)) {
            return "infinite";
        }
        return String.format(Locale.ROOT, ulps < 1000 ? "%.3f" : "%.2e", ulps);
    }

    /** Rounded down, so that 100% means all. */
    private static String percent(long part, long whole) {
        return part == whole ? "100%" : String.format(Locale.ROOT, "%.2f%%", Math.floor(part * 10_000.0 / whole) / 100);
    }

    private static final class Line {
        private final Errors ours = new Errors();
        private final Errors usual = new Errors();
    }

    private static final class Errors {

        private long count;
        private long withinHalf;
        private long withinOne;
        private long withinTwo;
        private double worst;

        private void add(double ulps) {
            count++;
            withinHalf += ulps <= 0.5 ? 1 : 0;
            withinOne += ulps <= 1 ? 1 : 0;
            withinTwo += ulps <= 2 ? 1 : 0;
            worst = Math.max(worst, ulps);
        }
    }
}
