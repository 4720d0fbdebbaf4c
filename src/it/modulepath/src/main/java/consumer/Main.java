package consumer;

import io.github.plainjava.losses.Softmax;
import java.lang.module.ModuleDescriptor.Requires;
import java.util.Set;
import java.util.stream.Collectors;

/** Runs as a named module; in the image, where it is called with an argument, nothing but the three modules exists. */
final class Main {

    public static void main(String[] args) {
        Module library = Softmax.class.getModule();
        require(library.isNamed(), "the library is not a named module");
        require(names(library).equals(Set.of("java.base")), "the library requires " + names(library));
        if (args.length > 0) {
            Set<String> image = ModuleLayer.boot().modules().stream().map(Module::getName).collect(Collectors.toSet());
            require(image.equals(Set.of("consumer", library.getName(), "java.base")), "the image holds " + image);
        }
        double loss = new Softmax().value(new double[] {0, 0, 0, 0}, 3);
        require(Math.abs(loss - Math.log(4)) <= 2 * Math.ulp(loss), "the loss of four equal logits is " + loss);
    }

    private static Set<String> names(Module module) {
        return module.getDescriptor().requires().stream().map(Requires::name).collect(Collectors.toSet());
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    private Main() {
    }
}
