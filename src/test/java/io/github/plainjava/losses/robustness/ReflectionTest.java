package io.github.plainjava.losses.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.ClassificationLoss;
import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.ElementwiseLoss;
import io.github.plainjava.losses.ExactSums;
import io.github.plainjava.losses.GradientCheck;
import io.github.plainjava.losses.Information;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.OneHot;
import io.github.plainjava.losses.Pinball;
import io.github.plainjava.losses.Softmax;
import io.github.plainjava.losses.SoftmaxDivergence;
import io.github.plainjava.losses.Tweedie;
import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Scripting languages, notebooks and expression languages call public methods by reflection, from another package. */
class ReflectionTest {

    @Test
    void everyPublicMethodOfEveryPublicClassCanBeCalled() throws Exception {
        List<String> unreachable = new ArrayList<>();
        for (Class<?> type : WorkloadTest.publicTypes()) {
            for (Method method : type.getMethods()) {
                boolean isStatic = Modifier.isStatic(method.getModifiers());
                Object object = isStatic ? null : objectOf(type);
                if (!Modifier.isPublic(method.getDeclaringClass().getModifiers())
                        || (isStatic || object != null) && !method.canAccess(object)) {
                    unreachable.add(type.getSimpleName() + ": " + method);
                }
                boolean covered = isStatic || object != null || Modifier.isAbstract(type.getModifiers())
                        || type == Information.class || type == OneHot.class;
                assertThat(covered).as("an object of %s", type).isTrue();
            }
        }
        assertThat(unreachable).isEmpty();
    }

    /** An object of the class, also of a loss that is yet to come, or null if there are to be none. */
    private static Object objectOf(Class<?> type) throws Exception {
        if (type == Batch.class) {
            return Batch.of(new Softmax(), 2);
        }
        if (type == GradientCheck.class) {
            return GradientCheck.of(new Softmax(), new double[] {1, 2}, 0);
        }
        if (type == ExactSums.class) {
            return new ExactSums(2);
        }
        if (type == Pinball.class) {
            return new Pinball(0.5);
        }
        if (type == Tweedie.class) {
            return new Tweedie(1.5);
        }
        for (Constructor<?> constructor : type.getConstructors()) {
            if (constructor.getParameterCount() == 0 && !Modifier.isAbstract(type.getModifiers())) {
                return constructor.newInstance();
            }
        }
        return null;
    }

    /** Also of a loss that is yet to come. */
    @Test
    void everyClassOfObjectsThatAreKeptHasTextAndEqualityOfItsOwn() throws Exception {
        for (Class<?> type : WorkloadTest.publicTypes()) {
            if (Serializable.class.isAssignableFrom(type) && !type.isInterface()) {
                for (Method method : List.of(type.getMethod("equals", Object.class), type.getMethod("hashCode"),
                        type.getMethod("toString"))) {
                    assertThat(method.getDeclaringClass()).as("%s of %s", method.getName(), type)
                            .isIn(type, ElementwiseLoss.class);
                }
            }
        }
    }

    /** Each under names of arguments, and with a text, of its own; those whose entries have targets share them. */
    @Test
    void aLossDeclaresItsMethodsItself() throws Exception {
        for (Class<?> type : List.of(
                Softmax.class, CrossEntropy.class, ElementwiseLoss.class, SoftmaxDivergence.class, Batch.class)) {
            for (Method method : List.of(
                    type.getMethod("value", double[].class, double[].class),
                    type.getMethod("valueAndGradient", double[].class, double[].class, double[].class),
                    type.getMethod("gradient", double[].class, double[].class))) {
                assertThat(method.getDeclaringClass()).as("%s of %s", method.getName(), type).isEqualTo(type);
            }
        }
    }

    @Test
    void aCallByReflectionHasTheSameResult() throws Exception {
        double[] row = {0.5, 0.25, 0.25};
        for (Class<? extends ClassificationLoss> type : List.of(Softmax.class, CrossEntropy.class)) {
            ClassificationLoss loss = type.getConstructor().newInstance();
            assertThat(type.getMethod("value", double[].class, int.class).invoke(loss, row, 1))
                    .isEqualTo(loss.value(row, 1));
            assertThat(type.getMethod("value", double[].class, double[].class).invoke(loss, row, row))
                    .isEqualTo(loss.value(row, row));
            assertThat(type.getMethod("gradient", double[].class, int.class).invoke(loss, row, 1))
                    .isEqualTo(loss.gradient(row, 1));
            assertThat(type.getMethod("weight", int.class).invoke(loss, 1)).isEqualTo(1.0);
            assertThat(type.getMethod("weight", double[].class).invoke(loss, row)).isEqualTo(1.0);
        }
        assertThat(CrossEntropy.class.getMethod("weight", int.class)
                        .invoke(new CrossEntropy().withClassWeights(1, 4), 1))
                .isEqualTo(4.0);
        MeanSquaredError squared = new MeanSquaredError();
        assertThat(MeanSquaredError.class.getMethod("value", double[].class, double[].class)
                .invoke(squared, row, new double[3])).isEqualTo(0.125);
        assertThat(MeanSquaredError.class
                        .getMethod("valueAndGradient", double[].class, double[].class, double[].class)
                        .invoke(squared, new double[] {40, 0}, new double[2], new double[2]))
                .isEqualTo(800.0);
    }
}
