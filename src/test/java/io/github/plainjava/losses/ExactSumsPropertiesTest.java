package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsCollector;
import net.jqwik.api.statistics.StatisticsReport;

class ExactSumsPropertiesTest {

    /** Some vectors for sums of one size. */
    record Vectors(int size, List<Call> calls) {

        ExactSums sums() {
            return sums(calls);
        }

        ExactSums sums(List<Call> some) {
            ExactSums sums = new ExactSums(size);
            some.forEach(call -> call.addTo(sums));
            return sums;
        }
    }

    /** One call: of add(values) if the vector is whole and the scale is 1, of add(values, scale) if it is whole. */
    record Call(int from, double[] values, double scale) {

        void addTo(ExactSums sums) {
            if (values.length < sums.size()) {
                sums.add(from, values, scale);
            } else if (scale != 1) {
                sums.add(values, scale);
            } else {
                sums.add(values);
            }
        }

        @Override
        public String toString() {
            return "to " + from + ": " + scale + " * " + Arrays.toString(values);
        }
    }

    @StatisticsReport(onFailureOnly = true)
    @Property(tries = 400)
    void eachEntryIsTheExactSumCorrectlyRounded(@ForAll("vectors") Vectors vectors) {
        ExactVectors exact = new ExactVectors(vectors.size());
        vectors.calls().forEach(call -> exact.add(call.from(), call.values(), call.scale()));
        double[] rounded = vectors.sums().toArray();

        Bits.assertSame(rounded, exact.toArray());
        Bits.assertNoNegativeZero(rounded);
        coverResults(rounded);
        coverProducts(vectors.calls());
    }

    @Property(tries = 400)
    void infinitiesAndNaNBehaveAsInAListEntryByEntry(@ForAll("anyVectors") Vectors vectors) {
        ExactVectors exact = new ExactVectors(vectors.size());
        vectors.calls().forEach(call -> exact.add(call.from(), call.values(), call.scale()));

        Bits.assertSame(vectors.sums().toArray(), exact.toArray());
    }

    /** The sum is the middle of two doubles, or next to it by as little as doubles and products allow. */
    @StatisticsReport(onFailureOnly = true)
    @Property(tries = 400)
    void hardRoundingCasesAreCorrectlyRounded(
            @ForAll("halfways") double[] halfway, @ForAll("nudges") double nudge, @ForAll("screens") double screen) {
        ExactVectors exact = new ExactVectors(1);
        ExactSums sums = new ExactSums(1);
        for (double x : new double[] {screen, halfway[0], halfway[1], nudge, nudge / 4, -screen}) {
            exact.add(0, new double[] {x}, 0.5);
            sums.add(new double[] {x}, 0.5);
        }

        Bits.assertSame(sums.toArray(), exact.toArray());
        Statistics.label("nudged in lower levels").collect(nudge != 0 && screen != 0);
        if (MoreTries.areAsManyAsUsual()) {
            Statistics.label("nudged in lower levels").coverage(checker -> checker.check(true).percentage(p -> p > 40));
        }
    }

    @Property(tries = 250)
    void anyOrderGivesIdenticalBits(@ForAll("anyVectors") Vectors vectors, @ForAll Random random) {
        List<Call> shuffled = new ArrayList<>(vectors.calls());
        Collections.shuffle(shuffled, random);

        assertIdentical(vectors.sums(shuffled), vectors.sums());
    }

    @Property(tries = 250)
    void anySplitAndAnyOrderOfMergesGivesIdenticalBits(@ForAll("anyVectors") Vectors vectors, @ForAll Random random) {
        List<ExactSums> parts = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(8); i++) {
            parts.add(new ExactSums(vectors.size()));
        }
        for (Call call : vectors.calls()) {
            call.addTo(parts.get(random.nextInt(parts.size())));
        }
        while (parts.size() > 1) {
            ExactSums other = parts.remove(random.nextInt(parts.size()));
            ExactSums sent = random.nextBoolean() ? other : ExactSums.ofBytes(other.toBytes());
            parts.get(random.nextInt(parts.size())).combine(sent);
        }

        assertIdentical(parts.get(0), vectors.sums());
    }

    @Property(tries = 200)
    void aVectorInPiecesGivesIdenticalBits(@ForAll("anyVectors") Vectors vectors, @ForAll Random random) {
        ExactSums inPieces = new ExactSums(vectors.size());
        for (Call call : vectors.calls()) {
            int cut = random.nextInt(call.values().length + 1);
            double[] first = Arrays.copyOf(call.values(), cut);
            double[] second = Arrays.copyOfRange(call.values(), cut, call.values().length);
            inPieces.add(call.from() + cut, second, call.scale());
            inPieces.add(call.from(), first, call.scale());
        }

        assertIdentical(inPieces, vectors.sums());
    }

    @Property(tries = 200)
    void whatIsAddedAndTakenAwayLeavesNothing(@ForAll("vectors") Vectors vectors, @ForAll("vectors") Vectors others) {
        ExactSums sums = new ExactSums(Math.max(vectors.size(), others.size()));
        vectors.calls().forEach(call -> sums.add(call.from(), call.values(), call.scale()));
        byte[] before = sums.toBytes();
        others.calls().forEach(call -> sums.add(call.from(), call.values(), call.scale()));
        others.calls().forEach(call -> sums.add(call.from(), call.values(), -call.scale()));

        assertThat(sums.toBytes()).isEqualTo(before);
    }

    @Property(tries = 200)
    void sumsCombinedWithThemselvesAreDoubled(@ForAll("anyVectors") Vectors vectors) {
        ExactSums twice = vectors.sums();
        vectors.calls().forEach(call -> call.addTo(twice));
        ExactSums sums = vectors.sums();

        assertThat(sums.combine(sums)).isSameAs(sums);
        assertIdentical(sums, twice);
    }

    @Property(tries = 200)
    void bytesAndStreamsBringBackSumsThatCanGoOn(@ForAll("anyVectors") Vectors vectors, @ForAll Random random) {
        int split = random.nextInt(vectors.calls().size() + 1);
        ExactSums first = vectors.sums(vectors.calls().subList(0, split));
        for (ExactSums copy : List.of(ExactSums.ofBytes(first.toBytes()), SerialCopies.of(first))) {
            assertIdentical(copy, first);
            vectors.calls().subList(split, vectors.calls().size()).forEach(call -> call.addTo(copy));
            assertIdentical(copy, vectors.sums());
        }
    }

    @Property(tries = 200)
    void sumsThatDifferByTheLeastAreNotEqual(@ForAll("vectors") Vectors vectors, @ForAll Random random) {
        ExactSums sums = vectors.sums();
        ExactSums other = vectors.sums();
        other.add(random.nextInt(vectors.size()), new double[] {Double.MIN_VALUE}, Double.MIN_VALUE);

        assertThat(other).isNotEqualTo(sums);
        assertThat(other.toBytes()).isNotEqualTo(sums.toBytes());
    }

    @Provide
    Arbitrary<Vectors> vectors() {
        return Arbitraries.frequencyOf(
                Tuple.of(6, vectors(Doubles.finite(), 20)),
                Tuple.of(2, vectors(Doubles.between(-1, 1), 20)),
                Tuple.of(2, vectors(Doubles.ofExponents(-1074, -1010), 6)),
                Tuple.of(2, vectors(Doubles.ofExponents(1018, 1023), 6)),
                Tuple.of(2, vectors(Doubles.ofExponents(898, 902), 20)),
                Tuple.of(2, vectors(Doubles.ofExponents(-300, 300), 60)));
    }

    @Provide
    Arbitrary<Vectors> anyVectors() {
        return vectors(Arbitraries.frequencyOf(
                Tuple.of(40, Doubles.finite()),
                Tuple.of(1, Arbitraries.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY))), 30);
    }

    private static Arbitrary<Vectors> vectors(Arbitrary<Double> values, int most) {
        return Arbitraries.integers().between(1, 5).flatMap(size -> calls(values, size).list().ofMaxSize(most)
                .map(calls -> new Vectors(size, calls)));
    }

    private static Arbitrary<Call> calls(Arbitrary<Double> values, int size) {
        Arbitrary<Double> scales = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(1.0)),
                Tuple.of(1, Arbitraries.of(0.0, -0.0, -1.0, 2.0, 0x1p-1074)),
                Tuple.of(3, Doubles.between(-1, 1)),
                Tuple.of(2, values));
        Arbitrary<Call> whole = Combinators.combine(values.array(double[].class).ofSize(size), scales)
                .as((vector, scale) -> new Call(0, vector, scale));
        Arbitrary<Call> part = Arbitraries.integers().between(0, size).flatMap(from -> Combinators
                .combine(values.array(double[].class).ofMaxSize(size - from), scales)
                .as((vector, scale) -> new Call(from, vector, scale)));
        return Arbitraries.frequencyOf(Tuple.of(2, whole), Tuple.of(1, part));
    }

    /** A double and half of its last bit. */
    @Provide
    Arbitrary<double[]> halfways() {
        return Doubles.ofExponents(-1020, 900).map(x -> new double[] {x, Math.ulp(x) / 2});
    }

    @Provide
    Arbitrary<Double> nudges() {
        return Arbitraries.of(0.0, Double.MIN_VALUE, -Double.MIN_VALUE, 0x1p-1000, -0x1p-1000, 0x1p-600, -0x1p-600);
    }

    /** Added first and taken away last, so that what came between lies in lower levels. */
    @Provide
    Arbitrary<Double> screens() {
        return Arbitraries.of(0.0, 1.0, 0x1p300, 0x1p800, 0x1.8p899, 0x1p1000);
    }

    private static void coverResults(double[] results) {
        StatisticsCollector statistics = Statistics.label("result");
        DoubleStream.of(results).forEach(result -> statistics.collect(regime(result)));
        if (MoreTries.areAsManyAsUsual()) {
            statistics.coverage(checker -> {
                for (String regime : List.of("zero", "subnormal", "normal", "beyond the range")) {
                    checker.check(regime).count(count -> count > 20);
                }
            });
        }
    }

    private static String regime(double result) {
        double size = Math.abs(result);
        if (size == 0) {
            return "zero";
        }
        return size < Double.MIN_NORMAL ? "subnormal" : size <= Double.MAX_VALUE ? "normal" : "beyond the range";
    }

    private static void coverProducts(List<Call> calls) {
        StatisticsCollector statistics = Statistics.label("product");
        for (Call call : calls) {
            for (double value : call.values()) {
                double product = Math.abs(value * call.scale());
                statistics.collect(size(product));
            }
        }
        if (MoreTries.areAsManyAsUsual()) {
            statistics.coverage(checker -> {
                for (String product : List.of("zero", "small", "moderate", "large")) {
                    checker.check(product).percentage(percentage -> percentage > 3);
                }
            });
        }
    }

    private static String size(double product) {
        return product == 0 ? "zero" : product <= 0x1p-900 ? "small" : product < 0x1p900 ? "moderate" : "large";
    }

    private static void assertIdentical(ExactSums actual, ExactSums expected) {
        assertThat(actual).isEqualTo(expected).hasSameHashCodeAs(expected).hasToString(expected.toString());
        assertThat(actual.toBytes()).isEqualTo(expected.toBytes());
        Bits.assertSame(actual.toArray(), expected.toArray());
    }
}
