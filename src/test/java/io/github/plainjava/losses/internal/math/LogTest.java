package io.github.plainjava.losses.internal.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.Bits;
import io.github.plainjava.losses.oracle.ExactLog;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The logarithm against the exact one, and each array form against its scalar form. */
class LogTest {

    /** What head and tail together may be off, as a part of the logarithm. */
    private static final double TOLERANCE = Math.pow(2, -59.1);

    private static final MathContext DIGITS = new MathContext(60);

    private static final int BLOCK = 197;

    @Test
    void logarithmOf1IsNothing() {
        for (Pair log : new Pair[] {Log.log(1), Log.log1p(Pair.ZERO)}) {
            Bits.assertSame(log.head(), 0.0);
            Bits.assertSame(log.tail(), 0.0);
        }
    }

    @Test
    void logIsExactAtPowersOf2AndTheirNeighbours() {
        assertLogs(IntStream.rangeClosed(-1074, 1023).filter(k -> k % 25 == 0 || Math.abs(k) < 10 || Math.abs(k) > 1018)
                .mapToDouble(k -> Math.scalb(1.0, k)).flatMap(LogTest::around));
    }

    @Test
    void logIsExactAroundEveryBoundaryOfTheTable() {
        assertLogs(IntStream.range(0, 96).mapToDouble(i -> 0.625 + i / 256.0)
                .flatMap(x -> DoubleStream.of(x, 2 * x - 0.25)).flatMap(LogTest::around));
    }

    @Test
    void logIsExactNextTo1() {
        assertLogs(IntStream.rangeClosed(1, 53).mapToDouble(k -> Math.scalb(1.0, -k))
                .flatMap(d -> DoubleStream.of(1 - d, 1 + d, 1 - 1.4 * d, 1 + 1.4 * d, 1 - d / 1.1, 1 + d / 1.1)));
    }

    @Test
    void logIsExactAroundTheSquareRootsOf2AndOfOneHalf() {
        assertLogs(DoubleStream.of(Math.sqrt(2), Math.sqrt(0.5)).flatMap(LogTest::around));
    }

    @Test
    void logIsExactAtTheEndsOfTheRange() {
        assertLogs(DoubleStream.of(Double.MIN_VALUE, 3 * Double.MIN_VALUE, Double.MIN_NORMAL, 0x1.fffffffffffffp-1023,
                Double.MAX_VALUE, 0x1.6ap1023));
    }

    @Test
    void logIsExactAnywhere() {
        SplittableRandom random = new SplittableRandom(1);
        assertLogs(random.doubles(300));
        assertLogs(random.doubles(300, 0.98, 1.02));
        assertLogs(random.longs(300, 1, Double.doubleToRawLongBits(Double.POSITIVE_INFINITY))
                .mapToDouble(Double::longBitsToDouble));
    }

    @Test
    @Tag("slow")
    void logIsExactAtManyPlaces() {
        SplittableRandom random = new SplittableRandom(2);
        assertLogs(random.doubles(40_000));
        assertLogs(random.doubles(40_000, 0.98, 1.02));
        assertLogs(random.longs(20_000, 1, Double.doubleToRawLongBits(Double.POSITIVE_INFINITY))
                .mapToDouble(Double::longBitsToDouble));
    }

    @Test
    void log1pIsExactAnywhere() {
        assertLog1ps(500);
    }

    @Test
    @Tag("slow")
    void log1pIsExactAtManyPlaces() {
        assertLog1ps(20_000);
    }

    private static void assertLog1ps(int count) {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < count; i++) {
            double rest = Math.scalb(1 + random.nextDouble(), random.nextInt(i % 2 == 0 ? -12 : -900, 31));
            assertLog1p(rest, Math.ulp(rest) * random.nextDouble(-0.5, 0.5));
            assertLog1p(rest, rest * random.nextInt(-1, 2) * 0x1p-48);
        }
    }

    /** The largest errors by the fast reference, of both forms, and then by the oracle. */
    @Test
    void logIsExactAtHundredsOfThousandsOfPlaces() {
        assertManyLogs(50_000);
    }

    @Test
    @Tag("slow")
    void logIsExactAtTenMillionPlaces() {
        assertManyLogs(2_500_000);
    }

    private static void assertManyLogs(int count) {
        assertWorst(count, false, random -> 1 + Math.scalb(random.nextDouble(-1, 1), -random.nextInt(6, 53)));
        assertWorst(count, false, random -> random.nextDouble(0.98, 1.02));
        assertWorst(count, false, random -> Math.scalb(random.nextDouble(1, 2), random.nextInt(-600, 600)));
        assertWorst(count, false, SplittableRandom::nextDouble);
        assertWorst(count, true, random -> Math.scalb(random.nextDouble(1, 2), random.nextInt(-900, 600)));
        assertWorst(count, true, random -> random.nextDouble(0, 0.02));
        assertWorst(count, true, SplittableRandom::nextDouble);
    }

    private static void assertWorst(int count, boolean plus1, ToDoubleFunction<SplittableRandom> arguments) {
        SplittableRandom random = new SplittableRandom(count);
        ReferenceLog reference = new ReferenceLog();
        double[][] worst = new double[32][3];
        for (int i = 0; i < count; i++) {
            double x = arguments.applyAsDouble(random);
            if (x == 0 || x == 1 && !plus1) {
                continue;
            }
            double tail = plus1 ? Math.ulp(x) * random.nextDouble(-16, 16) : 0;
            Pair rest = new Pair(x, tail);
            double error = Math.abs(plus1 ? reference.error1p(rest, Log.log1p(rest)) : reference.error(x, Log.log(x)));
            int place = i % worst.length;
            if (!(error <= worst[place][0])) {
                worst[place] = new double[] {error, x, tail};
            }
        }
        for (double[] place : worst) {
            double x = place[1];
            assertThat(place[0]).as("log of %s + %s", x, place[2]).isLessThan(TOLERANCE);
            Pair log = plus1 ? Log.log1p(new Pair(x, place[2])) : Log.log(x);
            BigDecimal exact = plus1 ? ExactLog.log1p(x, place[2]) : ExactLog.log(x);
            assertThat(Math.abs(relativeError(log, exact))).isCloseTo(place[0], within(0x1p-62)).isLessThan(TOLERANCE);
        }
    }

    @Test
    void log1pIsExactAroundEveryBoundaryOfTheTable() {
        IntStream.rangeClosed(1, 128).mapToDouble(i -> i / 128.0).flatMap(LogTest::around)
                .forEach(rest -> assertLog1p(rest, Math.ulp(rest) * 0.3));
    }

    @Test
    void aLog1pBeyondTheRangeOfTailsIsStillThere() {
        Bits.assertSame(Log.log1p(Pair.of(Double.MIN_VALUE)).head(), Double.MIN_VALUE);
        Bits.assertSame(Log.log1p(new Pair(0x1p-900, 0x1p-960)).head(), 0x1p-900);
        assertLog1p(0x1p31, 0x1p-23);
    }

    /** Ratios of exponentials of moderate logits are as large. */
    @Test
    void log1pIsExactForLargeNumbers() {
        SplittableRandom random = new SplittableRandom(5);
        for (int exponent = 31; exponent < 1000; exponent++) {
            double rest = Math.scalb(1 + random.nextDouble(), exponent);
            assertLog1p(rest, Math.ulp(rest) * random.nextDouble(-0.5, 0.5));
            assertLog1p(Math.scalb(1.0, exponent), 0);
            assertLog1p(Math.nextDown(Math.scalb(1.0, exponent)), 0);
        }
        assertLog1p(0x1p1000, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 64, BLOCK})
    void logOverArraysHasTheBitsOfLog(int n) {
        SplittableRandom random = new SplittableRandom(n);
        for (int tries = 0; tries < 200; tries++) {
            double[] p = random.doubles(BLOCK).map(x -> any(random, x)).toArray();
            double[] head = p.clone();
            double[] tail = new double[BLOCK];
            Log.log(head, tail, new double[BLOCK], n);
            assertSame(head, tail, n, i -> Log.log(p[i]), p, new double[BLOCK]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 64, BLOCK})
    void log1pOverArraysHasTheBitsOfLog1p(int n) {
        SplittableRandom random = new SplittableRandom(n);
        for (int tries = 0; tries < 200; tries++) {
            double[] rest = random.doubles(BLOCK).map(x -> x * Math.scalb(1.0, random.nextInt(-70, 31))).toArray();
            double[] restTail = Arrays.stream(rest).map(x -> Math.ulp(x) * random.nextDouble(-0.5, 0.5)).toArray();
            double[] head = rest.clone();
            double[] tail = restTail.clone();
            Log.log1p(head, tail, new double[BLOCK], new double[BLOCK], n);
            assertSame(head, tail, n, i -> Log.log1p(new Pair(rest[i], restTail[i])), rest, restTail);
        }
    }

    @Test
    void aZeroGivesANumberAndANaNGivesNaNAndNeitherDisturbsItsNeighbours() {
        double[] head = {0.5, 0, 0.5, -0.0, 0.5, Double.NaN, 0.5, 0.5};
        double[] tail = new double[8];
        Log.log(head, tail, new double[8], 8);
        for (int i : new int[] {0, 2, 4, 6, 7}) {
            Bits.assertSame(head[i], Log.log(0.5).head());
            Bits.assertSame(tail[i], Log.log(0.5).tail());
        }
        assertThat(0 * head[1] + 0 * tail[1] + 0 * head[3] + 0 * tail[3]).isZero();
        for (Pair log : new Pair[] {new Pair(head[5], tail[5]), Log.log(Double.NaN), Log.log1p(Pair.of(Double.NaN))}) {
            Bits.assertAllNaN(log.head(), log.tail());
        }
    }

    /** The error, as a part of the logarithm, of -s + s^2 q(s) with the coefficients that are used. */
    @Test
    void thePolynomialIsMinimaxAndGoodTo60Bits() {
        double[] errors = new double[3001];
        for (int i = 0; i < errors.length; i++) {
            BigDecimal s = new BigDecimal((i - 2000) * 0x1p-8 / 1000 + 0x1p-70);
            BigDecimal exact = ExactLog.log1p(0, -s.doubleValue());
            errors[i] = s.multiply(s).multiply(Private.polynomial(Log.class, 5, s, DIGITS)).subtract(s)
                    .subtract(exact).divide(exact, DIGITS).doubleValue();
        }
        double largest = Arrays.stream(errors).map(Math::abs).max().orElseThrow();
        assertThat(largest).isLessThan(Math.pow(2, -60.3));
        assertThat(Private.alternations(errors, 0.7 * largest)).as("five coefficients").isEqualTo(5);
    }

    @Test
    void logarithmsOfTheTableAreMultiplesOfTheUnit() {
        BigDecimal ln2 = ExactLog.log(2);
        BigDecimal steps = new BigDecimal(Private.number(Log.class, "STEPS"));
        assertThat(steps).isEqualByComparingTo(new BigDecimal(Math.rint(Math.scalb(ln2.doubleValue(), 34))));
        BigDecimal unit = ln2.divide(steps.multiply(BigDecimal.valueOf(128)), DIGITS);
        BigDecimal excess = unit.multiply(BigDecimal.valueOf(2).pow(41)).subtract(BigDecimal.ONE);
        Bits.assertSame(Private.number(Log.class, "EXCESS"), excess.doubleValue());
        double origin = Private.number(Log.class, "ORIGIN");
        for (int j = 0; j < 128; j++) {
            double from = 1 + j / 128.0;
            double to = from + 1 / 128.0;
            long leading = Double.doubleToRawLongBits(from) >>> 45;
            double scale = Private.call(Log.class, "scale", leading);
            double multiple = (Private.call(Log.class, "shiftedBase", leading) - origin) * 0x1p41;
            BigDecimal error = ExactLog.log(scale).add(new BigDecimal(multiple).multiply(unit));
            boolean lowered = j >= 53;
            double smallest = lowered ? -Math.log(to / 2) : Math.log(from);
            assertThat(error.abs().doubleValue()).as("%s to %s", from, to)
                    .isLessThanOrEqualTo(0x1p-64 * smallest + 1e-60);
            assertThat(from * scale - 1).isBetween(-0x1p-8, 0x1p-7);
            assertThat(Math.nextDown(to) * scale - 1).isBetween(-0x1p-8, 0x1p-7);
        }
    }

    private static DoubleStream around(double x) {
        return DoubleStream.of(Math.nextDown(Math.nextDown(x)), Math.nextDown(x), x, Math.nextUp(x), 1.003 * x)
                .filter(y -> y > 0 && y < Double.POSITIVE_INFINITY);
    }

    private static double any(SplittableRandom random, double x) {
        return switch (random.nextInt(4)) {
            case 0 -> x * Math.scalb(1.0, -random.nextInt(1074));
            case 1 -> 1 - x * Math.scalb(1.0, -random.nextInt(54));
            case 2 -> random.nextInt(4) * 0.25;
            default -> x;
        };
    }

    private static void assertLogs(DoubleStream xs) {
        xs.filter(x -> x != 1).forEach(x -> assertClose(Log.log(x), ExactLog.log(x), "log " + x));
    }

    private static void assertLog1p(double rest, double restTail) {
        assertClose(Log.log1p(new Pair(rest, restTail)), ExactLog.log1p(rest, restTail),
                "log(1 + " + rest + " + " + restTail + ")");
    }

    private static void assertClose(Pair log, BigDecimal exact, String what) {
        double error = Math.abs(relativeError(log, exact));
        if (!(error < TOLERANCE && Math.abs(log.tail()) <= 0x1p-8 * Math.abs(log.head()))) {
            throw new AssertionError(what + ": " + log + ", relative error " + error + " = 2^"
                    + Math.log(error) / Math.log(2));
        }
    }

    private static double relativeError(Pair log, BigDecimal exact) {
        return new BigDecimal(log.head()).add(new BigDecimal(log.tail())).subtract(exact)
                .divide(exact, MathContext.DECIMAL64).doubleValue();
    }

    /** The first n are as expected, the others as they were. */
    private static void assertSame(
            double[] head, double[] tail, int n, IntFunction<Pair> expected, double[] before, double[] tailBefore) {
        for (int i = 0; i < head.length; i++) {
            Pair pair = i < n ? expected.apply(i) : new Pair(before[i], tailBefore[i]);
            Bits.assertSame(head[i], pair.head());
            Bits.assertSame(tail[i], pair.tail());
        }
    }

    @Test
    void arraysOfAnyPositiveNumbersHaveTheBitsOfTheFormForOne() {
        SplittableRandom any = new SplittableRandom(4);
        int n = 500;
        double[] p = new double[n];
        for (int i = 0; i < n; i++) {
            p[i] = Math.max(Double.MIN_VALUE, Math.scalb(1 + any.nextDouble(), any.nextInt(-1074, 1024)));
        }
        p[0] = 1;
        p[1] = Double.MIN_VALUE;
        p[2] = Double.MAX_VALUE;
        p[3] = 0x1p-1000;
        p[4] = 0x1p1000;
        p[5] = Math.nextDown(0x1p-1000);
        p[6] = Math.nextUp(0x1p1000);
        double[] head = p.clone();
        double[] tail = new double[n];
        Log.logOfAny(head, tail, new double[n], n);
        for (int i = 0; i < n; i++) {
            assertThat(new Pair(head[i], tail[i])).isEqualTo(Log.log(p[i]));
        }
    }
}
