package io.github.plainjava.losses;

/**
 * A sum of products w (x + xTail), carried as one compensated sum for each place of a block, so that all places
 * advance in one vector instruction; {@link #fold} adds up the places.
 *
 * <p>A product is not rounded before it is added, and the error of the addition is found as if the product were a
 * double. That is exact, but for a rounding of the error itself, where no product has the opposite sign of the sum it
 * is added to, as with weights of at least 0 and logarithms of probabilities. Operations are chosen as {@link Log}
 * says.
 */
final class LaneSums {

    /** As many places as are added up one by one, because halving them takes longer. */
    private static final int FEW_PLACES = 12;

    private LaneSums() {}

    /**
     * Adds w[i] (x[i] + xTail[i]) to sums[i] + sumTails[i]. A product should be 0 or at least 2^-900, or its error is
     * below the double range.
     */
    static void add(double[] w, double[] x, double[] xTail, double[] sums, double[] sumTails, int n) {
        for (int i = 0; i < n; i++) {
            double sum = Math.fma(w[i], x[i], sums[i]);
            double added = sum - sums[i];
            double sumError = (sums[i] - (sum - added)) - Math.fma(-w[i], x[i], added);
            sumTails[i] = Math.fma(w[i], xTail[i], sumError + sumTails[i]);
            sums[i] = sum;
        }
    }

    /**
     * Adds up all n places: on return the total is sums[0] + sumTails[0], and the other places are undefined.
     *
     * @param scratchA half as long, only written
     * @param scratchB half as long, only written
     */
    static void fold(double[] sums, double[] sumTails, double[] scratchA, double[] scratchB, int n) {
        int places = n;
        while (places > FEW_PLACES) {
            int half = places / 2;
            places -= half;
            System.arraycopy(sums, places, scratchA, 0, half);
            System.arraycopy(sumTails, places, scratchB, 0, half);
            addPlaces(sums, sumTails, scratchA, scratchB, half);
        }
        double total = sums[0];
        double totalTail = sumTails[0];
        for (int i = 1; i < places; i++) {
            double sum = total + sums[i];
            totalTail += Exact.sumError(total, sums[i], sum) + sumTails[i];
            total = sum;
        }
        sums[0] = total;
        sumTails[0] = totalTail;
    }

    private static void addPlaces(double[] sums, double[] sumTails, double[] others, double[] otherTails, int n) {
        for (int i = 0; i < n; i++) {
            double sum = sums[i] + others[i];
            double added = sum - sums[i];
            double sumError = (sums[i] - (sum - added)) - (added - others[i]);
            sumTails[i] = (sumError + sumTails[i]) + otherTails[i];
            sums[i] = sum;
        }
    }
}
