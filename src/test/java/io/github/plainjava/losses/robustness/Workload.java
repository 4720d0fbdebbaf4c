package io.github.plainjava.losses.robustness;

import io.github.plainjava.losses.Batch;
import io.github.plainjava.losses.BinaryCrossEntropy;
import io.github.plainjava.losses.Brier;
import io.github.plainjava.losses.ClassificationLoss;
import io.github.plainjava.losses.CrossEntropy;
import io.github.plainjava.losses.ElementwiseLoss;
import io.github.plainjava.losses.ExactSums;
import io.github.plainjava.losses.Focal;
import io.github.plainjava.losses.Gamma;
import io.github.plainjava.losses.GradientCheck;
import io.github.plainjava.losses.Hinge;
import io.github.plainjava.losses.Huber;
import io.github.plainjava.losses.Information;
import io.github.plainjava.losses.LogCosh;
import io.github.plainjava.losses.LossFunction;
import io.github.plainjava.losses.LossMean;
import io.github.plainjava.losses.LossStatistics;
import io.github.plainjava.losses.MeanAbsoluteError;
import io.github.plainjava.losses.MeanSquaredError;
import io.github.plainjava.losses.OneHot;
import io.github.plainjava.losses.Pinball;
import io.github.plainjava.losses.Poisson;
import io.github.plainjava.losses.PseudoHuber;
import io.github.plainjava.losses.SecondOrderClassificationLoss;
import io.github.plainjava.losses.SecondOrderLoss;
import io.github.plainjava.losses.Sigmoid;
import io.github.plainjava.losses.Softmax;
import io.github.plainjava.losses.SoftmaxDivergence;
import io.github.plainjava.losses.Tweedie;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The whole public API put to a fixed set of inputs. All losses and inputs are made beforehand and only read
 * afterwards, so that any number of threads may run the parts of one workload at once.
 */
final class Workload {

    /** Longer rows meet one loss of each kind, with options or without: the interpreter has to be done in time too. */
    private static final int WITH_ALL_LOSSES = 40;

    /** A check costs as many values as the row is long. */
    private static final int CHECKED_GRADIENTS = 8;

    /** Rows up to this length are some, and those between two others, of which there are few. */
    private static final int SHORT = 24;

    private static final int LONG = 200;
    private static final int TOO_LONG = 2000;

    private static final int IGNORED = -100;
    private static final long SEED = 0x6c6f73736573L;

    private final List<Row> rows = new ArrayList<>();
    /** Few enough for the interpreter, for what goes through the same code for rows of any length. */
    private final List<Row> someRows = new ArrayList<>();
    private final List<Rows> batches = new ArrayList<>();

    /**
     * A workload of single rows and of batches.
     *
     * @param lengths one row of each
     * @param columns one batch of rows of each
     * @param elementsOfABatch about as many
     */
    Workload(int[] lengths, int[] columns, int elementsOfABatch) {
        Inputs inputs = new Inputs(SEED);
        for (int length : lengths) {
            rows.add(new Row(inputs, length));
            if (length <= SHORT || length >= LONG && length < TOO_LONG) {
                someRows.add(rows.get(rows.size() - 1));
            }
        }
        for (int n : columns) {
            batches.add(new Rows(inputs, 2 + inputs.below(2 * elementsOfABatch / n), n));
        }
    }

    /** The parts by name; each puts all the numbers that it gets into the bits. */
    Map<String, Consumer<Bits>> parts() {
        Map<String, Consumer<Bits>> parts = new LinkedHashMap<>();
        parts.put("MeanSquaredError", this::meanSquaredError);
        parts.put("Huber", this::huber);
        parts.put("MeanAbsoluteError", this::meanAbsoluteError);
        parts.put("PseudoHuber", this::pseudoHuber);
        parts.put("LogCosh", this::logCosh);
        parts.put("Pinball", this::pinball);
        parts.put("Sigmoid", this::sigmoid);
        parts.put("BinaryCrossEntropy", this::binaryCrossEntropy);
        parts.put("Focal", this::focal);
        parts.put("Poisson, Gamma, Tweedie", this::deviances);
        parts.put("CrossEntropy", this::crossEntropy);
        parts.put("Brier", this::brier);
        parts.put("Hinge", this::hinge);
        parts.put("Softmax, the loss", this::softmaxLoss);
        parts.put("Softmax, the functions", this::softmaxFunctions);
        parts.put("Softmax, the functions of rows at once", this::rowsAtOnce);
        parts.put("Softmax, the functions of floats", this::functionsOfFloats);
        parts.put("Softmax, the entropy", this::entropyOfSoftmax);
        parts.put("Softmax, the Jacobian", this::softmaxJacobian);
        parts.put("SoftmaxDivergence", this::softmaxDivergence);
        parts.put("OneHot", this::oneHot);
        parts.put("OneHot, of rows at once", this::decodedRows);
        parts.put("Information", this::information);
        parts.put("Information, Jensen-Shannon", this::jensenShannon);
        parts.put("LossFunction and ClassificationLoss of one's own", this::ownLosses);
        parts.put("Batch, labels", this::batchOfLabels);
        parts.put("Batch, targets", this::batchOfTargets);
        parts.put("Batch, parallel", this::parallelBatch);
        parts.put("Batch, floats", this::batchOfFloats);
        parts.put("Batch, some rows", this::someRowsOfABatch);
        parts.put("Batch, second derivatives", this::secondDerivatives);
        parts.put("LossMean", this::lossMean);
        parts.put("ExactSums", this::exactSums);
        parts.put("LossStatistics", this::lossStatistics);
        parts.put("GradientCheck", this::gradientCheck);
        parts.put("GradientCheck, labels of a batch and precision", this::gradientCheckOfBatch);
        return parts;
    }

    private void meanSquaredError(Bits bits) {
        MeanSquaredError loss = new MeanSquaredError();
        for (Row row : someRows) {
            addElementwise(bits, loss, loss.skippingMissing(), row.values, row.others);
        }
    }

    private void huber(Bits bits) {
        for (Row row : someRows) {
            Huber loss = row.length % 2 == 0 ? new Huber() : new Huber().withThreshold(row.factor);
            addElementwise(bits, loss, loss.skippingMissing(), row.values, row.others);
        }
    }

    private void meanAbsoluteError(Bits bits) {
        MeanAbsoluteError loss = new MeanAbsoluteError();
        for (Row row : someRows) {
            addElementwise(bits, loss, loss.skippingMissing(), row.values, row.others);
        }
    }

    private void pseudoHuber(Bits bits) {
        for (Row row : someRows) {
            PseudoHuber loss = row.length % 2 == 0 ? new PseudoHuber() : new PseudoHuber().withScale(row.factor);
            addElementwise(bits, loss, loss.skippingMissing(), row.values, row.others);
        }
    }

    private void logCosh(Bits bits) {
        LogCosh loss = new LogCosh();
        for (Row row : someRows) {
            addElementwise(bits, loss, loss.skippingMissing(), row.values, row.others);
        }
    }

    private void pinball(Bits bits) {
        for (Row row : someRows) {
            double[] levels = new double[row.length % 2 == 0 ? row.length : 1];
            Arrays.setAll(levels, i -> (i % 15 + 1) / 16.5);
            Pinball loss = new Pinball(levels);
            addElementwise(bits, loss, loss.skippingMissing(), row.values, row.others);
        }
    }

    private void sigmoid(Bits bits) {
        for (Row row : someRows) {
            double[] y = shares(row.values);
            Sigmoid loss = row.length % 2 == 0
                    ? new Sigmoid()
                    : new Sigmoid().withPositiveWeights(row.factor).withLabelSmoothing(Math.max(0.125, y[0]));
            addElementwise(bits, loss, loss.skippingMissing(), row.logits, y);
            for (double z : row.logits) {
                bits.add(Sigmoid.sigmoid(z));
                bits.add(Sigmoid.logSigmoid(z));
                bits.add(Sigmoid.softplus(z));
                bits.add(Sigmoid.logit(Sigmoid.sigmoid(z)));
            }
            double[] results = row.logits.clone();
            Sigmoid.softplus(results, results);
            bits.add(results);
            Sigmoid.logSigmoid(row.logits, results);
            bits.add(results);
            Sigmoid.sigmoid(row.logits, results);
            bits.add(results);
            Sigmoid.logit(results, results);
            bits.add(results);
        }
    }

    private void binaryCrossEntropy(Bits bits) {
        for (Row row : someRows) {
            double[] y = shares(row.values);
            BinaryCrossEntropy loss = row.length % 2 == 0
                    ? new BinaryCrossEntropy()
                    : new BinaryCrossEntropy().withPositiveWeights(row.factor).withLabelSmoothing(Math.max(0.125, y[0])).withFloor(1e-3);
            addElementwise(bits, loss, loss.skippingMissing(), row.probabilities, y);
        }
    }

    private void focal(Bits bits) {
        for (Row row : someRows) {
            Focal loss = row.length % 2 == 0
                    ? new Focal()
                    : new Focal().withFocus(row.length % 9).withPositiveWeights(row.factor);
            addElementwise(bits, loss, loss.skippingMissing(), row.logits, shares(row.values));
        }
    }

    /** Numbers from 0 to 1, both included. */
    private static double[] shares(double[] values) {
        return Arrays.stream(values).map(x -> Double.isNaN(x) ? 0.5 : Math.min(1, Math.abs(x) / 8)).toArray();
    }

    private void deviances(Bits bits) {
        for (Row row : someRows) {
            double[] sizes = Arrays.stream(row.others).map(y -> Math.min(Math.abs(y), 1e300)).toArray();
            double[] amounts = Arrays.stream(sizes).map(y -> y < 0.5 ? 0 : y).toArray();
            double[] positive = Arrays.stream(sizes).map(y -> y + 0.25).toArray();
            Tweedie tweedie = new Tweedie(row.length % 2 == 0 ? 1.5 : 1.125);
            addElementwise(bits, new Poisson(), new Poisson().skippingMissing(), row.values, amounts);
            addElementwise(bits, tweedie, tweedie.skippingMissing(), row.values, amounts);
            addElementwise(bits, new Gamma(), new Gamma().skippingMissing(), row.values, positive);
        }
    }

    private void crossEntropy(Bits bits) {
        for (Row row : rows) {
            for (CrossEntropy loss : row.crossEntropies) {
                add(bits, loss, row.probabilities, row);
                bits.add(loss.toString().isEmpty());
            }
        }
    }

    private void brier(Bits bits) {
        Brier loss = new Brier();
        for (Row row : rows) {
            add(bits, loss, row.probabilities, row);
            addSecond(bits, loss, row.probabilities, row);
        }
        bits.add(loss.toString().isEmpty());
    }

    private void hinge(Bits bits) {
        for (Row row : rows) {
            Hinge plain = row.length % 2 == 0 ? new Hinge() : new Hinge().withMargin(row.factor);
            for (Hinge loss : List.of(plain, plain.squared())) {
                add(bits, loss, row.logits, row.label);
                add(bits, loss, row.logits, OneHot.encode(row.label, row.length));
                addLabelsSecond(bits, loss, row.logits, row.label);
                bits.add(loss.toString().isEmpty());
            }
            bits.add(isEqual(plain, plain.squared()));
        }
    }

    private void softmaxLoss(Bits bits) {
        for (Row row : rows) {
            for (Softmax loss : row.softmaxes) {
                add(bits, loss, row.logits, row);
                bits.add(loss.toString().isEmpty());
                bits.add(loss.probabilities(row.logits));
            }
        }
    }

    private void softmaxFunctions(Bits bits) {
        for (Row row : rows) {
            double[] z = row.logits;
            bits.add(Softmax.logSumExp(z));
            double[] inPlace = z.clone();
            Softmax.softmax(inPlace, inPlace);
            bits.addBoth(Softmax.softmax(z), inPlace);
            System.arraycopy(z, 0, inPlace, 0, z.length);
            Softmax.logSoftmax(inPlace, inPlace);
            bits.addBoth(Softmax.logSoftmax(z), inPlace);
        }
        bits.add(Softmax.logSumExp(new double[0]));
    }

    private void rowsAtOnce(Bits bits) {
        for (Rows rows : batches) {
            double[] z = rows.logits;
            double[] into = new double[z.length];
            double[] perRow = new double[z.length / rows.columns];
            Softmax.softmax(z, rows.columns, into);
            bits.add(into);
            Softmax.logSoftmax(z, rows.columns, into);
            bits.add(into);
            Softmax.logSumExp(z, rows.columns, perRow);
            bits.add(perRow);
            rows.softmax.probabilities(z, rows.columns, into);
            bits.add(into);
        }
        for (Row row : rows) {
            double[] inPlace = row.logits.clone();
            row.softmaxes.get(0).probabilities(inPlace, inPlace);
            bits.add(inPlace);
        }
    }

    private void functionsOfFloats(Bits bits) {
        for (Rows rows : batches) {
            float[] z = floats(rows.logits);
            float[] into = new float[z.length];
            float[] perRow = new float[z.length / rows.columns];
            Softmax.softmax(z, rows.columns, into);
            add(bits, into);
            Softmax.logSoftmax(z, rows.columns, into);
            add(bits, into);
            Softmax.logSumExp(z, rows.columns, perRow);
            add(bits, perRow);
            rows.softmax.probabilities(z, rows.columns, z);
            add(bits, z);
        }
    }

    private static void add(Bits bits, float[] x) {
        for (float f : x) {
            bits.add(f);
        }
    }

    private void entropyOfSoftmax(Bits bits) {
        for (Row row : rows) {
            bits.add(Softmax.entropy(row.logits));
            double[] inPlace = row.logits.clone();
            bits.add(Softmax.entropy(inPlace, inPlace));
            bits.add(inPlace);
        }
        for (Rows rows : batches) {
            double[] perRow = new double[rows.logits.length / rows.columns];
            Softmax.entropy(rows.logits, rows.columns, perRow);
            bits.add(perRow);
        }
    }

    private void softmaxJacobian(Bits bits) {
        for (Row row : rows) {
            double[] inPlace = row.logits.clone();
            Softmax.jacobianVectorProduct(inPlace, row.values, inPlace);
            bits.addBoth(Softmax.jacobianVectorProduct(row.logits, row.values), inPlace);
        }
    }

    private void softmaxDivergence(Bits bits) {
        SoftmaxDivergence forward = new SoftmaxDivergence();
        SoftmaxDivergence reversed = forward.withTemperature(0.7).reversed();
        for (Row row : someRows) {
            double[] near = Arrays.stream(row.logits).map(z -> z * (1 + 0x1p-20)).toArray();
            for (SoftmaxDivergence loss : List.of(forward, reversed)) {
                add(bits, loss, row.logits, row.values);
                add(bits, loss, row.logits, near);
                bits.add(loss.toString().isEmpty());
            }
        }
        for (Rows rows : batches) {
            addTargets(bits, rows, Batch.of(reversed, rows.columns), rows.logits, rows.values);
        }
        bits.add(isEqual(forward, reversed.reversed().withTemperature(1)));
    }

    private void oneHot(Bits bits) {
        for (Row row : rows) {
            double[] one = OneHot.encode(row.label, row.length);
            bits.add(one);
            bits.add(OneHot.decode(one));
        }
        for (Rows batch : batches) {
            bits.add(OneHot.encode(batch.validLabels, batch.columns));
        }
    }

    private void decodedRows(Bits bits) {
        for (Rows rows : batches) {
            double[] comparable = Arrays.stream(rows.logits).map(Workload::numberOr0).toArray();
            add(bits, OneHot.decode(comparable, rows.columns));
            float[] floats = floats(comparable);
            add(bits, OneHot.decode(floats, rows.columns));
            bits.add(OneHot.decode(floats));
        }
    }

    private static void add(Bits bits, int[] labels) {
        for (int label : labels) {
            bits.add(label);
        }
    }

    /** Finite ones stay finite. */
    private static float[] floats(double[] x) {
        float[] floats = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            floats[i] = (float) (Double.isInfinite(x[i]) ? x[i] : Math.max(-1e30, Math.min(1e30, x[i])));
        }
        return floats;
    }

    private static double numberOr0(double x) {
        return Double.isNaN(x) ? 0 : x;
    }

    private void information(Bits bits) {
        for (Row row : rows) {
            double[] p = row.probabilities;
            bits.add(Information.entropy(Arrays.stream(p).map(Workload::numberOr0).toArray()));
            bits.add(Information.crossEntropy(p, row.target));
            bits.add(Information.klDivergence(p, row.target));
            for (int i = 0; i < Math.min(3, p.length); i++) {
                bits.add(Information.perplexity(20 * p[i]));
                bits.add(Information.toBits(p[i]));
            }
        }
    }

    private void jensenShannon(Bits bits) {
        for (Row row : rows) {
            double[] others = Arrays.stream(row.target).map(q -> Math.min(q, 1)).toArray();
            bits.add(Information.jensenShannon(row.probabilities, others));
            double[] near = Arrays.stream(row.probabilities).map(p -> p * (1 - 0x1p-20)).toArray();
            bits.add(Information.jensenShannon(row.probabilities, near));
        }
    }

    private void ownLosses(Bits bits) {
        for (Row row : rows) {
            add(bits, OwnLosses.ABSOLUTE_ERROR, row.values, row.others);
            add(bits, OwnLosses.HINGE, row.logits, row);
        }
        for (Rows rows : batches) {
            addLabels(bits, rows, Batch.of(OwnLosses.HINGE, rows.columns), rows.logits);
            addTargets(bits, rows, Batch.of(OwnLosses.ABSOLUTE_ERROR, rows.columns), rows.values, rows.others);
        }
    }

    private void batchOfLabels(Bits bits) {
        for (Rows rows : batches) {
            for (Batch batch : rows.onProbabilities) {
                addLabels(bits, rows, batch, rows.probabilities);
            }
            for (Batch batch : rows.onLogits) {
                addLabels(bits, rows, batch, rows.logits);
            }
        }
    }

    private void batchOfTargets(Bits bits) {
        for (Rows rows : batches) {
            for (Batch batch : rows.onProbabilities) {
                addTargets(bits, rows, batch, rows.probabilities, rows.targets);
            }
            for (Batch batch : rows.onLogits) {
                addTargets(bits, rows, batch, rows.logits, rows.targets);
            }
            addTargets(bits, rows, rows.onValues, rows.values, rows.others);
            bits.add(rows.onValues.toString().isEmpty());
        }
    }

    private void parallelBatch(Bits bits) {
        for (Rows rows : batches) {
            addLabels(bits, rows, rows.onProbabilities.get(0).parallel(), rows.probabilities);
            addLabels(bits, rows, rows.onLogits.get(0).parallel(), rows.logits);
            addTargets(bits, rows, rows.onLogits.get(0).parallel(), rows.logits, rows.targets);
            addTargets(bits, rows, rows.onValues.parallel(), rows.values, rows.others);
        }
    }

    private void batchOfFloats(Bits bits) {
        for (Rows rows : batches) {
            for (Batch batch : rows.onLogits) {
                addFloats(bits, rows, batch.ignoring(IGNORED), floats(rows.logits));
                addFloats(bits, batch, floats(rows.logits), floats(rows.targets));
            }
            addFloats(bits, rows.onValues, floats(rows.values), floats(rows.others));
        }
    }

    private static void addFloats(Bits bits, Rows rows, Batch batch, float[] logits) {
        float[] inPlace = logits.clone();
        float[] hessian = new float[logits.length];
        bits.add(batch.value(logits, rows.labels));
        bits.add(batch.valueAndGradient(inPlace, rows.labels, inPlace));
        bits.addBoth(doubles(batch.gradient(logits, rows.labels)), doubles(inPlace));
        bits.add(batch.perRow(logits, rows.labels));
        add(bits, batch.lossMean(logits, rows.labels));
        add(bits, batch.lossMeanAndGradient(logits, rows.labels, inPlace));
        bits.add(batch.valueGradientAndHessian(logits, rows.labels, inPlace, hessian));
        bits.add(doubles(inPlace));
        bits.add(doubles(hessian));
    }

    private static void addFloats(Bits bits, Batch batch, float[] predictions, float[] targets) {
        float[] inPlace = predictions.clone();
        float[] hessian = new float[predictions.length];
        bits.add(batch.value(predictions, targets));
        bits.add(batch.valueAndGradient(inPlace, targets, inPlace));
        bits.addBoth(doubles(batch.gradient(predictions, targets)), doubles(inPlace));
        bits.add(batch.perRow(predictions, targets));
        add(bits, batch.lossMean(predictions, targets));
        add(bits, batch.lossMeanAndGradient(predictions, targets, inPlace));
        bits.add(batch.valueGradientAndHessian(predictions, targets, inPlace, hessian));
        bits.add(doubles(inPlace));
        bits.add(doubles(hessian));
    }

    private static double[] doubles(float[] numbers) {
        return IntStream.range(0, numbers.length).mapToDouble(i -> numbers[i]).toArray();
    }

    private void someRowsOfABatch(Bits bits) {
        for (Rows rows : batches) {
            int end = rows.labels.length;
            double[] gradient = new double[rows.logits.length];
            for (Batch batch : rows.onLogits) {
                Batch some = batch.ignoring(IGNORED).rows(end / 3, end);
                add(bits, some.lossMeanAndGradient(rows.logits, rows.labels, gradient));
                bits.add(gradient);
                bits.add(some.perRow(rows.logits, rows.labels));
                add(bits, batch.rows(0, end / 2).lossMeanAndGradient(rows.logits, rows.targets, gradient));
                bits.add(gradient);
            }
        }
    }

    private void secondDerivatives(Bits bits) {
        for (Row row : someRows) {
            addSecond(bits, row.softmaxes.get(0), row.logits, row);
            addSecond(bits, row.crossEntropies.get(0), row.probabilities, row);
        }
        for (Rows rows : batches) {
            for (Batch batch : rows.onLogits) {
                addSecond(bits, batch.ignoring(IGNORED), batch, rows, rows.logits);
            }
            addSecond(bits, rows.onProbabilities.get(1).ignoring(IGNORED), rows.onProbabilities.get(1), rows,
                    rows.probabilities);
        }
    }

    private static void addSecond(Bits bits, SecondOrderClassificationLoss loss, double[] prediction, Row row) {
        addSecond(bits, loss, prediction, row.target);
        addLabelsSecond(bits, loss, prediction, row.label);
    }

    private static void addLabelsSecond(
            Bits bits, SecondOrderClassificationLoss loss, double[] prediction, int label) {
        double[] gradient = new double[prediction.length];
        double[] inPlace = prediction.clone();
        bits.add(loss.valueGradientAndHessian(inPlace, label, gradient, inPlace));
        bits.add(gradient);
        bits.add(inPlace);
    }

    private static void addSecond(Bits bits, Batch ofLabels, Batch ofTargets, Rows rows, double[] predictions) {
        double[] gradient = new double[predictions.length];
        double[] inPlace = predictions.clone();
        bits.add(ofLabels.valueGradientAndHessian(inPlace, rows.labels, gradient, inPlace));
        bits.add(gradient);
        bits.add(inPlace);
        bits.add(ofTargets.valueGradientAndHessian(predictions, rows.targets, gradient, inPlace));
        bits.add(gradient);
        bits.add(inPlace);
    }

    private void lossMean(Bits bits) {
        LossMean all = new LossMean();
        for (Row row : rows) {
            LossMean mean = new LossMean();
            for (int i = 0; i < row.length; i++) {
                mean.accept(row.values[i]);
                mean.accept(row.others[i], row.target[i]);
                mean.accept(row.values[i], row.target[i], row.target[row.length - 1 - i]);
            }
            add(bits, mean);
            all.combine(mean);
            LossMean same = new LossMean().combine(mean);
            LossMean ofBytes = LossMean.ofBytes(mean.toBytes());
            bits.add(isEqual(mean, same) && isEqual(mean, ofBytes) && mean.notFiniteCount() == same.notFiniteCount());
            bits.add(mean.toString().isEmpty());
            add(bits, IntStream.range(0, row.length).boxed().parallel()
                    .collect(LossMean.averaging(i -> row.others[i], i -> row.target[i])));
            add(bits, Arrays.stream(row.probabilities).boxed().collect(LossMean.averaging(loss -> loss)));
        }
        add(bits, all);
    }

    private void exactSums(Bits bits) {
        for (Row row : someRows) {
            ExactSums sums = new ExactSums(row.length);
            sums.add(row.values);
            sums.add(row.others, row.target[row.label]);
            sums.add(row.label, new double[] {row.values[0]}, row.others[0]);
            bits.add(sums.toArray());
            ExactSums same = new ExactSums(sums.size()).combine(sums);
            bits.add(isEqual(sums, same) && isEqual(sums, ExactSums.ofBytes(sums.toBytes())));
            bits.add(sums.toString().isEmpty());
            bits.add(sums.hashCode());
            bits.add(sums.combine(same).toArray());
        }
    }

    private void lossStatistics(Bits bits) {
        LossStatistics all = new LossStatistics();
        for (Row row : someRows) {
            LossStatistics statistics = new LossStatistics();
            for (int i = 0; i < row.length; i++) {
                statistics.accept(row.values[i]);
                statistics.accept(row.others[i], row.target[i]);
            }
            add(bits, statistics);
            all.combine(statistics);
            LossStatistics same = new LossStatistics().combine(statistics);
            bits.add(isEqual(statistics, same) && isEqual(statistics, LossStatistics.ofBytes(statistics.toBytes())));
            bits.add(statistics.toString().isEmpty());
            add(bits, IntStream.range(0, row.length).boxed().parallel()
                    .collect(LossStatistics.summarizing(i -> row.others[i], i -> row.target[i])));
            add(bits, Arrays.stream(row.probabilities).boxed().collect(LossStatistics.summarizing(loss -> loss)));
        }
        add(bits, all);
    }

    private void gradientCheck(Bits bits) {
        for (Row row : rows) {
            if (row.length <= CHECKED_GRADIENTS) {
                Softmax loss = row.softmaxes.get(0);
                add(bits, GradientCheck.of(loss, row.logits, row.label));
                add(bits, GradientCheck.of(loss, row.logits, row.target));
                add(bits, GradientCheck.ofHessian(loss, row.logits, row.label));
                add(bits, GradientCheck.ofHessian(loss, row.logits, row.target));
            }
        }
    }

    private static boolean isEqual(Object one, Object other) {
        return one.equals(other) && one.hashCode() == other.hashCode();
    }

    private void gradientCheckOfBatch(Bits bits) {
        for (Row row : rows) {
            if (row.length <= CHECKED_GRADIENTS) {
                Batch batch = Batch.of(row.softmaxes.get(0), row.length);
                GradientCheck check = GradientCheck.of(batch, row.logits, new int[] {row.label});
                add(bits, check);
                add(bits, check.withPrecision(0x1p-24));
            }
        }
    }

    private static void add(Bits bits, GradientCheck check) {
        bits.add(check.passes());
        bits.add(check.worstIndex());
        bits.add(check.analytic());
        bits.add(check.numeric());
        bits.add(check.tolerance());
        bits.add(check.toString().isEmpty());
    }

    private static void add(Bits bits, LossMean mean) {
        bits.add(mean.mean());
        bits.add(mean.sum());
        bits.add(mean.totalWeight());
        bits.add(mean.count());
    }

    private static void add(Bits bits, LossStatistics statistics) {
        bits.add(statistics.mean());
        bits.add(statistics.variance());
        bits.add(statistics.standardDeviation());
        bits.add(statistics.standardError());
        bits.add(statistics.minimum());
        bits.add(statistics.maximum());
        bits.add(statistics.totalWeight());
        bits.add(statistics.count());
        bits.add(statistics.notFiniteCount());
    }

    private static void add(Bits bits, LossFunction loss, double[] prediction, double[] target) {
        bits.add(loss.value(prediction, target));
        double[] inPlace = prediction.clone();
        bits.add(loss.valueAndGradient(inPlace, target, inPlace));
        bits.addBoth(loss.gradient(prediction, target), inPlace);
        bits.add(loss.weight(target));
    }

    private static void addElementwise(
            Bits bits, ElementwiseLoss loss, ElementwiseLoss skipping, double[] prediction, double[] target) {
        add(bits, loss, prediction, target);
        addSecond(bits, loss, prediction, target);
        double[] withGaps = target.clone();
        for (int i = 0; i < target.length; i += 3) {
            withGaps[i] = Double.NaN;
        }
        addSecond(bits, skipping, prediction, withGaps);
        bits.add(skipping.weight(withGaps));
        bits.add(isEqual(skipping, loss.skippingMissing()) && !loss.equals(skipping));
        bits.add(loss.toString().isEmpty());
    }

    private static void addSecond(Bits bits, SecondOrderLoss loss, double[] prediction, double[] target) {
        double[] inPlace = prediction.clone();
        double[] hessian = new double[prediction.length];
        bits.add(loss.valueGradientAndHessian(inPlace, target, inPlace, hessian));
        bits.add(inPlace);
        bits.add(hessian);
    }

    /** A short row with its label and its target, a longer one with the one or the other. */
    private static void add(Bits bits, ClassificationLoss loss, double[] prediction, Row row) {
        boolean either = row.length > WITH_ALL_LOSSES;
        if (!either || row.label % 2 == 0) {
            add(bits, loss, prediction, row.target);
        }
        if (!either || row.label % 2 == 1) {
            add(bits, loss, prediction, row.label);
        }
    }

    private static void add(Bits bits, ClassificationLoss loss, double[] prediction, int label) {
        bits.add(loss.value(prediction, label));
        double[] inPlace = prediction.clone();
        bits.add(loss.valueAndGradient(inPlace, label, inPlace));
        bits.addBoth(loss.gradient(prediction, label), inPlace);
        bits.add(loss.weight(label));
    }

    private static void addLabels(Bits bits, Rows rows, Batch all, double[] predictions) {
        Batch batch = all.ignoring(IGNORED);
        bits.add(batch.value(predictions, rows.labels));
        double[] inPlace = predictions.clone();
        bits.add(batch.valueAndGradient(inPlace, rows.labels, inPlace));
        bits.addBoth(batch.gradient(predictions, rows.labels), inPlace);
        bits.add(batch.perRow(predictions, rows.labels));
        add(bits, batch.lossMean(predictions, rows.labels));
    }

    private static void addTargets(Bits bits, Rows rows, Batch batch, double[] predictions, double[] targets) {
        bits.add(batch.value(predictions, targets));
        double[] inPlace = predictions.clone();
        bits.add(batch.valueAndGradient(inPlace, targets, inPlace));
        bits.addBoth(batch.gradient(predictions, targets), inPlace);
        bits.add(batch.perRow(predictions, targets));
        add(bits, batch.lossMean(predictions, targets));
    }

    private static CrossEntropy crossEntropy(Inputs inputs, int classes) {
        CrossEntropy loss = new CrossEntropy();
        loss = inputs.below(2) == 0 ? loss : loss.withFloor(inputs.floor());
        loss = inputs.below(2) == 0 ? loss : loss.withLabelSmoothing(inputs.below(12) == 0 ? 1e-18 : inputs.below(9) / 8.0);
        return inputs.below(2) == 0 ? loss : loss.withClassWeights(inputs.classWeights(classes));
    }

    private static Softmax softmax(Inputs inputs, int classes) {
        Softmax loss = new Softmax();
        loss = inputs.below(2) == 0 ? loss : loss.withTemperature(
                inputs.below(6) == 0 ? inputs.factor() : Math.scalb(1 + inputs.unit(), inputs.below(12) - 6));
        loss = inputs.below(2) == 0 ? loss : loss.withLabelSmoothing(inputs.unit());
        return inputs.below(2) == 0 ? loss : loss.withClassWeights(inputs.classWeights(classes));
    }

    /** A single row for each loss, and losses for its length. */
    private static final class Row {

        final int length;
        final double[] logits;
        final double[] probabilities;
        final double[] target;
        final double[] values;
        final double[] others;
        final int label;
        final double factor;
        final List<CrossEntropy> crossEntropies;
        final List<Softmax> softmaxes;

        Row(Inputs inputs, int n) {
            length = n;
            logits = inputs.logits(n);
            probabilities = inputs.probabilities(n);
            target = inputs.target(n);
            values = inputs.values(n, null);
            others = inputs.values(n, values);
            label = inputs.below(n);
            factor = new Inputs(n).factor();
            CrossEntropy crossEntropy = crossEntropy(inputs, n);
            Softmax softmax = softmax(inputs, n);
            crossEntropies = n <= WITH_ALL_LOSSES ? List.of(new CrossEntropy(), crossEntropy) : List.of(crossEntropy);
            softmaxes = n <= WITH_ALL_LOSSES ? List.of(new Softmax(), softmax) : List.of(softmax);
        }
    }

    /** The rows of a batch for each loss, and batches for their length. */
    private static final class Rows {

        final int columns;
        final double[] logits;
        final double[] probabilities;
        final double[] targets;
        final double[] values;
        final double[] others;
        final int[] validLabels;
        final int[] labels;
        final List<Batch> onProbabilities;
        final List<Batch> onLogits;
        final Batch onValues;
        final Softmax softmax;

        Rows(Inputs inputs, int rows, int n) {
            columns = n;
            logits = new double[rows * n];
            probabilities = new double[rows * n];
            targets = new double[rows * n];
            values = new double[rows * n];
            others = new double[rows * n];
            validLabels = new int[rows];
            labels = new int[rows];
            for (int r = 0; r < rows; r++) {
                System.arraycopy(inputs.logits(n), 0, logits, r * n, n);
                System.arraycopy(inputs.probabilities(n), 0, probabilities, r * n, n);
                System.arraycopy(inputs.target(n), 0, targets, r * n, n);
                double[] row = inputs.values(n, null);
                System.arraycopy(row, 0, values, r * n, n);
                System.arraycopy(inputs.values(n, row), 0, others, r * n, n);
                validLabels[r] = inputs.below(n);
                labels[r] = inputs.below(6) == 0 ? IGNORED : validLabels[r];
            }
            double[] weights = inputs.weights(rows);
            onProbabilities = List.of(
                    Batch.of(new CrossEntropy(), n),
                    Batch.of(crossEntropy(inputs, n), n).weightedBy(weights).summed());
            onLogits = List.of(
                    Batch.of(new Softmax(), n),
                    Batch.of(softmax(inputs, n), n).weightedBy(weights),
                    Batch.of(softmax(inputs, n), n).summed());
            onValues = Batch.of(new MeanSquaredError(), n).weightedBy(weights);
            softmax = new Softmax().withTemperature(n % 2 == 0 ? 1 : 0.7);
        }
    }
}
