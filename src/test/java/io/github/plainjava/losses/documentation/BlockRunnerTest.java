package io.github.plainjava.losses.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the tester: what is right passes, and nothing that is wrong does. */
class BlockRunnerTest {

    /** The user code that the library was designed for. */
    private static final String USER_CODE = """
            import io.github.plainjava.losses.*;

            // Regression
            LossFunction mse = new MeanSquaredError();
            mse.value(new double[] {2.5, 0.0}, new double[] {3.0, -0.5});          // 0.25
            double[] slope = mse.gradient(prediction, target);                     // dL/dprediction

            // Classification from probabilities: a label, or a target distribution
            CrossEntropy crossEntropy = new CrossEntropy();
            crossEntropy.value(new double[] {0.7, 0.2, 0.1}, 0);                   // -log 0.7 = 0.3566749439387324
            crossEntropy.value(new double[] {0.1, 0.2, 0.7}, OneHot.encode(0, 3)); // -log 0.1 = 2.302585092994046

            // Classification from logits: softmax and cross-entropy in one, safe for any finite logits
            Softmax softmax = new Softmax();
            softmax.value(logits, label);
            double loss = softmax.valueAndGradient(logits, label, gradient);       // one pass, nothing allocated
            double[] p  = Softmax.softmax(logits);
            double[] lp = Softmax.logSoftmax(logits);
            double lse  = Softmax.logSumExp(logits);

            // Options: every loss is immutable, each option gives a new one
            ClassificationLoss tuned = new Softmax().withTemperature(2).withLabelSmoothing(0.1)
                    .withClassWeights(1, 4, 1);

            // A batch is rows laid end to end in one double[]; its value is the mean over the rows
            var batch = Batch.of(new Softmax(), 10);                               // rows of 10 logits
            double mean = batch.valueAndGradient(logits, labels, gradient);        // int[] labels, one a row
            double weighted = batch.weightedBy(sampleWeights).value(logits, labels);
            double[] each = batch.perRow(logits, labels);

            // A running mean that can be merged, in any order, to the same bits
            LossMean total = new LossMean();
            total.accept(loss); total.accept(loss, weight); total.combine(other); total.mean();
            """;

    @Test
    void theUserCodeOfTheDesignPassesAndStatesThreeResults() {
        assertThat(problemsOf(USER_CODE)).isEmpty();
        assertThat(BlockRunner.statedResultsOf(new JavaBlock("design", 1, USER_CODE))).isEqualTo(3);
    }

    @Test
    void aDigitChangedInTheUserCodeFails() {
        assertThat(problemsOf(USER_CODE.replace("0.3566749439387324", "0.3566749439387326")))
                .containsExactly("test.md:10: states 0.3566749439387326, but computes 0.35667494393873245");
    }

    @Test
    void everyWrongStatementFailsWithItsLine() {
        assertThat(problemsOf("""
                double a = 1.5; // 1.5
                double b = 2.5; // 2.6
                double[] c = {1, 2}; // {1, 3}
                Math.max(1, 2); // 1
                """)).containsExactly(
                "test.md:2: states 2.6, but computes 2.5",
                "test.md:3: states {1, 3}, but computes {1.0, 2.0}",
                "test.md:4: states 1, but computes 2");
    }

    @Test
    void aBlockThatDoesNotCompileFailsWithItsLine() {
        assertThat(problemsOf("int a = 1;\nint b = c;\n"))
                .singleElement().asString().startsWith("test.md:2: does not compile: ").contains("cannot find symbol");
        assertThat(problemsOf("int a = 1;\nint b = ;\n"))
                .singleElement().asString().startsWith("test.md:2: does not compile: ");
    }

    @Test
    void aBlockThatThrowsFailsWithItsLine() {
        assertThat(problemsOf("int a = 1;\nnew Softmax().value(logits, 3);\n"))
                .containsExactly("test.md:2: threw java.lang.IllegalArgumentException: label 3 is not in 0..2");
    }

    @Test
    void aResultThatIsNeverComputedFails() {
        assertThat(problemsOf("if (label < 0) {\n    Math.abs(-2); // 2\n}\n"))
                .containsExactly("test.md:2: states 2, but nothing was computed there");
        assertThat(problemsOf("Runnable never = () -> {\n    Math.abs(-2); // 2\n};\n"))
                .containsExactly("test.md:2: states 2, but nothing was computed there");
    }

    @Test
    void aResultOfNoStatementFails() {
        assertThat(problemsOf("// 0.25\nint a = 1;\n"))
                .containsExactly("test.md:1: states 0.25, but after no statement");
        assertThat(problemsOf("double[] a = {\n    1, // 1\n    2\n};\n"))
                .containsExactly("test.md:2: states 1, but after no statement");
    }

    @Test
    void aResultOfAVoidMethodFails() {
        assertThat(problemsOf("Softmax.softmax(logits, gradient); // {0.5, 0.5, 0.0}\n"))
                .singleElement().asString().startsWith("test.md:1: does not compile: ").contains("void");
    }

    @Test
    void aResultThatCannotBeReadFails() {
        assertThat(problemsOf("double a = 1.0 / 3; // 0.333...\n"))
                .singleElement().asString().startsWith("test.md:1: looks like a result");
    }

    @Test
    void everyPassThroughALoopIsCompared() {
        assertThat(problemsOf("for (int i = 1; i < 3; i++) {\n    int j = i; // 1\n}\n"))
                .containsExactly("test.md:2: states 1, but computes 2");
    }

    @Test
    void aResultMayStandOnTheNextLineOrBelongToWhatIsPrinted() {
        assertThat(problemsOf("double a = 1.5;\n// 1.5\n")).isEmpty();
        assertThat(problemsOf("double a = 1.5;\n// 1.6\n")).isNotEmpty();
        assertThat(problemsOf("System.out.println(1 + 1); // 3\n"))
                .containsExactly("test.md:1: states 3, but computes 2");
    }

    @Test
    void anArrayIsComparedAsItWasThen() {
        assertThat(problemsOf("double[] a = {1}; // {1}\na[0] = 2;\n")).isEmpty();
    }

    @Test
    void slashesInAStringAreNoComment() {
        assertThat(problemsOf("String a = \"http://\"; // \"http://\"\nchar b = '\"'; // \"\\\"\"\n"
                .replace(" // \"\\\"\"", ""))).isEmpty();
    }

    @Test
    void aDeclarationOfTheBlockGoesBeforeThePreamble() {
        assertThat(problemsOf("int label = 7;\nint a = label; // 7\n")).isEmpty();
    }

    @Test
    void aBatchOfNColumnsMeetsArraysThatFit() {
        assertThat(problemsOf("Batch.of(new Softmax(), 7).perRow(logits, labels).length; // 4\n")).isNotEmpty();
        assertThat(problemsOf("int rows = Batch.of(new Softmax(), 7).perRow(logits, labels).length; // 4\n")).isEmpty();
    }

    @Test
    void aProgramHasNoImportButItsOwn() {
        String program = """
                import io.github.plainjava.losses.MeanSquaredError;

                public class First {
                    public static void main(String[] arguments) {
                        System.out.println(new MeanSquaredError().value(new double[] {1}, new double[] {3})); // 4.0
                    }
                }
                """;
        assertThat(problemsOf(program)).isEmpty();
        assertThat(problemsOf(program.replace("4.0", "5.0")))
                .containsExactly("test.md:5: states 5.0, but computes 4.0");
        assertThat(problemsOf(program.replace("import", "// import")))
                .singleElement().asString().startsWith("test.md:5: does not compile: ");
    }

    @Test
    void aProgramForContributorsIsPartOfTheLibrary() {
        String program = """
                public final class Sum {
                    public static String name() {
                        return Checks.class.getName();
                    }
                }
                """;
        assertThat(BlockRunner.problemsOf(new JavaBlock("CONTRIBUTING.md", 1, program))).isEmpty();
        assertThat(problemsOf(program))
                .singleElement().asString().startsWith("test.md:3: does not compile: ").contains("Checks");
    }

    private static List<String> problemsOf(String code) {
        return BlockRunner.problemsOf(new JavaBlock("test.md", 1, code));
    }
}
