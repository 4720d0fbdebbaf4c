package io.github.plainjava.losses.benchmark;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The timings of one run, and the JVM and the effort behind them. */
record Results(List<Timing> timings, String jvm, String effort) {

    /** Who copies, where no contender is named. */
    static final String COPY = "copy";

    static Results read(Path json) throws IOException {
        JsonArray results;
        try (Reader reader = Files.newBufferedReader(json)) {
            results = JsonParser.parseReader(reader).getAsJsonArray();
        }
        if (results.isEmpty()) {
            throw new IllegalArgumentException("no benchmark was run: " + json + " is empty");
        }
        List<Timing> timings = StreamSupport.stream(results.spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .map(Timing::of)
                .toList();
        JsonObject first = results.get(0).getAsJsonObject();
        return new Results(timings, jvm(first), effort(first));
    }

    private static String jvm(JsonObject result) {
        return result.get("vmName").getAsString() + " " + result.get("vmVersion").getAsString();
    }

    private static String effort(JsonObject result) {
        return result.get("forks").getAsInt() + " forks of " + result.get("measurementIterations").getAsInt()
                + " iterations of " + result.get("measurementTime").getAsString() + " after "
                + result.get("warmupIterations").getAsInt() + " of " + result.get("warmupTime").getAsString()
                + " to warm up";
    }

    List<Timing> of(String contender) {
        return timings.stream().filter(timing -> timing.contender().equals(contender)).toList();
    }

    Optional<Timing> find(String function, Shape shape, String contender) {
        return timings.stream()
                .filter(timing -> timing.function().equals(function))
                .filter(timing -> timing.shape().equals(shape))
                .filter(timing -> timing.contender().equals(contender))
                .findFirst();
    }

    /** Everybody else who computed what the library did in this row, but for the naive loop. */
    List<Timing> peers(Timing library) {
        return timings.stream()
                .filter(timing -> timing.function().equals(library.function()))
                .filter(timing -> timing.shape().equals(library.shape()))
                .filter(timing -> !timing.contender().equals(Comparison.LIBRARY))
                .filter(timing -> !timing.contender().equals(Comparison.NAIVE))
                .toList();
    }

    Optional<Timing> naive(Timing library) {
        return find(library.function(), library.shape(), Comparison.NAIVE);
    }

    Optional<Timing> copy(Timing library) {
        return find(ArrayCopy.class.getSimpleName(), library.shape(), COPY);
    }

    /** The library's time on one core, for a function on every core. */
    Optional<Timing> oneCore(Timing library) {
        String parallel = "Parallel";
        return library.function().endsWith(parallel)
                ? find(
                        library.function().substring(0, library.function().length() - parallel.length()),
                        library.shape(),
                        Comparison.LIBRARY)
                : Optional.empty();
    }
}
