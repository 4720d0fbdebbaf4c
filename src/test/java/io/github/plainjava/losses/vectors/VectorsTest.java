package io.github.plainjava.losses.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The conformance vectors: the library keeps to them, and they are what the oracle says. */
class VectorsTest {

    private static final long LARGEST_CORPUS = 5_000_000;
    private static final int MOST_COLUMNS = 64;
    private static final int EVERY = 5;

    static List<Subject> subjects() {
        return Corpus.SUBJECTS;
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void theLibraryIsWithinItsBounds(Subject subject) throws IOException {
        List<String> beyond = new ArrayList<>();
        double worst = 0;
        for (Line line : rows(subject)) {
            double actual = Library.answer(subject.name(), line);
            double error = line.error(actual);
            worst = Math.max(worst, error);
            if (!(error <= line.expected().bound()) || Double.doubleToRawLongBits(actual) == Long.MIN_VALUE) {
                beyond.add(actual + " is off by " + error + " units, " + line);
            }
        }
        System.out.printf("%s: %.3f units at most%n", subject.name(), worst);
        assertThat(beyond).isEmpty();
    }

    /** Every fifth case of every file, and so of every regime: none has less than five. */
    @ParameterizedTest
    @MethodSource("subjects")
    void aSampleIsMadeAgainToTheByte(Subject subject) throws IOException {
        List<String> lines = Files.readAllLines(Generate.file(subject));
        assertThat(lines.get(0)).isEqualTo(Subject.COLUMNS);
        for (int number = 0; number < subject.size(); number += EVERY) {
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
        Line third = Line.parse("0\tmoderate\t\t0x1.8p1\t\tvalue\t0\t0x1.5555555555555p-2\t0x1.5555555555555p-2\t0x1.0p-54\t0x1.0p1");
        assertThat(third.error(1.0 / 3)).isEqualTo(1.0 / 3);
        assertThat(third.error(Math.nextUp(1.0 / 3))).isEqualTo(1 - 1.0 / 3);
        assertThat(third.error(Double.POSITIVE_INFINITY)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(third.error(Double.NaN)).isNaN();
    }

    private static List<Line> rows(Subject subject) throws IOException {
        return Files.readAllLines(Generate.file(subject)).stream().skip(1).map(Line::parse).toList();
    }
}
