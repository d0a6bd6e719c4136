import Domain
import Foundation

/// A user in answers and payloads.
struct GitHubUser: Decodable {
    let id: Int64
    let login: String
    let type: String?

    /// Who stands for people whose account is gone.
    static let ghost = GitHubUser(id: 10_137, login: "ghost", type: "User")

    /// Nil: the login cannot be one, or the id is nobody's.
    var user: ForgeUser? { id > 0 ? forgeUser(id: id, login: login) : nil }

    func known() throws(ForgeError) -> ForgeUser {
        guard let user else { throw .unreadable("'login' is not a login") }
        return user
    }
}

/// A pull request in answers and payloads.
struct GitHubPull: Decodable {
    struct Side: Decodable {
        struct Repository: Decodable {
            let fullName: String

            private enum CodingKeys: String, CodingKey {
                case fullName
                case asWritten = "full_name"
            }

            /// Reads it with names of either kind (`Payload.Names`).
            init(from decoder: any Decoder) throws {
                let members = try decoder.container(keyedBy: CodingKeys.self)
                let written = try members.decodeIfPresent(String.self, forKey: .asWritten)
                fullName = try written ?? members.decode(String.self, forKey: .fullName)
            }
        }
        let ref: String
        let sha: String
        let repo: Repository?
    }

    let number: Int64
    let state: String
    let draft: Bool?
    let title: String?
    let body: String?
    let user: GitHubUser?
    let head: Side
    let base: Side
    let updatedAt: String
    let merged: Bool?
    let mergedAt: String?
    let mergedBy: GitHubUser?
    let mergeCommitSha: String?
    let commits: Int?

    /// In our words. Throws `.unreadable` if something in it cannot be what it stands for.
    func known() throws(ForgeError) -> PullRequest {
        guard let author = (user ?? .ghost).user else { throw .unreadable("'user.login' is not a login") }
        guard let commit = CommitID(hex: head.sha) else { throw .unreadable("'head.sha' is not a commit") }
        guard let branch = BranchName(head.ref) else { throw .unreadable("'head.ref' is not a branch") }
        guard let into = BranchName(base.ref) else { throw .unreadable("'base.ref' is not a branch") }
        guard number > 0, let updated = shortText(updatedAt) else {
            throw .unreadable("'number' or 'updated_at' is none")
        }
        let isMerged = merged ?? (mergedAt != nil)
        let from = head.repo.flatMap { ForgeRepository($0.fullName) }
        let to = base.repo.flatMap { ForgeRepository($0.fullName) }
        var isFork = true
        if let from, let to { isFork = !from.isSame(as: to) }
        return PullRequest(
            number: number, state: isMerged ? .merged : state == "open" ? .open : .closed, isDraft: draft ?? false,
            title: cut(title ?? "", to: 1024), author: author, head: commit, headBranch: branch, headRepository: from,
            base: into, isFork: isFork, updatedAt: updated, mergedBy: mergedBy?.user,
            mergeCommit: isMerged ? Forges.commit(mergeCommitSha) : nil)
    }
}

/// A comment in answers and payloads.
struct GitHubComment: Decodable {
    struct App: Decodable {}
    let id: Int64
    let user: GitHubUser?
    let body: String?
    let createdAt: String
    let updatedAt: String
    let performedViaGithubApp: App?
    let issueUrl: String?

    /// Nil: whoever wrote it is gone, or something in it cannot be what it stands for.
    func known(on pullRequest: Int64) -> PullRequestComment? {
        guard let user, let author = user.user, let at = forgeDate(createdAt), id > 0, pullRequest > 0 else {
            return nil
        }
        return PullRequestComment(
            pullRequest: pullRequest, id: String(id), author: author,
            isByMachine: user.type == "Bot" || performedViaGithubApp != nil, isEdited: createdAt != updatedAt,
            body: kept(body ?? ""), createdAt: at)
    }

    /// True if it lies on that pull request.
    func lies(on pullRequest: Int64) -> Bool { issueUrl?.hasSuffix("/issues/\(pullRequest)") == true }
}
