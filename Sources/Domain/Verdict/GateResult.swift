/// What one gate answered.
package struct GateResult: Codable, Equatable, Sendable {
    /// Yes, no, or could not be decided; the last blocks like a no.
    package enum Outcome: Codable, Equatable, Sendable {
        case passed
        case failed
        case undecided(why: String)
        /// There is no champion yet, so the comparison does not apply. Does not block.
        case noChampion
        /// An improvement was asked for, and the difference is not more than noise. Blocks like a no.
        case noDifference
    }

    package var gate: Gate
    package var outcome: Outcome
    package var challenger: Double?
    package var champion: Double?
    /// The slice that decided: the worst.
    package var slice: Slice?
    /// Slices that were judged.
    package var judgedSlices: Int?
    /// Slices that had too few rows to be judged.
    package var smallSlices: Int?
    /// The paired comparison that decided.
    package var comparison: Comparison?
    /// Its interval at the confidence that decided: the gate's, corrected for the number of comparisons.
    package var interval: Comparison.Bounds?
    /// For a comparison with past promotions: the version whose value was the best.
    package var pastVersion: Int?

    package init(
        gate: Gate, outcome: Outcome, challenger: Double?, champion: Double?, slice: Slice? = nil,
        judgedSlices: Int? = nil, smallSlices: Int? = nil, comparison: Comparison? = nil,
        interval: Comparison.Bounds? = nil, pastVersion: Int? = nil
    ) {
        self.gate = gate
        self.outcome = outcome
        self.challenger = challenger
        self.champion = champion
        self.slice = slice
        self.judgedSlices = judgedSlices
        self.smallSlices = smallSlices
        self.comparison = comparison
        self.interval = interval
        self.pastVersion = pastVersion
    }
}
