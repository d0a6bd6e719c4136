import Domain
import Foundation

struct GiteaUser: Decodable {
    var id: Int64
    var login: String

    func user() throws(ForgeError) -> ForgeUser {
        guard let user = forgeUser(id: id, login: login) else { throw .unreadable("a user has no id or no name") }
        return user
    }

    /// The ids of what is nobody are negative: -1 for those that were deleted, -2 for Actions.
    var isMachine: Bool { id <= 0 }
}

struct GiteaRepository: Decodable {
    var id: Int64
    var fullName: String
}

struct GiteaPullRequest: Decodable {
    struct Branch: Decodable {
        var ref: String
        var sha: String
        var repoId: Int64
        /// Null: it is gone.
        var repo: GiteaRepository?
    }
    var number: Int64
    var state: String
    var title: String
    var body: String?
    /// Older ones do not say.
    var draft: Bool?
    var user: GiteaUser
    var head: Branch
    var base: Branch
    var merged: Bool?
    var mergedBy: GiteaUser?
    var mergeCommitSha: String?
    var updatedAt: String
    /// 1: pushed to `refs/for/…`.
    var flow: Int?

    /// A pull request that was made by a push to `refs/for/…` (AGit) names the repository itself as its head, although
    /// anybody who may read can push one: no branch of the repository, no trust. Such a head is `refs/pull/N/head`; so is
    /// the head of a branch that was deleted.
    var isFork: Bool { flow == 1 || head.ref.hasPrefix("refs/") || head.repoId != base.repoId }

    func pullRequest() throws(ForgeError) -> PullRequest {
        let state: PullRequest.State
        switch (self.state, merged ?? false) {
        case ("open", _): state = .open
        case ("closed", true): state = .merged
        case ("closed", false): state = .closed
        default: throw .unreadable("'state' is none that is known")
        }
        guard number > 0, let commit = commit(head.sha), let headBranch = BranchName(head.ref),
            let base = BranchName(base.ref), let updated = shortText(updatedAt)
        else { throw .unreadable("the pull request has no commit, or a branch with an impossible name") }
        var pull = PullRequest(
            number: number, state: state, isDraft: draft ?? false, title: cut(title, to: 1000),
            author: try user.user(), head: commit, headBranch: headBranch,
            headRepository: head.repo.flatMap { ForgeRepository($0.fullName) }, base: base, isFork: isFork,
            updatedAt: updated)
        if state == .merged {
            pull.mergedBy = try mergedBy?.user()
            pull.mergeCommit = Forges.commit(mergeCommitSha)
        }
        return pull
    }
}

struct GiteaComment: Decodable {
    var id: Int64
    var user: GiteaUser
    var body: String
    var createdAt: String
    var updatedAt: String

    func comment(on pullRequest: Int64) throws(ForgeError) -> PullRequestComment {
        guard let created = forgeDate(createdAt), let updated = forgeDate(updatedAt), id > 0 else {
            throw .unreadable("a comment has no id or no time")
        }
        return PullRequestComment(
            pullRequest: pullRequest, id: String(id), author: try user.user(), isByMachine: user.isMachine,
            isEdited: created != updated, body: kept(body), createdAt: created)
    }
}

struct GiteaPermission: Decodable {
    var permission: String
    var user: GiteaUser?

    /// `owner` is what the owner of the repository is, and no less than `admin`.
    var meaning: Permission {
        switch permission {
        case "owner", "admin": .admin
        case "write": .write
        case "read": .read
        default: .none
        }
    }
}

struct GiteaTeams: Decodable {
    struct Team: Decodable {
        var id: Int64
        var name: String
    }
    var data: [Team]?
}

struct GiteaCommit: Decodable {
    var author: GiteaUser?
    var committer: GiteaUser?
}

/// What happened to a pull request, one after the other.
struct GiteaHappening: Decodable {
    var type: String?
    var user: GiteaUser?
}

struct GiteaStatuses: Decodable {
    struct Status: Decodable {
        var id: Int64
        var context: String
        var status: String
        var description: String?
        var targetUrl: String?
    }
    /// Null while there are none.
    var statuses: [Status]?
    var totalCount: Int?
}
