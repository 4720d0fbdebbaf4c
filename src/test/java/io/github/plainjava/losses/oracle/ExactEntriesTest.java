package io.github.plainjava.losses.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import org.apfloat.Apfloat;
import org.apfloat.ApfloatMath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The oracles of losses whose entries have targets of their own: their derivatives are the limits of difference
 * quotients, and their values those of closed forms, of other oracles, of Apfloat, and of the literature.
 */
@PropertyDefaults(tries = 100, edgeCases = EdgeCasesMode.NONE)
class ExactEntriesTest {

    private static final int DIGITS = 55;
    private static final BigDecimal STEP = new BigDecimal("1e-24");
    private static final BigDecimal TWO = BigDecimal.valueOf(2);
    private static final BinaryOptions NONE = BinaryOptions.NONE;

    /** Far below any double; where terms cancel to less, {@link Exact#settle} gives 0. */
    private static final BigDecimal NOTHING = BigDecimal.ONE.scaleByPowerOfTen(-1000);

    private final Exact exact = Exact.standard();
    private final BigDecimal log2 = exact.log(TWO);

    // Derivatives

    private static final Map<String, BiFunction<double[], double[], ExactEntries>> OF_DIFFERENCES = Map.of(
            "absolute error", ExactMeanAbsoluteError::of,
            "Huber 1", (p, t) -> ExactHuber.of(p, t, 1),
            "Huber 0.1", (p, t) -> ExactHuber.of(p, t, 0.1),
            "pseudo-Huber 1", (p, t) -> ExactPseudoHuber.of(p, t, 1),
            "pseudo-Huber 0.01", (p, t) -> ExactPseudoHuber.of(p, t, 0.01),
            "pseudo-Huber 50", (p, t) -> ExactPseudoHuber.of(p, t, 50),
            "log cosh", ExactLogCosh::of,
            "pinball", (p, t) -> ExactPinball.of(p, t, 0.9));

    private static final Map<String, BiFunction<double[], double[], ExactEntries>> OF_LOGITS = Map.of(
            "sigmoid", (z, y) -> ExactSigmoid.of(z, y, NONE),
            "sigmoid, options", (z, y) -> ExactSigmoid.of(z, y, NONE.withPositiveWeights(3).withLabelSmoothing(0.1)),
            "focal 0", (z, y) -> ExactFocal.of(z, y, 0, NONE),
            "focal 0.5", (z, y) -> ExactFocal.of(z, y, 0.5, NONE),
            "focal 2", (z, y) -> ExactFocal.of(z, y, 2, NONE.withPositiveWeights(0.25)),
            "focal 7", (z, y) -> ExactFocal.of(z, y, 7, NONE));

    private static final Map<String, BiFunction<double[], double[], ExactEntries>> OF_AMOUNTS = Map.of(
            "Poisson", ExactPoisson::of,
            "Gamma", ExactGamma::of,
            "Tweedie 1.01", (f, y) -> ExactTweedie.of(f, y, 1.01),
            "Tweedie 1.5", (f, y) -> ExactTweedie.of(f, y, 1.5),
            "Tweedie 1.9", (f, y) -> ExactTweedie.of(f, y, 1.9));

    @Property
    void differencesHaveTheirDerivatives(@ForAll("moderate") double prediction, @ForAll("moderate") double target) {
        OF_DIFFERENCES.forEach((name, loss) -> assertDerivatives(name, loss, prediction, target));
        OF_DIFFERENCES.forEach((name, loss) -> assertDerivatives(name, loss, target + prediction * 0.01, target));
    }

    @Property
    void logitsHaveTheirDerivatives(@ForAll("logits") double logit, @ForAll("fractions") double target) {
        OF_LOGITS.forEach((name, loss) -> assertDerivatives(name, loss, logit, target));
    }

    @Property
    void probabilitiesHaveTheirDerivatives(@ForAll("insideProbabilities") double p, @ForAll("fractions") double target) {
        for (BinaryOptions options : new BinaryOptions[] {NONE, NONE.withPositiveWeights(3),
            NONE.withLabelSmoothing(0.1), NONE.withFloor(1e-3), NONE.withFloor(0.3).withPositiveWeights(0.2)}) {
            assertDerivatives(options.toString(), (a, b) -> ExactBinaryCrossEntropy.of(a, b, options), p, target);
        }
    }

    @Property
    void amountsHaveTheirDerivatives(@ForAll("moderate") double logMean, @ForAll("amounts") double amount) {
        OF_AMOUNTS.forEach((name, loss) -> assertDerivatives(name, loss, logMean, amount));
        OF_AMOUNTS.forEach((name, loss) -> assertDerivatives(name, loss, StrictMath.log(amount), amount));
        assertDerivatives("Poisson", ExactPoisson::of, logMean, 0);
        assertDerivatives("Tweedie", (f, y) -> ExactTweedie.of(f, y, 1.5), logMean, 0);
    }

    /**
     * Slope and curvature to 30 digits of the largest of cost, slope and curvature: the square of the step is 10^-48,
     * the rounding of the cost over the step 10^-36, and no third or fourth derivative here is 10^15 times as large.
     */
    private static void assertDerivatives(
            String name, BiFunction<double[], double[], ExactEntries> loss, double prediction, double target) {
        ExactEntries entries = loss.apply(new double[] {prediction}, new double[] {target});
        ExactEntries.Entry entry = entries.entry(0);
        BigDecimal slope = entries.slope(entry);
        BigDecimal curvature = entries.curvature(entry);
        BigDecimal size = entries.cost(entry).abs().max(slope.abs()).max(curvature.abs());
        assertClose(name + ", slope", slope, quotient(entries::cost, entry), size.scaleByPowerOfTen(-30));
        assertClose(name + ", curvature", curvature, quotient(entries::slope, entry), size.scaleByPowerOfTen(-30));
        assertThat(entries.slopeScale(entry).abs()).as(name + ", a term is not smaller than what it stays in")
                .isGreaterThanOrEqualTo(slope.abs().multiply(new BigDecimal("0.4999")));
        assertThat(entries.curvatureScale(entry)).as(name)
                .isGreaterThanOrEqualTo(curvature.abs().multiply(new BigDecimal("0.2499")));
    }

    private static BigDecimal quotient(Function<ExactEntries.Entry, BigDecimal> function, ExactEntries.Entry entry) {
        BigDecimal rise = function.apply(entry.movedBy(STEP)).subtract(function.apply(entry.movedBy(STEP.negate())));
        return Exact.standard().over(rise, STEP.multiply(TWO));
    }

    // Differences

    @Property
    void huberIsHalfTheSquareUpToTheThresholdAndStraightBeyond(@ForAll("moderate") double d) {
        double k = 3.5;
        BigDecimal difference = new BigDecimal(d);
        ExactHuber loss = ExactHuber.of(new double[] {d}, new double[] {0}, k);
        if (Math.abs(d) <= k) {
            ExactMeanSquaredError square = ExactMeanSquaredError.of(new double[] {d}, new double[] {0});
            assertAgree(loss.value().multiply(TWO), square.value());
            assertAgree(loss.gradient(0).multiply(TWO), square.gradient(0));
            assertAgree(loss.secondDerivative(0).multiply(TWO), square.secondDerivative(0));
        } else {
            // k |d| - k^2 / 2
            assertAgree(loss.value(), difference.abs().multiply(new BigDecimal(k)).subtract(new BigDecimal(k * k / 2)));
            assertAgree(loss.gradient(0), new BigDecimal(Math.copySign(k, d)));
            assertThat(loss.secondDerivative(0)).isZero();
        }
    }

    @Test
    void huberJumpsWhereOnlyTheRoundedDifferenceIsOnTheThreshold() {
        double[] prediction = {1, 1, 1, Math.nextUp(1.0)};
        double[] target = {0, -0x1p-60, 0x1p-60, 0};
        ExactHuber loss = ExactHuber.of(prediction, target, 1);
        assertThat(new boolean[] {loss.isAtAJump(0), loss.isAtAJump(1), loss.isAtAJump(2), loss.isAtAJump(3)})
                .containsExactly(false, true, false, false);
        assertAgree(loss.secondDerivative(0), new BigDecimal("0.25"));
        assertThat(loss.secondDerivative(1)).isZero();
        assertAgree(loss.secondDerivative(2), new BigDecimal("0.25"));
        assertThat(loss.secondDerivative(3)).isZero();
    }

    /** k = 3 and d = 4 make s = 5/3. */
    @Test
    void pseudoHuberOfATriangleOf3And4And5() {
        ExactPseudoHuber loss = ExactPseudoHuber.of(new double[] {2}, new double[] {6}, 3);
        assertAgree(loss.value(), BigDecimal.valueOf(6));
        assertAgree(loss.gradient(0), new BigDecimal("-2.4"));
        assertAgree(loss.secondDerivative(0), new BigDecimal("0.216"));
    }

    /** k^2 (s - 1) with a thousand digits more than cancel. */
    @Property
    void pseudoHuberIsItsDefinition(@ForAll("any") double p, @ForAll("any") double t, @ForAll("scales") double k) {
        BigDecimal scale = new BigDecimal(k);
        ExactPseudoHuber loss = ExactPseudoHuber.of(new double[] {p}, new double[] {t}, k);
        BigDecimal value = Exact.settle(digits -> {
            BigDecimal ratio = digits.over(new BigDecimal(p).subtract(new BigDecimal(t)), scale);
            BigDecimal root = digits.squareRoot(digits.plus(digits.squared(ratio), BigDecimal.ONE));
            BigDecimal square = digits.squared(scale);
            return Exact.Sum.ofDifference(digits.times(square, root), square);
        });
        assertAgree(loss.value(), value);
    }

    @Property
    void logCoshIsApfloats(@ForAll("logits") double d) {
        ExactLogCosh loss = ExactLogCosh.of(new double[] {d}, new double[] {0});
        Apfloat x = new Apfloat(new BigDecimal(d), 400);
        Apfloat cosh = ApfloatMath.cosh(x);
        assertAgree(loss.value(), plain(ApfloatMath.log(cosh)));
        assertAgree(loss.gradient(0), plain(ApfloatMath.tanh(x)));
        assertAgree(loss.secondDerivative(0), plain(new Apfloat(1, 400).divide(cosh.multiply(cosh))));
    }

    /** The hyperbolic tangent of 1 is OEIS A073744. */
    @Test
    void logCoshOf1HasThePublishedSlope() {
        ExactLogCosh loss = ExactLogCosh.of(new double[] {0}, new double[] {1});
        BigDecimal tanh = new BigDecimal("0.76159415595576488811945828260479359041276859725793655159681050012");
        assertAgree(loss.gradient(0), tanh.negate());
        assertAgree(loss.secondDerivative(0), BigDecimal.ONE.subtract(tanh.multiply(tanh)));
    }

    @Test
    void logCoshNextTo0IsHalfTheSquareAndFarOutAStraightLine() {
        ExactLogCosh near = ExactLogCosh.of(new double[] {0x1p-1074}, new double[] {0});
        BigDecimal least = new BigDecimal(Double.MIN_VALUE);
        assertAgree(near.value(), least.multiply(least).divide(TWO));
        assertAgree(near.gradient(0), least);
        assertAgree(near.secondDerivative(0), BigDecimal.ONE);
        ExactLogCosh far = ExactLogCosh.of(new double[] {1e308}, new double[] {-1e308});
        assertAgree(far.value(), new BigDecimal(1e308).multiply(TWO).subtract(log2));
        assertAgree(far.gradient(0), BigDecimal.ONE);
        assertThat(far.secondDerivative(0)).isZero();
    }

    @Property
    void pinballAtOneHalfIsHalfTheAbsoluteErrorAndTwoOppositeLevelsAreAllOfIt(
            @ForAll("any") double p, @ForAll("any") double t) {
        double[] prediction = {p};
        double[] target = {t};
        ExactMeanAbsoluteError absolute = ExactMeanAbsoluteError.of(prediction, target);
        ExactPinball half = ExactPinball.of(prediction, target, 0.5);
        ExactPinball low = ExactPinball.of(prediction, target, 0.125);
        ExactPinball high = ExactPinball.of(prediction, target, 0.875);
        assertAgree(half.value().multiply(TWO), absolute.value());
        assertAgree(half.gradient(0).multiply(TWO), absolute.gradient(0));
        assertAgree(low.value().add(high.value()), absolute.value());
        assertAgree(low.gradient(0).add(high.gradient(0)), absolute.gradient(0));
        assertAgree(absolute.value(), new BigDecimal(p).subtract(new BigDecimal(t)).abs());
    }

    @Test
    void pinballTakesALevelAColumnAndTheMeanOverTheRow() {
        ExactPinball loss = ExactPinball.of(new double[] {1, 5, 2}, new double[] {3, 1, 2}, 0.25, 0.25, 0.75);
        // 0.25 * 2, 0.75 * 4, 0
        assertAgree(loss.value().multiply(BigDecimal.valueOf(3)), new BigDecimal("3.5"));
        assertAgree(loss.gradient(0).multiply(BigDecimal.valueOf(3)), new BigDecimal("-0.25"));
        assertAgree(loss.gradient(1).multiply(BigDecimal.valueOf(3)), new BigDecimal("0.75"));
        assertThat(loss.gradient(2)).isZero();
        assertThat(loss.secondDerivative(1)).isZero();
    }

    @Test
    void equalEntriesCountAsOftenAsTheyAreMet() {
        ExactMeanAbsoluteError loss =
                ExactMeanAbsoluteError.of(new double[] {1, 1, 1, 9}, new double[] {0, 0, 0, 4});
        assertAgree(loss.value(), TWO);
        assertAgree(loss.gradient(3), new BigDecimal("0.25"));
    }

    // Yes or no

    @Test
    void sigmoidAtEvenOdds() {
        ExactSigmoid loss = ExactSigmoid.of(new double[] {0}, new double[] {0.75}, NONE.withPositiveWeights(4));
        // w y = 3, 1 - y = 1/4
        assertAgree(loss.value(), log2.multiply(new BigDecimal("3.25")));
        assertAgree(loss.gradient(0), new BigDecimal("-1.375"));
        assertAgree(loss.gradientScale(0).abs(), new BigDecimal("1.5"));
        assertAgree(loss.secondDerivative(0), new BigDecimal("0.8125"));
    }

    @Property
    void logisticFunctionIsApfloatsHyperbolicTangentOfHalf(@ForAll("logits") double z) {
        Apfloat tanh = ApfloatMath.tanh(new Apfloat(new BigDecimal(z / 2), 400));
        BigDecimal sigmoid = plain(tanh.add(new Apfloat(1, 400)).divide(new Apfloat(2, 400)));
        assertAgree(ExactLogistic.sigmoid(z), sigmoid);
        assertAgree(ExactLogistic.logSigmoid(z), Exact.of(320).log1p(sigmoid.subtract(BigDecimal.ONE)));
        assertAgree(ExactLogistic.softplus(z), ExactLogistic.logSigmoid(-z).negate());
    }

    @Property
    void logitUndoesTheLogisticFunction(@ForAll("insideProbabilities") double p) {
        Exact many = Exact.of(160);
        BigDecimal odds = many.over(new BigDecimal(p), BigDecimal.ONE.subtract(new BigDecimal(p)));
        assertAgree(exact.exp(ExactLogistic.logit(p)), odds);
        assertThat(ExactLogistic.logit(0.5)).isZero();
        // log((1/2 + h) / (1/2 - h)) = 4 h + 16 h^3 / 3 + 64 h^5 / 5 and so on, at h = 2^-53
        BigDecimal h = new BigDecimal(0x1p-53);
        BigDecimal series = h.multiply(BigDecimal.valueOf(4))
                .add(exact.over(h.pow(3).multiply(BigDecimal.valueOf(16)), BigDecimal.valueOf(3)));
        assertClose("logit", ExactLogistic.logit(0.5 + 0x1p-53), series, h.pow(5).multiply(BigDecimal.valueOf(13)));
    }

    /** Two ways to write the same, down to the rows where everything underflows. */
    @Property(tries = 200)
    void sigmoidIsTheSoftmaxLossOfTheLogitsZeroAndZ(
            @ForAll("anyLogits") double z, @ForAll("halvable") double y, @ForAll("binaryOptions") BinaryOptions options) {
        ExactSigmoid sigmoid = ExactSigmoid.of(new double[] {z}, new double[] {y}, options);
        double[] weights = options.positiveWeights();
        ExactSoftmaxLoss softmax = ExactSoftmaxLoss.of(new double[] {0, z}, new double[] {1 - y, y},
                new Options(1, options.smoothing(), weights == null ? null : new double[] {1, weights[0]}, 0));
        assertAgree(sigmoid.value(), softmax.value());
        assertAgree(sigmoid.gradient(0), softmax.gradient(1));
        assertAgree(sigmoid.secondDerivative(0), softmax.secondDerivative(1));
    }

    /** The slope without weights is sigma(z) - y, with a thousand digits more than cancel. */
    @Property
    void slopeOfSigmoidIsTheProbabilityMinusTheTarget(@ForAll("anyLogits") double z, @ForAll("targets") double y) {
        BigDecimal slope = Exact.settle(digits ->
                Exact.Sum.ofDifference(ExactLogistic.sigmoid(new BigDecimal(z), digits), new BigDecimal(y)));
        ExactSigmoid loss = ExactSigmoid.of(new double[] {z}, new double[] {y}, NONE);
        // where both are far below the range, nothing is left of either
        assertClose("slope", loss.gradient(0), slope, slope.abs().scaleByPowerOfTen(-DIGITS)
                .max(new BigDecimal("1e-6000")));
    }

    @Test
    void aTargetBelow2ToTheMinus600MayBeWrongByThatMuch() {
        double small = 0x1p-601;
        ExactSigmoid sigmoid = ExactSigmoid.of(new double[] {-40, -40}, new double[] {small, 0x1p-600}, NONE);
        BigDecimal mass = new BigDecimal(0x1p-600);
        BigDecimal cost = ExactLogistic.softplus(40);
        assertAgree(sigmoid.allowance(), mass.multiply(cost).divide(TWO));
        assertAgree(sigmoid.gradientAllowance(0), mass.multiply(ExactLogistic.sigmoid(40)).divide(TWO));
        assertThat(sigmoid.gradientAllowance(1)).isZero();
        assertThat(sigmoid.secondDerivativeAllowance(1)).isZero();
    }

    /** Lin and others 2017: a factor of (1 - p)^g beside the cross-entropy; at p = 0.9 and g = 2 a hundredth of it. */
    @Property
    void focalIsTheDampedSigmoid(@ForAll("logits") double z, @ForAll("focuses") double g) {
        double[] logit = {z};
        BigDecimal missing = ExactLogistic.sigmoid(-z);
        BigDecimal damping = exact.exp(exact.times(new BigDecimal(g), exact.log1p(missing.subtract(BigDecimal.ONE))));
        BigDecimal plain = ExactSigmoid.of(logit, new double[] {1}, NONE).value();
        if (z > -20) {
            assertAgree(ExactFocal.of(logit, new double[] {1}, g, NONE).value(), damping.multiply(plain), 40);
        }
        assertThat(ExactFocal.of(logit, new double[] {1}, g, NONE).value()).isLessThanOrEqualTo(plain);
        // a no is the yes at -z
        ExactFocal no = ExactFocal.of(logit, new double[] {0}, g, NONE);
        ExactFocal yes = ExactFocal.of(new double[] {-z}, new double[] {1}, g, NONE);
        assertAgree(no.value(), yes.value());
        assertAgree(no.gradient(0), yes.gradient(0).negate());
        assertAgree(no.secondDerivative(0), yes.secondDerivative(0));
    }

    @Property
    void focalWithoutFocusIsSigmoid(@ForAll("anyLogits") double z, @ForAll("targets") double y) {
        double[] logit = {z};
        double[] target = {y};
        ExactFocal focal = ExactFocal.of(logit, target, 0, NONE.withPositiveWeights(3));
        ExactSigmoid sigmoid = ExactSigmoid.of(logit, target, NONE.withPositiveWeights(3));
        assertAgree(focal.value(), sigmoid.value());
        assertAgree(focal.gradient(0), sigmoid.gradient(0));
        assertAgree(focal.gradientScale(0), sigmoid.gradientScale(0));
        assertAgree(focal.secondDerivative(0), sigmoid.secondDerivative(0));
    }

    @Test
    void focalAtEvenOdds() {
        ExactFocal loss = ExactFocal.of(new double[] {0}, new double[] {1}, 2, NONE);
        assertAgree(loss.value(), log2.divide(BigDecimal.valueOf(4)));
        // -1/4 (1/2 + log 2), 1/8 (5/2 + 2 log 2 (1 - 1/2))
        assertAgree(loss.gradient(0), log2.add(new BigDecimal("0.5")).divide(BigDecimal.valueOf(-4)));
        assertAgree(loss.secondDerivative(0), log2.add(new BigDecimal("2.5")).divide(BigDecimal.valueOf(8)));
        assertAgree(loss.secondDerivativeScale(0), new BigDecimal("0.3125"));
    }

    @Test
    void focalOfFocus2CurvesTheOtherWayBelowAProbabilityOf578In10000() {
        assertThat(focalCurvature(StrictMath.log(0.0577 / 0.9423))).isNegative();
        assertThat(focalCurvature(StrictMath.log(0.0578 / 0.9422))).isNegative();
        assertThat(focalCurvature(StrictMath.log(0.0579 / 0.9421))).isPositive();
    }

    private static BigDecimal focalCurvature(double z) {
        return ExactFocal.of(new double[] {z}, new double[] {1}, 2, NONE).secondDerivative(0);
    }

    /** The entries of the pair [1 - p, p]: by p, one is its derivative and the other minus it. */
    @Property(tries = 200)
    void binaryCrossEntropyIsTheCrossEntropyOfThePair(@ForAll("halvableInside") double p, @ForAll("halvable") double y,
            @ForAll("binaryOptionsWithFloor") BinaryOptions options) {
        ExactBinaryCrossEntropy binary = ExactBinaryCrossEntropy.of(new double[] {p}, new double[] {y}, options);
        double[] weights = options.positiveWeights();
        ExactCrossEntropy pair = ExactCrossEntropy.of(new double[] {1 - p, p}, new double[] {1 - y, y},
                new Options(1, options.smoothing(), weights == null ? null : new double[] {1, weights[0]}, options.floor()));
        assertAgree(binary.value(), pair.value());
        assertAgree(binary.secondDerivative(0), pair.secondDerivative(0).add(pair.secondDerivative(1)));
        BigDecimal larger = pair.gradient(0).abs().max(pair.gradient(1).abs());
        assertAgree(binary.gradientScale(0), larger);
        assertClose("slope", binary.gradient(0), pair.gradient(1).subtract(pair.gradient(0)),
                larger.scaleByPowerOfTen(-DIGITS));
    }

    /** The derivative by the logit is p (1 - p) times that by the probability. */
    @Property
    void binaryCrossEntropyOfAProbabilityIsSigmoidOfItsLogit(
            @ForAll("insideProbabilities") double p, @ForAll("fractions") double y) {
        BinaryOptions options = NONE.withPositiveWeights(3).withLabelSmoothing(0.25);
        ExactBinaryCrossEntropy ofProbability =
                ExactBinaryCrossEntropy.of(new double[] {p}, new double[] {y}, options);
        ExactSigmoid ofLogit = ExactSigmoid.of(new double[] {0}, new double[] {y}, options);
        ExactEntries.Entry entry = ofLogit.entry(0).movedBy(ExactLogistic.logit(p));
        BigDecimal variance = new BigDecimal(p).multiply(BigDecimal.ONE.subtract(new BigDecimal(p)));
        assertAgree(ofProbability.value(), ofLogit.cost(entry), 40);
        assertClose("slope", ofLogit.slope(entry), ofProbability.gradient(0).multiply(variance), new BigDecimal("1e-40"));
    }

    @Test
    void binaryCrossEntropyIsInfiniteOnlyWhereSomethingCounts() {
        double[] p = {0, 0, 1, 1, 1 + 0x1p-16};
        double[] y = {0, 0.5, 1, 0.5, 0};
        ExactBinaryCrossEntropy loss = ExactBinaryCrossEntropy.of(p, y, NONE);
        boolean[] infinite = new boolean[p.length];
        double[] which = new double[p.length];
        for (int i = 0; i < p.length; i++) {
            infinite[i] = loss.isInfinite(i);
            which[i] = loss.infiniteGradient(i);
        }
        assertThat(infinite).containsExactly(false, true, false, true, true);
        assertThat(which[1]).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(which[3]).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(loss.isInfinite()).isTrue();
        BigDecimal share = new BigDecimal("0.2");
        assertAgree(loss.gradient(0), share);
        assertAgree(loss.secondDerivative(0), share);
        assertAgree(loss.gradient(2), share.negate());
        assertThat(ExactBinaryCrossEntropy.of(p, y, NONE.withFloor(1e-7)).isInfinite()).isFalse();
        assertThat(ExactBinaryCrossEntropy.of(new double[] {0}, new double[] {1e-300}, NONE)
                .isInfiniteBySmallMassesOnly()).isTrue();
        assertThat(loss.isInfiniteBySmallMassesOnly()).isFalse();
    }

    @Test
    void aSmallMassIsSmallBesideALargeOneToo() {
        double[] p = {0, 0, 1};
        double[] target = {Double.MIN_VALUE, 1, 0};
        ExactBinaryCrossEntropy binary = ExactBinaryCrossEntropy.of(p, target, NONE);
        ExactCrossEntropy classes = ExactCrossEntropy.of(p, target, Options.NONE);
        for (ExactLoss loss : List.of(binary, classes)) {
            assertThat(loss.isInfiniteBySmallMassesOnly()).isFalse();
            assertThat(loss.isInfiniteBySmallMassOnly(0)).isTrue();
            assertThat(loss.isInfiniteBySmallMassOnly(1)).isFalse();
        }
        assertThat(binary.isInfinite(2)).isTrue();
        assertThat(binary.isInfiniteBySmallMassOnly(2)).isFalse();
        assertThat(classes.isInfiniteBySmallMassOnly(2)).isFalse();
    }

    // Counts and amounts

    @Test
    void poissonInClosedForm() {
        BigDecimal e = exact.exp(BigDecimal.ONE);
        ExactPoisson loss = ExactPoisson.of(new double[] {1}, new double[] {1});
        assertAgree(loss.value(), e.subtract(TWO));
        assertAgree(loss.gradient(0), e.subtract(BigDecimal.ONE));
        assertAgree(loss.gradientScale(0), e);
        assertAgree(loss.secondDerivative(0), e);
        assertAgree(ExactPoisson.of(new double[] {0}, new double[] {2}).value(),
                log2.multiply(TWO).subtract(BigDecimal.ONE));
        assertAgree(ExactPoisson.of(new double[] {1}, new double[] {0}).value(), e);
        assertThat(ExactPoisson.of(new double[] {0}, new double[] {1}).value()).isZero();
        assertThat(ExactPoisson.of(new double[] {0}, new double[] {1}).gradient(0)).isZero();
    }

    @Test
    void gammaInClosedForm() {
        BigDecimal inverse = exact.exp(BigDecimal.ONE.negate());
        ExactGamma loss = ExactGamma.of(new double[] {1}, new double[] {1});
        assertAgree(loss.value(), inverse);
        assertAgree(loss.gradient(0), BigDecimal.ONE.subtract(inverse));
        assertAgree(loss.gradientScale(0), BigDecimal.ONE);
        assertAgree(loss.secondDerivative(0), inverse);
    }

    /** At p = 3/2 the cost is 2 (sqrt mu - sqrt y)^2 / sqrt mu. */
    @Test
    void tweedieInClosedForm() {
        ExactTweedie loss = ExactTweedie.of(new double[] {0}, new double[] {4}, 1.5);
        assertAgree(loss.value(), TWO);
        assertAgree(loss.gradient(0), BigDecimal.valueOf(-3));
        assertAgree(loss.gradientScale(0), BigDecimal.valueOf(4));
        assertAgree(loss.secondDerivative(0), new BigDecimal("2.5"));
        assertAgree(ExactTweedie.of(new double[] {2}, new double[] {0}, 1.5).value(),
                exact.exp(BigDecimal.ONE).multiply(TWO));
    }

    /** The examples of scikit-learn's mean_poisson_deviance and mean_gamma_deviance, which are twice as large. */
    @Test
    void deviancesAreHalfThePublishedOnes() {
        double low = StrictMath.log(0.5);
        double high = StrictMath.log(2);
        double[] logMean = {low, low, high, high};
        ExactPoisson poisson = ExactPoisson.of(logMean, new double[] {2, 0, 1, 4});
        ExactGamma gamma = ExactGamma.of(logMean, new double[] {2, 0.5, 1, 4});
        assertThat(2 * poisson.value().doubleValue()).isBetween(1.4260, 1.4261);
        assertThat(2 * gamma.value().doubleValue()).isBetween(1.0568, 1.0569);
    }

    /** As on the page of each, with a thousand digits more than cancel. */
    @Property
    void deviancesAreTheirDefinitions(@ForAll("logMeans") double logMean, @ForAll("amounts") double amount) {
        for (double f : new double[] {logMean, StrictMath.log(amount), StrictMath.log(amount) + logMean * 0x1p-20}) {
            double[] row = {f};
            double[] y = {amount};
            BigDecimal a = new BigDecimal(amount);
            assertAgree(ExactPoisson.of(row, y).value(), Exact.settle(digits -> Exact.Sum.of(digits,
                    digits.times(a, digits.log(a)), digits.times(a, new BigDecimal(f)).negate(), a.negate(),
                    power(f, 1, digits))));
            assertAgree(ExactPoisson.of(row, y).gradient(0),
                    Exact.settle(digits -> Exact.Sum.ofDifference(power(f, 1, digits), a)));
            assertAgree(ExactGamma.of(row, y).value(), Exact.settle(digits -> Exact.Sum.of(digits,
                    digits.times(a, power(f, -1, digits)), BigDecimal.ONE.negate(), digits.log(a).negate(),
                    new BigDecimal(f))));
            assertAgree(ExactGamma.of(row, y).gradient(0), Exact.settle(digits ->
                    Exact.Sum.ofDifference(BigDecimal.ONE, digits.times(a, power(f, -1, digits)))));
            // p = 5/4: mu^(3/4) / (3/4) + 4 y mu^(-1/4) - 16/3 y^(3/4)
            assertAgree(ExactTweedie.of(row, y, 1.25).value(), Exact.settle(digits -> Exact.Sum.of(digits,
                    digits.over(power(f, 0.75, digits), new BigDecimal(0.75)),
                    digits.times(BigDecimal.valueOf(4), digits.times(a, power(f, -0.25, digits))),
                    digits.over(digits.exp(digits.times(new BigDecimal(0.75), digits.log(a))), new BigDecimal(0.1875))
                            .negate())));
            assertAgree(ExactTweedie.of(row, y, 1.25).gradient(0), Exact.settle(digits -> Exact.Sum.ofDifference(
                    power(f, 0.75, digits), digits.times(a, power(f, -0.25, digits)))));
        }
    }

    private static BigDecimal power(double f, double a, Exact digits) {
        return digits.exp(new BigDecimal(a).multiply(new BigDecimal(f)));
    }

    /** The difference is of the order of the distance of the powers. */
    @Property
    void poissonAndGammaAreTheLimitsOfTweedie(@ForAll("moderate") double logMean, @ForAll("amounts") double amount) {
        double[] f = {logMean};
        double[] y = {amount};
        assertNear(ExactTweedie.of(f, y, Math.nextUp(1.0)), ExactPoisson.of(f, y));
        assertNear(ExactTweedie.of(f, y, Math.nextDown(2.0)), ExactGamma.of(f, y));
    }

    private static void assertNear(ExactSecondOrderLoss actual, ExactSecondOrderLoss limit) {
        BigDecimal size = limit.value().max(limit.gradientScale(0).abs()).scaleByPowerOfTen(-11);
        assertClose("value", actual.value(), limit.value(), size);
        assertClose("gradient", actual.gradient(0), limit.gradient(0), size);
        assertClose("second", actual.secondDerivative(0), limit.secondDerivative(0), size);
    }

    /** Near f = log y, with e = f - log y, Poisson is y (e^2 / 2 + e^3 / 6 + ...), however small e is. */
    @ParameterizedTest
    @ValueSource(doubles = {0x1p-40, -0x1p-60, 0x1p-300, 0x1p-1074})
    void deviancesNextToThePerfectPredictionAreHalfTheSquareOfTheDistance(double f) {
        BigDecimal e = new BigDecimal(f);
        BigDecimal half = e.multiply(e).divide(TWO);
        BigDecimal bound = half.multiply(e.abs().max(new BigDecimal("1e-60")));
        assertClose("Poisson", ExactPoisson.of(new double[] {f}, new double[] {1}).value(), half, bound);
        assertClose("Gamma", ExactGamma.of(new double[] {f}, new double[] {1}).value(), half, bound);
        assertClose("Tweedie", ExactTweedie.of(new double[] {f}, new double[] {1}, 1.25).value(), half, bound);
        assertClose("slope", ExactPoisson.of(new double[] {f}, new double[] {1}).gradient(0), e,
                e.abs().multiply(e.abs().max(new BigDecimal("1e-60"))));
    }

    /** Beside the ulps: 2^-50 times y e, e and y^(2-p) e, here with e = 3 and y = 1, and y = 16. */
    @Test
    void deviancesMayBeWrongByTheRoundingOfTheLogarithm() {
        BigDecimal rounding = new BigDecimal(3 * 0x1p-50);
        assertAgree(ExactPoisson.of(new double[] {3}, new double[] {1}).allowance(), rounding);
        assertAgree(ExactGamma.of(new double[] {-3}, new double[] {1}).allowance(), rounding);
        assertAgree(ExactTweedie.of(new double[] {3}, new double[] {1}, 1.5).allowance(), rounding);
        assertThat(ExactPoisson.of(new double[] {3}, new double[] {0}).allowance()).isZero();
        BigDecimal logarithm = log2.multiply(new BigDecimal(4 * 0x1p-50));
        assertAgree(ExactTweedie.of(new double[] {0}, new double[] {16}, 1.5).allowance(),
                logarithm.multiply(BigDecimal.valueOf(4)));
        assertAgree(ExactPoisson.of(new double[] {0}, new double[] {16}).allowance(),
                logarithm.multiply(BigDecimal.valueOf(16)));
    }

    @Test
    void meansBeyondAllRangesAreInfiniteOrNothing() {
        assertThat(ExactPoisson.of(new double[] {1e308}, new double[] {3}).value().doubleValue()).isInfinite();
        assertAgree(ExactPoisson.of(new double[] {-1e308}, new double[] {1}).value(),
                new BigDecimal(1e308).subtract(BigDecimal.ONE));
        assertThat(ExactPoisson.of(new double[] {-1e308}, new double[] {0}).value()).isZero();
        assertAgree(ExactGamma.of(new double[] {1e308}, new double[] {1}).value(),
                new BigDecimal(1e308).subtract(BigDecimal.ONE));
        assertThat(ExactGamma.of(new double[] {-1e308}, new double[] {1e-300}).gradient(0).doubleValue())
                .isEqualTo(Double.NEGATIVE_INFINITY);
    }

    private static BigDecimal plain(Apfloat x) {
        return new BigDecimal(x.toString());
    }

    private static void assertAgree(BigDecimal actual, BigDecimal expected) {
        assertAgree(actual, expected, DIGITS);
    }

    private static void assertAgree(BigDecimal actual, BigDecimal expected, int digits) {
        assertClose("digits", actual, expected, expected.abs().scaleByPowerOfTen(-digits).add(NOTHING));
    }

    private static void assertClose(String what, BigDecimal actual, BigDecimal expected, BigDecimal bound) {
        assertThat(actual.subtract(expected).abs()).as("%s: %s, expected %s", what, actual, expected)
                .isLessThanOrEqualTo(bound);
    }

    @Provide
    Arbitrary<Double> moderate() {
        return Doubles.between(-10, 10);
    }

    @Provide
    Arbitrary<Double> logMeans() {
        return Arbitraries.oneOf(Doubles.between(-10, 10), Doubles.between(-500, 500), Doubles.ofExponents(-60, 8));
    }

    @Provide
    Arbitrary<Double> logits() {
        return Arbitraries.oneOf(Doubles.between(-10, 10), Doubles.between(-100, 100), Doubles.ofExponents(-60, 3));
    }

    @Provide
    Arbitrary<Double> any() {
        return Doubles.finite();
    }

    @Provide
    Arbitrary<Double> anyLogits() {
        return Arbitraries.oneOf(Doubles.between(-40, 40), Doubles.between(-1000, 1000), Doubles.finite());
    }

    @Provide
    Arbitrary<Double> fractions() {
        return Arbitraries.oneOf(Arbitraries.of(0.0, 1.0, 0.5), Doubles.between(0, 1));
    }

    /** Targets of which 1 - y is exact. */
    @Provide
    Arbitrary<Double> halvable() {
        return Arbitraries.oneOf(Arbitraries.of(0.0, 1.0, 0.5, 0x1p-53, 1 - 0x1p-53), halvableInside());
    }

    @Provide
    Arbitrary<Double> halvableInside() {
        return Arbitraries.oneOf(
                Doubles.between(0.0625, 0.9375).map(x -> Math.rint(x * 0x1p50) * 0x1p-50), Doubles.magnitudes(-20, -2)
                        .map(x -> Math.scalb(Math.rint(Math.scalb(x, 50)), -50)));
    }

    @Provide
    Arbitrary<Double> targets() {
        return Arbitraries.oneOf(Arbitraries.of(0.0, 1.0, Math.nextDown(1.0), Double.MIN_VALUE),
                Doubles.between(0, 1), Doubles.magnitudes(-1074, -1));
    }

    @Provide
    Arbitrary<Double> insideProbabilities() {
        return Arbitraries.oneOf(Doubles.between(1e-4, 1 - 1e-4), Doubles.magnitudes(-20, -14),
                Doubles.magnitudes(-20, -14).map(x -> 1 - x));
    }

    @Provide
    Arbitrary<Double> focuses() {
        return Arbitraries.oneOf(Arbitraries.of(0.0, 0.5, 1.0, 2.0, 5.0), Doubles.between(0, 10));
    }

    @Provide
    Arbitrary<Double> amounts() {
        return Arbitraries.oneOf(Doubles.between(0.1, 100), Doubles.magnitudes(-10, 10),
                Arbitraries.integers().between(1, 50).map(Integer::doubleValue));
    }

    @Provide
    Arbitrary<Double> scales() {
        return Arbitraries.oneOf(Doubles.magnitudes(1e-18, 1e18), Arbitraries.of(1e-18, 1.0, 1e18));
    }

    @Provide
    Arbitrary<BinaryOptions> binaryOptions() {
        return Arbitraries.of(NONE, NONE.withPositiveWeights(3), NONE.withPositiveWeights(0),
                NONE.withLabelSmoothing(0.125), NONE.withLabelSmoothing(0.3).withPositiveWeights(1e-9),
                NONE.withLabelSmoothing(1).withPositiveWeights(1e18));
    }

    @Provide
    Arbitrary<BinaryOptions> binaryOptionsWithFloor() {
        return Arbitraries.of(0.0, 1e-7, 0.1, 0.5).flatMap(floor -> binaryOptions().map(o -> o.withFloor(floor)));
    }
}
