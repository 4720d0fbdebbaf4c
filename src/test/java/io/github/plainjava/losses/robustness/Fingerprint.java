package io.github.plainjava.losses.robustness;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A hash over the bits that the library gives for a large fixed set of inputs, part by part. It must be the same on
 * every JVM, processor and compiler of the JVM.
 *
 * <p>After {@code mvn -q test-compile}, any JDK from 17 on prints it by
 *
 * <pre>java -cp target/classes:target/test-classes io.github.plainjava.losses.robustness.Fingerprint</pre>
 *
 * <p>and what it prints is {@code src/test/resources/io/github/plainjava/losses/robustness/fingerprint.txt}, to be
 * written anew only when bits are meant to change.
 */
public final class Fingerprint {

    /** Beyond the longest row that others lie beside. */
    private static final int LONGEST_CONSECUTIVE = 130;
    private static final int SHORT = 32;
    private static final int ROWS_OF_EACH_SHORT_LENGTH = 3;
    private static final int ELEMENTS_OF_A_BATCH = 100;

    private Fingerprint() {}

    /**
     * Prints it.
     *
     * @param arguments not used
     */
    public static void main(String[] arguments) {
        lines().forEach(System.out::println);
    }

    /** A line a part: its hash and its name. */
    static List<String> lines() {
        int[] lengths = IntStream.concat(
                        IntStream.concat(IntStream.rangeClosed(1, LONGEST_CONSECUTIVE), IntStream.of(200, 256, 257, 300, 1000, 1025, 5000)),
                        IntStream.range(0, SHORT * ROWS_OF_EACH_SHORT_LENGTH).map(i -> 1 + i % SHORT))
                .toArray();
        int[] columns = IntStream.concat(IntStream.rangeClosed(1, SHORT + 1), IntStream.of(64, 100, 300)).toArray();
        Workload workload = new Workload(lengths, columns, ELEMENTS_OF_A_BATCH);
        return workload.parts().entrySet().stream().map(part -> hash(part.getValue()) + "  " + part.getKey()).toList();
    }

    static String hash(Consumer<Bits> part) {
        Bits bits = new Bits();
        part.accept(bits);
        return bits.hash();
    }
}
