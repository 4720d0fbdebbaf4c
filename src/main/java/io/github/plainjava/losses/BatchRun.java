package io.github.plainjava.losses;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One call of a {@link Batch}: its loss, rows, targets and weights, checked.
 */
final class BatchRun {

    /** Up to here a thread that wakes up would find little left to do. */
    private static final int FEW_VALUES = 1 << 15;

    /** A piece of a parallel batch has about this many values: some ten microseconds. */
    private static final int VALUES_A_PIECE = 1 << 13;

    /** How often to ask whether a piece is done, before sleeping until it is: some tens of microseconds. */
    private static final int SPINS = 1 << 10;

    private final LossFunction loss;
    private final int columns;
    private final double[] sampleWeights;
    private final int[] ignored;
    private final double[] predictions;
    private final int[] labels;
    private final double[] targets;
    private final int rows;
    private boolean checked;

    private BatchRun(
            LossFunction loss,
            int columns,
            double[] sampleWeights,
            int[] ignored,
            double[] predictions,
            int[] labels,
            double[] targets) {
        this.loss = loss;
        this.columns = columns;
        this.sampleWeights = sampleWeights;
        this.ignored = ignored;
        this.predictions = predictions;
        this.labels = labels;
        this.targets = targets;
        this.rows = predictions.length / columns;
    }

    static BatchRun ofTargets(
            LossFunction loss, int columns, double[] sampleWeights, double[] predictions, double[] targets) {
        Checks.wholeRows(predictions, columns);
        Checks.sameLength(targets, "targets", predictions, "predictions");
        BatchRun run = new BatchRun(loss, columns, sampleWeights, null, predictions, null, targets);
        run.checkNumberOfWeights();
        return run;
    }

    static BatchRun ofLabels(
            LossFunction loss,
            int columns,
            double[] sampleWeights,
            int[] ignored,
            double[] predictions,
            int[] labels) {
        if (!(loss instanceof ClassificationLoss)) {
            throw new IllegalArgumentException(name(loss)
                    + " is not a ClassificationLoss: it takes targets, not labels; OneHot.encode makes targets of labels");
        }
        Checks.wholeRows(predictions, columns);
        Objects.requireNonNull(labels, "labels");
        Checks.rows("labels", labels.length, predictions.length / columns);
        BatchRun run = new BatchRun(loss, columns, sampleWeights, ignored, predictions, labels, null);
        run.checkNumberOfWeights();
        for (int r = 0; r < run.rows; r++) {
            if (!run.isIgnored(r)) {
                Checks.labelOfBatch(labels[r], columns, r);
            }
        }
        return run;
    }

    /** The name of its class, unless that has none, or one that a compiler or the JVM made up. */
    private static String name(LossFunction loss) {
        String name = loss.getClass().getSimpleName();
        return name.isEmpty() || name.indexOf('$') >= 0 ? "this loss" : name;
    }

    private void checkNumberOfWeights() {
        if (sampleWeights != null) {
            Checks.rows("sampleWeights", sampleWeights.length, rows);
        }
    }

    /**
     * Checks all rows. Where nothing will be written and no other thread has a part, this can be left to the
     * computation, which then checks each row when it comes to it, and most in passing.
     */
    void checkRows() {
        if (loss instanceof RowLoss rowLoss) {
            for (int r = 0; r < rows; r++) {
                if (weight(r) != 0) {
                    rowLoss.checkRow(predictions, targets, r * columns, columns, label(r), r);
                }
            }
        }
        checked = true;
    }

    private boolean isIgnored(int r) {
        return ignored != null && Arrays.binarySearch(ignored, labels[r]) >= 0;
    }

    private int label(int r) {
        return labels == null ? RowLoss.NO_LABEL : labels[r];
    }

    private double weight(int r) {
        if (labels != null && isIgnored(r)) {
            return 0;
        }
        return sampleWeights == null ? 1 : sampleWeights[r];
    }

    /** What the target of a row weighs by itself. */
    private double mass(int r) {
        if (loss instanceof RowLoss rowLoss) {
            return rowLoss.mass(targets, r * columns, columns, label(r));
        }
        double mass = labels == null
                ? loss.weight(Arrays.copyOfRange(targets, r * columns, (r + 1) * columns))
                : ((ClassificationLoss) loss).weight(labels[r]);
        if (!Checks.isWeight(mass)) {
            throw Checks.noWeight(mass, "row " + r + ": weight of the target");
        }
        return mass;
    }

    /** Checks all rows and finds the total weight of those that count. */
    Divisor checkedTotalWeight() {
        if (sampleWeights == null && ignored == null && loss instanceof RowLoss rowLoss && rowLoss.weighsOne(labels)) {
            checkRows();
            return new Divisor(rows, Wide.of(rows));
        }
        ExactSum total = ExactSum.zero();
        for (int r = 0; r < rows; r++) {
            double weight = weight(r);
            if (weight != 0) {
                total.addProduct(weight, checkedMass(r));
            }
        }
        checked = true;
        return Divisor.of(total);
    }

    private double checkedMass(int r) {
        return loss instanceof RowLoss rowLoss
                ? rowLoss.checkedMass(predictions, targets, r * columns, columns, label(r), r)
                : mass(r);
    }

    /**
     * The exact mean over the rows.
     *
     * @param gradient receives the gradient of the sum divided by divisor, or null
     * @param losses   receives each row's weighted loss, or null
     */
    LossMean compute(double[] gradient, Divisor divisor, double[] losses, boolean parallel) {
        LossMean mean = new LossMean();
        if (!parallel || (long) rows * columns <= FEW_VALUES) {
            compute(gradient, divisor, losses, 0, rows, mean);
            return mean;
        }
        if (!checked) {
            checkRows();
        }
        return inParallel(gradient, divisor, losses);
    }

    /**
     * The calling thread and helpers in the common pool take piece after piece of the rows until none is left. Sums are
     * exact, so it does not matter who takes which. If rows were halved and one half forked, the caller would run out
     * of work while a helper that woke up late goes through its half, and to wake up takes as long as 32,000 values.
     */
    private LossMean inParallel(double[] gradient, Divisor divisor, double[] losses) {
        AtomicLong next = new AtomicLong();
        Share own = new Share(gradient, divisor, losses, next);
        Share[] helpers = new Share[Math.min(ForkJoinPool.getCommonPoolParallelism(), (rows - 1) / own.size)];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Share(gradient, divisor, losses, next);
            helpers[i].fork();
        }
        LossMean mean;
        try {
            mean = own.compute();
        } finally {
            for (int i = helpers.length - 1; i >= 0; i--) {
                helpers[i].await(); // also after an error: it is not thrown while somebody writes a gradient
            }
        }
        for (Share helper : helpers) {
            mean.combine(helper.join());
        }
        return mean;
    }

    /** The pieces that one thread takes. */
    private final class Share extends RecursiveTask<LossMean> {

        private static final long serialVersionUID = 1;

        private final transient double[] gradient;
        private final transient Divisor divisor;
        private final transient double[] losses;
        /** The first row that nobody has taken; as more are asked for than there are, it may be beyond all integers. */
        private final AtomicLong next;
        private final int size = Math.max(1, VALUES_A_PIECE / columns);
        private volatile boolean begun;

        Share(double[] gradient, Divisor divisor, double[] losses, AtomicLong next) {
            this.gradient = gradient;
            this.divisor = divisor;
            this.losses = losses;
            this.next = next;
        }

        @Override
        protected LossMean compute() {
            begun = true;
            LossMean mean = new LossMean();
            try {
                for (long from = next.getAndAdd(size); from < rows; from = next.getAndAdd(size)) {
                    BatchRun.this.compute(
                            gradient, divisor, losses, (int) from, (int) Math.min(rows, from + size), mean);
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

    private void compute(
            double[] gradient, Divisor divisor, double[] losses, int from, int to, LossMean mean) {
        if (!(loss instanceof RowLoss rowLoss)) {
            oneByOne(gradient, divisor, losses, from, to, mean);
        } else if (columns <= Exponentials.SHORT && sampleWeights == null && losses == null) {
            sideBySide(rowLoss, gradient, divisor, from, to, mean);
        } else {
            oneByOne(rowLoss, gradient, divisor, losses, from, to, mean);
        }
    }

    private void sideBySide(RowLoss rowLoss, double[] gradient, Divisor divisor, int from, int to, LossMean mean) {
        double[][] scratch = Scratch.ofThread();
        double[] values = scratch[Scratch.SUMS];
        int most = rowLoss.mostSideBySide(columns);
        for (int first = from; first < to; first += most) {
            int count = Math.min(most, to - first);
            if (rowLoss.sideBySide(
                    predictions, targets, labels, columns, first, count, divisor, gradient, scratch)) {
                mean.accept(values, leaveOutIgnored(values, first, count, gradient));
            } else {
                oneByOne(rowLoss, gradient, divisor, null, first, first + count, mean);
            }
        }
    }

    /** Moves the losses of the rows that count to the front, and gives the others the gradient 0. */
    private int leaveOutIgnored(double[] losses, int first, int count, double[] gradient) {
        if (ignored == null) {
            return count;
        }
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int r = first + i;
            if (!isIgnored(r)) {
                losses[kept++] = losses[i];
            } else if (gradient != null) {
                Arrays.fill(gradient, r * columns, (r + 1) * columns, 0);
            }
        }
        return kept;
    }

    private void oneByOne(
            RowLoss rowLoss, double[] gradient, Divisor divisor, double[] losses, int from, int to, LossMean mean) {
        double[][] scratch = Scratch.ofThread();
        for (int r = from; r < to; r++) {
            double weight = weight(r);
            int start = r * columns;
            if (weight != 0) {
                boolean usual = rowLoss.isUsual(predictions, targets, start, columns, scratch);
                if (!usual && !checked) {
                    rowLoss.checkRow(predictions, targets, start, columns, label(r), r);
                }
                double mass = usual ? Sums.total(scratch).head() : mass(r);
                double magnitude = Math.abs(weight);
                double value = rowLoss.row(
                        usual, predictions, targets, start, columns, label(r), magnitude, divisor, gradient, scratch);
                mean.take(value, weight, mass);
                if (losses != null) {
                    losses[r] = value * weight + 0.0;
                }
                if (gradient != null && weight < 0) {
                    negate(gradient, start);
                }
            } else if (gradient != null) {
                Arrays.fill(gradient, start, start + columns, 0);
            }
        }
    }

    /** Changes the signs of a row, but that of 0. */
    private void negate(double[] gradient, int start) {
        for (int i = start; i < start + columns; i++) {
            gradient[i] = 0.0 - gradient[i];
        }
    }

    /** Rows of a loss from outside, which sees each row as an array of its own. */
    private void oneByOne(double[] gradient, Divisor divisor, double[] losses, int from, int to, LossMean mean) {
        double[] prediction = new double[columns];
        double[] target = labels == null ? new double[columns] : null;
        double[] slope = gradient == null ? null : new double[columns];
        for (int r = from; r < to; r++) {
            int start = r * columns;
            double weight = weight(r);
            if (weight != 0) {
                double mass = mass(r);
                System.arraycopy(predictions, start, prediction, 0, columns);
                if (target != null) {
                    System.arraycopy(targets, start, target, 0, columns);
                }
                double value = foreign(prediction, target, label(r), slope);
                mean.take(value, weight, mass);
                if (losses != null) {
                    losses[r] = value * weight + 0.0;
                }
                if (slope != null) {
                    Wide scale = divisor.scale(Math.abs(weight));
                    for (int i = 0; i < columns; i++) {
                        gradient[start + i] = scale.times(slope[i]);
                    }
                    if (weight < 0) {
                        negate(gradient, start);
                    }
                }
            } else if (gradient != null) {
                Arrays.fill(gradient, start, start + columns, 0);
            }
        }
    }

    private double foreign(double[] prediction, double[] target, int label, double[] slope) {
        if (target != null) {
            return slope == null ? loss.value(prediction, target) : loss.valueAndGradient(prediction, target, slope);
        }
        ClassificationLoss classification = (ClassificationLoss) loss;
        return slope == null
                ? classification.value(prediction, label)
                : classification.valueAndGradient(prediction, label, slope);
    }
}
