package import Foundation

/// Decides gates from measured numbers. Pure: the same measurements give the same results, on the day of the run and
/// whenever another policy is replayed on it.
package enum Judge {
    /// Decides all gates of a policy, each with exactly one result, in the policy's order.
    ///
    /// - Parameter at: when the run was created; says which overlays count.
    package static func decide(_ policy: Policy, _ measurements: Measurements, at: Date) -> [GateResult] {
        decide(gates(of: policy, at: at), measurements)
    }

    /// Decides gates as they are.
    ///
    /// Gates that pass when unsure form one family: each can block alone, so that the more there are, the likelier one
    /// blocks by chance; their error is shared out evenly (Bonferroni). Gates that must all pass need no correction,
    /// because more of them only make a wrong pass less likely (intersection-union test, Berger 1982).
    package static func decide(_ gates: [Gate], _ measurements: Measurements) -> [GateResult] {
        let family = gates.count { $0.passesWhenUnsure }
        return gates.map { gate in
            GateQuestion(gate: gate, measured: measurements, family: gate.passesWhenUnsure ? family : 1).result
        }
    }

    /// Decides one gate of metrics alone: values are compared as they are.
    package static func decide(
        _ gate: Gate, challenger: [String: Double], champion: [String: Double]?, championFault: String? = nil
    ) -> GateResult {
        let measurements = Measurements(challenger: challenger, champion: champion, championFault: championFault)
        return GateQuestion(gate: gate, measured: measurements, family: 1).result
    }
}

/// One gate and what it is decided from. Every kind of gate has its answer in a file of its own.
struct GateQuestion {
    let gate: Gate
    let measured: Measurements
    /// How many gates share the error of this one.
    let family: Int

    var result: GateResult {
        switch gate.condition {
        case .answers: commandResult
        case .converged: convergenceResult
        case .finite: finiteResult
        case .maxGap(let bound): gapResult(bound)
        case .atLeast, .atMost: gate.slice.map(sliceResult) ?? boundResult
        case .maxDrop, .maxRise, .minRise, .minDrop:
            switch gate.against ?? .champion {
            case .promotions(let last): promotionsResult(last: last)
            case .champion: gate.slice.map(sliceResult) ?? championResult
            }
        }
    }

    func answer(
        _ outcome: GateResult.Outcome, _ challenger: Double? = nil, _ champion: Double? = nil,
        reason: GateResult.Reason? = nil
    ) -> GateResult {
        GateResult(gate: gate, outcome: outcome, challenger: challenger, champion: champion, reason: reason)
    }

    /// The run did not measure what the gate asks.
    func missing(_ why: String, challenger: Double? = nil) -> GateResult {
        answer(.undecided(why: why), challenger, reason: .notMeasured)
    }

    /// `this run measured no 'acu'; did you mean 'auc'?`
    func unknown(_ name: String, among names: some Sequence<String>, _ what: String = "") -> String {
        let known = Set(names).sorted()
        let near = Spelling.nearest(to: name, in: known)
        let hint = near.map { "; did you mean '\($0)'?" }
        let list = known.isEmpty ? "" : "; it measured: \(known.joined(separator: ", "))"
        return "this run measured no \(what)'\(name)'" + (hint ?? list)
    }
}

extension Gate {
    /// True for a comparison with the champion that blocks only if harm is shown.
    var passesWhenUnsure: Bool {
        guard comparesWithChampion, let test, test.whenUnsure == .pass else { return false }
        switch condition {
        case .maxDrop, .maxRise: return true
        case .minRise, .minDrop, .atLeast, .atMost, .maxGap, .answers, .converged, .finite: return false
        }
    }
}
