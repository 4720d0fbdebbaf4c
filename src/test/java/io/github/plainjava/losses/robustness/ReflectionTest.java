package io.github.plainjava.losses.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.GradientCheck;
import io.github.plainjava.losses.Information;
import io.github.plainjava.losses.LossMean;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.OneHot;
import io.github.plainjava.losses.Softmax;
import java.io.Serializable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Scripting languages, notebooks and expression languages call public methods by reflection, from another package. */
class ReflectionTest {

    @Test
    void everyPublicMethodOfEveryPublicClassCanBeCalled() throws Exception {
        Map<String, Object> objects = new LinkedHashMap<>();
        objects.put("Softmax", new Softmax());
        objects.put("CrossEntropy", new CrossEntropy());
        objects.put("MeanSquaredError", new MeanSquaredError());
        objects.put("Batch", Batch.of(new Softmax(), 2));
        objects.put("LossMean", new LossMean());
        objects.put("GradientCheck", GradientCheck.of(new Softmax(), new double[] {1, 2}, 0));
        List<String> unreachable = new ArrayList<>();
        for (Class<?> type : WorkloadTest.publicTypes()) {
            for (Method method : type.getMethods()) {
                boolean isStatic = Modifier.isStatic(method.getModifiers());
                Object object = isStatic ? null : objects.get(type.getSimpleName());
                if (!Modifier.isPublic(method.getDeclaringClass().getModifiers())
                        || (isStatic || object != null) && !method.canAccess(object)) {
                    unreachable.add(type.getSimpleName() + ": " + method);
                }
                boolean covered = isStatic || object != null || type.isInterface() || type == Information.class
                        || type == OneHot.class;
                assertThat(covered).as("an object of %s", type).isTrue();
            }
        }
        assertThat(unreachable).isEmpty();
    }

    /** Also of a loss that is yet to come. */
    @Test
    void everyClassOfObjectsThatAreKeptHasTextAndEqualityOfItsOwn() throws Exception {
        for (Class<?> type : WorkloadTest.publicTypes()) {
            if (Serializable.class.isAssignableFrom(type) && !type.isInterface()) {
                for (Method method : List.of(type.getMethod("equals", Object.class), type.getMethod("hashCode"),
                        type.getMethod("toString"))) {
                    assertThat(method.getDeclaringClass()).as("%s of %s", method.getName(), type).isEqualTo(type);
                }
            }
        }
    }

    @Test
    void aCallByReflectionHasTheSameResult() throws Exception {
        double[] logits = {40, 0};
        assertThat(Softmax.class.getMethod("value", double[].class, int.class).invoke(new Softmax(), logits, 0))
                .isEqualTo(new Softmax().value(logits, 0));
        assertThat(MeanSquaredError.class
                        .getMethod("valueAndGradient", double[].class, double[].class, double[].class)
                        .invoke(new MeanSquaredError(), logits, new double[2], new double[2]))
                .isEqualTo(800.0);
        assertThat(CrossEntropy.class.getMethod("weight", int.class)
                        .invoke(new CrossEntropy().withClassWeights(1, 4), 1))
                .isEqualTo(4.0);
    }
}
