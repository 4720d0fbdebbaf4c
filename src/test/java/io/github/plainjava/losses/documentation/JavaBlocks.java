package io.github.plainjava.losses.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the Java code in Markdown and in Javadoc comments. */
final class JavaBlocks {

    private static final Pattern FENCED =
            Pattern.compile("^( *)```java\\b[^\\n]*\\n(.*?)^ *```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern JAVADOC = Pattern.compile("/\\*\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern LEADING_ASTERISK = Pattern.compile("(?m)^[ \\t]*\\*(?!/) ?");
    private static final Pattern PRE_CODE = Pattern.compile("<pre>\\s*\\{@code\\b|\\{@snippet\\b([^:{}]*):");

    private JavaBlocks() {}

    /** The blocks fenced as {@code java}, without the indentation of their fences. */
    static List<JavaBlock> ofMarkdown(String document, String text) {
        List<JavaBlock> blocks = new ArrayList<>();
        Matcher fenced = FENCED.matcher(text);
        while (fenced.find()) {
            String code = fenced.group(2).replaceAll("(?m)^" + fenced.group(1), "");
            blocks.add(new JavaBlock(document, lineOf(text, fenced.start(2)), code));
        }
        return blocks;
    }

    /** The {@code <pre>{@code ...}</pre>} and snippet tags of the Javadoc comments of a source file. */
    static List<JavaBlock> ofSource(String document, String source) {
        List<JavaBlock> blocks = new ArrayList<>();
        Matcher javadoc = JAVADOC.matcher(source);
        while (javadoc.find()) {
            int firstLine = lineOf(source, javadoc.start());
            String comment = LEADING_ASTERISK.matcher(javadoc.group()).replaceAll("");
            addBlocks(blocks, document, firstLine, comment);
        }
        return blocks;
    }

    private static void addBlocks(List<JavaBlock> blocks, String document, int firstLine, String comment) {
        Matcher start = PRE_CODE.matcher(comment);
        while (start.find()) {
            int from = start.end();
            int line = firstLine + lineOf(comment, from) - 1;
            int to = closingBrace(comment, from);
            if (to < 0) {
                throw new IllegalStateException(document + ":" + line + ": the tag's brace is never closed");
            }
            blocks.add(new JavaBlock(document, line, comment.substring(from, to)));
        }
    }

    /** The brace that closes the tag; as in Javadoc, braces in the code are counted wherever they stand. */
    private static int closingBrace(String text, int from) {
        int depth = 1;
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '{') {
                depth++;
            } else if (text.charAt(i) == '}' && --depth == 0) {
                return i;
            }
        }
        return -1;
    }

    private static int lineOf(String text, int offset) {
        return 1 + (int) text.chars().limit(offset).filter(c -> c == '\n').count();
    }
}
