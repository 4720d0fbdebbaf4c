package io.github.plainjava.losses.vectors;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** One row of a file, read from its text. */
record Line(int number, Case of, Result expected) {

    static Line parse(String text) {
        String[] cells = text.split("\t", -1);
        Case of = new Case(cells[1], options(cells[2]), numbers(" ", cells[3]), numbers(" ", cells[4]));
        Result expected = new Result(cells[5], Integer.parseInt(cells[6]), Double.parseDouble(cells[7]),
                Double.parseDouble(cells[8]), Double.parseDouble(cells[9]), Double.parseDouble(cells[10]));
        return new Line(Integer.parseInt(cells[0]), of, expected);
    }

    private static Map<String, double[]> options(String cell) {
        Map<String, double[]> options = new TreeMap<>();
        for (String option : cell.isEmpty() ? new String[0] : cell.split(" ")) {
            options.put(option.substring(0, option.indexOf('=')), numbers(",", option.substring(option.indexOf('=') + 1)));
        }
        return options;
    }

    private static double[] numbers(String separator, String cell) {
        return cell.isEmpty()
                ? new double[0]
                : Arrays.stream(cell.split(separator)).mapToDouble(Double::parseDouble).toArray();
    }

    /** How many numbers and words the row has. */
    int columns() {
        return of.x().length + of.y().length + of.options().values().stream().mapToInt(values -> values.length).sum() + 8;
    }

    /** How many units the result is off. */
    double error(double actual) {
        return actual == expected.exact() && Double.isInfinite(actual)
                ? 0
                : Math.abs((actual - expected.exact()) / expected.unit() - expected.remainder());
    }
}
