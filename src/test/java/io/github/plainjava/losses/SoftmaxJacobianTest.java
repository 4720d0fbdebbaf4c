package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Directions;
import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Logits;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactSoftmax;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Group;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * What is promised of softmax's Jacobian times a vector, J v: how accurate it is, and the laws of a covariance matrix,
 * which J is. With d_i = v_i - v_k, k the first largest logit, (J v)_i = p_i (d_i - sum of p_j d_j).
 */
class SoftmaxJacobianTest {

    private static final double MAX = Double.MAX_VALUE;
    private static final double MIN = Double.MIN_VALUE;
    private static final double EXCLUDED = Double.NEGATIVE_INFINITY;
    private static final double ULPS = 3;
    private static final MathContext SHOWN = new MathContext(30);

    /**
     * A row of logits, some of them excluded, and a vector.
     *
     * @param logits at least one is not -infinity
     * @param vector as long
     */
    record Row(double[] logits, double[] vector) {

        @Override
        public String toString() {
            return "logits " + Arrays.toString(logits) + ", vector " + Arrays.toString(vector);
        }
    }

    @Group
    class EachEntryIsWithin3Ulps {

        @Property
        void whateverMakesTheRowHard(@ForAll("hard") Row row) {
            assertAccurate(row.logits(), row.vector());
        }

        @Property
        void ofSureRows(@ForAll("sure") Row row) {
            assertAccurate(row.logits(), row.vector());
        }

        @Property
        void withExcludedClasses(@ForAll("masked") Row row) {
            assertAccurate(row.logits(), row.vector());
        }

        @Example
        void whereTheLargestLogitIsNearlyCertain() {
            assertAccurate(new double[] {100, 0}, new double[] {1, 0});
            double[] product = Softmax.jacobianVectorProduct(new double[] {100, 0}, new double[] {1, 0});
            assertThat(product[0]).isEqualTo(-product[1]).isPositive();
            for (double gap : new double[] {36, 37, 40, 100, 300, 600, 700, 740, 743, 745, 746, 800, 1050, 1060, 1e4}) {
                for (double[] vector : new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 1, -1}, {0, 1, 2}}) {
                    assertAccurate(new double[] {gap, 0, 0}, vector);
                    assertAccurate(new double[] {0, -gap, -gap / 2}, vector);
                    assertAccurate(new double[] {-gap, -gap - 1, 0}, vector);
                }
            }
        }

        @Example
        void whereTheVectorIsNearlyConstant() {
            double[] vector = {1e16, 1e16 + 2, 1e16 + 4};
            double[] logits = {0.1, 0.2, 0.3};
            assertAccurate(logits, vector);
            Bits.assertSame(Softmax.jacobianVectorProduct(logits, vector),
                    Softmax.jacobianVectorProduct(logits, new double[] {-4, -2, 0}));
        }

        /** The sum of p_j d_j cancels, and with it the entry of the largest logit: as it is one number, to its ulps. */
        @Example
        void whereTheMeanItselfCancels() {
            for (double[] logits : new double[][] {{0.3, 0.2, 0.1}, {3, 2, 1}, {50, 0, -1}, {0, 0, 0}, {0, -7, -700}}) {
                double[] p = Softmax.softmax(logits);
                assertAccurate(logits, new double[] {0, 1, -p[1] / p[2]});
                assertAccurate(logits, new double[] {1e10, 1e10 + 1, 1e10 - p[1] / p[2]});
            }
        }

        @Example
        void whereDifferencesOverflowOrUnderflow() {
            double[] ends = {MAX, -MAX, 1e308, -1e308, 1, -1, 0, 1e-308, MIN, -MIN, 3 * MIN, Double.MIN_NORMAL};
            double[][] rows = {{0, 0}, {1, 0}, {0, 40}, {745, 0}, {0, 1400}, {MAX, -MAX}, {MIN, -MIN}};
            for (double[] logits : rows) {
                for (double first : ends) {
                    for (double second : ends) {
                        assertAccurate(logits, new double[] {first, second});
                    }
                }
            }
            for (double[] logits : new double[][] {{0, 0, 0}, {0, -1, -2}, {-1500, 0, -3}, {-400, -800, 0}}) {
                for (double first : ends) {
                    for (double second : ends) {
                        for (double third : ends) {
                            assertAccurate(logits, new double[] {first, second, third});
                        }
                    }
                }
            }
        }

        /** A probability below the double range, and a difference that brings it back. */
        @Example
        void whereAProbabilityIsSmallerThanEveryDouble() {
            double[] product = Softmax.jacobianVectorProduct(new double[] {0, -1400}, new double[] {-1e308, 1e308});
            assertThat(product[1]).isEqualTo(-product[0]).isBetween(1e-301, 1e-299);
            for (double gap = 700; gap < 2300; gap += 50) {
                assertAccurate(new double[] {0, -gap, -gap / 2}, new double[] {1e308, -1e308, 1e308});
                assertAccurate(new double[] {0, -gap, -gap / 2}, new double[] {0, MAX, 1e-3});
            }
        }

        /** With ties it is the first largest logit that counts, also where the row is taken in blocks. */
        @Example
        void whereLargestLogitsAreTied() {
            for (int n : new int[] {2, 31, 40, 129, 300, 700, 3000}) {
                for (int first : new int[] {0, 1, n / 3, n - 2}) {
                    double[] logits = new double[n];
                    Arrays.fill(logits, -745);
                    logits[first] = 3;
                    logits[n - 1] = 3;
                    double[] vector = new double[n];
                    for (int i = 0; i < n; i++) {
                        vector[i] = 1 + i % 7 * 0x1p-30;
                    }
                    vector[first] = 1;
                    vector[n - 1] = 1e9;
                    assertAccurate(logits, vector);
                }
            }
        }

        private void assertAccurate(double[] logits, double[] vector) {
            double[] actual = Softmax.jacobianVectorProduct(logits, vector);
            ExactSoftmax exact = ExactSoftmax.of(logits);
            BigDecimal[] product = exact.jacobianVectorProduct(zeroWhereExcluded(logits, vector));
            BigDecimal[] scale = exact.jacobianVectorProductScale(zeroWhereExcluded(logits, vector));
            Bits.assertNoNegativeZero(actual);
            for (int i : Bits.distinctPlaces(logits, vector, actual)) {
                double ulps = Ulps.error(actual[i], product[i], scale[i]);
                assertThat(ulps).as("entry %d: %s for %s, in ulps of %s; %s", i, actual[i], product[i].round(SHOWN),
                        scale[i].round(SHOWN), new Row(logits, vector)).isLessThanOrEqualTo(ULPS);
            }
        }
    }

    /** It is a covariance: v . (J v) is the variance of v under p, and that of v - c is the same. */
    @Group
    class Laws {

        @Property
        void aVarianceIsNeverNegative(@ForAll("hard") Row row) {
            assertPositiveSemidefinite(row.logits(), row.vector());
        }

        @Property
        void aVarianceIsNeverNegativeInSureRows(@ForAll("sure") Row row) {
            assertPositiveSemidefinite(row.logits(), row.vector());
        }

        @Property
        void aVarianceIsNeverNegativeInMaskedRows(@ForAll("masked") Row row) {
            assertPositiveSemidefinite(row.logits(), row.vector());
        }

        /** To the nearest double, all of those on the right would be 0, and the second entry be -2 MIN. */
        @Example
        void aVarianceIsNeverNegativeWhereAllOfItIsSubnormal() {
            double[] logits = new double[22];
            Arrays.fill(logits, -2.4);
            logits[0] = 0;
            logits[1] = 0;
            double[] vector = new double[22];
            Arrays.fill(vector, 19 * MIN);
            vector[0] = 0;
            vector[1] = MIN;
            assertPositiveSemidefinite(logits, vector);
        }

        @Property
        void aVarianceIsNeverNegativeForVectorsOfAFewSubnormalUnits(@ForAll("units") Row row) {
            assertPositiveSemidefinite(row.logits(), row.vector());
        }

        @Property
        void anOffsetThatIsExactChangesNothing(@ForAll("hard") Row row, @ForAll("offsets") double offset) {
            double[] moved = Arrays.stream(row.vector()).map(x -> x + offset).toArray();
            for (int i = 0; i < moved.length; i++) {
                BigDecimal exact = new BigDecimal(row.vector()[i]).add(new BigDecimal(offset));
                if (!Double.isFinite(moved[i]) || exact.compareTo(new BigDecimal(moved[i])) != 0) {
                    return;
                }
            }
            Bits.assertSame(Softmax.jacobianVectorProduct(row.logits(), moved),
                    Softmax.jacobianVectorProduct(row.logits(), row.vector()));
        }

        @Property
        void aWholeNumberAddedToWholeNumbersChangesNothing(
                @ForAll("rows") double[] logits, @ForAll("whole") double offset, @ForAll("whole") double factor) {
            double[] vector = new double[logits.length];
            for (int i = 0; i < vector.length; i++) {
                vector[i] = Math.rint(factor * i % 1000);
            }
            double[] moved = Arrays.stream(vector).map(x -> x + offset).toArray();
            Bits.assertSame(Softmax.jacobianVectorProduct(logits, moved),
                    Softmax.jacobianVectorProduct(logits, vector));
        }

        @Property
        void aConstantVectorGivesExactly0(@ForAll("rows") double[] logits, @ForAll("anyNumber") double constant) {
            double[] vector = new double[logits.length];
            Arrays.fill(vector, constant);
            Bits.assertSame(Softmax.jacobianVectorProduct(logits, vector), new double[logits.length]);
        }

        @Property
        void theDiagonalIsPositiveDownToTheSmallestDouble(@ForAll("rows") double[] logits) {
            assertDiagonal(logits);
        }

        @Example
        void theDiagonalOfSureRowsIsPositiveDownToTheSmallestDouble() {
            for (double gap = 30; gap < 760; gap += 0.125) {
                assertDiagonal(new double[] {gap, 0});
                assertDiagonal(new double[] {-gap, 0, -gap - 2});
            }
        }

        private void assertDiagonal(double[] logits) {
            ExactSoftmax exact = ExactSoftmax.of(logits);
            BigDecimal half = new BigDecimal(MIN).divide(BigDecimal.valueOf(2));
            for (int i = 0; i < logits.length; i++) {
                double[] unit = new double[logits.length];
                unit[i] = 1;
                BigDecimal diagonal = exact.jacobianVectorProduct(unit)[i];
                if (diagonal.compareTo(half) >= 0) {
                    assertThat(Softmax.jacobianVectorProduct(logits, unit)[i]).isPositive();
                }
            }
        }

        private void assertPositiveSemidefinite(double[] logits, double[] vector) {
            double[] product = Softmax.jacobianVectorProduct(logits, vector);
            BigDecimal[] differences = ExactSoftmax.of(logits)
                    .differencesFromLargest(zeroWhereExcluded(logits, vector));
            BigDecimal variance = BigDecimal.ZERO;
            for (int i = 0; i < product.length; i++) {
                variance = variance.add(differences[i].multiply(new BigDecimal(product[i])));
            }
            assertThat(variance.signum()).as("variance %s of %s", variance.round(SHOWN), new Row(logits, vector))
                    .isNotNegative();
        }
    }

    @Group
    class AnExcludedClass {

        @Property
        void takesNoNoticeOfItsEntryOfTheVector(@ForAll("masked") Row row) {
            double[] expected = Softmax.jacobianVectorProduct(row.logits(), row.vector());
            for (double any : new double[] {7, -MAX, MAX, Double.NaN, EXCLUDED, Double.POSITIVE_INFINITY}) {
                double[] vector = row.vector().clone();
                for (int i = 0; i < vector.length; i++) {
                    vector[i] = row.logits()[i] == EXCLUDED ? any : vector[i];
                }
                double[] product = Softmax.jacobianVectorProduct(row.logits(), vector);
                Bits.assertSame(product, expected);
                for (int i = 0; i < product.length; i++) {
                    if (row.logits()[i] == EXCLUDED) {
                        Bits.assertSame(product[i], 0.0);
                    }
                }
            }
        }

        @Property
        void leavesTheOthersAsIfItWereAbsent(@ForAll("masked") Row row) {
            int[] kept = IntStream.range(0, row.logits().length)
                    .filter(i -> row.logits()[i] != EXCLUDED).toArray();
            double[] logits = Arrays.stream(kept).mapToDouble(i -> row.logits()[i]).toArray();
            double[] vector = Arrays.stream(kept).mapToDouble(i -> row.vector()[i]).toArray();
            double[] product = Softmax.jacobianVectorProduct(row.logits(), row.vector());
            Bits.assertSame(Arrays.stream(kept).mapToDouble(i -> product[i]).toArray(),
                    Softmax.jacobianVectorProduct(logits, vector));
        }

        @Example
        void isNotAClassWhoseProbabilityOnlyUnderflows() {
            for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, EXCLUDED}) {
                Bits.assertAllNaN(Softmax.jacobianVectorProduct(new double[] {0, -1e300}, new double[] {1, bad}));
                Bits.assertAllNaN(Softmax.jacobianVectorProduct(new double[] {0, -1e300}, new double[] {bad, 1}));
                Bits.assertAllNaN(Softmax.jacobianVectorProduct(new double[] {0, EXCLUDED}, new double[] {bad, 1}));
            }
        }
    }

    @Group
    class NoNumber {

        @Example
        void comesOfALogitThatIsNaNOrPlusInfinityWhereverItStands() {
            for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
                for (int n : new int[] {1, 2, 3, 40, 300}) {
                    for (int place : new int[] {0, n / 2, n - 1}) {
                        double[] logits = new double[n];
                        logits[place] = bad;
                        Bits.assertAllNaN(Softmax.jacobianVectorProduct(logits, new double[n]));
                        Arrays.fill(logits, EXCLUDED);
                        logits[place] = bad;
                        Bits.assertAllNaN(Softmax.jacobianVectorProduct(logits, new double[n]));
                    }
                }
            }
        }
    }

    private static double[] zeroWhereExcluded(double[] logits, double[] vector) {
        double[] kept = vector.clone();
        for (int i = 0; i < kept.length; i++) {
            kept[i] = logits[i] == EXCLUDED ? 0 : kept[i];
        }
        return kept;
    }

    @Provide
    Arbitrary<Row> hard() {
        return Rows.smallLengths().flatMap(Directions::ofLength)
                .map(row -> new Row(row.logits().logits(), row.vector()));
    }

    /** One logit far above the others, whose probabilities are tiny, subnormal or 0. */
    @Provide
    Arbitrary<Row> sure() {
        return hard().flatMap(row -> Combinators.combine(Doubles.between(20, 1500), Arbitraries.integers().between(0, 11))
                .as((gap, place) -> {
                    double[] logits = new double[row.logits().length];
                    for (int i = 0; i < logits.length; i++) {
                        logits[i] = row.logits()[i] % 30;
                    }
                    logits[place % logits.length] = gap;
                    return new Row(logits, row.vector());
                }));
    }

    /** Some classes excluded, never all. */
    @Provide
    Arbitrary<Row> masked() {
        return hard().flatMap(row -> Combinators.combine(
                        Arbitraries.integers().between(1, (1 << 12) - 1), Arbitraries.integers().between(0, 11))
                .as((mask, kept) -> {
                    double[] logits = row.logits().clone();
                    for (int i = 0; i < logits.length; i++) {
                        boolean excluded = (mask >> i & 1) == 1 && i != kept % logits.length;
                        logits[i] = excluded ? EXCLUDED : logits[i];
                    }
                    return new Row(logits, row.vector());
                }));
    }

    /** Few classes with nearly all the mass, many with little of it, and a vector of small multiples of 2^-1074. */
    @Provide
    Arbitrary<Row> units() {
        Arbitrary<Double> logits = Arbitraries.of(0.0, 0.0, -0.7, -2.0, -3.0, -4.0);
        Arbitrary<Double> units = Arbitraries.integers().between(-40, 40).map(k -> k * MIN);
        return Arbitraries.integers().between(2, 60).flatMap(n ->
                Combinators.combine(Rows.of(logits, n), Rows.of(units, n)).as(Row::new));
    }

    @Provide
    Arbitrary<double[]> rows() {
        return Rows.smallLengths().flatMap(Logits::ofLength).map(Logits::logits);
    }

    @Provide
    Arbitrary<Double> offsets() {
        return Arbitraries.oneOf(Arbitraries.of(MAX, -MAX, 1.0, -1.0, MIN, 0x1p-60), Doubles.finite());
    }

    @Provide
    Arbitrary<Double> whole() {
        return Doubles.between(-0x1p50, 0x1p50).map(Math::rint);
    }

    @Provide
    Arbitrary<Double> anyNumber() {
        return Doubles.finite();
    }
}
