package org.relaysupervisor.audio;

/** The normal equations of a fit by three variables. */
final class LeastSquares {
    private LeastSquares() {}

    /**
     * @param equations three rows: the upper triangle of the variables' products with each other, and in the fourth column theirs
     *     with what is to be explained; overwritten
     * @return the power that the best fit explains
     */
    static double explained(double[][] equations) {
        double ridge = 1e-9 * (equations[0][0] + equations[1][1] + equations[2][2]);
        double explained = 0;
        // Cholesky by rows: each pivot explains what those before it left.
        for (int pivot = 0; pivot < 3; pivot++) {
            double diagonal = equations[pivot][pivot] + ridge;
            if (diagonal <= 0) {
                return 0;
            }
            explained += equations[pivot][3] * equations[pivot][3] / diagonal;
            for (int row = pivot + 1; row < 3; row++) {
                double factor = equations[pivot][row] / diagonal;
                for (int column = row; column < 4; column++) {
                    equations[row][column] -= factor * equations[pivot][column];
                }
            }
        }
        return explained;
    }
}
