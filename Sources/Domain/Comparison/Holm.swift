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
    package static func standings(
        _ comparisons: [Comparison], _ directions: [String: Direction]
    ) -> [String: Comparison.Standing] {
        let whole = comparisons.filter { $0.slice == nil }
        let words = standings(of: whole) { directions[$0.metric] }
        return Dictionary(zip(whole.map(\.metric), words), uniquingKeysWith: { _, last in last })
    }

    /// Of a family that is read together, in its order: all metrics of all rows, or one metric of all slices.
    ///
    /// Holm's step-down procedure (1979): the smallest p-value must be at most α/m, the next α/(m-1), and so on until
    /// the first that is not. What a reader sees beside the word is the plain interval, which must then exclude zero too.
    package static func standings(
        of family: [Comparison], _ direction: (Comparison) -> Direction?
    ) -> [Comparison.Standing] {
        var standings = [Comparison.Standing](repeating: .noDifference, count: family.count)
        let byEvidence = family.indices.sorted { (family[$0].pValue, $0) < (family[$1].pValue, $1) }
        for (rank, index) in byEvidence.enumerated() {
            let comparison = family[index]
            let threshold = (1 - confidence) / Double(family.count - rank)
            // 1 - 0.95 is a hair above 0.05.
            guard comparison.pValue <= threshold + 1e-12 else { break }
            if comparison.isDifferent(at: confidence) { standings[index] = word(comparison, direction(comparison)) }
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
