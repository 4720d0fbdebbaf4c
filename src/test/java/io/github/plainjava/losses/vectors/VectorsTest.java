package io.github.plainjava.losses.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The conformance vectors: the library keeps to them, and they are what the oracle says. */
class VectorsTest {

    private static final long LARGEST_CORPUS = 5_000_000;
    private static final int MOST_COLUMNS = 64;
    private static final Path PAGE = Path.of(System.getProperty("basedir", ""), "src/site/markdown/vectors.md");

    static List<Subject> subjects() {
        return Corpus.SUBJECTS;
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void theLibraryIsWithinItsBounds(Subject subject) throws IOException {
        List<String> beyond = new ArrayList<>();
        double worst = 0;
        double share = 0;
        for (Line line : rows(subject)) {
            double actual = Library.answer(subject.name(), line);
            double error = line.error(actual);
            // next to their minimum, deviances are promised more than ulps
            worst = Math.max(worst, line.expected().bound() <= 3 ? error : 0);
            share = Math.max(share, error / line.expected().bound());
            if (!(error <= line.expected().bound()) || Double.doubleToRawLongBits(actual) == Long.MIN_VALUE) {
                beyond.add(actual + " is off by " + error + " units, " + line);
            }
        }
        System.out.printf("%s: %.3f units at most, %.3f of a bound%n", subject.name(), worst, share);
        assertThat(beyond).isEmpty();
    }

    /** The first case of every regime of every file. */
    @ParameterizedTest
    @MethodSource("subjects")
    void aSampleIsMadeAgainToTheByte(Subject subject) throws IOException {
        List<String> lines = Files.readAllLines(Generate.file(subject));
        assertThat(lines.get(0)).isEqualTo(Subject.COLUMNS);
        for (int number = 0; number < subject.size(); number += subject.cases()) {
            String first = number + "\t";
            assertThat(lines.stream().filter(line -> line.startsWith(first)))
                    .as("case %d of %s", number, subject.name()).isEqualTo(subject.lines(number));
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void everyRegimeIsThereAndNoRowIsLong(Subject subject) throws IOException {
        List<Line> rows = rows(subject);
        assertThat(rows).allMatch(row -> row.columns() <= MOST_COLUMNS);
        assertThat(rows.stream().map(Line::number).distinct()).containsExactlyElementsOf(
                IntStream.range(0, subject.size()).boxed().toList());
        assertThat(rows.stream().map(row -> row.of().regime()).distinct()).containsExactlyElementsOf(subject.regimes());
    }

    @Test
    void theFilesAreThoseOfTheSubjectsAndTogetherAreSmall() throws IOException {
        try (Stream<Path> files = Files.list(Generate.DIRECTORY)) {
            List<Path> found = files.sorted().toList();
            assertThat(found).containsExactlyInAnyOrderElementsOf(
                    subjects().stream().map(Generate::file).toList());
            long size = 0;
            for (Path file : found) {
                size += Files.size(file);
            }
            assertThat(size).isLessThan(LARGEST_CORPUS);
        }
    }

    /** A double next to the right one is off by one unit: the errors above are not 0 for want of looking. */
    @Test
    void aNeighbourIsOffByAUnit() {
        Line third = Line.parse("0\tmoderate\t\t0x1.8p1\t\tvalue\t0\t"
                + "0x1.5555555555555p-2\t0x1.5555555555555p-2\t0x1.0p-54\t0x1.0p1");
        assertThat(third.error(1.0 / 3)).isEqualTo(1.0 / 3);
        assertThat(third.error(Math.nextUp(1.0 / 3))).isEqualTo(1 - 1.0 / 3);
        assertThat(third.error(Double.POSITIVE_INFINITY)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(third.error(Double.NaN)).isNaN();
    }

    /** The textbook's softmax of the page, where there is a Python: it reads every row, and fails in some. */
    @Test
    void thePythonOfThePageReadsAFile(@TempDir Path directory) throws Exception {
        assumeTrue(isThere("python3"), "no python3");
        String page = Files.readString(PAGE);
        int start = page.indexOf("```python\n") + "```python\n".length();
        String code = page.substring(start, page.indexOf("```", start));
        Path program = Files.writeString(directory.resolve("check.py"), code);
        Subject softmax = Corpus.SUBJECTS.get(0);
        Process process = new ProcessBuilder("python3", program.toString(), Generate.file(softmax).toString())
                .redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        Matcher counts = Pattern.compile("(\\d+) of (\\d+) rows within the bound.*'one class': inf.*", Pattern.DOTALL)
                .matcher(said);
        assertThat(counts.matches()).as(said).isTrue();
        assertThat(Integer.parseInt(counts.group(2))).isEqualTo(rows(softmax).size());
        assertThat(Integer.parseInt(counts.group(1))).isBetween(1, rows(softmax).size() - 1);
    }

    private static boolean isThere(String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "--version").redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    private static List<Line> rows(Subject subject) throws IOException {
        return Files.readAllLines(Generate.file(subject)).stream().skip(1).map(Line::parse).toList();
    }
}
