package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Exact;
import io.github.plainjava.losses.internal.math.Exp;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.math.PairExp;
import io.github.plainjava.losses.internal.tile.Pairs;

/**
 * The divergence KL(a || b) of a = softmax(x / T) from b = softmax(y / T), number by number. With k the largest of x
 * and
 * <pre>
 *     v_i = (x_i - y_i) - (x_k - y_k),    m = sum of a_i v_i,    w_i = (v_i - m) / T
 * </pre>
 * log(a_i / b_i) is w_i plus the divergence, whatever the sums of exponentials are, and
 * <pre>
 *     KL = m / T - log sum of exp((x_i - x_k) / T) + log sum of exp((y_i - y_k) / T)
 *        = log(1 + sum of a_i (exp(-w_i) - 1 + w_i))
 * </pre>
 * The first is taken where the divergence is large. Where it is small the terms of the first cancel; those of the
 * second are never negative, and an error of m counts by its square only. Classes that x excludes and y does not add
 * log(1 + G), G being their part of the exponentials of y by the part of all others.
 *
 * <p>The derivative by y_i is (b_i - a_i) / T, that by x_i is a_i w_i / T. Where the divergence is small, w_i may be as
 * small as the square of the others: for it, exponentials are as good as pairs, and each is a power of two, what the
 * exponential of the nearest float is more, and what it is more than that. Each of the three is added up by itself: as
 * logits next to each other have the same of the first two, what cancels does so exactly.
 *
 * <p>Every exponential is a pair of doubles and a power of two beside it, since a probability of 2^-2000 times a
 * difference of 2^1000 is a double.
 */
final class Divergence {

    /** Less than this is added up without cancellation. */
    private static final double SMALL = 0.5;

    /** Up to here exp(-w) - 1 + w is computed as its power series, which is good to 2^-58 with so many terms. */
    private static final double NEAR = 1;

    private static final int TERMS = 19;

    /** 1 / (j + 2)! */
    private static final double[] COEFFICIENTS = new double[TERMS + 1];

    static {
        double coefficient = 0.5;
        for (int j = 0; j <= TERMS; j++) {
            COEFFICIENTS[j] = coefficient;
            coefficient /= j + 3;
        }
    }

    /** Small terms are this power of two times as large until the end, where their sum is rounded once. */
    private static final int SCALE = 500;

    /** For less, log(1 + x) is x, also where x does not have all its bits. */
    private static final double TINY = 0x1p-110;

    /** Down to here exponentials need no power of two beside them. */
    private static final double FAR = -500;

    /** The exponential of less, times any double, is 0. */
    private static final double LOWEST = -2000;

    /** Differences of numbers from here on may be beyond the double range. */
    private static final double LARGE = 0x1p1000;

    private static final double SMALLER = 0x1p-24;

    /** That of an exponential of 0, less than any other. */
    private static final int POWER_OF_NOTHING = -4000;

    private final Pair inverse;
    private final Exponentials ofX;
    private final Exponentials ofY;
    private final Pairs v;
    private final Sum sum = new Sum();
    private final Sum others = new Sum();
    private final Sum excluded = new Sum();
    private final Sum rest = new Sum();

    // Of the row at hand:
    private double[] x;
    private double[] y;
    private int from;
    private int k;
    /** What logits are multiplied by on loading. */
    private double shrink;
    /** 1 / T, and what undoes that. */
    private Pair perUnit;
    private boolean isSmall;

    /**
     * Of rows of so many columns.
     *
     * @param inverse 1 / T
     */
    Divergence(Pair inverse, int columns) {
        this.inverse = inverse;
        this.ofX = new Exponentials(columns);
        this.ofY = new Exponentials(columns);
        this.v = new Pairs(columns);
    }

    /** KL(a || b) of rows that begin at a place in their arrays. */
    double value(double[] theX, double[] theY, int at) {
        x = theX;
        y = theY;
        from = at;
        shrink = largestSize() < LARGE ? 1 : SMALLER;
        perUnit = new Pair(inverse.head() / shrink, inverse.tail() / shrink);
        k = firstLargest(x);
        int top = firstLargest(y);
        if (!Double.isFinite(x[from + k]) || !Double.isFinite(y[from + top])) {
            return Double.NaN;
        }
        ofX.set(x, k, false);
        ofY.set(y, top, false);
        for (int i = 0; i < columns(); i++) {
            v.set(i, isExcluded(x, i) ? Pair.ZERO : difference(i));
        }
        return isImpossible() ? Double.POSITIVE_INFINITY : value(top);
    }

    private int columns() {
        return ofX.power.length;
    }

    private double largestSize() {
        double largest = 0;
        for (int i = from; i < from + columns(); i++) {
            largest = Math.max(largest, finiteSize(x[i]));
            largest = Math.max(largest, finiteSize(y[i]));
        }
        return largest;
    }

    private static double finiteSize(double z) {
        double size = Math.abs(z);
        return size <= Double.MAX_VALUE ? size : 0;
    }

    /** The place of the first NaN, or else of the first largest. */
    private int firstLargest(double[] z) {
        int best = 0;
        for (int i = 1; i < columns(); i++) {
            double other = z[from + i];
            if (other > z[from + best] || Double.isNaN(other) && !Double.isNaN(z[from + best])) {
                best = i;
            }
        }
        return best;
    }

    private boolean isExcluded(double[] z, int i) {
        return z[from + i] == Double.NEGATIVE_INFINITY;
    }

    /** Whether b has nothing of what a has. */
    private boolean isImpossible(int i) {
        return isExcluded(y, i) && !isExcluded(x, i);
    }

    private boolean isImpossible() {
        for (int i = 0; i < columns(); i++) {
            if (isImpossible(i)) {
                return true;
            }
        }
        return false;
    }

    private double value(int top) {
        sum.clear();
        for (int i = 0; i < columns(); i++) {
            sum.add(scaled(ofX.get(i).times(v.get(i)), ofX.power[i]));
        }
        Pair mean = sum.get().over(ofX.sum());
        Pair distance = mean.plus(difference(y, top, k));
        isSmall = false;
        if (distance.head() * perUnit.head() == Double.POSITIVE_INFINITY) {
            return Double.POSITIVE_INFINITY;
        }
        Pair divergence = distance.times(perUnit).plus(ofY.log()).minus(ofX.log());
        isSmall = divergence.head() < SMALL;
        return isSmall ? smallValue(mean) : divergence.rounded();
    }

    /** From terms of which none is negative. */
    private double smallValue(Pair mean) {
        sum.clear();
        others.clear();
        excluded.clear();
        for (int i = 0; i < columns(); i++) {
            if (isExcluded(x, i)) {
                excluded.add(scaled(ofY.get(i), ofY.power[i] + SCALE));
            } else {
                others.add(scaled(ofY.get(i), ofY.power[i]));
                sum.add(term(i, mean));
            }
        }
        Pair ofExcluded = excluded.get().over(others.get());
        Pair ofOthers = sum.get().over(ofX.sum());
        Pair both = ofOthers.plus(ofExcluded).plus(scaled(ofOthers, -SCALE).times(ofExcluded));
        return Math.scalb(both.head(), -SCALE) < TINY
                ? Math.scalb(both.rounded(), -SCALE)
                : scaled(both, -SCALE).log1p().rounded();
    }

    /** e_i (exp(-w_i) - 1 + w_i), scaled. */
    private Pair term(int i, Pair mean) {
        Pair deviation = deviation(v.get(i), mean);
        double w = deviation.head() * perUnit.head();
        Pair e = ofX.get(i);
        int power = ofX.power[i] + SCALE;
        if (Math.abs(w) <= NEAR) {
            Pair exact = deviation.times(perUnit);
            return scaled(e.times(exact.times(exact)).times(series(w)), power);
        }
        Pair product = scaled(e.times(deviation), power).times(perUnit).minus(scaled(e, power));
        Pair exponent = difference(y, i, k).plus(mean).times(perUnit);
        return exponent.head() < LOWEST
                ? product
                : product.plus(scaled(exponential(exponent), powerOf(exponent) + SCALE));
    }

    /** (exp(-w) - 1 + w) / w^2 = 1/2 - w/6 + w^2/24 - ..., even terms beside odd ones. */
    private static Pair series(double w) {
        double square = w * w;
        double odd = COEFFICIENTS[TERMS];
        double even = COEFFICIENTS[TERMS - 1];
        for (int j = TERMS - 2; j > 1; j -= 2) {
            odd = odd * square + COEFFICIENTS[j];
            even = even * square + COEFFICIENTS[j - 1];
        }
        odd = odd * square + COEFFICIENTS[1];
        return new Pair(COEFFICIENTS[0], even * square - odd * w);
    }

    /** a - b, brought in order, as its head may be less than its tail. */
    private static Pair deviation(Pair a, Pair b) {
        Pair difference = a.minus(b);
        return Pair.difference(difference.head(), -difference.tail());
    }

    /** v_i of a class that x does not exclude. */
    private Pair difference(int i) {
        Pair a = difference(x, y, i);
        Pair b = difference(x, y, k);
        double heads = a.head() - b.head();
        double tails = a.tail() - b.tail();
        Pair errors = Pair.of(Exact.differenceError(a.head(), b.head(), heads))
                .plus(Pair.of(Exact.differenceError(a.tail(), b.tail(), tails)));
        return Pair.difference(heads, -tails).plus(errors).normalized();
    }

    private Pair difference(double[] a, double[] b, int i) {
        return Pair.difference(a[from + i] * shrink, b[from + i] * shrink);
    }

    private Pair difference(double[] z, int i, int j) {
        return Pair.difference(z[from + i] * shrink, z[from + j] * shrink);
    }

    /** The derivative by y_i times a scale, after the value of the same row. */
    void gradientBySecond(Pair scale, double[] gradient) {
        Pair factorOfX = inverse.times(scale).over(ofX.sum());
        Pair factorOfY = inverse.times(scale).over(ofY.sum());
        for (int i = 0; i < columns(); i++) {
            int larger = Math.max(ofX.power[i], ofY.power[i]);
            Pair a = scaled(ofX.get(i), ofX.power[i] - larger).times(factorOfX);
            Pair b = scaled(ofY.get(i), ofY.power[i] - larger).times(factorOfY);
            gradient[from + i] = scaled(b.minus(a).rounded(), larger);
        }
    }

    /** The derivative by x_i times a scale, after the value of the same row. */
    void gradientByFirst(Pair scale, double[] gradient) {
        if (isImpossible()) {
            for (int i = 0; i < columns(); i++) {
                double slope = isImpossible(i) ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
                gradient[from + i] = isExcluded(x, i) ? 0 : slope * scale.head();
            }
            return;
        }
        if (isSmall) {
            ofX.set(x, k, true);
        }
        int power = powerOfProducts();
        sum.clear();
        others.clear();
        rest.clear();
        for (int i = 0; i < columns(); i++) {
            int theirs = ofX.power[i] - power;
            if (isSmall && ofX.e.head[i] != 0) {
                sum.add(scaled(v.get(i), theirs));
                others.add(scaled(ofX.more.get(i).times(v.get(i)), theirs));
                rest.add(scaled(ofX.moreThanThat.get(i).times(v.get(i)), theirs));
            } else {
                sum.add(scaled(ofX.get(i).times(v.get(i)), theirs));
            }
        }
        Pair mean = sum.get().plus(others.get().plus(rest.get())).over(ofX.sum());
        Pair factor = perUnit.times(inverse).times(scale).over(ofX.sum());
        for (int i = 0; i < columns(); i++) {
            Pair own = v.get(i);
            int larger = own.head() == 0 ? power : Math.max(power, Math.getExponent(own.head()));
            Pair deviation = deviation(scaled(own, -larger), scaled(mean, power - larger));
            double entry = ofX.get(i).times(deviation).times(factor).rounded();
            gradient[from + i] = scaled(entry, ofX.power[i] + larger);
        }
    }

    /** That of the largest e_i v_i. */
    private int powerOfProducts() {
        int power = POWER_OF_NOTHING;
        for (int i = 0; i < columns(); i++) {
            if (v.head[i] != 0 && ofX.e.head[i] != 0) {
                int ofExponential = ofX.power[i] + Math.getExponent(ofX.e.head[i]);
                power = Math.max(power, ofExponential + Math.getExponent(v.head[i]));
            }
        }
        return power;
    }

    /** x 2^power. */
    private static Pair scaled(Pair x, int power) {
        if (power == 0) {
            return x;
        }
        return new Pair(Math.scalb(x.head(), power), Math.scalb(x.tail(), power));
    }

    private static double scaled(double x, int power) {
        return power == 0 ? x : Math.scalb(x, power) + 0.0;
    }

    private static Pair exponential(Pair z) {
        return Exp.exp(z.head(), z.tail(), Exp.steps(z.head()) + Exp.STEPS_OF_UNIT);
    }

    private static int powerOf(Pair z) {
        return (int) (Exp.steps(z.head()) / Exp.STEPS);
    }

    /** exp((z_i - z_j) / T), j the largest, in a unit that cancels: each a pair, and a power of two beside it. */
    private final class Exponentials {

        final int[] power;
        private final Pairs e;
        /** If they are as good as pairs: what those of the nearest floats are more than 1, and they more than that. */
        private final Pairs more;
        private final Pairs moreThanThat;
        private final Sum rest = new Sum();
        private Pair own;

        Exponentials(int columns) {
            power = new int[columns];
            e = new Pairs(columns);
            more = new Pairs(columns);
            moreThanThat = new Pairs(columns);
        }

        void set(double[] z, int largest, boolean precisely) {
            rest.clear();
            for (int i = 0; i < power.length; i++) {
                Pair exponent = difference(z, i, largest).times(perUnit);
                if (exponent.head() < LOWEST) {
                    power[i] = POWER_OF_NOTHING;
                    e.set(i, Pair.ZERO);
                } else if (exponent.head() >= FAR && !precisely) {
                    power[i] = 0;
                    e.set(i, Exp.exp(exponent.head(), exponent.tail(), Exp.STEPS_OF_UNIT));
                } else if (precisely) {
                    setPrecisely(i, exponent);
                } else {
                    power[i] = powerOf(exponent);
                    e.set(i, exponential(exponent));
                }
                if (i != largest) {
                    rest.add(scaled(e.get(i), power[i]));
                }
            }
            own = e.get(largest);
        }

        private void setPrecisely(int i, Pair exponent) {
            double nearest = (float) exponent.head();
            Pair distance = Pair.difference(exponent.head(), nearest).plus(Pair.of(exponent.tail()));
            power[i] = PairExp.power(nearest);
            more.set(i, PairExp.expm1(Pair.of(nearest), power[i]));
            Pair ofNearest = Pair.ONE.plus(more.get(i));
            moreThanThat.set(i, PairExp.expm1(distance, 0).times(ofNearest));
            e.set(i, ofNearest.plus(moreThanThat.get(i)));
        }

        Pair get(int i) {
            return e.get(i);
        }

        Pair sum() {
            return own.plus(rest.get());
        }

        /** The logarithm of the sum, where the unit is the largest. */
        Pair log() {
            return rest.get().over(own).log1p();
        }
    }

    /** A sum of pairs, one object for many additions. */
    private static final class Sum {

        private double head;
        private double tail;

        void clear() {
            head = 0;
            tail = 0;
        }

        void add(Pair term) {
            double next = head + term.head();
            double nextTail = (tail + Exact.sumError(head, term.head(), next)) + term.tail();
            head = next + nextTail;
            tail = Exact.fastSumError(next, nextTail, head);
        }

        Pair get() {
            return new Pair(head, tail);
        }
    }
}
