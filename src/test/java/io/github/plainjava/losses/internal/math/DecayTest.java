package io.github.plainjava.losses.internal.math;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.plainjava.losses.generators.Doubles;
import java.math.BigDecimal;
import java.math.MathContext;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import org.apfloat.Apfloat;
import org.apfloat.ApfloatMath;
import org.apfloat.Apint;

@PropertyDefaults(tries = 300, edgeCases = EdgeCasesMode.NONE)
class DecayTest {

    private static final int DIGITS = 60;

    @Property
    void bothAreWithin64Bits(@ForAll("sizes") double x) {
        Apfloat exp = ApfloatMath.exp(new Apfloat(new BigDecimal(-x), DIGITS));
        double[] head = new double[3];
        double[] tail = new double[3];
        Decay.exp(x, head, tail, 1);
        Pair decay = new Pair(head[1], tail[1]);
        assertThat(error(decay, exp)).isLessThanOrEqualTo(0x1p-64);
        BigDecimal given = new BigDecimal(decay.head()).add(new BigDecimal(decay.tail()));
        Apfloat onePlus = new Apfloat(given, 2 * DIGITS).add(Apint.ONE);
        Decay.log1p(decay, head, tail, 1);
        assertThat(error(new Pair(head[1], tail[1]), ApfloatMath.log(onePlus))).isLessThanOrEqualTo(0x1p-64);
    }

    private static double error(Pair actual, Apfloat exact) {
        BigDecimal expected = new BigDecimal(exact.toString(true));
        return new BigDecimal(actual.head()).add(new BigDecimal(actual.tail())).subtract(expected).abs()
                .divide(expected, MathContext.DECIMAL64).doubleValue();
    }

    @Provide
    Arbitrary<Double> sizes() {
        return Arbitraries.oneOf(Doubles.between(0, 88), Doubles.between(0, 1), Doubles.magnitudes(-60, 3),
                Arbitraries.of(0.0, 0.34657359027997264, 0.3465735902799727, 88.0));
    }
}
