import Foundation

/// Some of the rows: those in which a column has a value.
package struct Slice: Codable, Hashable, Sendable {
    package var column: String
    package var value: String

    package init(column: String, value: String) {
        self.column = column
        self.value = value
    }
}

/// The difference of one metric between challenger and champion on the same rows, and what its noise allows to say.
package struct Comparison: Codable, Equatable, Sendable {
    /// What the p-value and the bounds come from.
    package enum Method: Codable, Equatable, Sendable {
        /// p: McNemar's exact test of the rows on which only one side is right. Bounds: BCa bootstrap of the rows.
        case mcnemar(resamples: Int)
        /// DeLong's variance of paired areas under the ROC curve, for both.
        case delong
        /// p: permutation of the sides row by row. Bounds: BCa bootstrap of the rows.
        case bootstrap(resamples: Int)
    }

    /// Between which values the difference lies with a confidence.
    package struct Bounds: Codable, Equatable, Sendable {
        package var confidence: Double
        package var lower: Double
        package var upper: Double

        package init(confidence: Double, lower: Double, upper: Double) {
            self.confidence = confidence
            self.lower = lower
            self.upper = upper
        }
    }

    package var metric: String
    /// Nil: all rows.
    package var slice: Slice?
    package var rows: Int64
    package var champion: Double
    package var challenger: Double
    package var method: Method
    /// Two-sided, of the hypothesis that there is no difference.
    package var pValue: Double
    /// By rising confidence, nested; at least those of `standardConfidences`.
    package var bounds: [Bounds]

    /// The levels at which every comparison states its bounds; others lie between them, see `bounds(at:)`.
    package static let standardConfidences = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9999]

    package init(
        metric: String, slice: Slice? = nil, rows: Int64, champion: Double, challenger: Double, method: Method,
        pValue: Double, bounds: [Bounds]
    ) {
        self.metric = metric
        self.slice = slice
        self.rows = rows
        self.champion = champion
        self.challenger = challenger
        self.method = method
        self.pValue = pValue
        self.bounds = bounds
    }

    /// Challenger minus champion.
    package var difference: Double { challenger - champion }
}

/// Metrics of both sides on the rows of one slice.
package struct SliceScores: Codable, Equatable, Sendable {
    package var slice: Slice
    package var rows: Int64
    package var metrics: [String: Double]

    package init(slice: Slice, rows: Int64, metrics: [String: Double]) {
        self.slice = slice
        self.rows = rows
        self.metrics = metrics
    }
}

/// How a number went during training, from a CSV file of metrics with one row an epoch, or a list in JSON or YAML.
package struct History: Codable, Equatable, Sendable {
    /// The column: `loss`, `val_loss`.
    package var metric: String
    /// In order; thinned evenly to at most `mostValues`, the first and the last kept. May hold what is not finite.
    package var values: [Double]
    /// How many there were.
    package var count: Int

    package static let mostValues = 200

    package init(metric: String, values: [Double], count: Int) {
        self.metric = metric
        self.values = values
        self.count = count
    }
}

/// What a run has measured: everything that gates are decided from, now and whenever another policy is replayed on it.
package struct Measurements: Codable, Equatable, Sendable {
    /// What a command said that a gate asks.
    package enum Answer: Codable, Equatable, Sendable {
        case yes
        /// The last line that it printed.
        case no(String)
        case couldNotTell(String)
    }

    /// A model that was promoted before, with the numbers of its own run.
    package struct PastPromotion: Codable, Equatable, Sendable {
        package var version: Int
        package var run: RunID
        package var metrics: [String: Double]

        package init(version: Int, run: RunID, metrics: [String: Double]) {
            self.version = version
            self.run = run
            self.metrics = metrics
        }
    }

    /// Training, evaluation, and what Sluice measured itself: `model_bytes`, `training_seconds`, ….
    package var challenger: [String: Double]
    /// From the same evaluation in the same run; nil if there is no champion, or it could not be evaluated.
    package var champion: [String: Double]?
    /// Why the champion could not be evaluated, if so.
    package var championFault: String?
    /// Paired comparisons, of all rows and of slices.
    package var comparisons: [Comparison]
    /// Why there are none, where there is a champion: the evaluation writes no predictions.
    package var comparisonFault: String?
    package var challengerSlices: [SliceScores]
    package var championSlices: [SliceScores]
    package var histories: [History]
    /// By the name of the gate.
    package var answers: [String: Answer]
    /// Newest first.
    package var promotions: [PastPromotion]

    package init(
        challenger: [String: Double], champion: [String: Double]? = nil, championFault: String? = nil,
        comparisons: [Comparison] = [], comparisonFault: String? = nil, challengerSlices: [SliceScores] = [],
        championSlices: [SliceScores] = [], histories: [History] = [], answers: [String: Answer] = [:],
        promotions: [PastPromotion] = []
    ) {
        self.challenger = challenger
        self.champion = champion
        self.championFault = championFault
        self.comparisons = comparisons
        self.comparisonFault = comparisonFault
        self.challengerSlices = challengerSlices
        self.championSlices = championSlices
        self.histories = histories
        self.answers = answers
        self.promotions = promotions
    }
}
