package io.github.plainjava.losses.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/**
 * The handwritten digits, in a fixed and stratified split: of every five images of the same digit, in the file's
 * order, three are for training, the fourth is for validation and the fifth is for the test. Each of the 13 writers
 * is in all three parts, so the test is of new images, not of new hands.
 */
record Digits(Images training, Images validation, Images test) {
    static final int CLASSES = 10;
    static final int PIXELS = 64;
    private static final double BRIGHTEST = 16;

    /**
     * Images of 8 x 8 pixels.
     *
     * @param pixels one row an image, from 0 to 1
     * @param labels the digit of each image
     */
    record Images(double[][] pixels, int[] labels) {
        int count() {
            return labels.length;
        }
    }

    static Digits load() {
        double[][] table = Data.read("digits/digits.csv.gz");
        return new Digits(
                select(table, turn -> turn < 3), select(table, turn -> turn == 3), select(table, turn -> turn == 4));
    }

    private static Images select(double[][] table, IntPredicate chosen) {
        int[] seen = new int[CLASSES];
        List<double[]> rows = new ArrayList<>();
        for (double[] row : table) {
            if (chosen.test(seen[label(row)]++ % 5)) {
                rows.add(row);
            }
        }
        return new Images(rows.stream().map(Digits::pixels).toArray(double[][]::new),
                rows.stream().mapToInt(Digits::label).toArray());
    }

    private static int label(double[] row) {
        return (int) row[PIXELS];
    }

    private static double[] pixels(double[] row) {
        double[] pixels = new double[PIXELS];
        for (int i = 0; i < PIXELS; i++) {
            pixels[i] = row[i] / BRIGHTEST;
        }
        return pixels;
    }

    int count() {
        return Stream.of(training, validation, test).mapToInt(Images::count).sum();
    }
}
