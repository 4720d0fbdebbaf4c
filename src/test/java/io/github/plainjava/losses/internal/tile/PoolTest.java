package io.github.plainjava.losses.internal.tile;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;

/** Whoever takes rows has them alone, and they serve again. */
class PoolTest {

    private static final int PLACES = 2 * Runtime.getRuntime().availableProcessors();

    @Test
    void rowsThatAreGivenBackServeAgain() {
        Rows first = Rows.take();
        first.giveBack();
        Rows second = Rows.take();
        assertThat(second).isSameAs(first);
        second.giveBack();
    }

    @Test
    void whoTakesTwoHasTwo() {
        Rows outer = Rows.take();
        Rows inner = Rows.take();
        Rows third = Rows.take();
        assertThat(inner).isNotSameAs(outer);
        assertThat(third).isNotSameAs(outer).isNotSameAs(inner);
        assertThat(inner.tile).isNotSameAs(outer.tile);
        third.giveBack();
        inner.giveBack();
        outer.giveBack();
        Rows next = Rows.take();
        assertThat(next).as("the last that was given back").isSameAs(outer);
        assertThat(Rows.take()).as("one place, one tile").isNotSameAs(inner).isNotSameAs(third).isNotSameAs(outer);
        next.giveBack();
    }

    @Test
    void whoTookRowsIsNotKeptByThem() {
        Rows rows = Rows.take();
        rows.beginAlone(new double[3], null, 1, new double[3]);
        rows.targets = new double[3];
        rows.giveBack();
        assertThat(rows.predictions).isNull();
        assertThat(rows.targets).isNull();
        assertThat(rows.labels).isNull();
        assertThat(rows.gradient).isNull();
    }

    /** More threads than places, so that several have the same. */
    @Test
    void twoThreadsNeverShareATile() throws Exception {
        int threads = 3 * PLACES + 1;
        Set<Rows> inUse = ConcurrentHashMap.newKeySet();
        CountDownLatch start = new CountDownLatch(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> all = new ArrayList<>();
        try {
            for (int i = 0; i < threads; i++) {
                int stamp = i;
                all.add(pool.submit(() -> {
                    start.countDown();
                    start.await();
                    for (int round = 0; round < 3000; round++) {
                        Rows rows = Rows.take();
                        assertThat(inUse.add(rows)).as("nobody else has it").isTrue();
                        rows.tile.loss[0] = stamp;
                        if (round % 64 == 0) {
                            Thread.yield();
                        }
                        assertThat(rows.tile.loss[0]).isEqualTo(stamp);
                        inUse.remove(rows);
                        rows.giveBack();
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void noMemoryIsKeptForEachThread() throws Exception {
        Set<Rows> taken = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
        for (int i = 0; i < 50 * PLACES; i++) {
            Thread thread = new Thread(() -> {
                Rows rows = Rows.take();
                taken.add(rows);
                rows.giveBack();
            });
            thread.start();
            thread.join();
        }
        assertThat(taken.size()).isLessThanOrEqualTo(2 * PLACES); // other threads of this JVM may use places meanwhile
        AtomicReferenceArray<?> free = free();
        int kept = 0;
        for (int i = 0; i < free.length(); i++) {
            kept += free.get(i) == null ? 0 : 1;
        }
        assertThat(kept).isBetween(1, PLACES);
    }

    private static AtomicReferenceArray<?> free() throws ReflectiveOperationException {
        Field field = Pool.class.getDeclaredField("FREE");
        field.setAccessible(true);
        return (AtomicReferenceArray<?>) field.get(null);
    }
}
