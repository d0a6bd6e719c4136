package import Foundation

/// A pull request (GitLab: merge request) as the forge describes it.
package struct PullRequest: Codable, Equatable, Sendable {
    package enum State: String, Codable, Sendable, CaseIterable {
        case open
        case merged
        case closed
    }

    package var number: Int64
    package var state: State
    package var isDraft: Bool
    /// Hostile text.
    package var title: String
    package var author: ForgeUser
    /// The newest commit of the branch that wants in.
    package var head: CommitID
    package var headBranch: BranchName
    /// Nil: the repository that the branch lies in is gone.
    package var headRepository: ForgeRepository?
    package var base: BranchName
    /// True unless the branch lies in the repository itself.
    package var isFork: Bool
    /// When anything about it changed, as the forge wrote it; part of an event's key.
    package var updatedAt: String
    /// Who merged it; nil: it is not merged, or the forge does not say.
    package var mergedBy: ForgeUser?
    /// The commit that the merge made.
    package var mergeCommit: CommitID?

    package init(
        number: Int64, state: State, isDraft: Bool, title: String, author: ForgeUser, head: CommitID,
        headBranch: BranchName, headRepository: ForgeRepository?, base: BranchName, isFork: Bool, updatedAt: String,
        mergedBy: ForgeUser? = nil, mergeCommit: CommitID? = nil
    ) {
        self.number = number
        self.state = state
        self.isDraft = isDraft
        self.title = title
        self.author = author
        self.head = head
        self.headBranch = headBranch
        self.headRepository = headRepository
        self.base = base
        self.isFork = isFork
        self.updatedAt = updatedAt
        self.mergedBy = mergedBy
        self.mergeCommit = mergeCommit
    }
}

/// A comment on a pull request.
package struct PullRequestComment: Codable, Equatable, Sendable {
    package var pullRequest: Int64
    /// The forge's id of the comment.
    package var id: String
    package var author: ForgeUser
    /// True for bots and apps, and for notes that the forge wrote itself.
    package var isByMachine: Bool
    /// True once anybody changed it: then it is no command.
    package var isEdited: Bool
    /// Hostile text; the first 64 KiB.
    package var body: String
    package var createdAt: Date

    package init(
        pullRequest: Int64, id: String, author: ForgeUser, isByMachine: Bool, isEdited: Bool, body: String,
        createdAt: Date
    ) {
        self.pullRequest = pullRequest
        self.id = id
        self.author = author
        self.isByMachine = isByMachine
        self.isEdited = isEdited
        self.body = body
        self.createdAt = createdAt
    }
}
