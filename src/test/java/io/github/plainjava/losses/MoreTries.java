package io.github.plainjava.losses;

import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/** Multiplies the tries of every property by the system property {@code losses.tries}, for deeper runs. */
public final class MoreTries implements AroundPropertyHook {

    private static final double FACTOR = Double.parseDouble(System.getProperty("losses.tries", "1"));
    private static final int TRIES_BY_DEFAULT = 1000;

    static boolean areAsManyAsUsual() {
        return FACTOR >= 1;
    }

    @Override
    public PropagationMode propagateTo() {
        return PropagationMode.ALL_DESCENDANTS;
    }

    @Override
    public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property) {
        int tries = context.attributes().tries().orElse(TRIES_BY_DEFAULT);
        if (tries != 1) { // an example has nothing to vary
            context.attributes().setTries((int) Math.ceil(tries * FACTOR));
        }
        return property.execute();
    }
}
