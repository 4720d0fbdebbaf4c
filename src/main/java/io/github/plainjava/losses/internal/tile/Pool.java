package io.github.plainjava.losses.internal.tile;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Tiles that are free: to allocate and clear one costs as much as a thousand exponentials. They belong to no thread,
 * because a million virtual threads would keep a million of them; as many as there are processors can be in use at a
 * time, and twice as many places are enough for most threads to find one of their own.
 */
final class Pool {

    private static final int PLACES = 2 * Runtime.getRuntime().availableProcessors();

    /** So far apart lie places that processors use at the same time, which would otherwise share a line of their caches. */
    private static final int SPREAD = 16;

    private static final AtomicReferenceArray<Rows> FREE = new AtomicReferenceArray<>(PLACES * SPREAD);

    private Pool() {}

    /** A free one, or null. */
    static Rows take() {
        return FREE.getAndSet(place(), null);
    }

    static void giveBack(Rows rows) {
        FREE.setRelease(place(), rows);
    }

    private static int place() {
        return (int) (Thread.currentThread().getId() % PLACES) * SPREAD;
    }
}
