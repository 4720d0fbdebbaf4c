package consumer;

import com.oracle.labs.mlrg.olcut.provenance.ConfiguredObjectProvenance;
import com.oracle.labs.mlrg.olcut.provenance.impl.ConfiguredObjectProvenanceImpl;
import com.oracle.labs.mlrg.olcut.util.Pair;
import io.github.plainjava.losses.Softmax;
import org.tribuo.classification.sgd.LabelObjective;
import org.tribuo.math.la.DenseVector;
import org.tribuo.math.la.SGDVector;
import org.tribuo.math.util.ExpNormalizer;
import org.tribuo.math.util.VectorNormalizer;

/** The softmax loss for Tribuo, which maximises: value and gradient change their signs. */
final class SoftmaxObjective implements LabelObjective {

    private final Softmax softmax = new Softmax();

    @Override
    public Pair<Double, SGDVector> lossAndGradient(Integer label, SGDVector scores) {
        double[] gradient = new double[scores.size()];
        double loss = softmax.valueAndGradient(scores.toArray(), label, gradient);
        DenseVector uphill = DenseVector.createDenseVector(gradient);
        uphill.scaleInPlace(-1);
        return new Pair<>(-loss, uphill);
    }

    @Override
    @Deprecated
    public Pair<Double, SGDVector> valueAndGradient(int label, SGDVector scores) {
        return lossAndGradient(label, scores);
    }

    @Override
    public VectorNormalizer getNormalizer() {
        return new ExpNormalizer();
    }

    @Override
    public boolean isProbabilistic() {
        return true;
    }

    @Override
    public ConfiguredObjectProvenance getProvenance() {
        return new ConfiguredObjectProvenanceImpl(this, "LabelObjective");
    }
}
