package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Probabilities;
import io.github.plainjava.losses.oracle.ExactInformation;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InformationTest {

    private static final double INFINITY = Double.POSITIVE_INFINITY;
    private static final BigDecimal LOG_2 =
            new BigDecimal("0.693147180559945309417232121458176568075500134360255254120680009493393621969694716");

    /** A prediction and a target of the same length, each of probabilities. */
    record Pair(double[] prediction, double[] target) {

        boolean isInfinite() {
            return IntStream.range(0, target.length).anyMatch(i -> target[i] > 0 && prediction[i] == 0);
        }

        @Override
        public String toString() {
            return "prediction " + Arrays.toString(prediction) + ", target " + Arrays.toString(target);
        }
    }

    @Property(tries = 300)
    void entropyIsTheExactOneWithinTwoUlps(@ForAll("rows") double[] row) {
        double entropy = Information.entropy(row);

        assertThat(Ulps.error(entropy, ExactInformation.entropy(row))).isLessThanOrEqualTo(2);
        assertNotNegativeZero(entropy);
    }

    @Property(tries = 300)
    void crossEntropyIsTheExactOneWithinTwoUlps(@ForAll("pairs") Pair pair) {
        double crossEntropy = Information.crossEntropy(pair.prediction(), pair.target());

        if (pair.isInfinite()) {
            assertThat(crossEntropy).isEqualTo(INFINITY);
        } else {
            BigDecimal exact = ExactInformation.crossEntropy(pair.prediction(), pair.target());
            assertThat(Ulps.error(crossEntropy, exact)).isLessThanOrEqualTo(2);
        }
        assertNotNegativeZero(crossEntropy);
    }

    /** The terms of a divergence cancel where both are nearly equal: then the bound is in ulps of the largest term. */
    @Property(tries = 300)
    void klDivergenceIsTheExactOneWithinTwoUlpsOfItsLargestTerm(@ForAll("pairs") Pair pair) {
        double divergence = Information.klDivergence(pair.prediction(), pair.target());

        if (pair.isInfinite()) {
            assertThat(divergence).isEqualTo(INFINITY);
        } else {
            BigDecimal exact = ExactInformation.klDivergence(pair.prediction(), pair.target());
            assertThat(Ulps.error(divergence, exact, largestTerm(pair))).isLessThanOrEqualTo(2);
        }
        assertNotNegativeZero(divergence);
    }

    private static BigDecimal largestTerm(Pair pair) {
        BigDecimal largest = BigDecimal.ZERO;
        for (int i = 0; i < pair.target().length; i++) {
            BigDecimal term = ExactInformation.klDivergence(
                    new double[] {pair.prediction()[i]}, new double[] {pair.target()[i]});
            largest = largest.max(term.abs());
        }
        return largest;
    }

    @Property(tries = 200)
    void crossEntropyIsEntropyPlusDivergence(@ForAll("distributions") Pair pair) {
        double sum = Information.entropy(pair.target()) + Information.klDivergence(pair.prediction(), pair.target());

        assertThat(Information.crossEntropy(pair.prediction(), pair.target()))
                .isEqualTo(sum, within(8 * Math.ulp(sum)));
    }

    @Property(tries = 200)
    void crossEntropyIsTheValueOfTheLossOfThatName(@ForAll("pairs") Pair pair) {
        double value = new CrossEntropy().value(pair.prediction(), pair.target());
        double information = Information.crossEntropy(pair.prediction(), pair.target());

        if (Double.isInfinite(value)) {
            assertThat(information).isEqualTo(value);
        } else {
            assertThat(information).isEqualTo(value, within(4 * Math.ulp(value)));
        }
    }

    @Property(tries = 200)
    void crossEntropyIsAtLeastTheEntropy(@ForAll("distributions") Pair pair) {
        double entropy = Information.entropy(pair.target());

        assertThat(Information.crossEntropy(pair.prediction(), pair.target())).isGreaterThan(entropy * (1 - 1e-14));
        assertThat(Information.crossEntropy(pair.target(), pair.target()))
                .isEqualTo(entropy, within(4 * Math.ulp(entropy)));
    }

    @Property(tries = 200)
    void divergenceFromItselfIsExactlyZero(@ForAll("rows") double[] row) {
        assertThat(Double.doubleToRawLongBits(Information.klDivergence(row, row.clone()))).isZero();
    }

    @Property(tries = 200)
    void divergenceOfDistributionsIsPositiveUnlessTheyAreEqual(@ForAll("distributions") Pair pair) {
        assertThat(Information.klDivergence(pair.prediction(), pair.target())).isGreaterThan(0);
    }

    @Property(tries = 200)
    void entropyIsAtMostThatOfTheUniformDistribution(@ForAll("distributions") Pair pair) {
        double largest = StrictMath.log(pair.target().length);

        assertThat(Information.entropy(pair.target())).isBetween(0.0, largest * (1 + 1e-14));
    }

    @Property(tries = 300)
    void jensenShannonIsTheExactOneWithinTwoUlps(@ForAll("pairs") Pair pair) {
        assertJensenShannon(pair.prediction(), pair.target());
    }

    /** Where the two are close their logarithms cancel. */
    @Property(tries = 300)
    void jensenShannonOfNeighboursIsTheExactOneWithinTwoUlps(
            @ForAll("rows") double[] row, @ForAll("distances") double distance) {
        double[] near = Arrays.stream(row).map(p -> p * (1 - distance)).toArray();
        assertJensenShannon(row, near);
        double[] next = Arrays.stream(row).map(p -> Math.min(Math.nextUp(p), 1)).toArray();
        assertJensenShannon(row, next);
    }

    private static void assertJensenShannon(double[] p, double[] q) {
        double divergence = Information.jensenShannon(p, q);
        assertThat(Ulps.error(divergence, ExactInformation.jensenShannon(p, q))).isLessThanOrEqualTo(2);
        assertThat(divergence).isGreaterThanOrEqualTo(0);
        assertNotNegativeZero(divergence);
    }

    @Provide
    Arbitrary<Double> distances() {
        return Arbitraries.oneOf(Doubles.between(0, 1), Doubles.magnitudes(-60, -1));
    }

    @Property(tries = 200)
    void jensenShannonIsSymmetricToTheBit(@ForAll("pairs") Pair pair) {
        Bits.assertSame(Information.jensenShannon(pair.prediction(), pair.target()),
                Information.jensenShannon(pair.target(), pair.prediction()));
    }

    /** At least the smallest double as far as that lets it: a difference of one bit gives 2^-108 of the number. */
    @Property(tries = 200)
    void jensenShannonIs0OnlyOfEqualDistributions(@ForAll("distributions") Pair pair) {
        double[] row = pair.prediction();
        assertZero(Information.jensenShannon(row, row.clone()));
        assertThat(Information.jensenShannon(row, pair.target())).isGreaterThan(0);
        for (int i = 0; i < row.length; i++) {
            double[] other = row.clone();
            other[i] = Math.nextDown(row[i]);
            assertThat(Information.jensenShannon(row, other)).isGreaterThan(0);
        }
    }

    /** That of distributions is log 2 at most; a sum of masses of 1 + 2^-50 may make it more by as much. */
    @Property(tries = 200)
    void jensenShannonIsAtMostTheLogarithmOfTwo(@ForAll("pairs") Pair pair) {
        double mass = Arrays.stream(pair.prediction()).sum() / 2 + Arrays.stream(pair.target()).sum() / 2;
        assertThat(Information.jensenShannon(pair.prediction(), pair.target()))
                .isLessThanOrEqualTo(LOG_2.doubleValue() * mass * (1 + 0x1p-48) + 4 * Double.MIN_VALUE);
        double[] first = Arrays.copyOf(pair.prediction(), 24);
        double[] second = new double[24];
        System.arraycopy(pair.target(), 0, second, 12, pair.target().length);
        assertThat(Information.jensenShannon(first, second))
                .isEqualTo(LOG_2.doubleValue() * mass, within(0x1p-48 * mass + 4 * Double.MIN_VALUE));
    }

    /** By its definition; each of the two has terms of both signs, good to 2 ulp of the largest, which is below 1. */
    @Property(tries = 200)
    void jensenShannonIsTheMeanDivergenceFromTheMean(@ForAll("distributions") Pair pair) {
        double[] mean = new double[pair.target().length];
        Arrays.setAll(mean, i -> pair.prediction()[i] / 2 + pair.target()[i] / 2);
        double ofBoth = Information.klDivergence(mean, pair.prediction()) / 2
                + Information.klDivergence(mean, pair.target()) / 2;
        assertThat(Information.jensenShannon(pair.prediction(), pair.target())).isEqualTo(ofBoth, within(0x1p-50));
    }

    @Property(tries = 200)
    void perplexityIsTheExactOneWithinTwoUlps(@ForAll("losses") double loss) {
        assertThat(Ulps.error(Information.perplexity(loss), ExactInformation.perplexity(loss))).isLessThanOrEqualTo(2);
    }

    @Property(tries = 200)
    void bitsAreNatsByTheLogarithmOfTwoWithinTwoUlps(@ForAll("losses") double nats) {
        BigDecimal exact = new BigDecimal(nats).divide(LOG_2, new MathContext(60));

        assertThat(Ulps.error(Information.toBits(nats), exact)).isLessThanOrEqualTo(2);
    }

    @Property(tries = 100)
    void inputsAreNotModified(@ForAll("pairs") Pair pair) {
        double[] prediction = pair.prediction().clone();
        double[] target = pair.target().clone();
        Information.entropy(target);
        Information.crossEntropy(prediction, target);
        Information.klDivergence(prediction, target);
        Information.jensenShannon(prediction, target);

        assertThat(prediction).containsExactly(pair.prediction());
        assertThat(target).containsExactly(pair.target());
    }

    @Example
    void knownValues() {
        double log2 = StrictMath.log(2);
        assertThat(Information.entropy(new double[] {0.5, 0.5})).isEqualTo(log2);
        assertThat(Information.entropy(new double[] {0.25, 0.25, 0.25, 0.25})).isEqualTo(2 * log2);
        assertThat(Information.entropy(new double[] {0.5, 0.25, 0.25})).isEqualTo(1.5 * log2);
        assertThat(Information.crossEntropy(new double[] {0.25, 0.75}, new double[] {1, 0})).isEqualTo(2 * log2);
        assertThat(Information.klDivergence(new double[] {0.25, 0.75}, new double[] {1, 0})).isEqualTo(2 * log2);
        assertThat(Information.klDivergence(new double[] {0.25, 0.75}, new double[] {0.5, 0.5}))
                .isEqualTo(0.14384103622589045, within(1e-16));
        assertThat(Information.jensenShannon(new double[] {1, 0}, new double[] {0, 1})).isEqualTo(log2);
        assertThat(Information.jensenShannon(new double[] {0.5, 0.5, 0}, new double[] {0, 0, 1})).isEqualTo(log2);
        assertThat(Information.jensenShannon(new double[] {0.25, 0.75}, new double[] {0.5, 0.5}))
                .isEqualTo(0.033822075568605205, within(1e-16));
        assertThat(Information.toBits(log2)).isEqualTo(1);
        assertThat(Information.toBits(Information.entropy(new double[] {0.25, 0.25, 0.25, 0.25}))).isEqualTo(2);
        assertThat(Information.perplexity(0)).isEqualTo(1);
        assertThat(Information.perplexity(StrictMath.log(10))).isEqualTo(10, within(4e-15));
    }

    @Example
    void zeroTimesLogZeroIsZero() {
        assertZero(Information.entropy(new double[] {1, 0, 0}));
        assertZero(Information.entropy(new double[] {0, 0}));
        assertZero(Information.crossEntropy(new double[] {1, 0}, new double[] {1, 0}));
        assertZero(Information.klDivergence(new double[] {1, 0}, new double[] {1, 0}));
        assertZero(Information.klDivergence(new double[] {0.5, 0}, new double[] {0, 0}));
        assertZero(Information.jensenShannon(new double[] {1, 0, -0.0}, new double[] {1, -0.0, 0}));
        assertZero(Information.jensenShannon(new double[] {Double.MIN_VALUE}, new double[] {0}));
        assertZero(Information.toBits(-0.0));
    }

    @Example
    void specialValues() {
        assertThat(Information.crossEntropy(new double[] {1, 0}, new double[] {0.5, 0.5})).isEqualTo(INFINITY);
        assertThat(Information.klDivergence(new double[] {1, 0}, new double[] {0.5, 0.5})).isEqualTo(INFINITY);
        assertThat(Information.crossEntropy(new double[] {Double.NaN, 0.5}, new double[] {0, 1})).isNaN();
        assertThat(Information.klDivergence(new double[] {Double.NaN, 0.5}, new double[] {0, 1})).isNaN();
        assertThat(Information.entropy(new double[] {0.5, Double.NaN})).isNaN();
        assertThat(Information.jensenShannon(new double[] {Double.NaN, 0.5}, new double[] {0, 1})).isNaN();
        assertThat(Information.jensenShannon(new double[] {0, 1}, new double[] {0.5, Double.NaN})).isNaN();
        assertZero(Information.jensenShannon(new double[] {1.000001, 0}, new double[] {1, 0}));
        assertThat(Information.perplexity(INFINITY)).isEqualTo(INFINITY);
        assertThat(Information.perplexity(1000)).isEqualTo(INFINITY);
        assertThat(Information.perplexity(Double.NaN)).isNaN();
        assertThat(Information.toBits(INFINITY)).isEqualTo(INFINITY);
        assertThat(Information.toBits(Double.NaN)).isNaN();
        assertThat(Information.crossEntropy(new double[] {1.000001, 0}, new double[] {1, 0})).isZero();
    }

    @Example
    void badInputIsRefusedWithThePlaceAndTheValue() {
        double[] fine = {0.5, 0.5};
        for (double bad : new double[] {1.2, -0.25, INFINITY}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Information.entropy(new double[] {0.5, bad}))
                    .withMessageContaining("[1] = " + bad);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Information.crossEntropy(new double[] {0.5, bad}, fine))
                    .withMessage("probabilities[1] = " + bad + " is not a probability; for logits use Softmax");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Information.klDivergence(new double[] {0.5, bad}, fine))
                    .withMessage("probabilities[1] = " + bad + " is not a probability; for logits use Softmax");
        }
        for (double bad : new double[] {1.2, -0.25, INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Information.jensenShannon(new double[] {0.5, bad}, fine))
                    .withMessage("p[1] = " + bad + " is not a probability; for logits use Softmax");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Information.jensenShannon(fine, new double[] {bad, 0.5}))
                    .withMessage("q[0] = " + bad + " is not a probability; for logits use Softmax");
        }
        for (double bad : new double[] {-0.25, INFINITY, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Information.crossEntropy(fine, new double[] {0.5, bad}))
                    .withMessageContaining("target[1] = " + bad);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Information.klDivergence(fine, new double[] {0.5, bad}))
                    .withMessageContaining("target[1] = " + bad);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> Information.crossEntropy(fine, new double[3]))
                .withMessage("target has 3 values, probabilities have 2");
        assertThatIllegalArgumentException().isThrownBy(() -> Information.klDivergence(fine, new double[3]))
                .withMessage("target has 3 values, probabilities have 2");
        assertThatIllegalArgumentException().isThrownBy(() -> Information.entropy(new double[0]))
                .withMessage("probabilities are empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Information.klDivergence(new double[0], new double[0]))
                .withMessage("probabilities are empty");
        assertThatIllegalArgumentException().isThrownBy(() -> Information.jensenShannon(fine, new double[3]))
                .withMessage("q has 3 values, p has 2");
        assertThatIllegalArgumentException().isThrownBy(() -> Information.jensenShannon(new double[0], fine))
                .withMessage("p is empty");
        assertThatNullPointerException().isThrownBy(() -> Information.jensenShannon(null, fine)).withMessage("p");
        assertThatNullPointerException().isThrownBy(() -> Information.jensenShannon(fine, null)).withMessage("q");
        assertThatNullPointerException().isThrownBy(() -> Information.entropy(null)).withMessage("probabilities");
        assertThatNullPointerException().isThrownBy(() -> Information.crossEntropy(null, fine))
                .withMessage("probabilities");
        assertThatNullPointerException().isThrownBy(() -> Information.klDivergence(fine, null)).withMessage("target");
    }

    @Provide
    Arbitrary<double[]> rows() {
        return Arbitraries.integers().between(1, 12).flatMap(InformationTest::rows);
    }

    @Provide
    Arbitrary<Pair> pairs() {
        return Arbitraries.integers().between(1, 12)
                .flatMap(length -> Combinators.combine(rows(length), rows(length)).as(Pair::new));
    }

    /** Two different distributions, as far as doubles can sum to 1. */
    @Provide
    Arbitrary<Pair> distributions() {
        return Arbitraries.integers().between(2, 12).flatMap(length -> {
            Arbitrary<double[]> logits = Doubles.between(-5, 5).array(double[].class).ofSize(length);
            return Combinators.combine(logits, logits)
                    .as((first, second) -> new Pair(Softmax.softmax(first), Softmax.softmax(second)))
                    .filter(pair -> Math.abs(pair.prediction()[0] - pair.target()[0]) > 1e-4);
        });
    }

    @Provide
    Arbitrary<Double> losses() {
        return Arbitraries.oneOf(Doubles.between(0, 709), Doubles.magnitudes(-1074, 9));
    }

    private static Arbitrary<double[]> rows(int length) {
        return Probabilities.ofLength(length)
                .filter(row -> row.regime() != Probabilities.Regime.ABOVE_ONE)
                .map(Probabilities::probabilities);
    }

    private static void assertZero(double x) {
        assertThat(Double.doubleToRawLongBits(x)).as("%s", x).isZero();
    }

    private static void assertNotNegativeZero(double x) {
        assertThat(Double.doubleToRawLongBits(x)).isNotEqualTo(Long.MIN_VALUE);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 1, 1e-300, Double.MIN_VALUE})
    void theDivergenceOfNeighboursKeepsItsDigits(double p) {
        double[] prediction = {Math.min(Math.nextUp(p), 1)};
        double[] target = {p};
        assertThat(Ulps.error(Information.klDivergence(prediction, target),
                ExactInformation.klDivergence(prediction, target))).isLessThanOrEqualTo(2);
        assertThat(Ulps.error(Information.klDivergence(target, prediction),
                ExactInformation.klDivergence(target, prediction))).isLessThanOrEqualTo(2);
    }

    @Test
    void theDivergenceOfHugeMassesIsTheExactOneRounded() {
        double[] prediction = {0.5, 1, 0.5, Double.MIN_VALUE};
        for (double[] target : new double[][] {
                {1e60, 1e60, 0, 0}, {1e60, Double.MIN_VALUE, 0, 1e60}, {1e60, 0, 1e60, 1}, {1e59, 1e58, 1e60, 1}}) {
            assertThat(Ulps.error(Information.klDivergence(prediction, target),
                    ExactInformation.klDivergence(prediction, target))).isLessThanOrEqualTo(2);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Information.klDivergence(prediction, new double[] {1, 0, Math.nextUp(1e60), 0}))
                .withMessage("target[2] = 1.0000000000000001E60 is not a mass from 0 to 1.0E60");
    }

    @Test
    void theDivergenceOfManyClassesIsAsAccurateAsOfFew() {
        double[] prediction = Softmax.softmax(new SplittableRandom(1).doubles(2000, -3, 3).toArray());
        double[] target = Softmax.softmax(new SplittableRandom(2).doubles(2000, -3, 3).toArray());

        assertThat(Ulps.error(Information.klDivergence(prediction, target),
                ExactInformation.klDivergence(prediction, target))).isLessThanOrEqualTo(1);
    }

    @Test
    void theDivergenceOfOneClassIsWithinAnUlp() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 2000; i++) {
            double[] prediction = {random.nextDouble(0.01, 1)};
            double[] target = {random.nextDouble(0.01, 1)};

            assertThat(Ulps.error(Information.klDivergence(prediction, target),
                    ExactInformation.klDivergence(prediction, target))).isLessThanOrEqualTo(1);
        }
    }
}
