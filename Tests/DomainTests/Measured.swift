import Domain
import Foundation
import Testing

/// Numbers of runs for tests of gates.
enum Measured {
    static let day = Date(timeIntervalSince1970: 1_795_000_000)

    private static let reaches = Comparison.standardConfidences.map { Normal.quantile((1 + $0) / 2) }

    /// A comparison whose difference is normal with a standard error; the p-value goes with it.
    static func comparison(
        _ metric: String = "auc", _ champion: Double, _ challenger: Double, error: Double, slice: Slice? = nil,
        rows: Int64 = 1000, p: Double? = nil
    ) -> Comparison {
        let difference = challenger - champion
        let z = error > 0 ? abs(difference) / error : difference == 0 ? 0 : .infinity
        return Comparison(
            metric: metric, slice: slice, rows: rows, champion: champion, challenger: challenger, method: .delong,
            pValue: p ?? 2 * Normal.cumulative(-z),
            bounds: zip(Comparison.standardConfidences, reaches).map { confidence, reach in
                Comparison.Bounds(
                    confidence: confidence, lower: difference - reach * error, upper: difference + reach * error)
            })
    }

    /// Both sides of one metric on all rows, with the comparison if there is an error.
    static func sides(_ champion: Double, _ challenger: Double, error: Double? = nil) -> Measurements {
        Measurements(
            challenger: ["auc": challenger], champion: ["auc": champion],
            comparisons: error.map { [comparison("auc", champion, challenger, error: $0)] } ?? [])
    }

    static func slice(_ value: String, _ column: String = "carrier") -> Slice { Slice(column: column, value: value) }

    /// Slices of the carrier: rows, champion, challenger.
    static func sliced(_ slices: [(String, Int64, Double, Double)], error: Double? = nil) -> Measurements {
        Measurements(
            challenger: ["auc": 0.7], champion: ["auc": 0.7],
            comparisons: error.map { error in
                slices.map { comparison("auc", $0.2, $0.3, error: error, slice: slice($0.0), rows: $0.1) }
            } ?? [],
            challengerSlices: slices.map { SliceScores(slice: slice($0.0), rows: $0.1, metrics: ["auc": $0.3]) },
            championSlices: slices.map { SliceScores(slice: slice($0.0), rows: $0.1, metrics: ["auc": $0.2]) })
    }

    static func history(_ values: [Double], _ metric: String = "loss") -> Measurements {
        Measurements(
            challenger: ["auc": 0.7], histories: [History(metric: metric, values: values, count: values.count)])
    }

    static func decide(_ gate: Gate, _ measurements: Measurements) -> GateResult {
        Judge.decide([gate], measurements)[0]
    }

    static func policy(_ gates: [Gate], overlays: [Overlay]? = nil) throws -> Policy {
        Policy(
            model: try #require(ModelName("toy")),
            train: TrainPolicy(
                work: .pipeline(try #require(TreePath("dvc.yaml"))), model: try #require(TreePath("model.pkl"))),
            gates: gates, overlays: overlays)
    }
}

extension GateResult {
    /// The outcome as a word, without its reason.
    var word: String {
        switch outcome {
        case .passed: "passed"
        case .failed: "failed"
        case .undecided: "undecided"
        case .noChampion: "noChampion"
        case .noDifference: "noDifference"
        }
    }

    var why: String {
        if case .undecided(let why) = outcome { why } else { "" }
    }
}
