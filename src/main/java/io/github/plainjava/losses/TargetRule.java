package io.github.plainjava.losses;

import java.io.InvalidObjectException;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * From a target to the weights of the logarithms: t_i = w_i q'_i, where q' is the target q smoothed and w the class
 * weights. The loss is then -sum of t_i log p_i, whatever the options.
 *
 * <p>Smoothing by a: q'_i = (1 - a) q_i + a Q / C for the C classes that are not excluded, Q = sum of q; an excluded
 * class keeps (1 - a) q_i. Each t_i is carried as head + tail, because its rounding would otherwise be most of the
 * loss's error.
 *
 * <p>So that no product overflows, and none loses bits below the double range, a target of extreme size is first
 * multiplied by a power of two, see {@link #exponent}; what is computed from it is divided by that at the end.
 */
final class TargetRule {

    static final TargetRule PLAIN = new TargetRule(0, null);

    private final double smoothing;
    private final double[] classWeights;
    private final int weightExponent;
    private final double keep;
    private final double keepTail;

    private TargetRule(double smoothing, double[] classWeights) {
        this.smoothing = smoothing;
        this.classWeights = classWeights;
        double largest = classWeights == null ? 1 : largest(classWeights, 0, classWeights.length);
        this.weightExponent = largest == 0 ? 0 : Math.getExponent(largest);
        this.keep = 1 - smoothing;
        this.keepTail = Exact.fastSumError(1, -smoothing, keep);
    }

    TargetRule withSmoothing(double newSmoothing) {
        return new TargetRule(Checks.smoothing(newSmoothing), classWeights);
    }

    TargetRule withClassWeights(double[] newWeights) {
        return new TargetRule(smoothing, Checks.weights(newWeights, "classWeights"));
    }

    void checkClasses(int classes, String name) {
        Checks.classWeights(classWeights, classes, name);
    }

    /** A label without a row: only class weights tell how many classes there are. */
    void checkLabel(int label) {
        Checks.label(label, classWeights == null ? Integer.MAX_VALUE : classWeights.length, Checks.NO_ROW);
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

    /**
     * The weight of a row with this target in a mean: the sum of w_i q_i, to within an ulp; at most the largest double.
     */
    double mass(double[] target, int from, int n) {
        double sum = 0;
        double sumTail = 0;
        for (int i = 0; i < n; i++) {
            double weight = weight(i);
            double mass = weight * target[from + i];
            double next = sum + mass;
            sumTail += Exact.sumError(sum, mass, next) + Exact.productError(weight, target[from + i], mass);
            sum = next;
        }
        double total = sum + sumTail;
        return total <= Double.MAX_VALUE ? total : Double.MAX_VALUE;
    }

    /**
     * The power of two by which a target is divided before anything is computed from it. It makes the products with
     * class weights as large as they may be, so that the smallest of them lose no bits below the double range, with
     * room for a sum of their products with numbers up to 2^factorExponent.
     */
    int exponent(double largestTarget, int factorExponent) {
        int product = weightExponent + Math.getExponent(largestTarget);
        return Math.max(product - Math.min(500, 960 - factorExponent), Double.MIN_EXPONENT);
    }

    /** The same for a label alone, with room for one product with any number. */
    int exponent(int label) {
        return classWeights == null || classWeights[label] == 0
                ? 0
                : Math.max(Math.getExponent(classWeights[label]) + 2, Double.MIN_EXPONENT);
    }

    static double largest(double[] masses, int from, int n) {
        double largest = 0;
        for (int i = 0; i < n; i++) {
            largest = Math.max(largest, masses[from + i]);
        }
        return largest;
    }

    double weight(int i) {
        return classWeights == null ? 1 : classWeights[i];
    }

    /** Whether target mass on a class counts at all, however little. */
    boolean keeps(int i) {
        return keep > 0 && weight(i) > 0;
    }

    /** a Q / C, for Q = mass + massTail. */
    double share(double mass, int classes) {
        return smoothing * mass / classes;
    }

    /** What {@link #share} lacks. */
    double shareTail(double mass, double massTail, int classes) {
        double product = smoothing * mass;
        double share = product / classes;
        double remainder = Math.fma(-share, classes, product) + Exact.productError(smoothing, mass, product);
        return (remainder + smoothing * massTail) / classes;
    }

    /** t_i = w_i ((1 - a) q_i + share), rounded. */
    double head(int i, double q, double share, double shareTail) {
        return weight(i) * smoothed(q, share, shareTail);
    }

    /** What {@link #head} lacks. */
    double tail(int i, double q, double share, double shareTail) {
        double smoothed = smoothed(q, share, shareTail);
        double kept = keep * q;
        double sum = kept + share;
        double small = smoothedSmall(q, share, shareTail, kept, sum);
        double smoothedTail = Exact.fastSumError(sum, small, smoothed);
        double w = weight(i);
        return Exact.productError(w, smoothed, w * smoothed) + w * smoothedTail;
    }

    private double smoothed(double q, double share, double shareTail) {
        double kept = keep * q;
        double sum = kept + share;
        return sum + smoothedSmall(q, share, shareTail, kept, sum);
    }

    private double smoothedSmall(double q, double share, double shareTail, double kept, double sum) {
        double keptTail = Exact.productError(keep, q, kept) + keepTail * q;
        return Exact.sumError(kept, share, sum) + (keptTail + shareTail);
    }

    /** Builds a loss from what a stream said of its options. */
    static Object resolve(Supplier<?> loss) throws InvalidObjectException {
        try {
            return loss.get();
        } catch (IllegalArgumentException | NullPointerException e) {
            InvalidObjectException invalid = new InvalidObjectException(e.getMessage());
            invalid.initCause(e);
            throw invalid;
        }
    }

    @Override
    public String toString() {
        return (smoothing == 0 ? "" : ", labelSmoothing=" + smoothing)
                + (classWeights == null ? "" : ", classWeights=" + Arrays.toString(classWeights));
    }
}
