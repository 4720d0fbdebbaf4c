package io.github.plainjava.losses;

import java.util.Arrays;

/**
 * Compensated sums over blocks, lane by lane, so that they become vector instructions: sums[i] + sumTails[i] is the
 * sum of the i-th number of every block. What a rounding drops goes into the tail, so that the error of the whole does
 * not grow with the number of terms.
 *
 * <p>Source: T. Ogita, S. M. Rump and S. Oishi (2005), Accurate sum and dot product, SIAM J. Sci. Comput. 26(6),
 * doi:10.1137/030601818.
 */
final class Sums {

    /** Down to this many lanes, halves are added to halves. */
    private static final int FEW_LANES = Scratch.BLOCK / 8;

    /** Times its square even the least doubt is more than a sum of masses. */
    static final double SPOILING = 0x1p1023;

    private Sums() {}

    /** Begins with nothing in the lanes that rows of n numbers use. */
    static void clear(double[] sums, double[] sumTails, int n) {
        int lanes = Math.min(n, Scratch.BLOCK);
        Arrays.fill(sums, 0, lanes, 0);
        Arrays.fill(sumTails, 0, lanes, 0);
    }

    /** Adds numbers of either sign. */
    static boolean add(double[] x, double[] sums, double[] sumTails, int n) {
        for (int i = 0; i < n; i++) {
            double next = sums[i] + x[i];
            sumTails[i] += Exact.sumError(sums[i], x[i], next);
            sums[i] = next;
        }
        return true;
    }

    /** Adds pairs of head and tail. */
    static void addPairs(double[] x, double[] tail, double[] sums, double[] sumTails, int n) {
        for (int i = 0; i < n; i++) {
            double next = sums[i] + x[i];
            sumTails[i] = (sumTails[i] + Exact.sumError(sums[i], x[i], next)) + tail[i];
            sums[i] = next;
        }
    }

    /** Adds the masses of a target, and for numbers that are none far more than masses can be. */
    static boolean addMasses(double[] q, double[] sums, double[] sumTails, int n) {
        for (int i = 0; i < n; i++) {
            double next = sums[i] + q[i];
            double spoiled = Fma.fma(
                    Ordinary.doubt(q[i]) * SPOILING, SPOILING, Exact.sumError(sums[i], q[i], next));
            sumTails[i] += spoiled;
            sums[i] = next;
        }
        return true;
    }

    /**
     * Adds products of pairs w and x. A product is not rounded before it is added; the error of the addition is found
     * as if it were a double, which is exact, but for a rounding of the error itself, where all products have one sign.
     */
    static void addProducts(
            double[] w, double[] wTail, double[] x, double[] xTail, double[] sums, double[] sumTails, int n) {
        for (int i = 0; i < n; i++) {
            double next = Fma.fma(w[i], x[i], sums[i]);
            double error = productSumError(w[i], x[i], sums[i], next);
            sumTails[i] = Fma.fma(w[i], xTail[i], Fma.fma(wTail[i], x[i], error + sumTails[i]));
            sums[i] = next;
        }
    }

    /** The same for weights without tails. */
    static boolean addProducts(double[] w, double[] x, double[] xTail, double[] sums, double[] sumTails, int n) {
        for (int i = 0; i < n; i++) {
            double next = Fma.fma(w[i], x[i], sums[i]);
            double error = productSumError(w[i], x[i], sums[i], next);
            sumTails[i] = Fma.fma(w[i], xTail[i], error + sumTails[i]);
            sums[i] = next;
        }
        return true;
    }

    /** (w x + sum) - next, where next is that sum rounded once. */
    static double productSumError(double w, double x, double sum, double next) {
        double added = next - sum;
        return (sum - (next - added)) - Fma.fma(-w, x, added);
    }

    /** From pairs x to their products with one pair, in place. */
    static void multiply(double[] x, double[] xTail, double factor, double factorTail, int n) {
        for (int i = 0; i < n; i++) {
            double product = x[i] * factor;
            xTail[i] = Exact.productTail(x[i], xTail[i], factor, factorTail, product);
            x[i] = product;
        }
    }

    /** The total of the lanes that rows of n numbers use, left in the first one as head and tail. */
    static void total(double[] sums, double[] sumTails, int n) {
        int lanes = Math.min(n, Scratch.BLOCK);
        if (lanes > FEW_LANES) {
            Arrays.fill(sums, lanes, Scratch.BLOCK, 0);
            Arrays.fill(sumTails, lanes, Scratch.BLOCK, 0);
            halve(sums, sumTails, 4 * FEW_LANES);
            halve(sums, sumTails, 2 * FEW_LANES);
            halve(sums, sumTails, FEW_LANES);
            lanes = FEW_LANES;
        }
        double sum = sums[0];
        double tail = sumTails[0];
        for (int i = 1; i < lanes; i++) {
            double next = sum + sums[i];
            tail += sumTails[i] + Exact.sumError(sum, sums[i], next);
            sum = next;
        }
        sums[0] = sum + tail;
        sumTails[0] = Exact.fastSumError(sum, tail, sum + tail);
    }

    /**
     * Adds the upper half of the lanes to the lower one: half is a constant to the compiler, so offsets do not differ.
     */
    private static void halve(double[] sums, double[] sumTails, int half) {
        for (int i = 0; i < half; i++) {
            double next = sums[i] + sums[half + i];
            double error = Exact.sumError(sums[i], sums[half + i], next);
            sumTails[i] = (sumTails[i] + error) + sumTails[half + i];
            sums[i] = next;
        }
    }

    /** The total that the scratch holds. */
    static DoubleDouble total(double[][] scratch) {
        return new DoubleDouble(scratch[Scratch.SUMS][0], scratch[Scratch.SUM_TAILS][0]);
    }

    static void setTotal(double[][] scratch, double head, double tail) {
        scratch[Scratch.SUMS][0] = head;
        scratch[Scratch.SUM_TAILS][0] = tail;
    }
}
