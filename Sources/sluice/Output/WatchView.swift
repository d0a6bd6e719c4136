import Domain
import Engine
import Foundation
import Storage
import Web

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
