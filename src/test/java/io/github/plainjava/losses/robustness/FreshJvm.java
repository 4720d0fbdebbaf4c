package io.github.plainjava.losses.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.Softmax;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a test program in a JVM of its own, the same JDK's, with nothing on its class path but the library and tests.
 */
final class FreshJvm {

    private static final int SECONDS = 300;

    private FreshJvm() {}

    /** The lines that a program prints. */
    static List<String> run(Class<?> program, String options, String argument) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options.split(" ")));
        command.add("-cp");
        command.add(placeOf(Softmax.class) + System.getProperty("path.separator") + placeOf(program));
        command.add(program.getName());
        if (!argument.isEmpty()) {
            command.add(argument);
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
            return printed.lines().toList();
        } finally {
            process.destroyForcibly();
        }
    }

    private static Path placeOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
