package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user meets who calls a loss through its own class: its methods, and calls that are legal by mistake. */
class FacesTest {

    private static final double[] ROW = {0.5, 0.25, 0.25};

    /** A method that only a superclass inside the package declares cannot be called by reflection. */
    @ParameterizedTest
    @ValueSource(classes = {Softmax.class, CrossEntropy.class, MeanSquaredError.class, Batch.class})
    void everyPublicMethodIsDeclaredInAPublicType(Class<?> loss) {
        assertThat(loss.getMethods()).allMatch(method -> Modifier.isPublic(method.getDeclaringClass().getModifiers()));
        List<String> own = Arrays.stream(loss.getDeclaredMethods())
                .filter(method -> !method.isSynthetic() && Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .toList();
        assertThat(own).contains("value", "valueAndGradient", "gradient");
    }

    @Test
    void aLossCanBeCalledByReflection() throws ReflectiveOperationException {
        for (Class<? extends ClassificationLoss> type : List.of(Softmax.class, CrossEntropy.class)) {
            ClassificationLoss loss = type.getConstructor().newInstance();
            assertThat(type.getMethod("value", double[].class, int.class).invoke(loss, ROW, 1))
                    .isEqualTo(loss.value(ROW, 1));
            assertThat(type.getMethod("value", double[].class, double[].class).invoke(loss, ROW, ROW))
                    .isEqualTo(loss.value(ROW, ROW));
            assertThat(type.getMethod("gradient", double[].class, int.class).invoke(loss, ROW, 1))
                    .isEqualTo(loss.gradient(ROW, 1));
            assertThat(type.getMethod("weight", int.class).invoke(loss, 1)).isEqualTo(1.0);
            assertThat(type.getMethod("weight", double[].class).invoke(loss, ROW)).isEqualTo(1.0);
        }
        assertThat(MeanSquaredError.class.getMethod("value", double[].class, double[].class)
                .invoke(new MeanSquaredError(), ROW, new double[3])).isEqualTo(0.125);
    }

    /** It cannot be refused: a row without target mass is an unlabelled one, and must not fail a training run. */
    @Test
    void swappedTargetAndGradientAreATargetOfZerosAndOverwriteTheTarget() {
        for (ClassificationLoss loss : new ClassificationLoss[] {
            new Softmax(), new CrossEntropy(), new Softmax().withLabelSmoothing(0.1).withClassWeights(1, 2, 3)
        }) {
            double[] target = {0, 1, 0};
            Bits.assertSame(loss.valueAndGradient(ROW, new double[3], target), 0.0);
            Bits.assertSame(target, new double[3]);
            Bits.assertSame(loss.weight(new double[3]), 0.0);
            double[] targets = {0, 1, 0, 1, 0, 0};
            double[] rows = {0.5, 0.25, 0.25, 1, 0, 0};
            Bits.assertSame(Batch.of(loss, 3).valueAndGradient(rows, new double[6], targets), 0.0);
            Bits.assertSame(targets, new double[6]);
        }
        double[] target = {0, 1, 0};
        Bits.assertSame(new MeanSquaredError().valueAndGradient(ROW, new double[3], target), 0.125);
        Bits.assertSame(target, new MeanSquaredError().gradient(ROW, new double[3]));
    }

    @Test
    void massesThatSumToQGiveQTimesTheLossAndTheWeightOfTheirShares() {
        for (ClassificationLoss loss : new ClassificationLoss[] {new Softmax(), new CrossEntropy()}) {
            double[] shares = {0.25, 0.5, 0.25};
            double[] masses = {1, 2, 1};
            Bits.assertSame(loss.value(ROW, masses), 4 * loss.value(ROW, shares));
            Bits.assertSame(loss.weight(masses), 4 * loss.weight(shares));
            Bits.assertSame(Batch.of(loss, 3).value(ROW, masses), loss.value(ROW, shares));
            double[] gradient = loss.gradient(ROW, shares);
            Bits.assertSame(loss.gradient(ROW, masses), Arrays.stream(gradient).map(g -> 4 * g).toArray());
        }
    }
}
