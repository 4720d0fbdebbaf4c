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
    private static final int LAST_LANES = 8;

    private Sums() {}

    static void clear(double[] sums, double[] sumTails) {
        Arrays.fill(sums, 0);
        Arrays.fill(sumTails, 0);
    }

    /** Adds pairs of head and tail. */
    static void addPairs(double[] x, double[] tail, double[] sums, double[] sumTails, int n) {
        for (int i = 0; i < n; i++) {
            double next = sums[i] + x[i];
            sumTails[i] = (sumTails[i] + Exact.sumError(sums[i], x[i], next)) + tail[i];
            sums[i] = next;
        }
    }

    /**
     * Adds products of pairs w and x. A product is not rounded before it is added; the error of the addition is found as
     * if it were a double, which is exact, but for a rounding of the error itself, where all products have one sign.
     */
    static void addProducts(
            double[] w, double[] wTail, double[] x, double[] xTail, double[] sums, double[] sumTails, int n) {
        for (int i = 0; i < n; i++) {
            double next = Math.fma(w[i], x[i], sums[i]);
            double added = next - sums[i];
            double error = (sums[i] - (next - added)) - Math.fma(-w[i], x[i], added);
            sumTails[i] = Math.fma(w[i], xTail[i], Math.fma(wTail[i], x[i], error + sumTails[i]));
            sums[i] = next;
        }
    }

    /** From pairs x to their products with one pair, in place. */
    static void multiply(double[] x, double[] xTail, double factor, double factorTail, int n) {
        for (int i = 0; i < n; i++) {
            double product = x[i] * factor;
            double error = Math.fma(x[i], factorTail, Exact.productError(x[i], factor, product));
            xTail[i] = Math.fma(xTail[i], factor, error);
            x[i] = product;
        }
    }

    /**
     * The total of all lanes, left in the first one as head and tail.
     *
     * @param x scratch
     * @param y scratch
     */
    static void total(double[] sums, double[] sumTails, double[] x, double[] y) {
        int left = Scratch.BLOCK;
        while (left > LAST_LANES) {
            left /= 2;
            System.arraycopy(sums, left, x, 0, left);
            System.arraycopy(sumTails, left, y, 0, left);
            addPairs(x, y, sums, sumTails, left);
        }
        for (int i = 1; i < left; i++) {
            double next = sums[0] + sums[i];
            sumTails[0] += sumTails[i] + Exact.sumError(sums[0], sums[i], next);
            sums[0] = next;
        }
        double head = sums[0] + sumTails[0];
        sumTails[0] = Exact.fastSumError(sums[0], sumTails[0], head);
        sums[0] = head;
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
