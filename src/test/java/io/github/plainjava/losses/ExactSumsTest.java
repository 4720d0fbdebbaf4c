package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.github.plainjava.losses.internal.math.ExactVector;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExactSumsTest {

    private static final double INFINITY = Double.POSITIVE_INFINITY;

    @Test
    void sumsOfNothingAreZero() {
        Bits.assertSame(new ExactSums(3).toArray(), new double[3]);
        assertThat(new ExactSums(3).size()).isEqualTo(3);
        assertThat(new ExactSums(0).toArray()).isEmpty();
        assertThat(new ExactSums(0)).isEqualTo(new ExactSums(0).combine(new ExactSums(0)))
                .isNotEqualTo(new ExactSums(1));
    }

    @Test
    void vectorsAddUpEntryByEntry() {
        ExactSums sums = new ExactSums(3);
        sums.add(new double[] {1, 2, 3});
        sums.add(new double[] {0.5, 0.25, -3});
        sums.add(new double[] {1, 0, 10}, -0.5);
        sums.add(1, new double[] {7, 8}, 2);
        sums.add(3, new double[0], 5);
        Bits.assertSame(sums.toArray(), new double[] {1, 16.25, 11});
    }

    @Test
    void nothingIsLostThatCancels() {
        ExactSums sums = new ExactSums(2);
        sums.add(new double[] {1e16, 1e308});
        sums.add(new double[] {1, 1e308});
        sums.add(new double[] {Double.MIN_VALUE, 1});
        sums.add(new double[] {-1e16, -1e308});
        Bits.assertSame(sums.toArray(), new double[] {1, 1e308});
        sums.add(new double[] {-1, -1e308});
        Bits.assertSame(sums.toArray(), new double[] {Double.MIN_VALUE, 1});
    }

    @Test
    void productsAreNotRounded() {
        ExactSums sums = of(0.1 * 0.1);
        sums.add(new double[] {0.1}, -0.1);
        BigDecimal difference = new BigDecimal(0.1 * 0.1).subtract(new BigDecimal(0.1).pow(2));
        assertThat(difference.signum()).isPositive();
        Bits.assertSame(sums.toArray()[0], difference.doubleValue());
    }

    @Test
    void productsBelowTheDoubleRangeAddUp() {
        ExactSums sums = new ExactSums(1);
        for (int i = 0; i < 4; i++) {
            sums.add(new double[] {0x1p-600}, 0x1p-476); // a quarter of the least double
        }
        Bits.assertSame(sums.toArray()[0], Double.MIN_VALUE);
        sums.add(new double[] {Double.MIN_VALUE}, -Double.MIN_VALUE);
        sums.add(new double[] {-Double.MIN_VALUE}, 0.5);
        Bits.assertSame(sums.toArray()[0], 0.0); // just below the half
        sums.add(new double[] {0x1p-600}, 0x1p-476);
        Bits.assertSame(sums.toArray()[0], Double.MIN_VALUE);
    }

    @Test
    void productsBeyondTheDoubleRangeComeBack() {
        ExactSums sums = new ExactSums(2);
        sums.add(new double[] {1e300, -1e300}, 1e300);
        Bits.assertSame(sums.toArray(), new double[] {INFINITY, -INFINITY});
        sums.add(new double[] {-1e300, 1e300}, 1e300);
        sums.add(new double[] {1, 2});
        Bits.assertSame(sums.toArray(), new double[] {1, 2});
    }

    /** Then the doubles themselves are beyond what is added to doubles. */
    @Test
    void sumsOfLargeNumbersAreCombined() {
        ExactSums sums = of(0x1.8p899, 0x1.8p899, 0x1.8p899, 1, 0x1p-1000); // 0x1.2p901 and a little
        ExactSums other = of(-0x1.8p899, -0x1.8p899, -0x1.8p899);
        Bits.assertSame(sums.combine(other).combine(other).toArray()[0], -0x1.2p901);
        Bits.assertSame(sums.combine(sums).toArray()[0], -0x1.2p902);
        assertThat(of(1, 0x1p-1000, 1, 0x1p-1000, 0x1.2p902).combine(sums)).isEqualTo(of(4, 0x1p-998));
    }

    /** The middle of 1 and the next double, and a little that lies three levels below it and decides. */
    @ParameterizedTest
    @ValueSource(doubles = {0x1p-200, 0x1p-1000, 0x1p-1074})
    void whatLiesFarBelowDecidesATie(double little) {
        for (double sign : new double[] {1, -1}) {
            ExactSums sums = of(0x1p800, 0x1p400, 1, 0x1p-53, sign * little, -0x1p400, -0x1p800);
            Bits.assertSame(sums.toArray()[0], sign > 0 ? Math.nextUp(1.0) : 1);
            sums.add(new double[] {sign * little}, -1);
            Bits.assertSame(sums.toArray()[0], 1);
        }
    }

    @Test
    void infinitiesAndNaNBehaveAsInAListEntryByEntry() {
        ExactSums sums = new ExactSums(5);
        sums.add(new double[] {1, INFINITY, -INFINITY, Double.NaN, INFINITY});
        sums.add(new double[] {1, 1e308, INFINITY, 3, INFINITY});
        Bits.assertSame(sums.toArray(), new double[] {2, INFINITY, Double.NaN, Double.NaN, INFINITY});
        sums.add(new double[] {1, 2, 3, 4, -INFINITY});
        Bits.assertSame(sums.toArray()[4], Double.NaN);
        sums.combine(sums);
        Bits.assertSame(sums.toArray(), new double[] {6, INFINITY, Double.NaN, Double.NaN, Double.NaN});
    }

    @Test
    void aScaleThatIsNotFiniteMakesTheEntriesNotFinite() {
        ExactSums sums = new ExactSums(4);
        sums.add(new double[] {1, -1, 0, Double.NaN}, INFINITY);
        Bits.assertSame(sums.toArray(), new double[] {INFINITY, -INFINITY, Double.NaN, Double.NaN});
        sums.add(new double[] {1, 1, 1, 1}, -INFINITY);
        Bits.assertSame(sums.toArray(), new double[] {Double.NaN, -INFINITY, Double.NaN, Double.NaN});
        ExactSums nan = new ExactSums(2);
        nan.add(new double[] {1, 0}, Double.NaN);
        Bits.assertAllNaN(nan.toArray());
    }

    @Test
    void theScaleZeroAddsNothingToWhereTheValuesAreFinite() {
        double[] values = {Double.MAX_VALUE, -Double.MIN_VALUE, 0, INFINITY, -INFINITY, Double.NaN};
        for (double zero : new double[] {0, -0.0}) {
            ExactSums sums = new ExactSums(values.length);
            sums.add(values, zero);
            Bits.assertSame(sums.toArray(), new double[] {0, 0, 0, Double.NaN, Double.NaN, Double.NaN});
        }
    }

    @Test
    void noSumIsNegativeZero() {
        ExactSums sums = new ExactSums(4);
        sums.add(new double[] {-0.0, -1, -Double.MIN_VALUE, -Double.MIN_VALUE});
        sums.add(new double[] {-0.0, 1, Double.MIN_VALUE, 0});
        sums.add(new double[] {-0.0, -0.0, -0.0, Double.MIN_VALUE}, 0.75);
        Bits.assertSame(sums.toArray(), new double[4]);
        ExactSums small = new ExactSums(1);
        small.add(new double[] {-0x1p-600}, 0x1p-600);
        Bits.assertSame(small.toArray()[0], 0.0);
    }

    @Test
    void theArgumentsStayAsTheyWere() {
        double[] values = {0.1, -0.0, Double.NaN, 1e300};
        ExactSums sums = new ExactSums(4);
        sums.add(values);
        sums.add(values, 3);
        sums.add(0, values, 1e300);
        Bits.assertSame(values, new double[] {0.1, -0.0, Double.NaN, 1e300});
        ExactSums other = new ExactSums(4);
        byte[] before = sums.toBytes();
        assertThat(other.combine(sums)).isSameAs(other).isEqualTo(sums);
        other.add(values);
        assertThat(sums.toBytes()).isEqualTo(before);
        sums.toArray()[0] = 7;
        assertThat(sums.toBytes()).isEqualTo(before);
    }

    @Test
    void streamsGiveTheSameBitsHoweverTheyAreSplit() {
        double[][] vectors = vectors(1000, 20, 0);
        ExactSums sequential = new ExactSums(20);
        Arrays.stream(vectors).forEach(sequential::add);
        assertThat(Arrays.stream(vectors).parallel()
                        .collect(() -> new ExactSums(20), ExactSums::add, ExactSums::combine))
                .isEqualTo(sequential);
    }

    @Test
    void aGradientOverPartitionsIsThatOfTheWhole() {
        Random random = new Random(3);
        int classes = 3;
        int features = 4;
        double[][] inputs = vectors(100, features, 1);
        Softmax softmax = new Softmax();
        ExactVectors exact = new ExactVectors(classes * features);
        List<ExactSums> partitions = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            partitions.add(new ExactSums(classes * features));
        }
        for (double[] input : inputs) {
            double[] logits = {input[0], input[1] * 30, input[2]};
            double[] slopes = softmax.gradient(logits, random.nextInt(classes));
            ExactSums partition = partitions.get(random.nextInt(partitions.size()));
            for (int c = 0; c < classes; c++) {
                partition.add(c * features, input, slopes[c]);
                exact.add(c * features, input, slopes[c]);
            }
        }
        ExactSums all = partitions.stream().reduce(new ExactSums(classes * features), ExactSums::combine);
        Bits.assertSame(all.toArray(), exact.toArray());
    }

    /** What an entry takes, by the lengths of all arrays in the object. */
    @Test
    void memoryIsInProportionToTheSpreadOfTheData() throws Exception {
        int size = 256;
        ExactSums plain = new ExactSums(size);
        ExactSums scaled = new ExactSums(size);
        ExactSums broad = new ExactSums(size);
        Random random = new Random(2);
        for (double[] vector : vectors(2000, size, 4)) {
            plain.add(vector);
            scaled.add(vector, random.nextGaussian());
            broad.add(vector, Math.scalb(1.0, random.nextInt(-400, 400)));
        }
        assertThat(bytesOf(plain) / size).isEqualTo(16);
        assertThat(bytesOf(scaled) / size).isEqualTo(32);
        assertThat(bytesOf(broad) / size).isBetween(100L, 200L); // 853 bits, and those that carries take
        for (int i = 0; i < 20; i++) {
            scaled.combine(scaled).combine(plain);
            plain.combine(new ExactSums(size));
        }
        assertThat(bytesOf(plain) / size).isEqualTo(16);
        assertThat(bytesOf(scaled) / size).isBetween(32L, 48L);
        assertThat(bytesOf(ExactSums.ofBytes(scaled.toBytes())) / size).isBetween(24L, 48L);
        plain.add(0, new double[] {Double.MAX_VALUE}, Double.MAX_VALUE);
        assertThat(bytesOf(plain)).isBetween(32L * size, 48L * size);
    }

    /** Integers would take a thousand bytes an entry. */
    @Test
    void roundingTakesTheFirstDoublesWhereTheyDecide() {
        ExactSums sums = new ExactSums(256);
        for (double[] vector : vectors(1000, 256, 5)) {
            sums.add(vector, vector[0]);
        }
        sums.toArray();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        sums.toArray();
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isBetween(8L * 256, 100L * 256);
    }

    private static long bytesOf(Object object) throws IllegalAccessException {
        long bytes = 0;
        if (object instanceof double[] array) {
            return 8L * array.length;
        } else if (object instanceof BigInteger integer) {
            return 64 + integer.bitLength() / 8;
        } else if (object instanceof Object[] array) {
            for (Object element : array) {
                bytes += element instanceof double[] ? bytesOf(element) : 4 + bytesOf(element);
            }
        } else if (object != null && object.getClass().getPackageName().startsWith("io.github.plainjava")) {
            for (Field field : object.getClass().getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    field.setAccessible(true);
                    bytes += bytesOf(field.get(object));
                }
            }
        }
        return bytes;
    }

    @Test
    void sumsThatAreCombinedWithThemselvesForEverAreRefusedAndStayAsTheyWere() {
        ExactSums sums = new ExactSums(3);
        sums.add(1, new double[] {-Double.MAX_VALUE}, Double.MAX_VALUE);
        for (int doublings = 0; doublings < 6000 - 2048; doublings++) {
            sums.combine(sums);
        }
        assertThat(ExactSums.ofBytes(sums.toBytes())).isEqualTo(sums);
        assertThatThrownBy(() -> {
            for (int doublings = 0; doublings < 100; doublings++) {
                sums.combine(sums);
            }
        }).isInstanceOf(ArithmeticException.class).hasMessage("entry 1 of other is beyond 2^6000");
        byte[] before = sums.toBytes();
        ExactSums other = new ExactSums(3);
        assertThatThrownBy(() -> other.combine(sums)).isInstanceOf(ArithmeticException.class);
        assertThat(other).isEqualTo(new ExactSums(3));
        sums.combine(other).add(new double[] {1, -1, 1}, 1e300);
        assertThat(ExactSums.ofBytes(sums.toBytes())).isEqualTo(sums);
        sums.add(new double[] {1, -1, 1}, -1e300);
        assertThat(sums.toBytes()).isEqualTo(before);
    }

    @Test
    void errorsNameWhatIsWrongAndNothingIsAdded() {
        ExactSums sums = new ExactSums(3);
        assertThatIllegalArgumentException().isThrownBy(() -> new ExactSums(-1)).withMessage("size = -1 is negative");
        for (double[] wrong : new double[][] {{}, {1, 2}, {1, 2, 3, 4}}) {
            String message = "values have the length " + wrong.length + ", the sums have 3";
            assertThatIllegalArgumentException().isThrownBy(() -> sums.add(wrong)).withMessage(message);
            assertThatIllegalArgumentException().isThrownBy(() -> sums.add(wrong, 2)).withMessage(message);
        }
        for (int from : new int[] {-1, 2, 3, 4, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThatIllegalArgumentException().isThrownBy(() -> sums.add(from, new double[] {1, 2}, 2))
                    .withMessage("from = " + from + " with 2 values is not within 3 sums");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> sums.add(0, new double[4], 2))
                .withMessage("from = 0 with 4 values is not within 3 sums");
        assertThatIllegalArgumentException().isThrownBy(() -> sums.combine(new ExactSums(2)))
                .withMessage("other has the size 2, this has 3");
        assertThatNullPointerException().isThrownBy(() -> sums.add(null)).withMessage("values");
        assertThatNullPointerException().isThrownBy(() -> sums.add(null, 1)).withMessage("values");
        assertThatNullPointerException().isThrownBy(() -> sums.add(0, null, 1)).withMessage("values");
        assertThatNullPointerException().isThrownBy(() -> sums.combine(null)).withMessage("other");
        assertThatNullPointerException().isThrownBy(() -> ExactSums.ofBytes(null)).withMessage("bytes");
        assertThat(sums).isEqualTo(new ExactSums(3));
    }

    @Test
    void equalSumsAreThoseOfTheSameExactValues() {
        assertThat(of(0.1, 0.2)).isEqualTo(of(0.2, 0.1)).hasSameHashCodeAs(of(0.2, 0.1)).isNotEqualTo(of(0.1 + 0.2))
                .isNotEqualTo(null).isNotEqualTo("ExactSums");
        assertThat(of(1, INFINITY)).isEqualTo(of(INFINITY, 2)).isNotEqualTo(of(-INFINITY)).isNotEqualTo(of(1));
        assertThat(of(INFINITY, -INFINITY)).isEqualTo(of(Double.NaN, 3)).isNotEqualTo(of(INFINITY));
        assertThat(of(0x1p899, 0x1p899)).isEqualTo(of(0x1p900));
        assertThat(of(0.1, 0.2).hashCode()).isNotEqualTo(of(0.1 + 0.2).hashCode());
    }

    @Test
    void theTextShowsTheFirstSums() {
        assertThat(new ExactSums(0)).hasToString("ExactSums[size=0, sums=[]]");
        ExactSums sums = new ExactSums(8);
        sums.add(6, new double[] {0.5, Double.NaN}, 1);
        assertThat(sums).hasToString("ExactSums[size=8, sums=[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, NaN]]");
        assertThat(new ExactSums(9))
                .hasToString("ExactSums[size=9, sums=[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, ...]]");
    }

    /** Kryo makes objects so, and fails at constructors that are not private. */
    @Test
    void serializersFindAPrivateConstructorWithoutArguments() throws Exception {
        for (Class<?> type : List.of(ExactSums.class, ExactVector.class)) {
            Constructor<?> constructor = type.getDeclaredConstructor();
            assertThat(Modifier.isPrivate(constructor.getModifiers())).isTrue();
            constructor.setAccessible(true);
            assertThat(type.getMethod("size").invoke(constructor.newInstance())).isEqualTo(0);
        }
    }

    private static double[][] vectors(int count, int size, long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, count)
                .mapToObj(i -> random.doubles(size).map(x -> x - 0.5).toArray())
                .toArray(double[][]::new);
    }

    /** The sum of these alone. */
    private static ExactSums of(double... values) {
        ExactSums sums = new ExactSums(1);
        for (double value : values) {
            sums.add(new double[] {value});
        }
        return sums;
    }
}
