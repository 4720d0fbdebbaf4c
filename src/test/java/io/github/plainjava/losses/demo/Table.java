package io.github.plainjava.losses.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table in plain text: every column as wide as its widest cell, aligned to the right. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... header) {
        row(header);
    }

    Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    void print(PrintStream out) {
        int[] widths = IntStream.range(0, rows.get(0).size()).map(this::width).toArray();
        out.println(line(rows.get(0), widths));
        out.println("  " + "-".repeat(IntStream.of(widths).sum() + 3 * (widths.length - 1)));
        rows.stream().skip(1).map(row -> line(row, widths)).forEach(out::println);
        out.println();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElseThrow();
    }

    private static String line(List<String> cells, int[] widths) {
        return "  " + IntStream.range(0, widths.length)
                .mapToObj(i -> " ".repeat(widths[i] - cells.get(i).length()) + cells.get(i))
                .collect(Collectors.joining("   ")).stripTrailing();
    }
}
