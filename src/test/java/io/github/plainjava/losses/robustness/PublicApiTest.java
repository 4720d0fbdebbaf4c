package io.github.plainjava.losses.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What callers compile against, line by line as it is committed. A change that is meant is taken by copying
 * {@code target/public-api.txt} over the committed list, and is then seen in review; whether it breaks callers of a
 * release, japicmp says.
 */
class PublicApiTest {

    private static final String PACKAGE = "io.github.plainjava.losses.";

    private static final Path NOW = Path.of("target", "public-api.txt");

    @Test
    void thePublicApiIsTheOneThatIsCommitted() throws Exception {
        List<String> now = new ArrayList<>();
        for (Class<?> type : WorkloadTest.publicTypes().stream()
                .sorted(Comparator.comparing(Class::getName))
                .toList()) {
            now.add(type.toGenericString() + parents(type));
            members(type).map(member -> "    " + member).sorted().forEach(now::add);
        }
        now.replaceAll(line -> line.replace(PACKAGE, ""));
        Files.createDirectories(NOW.getParent());
        Files.write(NOW, now);

        List<String> committed = committed();
        assertThat(committed).hasSizeGreaterThan(200);
        assertThat(without(now, committed)).as("what %s has and the committed list has not", NOW).isEmpty();
        assertThat(without(committed, now)).as("what the committed list has and %s has not", NOW).isEmpty();
    }

    private static List<String> without(List<String> list, List<String> other) {
        List<String> rest = new ArrayList<>(list);
        rest.removeAll(other);
        return rest;
    }

    /** All that a caller can assign it to, also by way of a class that is not public. */
    private static String parents(Class<?> type) {
        return supertypes(type)
                .filter(parent -> parent != type && parent != Object.class && Modifier.isPublic(parent.getModifiers()))
                .map(Class::getName)
                .distinct()
                .sorted()
                .collect(Collectors.joining(", ", " : ", ""));
    }

    private static Stream<Class<?>> supertypes(Class<?> type) {
        Stream<Class<?>> parents = Stream.concat(Stream.ofNullable(type.getSuperclass()), Stream.of(type.getInterfaces()));
        return Stream.concat(Stream.of(type), parents.flatMap(PublicApiTest::supertypes));
    }

    private static Stream<String> members(Class<?> type) {
        Stream<Executable> executables =
                Stream.concat(Stream.of(type.getDeclaredConstructors()), Stream.of(type.getDeclaredMethods()));
        return Stream.concat(
                executables.filter(e -> isSeen(e.getModifiers()) && !e.isSynthetic()).map(Executable::toGenericString),
                Stream.of(type.getDeclaredFields()).filter(f -> isSeen(f.getModifiers())).map(Field::toGenericString));
    }

    private static boolean isSeen(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static List<String> committed() throws IOException {
        try (InputStream list = PublicApiTest.class.getResourceAsStream("public-api.txt")) {
            assertThat(list).as("the committed list").isNotNull();
            return new String(list.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
