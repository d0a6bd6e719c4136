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

    /// What the outcome comes from, where the two numbers do not say it.
    package enum Reason: Codable, Equatable, Sendable {
        /// The gate asks what the run did not measure.
        case notMeasured
        /// The interval of the difference holds both answers.
        case unsure
        /// What the gate's command printed last before it said no.
        case answered(String)
        /// Of a number that is not finite; `place` counts from 1 in a history, nil is the metric itself.
        case notFinite(metric: String, place: Int?)
        /// The end of a history does not lie below its beginning, or by less than a hundredth.
        case notFallen(from: Double, to: Double)
        /// The last fifth of a history is this share of its whole fall: more than a tenth.
        case stillFalling(share: Double)
        /// The last fifth of a history holds this value, far above the best.
        case risen(from: Double, to: Double)
    }

    package var gate: Gate
    package var outcome: Outcome
    /// For `max_gap`: how far the two slices lie apart.
    package var challenger: Double?
    package var champion: Double?
    /// The slice that decided: the worst.
    package var slice: Slice?
    /// For `max_gap`: the slice that the worst is compared with.
    package var bestSlice: Slice?
    /// Slices that were judged.
    package var judgedSlices: Int?
    /// Slices that could not be judged: too few rows, or a metric that cannot be told of them (`auc` of one class).
    package var smallSlices: Int?
    /// The paired comparison that decided.
    package var comparison: Comparison?
    /// Its interval at the confidence that decided: the gate's, corrected for the number of comparisons.
    package var interval: Comparison.Bounds?
    /// For a comparison with past promotions: the version whose value was the best.
    package var pastVersion: Int?
    package var reason: Reason?

    package init(
        gate: Gate, outcome: Outcome, challenger: Double?, champion: Double?, slice: Slice? = nil,
        bestSlice: Slice? = nil, judgedSlices: Int? = nil, smallSlices: Int? = nil, comparison: Comparison? = nil,
        interval: Comparison.Bounds? = nil, pastVersion: Int? = nil, reason: Reason? = nil
    ) {
        self.gate = gate
        self.outcome = outcome
        self.challenger = challenger
        self.champion = champion
        self.slice = slice
        self.bestSlice = bestSlice
        self.judgedSlices = judgedSlices
        self.smallSlices = smallSlices
        self.comparison = comparison
        self.interval = interval
        self.pastVersion = pastVersion
        self.reason = reason
    }
}
