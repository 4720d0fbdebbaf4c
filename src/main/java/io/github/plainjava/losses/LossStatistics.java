package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Moments;
import io.github.plainjava.losses.internal.math.SumOfProducts;
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
 * The mean of losses, how far they scatter about it, and how far it may be off: where a {@link LossMean} says how good
 * a model was on some examples, this also says how much of that is chance. Like it, it does not round on the way: the
 * same losses give the same bits in whatever order they come and however they were split and merged.
 *
 * <pre>{@code
 * LossStatistics statistics = new LossStatistics();
 * for (double loss : new double[] {0.5, 1, 1.5, 3}) {
 *     statistics.accept(loss);
 * }
 * double mean = statistics.mean(); // 1.5
 * double variance = statistics.variance(); // 0.875
 * double deviation = statistics.standardDeviation(); // 0.9354143466934853
 * double error = statistics.standardError(); // 0.5400617248673217
 * }</pre>
 *
 * <p>Of a batch, {@link Batch#perRow(double[], int[])} gives the losses. Perplexity is the exponential of the mean, so
 * that its standard error is itself times that of the mean, as long as that is small:
 *
 * <pre>{@code
 * Batch batch = Batch.of(new Softmax(), 2);
 * double[] logits = {2, 0, 1, 0, 0, 0, 0, 1};
 * LossStatistics words = new LossStatistics();
 * for (double loss : batch.perRow(logits, new int[] {0, 0, 1, 0})) {
 *     words.accept(loss);
 * }
 * double perplexity = Information.perplexity(words.mean()); // 1.8434699566659092
 * double itsError = perplexity * words.standardError(); // 0.48274389840304766
 * }</pre>
 *
 * <p>Of rows that do not count, as padding, {@code perRow} gives 0: leave them out, or give them the weight 0. It
 * multiplies by sample weights: take the losses of a batch without them, and the weights here. So also with class
 * weights: the loss without them, and as its weight that of the label's class, have the mean of the loss with them.
 *
 * <p>Whether one of two models is better shows in the differences of their losses on the same examples: their mean, and
 * its error, which is mostly far smaller than that of either model's own mean.
 *
 * <h2>Definition</h2>
 * For n losses L_r with weights w_r, which are 1 where none is given,
 * <pre>
 *     totalWeight        = sum of w_r
 *     mean               = sum of w_r L_r / totalWeight
 *     variance           = sum of w_r (L_r - mean)^2 / totalWeight
 *     standardDeviation  = sqrt(variance)
 *     standardError      = sqrt(n / (n - 1) * sum of w_r^2 (L_r - mean)^2) / totalWeight
 * </pre>
 * The variance is that of the losses given, divided by the total weight and not by n - 1. The standard error is that of
 * the mean, for losses that are independent of each other: how far it would typically be off if as many other examples
 * were drawn from the same source. Without weights it is sqrt(variance / (n - 1)). Weights say how much an example
 * matters, so multiplying all of them by a number does not change it, and a weight of 2 is not the same example twice.
 *
 * <h2>Domain</h2>
 * Losses are any doubles, weights are finite and not negative.
 *
 * <h2>Special values</h2>
 * A loss of weight 0 contributes nothing, whatever it is, and is not counted. Of no losses at all, mean, variance,
 * standard deviation, minimum and maximum are 0. The standard error of fewer than two losses, which say nothing of it,
 * is NaN. Of one loss, or of losses that are all equal, the variance is exactly 0, and it is never negative. A NaN
 * makes mean, minimum and maximum NaN, an infinite loss makes the mean infinite, and infinities of both signs make it
 * NaN, as in a {@link LossMean}; either makes variance, standard deviation and standard error NaN.
 * {@link #notFiniteCount} says how many such losses there were. A variance beyond the double range is infinite; its
 * root, taken of the exact one, is not. No result is -0.0.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * The sums of w, w L, w L^2, w^2, w^2 L and w^2 L^2 are kept without rounding, as doubles that each hold what rounding
 * took from the one before, and what the last cannot hold as an integer. Variances are made of them in integers, and
 * rounded once. With sums that are rounded, the mean of the squares less the square of the mean, which is the same,
 * loses all digits where the losses are large and their differences small, and may be negative; the recurrence of
 * Welford does not, but its result depends on the order.
 *
 * <pre>{@code
 * LossStatistics large = new LossStatistics();
 * DoubleStream.of(1e8 + 0.25, 1e8 + 0.5, 1e8 + 0.75, 1e8 + 1).forEach(large);
 * double variance = large.variance(); // 0.078125
 * }</pre>
 *
 * <h2>Accuracy</h2>
 * {@code mean}, {@code variance}, {@code standardDeviation}, {@code standardError} and {@code totalWeight} are the
 * exact results, correctly rounded, for numbers of any size.
 *
 * <h2>Threads</h2>
 * Not thread-safe: give each thread one of its own and {@link #combine} them, as the collectors of
 * {@link #summarizing(ToDoubleFunction) summarizing} do:
 *
 * <pre>{@code
 * LossStatistics all = Stream.of(0.25, 0.5, 0.75).parallel()
 *         .collect(LossStatistics.summarizing(loss -> loss));
 * double error = all.standardError(); // 0.14433756729740643
 * }</pre>
 *
 * Serialized, it carries the exact sums to another machine; {@link #toBytes} does so without Java serialization.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for a weight that is negative or not finite, and for bytes that are not those of
 * statistics; {@link ArithmeticException} for more than 2^63 - 1 losses; {@link NullPointerException} for null.
 *
 * <h2>Source</h2>
 * T. F. Chan, G. H. Golub, R. J. LeVeque (1983), Algorithms for computing the sample variance: analysis and
 * recommendations, Amer. Statist. 37(3), doi:10.1080/00031305.1983.10483115, for what is lost by rounding. D. F. Gatz,
 * L. Smith (1995), The standard error of a weighted mean concentration I: bootstrapping vs other methods, Atmos.
 * Environ. 29(11), doi:10.1016/1352-2310(94)00210-C, for the standard error, which is that of W. G. Cochran (1977),
 * Sampling Techniques, for a ratio of two sums. A. Klein (2006), A generalized Kahan-Babuska-summation-algorithm,
 * Computing 76, doi:10.1007/s00607-005-0139-x, for the sums.
 */
public final class LossStatistics implements DoubleConsumer, Serializable {

    private static final long serialVersionUID = 1;

    /** None: Java serialization knows the serial form only. Other serializers take the fields as they are. */
    private static final ObjectStreamField[] serialPersistentFields = {};

    /** In messages. */
    private static final String A_NAME = "LossStatistics";

    /** "STAT". */
    private static final int BYTES_BEGIN = 0x53544154;

    private static final byte BYTES_VERSION = 1;

    /** The bytes of statistics but those of the integers, the beginning and the end. */
    private static final int BYTES_BESIDE_INTEGERS = 32 + 4 * Moments.SUMS;

    /** Those of the finite losses; others are there as zeros, for their weight. */
    private final Moments moments;

    private long count;
    private long notFiniteCount;
    /** 0 while there are no losses. */
    private double minimum;

    private double maximum;

    /** Statistics of nothing yet. */
    public LossStatistics() {
        this(Moments.zero());
    }

    private LossStatistics(Moments moments) {
        this.moments = moments;
    }

    /**
     * Takes in a loss of weight 1.
     *
     * @param loss any double
     */
    @Override
    public void accept(double loss) {
        accept(loss, 1);
    }

    /**
     * Takes in a loss with a weight.
     *
     * @param loss   any double
     * @param weight finite and not negative; 0 leaves everything as it was
     * @throws IllegalArgumentException if the weight is not finite or is negative
     */
    public void accept(double loss, double weight) {
        Checks.weight(weight, "weight");
        if (weight != 0) {
            boolean finite = Math.abs(loss) <= Double.MAX_VALUE;
            include(1, finite ? 0 : 1, loss + 0.0, loss + 0.0);
            moments.add(finite ? loss : 0, weight);
        }
    }

    /** Counts losses of which the least and the largest are given. */
    private void include(long losses, long notFinite, double least, double largest) {
        long sum = Math.addExact(count, losses);
        minimum = count == 0 ? least : Math.min(minimum, least);
        maximum = count == 0 ? largest : Math.max(maximum, largest);
        notFiniteCount += notFinite;
        count = sum;
    }

    /**
     * Takes in all that another has taken in; the other stays as it is.
     *
     * @param other other statistics, or these themselves
     * @return this
     */
    public LossStatistics combine(LossStatistics other) {
        Objects.requireNonNull(other, "other");
        if (other.count != 0) {
            include(other.count, other.notFiniteCount, other.minimum, other.maximum);
            moments.add(other.moments);
        }
        return this;
    }

    /**
     * The weighted mean, correctly rounded.
     *
     * @return the sum of weight * loss over the total weight, or 0 if there are no losses
     */
    public double mean() {
        if (count == 0) {
            return 0;
        }
        return notFiniteCount == 0 ? moments.mean() : minimum + maximum;
    }

    /**
     * The weighted mean of the squared distances from the mean, correctly rounded.
     *
     * @return at least 0, and 0 if there are no losses; NaN if a loss is not finite
     */
    public double variance() {
        if (count == 0) {
            return 0;
        }
        return notFiniteCount == 0 ? moments.variance() : Double.NaN;
    }

    /**
     * The root of the exact variance, correctly rounded.
     *
     * @return at least 0, and 0 if there are no losses; NaN if a loss is not finite
     */
    public double standardDeviation() {
        if (count == 0) {
            return 0;
        }
        return notFiniteCount == 0 ? moments.standardDeviation() : Double.NaN;
    }

    /**
     * The standard error of the mean, correctly rounded.
     *
     * @return at least 0; NaN if there are fewer than two losses, or one is not finite
     */
    public double standardError() {
        return count > 1 && notFiniteCount == 0 ? moments.standardError(count) : Double.NaN;
    }

    /**
     * The least loss whose weight was not 0.
     *
     * @return the least loss, 0 if there are none, NaN if one is NaN
     */
    public double minimum() {
        return minimum;
    }

    /**
     * The largest loss whose weight was not 0.
     *
     * @return the largest loss, 0 if there are none, NaN if one is NaN
     */
    public double maximum() {
        return maximum;
    }

    /**
     * The sum of the weights, correctly rounded.
     *
     * @return the total weight
     */
    public double totalWeight() {
        return moments.totalWeight();
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
     * How many losses that counted were NaN or infinite. One of them is enough to make the variance NaN.
     *
     * @return 0 if all were finite, and at most {@link #count}
     */
    public long notFiniteCount() {
        return notFiniteCount;
    }

    /**
     * These statistics as bytes, for a file, a message or a database, on any machine and in any language. Equal
     * statistics give equal bytes, in whatever order and however split their losses were taken in, and others give
     * others. All numbers are big-endian:
     * <pre>
     *     bytes   what
     *     4       0x53544154, "STAT" in ASCII
     *     1       the version, 1
     *     8       {@link #count}
     *     8       {@link #notFiniteCount}
     *     8       {@link #minimum}, the bits of a double, those of NaN as {@link Double#doubleToLongBits} gives them
     *     8       {@link #maximum}, likewise
     *             of each of six exact sums, those of w, w L, w L^2, w^2, w^2 L, w^2 L^2, where a loss L that is not
     *             finite counts as 0:
     *     2         an exponent e
     *     2         how many bytes the integer i has
     *     any       an integer i: the sum is i 2^e. The integer is odd, or i and e are 0. It is in two's complement,
     *               of as few bytes as hold it, at least one, as {@link java.math.BigInteger#toByteArray} gives it
     *     4       the CRC-32 of all bytes before, as {@link java.util.zip.CRC32} gives it
     * </pre>
     * That is some 200 bytes for usual losses, and at most 4,049.
     *
     * @return the bytes, in a new array
     */
    public byte[] toBytes() {
        BigInteger[] sums = moments.toIntegers();
        byte[][] integers = new byte[sums.length][];
        int length = BYTES_BESIDE_INTEGERS;
        for (int i = 0; i < sums.length; i++) {
            integers[i] = sums[i].shiftRight(trailingZeros(sums[i])).toByteArray();
            length += integers[i].length;
        }
        ByteBuffer bytes = Bytes.begin(BYTES_BEGIN, BYTES_VERSION, length)
                .putLong(count)
                .putLong(notFiniteCount)
                .putLong(Double.doubleToLongBits(minimum))
                .putLong(Double.doubleToLongBits(maximum));
        for (int i = 0; i < sums.length; i++) {
            int exponent = sums[i].signum() == 0 ? 0 : trailingZeros(sums[i]) + SumOfProducts.LOWEST_BIT;
            bytes.putShort((short) exponent).putShort((short) integers[i].length).put(integers[i]);
        }
        return Bytes.end(bytes);
    }

    private static int trailingZeros(BigInteger integer) {
        return Math.max(integer.getLowestSetBit(), 0);
    }

    /**
     * The statistics that {@link #toBytes} made the bytes of.
     *
     * @param bytes as they were made
     * @return statistics equal to the others, which can take in more
     * @throws IllegalArgumentException if these are not the bytes of statistics, are damaged, or are of a later version
     */
    public static LossStatistics ofBytes(byte[] bytes) {
        try {
            LossStatistics statistics = ofContents(Bytes.read(bytes, BYTES_BEGIN, BYTES_VERSION, A_NAME));
            boolean undamaged = Arrays.equals(statistics.toBytes(), bytes); // the check sum, among others
            if (undamaged && statistics.isConsistent()) {
                return statistics;
            }
            throw Bytes.damaged(A_NAME, null);
        } catch (BufferUnderflowException e) {
            throw Bytes.damaged(A_NAME, e);
        }
    }

    private static LossStatistics ofContents(ByteBuffer buffer) {
        long count = buffer.getLong();
        long notFiniteCount = buffer.getLong();
        double minimum = buffer.getDouble();
        double maximum = buffer.getDouble();
        BigInteger[] sums = new BigInteger[Moments.SUMS];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = nextSum(buffer);
        }
        LossStatistics statistics = new LossStatistics(Moments.of(sums));
        statistics.count = count;
        statistics.notFiniteCount = notFiniteCount;
        statistics.minimum = minimum + 0.0; // -0.0 is in no bytes
        statistics.maximum = maximum + 0.0;
        return statistics;
    }

    private static BigInteger nextSum(ByteBuffer buffer) {
        int exponent = buffer.getShort();
        BigInteger integer = Bytes.nextInteger(buffer, buffer.getShort() & 0xffff);
        return integer.shiftLeft(exponent - SumOfProducts.LOWEST_BIT);
    }

    /** Whether some losses can have these statistics, as far as results rely on it. */
    private boolean isConsistent() {
        if (!(0 <= notFiniteCount && notFiniteCount <= count && moments.areOf(count))) {
            return false;
        }
        if (count == 0) {
            return minimum == 0 && maximum == 0;
        }
        if (notFiniteCount != 0) {
            return Double.isNaN(minimum) ? Double.isNaN(maximum) : minimum <= maximum && !isFinite();
        }
        return isFinite() && minimum <= mean() && mean() <= maximum;
    }

    /** Whether least and largest loss are finite. */
    private boolean isFinite() {
        return Double.isFinite(minimum) && Double.isFinite(maximum);
    }

    /**
     * Collects a stream's elements into the statistics of their losses.
     *
     * @param <T>  the elements
     * @param loss the loss of an element
     * @return a collector that gives the same bits for a sequential and a parallel stream
     */
    public static <T> Collector<T, ?, LossStatistics> summarizing(ToDoubleFunction<? super T> loss) {
        return summarizing(loss, element -> 1);
    }

    /**
     * Collects a stream's elements into the weighted statistics of their losses.
     *
     * @param <T>    the elements
     * @param loss   the loss of an element
     * @param weight the weight of an element, finite and not negative
     * @return a collector that gives the same bits for a sequential and a parallel stream
     */
    public static <T> Collector<T, ?, LossStatistics> summarizing(
            ToDoubleFunction<? super T> loss, ToDoubleFunction<? super T> weight) {
        Objects.requireNonNull(loss, "loss");
        Objects.requireNonNull(weight, "weight");
        return Collector.of(
                LossStatistics::new,
                (statistics, element) -> statistics.accept(loss.applyAsDouble(element), weight.applyAsDouble(element)),
                LossStatistics::combine,
                Collector.Characteristics.UNORDERED,
                Collector.Characteristics.IDENTITY_FINISH);
    }

    /**
     * Whether two have taken in losses of the same exact sums, counts, minimum and maximum.
     *
     * @param other anything
     * @return true for statistics with the same contents
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof LossStatistics statistics
                && count == statistics.count
                && notFiniteCount == statistics.notFiniteCount
                && Double.compare(minimum, statistics.minimum) == 0
                && Double.compare(maximum, statistics.maximum) == 0
                && moments.equals(statistics.moments);
    }

    @Override
    public int hashCode() {
        return Objects.hash(count, notFiniteCount, minimum, maximum, moments);
    }

    @Override
    public String toString() {
        return "LossStatistics[mean=" + mean() + ", standardError=" + standardError() + ", standardDeviation="
                + standardDeviation() + ", minimum=" + minimum + ", maximum=" + maximum + ", totalWeight="
                + totalWeight() + ", count=" + count
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
        throw new InvalidObjectException("a LossStatistics is read from its serial form only");
    }

    /** The serial form. */
    private static final class Form implements Serializable {

        private static final long serialVersionUID = 1;

        private final byte[] bytes;

        Form(LossStatistics statistics) {
            this.bytes = statistics.toBytes();
        }

        private Object readResolve() throws InvalidObjectException {
            return LossForm.resolve(() -> ofBytes(bytes));
        }
    }
}
