import io.github.plainjava.losses.Batch
import io.github.plainjava.losses.LossFunction
import io.github.plainjava.losses.Softmax
import kotlin.math.abs
import kotlin.math.ln

/** Uses the library from Kotlin: a loss written as a lambda, options in a chain, and a batch. */
fun main() {
    val loss = Softmax().withTemperature(2.0).withClassWeights(1.0, 4.0, 1.0)
    requireClose(loss.value(doubleArrayOf(0.0, 0.0, 0.0), 1), 4 * ln(3.0))

    val absoluteError = LossFunction { prediction, target, gradient ->
        gradient[0] = if (prediction[0] > target[0]) 1.0 else -1.0
        abs(prediction[0] - target[0])
    }
    requireClose(Batch.of(absoluteError, 1).value(doubleArrayOf(1.0, 2.0), doubleArrayOf(0.0, 4.0)), 1.5)
}

private fun requireClose(actual: Double, expected: Double) =
    check(abs(actual - expected) <= 2 * Math.ulp(expected)) { "$actual is not $expected" }
