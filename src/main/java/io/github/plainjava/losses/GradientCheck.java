package io.github.plainjava.losses;

import java.util.Objects;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * Compares the gradient of a loss with difference quotients of its value at one point: the first test to write for a
 * loss of your own.
 *
 * <pre>{@code
 * GradientCheck check = GradientCheck.of(new MeanSquaredError(), new double[] {1, 2}, new double[] {3, 4});
 * check.passes(); // true
 * }</pre>
 *
 * <h2>Definition</h2>
 * With f(h) the value where one entry of the prediction is moved by h, and g that entry of the gradient, the entry is
 * right if |g - slope| &lt;= tolerance, the slope being the central quotient (f(h) - f(-h)) / 2h. The check passes if
 * every entry is right and {@code value} returns the bits of {@code valueAndGradient}. Where a step leaves the domain
 * of the loss, that is, where it throws {@link IllegalArgumentException} or returns an infinity or NaN, the slope is
 * the one-sided quotient of the same order, (-3 f(0) + 4 f(h/2) - f(h)) / h with h of either sign.
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
 * (For the one-sided quotient, the weights 3, 4 and 1 of its values take the place of 1 and 1, and there is no jump.)
 * Steps are powers of 16 below each of three lengths, |x|, |f/g| and 1, tried from the smallest up in the way of
 * Lepskii: a larger step is preferred if its tolerance is smaller and its slope lies within the tolerance of the one
 * it replaces; the distance of the two is a lower bound of its tolerance. The smallest steps are dominated by
 * rounding, which is known, so that no larger step is believed which only looks settled, as softmax does far beyond
 * its temperature, where every quotient is 1/2. A gradient of the size of f is checked to about 9 digits; an entry
 * below 10<sup>-9</sup> f or so is lost in the rounding of f, and its tolerance is larger than itself.
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
 * Some 40 to 150 values for each entry of the prediction.
 *
 * <h2>Source</h2>
 * O. V. Lepskii (1990), On a problem of adaptive estimation in Gaussian white noise, Theory of Probability and Its
 * Applications 35(3), 454-466, doi:10.1137/1135065; L. F. Richardson (1911), The approximate arithmetical solution by
 * finite differences, Philosophical Transactions of the Royal Society A 210, 307-357, doi:10.1098/rsta.1911.0009.
 */
public final class GradientCheck {

    private static final int BITS_BETWEEN_STEPS = 4;
    private static final int SMALLEST_STEP_BITS = 40;

    private final boolean valuesAgree;
    private final int worstIndex;
    private final double analytic;
    private final Slope worst;

    private GradientCheck(boolean valuesAgree, int worstIndex, double analytic, Slope worst) {
        this.valuesAgree = valuesAgree;
        this.worstIndex = worstIndex;
        this.analytic = analytic;
        this.worst = worst;
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
        double[] gradient = new double[prediction.length];
        double value = loss.valueAndGradient(prediction.clone(), target, gradient);
        return check(point -> loss.value(point, target), prediction.clone(), value, gradient);
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

    private static GradientCheck check(
            ToDoubleFunction<double[]> loss, double[] point, double value, double[] gradient) {
        if (point.length == 0) {
            throw new IllegalArgumentException("prediction is empty");
        }
        boolean valuesAgree = Double.compare(loss.applyAsDouble(point), value) == 0;
        int worstIndex = 0;
        Slope worst = null;
        for (int i = 0; i < point.length; i++) {
            Slope slope = new Line(loss, point, i, value, gradient[i]).slope();
            if (worst == null || slope.misses(gradient[i]) > worst.misses(gradient[worstIndex])) {
                worstIndex = i;
                worst = slope;
            }
        }
        return new GradientCheck(valuesAgree, worstIndex, gradient[worstIndex], worst);
    }

    /**
     * Whether the gradient is the derivative of the value at this point, as far as differences can tell.
     *
     * @return true if every entry is within its tolerance
     */
    public boolean passes() {
        return valuesAgree && worst.misses(analytic) <= 1;
    }

    /**
     * The entry with the largest difference, measured in its own tolerance.
     *
     * @return its index in the prediction
     */
    public int worstIndex() {
        return worstIndex;
    }

    /**
     * What the loss says: the worst entry of its gradient.
     *
     * @return the entry
     */
    public double analytic() {
        return analytic;
    }

    /**
     * What the difference quotients say of the worst entry.
     *
     * @return the slope, NaN if there is none
     */
    public double numeric() {
        return worst.value;
    }

    /**
     * By how much the two may differ at the worst entry: see the top of this page.
     *
     * @return the tolerance, positive; infinite if there is no slope
     */
    public double tolerance() {
        return worst.tolerance;
    }

    @Override
    public String toString() {
        String verdict = passes() ? "passes" : valuesAgree ? "fails" : "fails: value is not valueAndGradient's value";
        return verdict + "; worst at prediction[" + worstIndex + "]: analytic " + analytic + ", numeric " + worst.value
                + ", tolerance " + worst.tolerance;
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

    /** The loss along one coordinate: f(h) is its value where the entry is x + h. */
    private static final class Line {

        private final ToDoubleFunction<double[]> loss;
        private final double[] point;
        private final int index;
        private final double x;
        private final double value;
        private final double analytic;
        private final double ulps;

        Line(ToDoubleFunction<double[]> loss, double[] point, int index, double value, double analytic) {
            this.loss = loss;
            this.point = point;
            this.index = index;
            this.x = point[index];
            this.value = value;
            this.analytic = analytic;
            this.ulps = point.length + 100.0;
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
                double tolerance = Math.max(next.tolerance, moved) + ulps * Math.ulp(analytic);
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
            double rounding = ulps * (Math.ulp(rightHalf) + Math.ulp(leftHalf)) / h;
            return new Slope(fine, Math.abs(fine - coarse) + Math.abs(jump) / 2 + rounding);
        }

        private Slope oneSided(double half, double whole, double quarter, double h) {
            double fine = oneSided(quarter, half, h / 2);
            double coarse = oneSided(half, whole, h);
            double ulp = 3 * Math.ulp(value) + 4 * Math.ulp(quarter) + Math.ulp(half);
            return new Slope(fine, Math.abs(fine - coarse) + ulps * ulp / Math.abs(h / 2));
        }

        private double oneSided(double half, double whole, double h) {
            return (-3 * value + 4 * half - whole) / h;
        }

        /** The value at x + h, NaN outside the domain. */
        private double f(double h) {
            point[index] = x + h;
            try {
                double shifted = loss.applyAsDouble(point);
                return Double.isFinite(shifted) ? shifted : Double.NaN;
            } catch (IllegalArgumentException outsideTheDomain) {
                return Double.NaN;
            } finally {
                point[index] = x;
            }
        }
    }
}
