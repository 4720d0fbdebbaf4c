package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.plainjava.losses.internal.math.ExactSum;
import io.github.plainjava.losses.internal.math.Moments;
import io.github.plainjava.losses.internal.math.SumOfProducts;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What losses are as objects: equal where their options are, readable, and whole in their own fields. */
class LossObjectsTest {

    private static List<LossFunction> losses() {
        return List.of(
                new MeanSquaredError(),
                new Softmax(),
                new Softmax().withTemperature(2),
                new Softmax().withLabelSmoothing(0.1),
                new Softmax().withClassWeights(1, 1),
                new Softmax().withClassWeights(1, 0),
                new Softmax().withTemperature(2).withLabelSmoothing(0.1).withClassWeights(1, 0),
                new CrossEntropy(),
                new CrossEntropy().withFloor(1e-7),
                new CrossEntropy().withLabelSmoothing(0.1),
                new CrossEntropy().withClassWeights(1, 1),
                new CrossEntropy().withFloor(1e-7).withLabelSmoothing(0.1).withClassWeights(1, 0),
                new SoftmaxDivergence(),
                new SoftmaxDivergence().withTemperature(2),
                new SoftmaxDivergence().reversed(),
                new SoftmaxDivergence().withTemperature(2).reversed());
    }

    @Test
    void lossesAreEqualIfAndOnlyIfTheirOptionsAre() {
        List<LossFunction> losses = losses();
        List<LossFunction> same = losses();
        for (int i = 0; i < losses.size(); i++) {
            for (int j = 0; j < losses.size(); j++) {
                assertThat(losses.get(i).equals(same.get(j))).as("%s, %s", losses.get(i), same.get(j)).isEqualTo(i == j);
                assertThat(losses.get(i).hashCode() == same.get(j).hashCode()).isEqualTo(i == j);
                assertThat(losses.get(i).toString().equals(same.get(j).toString())).isEqualTo(i == j);
            }
            assertThat(losses.get(i)).isNotEqualTo(null).isNotEqualTo(losses.get(i).toString());
            losses.get(i).weight(new double[2]); // what was made for a computation does not count
            assertThat(losses.get(i)).isEqualTo(same.get(i));
        }
    }

    @Test
    void anOptionThatChangesNoBitMakesNoOtherLoss() {
        assertThat(new Softmax().withTemperature(1).withLabelSmoothing(0)).isEqualTo(new Softmax());
        assertThat(new Softmax().withLabelSmoothing(-0.0)).isEqualTo(new Softmax())
                .hasToString("Softmax[temperature=1.0]");
        assertThat(new CrossEntropy().withClassWeights(-0.0, 1)).isEqualTo(new CrossEntropy().withClassWeights(0, 1))
                .hasToString("CrossEntropy[floor=0.0, classWeights=[0.0, 1.0]]");
        assertThat(new MeanSquaredError()).hasToString("MeanSquaredError[]");
    }

    /** Serializers make an object by it before they set its fields; users have to name what they want. */
    @Test
    void aLossThatHasToBeToldWhatItIsCanBeMadeBySerializersAlone() throws Exception {
        for (Class<?> type : List.of(Pinball.class, Tweedie.class)) {
            Constructor<?> constructor = type.getDeclaredConstructor();
            assertThat(Modifier.isPrivate(constructor.getModifiers())).isTrue();
            constructor.setAccessible(true);
            LossFunction loss = (LossFunction) constructor.newInstance();
            assertThat(loss).isIn(new Pinball(0.5), new Tweedie(1.5));
        }
    }

    /** What a row weighs in a mean is not always 1, and a batch has to ask. */
    @Test
    void aLossOfYesOrNoWeighsOneOnlyIfNothingIsSaidOfItsWeights() {
        double[] predictions = {1, -1, 0.5, 2};
        double[] targets = {1, 0, 0.5, 1};
        Sigmoid plain = new Sigmoid();
        for (Sigmoid loss : List.of(plain, plain.withPositiveWeights(3), plain.withPositiveWeights(1, 1),
                plain.skippingMissing())) {
            double weight = loss.weight(new double[] {1, 0}) + loss.weight(new double[] {0.5, 1});
            assertThat(Batch.of(loss, 2).lossMean(predictions, targets).totalWeight()).isEqualTo(weight);
        }
        assertThat(new MeanSquaredError().columnOptions()).isNull();
        assertThat(new MeanSquaredError().nameOfColumnOptions()).isNull();
    }

    @Test
    void aDevianceSaysWhatTargetsItTakes() {
        assertThatThrownBy(() -> Batch.of(new Poisson(), 1).value(new double[1], new int[1]))
                .hasMessageContaining("it takes amounts of at least 0, not labels");
        assertThatThrownBy(() -> Batch.of(new Gamma(), 1).value(new double[1], new int[1]))
                .hasMessageContaining("it takes amounts above 0, not labels");
    }

    /** A serializer that knows nothing of the library writes fields, and what is transient is lost to it. */
    @Test
    void noOptionIsInATransientFieldOnly() throws Exception {
        for (Class<?> type : List.of(Softmax.class, CrossEntropy.class, Batch.class, LossMean.class, ExactSum.class,
                LossStatistics.class, Moments.class, SumOfProducts.class, SoftmaxDivergence.class)) {
            for (Class<?> owner = type; owner != Object.class; owner = owner.getSuperclass()) {
                for (Field field : owner.getDeclaredFields()) {
                    if (Modifier.isTransient(field.getModifiers())) {
                        assertThat(field.getName()).as("transient in %s", owner).isIn("targets", "inverse");
                    }
                }
            }
        }
        Softmax loss = new Softmax().withTemperature(2).withLabelSmoothing(0.1).withClassWeights(1, 4);
        Softmax bare = new Softmax();
        bare.weight(0);
        for (String name : List.of("temperature", "labelSmoothing", "classWeights", "targets")) {
            Class<?> owner = name.equals("temperature") ? Softmax.class : DistributionLoss.class;
            Field field = owner.getDeclaredField(name);
            field.setAccessible(true);
            field.set(bare, name.equals("targets") ? null : field.get(loss));
        }
        double[] logits = {1, 3};
        Bits.assertSame(bare.gradient(logits, 1), loss.gradient(logits, 1));
        assertThat(bare).isEqualTo(loss);
        assertThat(Arrays.stream(bare.probabilities(logits)).sum()).isEqualTo(Arrays.stream(loss.probabilities(logits)).sum());
    }

    /** A reader of fields may first make the object by its constructor: nothing must be kept from there. */
    @Test
    void aNewLossHasNothingMadeFromOptionsThatMayStillBeReplaced() throws Exception {
        for (LossFunction loss : List.of(new Softmax(), new CrossEntropy())) {
            Field targets = DistributionLoss.class.getDeclaredField("targets");
            targets.setAccessible(true);
            assertThat(targets.get(loss)).isNull();
        }
    }
}
