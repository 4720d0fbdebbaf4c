package io.github.plainjava.losses;

/**
 * The exponentials of a long row of moderate logits, and their sum.
 *
 * <p>A maximum is subtracted from logits so that no exponential overflows. Where all are within -{@value #LIMIT} and
 * {@value #LIMIT} none does, and exp(z_i) serves as well as exp(z_i - m): what the rounding of the difference takes
 * need not be carried along, and no pass over the row is needed to find m. Whether a row is moderate is seen on the
 * way; one that is not goes through {@link Exponentials}.
 *
 * <h2>The sum</h2>
 * With a number C far larger than an exponential e, h = (e + C) - C is e rounded to a multiple of C's last bit. Sums of
 * such h have no error until they reach C, and e - h, with what rounding took from e itself, is so small that it can
 * be added up without care: half the operations of a compensated sum. C is 2^{@value #GUARD_BITS} times an exponential
 * of the row, so that it fits as long as the sum is within a factor of 2^27 of that; if it is not, the row is given up
 * as well. Rows go in chunks, in which a lane adds up 32 remainders of at most 2^-25 of the exponential that C was made
 * of: their sum is below 2^-20 of it, an addition is wrong by at most 2^-74, and to add up the lanes costs as much.
 *
 * <p>Source for the split: S. M. Rump, T. Ogita and S. Oishi (2008), Accurate floating-point summation part I, SIAM J.
 * Sci. Comput. 31(1), doi:10.1137/050645671.
 */
final class Unshifted {

    /**
     * The largest size of a moderate logit. In units of {@link Exp#ONE} exponentials are then within 2^244 and 2^756,
     * and sums of them below 2^787: a class weight that is {@link Ordinary}, up to 2^100, makes none of them overflow,
     * and a scale that is, from 2^-100, divided by a sum keeps its tail.
     */
    static final int LIMIT = 177;

    /** Where no class is left out of the sum. */
    static final int NONE = -1;

    private static final int GUARD_BITS = 28;
    private static final double GUARD = 1L << GUARD_BITS;

    /** By how much of the sum each exponential that is added makes it wrong, at the most. */
    static final double SUM_ERROR = 0x1p-73;

    private static final int CHUNK = 32 * Scratch.BLOCK;

    /** That many logits at the start of a chunk are looked at for an exponential to make C of. */
    private static final int SAMPLE = 16;

    /** Lanes that are left when the bound is taken from them: more make it a better one, but take longer. */
    private static final int LANES_OF_BOUND = Scratch.BLOCK / 8;

    /** From logits to exp(r) - 1 and scales, if the logits are moderate. */
    static final Step[] EXPONENTIALS = {
        (s, a, b, n) -> Exp.expm1(s[Scratch.X], s[Scratch.Y], n), (s, a, b, n) -> Exp.moderateScales(s[Scratch.Y], n)
    };

    private static final Step[] ADD_UP = {
        (s, c, unused, n) -> addUp(s[Scratch.X], s[Scratch.Y], s[Scratch.SUMS], s[Scratch.SUM_TAILS], c, n)
    };

    /** One exponential may be any part of the sum: the bound is rounded, and may be a little more than the sum. */
    static final double ALL = 2;

    private Unshifted() {}

    /**
     * Computes the sum of exponentials, which is left in the scratch as the total, and, if they are wanted, the
     * exponentials, all in units of {@link Exp#ONE}.
     *
     * @param except the class that is left out of the sum and whose exponential is not computed, or {@link #NONE}
     * @param e      receives the exponentials at the places of the logits, or null; if it is z, it is written only if
     *               all is well
     * @return whether the row was moderate; if not, there is no result
     */
    static boolean compute(double[] z, int from, int n, int except, double[] e, double[][] scratch) {
        return compute(z, from, n, except, ALL, e, scratch);
    }

    /**
     * The same, if none of the exponentials is more than a part of the sum; if one may be, there is no result.
     */
    static boolean compute(
            double[] z, int from, int n, int except, double part, double[] e, double[][] scratch) {
        return (e != z || compute(z, from, n, except, part, null, scratch))
                && sum(z, from, n, except, e, scratch)
                && bound(scratch) <= part * Sums.total(scratch).head();
    }

    private static boolean sum(double[] z, int from, int n, int except, double[] e, double[][] scratch) {
        double sum = 0;
        double sumTail = 0;
        double largest = 0;
        for (int start = 0; start < n; start += CHUNK) {
            if (!chunk(z, from + start, Math.min(CHUNK, n - start), except - start, e, scratch)) {
                return false;
            }
            double part = scratch[Scratch.SUMS][0];
            double next = sum + part;
            sumTail += Exact.sumError(sum, part, next) + scratch[Scratch.SUM_TAILS][0];
            sum = next;
            largest = Math.max(largest, scratch[Scratch.MORE][0]);
        }
        double head = sum + sumTail;
        Sums.setTotal(scratch, head, Exact.fastSumError(sum, sumTail, head));
        scratch[Scratch.MORE][0] = largest;
        return true;
    }

    /** After {@link #compute}: no exponential was larger than this, which is at most the sum. */
    static double bound(double[][] scratch) {
        return scratch[Scratch.MORE][0];
    }

    /** One of the exponentials as the sum has it. */
    static DoubleDouble exponential(double x) {
        double scale = Exp.moderateScale(x);
        double expm1 = Exp.moderateExpm1(x);
        double exp = Fma.fma(scale, expm1, scale);
        return new DoubleDouble(exp, Fma.fma(scale, expm1, scale - exp));
    }

    private static boolean chunk(double[] z, int from, int n, int except, double[] e, double[][] scratch) {
        double[] x = scratch[Scratch.X];
        double[] scales = scratch[Scratch.Y];
        double c = GUARD * Exp.scale(largestOfSome(z, from, Math.min(SAMPLE, n), except));
        Sums.clear(scratch[Scratch.SUMS], scratch[Scratch.SUM_TAILS], Scratch.BLOCK);
        for (int start = 0; start < n; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, n - start);
            System.arraycopy(z, from + start, x, 0, size);
            if (!Step.all(EXPONENTIALS, scratch, 0, 0, size)) {
                return false;
            }
            if (except >= start && except < start + size) {
                scales[except - start] = 0;
            }
            Step.all(ADD_UP, scratch, c, 0, size);
            if (e != null) {
                System.arraycopy(x, 0, e, from + start, size);
            }
        }
        total(scratch[Scratch.SUMS], scratch[Scratch.SUM_TAILS], scratch[Scratch.MORE]);
        return scratch[Scratch.SUMS][0] <= c / 2;
    }

    private static double largestOfSome(double[] z, int from, int n, int except) {
        double largest = -LIMIT;
        for (int i = 0; i < n; i++) {
            if (z[from + i] > largest && i != except) {
                largest = z[from + i];
            }
        }
        return largest;
    }

    /** From exp(r) - 1 and scales to exponentials, in x, which are added to the running sums lane by lane. */
    private static boolean addUp(double[] x, double[] scales, double[] sums, double[] sumTails, double c, int n) {
        for (int i = 0; i < n; i++) {
            double exp = Fma.fma(scales[i], x[i], scales[i]);
            double high = (exp + c) - c;
            sums[i] += high;
            sumTails[i] += Fma.fma(scales[i], x[i], scales[i] - high);
            x[i] = exp;
        }
        return true;
    }

    /**
     * Leaves the total of all lanes in the first one, and the largest of some partial sums as the bound. Tails count
     * there: without them an exponential may be up to 2^-24 of itself larger, or smaller, than a sum it is part of.
     */
    private static void total(double[] sums, double[] sumTails, double[] bound) {
        halve(sums, sumTails, 4 * LANES_OF_BOUND);
        halve(sums, sumTails, 2 * LANES_OF_BOUND);
        halve(sums, sumTails, LANES_OF_BOUND);
        double largest = 0;
        double sum = 0;
        double tail = 0;
        for (int i = 0; i < LANES_OF_BOUND; i++) {
            sum += sums[i];
            tail += sumTails[i];
            double part = sums[i] + sumTails[i];
            if (part > largest) {
                largest = part;
            }
        }
        sums[0] = sum;
        sumTails[0] = tail;
        bound[0] = largest;
    }

    private static void halve(double[] sums, double[] sumTails, int half) {
        for (int i = 0; i < half; i++) {
            sums[i] += sums[half + i];
            sumTails[i] += sumTails[half + i];
        }
    }
}
