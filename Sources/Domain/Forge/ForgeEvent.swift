/// What a forge told, in our words.
package enum ForgeEvent: Codable, Equatable, Sendable {
    /// A branch moved. Nil `before`: it is new; nil `after`: it is gone.
    case push(branch: BranchName, before: CommitID?, after: CommitID?, by: ForgeUser?)
    /// A pull request was opened, got commits, changed its base, was closed, reopened, merged or made ready.
    case pullRequest(PullRequest, PullRequestChange)
    /// A comment was written. Edits and deletions are `nothing`.
    case comment(PullRequestComment)
    /// A button of a check was pressed.
    case button(Button)
    /// A merge queue made a commit that wants a status.
    case mergeGroup(head: CommitID, base: BranchName)
    /// Something happened to a pull request, and the forge told too little of it: it is to be asked. Bitbucket shortens
    /// commits.
    case pullRequestChanged(Int64)
    /// Named, and nothing to act on: `ping`, `star`, `an edited comment`.
    case nothing(String)

    /// A press of a button on a check.
    package struct Button: Codable, Equatable, Sendable {
        package enum Action: String, Codable, Sendable, CaseIterable {
            case approve
            case reject
        }
        package var action: Action
        /// The run that the check is about: what we gave the check as its external id.
        package var run: RunID
        package var commit: CommitID
        package var by: ForgeUser
        package init(action: Action, run: RunID, commit: CommitID, by: ForgeUser) {
            self.action = action
            self.run = run
            self.commit = commit
            self.by = by
        }
    }
}

/// What happened to a pull request.
package enum PullRequestChange: String, Codable, Sendable, CaseIterable {
    case opened
    /// New commits, also by a force push.
    case synchronized
    /// Another base branch, another title, made ready: what is known about it is to be asked again.
    case edited
    case closed
    case merged
    case reopened
}

extension ForgeEvent {
    /// The commit that it is about; nil: none, or one that only the forge could tell.
    package var commit: CommitID? {
        switch self {
        case .push(_, _, let after, _): after
        case .pullRequest(let pull, _): pull.head
        case .button(let button): button.commit
        case .mergeGroup(let head, _): head
        case .comment, .pullRequestChanged, .nothing: nil
        }
    }
}
