package io.github.plainjava.losses.documentation;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A result that a comment states: a number, a list of numbers in braces, true, false, null or a string in quotes, alone
 * or after the last equals sign of the comment, and whatever words may follow it.
 *
 * <p>A number of 15 significant digits or more states the double that it is read as. One of fewer digits states the
 * result rounded to those digits, a whole number and a zero the result itself. After an equals sign, as in
 * {@code -log 0.1 = 2.302585092994046}, a number states the real result, of which the digits and the double that is
 * computed are both roundings.
 */
final class StatedResult {

    private static final int DIGITS_OF_A_DOUBLE = 15;

    private static final String WHOLE = "[-+]?\\d+";
    private static final String DECIMAL = "[-+]?(?:\\d+\\.\\d+(?:[eE][-+]?\\d+)?|\\d+[eE][-+]?\\d+|NaN|Infinity)";
    private static final String NUMBER = "(?:" + DECIMAL + "|" + WHOLE + ")";
    private static final String LIST = "\\{\\s*(?:" + NUMBER + "(?:\\s*,\\s*" + NUMBER + ")*)?\\s*\\}";
    private static final String STRING = "\"[^\"]*\"";

    /** These are results whatever words follow. */
    private static final Pattern CLEAR =
            Pattern.compile("(" + DECIMAL + "|" + LIST + "|" + STRING + ")(?:[\\s,;:(].*)?");
    /** These are results alone or before a remark; "10 classes" and "true class" are words. */
    private static final Pattern MEANT = Pattern.compile("(" + WHOLE + "|true|false|null)(?:[,;:]\\s.*|\\s\\(.*)?");

    private static final Pattern LOOKS_LIKE_ONE = Pattern.compile("(?:[-+]?\\d*\\.\\d|\\{\\s*[-+\\d]|\").*");
    private static final Pattern EQUALS_SIGN = Pattern.compile("(?<![<>=!])=(?!=)");

    private final String literal;
    private final boolean real;

    private StatedResult(String literal, boolean real) {
        this.literal = literal;
        this.real = real;
    }

    /**
     * The result that a comment states, if it does.
     *
     * @throws IllegalArgumentException if the comment looks like a result but cannot be read as one
     */
    static Optional<StatedResult> in(String comment) {
        String afterEquals = afterLastEqualsSign(comment);
        for (String candidate : new String[] {comment, afterEquals}) {
            for (Pattern pattern : new Pattern[] {CLEAR, MEANT}) {
                Matcher matcher = pattern.matcher(candidate);
                if (matcher.matches()) {
                    return Optional.of(new StatedResult(matcher.group(1), !candidate.equals(comment)));
                }
            }
        }
        if (LOOKS_LIKE_ONE.matcher(comment).matches() || LOOKS_LIKE_ONE.matcher(afterEquals).matches()) {
            throw new IllegalArgumentException("looks like a result, but cannot be read as one: " + comment);
        }
        return Optional.empty();
    }

    private static String afterLastEqualsSign(String comment) {
        String[] parts = EQUALS_SIGN.split(comment, -1);
        return parts[parts.length - 1].strip();
    }

    /** Whether this states what was computed. */
    boolean isMetBy(Object computed) {
        return switch (literal.charAt(0)) {
            case '{' -> computed != null && computed.getClass().isArray() && isMetByArray(computed);
            case '"' -> literal.equals("\"" + computed + "\"");
            case 't', 'f', 'n' -> literal.equals(Objects.toString(computed));
            default -> computed instanceof Number number && isMetBy(literal, number.doubleValue());
        };
    }

    private boolean isMetByArray(Object array) {
        String inside = literal.substring(1, literal.length() - 1).strip();
        String[] numbers = inside.isEmpty() ? new String[0] : inside.split("\\s*,\\s*");
        if (numbers.length != Array.getLength(array)) {
            return false;
        }
        for (int i = 0; i < numbers.length; i++) {
            if (!(Array.get(array, i) instanceof Number number) || !isMetBy(numbers[i], number.doubleValue())) {
                return false;
            }
        }
        return true;
    }

    private boolean isMetBy(String stated, double computed) {
        double read = Double.parseDouble(stated);
        if (Double.compare(read, computed) == 0) {
            return true;
        }
        if (read == 0 || !Double.isFinite(read) || !Double.isFinite(computed) || stated.matches(WHOLE)) {
            return false;
        }
        BigDecimal digits = new BigDecimal(stated);
        if (!real && digits.precision() >= DIGITS_OF_A_DOUBLE) {
            return false;
        }
        BigDecimal roundings = real ? digits.ulp().add(new BigDecimal(Math.ulp(computed))) : digits.ulp();
        BigDecimal difference = new BigDecimal(computed).subtract(digits).abs();
        return difference.multiply(BigDecimal.valueOf(2)).compareTo(roundings) <= 0;
    }

    /** A computed value as a message shows it. */
    static String show(Object computed) {
        if (computed instanceof double[] array) {
            return Arrays.toString(array).replace('[', '{').replace(']', '}');
        }
        if (computed instanceof int[] array) {
            return Arrays.toString(array).replace('[', '{').replace(']', '}');
        }
        return computed instanceof String ? "\"" + computed + "\"" : Objects.toString(computed);
    }

    @Override
    public String toString() {
        return literal;
    }
}
