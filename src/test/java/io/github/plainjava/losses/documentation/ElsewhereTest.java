package io.github.plainjava.losses.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.BinaryCrossEntropy;
import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.Focal;
import io.github.plainjava.losses.Gamma;
import io.github.plainjava.losses.Hinge;
import io.github.plainjava.losses.Huber;
import io.github.plainjava.losses.Information;
import io.github.plainjava.losses.LogCosh;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.MeanAbsoluteError;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.Pinball;
import io.github.plainjava.losses.Poisson;
import io.github.plainjava.losses.Sigmoid;
import io.github.plainjava.losses.Softmax;
import io.github.plainjava.losses.SoftmaxDivergence;
import io.github.plainjava.losses.Tweedie;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the page for those who come from other libraries says of them: their figures, which are committed, and ours. */
class ElsewhereTest {

    private static final Path PAGE =
            Path.of(System.getProperty("basedir", ""), "src/site/markdown/coming-from-elsewhere.md");

    private static final double[] Z = {2, -1, 0.5, 0.1, 0.2, 3, 1, 1, -2};
    private static final double[] FIRST = {2, -1, 0.5};
    private static final double[] Q = {0.7, 0.2, 0.1, 0.1, 0.1, 0.8, 0.3, 0.3, 0.4};
    private static final double[] TEACHER = {1, -2, 4, 6, 0.4, 0.2, -4, 2, 2};
    private static final double[] ANSWERS = {1, 0, 0.3};
    private static final double[] WEIGHTS = {1, 2, 0.5};
    private static final int[] Y = {0, 2, 1};

    /** A line of the table of figures. */
    private record Figure(String library, String version, String call, double value) {}

    /** Each of the calls, in this library. */
    private static Map<String, Double> ours() {
        Map<String, Double> ours = new LinkedHashMap<>();
        Batch softmax = Batch.of(new Softmax(), 3);
        Batch weighted = Batch.of(new Softmax().withClassWeights(WEIGHTS), 3);
        double[] p = new double[9];
        Softmax.softmax(Z, 3, p);
        double[] logP = new double[9];
        Softmax.logSoftmax(Z, 3, logP);
        ours.put("cross_entropy(z, y)", softmax.value(Z, Y));
        ours.put("cross_entropy(z, y, reduction='sum')", softmax.summed().value(Z, Y));
        ours.put("cross_entropy(z, y, weight=w)", weighted.value(Z, Y));
        ours.put("cross_entropy(z, [0, -100, 1], ignore_index=-100)",
                softmax.ignoring(-100).value(Z, new int[] {0, -100, 1}));
        ours.put("cross_entropy(z, y, label_smoothing=0.1)",
                Batch.of(new Softmax().withLabelSmoothing(0.1), 3).value(Z, Y));
        ours.put("cross_entropy(z, y, weight=w, label_smoothing=0.1)",
                Batch.of(new Softmax().withClassWeights(WEIGHTS).withLabelSmoothing(0.1), 3).value(Z, Y));
        ours.put("cross_entropy(z, q)", softmax.value(Z, Q));
        ours.put("cross_entropy(z, q, weight=w)", weighted.summed().value(Z, Q) / 3);
        ours.put("nll_loss(log_softmax(z), y)", softmax.value(logP, Y));
        ours.put("binary_cross_entropy_with_logits(z[0], a)", new Sigmoid().value(FIRST, ANSWERS));
        ours.put("binary_cross_entropy_with_logits(z[0], a, pos_weight=[2, 1, 3])",
                new Sigmoid().withPositiveWeights(2, 1, 3).value(FIRST, ANSWERS));
        ours.put("binary_cross_entropy([0.9, 0.2, 0.4], a)",
                new BinaryCrossEntropy().value(new double[] {0.9, 0.2, 0.4}, ANSWERS));
        ours.put("kl_div(log_softmax(z), softmax(t), reduction='batchmean')",
                Batch.of(new SoftmaxDivergence(), 3).value(Z, TEACHER));
        LossFunction huber = new Huber().withThreshold(0.5);
        ours.put("smooth_l1_loss([2, 0.1], [0, 0], beta=0.5)", huber.value(new double[] {2, 0.1}, new double[2]) / 0.5);
        ours.put("huber_loss([2, 0.1], [0, 0], delta=0.5)", huber.value(new double[] {2, 0.1}, new double[2]));
        ours.put("mse_loss(z, q)", new MeanSquaredError().value(Z, Q));
        ours.put("l1_loss(z, q)", new MeanAbsoluteError().value(Z, Q));
        double ofCounts = 3 * Math.log(3) - 3 - 1; // the sum of y log y - y, which depends on the counts alone
        ours.put("poisson_nll_loss(z[0], [3, 0, 1])",
                new Poisson().value(FIRST, new double[] {3, 0, 1}) - ofCounts / 3);
        ours.put("SparseCategoricalCrossentropy(from_logits=True)(y, z)", softmax.value(Z, Y));
        ours.put("SparseCategoricalCrossentropy(from_logits=True)(y, z, sample_weight=[1, 2, 0.5])",
                softmax.weightedBy(WEIGHTS).summed().value(Z, Y) / 3);
        ours.put("CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)(one_hot(y), z)",
                Batch.of(new Softmax().withLabelSmoothing(0.1), 3).value(Z, Y));
        ours.put("BinaryCrossentropy(from_logits=True)(a, z[0])", new Sigmoid().value(FIRST, ANSWERS));
        ours.put("BinaryFocalCrossentropy(from_logits=True)([1, 0, 1], z[0])",
                new Focal().value(FIRST, new double[] {1, 0, 1}));
        ours.put("KLDivergence()([0.7, 0.2, 0.1], [0.5, 0.3, 0.2])",
                Information.klDivergence(new double[] {0.5, 0.3, 0.2}, new double[] {0.7, 0.2, 0.1}));
        ours.put("LogCosh()([1, 2, 3], z[0])", new LogCosh().value(FIRST, new double[] {1, 2, 3}));
        ours.put("log_loss(y, p)", Batch.of(new CrossEntropy(), 3).value(p, Y));
        ours.put("log_loss(y, p, sample_weight=[1, 2, 0.5])",
                Batch.of(new CrossEntropy(), 3).weightedBy(WEIGHTS).value(p, Y));
        ours.put("mean_poisson_deviance([3, 0, 1], exp(z[0]))", 2 * new Poisson().value(FIRST, new double[] {3, 0, 1}));
        ours.put("mean_gamma_deviance([3, 0.5, 1], exp(z[0]))", 2 * new Gamma().value(FIRST, new double[] {3, 0.5, 1}));
        ours.put("mean_tweedie_deviance([3, 0, 1], exp(z[0]), power=1.5)",
                2 * new Tweedie(1.5).value(FIRST, new double[] {3, 0, 1}));
        ours.put("mean_pinball_loss([3, 0, 1], [2, 1, 0.5], alpha=0.9)",
                new Pinball(0.9).value(new double[] {2, 1, 0.5}, new double[] {3, 0, 1}));
        ours.put("hinge_loss(y, z)", Batch.of(new Hinge(), 3).value(Z, Y));
        return ours;
    }

    /** To what their own rounding leaves: Keras computes these in single precision. */
    @TestFactory
    Stream<DynamicTest> oursIsTheirs() throws IOException {
        Map<String, Double> ours = ours();
        return figures().stream().map(figure -> DynamicTest.dynamicTest(figure.library + ", " + figure.call, () -> {
            double precision = figure.library.equals("Keras") ? 0x1p-22 : 1e-15;
            assertThat(ours.get(figure.call)).isCloseTo(figure.value, within(2 * precision * figure.value));
        }));
    }

    @Test
    void everyFigureIsOnThePageAndEveryCallHasOne() throws IOException {
        String page = Files.readString(PAGE);
        List<Figure> figures = figures();
        assertThat(figures).extracting(Figure::call).containsExactlyElementsOf(ours().keySet());
        for (Figure figure : figures) {
            assertThat(page).contains("| `" + figure.call + "` |").contains(figure.library + " " + figure.version);
        }
    }

    private static List<Figure> figures() throws IOException {
        try (var figures = ElsewhereTest.class.getResourceAsStream("elsewhere.csv")) {
            return new String(figures.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1)
                    .map(ElsewhereTest::figure).toList();
        }
    }

    private static Figure figure(String line) {
        String[] ends = line.split("\"");
        String[] names = ends[0].split(",");
        return new Figure(names[0], names[1], ends[1], Double.parseDouble(ends[2].substring(1)));
    }
}
