package io.github.plainjava.losses.oracle;

import java.math.BigDecimal;

/**
 * The hinge loss of a label y with the margin m: with j the first of the largest other classes,
 *
 * <pre>
 *   value      = h = max(0, m + z_j - z_y), or h^2 where squared
 *   gradient_j = 1, gradient_y = -1, all others 0, and all of them where h = 0; squared 2h and -2h
 *   second     = 0; squared 2 at j and at y where h is positive
 * </pre>
 *
 * <p>A logit of -infinity is an excluded class: at the label the loss is +infinity. Without another class it is 0.
 */
public final class ExactHinge implements ExactSecondOrderLoss {

    private static final BigDecimal TWO = BigDecimal.valueOf(2);

    private final double ofLabel;
    private final int label;
    /** The first of the largest other classes, or -1 if all of them are excluded. */
    private final int rival;
    private final double ofRival;
    private final double margin;
    private final boolean squared;

    private ExactHinge(double[] logits, int label, double margin, boolean squared) {
        this.label = label;
        this.ofLabel = logits[label];
        this.rival = rival(logits, label);
        this.ofRival = rival < 0 ? Double.NEGATIVE_INFINITY : logits[rival];
        this.margin = margin;
        this.squared = squared;
    }

    /** The loss of logits below +infinity. */
    public static ExactHinge of(double[] logits, int label, double margin) {
        return new ExactHinge(logits, label, margin, false);
    }

    /** The squared loss of logits below +infinity. */
    public static ExactHinge squaredOf(double[] logits, int label, double margin) {
        return new ExactHinge(logits, label, margin, true);
    }

    @Override
    public boolean isInfinite() {
        return rival >= 0 && ofLabel == Double.NEGATIVE_INFINITY;
    }

    /** Only the squared loss has infinite slopes. */
    @Override
    public boolean isInfinite(int i) {
        return squared && isInfinite() && direction(i) != 0;
    }

    @Override
    public double infiniteGradient(int i) {
        return direction(i) * Double.POSITIVE_INFINITY;
    }

    @Override
    public BigDecimal value() {
        BigDecimal excess = excess();
        return squared ? Exact.standard().squared(excess) : excess;
    }

    @Override
    public BigDecimal gradient(int i) {
        BigDecimal size = squared ? excess().multiply(TWO) : isPositive() ? BigDecimal.ONE : BigDecimal.ZERO;
        return size.multiply(BigDecimal.valueOf(direction(i)));
    }

    @Override
    public BigDecimal secondDerivative(int i) {
        return squared && isPositive()
                ? TWO.multiply(BigDecimal.valueOf(Math.abs(direction(i))))
                : BigDecimal.ZERO;
    }

    private int direction(int i) {
        return i == label ? -1 : i == rival ? 1 : 0;
    }

    private boolean isPositive() {
        return isInfinite() || excess().signum() > 0;
    }

    private BigDecimal excess() {
        if (rival < 0) {
            return BigDecimal.ZERO;
        }
        return new BigDecimal(margin).add(new BigDecimal(ofRival)).subtract(new BigDecimal(ofLabel))
                .max(BigDecimal.ZERO);
    }

    private static int rival(double[] logits, int label) {
        int rival = -1;
        for (int i = 0; i < logits.length; i++) {
            boolean larger = rival < 0 ? logits[i] > Double.NEGATIVE_INFINITY : logits[i] > logits[rival];
            if (i != label && larger) {
                rival = i;
            }
        }
        return rival;
    }
}
