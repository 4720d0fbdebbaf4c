package io.github.plainjava.losses.benchmark;

import smile.math.MathEx;

/**
 * Smile's functions: a softmax in place, which also finds the index of the maximum, the entropy, the Kullback-Leibler
 * divergence and the squared distance. It has no loss with a gradient that can be called on its own.
 */
final class Smile {

    private Smile() {}

    static double softmax(Sample s) {
        System.arraycopy(s.prediction(), 0, s.output(), 0, s.columns());
        MathEx.softmax(s.output());
        return s.output()[0];
    }

    static double entropy(Sample s) {
        return MathEx.entropy(s.prediction());
    }

    static double klDivergence(Sample s) {
        return MathEx.KullbackLeiblerDivergence(s.target(), s.prediction());
    }

    static double meanSquaredError(Sample s) {
        return MathEx.squaredDistance(s.prediction(), s.target()) / s.prediction().length;
    }
}
