import Domain

/// What the paired comparisons of a report allow to say, corrected for how many they are.
struct Tested {
    struct Key: Hashable {
        var metric: String
        var slice: Slice?
    }

    struct Answer {
        var comparison: Comparison
        /// `better`, `worse` or `no difference`.
        var word: String
    }

    private var answers: [Key: Answer] = [:]

    var isEmpty: Bool { answers.isEmpty }
    var count: Int { answers.count }

    subscript(key: Key) -> Answer? { answers[key] }

    /// - Parameter slices: of slices by one metric, or of all rows by every metric.
    init(_ report: Report, slices: Bool, metric: String? = nil) {
        let gates = report.plan.policy.gates
        let family = (report.measurements?.comparisons ?? []).filter { comparison in
            (comparison.slice != nil) == slices && (metric == nil || comparison.metric == metric)
        }
        let standings = Holm.standings(of: family) { Direction.of($0.metric, gates: gates) }
        for (comparison, standing) in zip(family, standings) {
            answers[Key(metric: comparison.metric, slice: comparison.slice)] = Answer(
                comparison: comparison, word: Self.word(standing, comparison))
        }
    }

    private static func word(_ standing: Comparison.Standing, _ comparison: Comparison) -> String {
        switch standing {
        case .better: "better"
        case .worse: "worse"
        case .noDifference: "no difference"
        case .different: comparison.difference > 0 ? "higher" : "lower"
        }
    }
}
