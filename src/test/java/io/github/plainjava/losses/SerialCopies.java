package io.github.plainjava.losses;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;

/** Objects that went through a stream of bytes and back. */
final class SerialCopies {

    private SerialCopies() {
    }

    @SuppressWarnings("unchecked")
    static <T> T of(T original) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(original);
            }
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                return (T) in.readObject();
            }
        } catch (IOException | ClassNotFoundException failure) {
            throw new AssertionError("not serializable", failure);
        }
    }
}
