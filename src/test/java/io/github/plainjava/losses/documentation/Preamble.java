package io.github.plainjava.losses.documentation;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a fragment of a program may use without declaring it. A declaration in the fragment itself goes before these.
 *
 * <p>{@code loss} is a number; in a fragment with {@code of(loss, ...)}, a LossFunction. The arrays hold one row of 3
 * columns; in a fragment with {@code Batch.of(loss, N)}, 4 rows of N columns.
 */
final class Preamble {

    /** No other import is given; what else a fragment needs it imports itself. */
    static final String IMPORTS = "import io.github.plainjava.losses.*; import java.util.*; "
            + "import java.util.function.*; import java.util.stream.*;";

    private static final Pattern COLUMNS_OF_BATCH = Pattern.compile("Batch\\s*\\.of\\(.*?,\\s*(\\d+)\\)");

    private static final Pattern LOSS_AS_ARGUMENT = Pattern.compile("\\bof\\(loss\\b");

    private static final List<String> DECLARATIONS = List.of(
            "int label = 1",
            "int[] labels = IntStream.range(0, ROWS).map(r -> r % COLUMNS).toArray()",
            doubles("logits", "Math.sin(i + 1)"),
            doubles("prediction", "(1.0 + i % COLUMNS) / (COLUMNS * (COLUMNS + 1) / 2)"),
            "double[] predictions = prediction.clone()",
            doubles("target", "i % COLUMNS == labels[i / COLUMNS] ? 1 : 0"),
            "double[] targets = target.clone()",
            "double[] gradient = new double[ROWS * COLUMNS]",
            doubles("vector", "i - 1.0"),
            "double[] p = {0.5, 0.25, 0.25}",
            "double[] q = {0.25, 0.5, 0.25}",
            "double[] sampleWeights = DoubleStream.iterate(1, w -> w + 1).limit(ROWS).toArray()",
            "double weight = 2",
            "LossMean other = new LossMean()");

    private Preamble() {}

    /** The declarations for a fragment, in one line. */
    static String declarations(String fragment) {
        Matcher batch = COLUMNS_OF_BATCH.matcher(fragment);
        boolean batched = batch.find();
        StringBuilder line = new StringBuilder();
        line.append("static final int ROWS = ").append(batched ? 4 : 1).append("; ");
        line.append("static final int COLUMNS = ").append(batched ? batch.group(1) : "3").append("; ");
        DECLARATIONS.forEach(declaration -> line.append("static ").append(declaration).append("; "));
        line.append(LOSS_AS_ARGUMENT.matcher(fragment).find()
                ? "static LossFunction loss = new MeanSquaredError(); "
                : "static double loss = 0.5; ");
        return line.toString();
    }

    private static String doubles(String name, String entry) {
        return "double[] " + name + " = IntStream.range(0, ROWS * COLUMNS).mapToDouble(i -> " + entry + ").toArray()";
    }
}
