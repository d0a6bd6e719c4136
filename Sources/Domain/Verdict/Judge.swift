/// Decides gates from measured numbers. Pure.
package enum Judge {
    /// Decides one gate.
    ///
    /// - Parameters:
    ///   - challenger: metrics of the challenger: training metrics, evaluation metrics, `model_bytes`.
    ///   - champion: metrics of the champion from the same evaluation in the same run; nil if there is no champion.
    ///   - championFault: why the champion could not be evaluated, if so.
    package static func decide(
        _ gate: Gate, challenger: [String: Double], champion: [String: Double]?, championFault: String? = nil
    ) -> GateResult {
        guard let value = challenger[gate.metric], value.isFinite else {
            let near = Spelling.nearest(to: gate.metric, in: challenger.keys.sorted())
            let known = challenger.keys.sorted().joined(separator: ", ")
            let why =
                "this run measured no '\(gate.metric)'"
                + (near.map { "; did you mean '\($0)'?" } ?? (known.isEmpty ? "" : "; it measured: \(known)"))
            return GateResult(gate: gate, outcome: .undecided(why: why), challenger: nil, champion: nil)
        }
        let before = champion?[gate.metric]
        func result(_ outcome: GateResult.Outcome) -> GateResult {
            GateResult(gate: gate, outcome: outcome, challenger: value, champion: before)
        }
        switch gate.condition {
        case .atLeast(let bound):
            return result(value >= bound ? .passed : .failed)
        case .atMost(let bound):
            return result(value <= bound ? .passed : .failed)
        case .maxDrop(let margin):
            return compare(champion, championFault, before, gate.metric, result) { value >= $0 - margin.amount(of: $0) }
        case .maxRise(let margin):
            return compare(champion, championFault, before, gate.metric, result) { value <= $0 + margin.amount(of: $0) }
        case .minRise(let margin):
            return compare(champion, championFault, before, gate.metric, result) { value >= $0 + margin.amount(of: $0) }
        case .minDrop(let margin):
            return compare(champion, championFault, before, gate.metric, result) { value <= $0 - margin.amount(of: $0) }
        case .maxGap, .answers, .converged, .finite:
            return result(.undecided(why: "this run recorded nothing that answers it"))
        }
    }

    private static func compare(
        _ champion: [String: Double]?, _ fault: String?, _ before: Double?, _ metric: String,
        _ result: (GateResult.Outcome) -> GateResult, holds: (Double) -> Bool
    ) -> GateResult {
        if let fault { return result(.undecided(why: "the champion could not be evaluated: \(fault)")) }
        if champion == nil { return result(.noChampion) }
        guard let before, before.isFinite else {
            return result(.undecided(why: "the evaluation of the champion measured no '\(metric)'"))
        }
        return result(holds(before) ? .passed : .failed)
    }
}
