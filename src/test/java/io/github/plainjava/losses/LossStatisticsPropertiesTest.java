package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class LossStatisticsPropertiesTest {

    private static final int MANY = 100_000;

    /** One call of accept. */
    record Entry(double loss, double weight) {
    }

    @Property(tries = 600)
    void everyAnswerIsThatOfTheDefinitionCorrectlyRounded(@ForAll("entries") List<Entry> entries) {
        ExactStatistics exact = new ExactStatistics();
        entries.forEach(entry -> exact.accept(entry.loss(), entry.weight()));

        exact.assertAnswersOf(of(entries));
    }

    /** Losses that are nearly equal, as far as doubles go, far from 0. */
    @Property(tries = 200)
    void nearlyEqualLossesKeepAllDigits(
            @ForAll("losses") double offset, @ForAll("steps") int[] steps, @ForAll("weights") double[] weights) {
        ExactStatistics exact = new ExactStatistics();
        LossStatistics statistics = new LossStatistics();
        for (int i = 0; i < Math.min(steps.length, weights.length); i++) {
            double loss = offset + Math.min(steps[i] * Math.ulp(offset), Double.MAX_VALUE - Math.abs(offset));
            exact.accept(loss, weights[i]);
            statistics.accept(loss, weights[i]);
        }

        exact.assertAnswersOf(statistics);
    }

    @Property(tries = 200)
    void anyPermutationGivesIdenticalBits(@ForAll("anyEntries") List<Entry> entries, @ForAll Random random) {
        List<Entry> shuffled = new ArrayList<>(entries);
        Collections.shuffle(shuffled, random);

        assertIdentical(of(shuffled), of(entries));
    }

    /** Some of the parts go over as bytes, and all are read from before they go on. */
    @Property(tries = 200)
    void anySplitAndAnyOrderOfMergesGivesIdenticalBits(
            @ForAll("anyEntries") List<Entry> entries, @ForAll Random random) {
        List<LossStatistics> parts = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(6); i++) {
            parts.add(new LossStatistics());
        }
        for (Entry entry : entries) {
            parts.get(random.nextInt(parts.size())).accept(entry.loss(), entry.weight());
        }
        while (parts.size() > 1) {
            LossStatistics other = parts.remove(random.nextInt(parts.size()));
            LossStatistics sent = random.nextBoolean() ? LossStatistics.ofBytes(other.toBytes()) : other;
            LossStatistics into = parts.get(random.nextInt(parts.size()));
            assertThat(into.variance() < 0).isFalse();
            assertIdentical(sent, other);
            into.combine(sent);
        }

        assertIdentical(parts.get(0), of(entries));
    }

    @Property(tries = 100)
    void parallelStreamsGiveIdenticalBits(@ForAll("anyEntries") List<Entry> entries) {
        List<Entry> many = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            many.addAll(entries);
        }
        LossStatistics plain = new LossStatistics();
        many.forEach(entry -> plain.accept(entry.loss()));

        assertIdentical(
                many.parallelStream().collect(LossStatistics.summarizing(Entry::loss, Entry::weight)), of(many));
        assertIdentical(many.parallelStream().collect(LossStatistics.summarizing(Entry::loss)), plain);
    }

    @Property(tries = 200)
    void theMeanIsThatOfALossMean(@ForAll("anyEntries") List<Entry> entries) {
        LossMean mean = new LossMean();
        entries.forEach(entry -> mean.accept(entry.loss(), entry.weight()));
        LossStatistics statistics = of(entries);

        Bits.assertSame(statistics.mean(), mean.mean());
        Bits.assertSame(statistics.totalWeight(), mean.totalWeight());
        assertThat(statistics.count()).isEqualTo(mean.count());
        assertThat(statistics.notFiniteCount()).isEqualTo(mean.notFiniteCount());
    }

    @Property(tries = 200)
    void equalLossesHaveNoSpread(@ForAll("losses") double loss, @ForAll("weights") double[] weights) {
        LossStatistics statistics = new LossStatistics();
        for (double weight : weights) {
            statistics.accept(loss, weight);
        }

        Bits.assertSame(statistics.variance(), 0);
        Bits.assertSame(statistics.standardDeviation(), 0);
        Bits.assertSame(statistics.standardError(), statistics.count() > 1 ? 0 : Double.NaN);
        Bits.assertSame(statistics.minimum(), statistics.count() > 0 ? loss + 0.0 : 0);
        Bits.assertSame(statistics.maximum(), statistics.minimum());
    }

    @Property(tries = 200)
    void minimumAndMaximumAreThoseOfTheLossesThatCount(@ForAll("entries") List<Entry> entries) {
        LossStatistics statistics = of(entries);
        double[] counting = entries.stream()
                .filter(entry -> entry.weight() > 0).mapToDouble(Entry::loss).sorted().toArray();

        int n = counting.length;
        Bits.assertSame(statistics.minimum(), n == 0 ? 0 : counting[0] + 0.0);
        Bits.assertSame(statistics.maximum(), n == 0 ? 0 : counting[n - 1] + 0.0);
        assertThat(statistics.mean()).isBetween(statistics.minimum(), statistics.maximum());
    }

    /** Where nothing leaves the range of normal doubles. */
    @Property(tries = 200)
    void lossesTimesAPowerOfTwoAreAllResultsTimesIt(@ForAll("ordinary") List<Entry> entries) {
        for (int power : new int[] {-300, -1, 7, 400}) {
            LossStatistics scaled = new LossStatistics();
            entries.forEach(entry -> scaled.accept(Math.scalb(entry.loss(), power), entry.weight()));
            LossStatistics statistics = of(entries);

            Bits.assertSame(scaled.mean(), Math.scalb(statistics.mean(), power));
            Bits.assertSame(scaled.variance(), Math.scalb(statistics.variance(), 2 * power));
            Bits.assertSame(scaled.standardDeviation(), Math.scalb(statistics.standardDeviation(), power));
            Bits.assertSame(scaled.standardError(), Math.scalb(statistics.standardError(), power));
        }
    }

    @Property(tries = 200)
    void weightsTimesAPowerOfTwoChangeNothingButTheTotalWeight(@ForAll("ordinary") List<Entry> entries) {
        for (int power : new int[] {-900, -1, 7, 900}) {
            LossStatistics scaled = new LossStatistics();
            entries.forEach(entry -> scaled.accept(entry.loss(), Math.scalb(entry.weight(), power)));
            LossStatistics statistics = of(entries);

            Bits.assertSame(scaled.mean(), statistics.mean());
            Bits.assertSame(scaled.variance(), statistics.variance());
            Bits.assertSame(scaled.standardError(), statistics.standardError());
            Bits.assertSame(scaled.totalWeight(), Math.scalb(statistics.totalWeight(), power));
        }
    }

    /** Losses that are multiples of 2^-20, so that the sum with the offset is exact. */
    @Property(tries = 200)
    void anOffsetChangesNoBitOfTheSpread(@ForAll("ordinary") List<Entry> entries) {
        for (double offset : new double[] {1e8, -3, 0x1p32 - 1}) {
            LossStatistics near = new LossStatistics();
            LossStatistics far = new LossStatistics();
            for (Entry entry : entries) {
                double loss = Math.rint(entry.loss() * 0x1p20) * 0x1p-20;
                near.accept(loss, entry.weight());
                far.accept(offset + loss, entry.weight());
            }

            Bits.assertSame(far.variance(), near.variance());
            Bits.assertSame(far.standardDeviation(), near.standardDeviation());
            Bits.assertSame(far.standardError(), near.standardError());
        }
    }

    @Property(tries = 200)
    void aWeightOfTwoIsTheLossTwiceForMeanAndVariance(@ForAll("entries") List<Entry> entries) {
        LossStatistics doubled = new LossStatistics();
        LossStatistics twice = new LossStatistics();
        for (Entry entry : entries) {
            doubled.accept(entry.loss(), 2);
            twice.accept(entry.loss());
            twice.accept(entry.loss());
        }

        Bits.assertSame(doubled.mean(), twice.mean());
        Bits.assertSame(doubled.variance(), twice.variance());
    }

    @Property(tries = 200)
    void serializationChangesNoBit(@ForAll("anyEntries") List<Entry> entries) {
        LossStatistics statistics = of(entries);

        assertIdentical(SerialCopies.of(statistics), statistics);
        assertIdentical(LossStatistics.ofBytes(statistics.toBytes()), statistics);
    }

    @Example
    void oneHundredThousandLossesFarFromZero() {
        SplittableRandom random = new SplittableRandom(8);
        LossStatistics plain = new LossStatistics();
        LossStatistics weighted = new LossStatistics();
        LossStatistics inParts = new LossStatistics();
        ExactStatistics exactPlain = new ExactStatistics();
        ExactStatistics exactWeighted = new ExactStatistics();
        LossStatistics part = new LossStatistics();
        for (int i = 0; i < MANY; i++) {
            double loss = 1e8 + random.nextDouble();
            double weight = random.nextDouble();
            plain.accept(loss);
            weighted.accept(loss, weight);
            part.accept(loss, weight);
            exactPlain.accept(loss, 1);
            exactWeighted.accept(loss, weight);
            if (random.nextInt(100) == 0) {
                inParts.combine(part);
                part = new LossStatistics();
            }
        }

        exactPlain.assertAnswersOf(plain);
        exactWeighted.assertAnswersOf(weighted);
        assertIdentical(inParts.combine(part), weighted);
        assertThat(plain.standardDeviation()).isBetween(0.28, 0.30); // sqrt(1 / 12) = 0.289 for evenly spread ones
    }

    /** Losses and weights of every size: 2,000 of them, as the definition takes long in such integers. */
    @Example
    void twoThousandLossesAndWeightsOfEverySize() {
        SplittableRandom random = new SplittableRandom(9);
        LossStatistics statistics = new LossStatistics();
        ExactStatistics exact = new ExactStatistics();
        for (int i = 0; i < 2000; i++) {
            double loss = Math.scalb(random.nextDouble(-2, 2), random.nextInt(-1074, 1023));
            double weight = i % 5 == 0 ? 1 : Math.scalb(random.nextDouble(2), random.nextInt(-1074, 1023));
            statistics.accept(loss, weight);
            exact.accept(loss, weight);
        }

        exact.assertAnswersOf(statistics);
    }

    @Provide
    Arbitrary<List<Entry>> entries() {
        Arbitrary<Entry> any = Combinators.combine(losses(), weight()).as(Entry::new);
        Arbitrary<Entry> plain = losses().map(loss -> new Entry(loss, 1));
        Arbitrary<Entry> small = Combinators.combine(Doubles.ofExponents(-1074, -1000), weight()).as(Entry::new);
        Arbitrary<Entry> large = Combinators.combine(Doubles.ofExponents(1020, 1023), weight()).as(Entry::new);
        Arbitrary<Entry> roots = Combinators.combine(Doubles.ofExponents(-540, -510), weight()).as(Entry::new);
        return Arbitraries.frequencyOf(
                Tuple.of(3, any.list().ofMaxSize(12)),
                Tuple.of(2, plain.list().ofMaxSize(12)),
                Tuple.of(2, ordinary()),
                Tuple.of(1, roots.list().ofMaxSize(6)),
                Tuple.of(1, small.list().ofMaxSize(6)),
                Tuple.of(1, large.list().ofMaxSize(6)));
    }

    @Provide
    Arbitrary<List<Entry>> anyEntries() {
        Arbitrary<Double> losses = Arbitraries.frequencyOf(
                Tuple.of(40, Doubles.finite()),
                Tuple.of(1, Arbitraries.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)));
        return Combinators.combine(losses, weight()).as(Entry::new).list().ofMaxSize(30);
    }

    @Provide
    Arbitrary<List<Entry>> ordinary() {
        return Combinators.combine(Doubles.between(0, 50), Doubles.between(0x1p-10, 9))
                .as(Entry::new).list().ofMaxSize(20);
    }

    @Provide
    Arbitrary<Double> losses() {
        return Doubles.finite();
    }

    @Provide
    Arbitrary<int[]> steps() {
        return Arbitraries.integers().between(0, 9).array(int[].class).ofMaxSize(12);
    }

    @Provide
    Arbitrary<double[]> weights() {
        return weight().array(double[].class).ofMaxSize(12);
    }

    private static Arbitrary<Double> weight() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.of(0.0, 1.0, 1.0, 2.0)),
                Tuple.of(3, Doubles.between(0, 4)),
                Tuple.of(2, Doubles.magnitudes(-1074, 1023)));
    }

    private static LossStatistics of(List<Entry> entries) {
        LossStatistics statistics = new LossStatistics();
        entries.forEach(entry -> statistics.accept(entry.loss(), entry.weight()));
        return statistics;
    }

    private static void assertIdentical(LossStatistics actual, LossStatistics expected) {
        assertThat(actual).isEqualTo(expected).hasSameHashCodeAs(expected).hasToString(expected.toString());
        assertThat(actual.toBytes()).isEqualTo(expected.toBytes());
        Bits.assertSame(actual.mean(), expected.mean());
        Bits.assertSame(actual.variance(), expected.variance());
        Bits.assertSame(actual.standardDeviation(), expected.standardDeviation());
        Bits.assertSame(actual.standardError(), expected.standardError());
        Bits.assertSame(actual.totalWeight(), expected.totalWeight());
        Bits.assertNoNegativeZero(actual.mean(), actual.variance(), actual.standardDeviation(), actual.standardError(),
                actual.minimum(), actual.maximum(), actual.totalWeight());
    }
}
