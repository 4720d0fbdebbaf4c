package io.github.plainjava.losses;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.CRC32;

/** What the bytes of sums begin and end with: what they are of, a version, and a check sum. */
final class Bytes {

    /** How many bytes {@link #begin} and {@link #end} put. */
    static final int FRAME = 9;

    private Bytes() {}

    /** A buffer for that many bytes between the beginning and the end. */
    static ByteBuffer begin(int name, byte version, int length) {
        return ByteBuffer.allocate(FRAME + length).putInt(name).put(version);
    }

    /** The bytes, with the check sum of all of them. */
    static byte[] end(ByteBuffer buffer) {
        CRC32 check = new CRC32();
        check.update(buffer.array(), 0, buffer.position());
        return buffer.putInt((int) check.getValue()).array();
    }

    /** What stands after the beginning, which is checked. */
    static ByteBuffer read(byte[] bytes, int name, byte version, String type) {
        Objects.requireNonNull(bytes, "bytes");
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (buffer.getInt() != name) {
            throw new IllegalArgumentException("these are not the bytes of " + type);
        }
        int itsVersion = buffer.get() & 0xff;
        if (itsVersion > version) {
            throw new IllegalArgumentException("these bytes of " + type + " are of version " + itsVersion
                    + ", and this library knows versions up to " + version);
        }
        return buffer;
    }

    /** An integer in two's complement of the next few bytes, at least one. */
    static BigInteger nextInteger(ByteBuffer buffer, int length) {
        if (length == 0 || length > buffer.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return new BigInteger(bytes);
    }

    static IllegalArgumentException damaged(String type, Throwable cause) {
        return new IllegalArgumentException("these bytes of " + type + " are damaged or cut short", cause);
    }
}
