package consumer;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Handwritten digits, 1,797 images of 8 x 8 pixels: every fifth is for the test, the others are for training.
 *
 * @param pixels one row an image, from 0 to 1
 * @param labels the digit of each image
 */
public record Digits(double[][] pixels, int[] labels) {

    public static final int CLASSES = 10;
    public static final int PIXELS = 64;

    private static final double BRIGHTEST = 16;

    public static Digits training() {
        return select(false);
    }

    public static Digits test() {
        return select(true);
    }

    private static Digits select(boolean test) {
        double[][] table = Table.read("/digits/digits.csv.gz");
        double[][] rows = IntStream.range(0, table.length).filter(row -> (row % 5 == 4) == test)
                .mapToObj(row -> table[row]).toArray(double[][]::new);
        double[][] pixels = Arrays.stream(rows)
                .map(row -> Arrays.stream(row, 0, PIXELS).map(grey -> grey / BRIGHTEST).toArray())
                .toArray(double[][]::new);
        return new Digits(pixels, Arrays.stream(rows).mapToInt(row -> (int) row[PIXELS]).toArray());
    }

    public int count() {
        return labels.length;
    }

    /** The images end to end, as engines take them. */
    public float[] floats() {
        float[] floats = new float[count() * PIXELS];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) pixels[i / PIXELS][i % PIXELS];
        }
        return floats;
    }

    /** The digits as engines take them. */
    public float[] floatLabels() {
        float[] floats = new float[count()];
        for (int row = 0; row < floats.length; row++) {
            floats[row] = labels[row];
        }
        return floats;
    }

    /** The share of the images whose digit was decided. */
    public double accuracy(int[] decided) {
        return IntStream.range(0, count()).filter(row -> decided[row] == labels[row]).count() / (double) count();
    }
}
