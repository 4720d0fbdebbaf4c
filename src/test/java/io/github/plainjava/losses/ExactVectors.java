package io.github.plainjava.losses;

import java.math.BigDecimal;
import java.util.Arrays;

/** What {@link ExactSums} have to hold, in decimal numbers of any length; infinities and NaNs beside them. */
final class ExactVectors {

    private final BigDecimal[] sums;
    private final double[] notFinite;

    ExactVectors(int size) {
        sums = new BigDecimal[size];
        Arrays.fill(sums, BigDecimal.ZERO);
        notFinite = new double[size];
    }

    ExactVectors add(int from, double[] values, double scale) {
        for (int i = 0; i < values.length; i++) {
            if (Double.isFinite(values[i]) && Double.isFinite(scale)) {
                BigDecimal product = new BigDecimal(values[i]).multiply(new BigDecimal(scale));
                sums[from + i] = sums[from + i].add(product);
            } else {
                notFinite[from + i] += values[i] * scale;
            }
        }
        return this;
    }

    double[] toArray() {
        double[] rounded = new double[sums.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = notFinite[i] != 0 ? notFinite[i] : sums[i].doubleValue() + 0.0; // which gives -0.0 at times
        }
        return rounded;
    }
}
