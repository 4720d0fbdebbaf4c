package io.github.plainjava.losses.robustness;

import java.util.SplittableRandom;

/**
 * Inputs that are the same on every machine and JDK: they come from {@link SplittableRandom#nextLong}, whose algorithm
 * is specified, by strict arithmetic alone.
 */
final class Inputs {

    private static final double[] NASTY_LOGITS = {
        0.0, -0.0, 1, -1, 0x1p-1074, -0x1p-1074, 0x1p-1022, 1e-300, -1e-17, 0x1p-53, 36.7368, -36.7368, 37.43, -708.4,
        -709.1, -744.44, -745.14, -745.2, -746, 709.78, 800, -800, 1e6, -1e6, 1e15, 0x1p53, -0x1p53, 1e300, -1e300,
        Double.MAX_VALUE, -Double.MAX_VALUE, Math.PI, 0.5 * 0.6931471805599453, 0.6931471805599453
    };
    private static final double[] NASTY_PROBABILITIES = {
        0, 1, 0.5, 0.25, 0.1, 0.7, 0x1p-1074, 3 * 0x1p-1074, 0x1p-1022, 0x1.fffffffffffffp-1023, 1e-300, 1e-12,
        1 - 1e-12, 1 - 0x1p-53, 1 - 0x1p-52, 1 + 0x1p-52, 1 + 1e-7, 0.7071067811865475,
        0.7071067811865476, 0.6666666666666666, 1e-7
    };
    private static final double[] NASTY_VALUES = {
        0.0, -0.0, 1, -1, 0x1p-1074, -0x1p-1022, 1e-162, 1e-154, -1e154, 1.3e154, 1e200, -1e308, Double.MAX_VALUE, 1e16,
        1 + 0x1p-52, 0.1, 0.3, -0.2, 1.0 / 3
    };

    private final SplittableRandom random;

    Inputs(long seed) {
        random = new SplittableRandom(seed);
    }

    /** From 0 to bound - 1. */
    int below(int bound) {
        return (int) ((random.nextLong() >>> 33) * bound >>> 31);
    }

    /** From 0 to 1, 1 excluded. */
    double unit() {
        return (random.nextLong() >>> 11) * 0x1p-53;
    }

    private boolean oneIn(int n) {
        return below(n) == 0;
    }

    private double oneOf(double[] values) {
        return values[below(values.length)];
    }

    /** Of either sign and any magnitude from 2^-300 to 2^300. */
    private double anyMagnitude() {
        return (oneIn(2) ? -1 : 1) * Math.scalb(1 + unit(), below(600) - 300);
    }

    /** A row of logits: ordinary, wide, tied, of any magnitude, masked or nasty, now and then not finite. */
    double[] logits(int n) {
        double[] row = new double[n];
        int kind = below(9);
        double offset = kind == 3 ? 1e6 : 0;
        for (int i = 0; i < n; i++) {
            row[i] = switch (kind) {
                case 0, 1, 2, 3 -> offset + 16 * (unit() - 0.5);
                case 4 -> 1600 * (unit() - 0.5);
                case 5 -> below(3);
                case 6 -> anyMagnitude();
                case 7 -> oneIn(3) ? Double.NEGATIVE_INFINITY : 10 * unit();
                default -> oneOf(NASTY_LOGITS);
            };
        }
        if (oneIn(25)) {
            row[below(n)] = oneIn(2) ? Double.NaN : Double.POSITIVE_INFINITY;
        }
        return row;
    }

    /** A row of probabilities, which need not sum to 1. */
    double[] probabilities(int n) {
        double[] row = new double[n];
        int kind = below(4);
        for (int i = 0; i < n; i++) {
            row[i] = switch (kind) {
                case 0 -> unit();
                case 1 -> unit() / n;
                case 2 -> Math.scalb(1 - unit() / 2, -below(1075));
                default -> oneOf(NASTY_PROBABILITIES);
            };
        }
        if (oneIn(40)) {
            row[below(n)] = Double.NaN;
        }
        return row;
    }

    /** A row of target masses: one-hot, soft, partly zero, huge or tiny. */
    double[] target(int n) {
        double[] row = new double[n];
        int kind = below(6);
        for (int i = 0; i < n; i++) {
            row[i] = switch (kind) {
                case 0 -> 0;
                case 1 -> 1.0 / n;
                case 2 -> oneIn(2) ? 0 : unit();
                case 3 -> oneIn(8) ? 1e60 : Math.scalb(unit(), 199 - below(40));
                case 4 -> Math.scalb(unit(), -1000 - below(74));
                default -> unit() / n;
            };
        }
        if (kind == 0) {
            row[below(n)] = 1;
        }
        return row;
    }

    /** A row of numbers for squared error, sometimes near the other one. */
    double[] values(int n, double[] near) {
        double[] row = new double[n];
        int kind = below(4);
        for (int i = 0; i < n; i++) {
            row[i] = switch (kind) {
                case 0 -> 4 * (unit() - 0.5);
                case 1 -> anyMagnitude();
                case 2 -> near == null ? unit() : near[i] * (1 + Math.scalb(unit() - 0.5, -30));
                default -> oneOf(NASTY_VALUES);
            };
        }
        if (oneIn(30)) {
            row[below(n)] = oneIn(2) ? Double.NaN : Double.NEGATIVE_INFINITY;
        }
        return row;
    }

    /** A number that an option may multiply or divide by: of any permitted magnitude, often at a limit. */
    double factor() {
        return oneIn(3) ? 1e-18 : oneIn(2) ? 1e18 : Math.scalb(1 + unit(), below(118) - 59);
    }

    /** A floor, now and then the least. */
    double floor() {
        return oneIn(8) ? 1e-150 : Math.scalb(1.0, -below(499));
    }

    /** Class weights, as weights are, now and then at a limit. */
    double[] classWeights(int n) {
        double[] row = weights(n);
        if (oneIn(4)) {
            row[below(n)] = factor();
        }
        return row;
    }

    /** Weights, some of them 0, never all of them. */
    double[] weights(int n) {
        double[] row = new double[n];
        for (int i = 0; i < n; i++) {
            row[i] = oneIn(5) ? 0 : oneIn(8) ? Math.scalb(1 + unit(), below(60) - 30) : 0.5 + unit();
        }
        row[below(n)] = 1;
        return row;
    }
}
