package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.ExactSum;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectStreamField;
import java.io.Serializable;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
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
 * Losses are any doubles, weights are finite and not negative. Negative ones have no mean; for their sum there is
 * {@link Batch#summed}.
 *
 * <h2>Special values</h2>
 * A loss for which s_r is 0 contributes nothing, whatever it is, and is not counted. One for which only u_r is 0 counts
 * in the sum and adds nothing to the total weight. The mean is 0 where the total weight is 0. A NaN loss
 * makes the sum and the mean NaN, an infinite one makes them infinite, and infinities of both signs make them NaN, as
 * in adding up a list of them; {@link #notFiniteCount} says how many there were. A sum beyond the double range is
 * infinite; its mean, divided from the exact sums, need not be. No result is -0.0.
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
 * Serialized, it carries the exact sums to another machine; {@link #toBytes} does so without Java serialization.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for a weight that is negative or not finite, and for bytes that are not those of a
 * mean; {@link ArithmeticException} for more than 2^63 - 1 losses; {@link NullPointerException} for null.
 *
 * <h2>Source</h2>
 * A. Klein (2006), A generalized Kahan-Babuska-summation-algorithm, Computing 76, doi:10.1007/s00607-005-0139-x;
 * S. Boldo, G. Melquiond (2008), Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to
 * odd, IEEE Trans. Comput. 57(4), doi:10.1109/TC.2007.70819.
 */
public final class LossMean implements DoubleConsumer, Serializable {

    private static final long serialVersionUID = 1;

    /** None: Java serialization knows the serial form only. Other serializers take the fields as they are. */
    private static final ObjectStreamField[] serialPersistentFields = {};

    /** In messages. */
    private static final String A_NAME = "a LossMean";

    /** "MEAN". */
    private static final int BYTES_BEGIN = 0x4d45414e;

    private static final byte BYTES_VERSION = 1;

    /** The bytes of a mean but those of the two sums, the beginning and the end. */
    private static final int BYTES_BESIDE_SUMS = 21;

    /** What {@link #notFinite} can be, by the number that stands for it. */
    private static final double[] NOT_FINITE = {0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN};

    /** A product of two doubles is below 2^2048, in units of 2^-2148. */
    private static final int PRODUCT_BITS = 2048 + 2148;

    private final ExactSum sum;
    private final ExactSum totalWeight;
    /** The sum of the losses that are not finite: 0 while there is none. */
    private double notFinite;

    private long notFiniteCount;
    private long count;

    /** A mean of nothing yet. */
    public LossMean() {
        this(ExactSum.zero(), ExactSum.zero());
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
     * <p>It is not for the mean of a batch with the number of its rows: under class weights, ignored labels or target
     * masses a row does not count as one, and means of unequal parts are wrong. Merge the sums that the batch gives, by
     * {@link Batch#lossMean(double[], int[])} or, with the gradient,
     * {@link Batch#lossMeanAndGradient(double[], int[], double[])}:
     *
     * <pre>{@code
     * Batch batch = Batch.of(new Softmax().withClassWeights(1, 3), 2);
     * LossMean right = batch.lossMean(new double[] {0, 0, 1, 0}, new int[] {0, 0});
     * right.combine(batch.lossMean(new double[] {2, 0}, new int[] {1}));
     * double mean = right.mean(); // 1.4774385802414172
     * LossMean wrong = new LossMean();
     * wrong.accept(batch.value(new double[] {0, 0, 1, 0}, new int[] {0, 0}), 2);
     * wrong.accept(batch.value(new double[] {2, 0}, new int[] {1}), 1);
     * double other = wrong.mean(); // 1.0444456263737136
     * }</pre>
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
     * weight * loss to the sum, and weight * mass to the total weight. If the weight is 0 it leaves everything as it
     * was. If only the mass is 0, as that of a label whose class has no weight, the loss counts in the sum.
     *
     * @param loss   any double
     * @param weight finite and not negative
     * @param mass   the weight inside the loss, as {@link LossFunction#weight} gives it; finite and not negative
     * @throws IllegalArgumentException if the weight or the mass is not finite or is negative
     */
    public void accept(double loss, double weight, double mass) {
        if (weight < 0) {
            throw Checks.negative(weight, "weight");
        }
        Checks.weight(weight, "weight");
        Checks.weight(mass, "mass");
        if (weight != 0) {
            addLoss(loss, weight);
            addWeight(weight, mass);
        }
    }

    /** The loss alone, with any finite weight, and without checks; if one is negative, there is only a sum. */
    void addLoss(double loss, double weight) {
        count = Math.addExact(count, 1);
        if (Math.abs(loss) <= Double.MAX_VALUE) {
            sum.addProduct(weight, loss);
        } else {
            notFinite += loss * Math.signum(weight);
            notFiniteCount++;
        }
    }

    /** The weight alone. */
    void addWeight(double weight, double mass) {
        totalWeight.addProduct(weight, mass);
    }

    /** The first of an array of weights alone. */
    void addWeights(double[] weights, int n) {
        totalWeight.add(weights, n);
    }

    /** The first losses of an array alone, each of weight 1. */
    void addLosses(double[] losses, int n) {
        boolean finite = true;
        for (int i = 0; i < n; i++) {
            finite &= Math.abs(losses[i]) <= Double.MAX_VALUE;
        }
        if (finite) {
            count = Math.addExact(count, n);
            sum.add(losses, n);
            return;
        }
        for (int i = 0; i < n; i++) {
            addLoss(losses[i], 1);
        }
    }

    ExactSum exactTotalWeight() {
        return totalWeight;
    }

    /**
     * Takes in all that another has taken in; the other stays as it is.
     *
     * @param other another mean, or this one itself
     * @return this
     */
    public LossMean combine(LossMean other) {
        Objects.requireNonNull(other, "other");
        count = Math.addExact(count, other.count);
        notFiniteCount += other.notFiniteCount;
        notFinite += other.notFinite;
        sum.add(other.sum);
        totalWeight.add(other.totalWeight);
        return this;
    }

    /**
     * The weighted mean, correctly rounded.
     *
     * @return sum / totalWeight, or 0 if the total weight is 0
     */
    public double mean() {
        if (totalWeight.signum() == 0) {
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
     * @return the number of losses taken in whose weight was not 0
     */
    public long count() {
        return count;
    }

    /**
     * How many losses that counted were NaN or infinite. One of them is enough to make the mean NaN or infinite;
     * {@link Batch#perRow(double[], int[])} tells which row it was.
     *
     * @return 0 if all were finite, and at most {@link #count}
     */
    public long notFiniteCount() {
        return notFiniteCount;
    }

    /**
     * This mean as bytes, for a file, a message or a database, on any machine and in any language. Equal means give
     * equal bytes, in whatever order and however split their losses were taken in, and others give others. All numbers
     * are big-endian:
     * <pre>
     *     bytes   what
     *     4       0x4d45414e, "MEAN" in ASCII
     *     1       the version, 1
     *     8       {@link #count}
     *     8       {@link #notFiniteCount}
     *     1       what the losses that are not finite add up to: 0 if there are none, 1 for infinity, 2 for -infinity, 3
     *             for NaN
     *     2       how many bytes the sum has
     *     any     the exact sum of the finite losses times their weights, in units of 2^-2148: an integer in two's
     *             complement, of as few bytes as hold it, at least one, as {@link java.math.BigInteger#toByteArray}
     *             gives it
     *     2       how many bytes the total weight has
     *     any     the exact total weight, likewise
     *     4       the CRC-32 of all bytes before, as {@link java.util.zip.CRC32} gives it
     * </pre>
     * That is some 600 bytes for usual losses, and at most 1,096.
     *
     * @return the bytes, in a new array
     */
    public byte[] toBytes() {
        byte[] sumBytes = sum.toInteger().toByteArray();
        byte[] weightBytes = totalWeight.toInteger().toByteArray();
        ByteBuffer bytes = Bytes.begin(
                        BYTES_BEGIN, BYTES_VERSION, BYTES_BESIDE_SUMS + sumBytes.length + weightBytes.length)
                .putLong(count)
                .putLong(notFiniteCount)
                .put(notFiniteCode())
                .putShort((short) sumBytes.length)
                .put(sumBytes)
                .putShort((short) weightBytes.length)
                .put(weightBytes);
        return Bytes.end(bytes);
    }

    private byte notFiniteCode() {
        byte code = 0;
        while (Double.compare(NOT_FINITE[code], notFinite) != 0) {
            code++;
        }
        return code;
    }

    /**
     * The mean that {@link #toBytes} made the bytes of.
     *
     * @param bytes as they were made
     * @return a mean equal to the other, which can take in more
     * @throws IllegalArgumentException if these are not the bytes of a mean, are damaged, or are of a later version
     */
    public static LossMean ofBytes(byte[] bytes) {
        try {
            return ofContents(Bytes.read(bytes, BYTES_BEGIN, BYTES_VERSION, A_NAME), bytes);
        } catch (BufferUnderflowException e) {
            throw Bytes.damaged(A_NAME, e);
        }
    }

    private static LossMean ofContents(ByteBuffer buffer, byte[] bytes) {
        long count = buffer.getLong();
        long notFiniteCount = buffer.getLong();
        int code = buffer.get();
        BigInteger sum = nextInteger(buffer);
        BigInteger totalWeight = nextInteger(buffer);
        boolean consistent = 0 <= notFiniteCount
                && notFiniteCount <= count
                && (notFiniteCount == 0 ? code == 0 : 0 < code && code < NOT_FINITE.length)
                && isSumOf(count - notFiniteCount, sum)
                && isSumOf(count, totalWeight)
                && totalWeight.signum() >= 0;
        if (!consistent) {
            throw Bytes.damaged(A_NAME, null);
        }
        LossMean mean = new LossMean(ExactSum.of(sum), ExactSum.of(totalWeight));
        mean.count = count;
        mean.notFiniteCount = notFiniteCount;
        mean.notFinite = NOT_FINITE[code];
        if (!Arrays.equals(mean.toBytes(), bytes)) { // the check sum, among others
            throw Bytes.damaged(A_NAME, null);
        }
        return mean;
    }

    private static BigInteger nextInteger(ByteBuffer buffer) {
        return Bytes.nextInteger(buffer, buffer.getShort() & 0xffff);
    }

    /** Whether so many products of two doubles can add up to that. */
    private static boolean isSumOf(long terms, BigInteger sum) {
        return sum.abs().compareTo(BigInteger.valueOf(terms).shiftLeft(PRODUCT_BITS)) <= 0;
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

    /**
     * Whether two means have taken in losses of the same exact sum, total weight and counts.
     *
     * @param other anything
     * @return true for a mean with the same contents
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof LossMean mean
                && count == mean.count
                && notFiniteCount == mean.notFiniteCount
                && Double.compare(notFinite, mean.notFinite) == 0
                && sum.equals(mean.sum)
                && totalWeight.equals(mean.totalWeight);
    }

    @Override
    public int hashCode() {
        return Objects.hash(count, notFiniteCount, notFinite, sum, totalWeight);
    }

    @Override
    public String toString() {
        return "LossMean[mean=" + mean() + ", totalWeight=" + totalWeight() + ", count=" + count
                + (notFiniteCount == 0 ? "]" : ", notFiniteCount=" + notFiniteCount + "]");
    }

    /**
     * Writes the serial form instead.
     *
     * @return the serial form, which holds {@link #toBytes}
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

        private static final long serialVersionUID = 2;

        private final byte[] bytes;

        Form(LossMean mean) {
            this.bytes = mean.toBytes();
        }

        private Object readResolve() throws InvalidObjectException {
            return LossForm.resolve(() -> ofBytes(bytes));
        }
    }
}
