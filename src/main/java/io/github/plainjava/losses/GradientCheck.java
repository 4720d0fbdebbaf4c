package io.github.plainjava.losses;

import java.util.Arrays;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * Compares the gradient of a loss with difference quotients of its value at one point, or its second derivatives with
 * those of its gradient: the first test to write for a loss of your own.
 *
 * <pre>{@code
 * GradientCheck check = GradientCheck.of(new MeanSquaredError(), new double[] {1, 2}, new double[] {3, 4});
 * check.passes(); // true
 * GradientCheck second = GradientCheck.ofHessian(new Softmax(), new double[] {1, 2}, 0);
 * second.passes(); // true
 * }</pre>
 *
 * <h2>Definition</h2>
 * With f(h) the value where one entry of the prediction is moved by h, and g that entry of the gradient, the entry is
 * right if |g - slope| &lt;= tolerance, the slope being the central quotient (f(h) - f(-h)) / 2h. The check passes if
 * every entry is right and {@code value} returns the bits of {@code valueAndGradient}. Where a step leaves the domain
 * of the loss, that is, where it throws {@link IllegalArgumentException} or returns an infinity or NaN, the slope is
 * the one-sided quotient of the same order, (-3 f(0) + 4 f(h/2) - f(h)) / h with h of either sign.
 *
 * <p>Of second derivatives, {@link #ofHessian}, f(h) is the entry of the gradient where the same entry of the
 * prediction is moved by h, and g that of the Hessian's diagonal; and {@code valueGradientAndHessian} has to return the
 * bits of {@code valueAndGradient}, and to write those of its gradient.
 *
 * <h2>Step and tolerance</h2>
 * <pre>tolerance = |quotient(h) - quotient(h/2)| + |jump| / 2 + (n + 100) (ulp(f(h/2)) + ulp(f(-h/2))) / h</pre>
 * and n + 100 ulp of g; the slope is quotient(h/2).
 * <ul>
 *   <li><em>Truncation</em> falls with h squared, so that the first term is three times what it is in quotient(h/2).
 *   <li>The <em>jump</em> is the difference of the two one-sided quotients. In a smooth loss it falls faster than the
 *       truncation; at a kink it stays, and every slope between left and right is accepted, as 0 is for |x| at 0.
 *   <li><em>Rounding</em> grows with 1/h. For n entries a value is taken to be within n + 100 ulp, which a loop of n
 *       additions of positive terms keeps, with two digits to lose elsewhere; the losses here are within 2. A value
 *       that cancels more, as log(sum of exp z) - z does for a confident prediction, may fail where it is small.
 * </ul>
 * (For the one-sided quotient, the weights 3, 4 and 1 of its values take the place of 1 and 1, and there is no jump. An
 * entry of a gradient may be what is left of larger terms, such as p - t: to each of its ulps above comes one of |g| m,
 * m being the largest |x| of the prediction, or 1 if all are 0, which is how far the entry goes while x goes to 0 and
 * back.) Steps are powers of 16 below each of three lengths, |x|, |f/g| and 1, tried from the smallest up in the way of
 * Lepskii: a larger step is preferred if its tolerance is smaller and its slope lies within the tolerance of the one it
 * replaces; the distance of the two is a lower bound of its tolerance. The smallest steps are dominated by rounding,
 * which is known, so that no larger step is believed which only looks settled, as softmax does far beyond its
 * temperature, where every quotient is 1/2. A gradient of the size of f is checked to about 9 digits; an entry below
 * 10<sup>-9</sup> f or so is lost in the rounding of f, and its tolerance is larger than itself.
 *
 * <h2>Precision</h2>
 * All this takes the value to be computed in double precision. If it comes from floats, or was rounded for another
 * reason, it stays the same under small steps, and their slope is 0. The check then fails, saying that the value has
 * too little precision, if the gradient would be right for a value of the precision that it seems to have, by the
 * smallest change that was seen. {@link #withPrecision} checks such a gradient:
 *
 * <pre>{@code
 * LossFunction half = (prediction, target, gradient) -> {
 *     gradient[0] = 0.5;
 *     return (float) (0.5 * prediction[0]);
 * };
 * GradientCheck check = GradientCheck.of(half, new double[] {0.7}, new double[1]);
 * check.passes(); // false
 * boolean tooLittle = check.toString().contains("too little precision"); // true
 * check.withPrecision(0x1p-24).passes(); // true
 * }</pre>
 *
 * <p>Then all units in the last place above are those of numbers of this precision, and the prediction too may be
 * rounded to it: an error of ulp(|x| + h) |g| / h is allowed for. With floats, a gradient of the size of f is checked
 * to about 3 digits, if the loss is smooth over a good part of |x|, |f/g| or 1: steps have to be so long that the value
 * feels them.
 *
 * <h2>Special values</h2>
 * An infinite entry of the prediction (an excluded class) stays where it is under every step: its slope is 0.
 * Nothing passes without evidence: if the value or an entry of the gradient is infinite or NaN, or no step stays
 * inside the domain, the check fails, with {@link #numeric} NaN.
 *
 * <h2>Errors</h2>
 * {@link NullPointerException} with the argument's name, {@link IllegalArgumentException} for an empty prediction,
 * and whatever the loss throws at the point itself.
 *
 * <h2>Cost</h2>
 * Some 40 to 150 values for each entry of the prediction, twice if the value seems to have little precision.
 *
 * <h2>Source</h2>
 * O. V. Lepskii (1990), On a problem of adaptive estimation in Gaussian white noise, Theory of Probability and Its
 * Applications 35(3), 454-466, doi:10.1137/1135065; L. F. Richardson (1911), The approximate arithmetical solution by
 * finite differences, Philosophical Transactions of the Royal Society A 210, 307-357, doi:10.1098/rsta.1911.0009.
 */
public final class GradientCheck {

    private static final int BITS_BETWEEN_STEPS = 4;
    private static final int SMALLEST_STEP_BITS = 40;

    /** What the value of a loss in double precision is rounded to: half a unit in the last place of 1. */
    private static final double DOUBLE_PRECISION = 0x1p-53;

    /** A value that changes by no less than this part of itself has less precision than steps can be small. */
    private static final double LITTLE_PRECISION = 0x1p-35;

    /** What changes in larger steps than this part of itself is not rounded, but flat. */
    private static final double LEAST_PRECISION = 0x1p-8;

    private final Claim claim;
    private final double[] point;
    private final boolean agrees;
    private final boolean tooCoarse;
    private final Findings findings;

    private GradientCheck(Claim claim, double[] point, boolean agrees, boolean tooCoarse, Findings findings) {
        this.claim = claim;
        this.point = point;
        this.agrees = agrees;
        this.tooCoarse = tooCoarse;
        this.findings = findings;
    }

    /**
     * Checks a loss at one point.
     *
     * @param loss       the loss
     * @param prediction the point; not modified
     * @param target     the target; not modified
     * @return what was found
     */
    public static GradientCheck of(LossFunction loss, double[] prediction, double[] target) {
        Objects.requireNonNull(loss, "loss");
        Objects.requireNonNull(prediction, "prediction");
        Objects.requireNonNull(target, "target");
        double[] copy = target.clone();
        double[] gradient = new double[prediction.length];
        double value = loss.valueAndGradient(prediction.clone(), target, gradient);
        return check(point -> loss.value(point, copy), prediction.clone(), value, gradient);
    }

    /**
     * Checks a classification loss at one point.
     *
     * @param loss       the loss
     * @param prediction the point; not modified
     * @param label      the number of the true class
     * @return what was found
     */
    public static GradientCheck of(ClassificationLoss loss, double[] prediction, int label) {
        Objects.requireNonNull(loss, "loss");
        Objects.requireNonNull(prediction, "prediction");
        double[] gradient = new double[prediction.length];
        double value = loss.valueAndGradient(prediction.clone(), label, gradient);
        return check(point -> loss.value(point, label), prediction.clone(), value, gradient);
    }

    /**
     * Checks a batch at one point, given labels. With target arrays, a batch is a loss as any other.
     *
     * @param batch       the batch
     * @param predictions the point: rows laid end to end; not modified
     * @param labels      one a row; not modified
     * @return what was found
     */
    public static GradientCheck of(Batch batch, double[] predictions, int[] labels) {
        Objects.requireNonNull(batch, "batch");
        Objects.requireNonNull(predictions, "predictions");
        Objects.requireNonNull(labels, "labels");
        int[] copy = labels.clone();
        double[] gradient = new double[predictions.length];
        double value = batch.valueAndGradient(predictions.clone(), labels, gradient);
        return check(point -> batch.value(point, copy), predictions.clone(), value, gradient);
    }

    /**
     * Checks the second derivatives of a loss at one point.
     *
     * @param loss       the loss
     * @param prediction the point; not modified
     * @param target     the target; not modified
     * @return what was found
     */
    public static GradientCheck ofHessian(SecondOrderLoss loss, double[] prediction, double[] target) {
        Objects.requireNonNull(loss, "loss");
        Objects.requireNonNull(prediction, "prediction");
        Objects.requireNonNull(target, "target");
        double[] copy = target.clone();
        double[] gradient = new double[prediction.length];
        double[] hessian = new double[prediction.length];
        double value = loss.valueGradientAndHessian(prediction.clone(), target, gradient, hessian);
        Gradient slopes = (point, into) -> loss.valueAndGradient(point, copy, into);
        return check(slopes, prediction.clone(), value, gradient, hessian);
    }

    /**
     * Checks the second derivatives of a classification loss at one point.
     *
     * @param loss       the loss
     * @param prediction the point; not modified
     * @param label      the number of the true class
     * @return what was found
     */
    public static GradientCheck ofHessian(SecondOrderClassificationLoss loss, double[] prediction, int label) {
        Objects.requireNonNull(loss, "loss");
        Objects.requireNonNull(prediction, "prediction");
        double[] gradient = new double[prediction.length];
        double[] hessian = new double[prediction.length];
        double value = loss.valueGradientAndHessian(prediction.clone(), label, gradient, hessian);
        Gradient slopes = (point, into) -> loss.valueAndGradient(point, label, into);
        return check(slopes, prediction.clone(), value, gradient, hessian);
    }

    private static GradientCheck check(
            ToDoubleFunction<double[]> loss, double[] point, double value, double[] gradient) {
        checkPoint(point);
        boolean agrees = Double.compare(loss.applyAsDouble(point), value) == 0;
        Claim claim = new Claim((at, i) -> loss.applyAsDouble(at), i -> value, i -> gradient[i], 0, "value");
        return check(claim, point, agrees);
    }

    private static GradientCheck check(
            Gradient slopes, double[] point, double value, double[] gradient, double[] hessian) {
        checkPoint(point);
        double[] others = new double[point.length];
        boolean agrees = Double.compare(slopes.write(point, others), value) == 0 && Arrays.equals(others, gradient);
        Functions entries = (at, i) -> {
            slopes.write(at, others);
            return others[i];
        };
        return check(new Claim(entries, i -> gradient[i], i -> hessian[i], size(point), "gradient"), point, agrees);
    }

    private static void checkPoint(double[] point) {
        if (point.length == 0) {
            throw new IllegalArgumentException("prediction is empty");
        }
    }

    /** The largest |x| that is finite, or 1 if that is 0. */
    private static double size(double[] point) {
        double largest = Arrays.stream(point).map(Math::abs).filter(x -> x <= Double.MAX_VALUE).max().orElse(0);
        return largest == 0 ? 1 : largest;
    }

    private static GradientCheck check(Claim claim, double[] point, boolean agrees) {
        Findings findings = Findings.of(claim, point, DOUBLE_PRECISION);
        double apparent = findings.apparentPrecision;
        if (!findings.areRight() && apparent >= LITTLE_PRECISION && apparent <= LEAST_PRECISION) {
            Findings coarse = Findings.of(claim, point, apparent);
            return new GradientCheck(claim, point, agrees, coarse.areRight(), coarse);
        }
        return new GradientCheck(claim, point, agrees, false, findings);
    }

    /**
     * This check for a loss whose value and gradient have less than double precision.
     *
     * @param precision half the distance of the number 1 to the next one, 2^-24 for float; from 2^-53, which is double
     *     precision, to 2^-8
     * @return what was found, from as many values again
     * @throws IllegalArgumentException if the precision is out of range
     */
    public GradientCheck withPrecision(double precision) {
        if (!(precision >= DOUBLE_PRECISION && precision <= LEAST_PRECISION)) {
            throw new IllegalArgumentException("precision = " + precision + " is not in 2^-53..2^-8");
        }
        return new GradientCheck(claim, point, agrees, false, Findings.of(claim, point, precision));
    }

    /**
     * Whether the gradient is the derivative of the value at this point, or the Hessian's diagonal that of the
     * gradient, as far as differences can tell.
     *
     * @return true if every entry is within its tolerance
     */
    public boolean passes() {
        return agrees && !tooCoarse && findings.areRight();
    }

    /**
     * The entry with the largest difference, measured in its own tolerance.
     *
     * @return its index in the prediction
     */
    public int worstIndex() {
        return findings.worstIndex;
    }

    /**
     * What the loss says: the worst entry of its gradient, or of its Hessian's diagonal.
     *
     * @return the entry
     */
    public double analytic() {
        return findings.analytic;
    }

    /**
     * What the difference quotients say of the worst entry.
     *
     * @return the slope, NaN if there is none
     */
    public double numeric() {
        return findings.worst.value;
    }

    /**
     * By how much the two may differ at the worst entry: see the top of this page.
     *
     * @return the tolerance, positive; infinite if there is no slope
     */
    public double tolerance() {
        return findings.worst.tolerance;
    }

    @Override
    public String toString() {
        return verdict() + "; worst at prediction[" + worstIndex() + "]: analytic " + analytic() + ", numeric "
                + numeric() + ", tolerance " + tolerance();
    }

    private String verdict() {
        if (!agrees) {
            return claim.length == 0
                    ? "fails: value is not valueAndGradient's value"
                    : "fails: value and gradient are not those of valueAndGradient";
        }
        if (tooCoarse) {
            return "fails: the " + claim.name + " has too little precision, it does not change by less than "
                    + 2 * findings.apparentPrecision
                    + " of itself; if it comes from floats, try withPrecision(0x1p-24)";
        }
        return passes() ? "passes" : "fails";
    }

    /**
     * That numbers are the derivatives of functions by their own entries: entry i of {@code derivative} is that of
     * function i by entry i of the point. Of a gradient, all functions are the loss; of a Hessian, they are the entries
     * of the gradient, whose terms may be as large as the derivative times {@code length}.
     */
    private record Claim(
            Functions functions,
            IntToDoubleFunction here,
            IntToDoubleFunction derivative,
            double length,
            String name) {}

    /** Writes the gradient at a point, and returns the value. */
    private interface Gradient {
        double write(double[] point, double[] gradient);
    }

    /** Functions of a point, by number. */
    private interface Functions {
        double apply(double[] point, int i);
    }

    /** What difference quotients say of a claim, for functions of some precision. */
    private static final class Findings {

        final int worstIndex;
        final double analytic;
        final Slope worst;
        final double apparentPrecision;

        private Findings(int worstIndex, double analytic, Slope worst, double apparentPrecision) {
            this.worstIndex = worstIndex;
            this.analytic = analytic;
            this.worst = worst;
            this.apparentPrecision = apparentPrecision;
        }

        static Findings of(Claim claim, double[] point, double precision) {
            int worstIndex = 0;
            double worstAnalytic = Double.NaN;
            Slope worst = null;
            double apparentPrecision = Double.POSITIVE_INFINITY;
            for (int i = 0; i < point.length; i++) {
                Line line = new Line(claim, point, i, precision);
                Slope slope = line.slope();
                double analytic = claim.derivative.applyAsDouble(i);
                if (worst == null || slope.misses(analytic) > worst.misses(worstAnalytic)) {
                    worstIndex = i;
                    worstAnalytic = analytic;
                    worst = slope;
                }
                apparentPrecision = Math.min(apparentPrecision, line.apparentPrecision());
            }
            return new Findings(worstIndex, worstAnalytic, worst, apparentPrecision);
        }

        boolean areRight() {
            return worst.misses(analytic) <= 1;
        }
    }

    /** A slope, with the error that it may have. */
    private static final class Slope {

        static final Slope NONE = new Slope(Double.NaN, Double.POSITIVE_INFINITY);

        final double value;
        final double tolerance;

        Slope(double value, double tolerance) {
            this.value = value;
            this.tolerance = tolerance;
        }

        double misses(double analytic) {
            double ratio = Math.abs(analytic - value) / tolerance;
            return ratio >= 0 ? ratio : Double.POSITIVE_INFINITY;
        }
    }

    /** A function along one coordinate: f(h) is its value where the entry is x + h. */
    private static final class Line {

        private final Functions functions;
        private final double[] point;
        private final int index;
        private final double x;
        private final double value;
        private final double analytic;
        private final double unit;
        private final double ulps;
        private final double ulpOfTerms;
        private final boolean roundsPoint;
        private double smallestChange = Double.POSITIVE_INFINITY;

        Line(Claim claim, double[] point, int index, double precision) {
            this.functions = claim.functions;
            this.point = point;
            this.index = index;
            this.x = point[index];
            this.value = claim.here.applyAsDouble(index);
            this.analytic = claim.derivative.applyAsDouble(index);
            this.unit = precision / DOUBLE_PRECISION;
            this.ulps = point.length + 100.0;
            this.ulpOfTerms = claim.length == 0 ? 0 : ulp(analytic * claim.length);
            this.roundsPoint = precision > DOUBLE_PRECISION;
        }

        /** A unit in the last place of a number of the precision. */
        private double ulp(double number) {
            return Math.ulp(number) * unit;
        }

        /** The precision for which the smallest change that was seen is a unit in the last place. */
        double apparentPrecision() {
            return smallestChange / Math.ulp(value) * DOUBLE_PRECISION;
        }

        /** From the smallest step up: a better step is one with a smaller tolerance that agrees with the last. */
        Slope slope() {
            if (Double.isInfinite(x) && Double.isFinite(value)) {
                return new Slope(0, Double.MIN_VALUE);
            }
            Slope best = Slope.NONE;
            for (int exponent : stepExponents()) {
                Slope next = slope(exactStep(Math.scalb(1.0, exponent)));
                double moved = best == Slope.NONE ? 0 : Math.abs(next.value - best.value);
                double tolerance = Math.max(next.tolerance, moved) + ulps * ulp(analytic);
                if (tolerance < best.tolerance) { // then moved is, too
                    best = new Slope(next.value, tolerance);
                }
            }
            return best;
        }

        private TreeSet<Integer> stepExponents() {
            TreeSet<Integer> exponents = new TreeSet<>();
            int smallest = Math.getExponent(Math.ulp(x)) + BITS_BETWEEN_STEPS;
            for (double length : new double[] {Math.abs(x), Math.abs(value / analytic), 1}) {
                if (length > 0 && length <= Double.MAX_VALUE) {
                    int top = Math.floorDiv(Math.getExponent(length), BITS_BETWEEN_STEPS) * BITS_BETWEEN_STEPS;
                    for (int bits = BITS_BETWEEN_STEPS; bits <= SMALLEST_STEP_BITS; bits += BITS_BETWEEN_STEPS) {
                        exponents.add(Math.max(top - bits, smallest));
                    }
                }
            }
            return exponents;
        }

        /** The step nearest to this one for which x + h and x - h are both doubles, if it is shorter than |x|. */
        private double exactStep(double step) {
            double exact = Math.abs(x + Math.copySign(step, x) - x);
            return exact > 0 && exact <= Double.MAX_VALUE ? exact : step;
        }

        private Slope slope(double h) {
            double right = f(h);
            double left = f(-h);
            double rightHalf = f(h / 2);
            double leftHalf = f(-h / 2);
            if (Double.isNaN(right + rightHalf)) {
                return oneSided(leftHalf, left, f(-h / 4), -h);
            }
            if (Double.isNaN(left + leftHalf)) {
                return oneSided(rightHalf, right, f(h / 4), h);
            }
            double coarse = (right - left) / (2 * h);
            double fine = (rightHalf - leftHalf) / h;
            double jump = oneSided(rightHalf, right, h) - oneSided(leftHalf, left, -h);
            double rounding = ulps * (ulp(rightHalf) + ulp(leftHalf) + 2 * ulpOfTerms) / h + ofPoint(h);
            return new Slope(fine, Math.abs(fine - coarse) + Math.abs(jump) / 2 + rounding);
        }

        private Slope oneSided(double half, double whole, double quarter, double h) {
            double fine = oneSided(quarter, half, h / 2);
            double coarse = oneSided(half, whole, h);
            double ulp = 3 * ulp(value) + 4 * ulp(quarter) + ulp(half) + 8 * ulpOfTerms;
            return new Slope(fine, Math.abs(fine - coarse) + ulps * ulp / Math.abs(h / 2) + ofPoint(h));
        }

        /** What the rounding of the point to the precision can do to a slope. */
        private double ofPoint(double h) {
            return roundsPoint ? ulp(Math.abs(x) + Math.abs(h)) * Math.abs(analytic / h) : 0;
        }

        private double oneSided(double half, double whole, double h) {
            return (-3 * value + 4 * half - whole) / h;
        }

        /** The value at x + h, NaN outside the domain. */
        private double f(double h) {
            point[index] = x + h;
            try {
                double shifted = functions.apply(point, index);
                if (!Double.isFinite(shifted)) {
                    return Double.NaN;
                }
                if (shifted != value) {
                    smallestChange = Math.min(smallestChange, Math.abs(shifted - value));
                }
                return shifted;
            } catch (IllegalArgumentException outsideTheDomain) {
                return Double.NaN;
            } finally {
                point[index] = x;
            }
        }
    }
}
