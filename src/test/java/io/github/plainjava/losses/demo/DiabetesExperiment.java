package io.github.plainjava.losses.demo;

import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.MeanSquaredError;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Linear regression on the diabetes data, where squared error belongs: gradient descent on {@link MeanSquaredError}
 * against the exact least-squares solution.
 *
 * @param patients how many there are
 * @param descent  R^2 after some numbers of steps
 * @param exact    R^2 of the exact solution
 * @param error    the mean squared error of the exact solution
 */
record DiabetesExperiment(int patients, Map<Integer, Double> descent, double exact, double error) {
    /** Below 0.248, the inverse of the largest eigenvalue of the variables' correlations, where descent diverges. */
    static final double RATE = 0.2;

    static final int STEPS = 10_000;
    private static final LossFunction SQUARED_ERROR = new MeanSquaredError();

    static DiabetesExperiment run() {
        double[][] rows = standardised(Data.read("diabetes/diabetes_data_raw.csv.gz"));
        double[] target = Stream.of(Data.read("diabetes/diabetes_target.csv.gz")).mapToDouble(row -> row[0]).toArray();
        double[] exact = predict(rows, LeastSquares.solve(rows, target));
        return new DiabetesExperiment(rows.length, descend(rows, target), determination(exact, target),
                SQUARED_ERROR.value(exact, target));
    }

    private static Map<Integer, Double> descend(double[][] rows, double[] target) {
        Map<Integer, Double> determination = new LinkedHashMap<>();
        double[] coefficients = new double[rows[0].length];
        for (int step = 1; step <= STEPS; step++) {
            double[] slope = SQUARED_ERROR.gradient(predict(rows, coefficients), target);
            for (int row = 0; row < rows.length; row++) {
                for (int i = 0; i < coefficients.length; i++) {
                    coefficients[i] -= RATE * slope[row] * rows[row][i];
                }
            }
            if (isPowerOfTen(step)) {
                determination.put(step, determination(predict(rows, coefficients), target));
            }
        }
        return determination;
    }

    private static boolean isPowerOfTen(int step) {
        return step == 1 || step % 10 == 0 && isPowerOfTen(step / 10);
    }

    private static double[] predict(double[][] rows, double[] coefficients) {
        return Stream.of(rows).mapToDouble(row -> {
            double sum = 0;
            for (int i = 0; i < row.length; i++) {
                sum += row[i] * coefficients[i];
            }
            return sum;
        }).toArray();
    }

    /** R^2: the share of the target's variance that is explained, 1 - error / error of always saying the mean. */
    private static double determination(double[] prediction, double[] target) {
        double[] mean = new double[target.length];
        Arrays.fill(mean, mean(target));
        return 1 - SQUARED_ERROR.value(prediction, target) / SQUARED_ERROR.value(mean, target);
    }

    /** Each variable shifted and scaled to mean 0 and standard deviation 1, and a last column of ones. */
    private static double[][] standardised(double[][] table) {
        double[][] rows = new double[table.length][table[0].length + 1];
        for (int column = 0; column < table[0].length; column++) {
            int i = column;
            double[] values = Stream.of(table).mapToDouble(row -> row[i]).toArray();
            double mean = mean(values);
            double[] squares = DoubleStream.of(values).map(value -> (value - mean) * (value - mean)).toArray();
            double deviation = Math.sqrt(mean(squares));
            for (int row = 0; row < rows.length; row++) {
                rows[row][i] = (values[row] - mean) / deviation;
                rows[row][table[0].length] = 1;
            }
        }
        return rows;
    }

    private static double mean(double[] values) {
        return DoubleStream.of(values).average().orElseThrow();
    }

    double descended() {
        return descent.get(STEPS);
    }
}
