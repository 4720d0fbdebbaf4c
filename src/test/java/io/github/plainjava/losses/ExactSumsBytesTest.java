package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** The documented form of {@link ExactSums} as bytes. */
class ExactSumsBytesTest {

    private static final String DAMAGED = "these bytes of ExactSums are damaged or cut short";
    private static final String BEGIN = "53554d53" + "01";

    @Test
    void theBytesAreTheDocumentedOnes() {
        ExactSums sums = new ExactSums(6);
        sums.add(new double[] {0, 1, -1, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN});
        sums.add(1, new double[] {0x1p-12, 255}, 1);
        // 1 is 2^2148 units: bit 4 of the byte 268 from the end. 2^-12 is bit 0 of the byte 267
        assertThat(sums.toBytes()).isEqualTo(bytes(BEGIN + "00000006"
                + "0000"
                + "0002" + "010b" + "1001"
                + "0002" + "010c" + "0fe0"
                + "ffff" + "fffe" + "fffd"));
        assertThat(new ExactSums(0).toBytes()).isEqualTo(bytes(BEGIN + "00000000"));
        ExactSums least = new ExactSums(1);
        least.add(new double[] {-Double.MIN_VALUE}, Double.MIN_VALUE);
        assertThat(least.toBytes()).isEqualTo(bytes(BEGIN + "00000001" + "0001" + "0000" + "ff"));
    }

    @Test
    void bytesAreFewForVectorsOfLikeSize() {
        int size = 1000;
        Random random = new Random(1);
        ExactSums plain = new ExactSums(size);
        ExactSums scaled = new ExactSums(size);
        for (int i = 0; i < 1000; i++) {
            double[] vector = random.doubles(size).map(x -> x - 0.5).toArray();
            plain.add(vector);
            scaled.add(vector, random.nextGaussian());
        }
        assertThat(plain.toBytes().length / (double) size).isBetween(11.0, 13.0);
        assertThat(scaled.toBytes().length / (double) size).isBetween(18.0, 22.0);
    }

    @Test
    void damagedBytesAreRefused() {
        for (ExactSums sums : someSums()) {
            byte[] bytes = sums.toBytes();
            assertThat(ExactSums.ofBytes(bytes)).isEqualTo(sums);
            for (int i = 0; i < bytes.length; i++) {
                for (int bit = 0; bit < 8; bit++) {
                    byte[] damaged = bytes.clone();
                    damaged[i] ^= (byte) (1 << bit);
                    assertThatIllegalArgumentException().isThrownBy(() -> ExactSums.ofBytes(damaged))
                            .withMessageContaining("bytes of ExactSums");
                }
                byte[] cut = Arrays.copyOf(bytes, i);
                assertThatIllegalArgumentException().isThrownBy(() -> ExactSums.ofBytes(cut)).withMessage(DAMAGED);
            }
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            assertThatIllegalArgumentException().isThrownBy(() -> ExactSums.ofBytes(longer)).withMessage(DAMAGED);
        }
    }

    @Test
    void otherBytesAndLaterVersionsAreRefusedByName() {
        assertThatIllegalArgumentException().isThrownBy(() -> ExactSums.ofBytes(new LossMean().toBytes()))
                .withMessage("these are not the bytes of ExactSums");
        for (int version : new int[] {2, 128, 255}) {
            byte[] later = new ExactSums(1).toBytes();
            later[4] = (byte) version;
            assertThatIllegalArgumentException().isThrownBy(() -> ExactSums.ofBytes(Arrays.copyOf(later, 5)))
                    .withMessage("these bytes of ExactSums are of version " + version
                            + ", and this library knows versions up to 1");
        }
        assertRefused("53554d53" + "00" + "00000000");
    }

    /** The check sum of each of these is right. */
    @Test
    void contentsThatAreNotTheShortestOrNoneAreRefused() {
        String one = BEGIN + "00000001";
        assertThat(ExactSums.ofBytes(bytes(one + "0001" + "010c" + "10")).toArray()).containsExactly(1);
        assertRefused(one + "0002" + "010b" + "1000"); // a zero that could have been cut off
        assertRefused(one + "0002" + "010c" + "0010"); // a byte that is not needed
        assertRefused(one + "0002" + "010c" + "fff0");
        assertRefused(one + "0001" + "0000" + "00"); // 0 in other ways
        assertRefused(one + "0001" + "010c" + "00");
        assertRefused(one + "fffc"); // no such number
        assertRefused(one + "8000");
        assertRefused(one + "0001" + "ffff" + "10");
        assertRefused(one + "0001" + "8000" + "10");
        assertRefused(one + "7fff" + "0000" + "10");
        assertRefused(one);
        assertRefused(one + "0000" + "0000"); // more than one
        assertRefused(BEGIN + "00000002" + "0000");
        assertRefused(BEGIN + "ffffffff" + "0000"); // a negative size
        assertRefused(BEGIN + "7fffffff" + "0000"); // more than there are bytes for
        assertRefused(one + "0801" + "0000" + "01".repeat(2049)); // no sums come so far
        assertRefused(one + "0001" + "0800" + "01");
        ExactSums most = ExactSums.ofBytes(bytes(one + "0800" + "0000" + "81".repeat(2048)));
        assertThat(most.toArray()).containsExactly(Double.NEGATIVE_INFINITY);
        assertThat(ExactSums.ofBytes(bytes(one + "0001" + "07ff" + "01")).toArray())
                .containsExactly(Double.POSITIVE_INFINITY);
    }

    /** A number far beyond the double range, written as the documentation says, and taken down again. */
    @Test
    void integersMeanWhatTheDocumentationSays() {
        BigInteger units = BigInteger.TWO.pow(2148 + 2000).multiply(BigInteger.valueOf(-12345)).add(BigInteger.TWO);
        byte[] integer = units.toByteArray();
        ExactSums sums = ExactSums.ofBytes(bytes(BEGIN + "00000001" + HexFormat.of().toHexDigits((short) integer.length)
                + "0000" + HexFormat.of().formatHex(integer)));
        sums.add(new double[] {0x1p1000 * 12345}, 0x1p1000);
        Bits.assertSame(sums.toArray(), new double[1]);
        sums.add(new double[] {-Double.MIN_VALUE * 2}, Double.MIN_VALUE);
        assertThat(sums).isEqualTo(new ExactSums(1));
    }

    private static void assertRefused(String contents) {
        assertThatIllegalArgumentException().isThrownBy(() -> ExactSums.ofBytes(bytes(contents))).withMessage(DAMAGED);
    }

    /** What the digits say, and the check sum. */
    private static byte[] bytes(String contents) {
        byte[] bytes = HexFormat.of().parseHex(contents);
        CRC32 check = new CRC32();
        check.update(bytes);
        return HexFormat.of().parseHex(contents + HexFormat.of().toHexDigits((int) check.getValue()));
    }

    private static List<ExactSums> someSums() {
        ExactSums mixed = new ExactSums(5);
        mixed.add(new double[] {0, 0.1, -1e300, Double.NaN, Double.NEGATIVE_INFINITY});
        mixed.add(new double[] {0, 0.7, 1, 1, 1}, 0.3);
        ExactSums extreme = new ExactSums(2);
        extreme.add(new double[] {Double.MAX_VALUE, -Double.MIN_VALUE}, Double.MAX_VALUE);
        extreme.add(new double[] {-Double.MIN_VALUE, 1}, Double.MIN_VALUE);
        List<ExactSums> all = new ArrayList<>(List.of(new ExactSums(0), new ExactSums(3), mixed, extreme));
        all.add(new ExactSums(5).combine(mixed));
        return all;
    }
}
