package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Measurements;
import io.github.plainjava.losses.generators.Rows;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** What is true of the mean squared error, whatever the numbers. */
@PropertyDefaults(tries = 500, edgeCases = EdgeCasesMode.NONE)
class MeanSquaredErrorLawsTest {

    private final LossFunction loss = new MeanSquaredError();

    @Property
    void isZeroAtTheTargetAndSoIsItsGradient(@ForAll(supplier = Measurements.OfEveryLength.class) Measurements row) {
        Bits.assertSame(loss.value(row.target(), row.target().clone()), 0.0);
        Bits.assertSame(loss.gradient(row.target(), row.target().clone()), new double[row.target().length]);
    }

    /** A difference of 2^-500 has a square of 2^-1000, which a mean over any row here keeps above the subnormals. */
    @Property
    void isZeroNowhereElse(@ForAll(supplier = Measurements.Short.class) Measurements row) {
        boolean differs = false;
        for (int i = 0; i < row.target().length; i++) {
            differs |= Math.abs(row.prediction()[i] - row.target()[i]) >= 0x1p-500;
        }
        double value = loss.value(row.prediction(), row.target());
        assertThat(value).isGreaterThanOrEqualTo(0);
        if (differs) {
            assertThat(value).isGreaterThan(0);
        }
    }

    @Property
    void isSymmetricAndItsGradientAntisymmetric(
            @ForAll(supplier = Measurements.OfEveryLength.class) Measurements row) {
        Bits.assertSame(loss.value(row.target(), row.prediction()), loss.value(row.prediction(), row.target()));
        double[] gradient = loss.gradient(row.prediction(), row.target());
        double[] negated = Arrays.stream(gradient).map(slope -> 0.0 - slope).toArray();
        Bits.assertSame(loss.gradient(row.target(), row.prediction()), negated);
    }

    @Property
    void movingBothByAnExactAmountChangesNoBit(@ForAll("coarsePairs") double[][] pair, @ForAll("coarse") double shift) {
        double[] prediction = Arrays.stream(pair[0]).map(x -> x + shift).toArray();
        double[] target = Arrays.stream(pair[1]).map(x -> x + shift).toArray();
        Bits.assertSame(loss.value(prediction, target), loss.value(pair[0], pair[1]));
        Bits.assertSame(loss.gradient(prediction, target), loss.gradient(pair[0], pair[1]));
    }

    @Property
    void scalingBothByAPowerOf2ScalesTheValueByItsSquareToTheBit(
            @ForAll("coarsePairs") double[][] pair, @ForAll("powers") int power) {
        double[] prediction = Arrays.stream(pair[0]).map(x -> Math.scalb(x, power)).toArray();
        double[] target = Arrays.stream(pair[1]).map(x -> Math.scalb(x, power)).toArray();
        Bits.assertSame(loss.value(prediction, target), Math.scalb(loss.value(pair[0], pair[1]), 2 * power));
        double[] scaled = Arrays.stream(loss.gradient(pair[0], pair[1])).map(x -> Math.scalb(x, power)).toArray();
        Bits.assertSame(loss.gradient(prediction, target), scaled);
    }

    /** The targets are such that their mean is exact: it beats any other constant; the gradient there sums to 0. */
    @Property
    void isLeastAtTheMeanAmongConstantPredictions(@ForAll("halvable") double[] target, @ForAll("coarse") double other) {
        double mean = Arrays.stream(target).sum() / target.length;
        double atMean = loss.value(constant(mean, target.length), target);
        assertThat(atMean).isLessThanOrEqualTo(loss.value(constant(other, target.length), target));
        double[] gradient = loss.gradient(constant(mean, target.length), target);
        assertThat(Arrays.stream(gradient).sum()).isZero();
    }

    /** The errors at the mean and at c differ by (mean - c)^2; all these numbers are exact in doubles. */
    @Property
    void awayFromTheMeanItGrowsByTheSquareOfTheDistance(
            @ForAll("halvable") double[] target, @ForAll("coarse") double other) {
        double mean = Arrays.stream(target).sum() / target.length;
        double atMean = loss.value(constant(mean, target.length), target);
        double atOther = loss.value(constant(other, target.length), target);
        assertThat(atOther).isEqualTo(atMean + (mean - other) * (mean - other));
    }

    @Property
    void aRowRepeatedHasTheSameMean(@ForAll("coarsePairs") double[][] pair) {
        Bits.assertSame(loss.value(twice(pair[0]), twice(pair[1])), loss.value(pair[0], pair[1]));
    }

    @Property
    void theOrderOfTheEntriesIsIndifferentWithin4Ulps(
            @ForAll(supplier = Measurements.OfEveryLength.class) Measurements row) {
        double value = loss.value(row.prediction(), row.target());
        double reversed = loss.value(reversed(row.prediction()), reversed(row.target()));
        if (Double.isInfinite(value)) {
            assertThat(reversed).isEqualTo(value);
        } else {
            assertThat(Math.abs(reversed - value)).isLessThanOrEqualTo(4 * Math.ulp(value));
        }
        Bits.assertSame(loss.gradient(reversed(row.prediction()), reversed(row.target())),
                reversed(loss.gradient(row.prediction(), row.target())));
    }

    private static double[] constant(double value, int length) {
        double[] row = new double[length];
        Arrays.fill(row, value);
        return row;
    }

    private static double[] twice(double[] row) {
        double[] twice = Arrays.copyOf(row, 2 * row.length);
        System.arraycopy(row, 0, twice, row.length, row.length);
        return twice;
    }

    private static double[] reversed(double[] row) {
        double[] reversed = new double[row.length];
        Arrays.setAll(reversed, i -> row[row.length - 1 - i]);
        return reversed;
    }

    /** Multiples of 1/64 up to 1024, whose squares, and sums of many of these, are exact. */
    @Provide
    Arbitrary<Double> coarse() {
        return Doubles.between(-1024, 1024).map(x -> Math.rint(x * 64) / 64);
    }

    @Provide
    Arbitrary<double[][]> coarsePairs() {
        return Rows.lengths().filter(n -> n < 2000).flatMap(n -> Combinators
                .combine(Rows.of(coarse(), n), Rows.of(coarse(), n))
                .as((a, b) -> new double[][] {a, b}));
    }

    @Provide
    Arbitrary<Integer> powers() {
        return Arbitraries.integers().between(-450, 450);
    }

    /** As many numbers as a power of 2, so that their mean is exact. */
    @Provide
    Arbitrary<double[]> halvable() {
        return Arbitraries.of(1, 2, 4, 8, 16, 64, 256).flatMap(n -> Rows.of(coarse(), n));
    }
}
