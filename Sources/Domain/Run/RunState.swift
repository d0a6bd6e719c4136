/// Where a run stands. What people see beyond it (waiting, promoted, rejected) is derived from decisions and
/// promotions, see `RunStatus`.
package enum RunState: Codable, Equatable, Sendable {
    /// Planned and recorded; nobody works on it yet.
    case queued
    /// The work tree, the environment and the data are being laid out.
    case preparing
    /// Stages run.
    case running
    /// The stages are over; gates are being decided.
    case judging
    /// The end: there is an answer (or a gate that could not be decided).
    case judged(Verdict)
    /// The end: the question could not be asked.
    case errored(Fault)
    /// The end: a person stopped it.
    case cancelled(by: PersonName?, reason: String)

    /// What can happen to a run.
    package enum Change: Equatable, Sendable {
        case prepare
        case start
        case judge
        case conclude(Verdict)
        case fail(Fault)
        case cancel(by: PersonName?, reason: String)
    }

    /// True if nothing more can happen to the run.
    package var isFinal: Bool {
        switch self {
        case .queued, .preparing, .running, .judging: false
        case .judged, .errored, .cancelled: true
        }
    }

    /// The word that the store's `state` column and `--json` hold.
    package var word: String {
        switch self {
        case .queued: "queued"
        case .preparing: "preparing"
        case .running: "running"
        case .judging: "judging"
        case .judged: "judged"
        case .errored: "errored"
        case .cancelled: "cancelled"
        }
    }

    /// All words, in the order in which they come.
    package static let words = ["queued", "preparing", "running", "judging", "judged", "errored", "cancelled"]

    /// The state after a change. Throws `IllegalTransition` for every pair that the table below does not name.
    package func after(_ change: Change) throws(IllegalTransition) -> RunState {
        switch (self, change) {
        case (.queued, .prepare): return .preparing
        case (.preparing, .start): return .running
        case (.running, .judge): return .judging
        case (.judging, .conclude(let verdict)): return .judged(verdict)
        case (.queued, .fail(let fault)), (.preparing, .fail(let fault)), (.running, .fail(let fault)),
            (.judging, .fail(let fault)):
            return .errored(fault)
        case (.queued, .cancel(let by, let reason)), (.preparing, .cancel(let by, let reason)),
            (.running, .cancel(let by, let reason)), (.judging, .cancel(let by, let reason)):
            return .cancelled(by: by, reason: reason)
        case (.queued, _), (.preparing, _), (.running, _), (.judging, _), (.judged, _), (.errored, _), (.cancelled, _):
            throw IllegalTransition(from: word, change: change.word)
        }
    }
}

extension RunState.Change {
    /// The change as a word, for messages and the journal.
    package var word: String {
        switch self {
        case .prepare: "prepare"
        case .start: "start"
        case .judge: "judge"
        case .conclude: "conclude"
        case .fail: "fail"
        case .cancel: "cancel"
        }
    }
}

/// A change that cannot happen in that state.
package struct IllegalTransition: Error, Equatable, Sendable, CustomStringConvertible {
    package let from: String
    package let change: String
    package init(from: String, change: String) {
        self.from = from
        self.change = change
    }
    package var description: String { "cannot \(change) what is \(from)" }
}
