package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.plainjava.losses.oracle.ExactLoss;
import io.github.plainjava.losses.oracle.Ulps;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/**
 * What every loss promises, ours and a user's. A test of a new loss extends this class and says: how to make the loss,
 * what its exact value and gradient are, which rows it takes, how accurate it is. There is no default accuracy, so that
 * every loss has to state its own.
 */
@PropertyDefaults(tries = 100, edgeCases = EdgeCasesMode.NONE)
abstract class LossFunctionContract {

    /** A loss under test, new at each call. */
    abstract LossFunction loss();

    /** The exact loss of a row by its definition. */
    abstract ExactLoss exact(double[] prediction, double[] target);

    /** Rows that the loss takes, hard ones included. */
    abstract Arbitrary<Row> rows();

    /** Rows around which the loss is smooth, and its third derivative in each entry less than 100. */
    abstract Arbitrary<Row> smoothRows();

    /** How many ulps the value may be off. */
    abstract double valueUlps();

    /** How many ulps an entry of the gradient may be off. */
    abstract double gradientUlps();

    /** A row of predictions and its target. */
    record Row(double[] prediction, double[] target) {
        @Override
        public String toString() {
            return Arrays.toString(prediction) + " for " + Arrays.toString(target);
        }
    }

    @Property
    void valueIsAsAccurateAsPromised(@ForAll("rows") Row row) {
        ExactLoss exact = exact(row.prediction, row.target);
        double value = loss().value(row.prediction, row.target);
        if (exact.isInfinite()) {
            assertThat(value == Double.POSITIVE_INFINITY || exact.isInfiniteBySmallMassesOnly()).as("%s", value).isTrue();
        } else {
            assertThat(Ulps.error(value, exact.value(), exact.value(), exact.allowance())).isLessThanOrEqualTo(valueUlps());
        }
    }

    @Property
    void gradientIsAsAccurateAsPromised(@ForAll("rows") Row row) {
        ExactLoss exact = exact(row.prediction, row.target);
        double[] gradient = loss().gradient(row.prediction, row.target);
        for (int i : Bits.distinctPlaces(row.prediction, row.target, gradient)) {
            if (exact.isInfinite(i)) {
                assertThat(gradient[i] == exact.infiniteGradient(i) || exact.isInfiniteBySmallMassOnly(i))
                        .as("entry %d, %s", i, gradient[i]).isTrue();
            } else {
                assertThat(Ulps.error(
                        gradient[i], exact.gradient(i), exact.gradientScale(i), exact.gradientAllowance(i)))
                        .as("entry %d, %s", i, gradient[i]).isLessThanOrEqualTo(gradientUlps());
            }
        }
    }

    /** The error of the difference is below 100 h^2 / 6, 1e-7, and the rounding of the values over h. */
    @Property
    void gradientIsTheDerivativeOfTheValueByCentralDifferences(@ForAll("smoothRows") Row row) {
        double h = 0x1p-14;
        double[] gradient = loss().gradient(row.prediction, row.target);
        double value = loss().value(row.prediction, row.target);
        for (int i = 0; i < gradient.length; i++) {
            double ahead = loss().value(moved(row.prediction, i, h), row.target);
            double behind = loss().value(moved(row.prediction, i, -h), row.target);
            double rounding = 4 * Math.ulp(1 + Math.abs(value) + Math.abs(gradient[i])) / h;
            assertThat((ahead - behind) / (2 * h)).as("entry %d", i).isCloseTo(gradient[i], within(1e-7 + rounding));
        }
    }

    @Property
    void valueAndGradientReturnsTheBitsOfValue(@ForAll("rows") Row row) {
        double[] gradient = new double[row.prediction.length];
        Bits.assertSame(loss().valueAndGradient(row.prediction, row.target, gradient),
                loss().value(row.prediction, row.target));
    }

    @Property
    void valueAndGradientWritesTheBitsOfGradientWhateverTheArrayHeld(@ForAll("rows") Row row) {
        double[] gradient = new double[row.prediction.length];
        Arrays.fill(gradient, Double.NaN);
        loss().valueAndGradient(row.prediction, row.target, gradient);
        Bits.assertSame(gradient, loss().gradient(row.prediction, row.target));
    }

    @Property
    void theGradientMayOverwriteThePrediction(@ForAll("rows") Row row) {
        double[] inPlace = row.prediction.clone();
        double value = loss().valueAndGradient(inPlace, row.target, inPlace);
        Bits.assertSame(value, loss().value(row.prediction, row.target));
        Bits.assertSame(inPlace, loss().gradient(row.prediction, row.target));
    }

    @Property
    void inputsAreNotModified(@ForAll("rows") Row row) {
        double[] prediction = row.prediction.clone();
        double[] target = row.target.clone();
        loss().value(prediction, target);
        loss().gradient(prediction, target);
        loss().valueAndGradient(prediction, target, new double[prediction.length]);
        loss().weight(target);
        Bits.assertSame(prediction, row.prediction);
        Bits.assertSame(target, row.target);
    }

    @Property
    void negativeZeroIsNeverReturned(@ForAll("rows") Row row) {
        Bits.assertNoNegativeZero(loss().value(row.prediction, row.target));
        Bits.assertNoNegativeZero(loss().gradient(row.prediction, row.target));
    }

    @Property
    void aNaNInThePredictionMakesTheValueNaN(@ForAll("rows") Row row, @ForAll int seed) {
        double[] prediction = row.prediction.clone();
        prediction[Math.floorMod(seed, prediction.length)] = Double.NaN;
        assertThat(loss().value(prediction, row.target)).isNaN();
    }

    @Property
    void theWeightOfARowIsFiniteAndNotNegative(@ForAll("smoothRows") Row row) {
        assertThat(loss().weight(row.target)).isFinite().isGreaterThanOrEqualTo(0);
    }

    @Property(tries = 50)
    void oneObjectGivesTheSameBitsToEveryThread(@ForAll("rows") Row row) {
        LossFunction shared = loss();
        double[] gradient = shared.gradient(row.prediction, row.target);
        List<double[]> gradients = IntStream.range(0, 16).parallel()
                .mapToObj(i -> shared.gradient(row.prediction, row.target)).toList();
        gradients.forEach(other -> Bits.assertSame(other, gradient));
    }

    @Property(tries = 50)
    void serialisedAndBackItGivesTheSameBits(@ForAll("rows") Row row) {
        LossFunction copy = serialisedAndBack(loss());
        Bits.assertSame(copy.value(row.prediction, row.target), loss().value(row.prediction, row.target));
        Bits.assertSame(copy.gradient(row.prediction, row.target), loss().gradient(row.prediction, row.target));
    }

    @Example
    void theAccuracyThatIsStatedIsNotAbsurd() {
        assertThat(valueUlps()).isBetween(0.5, 1e6);
        assertThat(gradientUlps()).isBetween(0.5, 1e6);
    }

    @Provide("rows")
    Arbitrary<Row> provideRows() {
        return rows();
    }

    @Provide("smoothRows")
    Arbitrary<Row> provideSmoothRows() {
        return smoothRows();
    }

    private static double[] moved(double[] row, int i, double step) {
        double[] moved = row.clone();
        moved[i] += step;
        return moved;
    }

    @SuppressWarnings("unchecked")
    static <T> T serialisedAndBack(T object) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(object);
            }
            return (T) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
        } catch (IOException | ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** An exact loss out of numbers: for losses that a test defines on its own. */
    static ExactLoss exactly(BigDecimal value, BigDecimal... gradient) {
        return new ExactLoss() {
            @Override
            public BigDecimal value() {
                return value;
            }

            @Override
            public BigDecimal gradient(int i) {
                return gradient[i];
            }
        };
    }
}
