package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** The documented form of {@link LossStatistics} as bytes. */
class LossStatisticsBytesTest {

    private static final double INFINITY = Double.POSITIVE_INFINITY;
    private static final String DAMAGED = "these bytes of LossStatistics are damaged or cut short";

    /** An exact sum as the documentation writes it. */
    private record Sum(int exponent, byte[] integer) {

        Sum(int exponent, long integer) {
            this(exponent, BigInteger.valueOf(integer).toByteArray());
        }
    }

    /** What the documentation names, written by another hand; {@link #bytes} makes the bytes of it. */
    private record Form(
            int begin, int version, long count, long notFiniteCount, long minimum, long maximum, Sum... sums) {

        static Form of(long count, long notFiniteCount, double minimum, double maximum, Sum... sums) {
            return new Form(0x53544154, 1, count, notFiniteCount, Double.doubleToLongBits(minimum),
                    Double.doubleToLongBits(maximum), sums);
        }

        /** Finite losses of which the exact sums are integers. */
        static Form of(long count, double minimum, double maximum, long... sums) {
            return of(count, 0, minimum, maximum, sums(sums));
        }

        static Sum[] sums(long... sums) {
            return Arrays.stream(sums).mapToObj(sum -> {
                int zeros = sum == 0 ? 0 : Long.numberOfTrailingZeros(sum);
                return new Sum(zeros, sum >> zeros);
            }).toArray(Sum[]::new);
        }

        Form with(int index, Sum sum) {
            Sum[] others = sums.clone();
            others[index] = sum;
            return new Form(begin, version, count, notFiniteCount, minimum, maximum, others);
        }

        byte[] bytes() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream stream = new DataOutputStream(bytes)) {
                stream.writeInt(begin);
                stream.writeByte(version);
                stream.writeLong(count);
                stream.writeLong(notFiniteCount);
                stream.writeLong(minimum);
                stream.writeLong(maximum);
                for (Sum sum : sums) {
                    stream.writeShort(sum.exponent());
                    stream.writeShort(sum.integer().length);
                    stream.write(sum.integer());
                }
                CRC32 check = new CRC32();
                check.update(bytes.toByteArray());
                stream.writeInt((int) check.getValue());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return bytes.toByteArray();
        }
    }

    /** Of 0.75, and -3 with the weight 2: 3, -5.25, 18.5625; 5, -11.25, 36.5625. */
    @Test
    void theBytesAreTheDocumentedOnes() {
        LossStatistics statistics = of(0.75);
        statistics.accept(-3, 2);
        assertThat(statistics.toBytes())
                .isEqualTo(Form.of(2, 0, -3, 0.75, new Sum(0, 3), new Sum(-2, -21), new Sum(-4, 297),
                        new Sum(0, 5), new Sum(-2, -45), new Sum(-4, 585)).bytes());
        assertThat(new LossStatistics().toBytes())
                .isEqualTo(Form.of(0, 0, 0, 0, 0, 0, 0, 0, 0).bytes())
                .hasSize(71)
                .startsWith(HexFormat.of().parseHex("53544154" + "01" + "0000000000000000" + "0000000000000000"));
        assertThat(of(-INFINITY, 5).toBytes())
                .isEqualTo(Form.of(2, 1, -INFINITY, 5, Form.sums(2, 5, 25, 2, 5, 25)).bytes());
        double payload = Double.longBitsToDouble(0x7ff8_0000_0000_1234L);
        assertThat(of(payload).toBytes())
                .isEqualTo(of(Double.NaN).toBytes())
                .isEqualTo(Form.of(1, 1, Double.NaN, Double.NaN, Form.sums(1, 0, 0, 1, 0, 0)).bytes());
        LossStatistics least = new LossStatistics();
        least.accept(-Double.MIN_VALUE, Double.MIN_VALUE);
        assertThat(least.toBytes())
                .isEqualTo(Form.of(1, 0, -Double.MIN_VALUE, -Double.MIN_VALUE, new Sum(-1074, 1), new Sum(-2148, -1),
                        new Sum(-3222, 1), new Sum(-2148, 1), new Sum(-3222, -1), new Sum(-4296, 1)).bytes());
    }

    @Test
    void allComeBackAndCanGoOn() {
        for (LossStatistics statistics : samples()) {
            LossStatistics copy = LossStatistics.ofBytes(statistics.toBytes());
            assertThat(copy).isEqualTo(statistics).hasSameHashCodeAs(statistics).hasToString(statistics.toString());
            copy.accept(0.1, 0.3);
            copy.accept(0.2);
            statistics.accept(0.1, 0.3);
            statistics.accept(0.2);
            assertThat(copy.toBytes()).isEqualTo(statistics.toBytes());
            assertThat(copy.combine(copy)).isEqualTo(statistics.combine(statistics));
        }
    }

    @Test
    void differentOnesHaveDifferentBytes() {
        List<LossStatistics> samples = samples();
        for (int i = 0; i < samples.size(); i++) {
            for (int j = 0; j < samples.size(); j++) {
                assertThat(Arrays.equals(samples.get(i).toBytes(), samples.get(j).toBytes()))
                        .isEqualTo(samples.get(i).equals(samples.get(j))).isEqualTo(i == j);
            }
        }
    }

    @Test
    void damagedBytesAreRefused() {
        for (LossStatistics statistics : samples()) {
            byte[] bytes = statistics.toBytes();
            for (int i = 0; i < bytes.length; i++) {
                byte[] damaged = bytes.clone();
                damaged[i] ^= (byte) (1 << i % 8);
                assertThatIllegalArgumentException().isThrownBy(() -> LossStatistics.ofBytes(damaged))
                        .withMessageContaining("bytes of LossStatistics");
                byte[] cut = Arrays.copyOf(bytes, i);
                assertThatIllegalArgumentException().isThrownBy(() -> LossStatistics.ofBytes(cut)).withMessage(DAMAGED);
            }
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            assertThatIllegalArgumentException().isThrownBy(() -> LossStatistics.ofBytes(longer)).withMessage(DAMAGED);
        }
    }

    @Test
    void otherBytesAndLaterVersionsAreRefusedByName() {
        byte[] other = new LossMean().toBytes();
        assertThatIllegalArgumentException().isThrownBy(() -> LossStatistics.ofBytes(other))
                .withMessage("these are not the bytes of LossStatistics");
        for (int version : new int[] {2, 128, 255}) {
            byte[] later = of(1).toBytes();
            later[4] = (byte) version;
            assertThatIllegalArgumentException().isThrownBy(() -> LossStatistics.ofBytes(Arrays.copyOf(later, 5)))
                    .withMessage("these bytes of LossStatistics are of version " + version
                            + ", and this library knows versions up to 1");
        }
        assertRefused(new Form(0x53544154, 0, 0, 0, 0, 0, Form.sums(0, 0, 0, 0, 0, 0)));
    }

    /** The check sum of each of these is right. */
    @Test
    void contentsThatContradictEachOtherAreRefused() {
        Form form = Form.of(2, 1, 3, 2, 4, 10, 2, 4, 10); // of 1 and 3
        assertThat(LossStatistics.ofBytes(form.bytes())).isEqualTo(of(1, 3));
        assertRefused(Form.of(-1, 0, 0, 0, 0, 0, 0, 0, 0));
        assertRefused(Form.of(2, -1, 1, 3, form.sums()));
        assertRefused(Form.of(2, 3, Double.NaN, Double.NaN, form.sums()));
        // Nothing, and yet something
        assertRefused(Form.of(0, 0, 0, 1, 0, 0, 1, 0, 0));
        assertRefused(Form.of(0, 0, 0, 0, 1, 0, 0, 0, 0));
        assertRefused(Form.of(0, 0, 0, 0, 0, 1, 0, 0, 0));
        assertRefused(Form.of(0, 1, 0, 0, 0, 0, 0, 0, 0));
        assertRefused(Form.of(0, 0, 1, 0, 0, 0, 0, 0, 0));
        // No weight, or less than none
        assertRefused(Form.of(2, 1, 3, 0, 0, 0, 0, 0, 0));
        assertRefused(Form.of(2, 1, 3, -2, -4, -10, 2, 4, 10));
        assertRefused(Form.of(2, 1, 3, 2, 4, 10, -2, -4, -10));
        assertRefused(Form.of(2, 1, 3, 2, 4, 10, 0, 0, 0));
        // A variance below 0: 4^2 > 2 * 7
        assertThat(LossStatistics.ofBytes(Form.of(2, 1, 3, 2, 4, 8, 2, 4, 8).bytes()).variance()).isZero();
        assertRefused(Form.of(2, 1, 3, 2, 4, 7, 2, 4, 10));
        assertRefused(Form.of(2, 1, 3, 2, 4, 10, 2, 4, 7));
        // Extremes that are not on both sides of the mean, or no doubles that a loss can be
        assertRefused(Form.of(2, 2.5, 3, 2, 4, 10, 2, 4, 10));
        assertRefused(Form.of(2, 1, 1.5, 2, 4, 10, 2, 4, 10));
        assertRefused(Form.of(2, 3, 1, 2, 4, 10, 2, 4, 10));
        assertRefused(Form.of(2, -0.0, 3, 2, 4, 10, 2, 4, 10));
        assertRefused(Form.of(2, 1, INFINITY, 2, 4, 10, 2, 4, 10));
        assertRefused(Form.of(2, -INFINITY, 3, 2, 4, 10, 2, 4, 10));
        assertRefused(Form.of(2, Double.NaN, Double.NaN, 2, 4, 10, 2, 4, 10));
        // Some that are not finite, and extremes that are
        assertRefused(Form.of(2, 1, 1, 3, form.sums()));
        assertRefused(Form.of(2, 1, Double.NaN, 3, form.sums()));
        assertRefused(Form.of(2, 1, 3, Double.NaN, form.sums()));
        assertRefused(Form.of(2, 1, INFINITY, 3, form.sums()));
        assertThat(LossStatistics.ofBytes(Form.of(2, 1, 1, INFINITY, form.sums()).bytes()).mean()).isEqualTo(INFINITY);
        // A product of four doubles is below 2^4096
        assertRefused(form.with(5, new Sum(4097, 3)));
        assertThat(LossStatistics.ofBytes(form.with(5, new Sum(4096, 1)).bytes()).variance()).isEqualTo(1);
    }

    @Test
    void sumsThatAreWrittenInAnotherWayAreRefused() {
        Form form = Form.of(2, 1, 3, 2, 4, 10, 2, 4, 10);
        for (int i = 0; i < 6; i++) {
            int exponent = form.sums()[i].exponent();
            byte integer = form.sums()[i].integer()[0];
            assertRefused(form.with(i, new Sum(0, integer << exponent)));
            assertRefused(form.with(i, new Sum(exponent, new byte[0])));
            assertRefused(form.with(i, new Sum(exponent, new byte[] {0, integer})));
        }
        assertRefused(Form.of(0, 0, 0, 0, 0, 0, 0, 0, 0).with(1, new Sum(1, 0)));
        assertRefused(Form.of(0, 0, 0, 0, 0, 0, 0, 0, 0).with(1, new Sum(-4297, 1)));
        assertRefused(Form.of(0, 0, 0, 0, 0, 0, 0, 0, 0).with(1, new Sum(0, new byte[] {-1, -1})));
    }

    @Test
    void theLongestAreAsLongAsTheDocumentationSays() {
        LossStatistics longest = new LossStatistics();
        longest.accept(-Double.MAX_VALUE, Double.MAX_VALUE);
        for (int i = 0; i < 61; i++) {
            longest.combine(longest);
        }
        longest.accept(-Double.MIN_VALUE, Double.MIN_VALUE);
        assertThat(LossStatistics.ofBytes(longest.toBytes())).isEqualTo(longest);
        assertThat(longest.toBytes().length).isBetween(4_040, 4_049);
        LossStatistics usual = of(0.3, 0.5, 0.7);
        usual.accept(0.9, 0.3);
        assertThat(usual.toBytes().length).isBetween(150, 200);
    }

    private static void assertRefused(Form form) {
        assertThatIllegalArgumentException().isThrownBy(() -> LossStatistics.ofBytes(form.bytes()))
                .withMessage(DAMAGED);
    }

    private static List<LossStatistics> samples() {
        LossStatistics weighted = of(0.5);
        weighted.accept(0.7, 0.3);
        LossStatistics tiny = new LossStatistics();
        tiny.accept(-Double.MIN_VALUE, Double.MIN_VALUE);
        LossStatistics huge = new LossStatistics();
        huge.accept(Double.MAX_VALUE, Double.MAX_VALUE);
        return List.of(new LossStatistics(), of(0), of(0, 0), of(-0.1), of(0.1, 1e300, -1e-300), weighted, tiny, huge,
                of(INFINITY), of(-INFINITY), of(Double.NaN), of(INFINITY, -INFINITY), of(1, Double.NaN));
    }

    private static LossStatistics of(double... losses) {
        return LossStatisticsTest.of(losses);
    }
}
