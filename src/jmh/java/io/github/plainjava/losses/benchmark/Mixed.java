package io.github.plainjava.losses.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Every workload in one JVM, as in an application, against the naive loop.
 *
 * <p>A fork of JMH sees one function at one shape, so that HotSpot compiles the library for that alone. An application
 * calls it with many shapes and options: what is compiled has to serve all of them, and this is what is measured here.
 * All workloads are warmed up before the first is timed. Then come rounds in which each is timed briefly, the naive
 * loop and the library in turn, and the best time of each counts: whatever else the machine does can only add to a
 * time, and what it does for longer than a sample meets both.
 */
final class Mixed {

    private static final int ROUNDS = 25;
    private static final double SAMPLE_SECONDS = 0.003;
    private static final double WARM_UP_SECONDS = 1.5;

    /** About as many numbers are computed between two looks at the clock, whose own time is then lost in theirs. */
    private static final int NUMBERS = 1 << 12;

    /** Where the values go, so that no compiler can leave them out. */
    private static double sink;

    private final double warmUpSeconds;

    private Mixed(double warmUpSeconds) {
        this.warmUpSeconds = warmUpSeconds;
    }

    /**
     * Measures, and writes {@code mixed.md} into the directory.
     *
     * @param arguments the seconds to warm up each contender at each workload, if not the usual
     */
    static void run(List<String> arguments, Path directory) throws IOException {
        double warmUp = arguments.isEmpty() ? WARM_UP_SECONDS : Double.parseDouble(arguments.get(0));
        Machine machine = Machine.thisOne();
        List<Race> races = new Mixed(warmUp).races(Workload.all());
        System.out.println(summary(races));
        Report.save(directory.resolve("mixed.md"), markdown(races, machine, warmUp));
    }

    /** The same of other losses and of functions of whole batches, into {@code more.md}. */
    static void runMore(List<String> arguments, Path directory) throws IOException {
        double warmUp = arguments.isEmpty() ? WARM_UP_SECONDS : Double.parseDouble(arguments.get(0));
        Machine machine = Machine.thisOne();
        List<Race> races = new Mixed(warmUp).races(Workload.more());
        System.out.println(summary(races));
        Report.save(directory.resolve("more.md"), markdown(races, machine, warmUp));
    }

    private List<Race> races(List<Workload> workloads) {
        List<Race> races = workloads.stream().map(Race::of).toList();
        System.out.printf(
                Locale.ROOT,
                "%d workloads agree; %.0f seconds to warm up%n",
                races.size(),
                2 * races.size() * warmUpSeconds);
        for (Race race : races) {
            race.naive().run(warmUpSeconds);
            race.library().run(warmUpSeconds);
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (Race race : races) {
                race.naive().time();
                race.library().time();
            }
        }
        return races;
    }

    private static String markdown(List<Race> races, Machine machine, double warmUp) {
        Table table = new Table();
        table.add(List.of("workload", "rows x columns", "ns/call", "naive ns/call", "against naive"));
        for (Race race : races) {
            table.add(List.of(
                    race.workload().task().toString(),
                    race.workload().shape().toString(),
                    Report.number(race.library().best),
                    Report.number(race.naive().best),
                    Report.speed(race.speed())));
        }
        return String.join(
                "\n",
                "Measured on " + machine.conditions(Machine.jvm()) + "; load average at the start " + machine.load()
                        + "; all workloads in one JVM. A time is the best of " + ROUNDS + " samples of "
                        + Math.round(1000 * SAMPLE_SECONDS) + " ms, after " + Report.number(warmUp)
                        + " s to warm up each contender at each workload. Value and gradient, unless the value is"
                        + " named.",
                "",
                summary(races),
                "",
                table.markdown());
    }

    private static String summary(List<Race> races) {
        Race slowest = races.stream().min(Comparator.comparingDouble(Race::speed)).orElseThrow();
        double logarithms =
                races.stream().mapToDouble(Race::speed).map(Math::log).average().orElseThrow();
        return "Of " + races.size() + " workloads, " + below(races, 0.7) + " are below 0.7 times as fast as the naive"
                + " loop and " + below(races, 1) + " below 1; the geometric mean is "
                + Report.number(Math.exp(logarithms)) + ", the least " + Report.number(slowest.speed()) + " ("
                + slowest.workload().task() + ", " + slowest.workload().shape() + ").";
    }

    private static long below(List<Race> races, double speed) {
        return races.stream().filter(race -> race.speed() < speed).count();
    }

    /** The two contenders at one workload. */
    private record Race(Workload workload, Lane naive, Lane library) {

        static Race of(Workload workload) {
            Sample[] samples = workload.samples();
            workload.requireAgreement(samples);
            return new Race(
                    workload,
                    new Lane(samples, workload.contender(Comparison.NAIVE)),
                    new Lane(samples, workload.contender(Comparison.LIBRARY)));
        }

        /** How many times as fast the library is. */
        double speed() {
            return naive.best / library.best;
        }
    }

    /** One contender at one workload, and the best of its times so far, in nanoseconds a call. */
    private static final class Lane {

        private final Sample[] samples;
        private final ToDoubleFunction<Sample> contender;
        private final int calls;
        private double best = Double.POSITIVE_INFINITY;
        private int next;

        Lane(Sample[] samples, ToDoubleFunction<Sample> contender) {
            this.samples = samples;
            this.contender = contender;
            this.calls = Math.max(1, NUMBERS / samples[0].shape().size());
        }

        void time() {
            best = Math.min(best, run(SAMPLE_SECONDS));
        }

        /** The mean time of a call. */
        double run(double seconds) {
            long done = 0;
            long elapsed;
            long start = System.nanoTime();
            do {
                for (int i = 0; i < calls; i++) {
                    sink += contender.applyAsDouble(samples[next]);
                    next = (next + 1) & (samples.length - 1);
                }
                done += calls;
                elapsed = System.nanoTime() - start;
            } while (elapsed < 1e9 * seconds);
            return (double) elapsed / done;
        }
    }
}
