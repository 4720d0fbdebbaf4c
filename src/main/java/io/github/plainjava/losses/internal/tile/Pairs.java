package io.github.plainjava.losses.internal.tile;

import static io.github.plainjava.losses.internal.math.Fma.fma;

import io.github.plainjava.losses.internal.math.Exact;
import io.github.plainjava.losses.internal.math.Log;
import io.github.plainjava.losses.internal.math.Pair;
import java.util.Arrays;

/**
 * Many numbers, each carried as head + tail, and what can be done to the first n of them: each operation one short
 * loop.
 *
 * <p>HotSpot makes vector instructions of a loop if it is short, uses its arrays from their beginning, and adds no two
 * numbers that are both computed in it: it orders the operands of an addition as it happened to number them, and copies
 * of an unrolled loop in which they are ordered differently are not recognized as one vector operation. Subtractions
 * and fused multiply-adds keep their order.
 */
public final class Pairs {

    /** Up to so many numbers, a loop is quicker than the call of a method that copies. */
    private static final int FEW = 16;

    /** The numbers, rounded. */
    public final double[] head;

    /** What the heads lack. */
    public final double[] tail;

    /** Zeros. */
    public Pairs(int size) {
        head = new double[size];
        tail = new double[size];
    }

    /** One of them. */
    public Pair get(int i) {
        return new Pair(head[i], tail[i]);
    }

    /** Sets one of them. */
    public void set(int i, Pair x) {
        head[i] = x.head();
        tail[i] = x.tail();
    }

    /** Zeros again. */
    public void clear(int n) {
        if (n == 1) {
            head[0] = 0;
            tail[0] = 0;
            return;
        }
        Arrays.fill(head, 0, n, 0);
        Arrays.fill(tail, 0, n, 0);
    }

    /** Copies some of others to the same places. */
    public void copy(Pairs x, int from, int to) {
        if (to - from <= FEW) {
            for (int i = from; i < to; i++) {
                head[i] = x.head[i];
                tail[i] = x.tail[i];
            }
            return;
        }
        System.arraycopy(x.head, from, head, from, to - from);
        System.arraycopy(x.tail, from, tail, from, to - from);
    }

    /** a / b. */
    public void quotient(Pairs a, Pairs b, int n) {
        quotient(head, tail, a.head, a.tail, b.head, b.tail, n);
    }

    private static void quotient(
            double[] head, double[] tail, double[] a, double[] aTail, double[] b, double[] bTail, int n) {
        for (int i = 0; i < n; i++) {
            double inverse = 1 / b[i];
            double quotient = a[i] * inverse;
            tail[i] = Exact.remainder(a[i], aTail[i], b[i], bTail[i], quotient) * inverse;
            head[i] = quotient;
        }
    }

    /** a / b for doubles b. */
    public void quotient(Pairs a, double[] b, int n) {
        quotient(head, tail, a.head, a.tail, b, n);
    }

    private static void quotient(double[] head, double[] tail, double[] a, double[] aTail, double[] b, int n) {
        for (int i = 0; i < n; i++) {
            double inverse = 1 / b[i];
            double quotient = a[i] * inverse;
            tail[i] = (fma(-quotient, b[i], a[i]) - -aTail[i]) * inverse;
            head[i] = quotient;
        }
    }

    /** The logarithm of 1 and each of them, none of which is negative. */
    public void log1p(Pairs scratch, int n) {
        Log.log1p(head, tail, scratch.head, scratch.tail, n);
    }

    /** The same pair everywhere. */
    public void fill(Pair x, int n) {
        Arrays.fill(head, 0, n, x.head());
        Arrays.fill(tail, 0, n, x.tail());
    }

    /** Heads and tails together, rounded, in an array. */
    public void round(double[] to, int n) {
        round(head, tail, to, n);
    }

    private static void round(double[] head, double[] tail, double[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = head[i] + tail[i] + 0.0;
        }
    }

    /** The same with other signs. */
    public void roundNegated(double[] to, int n) {
        roundNegated(head, tail, to, n);
    }

    private static void roundNegated(double[] head, double[] tail, double[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = 0.0 - (head[i] + tail[i]);
        }
    }

    /** The heads become (x - a) - b, rounded. */
    void minusDistances(double a, Pair b, double[] x, int n) {
        minusDistances(head, x, a, b.head(), b.tail(), n);
    }

    private static void minusDistances(double[] head, double[] x, double a, double b, double bTail, int n) {
        for (int i = 0; i < n; i++) {
            double d = a - x[i];
            double sum = d + b;
            double tail = Exact.sum(Exact.differenceError(a, x[i], d), Exact.sumError(d, b, sum)) + bTail;
            head[i] = 0.0 - (sum - -tail);
        }
    }

    /** The same for as many a and b. */
    void minusDistances(double[] a, Pairs b, double[] x, int n) {
        minusDistances(head, x, a, b.head, b.tail, n);
    }

    private static void minusDistances(double[] head, double[] x, double[] a, double[] b, double[] bTail, int n) {
        for (int i = 0; i < n; i++) {
            double d = a[i] - x[i];
            double sum = d + b[i];
            double tail = Exact.sum(Exact.differenceError(a[i], x[i], d), Exact.sumError(d, b[i], sum)) - -bTail[i];
            head[i] = 0.0 - (sum - -tail);
        }
    }

    /** a - x. */
    public void difference(double[] a, double[] x, int n) {
        difference(head, tail, a, x, n);
    }

    private static void difference(double[] head, double[] tail, double[] a, double[] x, int n) {
        for (int i = 0; i < n; i++) {
            double d = a[i] - x[i];
            tail[i] = Exact.differenceError(a[i], x[i], d);
            head[i] = d;
        }
    }

    /** Adds other pairs. */
    public void add(Pairs x, int n) {
        add(head, tail, x.head, x.tail, n);
    }

    private static void add(double[] head, double[] tail, double[] x, double[] xTail, int n) {
        for (int i = 0; i < n; i++) {
            double next = head[i] + x[i];
            tail[i] = (tail[i] + Exact.sumError(head[i], x[i], next)) + xTail[i];
            head[i] = next;
        }
    }

    /** a + b. */
    public void sum(Pairs a, Pairs b, int n) {
        sum(head, tail, a.head, a.tail, b.head, b.tail, n);
    }

    private static void sum(
            double[] head, double[] tail, double[] a, double[] aTail, double[] b, double[] bTail, int n) {
        for (int i = 0; i < n; i++) {
            double sum = fma(a[i], 1, b[i]); // a + b: see above
            tail[i] = Exact.sumError(a[i], b[i], sum) - (0 - aTail[i]) - (0 - bTail[i]);
            head[i] = sum;
        }
    }

    /** a + b for doubles b. */
    public void sum(Pairs a, double[] b, int n) {
        sum(head, tail, a.head, a.tail, b, n);
    }

    private static void sum(double[] head, double[] tail, double[] a, double[] aTail, double[] b, int n) {
        for (int i = 0; i < n; i++) {
            double sum = fma(a[i], 1, b[i]);
            tail[i] = Exact.sumError(a[i], b[i], sum) - (0 - aTail[i]);
            head[i] = sum;
        }
    }

    /** Adds others times f. */
    public void addMultiple(Pairs x, double f, int n) {
        addMultiple(head, tail, x.head, x.tail, f, n);
    }

    private static void addMultiple(
            double[] head, double[] tail, double[] x, double[] xTail, double f, int n) {
        for (int i = 0; i < n; i++) {
            double product = x[i] * f;
            double productTail = fma(xTail[i], f, fma(x[i], f, -product));
            double sum = fma(head[i], 1, product);
            tail[i] = Exact.sumError(head[i], product, sum) - (0 - tail[i]) - (0 - productTail);
            head[i] = sum;
        }
    }

    /** Multiplies by a double. */
    public void multiply(double f, int n) {
        multiply(head, tail, f, n);
    }

    private static void multiply(double[] head, double[] tail, double f, int n) {
        for (int i = 0; i < n; i++) {
            double product = head[i] * f;
            tail[i] = fma(tail[i], f, fma(head[i], f, -product));
            head[i] = product;
        }
    }

    /** The same numbers with the nearest doubles as their heads. */
    public void normalize(int n) {
        normalize(head, tail, n);
    }

    private static void normalize(double[] head, double[] tail, int n) {
        for (int i = 0; i < n; i++) {
            double sum = fma(head[i], 1, tail[i]);
            tail[i] = Exact.fastSumError(head[i], tail[i], sum);
            head[i] = sum;
        }
    }

    /** Subtracts others. */
    public void subtract(Pairs x, int n) {
        subtract(head, tail, x.head, x.tail, n);
    }

    private static void subtract(double[] head, double[] tail, double[] x, double[] xTail, int n) {
        for (int i = 0; i < n; i++) {
            double next = head[i] - x[i];
            tail[i] = (Exact.differenceError(head[i], x[i], next) - (0 - tail[i])) - xTail[i];
            head[i] = next;
        }
    }

    /** 1 + x, for others that are not negative and not above 1. */
    public void onePlus(Pairs x, int n) {
        onePlus(head, tail, x.head, x.tail, n);
    }

    private static void onePlus(double[] head, double[] tail, double[] x, double[] xTail, int n) {
        for (int i = 0; i < n; i++) {
            double sum = 1 + x[i];
            tail[i] = ((1 - sum) - (0 - x[i])) - (0 - xTail[i]);
            head[i] = sum;
        }
    }

    /**
     * Adds the products of pairs. A product is not rounded before it is added; the error of the addition is found as if
     * it were a double, which is exact, but for a rounding of the error itself, where products and sum have one sign.
     * Where a product has the other one and is the larger, the error may be wrong by half an ulp of the product.
     */
    public void addProducts(Pairs a, Pairs x, int n) {
        addProducts(head, tail, a.head, a.tail, x.head, x.tail, n);
    }

    private static void addProducts(
            double[] head, double[] tail, double[] a, double[] aTail, double[] x, double[] xTail, int n) {
        for (int i = 0; i < n; i++) {
            double next = fma(a[i], x[i], head[i]);
            double added = next - head[i];
            double error = (head[i] - (next - added)) - fma(-a[i], x[i], added);
            tail[i] = fma(a[i], xTail[i], fma(aTail[i], x[i], error + tail[i]));
            head[i] = next;
        }
    }

    /** Multiplies by pairs and rounds: the products are the heads. */
    public void times(Pairs f, int n) {
        times(head, tail, f.head, f.tail, n);
    }

    private static void times(double[] head, double[] tail, double[] f, double[] fTail, int n) {
        for (int i = 0; i < n; i++) {
            head[i] = fma(head[i], f[i], fma(head[i], fTail[i], tail[i] * f[i])) + 0.0;
        }
    }

    /** The same by one pair. */
    void times(Pair f, int n) {
        times(head, tail, f.head(), f.tail(), n);
    }

    private static void times(double[] head, double[] tail, double f, double fTail, int n) {
        for (int i = 0; i < n; i++) {
            head[i] = fma(head[i], f, fma(head[i], fTail, tail[i] * f)) + 0.0;
        }
    }

    /** Multiplies doubles by pairs, and rounds. */
    static void times(double[] x, Pairs f, int n) {
        times(x, f.head, f.tail, n);
    }

    private static void times(double[] x, double[] f, double[] fTail, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = fma(x[i], f[i], x[i] * fTail[i]) + 0.0;
        }
    }

    /** The same by one pair. */
    static void times(double[] x, Pair f, int n) {
        times(x, f.head(), f.tail(), n);
    }

    private static void times(double[] x, double f, double fTail, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = fma(x[i], f, x[i] * fTail) + 0.0;
        }
    }

    /** Multiplies by doubles. */
    public void scale(double[] f, int n) {
        scale(head, tail, f, n);
    }

    private static void scale(double[] head, double[] tail, double[] f, int n) {
        for (int i = 0; i < n; i++) {
            double product = head[i] * f[i];
            tail[i] = fma(tail[i], f[i], fma(head[i], f[i], -product));
            head[i] = product;
        }
    }

    /** From doubles in the heads to their products with f plus y. */
    void timesPlus(Pair f, Pair y, int n) {
        timesPlus(head, tail, f.head(), f.tail(), y.head(), y.tail(), n);
    }

    private static void timesPlus(
            double[] head, double[] tail, double f, double fTail, double y, double yTail, int n) {
        for (int i = 0; i < n; i++) {
            double product = head[i] * f;
            double productTail = fma(head[i], fTail, fma(head[i], f, -product));
            double sum = product + y;
            tail[i] = Exact.sumError(product, y, sum) - (-yTail - productTail);
            head[i] = sum;
        }
    }

    /** The same for as many y. */
    void timesPlus(Pair f, Pairs y, int n) {
        timesPlus(head, tail, f.head(), f.tail(), y.head, y.tail, n);
    }

    private static void timesPlus(
            double[] head, double[] tail, double f, double fTail, double[] y, double[] yTail, int n) {
        for (int i = 0; i < n; i++) {
            double product = head[i] * f;
            double productTail = fma(head[i], fTail, fma(head[i], f, -product));
            double sum = product + y[i];
            tail[i] = Exact.sumError(product, y[i], sum) - (-yTail[i] - productTail);
            head[i] = sum;
        }
    }

    /** Adds the first of others to the first, and brings its tail down to half the head's last bit. */
    public void addFirst(Pairs x) {
        double next = head[0] + x.head[0];
        double nextTail = (tail[0] + Exact.sumError(head[0], x.head[0], next)) + x.tail[0];
        head[0] = next + nextTail;
        tail[0] = Exact.fastSumError(next, nextTail, head[0]);
    }

    /**
     * Become the sums of others, or of these themselves, one for each of a number of lanes that is a power of two, added
     * up by halves. What is added to the lower half is copied first, so that all arrays are used from their beginning;
     * then each half is a constant, in a method of its own, so that the compiler sees that what is read and what is
     * written do not overlap, whether it inlines the method or not. Where few are left, it does not matter.
     */
    void sumUp(Pairs x, int n, int lanes, Pairs upper) {
        int half = Integer.highestOneBit(n - 1);
        if (half < lanes) {
            copy(x, 0, n);
            return;
        }
        if (half <= FEW) {
            addFew(head, tail, x.head, x.tail, half, n - half);
        } else {
            System.arraycopy(x.head, half, upper.head, 0, n - half);
            System.arraycopy(x.tail, half, upper.tail, 0, n - half);
            addTwo(head, tail, x.head, x.tail, upper.head, upper.tail, n - half);
        }
        copy(x, n - half, half);
        if (half > 256 && lanes <= 256) {
            add256(head, tail);
        }
        if (half > 128 && lanes <= 128) {
            add128(head, tail);
        }
        if (half > 64 && lanes <= 64) {
            add64(head, tail);
        }
        if (half > 32 && lanes <= 32) {
            add32(head, tail);
        }
        if (half > 16 && lanes <= 16) {
            add16(head, tail);
        }
        int left = Math.min(half, 16);
        if (left == 8 && lanes == 1) {
            addUpEight(head, tail);
            return;
        }
        for (int few = left / 2; few >= lanes; few /= 2) {
            addFew(head, tail, head, tail, few, few);
        }
    }

    private static void addTwo(
            double[] head, double[] tail, double[] x, double[] xTail, double[] y, double[] yTail, int n) {
        for (int i = 0; i < n; i++) {
            double next = x[i] + y[i];
            tail[i] = (xTail[i] + Exact.sumError(x[i], y[i], next)) + yTail[i];
            head[i] = next;
        }
    }

    private static void add256(double[] head, double[] tail) {
        for (int i = 0; i < 256; i++) {
            addTo(head, tail, head, tail, i, 256 + i);
        }
    }

    private static void add128(double[] head, double[] tail) {
        for (int i = 0; i < 128; i++) {
            addTo(head, tail, head, tail, i, 128 + i);
        }
    }

    private static void add64(double[] head, double[] tail) {
        for (int i = 0; i < 64; i++) {
            addTo(head, tail, head, tail, i, 64 + i);
        }
    }

    private static void add32(double[] head, double[] tail) {
        for (int i = 0; i < 32; i++) {
            addTo(head, tail, head, tail, i, 32 + i);
        }
    }

    private static void add16(double[] head, double[] tail) {
        for (int i = 0; i < 16; i++) {
            addTo(head, tail, head, tail, i, 16 + i);
        }
    }

    /** The same in a loop of its own: the compiler does not unroll loops that it has seen end early. */
    private static void addFew(double[] head, double[] tail, double[] x, double[] xTail, int half, int n) {
        for (int i = 0; i < n; i++) {
            addTo(head, tail, x, xTail, i, half + i);
        }
    }

    /** Four, two and one, without a loop, which would take longer to begin than to run. */
    private static void addUpEight(double[] head, double[] tail) {
        addTo(head, tail, head, tail, 0, 4);
        addTo(head, tail, head, tail, 1, 5);
        addTo(head, tail, head, tail, 2, 6);
        addTo(head, tail, head, tail, 3, 7);
        addTo(head, tail, head, tail, 0, 2);
        addTo(head, tail, head, tail, 1, 3);
        addTo(head, tail, head, tail, 0, 1);
    }

    private static void addTo(double[] head, double[] tail, double[] x, double[] xTail, int i, int j) {
        double next = x[i] + x[j];
        tail[i] = (xTail[i] + Exact.sumError(x[i], x[j], next)) + xTail[j];
        head[i] = next;
    }

    /** The largest of each lane, found by halves likewise. */
    static void largest(double[] x, int n, int lanes, double[] to) {
        int half = Integer.highestOneBit(n - 1);
        if (half < lanes) {
            System.arraycopy(x, 0, to, 0, n);
            return;
        }
        System.arraycopy(x, half, to, 0, n - half);
        largerOfTwo(to, x, n - half);
        System.arraycopy(x, n - half, to, n - half, 2 * half - n);
        if (half > 256 && lanes <= 256) {
            larger256(to);
        }
        if (half > 128 && lanes <= 128) {
            larger128(to);
        }
        if (half > 64 && lanes <= 64) {
            larger64(to);
        }
        if (half > 32 && lanes <= 32) {
            larger32(to);
        }
        if (half > 16 && lanes <= 16) {
            larger16(to);
        }
        for (int few = Math.min(half, 16) / 2; few >= lanes; few /= 2) {
            largerOfFew(to, few);
        }
    }

    private static void largerOfTwo(double[] to, double[] x, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = Math.max(to[i], x[i]);
        }
    }

    private static void larger256(double[] to) {
        for (int i = 0; i < 256; i++) {
            to[i] = Math.max(to[i], to[256 + i]);
        }
    }

    private static void larger128(double[] to) {
        for (int i = 0; i < 128; i++) {
            to[i] = Math.max(to[i], to[128 + i]);
        }
    }

    private static void larger64(double[] to) {
        for (int i = 0; i < 64; i++) {
            to[i] = Math.max(to[i], to[64 + i]);
        }
    }

    private static void larger32(double[] to) {
        for (int i = 0; i < 32; i++) {
            to[i] = Math.max(to[i], to[32 + i]);
        }
    }

    private static void larger16(double[] to) {
        for (int i = 0; i < 16; i++) {
            to[i] = Math.max(to[i], to[16 + i]);
        }
    }

    private static void largerOfFew(double[] to, int half) {
        for (int i = 0; i < half; i++) {
            to[i] = Math.max(to[i], to[half + i]);
        }
    }

    /** Repeats the first few of an array until there are n. */
    static void spread(double[] x, int lanes, int n) {
        if (lanes == 1) {
            Arrays.fill(x, 1, n, x[0]);
            return;
        }
        for (int i = lanes; i < n; i *= 2) {
            System.arraycopy(x, 0, x, i, Math.min(i, n - i));
        }
    }

    void spread(int lanes, int n) {
        spread(head, lanes, n);
        spread(tail, lanes, n);
    }

    /** The products of a with the distances b - x. */
    void timesDistances(Pairs a, double[] b, double[] x, int n) {
        timesDistances(head, tail, a.head, a.tail, b, x, n);
    }

    private static void timesDistances(
            double[] head, double[] tail, double[] a, double[] aTail, double[] b, double[] x, int n) {
        for (int i = 0; i < n; i++) {
            double d = b[i] - x[i];
            double dTail = Exact.differenceError(b[i], x[i], d);
            double product = a[i] * d;
            tail[i] = Exact.productTail(a[i], aTail[i], d, dTail, product);
            head[i] = product;
        }
    }

    /** The same with distances from one b. */
    void timesDistances(Pairs a, double b, double[] x, int n) {
        timesDistances(head, tail, a.head, a.tail, b, x, n);
    }

    private static void timesDistances(
            double[] head, double[] tail, double[] a, double[] aTail, double b, double[] x, int n) {
        for (int i = 0; i < n; i++) {
            double d = b - x[i];
            double dTail = Exact.differenceError(b, x[i], d);
            double product = a[i] * d;
            tail[i] = Exact.productTail(a[i], aTail[i], d, dTail, product);
            head[i] = product;
        }
    }

    /** Subtracts from the heads the products of pairs, and rounds. */
    void subtractProducts(Pairs a, Pairs x, int n) {
        subtractProducts(head, a.head, a.tail, x.head, x.tail, n);
    }

    private static void subtractProducts(
            double[] head, double[] a, double[] aTail, double[] x, double[] xTail, int n) {
        for (int i = 0; i < n; i++) {
            head[i] = fma(-a[i], x[i], head[i]) - fma(a[i], xTail[i], aTail[i] * x[i]) + 0.0;
        }
    }

    /** The same with products by one pair. */
    void subtractProducts(Pairs a, Pair x, int n) {
        subtractProducts(head, a.head, a.tail, x.head(), x.tail(), n);
    }

    private static void subtractProducts(double[] head, double[] a, double[] aTail, double x, double xTail, int n) {
        for (int i = 0; i < n; i++) {
            head[i] = fma(-a[i], x, head[i]) - fma(a[i], xTail, aTail[i] * x) + 0.0;
        }
    }

    /** Multiplies by one pair. */
    public void multiply(Pair f, int n) {
        multiply(head, tail, f.head(), f.tail(), n);
    }

    private static void multiply(double[] head, double[] tail, double f, double fTail, int n) {
        for (int i = 0; i < n; i++) {
            double product = head[i] * f;
            tail[i] = Exact.productTail(head[i], tail[i], f, fTail, product);
            head[i] = product;
        }
    }

    /** Multiplies by pairs. */
    public void multiply(Pairs f, int n) {
        multiply(head, tail, f.head, f.tail, n);
    }

    private static void multiply(double[] head, double[] tail, double[] f, double[] fTail, int n) {
        for (int i = 0; i < n; i++) {
            double product = head[i] * f[i];
            tail[i] = Exact.productTail(head[i], tail[i], f[i], fTail[i], product);
            head[i] = product;
        }
    }
}
