package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What every loss with labels promises besides: a label means its one-hot array. */
abstract class ClassificationLossContract extends LossFunctionContract {

    @Override
    abstract ClassificationLoss loss();

    @Property
    void lossOfALabelIsTheLossOfItsOneHotArrayToTheBit(@ForAll("rows") Row row, @ForAll int seed) {
        int label = Math.floorMod(seed, row.prediction().length);
        double[] oneHot = OneHot.encode(label, row.prediction().length);
        Bits.assertSame(loss().value(row.prediction(), label), loss().value(row.prediction(), oneHot));
        Bits.assertSame(loss().gradient(row.prediction(), label), loss().gradient(row.prediction(), oneHot));
        Bits.assertSame(loss().weight(label), loss().weight(oneHot));
    }

    @Property
    void forALabelValueAndGradientReturnsTheBitsOfValue(@ForAll("rows") Row row, @ForAll int seed) {
        int label = Math.floorMod(seed, row.prediction().length);
        double[] gradient = new double[row.prediction().length];
        double value = loss().valueAndGradient(row.prediction(), label, gradient);
        Bits.assertSame(value, loss().value(row.prediction(), label));
        Bits.assertSame(gradient, loss().gradient(row.prediction(), label));
    }

    @Property
    void forALabelTheGradientMayOverwriteThePrediction(@ForAll("rows") Row row, @ForAll int seed) {
        int label = Math.floorMod(seed, row.prediction().length);
        double[] inPlace = row.prediction().clone();
        double value = loss().valueAndGradient(inPlace, label, inPlace);
        Bits.assertSame(value, loss().value(row.prediction(), label));
        Bits.assertSame(inPlace, loss().gradient(row.prediction(), label));
    }

    @Property
    void forALabelInputsAreNotModifiedAndNegativeZeroIsNotReturned(@ForAll("rows") Row row, @ForAll int seed) {
        int label = Math.floorMod(seed, row.prediction().length);
        double[] prediction = row.prediction().clone();
        Bits.assertNoNegativeZero(loss().value(prediction, label));
        Bits.assertNoNegativeZero(loss().gradient(prediction, label));
        Bits.assertSame(prediction, row.prediction());
    }

    @Property(tries = 50)
    void aLabelThatIsNoClassIsRefused(@ForAll("rows") Row row, @ForAll int seed) {
        int classes = row.prediction().length;
        int label = seed < 0 ? seed : Math.max(seed, classes);
        assertThatThrownBy(() -> loss().value(row.prediction(), label))
                .isInstanceOfAny(IllegalArgumentException.class, IndexOutOfBoundsException.class);
        assertThat(loss().weight(0)).isFinite().isGreaterThanOrEqualTo(0);
    }
}
