package io.github.plainjava.losses.demo;

import io.github.plainjava.losses.Pinball;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A range that should hold four patients in five: a model of the quantile of level 0.1 and one of that of 0.9, and how
 * many of the patients that they have not seen are where they say.
 *
 * @param patients how many there are
 * @param belowLow  how many targets are below the lower quantile
 * @param belowHigh how many are below the upper quantile
 * @param narrowest the width of the narrowest range
 * @param mean      the mean width
 * @param widest   the width of the widest range
 */
record QuantilesExperiment(
        int patients, long belowLow, long belowHigh, double narrowest, double mean, double widest) {
    static final double LOW = 0.1;
    static final double HIGH = 0.9;
    /** Of descent on a loss whose gradient is below 1, from 0 to targets of some hundreds. */
    static final double RATE = 100;

    static QuantilesExperiment run() {
        Patients patients = Patients.load();
        double[] low = patients.heldOut(new Pinball(LOW), RATE);
        double[] high = patients.heldOut(new Pinball(HIGH), RATE);
        double[] widths = IntStream.range(0, low.length).mapToDouble(i -> high[i] - low[i]).sorted().toArray();
        return new QuantilesExperiment(low.length, below(low, patients), below(high, patients), widths[0],
                Arrays.stream(widths).average().orElseThrow(), widths[widths.length - 1]);
    }

    private static long below(double[] quantiles, Patients patients) {
        return IntStream.range(0, quantiles.length).filter(i -> patients.targets()[i] < quantiles[i]).count();
    }

    long inside() {
        return belowHigh - belowLow;
    }

    /** Whether both shares and that between them are less than two standard errors from what the levels say. */
    boolean asPromised() {
        return near(belowLow, LOW) && near(belowHigh, HIGH) && near(inside(), HIGH - LOW);
    }

    private boolean near(long count, double share) {
        return Math.abs((double) count / patients - share) < 2 * standardError(share);
    }

    /** Of the share of the patients in something whose probability is given. */
    double standardError(double share) {
        return Math.sqrt(share * (1 - share) / patients);
    }
}
