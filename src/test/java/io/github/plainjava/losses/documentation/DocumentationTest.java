package io.github.plainjava.losses.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every Java block of the documents compiles, runs, and computes what its comments state. */
class DocumentationTest {

    private static final Path PROJECT = Path.of(System.getProperty("basedir", ""));
    private static final Path README = PROJECT.resolve("README.md");
    private static final Path CONTRIBUTING = PROJECT.resolve(".github/CONTRIBUTING.md");
    private static final Path PAGES = PROJECT.resolve("src/site/markdown");
    private static final Path SOURCES = PROJECT.resolve("src/main/java");

    private static final Pattern PICTURE =
            Pattern.compile("!\\[[^\\]]*\\]\\(([^)\\s]+)[^)]*\\)|<img\\b[^>]*\\bsrc=\"([^\"]+)\"");
    private static final Pattern LINK = Pattern.compile("(?<!!)\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern ROW_OF_DECIMALS = Pattern.compile("(?m)^\\|(?=.*\\d\\.\\d).*\\|\\s*$");
    private static final Pattern FENCED = Pattern.compile("(?m)^ *```(\\w*)[^\\n]*\\n(?s:.*?)^ *```");
    private static final Pattern COMMAND = Pattern.compile("\\b(?:mvn|java|bash) +-?\\w");

    @TestFactory
    Stream<DynamicTest> everyBlockCompilesRunsAndComputesWhatItStates() throws IOException {
        return blocks().stream()
                .map(block -> DynamicTest.dynamicTest(
                        block.toString(), () -> assertThat(BlockRunner.problemsOf(block)).isEmpty()));
    }

    @Test
    void theReadmeAndTheJavadocStateResults() throws IOException {
        assertThat(README).exists();
        assertThat(statedResults(ofMarkdown(README))).as("results that the README states").isPositive();
        assertThat(statedResults(ofSources())).as("results that the Javadoc states").isPositive();
    }

    @Test
    void everyPictureAndEveryFileThatIsLinkedIsThere() throws IOException {
        for (Path document : documents()) {
            String text = textOf(document);
            Matcher picture = PICTURE.matcher(text);
            while (picture.find()) {
                assertIsThere(document, picture.group(1) != null ? picture.group(1) : picture.group(2));
            }
            Matcher link = LINK.matcher(text);
            while (link.find()) {
                assertIsThere(document, link.group(1));
            }
        }
    }

    private static void assertIsThere(Path document, String source) {
        if (!source.startsWith("http") && !source.startsWith("#")) {
            assertThat(document.resolveSibling(source.replaceAll("#.*", ""))).as(name(document)).exists();
        }
    }

    @Test
    void everySectionWithAPictureOrMeasuredNumbersNamesTheCommandThatMakesThem() throws IOException {
        for (Path document : documents()) {
            assertThat(sectionsWithoutCommand(textOf(document))).as(name(document)).isEmpty();
        }
    }

    @Test
    void aTableOfMeasuredNumbersWithoutACommandIsNoticed() {
        String table = "| rows | ns |\n|---|---|\n| 10 | 1.5 |\n";
        assertThat(sectionsWithoutCommand("# A\n\n## Speed\n" + table)).containsExactly("## Speed");
        assertThat(sectionsWithoutCommand("# A\n\n## Speed\nMade by `mvn -q exec:java`.\n" + table)).isEmpty();
        assertThat(sectionsWithoutCommand("## Speed\n![the loss](loss.svg)\n## Next\n`mvn -q verify`\n"))
                .containsExactly("## Speed");
    }

    /** The headings of such sections. A line of a fenced block is no heading and no table, whatever it looks like. */
    private static List<String> sectionsWithoutCommand(String markdown) {
        List<String> headings = new ArrayList<>();
        String withoutHeadingsInBlocks = FENCED.matcher(markdown)
                .replaceAll(block -> Matcher.quoteReplacement(block.group().replaceAll("(?m)^ *[#|].*$", "")));
        for (String section : withoutHeadingsInBlocks.split("(?m)^(?=## )")) {
            boolean made = PICTURE.matcher(section).find() || ROW_OF_DECIMALS.matcher(section).find();
            if (made && !COMMAND.matcher(section).find()) {
                headings.add(section.lines().findFirst().orElse(""));
            }
        }
        return headings;
    }

    private static int statedResults(List<JavaBlock> blocks) {
        return blocks.stream().mapToInt(BlockRunner::statedResultsOf).sum();
    }

    private static List<JavaBlock> blocks() throws IOException {
        List<JavaBlock> blocks = new ArrayList<>();
        for (Path document : documents()) {
            blocks.addAll(ofMarkdown(document));
        }
        blocks.addAll(ofSources());
        return blocks;
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> pages = Files.list(PAGES)) {
            return Stream.concat(Stream.of(README, CONTRIBUTING), pages.sorted()).toList();
        }
    }

    private static List<JavaBlock> ofMarkdown(Path file) throws IOException {
        return JavaBlocks.ofMarkdown(name(file), textOf(file));
    }

    /** Nothing for a document that is not there; that the README is there is a test of its own. */
    private static String textOf(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static List<JavaBlock> ofSources() throws IOException {
        List<JavaBlock> blocks = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
                blocks.addAll(JavaBlocks.ofSource(name(file), Files.readString(file)));
            }
        }
        return blocks;
    }

    private static String name(Path file) {
        return PROJECT.relativize(file).toString();
    }
}
