package io.github.plainjava.losses.vectors;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A function or a loss, with the cases of its file.
 *
 * @param name the file's name
 * @param regimes the kinds of numbers it is asked about
 * @param cases how many cases there are of each
 * @param draw makes a case of a regime
 * @param oracle the exact results of a case
 */
record Subject(String name, List<String> regimes, int cases, BiFunction<String, Draw, Case> draw,
        Function<Case, List<Result>> oracle) {

    /** The names of a row's columns. */
    static final String COLUMNS = String.join("\t",
            "case", "regime", "options", "x", "y", "result", "place", "exact", "remainder", "unit", "bound");

    int size() {
        return regimes.size() * cases;
    }

    /** The rows of all cases, the columns' names before them. */
    List<String> lines() {
        List<String> lines = new ArrayList<>(List.of(COLUMNS));
        for (int number = 0; number < size(); number++) {
            lines.addAll(lines(number));
        }
        return lines;
    }

    /** The rows of one case, which depend on its number and the file's name only. */
    List<String> lines(int number) {
        Case drawn = draw.apply(regimes.get(number / cases), new Draw(name, number));
        List<String> lines = new ArrayList<>();
        for (Result result : oracle.apply(drawn)) {
            if (result.isMeasurable()) {
                lines.add(line(number, drawn, result));
            }
        }
        return lines;
    }

    private static String line(int number, Case drawn, Result result) {
        StringJoiner options = new StringJoiner(" ");
        drawn.options().forEach((name, values) -> options.add(name + "=" + text(",", values)));
        return String.join("\t", Integer.toString(number), drawn.regime(), options.toString(),
                text(" ", drawn.x()), text(" ", drawn.y()), result.name(), Integer.toString(result.place()),
                text("", result.exact()), text("", result.remainder()), text("", result.unit()), text("", result.bound()));
    }

    private static String text(String separator, double... numbers) {
        StringJoiner joiner = new StringJoiner(separator);
        for (double number : numbers) {
            joiner.add(Double.toHexString(number));
        }
        return joiner.toString();
    }
}
