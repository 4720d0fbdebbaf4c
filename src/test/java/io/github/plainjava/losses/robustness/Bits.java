package io.github.plainjava.losses.robustness;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A hash over the bits of numbers. Every NaN counts as the same, because the language leaves the bits of a computed
 * NaN to the processor.
 */
final class Bits {

    private final MessageDigest digest;
    private final ByteBuffer buffer = ByteBuffer.allocate(8192);

    Bits() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    void add(long bits) {
        if (buffer.remaining() < Long.BYTES) {
            flush();
        }
        buffer.putLong(bits);
    }

    void add(double x) {
        add(Double.doubleToLongBits(x));
    }

    void add(double[] row) {
        add((long) row.length);
        for (double x : row) {
            add(x);
        }
    }

    void add(boolean yes) {
        add(yes ? 1L : 0L);
    }

    /** Two ways to the same numbers: the numbers, and whether they are the same, which spares half of the hashing. */
    void addBoth(double[] row, double[] again) {
        add(row);
        add(Arrays.equals(row, again));
    }

    private void flush() {
        digest.update(buffer.flip());
        buffer.clear();
    }

    /** The hash of all that was added. */
    String hash() {
        flush();
        return HexFormat.of().formatHex(digest.digest());
    }
}
