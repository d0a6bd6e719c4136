/// The outcome of all tests and gates of a run.
package enum Verdict: Codable, Equatable, Sendable {
    /// Everything asked was answered with yes.
    case passed
    /// At least one answer is no, and none is missing.
    case failed([Finding])
    /// At least one question could not be answered, which blocks.
    case undecided([Finding])

    /// The word for `--json` and the store.
    package var word: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .undecided: "undecided"
        }
    }

    /// Everything that stands in the way.
    package var findings: [Finding] {
        switch self {
        case .passed: []
        case .failed(let findings), .undecided(let findings): findings
        }
    }
}

/// One reason why a run does not pass.
package struct Finding: Codable, Equatable, Sendable {
    /// A no, or a question that could not be answered.
    package enum Weight: String, Codable, Sendable, CaseIterable {
        case no
        case couldNotTell
    }

    package var weight: Weight
    /// The stage or gate that says so: `test:unit`, `gate:auc`.
    package var source: String
    /// One sentence for people.
    package var message: String

    package init(_ weight: Weight, source: String, message: String) {
        self.weight = weight
        self.source = source
        self.message = message
    }
}

extension Verdict {
    /// The one rule: a missing answer weighs more than a no, because a no is an answer. But a stage that failed makes
    /// what depends on it impossible, and that is still a no: the caller passes no finding for what was skipped.
    package static func fold(_ findings: [Finding]) -> Verdict {
        if findings.isEmpty { return .passed }
        return findings.contains { $0.weight == .couldNotTell } ? .undecided(findings) : .failed(findings)
    }
}

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
            return compare(champion, championFault, before, gate.metric, result) { value >= $0 - margin }
        case .maxRise(let margin):
            return compare(champion, championFault, before, gate.metric, result) { value <= $0 + margin }
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
