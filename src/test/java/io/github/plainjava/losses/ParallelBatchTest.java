package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who computes which rows of a parallel batch, and who waits for whom: whoever is late, the result is the same. */
@Timeout(60)
class ParallelBatchTest {

    private static final int COLUMNS = 4;
    private static final int ROWS = 20_000;
    private static final double[] PREDICTIONS = numbers(0.5);
    private static final double[] TARGETS = numbers(0.25);
    private static final long A_WHILE = 30;

    private final Thread caller = Thread.currentThread();
    private final CountDownLatch helperHasBegun = new CountDownLatch(1);

    @Test
    void aCallerWhoIsLateFindsTheWorkDone() {
        AtomicBoolean first = new AtomicBoolean(true);

        assertSameAsAlone((prediction, target, gradient) -> {
            if (isCaller() && first.getAndSet(false)) {
                sleep();
            }
            return squares(prediction, target, gradient);
        });
    }

    @Test
    void aHelperWhoIsLateIsWaitedFor() {
        AtomicBoolean first = new AtomicBoolean(true);

        assertSameAsAlone((prediction, target, gradient) -> {
            if (isCaller()) {
                await(helperHasBegun);
            } else if (first.getAndSet(false)) {
                helperHasBegun.countDown();
                sleep();
            }
            return squares(prediction, target, gradient);
        });
    }

    @Test
    void withoutAFreeHelperTheCallerComputesAll() {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(ForkJoinPool.getCommonPoolParallelism());
        for (long i = blocked.getCount(); i > 0; i--) {
            ForkJoinPool.commonPool().execute(() -> {
                blocked.countDown();
                await(release);
            });
        }
        await(blocked);
        try {
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            assertSameAsAlone((prediction, target, gradient) -> {
                threads.add(Thread.currentThread());
                return squares(prediction, target, gradient);
            });
            assertThat(threads).containsExactly(caller);
        } finally {
            release.countDown();
        }
    }

    @Test
    void noGradientIsWrittenAfterTheCallersErrorWasThrown() {
        AtomicInteger calls = new AtomicInteger();
        double[] gradient = new double[PREDICTIONS.length];

        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> batch((prediction, target, slope) -> {
            calls.getAndIncrement();
            if (isCaller()) {
                await(helperHasBegun);
                throw new IllegalStateException("the caller's");
            }
            if (helperHasBegun.getCount() > 0) {
                helperHasBegun.countDown();
                sleep();
            }
            return squares(prediction, target, slope);
        }).parallel().valueAndGradient(PREDICTIONS, TARGETS, gradient)).withMessage("the caller's");

        int callsThen = calls.get();
        double[] gradientThen = gradient.clone();
        sleep();
        assertThat(calls).hasValue(callsThen).hasValueLessThan(ROWS / 2);
        Bits.assertSame(gradient, gradientThen);
    }

    @Test
    void aHelpersErrorIsThrown() {
        AtomicInteger calls = new AtomicInteger();

        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> batch((prediction, target, slope) -> {
            calls.getAndIncrement();
            if (isCaller()) {
                await(helperHasBegun);
                sleepOnce();
                return squares(prediction, target, slope);
            }
            helperHasBegun.countDown();
            throw new IllegalStateException("a helper's");
        }).parallel().value(PREDICTIONS, TARGETS)).withMessageContaining("a helper's");

        assertThat(calls).hasValueLessThan(ROWS / 2); // the caller did not begin another piece
    }

    private final AtomicBoolean hasSlept = new AtomicBoolean();

    private void sleepOnce() {
        if (!hasSlept.getAndSet(true)) {
            sleep();
        }
    }

    private static void assertSameAsAlone(LossFunction loss) {
        Batch batch = batch(loss);
        double[] gradient = new double[PREDICTIONS.length];
        double[] expected = new double[PREDICTIONS.length];

        double value = batch.parallel().valueAndGradient(PREDICTIONS, TARGETS, gradient);
        Bits.assertSame(value, batch(ParallelBatchTest::squares).valueAndGradient(PREDICTIONS, TARGETS, expected));
        Bits.assertSame(gradient, expected);
    }

    private static Batch batch(LossFunction loss) {
        return Batch.of(loss, COLUMNS);
    }

    private static double squares(double[] prediction, double[] target, double[] gradient) {
        return new MeanSquaredError().valueAndGradient(prediction, target, gradient);
    }

    private boolean isCaller() {
        return Thread.currentThread() == caller;
    }

    private static void sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(A_WHILE);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double[] numbers(double step) {
        double[] numbers = new double[ROWS * COLUMNS];
        Arrays.setAll(numbers, i -> (i % 7 - 3) * step);
        return numbers;
    }
}
