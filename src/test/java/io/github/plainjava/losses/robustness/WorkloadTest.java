package io.github.plainjava.losses.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.Softmax;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodType;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the fingerprint and the soak promise for "every public method" is that, also after one is added. */
class WorkloadTest {

    private static final String PACKAGE = "io.github.plainjava.losses";

    @Test
    void everyPublicMethodOfTheLibraryIsCalled() throws Exception {
        Set<String> called = calledMethods();
        Set<String> missing = new TreeSet<>();
        for (Class<?> type : publicTypes()) {
            List<Executable> executables = new ArrayList<>(List.of(type.getDeclaredMethods()));
            executables.addAll(List.of(type.getConstructors()));
            for (Executable executable : executables) {
                String signature = signature(executable);
                if (Modifier.isPublic(executable.getModifiers())
                        && !executable.isSynthetic()
                        && typesOf(type).stream().noneMatch(owner -> called.contains(owner + "." + signature))) {
                    missing.add(type.getSimpleName() + "." + signature);
                }
            }
        }
        assertThat(called).isNotEmpty();
        assertThat(missing).isEmpty();
    }

    static List<Class<?>> publicTypes() throws Exception {
        Path folder = Path.of(Softmax.class.getResource("Softmax.class").toURI()).getParent();
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".class") && !name.equals("package-info.class")) {
                    types.add(Class.forName(PACKAGE + "." + name.replace(".class", "")));
                }
            }
        }
        types.removeIf(type -> !Modifier.isPublic(type.getModifiers()));
        return types;
    }

    /** A method may be called on its class or, as losses mostly are, on an interface or superclass that declares it. */
    private static Set<String> typesOf(Class<?> type) {
        Set<String> types = new HashSet<>();
        types.add(type.getName().replace('.', '/'));
        for (Class<?> parent : type.getInterfaces()) {
            types.addAll(typesOf(parent));
        }
        if (type.getSuperclass() != null) {
            types.addAll(typesOf(type.getSuperclass()));
        }
        return types;
    }

    private static String signature(Executable executable) {
        Class<?> result = executable instanceof Method method ? method.getReturnType() : void.class;
        String name = executable instanceof Method ? executable.getName() : "<init>";
        return name + MethodType.methodType(result, executable.getParameterTypes()).toMethodDescriptorString();
    }

    /** All methods that the class file refers to, as owner.name(parameters)result. */
    private static Set<String> calledMethods() throws IOException {
        Set<String> called = new HashSet<>();
        List<Class<?>> callers = new ArrayList<>(List.of(Workload.class.getDeclaredClasses()));
        callers.add(Workload.class);
        for (Class<?> type : callers) {
            try (InputStream file = type.getResourceAsStream(type.getName().replaceFirst(".*\\.", "") + ".class")) {
                called.addAll(references(new DataInputStream(file)));
            }
        }
        return called;
    }

    /** Reads a constant pool, JVM specification 4.4. */
    private static Set<String> references(DataInputStream file) throws IOException {
        file.skipNBytes(8);
        int size = file.readUnsignedShort();
        Object[] pool = new Object[size];
        for (int i = 1; i < size; i++) {
            int tag = file.readUnsignedByte();
            switch (tag) {
                case 1 -> pool[i] = file.readUTF();
                case 3, 4 -> file.skipNBytes(4);
                case 5, 6 -> {
                    file.skipNBytes(8);
                    i++; // takes up two entries
                }
                case 7, 8, 16, 19, 20 -> pool[i] = new int[] {file.readUnsignedShort()};
                case 9, 10, 11, 12, 17, 18 ->
                    pool[i] = new int[] {file.readUnsignedShort(), file.readUnsignedShort(), tag};
                case 15 -> file.skipNBytes(3);
                default -> throw new IOException("constant pool tag " + tag);
            }
        }
        Set<String> references = new HashSet<>();
        for (Object entry : pool) {
            boolean isMethod = entry instanceof int[] ints && ints.length == 3 && (ints[2] == 10 || ints[2] == 11);
            if (isMethod) {
                int[] reference = (int[]) entry;
                int[] nameAndType = (int[]) pool[reference[1]];
                Object owner = pool[((int[]) pool[reference[0]])[0]];
                references.add(owner + "." + pool[nameAndType[0]] + pool[nameAndType[1]]);
            }
        }
        return references;
    }
}
