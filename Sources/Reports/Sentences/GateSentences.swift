import Domain

/// The sentences that reports are made of. Every text from outside in them is made visible.
enum Sentences {
    /// A gate as a claim: `auc ≥ 0.70`, `auc at most 0.005 below the champion`, `auc of every carrier ≥ 0.60`.
    static func condition(_ gate: Gate) -> String {
        let measure = Measure(gate.metric, gates: [gate])
        let name = visible(gate.metric)
        let column = gate.slice.map { visible($0.column, limit: 80) }
        let subject = column.map { "\(name) of every \($0)" } ?? name
        let reference = reference(gate)
        switch gate.condition {
        case .atLeast(let bound): return "\(subject) ≥ \(measure.text(bound))"
        case .atMost(let bound): return "\(subject) ≤ \(measure.text(bound))"
        case .maxDrop(0): return "\(subject) not below \(reference)"
        case .maxRise(0): return "\(subject) not above \(reference)"
        case .maxDrop(let margin): return "\(subject) at most \(text(margin, measure)) below \(reference)"
        case .maxRise(let margin): return "\(subject) at most \(text(margin, measure)) above \(reference)"
        case .minRise(0): return "\(subject) above \(reference)"
        case .minDrop(0): return "\(subject) below \(reference)"
        case .minRise(let margin): return "\(subject) at least \(text(margin, measure)) above \(reference)"
        case .minDrop(let margin): return "\(subject) at least \(text(margin, measure)) below \(reference)"
        case .maxGap(let bound): return "\(name) of \(column ?? "slices") at most \(measure.text(bound)) apart"
        case .answers: return name
        case .converged: return "\(name) converged"
        case .finite: return gate.metric == "*" ? "every number finite" : "\(name) finite"
        }
    }

    private static func reference(_ gate: Gate) -> String {
        switch gate.against {
        case .champion, nil: "the champion"
        case .promotions(1): "the last promotion"
        case .promotions(let last): "the best of the last \(last) promotions"
        }
    }

    private static func text(_ margin: Margin, _ measure: Measure) -> String {
        switch margin {
        case .absolute(let amount): measure.text(amount)
        case .relative(let share): Numbers.percent(share)
        }
    }

    /// Where a gate's answer was found and how surely.
    static func remarks(_ result: GateResult) -> [String] {
        [
            slices(result), correction(result), result.gate.overlay.map { "exception \(visible($0, limit: 80))" },
            result.gate.isFloor == true ? "the server's floor" : nil,
            result.gate.blocks ? nil : "only warns",
        ].compactMap { $0 }
    }

    /// `the worst of 14 slices, 3 more are too small`
    private static func slices(_ result: GateResult) -> String? {
        guard let judged = result.judgedSlices else { return nil }
        let small = result.smallSlices ?? 0
        let left = small == 0 ? nil : small == 1 ? "1 more is too small" : "\(small) more are too small"
        let place = result.bestSlice == nil ? "the worst of" : "of"
        let among = judged > 1 || result.slice == nil ? "\(place) \(counted(judged, "slice"))" : "the only slice judged"
        return [result.slice == nil ? nil : among, left].compactMap { $0 }.joined(separator: ", ")
    }

    /// `95 % together with others that are compared`
    private static func correction(_ result: GateResult) -> String? {
        guard let test = result.gate.test, let interval = result.interval,
            interval.confidence > test.confidence + 1e-9
        else { return nil }
        return "\(Numbers.percent(test.confidence)) corrected for the number of comparisons"
    }
}
