/// A condition on the challenger (`gates:`).
package struct Gate: Codable, Equatable, Sendable {
    /// What must hold.
    package enum Condition: Codable, Equatable, Sendable {
        /// `min:` inclusive.
        case atLeast(Double)
        /// `max:` inclusive.
        case atMost(Double)
        /// `against: champion` with `max_drop:`; the challenger's value may lie that far below the champion's.
        case maxDrop(Double)
        /// `against: champion` with `max_rise:`, for metrics where lower is better.
        case maxRise(Double)
    }

    /// `auc`, `model_bytes` or any name that the run measures.
    package var metric: String
    package var condition: Condition

    package init(metric: String, condition: Condition) {
        self.metric = metric
        self.condition = condition
    }
}

/// What one gate answered.
package struct GateResult: Codable, Equatable, Sendable {
    /// Yes, no, or could not be decided; the last blocks like a no.
    package enum Outcome: Codable, Equatable, Sendable {
        case passed
        case failed
        case undecided(why: String)
        /// There is no champion yet, so the comparison does not apply. Does not block.
        case noChampion
    }

    package var gate: Gate
    package var outcome: Outcome
    package var challenger: Double?
    package var champion: Double?

    package init(gate: Gate, outcome: Outcome, challenger: Double?, champion: Double?) {
        self.gate = gate
        self.outcome = outcome
        self.challenger = challenger
        self.champion = champion
    }
}
