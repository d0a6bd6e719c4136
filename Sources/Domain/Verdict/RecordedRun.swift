package import Foundation

/// A judged run as a policy is replayed on it.
package struct RecordedRun: Equatable, Sendable {
    package var run: RunID
    /// Says which overlays count.
    package var createdAt: Date
    /// The model version that it made; nil: none.
    package var version: Int?
    /// True if that version became the alias's at some time.
    package var wasPromoted: Bool
    package var verdict: Verdict
    package var measurements: Measurements

    package init(
        run: RunID, createdAt: Date, version: Int?, wasPromoted: Bool, verdict: Verdict, measurements: Measurements
    ) {
        self.run = run
        self.createdAt = createdAt
        self.version = version
        self.wasPromoted = wasPromoted
        self.verdict = verdict
        self.measurements = measurements
    }
}

extension RecordedRun {
    /// What the gates of a policy are decided from, so that the rest need not be read.
    package struct Needs: Equatable, Sendable {
        /// Metrics whose paired comparisons are asked for.
        package var metrics: Set<String> = []
        /// Columns of slices.
        package var columns: Set<String> = []
        package var histories = false
        package var answers = false
        /// Metrics of past promotions, and of how many of these.
        package var pastMetrics: Set<String> = []
        package var promotions = 0

        /// Of the gates and of those of overlays, whichever counted in a run.
        package init(_ policy: Policy) {
            for gate in policy.gates + (policy.overlays ?? []).flatMap(\.gates) {
                if gate.test != nil { metrics.insert(gate.metric) }
                if let slice = gate.slice { columns.insert(slice.column) }
                if case .promotions(let last) = gate.against {
                    pastMetrics.insert(gate.metric)
                    promotions = max(promotions, last)
                }
                switch gate.condition {
                case .converged, .finite: histories = true
                case .answers: answers = true
                case .atLeast, .atMost, .maxDrop, .maxRise, .minRise, .minDrop, .maxGap: break
                }
            }
        }
    }

    /// What the gates of a policy come to on a recorded run.
    package struct Answer: Equatable, Sendable {
        /// What does not depend on gates, such as a test that failed, and then what the gates find.
        package var verdict: Verdict
        /// True if nothing says no, and the run did not record what a gate asks.
        package var isUnanswered: Bool
    }

    /// Decides a policy's gates as if it had been the run's.
    ///
    /// - Parameter sentence: the words for a result, from `Reports`.
    package func answer(of policy: Policy, sentence: (GateResult) -> String) -> Answer {
        let lasting = verdict.findings.filter { !$0.source.hasPrefix("gate:") }
        // Gates were never decided from a run whose stages failed.
        guard lasting.isEmpty else { return Answer(verdict: .fold(lasting), isUnanswered: false) }
        let results = Judge.decide(policy, measurements, at: createdAt)
        let findings = Judge.findings(of: results, sentence: sentence)
        let isMissing = results.contains { $0.gate.blocks && $0.reason == .notMeasured }
        let isRefused = findings.contains { $0.weight == .no }
        return Answer(verdict: .fold(findings), isUnanswered: isMissing && !isRefused)
    }
}

extension PolicyReplay {
    /// Nothing replayed yet.
    package static let empty = PolicyReplay(runs: 0)

    /// True if the two policies differ about a run.
    package var hasDifferences: Bool { refusedCount + letThroughCount + unansweredCount > 0 }

    /// Applies a policy to one more run; runs come newest first.
    ///
    /// A run that did not pass and would not pass is no difference, whatever the reasons. One that failed and now asks
    /// for what was not recorded is: it might pass.
    package mutating func add(_ recorded: RecordedRun, _ policy: Policy, sentence: (GateResult) -> String) {
        runs += 1
        let now = recorded.answer(of: policy, sentence: sentence)
        switch (recorded.verdict, now.verdict) {
        case (.passed, .passed): break
        case (.failed, _) where now.isUnanswered, (.passed, _) where now.isUnanswered:
            unansweredCount += 1
            Self.note(recorded, now.verdict, now.verdict, in: &unanswered)
        case (.passed, .failed), (.passed, .undecided):
            refusedCount += 1
            Self.note(recorded, now.verdict, now.verdict, in: &refused)
        case (.failed, .passed), (.undecided, .passed):
            letThroughCount += 1
            Self.note(recorded, now.verdict, recorded.verdict, in: &letThrough)
        case (.failed, _), (.undecided, _): break
        }
    }

    private static func note(_ recorded: RecordedRun, _ now: Verdict, _ speaking: Verdict, in rows: inout [Row]) {
        guard rows.count < mostRows else { return }
        let reasons = speaking.findings
        let reason = reasons.first { $0.weight == .no } ?? reasons.first
        rows.append(
            Row(
                run: recorded.run, version: recorded.version, wasPromoted: recorded.wasPromoted,
                before: recorded.verdict.word, now: now.word, why: reason?.message ?? ""))
    }
}
