package io.github.plainjava.losses.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Reads the tables of numbers in the resources beside this class; each has a README with its source and licence. */
final class Data {
    private static final Pattern SEPARATOR = Pattern.compile("[ ,]");

    private Data() {}

    /** The rows of a gzipped table, whose numbers are separated by a comma or a space. */
    static double[][] read(String name) {
        try (InputStream file = Objects.requireNonNull(Data.class.getResourceAsStream(name), name);
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(file), StandardCharsets.US_ASCII))) {
            return lines.lines().map(Data::numbers).toArray(double[][]::new);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    private static double[] numbers(String line) {
        return Stream.of(SEPARATOR.split(line)).mapToDouble(Double::parseDouble).toArray();
    }
}
