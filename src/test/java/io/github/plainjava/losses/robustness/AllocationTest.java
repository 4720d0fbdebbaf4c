package io.github.plainjava.losses.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Value and gradient of a short row need no memory, those of a long row or a batch 8 KB at the most: measured in a
 * fresh JVM, as a user's is, because the probes of a coverage agent keep HotSpot from inlining, and what would have
 * stayed in registers is then allocated.
 */
class AllocationTest {

    private static final int CALLS = 51;

    /**
     * What HotSpot inlines depends a little on the order in which it happens to compile, and in about one JVM of six it
     * leaves some hundred bytes to one of the calls: each call has this many JVMs to show that it needs none.
     */
    private static final int JVMS = 5;

    /** What a call is allowed, and the least it was seen to need. */
    private record Bytes(long allowed, long needed) {

        static Bytes of(String line) {
            String[] parts = line.split(" ", 3);
            return new Bytes(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
        }

        boolean areEnough() {
            return needed <= allowed;
        }

        Bytes least(Bytes other) {
            return needed <= other.needed ? this : other;
        }
    }

    @TestFactory
    Stream<DynamicTest> noCallNeedsMoreMemoryThanPromised() throws Exception {
        Map<String, Bytes> calls = new LinkedHashMap<>();
        for (int i = 0; i < JVMS && (i == 0 || !calls.values().stream().allMatch(Bytes::areEnough)); i++) {
            for (String line : FreshJvm.run(Allocation.class, "-Xmx1g", "")) {
                calls.merge(line.split(" ", 3)[2], Bytes.of(line), Bytes::least);
            }
        }
        assertThat(calls).hasSize(CALLS);
        return calls.entrySet().stream().map(call -> DynamicTest.dynamicTest(call.getKey(), () ->
                assertThat(call.getValue().needed()).isBetween(0L, call.getValue().allowed())));
    }
}
