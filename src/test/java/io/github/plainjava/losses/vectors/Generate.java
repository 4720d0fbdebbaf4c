package io.github.plainjava.losses.vectors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the conformance vectors, the same bytes every time.
 *
 * <p>Run by {@code mvn -q test-compile exec:java -Dexec.mainClass=io.github.plainjava.losses.vectors.Generate}.
 */
public final class Generate {

    static final Path DIRECTORY = Path.of(
            System.getProperty("basedir", ""), "src/test/resources/io/github/plainjava/losses/vectors");

    private Generate() {
    }

    public static void main(String[] arguments) throws IOException {
        Files.createDirectories(DIRECTORY);
        for (Subject subject : Corpus.SUBJECTS) {
            Files.writeString(file(subject), String.join("\n", subject.lines()) + "\n");
        }
    }

    static Path file(Subject subject) {
        return DIRECTORY.resolve(subject.name() + ".tsv");
    }
}
