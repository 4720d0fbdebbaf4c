package io.github.plainjava.losses.documentation;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Compiles a block, runs it, and compares what it computes with what its comments state.
 *
 * <p>A block that declares a public class is a program: it is compiled as it stands, with no import but its own, and
 * its {@code main} is run if it has one. Any other block is a fragment: it becomes the body of a method, after the
 * {@link Preamble}.
 *
 * <p>A {@link StatedResult} belongs to the statement that ends just before its comment, on the same line or on an
 * earlier one. It is compared with the variable that the statement declares, with the value of its expression, or with
 * what it prints by {@code System.out.println}.
 */
final class BlockRunner {

    private static final Pattern PUBLIC_CLASS = Pattern.compile("(?m)^public\\s+(?:final\\s+)?class\\s+(\\w+)");
    private static final Pattern IMPORT = Pattern.compile("(?m)^\\s*import\\s+[\\w.*\\s]+;");
    /** Its programs are parts of the library, not users of it. */
    private static final String CONTRIBUTING = "CONTRIBUTING.md";

    private static final String PACKAGE = "io.github.plainjava.losses";
    private static final String FRAGMENT = "Fragment";
    private static final String NOTE = Results.class.getName() + ".computed(";
    private static final String PRINT = "System.out.println";

    private final JavaBlock block;
    private final boolean program;
    private final String className;
    private final String qualifiedName;
    /** The lines of generated source before the block's first. */
    private final int linesBefore;

    private final String before;
    private final String after;

    private final List<String> problems = new ArrayList<>();
    /** The stated results by the offset of their comment in the source. */
    private final Map<Integer, StatedResult> stated = new TreeMap<>();

    private BlockRunner(JavaBlock block) {
        this.block = block;
        Matcher publicClass = PUBLIC_CLASS.matcher(block.code());
        program = publicClass.find();
        className = program ? publicClass.group(1) : FRAGMENT;
        String imports = IMPORT.matcher(block.code()).results()
                .map(found -> found.group().strip())
                .collect(Collectors.joining(" "));
        boolean part = program && block.document().endsWith(CONTRIBUTING);
        qualifiedName = part ? PACKAGE + "." + className : className;
        before = program
                ? part ? "package " + PACKAGE + ";\n" : ""
                : Preamble.IMPORTS + " " + imports + " public final class " + FRAGMENT + " { "
                        + Preamble.declarations(block.code()) + "public static void run() throws Exception {\n";
        after = program ? "" : "\n}}";
        linesBefore = before.isEmpty() ? 0 : 1;
    }

    /** What is wrong with a block, each with its place; nothing if it compiles, runs and every stated result is met. */
    static List<String> problemsOf(JavaBlock block) {
        BlockRunner runner = new BlockRunner(block);
        try {
            runner.check();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return runner.problems;
    }

    /** How many results a block states. */
    static int statedResultsOf(JavaBlock block) {
        BlockRunner runner = new BlockRunner(block);
        runner.readComments(block.code());
        return runner.stated.size();
    }

    private void check() throws IOException {
        String source = before + (program ? block.code() : withoutImports(block.code())) + after;
        readComments(source);
        String noting = withNotes(source);
        if (!problems.isEmpty()) {
            return;
        }
        InMemoryCompiler compiler = new InMemoryCompiler(className);
        if (!compiler.compile(noting)) {
            addErrors(compiler, noting);
            return;
        }
        Results.clear();
        if (run(compiler)) {
            compare(source);
        }
    }

    /** Spaces in place of the imports, so that every offset and line stays. */
    private static String withoutImports(String code) {
        return IMPORT.matcher(code).replaceAll(found -> found.group().replaceAll("[^\\n]", " "));
    }

    private void readComments(String source) {
        for (LineComment comment : LineComment.of(source)) {
            try {
                StatedResult.in(comment.text()).ifPresent(result -> stated.put(comment.offset(), result));
            } catch (IllegalArgumentException e) {
                problems.add(place(source, comment.offset()) + ": " + e.getMessage());
            }
        }
    }

    /** The source with a call to {@link Results} at each statement whose result is stated. */
    private String withNotes(String source) throws IOException {
        InMemoryCompiler parser = new InMemoryCompiler(className);
        JavacTask task = parser.parser(source);
        CompilationUnitTree unit = task.parse().iterator().next();
        if (!parser.errors().isEmpty()) {
            addErrors(parser, source);
            return source;
        }
        List<Statement> statements = statements(unit, Trees.instance(task).getSourcePositions());
        Map<Integer, String> insertions = new TreeMap<>();
        for (int comment : stated.keySet()) {
            Optional<Statement> statement = statementBefore(source, comment, statements);
            if (statement.isPresent()) {
                statement.get().addNote(comment, insertions);
            } else {
                problems.add(place(source, comment) + ": states " + stated.get(comment) + ", but after no statement");
            }
        }
        return withInsertions(source, insertions);
    }

    private static Optional<Statement> statementBefore(String source, int comment, List<Statement> statements) {
        return statements.stream()
                .filter(statement -> statement.end <= comment && source.substring(statement.end, comment).isBlank())
                .findFirst();
    }

    private static String withInsertions(String source, Map<Integer, String> insertions) {
        StringBuilder result = new StringBuilder();
        int from = 0;
        for (Map.Entry<Integer, String> insertion : insertions.entrySet()) {
            result.append(source, from, insertion.getKey()).append(insertion.getValue());
            from = insertion.getKey();
        }
        return result.append(source.substring(from)).toString();
    }

    private boolean run(InMemoryCompiler compiler) {
        try {
            Class<?> compiled = compiler.load(qualifiedName);
            if (!program) {
                compiled.getMethod("run").invoke(null);
            } else if (block.code().contains("void main(String")) {
                compiled.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
            }
            return true;
        } catch (InvocationTargetException e) {
            problems.add(placeIn(e.getCause()) + ": threw " + e.getCause());
        } catch (ReflectiveOperationException e) {
            problems.add(block + ": cannot be run: " + e);
        }
        return false;
    }

    private void compare(String source) {
        stated.forEach((comment, result) -> {
            List<Object> computed = Results.of(comment);
            if (computed.isEmpty()) {
                problems.add(place(source, comment) + ": states " + result + ", but nothing was computed there");
            }
            for (Object value : computed) {
                if (!result.isMetBy(value)) {
                    problems.add(place(source, comment) + ": states " + result + ", but computes "
                            + StatedResult.show(value));
                }
            }
        });
    }

    private void addErrors(InMemoryCompiler compiler, String source) {
        compiler.errors().forEach(error -> problems.add(
                place(source, (int) error.getPosition()) + ": does not compile: " + error.getMessage(Locale.ROOT)));
    }

    private String place(String source, int offset) {
        long line = 1 + source.chars().limit(Math.max(0, offset)).filter(c -> c == '\n').count();
        return block.place(line - linesBefore);
    }

    private String placeIn(Throwable thrown) {
        for (StackTraceElement element : thrown.getStackTrace()) {
            if (element.getClassName().startsWith(qualifiedName)) {
                return block.place(element.getLineNumber() - linesBefore);
            }
        }
        return block.toString();
    }

    /** The statements that can have a stated result, an inner one before the one that it ends. */
    private static List<Statement> statements(CompilationUnitTree unit, SourcePositions positions) {
        List<Statement> statements = new ArrayList<>();
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitBlock(BlockTree tree, Void nothing) {
                super.visitBlock(tree, nothing);
                for (StatementTree statement : tree.getStatements()) {
                    if (statement instanceof VariableTree variable) {
                        statements.add(Statement.declaring(variable, unit, positions));
                    }
                }
                return null;
            }

            @Override
            public Void visitExpressionStatement(ExpressionStatementTree tree, Void nothing) {
                super.visitExpressionStatement(tree, nothing);
                statements.add(Statement.evaluating(tree, unit, positions));
                return null;
            }
        }.scan(unit, null);
        return statements;
    }

    /** A statement of the source: where it ends, and how its result is noted. */
    private static final class Statement {

        private final int end;
        /** The name of the variable that it declares; null for an expression. */
        private final String variable;

        private final int expressionStart;
        private final int expressionEnd;

        private Statement(int end, String variable, int expressionStart, int expressionEnd) {
            this.end = end;
            this.variable = variable;
            this.expressionStart = expressionStart;
            this.expressionEnd = expressionEnd;
        }

        static Statement declaring(VariableTree tree, CompilationUnitTree unit, SourcePositions positions) {
            return new Statement((int) positions.getEndPosition(unit, tree), tree.getName().toString(), 0, 0);
        }

        static Statement evaluating(ExpressionStatementTree tree, CompilationUnitTree unit, SourcePositions positions) {
            ExpressionTree result = printed(tree.getExpression()).orElse(tree.getExpression());
            return new Statement(
                    (int) positions.getEndPosition(unit, tree),
                    null,
                    (int) positions.getStartPosition(unit, result),
                    (int) positions.getEndPosition(unit, result));
        }

        private static Optional<ExpressionTree> printed(ExpressionTree expression) {
            return expression.getKind() == Tree.Kind.METHOD_INVOCATION
                            && expression instanceof MethodInvocationTree call
                            && call.getMethodSelect().toString().equals(PRINT)
                            && call.getArguments().size() == 1
                    ? Optional.of(call.getArguments().get(0))
                    : Optional.empty();
        }

        void addNote(int comment, Map<Integer, String> insertions) {
            if (variable != null) {
                insertions.merge(end, " " + NOTE + comment + ", " + variable + ");", String::concat);
            } else {
                insertions.merge(expressionStart, NOTE + comment + ", ", String::concat);
                insertions.merge(expressionEnd, ")", String::concat);
            }
        }
    }
}
