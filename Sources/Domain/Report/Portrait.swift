/// What pictures of one side's predictions are drawn from: small tables, whatever the number of rows.
package struct Portrait: Codable, Equatable, Sendable {
    /// Rows by label and prediction.
    package struct Confusion: Codable, Equatable, Sendable {
        /// At most `mostLabels`, those with the most rows; in their own order (0 before 1, then by text).
        package var labels: [String]
        /// `counts[label][prediction]`.
        package var counts: [[Int64]]
        /// Rows whose label or prediction is not among `labels`.
        package var others: Int64

        package static let mostLabels = 20

        package init(labels: [String], counts: [[Int64]], others: Int64) {
            self.labels = labels
            self.counts = counts
            self.others = others
        }
    }

    package struct Point: Codable, Equatable, Sendable {
        package var x: Double
        package var y: Double

        package init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// Rows whose score lies between two bounds.
    package struct CalibrationBin: Codable, Equatable, Sendable {
        /// Mean score.
        package var predicted: Double
        /// Share of positive labels.
        package var observed: Double
        package var rows: Int64

        package init(predicted: Double, observed: Double, rows: Int64) {
            self.predicted = predicted
            self.observed = observed
            self.rows = rows
        }
    }

    package var confusion: Confusion?
    /// False positive rate against true positive rate, from (0, 0) to (1, 1); at most `mostPoints`, empty if unknown.
    package var roc: [Point]
    /// Recall against precision.
    package var precisionRecall: [Point]
    package var calibration: [CalibrationBin]
    /// Of numbers: prediction against label, the mean of each of at most `mostPoints` groups of equal size by label.
    package var fit: [Point]

    package static let mostPoints = 60

    package init(
        confusion: Confusion? = nil, roc: [Point] = [], precisionRecall: [Point] = [],
        calibration: [CalibrationBin] = [], fit: [Point] = []
    ) {
        self.confusion = confusion
        self.roc = roc
        self.precisionRecall = precisionRecall
        self.calibration = calibration
        self.fit = fit
    }
}
