package io.github.plainjava.losses.vectors;

import static io.github.plainjava.losses.vectors.Numbers.length;

import io.github.plainjava.losses.oracle.BinaryOptions;
import io.github.plainjava.losses.oracle.ExactBinaryCrossEntropy;
import io.github.plainjava.losses.oracle.ExactBrier;
import io.github.plainjava.losses.oracle.ExactCrossEntropy;
import io.github.plainjava.losses.oracle.ExactFocal;
import io.github.plainjava.losses.oracle.ExactGamma;
import io.github.plainjava.losses.oracle.ExactHinge;
import io.github.plainjava.losses.oracle.ExactHuber;
import io.github.plainjava.losses.oracle.ExactInformation;
import io.github.plainjava.losses.oracle.ExactLogCosh;
import io.github.plainjava.losses.oracle.ExactLogistic;
import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.ExactMeanAbsoluteError;
import io.github.plainjava.losses.oracle.ExactMeanSquaredError;
import io.github.plainjava.losses.oracle.ExactPinball;
import io.github.plainjava.losses.oracle.ExactPoisson;
import io.github.plainjava.losses.oracle.ExactPseudoHuber;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import io.github.plainjava.losses.oracle.ExactSigmoid;
import io.github.plainjava.losses.oracle.ExactSoftmax;
import io.github.plainjava.losses.oracle.ExactSoftmaxDivergence;
import io.github.plainjava.losses.oracle.ExactSoftmaxLoss;
import io.github.plainjava.losses.oracle.ExactTweedie;
import io.github.plainjava.losses.oracle.Options;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** All files of the conformance vectors: what is asked, and what the oracle answers. */
final class Corpus {

    static final List<Subject> SUBJECTS = Stream.of(functions(), losses()).flatMap(List::stream).toList();

    private static final double[] NOTHING = {};

    private Corpus() {
    }

    private static List<Subject> functions() {
        BiFunction<String, Draw, Case> logits = (regime, draw) -> new Case(
                regime, Map.of(), Numbers.logits(regime, length(regime, draw), draw), NOTHING);
        return List.of(
                new Subject("function-softmax", Numbers.OF_LOGITS, 8, logits, of -> {
                    ExactSoftmax exact = ExactSoftmax.of(of.x());
                    return entries(of, i -> Result.of("value", i, 2, exact.probability(i)));
                }),
                new Subject("function-logSoftmax", Numbers.OF_LOGITS, 8, logits, of -> {
                    ExactSoftmax exact = ExactSoftmax.of(of.x());
                    return entries(of, i -> of.x()[i] == Double.NEGATIVE_INFINITY
                            ? Result.infinite("value", i, 2, Double.NEGATIVE_INFINITY)
                            : Result.of("value", i, 2, exact.logProbability(i)));
                }),
                new Subject("function-logSumExp", Numbers.OF_LOGITS, 24, logits, of -> {
                    ExactSoftmax exact = ExactSoftmax.of(of.x());
                    return List.of(value(exact.logSumExp(), exact.logSumExpScale()));
                }),
                new Subject("function-softmaxEntropy", Numbers.OF_LOGITS, 7, logits, of -> {
                    ExactSoftmax exact = ExactSoftmax.of(of.x());
                    List<Result> results = new ArrayList<>(List.of(value(exact.entropy(), BigDecimal.ZERO)));
                    results.addAll(entries(of, i -> Result.of("gradient", i, 3, exact.entropyGradient(i),
                            exact.entropyGradientScale(i), BigDecimal.ZERO)));
                    return results;
                }),
                new Subject("function-jacobianVectorProduct", Numbers.OF_LOGITS, 8, (regime, draw) -> {
                    double[] x = Numbers.logits(regime, length(regime, draw), draw);
                    boolean spread = draw.once(2);
                    return new Case(regime, Map.of(), x, Numbers.row(x.length,
                            () -> spread ? draw.ofExponents(-40, 40) : draw.between(-5, 5)));
                }, of -> {
                    ExactSoftmax exact = ExactSoftmax.of(of.x());
                    BigDecimal[] product = exact.jacobianVectorProduct(of.y());
                    BigDecimal[] scale = exact.jacobianVectorProductScale(of.y());
                    return entries(of, i -> Result.of("value", i, 3, product[i], scale[i], BigDecimal.ZERO));
                }),
                ofNumber("sigmoid", ExactLogistic::sigmoid),
                ofNumber("logSigmoid", ExactLogistic::logSigmoid),
                ofNumber("softplus", ExactLogistic::softplus),
                new Subject("function-logit", Numbers.OF_BINARY_PROBABILITIES, 40, (regime, draw) -> new Case(
                        regime, Map.of(), Numbers.binaryProbabilities(regime, 1, draw), NOTHING), Corpus::logit),
                new Subject("function-entropy", Numbers.OF_PROBABILITIES, 40, (regime, draw) -> new Case(regime, Map.of(),
                        Numbers.probabilities(regime, length(regime, draw), draw), NOTHING),
                        of -> List.of(value(ExactInformation.entropy(of.x()), BigDecimal.ZERO))),
                ofDistributions("klDivergence", Corpus::klDivergence),
                ofDistributions("jensenShannon",
                        of -> List.of(value(ExactInformation.jensenShannon(of.x(), of.y()), BigDecimal.ZERO))));
    }

    private static Subject ofNumber(String name, DoubleFunction<BigDecimal> oracle) {
        return new Subject("function-" + name, Numbers.OF_ANSWERS, 36,
                (regime, draw) -> new Case(regime, Map.of(), Numbers.binaryLogits(regime, 1, draw), NOTHING),
                of -> List.of(value(oracle.apply(of.x()[0]), BigDecimal.ZERO)));
    }

    private static List<Result> logit(Case of) {
        double p = of.x()[0];
        return List.of(p == 0 || p == 1
                ? Result.infinite("value", 0, 2, p == 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY)
                : value(ExactLogistic.logit(p), BigDecimal.ZERO));
    }

    private static Subject ofDistributions(String name, Function<Case, List<Result>> oracle) {
        List<String> regimes = with("neighbours", Numbers.OF_PROBABILITIES);
        return new Subject("function-" + name, regimes, 40, (regime, draw) -> {
            double[] x = Numbers.probabilities(regime, length(regime, draw), draw);
            double[] y = regime.equals("neighbours")
                    ? Arrays.stream(x).map(p -> Math.min(draw.beside(p, 9), 1)).toArray()
                    : Numbers.probabilities(regime, x.length, draw);
            return new Case(regime, Map.of(), x, y);
        }, oracle);
    }

    private static List<Result> klDivergence(Case of) {
        BigDecimal largestTerm = BigDecimal.ZERO;
        for (int i = 0; i < of.x().length; i++) {
            if (of.x()[i] == 0 && of.y()[i] != 0) {
                return List.of(Result.infinite("value", 0, 2, Double.POSITIVE_INFINITY));
            }
            BigDecimal term = ExactInformation.klDivergence(new double[] {of.x()[i]}, new double[] {of.y()[i]});
            largestTerm = largestTerm.max(term.abs());
        }
        return List.of(value(ExactInformation.klDivergence(of.x(), of.y()), largestTerm));
    }

    private static List<Subject> losses() {
        return List.of(
                ofClasses("Softmax", Numbers.OF_LOGITS, Numbers::logits, Corpus::softmaxOptions,
                        of -> loss(of, 2, ExactSoftmaxLoss.of(of.x(), of.y(), options(of)))),
                ofClasses("CrossEntropy", Numbers.OF_PROBABILITIES, Numbers::probabilities, Corpus::crossEntropyOptions,
                        of -> loss(of, 2, ExactCrossEntropy.of(of.x(), of.y(), options(of)))),
                ofClasses("Brier", Numbers.OF_PROBABILITIES, Numbers::probabilities, (n, draw) -> Map.of(),
                        of -> loss(of, 2, ExactBrier.of(of.x(), of.y()))),
                new Subject("loss-Hinge", with("threshold", Numbers.OF_LOGITS), 5, Corpus::hinge, of -> {
                    int label = IntStream.range(0, of.y().length).filter(i -> of.y()[i] == 1).findFirst().getAsInt();
                    double margin = of.option("margin", 1);
                    return loss(of, 2, of.options().containsKey("squared")
                            ? ExactHinge.squaredOf(of.x(), label, margin)
                            : ExactHinge.of(of.x(), label, margin));
                }),
                new Subject("loss-SoftmaxDivergence", with("close", Numbers.OF_LOGITS), 6, Corpus::divergence, of -> {
                    double temperature = of.option("temperature", 1);
                    return divergence(of, of.options().containsKey("reversed")
                            ? ExactSoftmaxDivergence.reversed(of.x(), of.y(), temperature)
                            : ExactSoftmaxDivergence.of(of.x(), of.y(), temperature));
                }),
                ofEntries("MeanSquaredError", null, 3, of -> ExactMeanSquaredError.of(of.x(), of.y())),
                ofEntries("MeanAbsoluteError", null, 2, of -> ExactMeanAbsoluteError.of(of.x(), of.y())),
                ofEntries("Huber", "threshold", 2, of -> ExactHuber.of(of.x(), of.y(), of.option("threshold", 1))),
                ofEntries("PseudoHuber", "scale", 2, of -> ExactPseudoHuber.of(of.x(), of.y(), of.option("scale", 1))),
                ofEntries("LogCosh", null, 2, of -> ExactLogCosh.of(of.x(), of.y())),
                ofEntries("Pinball", "levels", 2, of -> ExactPinball.of(of.x(), of.y(), of.options().get("levels"))),
                ofAnswers("Sigmoid", Numbers.OF_ANSWERS, Numbers::binaryLogits, List.of("positiveWeights", "labelSmoothing"),
                        of -> ExactSigmoid.of(of.x(), of.y(), binaryOptions(of))),
                ofAnswers("BinaryCrossEntropy", Numbers.OF_BINARY_PROBABILITIES, Numbers::binaryProbabilities,
                        List.of("positiveWeights", "labelSmoothing", "floor"),
                        of -> ExactBinaryCrossEntropy.of(of.x(), of.y(), binaryOptions(of))),
                ofAnswers("Focal", Numbers.OF_ANSWERS, Numbers::binaryLogits, List.of("positiveWeights", "focus"),
                        of -> ExactFocal.of(of.x(), of.y(), of.option("focus", 2), binaryOptions(of))),
                ofMeans("Poisson", with("zeros", Numbers.OF_MEANS), of -> ExactPoisson.of(of.x(), of.y())),
                ofMeans("Gamma", Numbers.OF_MEANS, of -> ExactGamma.of(of.x(), of.y())),
                ofMeans("Tweedie", with("zeros", Numbers.OF_MEANS),
                        of -> ExactTweedie.of(of.x(), of.y(), of.option("power", Double.NaN))));
    }

    /** A row of numbers of a regime. */
    private interface Row {
        double[] of(String regime, int n, Draw draw);
    }

    private static Subject ofClasses(String name, List<String> regimes, Row row,
            BiFunction<Integer, Draw, Map<String, double[]>> options, Function<Case, List<Result>> oracle) {
        return new Subject("loss-" + name, regimes, 77 / regimes.size(), (regime, draw) -> {
            double[] x = row.of(regime, length(regime, draw), draw);
            Map<String, double[]> chosen = draw.once(2) ? options.apply(x.length, draw) : Map.of();
            return new Case(regime, chosen, x, Numbers.masses(x.length, draw));
        }, oracle);
    }

    private static Map<String, double[]> softmaxOptions(int n, Draw draw) {
        Map<String, double[]> options = targetOptions(n, draw);
        if (draw.once(2)) {
            options.put("temperature", new double[] {draw.magnitude(-8, 8)});
        }
        return options;
    }

    private static Map<String, double[]> crossEntropyOptions(int n, Draw draw) {
        Map<String, double[]> options = targetOptions(n, draw);
        if (draw.once(2)) {
            options.put("floor", new double[] {draw.magnitude(-60, -2)});
        }
        return options;
    }

    private static Map<String, double[]> targetOptions(int n, Draw draw) {
        Map<String, double[]> options = new TreeMap<>();
        if (draw.once(2)) {
            options.put("classWeights", Numbers.row(n, () -> draw.once(8) ? 0 : draw.magnitude(-4, 4)));
        }
        if (draw.once(2)) {
            options.put("labelSmoothing", new double[] {draw.magnitude(-30, -1)});
        }
        return options;
    }

    private static Options options(Case of) {
        return new Options(of.option("temperature", 1), of.option("labelSmoothing", 0),
                of.options().get("classWeights"), of.option("floor", 0));
    }

    private static Case hinge(String regime, Draw draw) {
        double[] x = Numbers.logits(regime, length(regime, draw), draw);
        double[] y = Numbers.oneHot(x.length, draw);
        double margin = draw.once(2) ? 1 : draw.below(64) * 0x1p-3;
        if (regime.equals("threshold")) {
            double label = draw.below(2048) * 0x1p-8;
            for (int i = 0; i < x.length; i++) {
                x[i] = y[i] == 1 ? label : draw.beside(label - margin, 2);
            }
        }
        Map<String, double[]> options = new TreeMap<>();
        if (margin != 1) {
            options.put("margin", new double[] {margin});
        }
        if (draw.once(2)) {
            options.put("squared", new double[] {1});
        }
        return new Case(regime, options, x, y);
    }

    private static Case divergence(String regime, Draw draw) {
        double[] x = Numbers.logits(regime, length(regime, draw), draw);
        double[] y = regime.equals("close")
                ? Arrays.stream(x).map(z -> z + draw.ofExponents(-40, -10)).toArray()
                : Numbers.logits(regime, x.length, draw);
        Map<String, double[]> options = new TreeMap<>();
        if (draw.once(3)) {
            options.put("temperature", new double[] {draw.magnitude(-3, 5)});
        }
        // between neighbours the page of the loss allows its reversed gradient more than ulps
        if (draw.once(2) && !regime.equals("neighbours")) {
            options.put("reversed", new double[] {1});
        }
        return new Case(regime, options, x, y);
    }

    private static List<Result> divergence(Case of, ExactLoss exact) {
        return exact.isInfinite()
                ? List.of(Result.infinite("value", 0, 2, Double.POSITIVE_INFINITY))
                : loss(of, 2, exact);
    }

    private static Subject ofEntries(String name, String option, double ulps, Function<Case, ExactLoss> oracle) {
        return new Subject("loss-" + name, Numbers.OF_ENTRIES, 6, (regime, draw) -> {
            double[] y = Numbers.targets(regime, length(regime, draw), draw);
            double k = option == null || option.equals("levels") || draw.once(2) ? 1 : draw.magnitude(-4, 4);
            double[] x = Numbers.predictions(regime, y, k, draw);
            if ("levels".equals(option)) {
                int levels = draw.once(2) ? 1 : x.length;
                return new Case(regime, Map.of(option, Numbers.row(levels, () -> draw.between(0x1p-20, 1))), x, y);
            }
            return new Case(regime, k == 1 ? Map.of() : Map.of(option, new double[] {k}), x, y);
        }, of -> loss(of, ulps, oracle.apply(of)));
    }

    private static Subject ofAnswers(
            String name, List<String> regimes, Row row, List<String> options, Function<Case, ExactLoss> oracle) {
        return new Subject("loss-" + name, regimes, 6, (regime, draw) -> {
            double[] x = row.of(regime, length(regime, draw), draw);
            Map<String, double[]> chosen = new TreeMap<>();
            for (String option : options) {
                if (draw.once(2)) {
                    chosen.put(option, binaryOption(option, x.length, draw));
                }
            }
            return new Case(regime, chosen, x, Numbers.answers(x.length, draw));
        }, of -> loss(of, of.x().length == 1 ? 2 : 3, oracle.apply(of)));
    }

    private static double[] binaryOption(String name, int n, Draw draw) {
        return switch (name) {
            case "positiveWeights" -> Numbers.row(draw.once(2) ? 1 : n, () -> draw.magnitude(-4, 4));
            case "focus" -> new double[] {draw.once(2) ? draw.below(6) : draw.between(0, 5)};
            case "floor" -> new double[] {draw.magnitude(-60, -2)};
            default -> new double[] {draw.magnitude(-30, -1)};
        };
    }

    private static BinaryOptions binaryOptions(Case of) {
        return new BinaryOptions(
                of.options().get("positiveWeights"), of.option("labelSmoothing", 0), of.option("floor", 0));
    }

    private static Subject ofMeans(String name, List<String> regimes, Function<Case, ExactLoss> oracle) {
        return new Subject("loss-" + name, regimes, 5, (regime, draw) -> {
            double[] y = Numbers.amounts(regime, length(regime, draw), draw);
            Map<String, double[]> options = name.equals("Tweedie")
                    ? Map.of("power", new double[] {draw.oneOf(1.5, draw.between(1.05, 1.95))})
                    : Map.of();
            return new Case(regime, options, Numbers.logMeans(regime, y, draw), y);
        }, of -> loss(of, of.x().length == 1 ? 2 : 3, oracle.apply(of)));
    }

    private static List<String> with(String regime, List<String> regimes) {
        return Stream.concat(regimes.stream(), Stream.of(regime)).toList();
    }

    private static Result value(BigDecimal exact, BigDecimal given) {
        return Result.of("value", 0, 2, exact, given, BigDecimal.ZERO);
    }

    private interface Entry {
        Result at(int i);
    }

    /** The results at all places of a short row, at four of a long one. */
    private static List<Result> entries(Case of, Entry entry) {
        int n = of.x().length;
        return IntStream.range(0, n).filter(i -> n < 9 || i < 2 || i == n / 2 || i == n - 1).mapToObj(entry::at).toList();
    }

    private static List<Result> loss(Case of, double valueUlps, ExactLoss exact) {
        List<Result> results = new ArrayList<>();
        results.add(exact.isInfinite()
                ? Result.infinite("value", 0, valueUlps, Double.POSITIVE_INFINITY)
                : Result.of("value", 0, valueUlps, exact.value(), BigDecimal.ZERO, exact.allowance()));
        results.addAll(entries(of, i -> exact.isInfinite(i)
                ? Result.infinite("gradient", i, 3, exact.infiniteGradient(i))
                : Result.of("gradient", i, 3, exact.gradient(i), exact.gradientScale(i), exact.gradientAllowance(i))));
        if (exact instanceof ExactSecondOrderLoss second) {
            results.addAll(entries(of, i -> second(second, i)));
        }
        return results;
    }

    private static Result second(ExactSecondOrderLoss exact, int i) {
        if (exact.isAtAJump(i)) {
            return Result.unmeasurable("second", i);
        }
        return exact.isInfinite(i)
                ? Result.infinite("second", i, 3, Double.POSITIVE_INFINITY)
                : Result.of("second", i, 3, exact.secondDerivative(i), exact.secondDerivativeScale(i),
                        exact.secondDerivativeAllowance(i));
    }
}
