package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.oracle.ExactInformation;
import io.github.plainjava.losses.oracle.ExactLog;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The logarithm against the exact one, and each array form against its scalar form. */
class LogTest {

    /** What head and tail together may be off, as a part of the logarithm. */
    private static final double TOLERANCE = 0x1p-59;

    private static final int BLOCK = 197;

    @Test
    void logarithmOf1IsNothing() {
        Bits.assertSame(Log.logHead(1), 0.0);
        Bits.assertSame(Log.logTail(1), 0.0);
        Bits.assertSame(Log.log1pHead(0, 0), 0.0);
        Bits.assertSame(Log.log1pTail(0, 0), 0.0);
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
        }
    }

    @Test
    void log1pIsExactAroundEveryBoundaryOfTheTable() {
        IntStream.rangeClosed(1, 128).mapToDouble(i -> i / 128.0).flatMap(LogTest::around)
                .forEach(rest -> assertLog1p(rest, Math.ulp(rest) * 0.3));
    }

    @Test
    void aLog1pBeyondTheRangeOfTailsIsStillThere() {
        Bits.assertSame(Log.log1pHead(Double.MIN_VALUE, 0), Double.MIN_VALUE);
        Bits.assertSame(Log.log1pHead(0x1p-900, 0x1p-960), 0x1p-900);
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
    @ValueSource(ints = {1, 7, 128, BLOCK})
    void normalNumbersNeedNotBeLifted(int n) {
        SplittableRandom random = new SplittableRandom(n);
        for (int tries = 0; tries < 100; tries++) {
            double[] p = random.doubles(BLOCK).map(x -> random.nextInt(8) == 0
                    ? 1 - x * Math.scalb(1.0, -random.nextInt(54))
                    : Math.scalb(1 + x, -random.nextInt(1, 1000))).toArray();
            p[0] = 1;
            double[] head = p.clone();
            double[] tail = new double[BLOCK];
            double[] shifted = new double[BLOCK];
            Log.lookUp(head, tail, shifted, n);
            Log.finish(head, tail, shifted, Log.ORIGIN, n);
            assertSame(head, n, i -> Log.logHead(p[i]), p);
            assertSame(tail, n, i -> Log.logTail(p[i]), new double[BLOCK]);
        }
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
            assertSame(head, n, i -> Log.logHead(p[i]), p);
            assertSame(tail, n, i -> Log.logTail(p[i]), new double[BLOCK]);
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
            assertSame(head, n, i -> Log.log1pHead(rest[i], restTail[i]), rest);
            assertSame(tail, n, i -> Log.log1pTail(rest[i], restTail[i]), restTail);
        }
    }

    @Test
    void aZeroGivesANumberAndANaNGivesNaNAndNeitherDisturbsItsNeighbours() {
        double[] head = {0.5, 0, 0.5, -0.0, 0.5, Double.NaN, 0.5, 0.5};
        double[] tail = new double[8];
        Log.log(head, tail, new double[8], 8);
        for (int i : new int[] {0, 2, 4, 6, 7}) {
            Bits.assertSame(head[i], Log.logHead(0.5));
            Bits.assertSame(tail[i], Log.logTail(0.5));
        }
        assertThat(0 * head[1] + 0 * tail[1] + 0 * head[3] + 0 * tail[3]).isZero();
        Bits.assertAllNaN(head[5], tail[5], Log.logHead(Double.NaN), Log.logTail(Double.NaN));
        Bits.assertAllNaN(Log.log1pHead(Double.NaN, 0), Log.log1pTail(Double.NaN, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 100, 1000})
    void weightedSumsOfLogarithmsAreExact(int n) {
        SplittableRandom random = new SplittableRandom(n);
        for (int tries = 0; tries < 40 / Math.sqrt(n); tries++) {
            double near1 = Math.scalb(1.0, -random.nextInt(50));
            double[] p = random.doubles(n).map(x -> 1 - x * near1).toArray();
            double[] t = random.doubles(n).map(x -> x * Math.scalb(1.0, -random.nextInt(30))).toArray();
            assertThat(Ulps.error(weightedSum(t, p), ExactInformation.crossEntropy(p, t)))
                    .as("n %d, all less than %s from 1", n, near1).isLessThan(0.51);
        }
    }

    private static double weightedSum(double[] t, double[] p) {
        double[][] a = new double[7][Scratch.BLOCK];
        for (int at = 0; at < p.length; at += Scratch.BLOCK) {
            int n = Math.min(Scratch.BLOCK, p.length - at);
            System.arraycopy(p, at, a[0], 0, n);
            System.arraycopy(t, at, a[1], 0, n);
            Log.log(a[0], a[2], a[3], n);
            Sums.addProducts(a[1], a[6], a[0], a[2], a[4], a[5], n);
        }
        Sums.total(a[4], a[5], p.length);
        return -(a[4][0] + a[5][0]);
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
        xs.filter(x -> x != 1).forEach(x -> assertClose(Log.logHead(x), Log.logTail(x), ExactLog.log(x), "log " + x));
    }

    private static void assertLog1p(double rest, double restTail) {
        assertClose(Log.log1pHead(rest, restTail), Log.log1pTail(rest, restTail), ExactLog.log1p(rest, restTail),
                "log(1 + " + rest + " + " + restTail + ")");
    }

    private static void assertClose(double head, double tail, BigDecimal exact, String what) {
        BigDecimal error = new BigDecimal(head).add(new BigDecimal(tail)).subtract(exact);
        double relative = error.divide(exact, MathContext.DECIMAL64).doubleValue();
        if (!(Math.abs(relative) < TOLERANCE && Math.abs(tail) <= 0x1p-8 * Math.abs(head))) {
            throw new AssertionError(what + ": " + head + " + " + tail + ", relative error " + relative + " = 2^"
                    + Math.log(Math.abs(relative)) / Math.log(2));
        }
    }

    /** The first n are as expected, the others as they were. */
    private static void assertSame(double[] actual, int n, IntToDoubleFunction expected, double[] before) {
        for (int i = 0; i < actual.length; i++) {
            Bits.assertSame(actual[i], i < n ? expected.applyAsDouble(i) : before[i]);
        }
    }
}
