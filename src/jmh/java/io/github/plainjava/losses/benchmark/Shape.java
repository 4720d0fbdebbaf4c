package io.github.plainjava.losses.benchmark;

/** How many rows of how many columns, written {@code 256x1000}. */
record Shape(int rows, int columns) {

    static Shape of(String text) {
        String[] parts = text.split("x");
        return new Shape(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }

    int size() {
        return Math.multiplyExact(rows, columns);
    }

    @Override
    public String toString() {
        return rows + "x" + columns;
    }
}
