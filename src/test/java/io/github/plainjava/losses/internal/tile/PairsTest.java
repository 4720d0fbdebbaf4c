package io.github.plainjava.losses.internal.tile;

import static io.github.plainjava.losses.internal.math.ExactPairs.assertClose;
import static io.github.plainjava.losses.internal.math.ExactPairs.assertWithin;
import static io.github.plainjava.losses.internal.math.ExactPairs.exact;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.Bits;
import io.github.plainjava.losses.internal.math.Pair;
import io.github.plainjava.losses.oracle.Ulps;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations on arrays of pairs against those on pairs, to the bit, and against exact arithmetic. */
class PairsTest {

    private static final int SIZE = 200;
    private static final int[] LENGTHS = {0, 1, 2, 7, 64, 199, SIZE};

    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void quotientsHaveTheBitsOfPairs() {
        for (int n : LENGTHS) {
            Pairs a = pairs();
            Pairs b = pairs();
            check(n, pairs(), x -> x.quotient(a, b, n), (x, i) -> a.get(i).over(b.get(i)));
            check(n, pairs(), x -> x.quotient(a, b.head, n), (x, i) -> a.get(i).over(Pair.of(b.head[i])));
            check(n, pairs(), x -> x.quotient(x, b, n), (x, i) -> x.get(i).over(b.get(i)));
            check(n, pairs(), x -> x.quotient(a, x, n), (x, i) -> a.get(i).over(x.get(i)));
        }
    }

    @Test
    void productsHaveTheBitsOfPairs() {
        for (int n : LENGTHS) {
            Pairs f = pairs();
            check(n, pairs(), x -> x.multiply(f, n), (x, i) -> x.get(i).times(f.get(i)));
            check(n, pairs(), x -> x.multiply(x, n), (x, i) -> x.get(i).times(x.get(i)));
            check(n, pairs(), x -> x.multiply(f.get(3), n), (x, i) -> x.get(i).times(f.get(3)));
            check(n, pairs(), x -> x.scale(f.head, n), (x, i) -> x.get(i).times(f.head[i]));
        }
    }

    @Test
    void sumsAndDifferencesHaveTheBitsOfPairs() {
        for (int n : LENGTHS) {
            Pairs a = pairs();
            check(n, pairs(), x -> x.add(a, n), (x, i) -> x.get(i).plus(a.get(i)));
            Pairs y = pairs();
            check(n, pairs(), x -> x.timesDistances(a, y.head, y.tail, n),
                    (x, i) -> a.get(i).times(Pair.difference(y.head[i], y.tail[i])));
            double b = y.head[0];
            check(n, pairs(), x -> x.timesDistances(a, b, y.tail, n),
                    (x, i) -> a.get(i).times(Pair.difference(b, y.tail[i])));
        }
    }

    @Test
    void sumsOfOthersHaveTheBitsOfPairs() {
        for (int n : LENGTHS) {
            Pairs a = pairs();
            Pairs b = pairs();
            double f = pair().head();
            check(n, pairs(), x -> x.sum(a, b, n), (x, i) -> a.get(i).plus(b.get(i)));
            check(n, pairs(), x -> x.sum(x, b.head, n), (x, i) -> x.get(i).plus(Pair.of(b.head[i])));
            check(n, pairs(), x -> x.addMultiple(a, f, n), (x, i) -> x.get(i).plus(a.get(i).times(f)));
            check(n, pairs(), x -> x.subtract(a, n), (x, i) -> x.get(i).minus(a.get(i)));
            check(n, pairs(), x -> x.multiply(f, n), (x, i) -> x.get(i).times(f));
            Pairs fractions = pairs();
            for (int i = 0; i < SIZE; i++) {
                double x = random.nextDouble();
                fractions.set(i, new Pair(x, x * random.nextDouble(-0x1p-53, 0x1p-53)));
            }
            check(n, pairs(), x -> x.onePlus(fractions, n), (x, i) -> Pair.ONE.plus(fractions.get(i)));
        }
    }

    @Test
    void headsOfNormalPairsAreTheNearestDoubles() {
        for (int n : LENGTHS) {
            Pairs far = pairs();
            for (int i = 0; i < SIZE; i++) {
                far.tail[i] = far.head[i] * random.nextDouble(-0x1p-40, 0x1p-40);
            }
            check(n, far, x -> x.normalize(n), (x, i) -> x.get(i).normalized());
        }
    }

    /** Of one sign, where the error of the addition is found as if the product were a double. */
    @Test
    void sumsOfProductsAreGoodTo98Bits() {
        for (int n : LENGTHS) {
            Pairs a = positive(pairs());
            Pairs y = positive(pairs());
            Pairs x = positive(pairs());
            Pairs actual = copy(x);
            actual.addProducts(a, y, n);
            for (int i = 0; i < SIZE; i++) {
                BigDecimal product = exact(a.get(i)).multiply(exact(y.get(i)));
                if (i < n) {
                    assertClose(actual.get(i), exact(x.get(i)).add(product), 0x1p-98);
                } else {
                    assertThat(actual.get(i)).isEqualTo(x.get(i));
                }
            }
        }
    }

    @Test
    void theFirstIsAddedWithASmallTail() {
        for (int tries = 0; tries < 1000; tries++) {
            Pairs x = pairs();
            Pairs y = pairs();
            Pair expected = x.get(0).plus(y.get(0)).normalized();
            Pair second = x.get(1);
            x.addFirst(y);
            assertThat(x.get(0)).isEqualTo(expected);
            assertThat(x.get(1)).isEqualTo(second);
        }
    }

    @Test
    void doublesAreMultipliedByPairsAndRoundedOnce() {
        for (int n : LENGTHS) {
            Pairs f = pairs();
            double[] x = pairs().head;
            x[0] = -0.0;
            double[] byPairs = x.clone();
            Pairs.times(byPairs, f, n);
            for (int i = 0; i < SIZE; i++) {
                if (i < n) {
                    assertThat(Ulps.error(byPairs[i], exact(x[i]).multiply(exact(f.get(i))))).isLessThan(0.501);
                    double[] one = x.clone();
                    Pairs.times(one, f.get(i), n);
                    Bits.assertSame(one[i], byPairs[i]);
                } else {
                    Bits.assertSame(byPairs[i], x[i]);
                }
            }
        }
    }

    @Test
    void logarithmsHaveTheBitsOfPairs() {
        for (int n : LENGTHS) {
            check(n, positive(pairs()), x -> x.log1p(pairs(), n), (x, i) -> x.get(i).log1p());
        }
    }

    @Test
    void roundedNumbersAreThoseOfPairs() {
        for (int n : LENGTHS) {
            Pairs x = pairs();
            x.set(0, new Pair(-0.0, -0.0));
            x.set(1, new Pair(0x1p-500, -0x1p-500));
            double[] rounded = filled();
            double[] negated = filled();
            x.round(rounded, n);
            x.roundNegated(negated, n);
            for (int i = 0; i < SIZE; i++) {
                Bits.assertSame(rounded[i], i < n ? x.get(i).rounded() : 5);
                Bits.assertSame(negated[i], i < n ? 0.0 - x.get(i).rounded() : 5);
            }
            Bits.assertNoNegativeZero(rounded);
            Bits.assertNoNegativeZero(negated);
        }
    }

    @Test
    void aPairCanFillThem() {
        for (int n : LENGTHS) {
            check(n, pairs(), x -> x.fill(new Pair(2, 0x1p-60), n), (x, i) -> new Pair(2, 0x1p-60));
            check(n, pairs(), x -> x.clear(n), (x, i) -> Pair.ZERO);
        }
        Pairs x = new Pairs(SIZE);
        for (int i = 0; i < SIZE; i++) {
            assertThat(x.get(i)).isEqualTo(Pair.ZERO);
        }
        x.set(7, new Pair(3, 4));
        assertThat(x.get(7)).isEqualTo(new Pair(3, 4));
        assertThat(x.head[7]).isEqualTo(3);
        assertThat(x.tail[7]).isEqualTo(4);
    }

    @Test
    void aPartOfOthersIsCopied() {
        Pairs from = pairs();
        for (int[] part : new int[][] {{0, 0}, {0, 3}, {5, 21}, {5, 22}, {0, SIZE}}) {
            Pairs x = pairs();
            Pairs before = copy(x);
            x.copy(from, part[0], part[1]);
            for (int i = 0; i < SIZE; i++) {
                assertThat(x.get(i)).isEqualTo((i >= part[0] && i < part[1] ? from : before).get(i));
            }
        }
    }

    /** In ulps of the larger of distance and result, as what cancels is exact. */
    @Test
    void minusDistancesAreRoundedOnce() {
        for (int tries = 0; tries < 200; tries++) {
            double[] x = pairs().head;
            double a = x[random.nextInt(SIZE)];
            double size = Math.scalb(1.0, random.nextInt(-60, 10));
            Pair b = new Pair(size, size * random.nextDouble(-0x1p-8, 0x1p-8));
            Pairs to = pairs();
            to.minusDistances(a, b, x, SIZE);
            for (int i = 0; i < SIZE; i++) {
                Bits.assertSame(to.head[i], 0.0 - Pair.difference(a, x[i]).plus(b).rounded());
                BigDecimal exact = exact(x[i]).subtract(exact(a)).subtract(exact(b));
                BigDecimal larger = exact(b).max(exact(x[i]).subtract(exact(a)).abs());
                assertThat(Ulps.error(to.head[i], exact, larger)).isLessThan(0.505);
            }
        }
        Pairs to = pairs();
        to.minusDistances(1, Pair.of(2), new double[] {3}, 1);
        Bits.assertSame(to.head[0], 0.0);
    }

    @Test
    void timesRoundsTheProductOnce() {
        for (int n : LENGTHS) {
            Pairs f = pairs();
            Pairs x = pairs();
            x.set(0, new Pair(-0.0, 0));
            Pairs byPairs = copy(x);
            byPairs.times(f, n);
            for (int i = 0; i < SIZE; i++) {
                assertThat(byPairs.tail[i]).isEqualTo(x.tail[i]);
                if (i < n) {
                    assertThat(Ulps.error(byPairs.head[i], exact(x.get(i)).multiply(exact(f.get(i))))).isLessThan(0.501);
                    Pairs one = copy(x);
                    one.times(f.get(i), n);
                    Bits.assertSame(one.head[i], byPairs.head[i]);
                } else {
                    Bits.assertSame(byPairs.head[i], x.head[i]);
                }
            }
            Bits.assertNoNegativeZero(Arrays.copyOf(byPairs.head, n));
        }
    }

    @Test
    void productsPlusAShareAreGoodTo95Bits() {
        for (int n : LENGTHS) {
            Pair f = pair();
            Pairs y = pairs();
            Pairs x = pairs();
            Pairs actual = copy(x);
            actual.timesPlus(f, y, n);
            for (int i = 0; i < SIZE; i++) {
                if (i < n) {
                    BigDecimal product = exact(x.head[i]).multiply(exact(f));
                    BigDecimal larger = product.abs().max(exact(y.get(i)).abs());
                    assertWithin(actual.get(i), product.add(exact(y.get(i))), larger.multiply(exact(0x1p-103)));
                    Pairs one = copy(x);
                    one.timesPlus(f, y.get(i), n);
                    assertThat(one.get(i)).isEqualTo(actual.get(i));
                } else {
                    assertThat(actual.get(i)).isEqualTo(x.get(i));
                }
            }
        }
    }

    @Test
    void productsAreSubtractedWithWhatTheirHeadsLack() {
        for (int n : LENGTHS) {
            Pairs a = pairs();
            Pairs y = pairs();
            Pairs x = pairs();
            x.head[0] = a.head[0] * y.head[0];
            Pairs actual = copy(x);
            actual.subtractProducts(a, y, n);
            for (int i = 0; i < SIZE; i++) {
                double rounded = Math.fma(-a.head[i], y.head[i], x.head[i]);
                double lacking = Math.fma(a.head[i], y.tail[i], a.tail[i] * y.head[i]);
                Bits.assertSame(actual.head[i], i < n ? rounded - lacking + 0.0 : x.head[i]);
                Bits.assertSame(actual.tail[i], x.tail[i]);
                if (i < n) {
                    Pairs one = copy(x);
                    one.subtractProducts(a, y.get(i), n);
                    assertThat(one.get(i)).isEqualTo(actual.get(i));
                }
            }
        }
        Pairs x = new Pairs(1);
        x.head[0] = -0.0;
        x.subtractProducts(new Pairs(1), new Pairs(1), 1);
        Bits.assertSame(x.head[0], 0.0);
    }

    private static final int[] LANES = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};

    private static Pairs sums(Pairs x, int n, int lanes) {
        Pairs before = copy(x);
        Pairs sums = new Pairs(Tile.SIZE / 2);
        sums.sumUp(x, n, lanes, new Pairs(Tile.SIZE / 2));
        Bits.assertSame(x.head, before.head);
        Bits.assertSame(x.tail, before.tail);
        before.sumUp(before, n, lanes, new Pairs(Tile.SIZE / 2));
        for (int lane = 0; lane < lanes; lane++) {
            assertThat(before.get(lane)).isEqualTo(sums.get(lane));
        }
        return sums;
    }

    /** In lanes as alone, to the bit; to 2^-98 of the sum of all sizes; and whatever comes after the first n. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void anyNumberIsAddedUpByHalves(int kind) {
        for (int lanes : LANES) {
            for (int n = lanes; n <= Tile.SIZE; n += lanes) {
                Pairs x = new Pairs(Tile.SIZE);
                for (int i = 0; i < Tile.SIZE; i++) {
                    x.set(i, switch (kind) {
                        case 0 -> pair();
                        case 1 -> new Pair(random.nextDouble(0.5, 1), random.nextDouble(-0x1p-54, 0x1p-54));
                        default -> new Pair(i % 2 == 0 ? 1.0 / 3 : -1.0 / 3, random.nextDouble(0x1p-55));
                    });
                }
                Pairs sums = sums(x, n, lanes);
                Arrays.fill(x.head, n, Tile.SIZE, Double.NaN);
                Arrays.fill(x.tail, n, Tile.SIZE, Double.NaN);
                Pairs again = sums(x, n, lanes);
                for (int lane = 0; lane < lanes; lane += Math.max(1, lanes / 3)) {
                    assertThat(again.get(lane)).isEqualTo(sums.get(lane));
                    assertIsSumOf(sums.get(lane), lane(x, lane, lanes, n));
                }
            }
        }
    }

    private static Pairs lane(Pairs x, int lane, int lanes, int n) {
        Pairs ofLane = new Pairs(n / lanes);
        for (int i = 0; i < n / lanes; i++) {
            ofLane.set(i, x.get(i * lanes + lane));
        }
        return ofLane;
    }

    private static void assertIsSumOf(Pair sum, Pairs x) {
        assertThat(sums(x, x.head.length, 1).get(0)).isEqualTo(sum);
        BigDecimal exact = BigDecimal.ZERO;
        BigDecimal size = BigDecimal.ZERO;
        for (int i = 0; i < x.head.length; i++) {
            exact = exact.add(exact(x.get(i)));
            size = size.add(exact(x.get(i)).abs());
        }
        assertWithin(sum, exact, size.multiply(exact(0x1p-98)));
    }

    /** As the tails' sum tells: equal numbers are rounded to the same side. */
    @Test
    void equalNumbersAddUpToo() {
        for (int n = 1; n <= Tile.SIZE; n++) {
            Pairs x = new Pairs(Tile.SIZE);
            x.fill(new Pair(1.0 / 3, 0x1.5p-56), n);
            Pair sum = sums(x, n, 1).get(0);
            assertClose(sum, exact(new Pair(1.0 / 3, 0x1.5p-56)).multiply(BigDecimal.valueOf(n)), 0x1p-98);
        }
    }

    @Test
    void theLargestOfEachLaneIsFound() {
        for (int lanes : LANES) {
            for (int n = lanes; n <= Tile.SIZE; n += lanes) {
                double[] x = random.doubles(Tile.SIZE, -1, 1).toArray();
                double[] before = x.clone();
                double[] largest = new double[Tile.SIZE];
                Arrays.fill(x, n, Tile.SIZE, 2);
                Pairs.largest(x, n, lanes, largest);
                Bits.assertSame(Arrays.copyOf(x, n), Arrays.copyOf(before, n));
                for (int lane = 0; lane < lanes; lane++) {
                    double expected = x[lane];
                    for (int i = lane; i < n; i += lanes) {
                        expected = Math.max(expected, x[i]);
                    }
                    Bits.assertSame(largest[lane], expected);
                }
            }
        }
    }

    @Test
    void lanesAreRepeatedForEachLine() {
        for (int lanes : LANES) {
            for (int n = lanes; n <= Tile.SIZE; n += lanes) {
                Pairs x = new Pairs(Tile.SIZE);
                for (int i = 0; i < lanes; i++) {
                    x.set(i, pair());
                }
                Pairs before = copy(x);
                x.spread(lanes, n);
                for (int i = 0; i < Tile.SIZE; i++) {
                    assertThat(x.get(i)).isEqualTo(i < n ? before.get(i % lanes) : Pair.ZERO);
                }
            }
        }
    }

    private interface Operation {
        void applyTo(Pairs x);
    }

    private interface Expected {
        Pair at(Pairs before, int i);
    }

    /** The first n are as expected, the others as they were. */
    private static void check(int n, Pairs x, Operation operation, Expected expected) {
        Pairs before = copy(x);
        operation.applyTo(x);
        IntFunction<Pair> pair = i -> i < n ? expected.at(before, i) : before.get(i);
        for (int i = 0; i < SIZE; i++) {
            Bits.assertSame(x.head[i], pair.apply(i).head());
            Bits.assertSame(x.tail[i], pair.apply(i).tail());
        }
    }

    private static Pairs copy(Pairs x) {
        Pairs copy = new Pairs(x.head.length);
        copy.copy(x, 0, x.head.length);
        return copy;
    }

    private static double[] filled() {
        double[] x = new double[SIZE];
        Arrays.fill(x, 5);
        return x;
    }

    private Pair pair() {
        double head = Math.scalb(random.nextDouble(-2, 2), random.nextInt(-20, 20));
        return new Pair(head, head * random.nextDouble(-0x1p-53, 0x1p-53));
    }

    private Pairs pairs() {
        Pairs x = new Pairs(SIZE);
        for (int i = 0; i < SIZE; i++) {
            x.set(i, pair());
        }
        return x;
    }

    private static Pairs positive(Pairs x) {
        for (int i = 0; i < SIZE; i++) {
            double sign = Math.signum(x.head[i]);
            x.set(i, new Pair(x.head[i] * sign, x.tail[i] * sign));
        }
        return x;
    }
}
