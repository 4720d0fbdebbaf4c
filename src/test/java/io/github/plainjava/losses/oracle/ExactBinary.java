package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/**
 * A loss of yes or no for a target y from 0 to 1, which mixes what a yes and what a no would cost: with y' the target
 * after smoothing and w the positive weight,
 *
 * <pre>
 *   cost = w y' (cost of a yes) + (1 - y') (cost of a no)
 * </pre>
 *
 * <p>and its derivatives likewise. A part that counts 0 contributes 0 whatever it costs. A target below 2^-600 may be
 * wrong by that much.
 */
abstract class ExactBinary extends ExactEntries {

    private static final BigDecimal SMALL = new BigDecimal(0x1p-600);
    private static final BigDecimal HALF = new BigDecimal(0.5);

    private final BigDecimal smoothing;

    ExactBinary(double[] prediction, double[] target, BinaryOptions options) {
        super(prediction, target, options.weights());
        this.smoothing = new BigDecimal(options.smoothing());
    }

    /** What one of the two answers would cost at a prediction, or a derivative of that, never infinite. */
    interface Part {
        /** The part, or the larger of its terms. */
        BigDecimal of(BigDecimal prediction, Exact exact);
    }

    /** What a yes counts: w y'. */
    final BigDecimal yes(Entry entry) {
        return entry.parameter().multiply(smoothed(entry));
    }

    /** What a no counts: 1 - y'. */
    final BigDecimal no(Entry entry) {
        return BigDecimal.ONE.subtract(smoothed(entry));
    }

    private BigDecimal smoothed(Entry entry) {
        return BigDecimal.ONE.subtract(smoothing).multiply(entry.target()).add(smoothing.multiply(HALF));
    }

    /** The mix of a part for a yes and one for a no, which may be of unequal signs. */
    final BigDecimal mix(Entry entry, Part ofYes, Part ofNo) {
        return Exact.settle(exact -> Exact.Sum.of(exact,
                counted(yes(entry), ofYes, entry, exact), counted(no(entry), ofNo, entry, exact)));
    }

    /** The larger of the two terms of the mix. */
    final BigDecimal largerOf(Entry entry, Part ofYes, Part ofNo) {
        Exact exact = Exact.standard();
        return counted(yes(entry), ofYes, entry, exact).abs().max(counted(no(entry), ofNo, entry, exact).abs());
    }

    /** What a target below 2^-600 may be wrong by: 2^-600 times what a yes contributes. */
    final BigDecimal allowance(Entry entry, Part ofYes) {
        return isSmall(entry)
                ? counted(SMALL.multiply(entry.parameter()), ofYes, entry, Exact.standard()).abs()
                : BigDecimal.ZERO;
    }

    static boolean isSmall(Entry entry) {
        return entry.target().signum() > 0 && entry.target().compareTo(SMALL) < 0;
    }

    private static BigDecimal counted(BigDecimal count, Part part, Entry entry, Exact exact) {
        return count.signum() == 0 ? BigDecimal.ZERO : exact.times(count, part.of(entry.prediction(), exact));
    }
}
