package io.github.plainjava.losses;

import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.internal.tile.Rows;
import io.github.plainjava.losses.internal.tile.Tile;

/**
 * The diagonal of the Hessian of the softmax loss: with e_i = exp(z_i / T), S their sum and Q the mass of the target,
 * <pre>
 *     diagonal_i = e_i (S - e_i) / S^2 * Q s / T^2
 * </pre>
 * S - e_i, the sum of the others, is rest for the largest, which is kept out of the sum, and (own - e_i) + rest for all
 * others, where what is subtracted is never most of what is left.
 */
final class SoftmaxHessian {

    /** So many powers of two are lent to products, which may be small before weights make them large. */
    private static final int LIFT = 600;

    private SoftmaxHessian() {}

    static void compute(Rows rows, Targets targets, Pair inverse) {
        boolean inUnits = SoftmaxFunctions.addUpBesideLargest(rows, inverse);
        addUpMasses(rows, targets, inUnits ? Softmax.EXCLUDED : Targets.NONE);
        Tile w = rows.tile;
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            rows.load(rows.predictions, w.x);
            SoftmaxFunctions.computeExponentials(rows, inUnits, inverse);
            for (int r = 0; r < rows.count; r++) {
                computeRow(rows, r, inverse);
            }
            rows.store(w.x, rows.hessian);
        }
    }

    private static void addUpMasses(Rows rows, Targets targets, double excluded) {
        Tile w = rows.tile;
        rows.clear(w.mass);
        targets.begin(rows, excluded);
        for (rows.rewind(); rows.hasPiece(); rows.next()) {
            rows.load(rows.predictions, w.x);
            targets.load(rows, excluded);
            rows.addUp(w.t, w.mass);
        }
    }

    private static void computeRow(Rows rows, int r, Pair inverse) {
        Tile w = rows.tile;
        Pair own = w.own.get(r);
        Pair rest = w.rest.get(r);
        Pair inverseOfSum = Pair.ONE.over(own.plus(rest));
        int ofMass = Math.getExponent(w.mass.head[r]);
        int ofScale = Math.getExponent(w.scale.head[r]);
        Pair mass = scaled(w.mass.get(r), LIFT - ofMass);
        Pair factor = mass.times(scaled(w.scale.get(r), -ofScale)).times(inverse).times(inverse);
        Pair last = factor.times(inverseOfSum);
        int power = ofMass + ofScale - LIFT + w.growth[r];
        int kept = rows.place(r, w.kept[r]);
        for (int i = r; i < rows.size; i += rows.lanes()) {
            double h = i == kept
                    ? product(rest, own, inverseOfSum, last)
                    : ofOther(w.e.get(i), own, rest, inverseOfSum, last);
            w.x[i] = Math.scalb(h, power) + 0.0;
        }
    }

    private static Pair scaled(Pair x, int power) {
        return new Pair(Math.scalb(x.head(), power), Math.scalb(x.tail(), power));
    }

    private static double ofOther(Pair e, Pair own, Pair rest, Pair inverseOfSum, Pair last) {
        return product(e, own.minus(e).plus(rest), inverseOfSum, last);
    }

    /** The smaller factor comes last, as all the rest is far within the double range. */
    private static double product(Pair smaller, Pair larger, Pair inverseOfSum, Pair last) {
        return larger.times(inverseOfSum).times(last).times(smaller).rounded();
    }
}
