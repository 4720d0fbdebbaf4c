/** Loss functions over {@code double[]}: exact, fast, and without a dependency. */
module io.github.plainjava.losses {
    exports io.github.plainjava.losses;
}
