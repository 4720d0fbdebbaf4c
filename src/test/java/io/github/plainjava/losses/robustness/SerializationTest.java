package io.github.plainjava.losses.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.BinaryCrossEntropy;
import io.github.plainjava.losses.Brier;
import io.github.plainjava.losses.ClassificationLoss;
import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.ExactSums;
import io.github.plainjava.losses.Focal;
import io.github.plainjava.losses.Gamma;
import io.github.plainjava.losses.Hinge;
import io.github.plainjava.losses.Huber;
import io.github.plainjava.losses.LogCosh;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.LossMean;
import io.github.plainjava.losses.LossStatistics;
import io.github.plainjava.losses.MeanAbsoluteError;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.Pinball;
import io.github.plainjava.losses.Poisson;
import io.github.plainjava.losses.PseudoHuber;
import io.github.plainjava.losses.Sigmoid;
import io.github.plainjava.losses.Softmax;
import io.github.plainjava.losses.SoftmaxDivergence;
import io.github.plainjava.losses.Tweedie;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamConstants;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What is written comes back with the same bits; what was tampered with is refused, or is an object that keeps its
 * promises.
 */
class SerializationTest {

    private static final int COLUMNS = 3;
    private static final double[] PREDICTIONS = {0.7, 0.2, 0.1, 0, 1, 0.125, 0.25, 0.5, 0.25, 1e-300, 0.3, 0.3};
    private static final double[] TARGETS = {1, 0, 0, 0.25, 0.5, 0.25, 0, 0, 2, 0.1, 0.2, 0.7};
    private static final int[] LABELS = {0, 2, 1, -100};
    private static final String LIBRARY = "io.github.plainjava.losses.";

    /** Bits that occur nowhere else in a stream. */
    private static final double OPTION = 0x1.23456789abcdep-1;
    private static final int NUMBER = 0x12345678;

    @TestFactory
    Stream<DynamicTest> everyObjectComesBackWithTheSameBits() {
        return objects().entrySet().stream().map(object -> DynamicTest.dynamicTest(object.getKey(), () -> {
            Object copy = Serial.read(Serial.write(object.getValue()));
            assertThat(copy).isInstanceOf(object.getValue().getClass());
            assertThat(bitsOf(copy)).isEqualTo(bitsOf(object.getValue()));
            assertThat(Serial.write(copy)).isEqualTo(Serial.write(object.getValue()));
            assertThat(copy).isEqualTo(object.getValue()).hasSameHashCodeAs(object.getValue())
                    .hasToString(object.getValue().toString());
        }));
    }

    @Test
    void aLambdaInABatchComesBackToo() throws Exception {
        Batch batch = Batch.of(OwnLosses.ABSOLUTE_ERROR, COLUMNS);
        assertThat(bitsOf(Serial.read(Serial.write(batch)))).isEqualTo(bitsOf(batch));
    }

    /** Every byte is changed in three ways, to 0 among them, and every tail cut off. */
    @TestFactory
    Stream<DynamicTest> aDamagedStreamGivesAnErrorOrAnObjectThatKeepsItsPromises() {
        return objects().entrySet().stream().map(object -> DynamicTest.dynamicTest(object.getKey(), () -> {
            byte[] bytes = Serial.write(object.getValue());
            Map<String, String> broken = new TreeMap<>();
            for (int i = 0; i < bytes.length; i++) {
                for (int mask : new int[] {0x01, 0x80, bytes[i] & 0xff}) {
                    byte[] damaged = bytes.clone();
                    damaged[i] ^= (byte) mask;
                    problemOf(damaged, object.getValue()).forEach(broken::putIfAbsent);
                }
                problemOf(Arrays.copyOf(bytes, i), object.getValue()).forEach(broken::putIfAbsent);
            }
            assertThat(broken).isEmpty();
        }));
    }

    @TestFactory
    Stream<DynamicTest> anOptionOutOfItsRangeIsRefused() {
        double[] notWeights = {-1, -0x1p-1074, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
        double[] notSmoothings = {-1, Math.nextUp(1.0), Double.NaN, Double.POSITIVE_INFINITY};
        double[] notFloors = {-1, Math.nextUp(1.0), Double.NaN, Double.POSITIVE_INFINITY};
        double[] notTemperatures = {-1, 0, -0.0, -0x1p-1074, Double.NaN, Double.POSITIVE_INFINITY};
        double[] notFactors = {-1, 0, -0.0, Double.MIN_VALUE, 2e18, Double.NaN, Double.POSITIVE_INFINITY};
        double[] notLevels = {-1, 0, -0.0, 1, Math.nextUp(1.0), Double.NaN, Double.POSITIVE_INFINITY};
        Map<LossFunction, double[]> wrong = new LinkedHashMap<>();
        wrong.put(new Huber().withThreshold(OPTION), notFactors);
        wrong.put(new PseudoHuber().withScale(OPTION), notFactors);
        wrong.put(new Pinball(0.5, OPTION), notLevels);
        wrong.put(new CrossEntropy().withClassWeights(1, OPTION, 1), notWeights);
        wrong.put(new Softmax().withClassWeights(1, OPTION, 1), notWeights);
        wrong.put(new CrossEntropy().withLabelSmoothing(OPTION), notSmoothings);
        wrong.put(new Softmax().withLabelSmoothing(OPTION), notSmoothings);
        wrong.put(new CrossEntropy().withFloor(OPTION), notFloors);
        wrong.put(new Softmax().withTemperature(OPTION), notTemperatures);
        wrong.put(new SoftmaxDivergence().withTemperature(OPTION), notTemperatures);
        wrong.put(new SoftmaxDivergence().reversed().withTemperature(OPTION), notTemperatures);
        wrong.put(new Hinge().withMargin(OPTION).squared(), notWeights);
        wrong.put(new Sigmoid().withPositiveWeights(1, OPTION, 1), notWeights);
        wrong.put(new Sigmoid().withLabelSmoothing(OPTION), notSmoothings);
        wrong.put(new BinaryCrossEntropy().withFloor(OPTION), notFloors);
        wrong.put(new Focal().withFocus(OPTION), notWeights);
        wrong.put(Batch.of(new Softmax(), COLUMNS).weightedBy(new double[] {1, OPTION}),
                new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY});
        List<DynamicTest> tests = new ArrayList<>();
        wrong.forEach((loss, values) -> Arrays.stream(values).forEach(value -> tests.add(DynamicTest.dynamicTest(
                loss.getClass().getSimpleName() + " " + value,
                () -> assertRefused(replaced(Serial.write(loss), bytesOf(OPTION), bytesOf(value)))))));
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> aBatchWithoutColumnsIsRefused() {
        byte[] bytes = Serial.write(Batch.of(new Softmax(), NUMBER));
        return Stream.of(0, -1, Integer.MIN_VALUE).map(columns -> DynamicTest.dynamicTest(
                "columns " + columns, () -> assertRefused(replaced(bytes, bytesOf(NUMBER), bytesOf(columns)))));
    }

    /** The number of columns stands before the loss and its class weights, so it is the first of the two counts. */
    @Test
    void aBatchOfOtherColumnsThanClassWeightsIsRefused() {
        int columns = 0x1234;
        byte[] bytes = Serial.write(Batch.of(new Softmax().withClassWeights(new double[columns]), columns));
        byte[] damaged = bytes.clone();
        damaged[indexOf(bytes, bytesOf(columns)) + Integer.BYTES - 1]++;
        assertRefused(damaged);
    }

    /** The bytes are those of {@link LossMean#toBytes}, as they are, with which the rest is tested. */
    @Test
    void aMeanWhoseBytesAreThoseOfNoneIsRefused() {
        LossMean mean = new LossMean();
        mean.accept(-1, OPTION);
        byte[] own = mean.toBytes();
        byte[] later = own.clone();
        later[4]++;
        assertRefused(replaced(Serial.write(mean), own, later));
        assertRefused(replaced(Serial.write(mean), own, new byte[own.length]));
    }

    /** Likewise. */
    @Test
    void sumsWhoseBytesAreThoseOfNoneAreRefused() {
        ExactSums sums = sumsOf(-1, OPTION);
        byte[] own = sums.toBytes();
        byte[] later = own.clone();
        later[4]++;
        assertRefused(replaced(Serial.write(sums), own, later));
        assertRefused(replaced(Serial.write(sums), own, new byte[own.length]));
    }

    @Test
    void statisticsWhoseBytesAreThoseOfNoneAreRefused() {
        LossStatistics statistics = new LossStatistics();
        statistics.accept(-1, OPTION);
        byte[] own = statistics.toBytes();
        byte[] later = own.clone();
        later[4]++;
        assertRefused(replaced(Serial.write(statistics), own, later));
        assertRefused(replaced(Serial.write(statistics), own, new byte[own.length]));
    }

    /** The class itself without a field, where its serial form is expected. */
    @TestFactory
    Stream<DynamicTest> anObjectThatIsNotInItsSerialFormIsRefused() {
        return Stream.of(Batch.class, CrossEntropy.class, ExactSums.class, LossMean.class,
                        LossStatistics.class, Softmax.class, SoftmaxDivergence.class)
                .map(type -> DynamicTest.dynamicTest(type.getSimpleName(), () ->
                        assertThatThrownBy(() -> Serial.read(bytesOf(type)))
                                .isExactlyInstanceOf(InvalidObjectException.class)
                                .hasMessageContaining(type.getSimpleName() + " is read from its serial form only")));
    }

    private static byte[] bytesOf(Class<?> type) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream stream = new DataOutputStream(bytes)) {
            stream.writeShort(ObjectStreamConstants.STREAM_MAGIC);
            stream.writeShort(ObjectStreamConstants.STREAM_VERSION);
            stream.writeByte(ObjectStreamConstants.TC_OBJECT);
            stream.writeByte(ObjectStreamConstants.TC_CLASSDESC);
            stream.writeUTF(type.getName());
            stream.writeLong(ObjectStreamClass.lookup(type).getSerialVersionUID());
            stream.writeByte(ObjectStreamConstants.SC_SERIALIZABLE);
            stream.writeShort(0);
            stream.writeByte(ObjectStreamConstants.TC_ENDBLOCKDATA);
            stream.writeByte(ObjectStreamConstants.TC_NULL);
        }
        return bytes.toByteArray();
    }

    /** The problem with what is read from damaged bytes, if it is neither refused nor sound, under a short name. */
    private static Map<String, String> problemOf(byte[] damaged, Object original) {
        try {
            Object read = Serial.read(damaged);
            if (read == null || read.getClass() != original.getClass()) {
                return Map.of(); // the caller's cast refuses it
            }
            try {
                assertKeepsItsPromises(read);
                return Map.of();
            } catch (AssertionError | RuntimeException e) {
                return Map.of("object: " + e.getClass().getSimpleName() + " " + oneLine(e), placeOf(e));
            }
        } catch (IOException | ClassNotFoundException | IllegalArgumentException e) {
            return Map.of();
        } catch (Throwable e) {
            return isFromTheLibrary(e) ? Map.of("reading: " + e, placeOf(e)) : Map.of();
        }
    }

    private static String oneLine(Throwable e) {
        return String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
    }

    private static boolean isFromTheLibrary(Throwable e) {
        return Arrays.stream(e.getStackTrace())
                .map(StackTraceElement::getClassName)
                .anyMatch(name -> name.startsWith(LIBRARY) && !name.contains(".robustness."));
    }

    private static String placeOf(Throwable e) {
        return Arrays.stream(e.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith(LIBRARY))
                .findFirst().map(StackTraceElement::toString).orElse("");
    }

    private static void assertRefused(byte[] damaged) {
        try {
            Object read = Serial.read(damaged);
            fail("was accepted as " + read);
        } catch (IOException | ClassNotFoundException | IllegalArgumentException e) {
            assertThat(e).hasMessageNotContaining("was accepted");
        }
    }

    /** Whatever its options are now, an object of the library refuses what it must and computes what it may. */
    private static void assertKeepsItsPromises(Object object) {
        if (object instanceof LossMean mean) {
            assertIsAMean(mean);
        } else if (object instanceof ExactSums sums) {
            assertAreSums(sums);
        } else if (object instanceof LossStatistics statistics) {
            assertAreStatistics(statistics);
        } else if (object instanceof Batch batch) {
            assertIsABatch(batch);
        } else if (object instanceof ClassificationLoss loss) {
            assertIsALoss(loss);
            assertIsAClassificationLoss(loss);
        } else if (object instanceof LossFunction loss) {
            assertIsALoss(loss);
        }
    }

    private static void assertAreStatistics(LossStatistics statistics) {
        LossStatistics copy = LossStatistics.ofBytes(statistics.toBytes());
        assertThat(copy).isEqualTo(statistics).hasToString(statistics.toString());
        boolean finite = statistics.notFiniteCount() == 0;
        assertThat(statistics.variance()).matches(variance -> finite ? variance >= 0 : Double.isNaN(variance));
        assertThat(statistics.count()).isGreaterThanOrEqualTo(statistics.notFiniteCount());
        copy.accept(1, 0);
        assertThat(copy).isEqualTo(statistics);
    }

    private static void assertIsAMean(LossMean mean) {
        assertThat(mean.count()).isNotNegative();
        assertThat(mean.totalWeight()).isNotNegative();
        assertThat(mean.notFiniteCount()).isBetween(0L, mean.count());
        assertThat(LossMean.ofBytes(mean.toBytes())).isEqualTo(mean);
        if (mean.count() == 0) {
            assertThat(mean.sum()).isZero();
            assertThat(mean.totalWeight()).isZero();
            assertThat(mean.mean()).isZero();
        }
        mean.mean();
        LossMean other = new LossMean();
        other.accept(1.5);
        double before = mean.totalWeight();
        assertThat(mean.combine(other).totalWeight()).isGreaterThanOrEqualTo(before);
        mean.mean();
    }

    private static void assertAreSums(ExactSums sums) {
        assertThat(ExactSums.ofBytes(sums.toBytes())).isEqualTo(sums);
        double[] before = sums.toArray();
        assertThat(before).hasSize(sums.size());
        double[] two = new double[sums.size()];
        Arrays.fill(two, 2);
        sums.add(two, 1.5);
        Arrays.fill(two, -3);
        sums.combine(new ExactSums(sums.size())).add(two);
        assertThat(sums.toArray()).isEqualTo(before);
    }

    @SuppressWarnings("unchecked")
    private static <T> T copyOf(T object) {
        try {
            return (T) Serial.read(Serial.write(object));
        } catch (IOException | ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** The hinge loss takes labels only, as their one-hot arrays. */
    private static void assertIsALoss(LossFunction loss) {
        double[] prediction = {0.7, 0.2, 0.1};
        double[] target = loss instanceof Hinge ? new double[] {0, 1, 0} : new double[] {0.25, 0.5, 0.25};
        double[] gradient = new double[3];
        try {
            double value = loss.value(prediction, target);
            assertThat(loss.valueAndGradient(prediction, target, gradient)).isEqualTo(value);
            assertThat(value).isNotNaN().isNotNegative();
            assertThat(gradient).doesNotContain(Double.NaN);
            assertThat(loss.weight(target)).isFinite().isNotNegative();
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).matches("(classWeights|positiveWeights|levels) have .*");
        }
    }

    private static void assertIsAClassificationLoss(ClassificationLoss loss) {
        for (int label = 0; label < 3; label++) {
            try {
                double value = loss.value(new double[] {0.7, 0, 0.1}, label);
                assertThat(value).isNotNaN().isNotNegative();
                assertThat(loss.weight(label) >= 0 && loss.weight(label) <= Double.MAX_VALUE).isTrue(); // -0.0 is 0
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageMatching("(class|positive)Weights have .*");
            }
        }
    }

    private static void assertIsABatch(Batch batch) {
        assertThat(SerializationTest.<Batch>copyOf(batch)).isEqualTo(batch);
        try {
            batch.perRow(PREDICTIONS, LABELS);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
        try {
            double value = batch.value(PREDICTIONS, TARGETS);
            assertThat(value).isNotNaN();
            assertThat(batch.perRow(PREDICTIONS, TARGETS)).doesNotContain(Double.NaN);
            assertIsAMean(batch.lossMean(PREDICTIONS, TARGETS));
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage())
                    .matches("predictions have .*|sampleWeights have .*|row \\d+: .*|(class|positive)Weights have .*"
                            + "|ignoring .*|sampleWeights\\[\\d] = .* is negative.*");
        }
    }

    private static Map<String, Object> objects() {
        Map<String, Object> objects = new LinkedHashMap<>();
        objects.put("MeanSquaredError", new MeanSquaredError());
        objects.put("MeanAbsoluteError", new MeanAbsoluteError());
        objects.put("Huber", new Huber().withThreshold(1.5));
        objects.put("PseudoHuber", new PseudoHuber().withScale(1.5));
        objects.put("LogCosh", new LogCosh());
        objects.put("Pinball", new Pinball(0.9));
        objects.put("Pinball, levels, skipping", new Pinball(0.1, 0.5, 0.9).skippingMissing());
        objects.put("Brier", new Brier());
        objects.put("Hinge", new Hinge());
        objects.put("Hinge, all", new Hinge().withMargin(0.25).squared());
        objects.put("Sigmoid", new Sigmoid());
        objects.put("Sigmoid, all", new Sigmoid().withPositiveWeights(1, 4, 0.5).withLabelSmoothing(0.1).skippingMissing());
        objects.put("BinaryCrossEntropy", new BinaryCrossEntropy());
        objects.put("BinaryCrossEntropy, all", new BinaryCrossEntropy()
                .withPositiveWeights(1, 4, 0.5).withLabelSmoothing(0.1).withFloor(1e-3));
        objects.put("Focal", new Focal());
        objects.put("Focal, all", new Focal().withFocus(0.5).withPositiveWeights(3));
        objects.put("Poisson", new Poisson());
        objects.put("Gamma", new Gamma().skippingMissing());
        objects.put("Tweedie", new Tweedie(1.25));
        objects.put("CrossEntropy", new CrossEntropy());
        objects.put("CrossEntropy, floor", new CrossEntropy().withFloor(1e-3));
        objects.put("CrossEntropy, smoothing", new CrossEntropy().withLabelSmoothing(0.1));
        objects.put("CrossEntropy, weights", new CrossEntropy().withClassWeights(1, 4, 0.5));
        objects.put("CrossEntropy, all", new CrossEntropy()
                .withFloor(0.5).withLabelSmoothing(1).withClassWeights(1e18, 4, 0));
        objects.put("Softmax", new Softmax());
        objects.put("Softmax, temperature", new Softmax().withTemperature(2.5));
        objects.put("Softmax, smoothing", new Softmax().withLabelSmoothing(0.1));
        objects.put("Softmax, weights", new Softmax().withClassWeights(1, 4, 0.5));
        objects.put("Softmax, all", new Softmax()
                .withTemperature(0.3).withLabelSmoothing(0.2).withClassWeights(1, 0, 3));
        objects.put("SoftmaxDivergence", new SoftmaxDivergence());
        objects.put("SoftmaxDivergence, all", new SoftmaxDivergence().withTemperature(0.3).reversed());
        objects.put("Batch", Batch.of(new Softmax(), COLUMNS));
        objects.put("Batch, all", Batch.of(new CrossEntropy().withFloor(1e-3), COLUMNS)
                .weightedBy(new double[] {1, 0.5, 2, 0}).ignoring(-100, 7).parallel());
        objects.put("Batch, negative weights", Batch.of(new Softmax(), COLUMNS)
                .weightedBy(new double[] {1, -0.5, 2, 0}).summed());
        objects.put("Batch, summed", Batch.of(new MeanSquaredError(), COLUMNS).summed());
        objects.put("LossMean of nothing", new LossMean());
        objects.put("LossMean", meanOf(0.25, 1e300, -3e-300, Double.MIN_VALUE));
        objects.put("LossMean, infinite", meanOf(1, Double.POSITIVE_INFINITY));
        objects.put("LossMean, NaN", meanOf(1, Double.NaN));
        objects.put("ExactSums of nothing", new ExactSums(0));
        objects.put("ExactSums", sumsOf(0, 0.25, 1e300, -3e-300, Double.MIN_VALUE, -1.5));
        objects.put("ExactSums, not finite", sumsOf(1, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN));
        objects.put("LossStatistics of nothing", new LossStatistics());
        objects.put("LossStatistics", statisticsOf(0.25, 1e300, -3e-300, Double.MIN_VALUE));
        objects.put("LossStatistics, infinite", statisticsOf(1, Double.POSITIVE_INFINITY));
        objects.put("LossStatistics, NaN", statisticsOf(1, Double.NaN));
        return objects;
    }

    private static ExactSums sumsOf(double... values) {
        ExactSums sums = new ExactSums(values.length);
        sums.add(values, 0.7);
        sums.add(values);
        return sums;
    }

    private static LossStatistics statisticsOf(double... losses) {
        LossStatistics statistics = new LossStatistics();
        for (double loss : losses) {
            statistics.accept(loss);
            statistics.accept(loss, 0.3);
        }
        return statistics;
    }

    private static LossMean meanOf(double... losses) {
        LossMean mean = new LossMean();
        for (double loss : losses) {
            mean.accept(loss, 1.5);
        }
        return mean;
    }

    private static String bitsOf(Object object) {
        Bits bits = new Bits();
        if (object instanceof LossMean mean) {
            LossMean more = new LossMean().combine(mean);
            more.accept(0.1);
            for (LossMean each : List.of(mean, more)) {
                bits.add(each.mean());
                bits.add(each.sum());
                bits.add(each.totalWeight());
                bits.add(each.count());
                bits.add(each.hashCode());
            }
        }
        if (object instanceof ExactSums sums) {
            bits.add(sums.toArray());
            bits.add(new ExactSums(sums.size()).combine(sums).combine(sums).toArray());
            bits.add(sums.hashCode());
        }
        if (object instanceof LossStatistics statistics) {
            LossStatistics more = new LossStatistics().combine(statistics);
            more.accept(0.1);
            for (LossStatistics each : List.of(statistics, more)) {
                bits.add(each.mean());
                bits.add(each.variance());
                bits.add(each.standardDeviation());
                bits.add(each.standardError());
                bits.add(each.minimum());
                bits.add(each.maximum());
                bits.add(each.totalWeight());
                bits.add(each.count());
                bits.add(each.hashCode());
            }
        }
        if (object instanceof Batch batch) {
            addWithTargets(bits, batch);
            addWithLabels(bits, batch);
        } else if (object instanceof LossFunction loss) {
            double[] prediction = Arrays.copyOf(PREDICTIONS, COLUMNS);
            int row = loss instanceof Hinge ? 0 : COLUMNS; // its targets are one-hot
            double[] target = Arrays.copyOfRange(TARGETS, row, row + COLUMNS);
            bits.add(loss.value(prediction, target));
            bits.add(loss.gradient(prediction, target));
            bits.add(loss.weight(target));
        }
        return bits.hash();
    }

    /** What a batch says with targets: numbers, or that it ignores labels. */
    private static void addWithTargets(Bits bits, Batch batch) {
        try {
            bits.add(batch.valueAndGradient(PREDICTIONS, TARGETS, new double[PREDICTIONS.length]));
            bits.add(batch.gradient(PREDICTIONS, TARGETS));
            bits.add(batch.perRow(PREDICTIONS, TARGETS));
        } catch (IllegalArgumentException e) {
            bits.add(-1L);
        }
    }

    /** What a batch says with labels: numbers, or that its loss takes none, or that an ignored one is none. */
    private static void addWithLabels(Bits bits, Batch batch) {
        try {
            bits.add(batch.gradient(PREDICTIONS, LABELS));
        } catch (IllegalArgumentException e) {
            bits.add(-1L);
        }
    }

    private static byte[] bytesOf(double x) {
        return ByteBuffer.allocate(Double.BYTES).putDouble(x).array();
    }

    private static byte[] bytesOf(int x) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(x).array();
    }

    /** The bytes with one occurrence of a sequence, the only one, replaced by another of the same length. */
    private static byte[] replaced(byte[] bytes, byte[] sequence, byte[] replacement) {
        int at = indexOf(bytes, sequence);
        assertThat(indexOf(Arrays.copyOfRange(bytes, at + 1, bytes.length), sequence)).isNegative();
        byte[] result = bytes.clone();
        System.arraycopy(replacement, 0, result, at, replacement.length);
        return result;
    }

    private static int indexOf(byte[] bytes, byte[] sequence) {
        for (int i = 0; i + sequence.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + sequence.length, sequence, 0, sequence.length)) {
                return i;
            }
        }
        return -1;
    }
}
