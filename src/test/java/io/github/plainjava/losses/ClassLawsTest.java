package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Logits;
import io.github.plainjava.losses.generators.Probabilities;
import io.github.plainjava.losses.generators.Rows;
import java.math.BigDecimal;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** What is true of Brier's score and of the hinge loss, whatever the numbers. */
@PropertyDefaults(tries = 300, edgeCases = EdgeCasesMode.NONE)
class ClassLawsTest {

    /** 2 ulp and 3 of each, and one for the multiplication. */
    @Property
    void brierIsTheMeanSquaredErrorTimesTheNumberOfClasses(
            @ForAll(supplier = Probabilities.OfEveryLength.class) Probabilities row) {
        int n = row.target().length;
        double[][] of = new double[4][n];
        double[] upToOne = Arrays.stream(row.probabilities()).map(p -> Math.min(p, 1)).toArray();
        double value = new Brier().valueGradientAndHessian(row.probabilities(), row.target(), of[0], of[1]);
        double mean = new MeanSquaredError().valueGradientAndHessian(upToOne, row.target(), of[2], of[3]);
        if (mean > 0x1p-900) {
            Near.assertUlps(value, n * mean, 12);
        }
        for (int i = 0; i < n; i++) {
            if (Math.abs(of[2][i]) > 0x1p-900) {
                Near.assertUlps(of[0][i], n * of[2][i], 12);
            }
            Near.assertUlps(of[1][i], n * of[3][i], 12);
        }
    }

    @Property
    void brierOfALabelIsAtMost2(@ForAll(supplier = Probabilities.Short.class) Probabilities row) {
        if (row.regime() == Probabilities.Regime.SOFTMAX) {
            assertThat(new Brier().value(row.probabilities(), row.label())).isBetween(0.0, 2 * (1 + 0x1p-50));
        }
    }

    @Property
    void hingePullsAtTheLabelAsMuchAsItPushesOneOther(@ForAll(supplier = Logits.OfEveryLength.class) Logits row) {
        double[] gradient = new double[row.logits().length];
        double value = new Hinge().valueAndGradient(row.logits(), row.label(), gradient);
        if (value == 0) {
            assertThat(gradient).containsOnly(0);
        } else {
            assertThat(gradient[row.label()]).isEqualTo(-1);
            assertThat(Arrays.stream(gradient).filter(g -> g == 1).count()).isEqualTo(1);
            assertThat(Arrays.stream(gradient).filter(g -> g == 0).count()).isEqualTo(gradient.length - 2);
        }
    }

    @Property
    void squaredHingeIsTheSquareAndItsSlopeTwiceTheHinge(@ForAll(supplier = Logits.Short.class) Logits row) {
        double plain = new Hinge().value(row.logits(), row.label());
        double[] gradient = new double[row.logits().length];
        double value = new Hinge().squared().valueAndGradient(row.logits(), row.label(), gradient);
        if (plain < 1e150 && (plain == 0 || plain > 1e-150)) {
            Near.assertUlps(value, plain * plain, 8);
        }
        if (plain < 1e300) {
            Near.assertUlps(gradient[row.label()], -2 * plain, 6);
        }
    }

    @Property
    void hingeDependsOnDifferencesOnly(@ForAll("coarse") double[] logits, @ForAll("shifts") double shift) {
        double[] moved = Arrays.stream(logits).map(z -> z + shift).toArray();
        Bits.assertSame(new Hinge().value(moved, 1), new Hinge().value(logits, 1));
        Bits.assertSame(new Hinge().gradient(moved, 1), new Hinge().gradient(logits, 1));
        double more = new Hinge().withMargin(4).value(logits, 1) - new Hinge().withMargin(2).value(logits, 1);
        assertThat(more).isBetween(0.0, 2.0);
    }

    @Property
    void hingeIsNothingExactlyWhereTheLabelIsAheadByTheMargin(@ForAll("coarse") double[] logits) {
        double others = Double.NEGATIVE_INFINITY;
        for (int i = 1; i < logits.length; i++) {
            others = Math.max(others, logits[i]);
        }
        assertThat(new Hinge().value(logits, 0)).isEqualTo(Math.max(0, 1 + others - logits[0]));
    }

    @Example
    void hingeOfTiedOthersPushesTheFirst() {
        assertThat(new Hinge().gradient(new double[] {2, 0, 2, 2}, 1)).containsExactly(1, -1, 0, 0);
        assertThat(new Hinge().gradient(new double[] {0, 2, 2, 2}, 0)).containsExactly(-1, 1, 0, 0);
    }

    /**
     * The expected score of p for the distribution q is that of q itself and the squared distance of the two. Each of
     * the numbers is within 2 ulp, and probabilities that were rounded sum to 1 within some ulps of 1.
     */
    @Property
    void brierIsProper(@ForAll("distributions") double[] q, @ForAll("distributions") double[] p) {
        BigDecimal atTruth = expected(new Brier(), q, q);
        BigDecimal elsewhere = expected(new Brier(), p, q);
        BigDecimal distance = BigDecimal.ZERO;
        for (int i = 0; i < q.length; i++) {
            distance = distance.add(new BigDecimal(p[i]).subtract(new BigDecimal(q[i])).pow(2));
        }
        assertThat(elsewhere.subtract(atTruth).subtract(distance).abs().doubleValue()).isLessThan(32 * 0x1p-52);
        if (distance.doubleValue() > 1e-12) {
            assertThat(elsewhere).isGreaterThan(atTruth);
        }
    }

    /** 0.6 max(0, 1 - a) + 0.4 max(0, 1 + a) is least at a lead of 1, whatever the share above 1/2. */
    @Example
    void hingeIsNotProper() {
        for (double share : new double[] {0.6, 0.9}) {
            double[] truth = {share, 1 - share};
            double[] logarithms = {StrictMath.log(share), StrictMath.log(1 - share)};
            BigDecimal atMargin = expected(new Hinge(), new double[] {1, 0}, truth);
            double atLogarithms = expected(new Hinge(), logarithms, truth).doubleValue();
            assertThat(atMargin.doubleValue()).isLessThan(atLogarithms - 0.02);
            assertThat(atMargin).isLessThan(expected(new Hinge(), new double[] {1.25, 0}, truth))
                    .isLessThan(expected(new Hinge(), new double[] {0.75, 0}, truth));
        }
    }

    private static BigDecimal expected(ClassificationLoss loss, double[] prediction, double[] truth) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < truth.length; i++) {
            sum = sum.add(new BigDecimal(truth[i]).multiply(new BigDecimal(loss.value(prediction, i))));
        }
        return sum;
    }

    /** Half way between two predictions each is at most the mean of what it is at either. */
    @Property
    void allAreConvex(@ForAll("coarse") double[] a, @ForAll("coarse") double[] b, @ForAll("fractions") double[] p,
            @ForAll("fractions") double[] q, @ForAll("fractions") double[] target) {
        assertConvex(new Brier(), p, q, target);
        double[] label = {0, 0, 1, 0};
        assertConvex(new Hinge(), a, b, label);
        assertConvex(new Hinge().squared(), a, b, label);
        assertConvex(new Hinge().withMargin(8).squared(), a, b, label);
    }

    private static void assertConvex(LossFunction loss, double[] a, double[] b, double[] target) {
        double[] between = new double[a.length];
        Arrays.setAll(between, i -> (a[i] + b[i]) / 2);
        Near.assertAtMost(loss.value(between, target), (loss.value(a, target) + loss.value(b, target)) / 2, 8);
    }

    @Provide
    Arbitrary<double[]> fractions() {
        return Rows.of(Doubles.between(0, 1).map(x -> Math.rint(x * 64) / 64), 4);
    }

    @Provide
    Arbitrary<double[]> distributions() {
        return Rows.of(Doubles.between(0.001, 1), 5).map(row -> {
            double sum = Arrays.stream(row).sum();
            return Arrays.stream(row).map(x -> x / sum).toArray();
        });
    }

    @Provide
    Arbitrary<double[]> coarse() {
        return Rows.of(Doubles.between(-10, 10).map(x -> Math.rint(x * 64) / 64), 4);
    }

    @Provide
    Arbitrary<Double> shifts() {
        return Arbitraries.integers().between(-6400, 6400).map(n -> n / 64.0);
    }
}
