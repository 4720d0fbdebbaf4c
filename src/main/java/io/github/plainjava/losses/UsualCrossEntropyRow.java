package io.github.plainjava.losses;

/**
 * The cross-entropy of a row by target, without floor, smoothing or class weights, and of ordinary numbers: most rows.
 * <pre>
 *     value      = -sum of q_i log p_i
 *     gradient_i = -q_i / p_i
 * </pre>
 * The value is computed as if the row were of this kind, and with it whether it is; a row that is also passes all
 * checks. The sum of the q_i, which is the weight of the row in a mean, comes with the value.
 *
 * <h2>How a row is found to be usual</h2>
 * To look at number after number takes as long as the logarithms. With vector instructions, (1 - p) (p - smallest) is
 * negative where p is out of its range, and |x| - x is 0 for the others; where it is not, it is a positive number,
 * infinite or NaN, as {@link Ordinary#doubt} is for masses. Multiplied by 2^2046, even the smallest of those is more
 * than a sum of masses can be. So it is added to that sum, and if the sum is no more than one mass may be, all numbers
 * were usual.
 */
final class UsualCrossEntropyRow {

    // Arrays that logarithms and slopes leave alone.
    private static final int MASSES = Scratch.SUM_TAILS;
    private static final int MASS_TAILS = Scratch.WEIGHT_TAILS;

    private static final Step[] SLOPES = {UsualCrossEntropyRow::slopes};

    /** From probabilities and masses to the sums that value and mass are made of, and whether the row is usual. */
    private static final Step[] ADD_UP = {
        (s, a, b, n) -> addMasses(s[Scratch.X], s[Scratch.WEIGHTS], s[MASSES], s[MASS_TAILS], n),
        (s, a, b, n) -> Log.lookUp(s[Scratch.X], s[Scratch.Y], s[Scratch.SUMS], n),
        (s, a, b, n) -> Log.finish(s[Scratch.X], s[Scratch.Y], s[Scratch.SUMS], Log.ORIGIN, n),
        (s, a, b, n) -> Sums.addProducts(
                s[Scratch.WEIGHTS], s[Scratch.X], s[Scratch.Y], s[Scratch.MORE], s[Scratch.MORE_TAILS], n)
    };

    /** For gradients that are not ordinary. */
    private static final WideCrossEntropyRow WIDE = new WideCrossEntropyRow(0, TargetRule.PLAIN);

    private UsualCrossEntropyRow() {}

    /** As {@link RowLoss#isUsual}. */
    static boolean isUsual(double[] p, double[] target, int from, int n, double[][] scratch) {
        return n <= Exponentials.SHORT
                ? oneByOne(p, target, from, n, scratch)
                : inBlocks(p, target, from, n, scratch);
    }

    private static boolean oneByOne(double[] p, double[] target, int from, int n, double[][] scratch) {
        double mass = 0;
        double massTail = 0;
        double sum = 0;
        double sumTail = 0;
        for (int i = from; i < from + n; i++) {
            double t = target[i];
            if (!CrossEntropyRow.USUAL.contains(p[i]) || !Ordinary.isMass(t)) {
                return false;
            }
            double log = Log.logHead(p[i]);
            double next = Fma.fma(t, log, sum);
            double error = Sums.productSumError(t, log, sum, next);
            sumTail = Fma.fma(t, Log.logTail(p[i]), error + sumTail);
            sum = next;
            double nextMass = mass + t;
            massTail += Exact.sumError(mass, t, nextMass);
            mass = nextMass;
        }
        return keep(0.0 - (sum + sumTail), mass + massTail, scratch);
    }

    private static boolean inBlocks(double[] p, double[] target, int from, int n, double[][] scratch) {
        Sums.clear(scratch[Scratch.MORE], scratch[Scratch.MORE_TAILS], n);
        Sums.clear(scratch[MASSES], scratch[MASS_TAILS], n);
        for (int start = 0; start < n; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, n - start);
            System.arraycopy(p, from + start, scratch[Scratch.X], 0, size);
            System.arraycopy(target, from + start, scratch[Scratch.WEIGHTS], 0, size);
            Step.all(ADD_UP, scratch, 0, 0, size);
        }
        Sums.total(scratch[MASSES], scratch[MASS_TAILS], n);
        Sums.total(scratch[Scratch.MORE], scratch[Scratch.MORE_TAILS], n);
        return keep(0.0 - scratch[Scratch.MORE][0], scratch[MASSES][0], scratch);
    }

    private static boolean keep(double value, double mass, double[][] scratch) {
        scratch[Scratch.MORE][0] = value;
        Sums.setTotal(scratch, mass, 0);
        return mass <= Ordinary.LARGEST_MASS;
    }

    /** Adds masses, and far more than any masses for numbers that are not usual. */
    private static boolean addMasses(double[] p, double[] q, double[] sums, double[] sumTails, int n) {
        for (int i = 0; i < n; i++) {
            double probability = (1 - p[i]) * (p[i] - CrossEntropyRow.SMALLEST_DIVISOR);
            double doubt = Exact.sum(Math.abs(probability) - probability, Ordinary.doubt(q[i]));
            double next = sums[i] + q[i];
            sumTails[i] += Fma.fma(doubt * Sums.SPOILING, Sums.SPOILING, Exact.sumError(sums[i], q[i], next));
            sums[i] = next;
        }
        return true;
    }

    /** After {@link #isUsual}: that value and, if gradient is not null, weight / divisor times its gradient. */
    static double row(
            double[] p,
            double[] target,
            int from,
            int n,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        double value = scratch[Scratch.MORE][0];
        if (gradient != null) {
            gradient(p, target, from, n, weight, divisor, gradient, scratch);
        }
        return value;
    }

    private static void gradient(
            double[] p,
            double[] target,
            int from,
            int n,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        if (!Ordinary.isScale(weight, divisor)) {
            WIDE.gradient(p, target, from, n, RowLoss.NO_LABEL, weight, divisor, gradient);
            return;
        }
        DoubleDouble scale = divisor.ordinaryScale(weight);
        if (n <= Exponentials.SHORT) {
            for (int i = from; i < from + n; i++) {
                gradient[i] = CrossEntropyRow.minusQuotient(target[i], 0, p[i], scale.head(), scale.tail());
            }
            return;
        }
        for (int start = 0; start < n; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, n - start);
            System.arraycopy(p, from + start, scratch[Scratch.X], 0, size);
            System.arraycopy(target, from + start, scratch[Scratch.WEIGHTS], 0, size);
            Step.all(SLOPES, scratch, scale.head(), scale.tail(), size);
            System.arraycopy(scratch[Scratch.Y], 0, gradient, from + start, size);
        }
    }

    /** From probabilities and weights to scaled slopes. */
    private static boolean slopes(double[][] scratch, double scale, double scaleTail, int n) {
        double[] p = scratch[Scratch.X];
        double[] t = scratch[Scratch.WEIGHTS];
        double[] slopes = scratch[Scratch.Y];
        for (int i = 0; i < n; i++) {
            slopes[i] = CrossEntropyRow.minusQuotient(t[i], 0, p[i], scale, scaleTail);
        }
        return true;
    }
}
