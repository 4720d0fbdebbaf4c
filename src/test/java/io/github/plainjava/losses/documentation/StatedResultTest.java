package io.github.plainjava.losses.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatedResultTest {

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "0.25; 0.25",
        "-log 0.7 = 0.3566749439387324; 0.3566749439387324",
        "a = b = -1.0E-3; -1.0E-3",
        "0.25, the mean of the squares; 0.25",
        "0.5 nats; 0.5",
        "3; 3",
        "3 (three); 3",
        "{-0.5, 0.0}; {-0.5, 0.0}",
        "p = {0.5, 1}: certain; {0.5, 1}",
        "{}; {}",
        "true; true",
        "is it? = false; false",
        "\"a = b\"; \"a = b\"",
        "NaN; NaN",
        "-Infinity; -Infinity",
    })
    void isTheLiteralOfAComment(String comment, String literal) {
        assertThat(StatedResult.in(comment)).map(StatedResult::toString).contains(literal);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "dL/dprediction", "one pass, nothing allocated", "rows of 10 logits", "10 logits a row", "true class first",
        "x >= 2", ""
    })
    void isNotWords(String comment) {
        assertThat(StatedResult.in(comment)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{0.1, 0.2, ...}", "0.3566...", "= 0.3566...", "\"never closed", "{1, 2"})
    void isNeverPassedOverWhenItCannotBeRead(String comment) {
        assertThatThrownBy(() -> StatedResult.in(comment)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDoubleOfFullLengthIsMetByItselfOnly() {
        double x = 0.3566749439387324;
        assertThat(stated("0.3566749439387324").isMetBy(x)).isTrue();
        assertThat(stated("0.3566749439387324").isMetBy(Math.nextUp(x))).isFalse();
        assertThat(stated("0.3566749439387324").isMetBy(Math.nextDown(x))).isFalse();
    }

    @Test
    void aRealResultIsMetByADoubleThatIsARoundingOfItToo() {
        assertThat(stated("-log 0.1 = 2.302585092994046").isMetBy(2.3025850929940455)).isTrue();
        assertThat(stated("-log 0.1 = 2.302585092994046").isMetBy(2.302585092994045)).isFalse();
        assertThat(stated("2.302585092994046").isMetBy(2.3025850929940455)).isFalse();
        assertThat(stated("-log 0.1 = 2.30258509299404563").isMetBy(2.3025850929940455)).isTrue();
        assertThat(stated("-log 0.1 = 2.30258509299404563").isMetBy(2.302585092994046)).isFalse();
        assertThat(stated("x = 0.5").isMetBy(0.56)).isFalse();
    }

    @Test
    void aShorterDoubleIsMetByWhatRoundsToIt() {
        assertThat(stated("0.357").isMetBy(0.3566749439387324)).isTrue();
        assertThat(stated("0.356").isMetBy(0.3566749439387324)).isFalse();
        assertThat(stated("-1.0E-3").isMetBy(-0.00104)).isTrue();
        assertThat(stated("-1.0E-3").isMetBy(-0.00106)).isFalse();
        assertThat(stated("1.0").isMetBy(Double.POSITIVE_INFINITY)).isFalse();
    }

    @Test
    void aWholeNumberOrAZeroIsMetByItselfOnly() {
        assertThat(stated("2").isMetBy(2)).isTrue();
        assertThat(stated("2").isMetBy(2.0)).isTrue();
        assertThat(stated("2").isMetBy(2L)).isTrue();
        assertThat(stated("2").isMetBy(2.1)).isFalse();
        assertThat(stated("0.00").isMetBy(0.0)).isTrue();
        assertThat(stated("0.00").isMetBy(0.001)).isFalse();
        assertThat(stated("0.0").isMetBy(-0.0)).isFalse();
    }

    @Test
    void aListIsMetByAnArrayOfTheSameLengthAndEntries() {
        assertThat(stated("{-0.5, 0.0}").isMetBy(new double[] {-0.5, 0})).isTrue();
        assertThat(stated("{-0.5, 0.0}").isMetBy(new double[] {-0.5, -0.0})).isFalse();
        assertThat(stated("{-0.5, 0.0}").isMetBy(new double[] {-0.5})).isFalse();
        assertThat(stated("{1, 2}").isMetBy(new int[] {1, 2})).isTrue();
        assertThat(stated("{1, 2}").isMetBy(1)).isFalse();
        assertThat(stated("{}").isMetBy(null)).isFalse();
    }

    @Test
    void wordsOfTheLanguageAndStringsAreMetByTheirLikes() {
        assertThat(stated("true").isMetBy(true)).isTrue();
        assertThat(stated("true").isMetBy(false)).isFalse();
        assertThat(stated("null").isMetBy(null)).isTrue();
        assertThat(stated("\"ab\"").isMetBy("ab")).isTrue();
        assertThat(stated("\"ab\"").isMetBy("abc")).isFalse();
        assertThat(stated("1").isMetBy("1")).isFalse();
        assertThat(stated("NaN").isMetBy(Double.NaN)).isTrue();
        assertThat(stated("NaN").isMetBy(1.0)).isFalse();
    }

    private static StatedResult stated(String comment) {
        return StatedResult.in(comment).orElseThrow();
    }
}
