package consumer;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Kryo.DefaultInstantiatorStrategy;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import org.objenesis.strategy.InstantiatorStrategy;
import org.objenesis.strategy.StdInstantiatorStrategy;
import java.util.LinkedHashMap;
import java.util.Map;

/** As Flink 1 sets Kryo 2 up, by constructors where there are some, and in the other two ways to make objects. */
final class Main {

    public static void main(String[] args) {
        Map<String, Object> all = new LinkedHashMap<>(Samples.fresh());
        all.putAll(Samples.freshBatches());
        Kryo withoutConstructor = kryo(new StdInstantiatorStrategy());
        Samples.send("without a constructor", all, object -> copy(withoutConstructor, object));
        DefaultInstantiatorStrategy constructorOrNot = new DefaultInstantiatorStrategy();
        constructorOrNot.setFallbackInstantiatorStrategy(new StdInstantiatorStrategy());
        Kryo byConstructorOrNot = kryo(constructorOrNot);
        Samples.send("by its constructor if it has one", all, object -> copy(byConstructorOrNot, object));
        Kryo byConstructor = kryo(null);
        Samples.send("by its constructor", Samples.fresh(), object -> copy(byConstructor, object));
        Samples.sendOrFail("by its constructor", Samples.freshBatches(), object -> copy(byConstructor, object));
        Samples.send("copied", all, withoutConstructor::copy);
        sharedObjectsStayShared(withoutConstructor);
    }

    private static void sharedObjectsStayShared(Kryo kryo) {
        Object loss = Samples.freshBatches().values().iterator().next();
        Object[] copy = (Object[]) copy(kryo, new Object[] {loss, loss});
        Samples.require(copy[0] == copy[1] && copy[0].equals(loss), "one object became two");
    }

    private static Kryo kryo(InstantiatorStrategy strategy) {
        Kryo kryo = new Kryo();
        kryo.setRegistrationRequired(false);
        kryo.setReferences(true);
        if (strategy != null) {
            kryo.setInstantiatorStrategy(strategy);
        }
        return kryo;
    }

    private static Object copy(Kryo kryo, Object object) {
        Output output = new Output(1 << 10, -1);
        kryo.writeClassAndObject(output, object);
        return kryo.readClassAndObject(new Input(output.toBytes()));
    }

    private Main() {
    }
}
