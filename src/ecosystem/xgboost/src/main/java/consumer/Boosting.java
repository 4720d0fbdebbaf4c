package consumer;

import java.util.HashMap;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.IObjective;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/** Trains on some rows and predicts others. */
final class Boosting {

    private final Map<String, Object> parameters = new HashMap<>(Map.of("nthread", 1, "base_score", 0));
    private final int rounds;

    Boosting(int rounds) {
        this.rounds = rounds;
    }

    Boosting with(String parameter, Object value) {
        parameters.put(parameter, value);
        return this;
    }

    /** The margins of the test's rows, end to end; the objective is null where a parameter names one of XGBoost's. */
    float[] margins(DMatrix training, DMatrix test, IObjective objective) throws XGBoostError {
        Booster booster = XGBoost.train(training, parameters, rounds, Map.of(), objective, null);
        try {
            return flat(booster.predict(test, true));
        } finally {
            booster.dispose();
        }
    }

    /** Rows end to end, as the library has them. */
    static float[] flat(float[][] rows) {
        int columns = rows[0].length;
        float[] flat = new float[rows.length * columns];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(rows[row], 0, flat, row * columns, columns);
        }
        return flat;
    }
}
