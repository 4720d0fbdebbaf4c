package io.github.plainjava.losses.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A table in Markdown: the first row is the head, the first column is text, the others are figures. */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    void add(List<String> row) {
        rows.add(row);
    }

    String markdown() {
        StringBuilder markdown = new StringBuilder();
        append(markdown, rows.get(0));
        List<String> rule = new ArrayList<>(Collections.nCopies(rows.get(0).size(), "---:"));
        rule.set(0, "---");
        append(markdown, rule);
        rows.stream().skip(1).forEach(row -> append(markdown, row));
        return markdown.toString();
    }

    private static void append(StringBuilder markdown, List<String> row) {
        markdown.append("| ").append(String.join(" | ", row)).append(" |\n");
    }
}
