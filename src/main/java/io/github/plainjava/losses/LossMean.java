package io.github.plainjava.losses;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.Objects;
import java.util.function.DoubleConsumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collector;

/**
 * A running mean of losses that does not round on the way: the same losses give the same bits in whatever order they
 * come and however they were split over calls, threads or machines and merged.
 *
 * <pre>{@code
 * LossMean total = new LossMean();
 * total.accept(0.5);
 * total.accept(2, 3); // a loss of 2, with the weight 3
 * double mean = total.mean(); // 1.625
 * }</pre>
 *
 * <h2>Definition</h2>
 * For losses L_r with weights s_r, which may have a weight u_r of their own in them already,
 * <pre>
 *     sum         = sum of s_r L_r
 *     totalWeight = sum of s_r u_r
 *     mean        = sum / totalWeight
 * </pre>
 * A weight that is not given is 1.
 *
 * <h2>Domain</h2>
 * Losses are any doubles, weights are finite and not negative.
 *
 * <h2>Special values</h2>
 * A loss of weight 0 contributes nothing, whatever it is, and is not counted. The mean of nothing is 0. A NaN loss
 * makes the sum and the mean NaN, an infinite one makes them infinite, and infinities of both signs make them NaN, as
 * in adding up a list of them. A sum beyond the double range is infinite; its mean, divided from the exact sums, need
 * not be. No result is -0.0.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * Both sums are kept as doubles that each hold what rounding took from the one before, and what the last cannot hold as
 * an integer; a plain {@code double} sum depends on the order of its terms and loses digits as it grows. The mean is
 * divided from the exact sums and rounded once.
 *
 * <h2>Accuracy</h2>
 * {@code mean}, {@code sum} and {@code totalWeight} are the exact results, correctly rounded, for numbers of any size.
 *
 * <h2>Threads</h2>
 * Not thread-safe: give each thread one of its own and {@link #combine} them, as a stream does:
 *
 * <pre>{@code
 * double mean = DoubleStream.of(0.25, 0.5, 0.75).parallel()
 *         .collect(LossMean::new, LossMean::accept, LossMean::combine).mean(); // 0.5
 * }</pre>
 *
 * Serialized, it carries the exact sums to another machine.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for a weight that is negative or not finite; {@link NullPointerException} for null.
 *
 * <h2>Source</h2>
 * A. Klein (2006), A generalized Kahan-Babuska-summation-algorithm, Computing 76, doi:10.1007/s00607-005-0139-x;
 * S. Boldo, G. Melquiond (2008), Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to
 * odd, IEEE Trans. Comput. 57(4), doi:10.1109/TC.2007.70819.
 */
public final class LossMean implements DoubleConsumer, Serializable {

    private static final long serialVersionUID = 1;

    private final transient ExactSum sum;
    private final transient ExactSum totalWeight;
    /** The sum of the losses that are not finite: 0 while there is none. */
    private transient double notFinite;

    private transient long count;

    /** A mean of nothing yet. */
    public LossMean() {
        this(new ExactSum(), new ExactSum());
    }

    private LossMean(ExactSum sum, ExactSum totalWeight) {
        this.sum = sum;
        this.totalWeight = totalWeight;
    }

    /**
     * Takes in a loss of weight 1.
     *
     * @param loss any double
     */
    @Override
    public void accept(double loss) {
        accept(loss, 1, 1);
    }

    /**
     * Takes in a loss with a weight.
     *
     * @param loss   any double
     * @param weight finite and not negative; 0 leaves everything as it was
     * @throws IllegalArgumentException if the weight is not finite or is negative
     */
    public void accept(double loss, double weight) {
        accept(loss, weight, 1);
    }

    /**
     * Takes in a loss that has a weight of its own in it already, as a loss with class weights does: adds
     * weight * loss to the sum, and weight * mass to the total weight. If either is 0 it leaves everything as it was.
     *
     * @param loss   any double
     * @param weight finite and not negative
     * @param mass   the weight inside the loss, as {@link LossFunction#weight} gives it; finite and not negative
     * @throws IllegalArgumentException if the weight or the mass is not finite or is negative
     */
    public void accept(double loss, double weight, double mass) {
        Checks.weight(weight, "weight");
        Checks.weight(mass, "mass");
        if (weight == 0 || mass == 0) {
            return;
        }
        if (weight == 1) {
            acceptPlain(loss);
            totalWeight.add(mass);
            count++;
            return;
        }
        if (Math.abs(loss) <= Double.MAX_VALUE) {
            sum.addProduct(weight, loss);
        } else {
            notFinite += loss;
        }
        totalWeight.addProduct(weight, mass);
        count++;
    }

    /** Takes in the first losses of an array, all finite and each of weight 1. */
    void accept(double[] losses, int n) {
        sum.add(losses, n);
        totalWeight.add(n);
        count += n;
    }

    private void acceptPlain(double loss) {
        if (Math.abs(loss) <= Double.MAX_VALUE) {
            sum.add(loss);
        } else {
            notFinite += loss;
        }
    }

    /**
     * Takes in all that another has taken in; the other stays as it is.
     *
     * @param other another mean, or this one itself
     * @return this
     */
    public LossMean combine(LossMean other) {
        Objects.requireNonNull(other, "other");
        sum.add(other.sum);
        totalWeight.add(other.totalWeight);
        notFinite += other.notFinite;
        count += other.count;
        return this;
    }

    /**
     * The weighted mean, correctly rounded.
     *
     * @return sum / totalWeight, or 0 if nothing counted
     */
    public double mean() {
        if (count == 0) {
            return 0;
        }
        return notFinite == 0 ? sum.dividedBy(totalWeight) : notFinite;
    }

    /**
     * The weighted sum, correctly rounded.
     *
     * @return the sum of weight * loss
     */
    public double sum() {
        return notFinite == 0 ? sum.toDouble() : notFinite;
    }

    /**
     * The sum of the weights, correctly rounded.
     *
     * @return the sum of weight * mass
     */
    public double totalWeight() {
        return totalWeight.toDouble();
    }

    /**
     * How many losses counted.
     *
     * @return the number of losses taken in whose weight and mass were not 0
     */
    public long count() {
        return count;
    }

    /**
     * Collects a stream's elements into the mean of their losses.
     *
     * @param <T>  the elements
     * @param loss the loss of an element
     * @return a collector that gives the same bits for a sequential and a parallel stream
     */
    public static <T> Collector<T, ?, LossMean> averaging(ToDoubleFunction<? super T> loss) {
        return averaging(loss, element -> 1);
    }

    /**
     * Collects a stream's elements into the weighted mean of their losses.
     *
     * @param <T>    the elements
     * @param loss   the loss of an element
     * @param weight the weight of an element, finite and not negative
     * @return a collector that gives the same bits for a sequential and a parallel stream
     */
    public static <T> Collector<T, ?, LossMean> averaging(
            ToDoubleFunction<? super T> loss, ToDoubleFunction<? super T> weight) {
        Objects.requireNonNull(loss, "loss");
        Objects.requireNonNull(weight, "weight");
        return Collector.of(
                LossMean::new,
                (mean, element) -> mean.accept(loss.applyAsDouble(element), weight.applyAsDouble(element)),
                LossMean::combine,
                Collector.Characteristics.UNORDERED,
                Collector.Characteristics.IDENTITY_FINISH);
    }

    /** Losses that counted have a positive total weight, and without any there is nothing. */
    private boolean isConsistent() {
        return count > 0
                ? totalWeight.signum() > 0
                : count == 0 && totalWeight.signum() == 0 && sum.signum() == 0 && notFinite == 0;
    }

    /**
     * Whether two means have taken in losses of the same exact sum, total weight and count.
     *
     * @param other anything
     * @return true for a mean with the same contents
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof LossMean mean
                && count == mean.count
                && Double.compare(notFinite, mean.notFinite) == 0
                && sum.equals(mean.sum)
                && totalWeight.equals(mean.totalWeight);
    }

    @Override
    public int hashCode() {
        return Objects.hash(count, notFinite, sum, totalWeight);
    }

    @Override
    public String toString() {
        return "LossMean[mean=" + mean() + ", totalWeight=" + totalWeight() + ", count=" + count + "]";
    }

    /**
     * Writes the serial form instead.
     *
     * @return the serial form, which holds the sums
     */
    private Object writeReplace() {
        return new Form(this);
    }

    /**
     * Refuses a stream that holds anything but the serial form.
     *
     * @param stream not read
     * @throws InvalidObjectException always
     */
    private void readObject(ObjectInputStream stream) throws InvalidObjectException {
        throw new InvalidObjectException("a LossMean is read from its serial form only");
    }

    /** The serial form. */
    private static final class Form implements Serializable {

        private static final long serialVersionUID = 1;

        /** The sign, and 2048 + 63 bits before and 2148 after the point: a sum of 2^63 products of doubles. */
        private static final int MOST_BYTES = (1 + 2048 + 63 + 2148) / Byte.SIZE + 1;

        private final byte[] sum;
        private final byte[] totalWeight;
        private final double notFinite;
        private final long count;

        Form(LossMean mean) {
            this.sum = mean.sum.toInteger().toByteArray();
            this.totalWeight = mean.totalWeight.toInteger().toByteArray();
            this.notFinite = mean.notFinite;
            this.count = mean.count;
        }

        private Object readResolve() throws InvalidObjectException {
            if (Math.abs(notFinite) <= Double.MAX_VALUE && notFinite != 0) {
                throw invalid();
            }
            LossMean mean = new LossMean(sumOf(sum), sumOf(totalWeight));
            mean.notFinite = notFinite;
            mean.count = count;
            if (!mean.isConsistent()) {
                throw invalid();
            }
            return mean;
        }

        /** The sum from the bytes of its integer, in the one form that these have. */
        private static ExactSum sumOf(byte[] bytes) throws InvalidObjectException {
            if (bytes == null || bytes.length == 0 || bytes.length > MOST_BYTES) {
                throw invalid();
            }
            BigInteger units = new BigInteger(bytes);
            if (units.toByteArray().length != bytes.length) {
                throw invalid();
            }
            return ExactSum.of(units);
        }

        private static InvalidObjectException invalid() {
            return new InvalidObjectException("not the serial form of a LossMean");
        }
    }
}
