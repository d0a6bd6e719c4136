/// Bounds, and comparisons of all rows.
extension GateQuestion {
    /// `min:` and `max:` of the metric itself.
    var boundResult: GateResult {
        guard let value = measuredValue else { return missing(unknown(gate.metric, among: measured.challenger.keys)) }
        return answer(gate.condition.allows(value) ? .passed : .failed, value)
    }

    /// Against the champion on all rows.
    var championResult: GateResult {
        guard let value = measuredValue else { return missing(unknown(gate.metric, among: measured.challenger.keys)) }
        if let result = withoutChampion(value) { return result }
        guard let before = measured.champion?[gate.metric], before.isFinite else {
            return missing("the evaluation of the champion measured no '\(gate.metric)'", challenger: value)
        }
        let comparison = measured.comparisons.first { $0.slice == nil && $0.metric == gate.metric }
        let claim = claim(value, before, comparison, among: 1)
        return GateResult(
            gate: gate, outcome: claim.outcome, challenger: value, champion: before, comparison: claim.comparison,
            interval: claim.interval, reason: claim.reason)
    }

    /// Why there is nothing to compare with; nil if there is.
    func withoutChampion(_ value: Double? = nil) -> GateResult? {
        if let fault = measured.championFault {
            return answer(.undecided(why: "the champion could not be evaluated: \(fault)"), value)
        }
        return measured.champion == nil ? answer(.noChampion, value) : nil
    }

    /// Nil if it was not measured or is not finite.
    var measuredValue: Double? {
        measured.challenger[gate.metric].flatMap { $0.isFinite ? $0 : nil }
    }
}

extension Gate.Condition {
    /// True if a value satisfies a bound; conditions that are not about one value allow every value.
    func allows(_ value: Double) -> Bool {
        switch self {
        case .atLeast(let bound): value >= bound
        case .atMost(let bound): value <= bound
        case .maxDrop, .maxRise, .minRise, .minDrop, .maxGap, .answers, .converged, .finite: true
        }
    }

    /// How far inside its bound a value lies; negative outside.
    func slack(_ value: Double) -> Double {
        switch self {
        case .atLeast(let bound): value - bound
        case .atMost(let bound): bound - value
        case .maxDrop, .maxRise, .minRise, .minDrop, .maxGap, .answers, .converged, .finite: 0
        }
    }

    /// Two values compared as they are. Two equal values are no improvement, however small the one that is asked.
    func compares(_ value: Double, with before: Double) -> GateResult.Outcome {
        switch self {
        case .maxDrop(let margin): return value >= before - margin.amount(of: before) ? .passed : .failed
        case .maxRise(let margin): return value <= before + margin.amount(of: before) ? .passed : .failed
        case .minRise(let margin):
            if value == before { return .noDifference }
            return value >= before + margin.amount(of: before) ? .passed : .failed
        case .minDrop(let margin):
            if value == before { return .noDifference }
            return value <= before - margin.amount(of: before) ? .passed : .failed
        case .atLeast, .atMost, .maxGap, .answers, .converged, .finite: return .passed
        }
    }
}
