package io.github.plainjava.losses.robustness;

import io.github.plainjava.losses.BinaryCrossEntropy;
import io.github.plainjava.losses.Brier;
import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.Focal;
import io.github.plainjava.losses.Gamma;
import io.github.plainjava.losses.Hinge;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.Poisson;
import io.github.plainjava.losses.Sigmoid;
import io.github.plainjava.losses.Softmax;
import io.github.plainjava.losses.SoftmaxDivergence;
import io.github.plainjava.losses.Tweedie;
import java.util.function.BiConsumer;

/** The targets that losses take, rows of them right and wrong, and what is said of the wrong ones. */
public enum Domain {

    NUMBERS("targets") {
        @Override
        double[] right(Inputs in, int n) {
            return in.values(n, null);
        }

        @Override
        String errorOf(double t) {
            return null;
        }
    },

    DISTRIBUTIONS("targets", -0x1p-1074, -1, Math.nextUp(1e60), Double.NaN, Double.POSITIVE_INFINITY) {
        @Override
        double[] right(Inputs in, int n) {
            return in.target(n);
        }

        @Override
        String errorOf(double q) {
            return q >= 0 && q <= 1e60 ? null : " is not a mass from 0 to 1.0E60";
        }
    },

    ONE_HOT("targets", 0, 1, 0x1p-1074, -1, Math.nextDown(1.0), Double.NaN) {
        @Override
        double[] right(Inputs in, int n) {
            double[] row = new double[n];
            row[in.below(n)] = 1;
            return row;
        }

        @Override
        String errorOf(double q) {
            return q == 0 || q == 1 ? null : " is neither 0 nor 1: the target has to be one-hot";
        }

        @Override
        void errors(double[] targets, int from, int n, BiConsumer<Integer, String> error) {
            super.errors(targets, from, n, error);
            int ones = 0;
            for (int i = 0; i < n; i++) {
                if (errorOf(targets[from + i]) != null) {
                    return;
                }
                ones += (int) targets[from + i];
            }
            if (ones != 1) {
                error.accept(null, "target has " + ones + " entries that are 1: it has to be one-hot");
            }
        }
    },

    ANSWERS("targets 0..1", -0x1p-1074, -1, Math.nextUp(1.0), Double.POSITIVE_INFINITY) {
        @Override
        double[] right(Inputs in, int n) {
            double[] row = in.probabilities(n);
            for (int i = 0; i < n; i++) {
                row[i] = Math.min(row[i], 1);
            }
            return row;
        }

        @Override
        String errorOf(double y) {
            return y < 0 || y > 1 ? " is not in 0..1" : null;
        }
    },

    AMOUNTS("amounts of at least 0", -0x1p-1074, -1, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY) {
        @Override
        double[] right(Inputs in, int n) {
            double[] row = POSITIVE_AMOUNTS.right(in, n);
            for (int i = 0; i < n; i++) {
                row[i] = in.below(3) == 0 ? -0.0 : row[i];
            }
            return row;
        }

        @Override
        String errorOf(double y) {
            return y < 0 || y > Double.MAX_VALUE ? " is not a finite number of at least 0" : null;
        }
    },

    POSITIVE_AMOUNTS("amounts above 0", 0, -0.0, -0x1p-1074, Double.POSITIVE_INFINITY) {
        @Override
        double[] right(Inputs in, int n) {
            double[] row = in.values(n, null);
            for (int i = 0; i < n; i++) {
                double size = Math.abs(row[i]);
                row[i] = size == 0 || size == Double.POSITIVE_INFINITY ? Double.MIN_VALUE : size;
            }
            return row;
        }

        @Override
        String errorOf(double y) {
            return y <= 0 || y > Double.MAX_VALUE ? " is not a finite number above 0" : null;
        }
    };

    /** What they are called where labels are given instead. */
    final String description;

    private final double[] wrong;

    Domain(String description, double... wrong) {
        this.description = description;
        this.wrong = wrong;
    }

    static Domain of(LossFunction loss) {
        if (loss instanceof Softmax || loss instanceof CrossEntropy || loss instanceof Brier) {
            return DISTRIBUTIONS;
        }
        if (loss instanceof Sigmoid || loss instanceof Focal || loss instanceof BinaryCrossEntropy) {
            return ANSWERS;
        }
        if (loss instanceof Poisson || loss instanceof Tweedie) {
            return AMOUNTS;
        }
        return loss instanceof Hinge ? ONE_HOT : loss instanceof Gamma ? POSITIVE_AMOUNTS : NUMBERS;
    }

    /** What a loss calls its predictions. */
    public static String predictionOf(LossFunction loss) {
        if (takesProbabilities(loss)) {
            return "probabilities";
        }
        if (loss instanceof Hinge) {
            return "scores";
        }
        boolean takesLogits = loss instanceof Softmax || loss instanceof SoftmaxDivergence || loss instanceof Sigmoid
                || loss instanceof Focal;
        return takesLogits ? "logits" : "prediction";
    }

    static boolean takesProbabilities(LossFunction loss) {
        return loss instanceof CrossEntropy || loss instanceof Brier || loss instanceof BinaryCrossEntropy;
    }

    /** A row that is right. */
    abstract double[] right(Inputs in, int n);

    /** What is said of an entry after its place and its value, or null if it is right. */
    abstract String errorOf(double t);

    /** A row that is right but for, now and then, one entry that may be wrong. */
    final double[] row(Inputs in, int n) {
        double[] row = right(in, n);
        if (wrong.length != 0 && in.below(60) == 0) {
            row[in.below(n)] = wrong[in.below(wrong.length)];
        }
        return row;
    }

    /** Tells of each error of a row in which entry it is, or null for the row, and what is said of it. */
    void errors(double[] targets, int from, int n, BiConsumer<Integer, String> error) {
        for (int i = 0; i < n; i++) {
            String message = errorOf(targets[from + i]);
            if (message != null) {
                error.accept(i, message);
            }
        }
    }
}
