package io.github.plainjava.losses.internal.math;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.Bits;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The fused multiply-add in software has the bits of {@link Math#fma}. */
class FmaTest {

    private static final String PROPERTY = "io.github.plainjava.losses.fma";

    /** Where {@link Math#fma} is itself software, each comparison takes some ten microseconds. */
    private static final int TRIES = Fma.HARDWARE ? 1_500_000 : 10_000;

    private static final double[] NASTY = {
        0.0, Double.MIN_VALUE, 3 * Double.MIN_VALUE, 0x1p-1073, 0x0.fffffffffffffp-1022, Double.MIN_NORMAL,
        0x1.0000000000001p-1022, 0x1.fffffffffffffp-1022, 0x1p-1021, 0x1p-970, 0x1p-958, 0x1p-538, 0x1p-537, 0x1p-511,
        0x1.fffffffffffffp-500, 0x1p-54, 0x1p-53, 0x1.0000000000001p-53, 0x1p-52, 0.1, 1.0 / 3, 0.5,
        0x1.fffffffffffffp-1, 1, 0x1.0000000000001p0, 1.5, 2, 3, 0x1p27 + 1, 0x1p53, 0x1.fffffffffffffp53, 0x1p511,
        0x1p512, 0x1.fffffffffffffp511, 0x1p970, 0x1p990, 0x1.fffffffffffffp1022, 0x1p1023, Double.MAX_VALUE,
        Double.POSITIVE_INFINITY, Double.NaN
    };

    private final SplittableRandom random = new SplittableRandom(11);

    @Test
    void specialValuesZerosAndTheEndsOfTheRange() {
        int step = Fma.HARDWARE ? 1 : 7;
        for (double a : NASTY) {
            for (double b : NASTY) {
                for (int i = 0; i < NASTY.length; i += step) {
                    double c = NASTY[i];
                    check(a, b, c);
                    check(-a, b, c);
                    check(a, b, -c);
                    check(-a, b, -c);
                }
            }
        }
    }

    @Test
    void anyBits() {
        for (int i = 0; i < TRIES; i++) {
            check(anyDouble(), anyDouble(), anyDouble());
        }
    }

    /** The third number begins anywhere from above the product to below its last bit. */
    @Test
    void productAndSumMeetAtEveryDistance() {
        for (int i = 0; i < TRIES; i++) {
            int power = random.nextInt(-1074, 1024);
            double a = fewBits(random.nextInt(-500, 500));
            double b = fewBits(Math.min(1023, power - Math.getExponent(a)));
            check(a, b, fewBits(Math.min(1023, power + random.nextInt(-170, 120))));
        }
    }

    /** The product is the middle of two doubles, and the third number says on which side of it the sum lies. */
    @Test
    void nextToTheMiddleOfTwoDoubles() {
        for (int i = 0; i < TRIES; i++) {
            double power = Math.scalb(1.0, random.nextInt(-900, 900));
            double a = 0x1p26 + 1 + random.nextInt(1 << 26);
            double b = 0x1p27 + 1 + 2 * random.nextInt(1 << 26);
            double tip = sign() * Math.scalb(1.0, random.nextInt(-250, 40));
            check(a, b * power, tip * power);
            double product = a * b;
            check(a, b * power, sign() * Math.ulp(product) / 2 * power);
            check(1 + random.nextInt(4) * 0x1p-52, power, sign() * power * (1 + random.nextInt(3) * 0x1p-52) * 0x1p-53);
        }
    }

    /** Product and third number cancel but for their last bits. */
    @Test
    void cancellation() {
        for (int i = 0; i < TRIES; i++) {
            double a = fewBits(random.nextInt(-530, 510));
            double b = fewBits(random.nextInt(-530, 510));
            double product = a * b;
            check(a, b, -product);
            check(a, b, -product + random.nextInt(-3, 4) * Math.ulp(product));
        }
    }

    @Test
    void subnormalResults() {
        for (int i = 0; i < TRIES; i++) {
            int power = random.nextInt(-1090, -960);
            double a = fewBits(random.nextInt(-600, 500));
            double b = fewBits(power - Math.getExponent(a));
            check(a, b, sign() * random.nextInt(8) * Double.MIN_VALUE);
            check(a, b, fewBits(random.nextInt(-1074, -1015)));
            double product = a * b;
            check(a, b, -product + random.nextInt(-3, 4) * Double.MIN_VALUE);
            // a multiple of a quarter of the last bit, so that ties are frequent
            check(Math.scalb(1.0, -600), random.nextInt(1 << 20) * 0x1p-476, fewBits(random.nextInt(-1074, -1021)));
            double large = Math.scalb((random.nextLong(1L << 54) - (1L << 53)), -600);
            check(large, 0x1p-476, sign() * random.nextLong(1L << 53) * Double.MIN_VALUE);
            check(large, 0x1.0000000000001p-477, sign() * random.nextLong(1L << 52) * Double.MIN_VALUE);
        }
    }

    @Test
    void overflow() {
        for (int i = 0; i < TRIES; i++) {
            double a = fewBits(random.nextInt(-50, 1024));
            double b = fewBits(random.nextInt(1021, 1026) - Math.getExponent(a));
            check(a, b, fewBits(random.nextInt(900, 1024)));
            check(sign() * (2 - random.nextInt(3) * 0x1p-52), 0x1p1023, sign() * fewBits(random.nextInt(960, 975)));
        }
    }

    @Test
    void theClockDecidesUnlessAPropertyDoes() {
        assertThat(Fma.isHardware(null, 1_000)).isTrue();
        assertThat(Fma.isHardware(null, 9_999)).isTrue();
        assertThat(Fma.isHardware(null, 10_000)).isFalse();
        assertThat(Fma.isHardware("neither", 1_000)).isTrue();
        assertThat(Fma.isHardware("neither", 70_000)).isFalse();
        assertThat(Fma.isHardware("hardware", 70_000)).isTrue();
        assertThat(Fma.isHardware("software", 1_000)).isFalse();
    }

    /** The choice is made once a class loader, so each has its own copy of the class. */
    @Test
    void bothWaysGiveTheSameBits() throws ReflectiveOperationException {
        for (String way : new String[] {"hardware", "software"}) {
            Method fma = loaded(way).getDeclaredMethod("fma", double.class, double.class, double.class);
            fma.setAccessible(true);
            for (int i = 0; i < 1000; i++) {
                double a = anyDouble();
                double b = anyDouble();
                double c = fewBits(0);
                Bits.assertSame((double) fma.invoke(null, a, b, c), Math.fma(a, b, c));
                Bits.assertSame((double) fma.invoke(null, c, 1 / c, c - 1), Math.fma(c, 1 / c, c - 1));
            }
        }
    }

    private static Class<?> loaded(String way) throws ReflectiveOperationException {
        String before = System.getProperty(PROPERTY);
        System.setProperty(PROPERTY, way);
        URL place = Fma.class.getProtectionDomain().getCodeSource().getLocation();
        try {
            ClassLoader loader = new URLClassLoader(new URL[] {place}, ClassLoader.getPlatformClassLoader());
            Class<?> copy = Class.forName(Fma.class.getName(), true, loader);
            assertThat(copy).isNotSameAs(Fma.class);
            return copy;
        } finally {
            if (before == null) {
                System.clearProperty(PROPERTY);
            } else {
                System.setProperty(PROPERTY, before);
            }
        }
    }

    /** HotSpot takes methods of up to 35 bytecodes into their callers, however often they are called. */
    @Test
    void theChoiceIsSmallEnoughToBeInlined() {
        assertThat(CodeSize.of(Fma.class, "fma", "(DDD)D")).isBetween(1, 35);
    }

    @Test
    void aSumOfThreeIsRoundedOnce() {
        assertThat(Fma.sum(1, 0x1p-53, 0)).isEqualTo(1);
        assertThat(Fma.sum(1, 0x1p-53, Double.MIN_VALUE)).isEqualTo(Math.nextUp(1.0));
        assertThat(Fma.sum(1, 0x1p-53, -Double.MIN_VALUE)).isEqualTo(1);
        assertThat(Fma.sum(Double.MIN_VALUE, 0x1p-53, 1)).isEqualTo(Math.nextUp(1.0));
        assertThat(Fma.sum(0x1p900, Double.MIN_VALUE, -0x1p900)).isEqualTo(Double.MIN_VALUE);
    }

    private static void check(double a, double b, double c) {
        double actual = Fma.software(a, b, c);
        double expected = Math.fma(a, b, c);
        if (Double.doubleToLongBits(actual) != Double.doubleToLongBits(expected)) {
            throw new AssertionError(String.format("%a * %a + %a is %a, not %a", a, b, c, expected, actual));
        }
    }

    private double anyDouble() {
        return Double.longBitsToDouble(random.nextLong());
    }

    private int sign() {
        return random.nextBoolean() ? 1 : -1;
    }

    /** All bits of the significand are random, or only some at its beginning and its end. */
    private double fewBits(int exponent) {
        long bits = random.nextLong() & (1L << 52) - 1;
        if (random.nextBoolean()) {
            bits &= -1L << random.nextInt(53) | random.nextInt(4);
        } else if (random.nextInt(4) == 0) {
            bits |= (1L << random.nextInt(53)) - 1;
        }
        return sign() * Math.scalb(1 + bits * 0x1p-52, exponent);
    }
}
