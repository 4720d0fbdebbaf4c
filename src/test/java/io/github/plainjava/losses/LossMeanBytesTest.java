package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** The documented form of a {@link LossMean} as bytes. */
class LossMeanBytesTest {

    private static final double INFINITY = Double.POSITIVE_INFINITY;
    private static final String DAMAGED = "these bytes of a LossMean are damaged or cut short";
    private static final BigInteger ONE = BigInteger.ONE.shiftLeft(2148);

    /** What the documentation names, written by another hand; {@link #bytes} makes the bytes of it. */
    private record Form(int begin, int version, long count, long notFiniteCount, int code, byte[] sum, byte[] weight) {

        static Form of(long count, long notFiniteCount, int code, BigInteger sum, BigInteger weight) {
            return new Form(0x4d45414e, 1, count, notFiniteCount, code, sum.toByteArray(), weight.toByteArray());
        }

        Form withSum(byte[] other) {
            return new Form(begin, version, count, notFiniteCount, code, other, weight);
        }

        Form withWeight(byte[] other) {
            return new Form(begin, version, count, notFiniteCount, code, sum, other);
        }

        byte[] bytes() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream stream = new DataOutputStream(bytes)) {
                stream.writeInt(begin);
                stream.writeByte(version);
                stream.writeLong(count);
                stream.writeLong(notFiniteCount);
                stream.writeByte(code);
                stream.writeShort(sum.length);
                stream.write(sum);
                stream.writeShort(weight.length);
                stream.write(weight);
                CRC32 check = new CRC32();
                check.update(bytes.toByteArray());
                stream.writeInt((int) check.getValue());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return bytes.toByteArray();
        }
    }

    @Test
    void theBytesAreTheDocumentedOnes() {
        LossMean mean = of(0.75, -3, INFINITY);
        mean.accept(0x1p-1000, 0x1p-1000, 0.25);
        BigInteger sum = ONE.multiply(BigInteger.valueOf(-9)).shiftRight(2).add(BigInteger.ONE.shiftLeft(148));
        BigInteger weight = ONE.multiply(BigInteger.valueOf(3)).add(BigInteger.ONE.shiftLeft(2148 - 1002));
        assertThat(mean.toBytes()).isEqualTo(Form.of(4, 1, 1, sum, weight).bytes());
        assertThat(new LossMean().toBytes())
                .isEqualTo(Form.of(0, 0, 0, BigInteger.ZERO, BigInteger.ZERO).bytes())
                .isEqualTo(HexFormat.of().parseHex(
                        "4d45414e" + "01" + "0000000000000000" + "0000000000000000" + "00" + "000100" + "000100"
                                + "30c8d2b3"));
        assertThat(of(-INFINITY).toBytes()).isEqualTo(Form.of(1, 1, 2, BigInteger.ZERO, ONE).bytes());
        assertThat(of(INFINITY, -INFINITY).toBytes())
                .isEqualTo(Form.of(2, 2, 3, BigInteger.ZERO, ONE.shiftLeft(1)).bytes());
        double payload = Double.longBitsToDouble(0x7ff8_0000_0000_1234L);
        assertThat(of(payload).toBytes()).isEqualTo(of(Double.NaN).toBytes());
    }

    @Test
    void everyMeanComesBackAndCanGoOn() {
        for (LossMean mean : means()) {
            LossMean copy = LossMean.ofBytes(mean.toBytes());
            assertThat(copy).isEqualTo(mean).hasSameHashCodeAs(mean).hasToString(mean.toString());
            Bits.assertSame(copy.mean(), mean.mean());
            Bits.assertSame(copy.sum(), mean.sum());
            Bits.assertSame(copy.totalWeight(), mean.totalWeight());
            assertThat(copy.count()).isEqualTo(mean.count());
            assertThat(copy.notFiniteCount()).isEqualTo(mean.notFiniteCount());
            copy.accept(0.1, 0.3);
            mean.accept(0.1, 0.3);
            assertThat(copy.toBytes()).isEqualTo(mean.toBytes());
        }
    }

    @Test
    void equalMeansGiveEqualBytesHoweverTheyWereMade() {
        Random random = new Random(5);
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            losses.add(Math.scalb(random.nextGaussian(), random.nextInt(-1074, 1000)));
            losses.add(random.nextDouble());
        }
        losses.addAll(List.of(INFINITY, 1e308, -1e308, 1e308, Double.MIN_VALUE));
        byte[] expected = collected(losses).toBytes();
        for (int tries = 0; tries < 20; tries++) {
            Collections.shuffle(losses, random);
            int split = random.nextInt(losses.size());
            LossMean merged = collected(losses.subList(0, split)).combine(
                    LossMean.ofBytes(collected(losses.subList(split, losses.size())).toBytes()));
            assertThat(merged.toBytes()).isEqualTo(expected);
        }
        List<LossMean> means = means();
        for (int i = 0; i < means.size(); i++) {
            for (int j = 0; j < means.size(); j++) {
                assertThat(Arrays.equals(means.get(i).toBytes(), means.get(j).toBytes()))
                        .isEqualTo(means.get(i).equals(means.get(j))).isEqualTo(i == j);
            }
        }
    }

    @Test
    void damagedBytesAreRefused() {
        for (LossMean mean : means()) {
            byte[] bytes = mean.toBytes();
            for (int i = 0; i < bytes.length; i++) {
                for (int bit = 0; bit < 8; bit++) {
                    byte[] damaged = bytes.clone();
                    damaged[i] ^= (byte) (1 << bit);
                    assertThatIllegalArgumentException().isThrownBy(() -> LossMean.ofBytes(damaged))
                            .withMessageContaining("bytes of a LossMean");
                }
                byte[] cut = Arrays.copyOf(bytes, i);
                assertThatIllegalArgumentException().isThrownBy(() -> LossMean.ofBytes(cut)).withMessage(DAMAGED);
            }
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            assertThatIllegalArgumentException().isThrownBy(() -> LossMean.ofBytes(longer)).withMessage(DAMAGED);
        }
    }

    @Test
    void otherBytesAndLaterVersionsAreRefusedByName() {
        byte[] bytes = of(1).toBytes();
        byte[] other = bytes.clone();
        other[0] = 0x4c;
        assertThatIllegalArgumentException().isThrownBy(() -> LossMean.ofBytes(other))
                .withMessage("these are not the bytes of a LossMean");
        for (int version : new int[] {2, 128, 255}) {
            byte[] later = bytes.clone();
            later[4] = (byte) version;
            assertThatIllegalArgumentException().isThrownBy(() -> LossMean.ofBytes(Arrays.copyOf(later, 5)))
                    .withMessage("these bytes of a LossMean are of version " + version
                            + ", and this library knows versions up to 1");
        }
        assertRefused(new Form(0x4d45414e, 0, 0, 0, 0, new byte[1], new byte[1]));
    }

    /** The check sum of each of these is right. */
    @Test
    void contentsThatContradictEachOtherAreRefused() {
        BigInteger zero = BigInteger.ZERO;
        assertRefused(Form.of(-1, 0, 0, zero, zero));
        assertRefused(Form.of(0, 0, 0, BigInteger.ONE, zero));
        assertRefused(Form.of(0, 0, 0, zero, BigInteger.ONE));
        assertRefused(Form.of(1, 0, 0, ONE, ONE.negate()));
        assertRefused(Form.of(1, -1, 0, ONE, ONE));
        assertRefused(Form.of(1, 2, 1, zero, ONE));
        assertRefused(Form.of(1, 1, 1, ONE, ONE)); // all are infinite, so nothing adds up to 1
        assertRefused(Form.of(1, 0, 1, ONE, ONE));
        for (int code : new int[] {0, 4, -1, 127, -128}) {
            assertRefused(Form.of(2, 1, code, ONE, ONE));
        }
        BigInteger most = BigInteger.TWO.pow(2048 + 2148);
        assertThat(LossMean.ofBytes(Form.of(1, 0, 0, most.negate(), most).bytes()).mean()).isEqualTo(-1);
        assertRefused(Form.of(1, 0, 0, most.add(BigInteger.ONE), ONE));
        assertRefused(Form.of(1, 0, 0, most.negate().subtract(BigInteger.ONE), ONE));
        assertRefused(Form.of(2, 1, 1, ONE, most.shiftLeft(1).add(BigInteger.ONE)));
        assertRefused(Form.of(Long.MAX_VALUE, 0, 0, BigInteger.TWO.pow(500_000), ONE));
    }

    @Test
    void integersThatAreLongerThanNeededOrEmptyAreRefused() {
        Form form = Form.of(1, 0, 0, ONE, ONE);
        byte[] padded = new byte[ONE.toByteArray().length + 1];
        System.arraycopy(ONE.toByteArray(), 0, padded, 1, padded.length - 1);
        assertThat(LossMean.ofBytes(form.bytes())).isEqualTo(of(1));
        assertRefused(form.withSum(padded));
        assertRefused(form.withWeight(padded));
        assertRefused(form.withSum(new byte[0]));
        assertRefused(form.withWeight(new byte[0]));
        assertRefused(form.withSum(new byte[] {-1, -1}));
    }

    @Test
    void theLongestAreAsLongAsTheDocumentationSays() {
        BigInteger most = BigInteger.valueOf(Long.MAX_VALUE).shiftLeft(2048 + 2148);
        LossMean largest = LossMean.ofBytes(Form.of(Long.MAX_VALUE, 0, 0, most.negate(), most).bytes());
        assertThat(largest.toBytes()).hasSize(1096);
        assertThat(largest.mean()).isEqualTo(-1);
        assertThat(largest.sum()).isEqualTo(-INFINITY);
        assertThat(of(0.3, 0.5).toBytes().length).isBetween(500, 600);
    }

    private static void assertRefused(Form form) {
        assertThatIllegalArgumentException().isThrownBy(() -> LossMean.ofBytes(form.bytes())).withMessage(DAMAGED);
    }

    private static List<LossMean> means() {
        LossMean massless = new LossMean();
        massless.accept(0.5, 3, 0);
        LossMean tiny = new LossMean();
        tiny.accept(-Double.MIN_VALUE, Double.MIN_VALUE);
        LossMean huge = new LossMean();
        huge.accept(Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE);
        return List.of(new LossMean(), of(0), of(0, 0), of(-0.1), of(0.1, 1e300, -1e-300), massless, tiny, huge,
                of(INFINITY), of(-INFINITY), of(Double.NaN), of(INFINITY, -INFINITY), of(1, Double.NaN));
    }

    private static LossMean of(double... losses) {
        LossMean total = new LossMean();
        DoubleStream.of(losses).forEach(total);
        return total;
    }

    private static LossMean collected(List<Double> losses) {
        return losses.stream().collect(LossMean.averaging(Double::doubleValue));
    }
}
