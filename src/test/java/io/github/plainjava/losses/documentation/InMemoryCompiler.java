package io.github.plainjava.losses.documentation;

import com.sun.source.util.JavacTask;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles one source file for Java 17 against this program's class path; nothing touches the disk. */
final class InMemoryCompiler {

    private static final JavaCompiler JAVAC = ToolProvider.getSystemJavaCompiler();
    private static final List<String> OPTIONS =
            List.of("--release", "17", "-proc:none", "-classpath", System.getProperty("java.class.path"));

    /** One for all, because opening the class path is most of the time that a small file takes. */
    private static final StandardJavaFileManager FILES = JAVAC.getStandardFileManager(null, null, null);

    private final String className;
    private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();
    private final DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();

    /** The compiler of a source file that holds a public class of this name. */
    InMemoryCompiler(String className) {
        this.className = className;
    }

    /** A task for parsing alone, which needs no class path. */
    JavacTask parser(String source) {
        return task(source, List.of("-proc:none"));
    }

    /** Compiles; whether there was no error. */
    boolean compile(String source) {
        return task(source, OPTIONS).call();
    }

    private JavacTask task(String source, List<String> options) {
        List<Source> sources = List.of(new Source(className, source));
        return (JavacTask) JAVAC.getTask(null, files(), diagnostics, options, null, sources);
    }

    List<Diagnostic<? extends JavaFileObject>> errors() {
        return diagnostics.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .toList();
    }

    /** A class of the source, once compiled. */
    Class<?> load(String qualifiedName) throws ClassNotFoundException {
        return new ClassLoader(InMemoryCompiler.class.getClassLoader()) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                ByteArrayOutputStream bytes = classes.get(name);
                if (bytes == null) {
                    throw new ClassNotFoundException(name);
                }
                return defineClass(name, bytes.toByteArray(), 0, bytes.size());
            }
        }.loadClass(qualifiedName);
    }

    private JavaFileManager files() {
        return new ForwardingJavaFileManager<JavaFileManager>(FILES) {
            @Override
            public JavaFileObject getJavaFileForOutput(
                    Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
                return new Output(name);
            }
        };
    }

    private static final class Source extends SimpleJavaFileObject {

        private final String source;

        Source(String className, String source) {
            super(URI.create("memory:///" + className + Kind.SOURCE.extension), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }
    }

    private final class Output extends SimpleJavaFileObject {

        private final String name;

        Output(String name) {
            super(URI.create("memory:///" + name + Kind.CLASS.extension), Kind.CLASS);
            this.name = name;
        }

        @Override
        public OutputStream openOutputStream() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            classes.put(name, bytes);
            return bytes;
        }
    }
}
