import Foundation

/// Comparisons that know their noise.
extension GateQuestion {
    /// What a gate says of one set of rows.
    struct Claim {
        var outcome: GateResult.Outcome
        /// How far the difference lies on the good side of the margin, in the metric's unit: the less, the worse.
        var slack: Double
        var comparison: Comparison?
        var interval: Comparison.Bounds?
        var reason: GateResult.Reason?
    }

    /// Compares the challenger's value with a reference on the same rows.
    ///
    /// - Parameters:
    ///   - comparison: the paired comparison of these rows, if there is one.
    ///   - count: how many such claims share the confidence of this gate.
    ///   - isCompared: true if other rows are compared by the metric, so that these are too few for it.
    func claim(
        _ value: Double, _ before: Double, _ comparison: Comparison?, among count: Int, isCompared: Bool = false
    ) -> Claim {
        let demand = Demand(gate.condition)
        let gain = demand.isHigherBetter ? value - before : before - value
        let slack = gain - demand.needed(of: before)
        guard let test = gate.test else {
            return Claim(outcome: gate.condition.compares(value, with: before), slack: slack)
        }
        guard let comparison, !comparison.bounds.isEmpty else {
            if isCompared { return unsure(test, slack, "there are too few rows to compare '\(gate.metric)'") }
            guard test.isAsked else {
                return Claim(outcome: gate.condition.compares(value, with: before), slack: slack)
            }
            let why = measured.comparisonFault ?? "'\(gate.metric)' is not computed from predictions"
            return Claim(
                outcome: .undecided(why: "there is no paired comparison to answer with confidence: \(why)"),
                slack: slack, reason: .notMeasured)
        }
        let shared = Double(max(1, count)) * Double(max(1, family))
        let confidence = 1 - (1 - test.confidence) / shared
        let bounds = comparison.bounds(at: confidence)
        let answer = demand.answer(comparison, bounds, margin: demand.margin.amount(of: before))
        var claim = Claim(outcome: .passed, slack: slack)
        switch answer {
        case .yes: claim.outcome = .passed
        case .no: claim.outcome = .failed
        case .noDifference: claim.outcome = .noDifference
        case .unsure: claim = unsure(test, slack, doubt(demand, before, bounds))
        }
        claim.comparison = comparison
        claim.interval = bounds
        return claim
    }

    private func unsure(_ test: Gate.PairedTest, _ slack: Double, _ why: String) -> Claim {
        switch test.whenUnsure {
        case .pass: Claim(outcome: .passed, slack: slack, reason: .unsure)
        case .block: Claim(outcome: .undecided(why: why), slack: slack, reason: .unsure)
        }
    }

    private func doubt(_ demand: Demand, _ before: Double, _ bounds: Comparison.Bounds) -> String {
        func short(_ number: Double) -> String { String(format: "%.4g", number) }
        let margin = short(demand.margin.amount(of: before))
        let place = demand.isHigherBetter ? "below" : "above"
        return "the rows cannot tell whether \(gate.metric) lies more than \(margin) \(place) the champion's: the "
            + "difference is between \(short(bounds.lower)) and \(short(bounds.upper))"
    }
}

/// A condition on a difference, with both directions told alike.
private struct Demand {
    enum Answer {
        case yes
        case no
        case noDifference
        case unsure
    }

    let margin: Margin
    let isHigherBetter: Bool
    /// True if an improvement is asked for, false if harm is to be excluded.
    let wantsImprovement: Bool

    init(_ condition: Gate.Condition) {
        switch condition {
        case .maxDrop(let margin): (self.margin, isHigherBetter, wantsImprovement) = (margin, true, false)
        case .maxRise(let margin): (self.margin, isHigherBetter, wantsImprovement) = (margin, false, false)
        case .minRise(let margin): (self.margin, isHigherBetter, wantsImprovement) = (margin, true, true)
        case .minDrop(let margin): (self.margin, isHigherBetter, wantsImprovement) = (margin, false, true)
        case .atLeast, .atMost, .maxGap, .answers, .converged, .finite:
            (margin, isHigherBetter, wantsImprovement) = (0, true, false)
        }
    }

    /// The least gain that satisfies the condition.
    func needed(of reference: Double) -> Double {
        wantsImprovement ? margin.amount(of: reference) : -margin.amount(of: reference)
    }

    /// Non-inferiority, or superiority by a margin, by the two-sided interval of the difference.
    func answer(_ comparison: Comparison, _ bounds: Comparison.Bounds, margin: Double) -> Answer {
        let (low, high) = isHigherBetter ? (bounds.lower, bounds.upper) : (-bounds.upper, -bounds.lower)
        guard wantsImprovement else {
            if low >= -margin { return .yes }
            return high < -margin ? .no : .unsure
        }
        let isDifferent = comparison.isDifferent(at: bounds.confidence)
        if low >= margin, margin > 0 || (isDifferent && low > 0) { return .yes }
        return isDifferent ? .no : .noDifference
    }
}
