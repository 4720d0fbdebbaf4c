package io.github.plainjava.losses.vectors;

import java.util.List;
import java.util.function.DoubleSupplier;

/** Rows of numbers, by regime. */
final class Numbers {

    static final List<String> OF_LOGITS = List.of("moderate", "wide", "tied", "neighbours", "huge", "tiny", "subnormal",
            "sure", "deep", "masked", "one class");
    static final List<String> OF_PROBABILITIES = List.of("moderate", "sure", "tiny", "subnormal", "zeros", "one class");
    static final List<String> OF_ENTRIES = List.of("moderate", "wide", "ties", "neighbours", "threshold", "huge", "tiny",
            "subnormal", "one entry");
    static final List<String> OF_ANSWERS = List.of("moderate", "wide", "sure", "deep", "huge", "tiny", "subnormal",
            "one entry");
    static final List<String> OF_BINARY_PROBABILITIES = List.of("moderate", "half", "sure", "tiny", "subnormal", "ends",
            "one entry");
    static final List<String> OF_MEANS = List.of("moderate", "neighbours", "near", "large mean", "small mean",
            "large target", "tiny target", "one entry");

    private static final double EXCLUDED = Double.NEGATIVE_INFINITY;

    private Numbers() {
    }

    /** From 2 to 5 most often, now and then up to 18, so that no row has more than 64 columns; 1 where the regime is that. */
    static int length(String regime, Draw draw) {
        if (regime.startsWith("one ")) {
            return 1;
        }
        return draw.once(8) ? 9 + draw.below(10) : 2 + draw.below(4);
    }

    static double[] row(int n, DoubleSupplier number) {
        double[] row = new double[n];
        for (int i = 0; i < n; i++) {
            row[i] = number.getAsDouble();
        }
        return row;
    }

    static double[] logits(String regime, int n, Draw draw) {
        double top = draw.once(3) ? 0 : draw.between(-20, 20); // next to 0 the log-sum-exp is a small number
        double other = draw.between(-20, 20);
        int winner = draw.below(n);
        double[] row = row(n, () -> switch (regime) {
            case "wide" -> draw.between(-800, 800);
            case "tied" -> draw.oneOf(top, other);
            case "neighbours" -> draw.beside(top, 4);
            case "huge" -> draw.ofExponents(500, 1022);
            case "tiny" -> draw.ofExponents(-80, -20);
            case "subnormal" -> draw.ofExponents(-1074, -1022);
            case "sure" -> top - draw.between(20, 60);
            case "deep" -> top - draw.between(690, 750);
            case "masked" -> draw.once(3) ? EXCLUDED : draw.between(-5, 5);
            case "one class" -> draw.once(2) ? draw.between(-5, 5) : draw.ofExponents(-1074, 1022);
            default -> draw.between(-5, 5);
        });
        row[winner] = regime.equals("sure") || regime.equals("deep") || row[winner] == EXCLUDED ? top : row[winner];
        return row;
    }

    static double[] probabilities(String regime, int n, Draw draw) {
        double rest = draw.magnitude(-60, -20);
        int winner = draw.below(n);
        double[] row = row(n, () -> switch (regime) {
            case "sure" -> rest * draw.fraction();
            case "tiny" -> draw.magnitude(-1000, -30);
            case "subnormal" -> draw.magnitude(-1074, -1023);
            case "zeros" -> draw.once(2) ? 0 : draw.fraction();
            case "one class" -> draw.oneOf(1, draw.fraction(), Math.nextDown(1.0));
            default -> draw.fraction();
        });
        if (regime.equals("sure") || regime.equals("tiny") || regime.equals("subnormal")) {
            row[winner] = regime.equals("sure") ? 1 - rest : draw.between(0.5, 1);
        } else if (n > 1) {
            row[winner] += 0x1p-10;
            normalize(row);
        }
        return row;
    }

    /** One-hot, a distribution, or a distribution with zeros. */
    static double[] masses(int n, Draw draw) {
        int kind = draw.below(3);
        double[] row = row(n, () -> kind == 0 || kind == 1 && draw.once(2) ? 0 : draw.fraction() + 0x1p-20);
        row[draw.below(n)] = kind == 0 ? 1 : draw.between(0.5, 1);
        normalize(row);
        return row;
    }

    static double[] oneHot(int n, Draw draw) {
        double[] row = new double[n];
        row[draw.below(n)] = 1;
        return row;
    }

    private static void normalize(double[] row) {
        double sum = 0;
        for (double p : row) {
            sum += p;
        }
        for (int i = 0; i < row.length; i++) {
            row[i] = Math.min(row[i] / sum, 1);
        }
    }

    static double[] targets(String regime, int n, Draw draw) {
        return row(n, () -> switch (regime) {
            case "wide" -> draw.ofExponents(-60, 60);
            case "threshold" -> draw.below(2048) * 0x1p-8;
            case "huge" -> draw.ofExponents(400, 1022);
            case "tiny" -> draw.ofExponents(-560, -480);
            case "subnormal" -> draw.ofExponents(-1074, -1022);
            case "one entry" -> draw.once(2) ? draw.between(-5, 5) : draw.ofExponents(-1074, 1000);
            default -> draw.between(-5, 5);
        });
    }

    /** Predictions for such targets, at the threshold k from them in the regime of that name. */
    static double[] predictions(String regime, double[] targets, double k, Draw draw) {
        double[] anything = targets(regime, targets.length, draw);
        double[] row = new double[targets.length];
        for (int i = 0; i < row.length; i++) {
            row[i] = switch (regime) {
                case "ties" -> draw.once(2) ? targets[i] : anything[i];
                case "neighbours" -> draw.beside(targets[i], 5);
                case "threshold" -> draw.beside(targets[i] + draw.oneOf(k, -k), 2);
                default -> anything[i];
            };
        }
        return row;
    }

    static double[] binaryLogits(String regime, int n, Draw draw) {
        return row(n, () -> switch (regime) {
            case "wide" -> draw.between(-800, 800);
            case "sure" -> draw.oneOf(1, -1) * draw.between(20, 60);
            case "deep" -> draw.oneOf(1, -1) * draw.between(690, 750);
            case "huge" -> draw.ofExponents(500, 1022);
            case "tiny" -> draw.ofExponents(-80, -20);
            case "subnormal" -> draw.ofExponents(-1074, -1022);
            default -> draw.between(-5, 5);
        });
    }

    static double[] binaryProbabilities(String regime, int n, Draw draw) {
        return row(n, () -> switch (regime) {
            case "half" -> 0.5 + draw.ofExponents(-52, -3);
            case "sure" -> 1 - draw.magnitude(-53, -10);
            case "tiny" -> draw.magnitude(-1000, -10);
            case "subnormal" -> draw.magnitude(-1074, -1023);
            case "ends" -> draw.oneOf(0, 1);
            default -> draw.between(0x1p-10, 1);
        });
    }

    static double[] answers(int n, Draw draw) {
        return row(n, () -> draw.oneOf(0, 1, draw.fraction()));
    }

    /** Amounts above 0. */
    static double[] amounts(String regime, int n, Draw draw) {
        return row(n, () -> switch (regime) {
            case "large target" -> draw.magnitude(100, 1000);
            case "tiny target" -> draw.magnitude(-1000, -100);
            case "zeros" -> draw.once(2) ? 0 : draw.between(0, 5);
            default -> draw.between(0x1p-10, 30);
        });
    }

    /** Logarithms of means for such amounts. */
    static double[] logMeans(String regime, double[] amounts, Draw draw) {
        double[] row = new double[amounts.length];
        for (int i = 0; i < row.length; i++) {
            double best = amounts[i] == 0 ? 0 : StrictMath.log(amounts[i]);
            row[i] = switch (regime) {
                case "neighbours" -> draw.beside(best, 3);
                case "near" -> best + draw.ofExponents(-45, -5);
                case "large mean" -> draw.between(300, 700);
                case "small mean" -> draw.between(-740, -300);
                case "large target", "tiny target" -> best + draw.between(-5, 5);
                default -> draw.between(-4, 4);
            };
        }
        return row;
    }
}
