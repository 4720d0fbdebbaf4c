package io.github.plainjava.losses.generators;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/** Doubles of every kind: from raw bits, from evenly spread exponents, and a catalogue of nasty ones. */
public final class Doubles {

    /** Numbers at which a computation of exp and log is apt to go wrong, each with both neighbours, both signs. */
    public static final List<Double> NASTY = nastyNumbers();

    /** The largest mass of a class in a target. */
    public static final double LARGEST_MASS = 1e60;

    private Doubles() {
    }

    private static List<Double> nastyNumbers() {
        double[] centres = {
            Double.MIN_VALUE, 3 * Double.MIN_VALUE, Double.MIN_NORMAL, 0x1p-1000, 0x1p-600, 0x1p-540, 0x1p-511,
            0x1p-512, 0x1p-60, 0x1p-54, 0x1p-53, 0x1p-52, 0x1p-28, 0x1p-27, 0.1, 0.25, 0.5, StrictMath.sqrt(0.5),
            0.75, 1, 1.5, 2,
            StrictMath.sqrt(2), StrictMath.E, StrictMath.PI, 10, 0x1p52, 0x1p53, 0x1p511, 0x1p512, 1e154, 1.35e154,
            1e300, 1e308, Double.MAX_VALUE / 2,
            // exp rounds to 1 below 2^-53; adding it to 1 is lost near 36 and 37; 40 is the design's own example
            36, 36.04365338911715, 36.7368005696771, 37, 38, 40,
            // exp overflows; becomes subnormal; loses its last bit; is below half of the least double
            709.782712893384, 708.3964185322641, 744.4400719213812, 745.1332191019411, 745.1332191019412, 750, 1075
        };
        List<Double> numbers = new ArrayList<>(List.of(0.0, -0.0, Double.MAX_VALUE, -Double.MAX_VALUE));
        for (double centre : centres) {
            addWithNeighbours(numbers, centre);
        }
        // where a range reduction by multiples of ln 2 changes the multiple
        double[] multiples = {0.5, 1, 1.5, 2, 3, 7.5, 8, 51.5, 52, 53, 511.5, 1022, 1023.5, 1074};
        for (double multiple : multiples) {
            addWithNeighbours(numbers, multiple * StrictMath.log(2));
        }
        return List.copyOf(numbers);
    }

    private static void addWithNeighbours(List<Double> numbers, double centre) {
        for (double number : new double[] {Math.nextDown(centre), centre, Math.nextUp(centre)}) {
            numbers.add(number);
            numbers.add(-number);
        }
    }

    /** Any finite double: from raw bits, from even exponents, moderate, nasty, and zeros. */
    public static Arbitrary<Double> finite() {
        return Arbitraries.frequencyOf(
                Tuple.of(4, fromBits()),
                Tuple.of(8, ofExponents(-1074, 1023)),
                Tuple.of(8, between(-50, 50)),
                Tuple.of(4, nasty()),
                Tuple.of(1, Arbitraries.of(0.0, -0.0)));
    }

    /** Finite doubles of evenly distributed bit patterns. */
    public static Arbitrary<Double> fromBits() {
        return Arbitraries.longs().withDistribution(RandomDistribution.uniform()).withoutEdgeCases()
                .map(Double::longBitsToDouble).filter(Double::isFinite);
    }

    /** Doubles of either sign whose binary exponents are evenly distributed between two bounds, both included. */
    public static Arbitrary<Double> ofExponents(int lowest, int highest) {
        return Combinators.combine(magnitudes(lowest, highest), Arbitraries.of(1.0, -1.0)).as((x, sign) -> sign * x);
    }

    /** Positive doubles whose binary exponents are evenly distributed between two bounds, both included. */
    public static Arbitrary<Double> magnitudes(int lowest, int highest) {
        Arbitrary<Integer> exponents = Arbitraries.integers().between(lowest, highest)
                .withDistribution(RandomDistribution.uniform()).withoutEdgeCases();
        return Combinators.combine(exponents, fractions())
                .as((exponent, fraction) -> Math.max(Math.scalb(1 + fraction, exponent), Double.MIN_VALUE));
    }

    /** Any positive finite double: from even exponents, nasty ones, subnormals and those next to the largest. */
    public static Arbitrary<Double> positive() {
        return Arbitraries.frequencyOf(
                Tuple.of(5, magnitudes(-1074, 1023)),
                Tuple.of(2, nasty().map(Math::abs).filter(x -> x > 0)),
                Tuple.of(2, ends()));
    }

    /** The ends of the range: subnormals, the least double among them, and doubles up to the largest. */
    public static Arbitrary<Double> ends() {
        return Arbitraries.oneOf(
                Arbitraries.of(Double.MIN_VALUE, Double.MIN_NORMAL, 0x1p1023, Double.MAX_VALUE),
                magnitudes(-1074, -1023),
                magnitudes(1020, 1023));
    }

    /** Target masses of moderate size most often, of every size that a mass may have now and then. */
    public static Arbitrary<Double> mostlyModerate(double low, double high) {
        return Arbitraries.frequencyOf(Tuple.of(3, between(low, high)), Tuple.of(1, masses()));
    }

    /** Any positive mass: from even exponents, nasty ones, and the ends. */
    public static Arbitrary<Double> masses() {
        return Arbitraries.frequencyOf(
                Tuple.of(5, magnitudes(Double.MIN_VALUE, LARGEST_MASS)),
                Tuple.of(2, nasty().map(Math::abs).filter(x -> x > 0 && x <= LARGEST_MASS)),
                Tuple.of(2, endsOfMasses()));
    }

    /** The ends of the range of masses: subnormals, the least double among them, and masses up to the largest. */
    public static Arbitrary<Double> endsOfMasses() {
        return Arbitraries.oneOf(
                Arbitraries.of(Double.MIN_VALUE, Double.MIN_NORMAL, Math.nextDown(LARGEST_MASS), LARGEST_MASS),
                magnitudes(-1074, -1023),
                magnitudes(0x1p196, LARGEST_MASS));
    }

    /**
     * Positive doubles from one bound to another, both included and both met, whose binary exponents are evenly
     * distributed.
     */
    public static Arbitrary<Double> magnitudes(double lowest, double highest) {
        return magnitudes(exponent(lowest), exponent(highest))
                .map(x -> Math.min(Math.max(x, lowest), highest));
    }

    private static int exponent(double x) {
        return x < Double.MIN_NORMAL ? -1074 : Math.getExponent(x);
    }

    /** Evenly distributed doubles between two bounds, with all their bits in use. */
    public static Arbitrary<Double> between(double low, double high) {
        return fractions().map(fraction -> low + fraction * (high - low));
    }

    /** The catalogue of nasty numbers. */
    public static Arbitrary<Double> nasty() {
        return Arbitraries.of(NASTY);
    }

    /** Evenly distributed multiples of 2^-52 in [0, 1). */
    static Arbitrary<Double> fractions() {
        return Arbitraries.longs().between(0, (1L << 52) - 1)
                .withDistribution(RandomDistribution.uniform()).withoutEdgeCases()
                .map(bits -> bits * 0x1p-52);
    }
}
