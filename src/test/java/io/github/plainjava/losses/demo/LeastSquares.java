package io.github.plainjava.losses.demo;

/** The exact solution of a linear least-squares problem, the yardstick for gradient descent. */
final class LeastSquares {
    private LeastSquares() {}

    /**
     * The coefficients that minimise the sum of squares of target - rows x coefficients, by modified Gram-Schmidt on
     * the columns with the target as one more column, which is backward stable (Björck 1967, "Solving linear least
     * squares problems by Gram-Schmidt orthogonalization", BIT 7, 1-21).
     */
    static double[] solve(double[][] rows, double[] target) {
        int n = rows[0].length;
        double[][] columns = columns(rows, target);
        double[][] triangle = new double[n][n + 1];
        for (int i = 0; i < n; i++) {
            double[] direction = columns[i];
            triangle[i][i] = Math.sqrt(dot(direction, direction));
            divide(direction, triangle[i][i]);
            for (int j = i + 1; j <= n; j++) {
                triangle[i][j] = dot(direction, columns[j]);
                subtract(columns[j], triangle[i][j], direction);
            }
        }
        return substituteBack(triangle);
    }

    private static double[] substituteBack(double[][] triangle) {
        int n = triangle.length;
        double[] solution = new double[n];
        for (int i = n - 1; i >= 0; i--) {
            double rest = triangle[i][n];
            for (int j = i + 1; j < n; j++) {
                rest -= triangle[i][j] * solution[j];
            }
            solution[i] = rest / triangle[i][i];
        }
        return solution;
    }

    private static double[][] columns(double[][] rows, double[] target) {
        int n = rows[0].length;
        double[][] columns = new double[n + 1][rows.length];
        for (int row = 0; row < rows.length; row++) {
            for (int i = 0; i < n; i++) {
                columns[i][row] = rows[row][i];
            }
            columns[n][row] = target[row];
        }
        return columns;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void divide(double[] vector, double divisor) {
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= divisor;
        }
    }

    private static void subtract(double[] vector, double factor, double[] direction) {
        for (int i = 0; i < vector.length; i++) {
            vector[i] -= factor * direction[i];
        }
    }
}
