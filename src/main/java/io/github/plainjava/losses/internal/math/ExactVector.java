package io.github.plainjava.losses.internal.math;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * A sum of vectors, and of vectors times numbers, without rounding: as an {@link ExactSum} for each entry, in arrays.
 *
 * <p>An entry is the sum of its doubles in all levels. What rounding takes from one of them is itself a double, and
 * goes to the next level. There are as many levels as there has ever been something left for: two where numbers of like
 * size are added, four where products are, and one more for some 53 bits by which the numbers of an entry are further
 * apart. The errors of products begin at the third level: the first two then have hardly anything left, which saves
 * more time than it takes to skip the second. What {@link ExactSum} leaves to its integer, numbers of 2^900 and more
 * and products that are not between 2^-900 and 2^900, goes to a rest here too; and for the reasons that are given there
 * no level exceeds 2^953, and nothing is ever lost.
 *
 * <p>This goes entry by entry. Level by level in vector instructions, which need copies and checks of their own, long
 * vectors took as long, and vectors of ten three times as long.
 */
public final class ExactVector {

    /** The sizes of products whose errors are doubles. */
    private static final Range MODERATE = new Range(Math.nextUp(ExactSum.SMALL), Math.nextDown(ExactSum.LARGE));

    /** Where the errors of products go first. */
    private static final int ERRORS = 2;

    /** How far two rests may be from 0 before they are added, in bits: far more than numbers that are counted give. */
    private static final int MOST_BITS = 8192;

    private final int size;
    private double[][] levels;

    /** In units of 2^-2148; null where it is 0, and as a whole as long as it is 0 everywhere. */
    private BigInteger[] rest;

    /** The sums of what is not finite: 0 where there is none, and null as a whole as long as there is none anywhere. */
    private double[] notFinite;

    /** Private, as serializers call no-argument constructors of this class, and some fail at those of a package. */
    private ExactVector() {
        this(0);
    }

    private ExactVector(int size) {
        this.size = size;
        this.levels = new double[ERRORS][size];
    }

    /** A sum of nothing yet. */
    public static ExactVector zero(int size) {
        return new ExactVector(size);
    }

    public int size() {
        return size;
    }

    /** Adds x[i] to the entry from + i, for any x[i]. */
    public void add(int from, double[] x) {
        double[] high = levels[0];
        double[] low = levels[1];
        for (int i = 0; i < x.length; i++) {
            if (Math.abs(x[i]) < ExactSum.LARGE) {
                double left = add(high, low, from + i, x[i]);
                add(ERRORS, from + i, left);
            } else {
                addExtreme(from + i, x[i], 1);
            }
        }
    }

    /** Adds scale * x[i] to the entry from + i, for any x[i] and scale. */
    public void addProducts(int from, double[] x, double scale) {
        double[] high = levels[0];
        double[] low = levels[1];
        double[] errorHigh = level(ERRORS);
        double[] errorLow = level(ERRORS + 1);
        for (int i = 0; i < x.length; i++) {
            double product = scale * x[i];
            if (MODERATE.contains(Math.abs(product))) {
                double error = Exact.productError(scale, x[i], product);
                double left = add(high, low, from + i, product);
                double leftOfError = add(errorHigh, errorLow, from + i, error);
                add(ERRORS, from + i, left);
                add(ERRORS + 2, from + i, leftOfError);
            } else {
                addExtreme(from + i, x[i], scale);
            }
        }
    }

    /** Adds a number to two levels; what neither of them could hold. */
    private static double add(double[] high, double[] low, int entry, double x) {
        double sum = high[entry] + x;
        double error = Exact.sumError(high[entry], x, sum);
        high[entry] = sum;
        double lowSum = low[entry] + error;
        double left = Exact.sumError(low[entry], error, lowSum);
        low[entry] = lowSum;
        return left;
    }

    /** Adds a number to a level, what is left of it to the next, and so on. */
    private void add(int firstLevel, int entry, double x) {
        double left = x;
        for (int level = firstLevel; left != 0; level++) {
            double[] doubles = level(level);
            double sum = doubles[entry] + left;
            left = Exact.sumError(doubles[entry], left, sum);
            doubles[entry] = sum;
        }
    }

    private double[] level(int level) {
        while (level >= levels.length) {
            levels = Arrays.copyOf(levels, levels.length + 1);
            levels[levels.length - 1] = new double[size];
        }
        return levels[level];
    }

    private void addExtreme(int entry, double x, double scale) {
        if (Math.abs(x) <= Double.MAX_VALUE && Math.abs(scale) <= Double.MAX_VALUE) {
            addToRest(entry, Units.ofProduct(x, scale));
        } else {
            addNotFinite(entry, x * scale);
        }
    }

    private void addToRest(int entry, BigInteger units) {
        if (units.signum() != 0) {
            if (rest == null) {
                rest = new BigInteger[size];
            }
            BigInteger sum = rest[entry] == null ? units : rest[entry].add(units);
            rest[entry] = sum.signum() == 0 ? null : sum;
        }
    }

    private void addNotFinite(int entry, double x) {
        if (notFinite == null) {
            notFinite = new double[size];
        }
        notFinite[entry] += x;
    }

    /** Adds a number of units of 2^-2148 to an entry. */
    public void addUnits(int entry, BigInteger units) {
        BigInteger left = units;
        double part = Units.toDouble(left);
        for (int level = 0; part != 0 && Math.abs(part) < ExactSum.LARGE; level++) {
            add(level, entry, part);
            left = left.subtract(Units.of(part));
            part = Units.toDouble(left);
        }
        addToRest(entry, left);
    }

    /**
     * Adds all of another sum of that size, or of this one: so the lower levels come first, which are not changed by
     * what is added to the higher ones before they have been read.
     *
     * @throws ArithmeticException if there is no end to how often a sum was added to itself
     */
    public void add(ExactVector other) {
        if (other.rest != null) {
            other.checkRest();
            addRest(other.rest);
        }
        for (int level = other.levels.length - 1; level >= 0; level--) {
            addLevel(level, other.levels[level]);
        }
        for (int i = 0; other.notFinite != null && i < size; i++) {
            addNotFinite(i, other.notFinite[i]);
        }
    }

    private void checkRest() {
        for (int i = 0; i < size; i++) {
            if (rest[i] != null && rest[i].bitLength() > MOST_BITS) {
                throw new ArithmeticException("entry " + i + " of other is beyond 2^6000");
            }
        }
    }

    private void addRest(BigInteger[] others) {
        for (int i = 0; i < size; i++) {
            if (others[i] != null) {
                addToRest(i, others[i]);
            }
        }
    }

    private void addLevel(int level, double[] x) {
        for (int i = 0; i < size; i++) {
            if (Math.abs(x[i]) < ExactSum.LARGE) {
                add(level, i, x[i]);
            } else {
                addToRest(i, Units.of(x[i]));
            }
        }
    }

    /** What an entry is if it is not finite, or 0. */
    public double notFinite(int entry) {
        return notFinite == null ? 0 : notFinite[entry];
    }

    /** The finite summands of an entry in units of 2^-2148. */
    public BigInteger toInteger(int entry) {
        BigInteger sum = rest == null || rest[entry] == null ? BigInteger.ZERO : rest[entry];
        for (double[] level : levels) {
            if (level[entry] != 0) {
                sum = sum.add(Units.of(level[entry]));
            }
        }
        return sum;
    }

    /**
     * An entry, correctly rounded; infinite beyond the double range, and never -0.0.
     *
     * <p>If each double is at most half of the last bit of the one before, the first three give it: nothing below the
     * third can change the third's sign, and that is all that matters of the third, as doubles and the middles of
     * doubles are multiples of the last bit of the second. Two sweeps from below nearly always make them so.
     */
    public double toDouble(int entry) {
        if (notFinite(entry) != 0) {
            return notFinite[entry];
        }
        if (rest != null && rest[entry] != null) {
            return Units.toDouble(toInteger(entry));
        }
        double[] parts = new double[Math.max(levels.length, 3)];
        for (int level = 0; level < levels.length; level++) {
            parts[level] = levels[level][entry];
        }
        if (levels.length > 3) {
            sweep(parts);
            sweep(parts);
            if (!areApart(parts)) {
                return Units.toDouble(toInteger(entry));
            }
        }
        return Fma.sum(parts[0], parts[1], parts[2]);
    }

    /** Makes of each double and the one below, from the last ones up, their rounded sum and its error. */
    private static void sweep(double[] parts) {
        for (int i = parts.length - 1; i > 0; i--) {
            double sum = parts[i - 1] + parts[i];
            parts[i] = Exact.sumError(parts[i - 1], parts[i], sum);
            parts[i - 1] = sum;
        }
    }

    private static boolean areApart(double[] parts) {
        for (int i = 1; i < parts.length; i++) {
            if (parts[i - 1] + parts[i] != parts[i - 1]) {
                return false;
            }
        }
        return true;
    }
}
