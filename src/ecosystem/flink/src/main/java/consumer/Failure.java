package consumer;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/** Lets numbers through, and fails once: when there is a checkpoint to go back to, and more has come since. */
final class Failure implements MapFunction<Long, Long>, CheckpointedFunction, CheckpointListener {

    /** The number at which it failed, and the first after that; -1 for none. */
    static final AtomicLong FAILED_AT = new AtomicLong(-1);
    static final AtomicLong WENT_BACK_TO = new AtomicLong(-1);

    private static final long serialVersionUID = 1;
    private static final int MORE = 50;

    private long seen;
    private long seenAtSnapshot;
    private long seenAtCheckpoint;

    @Override
    public Long map(Long number) {
        seen++;
        if (FAILED_AT.get() >= 0) {
            WENT_BACK_TO.compareAndSet(-1, number);
        } else if (seenAtCheckpoint > 0 && seen >= seenAtCheckpoint + MORE) {
            FAILED_AT.set(number);
            throw new IllegalStateException("meant to fail");
        }
        return number;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {
        seenAtSnapshot = seen;
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) {
        seenAtCheckpoint = seenAtSnapshot;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {
        // what it counts is of this try only
    }
}
