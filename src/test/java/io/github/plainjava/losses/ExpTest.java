package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.oracle.ExactExp;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The exponential against the exact one, and each array form against the scalar form. */
class ExpTest {

    private static final MathContext DIGITS = new MathContext(60);
    private static final BigDecimal ONE = new BigDecimal(Exp.ONE);

    /** ln 2 / 8, a step of the reduction. */
    private static final double STEP = 0.08664339756999316;

    private static final int BLOCK = 197;

    /**
     * The largest errors met: each is found by the fast reference, which alone could not be trusted, and then asked of
     * the oracle.
     */
    private static final class Errors {

        /**
         * Of the pair, as a part of it: 2^-55.7. The roundings of r and of exp(r) - 1 may each be 2^-58, that of their
         * product with the scale 2^-57.5, polynomial and scale come to 2^-57.4. A subnormal last bit may come on top.
         */
        static final double PAIR_TOLERANCE = 0x1.3b2cp-56;

        /** Of ONE exp(x) rounded, in ulps: half of one, and for a significand near 2 that of the pair. */
        static final double ROUNDED_TOLERANCE = 0.655;

        /** Below, a product on the way may be subnormal. */
        static final double SMALLEST_ROUNDED = 0x1p-1010;

        private static final int KEPT = 64;

        private final ReferenceExp reference = new ReferenceExp();
        private final double[][] rounded = new double[KEPT][3];
        private final double[][] pairs = new double[KEPT][3];

        void measure(double x, double xTail) {
            double scale = Exp.scale(x);
            double expm1 = Exp.expm1(x, xTail);
            double exp = Exp.exp(scale, expm1);
            double tail = Exp.tail(scale, expm1, exp);
            reference.compute(x, xTail);
            double ofRounded = Math.abs(reference.relativeError(exp, 0)) * (exp / Math.ulp(exp));
            double ofPair = Math.max(0, Math.abs(reference.relativeError(exp, tail)) - Double.MIN_VALUE / exp);
            if (exp >= SMALLEST_ROUNDED) {
                keep(rounded, ofRounded, x, xTail);
            }
            keep(pairs, ofPair, x, xTail);
        }

        /** Replaces the first one, which is the least, and moves the least of all there. */
        private static void keep(double[][] worst, double error, double x, double xTail) {
            if (error > worst[0][0] || Double.isNaN(error)) {
                worst[0] = new double[] {error, x, xTail};
                int least = IntStream.range(0, KEPT).reduce(0, (i, j) -> worst[j][0] < worst[i][0] ? j : i);
                double[] first = worst[0];
                worst[0] = worst[least];
                worst[least] = first;
            }
        }

        void assertSmall() {
            for (double[] place : rounded) {
                double exp = Exp.exp(Exp.scale(place[1]), Exp.expm1(place[1], place[2]));
                double ulps = Ulps.error(exp, exact(place[1], place[2]));
                assertThat(ulps).as("ulps at %s + %s", place[1], place[2])
                        .isCloseTo(place[0], within(1e-6))
                        .isLessThan(ROUNDED_TOLERANCE);
            }
            for (double[] place : pairs) {
                assertThat(place[0]).as("error of the pair at %s + %s", place[1], place[2]).isLessThan(PAIR_TOLERANCE);
                assertThat(errorOfPair(place[1], place[2])).as("exactly, at %s + %s", place[1], place[2])
                        .isLessThan(PAIR_TOLERANCE);
            }
        }
    }

    private static BigDecimal exact(double x, double xTail) {
        return ONE.multiply(ExactExp.exp(x, xTail));
    }

    private static double errorOfPair(double x, double xTail) {
        double scale = Exp.scale(x);
        double expm1 = Exp.expm1(x, xTail);
        double exp = Exp.exp(scale, expm1);
        BigDecimal exact = exact(x, xTail);
        BigDecimal error = new BigDecimal(exp).add(new BigDecimal(Exp.tail(scale, expm1, exp))).subtract(exact).abs()
                .subtract(new BigDecimal(Double.MIN_VALUE));
        return error.divide(exact, DIGITS).doubleValue();
    }

    @Test
    void theReferenceIsGoodTo75Bits() {
        SplittableRandom random = new SplittableRandom(1);
        ReferenceExp reference = new ReferenceExp();
        for (int i = 0; i < 1000; i++) {
            double x = i % 2 == 0 ? random.nextDouble(Exp.FLOOR, 0) : -Math.scalb(1 + random.nextDouble(), -i % 60);
            double xTail = halfAnUlp(random, x);
            reference.compute(x, xTail);
            BigDecimal exact = exact(x, xTail);
            double error = reference.exact().subtract(exact).divide(exact, DIGITS).doubleValue();
            assertThat(Math.abs(error)).as("%s + %s", x, xTail).isLessThan(0x1p-75);
        }
    }

    @Test
    void theExponentialOf0IsTheUnit() {
        Bits.assertSame(Exp.scale(0), Exp.ONE);
        Bits.assertSame(Exp.expm1(0, 0), 0.0);
        Bits.assertSame(Exp.exp(Exp.ONE, 0), Exp.ONE);
        Bits.assertSame(Exp.tail(Exp.ONE, 0, Exp.ONE), 0.0);
        Bits.assertSame(Exp.scale(-0.0), Exp.ONE);
    }

    @Test
    void expIsExactOverAllOfItsRange() {
        assertExact(40_000, random -> random.nextDouble(Exp.FLOOR, 0));
    }

    @Test
    @Tag("slow")
    void expIsExactAtMillionsOfPlaces() {
        assertExact(6_000_000, random -> random.nextDouble(Exp.FLOOR, 0));
        assertExact(2_000_000, random -> random.nextDouble(-10, 0));
        assertExact(2_000_000, random -> -Math.scalb(1 + random.nextDouble(), random.nextInt(-60, 10)));
        assertExact(1_000_000, random -> Exp.FLOOR + random.nextDouble() * STEP * random.nextInt(1, 400));
    }

    @Test
    void expIsExactForArgumentsOfEverySize() {
        assertExact(40_000, random -> -Math.scalb(1 + random.nextDouble(), random.nextInt(-1074, 10)));
        assertExact(20_000, random -> -Math.scalb(1 + random.nextDouble(), random.nextInt(-60, 0)));
    }

    @Test
    void expIsExactAroundEveryBoundaryOfTheReduction() {
        Errors errors = new Errors();
        int halfSteps = (int) (Exp.FLOOR / (STEP / 2));
        for (int i = halfSteps + 1; i <= 0; i++) {
            double boundary = i * (STEP / 2);
            double ulp = Math.ulp(boundary);
            for (int j = -2; j <= 2; j++) {
                double x = Math.min(boundary + j * ulp, 0);
                errors.measure(x, 0);
                errors.measure(x, 0.49 * Math.ulp(x));
                errors.measure(x, -0.49 * Math.ulp(x));
            }
        }
        errors.assertSmall();
    }

    @Test
    void expIsExactDownToTheFloor() {
        assertExact(20_000, random -> Exp.FLOOR + random.nextDouble() * STEP * random.nextInt(1, 400));
        Errors errors = new Errors();
        double x = Exp.FLOOR;
        for (int i = 0; i < 100; i++) {
            errors.measure(x, 0);
            x = Math.nextUp(x);
        }
        errors.assertSmall();
    }

    private static void assertExact(int count, ToDoubleFunction<SplittableRandom> arguments) {
        SplittableRandom random = new SplittableRandom(count);
        Errors errors = new Errors();
        for (int i = 0; i < count; i++) {
            double x = arguments.applyAsDouble(random);
            errors.measure(x, i % 4 == 0 ? 0 : halfAnUlp(random, x));
        }
        errors.assertSmall();
    }

    private static double halfAnUlp(SplittableRandom random, double x) {
        return Math.ulp(x) * random.nextDouble(-0.5, 0.5);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1054.8833654121611, -1056, -2000, -1e9, -1e17, -1e300, -Double.MAX_VALUE,
        Double.NEGATIVE_INFINITY})
    void belowTheFloorThereIsNothing(double x) {
        assertThat(x).isLessThan(Exp.FLOOR);
        for (double xTail : new double[] {0, Math.ulp(Math.max(x, -1e300)) / 2, Double.NaN}) {
            Bits.assertSame(Exp.scale(x), 0.0);
            Bits.assertSame(Exp.expm1(x, xTail), 0.0);
        }
        Bits.assertSame(Exp.exp(0, 0), 0.0);
        Bits.assertSame(Exp.tail(0, 0, 0), 0.0);
    }

    @Test
    void theFloorIsTheLastArgumentThatCounts() {
        assertThat(Exp.scale(Exp.FLOOR)).isBetween(Double.MIN_NORMAL, 0x1p-1020);
        Bits.assertSame(Exp.scale(Math.nextDown(Exp.FLOOR)), 0.0);
        Bits.assertSame(Exp.expm1(Math.nextDown(Exp.FLOOR), 0), 0.0);
    }

    @Test
    void aNaNStaysNaN() {
        double scale = Exp.scale(Double.NaN);
        double expm1 = Exp.expm1(Double.NaN, 0);
        double exp = Exp.exp(scale, expm1);
        Bits.assertAllNaN(expm1, exp, Exp.tail(scale, expm1, exp), Exp.expm1(-1, Double.NaN));
        double[] x = {-1, Double.NaN, -2};
        double[] index = new double[3];
        Exp.reduce(x, index, 0, 3);
        assertThat(Exp.scales(index, 3)).isTrue();
        Exp.expm1(x, 3);
        Bits.assertAllNaN(x[1], Exp.exp(index[1], x[1]));
        Bits.assertSame(Exp.exp(index[0], x[0]), Exp.exp(Exp.scale(-1), Exp.expm1(-1, 0)));
        Bits.assertSame(Exp.exp(index[2], x[2]), Exp.exp(Exp.scale(-2), Exp.expm1(-2, 0)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 64, BLOCK})
    void logitsWithOneMaximumGiveTheBitsOfTheScalarForm(int n) {
        SplittableRandom random = new SplittableRandom(n);
        for (int tries = 0; tries < 100; tries++) {
            double m = random.nextDouble(-1000, 1000);
            double[] z = logits(random, i -> m);
            double[] r = z.clone();
            double[] index = filled(7);
            Exp.reduce(r, index, m, n);
            assertScalarBits(r, index, n, i -> z[i] - m, i -> Exact.sumError(z[i], -m, z[i] - m), z, filled(7));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 64, BLOCK})
    void pairsGiveTheBitsOfTheScalarForm(int n) {
        SplittableRandom random = new SplittableRandom(n);
        for (int tries = 0; tries < 100; tries++) {
            double[] x = logits(random, i -> 0);
            double[] xTail = Arrays.stream(x).map(a -> halfAnUlp(random, a)).toArray();
            double[] r = x.clone();
            double[] index = xTail.clone();
            Exp.reducePairs(r, index, n);
            assertScalarBits(r, index, n, i -> x[i], i -> xTail[i], x, xTail);
        }
    }

    /** Not far below their maxima: from some place on, and of any distance. */
    private static double[] logits(SplittableRandom random, IntToDoubleFunction max) {
        double[] z = new double[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            double distance = switch (random.nextInt(4)) {
                case 0 -> Math.scalb(random.nextDouble(), random.nextInt(-60, 10));
                case 1 -> random.nextInt(20) * (STEP / 2);
                case 2 -> random.nextInt(2);
                default -> random.nextDouble(0, -Exp.FLOOR - 1);
            };
            z[i] = max.applyAsDouble(i) - distance;
        }
        return z;
    }

    private static double[] filled(double x) {
        double[] array = new double[BLOCK];
        Arrays.fill(array, x);
        return array;
    }

    /** From reduced arguments to exponentials; what is behind the first n is as it was. */
    private static void assertScalarBits(double[] r, double[] index, int n, IntToDoubleFunction x,
            IntToDoubleFunction xTail, double[] before, double[] indexBefore) {
        assertThat(Exp.scales(index, n)).isTrue();
        Exp.expm1(r, n);
        for (int i = 0; i < BLOCK; i++) {
            Bits.assertSame(index[i], i < n ? Exp.scale(x.applyAsDouble(i)) : indexBefore[i]);
            Bits.assertSame(r[i], i < n ? Exp.expm1(x.applyAsDouble(i), xTail.applyAsDouble(i)) : before[i]);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1054.8833654121611, -1055, -1e6, -1e17, -1e300, Double.NEGATIVE_INFINITY})
    void oneArgumentBelowTheFloorIsNoticedWhereverItStands(double low) {
        assertThat(low).isLessThan(Exp.FLOOR);
        for (int at = 0; at < 20; at++) {
            double[] z = new double[20];
            z[at] = low;
            assertScales(z, false);
            assertThat(scales(z, at)).as("only what comes before the low one").isTrue();
        }
    }

    @Test
    void argumentsALittleAboveTheFloorAreNotTooLow() {
        double[] z = new double[20];
        for (double above = 2 * STEP; above < 1000; above *= 1.1) {
            Arrays.fill(z, Exp.FLOOR + above);
            assertScales(z, true);
        }
        assertScales(new double[20], true);
    }

    private static void assertScales(double[] z, boolean expected) {
        assertThat(scales(z, z.length)).as(() -> Arrays.toString(z)).isEqualTo(expected);
    }

    private static boolean scales(double[] z, int n) {
        double[] index = new double[z.length];
        Exp.reduce(z.clone(), index, 0, n);
        return Exp.scales(index, n);
    }

    @Test
    void scalesAreNextToTheExactOnes() {
        BigDecimal root = BigDecimal.valueOf(2).sqrt(DIGITS).sqrt(DIGITS).sqrt(DIGITS);
        for (int j = 0; j > Exp.FLOOR / STEP; j--) {
            int octave = Math.floorDiv(j, 8);
            BigDecimal exact = new BigDecimal(Exp.UNIT).multiply(root.pow(j - 8 * octave, DIGITS));
            double actual = Math.scalb(Exp.scale(j * STEP), -Exp.UNIT_EXPONENT - octave);
            assertThat(Ulps.error(actual, exact)).as("2^(%d / 8)", j).isLessThan(0.0103);
        }
    }

    @Test
    void theUnitIsWhatItsPartsSay() {
        Bits.assertSame(Exp.ONE, Math.scalb(Exp.UNIT, Exp.UNIT_EXPONENT));
        BigDecimal inverse = BigDecimal.ONE.divide(new BigDecimal(Exp.UNIT), DIGITS);
        BigDecimal error = new BigDecimal(Exp.UNIT_INVERSE).add(new BigDecimal(Exp.UNIT_INVERSE_TAIL))
                .subtract(inverse);
        assertThat(Math.abs(error.doubleValue())).isLessThan(0x1p-105);
        Bits.assertSame(Exp.UNIT_INVERSE, inverse.doubleValue());
    }

    /** Of the array form for moderate arguments, in ulps; the pair is rounded once, by a fused multiply-add. */
    private static final double MODERATE_TOLERANCE = 0.6;

    @Test
    void moderateArgumentsOfEitherSignAreExact() {
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 1000; i++) {
            assertModerate(random.nextDouble(-Unshifted.LIMIT, Unshifted.LIMIT));
            assertModerate(Math.scalb(random.nextDouble(-1, 1), random.nextInt(i % 10 == 0 ? -1074 : -60, 8)));
        }
        int most = (int) (2 * Unshifted.LIMIT / STEP);
        for (int halfSteps = -most; halfSteps <= most; halfSteps += halfSteps < -50 || halfSteps > 50 ? 7 : 1) {
            double boundary = halfSteps * (STEP / 2);
            assertModerate(Math.nextDown(boundary));
            assertModerate(boundary);
            assertModerate(Math.nextUp(boundary));
        }
        for (double x : new double[] {0.0, -0.0, Double.MIN_VALUE, -Double.MIN_VALUE, Double.MIN_NORMAL, 0x1p-54}) {
            assertModerate(x);
            Bits.assertSame(moderate(x), Exp.ONE);
        }
        assertModerate(Unshifted.LIMIT);
        assertModerate(-Unshifted.LIMIT);
    }

    private static double moderate(double argument) {
        double[] x = {argument};
        double[] index = new double[1];
        Exp.expm1(x, index, 1);
        assertThat(Exp.moderateScales(index, 1)).as("%s is moderate", argument).isTrue();
        Bits.assertSame(index[0], Exp.scale(argument));
        return Math.fma(index[0], x[0], index[0]);
    }

    private static void assertModerate(double x) {
        double ulps = Ulps.error(moderate(x), exact(x, 0));
        if (!(ulps < MODERATE_TOLERANCE)) {
            throw new AssertionError("exp(" + x + ") is " + ulps + " ulps off");
        }
    }

    @Test
    void moderateArgumentsGiveTheSameBitsAtEveryPlaceOfABlock() {
        for (int n = 1; n <= 200; n++) {
            double[] arguments = new SplittableRandom(n).doubles(210, -Unshifted.LIMIT, Unshifted.LIMIT).toArray();
            double[] x = arguments.clone();
            double[] index = new double[210];
            Exp.expm1(x, index, n);
            assertThat(Exp.moderateScales(index, n)).isTrue();
            for (int i = 0; i < 210; i++) {
                if (i < n) {
                    Bits.assertSame(Math.fma(index[i], x[i], index[i]), moderate(arguments[i]));
                } else {
                    Bits.assertSame(x[i], arguments[i]);
                    Bits.assertSame(index[i], 0.0);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {178, -178, 708, -746, 1e9, -1e9, 6755399441055744.0, -6755399441055744.0, 1e16, -1e16, 1e17,
        1e308, -1e308, Double.MAX_VALUE, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void oneArgumentThatIsNotModerateIsNoticedWhereverItStands(double other) {
        for (int at = 0; at < 200; at++) {
            double[] x = new double[200];
            double[] index = new double[200];
            x[at] = other;
            Exp.expm1(x, index, 200);
            assertThat(Exp.moderateScales(index.clone(), 200)).as("at %s", at).isFalse();
            assertThat(Exp.moderateScales(index, at)).as("only what comes before it").isTrue();
        }
    }

    @Test
    void noMoreThanArgumentsNextToTheLimitPassForModerate() {
        for (double sign : new double[] {-1, 1}) {
            for (double above = 1e-3; above < 1e300; above *= 1.1) {
                double[] index = new double[1];
                double size = Unshifted.LIMIT + above;
                Exp.expm1(new double[] {sign * size}, index, 1);
                assertThat(size > 2048.5 * STEP && Exp.moderateScales(index, 1)).as("%s above", above).isFalse();
            }
        }
    }
}
