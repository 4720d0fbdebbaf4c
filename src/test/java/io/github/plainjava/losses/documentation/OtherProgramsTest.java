package io.github.plainjava.losses.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The code on the page about other programs is the code that runs in them. */
class OtherProgramsTest {

    private static final Path PROJECT = Path.of(System.getProperty("basedir", ""));

    /** Fenced with tildes, as it compiles only there. */
    private static final Pattern BLOCK = Pattern.compile("(?ms)^~~~java\\n(.*?)^~~~$");

    @Test
    void everyBlockOfThePageIsInOneOfThePrograms() throws IOException {
        List<String> sources;
        try (Stream<Path> files = Files.walk(PROJECT.resolve("src/ecosystem"))) {
            sources = files.filter(file -> file.toString().endsWith(".java")).map(OtherProgramsTest::text).toList();
        }
        Matcher block = BLOCK.matcher(Files.readString(PROJECT.resolve("src/site/markdown/in-other-programs.md")));
        int blocks = 0;
        while (block.find()) {
            String code = withoutIndentation(block.group(1));
            assertThat(sources).as(code).anyMatch(source -> source.contains(code));
            blocks++;
        }
        assertThat(blocks).isGreaterThan(4);
    }

    private static String text(Path file) {
        try {
            return withoutIndentation(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withoutIndentation(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n"));
    }
}
