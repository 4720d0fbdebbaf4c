package io.github.plainjava.losses.documentation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a running block computed where it states a result. Public, because the block calls it from its own package. */
public final class Results {

    private static final Map<Integer, List<Object>> COMPUTED = new HashMap<>();

    private Results() {}

    static synchronized void clear() {
        COMPUTED.clear();
    }

    /**
     * Takes note of a value.
     *
     * @param <T>     its type
     * @param comment the number of the comment that states it
     * @param value   what was computed
     * @return the value
     */
    public static synchronized <T> T computed(int comment, T value) {
        Object copy = value;
        if (value instanceof double[] array) {
            copy = array.clone(); // the block may write into it later
        }
        COMPUTED.computeIfAbsent(comment, number -> new ArrayList<>()).add(copy);
        return value;
    }

    static synchronized List<Object> of(int comment) {
        return List.copyOf(COMPUTED.getOrDefault(comment, List.of()));
    }
}
