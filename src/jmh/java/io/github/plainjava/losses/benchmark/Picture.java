package io.github.plainjava.losses.benchmark;

import de.erichseifert.vectorgraphics2d.Document;
import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.ChartUtils;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.title.TextTitle;
import org.jfree.data.category.DefaultCategoryDataset;

/** The time of the softmax loss and its gradient as a part of the naive loop's, by shape and contender. */
final class Picture {

    private static final String FUNCTION = SoftmaxLossByLabelValueAndGradient.class.getSimpleName();
    private static final int WIDTH = 960;
    private static final int HEIGHT = 480;
    private static final DecimalFormat PARTS = new DecimalFormat("0.00", DecimalFormatSymbols.getInstance(Locale.ROOT));
    private static final Color INK = new Color(0x333333);

    /** In the order of the bars; the colours of Okabe and Ito, which the colour-blind can tell apart. */
    private static final Map<String, Color> COLORS = new LinkedHashMap<>();

    static {
        COLORS.put(Comparison.LIBRARY, new Color(0x0072B2));
        COLORS.put(Comparison.NAIVE, new Color(0x999999));
        COLORS.put("JSAT", new Color(0xE69F00));
        COLORS.put("Tribuo", new Color(0x009E73));
        COLORS.put(Results.COPY, new Color(0x56B4E9));
    }

    private final JFreeChart chart;

    private Picture(JFreeChart chart) {
        this.chart = chart;
    }

    /** Whether the function was measured at all, with the loop that it is compared with. */
    static boolean canShow(Results results) {
        return results.of(Comparison.LIBRARY).stream()
                .anyMatch(ours -> ours.function().equals(FUNCTION) && results.naive(ours).isPresent());
    }

    static Picture of(Results results, String conditions) {
        JFreeChart chart = ChartFactory.createBarChart(
                "Softmax loss by label, value and gradient: time relative to the naive loop (less is better)",
                "rows x columns",
                "time / naive loop's time",
                data(results),
                PlotOrientation.VERTICAL,
                true,
                false,
                false);
        chart.addSubtitle(new TextTitle(conditions, font(11)));
        style(chart);
        return new Picture(chart);
    }

    private static DefaultCategoryDataset data(Results results) {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        for (Timing naive : results.of(Comparison.NAIVE)) {
            if (naive.function().equals(FUNCTION)) {
                for (String contender : COLORS.keySet()) {
                    String function = contender.equals(Results.COPY) ? ArrayCopy.class.getSimpleName() : FUNCTION;
                    results.find(function, naive.shape(), contender)
                            .map(timing -> timing.nanoseconds() / naive.nanoseconds())
                            .ifPresent(part -> data.addValue(part, label(contender), naive.shape().toString()));
                }
            }
        }
        return data;
    }

    private static String label(String contender) {
        return switch (contender) {
            case Comparison.LIBRARY -> "losses (this library)";
            case Comparison.NAIVE -> "naive loop";
            case Results.COPY -> "System.arraycopy";
            default -> contender;
        };
    }

    private static void style(JFreeChart chart) {
        chart.setBackgroundPaint(Color.WHITE);
        chart.getTitle().setFont(font(15));
        chart.getLegend().setItemFont(font(12));
        CategoryPlot plot = chart.getCategoryPlot();
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
        plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
        plot.getDomainAxis().setLabelFont(font(12));
        plot.getDomainAxis().setTickLabelFont(font(12));
        plot.getRangeAxis().setLabelFont(font(12));
        plot.getRangeAxis().setTickLabelFont(font(12));
        plot.addRangeMarker(new ValueMarker(1, INK, new BasicStroke(1)));
        BarRenderer bars = (BarRenderer) plot.getRenderer();
        bars.setBarPainter(new StandardBarPainter());
        bars.setShadowVisible(false);
        bars.setItemMargin(0.05);
        bars.setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator("{2}", PARTS));
        bars.setDefaultItemLabelFont(font(10));
        bars.setDefaultItemLabelsVisible(true);
        COLORS.forEach((contender, color) -> {
            int series = plot.getDataset().getRowIndex(label(contender));
            if (series >= 0) {
                bars.setSeriesPaint(series, color);
            }
        });
    }

    private static Font font(int size) {
        return new Font(Font.SANS_SERIF, Font.PLAIN, size);
    }

    /** Writes it with the endings svg and png. */
    void write(Path name) throws IOException {
        VectorGraphics2D graphics = new VectorGraphics2D();
        chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));
        Document svg = Processors.get("svg").getDocument(graphics.getCommands(), new PageSize(WIDTH, HEIGHT));
        try (OutputStream out = Files.newOutputStream(name.resolveSibling(name.getFileName() + ".svg"))) {
            svg.writeTo(out);
        }
        Path png = name.resolveSibling(name.getFileName() + ".png");
        ChartUtils.saveChartAsPNG(png.toFile(), chart, WIDTH, HEIGHT);
    }
}
