package io.github.plainjava.losses;

/**
 * The cross-entropy of a row by target, without floor, smoothing or class weights, and of ordinary numbers: most rows.
 * <pre>
 *     value      = -sum of q_i log p_i
 *     gradient_i = -q_i / p_i
 * </pre>
 * One look at the row tells that it is of this kind, and with that also that it passes all checks. The sum of the q_i,
 * which is the weight of the row in a mean, comes with the value.
 */
final class UsualCrossEntropyRow {

    // Arrays that logarithms and slopes leave alone.
    private static final int MASSES = Scratch.SUM_TAILS;
    private static final int MASS_TAILS = Scratch.WEIGHT_TAILS;

    private static final Step[] SLOPES = {UsualCrossEntropyRow::slopes};

    /** From probabilities to logarithms, and their sum, weighted. */
    private static final Step[] LOGARITHMS = {
        (s, a, b, n) -> Log.lookUp(s[Scratch.X], s[Scratch.Y], s[Scratch.SUMS], n),
        (s, a, b, n) -> Log.finish(s[Scratch.X], s[Scratch.Y], s[Scratch.SUMS], Log.ORIGIN, n),
        (s, a, b, n) -> Sums.addProducts(
                s[Scratch.WEIGHTS], s[Scratch.X], s[Scratch.Y], s[Scratch.MORE], s[Scratch.MORE_TAILS], n),
        (s, a, b, n) -> Sums.add(s[Scratch.WEIGHTS], s[MASSES], s[MASS_TAILS], n)
    };

    /** For gradients that are not ordinary. */
    private static final WideCrossEntropyRow WIDE = new WideCrossEntropyRow(0, TargetRule.PLAIN);

    private UsualCrossEntropyRow() {}

    /** Whether all numbers of a row are ordinary, with no probability of 0 or above 1. */
    static boolean isUsual(double[] p, double[] target, int from, int n) {
        for (int i = from; i < from + n; i++) {
            if (!CrossEntropyRow.USUAL.contains(p[i]) || !Ordinary.isMass(target[i])) {
                return false;
            }
        }
        return true;
    }

    /** As {@link RowLoss#row}, of a usual row; its mass is left in the scratch as the total. */
    static double row(
            double[] p,
            double[] target,
            int from,
            int n,
            double weight,
            Divisor divisor,
            double[] gradient,
            double[][] scratch) {
        boolean gradientFits = gradient != null && Ordinary.isScale(weight, divisor);
        double[] ordinaryGradient = gradientFits ? gradient : null;
        DoubleDouble scale = gradientFits ? divisor.ordinaryScale(weight) : DoubleDouble.ONE;
        double value = n <= Exponentials.SHORT
                ? oneByOne(p, target, from, n, scale.head(), scale.tail(), ordinaryGradient, scratch)
                : inBlocks(p, target, from, n, scale.head(), scale.tail(), ordinaryGradient, scratch);
        if (gradient != ordinaryGradient) {
            WIDE.gradient(p, target, from, n, RowLoss.NO_LABEL, weight, divisor, gradient);
        }
        return value;
    }

    private static double oneByOne(
            double[] p,
            double[] target,
            int from,
            int n,
            double scale,
            double scaleTail,
            double[] gradient,
            double[][] scratch) {
        double mass = 0;
        double massTail = 0;
        double sum = 0;
        double sumTail = 0;
        for (int i = from; i < from + n; i++) {
            double t = target[i];
            double log = Log.logHead(p[i]);
            double next = Math.fma(t, log, sum);
            double error = Sums.productSumError(t, log, sum, next);
            sumTail = Math.fma(t, Log.logTail(p[i]), error + sumTail);
            sum = next;
            double nextMass = mass + t;
            massTail += Exact.sumError(mass, t, nextMass);
            mass = nextMass;
            if (gradient != null) {
                gradient[i] = CrossEntropyRow.minusQuotient(t, 0, p[i], scale, scaleTail);
            }
        }
        Sums.setTotal(scratch, mass + massTail, 0);
        return 0.0 - (sum + sumTail);
    }

    private static double inBlocks(
            double[] p,
            double[] target,
            int from,
            int n,
            double scale,
            double scaleTail,
            double[] gradient,
            double[][] scratch) {
        Sums.clear(scratch[Scratch.MORE], scratch[Scratch.MORE_TAILS], n);
        Sums.clear(scratch[MASSES], scratch[MASS_TAILS], n);
        for (int start = 0; start < n; start += Scratch.BLOCK) {
            int size = Math.min(Scratch.BLOCK, n - start);
            System.arraycopy(p, from + start, scratch[Scratch.X], 0, size);
            System.arraycopy(target, from + start, scratch[Scratch.WEIGHTS], 0, size);
            if (gradient != null) {
                Step.all(SLOPES, scratch, scale, scaleTail, size);
                System.arraycopy(scratch[Scratch.Y], 0, gradient, from + start, size);
            }
            Step.all(LOGARITHMS, scratch, 0, 0, size);
        }
        Sums.total(scratch[MASSES], scratch[MASS_TAILS], n);
        Sums.setTotal(scratch, scratch[MASSES][0], scratch[MASS_TAILS][0]);
        Sums.total(scratch[Scratch.MORE], scratch[Scratch.MORE_TAILS], n);
        return 0.0 - scratch[Scratch.MORE][0];
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
