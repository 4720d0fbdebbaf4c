package io.github.plainjava.losses;

import java.io.InvalidObjectException;
import java.io.Serializable;
import java.util.function.Supplier;

/** The serial form of a classification loss: its options, which are checked again. */
final class LossForm implements Serializable {

    private static final long serialVersionUID = 1;

    /** Whether it is a {@link Softmax} or a {@link CrossEntropy}. */
    private final boolean onLogits;

    /** The temperature of the former, the floor of the latter. */
    private final double option;

    private final double smoothing;
    private final double[] classWeights;

    LossForm(boolean onLogits, double option, Targets targets) {
        this.onLogits = onLogits;
        this.option = option;
        this.smoothing = targets.smoothing;
        this.classWeights = targets.classWeights;
    }

    private Object readResolve() throws InvalidObjectException {
        return resolve(() -> {
            Targets smoothed = Targets.PLAIN.withSmoothing(smoothing);
            Targets targets = classWeights == null ? smoothed : smoothed.withClassWeights(classWeights);
            if (onLogits) {
                return new Softmax(1, targets).withTemperature(option);
            }
            CrossEntropy loss = new CrossEntropy(0, targets);
            return option == 0 ? loss : loss.withFloor(option);
        });
    }

    /** Builds an object from what a stream said of it. */
    static Object resolve(Supplier<?> object) throws InvalidObjectException {
        try {
            return object.get();
        } catch (IllegalArgumentException | NullPointerException e) {
            InvalidObjectException invalid = new InvalidObjectException(e.getMessage());
            invalid.initCause(e);
            throw invalid;
        }
    }
}
