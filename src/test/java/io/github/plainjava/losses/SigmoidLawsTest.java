package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Answers;
import io.github.plainjava.losses.generators.Doubles;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** What is true of the losses of yes or no, whatever the numbers. */
@PropertyDefaults(tries = 300, edgeCases = EdgeCasesMode.NONE)
class SigmoidLawsTest {

    private final Sigmoid sigmoid = new Sigmoid();

    /** Second derivatives by an entry of a softmax loss are those of a sigmoid; values, gradients and weights too. */
    @Property
    void isTheSoftmaxLossOfZeroAndZWeightsIncluded(
            @ForAll("logits") double z, @ForAll("halvable") double y, @ForAll("weights") double w) {
        double[] gradient = new double[1];
        double[] hessian = new double[1];
        double[] gradientOfBoth = new double[2];
        double[] hessianOfBoth = new double[2];
        Sigmoid weighted = sigmoid.withPositiveWeights(w);
        Softmax softmax = new Softmax().withClassWeights(1, w);
        double[] pair = {1 - y, y};
        double value = weighted.valueGradientAndHessian(new double[] {z}, new double[] {y}, gradient, hessian);
        double ofBoth = softmax.valueGradientAndHessian(new double[] {0, z}, pair, gradientOfBoth, hessianOfBoth);
        double term = Math.max((1 - y) / (1 + StrictMath.exp(-z)), w * y / (1 + StrictMath.exp(z)));
        Near.assertUlps(value, ofBoth, 4);
        Near.assertUlps(gradient[0], gradientOfBoth[1], Math.max(term, w * y), 6);
        Near.assertUlps(hessian[0], hessianOfBoth[1], 6);
        Near.assertUlps(weighted.weight(new double[] {y}), softmax.weight(pair), 2);
    }

    @Property
    void soIsItsMeanOverABatch(@ForAll(supplier = Answers.OfFewLogits.class) Answers row, @ForAll("weights") double w) {
        int n = row.prediction().length;
        double[] logits = new double[2 * n];
        int[] labels = new int[n];
        double[] targets = new double[n];
        for (int i = 0; i < n; i++) {
            logits[2 * i + 1] = row.prediction()[i];
            labels[i] = row.target()[i] < 0.5 ? 0 : 1;
            targets[i] = labels[i];
        }
        double mean = Batch.of(sigmoid.withPositiveWeights(w), 1).value(row.prediction(), targets);
        Near.assertUlps(mean, Batch.of(new Softmax().withClassWeights(1, w), 2).value(logits, labels), 6);
    }

    @Property
    void withLabelSmoothingItIsTheSoftmaxLossToo(@ForAll("logits") double z, @ForAll("halvable") double y,
            @ForAll("weights") double w, @ForAll("smoothings") double smoothing) {
        double value = sigmoid.withPositiveWeights(w).withLabelSmoothing(smoothing)
                .value(new double[] {z}, new double[] {y});
        double ofBoth = new Softmax().withClassWeights(1, w).withLabelSmoothing(smoothing)
                .value(new double[] {0, z}, new double[] {1 - y, y});
        Near.assertUlps(value, ofBoth, 4);
    }

    @Property
    void yesAtZIsNoAtMinusZToTheBit(@ForAll("logits") double z, @ForAll("halvable") double y) {
        for (SecondOrderLoss loss : new SecondOrderLoss[] {sigmoid, new Focal(), new Focal().withFocus(0.5)}) {
            double[] gradient = new double[1];
            double[] hessian = new double[1];
            double[] mirroredGradient = new double[1];
            double[] mirroredHessian = new double[1];
            double value = loss.valueGradientAndHessian(new double[] {z}, new double[] {y}, gradient, hessian);
            double mirrored = loss.valueGradientAndHessian(
                    new double[] {-z}, new double[] {1 - y}, mirroredGradient, mirroredHessian);
            Bits.assertSame(mirrored, value);
            Bits.assertSame(mirroredGradient[0], 0.0 - gradient[0]);
            Bits.assertSame(mirroredHessian, hessian);
        }
    }

    @Property
    void focalWithoutFocusIsSigmoidToTheBit(
            @ForAll(supplier = Answers.OfLogits.class) Answers row, @ForAll("weights") double w) {
        int n = row.prediction().length;
        double[][] of = new double[4][n];
        double focal = new Focal().withFocus(0).withPositiveWeights(w)
                .valueGradientAndHessian(row.prediction(), row.target(), of[0], of[1]);
        double plain = sigmoid.withPositiveWeights(w)
                .valueGradientAndHessian(row.prediction(), row.target(), of[2], of[3]);
        Bits.assertSame(focal, plain);
        Bits.assertSame(of[0], of[2]);
        Bits.assertSame(of[1], of[3]);
    }

    /** Lin and others 2017: the focus takes from what is nearly right, and never adds. */
    @Property
    void aLargerFocusNeverCostsMore(@ForAll(supplier = Answers.OfFewLogits.class) Answers row) {
        double last = sigmoid.value(row.prediction(), row.target());
        for (double focus : new double[] {0.5, 1, 2, 5, 100}) {
            double value = new Focal().withFocus(focus).value(row.prediction(), row.target());
            Near.assertAtMost(value, last, 6);
            last = value;
        }
    }

    @Property
    void binaryCrossEntropyIsTheCrossEntropyOfThePair(
            @ForAll("halvableInside") double p, @ForAll("halvable") double y, @ForAll("weights") double w) {
        double binary = new BinaryCrossEntropy().withPositiveWeights(w).value(new double[] {p}, new double[] {y});
        double pair = new CrossEntropy().withClassWeights(1, w)
                .value(new double[] {1 - p, p}, new double[] {1 - y, y});
        Near.assertUlps(binary, pair, 4);
    }

    @Property
    void binaryCrossEntropyMirrorsToTheBit(@ForAll("halvableInside") double p, @ForAll("halvable") double y) {
        double[] gradient = new double[1];
        double[] mirrored = new double[1];
        LossFunction loss = new BinaryCrossEntropy();
        Bits.assertSame(loss.valueAndGradient(new double[] {1 - p}, new double[] {1 - y}, mirrored),
                loss.valueAndGradient(new double[] {p}, new double[] {y}, gradient));
        Bits.assertSame(mirrored[0], 0.0 - gradient[0]);
    }

    @Property
    void aPositiveWeightThatIsAPowerOf2MultipliesTheCostOfAYesToTheBit(@ForAll("moderate") double z) {
        double[] yes = {1};
        double[] logit = {z};
        Bits.assertSame(sigmoid.withPositiveWeights(4).value(logit, yes), 4 * sigmoid.value(logit, yes));
        Bits.assertSame(sigmoid.withPositiveWeights(4).gradient(logit, yes)[0], 4 * sigmoid.gradient(logit, yes)[0]);
        Bits.assertSame(sigmoid.withPositiveWeights(4).value(logit, new double[] {0}),
                sigmoid.value(logit, new double[] {0}));
    }

    @Property
    void oneWeightIsTheSameWeightInEachColumn(
            @ForAll(supplier = Answers.OfFewLogits.class) Answers row, @ForAll("weights") double w) {
        double[] each = new double[row.prediction().length];
        Arrays.fill(each, w);
        Bits.assertSame(sigmoid.withPositiveWeights(each).value(row.prediction(), row.target()),
                sigmoid.withPositiveWeights(w).value(row.prediction(), row.target()));
        Bits.assertSame(sigmoid.withPositiveWeights(each).gradient(row.prediction(), row.target()),
                sigmoid.withPositiveWeights(w).gradient(row.prediction(), row.target()));
    }

    @Property
    void aRowWeighsTheMeanOfWhatItsAnswersWeighBeforeSmoothing(@ForAll("weights") double w) {
        double[] target = {1, 0.25, 0, 0.5};
        double expected = (w * 1.75 + 2.25) / 4;
        Near.assertUlps(sigmoid.withPositiveWeights(w).withLabelSmoothing(0.5).weight(target), expected, 4);
        Near.assertUlps(new BinaryCrossEntropy().withPositiveWeights(w).weight(target), expected, 4);
        Near.assertUlps(new Focal().withPositiveWeights(w).weight(target), expected, 4);
        assertThat(sigmoid.weight(target)).isEqualTo(1);
    }

    @Property
    void thatWeightIsNearlyRoundedCorrectly(@ForAll(supplier = Answers.OfLogits.class) Answers row, @ForAll("weights") double w) {
        BigDecimal exact = BigDecimal.ZERO;
        for (double y : row.target()) {
            exact = exact.add(new BigDecimal(w).multiply(new BigDecimal(y))).add(BigDecimal.ONE.subtract(new BigDecimal(y)));
        }
        exact = exact.divide(BigDecimal.valueOf(row.target().length), new MathContext(60));
        double weight = sigmoid.withPositiveWeights(w).weight(row.target());
        assertThat(Ulps.error(weight, exact)).as("%s of %s", weight, exact).isLessThan(0.51);
    }

    @Provide
    Arbitrary<Double> logits() {
        return Arbitraries.oneOf(Doubles.between(-40, 40), Doubles.between(-700, 700), Doubles.ofExponents(-60, 9));
    }

    @Provide
    Arbitrary<Double> moderate() {
        return Doubles.between(-40, 40);
    }

    /** Targets of which 1 - y is exact. */
    @Provide
    Arbitrary<Double> halvable() {
        return Arbitraries.oneOf(Arbitraries.of(0.0, 1.0, 0.5), halvableInside());
    }

    @Provide
    Arbitrary<Double> halvableInside() {
        return Doubles.between(0.0625, 0.9375).map(x -> Math.rint(x * 0x1p50) * 0x1p-50);
    }

    @Provide
    Arbitrary<Double> weights() {
        return Arbitraries.oneOf(Arbitraries.of(0.5, 1.0, 3.0), Doubles.between(0.01, 100));
    }

    @Provide
    Arbitrary<Double> smoothings() {
        return Arbitraries.oneOf(Arbitraries.of(0.0, 0.1, 1.0), Doubles.between(0x1p-20, 1));
    }
}
