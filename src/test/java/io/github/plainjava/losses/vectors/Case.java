package io.github.plainjava.losses.vectors;

import java.util.Map;

/**
 * What goes into a function or a loss.
 *
 * @param regime the kind of numbers
 * @param options the options of a loss by name; one that is not there has its default
 * @param x logits, probabilities or predictions
 * @param y the target, or the second argument of a function; empty where there is none
 */
record Case(String regime, Map<String, double[]> options, double[] x, double[] y) {

    double option(String name, double otherwise) {
        return options.containsKey(name) ? options.get(name)[0] : otherwise;
    }
}
