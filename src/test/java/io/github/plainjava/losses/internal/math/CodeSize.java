package io.github.plainjava.losses.internal.math;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;

/** How many bytecodes a method has, from its class file: HotSpot decides by that what it takes into the callers. */
final class CodeSize {

    private static final int MAGIC = 0xCAFEBABE;

    private final DataInputStream in;
    private final String[] text;

    private CodeSize(DataInputStream in) throws IOException {
        this.in = in;
        if (in.readInt() != MAGIC) {
            throw new IOException("not a class file");
        }
        in.skipNBytes(4); // version
        text = new String[in.readUnsignedShort()];
        readConstants();
        in.skipNBytes(6); // access, this class, its superclass
        in.skipNBytes(2L * in.readUnsignedShort()); // interfaces
    }

    /** Of the only method of a class that has this name and descriptor. */
    static int of(Class<?> type, String name, String descriptor) {
        try (InputStream file = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            CodeSize code = new CodeSize(new DataInputStream(file));
            code.find(null, null); // fields
            return code.find(name, descriptor);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void readConstants() throws IOException {
        for (int i = 1; i < text.length; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> text[i] = in.readUTF();
                case 5, 6 -> {
                    in.skipNBytes(8);
                    i++; // long and double count twice
                }
                case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
                case 15 -> in.skipNBytes(3);
                default -> in.skipNBytes(4);
            }
        }
    }

    /** Goes through the fields or the methods; the length of the code of the one that is looked for, or -1. */
    private int find(String name, String descriptor) throws IOException {
        for (int members = in.readUnsignedShort(); members > 0; members--) {
            in.skipNBytes(2); // access
            boolean found = text[in.readUnsignedShort()].equals(name) & text[in.readUnsignedShort()].equals(descriptor);
            for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
                boolean isCode = text[in.readUnsignedShort()].equals("Code");
                int size = in.readInt();
                if (found && isCode) {
                    in.skipNBytes(4); // stack and locals
                    return in.readInt();
                }
                in.skipNBytes(size);
            }
        }
        return -1;
    }
}
