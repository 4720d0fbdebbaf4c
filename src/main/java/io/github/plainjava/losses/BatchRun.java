package io.github.plainjava.losses;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.ExactSum;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Rows;
import io.github.plainjava.losses.internal.tile.Tile;
import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One call of a {@link Batch}. All rows that count are checked first, and their weights added up; then they are
 * computed, as many at a time as a tile takes.
 */
final class BatchRun {

    /** Up to here a thread that wakes up would find little left to do. */
    private static final int FEW_VALUES = 1 << 15;

    /** A piece of a parallel batch has about this many values: some ten microseconds. */
    private static final int VALUES_A_PIECE = 1 << 13;

    /** How often to ask whether a piece is done, before sleeping until it is: some tens of microseconds. */
    private static final int SPINS = 1 << 10;

    // Total weights in this range, and weights in that, are divided as they are; from others powers of two are taken off.
    private static final double LEAST_TOTAL = 0x1p-50;
    private static final double LARGEST_TOTAL = 0x1p400;
    private static final double LEAST_WEIGHT = 0x1p-500;
    private static final double LARGEST_WEIGHT = 0x1p250;

    /** Sums of weights below this power of two are looked at through the other. */
    private static final double SMALL = 0x1p-900;

    private static final int LIFT = 1200;

    /** Two to this power is the most that a loss multiplies its gradient by; what is more comes in the end. */
    private static final int LARGEST_POWER = 300;

    private final Batch batch;
    private final double[] predictions;
    private final double[] targets;
    private final int[] labels;
    private final int rows;

    /** What receives the gradients, or null. */
    private double[] gradient;

    /** What receives each row's loss times its sample weight, or null. */
    private double[] losses;

    // What gradients are divided by: (divisor + divisorTail) 2^power, the first next to 1 if there is a power.
    private double divisor = 1;
    private double divisorTail;
    private int power;

    /** Of predictions laid out as the batch has it, and target arrays or labels. */
    BatchRun(Batch batch, double[] predictions, double[] targets, int[] labels) {
        this.batch = batch;
        this.predictions = predictions;
        this.targets = targets;
        this.labels = labels;
        this.rows = predictions.length / batch.columns;
    }

    /** The exact sums over the rows. */
    LossMean lossMean() {
        LossMean mean = new LossMean();
        check(mean);
        return compute(mean);
    }

    /** The mean, or the sum, over the rows, and its gradient. */
    double valueAndGradient(double[] itsGradient) {
        gradient = itsGradient;
        LossMean mean = new LossMean();
        check(mean);
        if (batch.summed) {
            return compute(mean).sum();
        }
        ExactSum totalWeight = mean.exactTotalWeight();
        if (totalWeight.signum() == 0) {
            Arrays.fill(gradient, 0);
            return 0;
        }
        divideBy(totalWeight);
        return compute(mean).mean();
    }

    /** Each row's loss times its sample weight; 0 for a row that does not count. */
    double[] perRow() {
        losses = new double[rows];
        lossMean();
        return losses;
    }

    private double weight(int r) {
        if (isIgnored(r)) {
            return 0;
        }
        return batch.sampleWeights == null ? 1 : batch.sampleWeights[r];
    }

    private boolean isIgnored(int r) {
        return batch.ignored != null && Arrays.binarySearch(batch.ignored, labels[r]) >= 0;
    }

    /** Checks all rows that count, and adds up their weights. */
    private void check(LossMean mean) {
        RowLoss rowLoss = batch.loss instanceof RowLoss row ? row : null;
        if (batch.sampleWeights == null && rowLoss != null && rowLoss.weighsOne(labels != null)) {
            mean.addWeight(1, check(rowLoss, 0, rows, null));
            return;
        }
        Rows scratch = Rows.take();
        double[] mass = scratch.tile.loss;
        for (int from = 0; from < rows; from += Tile.LANES) {
            int to = Math.min(rows - from, Tile.LANES) + from;
            int count = check(rowLoss, from, to, mass);
            if (batch.sampleWeights == null) {
                mean.addWeights(mass, count);
            }
            for (int r = from, i = 0; batch.sampleWeights != null && r < to; r++) {
                if (weight(r) != 0) {
                    mean.addWeight(weight(r), mass[i++]);
                }
            }
        }
        scratch.giveBack();
    }

    /** Checks rows that count, and finds what their targets weigh. How many they are. */
    private int check(RowLoss rowLoss, int from, int to, double[] mass) {
        int count = 0;
        for (int r = from; r < to; r++) {
            double weight = weight(r);
            if (labels != null && (weight != 0 || !isIgnored(r))) {
                Checks.labelOfBatch(labels[r], batch.columns, r);
            }
            if (weight != 0) {
                if (mass != null) {
                    mass[count] = rowLoss == null ? foreignMass(r) : checkedMass(rowLoss, r);
                } else {
                    rowLoss.checkRow(predictions, targets, r * batch.columns, batch.columns, r);
                }
                count++;
            }
        }
        return count;
    }

    private double checkedMass(RowLoss rowLoss, int r) {
        int label = labels == null ? RowLoss.NO_LABEL : labels[r];
        return rowLoss.checkedMass(predictions, targets, r * batch.columns, batch.columns, label, r);
    }

    /** What the target of a row weighs by itself, to a loss from outside. */
    private double foreignMass(int r) {
        int from = r * batch.columns;
        double mass = labels == null
                ? batch.loss.weight(Arrays.copyOfRange(targets, from, from + batch.columns))
                : ((ClassificationLoss) batch.loss).weight(labels[r]);
        if (!Checks.isWeight(mass)) {
            throw Checks.noWeight(mass, "row " + r + ": weight of the target");
        }
        return mass;
    }

    private void divideBy(ExactSum totalWeight) {
        double rounded = totalWeight.toDouble();
        boolean inRange = rounded >= LEAST_TOTAL && rounded <= LARGEST_TOTAL;
        power = inRange ? 0 : exponent(totalWeight);
        ExactSum inReach = power == 0 ? totalWeight : totalWeight.scaled(-power);
        divisor = inReach.toDouble();
        divisorTail = inReach.less(divisor);
    }

    /** That of a sum beyond the double range will do too, but not one of 0 for a sum below it. */
    private static int exponent(ExactSum sum) {
        double rounded = sum.toDouble();
        return rounded >= SMALL
                ? Math.getExponent(rounded)
                : Math.getExponent(sum.scaled(LIFT).toDouble()) - LIFT;
    }

    private LossMean compute(LossMean mean) {
        if (batch.parallel && (long) rows * batch.columns > FEW_VALUES) {
            computeInParallel(mean);
        } else {
            compute(0, rows, mean);
        }
        return mean;
    }

    /**
     * The calling thread and helpers in the common pool take piece after piece of the rows until none is left. Sums are
     * exact, so it does not matter who takes which. If rows were halved and one half forked, the caller would run out
     * of work while a helper that woke up late goes through its half, and to wake up takes as long as 32,000 values.
     */
    private void computeInParallel(LossMean mean) {
        AtomicLong next = new AtomicLong();
        Share own = new Share(next);
        Share[] helpers = new Share[Math.min(ForkJoinPool.getCommonPoolParallelism(), (rows - 1) / own.size)];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Share(next);
            helpers[i].fork();
        }
        try {
            mean.combine(own.compute());
        } finally {
            for (int i = helpers.length - 1; i >= 0; i--) {
                helpers[i].await(); // also after an error: it is not thrown while somebody writes a gradient
            }
        }
        for (Share helper : helpers) {
            mean.combine(helper.join());
        }
    }

    /** The pieces that one thread takes. */
    private final class Share extends RecursiveTask<LossMean> {

        private static final long serialVersionUID = 1;

        /** The first row that nobody has taken; as more are asked for than there are, it may be beyond all integers. */
        private final AtomicLong next;
        private final int size = Math.max(1, VALUES_A_PIECE / batch.columns);
        private volatile boolean begun;

        Share(AtomicLong next) {
            this.next = next;
        }

        @Override
        protected LossMean compute() {
            begun = true;
            LossMean mean = new LossMean();
            try {
                for (long from = next.getAndAdd(size); from < rows; from = next.getAndAdd(size)) {
                    BatchRun.this.compute((int) from, (int) Math.min(rows, from + size), mean);
                }
                return mean;
            } finally {
                next.set(rows); // after an error, nobody begins another piece
            }
        }

        /** Who has begun has less than a piece left to do. To sleep until it is done would take longer than the piece. */
        void await() {
            for (int i = 0; begun && !isDone() && i < SPINS; i++) {
                Thread.onSpinWait();
            }
            quietlyJoin();
        }
    }

    private void compute(int from, int to, LossMean mean) {
        if (batch.loss instanceof RowLoss rowLoss) {
            compute(rowLoss, from, to, mean);
        } else {
            computeForeign(from, to, mean);
        }
    }

    private void compute(RowLoss rowLoss, int from, int to, LossMean mean) {
        Rows inTile = takeRows();
        for (int r = from; r < to; ) {
            r = fill(inTile, r, to);
            if (inTile.count == 0) {
                break;
            }
            setScales(inTile);
            rowLoss.compute(inTile);
            inTile.grow();
            takeLosses(inTile, mean);
        }
        inTile.giveBack();
        for (int r = from; (batch.sampleWeights != null || batch.ignored != null) && r < to; r++) {
            if (weight(r) == 0) {
                clearGradient(r);
            }
        }
    }

    private Rows takeRows() {
        Rows inTile = Rows.take();
        inTile.predictions = predictions;
        inTile.targets = targets;
        inTile.labels = labels;
        inTile.gradient = gradient;
        inTile.columns = batch.columns;
        return inTile;
    }

    /** Puts rows that count into the tile, as many as it takes. Where the next ones begin. */
    private int fill(Rows inTile, int from, int to) {
        int[] number = inTile.tile.number;
        int atOnce = Rows.atOnce(batch.columns, to - from);
        int count = 0;
        int r = from;
        for (; r < to && count < atOnce; r++) {
            if (weight(r) != 0) {
                number[count] = r;
                count++;
            }
        }
        inTile.begin(count);
        return r;
    }

    private void clearGradient(int r) {
        if (gradient != null) {
            Arrays.fill(gradient, r * batch.columns, (r + 1) * batch.columns, 0);
        }
    }

    private void setScales(Rows inTile) {
        Tile w = inTile.tile;
        if (gradient == null) {
            return;
        }
        for (int i = 0; i < inTile.count; i++) {
            if (i > 0 && batch.sampleWeights == null) {
                w.scale.head[i] = w.scale.head[0];
                w.scale.tail[i] = w.scale.tail[0];
                w.growth[i] = w.growth[0];
            } else {
                double weight = weight(w.number[i]);
                w.scale.set(i, share(weight));
                w.growth[i] = growth(weight);
            }
        }
    }

    private boolean isInRange(double weight) {
        double size = Math.abs(weight);
        return power == 0 && size >= LEAST_WEIGHT && size <= LARGEST_WEIGHT;
    }

    /** weight / divisor, which is exact for equal numbers, but for the powers of two that are left for the end. */
    private Pair share(double weight) {
        boolean inRange = isInRange(weight);
        int exponent = inRange ? 0 : Math.getExponent(weight);
        double dividend = inRange ? weight : Math.scalb(weight, -exponent);
        double quotient = dividend / divisor;
        double tail = (fma(-quotient, divisor, dividend) - quotient * divisorTail) / divisor;
        int shift = inRange ? 0 : exponent - power - growth(weight);
        return new Pair(inRange ? quotient : Math.scalb(quotient, shift), inRange ? tail : Math.scalb(tail, shift));
    }

    /** How many powers of two are left for the end. */
    private int growth(double weight) {
        return isInRange(weight) ? 0 : Math.max(0, Math.getExponent(weight) - power - Math.getExponent(divisor) - LARGEST_POWER);
    }

    private void takeLosses(Rows inTile, LossMean mean) {
        double[] loss = inTile.tile.loss;
        if (batch.sampleWeights == null && losses == null) {
            mean.addLosses(loss, inTile.count);
            return;
        }
        for (int i = 0; i < inTile.count; i++) {
            takeLoss(inTile.tile.number[i], loss[i], mean);
        }
    }

    private void takeLoss(int r, double loss, LossMean mean) {
        double weight = weight(r);
        mean.addLoss(loss, weight);
        if (losses != null) {
            losses[r] = loss * weight + 0.0;
        }
    }

    /** Rows of a loss from outside, which sees each row as an array of its own. */
    private void computeForeign(int from, int to, LossMean mean) {
        int columns = batch.columns;
        double[] prediction = new double[columns];
        double[] target = labels == null ? new double[columns] : null;
        double[] slope = gradient == null ? null : new double[columns];
        for (int r = from; r < to; r++) {
            double weight = weight(r);
            if (weight == 0) {
                clearGradient(r);
                continue;
            }
            System.arraycopy(predictions, r * columns, prediction, 0, columns);
            if (target != null) {
                System.arraycopy(targets, r * columns, target, 0, columns);
            }
            takeLoss(r, foreign(prediction, target, r, slope), mean);
            if (slope != null) {
                writeScaled(slope, r * columns, weight);
            }
        }
    }

    private double foreign(double[] prediction, double[] target, int r, double[] slope) {
        if (target != null) {
            return slope == null
                    ? batch.loss.value(prediction, target)
                    : batch.loss.valueAndGradient(prediction, target, slope);
        }
        ClassificationLoss loss = (ClassificationLoss) batch.loss;
        return slope == null
                ? loss.value(prediction, labels[r])
                : loss.valueAndGradient(prediction, labels[r], slope);
    }

    private void writeScaled(double[] slope, int from, double weight) {
        Pair share = share(weight);
        int growth = growth(weight);
        for (int i = 0; i < slope.length; i++) {
            double tail = slope[i] * share.tail();
            double product = fma(slope[i], share.head(), Double.isFinite(tail) ? tail : 0); // infinity * 0 is NaN
            gradient[from + i] = (growth == 0 ? product : Math.scalb(product, growth)) + 0.0;
        }
    }
}
