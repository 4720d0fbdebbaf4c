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
 * computed, as many at a time as a tile takes. Rows of floats are made doubles where they are to be read, a tile at a
 * time.
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

    /** The same, and what receives derivatives, where they are floats; else null. */
    private final FloatRows floats;

    /** The first row, and the one after the last. */
    private final int first;

    private final int end;

    /** What receives the gradients, or null. */
    private double[] gradient;

    /** What receives the diagonals of the Hessians, or null. */
    private double[] hessian;

    /** What receives each row's loss times its sample weight, or null. */
    private double[] losses;

    // What gradients are divided by: (divisor + divisorTail) 2^power, the first next to 1 if there is a power.
    private double divisor = 1;
    private double divisorTail;
    private int power;

    /** Of predictions laid out as the batch has it, and target arrays or labels. */
    BatchRun(Batch batch, double[] predictions, double[] targets, int[] labels) {
        this(batch, predictions, targets, labels, null, predictions.length / batch.columns);
    }

    /** The same for so many rows of floats. */
    BatchRun(Batch batch, FloatRows floats, int[] labels, int rows) {
        this(batch, null, null, labels, floats, rows);
    }

    private BatchRun(
            Batch batch, double[] predictions, double[] targets, int[] labels, FloatRows floats, int rows) {
        this.batch = batch;
        this.predictions = predictions;
        this.targets = targets;
        this.labels = labels;
        this.floats = floats;
        this.first = batch.firstRow;
        this.end = batch.hasAllRows() ? rows : batch.endRow;
    }

    /** The exact sums over the rows. */
    LossMean lossMean() {
        LossMean mean = new LossMean();
        check(mean);
        return compute(mean);
    }

    /** What is to receive the derivatives of the value, the second ones only if they are wanted. */
    BatchRun deriving(double[] itsGradient, double[] itsHessian) {
        gradient = itsGradient;
        hessian = itsHessian;
        return this;
    }

    private boolean derives() {
        return gradient != null || floats != null && floats.gradient != null;
    }

    private boolean derivesTwice() {
        return hessian != null || floats != null && floats.hessian != null;
    }

    /** The exact sums over the rows, with the derivatives of their mean or, if the batch is summed, their sum. */
    LossMean lossMeanWithDerivatives() {
        LossMean mean = new LossMean();
        check(mean);
        if (!batch.summed && mean.exactTotalWeight().signum() != 0) {
            divideBy(mean.exactTotalWeight());
        }
        compute(mean);
        if (!batch.summed && mean.exactTotalWeight().signum() == 0) {
            for (int r = first; r < end; r++) {
                clearDerivatives(r);
            }
        }
        return mean;
    }

    /** Each row's loss times its sample weight; 0 for a row that does not count. */
    double[] perRow() {
        losses = new double[end - first];
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
            mean.addWeight(1, check(rowLoss, first, end, null));
            return;
        }
        Rows scratch = Rows.take();
        double[] mass = scratch.tile.loss;
        for (int from = first; from < end; from += Math.min(end - from, Tile.LANES)) {
            int to = from + Math.min(end - from, Tile.LANES);
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
        boolean checks = rowLoss != null && rowLoss.checksRows(labels != null);
        if (mass == null && !checks && labels == null) {
            return to - from; // where masses are not asked for, there are no sample weights
        }
        boolean copies = floats != null || rowLoss == null;
        double[] prediction = floats != null && checks ? new double[batch.columns] : predictions;
        double[] target = copies && labels == null ? new double[batch.columns] : targets;
        int count = 0;
        for (int r = from; r < to; r++) {
            double weight = weight(r);
            if (labels != null && (weight != 0 || !isIgnored(r))) {
                Checks.labelOfBatch(labels[r], batch.columns, r);
            }
            if (weight != 0) {
                int at = copies ? 0 : r * batch.columns;
                if (copies) {
                    loadRow(r, checks ? prediction : null, target, 0);
                }
                if (mass != null) {
                    int label = labels == null ? RowLoss.NO_LABEL : labels[r];
                    mass[count] = rowLoss == null
                            ? foreignMass(target, r)
                            : rowLoss.checkedMass(prediction, target, at, batch.columns, label, r);
                } else if (checks) {
                    rowLoss.checkRow(prediction, target, at, batch.columns, r);
                }
                count++;
            }
        }
        return count;
    }

    /** What the target of a row weighs by itself, to a loss from outside. */
    private double foreignMass(double[] target, int r) {
        double mass = labels != null
                ? ((ClassificationLoss) batch.loss).weight(labels[r])
                : batch.loss.weight(target);
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
        if (batch.parallel && (long) (end - first) * batch.columns > FEW_VALUES) {
            computeInParallel(mean);
        } else {
            compute(first, end, mean);
        }
        return mean;
    }

    /**
     * The calling thread and helpers in the common pool take piece after piece of the rows until none is left. Sums are
     * exact, so it does not matter who takes which. If rows were halved and one half forked, the caller would run out
     * of work while a helper that woke up late goes through its half, and to wake up takes as long as 32,000 values.
     */
    private void computeInParallel(LossMean mean) {
        AtomicLong next = new AtomicLong(first);
        Share own = new Share(next);
        Share[] helpers = new Share[Math.min(ForkJoinPool.getCommonPoolParallelism(), (end - first - 1) / own.size)];
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
                for (long from = next.getAndAdd(size); from < end; from = next.getAndAdd(size)) {
                    BatchRun.this.compute((int) from, (int) Math.min(end, from + size), mean);
                }
                return mean;
            } finally {
                next.set(end); // after an error, nobody begins another piece
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
        Rows inTile = Rows.take();
        begin(inTile, Rows.atOnce(batch.columns, to - from));
        for (int r = from; r < to; ) {
            r = fill(inTile, r, to);
            if (inTile.count == 0) {
                break;
            }
            setScales(inTile);
            rowLoss.compute(inTile);
            storeFloats(inTile);
            takeLosses(inTile, mean);
        }
        inTile.giveBack();
        for (int r = from; (batch.sampleWeights != null || batch.ignored != null) && r < to; r++) {
            if (weight(r) == 0) {
                clearDerivatives(r);
            }
        }
    }

    /** Puts rows that count into the tile, as many as it takes. Where the next ones begin. */
    private int fill(Rows inTile, int from, int to) {
        int atOnce = Rows.atOnce(batch.columns, to - from);
        int count = 0;
        int r = from;
        for (; r < to && count < atOnce; r++) {
            if (weight(r) != 0) {
                place(inTile, count, r);
                count++;
            }
        }
        inTile.begin(count);
        return r;
    }

    /** Floats become doubles in arrays for as many rows as the tile takes. */
    private void begin(Rows inTile, int atOnce) {
        inTile.columns = batch.columns;
        inTile.labels = labels;
        if (floats == null) {
            inTile.predictions = predictions;
            inTile.targets = targets;
            inTile.gradient = gradient;
            inTile.hessian = hessian;
            return;
        }
        int size = atOnce * batch.columns;
        inTile.predictions = new double[size];
        inTile.targets = labels == null ? new double[size] : null;
        inTile.gradient = derives() ? new double[size] : null;
        inTile.hessian = derivesTwice() ? new double[size] : null;
    }

    private void place(Rows inTile, int place, int r) {
        int from = floats == null ? r * batch.columns : place * batch.columns;
        inTile.tile.number[place] = r;
        inTile.tile.from[place] = from;
        if (floats != null) {
            loadRow(r, inTile.predictions, inTile.targets, from);
        }
    }

    /** Copies a row to arrays, if there are any. */
    private void loadRow(int r, double[] prediction, double[] target, int at) {
        if (prediction != null) {
            if (floats == null) {
                System.arraycopy(predictions, r * batch.columns, prediction, at, batch.columns);
            } else {
                floats.loadPrediction(r, prediction, at);
            }
        }
        if (target != null) {
            if (floats == null) {
                System.arraycopy(targets, r * batch.columns, target, at, batch.columns);
            } else {
                floats.loadTarget(r, target, at);
            }
        }
    }

    /** Copies the derivatives of a row from arrays, if there are any. */
    private void storeRow(int r, double[] slope, double[] curvature, int from) {
        if (slope != null) {
            if (floats == null) {
                System.arraycopy(slope, from, gradient, r * batch.columns, batch.columns);
            } else {
                floats.storeGradient(slope, from, r);
            }
        }
        if (curvature != null) {
            if (floats == null) {
                System.arraycopy(curvature, from, hessian, r * batch.columns, batch.columns);
            } else {
                floats.storeHessian(curvature, from, r);
            }
        }
    }

    private void storeFloats(Rows inTile) {
        for (int i = 0; floats != null && i < inTile.count; i++) {
            storeRow(inTile.tile.number[i], inTile.gradient, inTile.hessian, inTile.from(i));
        }
    }

    private void clearDerivatives(int r) {
        if (floats != null) {
            floats.clear(r);
        }
        if (gradient != null) {
            Arrays.fill(gradient, r * batch.columns, (r + 1) * batch.columns, 0);
        }
        if (hessian != null) {
            Arrays.fill(hessian, r * batch.columns, (r + 1) * batch.columns, 0);
        }
    }

    private void setScales(Rows inTile) {
        Tile w = inTile.tile;
        if (!derives()) {
            return;
        }
        if (batch.sampleWeights == null) {
            w.scale.fill(share(1), inTile.count);
            Arrays.fill(w.growth, 0, inTile.count, growth(1));
            return;
        }
        for (int i = 0; i < inTile.count; i++) {
            double weight = weight(w.number[i]);
            w.scale.set(i, share(weight));
            w.growth[i] = growth(weight);
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
            losses[r - first] = loss * weight + 0.0;
        }
    }

    /** Rows of a loss from outside, which sees each row as an array of its own. */
    private void computeForeign(int from, int to, LossMean mean) {
        int columns = batch.columns;
        double[] prediction = new double[columns];
        double[] target = labels == null ? new double[columns] : null;
        double[] slope = derives() ? new double[columns] : null;
        double[] curvature = derivesTwice() ? new double[columns] : null;
        for (int r = from; r < to; r++) {
            double weight = weight(r);
            if (weight == 0) {
                clearDerivatives(r);
                continue;
            }
            loadRow(r, prediction, target, 0);
            takeLoss(r, foreign(prediction, target, r, slope, curvature), mean);
            scale(slope, weight);
            scale(curvature, weight);
            storeRow(r, slope, curvature, 0);
        }
    }

    private double foreign(double[] prediction, double[] target, int r, double[] slope, double[] curvature) {
        if (target == null) {
            return foreign(prediction, labels[r], slope, curvature);
        }
        if (curvature != null) {
            return ((SecondOrderLoss) batch.loss).valueGradientAndHessian(prediction, target, slope, curvature);
        }
        return slope == null
                ? batch.loss.value(prediction, target)
                : batch.loss.valueAndGradient(prediction, target, slope);
    }

    private double foreign(double[] prediction, int label, double[] slope, double[] curvature) {
        if (curvature != null) {
            return ((SecondOrderClassificationLoss) batch.loss)
                    .valueGradientAndHessian(prediction, label, slope, curvature);
        }
        ClassificationLoss loss = (ClassificationLoss) batch.loss;
        return slope == null ? loss.value(prediction, label) : loss.valueAndGradient(prediction, label, slope);
    }

    private void scale(double[] derivatives, double weight) {
        if (derivatives == null) {
            return;
        }
        Pair share = share(weight);
        int growth = growth(weight);
        for (int i = 0; i < derivatives.length; i++) {
            double product = share.timesRounded(derivatives[i]);
            derivatives[i] = growth == 0 ? product : Math.scalb(product, growth) + 0.0;
        }
    }
}
