package io.github.plainjava.losses.benchmark;

import io.github.plainjava.losses.Softmax;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Softmax's Jacobian of one row times a vector, into an array of the caller's. */
public class JacobianVectorProduct extends RowComparison {

    /** Who computes it. */
    @Param({LIBRARY, NAIVE})
    public String contender;

    /** Makes the data and refuses a contender that computes something else. */
    @Setup
    public void prepare() {
        Sample[] samples = Samples.logitsWithTargets(shape);
        Contender library = Contender.of(JacobianVectorProduct::product);
        Contender chosen =
                switch (contender) {
                    case LIBRARY -> library;
                    case NAIVE -> Contender.of(Naive::jacobianVectorProduct);
                    default -> throw unknown(contender);
                };
        compareRow(samples, library, chosen, CANCELLATION);
    }

    private static double product(Sample s) {
        Softmax.jacobianVectorProduct(s.prediction(), s.target(), s.output());
        return s.output()[0];
    }
}
