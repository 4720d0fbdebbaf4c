package consumer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes a linear model in the format of ONNX, which is Protocol Buffers: logits = pixels * weights^T + constants, and
 * their softmax, for any number of rows. The numbers are those of the fields in onnx.proto.
 */
final class Onnx {

    private static final int FLOAT = 1;
    private static final int ATTRIBUTE_INT = 2;
    private static final int IR_VERSION = 8;
    private static final int OPERATORS_VERSION = 17;

    static byte[] linear(float[] weights, float[] constants, int inputs, int outputs) {
        Message linear = new Message()
                .text(1, "pixels").text(1, "weights").text(1, "constants").text(2, "logits").text(4, "Gemm")
                .message(5, new Message().text(1, "transB").number(3, 1).number(20, ATTRIBUTE_INT));
        Message softmax = new Message().text(1, "logits").text(2, "probabilities").text(4, "Softmax");
        Message graph = new Message()
                .message(1, linear)
                .message(1, softmax)
                .text(2, "linear")
                .message(5, tensor("weights", weights, outputs, inputs))
                .message(5, tensor("constants", constants, outputs))
                .message(11, rows("pixels", inputs))
                .message(12, rows("logits", outputs))
                .message(12, rows("probabilities", outputs));
        return new Message()
                .number(1, IR_VERSION)
                .message(7, graph)
                .message(8, new Message().number(2, OPERATORS_VERSION))
                .bytes();
    }

    private static Message tensor(String name, float[] values, int... dimensions) {
        Message tensor = new Message();
        for (int dimension : dimensions) {
            tensor.number(1, dimension);
        }
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return tensor.number(2, FLOAT).text(8, name).bytes(9, raw.array());
    }

    /** The type of an input or output that has any number of rows. */
    private static Message rows(String name, int columns) {
        Message shape = new Message()
                .message(1, new Message().text(2, "rows"))
                .message(1, new Message().number(1, columns));
        Message tensorType = new Message().number(1, FLOAT).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, tensorType));
    }

    /** A message of Protocol Buffers: fields in the order in which they are written. */
    private static final class Message {

        private static final int NUMBER = 0;
        private static final int BYTES = 2;

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            variable(field << 3 | NUMBER);
            variable(value);
            return this;
        }

        Message bytes(int field, byte[] value) {
            variable(field << 3 | BYTES);
            variable(value.length);
            out.writeBytes(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.bytes());
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        /** Seven bits a byte, the lowest first, and a mark on all but the last. */
        private void variable(long value) {
            long rest = value;
            while (rest >>> 7 != 0) {
                out.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }
    }

    private Onnx() {
    }
}
