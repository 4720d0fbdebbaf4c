package io.github.plainjava.losses.internal.math;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.math.MathContext;

/** The constants of a class and its methods for one number, which its documentation makes claims about. */
final class Private {

    private Private() {}

    static double number(Class<?> type, String name) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return ((Number) field.get(null)).doubleValue();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** The result of a method that takes a long. */
    static double call(Class<?> type, String name, long argument) {
        try {
            Method method = type.getDeclaredMethod(name, long.class);
            method.setAccessible(true);
            return (double) method.invoke(null, argument);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** The polynomial whose coefficients are constants Q0, Q1, ... to as many digits as asked for. */
    static BigDecimal polynomial(Class<?> type, int degree, BigDecimal x, MathContext digits) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = degree; i >= 0; i--) {
            sum = sum.multiply(x, digits).add(new BigDecimal(number(type, "Q" + i)));
        }
        return sum;
    }

    /** How often a function changes between values of at least some size of either sign. */
    static int alternations(double[] values, double size) {
        int alternations = 0;
        double last = 0;
        for (double value : values) {
            if (Math.abs(value) >= size) {
                alternations += value * last < 0 ? 1 : 0;
                last = value;
            }
        }
        return alternations;
    }
}
