package consumer;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;

/** Lets numbers through, and fails once, when there is a checkpoint to go back to and more has been seen since. */
final class Failure extends RichMapFunction<Long, Long> implements CheckpointListener {

    static final AtomicBoolean FAILED = new AtomicBoolean();
    /** The first number that came after the failure. */
    static final AtomicLong FIRST_AFTER = new AtomicLong(Long.MAX_VALUE);

    private static final long serialVersionUID = 1;
    private static final int AT_LEAST = 300;

    private boolean checkpointed;
    private int since;

    @Override
    public Long map(Long number) {
        if (FAILED.get()) {
            FIRST_AFTER.accumulateAndGet(number, Math::min);
        } else if (checkpointed && ++since > AT_LEAST && FAILED.compareAndSet(false, true)) {
            throw new IllegalStateException("meant to fail");
        }
        return number;
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) {
        checkpointed = true;
    }
}
