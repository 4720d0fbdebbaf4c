package io.github.plainjava.losses.robustness;

import io.github.plainjava.losses.ClassificationLoss;
import io.github.plainjava.losses.LossFunction;

/** Losses as a user writes them, with the least that the interfaces ask for. */
final class OwnLosses {

    static final LossFunction ABSOLUTE_ERROR = (prediction, target, gradient) -> {
        double sum = 0;
        for (int i = 0; i < prediction.length; i++) {
            double difference = prediction[i] - target[i];
            gradient[i] = Math.signum(difference) / prediction.length;
            sum += Math.abs(difference);
        }
        return sum / prediction.length;
    };

    static final ClassificationLoss HINGE = new Hinge();

    private OwnLosses() {}

    /** The multiclass hinge loss: how far the largest other score comes within 1 of the true class's. */
    private static final class Hinge implements ClassificationLoss {

        private static final long serialVersionUID = 1;

        @Override
        public double valueAndGradient(double[] prediction, int label, double[] gradient) {
            int rival = -1;
            for (int i = 0; i < prediction.length; i++) {
                if (i != label && (rival < 0 || prediction[i] > prediction[rival])) {
                    rival = i;
                }
            }
            double hinge = rival < 0 ? 0 : Math.max(0, 1 + prediction[rival] - prediction[label]);
            for (int i = 0; i < prediction.length; i++) {
                gradient[i] = hinge > 0 && i == rival ? 1 : hinge > 0 && i == label ? -1 : 0;
            }
            return hinge;
        }

        @Override
        public double valueAndGradient(double[] prediction, double[] target, double[] gradient) {
            int label = 0;
            for (int i = 0; i < target.length; i++) {
                label = target[i] > target[label] ? i : label;
            }
            return valueAndGradient(prediction, label, gradient);
        }
    }
}
