package io.github.plainjava.losses.demo;

import io.github.plainjava.losses.LossFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The diabetes patients, and linear models of them that any loss can train: gradient descent with a rate that falls,
 * which also settles where a gradient jumps.
 *
 * @param rows    of each patient, a 1 and the ten variables, made orthogonal, with mean square 1: the same models, on
 *                which descent is fast
 * @param targets the disease's progression, from 25 to 346
 */
record Patients(double[][] rows, double[] targets) {
    static final int FOLDS = 5;
    static final int STEPS = 1000;
    private static final double DECAY = 0.99;

    static Patients load() {
        double[][] variables = Data.read("diabetes/diabetes_data_raw.csv.gz");
        double[] targets = Stream.of(Data.read("diabetes/diabetes_target.csv.gz")).mapToDouble(row -> row[0]).toArray();
        return new Patients(orthogonal(variables), targets);
    }

    /** By modified Gram-Schmidt: what a column has in common with those before it is taken away. */
    private static double[][] orthogonal(double[][] variables) {
        double[][] rows = Stream.of(variables).map(Patients::withOne).toArray(double[][]::new);
        for (int column = 0; column < rows[0].length; column++) {
            for (int before = 0; before < column; before++) {
                double common = meanProduct(rows, before, column);
                for (double[] row : rows) {
                    row[column] -= common * row[before];
                }
            }
            double size = Math.sqrt(meanProduct(rows, column, column));
            for (double[] row : rows) {
                row[column] /= size;
            }
        }
        return rows;
    }

    private static double[] withOne(double[] variables) {
        double[] row = new double[variables.length + 1];
        row[0] = 1;
        System.arraycopy(variables, 0, row, 1, variables.length);
        return row;
    }

    private static double meanProduct(double[][] rows, int a, int b) {
        return Stream.of(rows).mapToDouble(row -> row[a] * row[b]).average().orElseThrow();
    }

    int count() {
        return targets.length;
    }

    /** The same patients with other targets. */
    Patients withTargets(double[] others) {
        return new Patients(rows, others);
    }

    /** A prediction for each patient, by a model that was trained on the patients of the other folds. */
    double[] heldOut(LossFunction loss, double rate) {
        double[] predictions = new double[count()];
        for (int fold = 0; fold < FOLDS; fold++) {
            int held = fold;
            double[] coefficients = select(patient -> patient % FOLDS != held).learn(loss, rate);
            for (int patient = fold; patient < count(); patient += FOLDS) {
                predictions[patient] = dot(rows[patient], coefficients);
            }
        }
        return predictions;
    }

    private Patients select(IntPredicate which) {
        int[] chosen = IntStream.range(0, count()).filter(which).toArray();
        return new Patients(IntStream.of(chosen).mapToObj(patient -> rows[patient]).toArray(double[][]::new),
                IntStream.of(chosen).mapToDouble(patient -> targets[patient]).toArray());
    }

    /** The coefficients after all steps of descent on a loss, from 0. */
    double[] learn(LossFunction loss, double rate) {
        double[] coefficients = new double[rows[0].length];
        double falling = rate;
        for (int step = 0; step < STEPS; step++) {
            double[] slope = loss.gradient(predict(coefficients), targets);
            for (int patient = 0; patient < slope.length; patient++) {
                for (int i = 0; i < coefficients.length; i++) {
                    coefficients[i] -= falling * slope[patient] * rows[patient][i];
                }
            }
            falling *= DECAY;
        }
        return coefficients;
    }

    /** What a model says of these patients. */
    double[] predict(double[] coefficients) {
        return Stream.of(rows).mapToDouble(row -> dot(row, coefficients)).toArray();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
