package io.github.plainjava.losses.robustness;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;

/** Objects to bytes and back. */
final class Serial {

    /** As a reader who does not trust a stream does: the JVM makes an array before it reads what is in it. */
    private static final ObjectInputFilter BOUNDED =
            ObjectInputFilter.Config.createFilter("maxarray=100000;maxbytes=1000000");

    private Serial() {}

    static byte[] write(Object object) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream stream = new ObjectOutputStream(bytes)) {
            stream.writeObject(object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static Object read(byte[] bytes) throws IOException, ClassNotFoundException {
        try (ObjectInputStream stream = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            stream.setObjectInputFilter(BOUNDED);
            return stream.readObject();
        }
    }
}
