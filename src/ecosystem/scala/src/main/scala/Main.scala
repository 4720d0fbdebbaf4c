package consumer

import io.github.plainjava.losses.{Batch, Information, LossFunction, LossMean, Softmax}

/** Uses the library from Scala: means over collections, options in a chain, and a loss written as a function. */
object Main {

  def main(args: Array[String]): Unit = {
    val digits = Digits.test()
    val model = SoftmaxRegression.trained(Digits.training(), 50, 2)
    val softmax = new Softmax().withLabelSmoothing(0.1)

    val losses = digits.pixels.toSeq.zip(digits.labels).map { case (pixels, label) =>
      softmax.value(model.logits(pixels), label)
    }
    val mean = losses.foldLeft(new LossMean()) { (sum, loss) => sum.accept(loss); sum }
    val halves = losses.grouped(losses.size / 2).map { half =>
      half.foldLeft(new LossMean()) { (sum, loss) => sum.accept(loss); sum }
    }.reduce(_ combine _)
    val batch = Batch.of(softmax, Digits.CLASSES).lossMean(model.logits(digits), digits.labels)
    println(s"log loss of ${mean.count} digits with label smoothing: ${mean.mean}, perplexity ${
      Information.perplexity(mean.mean)}")
    Check.that(mean == batch && halves == batch, s"$mean and $halves are not $batch")

    val absoluteError: LossFunction = (prediction, target, gradient) => {
      gradient(0) = math.signum(prediction(0) - target(0))
      math.abs(prediction(0) - target(0))
    }
    val error = Batch.of(absoluteError, 1).value(Array(1.0, 2.0), Array(0.0, 4.0))
    Check.that(error == 1.5, s"the mean absolute error is $error")
  }
}
