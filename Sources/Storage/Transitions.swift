import Domain
import GRDB

/// Why a transition was refused: told apart so that a lost race reads as one, and a mistake of ours as ours.
///
/// A change that was possible in an earlier state can only come too late because somebody else was there first; one
/// that was never possible before this state is a bug.
func refusal(of illegal: IllegalTransition, subject: String, cameTooLate: Bool) -> Fault {
    guard cameTooLate else { return Fault(.bug, "\(subject): \(illegal)") }
    return Fault(
        .environment, "\(subject) is \(illegal.from) by now: somebody else was faster than '\(illegal.change)'")
}

extension RunState {
    /// True if the change could have happened before the run came into this state.
    func isPast(_ change: Change) -> Bool {
        switch change {
        case .prepare: step > 0
        case .start: step > 1
        case .judge: step > 2
        case .conclude, .fail, .cancel: step > 3
        }
    }

    private var step: Int {
        switch self {
        case .queued: 0
        case .preparing: 1
        case .running: 2
        case .judging: 3
        case .judged, .errored, .cancelled: 4
        }
    }
}

extension StageState {
    /// True if the change could have happened before the stage came into this state.
    func isPast(_ change: Change) -> Bool {
        switch change {
        case .start, .reuse, .skip: self != .pending
        case .succeed, .fail, .error, .cancel, .lose: isFinal
        }
    }
}

extension Promotion.State {
    /// True if the change could have happened before the promotion came into this state.
    func isPast(_ change: Change) -> Bool {
        switch change {
        case .moveAlias: step > 0
        case .deploy: step > 1
        case .verify, .rollBack: step > 2
        case .restore, .giveUp: isFinal
        }
    }

    private var step: Int {
        switch self {
        case .intended: 0
        case .aliasMoved: 1
        case .deployed: 2
        case .rollingBack: 3
        case .promoted, .rolledBack, .stuck: 4
        }
    }
}

extension Database {
    /// Runs a guarded update. One that finds its row in another state changes nothing and is refused.
    func update(_ sql: String, _ arguments: StatementArguments, subject: String) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
        guard changesCount == 1 else {
            throw Fault(.environment, "\(subject) was changed by somebody else just now; ask again")
        }
    }
}
