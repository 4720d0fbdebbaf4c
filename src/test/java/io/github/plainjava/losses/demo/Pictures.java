package io.github.plainjava.losses.demo;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.GlyphVector;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.CombinedDomainXYPlot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * Draws what was measured, as SVG and PNG. Each loss has its colour and its line in every picture; the two colours are
 * told apart with every kind of colour vision (Okabe and Ito 2008, "Color Universal Design"), as are the five of
 * the gallery.
 */
final class Pictures {
    private static final PerLoss<Color> COLOURS = new PerLoss<>(new Color(0x0072B2), new Color(0xD55E00));
    private static final PerLoss<BasicStroke> STROKES = new PerLoss<>(stroke(), stroke(8, 5));
    private static final List<Color> PALETTE = List.of(COLOURS.crossEntropy(), COLOURS.squaredError(),
            new Color(0x009E73), new Color(0xCC79A7), Color.BLACK);
    private static final List<BasicStroke> DASHES = List.of(
            stroke(), stroke(8, 5), stroke(2, 2), stroke(12, 3, 2, 3), stroke(4, 4));
    private static final int ROW_HEIGHT = 420;
    private static final String PROBABILITY = "probability of the true class";
    private static final String PULL = "size of the gradient (loss per unit of logit)";
    private static final int WIDTH = 800;
    private static final int HEIGHT = 480;
    private static final int PIXELS_PER_POINT = 2;

    private final Path directory;

    private Pictures(Path directory) {
        this.directory = directory;
    }

    /** Draws every picture into a directory, and names the files. */
    static List<String> drawAll(Path directory, DigitsExperiment even, DigitsExperiment wrong) throws IOException {
        Pictures pictures = new Pictures(Files.createDirectories(directory));
        return List.of(pictures.losses(), pictures.gradients(), pictures.mistakes(),
                pictures.training("training-even", "Learning digits from an even start", even.test(), 100),
                pictures.training("training-wrong", "Learning digits from " + wrong.test().size()
                        + " confidently wrong starts", wrong.test(), Training.EPOCHS), pictures.gallery());
    }

    /** Both losses of a prediction over two classes, against the probability of the true one. */
    private String losses() throws IOException {
        DoubleStream probabilities = DoubleStream.concat(decades(-3, -1), percentages().filter(p -> p > 0.1));
        XYSeriesCollection lines = lines(probabilities, TwoClasses::loss);
        return save("losses", chart("What each loss says of a prediction over two classes", lines,
                axis(PROBABILITY, 1, 0.1), axis("loss (cross-entropy in nats)", 7, 1)));
    }

    /** The size of both gradients at the true class's logit. */
    private String gradients() throws IOException {
        XYSeriesCollection lines = lines(percentages(), (row, objective) -> -row.gradient(objective));
        return save("gradients", chart("What each loss teaches: its gradient at the true class's logit", lines,
                axis(PROBABILITY, 1, 0.1), axis(PULL, 1, 0.2)));
    }

    /** The same gradients for ever more confident mistakes, on logarithmic axes. */
    private String mistakes() throws IOException {
        XYSeriesCollection lines = lines(decades(-12, 0).filter(probability -> probability <= 0.5),
                (row, objective) -> -row.gradient(objective));
        return save("mistakes", chart("The gradient on ever more confident mistakes", lines,
                logarithmic(PROBABILITY), logarithmic(PULL)));
    }

    /** The accuracy on the test images by epoch, one line for each start, up to some epoch. */
    private String training(String name, String title, List<PerLoss<Training>> starts, int epochs) throws IOException {
        XYSeriesCollection lines = new XYSeriesCollection();
        for (Objective objective : Objective.values()) {
            for (PerLoss<Training> start : starts) {
                XYSeries line = line(lines, objective);
                for (int epoch = 0; epoch <= epochs; epoch++) {
                    line.add(epoch, 100 * start.get(objective).epochs().get(epoch).accuracy());
                }
            }
        }
        return save(name, chart(title, lines,
                axis("epoch", epochs, epochs > 100 ? 50 : 10), axis("test images recognised (%)", 100, 10)));
    }

    /** A panel for each family of losses, two a row: the values above, the gradients below. */
    private String gallery() throws IOException {
        List<JFreeChart> panels = Gallery.families().stream().map(Pictures::panel).toList();
        int height = ROW_HEIGHT * ((panels.size() + 1) / 2);
        return save("gallery", height, graphics -> {
            for (int i = 0; i < panels.size(); i++) {
                panels.get(i).draw(graphics, new Rectangle2D.Double(
                        i % 2 * WIDTH / 2.0, i / 2 * ROW_HEIGHT, WIDTH / 2.0, ROW_HEIGHT));
            }
        });
    }

    private static JFreeChart panel(Gallery.Family family) {
        NumberAxis number = new NumberAxis(family.number());
        number.setRange(-family.reach(), family.reach());
        number.setTickUnit(new NumberTickUnit(family.reach() > 4 ? 2 : 1));
        CombinedDomainXYPlot both = new CombinedDomainXYPlot(small(number));
        both.setGap(14);
        both.add(half(family, "value", family.value(), Gallery.Curve::value, true));
        both.add(half(family, "gradient", family.slope(), Gallery.Curve::slope, false));
        JFreeChart chart = new JFreeChart(family.title(), font(Font.BOLD, 15), both, true);
        chart.setBackgroundPaint(Color.WHITE);
        chart.setPadding(new RectangleInsets(10, 8, 10, 16));
        chart.getLegend().setItemFont(font(Font.PLAIN, 12));
        chart.getLegend().setItemLabelPadding(new RectangleInsets(2, 2, 2, 8));
        chart.getLegend().setFrame(BlockBorder.NONE);
        return chart;
    }

    private static XYPlot half(Gallery.Family family, String label, Gallery.Range range,
            Function<Gallery.Curve, DoubleUnaryOperator> figure, boolean inLegend) {
        XYSeriesCollection lines = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = lineRenderer(18);
        for (Gallery.Curve loss : family.losses()) {
            XYSeries line = new XYSeries(loss.name());
            IntStream.rangeClosed(-150, 150).mapToDouble(i -> i * family.reach() / 150)
                    .forEach(x -> line.add(x, figure.apply(loss).applyAsDouble(x)));
            int i = lines.getSeriesCount();
            renderer.setSeriesPaint(i, PALETTE.get(i));
            renderer.setSeriesStroke(i, DASHES.get(i));
            renderer.setSeriesVisibleInLegend(i, inLegend);
            lines.addSeries(line);
        }
        NumberAxis axis = new NumberAxis(label);
        double margin = (range.to() - range.from()) / 40;
        axis.setRange(range.from() - margin, range.to() + margin);
        axis.setTickUnit(new NumberTickUnit(range.step()));
        return plain(new XYPlot(lines, null, small(axis), renderer));
    }

    private static NumberAxis small(NumberAxis axis) {
        axis.setLabelFont(font(Font.PLAIN, 13));
        axis.setTickLabelFont(font(Font.PLAIN, 12));
        return axis;
    }

    private static XYSeriesCollection lines(
            DoubleStream probabilities, ToDoubleBiFunction<TwoClasses, Objective> figure) {
        double[] x = probabilities.toArray();
        XYSeriesCollection lines = new XYSeriesCollection();
        for (Objective objective : Objective.values()) {
            XYSeries line = line(lines, objective);
            DoubleStream.of(x).forEach(p -> line.add(p, figure.applyAsDouble(TwoClasses.of(p), objective)));
        }
        return lines;
    }

    private static XYSeries line(XYSeriesCollection lines, Objective objective) {
        XYSeries line = new XYSeries(new Key(objective, lines.getSeriesCount()));
        lines.addSeries(line);
        return line;
    }

    /** Names a line by its loss in the legend, and keeps lines of the same loss apart. */
    private record Key(Objective objective, int index) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return Integer.compare(index, other.index);
        }

        @Override
        public String toString() {
            return objective.toString();
        }
    }

    private static DoubleStream percentages() {
        return IntStream.range(1, 100).mapToDouble(i -> i / 100.0);
    }

    private static DoubleStream decades(int from, int to) {
        return IntStream.rangeClosed(from * 10, to * 10).mapToDouble(i -> StrictMath.pow(10, i / 10.0));
    }

    private static NumberAxis axis(String label, double end, double step) {
        NumberAxis axis = new NumberAxis(label);
        axis.setRange(0, end);
        axis.setTickUnit(new NumberTickUnit(step));
        return axis;
    }

    private static LogAxis logarithmic(String label) {
        LogAxis axis = new LogAxis(label);
        axis.setRange(0.99e-12, 2);
        axis.setMinorTickMarksVisible(false);
        return axis;
    }

    private static JFreeChart chart(String title, XYSeriesCollection lines, ValueAxis x, ValueAxis y) {
        XYPlot plot = plain(new XYPlot(lines, style(x), style(y), renderer(lines)));
        JFreeChart chart = new JFreeChart(title, font(Font.BOLD, 17), plot, true);
        chart.setBackgroundPaint(Color.WHITE);
        chart.setPadding(new RectangleInsets(10, 10, 10, 25));
        chart.getLegend().setItemFont(font(Font.PLAIN, 15));
        chart.getLegend().setItemLabelPadding(new RectangleInsets(2, 4, 2, 24));
        chart.getLegend().setFrame(BlockBorder.NONE);
        return chart;
    }

    private static XYPlot plain(XYPlot plot) {
        plot.setBackgroundPaint(Color.WHITE);
        plot.setDomainGridlinePaint(Color.LIGHT_GRAY);
        plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
        plot.setOutlineVisible(false);
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        return plot;
    }

    private static ValueAxis style(ValueAxis axis) {
        axis.setLabelFont(font(Font.PLAIN, 15));
        axis.setTickLabelFont(font(Font.PLAIN, 13));
        return axis;
    }

    private static XYLineAndShapeRenderer renderer(XYSeriesCollection lines) {
        XYLineAndShapeRenderer renderer = lineRenderer(22);
        for (int i = 0; i < lines.getSeriesCount(); i++) {
            Objective objective = ((Key) lines.getSeriesKey(i)).objective();
            renderer.setSeriesPaint(i, COLOURS.get(objective));
            renderer.setSeriesStroke(i, STROKES.get(objective));
            renderer.setSeriesVisibleInLegend(i, i == 0 || ((Key) lines.getSeriesKey(i - 1)).objective() != objective);
        }
        return renderer;
    }

    private static XYLineAndShapeRenderer lineRenderer(int halfLegendLine) {
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
        renderer.setDrawSeriesLineAsPath(true);
        renderer.setLegendLine(new Line2D.Double(-halfLegendLine, 0, halfLegendLine, 0));
        return renderer;
    }

    private static BasicStroke stroke(float... dashes) {
        return new BasicStroke(2.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10,
                dashes.length == 0 ? null : dashes, 0);
    }

    private static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    private String save(String name, JFreeChart chart) throws IOException {
        return save(name, HEIGHT, graphics -> chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, HEIGHT)));
    }

    private String save(String name, int height, Consumer<Graphics2D> drawing) throws IOException {
        Outlines graphics = new Outlines();
        drawing.accept(graphics);
        ByteArrayOutputStream svg = new ByteArrayOutputStream();
        Processors.get("svg").getDocument(graphics.getCommands(), new PageSize(WIDTH, height)).writeTo(svg);
        Files.writeString(directory.resolve(name + ".svg"), inHundredths(svg.toString(StandardCharsets.UTF_8)));
        ImageIO.write(bitmap(height, drawing), "png", directory.resolve(name + ".png").toFile());
        return directory.resolve(name) + ".svg and .png";
    }

    /** Cuts coordinates after a hundredth of a pixel: half of the file would be digits that nobody can see. */
    private static String inHundredths(String svg) {
        return svg.replaceAll("(\\.\\d\\d)\\d+", "$1");
    }

    private static BufferedImage bitmap(int height, Consumer<Graphics2D> drawing) {
        BufferedImage image = new BufferedImage(
                PIXELS_PER_POINT * WIDTH, PIXELS_PER_POINT * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.scale(PIXELS_PER_POINT, PIXELS_PER_POINT);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        drawing.accept(graphics);
        graphics.dispose();
        return image;
    }

    /** Draws text as outlines, so that a picture looks the same wherever it is shown, whatever fonts are there. */
    private static final class Outlines extends VectorGraphics2D {
        @Override
        public void drawString(String text, float x, float y) {
            drawGlyphVector(getFont().createGlyphVector(getFontRenderContext(), text), x, y);
        }

        @Override
        public void drawGlyphVector(GlyphVector glyphs, float x, float y) {
            fill(glyphs.getOutline(x, y));
        }
    }
}
