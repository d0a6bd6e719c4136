import Domain
import Foundation

/// What an event means, as its key: what tells the same, whichever way it comes, is one event.
enum EventKey {
    static func push(_ project: String, _ branch: BranchName, before: CommitID?, after: CommitID?) -> String {
        "push:\(project):refs/heads/\(branch):\(before?.hex ?? "none"):\(after?.hex ?? "none")"
    }

    /// A push that came before and tells something new: the branch went back in the meantime.
    static func again(_ push: String, after event: Int64) -> String { "\(push):\(event)" }

    static func pull(_ project: String, _ pull: PullRequest, _ change: PullRequestChange) -> String {
        "pull:\(project):\(pull.number):\(change.rawValue):\(pull.head.hex):\(pull.updatedAt)"
    }

    static func comment(_ project: String, _ comment: PullRequestComment) -> String {
        "comment:\(project):\(comment.pullRequest):\(comment.id)"
    }

    static func tick(_ project: ProjectName, cron: String, timezone: String, due: Date) -> String {
        "tick:\(project):\(cron):\(timezone):\(Timestamp.text(due))"
    }

    /// - Parameters:
    ///   - project: the project's name, or the path of a repository that no project has.
    ///   - body: the delivery's bytes, for what has no meaning of its own.
    ///   - part: which of the delivery's events it is.
    static func of(_ event: ForgeEvent, _ project: String, body: Digest, part: Int = 0) -> String {
        switch event {
        case .push(let branch, let before, let after, _): push(project, branch, before: before, after: after)
        case .pullRequest(let pull, let change): self.pull(project, pull, change)
        case .comment(let comment): self.comment(project, comment)
        case .button(let button):
            // A second press is a second wish: somebody may reject, and approve the next day. Redeliveries are known by
            // their id and their bytes.
            "button:\(project):\(button.run):\(button.action.rawValue):\(button.by.id):\(body.hex)"
        case .mergeGroup(let head, _): "group:\(project):\(head.hex)"
        case .pullRequestChanged(let number): "changed:\(project):\(number):\(body.hex)"
        case .nothing: part == 0 ? "delivery:\(body.hex)" : "delivery:\(body.hex):\(part)"
        }
    }
}
