package io.github.plainjava.losses.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A comment to the end of its line.
 *
 * @param offset where its two slashes start
 * @param text   what follows the slashes, stripped
 */
record LineComment(int offset, String text) {

    /** Whatever may hold two slashes that start no comment, or the comment itself. */
    private static final Pattern TOKEN = Pattern.compile(
            "\"\"\".*?(?<!\\\\)\"\"\"" // text block
                    + "|\"(?:\\\\.|[^\"\\\\\\n])*\"" // string
                    + "|'(?:\\\\.|[^'\\\\\\n])*'" // character
                    + "|/\\*.*?\\*/" // other comment
                    + "|//([^\\n]*)",
            Pattern.DOTALL);

    static List<LineComment> of(String code) {
        List<LineComment> comments = new ArrayList<>();
        Matcher token = TOKEN.matcher(code);
        while (token.find()) {
            if (token.group(1) != null) {
                comments.add(new LineComment(token.start(), token.group(1).strip()));
            }
        }
        return comments;
    }
}
