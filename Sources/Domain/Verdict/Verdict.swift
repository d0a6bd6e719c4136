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
