package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.generators.Logits;
import io.github.plainjava.losses.generators.Rows;
import io.github.plainjava.losses.oracle.ExactHinge;
import io.github.plainjava.losses.oracle.ExactSecondOrderLoss;
import java.math.BigDecimal;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The hinge loss against its definition, and its special values and errors. */
class HingeTest extends ClassificationLossContract implements SecondOrderClassificationContract {

    @Override
    public SecondOrderClassificationLoss loss() {
        return new Hinge();
    }

    @Override
    public ExactSecondOrderLoss exact(double[] prediction, double[] target) {
        return ExactHinge.of(prediction, OneHot.decode(target), 1);
    }

    @Override
    public double secondDerivativeUlps() {
        return 3;
    }

    @Override
    public boolean isConvex() {
        return true;
    }

    @Override
    Arbitrary<Row> rows() {
        Arbitrary<Row> ofEveryKind = new Logits.OfEveryLength().get()
                .map(row -> new Row(row.logits(), OneHot.encode(row.label(), row.logits().length)));
        return Arbitraries.oneOf(ofEveryKind, nearTheMargin());
    }

    /** The label is ahead by the margin, or by some ulps more or less. */
    static Arbitrary<Row> nearTheMargin() {
        Arbitrary<Double> gaps = Arbitraries.oneOf(
                Doubles.between(-3, 3).map(ulps -> 1 + Math.rint(ulps) * 0x1p-53),
                Doubles.ofExponents(-1074, -20).map(x -> 1 + x), Doubles.between(0.99, 1.01));
        Arbitrary<Double> scores = Arbitraries.oneOf(Doubles.between(-4, 4), Doubles.ofExponents(-1074, 60));
        return Rows.smallLengths().flatMap(n -> Combinators.combine(Rows.of(scores, n), classes(n), gaps)
                .as((row, label, gap) -> {
                    double[] target = OneHot.encode(label, n);
                    row[label] = Double.NEGATIVE_INFINITY;
                    row[label] = Arrays.stream(row).max().getAsDouble() + gap;
                    return new Row(row, target);
                }));
    }

    @Override
    Arbitrary<Row> smoothRows() {
        return Rows.smallLengths().flatMap(n -> Combinators.combine(Rows.of(Doubles.between(0, 0.5), n), classes(n))
                .as((row, label) -> new Row(apart(row), OneHot.encode(label, n))));
    }

    private static Arbitrary<Integer> classes(int n) {
        return Arbitraries.integers().between(0, n - 1);
    }

    /** Logits at least 1/2 apart, and never a margin apart. */
    private static double[] apart(double[] row) {
        double[] apart = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            apart[i] = 1.25 * i + Math.rint(row[i] * 64) / 256;
        }
        return apart;
    }

    @Override
    double valueUlps() {
        return 2;
    }

    @Override
    double gradientUlps() {
        return 3;
    }

    @Test
    void theExampleOfThePage() {
        Bits.assertSame(new Hinge().value(new double[] {2, 1.5, -1}, 0), 0.5);
        Bits.assertSame(new Hinge().gradient(new double[] {2, 1.5, -1}, 0), new double[] {-1, 1, 0});
        Bits.assertSame(new Hinge().squared().value(new double[] {2, 1.5, -1}, 0), 0.25);
        Bits.assertSame(new Hinge().withMargin(2).value(new double[] {2, 1.5, -1}, 0), 1.5);
    }

    /** Margins, plain and squared, of every size. */
    @Property
    void everyMarginIsExact(@ForAll("rows") Row row, @ForAll("margins") double margin) {
        int label = OneHot.decode(row.target());
        assertExact(new Hinge().withMargin(margin), ExactHinge.of(row.prediction(), label, margin), row, label);
        assertExact(new Hinge().withMargin(margin).squared(),
                ExactHinge.squaredOf(row.prediction(), label, margin), row, label);
    }

    private static void assertExact(Hinge hinge, ExactHinge exact, Row row, int label) {
        double[] gradient = new double[row.prediction().length];
        double[] hessian = new double[gradient.length];
        double value = hinge.valueGradientAndHessian(row.prediction(), label, gradient, hessian);
        PromisedAccuracy.assertValue(value, exact.value());
        for (int i : Bits.distinctPlaces(row.prediction(), row.target(), gradient, hessian)) {
            PromisedAccuracy.assertGradientEntry(i, gradient[i], exact.gradient(i), exact.gradient(i));
            PromisedAccuracy.assertSecondDerivative(i, hessian[i], exact.secondDerivative(i), BigDecimal.ZERO);
        }
    }

    /** Without a margin, only a score of another class that is larger costs anything. */
    @Property
    void aMarginOf0AsksForTheLargestScoreOnly(@ForAll("rows") Row row) {
        int label = OneHot.decode(row.target());
        double[] scores = row.prediction();
        double own = scores[label];
        boolean isLargest = Arrays.stream(scores).allMatch(z -> z <= own);
        assertThat(new Hinge().withMargin(0).value(scores, label) == 0).isEqualTo(isLargest);
        assertThat(new Hinge().withMargin(-0.0)).isEqualTo(new Hinge().withMargin(0));
    }

    @Provide
    Arbitrary<Double> margins() {
        return Arbitraries.oneOf(Doubles.magnitudes(1e-18, 1e18), Arbitraries.of(0.0, -0.0, 1e-18, 1.0, 0.1, 1e18));
    }

    /** The naive 1 + z_j - z_y is 0: 1 - (1 - 2^-60) has lost the label's share. */
    @Test
    void whatIsLackingOfTheMarginIsExact() {
        Bits.assertSame(new Hinge().value(new double[] {1, 0x1p-60}, 0), 0x1p-60);
        Bits.assertSame(new Hinge().squared().value(new double[] {1, 0x1p-60}, 0), 0x1p-120);
        Bits.assertSame(new Hinge().squared().gradient(new double[] {1, 0x1p-60}, 0), new double[] {-0x1p-59, 0x1p-59});
        Bits.assertSame(new Hinge().value(new double[] {1, Double.MIN_VALUE}, 0), Double.MIN_VALUE);
        Bits.assertSame(new Hinge().squared().gradient(new double[] {1, Double.MIN_VALUE}, 0),
                new double[] {-2 * Double.MIN_VALUE, 2 * Double.MIN_VALUE});
    }

    @Test
    void weightedRowsAreExact() {
        double[][] rows = {{1, 2.1, -3}, {1e308, -1e308, -1.5e308}, {-1e308, 1.7e308, 3}, {1, 0x1p-70, 0}, {5, 1, 2}};
        for (double[] row : rows) {
            for (double weight : new double[] {1e-150, 1e300, -3, Double.MIN_VALUE, 0.1, 0x1p-4}) {
                for (boolean squared : new boolean[] {true, false}) {
                    Hinge hinge = squared ? new Hinge().squared() : new Hinge();
                    ExactHinge exact = squared ? ExactHinge.squaredOf(row, 0, 1) : ExactHinge.of(row, 0, 1);
                    double[] gradient = new double[3];
                    double[] hessian = new double[3];
                    Batch.of(hinge, 3).summed().weightedBy(new double[] {weight})
                            .valueGradientAndHessian(row, new int[1], gradient, hessian);
                    for (int i = 0; i < 3; i++) {
                        BigDecimal expected = exact.gradient(i).multiply(new BigDecimal(weight));
                        PromisedAccuracy.assertGradientEntry(i, gradient[i], expected, expected);
                        Bits.assertSame(hessian[i], exact.secondDerivative(i).doubleValue() * weight + 0.0);
                    }
                }
            }
        }
    }

    /** 2 h is beyond the double range, and its eighth is not. */
    @Test
    void aSlopeBeyondTheRangeIsBackInItInAMean() {
        double[] scores = new double[16];
        scores[0] = -1e308;
        scores[1] = 1e308;
        double[] gradient = Batch.of(new Hinge().squared(), 2).gradient(scores, new int[8]);
        Bits.assertSame(gradient[0], -5e307);
        Bits.assertSame(gradient[1], 5e307);
        Bits.assertSame(new Hinge().squared().gradient(new double[] {-1e308, 1e308}, 0),
                new double[] {Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY});
        Bits.assertSame(new Hinge().value(new double[] {-1e308, 1e308}, 0), Double.POSITIVE_INFINITY);
    }

    @Test
    void anExcludedClassIsAsIfItWereAbsent() {
        double excluded = Double.NEGATIVE_INFINITY;
        double infinite = Double.POSITIVE_INFINITY;
        assertCell(new double[] {2, excluded, 1.5}, 0, 0.5, new double[] {-1, 0, 1}, new double[] {-1, 0, 1});
        assertCell(new double[] {7, excluded}, 0, 0, new double[2], new double[2]);
        assertCell(new double[] {7}, 0, 0, new double[1], new double[1]);
        assertCell(new double[] {excluded, excluded}, 0, 0, new double[2], new double[2]);
        assertCell(new double[] {excluded}, 0, 0, new double[1], new double[1]);
        assertCell(new double[] {excluded, 3, 4}, 0, infinite, new double[] {-1, 0, 1},
                new double[] {-infinite, 0, infinite});
    }

    @Test
    void plusInfinityFollowsArithmetic() {
        double infinite = Double.POSITIVE_INFINITY;
        assertCell(new double[] {1, infinite, 2}, 0, infinite, new double[] {-1, 1, 0},
                new double[] {-infinite, infinite, 0});
        assertCell(new double[] {1, infinite, 2}, 1, 0, new double[3], new double[3]);
        assertCell(new double[] {infinite}, 0, 0, new double[1], new double[1]);
        assertCell(new double[] {infinite, -infinite}, 0, 0, new double[2], new double[2]);
        assertCell(new double[] {-infinite, infinite}, 0, infinite, new double[] {-1, 1},
                new double[] {-infinite, infinite});
        double nan = Double.NaN;
        double[] all = {nan, nan, nan};
        assertCell(new double[] {infinite, infinite, 2}, 0, nan, all, all);
        assertCell(new double[] {nan, 1, 2}, 0, nan, all, all);
        assertCell(new double[] {1, nan, 2}, 0, nan, all, all);
        assertCell(new double[] {100, nan, 2}, 0, nan, all, all);
        assertCell(new double[] {infinite, nan, -infinite}, 0, nan, all, all);
        assertCell(new double[] {nan}, 0, nan, new double[] {nan}, new double[] {nan});
    }

    private static void assertCell(double[] scores, int label, double value, double[] slopes, double[] ofSquare) {
        double[] hessian = new double[scores.length];
        double[] gradient = new double[scores.length];
        Bits.assertSame(new Hinge().valueGradientAndHessian(scores, label, gradient, hessian), value);
        Bits.assertSame(gradient, slopes);
        Bits.assertSame(hessian, Double.isNaN(value) ? slopes : new double[scores.length]);
        double squared = new Hinge().squared().valueGradientAndHessian(scores, label, gradient, hessian);
        Bits.assertSame(squared, value * value);
        Bits.assertSame(gradient, ofSquare);
        for (int i = 0; i < hessian.length; i++) {
            Bits.assertSame(hessian[i], Double.isNaN(value) ? value : ofSquare[i] == 0 ? 0 : 2);
        }
    }

    /** 0 times infinity would be NaN. */
    @Test
    void aRowOfNoShareToSpeakOfHasNoNaN() {
        double[] scores = {Double.NEGATIVE_INFINITY, 0, 0, 0};
        double[] gradient = Batch.of(new Hinge().squared(), 2).weightedBy(new double[] {Double.MIN_VALUE, 1e300})
                .gradient(scores, new int[2]);
        assertThat(gradient[0]).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(gradient[1]).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void everyRowWeighsOne() {
        Bits.assertSame(new Hinge().weight(new double[] {0, 1}), 1);
        Bits.assertSame(new Hinge().weight(3), 1);
    }

    @Test
    void errorsNameArgumentPlaceAndValueAndNothingIsWritten() {
        Hinge hinge = new Hinge();
        double[] z = {1, 2};
        double[] gradient = {12.75, 12.75};
        assertRefused("scores are empty", () -> hinge.value(new double[0], 0));
        assertRefused("target[0] = 0.5 is neither 0 nor 1: the target has to be one-hot",
                () -> hinge.valueAndGradient(z, new double[] {0.5, 0.5}, gradient));
        assertRefused("target[1] = NaN is neither 0 nor 1: the target has to be one-hot",
                () -> hinge.valueAndGradient(z, new double[] {1, Double.NaN}, gradient));
        assertRefused("target has 0 entries that are 1: it has to be one-hot",
                () -> hinge.valueAndGradient(z, new double[2], gradient));
        assertRefused("row 1: target has 2 entries that are 1: it has to be one-hot",
                () -> Batch.of(hinge, 2).valueAndGradient(new double[4], new double[] {0, 1, 1, 1}, new double[4]));
        assertRefused("target has 1 value, scores have 2", () -> hinge.value(z, new double[1]));
        assertRefused("gradient has 1 value, scores have 2", () -> hinge.valueAndGradient(z, 0, new double[1]));
        assertRefused("label -1 is not in 0..1", () -> hinge.valueAndGradient(z, -1, gradient));
        double[] target = {1, 0};
        assertRefused("gradient is the target array, which it would overwrite",
                () -> hinge.valueAndGradient(z, target, target));
        for (double margin : new double[] {-1, Double.MIN_VALUE, 1e-19, 1e19, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertRefused("margin = " + margin + " is neither 0 nor in 1.0E-18..1.0E18", () -> hinge.withMargin(margin));
        }
        assertThatThrownBy(() -> hinge.value(null, 0)).isExactlyInstanceOf(NullPointerException.class)
                .hasMessage("scores");
        assertThatThrownBy(() -> hinge.value(z, null)).isExactlyInstanceOf(NullPointerException.class)
                .hasMessage("target");
        assertThat(gradient).containsOnly(12.75);
        assertThat(target).containsExactly(1, 0);
        assertThat(z).containsExactly(1, 2);
    }

    private static void assertRefused(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isExactlyInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void optionsMakeNewLossesAndTellThemApart() {
        Hinge plain = new Hinge();
        Hinge squared = plain.squared();
        assertThat(plain).isEqualTo(new Hinge().withMargin(1)).hasSameHashCodeAs(new Hinge());
        assertThat(plain).isNotEqualTo(squared).isNotEqualTo(plain.withMargin(2)).isNotEqualTo(new Brier());
        assertThat(squared.withMargin(3)).isEqualTo(new Hinge().withMargin(3).squared())
                .hasSameHashCodeAs(new Hinge().withMargin(3).squared());
        assertThat(plain).hasToString("Hinge[margin=1.0]");
        assertThat(squared.withMargin(3)).hasToString("Hinge[margin=3.0, squared]");
        assertThat(serialisedAndBack(squared.withMargin(3))).isEqualTo(squared.withMargin(3));
    }
}
