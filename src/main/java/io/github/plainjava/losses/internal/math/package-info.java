/**
 * Internal, not for use from outside: arithmetic that knows no loss. Pairs of doubles, exponential and logarithm, exact
 * sums, and the fused multiply-add that all of them are made of.
 */
package io.github.plainjava.losses.internal.math;
