import Domain

extension Sentences {
    /// What a gate found: `auc 0.671 is below 0.70`.
    static func found(_ result: GateResult) -> String {
        switch result.outcome {
        case .undecided(let why):
            return doubt(result) ?? visibleLines(why).joined(separator: " ")
        case .noChampion:
            if case .promotions = result.gate.against { return "no model has been promoted yet" }
            return "there is no champion yet"
        case .noDifference: return "no difference: \(compared(result) ?? same(result))"
        case .passed, .failed: break
        }
        if let reason = result.reason.flatMap({ course($0, result.gate) }) { return reason }
        let measure = Measure(result.gate.metric, gates: [result.gate])
        switch result.gate.condition {
        case .answers: return "\(visible(measure.name)) said \(result.outcome == .passed ? "yes" : "no")"
        case .converged:
            return "\(visible(measure.name)) fell and came to rest"
                + (result.challenger.map { " at \(measure.text($0))" } ?? "")
        case .finite: return result.gate.metric == "*" ? "every number is" : "\(visible(measure.name)) is"
        case .maxGap(let bound): return gap(result, bound, measure)
        case .atLeast(let bound), .atMost(let bound):
            guard let value = result.challenger else { return unrecorded }
            return against(bound, "", value, result)
        case .maxDrop(let margin), .maxRise(let margin), .minRise(let margin), .minDrop(let margin):
            return difference(result, margin, measure)
        }
    }

    /// `auc 0.7012 against the champion's 0.6998, +0.0014 (95 %: −0.0031 to +0.0060)`; nil without an interval.
    static func compared(_ result: GateResult) -> String? {
        guard let comparison = result.comparison, let bounds = result.interval else { return nil }
        return compared(comparison, bounds, subject: subject(result))
    }

    static func compared(_ comparison: Comparison, _ bounds: Comparison.Bounds, subject: String) -> String {
        let row = Numbers.row(comparison, bounds)
        return "\(subject) \(row.right) against the champion's \(row.left), \(row.difference) "
            + "(\(Numbers.confidence(bounds.confidence)): \(row.interval))"
    }

    private static let unrecorded = "no number was recorded"

    /// The interval holds both answers.
    private static func doubt(_ result: GateResult) -> String? {
        guard result.reason == .unsure, let compared = compared(result) else { return nil }
        return "the rows cannot tell whether \(condition(result.gate)): \(compared)"
    }

    /// What a command or the course of a number says.
    private static func course(_ reason: GateResult.Reason, _ gate: Gate) -> String? {
        let name = visible(gate.metric)
        switch reason {
        case .notMeasured, .unsure: return nil
        case .answered(let line):
            let said = firstLine(line)
            return "\(name) said no" + (said.isEmpty ? "" : ": \(said)")
        case .notFinite(let metric, nil): return "\(visible(metric)) is not finite"
        case .notFinite(let metric, let place?):
            return "value \(place) in the history of \(visible(metric)) is not finite"
        case .notFallen(let from, let to):
            let pair = Numbers.distinct(from, to)
            return "\(name) did not fall: \(pair.0) at the start, \(pair.1) at the end"
        case .stillFalling(let share):
            return "\(name) still falls: the last fifth is \(Numbers.percent(share)) of the whole fall"
        case .risen(let from, let to):
            let pair = Numbers.distinct(from, to)
            return "\(name) rises again: \(pair.1) at the end, \(pair.0) at its best"
        }
    }

    private static func gap(_ result: GateResult, _ bound: Double, _ measure: Measure) -> String {
        guard let value = result.challenger else { return unrecorded }
        let pair = measure.distinct(value, bound)
        let places = [result.slice, result.bestSlice].compactMap { $0 }.map(slice)
        let whose = places.isEmpty ? "of slices" : "of \(places.joined(separator: " and "))"
        let relation = result.outcome == .failed ? ", more than \(pair.1)" : ""
        return "\(visible(measure.name)) \(whose) \(places.count == 1 ? "lies" : "lie") \(pair.0) apart\(relation)"
    }

    private static func difference(_ result: GateResult, _ margin: Margin, _ measure: Measure) -> String {
        if let compared = compared(result) {
            // A no has been shown, at the confidence that stands there.
            return compared + (result.outcome == .failed ? ": \(refusal(result.gate.condition, margin, measure))" : "")
        }
        guard let value = result.challenger else { return unrecorded }
        guard let champion = result.champion else { return "no number of the champion was recorded" }
        let sentence = against(champion, whose(result), value, result)
        let isHarm: Bool =
            switch result.gate.condition {
            case .maxDrop: value < champion
            case .maxRise: value > champion
            case .minRise, .minDrop, .atLeast, .atMost, .maxGap, .answers, .converged, .finite: false
            }
        guard result.outcome == .failed, margin != 0 else { return sentence }
        let gap = measure.distinct(abs(value - champion), margin.amount(of: champion))
        return "\(sentence) by \(gap.0), \(isHarm ? "more" : "less") than \(gap.1)"
    }

    private static func refusal(_ condition: Gate.Condition, _ margin: Margin, _ measure: Measure) -> String {
        let amount =
            switch margin {
            case .absolute(let amount): measure.text(amount)
            case .relative(let share): Numbers.percent(share)
            }
        switch condition {
        case .maxDrop: return margin == 0 ? "it dropped" : "it dropped by more than \(amount)"
        case .maxRise: return margin == 0 ? "it rose" : "it rose by more than \(amount)"
        case .minRise: return margin == 0 ? "it did not rise" : "not shown to have risen by \(amount)"
        case .minDrop: return margin == 0 ? "it did not drop" : "not shown to have dropped by \(amount)"
        case .atLeast, .atMost, .maxGap, .answers, .converged, .finite: return ""
        }
    }

    private static func same(_ result: GateResult) -> String {
        guard let value = result.challenger, let champion = result.champion else { return unrecorded }
        return against(champion, whose(result), value, result)
    }

    /// `the champion's `, or `the best recorded of the last 5 promotions, version 4's `.
    private static func whose(_ result: GateResult) -> String {
        guard case .promotions(let last) = result.gate.against else { return "the champion's " }
        let version = result.pastVersion.map { ", version \($0)'s" } ?? ","
        return "the best recorded of the last \(counted(last, "promotion"))\(version) "
    }

    /// The metric, and of which rows.
    private static func subject(_ result: GateResult) -> String {
        visible(result.gate.metric) + (result.slice.map { " of \(slice($0))" } ?? "")
    }

    private static func against(_ bound: Double, _ whose: String, _ value: Double, _ result: GateResult) -> String {
        let pair = Measure(result.gate.metric, gates: [result.gate]).distinct(value, bound)
        let relation = value < bound ? "is below" : value > bound ? "is above" : "equals"
        return "\(subject(result)) \(pair.0) \(relation) \(whose)\(pair.1)"
    }
}
