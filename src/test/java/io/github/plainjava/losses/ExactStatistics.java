package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@link LossStatistics} have to say, from the definition, in integers: each loss less the mean, squared. Losses
 * and weights are in units of 2^-1074, and loss less mean is a fraction over the total weight.
 */
final class ExactStatistics {

    private static final int UNIT = 1074;
    private static final BigDecimal BEYOND = new BigDecimal(2).pow(1024);

    private final List<BigInteger> losses = new ArrayList<>();
    private final List<BigInteger> weights = new ArrayList<>();

    void accept(double loss, double weight) {
        if (weight != 0) {
            losses.add(units(loss));
            weights.add(units(weight));
        }
    }

    private static BigInteger units(double x) {
        return new BigDecimal(x).multiply(new BigDecimal(BigInteger.ONE.shiftLeft(UNIT))).toBigIntegerExact();
    }

    private BigInteger weight() {
        return weights.stream().reduce(BigInteger.ZERO, BigInteger::add);
    }

    private BigInteger sum() {
        BigInteger sum = BigInteger.ZERO;
        for (int i = 0; i < losses.size(); i++) {
            sum = sum.add(losses.get(i).multiply(weights.get(i)));
        }
        return sum;
    }

    /** The sum of weight^power (loss - mean)^2, times the square of the total weight. */
    private BigInteger squares(int power) {
        BigInteger weight = weight();
        BigInteger sum = sum();
        BigInteger squares = BigInteger.ZERO;
        for (int i = 0; i < losses.size(); i++) {
            BigInteger distance = losses.get(i).multiply(weight).subtract(sum);
            squares = squares.add(weights.get(i).pow(power).multiply(distance.pow(2)));
        }
        return squares;
    }

    double totalWeight() {
        return ExactMean.nearest(weight(), BigInteger.ONE.shiftLeft(UNIT));
    }

    double mean() {
        return losses.isEmpty() ? 0 : ExactMean.nearest(sum(), weight().shiftLeft(UNIT));
    }

    /** Compares with what the definition gives, correctly rounded. */
    void assertAnswersOf(LossStatistics statistics) {
        int n = losses.size();
        assertThat(statistics.count()).isEqualTo(n);
        Bits.assertSame(statistics.totalWeight(), totalWeight());
        Bits.assertSame(statistics.mean(), mean());
        if (n == 0) {
            Bits.assertSame(statistics.variance(), 0);
            Bits.assertSame(statistics.standardDeviation(), 0);
            Bits.assertSame(statistics.standardError(), Double.NaN);
            return;
        }
        BigInteger squares = squares(1);
        BigInteger scale = weight().pow(3).shiftLeft(2 * UNIT);
        Bits.assertSame(statistics.variance(), ExactMean.nearest(squares, scale));
        assertIsNearestRoot(statistics.standardDeviation(), squares, scale);
        if (n == 1) {
            Bits.assertSame(statistics.standardError(), Double.NaN);
        } else {
            assertIsNearestRoot(
                    statistics.standardError(),
                    squares(2).multiply(BigInteger.valueOf(n)),
                    weight().pow(4).shiftLeft(2 * UNIT).multiply(BigInteger.valueOf(n - 1)));
        }
    }

    /**
     * That no double is nearer to the root of a ratio, by the middles between the double and its neighbours: the ratio
     * has to be between the squares of those, and may be one of them if the double is even.
     */
    static void assertIsNearestRoot(double root, BigInteger numerator, BigInteger denominator) {
        assertThat(Double.doubleToRawLongBits(root)).as("sign of %s", root).isNotNegative();
        assertThat(root).isNotNaN();
        int below = root == 0 ? 1 : middle(Math.nextDown(root), root, numerator, denominator);
        int above = root == Double.POSITIVE_INFINITY ? -1 : middle(root, Math.nextUp(root), numerator, denominator);
        boolean isEven = (Double.doubleToRawLongBits(root) & 1) == 0;
        assertThat(isEven ? below >= 0 && above <= 0 : below > 0 && above < 0).as("nearest root: %s", root).isTrue();
    }

    /** The sign of a ratio less the square of the middle between two doubles. */
    private static int middle(double low, double high, BigInteger numerator, BigInteger denominator) {
        BigDecimal upper = high == Double.POSITIVE_INFINITY ? BEYOND : new BigDecimal(high);
        BigDecimal middle = new BigDecimal(low).add(upper).divide(BigDecimal.valueOf(2));
        return new BigDecimal(numerator).compareTo(middle.pow(2).multiply(new BigDecimal(denominator)));
    }
}
