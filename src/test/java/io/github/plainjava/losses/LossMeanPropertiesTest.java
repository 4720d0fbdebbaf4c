package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
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

class LossMeanPropertiesTest {

    /** One call of accept: a loss, the weight of its row, and the mass that is in the loss already. */
    record Entry(double loss, double weight, double mass) {
    }

    @StatisticsReport(onFailureOnly = true)
    @Property(tries = 800)
    void sumMeanAndTotalWeightAreTheExactOnesCorrectlyRounded(@ForAll("entries") List<Entry> entries) {
        ExactMean exact = new ExactMean();
        entries.forEach(entry -> exact.accept(entry.loss(), entry.weight(), entry.mass()));
        LossMean total = of(entries);

        assertThat(total.count()).isEqualTo(exact.count());
        assertSameBits(total.sum(), exact.sum());
        assertSameBits(total.totalWeight(), exact.totalWeight());
        assertSameBits(total.mean(), exact.mean());
        cover("mean", total.mean());
        cover("sum", total.sum());
    }

    @Property(tries = 250)
    void hardRoundingCasesOfTheMeanAreCorrectlyRounded(
            @ForAll("nearHalfways") double loss, @ForAll("nearHalfways") double weight, @ForAll("tiny") double nudge) {
        ExactMean exact = new ExactMean();
        LossMean total = new LossMean();
        for (Entry entry : List.of(
                new Entry(loss, weight, 1), new Entry(nudge, 1, Double.MIN_VALUE), new Entry(0, weight, 1))) {
            exact.accept(entry.loss(), entry.weight(), entry.mass());
            total.accept(entry.loss(), entry.weight(), entry.mass());
        }

        assertSameBits(total.mean(), exact.mean());
        assertSameBits(total.sum(), exact.sum());
    }

    @Property(tries = 250)
    void anyPermutationGivesIdenticalBits(@ForAll("anyEntries") List<Entry> entries, @ForAll Random random) {
        List<Entry> shuffled = new ArrayList<>(entries);
        Collections.shuffle(shuffled, random);

        assertIdentical(of(shuffled), of(entries));
    }

    @Property(tries = 250)
    void anySplitAndAnyOrderOfMergesGivesIdenticalBits(
            @ForAll("anyEntries") List<Entry> entries, @ForAll Random random) {
        List<LossMean> parts = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(8); i++) {
            parts.add(new LossMean());
        }
        for (Entry entry : entries) {
            LossMean part = parts.get(random.nextInt(parts.size()));
            part.accept(entry.loss(), entry.weight(), entry.mass());
        }
        while (parts.size() > 1) {
            LossMean other = parts.remove(random.nextInt(parts.size()));
            LossMean into = parts.get(random.nextInt(parts.size()));
            into.combine(other);
        }

        assertIdentical(parts.get(0), of(entries));
    }

    @Property(tries = 200)
    void aMergeHalfWayAndLaterAcceptsGiveIdenticalBits(
            @ForAll("anyEntries") List<Entry> entries, @ForAll Random random) {
        int split = random.nextInt(entries.size() + 1);
        LossMean first = of(entries.subList(0, split / 2)).combine(of(entries.subList(split / 2, split)));
        double readInBetween = first.mean() + first.sum();
        for (Entry entry : entries.subList(split, entries.size())) {
            first.accept(entry.loss(), entry.weight(), entry.mass());
        }

        assertIdentical(first, of(entries));
        LossMean untilThen = of(entries.subList(0, split));
        assertSameBits(readInBetween, untilThen.mean() + untilThen.sum());
    }

    @StatisticsReport(onFailureOnly = true)
    @Property(tries = 100)
    void parallelStreamsGiveIdenticalBits(@ForAll("anyEntries") List<Entry> entries) {
        List<Entry> many = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            many.addAll(entries);
        }
        LossMean oneByOne = new LossMean();
        many.forEach(entry -> oneByOne.accept(entry.loss(), entry.weight()));
        LossMean plain = new LossMean();
        many.forEach(entry -> plain.accept(entry.loss()));

        assertIdentical(many.parallelStream().collect(LossMean.averaging(Entry::loss, Entry::weight)), oneByOne);
        assertIdentical(many.parallelStream().collect(LossMean.averaging(Entry::loss)), plain);
    }

    @Property(tries = 250)
    void weightTwoIsTheLossTwice(@ForAll("anyEntries") List<Entry> entries, @ForAll("anyLosses") double loss) {
        LossMean doubled = of(entries);
        doubled.accept(loss, 2);
        LossMean twice = of(entries);
        twice.accept(loss);
        twice.accept(loss);

        assertSameBits(doubled.mean(), twice.mean());
        assertSameBits(doubled.sum(), twice.sum());
        assertSameBits(doubled.totalWeight(), twice.totalWeight());
    }

    @Property(tries = 200)
    void scalingAllWeightsByAPowerOfTwoChangesNoBitOfTheMean(@ForAll("moderateEntries") List<Entry> entries) {
        LossMean scaled = new LossMean();
        entries.forEach(entry -> scaled.accept(entry.loss(), Math.scalb(entry.weight(), -70), entry.mass()));

        assertSameBits(scaled.mean(), of(entries).mean());
    }

    @Property(tries = 200)
    void theMeanLiesBetweenTheLeastAndTheLargestLoss(@ForAll("entries") List<Entry> entries) {
        LossMean total = new LossMean();
        double least = Double.POSITIVE_INFINITY;
        double largest = Double.NEGATIVE_INFINITY;
        for (Entry entry : entries) {
            total.accept(entry.loss(), entry.weight());
            least = entry.weight() > 0 ? Math.min(least, entry.loss()) : least;
            largest = entry.weight() > 0 ? Math.max(largest, entry.loss()) : largest;
        }

        if (total.count() > 0) {
            assertThat(total.mean()).isBetween(least + 0.0, largest + 0.0);
        } else {
            assertThat(total.mean()).isZero();
        }
    }

    @Property(tries = 200)
    void theMeanOfEqualLossesIsThatLoss(@ForAll("losses") double loss, @ForAll("weights") double[] weights) {
        LossMean total = new LossMean();
        for (double weight : weights) {
            total.accept(loss, weight);
        }

        assertSameBits(total.mean(), total.count() == 0 ? 0 : loss + 0.0);
    }

    @Property(tries = 200)
    void serializationChangesNoBit(@ForAll("anyEntries") List<Entry> entries) {
        LossMean total = of(entries);

        assertIdentical(SerialCopies.of(total), total);
    }

    @Provide
    Arbitrary<List<Entry>> entries() {
        Arbitrary<Double> sizes = Arbitraries.frequencyOf(
                Tuple.of(2, Doubles.between(0, 4)),
                Tuple.of(2, Doubles.magnitudes(-1074, 1023)));
        Arbitrary<Entry> any = Combinators.combine(losses(), weight(), Arbitraries.oneOf(Arbitraries.just(1.0), sizes))
                .as(Entry::new);
        Arbitrary<Entry> small = Combinators.combine(Doubles.ofExponents(-1074, -1010), weight(), Arbitraries.just(1.0))
                .as(Entry::new);
        Arbitrary<Entry> large = Combinators.combine(Doubles.ofExponents(1020, 1023), weight(), Arbitraries.just(1.0))
                .as(Entry::new);
        return Arbitraries.frequencyOf(
                Tuple.of(4, any.list().ofMaxSize(20)),
                Tuple.of(2, plain(losses()).list().ofMaxSize(20)),
                Tuple.of(2, small.list().ofMaxSize(6)),
                Tuple.of(1, large.list().ofMaxSize(6)));
    }

    @Provide
    Arbitrary<List<Entry>> anyEntries() {
        return Combinators.combine(anyLosses(), weight(), weight()).as(Entry::new).list().ofMaxSize(40);
    }

    @Provide
    Arbitrary<List<Entry>> moderateEntries() {
        return Combinators.combine(Doubles.between(-50, 50), Doubles.between(0, 9), Doubles.between(0, 9))
                .as(Entry::new).list().ofMaxSize(20);
    }

    @Provide
    Arbitrary<Double> losses() {
        return Doubles.finite();
    }

    @Provide
    Arbitrary<Double> anyLosses() {
        return Arbitraries.frequencyOf(
                Tuple.of(40, Doubles.finite()),
                Tuple.of(1, Arbitraries.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)));
    }

    @Provide
    Arbitrary<double[]> weights() {
        return weight().array(double[].class).ofMaxSize(12);
    }

    /** Half as many bits again as a double keeps, so that quotients fall on or next to the middle of two doubles. */
    @Provide
    Arbitrary<Double> nearHalfways() {
        return Combinators.combine(Arbitraries.integers().between(0, 3), Arbitraries.integers().between(-1074, 900))
                .as((bits, exponent) -> Math.max(Double.MIN_VALUE, Math.scalb(1 + bits * 0x1p-52, exponent)));
    }

    @Provide
    Arbitrary<Double> tiny() {
        return Arbitraries.of(0.0, Double.MIN_VALUE, -Double.MIN_VALUE, 0x1p-1000, -0x1p-1000);
    }

    private static Arbitrary<Entry> plain(Arbitrary<Double> losses) {
        return losses.map(loss -> new Entry(loss, 1, 1));
    }

    private static Arbitrary<Double> weight() {
        return Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.of(0.0, 1.0, 2.0)),
                Tuple.of(3, Doubles.between(0, 4)),
                Tuple.of(2, Doubles.magnitudes(-1074, 1023)));
    }

    private static LossMean of(List<Entry> entries) {
        LossMean total = new LossMean();
        entries.forEach(entry -> total.accept(entry.loss(), entry.weight(), entry.mass()));
        return total;
    }

    private static void cover(String label, double result) {
        StatisticsCollector statistics = Statistics.label(label).collect(regime(result));
        if (MoreTries.areAsManyAsUsual()) {
            statistics.coverage(checker -> {
                checker.check("subnormal").count(count -> count > 0);
                checker.check("normal").count(count -> count > 0);
                checker.check("beyond the range").count(count -> count > 0 || label.equals("mean")); // rare for a mean
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

    private static void assertIdentical(LossMean actual, LossMean expected) {
        assertThat(actual).isEqualTo(expected).hasSameHashCodeAs(expected);
        assertSameBits(actual.mean(), expected.mean());
        assertSameBits(actual.sum(), expected.sum());
        assertSameBits(actual.totalWeight(), expected.totalWeight());
        assertThat(actual.count()).isEqualTo(expected.count());
    }

    private static void assertSameBits(double actual, double expected) {
        assertThat(Double.doubleToLongBits(actual)).as("%s, expected %s", actual, expected)
                .isEqualTo(Double.doubleToLongBits(expected));
    }
}
