package io.github.plainjava.losses.generators;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * A row of questions with the answer yes or no: predictions, as logits or as probabilities, and targets from 0 to 1.
 *
 * @param kind       what the targets are like
 * @param prediction logits or probabilities
 * @param target     what was true
 */
public record Answers(Kind kind, double[] prediction, double[] target) {

    /** What a row of targets can be like. */
    public enum Kind {
        /** Each 0 or 1. */
        HARD,
        /** Anything between. */
        SOFT,
        /** From the least double of all to 2^-40. */
        NEARLY_NO,
        /** Within 2^-20 of 1, the neighbour of 1 among them. */
        NEARLY_YES,
        /** The probability that is predicted, rounded, a few ulps away: the gradient cancels. */
        NEAR_PREDICTION;

        private Arbitrary<double[]> targets(double[] probabilities) {
            int length = probabilities.length;
            return switch (this) {
                case HARD -> Rows.of(Arbitraries.of(0.0, 1.0), length);
                case SOFT -> Rows.of(Arbitraries.oneOf(Arbitraries.just(0.5), Doubles.between(0, 1)), length);
                case NEARLY_NO -> Rows.of(Arbitraries.oneOf(
                        Arbitraries.just(Double.MIN_VALUE), Doubles.magnitudes(-1074, -41)), length);
                case NEARLY_YES -> Rows.of(Arbitraries.oneOf(Arbitraries.just(Math.nextDown(1.0)),
                        Doubles.magnitudes(-53, -21).map(x -> 1 - x)), length);
                case NEAR_PREDICTION -> Rows.of(Arbitraries.integers().between(-3, 3).map(Integer::doubleValue), length)
                        .map(ulps -> near(probabilities, ulps));
            };
        }

        private static double[] near(double[] probabilities, double[] ulps) {
            double[] near = new double[probabilities.length];
            for (int i = 0; i < near.length; i++) {
                double moved = probabilities[i] + ulps[i] * Math.ulp(probabilities[i]);
                near[i] = Math.min(Math.max(moved, 0), 1);
            }
            return near;
        }
    }

    /** Logits: moderate, far, where exp underflows, tiny, and any doubles, in rows of every length. */
    public static final class OfLogits implements ArbitrarySupplier<Answers> {
        @Override
        public Arbitrary<Answers> get() {
            return Rows.lengths().flatMap(Answers::ofLogits);
        }
    }

    /** The same in rows of 2 to 12. */
    public static final class OfFewLogits implements ArbitrarySupplier<Answers> {
        @Override
        public Arbitrary<Answers> get() {
            return Rows.smallLengths().flatMap(Answers::ofLogits);
        }
    }

    /** Probabilities: moderate, near 0, near 1, near 1/2, 0 and 1, in rows of every length. */
    public static final class OfProbabilities implements ArbitrarySupplier<Answers> {
        @Override
        public Arbitrary<Answers> get() {
            return Rows.lengths().flatMap(Answers::ofProbabilities);
        }
    }

    /** The same in rows of 2 to 12. */
    public static final class OfFewProbabilities implements ArbitrarySupplier<Answers> {
        @Override
        public Arbitrary<Answers> get() {
            return Rows.smallLengths().flatMap(Answers::ofProbabilities);
        }
    }

    /** Rows of logits, of one length. */
    public static Arbitrary<Answers> ofLogits(int length) {
        return Combinators.combine(Arbitraries.of(Kind.class), margins()).flatAs(
                (kind, source) -> Rows.of(source, length).flatMap(logits -> kind.targets(sigmoid(logits))
                        .map(targets -> new Answers(kind, logits, targets))));
    }

    /** Rows of probabilities, of one length. */
    public static Arbitrary<Answers> ofProbabilities(int length) {
        return Combinators.combine(Arbitraries.of(Kind.class), probabilities()).flatAs(
                (kind, source) -> Rows.of(source, length).flatMap(row -> kind.targets(row)
                        .map(targets -> new Answers(kind, row, targets))));
    }

    /** One kind of logits for a row. */
    private static Arbitrary<Arbitrary<Double>> margins() {
        return Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.just(Doubles.between(-10, 10))),
                Tuple.of(3, Arbitraries.just(Doubles.between(-50, 50))),
                Tuple.of(3, Arbitraries.just(Doubles.between(-800, 800))),
                Tuple.of(1, Arbitraries.just(eitherSign(Doubles.between(700, 750)))),
                Tuple.of(2, Arbitraries.just(Doubles.ofExponents(-60, -2))),
                Tuple.of(1, Arbitraries.just(Doubles.ofExponents(-1074, -900))),
                Tuple.of(2, Arbitraries.just(Doubles.finite())));
    }

    private static Arbitrary<Double> eitherSign(Arbitrary<Double> positive) {
        return Combinators.combine(positive, Arbitraries.of(1.0, -1.0)).as((x, sign) -> sign * x);
    }

    /** One kind of probabilities for a row. */
    private static Arbitrary<Arbitrary<Double>> probabilities() {
        Arbitrary<Double> tiny = Doubles.magnitudes(-1074, -20);
        Arbitrary<Double> nearOne = Doubles.magnitudes(-53, -20).map(x -> 1 - x);
        Arbitrary<Double> nearHalf = Doubles.ofExponents(-54, -10).map(x -> 0.5 + x);
        Arbitrary<Double> certain = Arbitraries.of(0.0, 1.0, Math.nextDown(1.0), Double.MIN_VALUE);
        return Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.just(Doubles.between(0, 1))),
                Tuple.of(2, Arbitraries.just(tiny)),
                Tuple.of(2, Arbitraries.just(nearOne)),
                Tuple.of(2, Arbitraries.just(nearHalf)),
                Tuple.of(2, Arbitraries.just(Arbitraries.oneOf(certain, Doubles.between(0, 1), tiny, nearOne))));
    }

    private static double[] sigmoid(double[] logits) {
        double[] sigmoid = new double[logits.length];
        for (int i = 0; i < sigmoid.length; i++) {
            double decay = StrictMath.exp(-Math.abs(logits[i]));
            sigmoid[i] = (logits[i] < 0 ? decay : 1) / (1 + decay);
        }
        return sigmoid;
    }

    @Override
    public String toString() {
        return kind + ", prediction " + Rows.toString(prediction) + ", target " + Rows.toString(target);
    }
}
