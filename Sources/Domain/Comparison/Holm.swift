extension Comparison {
    /// What the noise of a difference allows to say about it.
    package enum Standing: String, Codable, Sendable, CaseIterable {
        case better
        case worse
        /// More than noise, of a metric that nobody says which way is better.
        case different
        case noDifference = "no-difference"
    }
}

/// Words for several comparisons that are read together, so that all of them are right at once with one confidence.
package enum Holm {
    package static let confidence = 0.95

    /// By metric; comparisons of slices are left out.
    ///
    /// Holm's step-down procedure (1979): the smallest p-value must be at most α/m, the next α/(m-1), and so on until
    /// the first that is not. What a reader sees beside the word is the plain interval, which must then exclude zero too.
    package static func standings(_ comparisons: [Comparison], _ directions: [String: Direction]) -> [String: Comparison
        .Standing]
    {
        let all = comparisons.filter { $0.slice == nil }.sorted { ($0.pValue, $0.metric) < ($1.pValue, $1.metric) }
        var standings: [String: Comparison.Standing] = [:]
        var isOver = false
        for (index, comparison) in all.enumerated() {
            let threshold = (1 - confidence) / Double(all.count - index)
            // 1 - 0.95 is a hair above 0.05.
            if !(comparison.pValue <= threshold + 1e-12) { isOver = true }
            let differs = !isOver && comparison.isDifferent(at: confidence)
            standings[comparison.metric] = differs ? word(comparison, directions[comparison.metric]) : .noDifference
        }
        return standings
    }

    private static func word(_ comparison: Comparison, _ direction: Direction?) -> Comparison.Standing {
        let isHigher = comparison.difference > 0
        switch direction ?? Direction.of(comparison.metric) {
        case .higher: return isHigher ? .better : .worse
        case .lower: return isHigher ? .worse : .better
        case .unknown: return .different
        }
    }
}
