import Domain

/// The sentences that reports are made of. Every text from outside in them is made visible.
enum Sentences {
    /// A gate as a claim: `auc ≥ 0.70`, `auc at most 0.005 below the champion`.
    static func condition(_ gate: Gate) -> String {
        let measure = Measure(gate.metric, gates: [gate])
        let name = visible(gate.metric)
        switch gate.condition {
        case .atLeast(let bound): return "\(name) ≥ \(measure.text(bound))"
        case .atMost(let bound): return "\(name) ≤ \(measure.text(bound))"
        case .maxDrop(0): return "\(name) not below the champion"
        case .maxRise(0): return "\(name) not above the champion"
        case .maxDrop(let margin): return "\(name) at most \(text(margin, measure)) below the champion"
        case .maxRise(let margin): return "\(name) at most \(text(margin, measure)) above the champion"
        case .minRise(let margin): return "\(name) at least \(text(margin, measure)) above the champion"
        case .minDrop(let margin): return "\(name) at least \(text(margin, measure)) below the champion"
        case .maxGap(let bound): return "\(name) of slices at most \(measure.text(bound)) apart"
        case .answers: return name
        case .converged: return "\(name) converged"
        case .finite: return "\(name) finite"
        }
    }

    /// What a gate found: `auc 0.671 is below 0.70`.
    static func found(_ result: GateResult) -> String {
        switch result.outcome {
        case .undecided(let why): return visibleLines(why).joined(separator: " ")
        case .noChampion: return "there is no champion yet"
        case .noDifference: return "\(visible(result.gate.metric)) is no different from the champion's"
        case .passed, .failed: break
        }
        guard let value = result.challenger else { return "no number was recorded" }
        let measure = Measure(result.gate.metric, gates: [result.gate])
        switch result.gate.condition {
        case .atLeast(let bound), .atMost(let bound):
            return against(bound, "", value, measure)
        case .maxGap, .answers, .converged, .finite: return "\(visible(measure.name)) \(measure.text(value))"
        case .maxDrop(let margin), .maxRise(let margin), .minRise(let margin), .minDrop(let margin):
            guard let champion = result.champion else { return "no number of the champion was recorded" }
            let sentence = against(champion, "the champion's ", value, measure)
            guard result.outcome == .failed, margin != 0 else { return sentence }
            let gap = measure.distinct(abs(value - champion), margin.amount(of: champion))
            return "\(sentence) by \(gap.0), more than \(gap.1)"
        }
    }

    private static func text(_ margin: Margin, _ measure: Measure) -> String {
        switch margin {
        case .absolute(let amount): measure.text(amount)
        case .relative(let share): Numbers.percent(share)
        }
    }

    private static func against(_ bound: Double, _ whose: String, _ value: Double, _ measure: Measure) -> String {
        let pair = measure.distinct(value, bound)
        let relation = value < bound ? "is below" : value > bound ? "is above" : "equals"
        return "\(visible(measure.name)) \(pair.0) \(relation) \(whose)\(pair.1)"
    }
}

extension Sentences {
    /// Where a gate's answer was found and how surely.
    static func remarks(_ result: GateResult) -> [String] {
        [slices(result), interval(result), result.gate.overlay.map { "exception \(visible($0, limit: 80))" }]
            .compactMap { $0 }
    }

    /// `the worst of 14 slices is carrier = UA; 3 are too small`
    private static func slices(_ result: GateResult) -> String? {
        guard let judged = result.judgedSlices else { return nil }
        let worst = result.slice.map { "the worst of \(counted(judged, "slice")) is \(slice($0))" }
        let small = result.smallSlices ?? 0
        let parts = [worst, small > 0 ? "\(counted(small, "slice")) too small to be judged" : nil].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// `at 99.7 % from −0.0031 to +0.0060`
    private static func interval(_ result: GateResult) -> String? {
        result.interval.map { "at \(Numbers.percent($0.confidence)) from \(Numbers.interval($0))" }
    }
}
