package consumer;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;

/** Gson writes no NaN unless it is told to, and reads no interface, so that a batch is an error. */
final class Main {

    public static void main(String[] args) {
        Gson gson = new Gson();
        Gson lenient = new GsonBuilder().serializeSpecialFloatingPointValues().create();
        Samples.send("Gson", Samples.fresh(), object -> copy(lenient, object));
        int arrived = Samples.sendOrFail("Gson", Samples.fresh(), object -> copy(gson, object));
        Samples.require(arrived == Samples.fresh().size() - 6, "Gson copied " + arrived);
        for (Gson each : new Gson[] {gson, lenient}) {
            int batches = Samples.sendOrFail("Gson", Samples.freshBatches(), object -> copy(each, object));
            Samples.require(batches == 0, "Gson copied batches");
        }
    }

    private static Object copy(Gson gson, Object object) {
        return gson.fromJson(gson.toJson(object), object.getClass());
    }

    private Main() {
    }
}
