package import Domain
package import Foundation
import Reports
package import Storage

/// An event and what became of it, in words.
package struct EventView: Encodable, Sendable {
    package let id: Int64
    /// What makes a second event the same one.
    package let key: String
    package let event: String
    package let at: Date
    package let by: PersonName?
    package let project: ProjectName?
    /// False: nobody has acted on it yet.
    package let isSettled: Bool
    package let outcome: String
    package let run: RunID?

    package init(_ stored: Store.StoredEvent) {
        id = stored.id
        key = stored.event.key
        project = stored.event.project
        isSettled = stored.outcome != nil
        at = stored.event.at
        by = stored.event.by
        switch stored.event.kind {
        case .runCommand(let commit): event = "'sluice run' of commit \(commit.short)"
        case .dataAdded(let dataset, let digest): event = "new snapshot \(digest.short) of '\(dataset)'"
        case .filesDropped(let dataset, _, let count): event = "\(counted(count, "file")) dropped for '\(dataset)'"
        case .fileReleased(let dataset, let refusal):
            event = "release of the refused file \(refusal) of '\(dataset)'"
        case .driftAlarm(let dataset, let digest): event = "snapshot \(digest.short) of '\(dataset)' has drifted"
        case .reproduceCommand(let run): event = "'sluice reproduce' of run \(run)"
        case .forge(let forge, let told): event = "\(forge): \(told.words)"
        case .branchMoved(let branch, _, let commit?): event = "'\(branch)' moved to commit \(commit.short)"
        case .branchMoved(let branch, _, nil): event = "'\(branch)' is gone"
        case .tick(let cron, let timezone, let due):
            event = "'\(cron)' (\(timezone)) was due at \(Timestamp.text(due))"
        case .asked(let ask): event = "\(ask.source) asked for a run"
        }
        switch stored.outcome {
        case nil: (outcome, run) = ("not acted on yet", nil)
        case .started(let id): (outcome, run) = ("started run \(id)", id)
        case .sameAs(let id): (outcome, run) = ("no new run: run \(id) is of an equal plan", id)
        case .sorted(let accepted, let refused, let snapshot):
            let parts = [(accepted, "taken in"), (refused, "refused")].filter { $0.0 > 0 }
                .map { "\(counted($0.0, "file")) \($0.1)" }
            let words = parts.isEmpty ? "no file is new" : parts.joined(separator: ", ")
            (outcome, run) = (words + (snapshot.map { ": snapshot \($0)" } ?? ""), nil)
        case .handled(let words): (outcome, run) = (words, nil)
        case .ignored(let reason): (outcome, run) = ("no run: \(reason)", nil)
        case .refused(let fault): (outcome, run) = ("no run could be planned: \(fault.message)", nil)
        }
    }
}

extension ForgeEvent {
    /// What was told, in a few words.
    fileprivate var words: String {
        switch self {
        case .push(let branch, _, let commit?, _): "push to '\(branch)', commit \(commit.short)"
        case .push(let branch, _, nil, _): "'\(branch)' was deleted"
        case .pullRequest(let pull, let change):
            "pull request \(pull.number) \(change.rawValue), commit \(pull.head.short)"
        case .comment(let comment):
            "comment \(comment.id) on pull request \(comment.pullRequest) by \(comment.author.login)"
        case .button(let button): "the button '\(button.action.rawValue)' of run \(button.run)"
        case .pullRequestChanged(let number): "pull request \(number)"
        case .mergeGroup(let head, let base): "merge queue of '\(base)', commit \(head.short)"
        case .nothing(let name): name
        }
    }
}
