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
        // The rule is asked by name, and the slices of one metric are told apart here only.
        let named = Dictionary(uniqueKeysWithValues: family.enumerated().map { ("\($0.offset)", $0.element) })
        let questions = named.map { name, comparison in
            var question = comparison
            (question.metric, question.slice) = (name, nil)
            return question
        }
        let directions = named.mapValues { Direction.of($0.metric, gates: gates) }
        let standings = Holm.standings(questions, directions)
        for (index, comparison) in family.enumerated() {
            answers[Key(metric: comparison.metric, slice: comparison.slice)] = Answer(
                comparison: comparison, word: Self.word(standings["\(index)"] ?? .noDifference, comparison))
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
