package consumer;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Ten measurements of 442 diabetes patients, and how far the disease had progressed a year later: every fifth patient
 * is for the test, the others are for training.
 *
 * @param measurements one row a patient
 * @param progressions of each patient, from 25 to 346
 */
public record Diabetes(double[][] measurements, double[] progressions) {

    public static final int MEASUREMENTS = 10;

    public static Diabetes training() {
        return select(false);
    }

    public static Diabetes test() {
        return select(true);
    }

    private static Diabetes select(boolean test) {
        double[][] measurements = Table.read("/diabetes/diabetes_data_raw.csv.gz");
        double[][] progressions = Table.read("/diabetes/diabetes_target.csv.gz");
        int[] patients = IntStream.range(0, measurements.length)
                .filter(patient -> (patient % 5 == 4) == test).toArray();
        return new Diabetes(
                Arrays.stream(patients).mapToObj(patient -> measurements[patient]).toArray(double[][]::new),
                Arrays.stream(patients).mapToDouble(patient -> progressions[patient][0]).toArray());
    }

    public int count() {
        return progressions.length;
    }

    /** The measurements end to end, as engines take them. */
    public float[] floats() {
        float[] floats = new float[count() * MEASUREMENTS];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) measurements[i / MEASUREMENTS][i % MEASUREMENTS];
        }
        return floats;
    }

    public float[] floatProgressions() {
        float[] floats = new float[count()];
        for (int patient = 0; patient < floats.length; patient++) {
            floats[patient] = (float) progressions[patient];
        }
        return floats;
    }
}
