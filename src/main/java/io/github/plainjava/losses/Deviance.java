package io.github.plainjava.losses;

/** A deviance of amounts from means whose logarithms are predicted. */
abstract class Deviance extends ElementwiseLoss {

    private static final long serialVersionUID = 1;

    Deviance(boolean skipsMissing) {
        super(skipsMissing);
    }

    /** Whether an amount can be 0. */
    boolean takesZero() {
        return true;
    }

    @Override
    String options() {
        return "";
    }

    @Override
    final boolean isOfDifferences() {
        return false;
    }

    @Override
    final String nameOfTargets() {
        return takesZero() ? "amounts of at least 0" : "amounts above 0";
    }

    @Override
    final boolean checksRows(boolean labels) {
        return true;
    }

    @Override
    final void checkRow(double[] prediction, double[] target, int from, int columns, int row) {
        Checks.amounts(target, from, columns, takesZero(), row);
    }
}
