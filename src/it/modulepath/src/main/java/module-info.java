/** A consumer that names what it needs, and so can be linked into an image of its own. */
module consumer {
    requires io.github.plainjava.losses;
}
