/**
 * Loss functions over {@code double[]}, with first and second derivatives. {@link io.github.plainjava.losses.Batch}
 * takes any of them over many rows, also of floats; {@link io.github.plainjava.losses.LossMean},
 * {@link io.github.plainjava.losses.LossStatistics} and {@link io.github.plainjava.losses.ExactSums} add up what does
 * not depend on order.
 *
 * <table>
 * <caption>Which loss</caption>
 * <tr><th>the model gives</th><th>losses</th></tr>
 * <tr><td>a quantity</td>
 *     <td>{@link io.github.plainjava.losses.MeanSquaredError}; with outliers {@link io.github.plainjava.losses.Huber},
 *     {@link io.github.plainjava.losses.PseudoHuber}, {@link io.github.plainjava.losses.LogCosh},
 *     {@link io.github.plainjava.losses.MeanAbsoluteError}; a quantile
 *     {@link io.github.plainjava.losses.Pinball}</td></tr>
 * <tr><td>the log of a mean</td>
 *     <td>{@link io.github.plainjava.losses.Poisson}, {@link io.github.plainjava.losses.Gamma},
 *     {@link io.github.plainjava.losses.Tweedie}</td></tr>
 * <tr><td>a logit or a probability for yes or no</td>
 *     <td>{@link io.github.plainjava.losses.Sigmoid}, {@link io.github.plainjava.losses.Focal};
 *     {@link io.github.plainjava.losses.BinaryCrossEntropy}</td></tr>
 * <tr><td>a logit a class</td>
 *     <td>{@link io.github.plainjava.losses.Softmax}; to learn from another model's logits
 *     {@link io.github.plainjava.losses.SoftmaxDivergence}; a score a class
 *     {@link io.github.plainjava.losses.Hinge}</td></tr>
 * <tr><td>a probability a class</td>
 *     <td>{@link io.github.plainjava.losses.CrossEntropy}, {@link io.github.plainjava.losses.Brier}</td></tr>
 * </table>
 *
 * <h2>Conventions</h2>
 * <ul>
 * <li>The order is always (prediction, target).
 * <li>A loss whose entries have targets of their own is the mean over the row's entries; a loss over classes is their
 * sum.
 * <li>A row is one example: one value a class, or one a quantity predicted. Batches are rows laid end to end in one
 *     array.
 * <li>Losses are in nats: logarithms are natural. {@link io.github.plainjava.losses.Information#toBits} makes bits.
 * <li>The gradient is the derivative of the value that is returned, with every option, weight and reduction in it.
 *     {@code valueAndGradient} returns the very bits of {@code value}.
 * <li>The gradient array may be the prediction array itself; it must not be the target array. Inputs are not modified
 *     otherwise.
 * <li>Nothing is written before all checks have passed. Errors name the place and the value.
 * <li>A loss is immutable, can be shared between threads, and is serializable, also by serializers that copy fields as
 *     they are. Each option gives a new loss, and losses with equal options are equal.
 * <li>Probabilities and logits are different classes; there is no flag whose meaning one has to look up.
 * </ul>
 *
 * <h2>Special values</h2>
 * <table>
 * <caption>What becomes of inputs that are not ordinary numbers</caption>
 * <tr><th>input</th><th>result</th></tr>
 * <tr><td>a NaN in the prediction's row</td>
 *     <td>NaN: the value, and every gradient entry of the row; for a loss whose entries have
 *     targets of their own a NaN anywhere does so, unless the loss skips missing targets</td></tr>
 * <tr><td>logit -infinity</td>
 *     <td>that class is excluded: p = 0, log p = -infinity, the rest as if it were absent</td></tr>
 * <tr><td>every logit -infinity</td><td>softmax, log-softmax and loss NaN; logSumExp -infinity</td></tr>
 * <tr><td>a logit +infinity</td><td>logSumExp +infinity; softmax, log-softmax and loss NaN</td></tr>
 * <tr><td>target mass on p = 0</td>
 *     <td>value +infinity; the gradient of the softmax loss is still finite, that of cross-entropy -infinity
 *     there</td></tr>
 * <tr><td>target 0 on p = 0</td><td>contributes 0 to value and gradient</td></tr>
 * <tr><td>result beyond the double range</td><td>+infinity or -infinity, as the rounded exact value</td></tr>
 * <tr><td>-0.0</td><td>never returned by a value, a probability or a gradient</td></tr>
 * <tr><td>a probability up to 1 + 2^-16</td><td>counts as 1; above that, or below 0, an error</td></tr>
 * <tr><td>a target mass that is negative, above 1e60 or NaN</td><td>an error</td></tr>
 * <tr><td>a row of sample weight 0, an ignored label</td><td>contributes exactly nothing, whatever its loss</td></tr>
 * <tr><td>a batch whose total weight is 0</td><td>mean 0 with gradient 0; the sum is that of its rows</td></tr>
 * <tr><td>a negative sample weight</td><td>subtracts the row from a sum; for a mean an error</td></tr>
 * <tr><td>an empty row</td><td>an error; logSumExp of nothing is -infinity</td></tr>
 * </table>
 *
 * <h2>Accuracy</h2>
 * For finite inputs every value, probability and log-probability is within 2 ulp of the exact result for the doubles
 * given, every entry of a gradient or of a Hessian's diagonal within 3 ulp, for any row length, subnormal results
 * included; so is a mean over many entries. Predictions and vectors may be of any size. Options have limits, which are
 * in the error for what is beyond them: class weights are 0 or from 1e-18 to 1e18, temperatures from 1e-18 to 1e18,
 * label smoothing 0 or from 1e-18 to 1, floors from 1e-150 to 1; target masses are from 0 to 1e60. Data are never
 * refused for being small: a mass below 2^-600 may be wrong by 2^-600 times what a mass of 1 would give, and in a mean
 * the gradient of a row of less than 2^-500 of the total weight by 2^-1000 times what it is alone. Where a result is a
 * difference the bound is in ulps of the larger of the two terms, and the class says so. Means over rows are those of
 * the rows' losses, correctly rounded.
 *
 * <h2>Reproducibility</h2>
 * Results come from {@code + - * /}, {@link java.lang.Math#fma(double, double, double) fma},
 * {@link java.lang.StrictMath} and operations that are exact alone, in an order that the code fixes: the same bits on
 * every JVM, processor, compiler and thread. A mean over rows does not depend on their order, nor on how they were
 * split and merged.
 *
 * <p>Where the processor has no fma, or hides it, {@code Math.fma} takes a thousand times as long. The library then
 * uses one of its own, with the same bits. Whether to is measured once, unless the system property
 * {@code io.github.plainjava.losses.fma} is {@code hardware} or {@code software}.
 */
package io.github.plainjava.losses;
