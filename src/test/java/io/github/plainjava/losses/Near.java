package io.github.plainjava.losses;

import static org.assertj.core.api.Assertions.assertThat;

/** Two results that are each within some ulps of the same number are within the sum of these of each other. */
final class Near {

    private Near() {
    }

    static void assertUlps(double actual, double expected, double ulps) {
        assertUlps(actual, expected, expected, ulps);
    }

    /** In ulps of a term that the two results are what is left of. */
    static void assertUlps(double actual, double expected, double term, double ulps) {
        if (actual != expected) {
            assertThat(Math.abs(actual - expected)).as("%s, expected %s", actual, expected)
                    .isLessThanOrEqualTo(ulps * Math.ulp(Math.max(Math.abs(expected), Math.abs(term))));
        }
    }

    /** At most another one, but for some ulps of both. */
    static void assertAtMost(double actual, double bound, double ulps) {
        if (!(actual <= bound)) {
            assertUlps(actual, bound, ulps);
        }
    }
}
