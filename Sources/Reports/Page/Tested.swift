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
        let different = Self.holm(family)
        for (comparison, isDifferent) in zip(family, different) {
            let direction = Direction.of(comparison.metric, gates: gates)
            answers[Key(metric: comparison.metric, slice: comparison.slice)] = Answer(
                comparison: comparison, word: Self.word(comparison, direction, isDifferent: isDifferent))
        }
    }

    private static func word(_ comparison: Comparison, _ direction: Direction, isDifferent: Bool) -> String {
        guard isDifferent else { return "no difference" }
        switch direction {
        case .higher: return comparison.difference > 0 ? "better" : "worse"
        case .lower: return comparison.difference < 0 ? "better" : "worse"
        case .unknown: return comparison.difference > 0 ? "higher" : "lower"
        }
    }

    private static func holm(_ family: [Comparison]) -> [Bool] {
        var different = family.map { _ in false }
        let order = family.indices.sorted { family[$0].pValue < family[$1].pValue }
        for (rank, index) in order.enumerated() {
            guard family[index].isDifferent(at: 1 - 0.05 / Double(family.count - rank)) else { break }
            different[index] = true
        }
        return different
    }
}
