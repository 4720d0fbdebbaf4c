package consumer;

import io.github.plainjava.losses.LossFunction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** The library is a bundle that resolves, offers its package to another, and offers no other package. */
final class Main {

    private static final String PACKAGE = "io.github.plainjava.losses";

    public static void main(String[] args) throws Exception {
        URI library = LossFunction.class.getProtectionDomain().getCodeSource().getLocation().toURI();
        exportsWhatTheModuleExports(Path.of(library));
        Path cache = Files.createTempDirectory(Path.of("target"), "bundles");
        Framework framework = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow()
                .newFramework(Map.of(Constants.FRAMEWORK_STORAGE, cache.toString()));
        framework.start();
        try {
            Bundle losses = framework.getBundleContext().installBundle(library.toString());
            losses.start();
            require(losses.getState() == Bundle.ACTIVE, "the bundle is not active");
            require(losses.getSymbolicName().equals(PACKAGE), "the bundle is " + losses.getSymbolicName());
            require(losses.getVersion().toString().equals(args[0].replace('-', '.')),
                    "the version is " + losses.getVersion());
            computesForABundleThatImportsIt(framework, losses);
        } finally {
            framework.stop();
            framework.waitForStop(10_000);
        }
    }

    private static void exportsWhatTheModuleExports(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            String exported = file.getManifest().getMainAttributes().getValue(Constants.EXPORT_PACKAGE);
            List<String> bundle = Arrays.stream(exported.split(",")).map(entry -> entry.replaceFirst(";.*", "")).toList();
            ModuleDescriptor module = ModuleDescriptor.read(file.getInputStream(file.getEntry("module-info.class")));
            List<String> exports = module.exports().stream().map(ModuleDescriptor.Exports::source).sorted().toList();
            require(bundle.stream().sorted().toList().equals(exports), bundle + " for the module's " + exports);
        }
    }

    private static void computesForABundleThatImportsIt(Framework framework, Bundle losses) throws Exception {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        headers.putValue(Constants.BUNDLE_SYMBOLICNAME, "importer");
        headers.putValue(Constants.IMPORT_PACKAGE, PACKAGE);
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        new JarOutputStream(jar, manifest).close();
        Bundle importer = framework.getBundleContext()
                .installBundle("importer", new ByteArrayInputStream(jar.toByteArray()));
        importer.start();
        Class<?> softmax = importer.loadClass(PACKAGE + ".Softmax");
        require(softmax == losses.loadClass(PACKAGE + ".Softmax") && softmax != io.github.plainjava.losses.Softmax.class,
                "the class is not that of the bundle");
        Object loss = softmax.getConstructor().newInstance();
        Object value = softmax.getMethod("value", double[].class, int.class).invoke(loss, new double[] {40, 0}, 0);
        require(value.equals(4.248354255291589E-18), "the loss of [40, 0] is " + value);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    private Main() {
    }
}
