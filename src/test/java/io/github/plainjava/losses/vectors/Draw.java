package io.github.plainjava.losses.vectors;

/**
 * Numbers drawn by SplitMix64 (Steele, Lea and Flood 2014, Fast splittable pseudorandom number generators,
 * doi:10.1145/2714064.2660195), written out so that a seed gives the same numbers in every version of Java.
 */
final class Draw {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long state;

    /** The numbers of one case of a file. */
    Draw(String file, int number) {
        this.state = file.hashCode() * 0x1_0000_0001L + number * GOLDEN;
        this.state = bits();
    }

    private long bits() {
        state += GOLDEN;
        long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** From 0 to n - 1. */
    int below(int n) {
        return (int) Long.remainderUnsigned(bits(), n);
    }

    boolean once(int in) {
        return below(in) == 0;
    }

    /** A multiple of 2^-52 in [0, 1). */
    double fraction() {
        return (bits() >>> 12) * 0x1p-52;
    }

    double between(double low, double high) {
        return low + fraction() * (high - low);
    }

    /** A positive number whose binary exponent lies between two bounds, both included. */
    double magnitude(int lowest, int highest) {
        return Math.max(Math.scalb(1 + fraction(), lowest + below(highest - lowest + 1)), Double.MIN_VALUE);
    }

    /** The same with either sign. */
    double ofExponents(int lowest, int highest) {
        return once(2) ? magnitude(lowest, highest) : -magnitude(lowest, highest);
    }

    double oneOf(double... numbers) {
        return numbers[below(numbers.length)];
    }

    /** A double at most some steps away from another. */
    double beside(double x, int steps) {
        double moved = x;
        for (int k = below(2 * steps + 1) - steps; k != 0; k -= Integer.signum(k)) {
            moved = k > 0 ? Math.nextUp(moved) : Math.nextDown(moved);
        }
        return moved;
    }
}
