package io.github.plainjava.losses.generators;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * Two rows of finite logits.
 *
 * @param kind  how they have to do with each other
 * @param one   the one
 * @param other the other
 */
public record LogitPairs(Kind kind, double[] one, double[] other) {

    /** How two rows have to do with each other. */
    public enum Kind {
        /** Not at all. */
        INDEPENDENT,
        /** They differ by up to a power of two from 2^-60 to 1. */
        NEAR,
        /** They differ by the same up, down, or nothing. */
        STEPS,
        /** They differ by a few ulps. */
        NEIGHBOURS,
        /** They differ by a number and its rounding. */
        SHIFTED,
        /** In one class only. */
        ONE_CLASS;

        private double[] otherThan(double[] one, double[] independent, SplittableRandom random) {
            double size = Math.scalb(1.0, -random.nextInt(60));
            double shift = random.nextDouble(-1000, 1000);
            int only = random.nextInt(one.length);
            double[] other = one.clone();
            for (int i = 0; i < one.length; i++) {
                other[i] = switch (this) {
                    case INDEPENDENT -> independent[i];
                    case NEAR -> finite(one[i] + size * random.nextDouble(-1, 1));
                    case STEPS -> finite(one[i] + size * (random.nextInt(3) - 1));
                    case NEIGHBOURS -> finite(one[i] + (random.nextInt(5) - 2) * Math.ulp(one[i]));
                    case SHIFTED -> finite(one[i] + shift);
                    case ONE_CLASS -> i == only ? independent[i] : one[i];
                };
            }
            return other;
        }

        private static double finite(double x) {
            return Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, x));
        }
    }

    /** Pairs of every kind and every length up to 40, most of them short, as the oracle needs many digits for some. */
    public static final class Any implements ArbitrarySupplier<LogitPairs> {
        @Override
        public Arbitrary<LogitPairs> get() {
            return Arbitraries.frequencyOf(
                            Tuple.of(20, Rows.uniform(1, 5)),
                            Tuple.of(1, Rows.uniform(6, 40)))
                    .flatMap(LogitPairs::ofLength);
        }
    }

    /** Pairs of every kind and one length. */
    public static Arbitrary<LogitPairs> ofLength(int length) {
        Arbitrary<Logits> rows = Logits.ofLength(length);
        return Combinators.combine(Arbitraries.of(Kind.values()), rows, rows, Arbitraries.longs().withoutEdgeCases())
                .as((kind, one, independent, seed) -> {
                    double[] other = kind.otherThan(one.logits(), independent.logits(), new SplittableRandom(seed));
                    return seed % 2 == 0
                            ? new LogitPairs(kind, one.logits(), other)
                            : new LogitPairs(kind, other, one.logits());
                });
    }

    @Override
    public String toString() {
        return kind + ": " + Arrays.toString(one) + " and " + Arrays.toString(other);
    }
}
