import Domain
import Engine
import Foundation
import Storage

/// News of a watch, one object a line (docs/json.md).
struct WatchView: Encodable {
    struct Refused: Encodable {
        let refusal: Int64
        let file: String
        let place: String
        let findings: [FindingView]

        init(_ refusal: Domain.Refusal) {
            self.refusal = refusal.id
            file = refusal.name
            place = refusal.place.path
            findings = refusal.findings.map(FindingView.init)
        }
    }

    /// `files`, `run`, `no_run`, `drift`, `notice` or `error`.
    let news: String
    var dataset: DatasetName?
    var snapshot: Int?
    var new: [String]?
    var replaced: [String]?
    var refused: [Refused]?
    var unchanged: [String]?
    var heldBack: [String]?
    var run: RunID?
    var state: String?
    var verdict: String?
    var message: String?
    var advice: String?

    /// Nil for progress, which is for people.
    init?(_ told: WatchNews) {
        switch told {
        case .progress: return nil
        case .notice(let dataset, let text):
            news = "notice"
            self.dataset = dataset
            message = text
        case .took(let dataset, let taken):
            news = "files"
            self.dataset = dataset
            snapshot = taken.snapshot?.ref.number
            new = taken.accepted.filter { !$0.replaced }.map(\.name)
            replaced = taken.accepted.filter(\.replaced).map(\.name)
            refused = taken.refused.map(Refused.init)
            unchanged = taken.unchanged
            heldBack = taken.heldBack
        case .called(.run(let run)):
            news = "run"
            self.run = run.id
            state = run.state.word
            if case .judged(let judged) = run.state { verdict = judged.word }
        case .called(.nothing(let dataset, let reason)):
            news = "no_run"
            self.dataset = dataset
            message = reason
        case .called(.refused(_, let fault)): (news, message, advice) = ("error", fault.message, fault.advice)
        case .trouble(let dataset, let fault):
            self.dataset = dataset
            (news, message, advice) = ("error", fault.message, fault.advice)
        case .drift(let report):
            news = "drift"
            dataset = report.dataset
            message =
                report.findings.isEmpty ? "no limit is passed" : report.findings.map(\.message).joined(separator: "; ")
        }
    }
}

/// A finding of a test of data; every key is there, so that a reader need not ask.
struct FindingView: Encodable {
    let finding: DataFinding

    private enum Key: String, CodingKey { case check, column, record, line, count, value, message, records }

    init(_ finding: DataFinding) { self.finding = finding }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(finding.check, forKey: .check)
        try container.encode(finding.column, forKey: .column)
        try container.encode(finding.record, forKey: .record)
        try container.encode(finding.line, forKey: .line)
        try container.encode(finding.count, forKey: .count)
        try container.encode(finding.value, forKey: .value)
        try container.encode(finding.message, forKey: .message)
        try container.encode(finding.records ?? finding.record.map { [$0] } ?? [], forKey: .records)
    }
}
