package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/**
 * What each class counts in a cross-entropy: w_i q'_i, where q' is the target q after smoothing, and w the class
 * weights. Smoothing by a takes the share a of the mass Q of the target and spreads it evenly over the C classes that
 * are not excluded: q'_i = (1 - a) q_i + a Q / C for these, and (1 - a) q_i for an excluded one.
 */
final class Masses {

    /** Smaller masses may be missing altogether. */
    static final double SMALL = 0x1p-600;

    private final BigDecimal[] masses;
    private final BigDecimal total;

    private Masses(BigDecimal[] masses) {
        this.masses = masses;
        BigDecimal sum = BigDecimal.ZERO;
        for (BigDecimal mass : masses) {
            sum = sum.add(mass);
        }
        this.total = sum;
    }

    static Masses of(double[] target, boolean[] excluded, Options options, Exact exact) {
        BigDecimal smoothing = new BigDecimal(options.smoothing());
        BigDecimal share = smoothing.signum() == 0 ? BigDecimal.ZERO : share(target, excluded, smoothing, exact);
        BigDecimal kept = BigDecimal.ONE.subtract(smoothing);
        BigDecimal[] masses = new BigDecimal[target.length];
        for (int i = 0; i < masses.length; i++) {
            BigDecimal own = target[i] == 0 ? BigDecimal.ZERO : kept.multiply(new BigDecimal(target[i]));
            BigDecimal smoothed = excluded[i] ? own : own.add(share);
            masses[i] = smoothed.signum() == 0 || options.classWeights() == null
                    ? smoothed
                    : smoothed.multiply(new BigDecimal(options.classWeights()[i]));
        }
        return new Masses(masses);
    }

    private static BigDecimal share(double[] target, boolean[] excluded, BigDecimal smoothing, Exact exact) {
        BigDecimal sum = BigDecimal.ZERO;
        long included = 0;
        for (int i = 0; i < target.length; i++) {
            sum = sum.add(new BigDecimal(target[i]));
            included += excluded[i] ? 0 : 1;
        }
        return included == 0 ? BigDecimal.ZERO : exact.over(smoothing.multiply(sum), BigDecimal.valueOf(included));
    }

    /** The target that has as much as any mass that is so small that it may be wrong may be wrong by; null for none. */
    static double[] small(double[] target) {
        double[] small = new double[target.length];
        boolean any = false;
        for (int i = 0; i < target.length; i++) {
            boolean isSmall = target[i] > 0 && target[i] < SMALL;
            small[i] = isSmall ? SMALL : 0;
            any |= isSmall;
        }
        return any ? small : null;
    }

    BigDecimal at(int i) {
        return masses[i];
    }

    BigDecimal total() {
        return total;
    }

    /** The mass of all classes but one, without cancellation: the additions above were exact. */
    BigDecimal totalWithout(int i) {
        return total.subtract(masses[i]);
    }

    /** Whether the target is a label times a mass. */
    static boolean onlyAt(int i, double[] target) {
        for (int j = 0; j < target.length; j++) {
            if (j != i && target[j] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether all masses in some places are so small that they may be missing. */
    static boolean areSmallWhere(boolean[] places, double[] target) {
        for (int i = 0; i < target.length; i++) {
            if (places[i] && target[i] >= SMALL) {
                return false;
            }
        }
        return true;
    }
}
