package io.github.plainjava.losses;

import java.io.InvalidObjectException;
import java.io.Serializable;

/**
 * The serial form of a classification loss: its options, which are checked again.
 *
 * @param onLogits     whether it is a {@link Softmax} or a {@link CrossEntropy}
 * @param option       the temperature of the former, the floor of the latter
 * @param smoothing    the label smoothing
 * @param classWeights null for none
 */
record LossForm(boolean onLogits, double option, double smoothing, double[] classWeights) implements Serializable {

    LossForm(boolean onLogits, double option, TargetRule rule) {
        this(onLogits, option, rule.smoothing(), rule.classWeights());
    }

    private Object readResolve() throws InvalidObjectException {
        return TargetRule.resolve(() -> {
            TargetRule smoothed = TargetRule.PLAIN.withSmoothing(smoothing);
            TargetRule rule = classWeights == null ? smoothed : smoothed.withClassWeights(classWeights);
            if (onLogits) {
                return new Softmax(1, rule).withTemperature(option);
            }
            CrossEntropy loss = new CrossEntropy(0, rule);
            return option == 0 ? loss : loss.withFloor(option);
        });
    }
}
