package io.github.plainjava.losses.benchmark;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/** What the results depend on and JMH does not record; kept in a file beside JMH's. */
record Machine(String processor, int cores, String system, String date, String load) {

    static Machine thisOne() {
        return new Machine(
                linuxProcessor().or(Machine::windowsProcessor).orElse("unknown processor"),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                LocalDate.now(ZoneOffset.UTC).toString(),
                String.format(
                        Locale.ROOT, "%.1f", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    }

    /** The model, and the widest vectors it computes with, since C2 uses what there is. */
    private static Optional<String> linuxProcessor() {
        return linuxProcessorField("model name")
                .map(model -> {
                    String flags = " " + linuxProcessorField("flags").orElse("") + " ";
                    return Stream.of("avx512f", "avx2")
                            .filter(flag -> flags.contains(" " + flag + " "))
                            .findFirst()
                            .map(flag -> model + " with " + flag)
                            .orElse(model);
                });
    }

    private static Optional<String> linuxProcessorField(String name) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException notLinux) {
            return Optional.empty();
        }
    }

    private static Optional<String> windowsProcessor() {
        return Optional.ofNullable(System.getenv("PROCESSOR_IDENTIFIER"));
    }

    /** This JVM, as JMH names one. */
    static String jvm() {
        return System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
    }

    /** What every report begins with. */
    String conditions(String jvm) {
        return processor + ", " + cores + " cores, " + system + "; " + jvm + "; " + date;
    }

    void writeBeside(Path results) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("processor", processor);
        properties.setProperty("cores", Integer.toString(cores));
        properties.setProperty("system", system);
        properties.setProperty("date", date);
        properties.setProperty("load", load);
        try (Writer writer = Files.newBufferedWriter(file(results))) {
            properties.store(writer, "the machine of " + results.getFileName());
        }
    }

    static Machine readBeside(Path results) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file(results))) {
            properties.load(reader);
        }
        return new Machine(
                properties.getProperty("processor"),
                Integer.parseInt(properties.getProperty("cores")),
                properties.getProperty("system"),
                properties.getProperty("date"),
                properties.getProperty("load"));
    }

    private static Path file(Path results) {
        return results.resolveSibling(results.getFileName() + ".machine");
    }
}
