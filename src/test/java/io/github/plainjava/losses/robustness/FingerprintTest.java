package io.github.plainjava.losses.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same bits on every JVM: the committed fingerprint is found again, however the library's code is executed. */
class FingerprintTest {

    private static final String COMMITTED = "fingerprint.txt";

    @Test
    void thisJvmGivesTheCommittedBits() throws IOException {
        assertThat(Fingerprint.lines()).isEqualTo(committed());
    }

    /** Compilation is forced early and waited for, so that compiled code is what runs. */
    @ParameterizedTest
    @Tag("slow")
    @ValueSource(strings = {
        "-Xint",
        "-XX:TieredStopAtLevel=1 -Xbatch -XX:CompileThresholdScaling=0.05",
        "-XX:-TieredCompilation -Xbatch -XX:CompileThresholdScaling=0.2"
    })
    void aFreshJvmGivesTheCommittedBits(String options) throws Exception {
        assertThat(freshJvm(options)).isEqualTo(committed());
    }

    /** No vectors, and vectors of other widths than this machine's own. */
    @ParameterizedTest
    @Tag("slow")
    @ValueSource(strings = {"-XX:-UseSuperWord", "-XX:UseAVX=1", "-XX:UseAVX=2"})
    void aProcessorWithOtherVectorsGivesTheCommittedBits(String option) throws Exception {
        assumeTrue(isX86() || !option.contains("AVX"), "an option for x86");
        assertThat(freshJvm("-XX:-TieredCompilation -Xbatch -XX:CompileThresholdScaling=0.2 " + option))
                .isEqualTo(committed());
    }

    /** Where the JVM has no fused multiply-add but BigDecimal's, the library's own is used, and where it is told to. */
    @ParameterizedTest
    @Tag("slow")
    @ValueSource(strings = {
        "-XX:+UnlockDiagnosticVMOptions -XX:-UseFMA",
        "-XX:UseAVX=0 -XX:+UnlockDiagnosticVMOptions -XX:-UseFMA",
        "-Dio.github.plainjava.losses.fma=software"
    })
    void aProcessorWithoutFusedMultiplyAddGivesTheCommittedBits(String options) throws Exception {
        assumeTrue(isX86() || options.startsWith("-D"), "options for x86");
        assertThat(freshJvm(options)).isEqualTo(committed());
    }

    private static boolean isX86() {
        return System.getProperty("os.arch").matches("amd64|x86_64");
    }

    private static List<String> committed() throws IOException {
        try (InputStream stream = FingerprintTest.class.getResourceAsStream(COMMITTED)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static List<String> freshJvm(String options) throws Exception {
        return FreshJvm.run(Fingerprint.class, options + " -XX:+UseSerialGC -Xmx256m", "");
    }
}
