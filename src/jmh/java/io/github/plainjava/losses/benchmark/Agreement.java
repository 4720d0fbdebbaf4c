package io.github.plainjava.losses.benchmark;

import java.util.Arrays;

/** Refuses to time a contender that computes something else than the library does. */
final class Agreement {

    private static final double RELATIVE = 1e-9;

    private Agreement() {}

    /**
     * Runs both on every sample and compares the values, and the arrays entry by entry, to 1e-9 relative.
     *
     * @param slack what the contender's rounding may add where its formula cancels, as the naive gradient p - 1 does
     */
    static void require(Sample[] samples, Contender library, Contender contender, double slack) {
        for (Sample sample : samples) {
            Arrays.fill(sample.output(), Double.NaN);
            double expected = library.run().applyAsDouble(sample);
            double[] expectedResult = library.result().apply(sample).clone();
            Arrays.fill(sample.output(), Double.NaN);
            double actual = contender.run().applyAsDouble(sample);
            double[] actualResult = contender.result().apply(sample);
            if (!agree(expected, actual, slack)) {
                throw disagreement(sample, "the value", expected, actual);
            }
            for (int i = 0; i < expectedResult.length; i++) {
                if (!agree(expectedResult[i], actualResult[i], slack)) {
                    throw disagreement(sample, "result[" + i + "]", expectedResult[i], actualResult[i]);
                }
            }
        }
    }

    private static boolean agree(double expected, double actual, double slack) {
        // An entry that neither writes is still NaN for both.
        return Double.compare(expected, actual) == 0
                || Math.abs(expected - actual) <= RELATIVE * Math.abs(expected) + slack;
    }

    private static IllegalStateException disagreement(Sample sample, String place, double expected, double actual) {
        return new IllegalStateException("sample " + sample.index() + " of " + sample.shape() + ": " + place + " is "
                + actual + ", the library's is " + expected);
    }
}
