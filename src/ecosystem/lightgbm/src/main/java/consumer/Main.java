package consumer;

import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMDataset;
import io.github.metarank.lightgbm4j.LGBMException;
import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.Softmax;

/** Trains with the library's softmax loss, and compares with LightGBM's own objective multiclass. */
final class Main {

    private static final int ROUNDS = 30;
    private static final String PARAMETERS = "num_class=10 num_leaves=15 learning_rate=0.3 boost_from_average=false"
            + " num_threads=1 deterministic=true force_row_wise=true verbosity=-1 objective=";
    /** LightGBM's own multiclass multiplies second derivatives by it. */
    private static final double FACTOR = Digits.CLASSES / (Digits.CLASSES - 1.0);
    private static final int TRAINING = 0;
    private static final int TEST = 1;

    public static void main(String[] args) throws LGBMException {
        double builtIn = builtIn();
        double own = own();
        System.out.println("log loss of 359 digits: multiclass " + builtIn + ", Softmax " + own);
        Check.atMost(Math.abs(own - builtIn), 0.001, builtIn, "the difference from multiclass");
    }

    private static double builtIn() throws LGBMException {
        String parameters = PARAMETERS + "multiclass";
        try (LGBMDataset training = dataset(Digits.training(), parameters, null);
                LGBMDataset test = dataset(Digits.test(), parameters, training);
                LGBMBooster booster = LGBMBooster.create(training, parameters)) {
            booster.addValidData(test);
            for (int round = 0; round < ROUNDS; round++) {
                booster.updateOneIter();
            }
            double[] probabilities = byRow(booster.getPredict(TEST));
            return Batch.of(new CrossEntropy(), Digits.CLASSES).value(probabilities, Digits.test().labels());
        }
    }

    private static double own() throws LGBMException {
        String parameters = PARAMETERS + "none";
        int[] labels = Digits.training().labels();
        Batch batch = Batch.of(new Softmax(), Digits.CLASSES).summed();
        try (LGBMDataset training = dataset(Digits.training(), parameters, null);
                LGBMDataset test = dataset(Digits.test(), parameters, training);
                LGBMBooster booster = LGBMBooster.create(training, parameters)) {
            booster.addValidData(test);
            for (int round = 0; round < ROUNDS; round++) {
                double[] scores = byRow(booster.getPredict(TRAINING));
                double[] gradient = new double[scores.length];
                double[] hessian = new double[scores.length];
                batch.valueGradientAndHessian(scores, labels, gradient, hessian);
                booster.updateOneIterCustom(byClass(gradient, 1), byClass(hessian, FACTOR));
            }
            double[] logits = byRow(booster.getPredict(TEST));
            return Batch.of(new Softmax(), Digits.CLASSES).value(logits, Digits.test().labels());
        }
    }

    private static LGBMDataset dataset(Digits digits, String parameters, LGBMDataset like) throws LGBMException {
        LGBMDataset dataset =
                LGBMDataset.createFromMat(digits.floats(), digits.count(), Digits.PIXELS, true, parameters, like);
        dataset.setField("label", digits.floatLabels());
        return dataset;
    }

    /** LightGBM keeps all rows' scores of the first class before those of the second; the library has rows. */
    private static double[] byRow(double[] byClass) {
        int rows = byClass.length / Digits.CLASSES;
        double[] byRow = new double[byClass.length];
        for (int i = 0; i < byRow.length; i++) {
            byRow[i] = byClass[i % Digits.CLASSES * rows + i / Digits.CLASSES];
        }
        return byRow;
    }

    private static float[] byClass(double[] byRow, double factor) {
        int rows = byRow.length / Digits.CLASSES;
        float[] byClass = new float[byRow.length];
        for (int i = 0; i < byRow.length; i++) {
            byClass[i % Digits.CLASSES * rows + i / Digits.CLASSES] = (float) (factor * byRow[i]);
        }
        return byClass;
    }

    private Main() {
    }
}
