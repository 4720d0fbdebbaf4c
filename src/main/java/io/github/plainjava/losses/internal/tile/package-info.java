/**
 * Internal, not for use from outside: how rows go through loops that a compiler makes vector instructions of. A
 * {@link io.github.plainjava.losses.internal.tile.Tile} holds their numbers,
 * {@link io.github.plainjava.losses.internal.tile.Rows} knows where each lies, and
 * {@link io.github.plainjava.losses.internal.tile.Pairs} can be calculated with.
 */
package io.github.plainjava.losses.internal.tile;
