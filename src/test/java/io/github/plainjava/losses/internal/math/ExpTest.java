package io.github.plainjava.losses.internal.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.Bits;
import io.github.plainjava.losses.oracle.ExactExp;
import io.github.plainjava.losses.oracle.ExactLog;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The exponential against the exact one, and arrays of few and of many numbers against the form for one. */
class ExpTest {

    private static final MathContext DIGITS = new MathContext(60);
    private static final double ONE = Math.scalb(Exp.UNIT, Exp.UNIT_EXPONENT);
    private static final BigDecimal LN2 = ExactLog.log(2);

    /** ln 2 / 8, a step of the reduction. */
    private static final double STEP = 0.08664339756999316;

    /** Up to here arguments fit into arrays: k and 1024 more are together one of 2048. */
    private static final double LIMIT = 1023.5 * STEP;

    /** More than is done number by number. */
    private static final int BLOCK = 197;

    /** What is done number by number at the most. */
    private static final int FEW = 32;

    /** Of an exponential. */
    private record Argument(double z, double zTail, long steps) {

        BigDecimal exact() {
            BigDecimal octaves = BigDecimal.valueOf(steps / Exp.STEPS);
            return new BigDecimal(ONE).multiply(ExactExp.exp(
                    new BigDecimal(z).add(new BigDecimal(zTail)).subtract(octaves.multiply(LN2))));
        }
    }

    /**
     * The largest errors met: each is found by the fast reference, which alone could not be trusted, and then asked of
     * the oracle.
     */
    private static final class Errors {

        /** Of the pair, as a part of it: 2^-55.7. A subnormal last bit may come on top. */
        static final double PAIR_TOLERANCE = 0x1.3b2cp-56;

        /** Of the head, in ulps: half of one, and for a significand near 2 that of the pair. */
        static final double HEAD_TOLERANCE = 0.655;

        /** Below, a product on the way may be subnormal. */
        static final double SMALLEST_HEAD = 0x1p-1010;

        private static final int KEPT = 64;

        private record Place(double error, Argument argument, Pair result) {}

        private final ReferenceExp reference = new ReferenceExp();
        private final Place[] heads = nothing();
        private final Place[] pairs = nothing();

        private static Place[] nothing() {
            Place[] places = new Place[KEPT];
            Arrays.fill(places, new Place(0, new Argument(0, 0, 0), new Pair(ONE, 0)));
            return places;
        }

        void measure(double z, double zTail, long steps) {
            measure(z, zTail, steps, Exp.exp(z, zTail, steps));
        }

        void measure(double z, double zTail, long steps, Pair actual) {
            double exp = actual.head();
            reference.compute(z, zTail, steps / Exp.STEPS);
            double ofHead = Math.abs(reference.relativeError(exp, 0)) * (exp / Math.ulp(exp));
            double ofPair = Math.max(0,
                    Math.abs(reference.relativeError(exp, actual.tail())) - Double.MIN_VALUE / exp);
            if (exp >= SMALLEST_HEAD && !(ofHead <= heads[0].error)) {
                keep(heads, new Place(ofHead, new Argument(z, zTail, steps), actual));
            }
            if (!(ofPair <= pairs[0].error)) {
                keep(pairs, new Place(ofPair, new Argument(z, zTail, steps), actual));
            }
        }

        /** Replaces the first one, which is the least, and moves the least of all there. */
        private static void keep(Place[] worst, Place place) {
            worst[0] = place;
            int least = IntStream.range(0, KEPT).reduce(0, (i, j) -> worst[j].error < worst[i].error ? j : i);
            worst[0] = worst[least];
            worst[least] = place;
        }

        void assertSmall() {
            for (Place place : heads) {
                double ulps = Ulps.error(place.result.head(), place.argument.exact());
                assertThat(ulps).as("ulps of %s", place)
                        .isCloseTo(place.error, within(1e-6))
                        .isLessThan(HEAD_TOLERANCE);
            }
            for (Place place : pairs) {
                assertThat(place.error).as("%s", place).isLessThan(PAIR_TOLERANCE);
                assertThat(exactError(place)).as("exactly, %s", place).isLessThan(PAIR_TOLERANCE);
            }
        }

        private static double exactError(Place place) {
            BigDecimal exact = place.argument.exact();
            return new BigDecimal(place.result.head()).add(new BigDecimal(place.result.tail())).subtract(exact).abs()
                    .subtract(new BigDecimal(Double.MIN_VALUE)).divide(exact, DIGITS).doubleValue();
        }
    }

    @Test
    void theReferenceIsGoodTo75Bits() {
        SplittableRandom random = new SplittableRandom(1);
        ReferenceExp reference = new ReferenceExp();
        for (int i = 0; i < 2000; i++) {
            double x = i % 2 == 0
                    ? random.nextDouble(-1050, 90)
                    : Math.scalb(random.nextDouble(-2, 2), i % 4 == 1 ? -i % 60 : i % 31);
            double xTail = halfAnUlp(random, x);
            long steps = Math.abs(x) < 1100 && i % 3 == 0 ? 0 : Exp.steps(x + random.nextDouble(0, 900));
            reference.compute(x, xTail, steps / Exp.STEPS);
            BigDecimal exact = new Argument(x, xTail, steps).exact();
            double error = reference.exact().subtract(exact).divide(exact, DIGITS).doubleValue();
            assertThat(Math.abs(error)).as("%s + %s, %s steps", x, xTail, steps).isLessThan(0x1p-75);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0, -0.0, Double.MIN_VALUE, -Double.MIN_VALUE, Double.MIN_NORMAL, 0x1p-60, -0x1p-60})
    void theExponentialOf0IsTheUnit(double zero) {
        Bits.assertSame(Exp.exp(zero, 0, 0).head(), ONE);
        assertThat(Math.abs(Exp.exp(zero, 0, 0).tail())).isLessThanOrEqualTo(Math.abs(zero) * ONE);
        Bits.assertSame(Exp.exp(zero, 0, 80).head(), ONE * 0x1p-10);
        Bits.assertSame(Exp.exp(zero, 0, -80).head(), ONE * 0x1p10);
    }

    /** Within 2^-55, or half the least double where it rounds to that. */
    @ParameterizedTest
    @ValueSource(ints = {0, -1200, 600, -60, 1, -2})
    void aPairTimesAPowerOf2IsGoodTo55Bits(int power) {
        SplittableRandom random = new SplittableRandom(power);
        for (int i = 0; i < 300; i++) {
            double x = i % 2 == 0 ? random.nextDouble(-745, 709) : Math.scalb(random.nextDouble(-2, 2), -i % 60);
            double tail = halfAnUlp(random, x);
            Pair actual = Exp.exp(new Pair(x, tail), power);
            BigDecimal exact = ExactExp.exp(x, tail).multiply(power < 0
                    ? BigDecimal.ONE.divide(BigDecimal.valueOf(2).pow(-power))
                    : BigDecimal.valueOf(2).pow(power));
            if (exact.compareTo(new BigDecimal(Double.MAX_VALUE)) > 0) {
                assertThat(actual.rounded()).isEqualTo(Double.POSITIVE_INFINITY);
            } else {
                BigDecimal tolerance = exact.multiply(new BigDecimal(0x1p-55)).add(new BigDecimal(Double.MIN_VALUE));
                ExactPairs.assertWithin(actual, exact, tolerance);
            }
        }
    }

    @Test
    void aPairFarFrom0IsInfiniteOr0WhateverItsTail() {
        for (double far : new double[] {3000, 4001, 1e300, Double.POSITIVE_INFINITY}) {
            for (double tail : new double[] {0, Double.NaN}) {
                Bits.assertSame(Exp.exp(new Pair(far, far > 4000 ? tail : 0), 0).rounded(), Double.POSITIVE_INFINITY);
                Bits.assertSame(Exp.exp(new Pair(-far, far > 4000 ? tail : 0), 0).rounded(), 0);
                Bits.assertSame(Exp.exp(new Pair(far, far > 4000 ? tail : 0), -1200).rounded(), Double.POSITIVE_INFINITY);
            }
        }
        assertThat(Exp.exp(Pair.of(Double.NaN), 0).rounded()).isNaN();
    }

    @Test
    void powersOf2AreExact() {
        for (int exponent = Double.MIN_EXPONENT; exponent <= Double.MAX_EXPONENT; exponent++) {
            Bits.assertSame(Exp.power(exponent), Math.scalb(1.0, exponent));
        }
    }

    @Test
    void arraysAreExact() {
        assertExact(40_000, 1, random -> random.nextDouble(-LIMIT, LIMIT));
        assertExact(40_000, 1, random -> Math.scalb(random.nextDouble(-1, 1), random.nextInt(-1074, 7)));
        assertExact(20_000, 1, random -> Math.scalb(random.nextDouble(-1, 1), random.nextInt(-60, 7)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {2, 3, 0.1, 0.7, 1.3, 1000, 1e18, 1e-18, 0x1.fffffffffffffp-1, 0x1.0000000000001p0})
    void arraysWithATemperatureAreExact(double temperature) {
        assertExact(40_000, temperature, random -> temperature * random.nextDouble(-LIMIT, LIMIT));
        assertExact(10_000, temperature, random -> temperature * random.nextInt(-2047, 2047) * (STEP / 2));
    }

    @Test
    @Tag("slow")
    void arraysAreExactAtMillionsOfPlaces() {
        assertExact(5_000_000, 1, random -> random.nextDouble(-LIMIT, LIMIT));
        assertExact(2_000_000, 1, random -> random.nextDouble(-10, 10));
        assertExact(2_000_000, 1, random -> Math.scalb(random.nextDouble(-1, 1), random.nextInt(-60, 7)));
        for (double temperature : new double[] {3, 0.7, 1e18, 1e-18}) {
            assertExact(2_000_000, temperature, random -> temperature * random.nextDouble(-LIMIT, LIMIT));
        }
    }

    /** Errors of many at once; few at once, and one, have the same bits. */
    private static void assertExact(int count, double temperature, ToDoubleFunction<SplittableRandom> arguments) {
        SplittableRandom random = new SplittableRandom(count);
        Errors errors = new Errors();
        Pair inverse = Pair.quotient(1, temperature);
        double[] head = new double[BLOCK];
        double[] tail = new double[BLOCK];
        for (int at = 0; at < count; at += BLOCK) {
            double[] x = random.doubles(BLOCK).map(any -> arguments.applyAsDouble(random)).toArray();
            assertThat(Exp.exp(x, inverse, head, tail, BLOCK)).isTrue();
            assertFewAndOneAlike(x, inverse, head, tail);
            for (int i = 0; i < BLOCK; i++) {
                Pair argument = Pair.of(x[i]).times(inverse);
                errors.measure(argument.head(), argument.tail(), 0, new Pair(head[i], tail[i]));
            }
        }
        errors.assertSmall();
    }

    private static void assertFewAndOneAlike(double[] x, Pair inverse, double[] head, double[] tail) {
        double[] fewHeads = new double[FEW];
        double[] fewTails = new double[FEW];
        for (int from = 0; from < BLOCK; from += FEW) {
            int n = Math.min(FEW, BLOCK - from);
            assertThat(Exp.exp(Arrays.copyOfRange(x, from, from + n), inverse, fewHeads, fewTails, n)).isTrue();
            for (int i = 0; i < n; i++) {
                Pair z = Pair.of(x[from + i]).times(inverse);
                Pair one = Exp.exp(z.head(), z.tail(), 0);
                if (fewHeads[i] != head[from + i] || fewTails[i] != tail[from + i]
                        || one.head() != head[from + i] || one.tail() != tail[from + i]) {
                    throw new AssertionError("exp(" + x[from + i] + ") differs, alone " + one);
                }
            }
        }
    }

    /** The exact x / T: products with the pair 1 / T are good to 2^-104 of themselves. */
    @Test
    void aTemperatureDividesExactly() {
        SplittableRandom random = new SplittableRandom(6);
        for (int i = 0; i < 2000; i++) {
            double temperature = Math.scalb(random.nextDouble(1, 2), random.nextInt(-60, 60));
            double[] x = {temperature * random.nextDouble(-LIMIT, LIMIT)};
            double[] head = new double[1];
            double[] tail = new double[1];
            assertThat(Exp.exp(x, Pair.quotient(1, temperature), head, tail, 1)).isTrue();
            BigDecimal z = new BigDecimal(x[0]).divide(new BigDecimal(temperature), DIGITS);
            BigDecimal exact = new BigDecimal(ONE).multiply(ExactExp.exp(z));
            double error = new BigDecimal(head[0]).add(new BigDecimal(tail[0])).divide(exact, DIGITS)
                    .subtract(BigDecimal.ONE).doubleValue();
            assertThat(Math.abs(error)).as("%s / %s", x[0], temperature).isLessThan(Errors.PAIR_TOLERANCE);
        }
    }

    /** Only T = 1 itself has the inverse 1, for which many numbers go a shorter way. */
    @Test
    void noOtherTemperatureHasAnInverseThatIsRoundedTo1() {
        assertThat(Pair.quotient(1, Math.nextDown(1.0)).head()).isGreaterThan(1);
        assertThat(Pair.quotient(1, Math.nextUp(1.0)).head()).isLessThan(1);
    }

    @Test
    void exponentialsAreExactAroundEveryBoundaryOfTheReduction() {
        Errors errors = new Errors();
        for (int halfSteps = -2049; halfSteps <= 2047; halfSteps++) {
            double boundary = halfSteps * (STEP / 2);
            for (int j = -2; j <= 2; j++) {
                double z = boundary + j * Math.ulp(boundary);
                errors.measure(z, 0, 0);
                errors.measure(z, 0.49 * Math.ulp(z), 0);
                errors.measure(z, -0.49 * Math.ulp(z), 0);
            }
        }
        errors.assertSmall();
    }

    /** In the unit of a row whose largest is some number up to 2^30, of either sign, down to where they are 0. */
    @Test
    void exponentialsInUnitsOfTheirOwnAreExact() {
        assertExactInUnits(100_000);
    }

    @Test
    @Tag("slow")
    void exponentialsInUnitsOfTheirOwnAreExactAtMillionsOfPlaces() {
        assertExactInUnits(10_000_000);
    }

    private static void assertExactInUnits(int count) {
        SplittableRandom random = new SplittableRandom(count);
        Errors errors = new Errors();
        for (int i = 0; i < count; i++) {
            double largest = switch (i % 4) {
                case 0 -> 0x1p30 * (random.nextInt(2) * 2 - 1);
                case 1 -> random.nextDouble(-0x1p30, 0x1p30);
                default -> Math.scalb(random.nextDouble(-1, 1), random.nextInt(31));
            };
            double distance = i % 8 < 4
                    ? random.nextDouble(0, 978)
                    : Math.scalb(random.nextDouble(), random.nextInt(-30, 10));
            double z = Math.max(largest - distance, -0x1p30);
            if (i % 32 < 4) {
                z = largest - (int) distance * (STEP / 2);
            }
            errors.measure(z, i % 3 == 0 ? 0 : halfAnUlp(random, z), Exp.steps(largest));
        }
        errors.assertSmall();
    }

    @Test
    void exponentialsAreExactDownToTheLastThatIsNot0() {
        Errors errors = new Errors();
        SplittableRandom random = new SplittableRandom(5);
        double floor = -(Exp.UNIT_EXPONENT - Double.MIN_EXPONENT) * 8 * STEP;
        for (int i = 0; i < 20_000; i++) {
            double z = floor + random.nextDouble() * STEP * random.nextInt(1, 400);
            errors.measure(z, halfAnUlp(random, z), 0);
        }
        for (int i = 1; i < 100; i++) {
            errors.measure(floor + i * Math.ulp(floor), 0, 0);
        }
        errors.assertSmall();
    }

    private static double halfAnUlp(SplittableRandom random, double x) {
        return Math.ulp(x) * random.nextDouble(-0.5, 0.5);
    }

    /** 0 where the scale would not be normal. */
    @Test
    void farBelowTheUnitThereIsNothing() {
        for (double largest : new double[] {0, 88, -88, 700, -700, 1e5, -1e5, 0x1p30, -0x1p30}) {
            long steps = Exp.steps(largest);
            double floor = (steps - (Exp.UNIT_EXPONENT - Double.MIN_EXPONENT) * 8) * (STEP * (1 - 0x1p-52));
            assertThat(Exp.exp(floor + 0.51 * STEP, 0, steps).head()).isBetween(Double.MIN_NORMAL, 0x1p-1020);
            assertThat(Exp.exp(floor - 0.49 * STEP, 0, steps).head()).isBetween(0x1p-1023, 0x1p-1021);
            for (double z : new double[] {floor - 0.51 * STEP, floor - 1, floor - 1000, -0x1p32, -0x1p33}) {
                if (z > floor) {
                    continue;
                }
                for (double zTail : new double[] {0, Math.ulp(z) / 2, -Math.ulp(z) / 2}) {
                    assertThat(Exp.exp(z, zTail, steps)).as("at %s below %s", z, largest).isEqualTo(Pair.ZERO);
                }
            }
        }
    }

    @Test
    void aNaNStaysNaN() {
        Pair ofNaN = Exp.exp(Double.NaN, 0, 0);
        Pair withNaN = Exp.exp(-1, Double.NaN, 0);
        Bits.assertAllNaN(ofNaN.head(), ofNaN.tail(), withNaN.head(), withNaN.tail());
    }

    @Test
    void stepsAreThoseOfTheWholePowerNextToTheExponential() {
        SplittableRandom random = new SplittableRandom(7);
        assertThat(Exp.steps(0)).isZero();
        assertThat(Exp.steps(-0.0)).isZero();
        assertThat(Exp.steps(1)).isEqualTo(8);
        assertThat(Exp.steps(88.5)).isEqualTo(8 * 128);
        assertThat(Exp.steps(-88.5)).isEqualTo(8 * -128);
        for (int i = 0; i < 10_000; i++) {
            double z = Math.scalb(random.nextDouble(-1, 1), random.nextInt(31));
            long steps = Exp.steps(z);
            assertThat(steps % Exp.STEPS).isZero();
            BigDecimal octaves = new BigDecimal(z).divide(LN2, DIGITS);
            assertThat(octaves.subtract(BigDecimal.valueOf(steps / 8)).abs().doubleValue()).isLessThan(0.500001);
        }
    }

    /** Octaves are taken off the exponent: nothing is rounded. */
    @Test
    void stepsAreExact() {
        SplittableRandom random = new SplittableRandom(8);
        for (int i = 0; i < 10_000; i++) {
            double z = Math.scalb(random.nextDouble(-1, 1), random.nextInt(31));
            double zTail = halfAnUlp(random, z);
            long steps = Exp.steps(z);
            Pair next = Exp.exp(z, zTail, steps);
            int octaves = random.nextInt(-600, 1300);
            Pair other = Exp.exp(z, zTail, steps + 8L * octaves);
            Bits.assertSame(other.head(), Math.scalb(next.head(), -octaves));
            assertThat(other.tail() - Math.scalb(next.tail(), -octaves)).isBetween(-Double.MIN_VALUE, Double.MIN_VALUE);
        }
    }

    /** The results of the method that computes many, few or one, and what is behind the first n is as it was. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 31, 32, 33, 34, 40, 64, 128, 196, BLOCK})
    void onlyTheFirstAreComputedAndAllAlike(int n) {
        SplittableRandom random = new SplittableRandom(n);
        for (double temperature : new double[] {1, 0.7, 3, 1e18}) {
            Pair inverse = Pair.quotient(1, temperature);
            for (int tries = 0; tries < 50; tries++) {
                double[] x = random.doubles(BLOCK, -LIMIT, LIMIT).map(y -> temperature * y).toArray();
                double[] before = x.clone();
                double[] head = filled(7);
                double[] tail = filled(9);
                assertThat(Exp.exp(x, inverse, head, tail, n)).isTrue();
                Bits.assertSame(x, before);
                for (int i = 0; i < BLOCK; i++) {
                    Pair z = Pair.of(x[i]).times(inverse);
                    Pair one = Exp.exp(z.head(), z.tail(), 0);
                    Bits.assertSame(head[i], i < n ? one.head() : 7);
                    Bits.assertSame(tail[i], i < n ? one.tail() : 9);
                }
            }
        }
    }

    /** The heads may take the place of the arguments. */
    @Test
    void inPlaceToo() {
        for (int n : new int[] {20, BLOCK}) {
            double[] x = new SplittableRandom(n).doubles(n, -LIMIT, LIMIT).toArray();
            for (Pair inverse : new Pair[] {Pair.ONE, Pair.quotient(1, 3)}) {
                double[] head = new double[n];
                double[] tail = new double[n];
                double[] both = x.clone();
                double[] tails = new double[n];
                Exp.exp(x, inverse, head, tail, n);
                Exp.exp(both, inverse, both, tails, n);
                Bits.assertSame(both, head);
                Bits.assertSame(tails, tail);
            }
        }
    }

    private static double[] filled(double x) {
        double[] array = new double[BLOCK];
        Arrays.fill(array, x);
        return array;
    }

    @ParameterizedTest
    @ValueSource(doubles = {88.69, -88.78, 178, -178, 708, -746, 1e9, -1e9, 0x1p49, -0x1p49, 0x1p50, -0x1p50, 6e14,
        -6e14, 6755399441055744.0, -6755399441055744.0, 1e16, -1e16, 1e17, 1e300, -1e300, 1e308, -1e308, Double.MAX_VALUE,
        -Double.MAX_VALUE, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void oneArgumentThatDoesNotFitIsNoticedWhereverItStands(double other) {
        double[] head = new double[200];
        double[] tail = new double[200];
        for (double temperature : new double[] {1, 3, 1e-18, 1e18}) {
            Pair inverse = Pair.quotient(1, temperature);
            for (int n : new int[] {1, 20, FEW, FEW + 1, 200}) {
                for (int at = 0; at < n; at++) {
                    double[] x = new double[n];
                    x[at] = other / inverse.head();
                    if (Math.abs(x[at] * inverse.head()) <= LIMIT) {
                        continue; // it is below the double range, and so is what it stands for
                    }
                    assertThat(Exp.exp(x, inverse, head, tail, n)).as("at %s of %s", at, n).isFalse();
                    assertThat(Exp.exp(x, inverse, head, tail, at)).as("only what comes before it").isTrue();
                }
            }
        }
    }

    @Test
    void argumentsUpToTheLimitFitAndNoMoreThanAStepBeyondIt() {
        assertThat(LIMIT).isBetween(88.67, 88.68);
        for (int n : new int[] {1, FEW, FEW + 1, BLOCK}) {
            for (double sign : new double[] {-1, 1}) {
                assertThat(fits(sign * Math.nextDown(LIMIT), n)).isTrue();
                assertThat(fits(sign * 88.67, n)).isTrue();
                for (double above = 1e-3; above < 1e300; above *= 1.1) {
                    assertThat(LIMIT + above > LIMIT + STEP && fits(sign * (LIMIT + above), n)).isFalse();
                }
            }
            assertThat(fits(Math.nextUp(LIMIT), n)).isFalse();
            assertThat(fits(-1024.4999 * STEP, n)).isTrue();
            assertThat(fits(-1024.5001 * STEP, n)).isFalse();
        }
    }

    private static boolean fits(double z, int n) {
        double[] x = new double[n];
        x[n - 1] = z;
        return Exp.exp(x, Pair.ONE, new double[n], new double[n], n);
    }

    /** All eight in the table, and those of all powers of two. */
    @Test
    void scalesAreNextToTheExactOnes() {
        BigDecimal root = BigDecimal.valueOf(2).sqrt(DIGITS).sqrt(DIGITS).sqrt(DIGITS);
        long indexOf1 = (long) Private.number(Exp.class, "INDEX_OF_ONE");
        for (int k = -(Exp.UNIT_EXPONENT - Double.MIN_EXPONENT) * 8; k < 1024; k++) {
            int octave = Math.floorDiv(k, 8);
            BigDecimal exact = new BigDecimal(Exp.UNIT).multiply(root.pow(k - 8 * octave, DIGITS));
            double scale = Private.call(Exp.class, "scale", (long) Private.number(Exp.class, "INDEX_OF_ONE") + k);
            double actual = Math.scalb(scale, -Exp.UNIT_EXPONENT - octave);
            assertThat(Ulps.error(actual, exact)).as("2^(%d / 8)", k).isLessThan(0.0103);
        }
        Bits.assertSame(Private.call(Exp.class, "scale", indexOf1), ONE);
    }

    /** The error, as a part of the exponential, of r + r^2 q(r) + 1 with the coefficients that are used. */
    @Test
    void thePolynomialIsMinimaxAndGoodTo58Bits() {
        double[] errors = new double[4001];
        for (int i = 0; i < errors.length; i++) {
            BigDecimal r = new BigDecimal((i - 2000) * (STEP / 2 / 2000));
            BigDecimal exact = ExactExp.exp(r);
            errors[i] = r.multiply(r).multiply(Private.polynomial(Exp.class, 5, r, DIGITS)).add(r).add(BigDecimal.ONE)
                    .subtract(exact).divide(exact, DIGITS).doubleValue();
        }
        double largest = Arrays.stream(errors).map(Math::abs).max().orElseThrow();
        assertThat(largest).isLessThan(Math.pow(2, -58.2));
        assertThat(Private.alternations(errors, 0.7 * largest)).as("six coefficients").isEqualTo(6);
    }

    @Test
    void theStepOfTheReductionHasTwoParts() {
        BigDecimal high = new BigDecimal(Private.number(Exp.class, "STEP_HIGH"));
        BigDecimal low = new BigDecimal(Private.number(Exp.class, "STEP_LOW"));
        BigDecimal step = LN2.divide(BigDecimal.valueOf(8));
        assertThat(high.add(low).subtract(step).abs().doubleValue()).isLessThan(0x1p-96);
        assertThat(high.multiply(BigDecimal.valueOf(2).pow(39)).stripTrailingZeros().scale())
                .as("no bit below 2^-39").isNotPositive();
        assertThat(high.multiply(BigDecimal.valueOf(2).pow(39)).toBigInteger().bitLength()).isEqualTo(36);
    }

    /** The reduction as the method has it: what it says of the multiplications and of r. */
    @Test
    void theReductionIsAsGoodAsItSays() {
        double stepsPerE = Private.number(Exp.class, "STEPS_PER_E");
        double shift = Private.number(Exp.class, "SHIFT");
        double high = Private.number(Exp.class, "STEP_HIGH");
        double low = Private.number(Exp.class, "STEP_LOW");
        BigDecimal step = LN2.divide(BigDecimal.valueOf(8));
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < 100_000; i++) {
            double z = Math.scalb(random.nextDouble(-1, 1), i % 2 == 0 ? 33 : random.nextInt(-60, 34));
            double k = shift - Math.fma(z, stepsPerE, shift);
            double first = Math.fma(k, high, z);
            BigDecimal exactK = new BigDecimal(k);
            if (!new BigDecimal(z).add(exactK.multiply(new BigDecimal(high))).equals(new BigDecimal(first))) {
                assertThat(new BigDecimal(first))
                        .isEqualByComparingTo(new BigDecimal(z).add(exactK.multiply(new BigDecimal(high))));
            }
            if (Math.abs(z) > 0x1p30) {
                continue;
            }
            double zTail = halfAnUlp(random, z);
            BigDecimal exact = new BigDecimal(z).add(exactK.multiply(step));
            double r = Math.fma(k, low, first);
            assertThat(Math.abs(r)).isLessThan(0.0434);
            assertThat(exact.subtract(new BigDecimal(r)).abs().doubleValue()).isLessThan(1.1 * 0x1p-58);
            BigDecimal withTail = exact.add(new BigDecimal(zTail));
            assertThat(withTail.subtract(new BigDecimal(r + zTail)).abs().doubleValue()).isLessThan(1.1 * 0x1p-57);
        }
    }

    /** In the calling loops, that is: see the class. */
    @Test
    void theMethodForArraysIsTooLargeToBeInlined() {
        String descriptor = "([D" + Pair.class.descriptorString() + "[D[DI)Z";
        assertThat(CodeSize.of(Exp.class, "exp", descriptor)).isGreaterThan(325);
    }
}
