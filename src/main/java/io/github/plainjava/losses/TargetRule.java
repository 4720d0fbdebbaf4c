package io.github.plainjava.losses;

import java.util.Arrays;

/**
 * From a target to the weights of the logarithms: t_i = w_i q'_i, where q' is the target q smoothed and w the class
 * weights. The loss is then -sum of t_i log p_i, whatever the options.
 *
 * <p>Smoothing by a: q'_i = (1 - a) q_i + a Q / C for the C classes that are not excluded, Q = sum of q; an excluded
 * class keeps (1 - a) q_i. Each t_i is carried as head + tail, because its rounding would otherwise be most of the
 * loss's error.
 */
final class TargetRule {

    /** A sum of products in here met no overflow and lost no bits below the double range. */
    private static final double SMALLEST_SUM = 0x1p-900;

    private static final double LARGEST_SUM = 0x1p1000;

    private static final Step[] ADD_MASSES = {
        (s, a, b, n) -> Sums.addMasses(s[Scratch.WEIGHTS], s[Scratch.SUMS], s[Scratch.SUM_TAILS], n)
    };

    static final TargetRule PLAIN = new TargetRule(0, null);

    private final double smoothing;
    private final double[] classWeights;
    private final double keep;
    private final double keepTail;
    private final boolean ordinary;
    private final boolean unweighted;

    private TargetRule(double smoothing, double[] classWeights) {
        this.smoothing = smoothing;
        this.classWeights = classWeights;
        this.keep = 1 - smoothing;
        this.keepTail = Exact.fastSumError(1, -smoothing, keep);
        this.unweighted = classWeights == null || areOnes(classWeights);
        this.ordinary = Ordinary.isFactor(smoothing) && (classWeights == null || Ordinary.areFactors(classWeights));
    }

    /** The rule of options that have been checked. */
    static TargetRule of(double smoothing, double[] classWeights) {
        return smoothing == 0 && classWeights == null ? PLAIN : new TargetRule(smoothing, classWeights);
    }

    private static boolean areOnes(double[] weights) {
        for (double w : weights) {
            if (w != 1) {
                return false;
            }
        }
        return true;
    }

    TargetRule withSmoothing(double newSmoothing) {
        return of(Checks.smoothing(newSmoothing), classWeights);
    }

    TargetRule withClassWeights(double[] newWeights) {
        return of(smoothing, Checks.weights(newWeights, "classWeights"));
    }

    void checkClasses(int classes, String name) {
        Checks.classWeights(classWeights, classes, name);
    }

    /** A label without a row: only class weights tell how many classes there are. */
    void checkLabel(int label) {
        if (classWeights != null) {
            Checks.label(label, classWeights.length, Checks.NO_ROW);
        } else if (label < 0) {
            throw new IllegalArgumentException("label " + label + " is negative");
        }
    }

    double smoothing() {
        return smoothing;
    }

    double[] classWeights() {
        return classWeights;
    }

    boolean smooths() {
        return smoothing != 0;
    }

    /** Whether smoothing and class weights are numbers for which doubles have room. */
    boolean isOrdinary() {
        return ordinary;
    }

    /** Whether nothing is done to a target. */
    boolean isPlain() {
        return unweighted && smoothing == 0;
    }

    /** Whether nothing is done to a label but to smooth it, by an ordinary number, and at least half stays where it was. */
    boolean smoothsLabels() {
        return ordinary && unweighted && smoothing > 0 && smoothing <= 0.5;
    }

    /**
     * The weight of a row with this target in a mean: the sum of w_i q_i, to within an ulp; at most the largest double.
     */
    double mass(double[] target, int from, int n) {
        if (n <= Exponentials.SHORT) {
            return shortMass(target, from, n);
        }
        double usual = usualMass(target, from, n);
        return Double.isNaN(usual) ? longMass(target, from, n) : usual;
    }

    /** The same, if the target is one. */
    double checkedMass(double[] target, int from, int n, int row) {
        double usual = n <= Exponentials.SHORT ? Double.NaN : usualMass(target, from, n);
        if (!Double.isNaN(usual)) {
            return usual;
        }
        Checks.masses(target, from, n, row);
        return n <= Exponentials.SHORT ? shortMass(target, from, n) : longMass(target, from, n);
    }

    /** Without class weights, of ordinary masses; otherwise NaN. */
    private double usualMass(double[] target, int from, int n) {
        if (classWeights != null) {
            return Double.NaN;
        }
        double[][] scratch = Scratch.ofThread();
        Sums.clear(scratch[Scratch.SUMS], scratch[Scratch.SUM_TAILS], n);
        for (int start = 0; start < n; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, n - start);
            System.arraycopy(target, from + start, scratch[Scratch.WEIGHTS], 0, size);
            Step.all(ADD_MASSES, scratch, 0, 0, size);
        }
        Sums.total(scratch[Scratch.SUMS], scratch[Scratch.SUM_TAILS], n);
        double total = scratch[Scratch.SUMS][0];
        return Ordinary.isSumOfMasses(total) ? total : Double.NaN;
    }

    private double longMass(double[] target, int from, int n) {
        double[][] scratch = Scratch.ofThread();
        double[] q = scratch[Scratch.X];
        double[] w = scratch[Scratch.WEIGHTS];
        double[] none = scratch[Scratch.WEIGHT_TAILS];
        Sums.clear(scratch[Scratch.SUMS], scratch[Scratch.SUM_TAILS], n);
        Arrays.fill(none, 0, Math.min(n, Scratch.BLOCK), 0);
        Arrays.fill(w, 0, Math.min(n, Scratch.BLOCK), 1);
        for (int start = 0; start < n; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, n - start);
            System.arraycopy(target, from + start, q, 0, size);
            if (classWeights != null) {
                System.arraycopy(classWeights, start, w, 0, size);
            }
            Sums.addProducts(w, none, q, none, scratch[Scratch.SUMS], scratch[Scratch.SUM_TAILS], size);
        }
        Sums.total(scratch[Scratch.SUMS], scratch[Scratch.SUM_TAILS], n);
        double total = scratch[Scratch.SUMS][0];
        return isMass(total) ? total : exactMass(target, from, n);
    }

    private double shortMass(double[] target, int from, int n) {
        double sum = 0;
        double tail = 0;
        for (int i = 0; i < n; i++) {
            double w = weight(i);
            double next = Fma.fma(w, target[from + i], sum);
            tail += Sums.productSumError(w, target[from + i], sum, next);
            sum = next;
        }
        return isMass(sum + tail) ? sum + tail : exactMass(target, from, n);
    }

    private static boolean isMass(double sum) {
        return sum >= SMALLEST_SUM && sum <= LARGEST_SUM;
    }

    private double exactMass(double[] target, int from, int n) {
        ExactSum sum = ExactSum.zero();
        for (int i = 0; i < n; i++) {
            sum.addProduct(weight(i), target[from + i]);
        }
        return Math.min(sum.toDouble(), Double.MAX_VALUE);
    }

    /** The label whose one-hot array a target is, or {@link RowLoss#NO_LABEL}. */
    static int onlyLabel(double[] target, int from, int n) {
        int label = RowLoss.NO_LABEL;
        for (int i = 0; i < n; i++) {
            if (target[from + i] != 0) {
                if (label != RowLoss.NO_LABEL || target[from + i] != 1) {
                    return RowLoss.NO_LABEL;
                }
                label = i;
            }
        }
        return label;
    }

    double weight(int i) {
        return classWeights == null ? 1 : classWeights[i];
    }

    /**
     * Finds a Q / C, what smoothing adds to each class that is not excluded, and leaves it in the scratch as a total.
     *
     * @param prediction the row, in which a certain value says that the class is excluded
     */
    void share(double[] prediction, double excluded, double[] target, int from, int n, double[][] scratch) {
        Sums.setTotal(scratch, 0, 0);
        if (smoothing == 0) {
            return;
        }
        double mass = target == null ? 1 : 0;
        double massTail = 0;
        int classes = 0;
        for (int i = from; i < from + n; i++) {
            if (target != null) {
                double next = mass + target[i];
                massTail += Exact.sumError(mass, target[i], next);
                mass = next;
            }
            classes += prediction[i] == excluded ? 0 : 1;
        }
        if (classes > 0) {
            setShare(mass, massTail, classes, scratch);
        }
    }

    private void setShare(double mass, double massTail, int classes, double[][] scratch) {
        DoubleDouble share = DoubleDouble.ofSum(mass, massTail).times(smoothing).over(DoubleDouble.of(classes));
        Sums.setTotal(scratch, share.head(), share.tail());
    }

    /** Finds the t_i of a block of classes and leaves them in the scratch; Y is used on the way. */
    void fill(
            double[] target,
            int from,
            int label,
            int start,
            int size,
            double share,
            double shareTail,
            double[][] scratch) {
        double[] t = scratch[Scratch.WEIGHTS];
        double[] tail = scratch[Scratch.WEIGHT_TAILS];
        if (target != null) {
            System.arraycopy(target, from + start, t, 0, size);
        } else {
            Arrays.fill(t, 0, size, 0);
            if (label >= start && label < start + size) {
                t[label - start] = 1;
            }
        }
        if (smoothing == 0) {
            Arrays.fill(tail, 0, size, 0);
        } else {
            smooth(t, tail, size, share, shareTail);
        }
        if (classWeights != null) {
            System.arraycopy(classWeights, start, scratch[Scratch.Y], 0, size);
            multiply(t, tail, scratch[Scratch.Y], size);
        }
    }

    /** Takes its share from the class that is excluded, at a place in the block that begins at start. */
    void takeShare(double[] target, int from, int label, int start, int at, double[][] scratch) {
        int i = start + at;
        double q = target == null ? (i == label ? 1 : 0) : target[from + i];
        DoubleDouble t = new DoubleDouble(keep, keepTail).times(q).times(weight(i));
        scratch[Scratch.WEIGHTS][at] = t.head();
        scratch[Scratch.WEIGHT_TAILS][at] = t.tail();
    }

    private void smooth(double[] q, double[] tail, int n, double share, double shareTail) {
        double kept = keep;
        double keptTail = keepTail;
        for (int i = 0; i < n; i++) {
            double part = kept * q[i];
            double partTail = Fma.fma(keptTail, q[i], Exact.productError(kept, q[i], part));
            double sum = part + share;
            tail[i] = Exact.sum(Exact.sumError(part, share, sum), partTail + shareTail);
            q[i] = sum;
        }
    }

    private static void multiply(double[] t, double[] tail, double[] weights, int n) {
        for (int i = 0; i < n; i++) {
            double product = t[i] * weights[i];
            tail[i] = Fma.fma(tail[i], weights[i], Exact.productError(t[i], weights[i], product));
            t[i] = product;
        }
    }

    /** All t_i of a row, of any size, for a target or a label; what is excluded, as {@link #share} has it. */
    Wide[] weights(double[] prediction, double excluded, double[] target, int from, int n, int label) {
        Wide[] q = new Wide[n];
        Wide mass = Wide.ZERO;
        int classes = 0;
        for (int i = 0; i < n; i++) {
            q[i] = target == null ? (i == label ? Wide.ONE : Wide.ZERO) : Wide.of(target[from + i]);
            mass = mass.plus(q[i]);
            classes += prediction[from + i] == excluded ? 0 : 1;
        }
        Wide share = classes == 0 ? Wide.ZERO : mass.times(Wide.of(smoothing)).over(Wide.of(classes));
        Wide kept = Wide.of(new DoubleDouble(keep, keepTail));
        for (int i = 0; i < n; i++) {
            Wide smoothed = q[i].times(kept).plus(prediction[from + i] == excluded ? Wide.ZERO : share);
            q[i] = smoothed.times(Wide.of(weight(i)));
        }
        return q;
    }

    @Override
    public String toString() {
        return (smoothing == 0 ? "" : ", labelSmoothing=" + smoothing)
                + (classWeights == null ? "" : ", classWeights=" + Arrays.toString(classWeights));
    }
}
