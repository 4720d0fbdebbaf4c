package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.ExactVector;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectStreamField;
import java.io.Serializable;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * Sums of vectors that do not round on the way, for gradients that are added up over examples, partitions, threads and
 * machines: the same vectors give the same bits in whatever order they come and however they were split and merged.
 *
 * <pre>{@code
 * ExactSums sums = new ExactSums(2);
 * sums.add(new double[] {1e16, 0.1});
 * sums.add(new double[] {1, 0.2}, 3);         // 3 times the vector
 * sums.add(new double[] {-1e16, 0.3});
 * sums.add(1, new double[] {0.25}, 2);        // twice a number, to the entry 1 alone
 * double[] total = sums.toArray();            // {3.0, 1.5}
 * double added = 1e16 + 3 * 1 - 1e16;         // 4.0, by a plain sum
 * }</pre>
 *
 * Choose it where a training run has to be repeated to the bit although the work is spread differently each time, or
 * where large summands of both signs cancel. For the losses themselves there is {@link LossMean}.
 *
 * <h2>Definition</h2>
 * For calls that add vectors v_r with scales s_r from the entries f_r on (the scale 1 and the entry 0 if not given)
 * <pre>
 *     sum_j = sum of s_r v_r,j-f_r over all r that reach the entry j
 * </pre>
 * The products are not rounded before they are added.
 *
 * <h2>Domain and shapes</h2>
 * Any doubles, as values and as scales. A vector has as many values as there are sums, or lies within them from the
 * entry on that is given with it. There may be no sums at all.
 *
 * <h2>Special values</h2>
 * Entry by entry as in adding up a list: a NaN summand makes the entry NaN, an infinite one makes it infinite, and
 * infinities of both signs make it NaN, as 0 times an infinity does. What else was added to such an entry does not
 * matter any more, nor for {@link #equals}. The scale 0 adds nothing to where the values are finite. An entry beyond
 * the double range is infinite as a result, but the sum goes on: it can come back. No result is -0.0.
 *
 * <h2>How it is computed, and why not the naive form</h2>
 * The sums are kept as arrays of doubles of which each takes what rounding took from the one before. A plain
 * {@code double[]} depends on the order of the vectors and loses digits as the sums grow; an array of
 * {@code BigDecimal} has neither problem, and takes some hundred times as long. Two arrays hold vectors of like size,
 * four their multiples, that is 16 or 32 bytes an entry, and for vectors whose values in one entry are further apart 8
 * bytes come to that for every 53 bits or so. Only products below 2^-900 or from 2^900 on in magnitude, and values from
 * 2^900 on, are added as integers, which is slow and takes some hundred bytes in the entries concerned.
 *
 * <h2>Accuracy</h2>
 * {@code toArray} gives the exact sums, each correctly rounded, for numbers of any size.
 *
 * <h2>Threads</h2>
 * Not thread-safe: give each thread one of its own and {@link #combine} them, as a stream does:
 *
 * <pre>{@code
 * double[] sums = IntStream.range(0, 1000).parallel().mapToObj(i -> new double[] {0.1 * i, 1.0 / (i + 1)})
 *         .collect(() -> new ExactSums(2), ExactSums::add, ExactSums::combine).toArray();
 * double harmonic = sums[1]; // 7.485470860550345
 * }</pre>
 *
 * Serialized, it carries the exact sums to another machine; {@link #toBytes} does so without Java serialization.
 *
 * <h2>Errors</h2>
 * {@link IllegalArgumentException} for a negative size, for vectors that do not lie within the sums, for sums of
 * another size, and for bytes that are not those of sums; {@link NullPointerException} for null;
 * {@link ArithmeticException} for combining with entries beyond 2^6000, which only thousands of combinations of sums
 * with themselves can give. Nothing is added then.
 *
 * <h2>Source</h2>
 * A. Klein (2006), A generalized Kahan-Babuska-summation-algorithm, Computing 76, doi:10.1007/s00607-005-0139-x;
 * S. Boldo, G. Melquiond (2008), Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to
 * odd, IEEE Trans. Comput. 57(4), doi:10.1109/TC.2007.70819.
 */
public final class ExactSums implements Serializable {

    private static final long serialVersionUID = 1;

    /** None: Java serialization knows the serial form only. Other serializers take the fields as they are. */
    private static final ObjectStreamField[] serialPersistentFields = {};

    /** In messages. */
    private static final String A_NAME = "ExactSums";

    /** "SUMS". */
    private static final int BYTES_BEGIN = 0x53554d53;

    private static final byte BYTES_VERSION = 1;

    /** For these -1, -2 and -3 stand where the length of an integer would. */
    private static final double[] NOT_FINITE = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN};

    /** Twice as many as are needed for 2^6044, up to where sums can be combined. */
    private static final int MOST_BYTES = 2048;

    /** So many entries are in the text. */
    private static final int SHOWN = 8;

    private final ExactVector sums;

    /** Private, as serializers call no-argument constructors. */
    private ExactSums() {
        this(0);
    }

    /**
     * Sums of nothing yet.
     *
     * @param size how many
     * @throws IllegalArgumentException if the size is negative
     */
    public ExactSums(int size) {
        if (size < 0) {
            throw new IllegalArgumentException("size = " + size + " is negative");
        }
        this.sums = ExactVector.zero(size);
    }

    /**
     * How many sums there are.
     *
     * @return the size
     */
    public int size() {
        return sums.size();
    }

    /**
     * Adds a vector.
     *
     * @param values any doubles, one for each sum
     * @throws IllegalArgumentException if there are not as many values as sums
     */
    public void add(double[] values) {
        sameSize(values);
        sums.add(0, values);
    }

    /**
     * Adds a vector times a number, without rounding the products.
     *
     * @param values any doubles, one for each sum
     * @param scale  any double
     * @throws IllegalArgumentException if there are not as many values as sums
     */
    public void add(double[] values, double scale) {
        sameSize(values);
        sums.addProducts(0, values, scale);
    }

    /**
     * Adds a vector times a number to some of the sums, without rounding the products: one call for each class, say, if
     * the sums are the gradient of a matrix with a row for each class, the scale is the gradient at the class's logit,
     * and the values are the features of an example.
     *
     * @param from   the sum that the first value goes to
     * @param values any doubles
     * @param scale  any double
     * @throws IllegalArgumentException if there are not as many sums from there on as values
     */
    public void add(int from, double[] values, double scale) {
        Objects.requireNonNull(values, "values");
        if (from < 0 || from > size() - values.length) {
            throw new IllegalArgumentException(
                    "from = " + from + " with " + values.length + " values is not within " + size() + " sums");
        }
        sums.addProducts(from, values, scale);
    }

    private void sameSize(double[] values) {
        Objects.requireNonNull(values, "values");
        if (values.length != size()) {
            throw new IllegalArgumentException("values have the length " + values.length + ", the sums have " + size());
        }
    }

    /**
     * Adds all that another has added; the other stays as it is.
     *
     * @param other sums of the same size, or these themselves
     * @return this
     * @throws IllegalArgumentException if the sizes differ
     * @throws ArithmeticException      if the other has an entry beyond 2^6000
     */
    public ExactSums combine(ExactSums other) {
        Objects.requireNonNull(other, "other");
        if (other.size() != size()) {
            throw new IllegalArgumentException("other has the size " + other.size() + ", this has " + size());
        }
        sums.add(other.sums);
        return this;
    }

    /**
     * The sums, each correctly rounded.
     *
     * @return a new array
     */
    public double[] toArray() {
        double[] rounded = new double[size()];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = sums.toDouble(i);
        }
        return rounded;
    }

    /**
     * These sums as bytes, for a file, a message or a database, on any machine and in any language. Equal sums give
     * equal bytes, in whatever order and however split their vectors were added, and others give others. All numbers
     * are big-endian:
     * <pre>
     *     bytes   what
     *     4       0x53554d53, "SUMS" in ASCII
     *     1       the version, 1
     *     4       {@link #size}
     *             and for each sum:
     *     2       how many bytes its integer has; or 0 if the sum is 0, -1 if it is infinity, -2 if -infinity and -3 if
     *             NaN, and then nothing follows
     *     2       how many bytes of zeros are to be put behind those of the integer
     *     any     the exact sum in units of 2^-2148: an integer in two's complement, without the zeros behind it, of as
     *             few bytes as hold it, as {@link java.math.BigInteger#toByteArray} gives it
     *     4       the CRC-32 of all bytes before, as {@link java.util.zip.CRC32} gives it
     * </pre>
     * That is some 12 bytes a sum for vectors of like size, and some 20 for their multiples.
     *
     * @return the bytes, in a new array
     */
    public byte[] toBytes() {
        byte[][] entries = new byte[size()][];
        int length = Integer.BYTES;
        for (int i = 0; i < entries.length; i++) {
            entries[i] = toBytes(i);
            length = Math.addExact(length, entries[i].length);
        }
        ByteBuffer buffer = Bytes.begin(BYTES_BEGIN, BYTES_VERSION, length).putInt(size());
        for (byte[] entry : entries) {
            buffer.put(entry);
        }
        return Bytes.end(buffer);
    }

    private byte[] toBytes(int entry) {
        double notFinite = sums.notFinite(entry);
        for (int i = 0; i < NOT_FINITE.length; i++) {
            if (Double.compare(notFinite, NOT_FINITE[i]) == 0) {
                return ByteBuffer.allocate(2).putShort((short) (-1 - i)).array();
            }
        }
        BigInteger units = sums.toInteger(entry);
        if (units.signum() == 0) {
            return new byte[2];
        }
        int zeros = units.getLowestSetBit() / Byte.SIZE;
        byte[] integer = units.shiftRight(zeros * Byte.SIZE).toByteArray();
        return ByteBuffer.allocate(4 + integer.length)
                .putShort((short) integer.length)
                .putShort((short) zeros)
                .put(integer)
                .array();
    }

    /**
     * The sums that {@link #toBytes} made the bytes of.
     *
     * @param bytes as they were made
     * @return sums equal to the others, to which more can be added
     * @throws IllegalArgumentException if these are not the bytes of sums, are damaged, or are of a later version
     */
    public static ExactSums ofBytes(byte[] bytes) {
        try {
            ExactSums read = ofContents(Bytes.read(bytes, BYTES_BEGIN, BYTES_VERSION, A_NAME));
            if (!Arrays.equals(read.toBytes(), bytes)) { // the check sum, among others
                throw Bytes.damaged(A_NAME, null);
            }
            return read;
        } catch (BufferUnderflowException e) {
            throw Bytes.damaged(A_NAME, e);
        }
    }

    private static ExactSums ofContents(ByteBuffer buffer) {
        int size = buffer.getInt();
        if (size < 0 || size > buffer.remaining() / 2) {
            throw Bytes.damaged(A_NAME, null);
        }
        ExactSums read = new ExactSums(size);
        for (int i = 0; i < size; i++) {
            int length = buffer.getShort();
            if (length < -NOT_FINITE.length) {
                throw Bytes.damaged(A_NAME, null);
            }
            if (length > 0) {
                read.sums.addUnits(i, nextInteger(buffer, length));
            } else if (length < 0) {
                read.sums.add(i, new double[] {NOT_FINITE[-1 - length]});
            }
        }
        return read;
    }

    private static BigInteger nextInteger(ByteBuffer buffer, int length) {
        int zeros = buffer.getShort();
        if (zeros < 0 || length + zeros > MOST_BYTES) {
            throw Bytes.damaged(A_NAME, null);
        }
        return Bytes.nextInteger(buffer, length).shiftLeft(zeros * Byte.SIZE);
    }

    /**
     * Whether others are the same exact sums.
     *
     * @param other anything
     * @return true for sums of which each is the same, whatever was added to come to it
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof ExactSums that && Arrays.equals(toBytes(), that.toBytes());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(toBytes());
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("ExactSums[size=" + size() + ", sums=[");
        for (int i = 0; i < Math.min(size(), SHOWN); i++) {
            text.append(i == 0 ? "" : ", ").append(sums.toDouble(i));
        }
        return text.append(size() > SHOWN ? ", ...]]" : "]]").toString();
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
        throw new InvalidObjectException("an ExactSums is read from its serial form only");
    }

    /** The serial form. */
    private static final class Form implements Serializable {

        private static final long serialVersionUID = 1;

        private final byte[] bytes;

        Form(ExactSums sums) {
            this.bytes = sums.toBytes();
        }

        private Object readResolve() throws InvalidObjectException {
            return LossForm.resolve(() -> ofBytes(bytes));
        }
    }
}
