package io.github.plainjava.losses.benchmark;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.stream.StreamSupport;

/**
 * One contender's time at one function and one shape.
 *
 * @param nanoseconds of one call: the median over the forks, each fork being the median of its iterations
 * @param spread half the distance from the fastest fork to the slowest, as a part of the median; NaN for a single fork
 * @param bytes allocated by one call, NaN where it was not measured
 */
record Timing(String function, Shape shape, String contender, double nanoseconds, double spread, double bytes) {

    static Timing of(JsonObject result) {
        JsonObject parameters = result.getAsJsonObject("params");
        JsonObject metric = result.getAsJsonObject("primaryMetric");
        double[] forks = medians(metric.getAsJsonArray("rawData"));
        double median = median(forks);
        double range = Arrays.stream(forks).max().getAsDouble() - Arrays.stream(forks).min().getAsDouble();
        return new Timing(
                function(result.get("benchmark").getAsString()),
                Shape.of(parameters.get("shape").getAsString()),
                parameters.has("contender") ? parameters.get("contender").getAsString() : Results.COPY,
                median,
                forks.length == 1 ? Double.NaN : range / 2 / median,
                bytes(result.getAsJsonObject("secondaryMetrics")));
    }

    /** The class of the benchmark, without its package and its method. */
    private static String function(String benchmark) {
        String[] parts = benchmark.split("\\.");
        return parts[parts.length - 2];
    }

    private static double bytes(JsonObject metrics) {
        return metrics.has("gc.alloc.rate.norm")
                ? median(medians(metrics.getAsJsonObject("gc.alloc.rate.norm").getAsJsonArray("rawData")))
                : Double.NaN;
    }

    private static double[] medians(JsonArray forks) {
        return StreamSupport.stream(forks.spliterator(), false)
                .mapToDouble(fork -> median(numbers(fork)))
                .toArray();
    }

    private static double[] numbers(JsonElement fork) {
        return StreamSupport.stream(fork.getAsJsonArray().spliterator(), false)
                .mapToDouble(JsonElement::getAsDouble)
                .toArray();
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double perElement() {
        return nanoseconds / shape.size();
    }

    double perRow() {
        return nanoseconds / shape.rows();
    }
}
