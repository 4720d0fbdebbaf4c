package io.github.plainjava.losses.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class JavaBlocksTest {

    @Test
    void everyJavaFenceOfAMarkdownFileIsABlockWithItsLine() {
        String text = """
                # Title
                ```java
                int a = 1;
                ```
                ```sh
                mvn verify
                ```
                - in a list
                  ```java
                  int b = 2;
                  ```
                """;
        assertThat(JavaBlocks.ofMarkdown("README.md", text)).containsExactly(
                new JavaBlock("README.md", 3, "int a = 1;\n"), new JavaBlock("README.md", 10, "int b = 2;\n"));
    }

    @Test
    void everyPreCodeAndSnippetOfAJavadocCommentIsABlockWithItsLine() {
        String source = """
                package a;

                /**
                 * Words, {@code code}.
                 *
                 * <pre>{@code
                 * double[] a = {1};
                 * }</pre>
                 * and {@snippet lang="java" :
                 * int b = 2;
                 * }
                 */
                class A {
                    /* <pre>{@code no Javadoc }</pre> */
                    String s = "<pre>{@code no comment }</pre>";
                }
                """;
        assertThat(JavaBlocks.ofSource("A.java", source)).containsExactly(
                new JavaBlock("A.java", 6, "\ndouble[] a = {1};\n"), new JavaBlock("A.java", 9, "\nint b = 2;\n"));
    }

    @Test
    void aTagThatIsNeverClosedIsAnError() {
        assertThatThrownBy(() -> JavaBlocks.ofSource("A.java", "/** <pre>{@code if (a) { </pre> */"))
                .hasMessageContaining("A.java:1");
    }
}
