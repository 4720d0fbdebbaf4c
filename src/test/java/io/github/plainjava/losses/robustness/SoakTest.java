package io.github.plainjava.losses.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that share every loss, batch and input get the bits of a thread that is alone. */
class SoakTest {

    private static final int THREADS = 8;
    private static final int ROUNDS = 4;

    @Test
    @Timeout(120)
    void eightThreadsOnSharedLossesGetTheBitsOfOne() throws Exception {
        int[] lengths = IntStream.concat(IntStream.rangeClosed(1, 40), IntStream.of(100, 129, 700)).toArray();
        Workload workload = new Workload(lengths, new int[] {1, 2, 3, 10, 31, 100}, 500);
        Map<String, String> alone = hashes(workload, new Random(0));

        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            CountDownLatch start = new CountDownLatch(THREADS);
            List<Future<List<Map<String, String>>>> results = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Random order = new Random(thread);
                results.add(pool.submit(() -> {
                    start.countDown();
                    start.await();
                    List<Map<String, String>> rounds = new ArrayList<>();
                    for (int round = 0; round < ROUNDS; round++) {
                        rounds.add(hashes(workload, order));
                    }
                    return rounds;
                }));
            }
            for (Future<List<Map<String, String>>> result : results) {
                assertThat(result.get()).hasSize(ROUNDS).containsOnly(alone);
            }
        } finally {
            pool.shutdownNow();
            assertThat(pool.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    /** The hash of each part, the parts taken in random order, so that the threads do different things at a time. */
    private static Map<String, String> hashes(Workload workload, Random order) {
        List<Map.Entry<String, Consumer<Bits>>> parts = new ArrayList<>(workload.parts().entrySet());
        Collections.shuffle(parts, order);
        Map<String, String> hashes = new TreeMap<>();
        parts.forEach(part -> hashes.put(part.getKey(), Fingerprint.hash(part.getValue())));
        return hashes;
    }
}
