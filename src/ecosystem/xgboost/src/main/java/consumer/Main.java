package consumer;

import ml.dmlc.xgboost4j.java.XGBoostError;

/** Trains with the library's losses, and compares with XGBoost's own objectives. */
final class Main {

    public static void main(String[] args) throws XGBoostError {
        new DigitsExperiment().run();
        new DiabetesExperiment().run();
        new EightsExperiment().run();
    }

    private Main() {
    }
}
